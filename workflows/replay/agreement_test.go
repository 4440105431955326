package replay_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

// audit replays a workflow of the company and compares it with the database, as the service does.
func audit(t *testing.T, c *company.Company, workflow string) (replay.Verdict, []replay.Difference) {
	t.Helper()
	run, h := c.History(t, workflow)
	r := replay.NewReader(c.Keys, c.Namespace)
	v := r.Verify(context.Background(), workflow, []replay.Run{{ID: run, History: h}}, false)
	return v, compare(t, c, r, v)
}

func compare(t *testing.T, c *company.Company, r *replay.Reader, v replay.Verdict) []replay.Difference {
	t.Helper()
	ctx := context.Background()
	kind, id, _ := workflows.Subject(v.Workflow)
	caseID := id
	var rows store.AuditRows
	var err error
	if kind == "group" {
		caseID = replay.MaterialCase(*v.Group)
		rows, err = c.Store.AuditRowsOfGroup(ctx, id, caseID)
	} else {
		rows, err = c.Store.AuditRowsOfCase(ctx, id)
	}
	if err != nil {
		t.Fatal(err)
	}
	var birth *replay.Sealed
	if kind == "group" && v.Group.Case != caseID {
		var id string
		if err := c.Store.Pool().QueryRow(ctx, `SELECT material_id::text FROM cases WHERE id = $1`, v.Group.Case).Scan(&id); err != nil {
			t.Fatal(err)
		}
		birth = material(t, c, v.Group.Case, id)
	}
	return r.Report(v, rowsOf(rows), material(t, c, caseID, rowsOf(rows).MaterialID()), birth).Differences
}

func rowsOf(in store.AuditRows) replay.Rows {
	out := replay.Rows{}
	for table, list := range in {
		for _, row := range list {
			out[table] = append(out[table], row)
		}
	}
	return out
}

func material(t *testing.T, c *company.Company, caseID, id string) *replay.Sealed {
	t.Helper()
	ctx := context.Background()
	o, err := c.Store.GetObject(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := c.Store.CaseKey(ctx, caseID)
	if err != nil && !errors.Is(err, store.ErrShredded) {
		t.Fatal(err)
	}
	return &replay.Sealed{ID: o.ID, CaseID: o.CaseID, Kind: o.Kind, SHA256: o.SHA256, Body: o.Body, Wrapped: wrapped}
}

func sound(t *testing.T, v replay.Verdict, diff []replay.Difference) {
	t.Helper()
	if !v.OK() {
		t.Fatalf("the history of %s: complete %v, replayed %v, recomputed %v: %v", v.Workflow, v.Complete, v.Replayed, v.Recomputed, v.Faults)
	}
	if len(diff) > 0 {
		t.Fatalf("history and database of %s differ: %+v", v.Workflow, diff)
	}
}

// lived is a case to approval, with a comment, a refused and a late act, and its group to active, confirmed by hand.
func lived(t *testing.T, c *company.Company) (company.Filed, string) {
	t.Helper()
	f := c.File(t, c.FilingOn("byhand"), 2*time.Second, company.Role(domain.OrSign, domain.RoleSecurity), company.Step(domain.Countersign, c.DepA, c.DepB))
	c.Act(t, f, domain.Act{Kind: domain.ActComment, Actor: c.People[0], Comment: c.Keep(t, f.State.ID, "comment", []byte("请尽快"))})
	c.Recorded(t, f.Workflow(), string(domain.ActRemind))
	c.Decide(t, f, c.People[4], domain.Approve) // holds no slot: refused
	c.Decide(t, f, c.Security, domain.Approve)
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Act(t, f, domain.Act{Kind: domain.ActDirectory})
	c.Decide(t, f, c.LeadB, domain.Approve)
	c.Closed(t, f.Workflow())
	group := c.Birth(t, f)
	c.Recorded(t, group, "group."+string(domain.GroupBegun))
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[1], Receipt: &domain.Receipt{
		Platform: "byhand", ID: "room-1", Name: f.Filing.Name, Evidence: c.Keep(t, f.State.ID, "evidence", []byte("png")), Key: "k", At: f.State.Submitted, Digest: "sha256:x",
	}})
	return f, group
}

