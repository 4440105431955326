package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

const versionMark = "rules"

// RulesVersions lists the versions of a kind, newest first, without their bodies.
func (s *Store) RulesVersions(ctx context.Context, kind RulesKind, cursor string, limit int) (Page[RulesRow], error) {
	const doing = "listing the versions of the rules"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, versionMark)
	if err != nil {
		return Page[RulesRow]{}, fmt.Errorf("%s: %w", doing, err)
	}
	rows, err := s.pool.Query(ctx, `SELECT `+rulesBare+` FROM `+kind.table()+`
WHERE NOT $1 OR (created_at, version) < ($2, $3) ORDER BY created_at DESC, version DESC LIMIT $4`, ok, m.At, m.Sub, limit+1)
	if err != nil {
		return Page[RulesRow]{}, clean(doing, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[RulesRow])
	if err != nil {
		return Page[RulesRow]{}, clean(doing, err)
	}
	return pageOf(list, limit, func(r RulesRow) mark { return mark{Kind: versionMark, At: r.CreatedAt, ID: noID, Sub: r.Version} }), nil
}

// RulesOrder lists the activated versions of a kind in the order they come into force, without their bodies.
func (s *Store) RulesOrder(ctx context.Context, kind RulesKind) ([]RulesRow, error) {
	const doing = "listing the activated versions of the rules"
	rows, err := s.pool.Query(ctx, `SELECT `+rulesBare+` FROM `+kind.table()+` WHERE state = 'activated' ORDER BY effective_at, activated_at, version`)
	if err != nil {
		return nil, clean(doing, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[RulesRow])
	return list, clean(doing, err)
}

// noID stands in the cursor of a list whose rows have no id.
const noID = "00000000-0000-0000-0000-000000000000"

// OpenCasesByPolicy counts the cases under way by the version of the policy they began under (R6.2). It reads every open
// case; callers keep the answer for a moment.
func (s *Store) OpenCasesByPolicy(ctx context.Context) (map[string]int, error) {
	const doing = "counting open cases by policy"
	rows, err := s.pool.Query(ctx, `SELECT policy, count(*)::int FROM cases WHERE status IN ('submitted', 'in_approval', 'returned') GROUP BY policy`)
	if err != nil {
		return nil, clean(doing, err)
	}
	out := map[string]int{}
	var version string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&version, &n}, func() error {
		out[version] = n
		return nil
	})
	return out, clean(doing, err)
}
