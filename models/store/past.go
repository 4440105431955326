package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// PastCase is a case as a dry run needs it: its state, and its material as it is sealed.
type PastCase struct {
	ID, Number, MaterialID string
	Submitted              time.Time
	State                  domain.Case
	Wrapped                []byte // nil: shredded
	SHA256                 string
	Body                   []byte
}

// PastRange says which cases: the newest ones submitted in [From, To), at most Last. Zero times do not bound.
type PastRange struct {
	From, To time.Time
	Last     int
	Kinds    []domain.RequestKind
}

const pastSQL = `
SELECT c.id::text, c.number, c.material_id::text, c.submitted_at, c.state, k.wrapped, o.sha256, o.body
FROM cases c JOIN case_keys k ON k.case_id = c.id JOIN objects o ON o.id = c.material_id
WHERE c.kind = ANY ($6::text[]) AND ($1::timestamptz IS NULL OR c.submitted_at >= $1) AND ($2::timestamptz IS NULL OR c.submitted_at < $2)
  AND ($3::timestamptz IS NULL OR (c.submitted_at, c.id) < ($3, $4::uuid))
ORDER BY c.submitted_at DESC, c.id DESC LIMIT $5`

// pastBatch is how many cases are held at once.
const pastBatch = 100

// PastCases hands the requests of a range to visit, newest first, a batch at a time, so that however many there are few
// are held. It stops when visit fails.
func (s *Store) PastCases(ctx context.Context, r PastRange, visit func(PastCase) error) error {
	const doing = "reading past cases"
	var at *time.Time
	id, kinds := noID, make([]string, len(r.Kinds))
	for i, k := range r.Kinds {
		kinds[i] = string(k)
	}
	for left := r.Last; left > 0; {
		n := min(left, pastBatch)
		rows, err := s.pool.Query(ctx, pastSQL, orNil(r.From), orNil(r.To), at, id, n, kinds)
		if err != nil {
			return clean(doing, err)
		}
		list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (PastCase, error) {
			var p PastCase
			var state []byte
			if err := row.Scan(&p.ID, &p.Number, &p.MaterialID, &p.Submitted, &state, &p.Wrapped, &p.SHA256, &p.Body); err != nil {
				return p, err
			}
			if err := json.Unmarshal(state, &p.State); err != nil {
				return p, fmt.Errorf("reading the state of case %s: %w", p.ID, err)
			}
			return p, nil
		})
		if err != nil {
			return clean(doing, err)
		}
		for _, p := range list {
			if err := visit(p); err != nil {
				return err
			}
			at, id = &p.Submitted, p.ID
		}
		if left -= n; len(list) < n {
			return nil
		}
	}
	return nil
}

// orNil gives nil for the zero time.
func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
