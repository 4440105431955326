package store

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// TrainingFilter chooses among people by how their training in a course stands.
type TrainingFilter struct {
	Course     string
	State      string // valid, ending, lapsed, none; empty: all
	Needed     bool   // only those with a place in a group of Tiers
	Tiers      []domain.Tier
	Text       string // of name or staff number
	Department domain.DepartmentID
	Soon       time.Duration // what "ending" means
	Cursor     string
	Limit      int
}

// TrainingStand is one person and their training in a course.
type TrainingStand struct {
	Person     domain.EmployeeID
	Number     string
	State      string
	Source     string
	Score      int
	PassedAt   *time.Time
	ValidUntil *time.Time
	Needed     bool
}

const trainingStandSQL = `
SELECT e.id::text AS person, e.number, coalesce(t.source, '') AS source, coalesce(t.score, 0) AS score, t.passed_at, t.valid_until,
  CASE WHEN t.valid_until IS NULL THEN 'none' WHEN t.valid_until <= @now THEN 'lapsed' WHEN t.valid_until <= @soon THEN 'ending' ELSE 'valid' END AS state,
  EXISTS (SELECT 1 FROM group_members m JOIN groups g ON g.id = m.group_id AND g.tier = ANY (@tiers) AND g.state <> 'deleted'
    WHERE m.employee_id = e.id AND m.state NOT IN ('leaving', 'removed')) AS needed
FROM employees e LEFT JOIN trainings t ON t.employee_id = e.id AND t.course = @course
WHERE e.active`

func (f TrainingFilter) args() map[string]any {
	tiers := Texts{}
	for _, t := range f.Tiers {
		tiers = append(tiers, string(t))
	}
	at := now()
	return map[string]any{"now": at, "soon": at.Add(f.Soon), "tiers": tiers, "course": f.Course, "state": f.State, "text": likePattern(f.Text),
		"department": string(f.Department), "limit": pageSize(f.Limit) + 1}
}

// TrainingStands lists people who work here by staff number, with how their training stands.
func (s *Store) TrainingStands(ctx context.Context, f TrainingFilter) (Page[TrainingStand], error) {
	const kind = "training"
	m, ok, err := readMark(f.Cursor, kind)
	if err != nil {
		return Page[TrainingStand]{}, err
	}
	args := f.args()
	q := `SELECT * FROM (` + trainingStandSQL
	if f.Text != "" {
		q += ` AND (lower(e.name) LIKE @text OR lower(e.number) LIKE @text)`
	}
	if f.Department != "" {
		q += ` AND e.department_id = @department`
	}
	q += `) x WHERE true`
	if f.State != "" {
		q += ` AND state = @state`
	}
	if f.Needed {
		q += ` AND needed`
	}
	if ok {
		args["number"], args["id"] = m.Sub, m.ID
		q += ` AND (number, person) > (@number, @id)`
	}
	var rows []TrainingStand
	if err := s.db(ctx).Raw(q+` ORDER BY number, person LIMIT @limit`, args).Scan(&rows).Error; err != nil {
		return Page[TrainingStand]{}, clean("listing how trainings stand", err)
	}
	return pageOf(rows, pageSize(f.Limit), func(r TrainingStand) mark { return mark{Kind: kind, ID: string(r.Person), Sub: r.Number} }), nil
}

// TrainingCounts counts people who work here by how their training stands: by state, and under needed_ and the state
// those who have a place in a group that asks for it.
func (s *Store) TrainingCounts(ctx context.Context, f TrainingFilter) (map[string]int, error) {
	var rows []struct {
		State  string
		Needed bool
		N      int
	}
	if err := s.db(ctx).Raw(`SELECT state, needed, count(*) AS n FROM (`+trainingStandSQL+`) x GROUP BY state, needed`, f.args()).Scan(&rows).Error; err != nil {
		return nil, clean("counting how trainings stand", err)
	}
	out := map[string]int{}
	for _, r := range rows {
		out[r.State] += r.N
		if r.Needed {
			out["needed_"+r.State] += r.N
		}
	}
	return out, nil
}

// NeedsTraining tells in how many groups of the tiers a person has a place.
func (s *Store) NeedsTraining(ctx context.Context, person domain.EmployeeID, tiers []domain.Tier) (int, error) {
	list := Texts{}
	for _, t := range tiers {
		list = append(list, string(t))
	}
	var n int
	err := s.db(ctx).Raw(`SELECT count(*) FROM group_members m JOIN groups g ON g.id = m.group_id AND g.tier = ANY (?) AND g.state <> 'deleted'
WHERE m.employee_id = ? AND m.state NOT IN ('leaving', 'removed')`, list, string(person)).Scan(&n).Error
	return n, clean("counting the groups that ask for a training", err)
}