// TestHistoryAndDatabaseAgreeFieldByField alters every column of every kind of row in turn, behind the database's own
// guards, and wants each verdict to name exactly that column.
func TestHistoryAndDatabaseAgreeFieldByField(t *testing.T) {
	c := company.Open(t, company.Options{})
	f, group := lived(t, c)
	v, diff := audit(t, c, f.Workflow())
	sound(t, v, diff)
	if v.Proofs != 5 || !v.Closed || v.Case.Status != domain.CaseApproved {
		t.Errorf("proofs %d, closed %v, status %s", v.Proofs, v.Closed, v.Case.Status)
	}
	g, diff := audit(t, c, group)
	sound(t, g, diff)
	if g.Group.State != domain.GroupActive || g.Proofs != 1 {
		t.Errorf("state %s, proofs %d", g.Group.State, g.Proofs)
	}

	conn := vandal(t, c)
	r := replay.NewReader(c.Keys, c.Namespace)
	for _, target := range []struct {
		of    replay.Verdict
		table string
		where string
	}{
		{v, "cases", "id = '" + f.State.ID + "'"},
		{v, "case_slots", "case_id = '" + f.State.ID + "'"},
		{v, "audit_entries", "workflow_id = '" + f.Workflow() + "'"},
		{g, "groups", "id = '" + f.GroupID + "'"},
		{g, "group_members", "group_id = '" + f.GroupID + "'"},
		{g, "group_departments", "group_id = '" + f.GroupID + "'"},
		{g, "audit_entries", "workflow_id = '" + group + "'"},
	} {
		for _, col := range columns(t, conn, target.table) {
			for _, row := range places(t, conn, target.table, target.where) {
				t.Run(fmt.Sprintf("%s/%s/%s", target.table, col.name, row), func(t *testing.T) {
					defer alter(t, conn, target.table, col, row)()
					diff := compare(t, c, r, target.of)
					if len(diff) != 1 || diff[0].Table != target.table || diff[0].Column != col.name {
						t.Errorf("altered %s.%s, and the verdict names %+v", target.table, col.name, diff)
					}
				})
			}
		}
	}
	for _, gone := range []struct{ table, where, column string }{
		{"audit_entries", "workflow_id = '" + f.Workflow() + "' AND seq = 2", "workflow_id"},
		{"case_slots", "case_id = '" + f.State.ID + "' AND slot = 'r1.s2.p1'", "case_id"},
	} {
		t.Run("removed/"+gone.table, func(t *testing.T) {
			exec(t, conn, `CREATE TEMP TABLE kept AS SELECT * FROM `+gone.table+` WHERE `+gone.where)
			exec(t, conn, `DELETE FROM `+gone.table+` WHERE `+gone.where)
			defer exec(t, conn, `DROP TABLE kept`)
			defer exec(t, conn, `INSERT INTO `+gone.table+` SELECT * FROM kept`)
			diff := compare(t, c, r, v)
			if len(diff) != 1 || diff[0].Table != gone.table || diff[0].Column != gone.column || diff[0].Stored != "(no row)" {
				t.Errorf("removed a row of %s, and the verdict names %+v", gone.table, diff)
			}
		})
	}
	v, diff = audit(t, c, f.Workflow())
	sound(t, v, diff)
	g, diff = audit(t, c, group)
	sound(t, g, diff)
}

// TestEveryColumnHasARule fails when the schema gains a column that no comparison knows.
func TestEveryColumnHasARule(t *testing.T) {
	c := company.Open(t, company.Options{})
	conn, err := c.Store.Pool().Acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	rules := replay.Columns()
	for _, table := range []string{"cases", "case_slots", "audit_entries", "groups", "group_members", "group_departments", "group_findings", "group_ops"} {
		var got []string
		for _, col := range columns(t, conn.Conn(), table) {
			got = append(got, col.name)
		}
		slices.Sort(got)
		if !slices.Equal(got, rules[table]) {
			t.Errorf("%s has the columns %v, the rules know %v", table, got, rules[table])
		}
	}
}

