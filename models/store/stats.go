package store

import (
	"context"
	"time"
)

// Count is how many there are of something.
type Count struct {
	What string // state, tier, type, platform, flag, due, finding, op
	Key  string
	N    int
}

// nextDueSQL is the first of a group's dates on which something becomes of it: notices and warnings only tell of one.
const nextDueSQL = `(CASE WHEN g.next_kind NOT IN ('notice', 'last_warning') THEN g.next_date ELSE
  (SELECT min((d->>'at')::timestamptz) FROM jsonb_array_elements(g.doc->'life'->'dates') d WHERE d->>'kind' NOT IN ('notice', 'last_warning')) END)`

// statsSQL counts the register once over: every group by what it is, what stands open about it. Months are those of the
// company's zone, so many seconds from UTC now ($1): its dates fall at nine in the morning, far from any change of clocks; findings are counted by age before now ($2).
const statsSQL = `
WITH g AS (SELECT * FROM groups), alive AS (SELECT * FROM g WHERE state <> 'deleted')
SELECT 'state', state, count(*) FROM g GROUP BY state
UNION ALL SELECT 'tier', tier, count(*) FROM alive GROUP BY tier
UNION ALL SELECT 'type', type, count(*) FROM alive GROUP BY type
UNION ALL SELECT 'platform', platform, count(*) FROM alive GROUP BY platform
UNION ALL SELECT 'flag', f, count(*) FROM alive, unnest(flags) f GROUP BY f
UNION ALL SELECT 'due', to_char((due AT TIME ZONE 'UTC') + make_interval(secs => $1), 'YYYY-MM'), count(*)
  FROM (SELECT ` + nextDueSQL + ` AS due FROM alive g WHERE next_date IS NOT NULL) d WHERE due IS NOT NULL GROUP BY 2
UNION ALL SELECT 'finding', CASE WHEN at > $2::timestamptz - interval '1 day' THEN 'day' WHEN at > $2::timestamptz - interval '7 days' THEN 'week'
  WHEN at > $2::timestamptz - interval '30 days' THEN 'month' ELSE 'older' END, count(*) FROM group_findings WHERE closed_at IS NULL GROUP BY 2
UNION ALL SELECT 'op', state, count(*) FROM group_ops WHERE ended_at IS NULL GROUP BY state`

// GroupCounts counts the company's groups in every way the dashboard shows.
func (s *Store) GroupCounts(ctx context.Context, zone *time.Location, now time.Time) ([]Count, error) {
	const doing = "counting groups"
	_, seconds := now.In(zone).Zone()
	rows, err := s.pool.Query(ctx, statsSQL, float64(seconds), now)
	if err != nil {
		return nil, clean(doing, err)
	}
	defer rows.Close()
	var out []Count
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.What, &c.Key, &c.N); err != nil {
			return nil, clean(doing, err)
		}
		out = append(out, c)
	}
	return out, clean(doing, rows.Err())
}
