package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

var allDay = &domain.Calendar{Version: "cn", Hours: []domain.Hours{{From: 0, To: 1440}}}

// whole is a case under rules that allow everything, started: first the department's leader, then the head.
func (f *firm) whole(nameKey string) (domain.Case, domain.RoutePlan) {
	f.t.Helper()
	in := f.submission(nameKey)
	in.Case.Rules = domain.CaseRules{Resubmit: 60, UrgeEvery: 1, MaxHops: 2, MaxAdded: 3, MaxChain: 2}
	c, err := f.Submit(context.Background(), in)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.MarkStarted(context.Background(), c.ID); err != nil {
		f.t.Fatal(err)
	}
	plan := domain.RoutePlan{Policy: c.Policy, Route: "again"}
	for _, s := range c.Steps {
		plan.Steps = append(plan.Steps, s.Plan)
	}
	return c, plan
}

// does decides and saves an act, whatever it needs, and holds the slots' rows against the state.
func (f *firm) does(c domain.Case, a domain.Act, plan *domain.RoutePlan) domain.Case {
	f.t.Helper()
	dir, err := f.LoadDirectory(context.Background())
	if err != nil {
		f.t.Fatal(err)
	}
	a.ID, a.At = newID(), testTime.Add(time.Duration(c.Seq+1)*time.Minute)
	facts := domain.Facts{At: a.At, Revision: dir.Revision, Active: true, Proof: true}
	for {
		after, v := domain.Decide(c, a, facts)
		if v.Need == nil {
			if v.Result != domain.Accepted {
				f.t.Fatalf("%s: %+v", a.Kind, v.Answer)
			}
			c = f.save(CaseAct{Workflow: "case-" + c.ID, Before: c, After: after, Act: a, Facts: facts, Verdict: v, Digest: domain.StateDigest(after)})
			break
		}
		if v.Need.Plan {
			facts.Plan = plan
			continue
		}
		facts.Learn(c, *v.Need, dir, allDay)
	}
	rows, err := f.Slots(context.Background(), c.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	docs := slotDocs(c)
	if len(rows) != len(docs) {
		f.t.Fatalf("%s: %d rows, %d places", a.Kind, len(rows), len(docs))
	}
	for _, d := range docs {
		k := slices.IndexFunc(rows, func(r SlotRow) bool { return r.Slot == d.Slot })
		if k < 0 || rows[k].Status != d.Status || rows[k].Closed != d.Closed || int(rows[k].Round) != d.Round || int(rows[k].Step) != d.Step || rows[k].PersonID != d.PersonID {
			f.t.Fatalf("%s: the row of %s does not say what the state says: %+v", a.Kind, d.Slot, rows)
		}
	}
	return c
}

// Every round leaves its rows as they were; what is settled stays, and steps before the one sent back to keep their round.
func TestRoundsKeepTheirRows(t *testing.T) {
	f := newFirm(t)
	c, _ := f.whole("k1")
	said := &domain.Ref{Object: newID(), SHA256: "sha256:c"}
	digest := c.Digest
	c = f.does(c, domain.Act{Kind: domain.ActTransfer, Actor: f.leadA, To: []domain.EmployeeID{f.people[4]}, Comment: said}, nil)
	c = f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.people[4], Outcome: domain.Approve, Digest: digest}, nil)
	c = f.does(c, domain.Act{Kind: domain.ActReturn, Actor: f.head, Step: 1, Digest: digest, Comment: said}, nil)
	if got := f.text(`SELECT status || ' ' || round FROM cases`); got != "in_approval 2" {
		t.Fatal(got)
	}
	c = f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.leadA, Outcome: domain.Approve, Digest: digest}, nil)
	c = f.does(c, domain.Act{Kind: domain.ActReturn, Actor: f.head, Digest: digest, Comment: said}, nil)
	if got := f.text(`SELECT status FROM cases`); got != "returned" {
		t.Fatal(got)
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'returned' AND person_id = $1`, f.people[0]); n != 1 {
		t.Errorf("the requester learns %d times that the request came back", n)
	}
	if f.text(`SELECT due_at::text FROM cases`) == "" {
		t.Error("a returned case shows until when it waits")
	}
	plan := f.planOf(c)
	c = f.does(c, f.again(c, "sha256:n", "研发部-月报", "k2"), &plan)
	if got := f.text(`SELECT status || ' ' || round || ' ' || version || ' ' || title || ' ' || digest FROM cases`); got != "in_approval 3 2 研发部-月报 sha256:n" {
		t.Fatal(got)
	}
	if got := f.text(`SELECT string_agg(name_key || CASE WHEN released_at IS NULL THEN '' ELSE ' free' END, ', ' ORDER BY name_key) FROM group_names`); got != "k1 free, k2" {
		t.Fatal(got)
	}
	if rec, err := f.Case(context.Background(), c.ID); err != nil || rec.Title != "研发部-月报" || rec.MaterialID != f.text(`SELECT material_id::text FROM cases`) {
		t.Fatalf("%+v %v", rec, err)
	}
	c = f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.leadA, Outcome: domain.Approve, Digest: "sha256:n"}, nil)
	c = f.does(c, domain.Act{Kind: domain.ActDecide, Actor: f.head, Outcome: domain.Approve, Digest: "sha256:n"}, nil)
	if c.Status != domain.CaseApproved || f.count(`SELECT count(*) FROM group_names WHERE name_key = 'k2' AND group_id IS NOT NULL`) != 1 {
		t.Fatalf("%s", c.Status)
	}
}

func (f *firm) planOf(c domain.Case) domain.RoutePlan {
	plan := domain.RoutePlan{Policy: c.Policy, Route: "again"}
	for _, s := range c.Steps {
		plan.Steps = append(plan.Steps, s.Plan)
	}
	return plan
}

// again stores new material and returns the act that puts it up.
func (f *firm) again(c domain.Case, digest, name, key string) domain.Act {
	f.t.Helper()
	o := Object{ID: newID(), CaseID: c.ID, Kind: "material", MediaType: "application/json", FileName: name, Size: 4, SHA256: digest, Body: []byte("seal"), CreatedAt: testTime}
	if err := f.PutObject(context.Background(), o); err != nil {
		f.t.Fatal(err)
	}
	return domain.Act{Kind: domain.ActResubmit, Actor: c.Parties.Requester, Material: &domain.Material{Object: o.ID, Digest: digest, Tier: c.Tier, NameKey: key}}
}

// A name that another case took meanwhile is never taken from it: nothing of the act is written.
func TestResubmissionNeverTakesAnothersName(t *testing.T) {
	f := newFirm(t)
	c, plan := f.whole("k1")
	f.filed("k2")
	before := f.all(everything[:6]...)
	a := f.again(c, "sha256:n", "研发部-月报", "k2")
	a.ID, a.At = newID(), testTime.Add(time.Minute)
	dir, _ := f.LoadDirectory(context.Background())
	facts := domain.Facts{At: a.At, Revision: dir.Revision, Active: true, Proof: true, Plan: &plan}
	after, v := domain.Decide(c, a, facts)
	for v.Need != nil {
		facts.Learn(c, *v.Need, dir, allDay)
		after, v = domain.Decide(c, a, facts)
	}
	err := f.SaveCase(context.Background(), CaseAct{Workflow: "case-" + c.ID, Before: c, After: after, Act: a, Facts: facts, Verdict: v, Digest: domain.StateDigest(after)})
	if err == nil || errors.Is(err, ErrBehind) || errors.Is(err, ErrIllegal) {
		t.Fatalf("%v: the act must be decided again, on what is true now", err)
	}
	if f.all(everything[:6]...) != before {
		t.Error("a refused resubmission changed something")
	}
}

func TestRevocationMarksItsSubject(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	c = f.save(f.approve(c, f.leadA))
	c = f.save(f.approve(c, f.head))
	in := f.submission("k9")
	in.Case.Kind, in.Case.Subject = domain.KindRevocation, c.ID
	r, err := f.Submit(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.MarkStarted(ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	r = f.save(f.approve(r, f.leadA))
	r = f.save(f.approve(r, f.head))
	if r.Status != domain.CaseApproved || f.text(`SELECT status FROM cases WHERE id = $1`, c.ID) != "revoked" {
		t.Fatal("an approved revocation revokes its subject")
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'revoke_case' AND payload->>'case_id' = $1 AND payload->>'by' = $2`, c.ID, r.ID); n != 1 {
		t.Errorf("%d entries to undo what the case led to", n)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'start_group' AND payload->>'case_id' = $1`, r.ID); n != 0 {
		t.Error("a revocation starts no group")
	}
}

func TestDelegationsAlong(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	p := f.people
	give := func(from, to domain.EmployeeID, start, until time.Duration, ended bool) string {
		id := newID()
		var revoked any
		if ended {
			revoked = testTime
		}
		f.exec(`INSERT INTO delegations (id, from_id, to_id, kinds, start_at, until_at, revoked_at, created_at) VALUES ($1, $2, $3, '{group_filing}', $4, $5, $6, $4)`,
			id, string(from), string(to), testTime.Add(start), testTime.Add(until), revoked)
		return id
	}
	day := 24 * time.Hour
	first := give(p[0], p[1], -2*day, day, false)
	second := give(p[1], p[2], -day, day, false)
	third := give(p[2], p[0], -time.Hour, day, false) // a circle
	give(p[0], p[3], -day, day, true)                 // ended
	give(p[0], p[3], -day, -time.Hour, false)         // over
	give(p[0], p[3], time.Hour, day, false)           // not yet
	for most, want := range map[int][]string{0: nil, 1: {first}, 2: {first, second}, 9: {first, second, third}} {
		list, err := f.DelegationsAlong(ctx, p[0], testTime, most)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range list {
			got = append(got, d.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("at most %d: %v, want %v", most, got, want)
		}
	}
	if chain := domain.FindChain(must(f.DelegationsAlong(ctx, p[0], testTime, 3)), p[0], p[2], domain.KindFiling, testTime, 3); len(chain) != 2 {
		t.Errorf("%+v", chain)
	}
	f.exec(`UPDATE employees SET active = false WHERE id = $1`, string(p[1]))
	if list := must(f.DelegationsAlong(ctx, p[0], testTime, 9)); len(list) != 1 {
		t.Errorf("who left hands nothing on: %+v", list)
	}
	if list, err := f.DelegationsAlong(ctx, "nobody", testTime, 9); err != nil || list != nil {
		t.Errorf("%v %v", list, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
