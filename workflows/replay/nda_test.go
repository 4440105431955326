package replay_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing/paper"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

var ndaRules = domain.NDARules{Policy: "p1", Check: domain.NDABySession, Reminders: []int{3, 7}, Expires: 14, Survives: 1095, Grace: 14}

// ndaEvents is what an agreement that is opened, read and signed may cost.
const ndaEvents = 30

// signs leads an agreement to its signature.
func signs(t *testing.T, c *company.Company, n domain.NDA) {
	t.Helper()
	c.Recorded(t, workflows.NDAID(n.ID), "sys:sent")
	now := time.Now().UTC().Truncate(time.Microsecond)
	c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActView, Actor: n.Person, From: now, Until: now})
	strokes := c.Keep(t, n.ID, "signature", []byte(`[[[0.1,0.2],[0.5,0.6],[0.9,0.3]]]`))
	client := c.Keep(t, n.ID, "client", []byte(`{"address":"192.0.2.7","agent":"Firefox 140"}`))
	c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActSign, Actor: n.Person, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c", Drawn: strokes, Client: client}})
}

func state(t *testing.T, c *company.Company, id string) domain.NDA {
	t.Helper()
	row, err := c.Store.NDA(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row.Doc
}

// auditNDA audits all runs of an agreement.
func auditNDA(t *testing.T, c *company.Company, id string) {
	t.Helper()
	r := replay.NewReader(c.Keys, c.Namespace)
	var runs []replay.Run
	for run, h := c.History(t, workflows.NDAID(id)); ; h = c.HistoryOf(t, workflows.NDAID(id), run) {
		runs = append([]replay.Run{{ID: run, History: h}}, runs...)
		if run = r.Before(h); run == "" {
			break
		}
	}
	v := r.Verify(context.Background(), workflows.NDAID(id), runs, false)
	rows, err := c.Store.AuditRowsOfNDA(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	sound(t, v, r.Report(v, rowsOf(rows), nil, nil).Differences)
	if len(runs) > 1 {
		if v := r.Verify(context.Background(), workflows.NDAID(id), append(runs[:1:1], runs[2:]...), false); v.OK() {
			t.Error("a run was taken out, and nothing is missed")
		}
	}
	for _, run := range runs { // a number changed in the row is a difference
		_ = run
	}
	for _, row := range rows["ndas"] {
		row["fault"] = json.RawMessage(`"x"`)
	}
	if d := r.Report(v, rowsOf(rows), nil, nil).Differences; len(d) != 1 || d[0].Column != "fault" {
		t.Errorf("an altered row shows as %+v", d)
	}
}

// An agreement is signed, sealed, lapses, is superseded by the next, which ends with its signer's leaving: the document verifies
// outside of our program, is drawn again byte for byte, and the auditor's account agrees with every row, over all runs.
func TestAgreementsAgree(t *testing.T) {
	c, f, _ := living(t, "test")
	who := c.People[2]
	n := c.AskNDA(t, f.GroupID, who, "员工甲", ndaRules)
	signs(t, c, n)
	c.Closed(t, workflows.NDAID(n.ID))
	got := state(t, c, n.ID)
	if got.State != domain.NDASealed || got.Sealed == nil || got.Sealed.Level != "platform_seal" {
		t.Fatalf("%s, %+v", got.State, got.Sealed)
	}
	outside(t, c, got, 1)
	// The budget: five acts and one document, no more events than these.
	if _, h := c.History(t, workflows.NDAID(n.ID)); len(h.GetEvents()) > ndaEvents {
		t.Errorf("%d events for an agreement from its request to its seal, at most %d", len(h.GetEvents()), ndaEvents)
	} else {
		t.Logf("%d events", len(h.GetEvents()))
	}
	c.AgainNDA(t, n.ID, domain.NDAAct{ID: "sys:lapse:v2", Kind: domain.NDAActLapse})
	if got = state(t, c, n.ID); got.State != domain.NDASealed || got.LapsesAt.IsZero() {
		t.Fatalf("lapsed: %+v", got)
	}
	second := c.AskNDA(t, f.GroupID, who, "员工甲", domain.NDARules{Policy: "p1", Check: domain.NDABySession, Expires: 14, Countersign: domain.RoleSecurity})
	signs(t, c, second)
	c.ActOnNDA(t, second.ID, domain.NDAAct{Kind: domain.NDAActCountersign, Actor: c.Security})
	c.Closed(t, workflows.NDAID(second.ID))
	outside(t, c, state(t, c, second.ID), 2)
	var told int
	if err := c.Store.Pool().QueryRow(context.Background(), `SELECT count(*) FROM outbox WHERE kind = 'signal_nda' AND payload->>'nda' = $1 AND payload->'act'->>'by' = $2`, n.ID, second.ID).Scan(&told); err != nil || told != 1 {
		t.Errorf("the first agreement is told %d times that another took its place, %v", told, err)
	}
	c.AgainNDA(t, n.ID, domain.NDAAct{ID: "sys:superseded:" + second.ID, Kind: domain.NDAActSupersede, By: second.ID})
	c.AgainNDA(t, second.ID, domain.NDAAct{ID: "sys:end:1", Kind: domain.NDAActTerminate, Rule: domain.NDARuleLeft})
	c.AgainNDA(t, second.ID, domain.NDAAct{Kind: domain.NDAActReturn, Actor: who})
	if got := state(t, c, second.ID); got.State != domain.NDATerminated || got.Returned.IsZero() {
		t.Errorf("%+v", got)
	}
	auditNDA(t, c, n.ID)
	auditNDA(t, c, second.ID)
}

// The worker dies between signature and keeping, and between keeping and recording: there is one sealed document.
func TestADeathWhileSealingLeavesOneDocument(t *testing.T) {
	c, f, _ := living(t, "test")
	for i, at := range []string{"nda.seal.after_sign", "nda.seal.after_keep", "nda.before_commit", "nda.after_commit"} {
		var died atomic.Bool
		c.At(func(name string) {
			if name == at && died.CompareAndSwap(false, true) {
				panic("killed at " + name)
			}
		})
		n := c.AskNDA(t, f.GroupID, c.People[i], "员工乙", ndaRules)
		signs(t, c, n)
		c.Closed(t, workflows.NDAID(n.ID))
		if got := state(t, c, n.ID); got.State != domain.NDASealed || !died.Load() {
			t.Errorf("%s: %s, died %v", at, got.State, died.Load())
		}
		var docs int
		if err := c.Store.Pool().QueryRow(context.Background(), `SELECT count(*) FROM objects WHERE case_id = $1 AND kind = 'nda_document'`, n.ID).Scan(&docs); err != nil || docs != 1 {
			t.Errorf("%s: %d documents, %v", at, docs, err)
		}
		outside(t, c, state(t, c, n.ID), 1)
		auditNDA(t, c, n.ID)
	}
}

// Two tabs sign at once: one signature counts, the other hears whose it was.
func TestTwoTabsSignAtOnce(t *testing.T) {
	c, f, _ := living(t, "test")
	n := c.AskNDA(t, f.GroupID, c.People[1], "员工丙", ndaRules)
	c.Recorded(t, workflows.NDAID(n.ID), "sys:sent")
	now := time.Now().UTC().Truncate(time.Microsecond)
	c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActView, Actor: n.Person, From: now, Until: now})
	var ids []string
	for range 2 {
		a := c.NDAAct(n.ID, domain.NDAAct{Kind: domain.NDAActSign, Actor: n.Person, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c"}})
		c.Signal(t, workflows.NDAID(n.ID), workflows.SignalNDAAct, a)
		ids = append(ids, a.ID)
	}
	c.Closed(t, workflows.NDAID(n.ID))
	for i, want := range []string{"accepted|", "too_late|already_decided"} {
		if got := c.Text(t, `SELECT result || '|' || reason FROM audit_entries WHERE act_id = $1`, ids[i]); got != want {
			t.Errorf("tab %d: %s", i, got)
		}
	}
	auditNDA(t, c, n.ID)
}

// A name with a character that no typeface has is signed on paper, brought by one and countersigned by another.
func TestARareNameIsSignedOnPaper(t *testing.T) {
	c, f, _ := living(t, "test")
	c.Exec(t, `UPDATE employees SET roles = '{legal}' WHERE id = ANY ($1::uuid[])`, []string{string(c.Security), string(c.Security2)})
	n := c.AskNDA(t, f.GroupID, c.People[1], "张\U0002F9F4"+"\U00031350", ndaRules)
	if !n.Paper {
		t.Fatal("the name was to have no typeface: choose another character")
	}
	c.Recorded(t, workflows.NDAID(n.ID), "sys:sent")
	id := c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActSign, Actor: n.Person, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c"}})
	if got := c.Text(t, `SELECT reason FROM audit_entries WHERE act_id = $1`, id); got != "only_on_paper" {
		t.Errorf("signed on the screen: %s", got)
	}
	scan := c.Keep(t, n.ID, "scan", []byte("%PDF-1.7 scan"))
	c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActPaper, Actor: c.Security, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c", Scan: scan}})
	id = c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActCountersign, Actor: c.Security})
	if got := c.Text(t, `SELECT reason FROM audit_entries WHERE act_id = $1`, id); got != "same_person" {
		t.Errorf("countersigned by who brought it: %s", got)
	}
	c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActCountersign, Actor: c.Security2})
	c.Closed(t, workflows.NDAID(n.ID))
	outside(t, c, state(t, c, n.ID), 2)
	auditNDA(t, c, n.ID)
}

