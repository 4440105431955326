package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// markStartedSQL takes a case that is known to run into approval. It names one case, not a list of them: a plan for a
// list, made while the tables are empty, would read them through.
const markStartedSQL = `
WITH moved AS (
  UPDATE cases SET status = 'in_approval', changed_at = $1 WHERE id = $2::uuid AND seq = 0 AND status = 'submitted'
  RETURNING id, needs_hand, state
), opened AS (
  UPDATE case_slots SET status = 'open' FROM moved
  WHERE case_slots.case_id = $2::uuid AND case_slots.status = 'waiting' AND opened_at IS NOT NULL
  RETURNING case_slots.case_id, case_slots.person_id, case_slots.slot
), news AS (
  SELECT gen_random_uuid() AS id, case_id, person_id, 'ask' AS kind, slot, 'case-' || case_id || ':0:ask:' || person_id AS key FROM opened
  UNION ALL
  SELECT gen_random_uuid(), moved.id, e.id, 'hand', '', 'case-' || moved.id || ':0:hand:' || e.id
  FROM moved, employees e WHERE moved.needs_hand <> '' AND e.active AND 'process_admin' = ANY (e.roles)
  UNION ALL
  SELECT gen_random_uuid(), moved.id, (x->>'person')::uuid, 'copy', '', 'case-' || moved.id || ':0:copy:' || (x->>'person')
  FROM moved, jsonb_array_elements(coalesce(moved.state->'copies', '[]')) x
), told AS (
  INSERT INTO notifications (id, person_id, kind, subject, subject_id, slot, detail, key, created_at)
  SELECT id, person_id, kind, 'case', case_id, slot, '{"status":"in_approval","act":"submitted"}', key, $1 FROM news
  ON CONFLICT (key) DO NOTHING
  RETURNING id, key
), mailed AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'mail', 'mail:' || told.key, jsonb_build_object('notification', told.id), now(), now() FROM told
  ON CONFLICT (key) DO NOTHING
), done AS (
  UPDATE outbox SET done_at = now() WHERE key = $3::text AND ` + openSQL + `
)
SELECT id FROM moved`

// MarkStarted tells that the case's workflow is known to run: the case is in approval, the slots that the submission
// opened are open, and their people are asked. It is idempotent, and does nothing to a case that moved on already.
func (s *Store) MarkStarted(ctx context.Context, caseID string) error {
	return clean("marking a case as started", s.starts.mark(ctx, caseID, s.markStarted))
}

func (s *Store) markStarted(ctx context.Context, ids []string) error {
	at := now()
	var b pgx.Batch // one transaction, and one round trip, for all
	var moved []string
	for _, id := range ids {
		s.recent.moving(id)
		b.Queue(markStartedSQL, at, id, "start_case:"+id).Query(func(rows pgx.Rows) error {
			found, err := pgx.CollectRows(rows, pgx.RowTo[string])
			moved = append(moved, found...)
			return err
		})
	}
	if err := s.pool.SendBatch(ctx, &b).Close(); err != nil {
		return err
	}
	for _, id := range moved {
		s.started(id, at)
	}
	return nil
}

// starts gathers the cases that start while one statement is under way, and marks them by the next: a commit costs the
// same for one as for many. Nobody waits for company: who comes alone is marked at once.
type starts struct {
	mu      sync.Mutex
	waiting []startWait
	running bool
}

type startWait struct {
	id   string
	done chan error
}

// How many cases one statement marks at most, and how long it may take.
const (
	startsMost = 100
	startsTime = 20 * time.Second
)

// mark has id marked by do, alone or in company, and returns its error. When ctx ends first the marking goes on.
func (b *starts) mark(ctx context.Context, id string, do func(context.Context, []string) error) error {
	w := startWait{id: id, done: make(chan error, 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	lead := !b.running
	b.running = true
	b.mu.Unlock()
	if lead {
		go b.run(do)
	}
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *starts) run(do func(context.Context, []string) error) {
	for {
		b.mu.Lock()
		n := min(len(b.waiting), startsMost)
		if n == 0 {
			b.running = false
			b.mu.Unlock()
			return
		}
		batch := b.waiting[:n:n]
		b.waiting = b.waiting[n:]
		b.mu.Unlock()
		ids := make([]string, n)
		for i, w := range batch {
			ids[i] = w.id
		}
		err := within(ids, do)
		for _, w := range batch {
			if err != nil && n > 1 && !away(err) {
				w.done <- within([]string{w.id}, do) // one that cannot be marked must not hold up the others
				continue
			}
			w.done <- err
		}
	}
}

func within(ids []string, do func(context.Context, []string) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), startsTime)
	defer cancel()
	return do(ctx, ids)
}
