package replay_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// living is a company whose groups have a life, and one of them that stands on a platform or is kept by hand.
func living(t *testing.T, platform string) (*company.Company, company.Filed, string) {
	t.Helper()
	return livingIn(t, platform, 0)
}

// livingIn is living with runs of at most so many events; 0: as many as the engine likes.
func livingIn(t *testing.T, platform string, most int) (*company.Company, company.Filed, string) {
	t.Helper()
	c := company.Open(t, company.Options{})
	rules := company.Lives()
	c.Life, c.Most = &rules, most
	filing := c.FilingOn(platform)
	filing.EndsOn = ""
	f := c.File(t, filing, 48*time.Hour, company.Step(domain.OrSign, c.DepA))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Closed(t, f.Workflow())
	group := c.Birth(t, f)
	if platform == "byhand" {
		c.Recorded(t, group, "group.begun")
		c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[1], Receipt: c.Shown(t, f, "stands")})
	} else {
		c.Recorded(t, group, "group.provisioned")
	}
	return c, f, group
}

// TestALifeAgrees leads a group through most of what can happen to it on a real engine and database: the auditor's
// account of it agrees with every row, with each operation's receipt, and with who is still leaving.
func TestALifeAgrees(t *testing.T) {
	c, f, group := living(t, "test")
	id := f.GroupID
	why := func() *domain.Ref { return c.Keep(t, f.State.ID, "reason", []byte("原因")) }
	done := func(n int) {
		t.Helper()
		c.Wait(t, "the platform's confirmations", `SELECT count(*) = $2 FROM group_ops WHERE group_id = $1 AND state = 'done'`, id, n)
	}
	people := func(p ...domain.EmployeeID) []domain.EmployeeID { return p }
	act := func(k domain.GroupActKind, who domain.EmployeeID, l domain.LifeAct) {
		t.Helper()
		c.ActOnGroup(t, group, domain.GroupAct{Kind: k, Actor: who, Life: &l})
	}
	admin := c.People[1]
	act(domain.GroupAdmit, admin, domain.LifeAct{People: people(c.LeadB)})
	done(1)
	act(domain.GroupRemove, admin, domain.LifeAct{People: people(c.People[3]), Reason: why()})
	done(2)
	act(domain.GroupLeave, c.People[4], domain.LifeAct{})
	done(3)
	act(domain.GroupFreeze, c.Security, domain.LifeAct{Reason: why()})
	done(4)
	act(domain.GroupUnfreeze, c.Security, domain.LifeAct{})
	act(domain.GroupUnfreeze, c.Security2, domain.LifeAct{})
	done(5)
	act(domain.GroupArchive, admin, domain.LifeAct{})
	done(6)
	act(domain.GroupRestore, admin, domain.LifeAct{})
	done(7)
	act(domain.GroupRemove, c.People[0], domain.LifeAct{People: people(c.LeadB), Reason: why()}) // no admin: refused
	act(domain.GroupDissolve, admin, domain.LifeAct{})
	done(8)
	time.Sleep(300 * time.Millisecond)
	v, diff := audit(t, c, group)
	sound(t, v, diff)
	if g := v.Group; g.State != domain.GroupPendingDeletion || g.Life.Members != 3 || len(g.Life.Dates) == 0 || len(g.Life.Ops) != 0 {
		t.Errorf("%s with %d members, dates %+v, operations %+v", g.State, g.Life.Members, g.Life.Dates, g.Life.Ops)
	}
	if there, err := c.Platform.Members(v.Group.PlatformID); err != nil || len(there) != 3 {
		t.Errorf("on the platform: %v, %v", there, err)
	}
	var removed, leaving int
	if err := c.Store.Pool().QueryRow(context.Background(), `SELECT count(*) FILTER (WHERE state = 'removed' AND removed_at >= left_at), count(*) FILTER (WHERE state = 'leaving')
FROM group_members WHERE group_id = $1`, id).Scan(&removed, &leaving); err != nil || removed != 2 || leaving != 0 {
		t.Errorf("%d removed, %d leaving, %v", removed, leaving, err)
	}
	var calls int
	if err := c.Store.Pool().QueryRow(context.Background(), `SELECT count(*) FROM connector_calls WHERE group_id = $1 AND receipt IS NOT NULL`, id).Scan(&calls); err != nil || calls != 9 {
		t.Errorf("%d receipts kept, %v", calls, err)
	}
}

