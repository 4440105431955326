package workflows_test

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/testenv"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// TestBudgetOfEachActOnAGroup holds what an act of a group's life may cost: 5 events and 2 billed actions, as an act on a
// case; with an operation of the platform 7 events and 2 actions more (the call, its answer, the decision that records it);
// beside the timer, which is set anew only when the first date is another.
func TestBudgetOfEachActOnAGroup(t *testing.T) {
	env := testenv.Start(t)
	c := env.Client(t)
	l := living(t)
	w := worker.New(c, workflows.TaskQueue, worker.Options{})
	workflows.Register(w)
	workflows.RegisterActivities(w, &activities.Activities{
		Store: l.store, Directory: fixed{dir: directory()}, Calendars: fixed{cal: l.cal}, Proofs: fixed{}, Planner: planner{}, Lives: company.FixedLives(l.rules),
		NameKey: func(s string) string { return s }, Clock: time.Now, Connectors: map[string]chat.Connector{"test": chattest.Connector{Platform: l.platform}},
	})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	in := l.input()
	in.State.Life.Renewed.At, in.State.Since = time.Now().UTC(), time.Now().UTC()
	id := workflows.GroupID(in.State.ID)
	if _, err := c.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.GroupType, in); err != nil {
		t.Fatal(err)
	}
	awaitMarkers(t, c, id, 2)
	why := &domain.Ref{Object: "o", SHA256: "sha256:why"}
	decisions, last := 2, spentOn(settledHistory(t, c, id))
	t.Logf("born: %+v", last)
	if last.events > 14 || last.actions > 4 {
		t.Errorf("a group's birth costs %d events and %d actions", last.events, last.actions)
	}
	for _, step := range []struct {
		kind   domain.GroupActKind
		who    domain.EmployeeID
		life   domain.LifeAct
		ops    int
		timers int // timers set anew
	}{
		{domain.GroupActivity, "", domain.LifeAct{Last: time.Now().UTC()}, 0, 0},
		{domain.GroupCalendar, "", domain.LifeAct{}, 0, 0},
		{domain.GroupAdmit, "A", domain.LifeAct{People: []domain.EmployeeID{"M8"}}, 1, 0},
		{domain.GroupRemove, "A", domain.LifeAct{People: []domain.EmployeeID{"M8"}, Reason: why}, 1, 0},
		{domain.GroupHold, "L", domain.LifeAct{Reason: why}, 0, 0},
		{domain.GroupFreeze, "S", domain.LifeAct{Reason: why}, 1, 0}, // no date runs: the timer is only cancelled
		{domain.GroupUnfreeze, "S", domain.LifeAct{}, 0, 0},
		{domain.GroupUnfreeze, "L", domain.LifeAct{}, 1, 1},
		{domain.GroupArchive, "A", domain.LifeAct{}, 1, 0},
		{domain.GroupRestore, "A", domain.LifeAct{}, 1, 1},
	} {
		act := domain.GroupAct{ID: "b-" + string(step.kind) + "-" + string(step.who), Kind: step.kind, Actor: step.who, At: time.Now().UTC(), Life: &step.life}
		if err := c.SignalWorkflow(context.Background(), id, "", workflows.SignalGroupAct, act); err != nil {
			t.Fatal(err)
		}
		decisions += 1 + step.ops
		awaitMarkers(t, c, id, decisions)
		now := spentOn(settledHistory(t, c, id))
		events, actions, timers := now.events-last.events, now.actions-last.actions, now.timerActions-last.timerActions
		last = now
		t.Logf("%s: %d events, %d actions, %d timers set", step.kind, events, actions, timers)
		if events > 5+7*step.ops || actions > 2+2*step.ops || timers > step.timers {
			t.Errorf("%s costs %d events, %d actions and sets %d timers", step.kind, events, actions, timers)
		}
	}
	for _, e := range l.store.log {
		if e.Result != domain.Accepted {
			t.Errorf("%s was refused: %s", e.Kind, e.Reason)
		}
	}
}

// settledHistory reads a history once its last task has ended.
func settledHistory(t *testing.T, c client.Client, id string) []*historypb.HistoryEvent {
	t.Helper()
	for range 100 {
		h := historyOf(t, c, id)
		switch h[len(h)-1].EventType {
		case enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enums.EVENT_TYPE_WORKFLOW_TASK_STARTED, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enums.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			time.Sleep(50 * time.Millisecond)
		default:
			return h
		}
	}
	t.Fatal("the history does not come to rest")
	return nil
}
