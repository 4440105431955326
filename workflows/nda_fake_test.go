package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/signing"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/deploy/nda"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

func (m *memory) SaveNDA(_ context.Context, n activities.NDAChange) error {
	return m.put(n.Workflow, n.Act.ID, n.Facts, n.Digest, entry{string(n.Act.Kind), n.Verdict.Result, n.Verdict.Reason, n.Verdict.Effects, n.Facts.At}, n.After.Seq, n.Act)
}

func (m *memory) NDAPeople(_ context.Context, _ string, actor, signer domain.EmployeeID) (admin, present bool, err error) {
	return slices.Contains(m.filing.Admins, actor), !m.gone[signer], nil
}

// drawer keeps what agreements are made of in memory, with the real drawing and a key of its own behind it.
type drawer struct {
	mu   sync.Mutex
	kept map[string][]byte
}

func (d *drawer) OpenPaper(_ context.Context, _, object string) ([]byte, *domain.Ref, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, ok := d.kept[object]
	if !ok {
		return nil, nil, nil
	}
	return b, &domain.Ref{Object: object, SHA256: "s"}, nil
}

func (d *drawer) KeepPapers(_ context.Context, _ string, papers ...activities.Paper) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range papers {
		d.kept[p.ID] = p.Data
	}
	return nil
}

func (d *drawer) PasskeyHolds(domain.NDA, []byte) bool { return false }

// agreement is one agreement in an environment that skips time.
type agreement struct {
	env   *testsuite.TestWorkflowEnvironment
	store *memory
	in    workflows.NDAInput
	n     int
}

func newAgreement(t *testing.T, change func(*domain.NDARules)) *agreement {
	t.Helper()
	rules := domain.NDARules{Policy: "p", Check: domain.NDABySession, Reminders: []int{3, 7, 12}, Expires: 14, Grace: 14, Survives: 1095}
	if change != nil {
		change(&rules)
	}
	key, err := seal.OpenKey(filepath.Join(t.TempDir(), "keys"), nil, "公司", friday)
	if err != nil {
		t.Fatal(err)
	}
	text, err := template.Parse(nda.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	v := template.Values{}
	for _, f := range template.Fields {
		v[f.Name] = f.Label
	}
	doc, err := text.Fill(v)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(doc)
	m, _ := json.Marshal(activities.NDAMaterial{Document: raw, Company: "公司", Signer: activities.NDASigner{Name: "员工", Number: "E1"}, Version: "v1"})
	a := &agreement{store: &memory{rev: 1, roles: map[domain.EmployeeID][]domain.Role{"L": {domain.RoleLegal}}}}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	a.env = suite.NewTestWorkflowEnvironment()
	a.env.SetStartTime(friday)
	workflows.Register(a.env)
	workflows.RegisterActivities(a.env, &activities.Activities{
		Store: a.store, Directory: fixed{dir: directory()}, Calendars: fixed{cal: &domain.Calendar{Version: "t"}}, Proofs: fixed{}, Clock: a.env.Now,
		Sealer: signing.Platform{Key: key}, Papers: &drawer{kept: map[string][]byte{"m": m}},
	})
	a.in = workflows.NDAInput{State: domain.NewNDA("11111111-1111-4111-8111-111111111111", "N-2026-00001", "g1", "P", text.SHA256(), domain.Ref{Object: "m"}, doc.SHA256(), rules, false, friday)}
	return a
}

// on has somebody do something so many days after the beginning.
func (a *agreement) on(day int, act domain.NDAAct) {
	a.n++
	act.ID = fmt.Sprintf("act-%d", a.n)
	a.env.RegisterDelayedCallback(func() {
		if act.At = a.env.Now().UTC(); act.Kind == domain.NDAActView {
			act.From, act.Until = act.At, act.At
		}
		a.env.SignalWorkflow(workflows.SignalNDAAct, act)
	}, time.Duration(day)*24*time.Hour+time.Duration(a.n)*time.Minute)
}

func (a *agreement) signed() *domain.NDASigning {
	return &domain.NDASigning{Shown: a.in.State.Digest, Consent: "c"}
}

// Time passes: reminders come on their days and end with the signature, the end comes when nobody signs, and each way out of
// an agreement ends its run.
func TestAgreementsInTime(t *testing.T) {
	reason := &domain.Ref{Object: "r", SHA256: "s"}
	for name, c := range map[string]struct {
		rules  func(*domain.NDARules)
		script func(*agreement)
		end    domain.NDAState
		kinds  string
		days   int // at most
	}{
		"nobody signs":      {script: func(*agreement) {}, end: domain.NDAExpired, kinds: "sent remind remind remind expire", days: 15},
		"signed on day 5":   {script: func(a *agreement) { a.on(5, view()); a.on(5, a.sign()) }, end: domain.NDASealed, kinds: "sent remind view sign seal", days: 6},
		"declined on day 8": {script: func(a *agreement) { a.on(8, domain.NDAAct{Kind: domain.NDAActDecline, Actor: "P", Reason: reason}) }, end: domain.NDADeclined, kinds: "sent remind remind decline", days: 9},
		"void on day 1":     {script: func(a *agreement) { a.on(1, domain.NDAAct{Kind: domain.NDAActVoid, Actor: "L", Reason: reason}) }, end: domain.NDAVoided, kinds: "sent void", days: 2},
		"withdrawn while it is read": {script: func(a *agreement) {
			a.on(1, view())
			a.on(2, domain.NDAAct{Kind: domain.NDAActVoid, Rule: domain.NDARuleWithdrawn, Again: true})
			a.on(2, a.sign())
		}, end: domain.NDAVoided, kinds: "sent view void", days: 3},
		"the company takes a month": {rules: func(r *domain.NDARules) { r.Countersign = domain.RoleLegal }, script: func(a *agreement) {
			a.on(1, view())
			a.on(1, a.sign())
			a.on(30, domain.NDAAct{Kind: domain.NDAActCountersign, Actor: "L"})
		}, end: domain.NDASealed, kinds: "sent view sign countersign seal", days: 31},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAgreement(t, c.rules)
			c.script(a)
			a.env.ExecuteWorkflow(workflows.NDAType, a.in)
			var out workflows.NDAResult
			if err := a.env.GetWorkflowResult(&out); err != nil {
				t.Fatal(err)
			}
			var kinds []string
			for _, e := range a.store.log {
				kinds = append(kinds, e.Kind)
			}
			if got := strings.Join(kinds, " "); out.State != c.end || got != c.kinds || a.env.Now().Sub(friday) > time.Duration(c.days)*24*time.Hour {
				t.Errorf("%s after %s by %q", out.State, a.env.Now().Sub(friday), got)
			}
		})
	}
}