func TestOtherEndsAgree(t *testing.T) {
	c := company.Open(t, company.Options{})
	long := 48 * time.Hour
	t.Run("rejected", func(t *testing.T) {
		f := c.File(t, c.FilingOn("test"), long, company.Step(domain.Countersign, c.DepA, c.DepB))
		c.Decide(t, f, c.LeadB, domain.Reject)
		c.Closed(t, f.Workflow())
		v, diff := audit(t, c, f.Workflow())
		sound(t, v, diff)
	})
	t.Run("withdrawn", func(t *testing.T) {
		f := c.File(t, c.FilingOn("test"), long, company.Step(domain.Sequence, c.DepA, c.DepB))
		c.Act(t, f, domain.Act{Kind: domain.ActWithdraw, Actor: c.People[0]})
		c.Closed(t, f.Workflow())
		v, diff := audit(t, c, f.Workflow())
		sound(t, v, diff)
	})
	t.Run("expired", func(t *testing.T) {
		f := c.File(t, c.FilingOn("test"), time.Second, company.Step(domain.Sequence, c.DepA))
		c.Closed(t, f.Workflow())
		v, diff := audit(t, c, f.Workflow())
		sound(t, v, diff)
		if v.Case.Status != domain.CaseExpired {
			t.Error(v.Case.Status)
		}
	})
	t.Run("open", func(t *testing.T) {
		f := c.File(t, c.FilingOn("test"), long, company.Step(domain.Sequence, c.DepA, c.DepB))
		c.Decide(t, f, c.LeadA, domain.Approve)
		time.Sleep(200 * time.Millisecond) // the workflow task that records it
		v, diff := audit(t, c, f.Workflow())
		sound(t, v, diff)
		if v.Closed {
			t.Error("closed")
		}
	})
	t.Run("provisioning failed, tried again", func(t *testing.T) {
		f := c.File(t, c.FilingOn("test"), long, company.Step(domain.OrSign, c.DepA))
		c.Decide(t, f, c.LeadA, domain.Approve)
		c.Closed(t, f.Workflow())
		c.Platform.Script(chattest.Refuse, chattest.LoseAnswer)
		group := c.Birth(t, f)
		c.Recorded(t, group, "group."+string(domain.GroupFailed))
		c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupRetry, Actor: c.People[1]})
		c.Recorded(t, group, "group."+string(domain.GroupProvisioned))
		time.Sleep(200 * time.Millisecond)
		v, diff := audit(t, c, group)
		sound(t, v, diff)
		if v.Group.State != domain.GroupActive || v.Group.Attempts != 1 {
			t.Errorf("%s after %d failures", v.Group.State, v.Group.Attempts)
		}
	})
}

// TestConfirmedWhileTheConnectorTries has an admin confirm by hand what the connector cannot do, and another too late.
func TestConfirmedWhileTheConnectorTries(t *testing.T) {
	c := company.Open(t, company.Options{})
	f := c.File(t, c.FilingOn("test"), 48*time.Hour, company.Step(domain.OrSign, c.DepA))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Closed(t, f.Workflow())
	c.Platform.Script(chattest.Unreached, chattest.Unreached, chattest.Unreached, chattest.Unreached, chattest.Unreached)
	group := c.Birth(t, f)
	c.Recorded(t, group, "group.begun")
	receipt := &domain.Receipt{Platform: "test", ID: "room-7", Name: f.Filing.Name, Evidence: c.Keep(t, f.State.ID, "evidence", []byte("png")), Key: "k", Digest: "sha256:x"}
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[1], Receipt: receipt})
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[2], Receipt: receipt})
	c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[5], Receipt: receipt}) // no admin
	time.Sleep(300 * time.Millisecond)
	v, diff := audit(t, c, group)
	sound(t, v, diff)
	if v.Group.State != domain.GroupActive || v.Group.PlatformID != "room-7" || v.Proofs != 3 {
		t.Errorf("%s on %q, %d proofs", v.Group.State, v.Group.PlatformID, v.Proofs)
	}
}

