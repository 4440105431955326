package workflows_test

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// friday is 2026-02-13, 16:00 in Shanghai: a working Saturday (make-up) follows, then the Spring Festival.
var friday = time.Date(2026, 2, 13, 8, 0, 0, 0, time.UTC)

func calendar() *domain.Calendar {
	cal := &domain.Calendar{
		Version: "cn-test", Zone: time.FixedZone("CST", 8*3600), Weekend: []time.Weekday{time.Saturday, time.Sunday},
		Hours: []domain.Hours{{From: 9 * 60, To: 12 * 60}, {From: 13*60 + 30, To: 18 * 60}},
		Years: map[int]bool{2026: true}, Holidays: map[string]string{}, Workdays: map[string]string{"2026-02-14": "春节", "2026-02-28": "春节"},
	}
	for d := time.Date(2026, 2, 15, 0, 0, 0, 0, time.UTC); d.Day() <= 23 && d.Month() == 2; d = d.AddDate(0, 0, 1) {
		cal.Holidays[d.Format(time.DateOnly)] = "春节"
	}
	return cal
}

func directory() *domain.Directory {
	return domain.NewDirectory(1, []domain.Employee{
		{ID: "A", Number: "1", Active: true, Department: "DA"}, {ID: "B", Number: "2", Active: true, Department: "DB"},
		{ID: "E", Number: "3", Active: true, Department: "DA"},
	}, []domain.Department{{ID: "DA", Leader: "A", Active: true}, {ID: "DB", Leader: "B", Active: true}})
}

// begun is a submitted case with two sequential steps of one working day each, reminder after half a day.
func begun(t *testing.T) workflows.CaseInput { return begunAt(t, friday) }

func begunAt(t *testing.T, at time.Time) workflows.CaseInput {
	t.Helper()
	plan := domain.RoutePlan{Policy: "test"}
	for _, d := range []domain.DepartmentID{"DA", "DB"} {
		plan.Steps = append(plan.Steps, domain.StepPlan{
			Key: string(d), Kind: domain.Countersign, Deadline: 450, Remind: []int{225},
			Rules: []domain.SlotRule{{Kind: domain.RuleDepartmentLeader, Department: d}},
		})
	}
	c := domain.Submit(domain.Case{ID: "c1", Kind: domain.KindFiling, Parties: domain.Parties{Requester: "E"}, Digest: "sha256:m"}, plan, at)
	state, v := domain.Begin(c, domain.Facts{At: at, Revision: 1, Openings: []domain.Opening{{
		Resolution: domain.Resolve(plan.Steps[0], directory(), c.Parties), Due: domain.DueFor(calendar(), plan.Steps[0], at),
	}}})
	if v.Need != nil || v.Result != domain.Accepted {
		t.Fatalf("%+v", v)
	}
	return workflows.CaseInput{State: state, KeepTimer: true}
}

func environment(t *testing.T, store *memory) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(friday)
	env.SetTestTimeout(time.Minute)
	workflows.Register(env)
	acts := &activities.Activities{
		Store: store, Directory: fixed{dir: directory()}, Calendars: fixed{cal: calendar()}, Proofs: fixed{}, Planner: planner{}, NameKey: func(s string) string { return s },
		Clock: env.Now, Connectors: map[string]chat.Connector{byhand.Kind: byhand.Connector{}},
	}
	workflows.RegisterActivities(env, acts)
	t.Cleanup(func() {
		if env.IsWorkflowCompleted() {
			return
		}
		t.Error("the workflow did not end")
	})
	return env
}

func decision(id string, who domain.EmployeeID, o domain.Outcome) domain.Act {
	return domain.Act{ID: id, Kind: domain.ActDecide, Actor: who, Outcome: o, Digest: "sha256:m"}
}

func result(t *testing.T, env *testsuite.TestWorkflowEnvironment) workflows.CaseResult {
	t.Helper()
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	var r workflows.CaseResult
	if err := env.GetWorkflowResult(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTwoLeadersApprove(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d1", "A", domain.Approve)) }, time.Minute)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d2", "B", domain.Approve)) }, time.Hour)
	env.ExecuteWorkflow(workflows.CaseType, begun(t))
	if r := result(t, env); r.Status != domain.CaseApproved || r.Seq != 2 {
		t.Fatalf("%+v", r)
	}
}

