package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// chainSQL walks from a person along the delegations in force at a moment. Who left hands nothing on. The walk is as long
// as the longest chain allowed, so circles end by themselves.
const chainSQL = `
WITH RECURSIVE walk AS (
  SELECT $1::uuid AS person, 0 AS n
  UNION
  SELECT d.to_id, w.n + 1 FROM walk w JOIN delegations d ON d.from_id = w.person JOIN employees e ON e.id = d.from_id AND e.active
  WHERE w.n < $3 AND d.revoked_at IS NULL AND d.start_at <= $2 AND d.until_at > $2
)
SELECT d.id::text, d.from_id::text, d.to_id::text, d.kinds, d.start_at, d.until_at
FROM delegations d JOIN employees e ON e.id = d.from_id AND e.active
WHERE d.from_id IN (SELECT person FROM walk WHERE n < $3) AND d.revoked_at IS NULL AND d.start_at <= $2 AND d.until_at > $2
ORDER BY d.created_at, d.id`

// DelegationsAlong lists the delegations in force at a moment that a chain of at most most links from a person may take,
// the oldest first. It is read from the database at once: what an act is decided on is never a moment old.
func (s *Store) DelegationsAlong(ctx context.Context, from domain.EmployeeID, at time.Time, most int) ([]domain.Delegation, error) {
	const doing = "reading the delegations in force"
	if !isID(string(from)) {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, chainSQL, string(from), at, most)
	if err != nil {
		return nil, clean(doing, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (domain.Delegation, error) {
		var d domain.Delegation
		var kinds []string
		err := row.Scan(&d.ID, &d.From, &d.To, &kinds, &d.Start, &d.Until)
		for _, k := range kinds {
			d.Kinds = append(d.Kinds, domain.RequestKind(k))
		}
		d.Start, d.Until = d.Start.UTC(), d.Until.UTC()
		return d, err
	})
	return list, clean(doing, err)
}
