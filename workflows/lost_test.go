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

// TestWhatALostAttemptWroteIsTakenFirst: a worker wrote the reminder and died before the engine heard of it; then a
// decision came in, which the next attempt hears first. The reminder stands where the record has it, the decision after.
func TestWhatALostAttemptWroteIsTakenFirst(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	in := begun(t)
	wake, ok := in.State.NextWake()
	if !ok {
		t.Fatal("no reminder")
	}
	env.RegisterDelayedCallback(func() {
		act := wake.Act
		act.At = env.Now().UTC().Truncate(time.Microsecond)
		facts := domain.Facts{At: act.At, Revision: 1, Active: true}
		after, verdict := domain.Decide(in.State, act, facts)
		if verdict.Result != domain.Accepted {
			t.Errorf("%+v", verdict)
		}
		if err := store.SaveCase(context.Background(), activities.CaseAct{Workflow: "case-c1", Before: in.State, After: after, Act: act, Facts: facts,
			Verdict: verdict, Digest: domain.StateDigest(after)}); err != nil {
			t.Error(err)
		}
		env.SignalWorkflow(workflows.SignalAct, decision("d1", "A", domain.Approve))
	}, wake.At.Sub(friday))
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d2", "B", domain.Approve)) }, wake.At.Sub(friday)+time.Hour)
	env.ExecuteWorkflow(workflows.CaseType, in)
	r := result(t, env)
	if got := store.kinds(); r.Status != domain.CaseApproved || r.Seq != 3 || !slices.Equal(got, []string{"remind accepted", "decide accepted", "decide accepted"}) || len(store.hand) > 0 {
		t.Fatalf("%+v %v %v", r, got, store.hand)
	}
}
