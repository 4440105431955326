package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// firm is a small company in a database: a head, two departments with leaders, a process administrator, employees.
type firm struct {
	*Store
	t      testing.TB
	root   domain.DepartmentID
	depA   domain.DepartmentID
	depB   domain.DepartmentID
	head   domain.EmployeeID
	leadA  domain.EmployeeID
	leadB  domain.EmployeeID
	pa     domain.EmployeeID // process administrator
	sec    domain.EmployeeID
	people []domain.EmployeeID
}

func newFirm(t testing.TB) *firm {
	f := &firm{Store: fresh(t), t: t}
	dep := func(code, name string) domain.DepartmentID {
		id := domain.DepartmentID(newID())
		f.exec(`INSERT INTO departments (id, code, name, parent_id, revision) VALUES ($1, $2, $3, $4, 1)`, id, code, name, orNull(string(f.root)))
		return id
	}
	f.exec(`INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	f.root = dep("D0", "公司")
	f.depA, f.depB = dep("D1", "研发部"), dep("D2", "市场部")
	n := 0
	person := func(d domain.DepartmentID, roles ...string) domain.EmployeeID {
		n++
		id := domain.EmployeeID(newID())
		if roles == nil {
			roles = []string{}
		}
		f.exec(`INSERT INTO employees (id, number, name, department_id, roles, revision) VALUES ($1, $2, $3, $4, $5, 1)`,
			id, fmt.Sprintf("E%04d", n), fmt.Sprintf("员工%d", n), d, roles)
		return id
	}
	f.head, f.leadA, f.leadB = person(f.root), person(f.depA), person(f.depB)
	f.pa, f.sec = person(f.root, "process_admin"), person(f.root, "security_officer")
	for range 6 {
		f.people = append(f.people, person(f.depA))
	}
	f.exec(`UPDATE departments SET leader_id = CASE code WHEN 'D0' THEN $1::uuid WHEN 'D1' THEN $2::uuid ELSE $3::uuid END`, f.head, f.leadA, f.leadB)
	f.exec(`INSERT INTO policies (version, body, state, setup, effective_at, activated_at, created_at) VALUES ('p1', 'x', 'activated', true, now(), now(), now())`)
	return f
}

func (f *firm) exec(q string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(context.Background(), q, args...); err != nil {
		f.t.Fatalf("%s: %v", q, err)
	}
}

func (f *firm) count(q string, args ...any) int {
	f.t.Helper()
	var n int
	if err := f.pool.QueryRow(context.Background(), q, args...).Scan(&n); err != nil {
		f.t.Fatalf("%s: %v", q, err)
	}
	return n
}

func (f *firm) text(q string, args ...any) string {
	f.t.Helper()
	var n string
	if err := f.pool.QueryRow(context.Background(), q, args...).Scan(&n); err != nil {
		f.t.Fatalf("%s: %v", q, err)
	}
	return n
}

// all reads a whole table as text, to compare what a call left behind.
func (f *firm) all(tables ...string) string {
	f.t.Helper()
	out := ""
	for _, table := range tables {
		rows, err := f.pool.Query(context.Background(), `SELECT to_jsonb(t)::text FROM `+table+` t ORDER BY 1`)
		if err != nil {
			f.t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			f.t.Fatal(err)
		}
		out += table + "\n"
		for _, r := range list {
			out += r + "\n"
		}
	}
	return out
}

// everything are the tables an act may touch.
var everything = []string{"cases", "case_slots", "audit_entries", "notifications", "outbox", "group_names", "groups", "group_members", "group_departments", "objects", "case_keys", "counters", "idempotency_keys", "api_events"}

var testTime = time.Date(2026, 11, 23, 2, 0, 0, 123456000, time.UTC)

func (f *firm) filing() domain.Filing {
	return domain.Filing{
		Name: "研发部-周报", Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "周报", Departments: []domain.DepartmentID{f.depA},
		Admins: []domain.EmployeeID{f.people[0], f.people[1]}, Members: []domain.EmployeeID{f.people[2], f.people[3]},
		Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, Platform: "byhand",
	}
}

// submission is a filing on its way: first the department's leader, then the head.
func (f *firm) submission(nameKey string) Submission {
	f.t.Helper()
	dir, err := f.LoadDirectory(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	return f.submissionOn(dir, nameKey)
}

func (f *firm) submissionOn(dir *domain.Directory, nameKey string) Submission {
	f.t.Helper()
	step := func(key string, d domain.DepartmentID) domain.StepPlan {
		return domain.StepPlan{Key: key, Kind: domain.Sequence, Rules: []domain.SlotRule{{Kind: domain.RuleDepartmentLeader, Department: d}}, Deadline: 60}
	}
	plan := domain.RoutePlan{Policy: "p1", Route: "ordinary", Steps: []domain.StepPlan{step("leader", f.depA), step("head", f.root)}}
	filing := f.filing()
	id := newID()
	c := domain.Submit(domain.Case{ID: id, Kind: domain.KindFiling, Tier: filing.Tier, Parties: domain.Parties{Requester: f.people[0]}, Digest: filing.Digest()}, plan, testTime)
	facts := domain.Facts{At: testTime, Revision: dir.Revision}
	facts.Openings = []domain.Opening{f.opening(c, 0, dir, testTime)}
	c, v := domain.Begin(c, facts)
	if v.Result != domain.Accepted || v.Need != nil {
		f.t.Fatalf("begin: %+v", v)
	}
	return Submission{
		Case: c, Title: filing.Name, NameKey: nameKey, GroupID: newID(), Wrapped: []byte("wrapped"),
		Material: Object{ID: newID(), CaseID: id, Kind: "material", MediaType: "application/json", Size: 4, SHA256: filing.Digest(), Body: []byte("seal"), CreatedAt: testTime},
	}
}

func (f *firm) opening(c domain.Case, step int, dir *domain.Directory, at time.Time) domain.Opening {
	return domain.Opening{Step: step, Resolution: domain.Resolve(c.Steps[step].Plan, dir, c.Parties),
		Due: domain.Due{At: at.Add(time.Hour), Remind: []time.Time{at.Add(30 * time.Minute)}, Calendar: "cn"}}
}

// filed submits and starts a case.
func (f *firm) filed(nameKey string) (domain.Case, Submission) {
	f.t.Helper()
	in := f.submission(nameKey)
	c, err := f.Submit(context.Background(), in)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.MarkStarted(context.Background(), c.ID); err != nil {
		f.t.Fatal(err)
	}
	return c, in
}

// act decides an act on c and returns what is to be saved.
func (f *firm) act(c domain.Case, a domain.Act) CaseAct {
	f.t.Helper()
	dir, err := f.LoadDirectory(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	a.At = testTime.Add(time.Duration(c.Seq+1) * time.Minute)
	facts := domain.Facts{At: a.At, Revision: dir.Revision, Active: true, Proof: true}
	for {
		after, v := domain.Decide(c, a, facts)
		if v.Need == nil {
			return CaseAct{Workflow: "case-" + c.ID, Before: c, After: after, Act: a, Facts: facts, Verdict: v, Digest: domain.StateDigest(after)}
		}
		facts.Openings = append(facts.Openings, f.opening(c, v.Need.Step, dir, a.At))
	}
}

func (f *firm) approve(c domain.Case, by domain.EmployeeID) CaseAct {
	return f.act(c, domain.Act{ID: newID(), Kind: domain.ActDecide, Actor: by, Outcome: domain.Approve, Digest: c.Digest, Version: c.Version})
}

// save saves an act and returns the new state.
func (f *firm) save(a CaseAct) domain.Case {
	f.t.Helper()
	if err := f.SaveCase(context.Background(), a); err != nil {
		f.t.Fatal(err)
	}
	return a.After
}
