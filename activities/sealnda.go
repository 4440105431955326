package activities

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/models/domain"
)

// ErrTypeSealing is the error type of a document that cannot be made; the code says why.
const ErrTypeSealing = "sealing"

// NDAMaterial is what an agreement is made of when it is asked for: JSON kept under the agreement's key. The fields up to Signer
// are those of a paper.Input; this package links no typefaces, so it hands them on as they are.
type NDAMaterial struct {
	Document json.RawMessage `json:"document"` // template.Document as it is shown
	Company  string          `json:"company"`
	Signer   NDASigner       `json:"signer"`
	Version  string          `json:"template_version"`
	// Printable is the same with characters that no typeface has replaced by their code points: what the sealed record of a copy
	// signed on paper can show. Nil when everything can be drawn.
	Printable *NDAPrintable `json:"printable,omitempty"`
}

// NDAPrintable is what can be drawn of an agreement.
type NDAPrintable struct {
	Document json.RawMessage `json:"document"`
	Digest   string          `json:"digest"`
	Company  string          `json:"company"`
	Signer   NDASigner       `json:"signer"`
}

// NDASigner is a paper.Signer.
type NDASigner struct {
	Name   string          `json:"name"`
	Number string          `json:"number"`
	Unit   string          `json:"unit,omitempty"`
	Drawn  json.RawMessage `json:"drawn,omitempty"`
}

// NDAInputKept is what a sealed document was drawn from, as it is kept: drawing Input again gives the same bytes, and the
// signatures are appended to them.
type NDAInputKept struct {
	Input   json.RawMessage `json:"input"`   // paper.Input
	Drawing string          `json:"drawing"` // paper.Version
	Level   string          `json:"level"`
	Serial  string          `json:"serial"`
	Key     string          `json:"key"`
	At      time.Time       `json:"at"`
}

// ndaInput is a paper.Input, ndaEvidence a paper.Evidence: the same JSON.
type ndaInput struct {
	Document   json.RawMessage `json:"document"`
	Company    string          `json:"company"`
	Signer     NDASigner       `json:"signer"`
	Evidence   ndaEvidence     `json:"evidence"`
	Signatures int             `json:"signatures"`
}

type ndaEvidence struct {
	ID              string      `json:"id"`
	TemplateVersion string      `json:"template_version"`
	Sent            time.Time   `json:"sent,omitzero"`
	ViewedFrom      time.Time   `json:"viewed_from,omitzero"`
	ViewedUntil     time.Time   `json:"viewed_until,omitzero"`
	Signed          time.Time   `json:"signed"`
	Check           string      `json:"check"`
	Address         string      `json:"address,omitempty"`
	UserAgent       string      `json:"user_agent,omitempty"`
	Reminders       int         `json:"reminders,omitempty"`
	Level           string      `json:"level"`
	Countersigner   string      `json:"countersigner,omitempty"`
	Countersigned   time.Time   `json:"countersigned,omitzero"`
	Certificate     string      `json:"certificate"`
	Key             string      `json:"key"`
	Passkey         *ndaPasskey `json:"passkey,omitempty"`
	Scan            string      `json:"scan,omitempty"`
	Original        string      `json:"original,omitempty"`
}

type ndaPasskey struct {
	Credential string `json:"credential"`
	Assertion  string `json:"assertion"`
}

// The levels, as the evidence page names them (paper.Level).
const (
	levelPlatform = "platform_seal"
	levelSigner   = "signer_key"
	levelLicensed = "licensed_ca"
)

// ndaObject is the id of an object that there is once for each agreement.
func ndaObject(nda, what string) string {
	space, err := uuid.Parse(nda)
	if err != nil {
		space = uuid.NewSHA1(uuid.Nil, []byte(nda))
	}
	return uuid.NewSHA1(space, []byte("qunbei:"+what)).String()
}

