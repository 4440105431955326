package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Standing is a group as the register has it, for comparison with its platform.
type Standing struct {
	Group  domain.Group
	Name   string
	People domain.Registered
}

// Sighting is a group that a platform listed.
type Sighting struct {
	Platform, PlatformID, Name string
	Members                    int
	Owner                      domain.EmployeeID
	Ours                       bool      // made by us: of interest only when the register has it as deleted
	At                         time.Time // when the platform was asked; what the register deleted later may have stood then
}

const standingSQL = `
SELECT g.name, g.doc,
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE m.group_id = g.id AND m.state = 'active' ORDER BY 1),
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE m.group_id = g.id AND m.state = 'leaving' ORDER BY 1),
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE m.group_id = g.id AND m.state = 'removed' ORDER BY 1),
  ARRAY(SELECT m.employee_id::text FROM group_members m WHERE m.group_id = g.id AND ` + earlySQL + ` ORDER BY 1)
FROM groups g
WHERE g.platform_id <> '' AND g.state IN ('draft','active','renewal_due','grace','frozen','archived','pending_deletion') AND `

// Standing reads a page of the groups that stand on a platform, by id, after one ("": from the first on).
func (s *Store) Standing(ctx context.Context, platform, after string, n int) ([]Standing, error) {
	if after == "" {
		after = zeroID
	}
	return s.standing(ctx, standingSQL+`g.platform = $1 AND g.id > $2 ORDER BY g.id LIMIT $3`, platform, after, n)
}

// StandingOf reads one of them; false when it does not stand.
func (s *Store) StandingOf(ctx context.Context, groupID string) (Standing, bool, error) {
	if !isID(groupID) {
		return Standing{}, false, nil
	}
	list, err := s.standing(ctx, standingSQL+`g.id = $1`, groupID)
	if err != nil || len(list) == 0 {
		return Standing{}, false, err
	}
	return list[0], true, nil
}

// StandingOn finds a group by its platform's id; "" when none stands.
func (s *Store) StandingOn(ctx context.Context, platform, platformID string) (string, error) {
	list, err := s.standing(ctx, standingSQL+`g.platform = $1 AND g.platform_id = $2 ORDER BY g.id LIMIT 1`, platform, platformID)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].Group.ID, nil
}

func (s *Store) standing(ctx context.Context, q string, args ...any) ([]Standing, error) {
	const doing = "reading groups for comparison with their platform"
	rows, err := s.pool.Query(ctx, q, args...)
	if err != nil {
		return nil, clean(doing, err)
	}
	var out []Standing
	var name string
	var doc []byte
	var active, leaving, removed, early []string
	_, err = pgx.ForEachRow(rows, []any{&name, &doc, &active, &leaving, &removed, &early}, func() error {
		x := Standing{Name: name, People: domain.Registered{Active: peopleOf(active), Leaving: peopleOf(leaving), Removed: peopleOf(removed), Early: peopleOf(early)}}
		if err := json.Unmarshal(doc, &x.Group); err != nil {
			return fmt.Errorf("reading the state of a group: %w", err)
		}
		out = append(out, x)
		return nil
	})
	return out, clean(doing, err)
}

func peopleOf(ids []string) []domain.EmployeeID {
	var out []domain.EmployeeID
	for _, id := range ids {
		out = append(out, domain.EmployeeID(id))
	}
	return out
}

// Sighted notes groups that a platform listed and that nobody filed, or that the register has as deleted, each once, and
// returns the ids of those that are new: an entry of the outbox begins the workflow of each. Of one that is on record
// already, what the platform says of it now is kept; a group of the register is left alone.
func (s *Store) Sighted(ctx context.Context, found []Sighting) ([]string, error) {
	var ids []string
	undead, err := s.undead(ctx, found)
	if err != nil {
		return nil, clean("reading which groups were deleted", err)
	}
	for _, f := range found {
		if f.Ours && !slices.Contains(undead, f.PlatformID) {
			continue
		}
		id, err := s.sighted(ctx, f)
		if err != nil {
			return nil, clean("noting a group that nobody filed", err)
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// undead are the platform's ids of those groups of ours that the register has as deleted and nothing else stands for.
func (s *Store) undead(ctx context.Context, found []Sighting) ([]string, error) {
	var ids []string
	for _, f := range found {
		if f.Ours {
			ids = append(ids, f.PlatformID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT platform_id FROM groups WHERE platform = $1 AND platform_id = ANY($2) AND state = 'deleted'`, found[0].Platform, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

const sightedSQL = `
WITH fresh AS (
  INSERT INTO group_sightings (group_id, number, platform, platform_id, name, members, owner_id, seen_at)
  SELECT $1, $2, $3, $4, $5, $6, (SELECT id FROM employees WHERE id = $7 AND active), now()
  ON CONFLICT (platform, platform_id) DO UPDATE SET group_id = excluded.group_id, number = excluded.number, name = excluded.name,
    members = excluded.members, owner_id = excluded.owner_id, seen_at = excluded.seen_at, case_id = NULL
  WHERE EXISTS (SELECT 1 FROM groups g WHERE g.id = group_sightings.group_id AND g.state = 'deleted')
  RETURNING group_id
)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'start_group', 'start_found:' || group_id, jsonb_build_object('group_id', group_id, 'case_id', ''), now(), now() FROM fresh
ON CONFLICT (key) DO NOTHING
RETURNING payload->>'group_id'`

func (s *Store) sighted(ctx context.Context, f Sighting) (string, error) {
	var known bool
	if err := s.pool.QueryRow(ctx, `
WITH again AS (
  UPDATE group_sightings s SET name = $3, members = $4, seen_at = now() WHERE platform = $1 AND platform_id = $2
    AND NOT EXISTS (SELECT 1 FROM groups g WHERE g.id = s.group_id AND g.state = 'deleted') RETURNING 1
)
SELECT EXISTS (SELECT 1 FROM again)
  OR EXISTS (SELECT 1 FROM groups WHERE platform = $1 AND platform_id = $2 AND (state <> 'deleted' OR changed_at >= $5))`,
		f.Platform, f.PlatformID, clip(f.Name), f.Members, f.At).Scan(&known); err != nil || known {
		return "", err
	}
	year := now().Year()
	var n int
	if err := s.pool.QueryRow(ctx, submitNumberSQL, fmt.Sprintf("found-%d", year), 1).Scan(&n); err != nil {
		return "", err
	}
	var id string
	err := s.pool.QueryRow(ctx, sightedSQL, newID(), fmt.Sprintf("D-%d-%05d", year, n), f.Platform, f.PlatformID, clip(f.Name), f.Members, orNull(string(f.Owner))).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil // another process was faster
	}
	return id, err
}

// clip bounds a name that others chose.
func clip(name string) string {
	r := []rune(name)
	if len(r) > 200 {
		r = r[:200]
	}
	if len(r) == 0 {
		return "?"
	}
	return string(r)
}
