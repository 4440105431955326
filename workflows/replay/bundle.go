package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

// BundleFormat is the first field of a bundle.
const BundleFormat = "qunbei-audit-bundle/1"

// Bundle is everything an auditor takes away of one case or group to check it elsewhere, without the database and
// without the engine. Histories and material are as encrypted in it as where they came from: whoever checks needs the
// company's keys, and whoever finds the file has rows of it only.
type Bundle struct {
	Format    string          `json:"format"`
	Workflow  string          `json:"workflow"`
	Namespace string          `json:"namespace"` // payloads are bound to it
	Closed    bool            `json:"closed"`    // said to have ended
	Taken     time.Time       `json:"taken"`
	Build     string          `json:"build"`
	Runs      []BundledRun    `json:"runs"` // oldest first
	Rows      Rows            `json:"rows"`
	Material  *Sealed         `json:"material,omitempty"`
	Birth     *Sealed         `json:"birth,omitempty"` // of a group that was changed: what was filed first
	ProofKeys json.RawMessage `json:"proof_keys"`      // public; to be held against those the company published
}

// BundledRun is one run's history, byte for byte as exported or read.
type BundledRun struct {
	Run     string `json:"run"`
	Source  string `json:"source"` // engine, export
	SHA256  string `json:"sha256"` // of History
	History []byte `json:"history"`
}

// Sum is the digest of exported bytes as it is written everywhere.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Marshal gives the bundle's bytes.
func (b Bundle) Marshal() ([]byte, error) {
	b.Format = BundleFormat
	out, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the bundle: %w", err)
	}
	return append(out, '\n'), nil
}

// ErrNotBundle says that a file is neither a bundle nor a history.
var ErrNotBundle = errors.New("neither a bundle nor a history: take one by GET /api/v1/audit/workflows/{workflow}/history/raw")

// ParseBundle reads a bundle, or one run's history in protobuf JSON, which is a bundle without rows.
func ParseBundle(text []byte, namespace string) (Bundle, error) {
	var b Bundle
	if err := json.Unmarshal(text, &b); err != nil {
		return Bundle{}, fmt.Errorf("%w (%s)", ErrNotBundle, firstLine(err))
	}
	if b.Format == BundleFormat {
		return b, nil
	}
	if b.Format != "" {
		return Bundle{}, fmt.Errorf("the bundle has format %.40q, this program reads %s: use the newer program", b.Format, BundleFormat)
	}
	h, err := Unmarshal(text)
	if err != nil || len(h.GetEvents()) == 0 {
		return Bundle{}, ErrNotBundle
	}
	start := h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	return Bundle{
		Format: BundleFormat, Workflow: start.GetWorkflowId(), Namespace: namespace,
		Runs: []BundledRun{{Run: RunID(h), Source: "export", SHA256: Sum(text), History: text}},
	}, nil
}

// Report is a verdict with what the rows say beside it.
type Report struct {
	Verdict
	Differences []Difference `json:"differences"`
	Compared    bool         `json:"compared"`           // there were rows to compare
	Shredded    bool         `json:"shredded,omitempty"` // texts could not be compared: the case's key was destroyed
}

// OK tells whether nothing is wrong at all.
func (r Report) OK() bool { return r.Verdict.OK() && len(r.Differences) == 0 }

// Failure is the most important fault; rows that differ come last.
func (r Report) Failure() *Fault {
	if f := r.Verdict.Failure(); f != nil {
		return f
	}
	if len(r.Differences) > 0 {
		d := r.Differences[0]
		return &Fault{Code: CodeDiffers, Detail: fmt.Sprintf("%d columns, the first: %s.%s of %s", len(r.Differences), d.Table, d.Column, d.Key)}
	}
	return nil
}

// reader reads what is in the bundle. verifier is used instead of the keyring's when given.
func (b Bundle) reader(ring *codec.Keyring, verifier *codec.Verifier) *Reader {
	r := NewReader(ring, b.Namespace)
	if verifier != nil {
		r = r.WithProofKeys(*verifier)
	}
	return r
}

// runs unpacks the histories, and says which are not what the bundle says they are.
func (b Bundle) runs() (runs []Run, altered []Fault) {
	for _, run := range b.Runs {
		h, err := Unmarshal(run.History)
		if err != nil {
			altered = append(altered, Fault{Code: CodeBytes, Run: run.Run, Detail: firstLine(err)})
			continue
		}
		if Sum(run.History) != run.SHA256 {
			altered = append(altered, Fault{Code: CodeBytes, Run: run.Run, Detail: "the bytes have another digest than the bundle says"})
		}
		runs = append(runs, Run{ID: run.Run, History: h})
	}
	return runs, altered
}

// Check verifies a bundle with a company's keys. verifier is used instead of the keyring's when given.
func (b Bundle) Check(ctx context.Context, ring *codec.Keyring, verifier *codec.Verifier) Report {
	r := b.reader(ring, verifier)
	runs, altered := b.runs()
	v := r.Verify(ctx, b.Workflow, runs, b.Closed)
	v.Faults = append(altered, v.Faults...)
	return r.Report(v, b.Rows, b.Material, b.Birth)
}

// Events decodes the bundle's histories.
func (b Bundle) Events(ring *codec.Keyring, verifier *codec.Verifier) ([]Event, error) {
	runs, altered := b.runs()
	if len(altered) > 0 {
		return nil, errors.New(altered[0].Detail)
	}
	events, _ := b.reader(ring, verifier).Decode(b.Workflow, runs)
	return events, nil
}

// Report compares a verdict with rows. Without rows there is nothing to compare. birth is the material that a group which
// was changed since began with.
func (r *Reader) Report(v Verdict, rows Rows, material, birth *Sealed) Report {
	out := Report{Verdict: v, Differences: []Difference{}}
	if rows == nil {
		return out
	}
	caseID := ""
	switch {
	case v.Case != nil:
		caseID = v.Case.ID
	case v.Group != nil:
		caseID = MaterialCase(*v.Group)
	}
	var m Material
	if len(rows[TableCases]) == 1 {
		m = r.Material(caseID, material)
	}
	if v.Group != nil && birth != nil {
		m.Birth = r.Material(v.Group.Case, birth).Filing
	}
	out.Compared, out.Shredded = true, m.Shredded
	out.Differences = Compare(v, rows, m)
	return out
}

// MaterialCase is the case whose material is in force for a group: its filing, or the last change.
func MaterialCase(g domain.Group) string {
	if g.Life != nil && g.Life.Material != "" {
		return g.Life.Material
	}
	return g.Case
}

// MaterialID is the object that a case's row says it decides on; empty when there is no row.
func (rows Rows) MaterialID() string {
	var id string
	if list := rows[TableCases]; len(list) == 1 {
		_ = json.Unmarshal(list[0]["material_id"], &id) // not a text: no object has that id
	}
	return id
}

// Seq is the number of the last act that the rows hold of a workflow; -1 without a row.
func (rows Rows) Seq(workflowID string) int {
	table := TableCases
	switch {
	case strings.HasPrefix(workflowID, "group-"):
		table = TableGroups
	case strings.HasPrefix(workflowID, "nda-"):
		table = TableNDAs
	case strings.HasPrefix(workflowID, "post-"):
		table = TablePosts
	}
	seq := -1
	if list := rows[table]; len(list) == 1 {
		if json.Unmarshal(list[0]["seq"], &seq) != nil {
			return -1
		}
	}
	return seq
}