// A worker wrote that the signer was asked and died before the engine heard of it. The next attempt makes the act two hours later:
// what is on record stands, with the days that count from then.
func TestAnAgreementGoesOnFromWhatALostAttemptWrote(t *testing.T) {
	a := newAgreement(t, nil)
	act := domain.NDAAct{ID: "sys:sent", Kind: domain.NDAActSent, At: friday}
	facts := domain.NDAFacts{At: friday, Dates: domain.PlanNDA(a.in.State, act, friday, &domain.Calendar{Version: "t"})}
	after, v := domain.DecideNDA(a.in.State, act, facts)
	if err := a.store.SaveNDA(context.Background(), activities.NDAChange{Workflow: workflows.NDAID(a.in.State.ID), Before: a.in.State, After: after, Act: act, Facts: facts,
		Verdict: v, Digest: domain.StateDigest(after)}); err != nil {
		t.Fatal(err)
	}
	a.env.SetStartTime(friday.Add(2 * time.Hour))
	a.on(1, view())
	a.on(1, a.sign())
	a.env.ExecuteWorkflow(workflows.NDAType, a.in)
	var out workflows.NDAResult
	if err := a.env.GetWorkflowResult(&out); err != nil || out.State != domain.NDASealed || out.Seq != 4 {
		t.Fatalf("%+v: %v", out, err)
	}
}

func view() domain.NDAAct { return domain.NDAAct{Kind: domain.NDAActView, Actor: "P"} }

func (a *agreement) sign() domain.NDAAct {
	return domain.NDAAct{Kind: domain.NDAActSign, Actor: "P", Sign: a.signed()}
}