// SealNDA makes the document: draws it from the record, signs it with the platform's key, verifies its own work, and keeps input
// and document together. There is one document for an agreement, by its id: a second attempt, after a kill at whatever moment,
// finds what the first one kept, or makes it.
func (a *Activities) SealNDA(ctx context.Context, n domain.NDA) (domain.NDASeal, error) {
	if made, err := a.sealedNDA(ctx, n.ID); err != nil || made != nil {
		return deref(made), sealFault(err)
	}
	if a.Sealer == nil {
		return domain.NDASeal{}, sealFault(&UndrawableError{Code: "no_key"})
	}
	kept, in, err := a.ndaSheet(ctx, n)
	if err != nil {
		return domain.NDASeal{}, sealFault(err)
	}
	pdf, err := a.signNDA(n, in, kept)
	if err != nil {
		return domain.NDASeal{}, sealFault(err)
	}
	a.at("nda.seal.after_sign")
	doc, err := json.Marshal(kept)
	if err != nil {
		return domain.NDASeal{}, fmt.Errorf("write what the document was drawn from: %w", err)
	}
	err = a.Papers.KeepPapers(ctx, n.ID,
		Paper{ID: ndaObject(n.ID, "input"), Kind: "nda_input", MediaType: "application/json", Data: doc},
		Paper{ID: ndaObject(n.ID, "document"), Kind: "nda_document", MediaType: "application/pdf", Name: n.Number + ".pdf", Data: pdf})
	if err != nil {
		return domain.NDASeal{}, sealFault(fmt.Errorf("keep the document: %w", err))
	}
	a.at("nda.seal.after_keep")
	made, err := a.sealedNDA(ctx, n.ID) // what stands in the store counts: another attempt may have been first
	if err == nil && made == nil {
		err = errors.New("the document was kept and is not there")
	}
	return deref(made), sealFault(err)
}

func deref(s *domain.NDASeal) domain.NDASeal {
	if s == nil {
		return domain.NDASeal{}
	}
	return *s
}

// sealFault says whether trying again can help.
func sealFault(err error) error {
	var u *UndrawableError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &u):
		return temporal.NewNonRetryableApplicationError("the document cannot be made", ErrTypeSealing, nil, u.Code)
	case errors.Is(err, ErrShredded):
		return temporal.NewNonRetryableApplicationError("the agreement's key was destroyed", ErrTypeSealing, nil, "shredded")
	}
	return err
}

// sealedNDA is the document that an earlier attempt kept; nil when there is none.
func (a *Activities) sealedNDA(ctx context.Context, nda string) (*domain.NDASeal, error) {
	pdf, doc, err := a.Papers.OpenPaper(ctx, nda, ndaObject(nda, "document"))
	if err != nil || doc == nil {
		return nil, err
	}
	raw, in, err := a.Papers.OpenPaper(ctx, nda, ndaObject(nda, "input"))
	if err != nil || in == nil {
		return nil, errors.Join(err, errors.New("a document without what it was drawn from"))
	}
	var kept NDAInputKept
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, fmt.Errorf("read what a document was drawn from: %w", err)
	}
	return &domain.NDASeal{Document: *doc, Input: *in, File: hexSum(pdf), Version: kept.Drawing, Level: kept.Level, Serial: kept.Serial, Key: kept.Key, At: kept.At}, nil
}

// ndaSheet gathers what the pages are drawn from.
func (a *Activities) ndaSheet(ctx context.Context, n domain.NDA) (kept NDAInputKept, in ndaInput, err error) {
	raw, _, err := a.Papers.OpenPaper(ctx, n.ID, n.Material.Object)
	if err != nil {
		return kept, in, fmt.Errorf("open what the agreement is made of: %w", err)
	}
	var m NDAMaterial
	if err := json.Unmarshal(raw, &m); err != nil || n.Signed == nil {
		return kept, in, &UndrawableError{Code: "input", Cause: err}
	}
	key := a.Sealer.Name()
	in = ndaInput{Document: m.Document, Company: m.Company, Signer: m.Signer, Signatures: 1, Evidence: ndaEvidence{
		ID: n.Number, TemplateVersion: m.Version, Sent: n.Sent, ViewedFrom: n.From, ViewedUntil: n.Until, Signed: n.Signed.At, Check: string(n.Check),
		Reminders: n.Reminded, Level: levelPlatform, Certificate: key.Serial, Key: key.Fingerprint,
	}}
	if m.Printable != nil {
		in.Document, in.Company, in.Signer, in.Evidence.Original = m.Printable.Document, m.Printable.Company, m.Printable.Signer, n.Digest
	}
	if err := a.ndaProofs(ctx, n, &in); err != nil {
		return kept, in, err
	}
	if key.Licensed {
		in.Evidence.Level = levelLicensed
	}
	if n.Counter != "" {
		dir, err := a.Directory.At(ctx, 0)
		if err != nil {
			return kept, in, fmt.Errorf("load the directory: %w", err)
		}
		in.Evidence.Countersigner, in.Evidence.Countersigned, in.Signatures = a.counterName(dir.Employees[n.Counter], n.Counter), n.CounterAt, 2
	}
	kept = NDAInputKept{Drawing: key.Drawing, Level: in.Evidence.Level, Serial: key.Serial, Key: key.Fingerprint, At: a.now()}
	kept.Input, err = json.Marshal(in)
	return kept, in, err
}

