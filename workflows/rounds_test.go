package workflows_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// planner gives new material the same route again.
type planner struct{}

func (planner) PlanFor(context.Context, string, string, domain.Material) (*domain.RoutePlan, domain.Reason, error) {
	return &domain.RoutePlan{Policy: "test", Route: "again", Steps: []domain.StepPlan{{
		Key: "DB", Kind: domain.Countersign, Deadline: 450, Rules: []domain.SlotRule{{Kind: domain.RuleDepartmentLeader, Department: "DB"}},
	}}}, "", nil
}

// under gives a case rules and a ladder before it starts.
func under(t *testing.T, rules domain.CaseRules, ladder ...domain.DueRung) workflows.CaseInput {
	in := begun(t)
	in.State.Rules = rules
	in.State.Steps[0].Slots[0].Due.Ladder = ladder
	return in
}

func (m *memory) kinds() []string {
	var out []string
	for _, e := range m.log {
		out = append(out, e.Kind+" "+string(e.Result))
	}
	return out
}

// TestReturnedWaitsForItsRequester: sent back, the workflow waits, and expires when nobody submits again.
func TestReturnedWaitsForItsRequester(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	back := domain.Act{ID: "r1", Kind: domain.ActReturn, Actor: "A", Digest: "sha256:m", Comment: &domain.Ref{Object: "o"}}
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, back) }, time.Minute)
	env.ExecuteWorkflow(workflows.CaseType, under(t, domain.CaseRules{Resubmit: 900}))
	if r := result(t, env); r.Status != domain.CaseExpired || r.Seq != 2 {
		t.Fatalf("%+v %v", r, store.kinds())
	}
	// Two working days from Friday 16:01: the make-up Saturday, then the day after the festival.
	if at := store.log[1].At.In(calendar().Zone).Format("2006-01-02 15:04"); at != "2026-02-24 16:01" {
		t.Errorf("expired at %s", at)
	}
}

func TestReturnedIsSubmittedAgainAndApprovedByDelegation(t *testing.T) {
	store := &memory{rev: 1, ds: []domain.Delegation{{ID: "d1", From: "B", To: "A", Start: friday, Until: friday.Add(240 * time.Hour)}}}
	env := environment(t, store)
	for i, a := range []domain.Act{
		{ID: "1", Kind: domain.ActReturn, Actor: "A", Digest: "sha256:m", Comment: &domain.Ref{Object: "o"}},
		{ID: "2", Kind: domain.ActResubmit, Actor: "E", Material: &domain.Material{Object: "o2", Digest: "sha256:n"}},
		{ID: "3", Kind: domain.ActDecide, Actor: "A", For: "B", Outcome: domain.Approve, Digest: "sha256:m"},
		{ID: "4", Kind: domain.ActDecide, Actor: "A", For: "B", Outcome: domain.Approve, Digest: "sha256:n"},
	} {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, a) }, time.Duration(i+1)*time.Minute)
	}
	env.ExecuteWorkflow(workflows.CaseType, under(t, domain.CaseRules{Resubmit: 900, MaxChain: 1}))
	if r := result(t, env); r.Status != domain.CaseApproved {
		t.Fatalf("%+v %v", r, store.kinds())
	}
	if want := []string{"return accepted", "resubmit accepted", "decide refused", "decide accepted"}; !slices.Equal(store.kinds(), want) {
		t.Fatalf("%v", store.kinds())
	}
}

// TestLadderRunsByItself: rungs wake the workflow as reminders do.
func TestLadderRunsByItself(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	env.ExecuteWorkflow(workflows.CaseType, under(t, domain.CaseRules{UrgeEvery: 1}, domain.DueRung{At: friday.Add(time.Hour), Do: domain.RungAdd}))
	if r := result(t, env); r.Status != domain.CaseExpired {
		t.Fatalf("%+v", r)
	}
	if want := []string{"escalate accepted", "remind accepted", "expire accepted"}; !slices.Equal(store.kinds(), want) {
		t.Fatalf("%v", store.kinds())
	}
}

var _ activities.Planner = planner{}
