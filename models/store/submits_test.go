package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Submissions that come while one is being stored are stored together by the next transaction, numbered without a gap;
// one that cannot be stored is refused alone, and twins are decided by who is first.
func TestSubmissionsInCompany(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	f.filed("first") // the numbers have begun
	var before int64
	if err := f.pool.QueryRow(ctx, `SELECT value FROM counters`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	held, err := f.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(ctx, `SELECT value FROM counters FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	twin := &IdempotencyRef{Employee: f.people[0], Key: "twin", Route: "POST /groups", Request: "same"}
	errs := map[string]chan error{}
	send := func(name string, change func(*Submission)) {
		in := f.submission(name)
		if change != nil {
			change(&in)
		}
		n := f.submits.count()
		c := make(chan error, 1)
		errs[fmt.Sprintf("%s/%d", name, len(errs))] = c
		go func() {
			_, err := f.Submit(ctx, in)
			c <- err
		}()
		if len(errs) == 1 {
			n-- // it is taken up at once
		}
		for deadline := time.Now().Add(5 * time.Second); f.submits.count() <= n; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s is not waiting", name)
			}
		}
	}
	keyed := func(in *Submission) {
		in.Idempotency = twin
	}
	send("leader", nil)
	for i := range 4 {
		send(fmt.Sprint("company", i), nil)
	}
	send("twin", keyed)
	send("other", keyed)
	if err := held.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	failed := map[string]error{}
	for name, c := range errs {
		select {
		case err := <-c:
			if err != nil {
				failed[name] = err
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s has no answer", name)
		}
	}
	if len(failed) != 0 {
		t.Errorf("%v", failed) // the key has no answer, so the second request takes it over
	}
	if n := f.count(`SELECT count(DISTINCT xmin::text) FROM cases WHERE status = 'submitted'`); n != 3 {
		t.Errorf("%d transactions: want the leader's, that of the company with one twin, and the other twin's", n)
	}
	if n := f.count(`SELECT value - ` + fmt.Sprint(before) + ` FROM counters`); n != 7 {
		t.Errorf("%d numbers were drawn", n)
	}
	if n := f.count(`SELECT count(DISTINCT number) FROM cases`); n != 8 {
		t.Errorf("%d numbers", n)
	}
}

// A company with somebody whose name is held is stored without them, and its numbers have no gap.
func TestSubmissionRefusedInCompany(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	f.filed("held")
	waits := make([]*submitWait, 0, 4)
	for i, name := range []string{"a", "held", "b", "c"} {
		in := f.submission(name)
		if name == "held" {
			in.NameKey = f.text(`SELECT name_key FROM group_names LIMIT 1`)
		}
		w := &submitWait{ctx: ctx, in: in, done: make(chan submitted, 1)}
		if i == 3 {
			gone, cancel := context.WithCancel(ctx)
			cancel()
			w.ctx = gone // and one whose caller has gone
		}
		waits = append(waits, w)
	}
	for taken := false; !taken; time.Sleep(time.Millisecond) { // the one before answers a moment before it ends
		f.submits.mu.Lock()
		if taken = !f.submits.running; taken {
			f.submits.waiting, f.submits.running = waits, true
		}
		f.submits.mu.Unlock()
	}
	f.submits.run(f.submitTogether)
	for i, w := range waits[:3] {
		s := <-w.done
		if refused := isUnique(s.err, "group_names_held"); refused != (i == 1) || (s.err == nil) == refused {
			t.Errorf("submission %d: %v", i, s.err)
		}
	}
	if n := f.count(`SELECT max(right(number, 5)::int) - count(*) FROM cases`); n != 0 {
		t.Errorf("a gap of %d in the numbers", n)
	}
	if n := f.count(`SELECT count(*) FROM cases`); n != 3 {
		t.Errorf("%d cases", n)
	}
	if err := f.pool.QueryRow(ctx, `SELECT 1 FROM case_keys WHERE case_id = $1`, waits[1].in.Case.ID).Scan(new(int)); !errors.Is(err, pgx.ErrNoRows) {
		t.Errorf("half a case is left: %v", err)
	}
}

func (g *submits) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.waiting)
}
