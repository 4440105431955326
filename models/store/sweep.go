package store

import (
	"context"
	"time"
)

// sweepSQL finds sealed objects that nothing speaks of: what was sealed for an act that never reached its workflow. An act
// on its way may be older than its entry, if the engine was away; so an object goes only when the case has ended since, or
// a later act of the case or its group is on record: a workflow takes its acts in order. A case's first material is
// spoken of by nothing but its row until it changes: it stays.
const sweepSQL = `
WITH old AS MATERIALIZED (
  SELECT o.id, o.case_id, o.created_at FROM objects o
  WHERE o.kind IN ('comment', 'attachment', 'material') AND o.created_at >= $1 AND o.created_at < $2 AND (o.created_at, o.id) > ($3, $4::uuid)
  ORDER BY o.created_at, o.id LIMIT $5
), gone AS (
  DELETE FROM objects d USING (
    SELECT o.id FROM old o JOIN cases c ON c.id = o.case_id
    CROSS JOIN LATERAL (SELECT array_agg('group-' || g.id) || ('case-' || c.id) AS flows FROM groups g WHERE g.case_id = c.id) w
    WHERE c.material_id <> o.id
      AND o.id <> (SELECT f.id FROM objects f WHERE f.case_id = c.id AND f.kind = 'material' ORDER BY f.created_at, f.id LIMIT 1)
      AND (o.created_at < (c.state->>'decided')::timestamptz
        OR EXISTS (SELECT 1 FROM audit_entries l WHERE l.workflow_id = ANY (w.flows) AND l.at > o.created_at + interval '1 minute'))
      AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.workflow_id = ANY (w.flows) AND (e.comment_id = o.id OR position(o.id::text IN e.act::text) > 0))
  ) orphan WHERE d.id = orphan.id RETURNING 1
)
SELECT (SELECT count(*) FROM old), (SELECT count(*) FROM gone), (SELECT max(created_at) FROM old),
  (SELECT id::text FROM old ORDER BY created_at DESC, id DESC LIMIT 1)`

// sweepBatch is how many objects one statement looks at.
const sweepBatch = 1000

// SweepObjects deletes the sealed objects made in [from, to) that nothing speaks of, and returns how many. It may run
// anywhere at any time.
func (s *Store) SweepObjects(ctx context.Context, from, to time.Time) (int, error) {
	swept, at, id := 0, from, noID
	for {
		var seen, gone int
		var last *time.Time
		var lastID *string
		if err := s.pool.QueryRow(ctx, sweepSQL, from, to, at, id, sweepBatch).Scan(&seen, &gone, &last, &lastID); err != nil {
			return swept, clean("sweeping objects that nothing speaks of", err)
		}
		swept += gone
		if seen < sweepBatch || last == nil || lastID == nil {
			return swept, nil
		}
		at, id = *last, *lastID
	}
}
