package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sealed is an object with the wrapped key it was sealed under; of something that is no case, such as a delegation.
type Sealed struct {
	Key    []byte // empty: shredded
	Object Object
}

func (n Sealed) queue(b *pgx.Batch) {
	b.Queue(`INSERT INTO case_keys (case_id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO NOTHING`, n.Object.CaseID, n.Key, n.Object.CreatedAt)
	b.Queue(putObjectSQL, n.Object.args()...)
}

// Notes returns the notes of delegations by the delegation, sealed.
func (s *Store) Notes(ctx context.Context, delegations []string) (map[string]Sealed, error) {
	out := map[string]Sealed{}
	if len(delegations) == 0 {
		return out, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT k.wrapped, o.id::text, o.case_id::text, o.sha256, o.body FROM delegations d
JOIN objects o ON o.id = d.note_id JOIN case_keys k ON k.case_id = o.case_id WHERE d.id = ANY ($1::uuid[])`, delegations)
	if err != nil {
		return nil, clean("reading the notes of delegations", err)
	}
	var n Sealed
	_, err = pgx.ForEachRow(rows, []any{&n.Key, &n.Object.ID, &n.Object.CaseID, &n.Object.SHA256, &n.Object.Body}, func() error {
		out[n.Object.CaseID] = n
		n = Sealed{}
		return nil
	})
	return out, clean("reading the notes of delegations", err)
}

// PlainNote is a note of before notes were sealed.
type PlainNote struct {
	Delegation, By, Text string
	At                   time.Time
}

// PlainNotes lists up to n notes that still lie open.
func (s *Store) PlainNotes(ctx context.Context, n int) ([]PlainNote, error) {
	list, err := selectAll(ctx, s.pool, pgx.RowToStructByPos[PlainNote],
		`SELECT id::text, coalesce(set_by, from_id)::text, note, created_at FROM delegations WHERE note <> '' ORDER BY id LIMIT $1`, n)
	return list, clean("listing notes in plain text", err)
}

// SealNote puts a sealed note in the place of the plain one. It is idempotent.
func (s *Store) SealNote(ctx context.Context, n Sealed) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var plain bool
		if err := tx.QueryRow(ctx, `SELECT note <> '' FROM delegations WHERE id = $1 FOR UPDATE`, n.Object.CaseID).Scan(&plain); err != nil || !plain {
			return err
		}
		var b pgx.Batch
		n.queue(&b)
		b.Queue(`UPDATE delegations SET note = '', note_id = $2 WHERE id = $1`, n.Object.CaseID, n.Object.ID)
		return tx.SendBatch(ctx, &b).Close()
	})
	return clean("sealing a note", err)
}
