package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Channel is where other processes hear of decided acts, by LISTEN.
const Channel = "qunbei_acts"

// Hub is where a caller waits until an act's entry is in the database: woken inside the process, by LISTEN across
// processes, and by looking in any case, since either may fail (temporal.md 11).
type Hub struct {
	store  *Store
	mu     sync.Mutex
	acts   map[string]map[chan struct{}]struct{}
	outbox chan struct{}
	tell   chan string // nil: others are not told
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func newHub(s *Store, others bool) *Hub {
	ctx, stop := context.WithCancel(context.Background())
	h := &Hub{store: s, acts: map[string]map[chan struct{}]struct{}{}, outbox: make(chan struct{}, 1), stop: stop}
	if others {
		h.tell = make(chan string, 1024)
		h.done.Add(2)
		go h.announce(ctx)
		go h.listen(ctx)
	}
	return h
}

func (h *Hub) close() {
	h.stop()
	h.done.Wait()
}

// Published wakes whoever waits for the act, and the relay when the act left something in the outbox. It never
// blocks: a lost word only costs the poll's delay.
func (h *Hub) Published(actID string, outbox bool) {
	h.wake(actID)
	if outbox {
		h.WakeRelay()
	}
	if h.tell != nil {
		select {
		case h.tell <- actID:
		default:
		}
	}
}

// WakeRelay tells the relay of this process that the outbox has something.
func (h *Hub) WakeRelay() {
	select {
	case h.outbox <- struct{}{}:
	default:
	}
}

// Relay is where the relay of this process waits for work; it looks from time to time in any case.
func (h *Hub) Relay() <-chan struct{} { return h.outbox }

func (h *Hub) wake(actID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.acts[actID] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Waiter waits for one act. Make it before the signal goes out, so that no word is missed, and close it.
type Waiter struct {
	hub           *Hub
	workflow, act string
	ch            chan struct{}
}

// Expect begins to listen for an act.
func (h *Hub) Expect(workflowID, actID string) *Waiter {
	w := &Waiter{hub: h, workflow: workflowID, act: actID, ch: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.acts[actID] == nil {
		h.acts[actID] = map[chan struct{}]struct{}{}
	}
	h.acts[actID][w.ch] = struct{}{}
	return w
}

// Close stops listening.
func (w *Waiter) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	delete(w.hub.acts[w.act], w.ch)
	if len(w.hub.acts[w.act]) == 0 {
		delete(w.hub.acts, w.act)
	}
}

// The poll's first and longest pause. The word of an answer comes by the hub, from this process or by LISTEN; the poll
// is for a word that was lost, and must not load a database that is slow already. A process that writes all acts itself
// has no LISTEN to lose a word by, and waits for the longest at once.
const (
	pollFirst = 250 * time.Millisecond
	pollLast  = time.Second
)

// Wait returns the act's entry as soon as it is there. It ends with ctx's error when ctx does first: the answer is
// then still out. While the database is away it goes on looking.
func (w *Waiter) Wait(ctx context.Context) (*AuditRow, error) {
	pause := pollFirst
	if w.hub.tell == nil {
		pause = pollLast
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-w.ch:
		case <-t.C:
			pause = min(pause*2, pollLast)
		}
		r, err := w.hub.store.AnswerOf(ctx, w.workflow, w.act)
		switch {
		case err == nil:
			return r, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !errors.Is(err, ErrNotFound) && !Unavailable(err):
			return nil, err
		}
		t.Reset(pause)
	}
}

// Wait is Expect, Wait and Close in one, for an act signalled before: it looks at once.
func (h *Hub) Wait(ctx context.Context, workflowID, actID string) (*AuditRow, error) {
	w := h.Expect(workflowID, actID)
	defer w.Close()
	select {
	case w.ch <- struct{}{}:
	default: // a word came already
	}
	return w.Wait(ctx)
}

// announce tells other processes of decided acts, many in one statement, outside the acts' transactions.
func (h *Hub) announce(ctx context.Context) {
	defer h.done.Done()
	for {
		var ids []string
		select {
		case <-ctx.Done():
			return
		case id := <-h.tell:
			ids = append(ids, id)
		}
		for more := true; more && len(ids) < 100; {
			select {
			case id := <-h.tell:
				ids = append(ids, id)
			default:
				more = false
			}
		}
		if _, err := h.store.pool.Exec(ctx, `SELECT pg_notify('`+Channel+`', act) FROM unnest($1::text[]) act`, ids); err != nil && ctx.Err() == nil {
			h.store.log.WarnContext(ctx, "acts could not be announced; callers find them by looking", "code", Code(err))
		}
	}
}

// listen hears of acts decided by other processes, on a connection of its own, and connects again when it is lost.
func (h *Hub) listen(ctx context.Context) {
	defer h.done.Done()
	for ctx.Err() == nil {
		err := h.hear(ctx)
		if ctx.Err() != nil {
			return
		}
		h.store.log.WarnContext(ctx, "listening for acts broke off; callers find them by looking", "code", Code(err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (h *Hub) hear(ctx context.Context) error {
	pooled, err := h.store.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	conn := pooled.Hijack()
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // the connection is given up
	if _, err := conn.Exec(ctx, "LISTEN "+Channel); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		h.wake(n.Payload)
	}
}