// TestARefusedProjectionIsTold has the database refuse an act for ever: the history stays sound and says that it did
// not happen, and the altered row that was the cause is named.
func TestARefusedProjectionIsTold(t *testing.T) {
	c := company.Open(t, company.Options{})
	f := c.File(t, c.FilingOn("test"), 48*time.Hour, company.Step(domain.Sequence, c.DepA, c.DepB))
	conn := vandal(t, c)
	exec(t, conn, `UPDATE cases SET status = 'expired' WHERE id = $1`, f.State.ID)
	a := domain.Act{ID: "refused-once", Kind: domain.ActDecide, Actor: c.LeadA, Outcome: domain.Approve, Digest: f.State.Digest, At: f.State.Submitted}
	a.Proof = c.Sign(f.State.ID, a)
	c.Signal(t, f.Workflow(), workflows.SignalAct, a)
	c.Wait(t, "the case in the administrators' queue", `SELECT needs_hand = 'projection_refused' FROM cases WHERE id = $1`, f.State.ID)
	time.Sleep(300 * time.Millisecond)
	v, diff := audit(t, c, f.Workflow())
	if !v.OK() || len(v.Acts) != 1 || !v.Acts[0].Stuck || v.Case.Seq != 0 {
		t.Fatalf("the history: %v, acts %+v", v.Faults, v.Acts)
	}
	if len(diff) != 1 || diff[0].Column != "status" {
		t.Errorf("the verdict names %+v", diff)
	}
	// The cause is repaired; the same act sent again happens.
	exec(t, conn, `UPDATE cases SET status = 'in_approval' WHERE id = $1`, f.State.ID)
	c.Signal(t, f.Workflow(), workflows.SignalAct, a)
	c.Recorded(t, f.Workflow(), a.ID)
	c.Decide(t, f, c.LeadB, domain.Approve)
	c.Closed(t, f.Workflow())
	v, diff = audit(t, c, f.Workflow())
	sound(t, v, diff)
}

// TestRunsThatContinueAreOneStory lets a case grow until the engine suggests a new run, and follows it across both.
func TestRunsThatContinueAreOneStory(t *testing.T) {
	c := company.Open(t, company.Options{})
	f := c.File(t, c.FilingOn("test"), 48*time.Hour, company.Step(domain.Sequence, c.DepA, c.DepB))
	first, _ := c.History(t, f.Workflow())
	c.Decide(t, f, c.LeadA, domain.Approve)
	// Refused acts with a digest beyond all measure: the history grows to where the engine suggests a new run (4 MiB).
	for i := range 60 {
		a := domain.Act{ID: fmt.Sprint("huge-", i), Kind: domain.ActDecide, Actor: c.People[3], Outcome: domain.Approve, Digest: strings.Repeat("x", 100_000), At: f.State.Submitted}
		a.Proof = c.Sign(f.State.ID, a)
		c.Signal(t, f.Workflow(), workflows.SignalAct, a)
	}
	c.Recorded(t, f.Workflow(), "huge-59")
	c.Decide(t, f, c.LeadB, domain.Approve)
	c.Closed(t, f.Workflow())
	last, newer := c.History(t, f.Workflow())
	if first == last {
		t.Fatal("the engine suggested no new run")
	}
	older := c.HistoryOf(t, f.Workflow(), first)
	r := replay.NewReader(c.Keys, c.Namespace)
	runs := []replay.Run{{ID: first, History: older}, {ID: last, History: newer}}
	v := r.Verify(context.Background(), f.Workflow(), runs, true)
	sound(t, v, compare(t, c, r, v))
	if len(v.Acts) != 62 || len(v.Runs) != 2 {
		t.Errorf("%d acts over %d runs", len(v.Acts), len(v.Runs))
	}
	for name, tc := range map[string]struct {
		runs []replay.Run
		want replay.Code
	}{
		"the first run missing":       {runs[1:], replay.CodeCut},
		"the last run missing":        {runs[:1], replay.CodeCut},
		"the runs in another order":   {[]replay.Run{runs[1], runs[0]}, replay.CodeCut},
		"the same run twice":          {[]replay.Run{runs[0], runs[0], runs[1]}, replay.CodeCut},
		"the second run says another": {[]replay.Run{runs[0], {ID: last, History: otherStart(t, c, newer)}}, replay.CodeContinuation},
	} {
		t.Run(name, func(t *testing.T) {
			v := r.Verify(context.Background(), f.Workflow(), tc.runs, true)
			if got := v.Failure(); got == nil || !slices.ContainsFunc(v.Faults, func(f replay.Fault) bool { return f.Code == tc.want }) {
				t.Errorf("want %s, the verdict names %v", tc.want, v.Faults)
			}
		})
	}
}

// otherStart gives a run another state to begin with.
func otherStart(t *testing.T, c *company.Company, h *historypb.History) *historypb.History {
	f := forger{t, c, proto.Clone(h).(*historypb.History)}
	forge(f, &f.h.Events[0].GetWorkflowExecutionStartedEventAttributes().Input, func(in *workflows.CaseInput) { in.State.Revision += 5 })
	return f.h
}
