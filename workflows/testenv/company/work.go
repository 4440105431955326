package company

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Step is a step of the given kind for the leaders of departments, with a working day to decide.
func Step(kind domain.StepKind, deps ...domain.DepartmentID) domain.StepPlan {
	p := domain.StepPlan{Key: "step-" + string(kind), Kind: kind, Deadline: 8 * 60, Label: domain.Label{ZH: "部门负责人", EN: "Leader"}}
	for _, d := range deps {
		p.Rules = append(p.Rules, domain.SlotRule{Kind: domain.RuleDepartmentLeader, Department: d})
	}
	return p
}

// Role is a step of the given kind for everybody with a role.
func Role(kind domain.StepKind, role domain.Role) domain.StepPlan {
	return domain.StepPlan{Key: "role-" + string(role), Kind: kind, Deadline: 8 * 60, Rules: []domain.SlotRule{{Kind: domain.RuleRole, Role: role}}}
}

// Filed is a case on its way.
type Filed struct {
	State   domain.Case // as submitted
	GroupID string
	Filing  domain.Filing
}

// Workflow is the id of the case's workflow.
func (f Filed) Workflow() string { return workflows.CaseID(f.State.ID) }

// FilingOn is a filing for a platform, with a name of its own.
func (c *Company) FilingOn(platform string) domain.Filing {
	return domain.Filing{
		Name: "研发部-周报-" + uuid.NewString()[:8], Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "每周汇报",
		Departments: []domain.DepartmentID{c.DepA}, Admins: c.People[1:3], Members: c.People[3:5],
		Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, EndsOn: "2030-06-30", Platform: platform,
	}
}

// File submits a filing on a route and starts its workflow. due, when not zero, is the first step's deadline, with a
// reminder half-way.
func (c *Company) File(t testing.TB, f domain.Filing, due time.Duration, steps ...domain.StepPlan) Filed {
	t.Helper()
	return c.FileRoute(t, f, due, domain.RoutePlan{Policy: "p1", Route: "test", Steps: steps})
}

// FileRoute is File with everything the policy says of the case.
func (c *Company) FileRoute(t testing.TB, f domain.Filing, due time.Duration, route domain.RoutePlan) Filed {
	t.Helper()
	return c.ask(t, asked{kind: domain.KindFiling, tier: f.Tier, digest: f.Digest(), material: f, nameKey: policy.NameKey(f.Name), group: uuid.NewString(), filing: f}, due, route)
}

// Change submits a change of a group on a route and starts its workflow.
func (c *Company) Change(t testing.TB, r domain.ChangeRequest, due time.Duration, route domain.RoutePlan) Filed {
	t.Helper()
	a := asked{kind: domain.KindChange, tier: r.Secrecy(), digest: r.Digest(), material: r, group: r.Group, filing: r.Filing}
	if key := policy.NameKey(r.Name); key != policy.NameKey(r.Was.Name) {
		a.nameKey = key
	}
	return c.ask(t, a, due, route)
}

// asked is what a case asks for.
type asked struct {
	kind     domain.RequestKind
	tier     domain.Tier
	digest   string
	material any
	nameKey  string
	group    string
	filing   domain.Filing
}

