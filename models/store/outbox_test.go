package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestHubWakesAndLooks(t *testing.T) {
	f := newFirm(t)
	c, _ := f.filed("k1")
	a := f.approve(c, f.leadA)
	w := f.Hub().Expect(a.Workflow, a.Act.ID)
	defer w.Close()
	go func() {
		time.Sleep(30 * time.Millisecond)
		_ = f.SaveCase(context.Background(), a)
		f.Hub().Published(a.Act.ID, true)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := w.Wait(ctx)
	if err != nil || r.Result != "accepted" || r.DecidedBy != string(f.leadA) {
		t.Fatalf("%+v %v", r, err)
	}
	select {
	case <-f.Hub().Relay(): // the word to the relay follows the one to whoever waits
	case <-time.After(5 * time.Second):
		t.Error("the relay was not woken")
	}
	b := f.approve(a.After, f.head) // nobody publishes this one: the poll finds it
	go func() { time.Sleep(30 * time.Millisecond); _ = f.SaveCase(context.Background(), b) }()
	if _, err := f.Hub().Wait(ctx, b.Workflow, b.Act.ID); err != nil {
		t.Error(err)
	}
	short, cancel2 := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel2()
	if _, err := f.Hub().Wait(short, b.Workflow, "never"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("answer still out: %v", err)
	}
}

func TestActsAreAnnouncedToOtherProcesses(t *testing.T) {
	f := newFirm(t)
	url := f.pool.Config().ConnString()
	a, err := Open(context.Background(), url, Options{NotifyOthers: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close() //nolint:errcheck // a test's
	b, err := Open(context.Background(), url, Options{NotifyOthers: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close() //nolint:errcheck // a test's
	w := b.Hub().Expect("case-x", "act")
	defer w.Close()
	deadline := time.After(5 * time.Second)
	for {
		a.Hub().Published("act", false)
		select {
		case <-w.ch:
			return
		case <-time.After(20 * time.Millisecond): // the listener may not be up yet
		case <-deadline:
			t.Fatal("the other process never heard of the act")
		}
	}
}

func TestOutbox(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	for i := range 20 {
		f.exec(`INSERT INTO outbox (kind, key, payload, due_at, created_at) VALUES ('mail', $1, '{"notification":"n"}', now() - interval '1 minute', now())`, string(rune('a'+i)))
	}
	var mu sync.Mutex
	seen := map[int64]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				got, err := f.Claim(ctx, []string{OutboxMail}, 3, time.Minute)
				if err != nil || len(got) == 0 {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				for _, e := range got {
					seen[e.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 20 {
		t.Errorf("%d entries claimed", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("entry %d claimed %d times", id, n)
		}
	}
	if b, err := f.Backlog(ctx); err != nil || b.Waiting["mail"] != 20 {
		t.Errorf("%+v %v", b, err)
	}
	f.exec(`UPDATE outbox SET due_at = now() - interval '1 second'`) // the leases ended
	got, err := f.Claim(ctx, nil, 1, time.Minute)
	if err != nil || len(got) != 1 || got[0].Attempts != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	if err := f.Fail(ctx, got[0].ID, "refused", 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Done(ctx, got[0].ID); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM outbox WHERE done_at IS NOT NULL`); n != 1 {
		t.Errorf("%d done", n)
	}
}