// outside verifies a sealed document by programs that are not ours, and draws it again from what was recorded.
func outside(t *testing.T, c *company.Company, n domain.NDA, signatures int) {
	t.Helper()
	if n.Sealed == nil {
		t.Fatalf("%s is not sealed", n.State)
	}
	pdf := c.Paper(t, n.ID, n.Sealed.Document.Object)
	if replay.Sum(pdf) != "sha256:"+n.Sealed.File || len(pdf) > 200<<10 {
		t.Errorf("the file's digest is not the recorded one, or it has %d bytes", len(pdf))
	}
	var kept activities.NDAInputKept
	if err := json.Unmarshal(c.Paper(t, n.ID, n.Sealed.Input.Object), &kept); err != nil {
		t.Fatal(err)
	}
	var in paper.Input
	d := json.NewDecoder(bytes.NewReader(kept.Input))
	d.DisallowUnknownFields() // what the activity writes is exactly what the pages are drawn from
	if err := d.Decode(&in); err != nil {
		t.Fatal(err)
	}
	again, err := paper.Render(in)
	if err != nil || !bytes.HasPrefix(pdf, again) {
		t.Errorf("drawn again it has other bytes (%v)", err)
	}
	file := filepath.Join(t.TempDir(), uuid.NewString()+".pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := osexec.Command("pdfsig", "-nocert", file).CombinedOutput()
	if strings.Count(string(out), "Signature is Valid.") != signatures || !strings.Contains(string(out), "ETSI.CAdES.detached") || !strings.Contains(string(out), "Total document signed") {
		t.Errorf("pdfsig says\n%s", out)
	}
	text, _ := osexec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	for _, want := range []string{n.Number, n.Template[:20], in.Signer.Number} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q does not stand in the document", want)
		}
	}
}
