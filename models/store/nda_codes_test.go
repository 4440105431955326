package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

func codeFor(p domain.EmployeeID, nda string, at time.Time) NDACode {
	return NDACode{ID: newID(), NDA: nda, Person: p, Session: "s1", Digest: "d", Created: at, Expires: at.Add(NDACodeHolds)}
}

// Codes are rare: one a minute for an agreement, ten a day for a person, and none after too many wrong tries.
func TestNDACodesAreRare(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	at := time.Now().UTC().Truncate(time.Microsecond)
	nda, p := newID(), f.people[0]
	if err := f.PutNDACode(ctx, codeFor(p, nda, at)); err != nil {
		t.Fatal(err)
	}
	if err := f.PutNDACode(ctx, codeFor(p, nda, at.Add(59*time.Second))); !errors.Is(err, ErrCodeTooSoon) {
		t.Errorf("a second within the minute: %v", err)
	}
	if err := f.PutNDACode(ctx, codeFor(p, newID(), at.Add(time.Second))); err != nil {
		t.Errorf("one for another agreement: %v", err)
	}
	if err := f.PutNDACode(ctx, codeFor(f.people[1], nda, at.Add(time.Second))); err != nil {
		t.Errorf("one of another person: %v", err)
	}
	for i := 2; i < NDACodeMost; i++ {
		if err := f.PutNDACode(ctx, codeFor(p, nda, at.Add(time.Duration(i)*2*time.Minute))); err != nil {
			t.Fatalf("code %d: %v", i+1, err)
		}
	}
	late := at.Add(time.Hour)
	if err := f.PutNDACode(ctx, codeFor(p, nda, late)); !errors.Is(err, ErrCodeTooMany) {
		t.Errorf("one more than a day takes: %v", err)
	}
	if err := f.PutNDACode(ctx, codeFor(p, nda, at.Add(25*time.Hour))); err != nil {
		t.Errorf("on the next day: %v", err)
	}
	if n := f.text(`SELECT count(*)::text FROM outbox WHERE kind = 'nda_code'`); n != "12" {
		t.Errorf("%s mails for 12 codes", n)
	}
	if n := f.text(`SELECT count(*)::text FROM outbox WHERE kind = 'nda_code' AND payload::text ~ '[0-9]{6}"'  AND (payload - 'code')::text <> '{}'`); n != "0" {
		t.Error("the outbox holds more than the code's id")
	}
}

// Wrong tries are counted even when they come at once, a dead code opens nothing, and one that was used opens nothing else.
func TestNDACodesAreUsedOnce(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	at := time.Now().UTC().Truncate(time.Microsecond)
	p := f.people[0]
	put := func(i int) NDACode {
		t.Helper()
		c := codeFor(p, newID(), at.Add(time.Duration(i)*time.Second))
		if err := f.PutNDACode(ctx, c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	use := func(c NDACode, act string, at time.Time) bool {
		t.Helper()
		ok, err := f.UseNDACode(ctx, c.ID, act, at)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	dead := put(0)
	var wg sync.WaitGroup
	var let atomic.Int32
	for range 30 {
		wg.Go(func() {
			if _, ok, err := f.TryNDACode(ctx, dead.ID); err != nil {
				t.Error(err)
			} else if ok {
				let.Add(1)
			}
		})
	}
	wg.Wait()
	if let.Load() != NDACodeTries {
		t.Errorf("%d of 30 tries at once were let through", let.Load())
	}
	now, err := f.NDACodeNow(ctx, dead.NDA, p)
	if err != nil || now.Tries != NDACodeTries {
		t.Errorf("%d tries counted, %v", now.Tries, err)
	}
	over := put(1)
	if use(over, newID(), over.Expires) {
		t.Error("a code that is over lets in")
	}
	good, act := put(2), newID()
	if !use(good, act, at.Add(time.Minute)) || !use(good, act, at.Add(2*time.Minute)) || !use(good, act, at.Add(time.Hour)) {
		t.Error("the act that used it may ask again")
	}
	if use(good, newID(), at.Add(time.Minute)) {
		t.Error("a used code lets another act in")
	}
	for _, q := range []string{`UPDATE nda_codes SET used_by = gen_random_uuid() WHERE id = $1`, `UPDATE nda_codes SET expires_at = expires_at + interval '1 day' WHERE id = $1`,
		`UPDATE nda_codes SET tries = tries + 1 WHERE id = $1`} {
		if _, err := f.pool.Exec(ctx, q, good.ID); err == nil {
			t.Errorf("the database let pass: %s", q)
		}
	}
	if _, err := f.pool.Exec(ctx, `UPDATE nda_codes SET tries = 0 WHERE id = $1`, dead.ID); err == nil {
		t.Error("the database let tries be forgotten")
	}
	// Of many at once one act gets it.
	one := put(3)
	var mu sync.Mutex
	won := 0
	for range 20 {
		wg.Go(func() {
			ok, err := f.UseNDACode(ctx, one.ID, newID(), at.Add(time.Minute))
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if ok {
				won++
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d acts used one code", won)
	}
}

// A person gets one mail about agreements a day; what comes after it went out is for the next day.
func TestNewsOfAgreementsAreOneMailADay(t *testing.T) {
	f := newFirm(t)
	ctx := context.Background()
	due := time.Now().UTC().Add(time.Minute)
	put := func(n, day string) bool {
		t.Helper()
		ok, err := f.GatherNDANews(ctx, f.people[0], n, day, due)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	a, b := newID(), newID()
	if !put(a, "2026-11-23") || !put(b, "2026-11-23") || !put(a, "2026-11-23") {
		t.Error("the day's mail takes what comes, and what it has")
	}
	if got := f.text(`SELECT count(*)::text || ',' || max(jsonb_array_length(payload->'notifications'))::text FROM outbox WHERE kind = 'nda_news'`); got != "1,2" {
		t.Errorf("gathered %s", got)
	}
	f.exec(`UPDATE outbox SET done_at = now() WHERE kind = 'nda_news'`)
	if c := newID(); put(c, "2026-11-23") || !put(c, "2026-11-24") || !put(a, "2026-11-23") {
		t.Error("what comes later waits for the next day; what went out is not sent again")
	}
}