// TestAByHandLifeAgrees has people do on the platform what is asked of them, and confirm each with evidence.
func TestAByHandLifeAgrees(t *testing.T) {
	c, f, group := living(t, "byhand")
	admin := c.People[1]
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupRemove, Actor: admin, Life: &domain.LifeAct{People: c.People[3:4], Reason: c.Keep(t, f.State.ID, "reason", []byte("调岗"))}})
	c.Wait(t, "an operation by hand", `SELECT count(*) = 1 FROM group_ops WHERE group_id = $1 AND state = 'by_hand'`, f.GroupID)
	op := c.Text(t, `SELECT op_id FROM group_ops WHERE group_id = $1 AND state = 'by_hand'`, f.GroupID)
	if s := c.Text(t, `SELECT state FROM group_members WHERE group_id = $1 AND employee_id = $2`, f.GroupID, string(c.People[3])); s != "leaving" {
		t.Errorf("nobody confirmed the removal, and the person is %s", s)
	}
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupOpConfirm, Actor: admin, Receipt: c.Shown(t, f, "removed"), Life: &domain.LifeAct{Op: op}})
	if s := c.Text(t, `SELECT state FROM group_members WHERE group_id = $1 AND employee_id = $2`, f.GroupID, string(c.People[3])); s != "removed" {
		t.Errorf("the removal is confirmed, and the person is %s", s)
	}
	time.Sleep(300 * time.Millisecond)
	v, diff := audit(t, c, group)
	sound(t, v, diff)
}

// auditRuns is audit over every run of a workflow that was continued.
func auditRuns(t *testing.T, c *company.Company, workflow string) (replay.Verdict, []replay.Difference) {
	t.Helper()
	var runs []replay.Run
	run, h := c.History(t, workflow)
	for range 100 { // until its last task has ended
		if n := len(h.Events); n > 3 && h.Events[n-1].GetEventType() != enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED && h.Events[n-1].GetEventType() != enums.EVENT_TYPE_WORKFLOW_TASK_STARTED &&
			h.Events[n-1].GetEventType() != enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW {
			break
		}
		time.Sleep(100 * time.Millisecond)
		run, h = c.History(t, workflow)
	}
	for run != "" {
		h := c.HistoryOf(t, workflow, run)
		runs = append(runs, replay.Run{ID: run, History: h})
		run = h.Events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
	}
	slices.Reverse(runs)
	r := replay.NewReader(c.Keys, c.Namespace)
	v := r.Verify(context.Background(), workflow, runs, false)
	return v, compare(t, c, r, v)
}

// TestAStormOfSignalsAcrossRuns sends hundreds of signals from many callers at once to a group whose runs are short: every
// one is on record once, whichever run it reached, and all runs are one story. Each run's first act takes over the rules,
// and asks for the export of the run before.
func TestAStormOfSignalsAcrossRuns(t *testing.T) {
	c, _, group := livingIn(t, "test", 50)
	const waves, callers, each = 3, 8, 14
	from := time.Now().UTC().Truncate(time.Microsecond).Add(-time.Hour)
	for w := range waves {
		var wg sync.WaitGroup
		for n := range callers {
			wg.Go(func() {
				for i := range each {
					at := from.Add(time.Duration((w*callers+n)*each+i) * time.Second)
					act := domain.GroupAct{ID: fmt.Sprintf("storm-%d-%d-%d", w, n, i), Kind: domain.GroupActivity, At: from, Life: &domain.LifeAct{Last: at}}
					if i%7 == 0 { // a person's among them, and the same again
						act.Kind, act.Actor, act.Life = domain.GroupAdmit, c.People[1], &domain.LifeAct{People: []domain.EmployeeID{c.LeadA}}
						act.Proof = c.Sign(strings.TrimPrefix(group, "group-"), act.AsAct())
						c.Signal(t, group, workflows.SignalGroupAct, act)
					}
					c.Signal(t, group, workflows.SignalGroupAct, act)
					time.Sleep(time.Duration(5+n) * time.Millisecond) // so that tasks and runs end among the signals
				}
			})
		}
		wg.Wait()
		c.Wait(t, "every act on record", `SELECT count(*) = $2 FROM audit_entries WHERE workflow_id = $1 AND act_id LIKE 'storm-%'`, group, (w+1)*callers*each)
	}
	c.Wait(t, "the operation", `SELECT count(*) = 1 FROM group_ops WHERE group_id = $1 AND state = 'done'`, strings.TrimPrefix(group, "group-"))
	time.Sleep(500 * time.Millisecond)
	v, diff := auditRuns(t, c, group)
	sound(t, v, diff)
	if len(v.Runs) < 3 {
		t.Fatalf("%d runs", len(v.Runs))
	}
	continued := 0
	for _, a := range v.Acts {
		if a.Act.Kind == "group.continued" {
			continued++
		}
	}
	if continued != len(v.Runs)-1 {
		t.Errorf("%d runs, %d took over the rules", len(v.Runs), continued)
	}
	if n := c.Text(t, `SELECT count(*)::text FROM outbox WHERE kind = 'export_history' AND payload->>'earlier' = 'true' AND payload->>'workflow' = $1`, group); n != fmt.Sprint(continued) {
		t.Errorf("%s exports asked for, %d runs were continued", n, continued)
	}
	if v.Group.Life.Members != 5 || len(v.Group.Answers) > 200 {
		t.Errorf("%d members, %d answers in the state", v.Group.Life.Members, len(v.Group.Answers))
	}
	t.Logf("%d acts over %d runs", len(v.Acts), len(v.Runs))

	// An act of long ago, which the state has forgotten, comes once more: it is on record once.
	c.Signal(t, group, workflows.SignalGroupAct, domain.GroupAct{ID: "storm-0-0-1", Kind: domain.GroupActivity, At: from, Life: &domain.LifeAct{Last: from}})
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupFreeze, Actor: c.Security}) // without a reason: refused
	time.Sleep(300 * time.Millisecond)
	v, diff = auditRuns(t, c, group)
	sound(t, v, diff)
}

