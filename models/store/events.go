package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Event is one entry of stream two: what the API did itself.
type Event struct {
	ID      string    // empty: the store makes one
	At      time.Time // zero: now
	Actor   string
	Kind    string
	Subject string // case, group or other row, when it is one
	Rule    string // the permission that allowed or refused it
	Result  string
	Detail  map[string]any // codes and ids, no texts
}

const putEventSQL = `
INSERT INTO api_events (id, at, actor_id, kind, subject_id, rule, result, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb) ON CONFLICT (id) DO NOTHING`

func (e Event) args() []any {
	if e.ID == "" {
		e.ID = newID()
	}
	if e.At.IsZero() {
		e.At = now()
	}
	detail := "{}"
	if len(e.Detail) > 0 {
		if d, err := jsonOf("", e.Detail); err == nil {
			detail = d
		}
	}
	subject := e.Subject
	if !isID(subject) { // something that is no id was asked for: it is not kept, only that it was refused
		subject = ""
	}
	return []any{e.ID, e.At, orNull(e.Actor), e.Kind, orNull(subject), e.Rule, e.Result, detail}
}

// RecordEvent appends to stream two. It is evidence, so it is written before the caller goes on.
func (s *Store) RecordEvent(ctx context.Context, e Event) error {
	_, err := s.pool.Exec(ctx, putEventSQL, e.args()...)
	return clean("recording an event", err)
}

// EventsOf lists the events of a kind about one case, group or other row, the oldest first, a hundred at most.
func (s *Store) EventsOf(ctx context.Context, subject, kind string) ([]Event, error) {
	const doing = "reading events"
	if !isID(subject) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT id::text, at, coalesce(actor_id::text, ''), kind, subject_id::text, rule, result, detail
FROM api_events WHERE subject_id = $1 AND kind = $2 ORDER BY at, id LIMIT 100`, subject, kind)
	if err != nil {
		return nil, clean(doing, err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) {
		var e Event
		return e, row.Scan(&e.ID, &e.At, &e.Actor, &e.Kind, &e.Subject, &e.Rule, &e.Result, &e.Detail)
	})
	return out, clean(doing, err)
}

// newID is a fresh sortable id.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no randomness left
		id = uuid.New()
	}
	return id.String()
}

// isID tells whether a text is an id at all, so that hostile ones are simply not found.
func isID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }
