package store

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
)

// clearSQL is the place, the agreement and the training of people in group $1: of those in $2, of members who left the
// company when $3 or $5 asks for them, and of everybody who has a place when $8 says so; $9 is the course that counts.
const clearSQL = `(SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('person', p.id, 'was', m.state,
     'agreement', a.agreement, 'agree_by', a.by,
     'training', CASE WHEN t.valid_until > now() THEN 'valid' WHEN t.valid_until <= now() THEN 'lapsed' END,
     'train_by', CASE WHEN t.valid_until <= now() THEN t.valid_until END,
     'early', CASE WHEN m.group_id IS NOT NULL AND (SELECT ` + earlySQL + ` FROM groups g WHERE g.id = $1) THEN true END)) ORDER BY p.id), '[]')
   FROM (SELECT unnest($2::uuid[]) AS id
         UNION SELECT x.employee_id FROM group_members x LEFT JOIN employees e ON e.id = x.employee_id
           WHERE x.group_id = $1 AND x.state NOT IN ('leaving', 'removed') AND ($8::boolean OR (($3::boolean OR $5::boolean) AND NOT coalesce(e.active OR e.kind = 'outsider', false)))) p
   LEFT JOIN group_members m ON m.group_id = $1 AND m.employee_id = p.id AND m.state NOT IN ('leaving', 'removed')
   LEFT JOIN trainings t ON t.employee_id = p.id AND t.course = $9
   LEFT JOIN LATERAL (
     SELECT CASE WHEN n.state = 'sealed' AND n.lapses_at IS NULL THEN 'sealed' WHEN n.state = 'sealed' THEN 'lapsed'
                 WHEN n.state IN ('declined', 'expired', 'voided') THEN 'ended' WHEN n.state NOT IN ('superseded', 'terminated') THEN 'open' END AS agreement,
       CASE WHEN n.state = 'sealed' THEN n.lapses_at END AS by
     FROM ndas n WHERE n.group_id = $1 AND n.person_id = p.id AND n.replaced_by IS NULL AND n.state NOT IN ('superseded', 'terminated')
       AND (n.state NOT IN ('declined', 'expired', 'voided') OR n.created_at >= m.since) -- what ended before they asked anew does not count
     ORDER BY n.state = 'sealed' DESC, n.state NOT IN ('declined', 'expired', 'voided') DESC, n.created_at DESC LIMIT 1) a ON true)`

// earlySQL tells of a place m in group g that it waits since the group was filed late, during the grace that its people have.
const earlySQL = `(m.state IN ('nda_pending', 'training_pending') AND coalesce((g.doc #>> '{life,gate,late}')::boolean, false)
  AND m.since <= (g.doc #>> '{life,gate,at}')::timestamptz)`

// tellClearedSQL tells the groups with secrets where people have a place that waits, or is taken, to look at it again.
const tellClearedSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'signal_group', 'signal_group:clearance:' || g.id || ':' || $1::text,
  jsonb_build_object('group_id', g.id, 'act', 'clearance', 'ref', $1::text, 'people', jsonb_agg(m.employee_id ORDER BY m.employee_id)), now(), now()
FROM group_members m JOIN groups g ON g.id = m.group_id
WHERE m.employee_id = ANY ($2::uuid[]) AND ($3::uuid IS NULL OR g.id = $3) AND m.state IN ('active', 'nda_pending', 'training_pending', 'suspended')
  AND g.tier <> 'ordinary' AND g.state <> 'deleted' AND g.doc ? 'life'
GROUP BY g.id
ON CONFLICT (key) DO NOTHING`

// TellCleared tells the groups where people have a place that their agreements or trainings changed. It is idempotent by ref,
// and returns how many groups are told.
func (s *Store) TellCleared(ctx context.Context, in Clearance, ref string) (int, error) {
	tag, err := s.pool.Exec(ctx, tellClearedSQL, ref, textsOf(in.People), orNull(in.Group))
	if err != nil {
		return 0, clean("telling groups of a clearance", err)
	}
	if tag.RowsAffected() > 0 {
		s.hub.WakeRelay()
	}
	return int(tag.RowsAffected()), nil
}

// utc puts the times of the record as a history keeps them.
func utc(list []domain.Clearance) {
	for i := range list {
		list[i].AgreeBy, list[i].TrainBy = list[i].AgreeBy.UTC(), list[i].TrainBy.UTC()
	}
}

// sweepClearedSQL asks, once a day and group, to look again at members whose agreement or training ran out, and at people
// who wait although both hold: the grace of the former ends without anybody acting, and a word to the latter may have come
// before their place was there.
const sweepClearedSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'clearance', 'clearance:sweep:' || g.id || ':' || to_char(now(), 'YYYY-MM-DD'),
  jsonb_build_object('group', g.id, 'people', jsonb_agg(DISTINCT m.employee_id)), now(), now()
FROM groups g JOIN group_members m ON m.group_id = g.id
CROSS JOIN LATERAL (SELECT g.doc #> ARRAY['life', 'rules', 'tiers', g.tier, 'clearance'] AS rules) r
LEFT JOIN ndas n ON n.group_id = g.id AND n.person_id = m.employee_id AND n.state = 'sealed' AND n.replaced_by IS NULL
LEFT JOIN trainings t ON t.employee_id = m.employee_id AND t.course = r.rules->>'course'
CROSS JOIN LATERAL (SELECT
  coalesce((r.rules->>'nda')::boolean, false) AND (n.id IS NULL OR n.lapses_at <= now()) AS unsigned,
  r.rules->>'course' IS NOT NULL AND coalesce(t.valid_until, '-infinity') + make_interval(days => coalesce((r.rules->>'grace')::int, 0)) <= now() AS untrained) x
WHERE g.tier <> 'ordinary' AND g.state IN ('active', 'renewal_due', 'grace', 'frozen') AND r.rules IS NOT NULL AND g.doc->'life'->'gate' IS NULL
  AND ((m.state = 'active' AND (x.unsigned OR x.untrained)) OR (m.state IN ('nda_pending', 'training_pending', 'suspended') AND NOT x.unsigned AND NOT x.untrained))
GROUP BY g.id
ON CONFLICT (key) DO NOTHING`

// SweepClearances finds places that are not as the record says they should be, and tells their groups. It returns how many.
func (s *Store) SweepClearances(ctx context.Context) (int, error) {
	tag, err := s.pool.Exec(ctx, sweepClearedSQL)
	if err != nil {
		return 0, clean("looking for places that should be others", err)
	}
	if tag.RowsAffected() > 0 {
		s.hub.WakeRelay()
	}
	return int(tag.RowsAffected()), nil
}
