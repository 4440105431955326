package store

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
)

// clearSQL is the place, the agreement and the training of people in group $1: of those in $2, of members who left the
// company when $3 or $5 asks for them, and of everybody who has a place when $8 says so; $9 is the course that counts.
const clearSQL = `(SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('person', p.id, 'was', m.state,
     'training', CASE WHEN t.valid_until > now() THEN 'valid' WHEN t.valid_until <= now() THEN 'lapsed' END,
     'train_by', CASE WHEN t.valid_until <= now() THEN t.valid_until END)) ORDER BY p.id), '[]')
   FROM (SELECT unnest($2::uuid[]) AS id
         UNION SELECT x.employee_id FROM group_members x LEFT JOIN employees e ON e.id = x.employee_id
           WHERE x.group_id = $1 AND x.state NOT IN ('leaving', 'removed') AND ($8::boolean OR (($3::boolean OR $5::boolean) AND NOT coalesce(e.active, false)))) p
   LEFT JOIN group_members m ON m.group_id = $1 AND m.employee_id = p.id AND m.state NOT IN ('leaving', 'removed')
   LEFT JOIN trainings t ON t.employee_id = p.id AND t.course = $9)`

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
