package store

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// TestRecentIsNeverBehind: between a statement's commit and the note of it, the database is asked.
func TestRecentIsNeverBehind(t *testing.T) {
	var r recent
	r.seen(CaseRec{ID: "c", Number: "1"})
	if _, ok := r.fresh("c"); !ok {
		t.Fatal("what was just made is known")
	}
	r.moving("c")
	if _, ok := r.fresh("c"); ok {
		t.Fatal("a case on the move was taken from memory")
	}
	r.moved("c", func(c *CaseRec) { c.Number = "2" })
	if c, ok := r.fresh("c"); !ok || c.Number != "2" {
		t.Fatalf("%+v %v", c, ok)
	}
	r.moving("c")
	r.forget("c") // the statement failed
	if _, ok := r.fresh("c"); ok {
		t.Fatal("what was forgotten came back")
	}
}

// A case that is being revoked is not taken from memory, neither while the revocation's last act is under way nor after
// it, whether it went through or not.
func TestRecentIsNotBehindARevocation(t *testing.T) {
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
	last := f.approve(r, f.head)
	before, err := f.Case(ctx, c.ID)
	if err != nil || before.Status != domain.CaseApproved {
		t.Fatalf("%+v, %v", before, err)
	}
	f.recent.seen(*before)
	if _, ok := f.recent.fresh(c.ID); !ok {
		t.Fatal("the case is not at hand")
	}

	tx, err := f.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, `SELECT 1 FROM cases WHERE id = $1 FOR UPDATE`, c.ID); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- f.SaveCase(ctx, last) }()
	for f.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	if _, ok := f.recent.fresh(c.ID); ok {
		t.Error("taken from memory while its revocation is under way")
	}
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if now, err := f.Case(ctx, c.ID); err != nil || now.Status != domain.CaseRevoked {
		t.Errorf("%+v, %v", now, err)
	}

	f.recent.seen(*before) // a revocation whose answer was lost is saved once more, and finds itself saved
	if err := f.SaveCase(ctx, last); err == nil {
		t.Error("saved twice")
	}
	if now, err := f.Case(ctx, c.ID); err != nil || now.Status != domain.CaseRevoked {
		t.Errorf("after the answer was lost: %+v, %v", now, err)
	}
}

// A first act writes the same whether this process knows that the case was marked as started or has forgotten it.
func TestFirstActAfterTheStart(t *testing.T) {
	rows := func(known func(f *firm, id string)) string {
		f, ctx := newFirm(t), context.Background()
		c, err := f.Submit(ctx, f.submission("k1"))
		if err != nil {
			t.Fatal(err)
		}
		known(f, c.ID)
		f.save(f.approve(c, f.leadA))
		out := ""
		for _, q := range []string{
			`SELECT coalesce(string_agg(concat_ws(' ', slot, round, step, status, outcome, opened_at IS NULL, due_at IS NULL, decided_at IS NULL), '; ' ORDER BY slot), '') FROM case_slots`,
			`SELECT coalesce(string_agg(concat_ws(' ', e.number, n.kind, n.slot), '; ' ORDER BY e.number, n.kind, n.slot), '') FROM notifications n JOIN employees e ON e.id = n.person_id`,
			`SELECT coalesce(string_agg(concat_ws(' ', kind, done_at IS NULL), '; ' ORDER BY kind), '') FROM outbox`,
			`SELECT status || seq FROM cases`,
		} {
			out += f.text(q) + "\n"
		}
		return out
	}
	mark := func(f *firm, id string) {
		if err := f.MarkStarted(context.Background(), id); err != nil {
			t.Fatal(err)
		}
	}
	want := rows(mark)
	if !strings.Contains(want, "start_case f") || !strings.Contains(want, "approved") {
		t.Fatal(want)
	}
	if got := rows(func(f *firm, id string) { mark(f, id); f.recent.forget(id) }); got != want {
		t.Errorf("forgotten:\n%s\nwant\n%s", got, want)
	}
}
