package store

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// A case's whole way leaves each row as the state says, and every follow-up once.
func TestCaseFromSubmissionToApproval(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	in := f.submission("k1")
	c, err := f.Submit(ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	if c.Number != "G-2026-00001" {
		t.Errorf("number %q", c.Number)
	}
	if n := f.count(`SELECT count(*) FROM case_slots WHERE status = 'waiting'`); n != 1 {
		t.Errorf("%d waiting slots after submission", n)
	}
	if n := f.count(`SELECT count(*) FROM notifications`); n != 0 {
		t.Errorf("%d asked before the workflow is known to run", n)
	}
	for range 2 {
		if err := f.MarkStarted(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := f.count(`SELECT count(*) FROM case_slots WHERE status = 'open' AND person_id = $1`, f.leadA); n != 1 {
		t.Errorf("%d open slots after the start", n)
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'ask' AND person_id = $1`, f.leadA); n != 1 {
		t.Errorf("leader asked %d times", n)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'start_case' AND done_at IS NOT NULL`); n != 1 {
		t.Error("start_case is not settled")
	}
	c = f.save(f.approve(c, f.leadA))
	if got := f.text(`SELECT due_at::text FROM cases`); !strings.HasPrefix(got, "2026-11-23 03:01:00") {
		t.Errorf("due_at %s", got)
	}
	last := f.approve(c, f.head)
	c = f.save(last)
	if c.Status != domain.CaseApproved {
		t.Fatalf("status %s", c.Status)
	}
	for q, want := range map[string]int{
		`SELECT count(*) FROM cases WHERE status = 'approved' AND seq = 2 AND due_at IS NULL AND decided_at IS NOT NULL`:             1,
		`SELECT count(*) FROM case_slots WHERE status = 'approved' AND decision IS NOT NULL`:                                         2,
		`SELECT count(*) FROM audit_entries WHERE result = 'accepted' AND slot IN ('r1.s1.p1', 'r1.s2.p1')`:                          2,
		`SELECT count(*) FROM outbox WHERE kind = 'start_group' AND key = 'start_group:' || (SELECT group_id FROM cases)`:            1,
		`SELECT count(*) FROM outbox WHERE kind = 'export_history'`:                                                                  1,
		`SELECT count(*) FROM group_names WHERE released_at IS NULL AND group_id = (SELECT group_id FROM cases)`:                     1,
		`SELECT count(*) FROM notifications WHERE kind = 'inform'`:                                                                   2,
		`SELECT count(*) FROM notifications n JOIN outbox o ON o.key = 'mail:' || n.key AND o.payload->>'notification' = n.id::text`: f.count(`SELECT count(*) FROM notifications`),
	} {
		if n := f.count(q); n != want {
			t.Errorf("%s: %d, want %d", q, n, want)
		}
	}
	var state domain.Case
	if err := json.Unmarshal([]byte(f.text(`SELECT state::text FROM cases`)), &state); err != nil {
		t.Fatal(err)
	}
	if got := domain.StateDigest(state); got != last.Digest || got != f.text(`SELECT state_digest FROM cases`) {
		t.Error("the stored state has another digest than the one saved")
	}
}

func TestSaveCaseTwiceDoublesNothing(t *testing.T) {
	f := newFirm(t)
	c, _ := f.filed("k1")
	a := f.approve(c, f.leadA)
	f.save(a)
	before := f.all(everything...)
	if err := f.SaveCase(context.Background(), a); !errors.Is(err, ErrAlreadySaved) {
		t.Fatalf("second save: %v", err)
	}
	if f.all(everything...) != before {
		t.Error("the second save changed something")
	}
	other := f.approve(c, f.leadA) // another act on the old state
	if err := f.SaveCase(context.Background(), other); !errors.Is(err, ErrBehind) {
		t.Errorf("act on an old state: %v", err)
	}
	other.Before.ID, other.After.ID = newID(), newID()
	other.Workflow = "case-" + other.After.ID
	if err := f.SaveCase(context.Background(), other); !errors.Is(err, ErrNotFound) {
		t.Errorf("act on no case: %v", err)
	}
	if f.all(everything...) != before {
		t.Error("a refused save changed something")
	}
}

func TestConcurrentSavesOneWins(t *testing.T) {
	f := newFirm(t)
	c, _ := f.filed("k1")
	a := f.approve(c, f.leadA)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = f.SaveCase(context.Background(), a) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, ErrAlreadySaved):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d saves won", won)
	}
	if n := f.count(`SELECT count(*) FROM audit_entries`); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// A withdrawal can be decided before MarkStarted came to it: the order does not matter.
func TestActBeforeMarkStarted(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, err := f.Submit(ctx, f.submission("k1"))
	if err != nil {
		t.Fatal(err)
	}
	c = f.save(f.act(c, domain.Act{ID: newID(), Kind: domain.ActComment, Actor: f.people[0], Comment: &domain.Ref{Object: newID()}}))
	before := f.all(everything...)
	if err := f.MarkStarted(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if f.all(everything...) != before {
		t.Error("MarkStarted after an act changed something")
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'ask' AND key = $1`, newsKey("case-"+c.ID, 0, "ask", f.leadA)); n != 1 {
		t.Errorf("leader asked %d times", n)
	}
	if n := f.count(`SELECT count(*) FROM case_slots WHERE status = 'open'`); n != 1 {
		t.Errorf("%d open slots", n)
	}
	f.save(f.act(c, domain.Act{ID: newID(), Kind: domain.ActWithdraw, Actor: f.people[0]}))
	if n := f.count(`SELECT count(*) FROM group_names WHERE released_at IS NOT NULL`); n != 1 {
		t.Error("the name is not free after the withdrawal")
	}
	if _, err := f.Submit(ctx, f.submission("k1")); err != nil {
		t.Errorf("the free name cannot be taken again: %v", err)
	}
}

func TestRefusedActIsRecorded(t *testing.T) {
	f := newFirm(t)
	c, _ := f.filed("k1")
	c = f.save(f.approve(c, f.people[5]))
	if got := f.text(`SELECT result || ':' || reason FROM audit_entries`); got != "refused:not_an_approver" {
		t.Error(got)
	}
	if c.Seq != 1 || f.count(`SELECT seq FROM cases`) != 1 {
		t.Error("a refused act counts as one")
	}
	f.save(f.approve(c, f.people[5])) // touches no slot, tells nobody
}

func TestSubmitWithTakenName(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	before := f.all(everything...)
	_, err := f.Submit(ctx, f.submission("k1"))
	var taken *NameTaken
	if !errors.As(err, &taken) || taken.CaseID != c.ID || taken.Number != c.Number {
		t.Fatalf("%+v", err)
	}
	if f.all(everything...) != before {
		t.Error("half a case was left behind")
	}
	if held, err := f.NamesHeld(ctx, []string{"k1", "k2"}); err != nil || !held["k1"] || held["k2"] {
		t.Error(held, err)
	}
	next, _ := f.filed("k2")
	if next.Number != "G-2026-00002" {
		t.Errorf("a refused submission left a gap: %s", next.Number)
	}
}

func TestSubmitCompletesItsIdempotencyKey(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	in := f.submission("k1")
	in.Idempotency = &IdempotencyRef{Employee: f.people[0], Key: "abc", Route: "file", Request: "r1"}
	in.Answer = func(c domain.Case) (int, any) { return 201, map[string]string{"case_id": c.ID} }
	if _, err := f.Submit(ctx, in); err != nil {
		t.Fatal(err)
	}
	if got := f.text(`SELECT status || (answer->>'case_id') FROM idempotency_keys`); got != "201"+in.Case.ID {
		t.Error(got)
	}
	before := f.all(everything...)
	again := f.submission("k2")
	again.Idempotency, again.Answer = in.Idempotency, in.Answer
	if _, err := f.Submit(ctx, again); !errors.Is(err, ErrKeyInUse) {
		t.Errorf("same key: %v", err)
	}
	if f.all(everything...) != before {
		t.Error("a repeated request left something behind")
	}
}

// Whatever dies before the commit leaves nothing: the failing statement stands at the end of each transaction.
func TestNothingIsHalfDone(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	f.exec(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the power went out'; END $$`)
	before := f.all(everything...)
	f.exec(`CREATE CONSTRAINT TRIGGER die AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()`)
	if err := f.SaveCase(ctx, f.approve(c, f.leadA)); err == nil {
		t.Fatal("the act was saved")
	}
	if _, err := f.Submit(ctx, f.submission("k2")); err == nil {
		t.Fatal("the submission was stored")
	}
	if f.all(everything...) != before {
		t.Error("something was left behind")
	}
	f.exec(`DROP TRIGGER die ON outbox`)
	f.save(f.approve(c, f.leadA))
}

func TestTriggersRefuse(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	c = f.save(f.approve(c, f.leadA))
	if err := f.RecordEvent(ctx, Event{Kind: "signed_in", Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	for q, state := range map[string]string{
		`UPDATE audit_entries SET result = 'refused'`:                     "QB001",
		`DELETE FROM audit_entries`:                                       "QB001",
		`TRUNCATE audit_entries`:                                          "QB001",
		`UPDATE api_events SET result = 'x'`:                              "QB001",
		`DELETE FROM api_events`:                                          "QB001",
		`TRUNCATE api_events`:                                             "QB001",
		`UPDATE cases SET status = 'submitted'`:                           "QB002",
		`UPDATE cases SET status = 'revoked'`:                             "QB002",
		`UPDATE cases SET seq = 0`:                                        "QB002",
		`UPDATE cases SET number = 'G-1'`:                                 "QB002",
		`UPDATE case_slots SET status = 'open' WHERE status = 'approved'`: "QB002",
	} {
		_, err := f.pool.Exec(ctx, q)
		if Code(err) != state {
			t.Errorf("%s: %q, want %s", q, Code(err), state)
		}
	}
	bad := f.approve(c, f.head)
	bad.After.Status = domain.CaseRevoked
	if err := f.SaveCase(ctx, bad); !errors.Is(err, ErrIllegal) {
		t.Errorf("an illegal transition: %v", err)
	}
	if err := f.MarkNeedsHand(ctx, c.ID, "projection_refused"); err != nil {
		t.Fatal(err)
	}
	if err := f.MarkNeedsHand(ctx, c.ID, "projection_refused"); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'hand' AND person_id = $1`, f.pa); n != 1 {
		t.Errorf("administrator told %d times", n)
	}
	if got := f.text(`SELECT needs_hand FROM cases`); got != "projection_refused" {
		t.Error(got)
	}
}

func TestKnownOf(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	wf := "case-" + c.ID
	k, err := f.KnownOf(ctx, wf, c.ID, "nope", f.sec)
	if err != nil || k.Recorded != nil || !k.Active || !k.Security || k.Revision != 1 || k.Seq != 0 {
		t.Errorf("%+v %v", k, err)
	}
	a := f.approve(c, f.leadA)
	f.save(a)
	f.exec(`UPDATE employees SET active = false WHERE id = $1`, f.leadA)
	k, err = f.KnownOf(ctx, wf, c.ID, a.Act.ID, f.leadA)
	if err != nil || k.Active || k.Security || k.Seq != 1 || k.Recorded == nil || k.Recorded.Digest != a.Digest {
		t.Fatalf("%+v %v", k, err)
	}
	var facts domain.Facts
	if err := json.Unmarshal(k.Recorded.Facts, &facts); err != nil || domain.StateDigest(facts) != domain.StateDigest(a.Facts) {
		t.Errorf("the recorded facts differ: %v", err)
	}
	k, err = f.KnownOf(ctx, "group-"+newID(), newID(), "x", "")
	if err != nil || k.Seq != -1 || k.Active {
		t.Errorf("%+v %v", k, err)
	}
}

func TestGroupFromApprovalToActive(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, in := f.filed("k1")
	c = f.save(f.approve(c, f.leadA))
	c = f.save(f.approve(c, f.head))
	filing := f.filing()
	g := domain.NewGroup(in.GroupID, c.Number, c.ID, filing, testTime)
	step := func(kind domain.GroupActKind, actor domain.EmployeeID, r *domain.Receipt, first bool) GroupChange {
		a := domain.GroupAct{ID: newID(), Kind: kind, Actor: actor, Receipt: r, At: testTime}
		facts := domain.GroupFacts{At: testTime, Active: true, Proof: true, NameFits: true}
		after, v := domain.DecideGroup(g, a, facts)
		ch := GroupChange{Workflow: "group-" + g.ID, Before: g, After: after, Act: a, Facts: facts, Verdict: v, Digest: domain.StateDigest(after)}
		if first {
			ch.Filing = &filing
		}
		return ch
	}
	save := func(ch GroupChange) {
		t.Helper()
		if err := f.SaveGroup(ctx, ch); err != nil {
			t.Fatal(err)
		}
		before := f.all(everything...)
		if err := f.SaveGroup(ctx, ch); !errors.Is(err, ErrAlreadySaved) {
			t.Fatalf("second save: %v", err)
		}
		if f.all(everything...) != before {
			t.Fatal("the second save changed something")
		}
		g = ch.After
	}
	save(step(domain.GroupBegun, "", nil, true))
	if got := f.text(`SELECT search FROM groups`); got != "研发部-周报 g-2026-00001 研发部" {
		t.Errorf("search %q", got)
	}
	if got := f.text(`SELECT string_agg(role, ',' ORDER BY role DESC) FROM group_members`); got != "owner,member,member,admin" {
		t.Errorf("members %s", got)
	}
	save(step(domain.GroupAskedByHand, "", nil, false))
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'ask_confirm' AND subject = 'group'`); n != 2 {
		t.Errorf("%d admins asked", n)
	}
	save(step(domain.GroupConfirm, f.people[0], &domain.Receipt{Platform: "byhand", ID: "g1", Evidence: &domain.Ref{Object: newID()}, At: testTime}, false))
	if got := f.text(`SELECT state || platform_id || seq FROM groups`); got != "activeg13" {
		t.Error(got)
	}
	if n := f.count(`SELECT count(*) FROM audit_entries WHERE kind = 'group.confirm' AND comment_id IS NOT NULL`); n != 1 {
		t.Error("the confirmation's entry is missing")
	}
}

// Connections that break under the pool cost at most a failed call that says so; the act is then saved, once.
func TestBrokenConnectionsRecover(t *testing.T) {
	f := newFirm(t)
	c, _ := f.filed("k1")
	a := f.approve(c, f.leadA)
	if err := admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'qunbei' AND datname = '` + f.pool.Config().ConnConfig.Database + `'`); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		err := f.SaveCase(context.Background(), a)
		if err == nil || errors.Is(err, ErrAlreadySaved) {
			if n := f.count(`SELECT count(*) FROM audit_entries`); n != 1 {
				t.Errorf("%d entries", n)
			}
			return
		}
		if !Unavailable(err) {
			t.Fatalf("a broken connection is not told as such: %v", err)
		}
	}
	t.Fatal("the pool never recovered")
}