// numberAlone stands behind a staff number on the evidence page that names no name, and says why.
const numberAlone = "（姓名有字体缺字，以工号表示 / by staff number: no typeface has the name）"

// counterName is who signed for the company, as the document names them. A signature that was given is never lost to a rare
// character: where no typeface has the name, the staff number stands in its place, and the page says so.
func (a *Activities) counterName(who domain.Employee, id domain.EmployeeID) string {
	if name := who.Name + "　" + who.Number; a.Sealer.Drawable(name) {
		return name
	}
	if a.Sealer.Drawable(who.Number) {
		return who.Number + numberAlone
	}
	return string(id) + numberAlone
}

// ndaProofs adds what the signer left: the drawn signature, the address, the passkey's assertion, the scan.
func (a *Activities) ndaProofs(ctx context.Context, n domain.NDA, in *ndaInput) error {
	open := func(r *domain.Ref) ([]byte, error) {
		if r == nil {
			return nil, nil
		}
		b, ref, err := a.Papers.OpenPaper(ctx, n.ID, r.Object)
		if err == nil && ref == nil {
			err = &UndrawableError{Code: "input"}
		}
		if err != nil {
			return nil, fmt.Errorf("open what the signer left: %w", err)
		}
		return b, nil
	}
	s := n.Signed
	drawn, err := open(s.Drawn)
	if err != nil {
		return err
	}
	in.Signer.Drawn = drawn
	client, err := open(s.Client)
	if err != nil {
		return err
	}
	var from struct{ Address, Agent string }
	if client != nil && json.Unmarshal(client, &from) == nil {
		in.Evidence.Address, in.Evidence.UserAgent = from.Address, from.Agent
	}
	scan, err := open(s.Scan)
	if err != nil {
		return err
	}
	if scan != nil {
		in.Evidence.Scan = hexSum(scan)
	}
	evidence, err := open(s.Passkey)
	if err != nil || evidence == nil {
		return err
	}
	var e struct {
		Key struct {
			Credential []byte `json:"credential"`
		} `json:"key"`
	}
	if err := json.Unmarshal(evidence, &e); err != nil {
		return &UndrawableError{Code: "input", Cause: err}
	}
	in.Evidence.Level = levelSigner
	in.Evidence.Passkey = &ndaPasskey{Credential: base64.RawURLEncoding.EncodeToString(e.Key.Credential), Assertion: hexSum(evidence)}
	return nil
}

// signNDA draws and signs, and verifies what it made.
func (a *Activities) signNDA(n domain.NDA, in ndaInput, kept NDAInputKept) ([]byte, error) {
	pdf, err := a.Sealer.Draw(kept.Input)
	if err != nil {
		return nil, fmt.Errorf("draw the document: %w", err)
	}
	pdf, err = a.Sealer.Sign(pdf, SealAct{Name: in.Company, Reason: "平台签章 / sealed by the platform", At: kept.At})
	if err == nil && in.Signatures == 2 {
		pdf, err = a.Sealer.Sign(pdf, SealAct{Name: in.Evidence.Countersigner, Reason: "代表公司签署 / countersigned for the company", At: n.CounterAt})
	}
	if err != nil {
		return nil, fmt.Errorf("sign the document: %w", err)
	}
	want := n.Digest
	if in.Evidence.Original != "" {
		want = "" // drawn with code points for what no typeface has: the page names the original's digest
	}
	if c := a.Sealer.Check(pdf); !c.Intact || !c.Complete || c.Level != in.Evidence.Level || want != "" && c.Document != want {
		return nil, &UndrawableError{Code: "not_verified"}
	}
	return pdf, nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
