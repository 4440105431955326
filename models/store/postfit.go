package store

import (
	"context"
	"encoding/json"

	"github.com/qunbei/qunbei/models/domain"
)

// postTargetsSQL reads who would read a publication in the groups $1: everybody who is in, with their departments upwards, the
// scope's groups ($2) they are in, their agreement and their training.
const postTargetsSQL = `
WITH RECURSIVE up AS (
  SELECT id AS of, id, parent_id FROM departments
  UNION
  SELECT up.of, d.id, d.parent_id FROM up JOIN departments d ON d.id = up.parent_id
)
SELECT g.id::text, g.tier, g.state, coalesce(g.doc #> ARRAY['life', 'rules', 'tiers', g.tier, 'clearance'], '{}'),
  coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('Person', m.employee_id,
      'Departments', (SELECT jsonb_agg(up.id) FROM up WHERE up.of = e.department_id),
      'Groups', (SELECT jsonb_agg(x.group_id) FROM group_members x WHERE x.employee_id = m.employee_id AND x.state = 'active' AND x.group_id = ANY ($2::uuid[])),
      'Clearance', jsonb_build_object('person', m.employee_id,
        'agreement', CASE WHEN n.id IS NULL THEN NULL WHEN n.lapses_at IS NULL THEN 'sealed' ELSE 'lapsed' END, 'agree_by', n.lapses_at,
        'training', CASE WHEN t.valid_until > now() THEN 'valid' WHEN t.valid_until <= now() THEN 'lapsed' END,
        'train_by', CASE WHEN t.valid_until <= now() THEN t.valid_until + make_interval(days => coalesce((g.doc #>> ARRAY['life', 'rules', 'tiers', g.tier, 'clearance', 'grace'])::int, 0)) END)))
      ORDER BY m.employee_id)
    FROM group_members m JOIN employees e ON e.id = m.employee_id
    LEFT JOIN ndas n ON n.group_id = g.id AND n.person_id = m.employee_id AND n.state = 'sealed' AND n.replaced_by IS NULL
    LEFT JOIN trainings t ON t.employee_id = m.employee_id AND t.course = g.doc #>> ARRAY['life', 'rules', 'tiers', g.tier, 'clearance', 'course']
    WHERE m.group_id = g.id AND m.state = 'active'), '[]')
FROM groups g WHERE g.id = ANY ($1::uuid[])`

// PostTargets reads the target groups of a publication as they stand, in the order given.
func (s *Store) PostTargets(ctx context.Context, groups []string, scope domain.PostScope) ([]domain.PostTarget, error) {
	const doing = "reading who would read a publication"
	known := func(list []string) []string {
		out := []string{}
		for _, id := range list {
			if isID(id) {
				out = append(out, id)
			}
		}
		return out
	}
	rows, err := s.pool.Query(ctx, postTargetsSQL, known(groups), known(scope.Groups))
	if err != nil {
		return nil, clean(doing, err)
	}
	defer rows.Close()
	found := map[string]domain.PostTarget{}
	for rows.Next() {
		t := domain.PostTarget{Known: true}
		var rules, members []byte
		if err := rows.Scan(&t.Group, &t.Tier, &t.State, &rules, &members); err != nil {
			return nil, clean(doing, err)
		}
		if err := json.Unmarshal(rules, &t.Clear); err != nil {
			return nil, clean(doing, err)
		}
		if err := json.Unmarshal(members, &t.Members); err != nil {
			return nil, clean(doing, err)
		}
		found[t.Group] = t
	}
	if err := rows.Err(); err != nil {
		return nil, clean(doing, err)
	}
	out := make([]domain.PostTarget, len(groups))
	for i, id := range groups {
		if out[i] = found[id]; !out[i].Known {
			out[i].Group = id
		}
	}
	return out, nil
}

// PostPeople tells whether the actor administers one of the groups.
func (s *Store) PostPeople(ctx context.Context, groups []string, actor domain.EmployeeID) (admin bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM group_members WHERE group_id = ANY ($1::uuid[]) AND employee_id = $2 AND `+adminSQL+`)`, groups, orNull(string(actor))).Scan(&admin)
	return admin, clean("reading what an act on a publication is decided over", err)
}

// PostGroup is a target group as its platform knows it.
type PostGroup struct {
	ID, Name, Platform, PlatformID string
	Tier                           domain.Tier
	ByHand                         bool
}

// PostGroup reads where a publication is posted.
func (s *Store) PostGroup(ctx context.Context, group string) (PostGroup, error) {
	var g PostGroup
	if !isID(group) {
		return g, ErrNotFound
	}
	err := s.pool.QueryRow(ctx, `SELECT id::text, name, platform, platform_id, tier, by_hand FROM groups WHERE id = $1`, group).
		Scan(&g.ID, &g.Name, &g.Platform, &g.PlatformID, &g.Tier, &g.ByHand)
	return g, clean("reading the group of a posting", err)
}