func (c *Company) ask(t testing.TB, a asked, due time.Duration, route domain.RoutePlan) Filed {
	t.Helper()
	f, steps := a.filing, route.Steps
	ctx := context.Background()
	dir, err := c.Store.Directory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	id := uuid.NewString()
	c.routes.Store(id, route)
	state := domain.Submit(domain.Case{
		ID: id, Kind: a.kind, Tier: a.tier, Parties: domain.Parties{Requester: c.People[0]}, Digest: a.digest,
	}, route, now)
	facts := domain.Facts{At: now, Revision: dir.Revision}
	cal, _ := always{}.Active(ctx)
	o := domain.Opening{Resolution: domain.Resolve(steps[0], dir, state.Parties), Due: domain.DueFor(cal, steps[0], now)}
	if due > 0 {
		o.Due = domain.Due{At: now.Add(due), Remind: []time.Time{now.Add(due / 2)}, Calendar: "always"}
		for _, rung := range steps[0].Ladder {
			o.Due.Ladder = append(o.Due.Ladder, domain.DueRung{At: now.Add(due / 4), Do: rung.Do})
		}
	}
	facts.Openings = []domain.Opening{o}
	state, v := domain.Begin(state, facts)
	if v.Need != nil || v.Result != domain.Accepted {
		t.Fatalf("begin: %+v", v)
	}
	wrapped, err := c.Keys.NewCaseKey(id)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(a.material)
	object := uuid.NewString()
	body, sum, err := c.Keys.Seal(wrapped, id, object, text)
	if err != nil {
		t.Fatal(err)
	}
	filed := Filed{GroupID: a.group, Filing: f}
	filed.State, err = c.Store.Submit(ctx, store.Submission{
		Case: state, Title: f.Name, NameKey: a.nameKey, GroupID: filed.GroupID, Wrapped: wrapped,
		Material: store.Object{ID: object, CaseID: id, Kind: "material", MediaType: "application/json", Size: int64(len(text)), SHA256: sum, Body: body, CreatedAt: now},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.start(t, filed.Workflow(), workflows.CaseType, workflows.CaseInput{State: filed.State, GroupID: filed.GroupID, KeepTimer: true})
	if err := c.Store.MarkStarted(ctx, id); err != nil {
		t.Fatal(err)
	}
	return filed
}

// Birth starts the group of an approved filing.
func (c *Company) Birth(t testing.TB, f Filed) string {
	t.Helper()
	g := domain.NewGroup(f.GroupID, f.State.Number, f.State.ID, f.Filing, time.Now().UTC().Truncate(time.Microsecond))
	in := workflows.GroupInput{State: g}
	if c.Life != nil {
		in.State.Life = domain.NewLife(f.State.ID, f.Filing, *c.Life, g.Since)
		in.Most = c.Most
	}
	c.start(t, workflows.GroupID(g.ID), workflows.GroupType, in)
	return workflows.GroupID(g.ID)
}

func (c *Company) start(t testing.TB, id, kind string, in any) {
	t.Helper()
	if _, err := c.Client.ExecuteWorkflow(context.Background(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, kind, in); err != nil {
		t.Fatal(err)
	}
}

// Decide signals a person's decision, signed, and waits until it is recorded.
func (c *Company) Decide(t testing.TB, f Filed, who domain.EmployeeID, o domain.Outcome) string {
	t.Helper()
	return c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: who, Outcome: o, Digest: f.State.Digest, Version: f.State.Version})
}

// Act signals an act on a case, signed when it is a person's, and waits until it is recorded.
func (c *Company) Act(t testing.TB, f Filed, a domain.Act) string {
	t.Helper()
	a.At = time.Now().UTC().Truncate(time.Microsecond)
	if a.ID == "" {
		a.ID = uuid.NewString()
	}
	if a.Kind.Person() && a.Proof == nil {
		a.Proof = c.Sign(f.State.ID, a)
	}
	c.Signal(t, f.Workflow(), workflows.SignalAct, a)
	c.Recorded(t, f.Workflow(), a.ID)
	return a.ID
}

// ActOnGroup signals a person's act on a group, signed, and waits until it is recorded.
func (c *Company) ActOnGroup(t testing.TB, group string, a domain.GroupAct) string {
	t.Helper()
	a.At = time.Now().UTC().Truncate(time.Microsecond)
	a.ID = uuid.NewString()
	_, id, _ := workflows.Subject(group)
	a.Proof = c.Sign(id, a.AsAct())
	c.Signal(t, group, workflows.SignalGroupAct, a)
	c.Recorded(t, group, a.ID)
	return a.ID
}

// Shown is an admin's receipt for what was done by hand, with a screenshot that is kept.
func (c *Company) Shown(t testing.TB, f Filed, what string) *domain.Receipt {
	t.Helper()
	return &domain.Receipt{Platform: "byhand", ID: "room-1", Name: f.Filing.Name, Evidence: c.Keep(t, f.State.ID, "evidence", []byte(what)), Key: what, Digest: "sha256:x"}
}

// Text reads one text of the database.
func (c *Company) Text(t testing.TB, q string, args ...any) string {
	t.Helper()
	var s string
	if err := c.Store.Pool().QueryRow(context.Background(), q, args...).Scan(&s); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return s
}

// Keep seals content as an object of a case, as comments and screenshots are.
func (c *Company) Keep(t testing.TB, caseID, kind string, content []byte) *domain.Ref {
	t.Helper()
	ctx := context.Background()
	wrapped, err := c.Store.CaseKey(ctx, caseID)
	if err != nil {
		t.Fatal(err)
	}
	id := uuid.NewString()
	body, sum, err := c.Keys.Seal(wrapped, caseID, id, content)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Store.PutObject(ctx, store.Object{
		ID: id, CaseID: caseID, Kind: kind, MediaType: "text/plain", Size: int64(len(content)), SHA256: sum, Body: body, CreatedAt: time.Now().UTC(),
	}); err != nil {
		t.Fatal(err)
	}
	return &domain.Ref{Object: id, SHA256: sum, Size: int64(len(content))}
}

// Signal sends a signal.
func (c *Company) Signal(t testing.TB, workflow, name string, payload any) {
	t.Helper()
	if err := c.Client.SignalWorkflow(context.Background(), workflow, "", name, payload); err != nil {
		t.Fatal(err)
	}
}

// Recorded waits until an act is in the audit stream; kind instead of an id waits for the system's own.
func (c *Company) Recorded(t testing.TB, workflow, actOrKind string) {
	t.Helper()
	c.Wait(t, fmt.Sprintf("%s of %s in the audit stream", actOrKind, workflow),
		`SELECT EXISTS (SELECT 1 FROM audit_entries WHERE workflow_id = $1 AND (act_id = $2 OR kind = $2))`, workflow, actOrKind)
}

// Wait waits until a query says true.
func (c *Company) Wait(t testing.TB, what, q string, args ...any) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var ok bool
		if err := c.Store.Pool().QueryRow(context.Background(), q, args...).Scan(&ok); err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// Closed waits for a workflow's end.
func (c *Company) Closed(t testing.TB, workflow string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Client.GetWorkflow(ctx, workflow, "").Get(ctx, nil); err != nil {
		t.Fatal(err)
	}
}

// History reads the newest run's history.
func (c *Company) History(t testing.TB, workflow string) (run string, h *historypb.History) {
	t.Helper()
	ctx := context.Background()
	d, err := c.Client.DescribeWorkflowExecution(ctx, workflow, "")
	if err != nil {
		t.Fatal(err)
	}
	run = d.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	return run, c.HistoryOf(t, workflow, run)
}

// HistoryOf reads one run's history.
func (c *Company) HistoryOf(t testing.TB, workflow, run string) *historypb.History {
	t.Helper()
	h := &historypb.History{}
	it := c.Client.GetWorkflowHistory(context.Background(), workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for it.HasNext() {
		e, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	return h
}

// Filing opens the material of a case.
func (c *Company) Filing(ctx context.Context, caseID string) (domain.Filing, error) {
	var f domain.Filing
	var object string
	if err := c.Store.Pool().QueryRow(ctx, `SELECT material_id::text FROM cases WHERE id = $1`, caseID).Scan(&object); err != nil {
		return f, fmt.Errorf("find the material: %w", err)
	}
	wrapped, err := c.Store.CaseKey(ctx, caseID)
	if err != nil {
		return f, err
	}
	o, err := c.Store.GetObject(ctx, object)
	if err != nil {
		return f, err
	}
	text, err := c.Keys.Open(wrapped, caseID, object, o.SHA256, o.Body)
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(text, &f)
}