// TestReminderAndExpiryRunOnTheWorkingCalendar: one working day from Friday 16:00 is Saturday 15:30 (a make-up day);
// the reminder after half a day falls on Saturday morning, and nothing happens during the Spring Festival.
func TestReminderAndExpiryRunOnTheWorkingCalendar(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	env.ExecuteWorkflow(workflows.CaseType, begun(t))
	if r := result(t, env); r.Status != domain.CaseExpired {
		t.Fatalf("%+v", r)
	}
	want := map[string]string{"remind": "2026-02-14 10:45", "expire": "2026-02-14 16:00"}
	for _, e := range store.log {
		at := e.At.In(calendar().Zone).Format("2006-01-02 15:04")
		if e.Result != domain.Accepted || want[e.Kind] != at {
			t.Errorf("%s at %s (%s), want %s", e.Kind, at, e.Result, want[e.Kind])
		}
		delete(want, e.Kind)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

func TestSecondStepAcrossTheSpringFestival(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	// A approves on Saturday 15:00; B then has until the same hour of the first working day after the festival.
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d1", "A", domain.Approve)) }, 23*time.Hour)
	env.ExecuteWorkflow(workflows.CaseType, begun(t))
	if r := result(t, env); r.Status != domain.CaseExpired {
		t.Fatalf("%+v", r)
	}
	last := store.log[len(store.log)-1]
	if got := last.At.In(calendar().Zone).Format("2006-01-02 15:04"); last.Kind != "expire" || got != "2026-02-24 15:00" {
		t.Fatalf("%s at %s", last.Kind, got)
	}
}

// TestTimerIsKept: two quick approvals take one timer, which is neither set again nor cancelled; a step that is due earlier
// than the timer rings gets one of its own; one that rings for what was settled does nothing. A case of the first version
// goes on as it began.
func TestTimerIsKept(t *testing.T) {
	quick := func(env *testsuite.TestWorkflowEnvironment) {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d2", "B", domain.Approve)) }, 2*time.Minute)
	}
	slow := func(*testsuite.TestWorkflowEnvironment) {}
	for _, tc := range []struct {
		name           string
		keep           bool
		due            []int // of each step, in working minutes
		rest           func(*testsuite.TestWorkflowEnvironment)
		set, cancelled int
		ends           domain.CaseStatus
		at             string
	}{
		{"two quick approvals", true, []int{450, 450}, quick, 1, 0, domain.CaseApproved, "2026-02-13 16:02"},
		{"as of the first version", false, []int{450, 450}, quick, 2, 1, domain.CaseApproved, "2026-02-13 16:02"},
		{"due earlier", true, []int{900, 30}, slow, 2, 1, domain.CaseExpired, "2026-02-13 16:31"},
		{"due later", true, []int{30, 90}, slow, 2, 0, domain.CaseExpired, "2026-02-13 17:31"},
		{"due later, as of the first version", false, []int{30, 90}, slow, 2, 1, domain.CaseExpired, "2026-02-13 17:31"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := &memory{rev: 1}
			env := environment(t, store)
			set, cancelled := 0, 0
			env.SetOnTimerScheduledListener(func(_ string, d time.Duration) {
				if d > time.Minute { // no attempt of the activity's
					set++
				}
			})
			env.SetOnTimerCanceledListener(func(string) { cancelled++ })
			env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d1", "A", domain.Approve)) }, time.Minute)
			tc.rest(env)
			in := begunAt(t, friday)
			in.KeepTimer = tc.keep
			for i := range in.State.Steps {
				in.State.Steps[i].Plan.Deadline, in.State.Steps[i].Plan.Remind = tc.due[i], nil
			}
			in.State.Steps[0].Slots[0].Due = domain.DueFor(calendar(), in.State.Steps[0].Plan, friday)
			env.ExecuteWorkflow(workflows.CaseType, in)
			r := result(t, env)
			last := store.log[len(store.log)-1]
			if at := last.At.In(calendar().Zone).Format("2006-01-02 15:04"); r.Status != tc.ends || at != tc.at || len(store.log) != 2 {
				t.Errorf("%s by %s at %s, %d acts", r.Status, last.Kind, at, len(store.log))
			}
			if set != tc.set || cancelled != tc.cancelled {
				t.Errorf("%d timers set and %d cancelled, want %d and %d", set, cancelled, tc.set, tc.cancelled)
			}
		})
	}
}

func TestLateSignalsAreAnsweredBeforeTheEnd(t *testing.T) {
	store := &memory{rev: 1}
	env := environment(t, store)
	env.RegisterDelayedCallback(func() {
		for i, who := range []domain.EmployeeID{"A", "A", "E", "B"} {
			env.SignalWorkflow(workflows.SignalAct, decision(string(rune('a'+i)), who, domain.Reject))
		}
	}, time.Minute)
	env.ExecuteWorkflow(workflows.CaseType, begun(t))
	if r := result(t, env); r.Status != domain.CaseRejected || len(store.log) != 4 {
		t.Fatalf("%+v: %d answers", r, len(store.log))
	}
}

// TestLostAnswerOfTheDatabase: the commit happened, its answer was lost; the act must not count twice.
func TestLostAnswerOfTheDatabase(t *testing.T) {
	store := &memory{rev: 1}
	failures := 3
	store.fail = func(string) error {
		if failures > 0 {
			failures--
			return errors.New("connection lost")
		}
		return nil
	}
	env := environment(t, store)
	env.SetStartTime(time.Now()) // an attempt's deadline is in real time
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalAct, decision("d1", "A", domain.Reject)) }, time.Minute)
	env.ExecuteWorkflow(workflows.CaseType, begunAt(t, time.Now().UTC().Truncate(time.Second)))
	if r := result(t, env); r.Status != domain.CaseRejected || r.Seq != 1 || len(store.log) != 1 {
		t.Fatalf("%+v, %d entries", r, len(store.log))
	}
}

