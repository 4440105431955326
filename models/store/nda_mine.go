package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// NDACounts is how many agreements ask something of a person.
type NDACounts struct {
	Sign        int
	Countersign int // at most 1,000 are counted
	Return      int
	Left        int // for HR: of people who left the company
	Hand        int // for process administrators: cannot go on by themselves
}

// NDACountsOf counts what agreements ask of a person with these roles.
func (s *Store) NDACountsOf(ctx context.Context, person domain.EmployeeID, roles []domain.Role) (NDACounts, error) {
	var c NDACounts
	err := s.pool.QueryRow(ctx, `SELECT
  (SELECT count(*) FROM ndas WHERE person_id = $1 AND state IN ('sent','viewed','verified')),
  (SELECT count(*) FROM (SELECT 1 FROM ndas WHERE counter_role <> '' AND counter_role = ANY ($2::text[]) AND person_id <> $1
     AND doc->'signed'->>'uploader' IS DISTINCT FROM $1::text LIMIT 1000) x),
  (SELECT count(*) FROM ndas WHERE person_id = $1 AND state = 'terminated' AND NOT doc ? 'returned'),
  (SELECT count(*) FROM ndas n WHERE 'hr' = ANY ($2::text[]) AND `+ndaLeftSQL+`),
  (SELECT count(*) FROM ndas n WHERE 'process_admin' = ANY ($2::text[]) AND `+ndaHandSQL+`)`, string(person), rolesOf(roles)).Scan(&c.Sign, &c.Countersign, &c.Return, &c.Left, &c.Hand)
	return c, clean("counting a person's agreements", err)
}

// rolesOf are roles as the database takes them.
func rolesOf(roles []domain.Role) []string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = string(r)
	}
	return list
}

// MarkKindRead marks a person's news of a kind as read: they looked at what all of it is about.
func (s *Store) MarkKindRead(ctx context.Context, person domain.EmployeeID, kind domain.EffectKind) error {
	_, err := s.pool.Exec(ctx, `UPDATE notifications SET read_at = $3 WHERE person_id = $1 AND kind = $2 AND read_at IS NULL`, string(person), string(kind), now())
	return clean("marking news as read", err)
}

// adminSQL tells of a row of group_members that the person administers the group in this service: from the filing on, also
// while the own place waits for an agreement or a training, or is suspended until they are there again.
const adminSQL = `state NOT IN ('leaving', 'removed') AND role IN ('owner', 'admin')`

// AdminOf tells whether a person administers a group; who waits for an agreement or a training of their own does so all
// the same.
func (s *Store) AdminOf(ctx context.Context, group string, person domain.EmployeeID) (bool, error) {
	var is bool
	err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM group_members WHERE group_id = $1 AND employee_id = $2 AND `+adminSQL+`)`,
		group, string(person)).Scan(&is)
	return is, clean("finding who administers a group", err)
}

// AdminOfGroups lists the groups that a person administers.
func (s *Store) AdminOfGroups(ctx context.Context, person domain.EmployeeID) ([]string, error) {
	rows, err := s.pool.Query(ctx, `SELECT group_id::text FROM group_members WHERE employee_id = $1 AND `+adminSQL+` ORDER BY 1`, string(person))
	if err != nil {
		return nil, clean("listing the groups of an admin", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, clean("listing the groups of an admin", err)
}
