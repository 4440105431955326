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

// spent is what one act added to a history: what is its own, and apart from that the timers and the end of the case.
type spent struct{ events, actions, timerEvents, timerActions, end int }

func spentOn(history []*historypb.HistoryEvent) spent {
	all := costOf(history)
	s := spent{timerActions: all.timers, actions: all.actions - all.timers}
	for _, e := range history {
		switch e.EventType {
		case enums.EVENT_TYPE_TIMER_STARTED, enums.EVENT_TYPE_TIMER_CANCELED, enums.EVENT_TYPE_TIMER_FIRED:
			s.timerEvents++
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
			s.end++
		}
	}
	s.events = len(history) - s.timerEvents - s.end
	return s
}

// route plans new material as the cases of the budget are planned.
type route struct{ steps []domain.StepPlan }

func (r route) PlanFor(context.Context, string, string, domain.Material) (*domain.RoutePlan, domain.Reason, error) {
	return &domain.RoutePlan{Policy: "test", Route: "again", Steps: r.steps}, "", nil
}

// TestBudgetOfEachAct holds what each act of semantics 1 may cost: 5 events and 2 billed actions, whatever it does, beside
// what a timer costs: an event and an action to start it, an event to cancel it or to fire. What a timer brings by itself
// costs no more.
func TestBudgetOfEachAct(t *testing.T) {
	env := testenv.Start(t)
	c := env.Client(t)
	var people []domain.Employee
	for i := range 12 {
		e := domain.Employee{ID: domain.EmployeeID(fmt.Sprintf("P%d", i)), Number: fmt.Sprint(i), Active: true, Department: "D"}
		if i == 9 {
			e.Roles = []domain.Role{domain.RoleProcessAdmin}
		}
		people = append(people, e)
	}
	dir := domain.NewDirectory(1, people, []domain.Department{{ID: "D", Code: "D", Leader: "P10", Active: true}})
	store := &memory{rev: 1, ds: []domain.Delegation{{ID: "d1", From: "P0", To: "P7", Start: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}}}
	steps := func(n int) []domain.StepPlan {
		var out []domain.StepPlan
		for _, s := range inSequence(dir, "plan", n).Steps {
			out = append(out, s.Plan)
		}
		return out
	}
	w := worker.New(c, workflows.TaskQueue, worker.Options{})
	workflows.Register(w)
	workflows.RegisterActivities(w, &activities.Activities{
		Store: store, Directory: fixed{dir: dir}, Calendars: fixed{cal: calendar()}, Proofs: fixed{}, Planner: route{steps(3)},
		NameKey: func(s string) string { return s }, Clock: time.Now,
	})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)

	comment := &domain.Ref{Object: "o"}
	yes := func(who domain.EmployeeID) domain.Act { return decision("", who, domain.Approve) }
	act := func(a domain.Act) domain.Act { a.Digest = "sha256:m"; return a }
	back := act(domain.Act{Kind: domain.ActReturn, Actor: "P0", Comment: comment})
	material := func(digest string) domain.Act {
		return domain.Act{Kind: domain.ActResubmit, Actor: "P11", Material: &domain.Material{Object: "o2", Digest: digest}}
	}
	soon := func(change func(*domain.Slot, time.Time)) func(*domain.Case) {
		return func(c *domain.Case) { change(&c.Steps[0].Slots[0], time.Now().Add(time.Second)) }
	}
	add := func(m domain.AddMode) domain.Act {
		a := act(domain.Act{Kind: domain.ActAdd, Actor: "P0", Mode: m, To: []domain.EmployeeID{"P5", "P6"}})
		if m == domain.AddAfter {
			a.Outcome = domain.Approve
		}
		return a
	}
	t.Log("| act | events | billed actions | of timers: events | actions | end |")
	t.Log("|---|---|---|---|---|---|")
	for i, x := range []struct {
		name   string
		before []domain.Act
		act    domain.Act // without kind: a timer does it
		due    func(*domain.Case)
	}{
		{name: "approve, and the next step opens", act: yes("P0")},
		{name: "approve by delegation", act: act(domain.Act{Kind: domain.ActDecide, Actor: "P7", For: "P0", Outcome: domain.Approve})},
		{name: "approve last, and the case ends", before: []domain.Act{yes("P0"), yes("P1")}, act: yes("P2")},
		{name: "reject, and the case ends", act: decision("", "P0", domain.Reject)},
		{name: "decide too late", before: []domain.Act{yes("P0")}, act: yes("P0")},
		{name: "return to the start", act: back},
		{name: "return to a step", before: []domain.Act{yes("P0")}, act: act(domain.Act{Kind: domain.ActReturn, Actor: "P1", Step: 1, Comment: comment})},
		{name: "submit again", before: []domain.Act{back}, act: material("sha256:n")},
		{name: "change the material", before: []domain.Act{yes("P0")}, act: material("sha256:n")},
		{name: "transfer", act: act(domain.Act{Kind: domain.ActTransfer, Actor: "P0", To: []domain.EmployeeID{"P5"}, Comment: comment})},
		{name: "add two before", act: add(domain.AddBefore)},
		{name: "add two after", act: add(domain.AddAfter)},
		{name: "add two in parallel", act: add(domain.AddParallel)},
		{name: "urge", act: domain.Act{Kind: domain.ActUrge, Actor: "P11"}},
		{name: "copy", act: domain.Act{Kind: domain.ActCopy, Actor: "P11", To: []domain.EmployeeID{"P5", "P6"}}},
		{name: "comment", act: domain.Act{Kind: domain.ActComment, Actor: "P0", Comment: comment}},
		{name: "withdraw", act: domain.Act{Kind: domain.ActWithdraw, Actor: "P11"}},
		{name: "assign", act: domain.Act{Kind: domain.ActAssign, Actor: "P9", Slot: "r1.s1.p1", To: []domain.EmployeeID{"P5"}, Comment: comment}},
		{name: "the directory changed", act: domain.Act{Kind: domain.ActDirectory}},
		{name: "the calendar changed", act: domain.Act{Kind: domain.ActCalendar}},
		{name: "reminder", due: soon(func(s *domain.Slot, at time.Time) { s.Due.Remind = []time.Time{at} })},
		{name: "escalation", due: soon(func(s *domain.Slot, at time.Time) {
			s.Due.Ladder = []domain.DueRung{{At: at, Do: domain.RungReplace}}
		})},
		{name: "deadline", due: soon(func(s *domain.Slot, at time.Time) { s.Due.At, s.Due.Remind = at, nil })},
	} {
		id := fmt.Sprintf("act-%d", i)
		state := inSequence(dir, id, 3)
		state.Rules = domain.CaseRules{Resubmit: 900, UrgeEvery: 240, MaxHops: 3, MaxAdded: 5, MaxChain: 3}
		if x.due != nil {
			x.due(&state)
		}
		run, err := c.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: workflows.CaseID(id), TaskQueue: workflows.TaskQueue, EnableEagerStart: true},
			workflows.CaseType, workflows.CaseInput{State: state, KeepTimer: true})
		if err != nil {
			t.Fatal(err)
		}
		done := 0
		send := func(a domain.Act) {
			a.ID = fmt.Sprintf("%s-%d", id, done)
			if err := c.SignalWorkflow(context.Background(), run.GetID(), "", workflows.SignalAct, a); err != nil {
				t.Fatal(err)
			}
			done++
			awaitMarkers(t, c, run.GetID(), done)
		}
		for _, a := range x.before {
			send(a)
		}
		was := len(atRest(t, c, run.GetID()))
		if x.act.Kind != "" {
			send(x.act)
		} else {
			done++
			awaitMarkers(t, c, run.GetID(), done)
		}
		got := spentOn(atRest(t, c, run.GetID())[was:])
		t.Logf("| %s | %d | %d | %d | %d | %d |", x.name, got.events, got.actions, got.timerEvents, got.timerActions, got.end)
		if got.events > 5 || got.actions > 2 {
			t.Errorf("%s: %d events and %d actions, at most 5 and 2", x.name, got.events, got.actions)
		}
		if got.timerEvents > 2 || got.timerActions > 1 {
			t.Errorf("%s: %d events and %d actions for timers, at most one timer ends and one begins", x.name, got.timerEvents, got.timerActions)
		}
		want := domain.Accepted
		if x.name == "decide too late" {
			want = domain.TooLate
		}
		if e := store.last(); e.Result != want {
			t.Errorf("%s: %+v", x.name, e)
		}
	}
}

// atRest is a history of which every task has been completed.
func atRest(t *testing.T, c client.Client, id string) []*historypb.HistoryEvent {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		history, tasks := historyOf(t, c, id), 0
		for _, e := range history {
			switch e.EventType {
			case enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
				tasks++
			case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
				tasks--
			}
		}
		if tasks == 0 && len(history) > 2 {
			return history
		}
	}
	t.Fatalf("%s does not come to rest", id)
	return nil
}

// last is the act recorded last.
func (m *memory) last() entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.log[len(m.log)-1]
}