func TestGroupIsConfirmedByHand(t *testing.T) {
	store := &memory{rev: 1, filing: domain.Filing{Name: "财务部-月结", Platform: byhand.Kind}}
	env := environment(t, store)
	g := domain.NewGroup("g1", "G-2026-00001", "c1", domain.Filing{Name: "财务部-月结", Admins: []domain.EmployeeID{"A", "B"}, Platform: byhand.Kind}, friday)
	confirm := func(id string, who domain.EmployeeID, name string) domain.GroupAct {
		return domain.GroupAct{ID: id, Kind: domain.GroupConfirm, Actor: who, Receipt: &domain.Receipt{
			ID: "wx-1", Name: name, Evidence: &domain.Ref{Object: "o", SHA256: "sha256:x"},
		}}
	}
	for i, act := range []domain.GroupAct{
		confirm("1", "E", "财务部-月结"), confirm("2", "A", "财务部-日结"), confirm("3", "A", "财务部-月结"), confirm("4", "B", "财务部-月结"),
	} {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.SignalGroupAct, act) }, time.Duration(i+1)*time.Hour)
	}
	env.RegisterDelayedCallback(env.CancelWorkflow, 400*24*time.Hour) // it lives on
	env.ExecuteWorkflow(workflows.GroupType, workflows.GroupInput{State: g})
	var got []string
	for _, e := range store.log {
		got = append(got, e.Kind+" "+string(e.Result)+" "+string(e.Reason))
	}
	want := []string{"begun accepted ", "confirm refused not_an_admin", "confirm refused name_differs", "confirm accepted ", "confirm too_late already_decided"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%q", got)
		}
	}
}

func TestProvisioningOnAPlatformThatMisbehaves(t *testing.T) {
	for _, tc := range []struct {
		name   string
		script []chattest.Behaviour
		down   time.Duration // for so long after the start
		made   int
		log    []string
	}{
		{"answers", nil, 0, 1, []string{"begun", "provisioned"}},
		{"loses the answer, twice", []chattest.Behaviour{chattest.LoseAnswer, chattest.LoseAnswer}, 0, 1, []string{"begun", "provisioned"}},
		{"is away, then limits, then answers", []chattest.Behaviour{chattest.Unreached, chattest.Unreached, chattest.Limit}, 0, 1, []string{"begun", "provisioned"}},
		{"refuses; an admin tries again", []chattest.Behaviour{chattest.Refuse}, 0, 1, []string{"begun", "provisioning_failed", "retry", "provisioned"}},
		{"token revoked; an admin tries again", []chattest.Behaviour{chattest.Revoked}, 0, 1, []string{"begun", "provisioning_failed", "retry", "provisioned"}},
		{"is down for a day", nil, 25 * time.Hour, 1, []string{"begun", "provisioned"}},
		{"is down for longer than patience; an admin tries again", nil, 80 * time.Hour, 1, []string{"begun", "provisioning_failed", "retry", "provisioned"}},
		{"makes another name", []chattest.Behaviour{chattest.Rename}, 0, 1, []string{"begun", "provisioned", "retry", "provisioned"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			store := &memory{rev: 1, filing: domain.Filing{Name: "财务部-月结", Platform: "test"}}
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.SetTestTimeout(time.Minute)
			platform := &chattest.Platform{}
			platform.Script(tc.script...)
			platform.Down(tc.down > 0)
			env.RegisterDelayedCallback(func() { platform.Down(false) }, tc.down)
			workflows.Register(env)
			workflows.RegisterActivities(env, &activities.Activities{
				Store: store, Directory: fixed{dir: directory()}, Calendars: fixed{cal: calendar()}, Proofs: fixed{}, Planner: planner{}, NameKey: func(s string) string { return s },
				Clock: env.Now, Connectors: map[string]chat.Connector{"test": chattest.Connector{Platform: platform}},
			})
			g := domain.NewGroup("g1", "G-2026-00001", "c1", domain.Filing{Name: "财务部-月结", Admins: []domain.EmployeeID{"A", "B"}, Platform: "test"}, friday)
			env.RegisterDelayedCallback(func() {
				if len(tc.log) > 2 {
					env.SignalWorkflow(workflows.SignalGroupAct, domain.GroupAct{ID: "again", Kind: domain.GroupRetry, Actor: "A"})
				}
			}, 96*time.Hour)
			env.RegisterDelayedCallback(env.CancelWorkflow, 90*24*time.Hour)
			env.ExecuteWorkflow(workflows.GroupType, workflows.GroupInput{State: g})
			if _, made := platform.Count(); made != tc.made {
				t.Errorf("%d groups on the platform", made)
			}
			var got []string
			for _, e := range store.log {
				got = append(got, e.Kind)
			}
			if len(got) != len(tc.log) {
				t.Fatalf("%q, want %q", got, tc.log)
			}
			for i := range got {
				if got[i] != tc.log[i] {
					t.Fatalf("%q, want %q", got, tc.log)
				}
			}
		})
	}
}
