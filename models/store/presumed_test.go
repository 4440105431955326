package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// An act decided on presumed facts is written when they hold in the database, and leaves nothing behind when they do not.
func TestPresumedFactsAreCheckedWhereTheyAreWritten(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, _ := f.filed("k1")
	good := f.approve(c, f.leadA)
	good.Facts.Revision = int64(f.count(`SELECT max(revision) FROM directory_revisions`))
	good.Presumed = true
	before := f.all("cases", "case_slots", "audit_entries", "notifications", "outbox")

	stale := good
	stale.Facts.Revision--
	gone := good
	gone.Facts.Active = !good.Facts.Active
	nobody := good
	nobody.Act.Actor = domain.EmployeeID(zeroID)
	for name, a := range map[string]CaseAct{"an older directory": stale, "an account that is not as presumed": gone, "an unknown actor": nobody} {
		if err := f.SaveCase(ctx, a); !errors.Is(err, ErrBehind) {
			t.Errorf("%s: %v", name, err)
		}
		if now := f.all("cases", "case_slots", "audit_entries", "notifications", "outbox"); now != before {
			t.Errorf("%s left something behind", name)
		}
	}
	if err := f.SaveCase(ctx, good); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveCase(ctx, good); !errors.Is(err, ErrAlreadySaved) {
		t.Errorf("again: %v", err)
	}
}

// Cases that start together are all marked, each caller hears of their own, and one that does not exist harms nobody.
func TestStartsTogether(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	ids := []string{zeroID, "not an id"}
	for i := range 30 {
		c, err := f.Submit(ctx, f.submission("k"+string(rune('A'+i))))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	var wg sync.WaitGroup
	failed := make([]error, len(ids))
	for i, id := range ids {
		wg.Go(func() { failed[i] = f.MarkStarted(ctx, id) })
	}
	wg.Wait()
	for i, err := range failed {
		if (err != nil) != (ids[i] == "not an id") {
			t.Errorf("%s: %v", ids[i], err)
		}
	}
	if n := f.count(`SELECT count(*) FROM cases WHERE status = 'in_approval'`); n != 30 {
		t.Errorf("%d in approval", n)
	}
	if n := f.count(`SELECT count(*) FROM notifications WHERE kind = 'ask'`); n != 30 {
		t.Errorf("%d asked", n)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE kind = 'start_case' AND done_at IS NULL`); n != 0 {
		t.Errorf("%d starts unsettled", n)
	}
	for range 100 { // the last batch's hand goes a moment after its callers do
		f.starts.mu.Lock()
		waiting, running := len(f.starts.waiting), f.starts.running
		f.starts.mu.Unlock()
		if waiting != 0 {
			t.Fatal("somebody still waits")
		}
		if !running {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the hand that marks does not end")
}
