package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// cost is what a history cost: events, and billed actions as the cloud counts them: starts, signals, timers, activities,
// and one for the local activities of a workflow task.
type cost struct{ events, actions, timers int }

func costOf(history []*historypb.HistoryEvent) cost {
	c := cost{events: len(history)}
	localInTask := false
	for _, e := range history {
		switch e.EventType {
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
			enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			c.actions++
		case enums.EVENT_TYPE_TIMER_STARTED:
			c.actions++
			c.timers++
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			localInTask = false
		case enums.EVENT_TYPE_MARKER_RECORDED:
			if !localInTask {
				c.actions++
			}
			localInTask = true
		}
	}
	return c
}

// TestBudget holds what a case with N sequential approvers may cost: 5+5N events and 1+2N actions, plus one of each for the
// deadline timer, which is kept from step to step while it rings early enough.
func TestBudget(t *testing.T) {
	env := testenv.Start(t)
	c := env.Client(t)
	store := &memory{rev: 1}
	people := make([]domain.Employee, 12)
	for i := range people {
		people[i] = domain.Employee{ID: domain.EmployeeID(fmt.Sprintf("P%d", i)), Number: fmt.Sprint(i), Active: true}
	}
	dir := domain.NewDirectory(1, people, nil)
	w := worker.New(c, workflows.TaskQueue, worker.Options{})
	workflows.Register(w)
	workflows.RegisterActivities(w, &activities.Activities{
		Store: store, Directory: fixed{dir: dir}, Calendars: fixed{cal: calendar()}, Proofs: fixed{},
		NameKey: func(s string) string { return s }, Clock: time.Now,
	})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	t.Log("| approvers | events | of them timers | billed actions | timers |")
	for _, n := range []int{1, 2, 5, 10} {
		id := fmt.Sprintf("budget-%d", n)
		run, err := c.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: workflows.CaseID(id), TaskQueue: workflows.TaskQueue, EnableEagerStart: true},
			workflows.CaseType, workflows.CaseInput{State: inSequence(dir, id, n), KeepTimer: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			act := decision(fmt.Sprintf("%s-%d", id, i), domain.EmployeeID(fmt.Sprintf("P%d", i)), domain.Approve)
			if err := c.SignalWorkflow(context.Background(), run.GetID(), "", workflows.SignalAct, act); err != nil {
				t.Fatal(err)
			}
			store.await(t, workflows.CaseID(id), act.ID)
			awaitMarkers(t, c, run.GetID(), i+1)
		}
		var r workflows.CaseResult
		if err := run.Get(context.Background(), &r); err != nil || r.Status != domain.CaseApproved {
			t.Fatalf("%+v %v", r, err)
		}
		got := costOf(historyOf(t, c, run.GetID()))
		t.Logf("| %d | %d | %d | %d | %d |", n, got.events, got.timers, got.actions, got.timers)
		if got.timers > 1 {
			t.Errorf("%d approvers: %d timers, at most one", n, got.timers)
		}
		if most := 5 + 5*n + got.timers; got.events > most {
			t.Errorf("%d approvers: %d events, at most %d", n, got.events, most)
		}
		if most := 1 + 2*n + got.timers; got.actions > most {
			t.Errorf("%d approvers: %d actions, at most %d", n, got.actions, most)
		}
	}
}

// inSequence is a begun case of n steps, one person each, with a reminder and a deadline far away.
func inSequence(dir *domain.Directory, id string, n int) domain.Case {
	now := time.Now().UTC().Truncate(time.Microsecond)
	plan := domain.RoutePlan{Policy: "test"}
	for i := range n {
		plan.Steps = append(plan.Steps, domain.StepPlan{
			Key: fmt.Sprint(i), Kind: domain.Countersign, Deadline: 900, Remind: []int{450},
			Rules: []domain.SlotRule{{Kind: domain.RulePerson, Person: domain.EmployeeID(fmt.Sprintf("P%d", i))}},
		})
	}
	c := domain.Submit(domain.Case{ID: id, Kind: domain.KindFiling, Parties: domain.Parties{Requester: "P11"}, Digest: "sha256:m"}, plan, now)
	state, _ := domain.Begin(c, domain.Facts{At: now, Revision: 1, Openings: []domain.Opening{{
		Resolution: domain.Resolve(plan.Steps[0], dir, c.Parties), Due: domain.DueFor(calendar(), plan.Steps[0], now),
	}}})
	return state
}

func historyOf(t *testing.T, c client.Client, id string) []*historypb.HistoryEvent {
	t.Helper()
	var out []*historypb.HistoryEvent
	it := c.GetWorkflowHistory(context.Background(), id, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// awaitMarkers waits until the engine has so many decisions on record, so that signals do not coalesce into one task.
func awaitMarkers(t *testing.T, c client.Client, id string, n int) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		got := 0
		for _, e := range historyOf(t, c, id) {
			if e.EventType == enums.EVENT_TYPE_MARKER_RECORDED {
				got++
			}
		}
		if got >= n {
			return
		}
	}
	t.Fatalf("%s: decision %d is not on record", id, n)
}

// await waits until the act is recorded.
func (m *memory) await(t *testing.T, workflow, act string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		m.mu.Lock()
		_, ok := m.acts[workflow+act]
		m.mu.Unlock()
		if ok {
			return
		}
	}
	t.Fatalf("%s: act %s is not recorded", workflow, act)
}