// TestEveryAlteredColumnOfALifeIsNamed alters each column of the rows that a life leaves, one at a time.
func TestEveryAlteredColumnOfALifeIsNamed(t *testing.T) {
	c, f, group := living(t, "test")
	id := f.GroupID
	gone := &domain.LifeAct{People: c.People[3:4], Reason: c.Keep(t, f.State.ID, "reason", []byte("调岗"))}
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupRemove, Actor: c.People[1], Life: gone})
	c.Wait(t, "the removal", `SELECT count(*) = 1 FROM group_ops WHERE group_id = $1 AND state = 'done'`, id)
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupLeave, Actor: c.People[2], Life: &domain.LifeAct{}}) // one admin is left: a finding
	c.Wait(t, "the departure", `SELECT count(*) = 0 FROM group_ops WHERE group_id = $1 AND state = 'pending'`, id)
	v, diff := auditRuns(t, c, group)
	sound(t, v, diff)
	conn := vandal(t, c)
	r := replay.NewReader(c.Keys, c.Namespace)
	for _, table := range []string{"groups", "group_members", "group_findings", "group_ops"} {
		where := "group_id = '" + id + "'"
		if table == "groups" {
			where = "id = '" + id + "'"
		}
		for _, col := range columns(t, conn, table) {
			for _, row := range places(t, conn, table, where) {
				restore := alter(t, conn, table, col, row)
				diff := compare(t, c, r, v)
				restore()
				if !slices.ContainsFunc(diff, func(d replay.Difference) bool {
					return d.Table == table && (d.Column == col.name || d.Column == "group_id")
				}) {
					t.Errorf("%s.%s was altered, and the verdict names %+v", table, col.name, diff)
				}
			}
		}
	}
	sound(t, v, compare(t, c, r, v))
}

// TestAWorkerDiesAtEveryStep kills the attempt at each boundary of a group's making, of an operation and of a projection,
// once: there is one group, nobody is lost, nothing is stuck, and the story holds.
func TestAWorkerDiesAtEveryStep(t *testing.T) {
	c := company.Open(t, company.Options{})
	rules := company.Lives()
	c.Life = &rules
	for _, name := range []string{
		"provision.before_call", "provision.after_call", "provision.after_receipt", "op.invite.before_call", "op.invite.after_call", "op.invite.after_receipt",
		"group.before_commit", "group.after_commit",
	} {
		t.Run(name, func(t *testing.T) {
			filing := c.FilingOn("test")
			f := c.File(t, filing, 48*time.Hour, company.Step(domain.OrSign, c.DepA))
			c.Decide(t, f, c.LeadA, domain.Approve)
			c.Closed(t, f.Workflow())
			_, before := c.Platform.Count()
			var died atomic.Int32
			c.At(func(at string) {
				if at == name && died.Add(1) <= 2 {
					panic("the worker dies at " + name)
				}
			})
			group := c.Birth(t, f)
			c.Recorded(t, group, "group.provisioned")
			c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupAdmit, Actor: c.People[1], Life: &domain.LifeAct{People: []domain.EmployeeID{c.LeadB}}})
			c.Wait(t, "the platform", `SELECT count(*) = 1 FROM group_ops WHERE group_id = $1 AND state = 'done'`, f.GroupID)
			c.At(func(string) {})
			if died.Load() == 0 {
				t.Fatal("the boundary was never reached")
			}
			v, diff := auditRuns(t, c, group)
			sound(t, v, diff)
			if _, made := c.Platform.Count(); made != before+1 {
				t.Errorf("%d groups were made", made-before)
			}
			if there, err := c.Platform.Members(v.Group.PlatformID); err != nil || len(there) != 5 {
				t.Errorf("on the platform: %v, %v", there, err)
			}
			for _, a := range v.Acts {
				if a.Stuck {
					t.Errorf("%s is stuck", a.Act.ID)
				}
			}
		})
	}
}
