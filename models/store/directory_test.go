package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

func (f *firm) employee(id domain.EmployeeID) domain.Employee {
	f.t.Helper()
	d, err := f.LoadDirectory(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	return d.Employees[id]
}

// A leader leaves: the open case that waits for them is told once, their session ends, the snapshot moves on.
func TestDirectoryChangeReachesOpenCases(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	touched, _ := f.filed("k1")
	later, _ := f.filed("k2") // waits for the head: leadA has decided
	later = f.save(f.approve(later, f.leadA))
	ended, _ := f.filed("k3")
	f.save(f.act(ended, domain.Act{ID: newID(), Kind: domain.ActWithdraw, Actor: f.people[0]}))
	at := now()
	for _, p := range []domain.EmployeeID{f.leadA, f.head} {
		if err := f.CreateSession(ctx, Session{ID: newID(), SecretHash: []byte(p), Employee: p, CSRF: "c", CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour), Method: "demo"}); err != nil {
			t.Fatal(err)
		}
	}
	old, err := f.Directory(ctx)
	if err != nil || !old.Active(f.leadA) {
		t.Fatal(err)
	}
	gone := f.employee(f.leadA)
	gone.Active = false
	update := DirectoryUpdate{
		Base: old.Revision, Employees: []domain.Employee{gone},
		Departments: []domain.Department{{ID: f.depA, Code: "D1", Name: "研发部", Parent: f.root, Leader: f.people[4], Active: true}},
		Changes:     []DirectoryRecord{{Kind: "left", Employee: string(f.leadA)}, {Kind: "leader_changed", Department: string(f.depA)}},
		Touched:     Touched{People: []domain.EmployeeID{f.leadA}, Departments: []domain.DepartmentID{f.depA}},
	}
	got, err := f.ApplyDirectory(ctx, f.pa, "import:x", update)
	if err != nil {
		t.Fatal(err)
	}
	if got.Cases != 1 || got.Sessions != 1 || got.Revision <= old.Revision {
		t.Errorf("%+v", got)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'signal_directory' AND payload->>'case_id' = $1 AND (payload->>'revision')::bigint = $2`, touched.ID, got.Revision); n != 1 {
		t.Errorf("%d signals for the case that waits", n)
	}
	if n, err := f.SweepDirectory(ctx, got.Revision); err != nil || n != 0 {
		t.Errorf("the second look found %d again: %v", n, err)
	}
	late, _ := f.filedOn(old, "k4") // decided on the old directory, stored after the change
	if n, err := f.SweepDirectory(ctx, got.Revision); err != nil || n != 1 {
		t.Errorf("the second look found %d: %v", n, err)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE key LIKE 'signal_directory:' || $1 || ':%'`, late.ID); n != 1 {
		t.Error("the late case is not told")
	}
	d, err := f.Directory(ctx)
	if err != nil || d.Active(f.leadA) || d.LeaderOf(f.depA) != f.people[4] || d.Revision != got.Revision {
		t.Errorf("the new snapshot: %v", err)
	}
	if n := f.count(`SELECT count(*) FROM directory_changes WHERE revision = $1`, got.Revision); n != 2 {
		t.Errorf("%d differences kept", n)
	}
	if _, err := f.ApplyDirectory(ctx, f.pa, "import:x", update); !errors.Is(err, ErrBehind) {
		t.Errorf("a change against the old directory: %v", err)
	}
	_ = later
}

// filedOn submits a case that was resolved on an older directory.
func (f *firm) filedOn(d *domain.Directory, key string) (domain.Case, Submission) {
	f.t.Helper()
	in := f.submissionOn(d, key)
	c, err := f.Submit(context.Background(), in)
	if err != nil {
		f.t.Fatal(err)
	}
	return c, in
}

func TestConcurrentDirectoryChangesOneWins(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	base, err := f.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = f.ApplyDirectory(ctx, f.pa, "import:x", DirectoryUpdate{Base: base}) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, ErrBehind) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d changes on one base", won)
	}
}

// A role's new holder touches the steps whose rules ask the role's holders.
func TestRoleChangeReachesItsSteps(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	f.exec(`UPDATE cases SET state = jsonb_set(state, '{steps,0,plan,rules}', '[{"kind":"role","role":"security_officer"}]') WHERE id = $1`, c.ID)
	base, _ := f.Revision(ctx)
	got, err := f.ApplyDirectory(ctx, "", "demo", DirectoryUpdate{Base: base, Touched: Touched{Roles: []domain.Role{domain.RoleLegal}}})
	if err != nil || got.Cases != 0 {
		t.Errorf("another role: %+v %v", got, err)
	}
	got, err = f.ApplyDirectory(ctx, "", "demo", DirectoryUpdate{Base: -1, Touched: Touched{Roles: []domain.Role{domain.RoleSecurity}}})
	if err != nil || got.Cases != 1 {
		t.Errorf("the step's role: %+v %v", got, err)
	}
}

func TestDirectoryAtLoadsOnce(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	var wg sync.WaitGroup
	got := make([]*domain.Directory, 8)
	for i := range got {
		wg.Go(func() { got[i], _ = f.DirectoryAt(ctx, 1) })
	}
	wg.Wait()
	for _, d := range got {
		if d == nil || d != got[0] {
			t.Fatal("several callers got several snapshots")
		}
	}
}
