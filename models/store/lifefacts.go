package store

import (
	"context"
	"encoding/json"

	"github.com/qunbei/qunbei/models/domain"
)

// LifeQuery asks for what an act of a group's life looks at in the register.
type LifeQuery struct {
	Group   string
	People  []domain.EmployeeID
	Touched bool  // members who left the company or changed department or post
	Since   int64 // … after this revision of the directory
	All     bool  // … whenever they joined the group
	Eldest  int   // how many of the members longest in the group
	Members bool  // everybody in the group

	// Everybody: the clearance of all who have a place. Of People, and of those who left the company, it is always told.
	Everybody bool
	Course    string // the training that counts
	Silence   bool   // what is on record of the activity of People
}

// LifeAnswer is what the register and the directory say.
type LifeAnswer struct {
	Members   []domain.EmployeeID // which of the people are in the group
	Employed  []domain.EmployeeID // which of them work here
	Gone      []domain.EmployeeID // members who left the company
	Transfers []domain.Transfer   // members who changed department or post, the earliest change first
	Eldest    []domain.EmployeeID // members without an office in the group, who work here, the longest in it first
	All       []domain.EmployeeID
	Count     int
	Revision  int64
	Perms     *domain.Permissions // as the row has them
	// Clear is the place, agreement and training of those asked for. TrainBy is the day a training ran out, without any grace.
	Clear   []domain.Clearance
	Outside []domain.EmployeeID // which of the people come from outside
	Silence *domain.Silence
}

const lifeFactsSQL = `
SELECT
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE m.group_id = $1 AND m.state = 'active' AND m.employee_id = ANY ($2::uuid[]) ORDER BY 1),
  ARRAY(SELECT e.id::text FROM employees e WHERE e.active AND e.kind = 'employee' AND e.id = ANY ($2::uuid[]) ORDER BY 1),
  ARRAY(SELECT m.employee_id::text FROM group_members m LEFT JOIN employees e ON e.id = m.employee_id
        WHERE ($3::boolean OR $5::boolean) AND m.group_id = $1 AND m.state NOT IN ('leaving', 'removed') AND NOT coalesce(e.active OR e.kind = 'outsider', false) ORDER BY 1),
  coalesce((SELECT jsonb_agg(jsonb_build_object('person', c.employee_id, 'from', coalesce(c.detail->>'from', '')) ORDER BY c.revision, c.kind <> 'moved', c.n)
        FROM group_members m JOIN directory_changes c ON c.employee_id = m.employee_id JOIN directory_revisions r ON r.revision = c.revision
        WHERE m.group_id = $1 AND m.state = 'active' AND c.kind IN ('moved', 'post_changed')
          AND (($5::boolean AND r.at > m.since) OR ($3::boolean AND c.revision > $4))), '[]'),
  ARRAY(SELECT m.employee_id::text FROM group_members m JOIN employees e ON e.id = m.employee_id AND e.active AND e.kind = 'employee'
        WHERE m.group_id = $1 AND m.state = 'active' AND m.role = 'member' AND m.employee_id <> ALL ($2::uuid[]) ORDER BY m.since, e.number LIMIT $6),
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE $7::boolean AND m.group_id = $1 AND m.state = 'active' ORDER BY 1),
  (SELECT count(*) FROM group_members m WHERE m.group_id = $1 AND m.state = 'active'),
  coalesce((SELECT max(revision) FROM directory_revisions), 0),
  (SELECT jsonb_build_object('invite_outsiders', g.invite_outsiders, 'anonymous_speech', g.anonymous_speech, 'see_contacts', g.see_contacts,
    'posting', g.posting, 'join_by_review', g.join_by_review) FROM groups g WHERE g.id = $1),
  ARRAY(SELECT e.id::text FROM employees e WHERE e.kind = 'outsider' AND e.id = ANY ($2::uuid[]) ORDER BY 1),
  ` + clearSQL

// LifeFacts reads, in one statement, what an act of a group's life is decided over.
func (s *Store) LifeFacts(ctx context.Context, q LifeQuery) (LifeAnswer, error) {
	const doing = "reading what an act of a group's life is decided over"
	var members, employed, gone, eldest, all, outside []string
	var transfers, perms, clearance []byte
	var a LifeAnswer
	err := s.pool.QueryRow(ctx, lifeFactsSQL, q.Group, textsOf(q.People), q.Touched, q.Since, q.All, q.Eldest, q.Members, q.Everybody, q.Course).
		Scan(&members, &employed, &gone, &transfers, &eldest, &all, &a.Count, &a.Revision, &perms, &outside, &clearance)
	if err != nil {
		return a, clean(doing, err)
	}
	for _, x := range []struct {
		to   *[]domain.EmployeeID
		from []string
	}{{&a.Members, members}, {&a.Employed, employed}, {&a.Gone, gone}, {&a.Eldest, eldest}, {&a.All, all}, {&a.Outside, outside}} {
		for _, id := range x.from {
			*x.to = append(*x.to, domain.EmployeeID(id))
		}
	}
	if err := json.Unmarshal(transfers, &a.Transfers); err != nil {
		return a, clean(doing, err)
	}
	if err := json.Unmarshal(clearance, &a.Clear); err != nil {
		return a, clean(doing, err)
	}
	utc(a.Clear)
	if perms != nil {
		a.Perms = &domain.Permissions{}
		if err := json.Unmarshal(perms, a.Perms); err != nil {
			return a, clean(doing, err)
		}
	}
	if q.Silence {
		people := q.People
		if people == nil {
			people = []domain.EmployeeID{} // nobody, not everybody
		}
		silence, _, err := s.Silence(ctx, q.Group, people)
		if err != nil {
			return a, err
		}
		a.Silence = &silence
	}
	return a, nil
}

// Sighting reads what is known of a group that was found on a platform and not filed.
func (s *Store) Sighting(ctx context.Context, groupID string) (SightingRow, error) {
	var row SightingRow
	if !isID(groupID) {
		return row, ErrNotFound
	}
	err := s.db(ctx).Where("group_id = ?", groupID).Take(&row).Error
	return row, clean("reading a sighting", err)
}
