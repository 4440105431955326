package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// NDANews asks for one mail with what a person's agreements gave rise to in a day.
type NDANews = GroupNews

const gatherNDASQL = `
INSERT INTO outbox AS o (kind, key, payload, due_at, created_at)
VALUES ('nda_news', 'nda_news:' || $1::text || ':' || $4::text,
  jsonb_build_object('person', $1::text, 'notifications', jsonb_build_array($2::text)), $3, now())
ON CONFLICT (key) DO UPDATE SET payload = CASE WHEN o.payload->'notifications' ? $2::text THEN o.payload
  ELSE jsonb_set(o.payload, '{notifications}', (o.payload->'notifications') || jsonb_build_array($2::text)) END
WHERE o.payload->'notifications' ? $2::text OR (o.done_at IS NULL AND o.attempts = 0)
RETURNING o.id`

// GatherNDANews puts a notification into the one mail about agreements that its person gets on a day (YYYY-MM-DD, in the
// company's zone). The first of a day says when it goes out. False: that day's mail is closed.
func (s *Store) GatherNDANews(ctx context.Context, person domain.EmployeeID, notification, day string, due time.Time) (bool, error) {
	var id int64
	err := s.pool.QueryRow(ctx, gatherNDASQL, string(person), notification, due, day).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, clean("gathering news of agreements for a mail", err)
}
