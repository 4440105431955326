package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Where activity in a group was seen.
const (
	ActivityPlatform = "platform" // the platform told
	ActivityReported = "reported" // an admin, security or a connector of their own reported it by API
	ActivityKept     = "kept"     // the person answered a notice
)

// Done is that somebody did something in a group on a day.
type Done struct {
	Person domain.EmployeeID `json:"person"`
	Day    string            `json:"day"` // YYYY-MM-DD in the company's zone
}

// ActivityNote is activity in one group, as somebody saw it.
type ActivityNote struct {
	Group  string
	Source string
	// Seen is the stretch in which whoever did something is among Done; zero: nothing is said of the others.
	Seen domain.Span
	Done []Done
}

// ActivityNoted is what became of a note.
type ActivityNoted struct {
	Newer   int         // people whose last day moved on
	Known   int         // people of whom as much was known
	Strange int         // people who have no place in the group: nothing is kept
	Seen    domain.Span // as it is now
}

const noteActivitySQL = `
WITH said AS (
  SELECT d.person, max(d.day) AS day FROM jsonb_to_recordset($2::jsonb) AS d(person uuid, day date) GROUP BY d.person
), ours AS (
  SELECT said.person, said.day FROM said JOIN group_members m ON m.group_id = $1 AND m.employee_id = said.person AND m.state NOT IN ('leaving', 'removed')
), newer AS (
  INSERT INTO group_activity AS a (group_id, employee_id, last_on, source, noted_at)
  SELECT $1, person, day, $3, $4 FROM ours ORDER BY person
  ON CONFLICT (group_id, employee_id) DO UPDATE SET last_on = excluded.last_on, source = excluded.source, noted_at = excluded.noted_at
    WHERE excluded.last_on > a.last_on
  RETURNING employee_id
), answered AS (
  INSERT INTO outbox (kind, key, payload, due_at, created_at)
  SELECT 'signal_group', 'signal_group:inactive:' || g.id || ':' || $5::text,
    jsonb_build_object('group_id', g.id, 'act', 'inactive', 'ref', $5::text, 'rule', 'kept', 'people', jsonb_agg(newer.employee_id ORDER BY newer.employee_id)), now(), now()
  FROM newer JOIN groups g ON g.id = $1
  WHERE EXISTS (SELECT 1 FROM jsonb_array_elements(coalesce(g.doc #> '{life,idle}', '[]')) n WHERE n->>'person' = newer.employee_id::text)
  GROUP BY g.id
  ON CONFLICT (key) DO NOTHING
  RETURNING id
)
SELECT (SELECT count(*) FROM said), (SELECT count(*) FROM ours), (SELECT count(*) FROM newer), (SELECT count(*) FROM answered)`

// NoteActivity keeps, of each person in a group, the newest day of activity; an older one changes nothing. Whoever has notice
// of their removal and did something is told of to the group, by an entry that ref names.
func (s *Store) NoteActivity(ctx context.Context, n ActivityNote, at time.Time, ref string) (ActivityNoted, error) {
	const doing = "noting activity in a group"
	var out ActivityNoted
	if n.Done == nil {
		n.Done = []Done{}
	}
	doc, err := jsonOf(doing, n.Done)
	if err != nil {
		return out, err
	}
	told := 0
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO group_activity_spans (group_id) VALUES ($1) ON CONFLICT (group_id) DO NOTHING`, n.Group); err != nil {
			return err
		}
		var from, until *time.Time
		if err := tx.QueryRow(ctx, `SELECT seen_from, seen_until FROM group_activity_spans WHERE group_id = $1 FOR UPDATE`, n.Group).Scan(&from, &until); err != nil {
			return err
		}
		was := spanOf(from, until)
		if out.Seen = was.With(n.Seen); out.Seen != was {
			if _, err := tx.Exec(ctx, `UPDATE group_activity_spans SET seen_from = $2, seen_until = $3, source = $4 WHERE group_id = $1`, n.Group, out.Seen.From, out.Seen.Until, n.Source); err != nil {
				return err
			}
		}
		var said, ours int
		if err := tx.QueryRow(ctx, noteActivitySQL, n.Group, doc, n.Source, at, ref).Scan(&said, &ours, &out.Newer, &told); err != nil {
			return err
		}
		out.Known, out.Strange = ours-out.Newer, said-ours
		return nil
	})
	if told > 0 && err == nil {
		s.hub.WakeRelay()
	}
	return out, clean(doing, err)
}

func spanOf(from, until *time.Time) domain.Span {
	if from == nil || until == nil {
		return domain.Span{}
	}
	return domain.Span{From: from.UTC(), Until: until.UTC()}
}

const silenceSQL = `
SELECT s.seen_from, s.seen_until, coalesce(s.source, ''),
  (SELECT max(e.at) FROM audit_entries e WHERE e.workflow_id = 'group-' || $1::text AND e.kind IN ('group.unfreeze', 'group.restore') AND e.result = 'accepted'),
  coalesce((SELECT jsonb_agg(jsonb_build_object('person', m.employee_id, 'joined', m.since, 'day', coalesce(to_char(a.last_on, 'YYYY-MM-DD'), '')) ORDER BY m.employee_id)
    FROM group_members m LEFT JOIN group_activity a ON a.group_id = m.group_id AND a.employee_id = m.employee_id
    WHERE m.group_id = $1::uuid AND m.state = 'active' AND ($2::uuid[] IS NULL OR m.employee_id = ANY ($2::uuid[]))), '[]')
FROM (SELECT 1) one LEFT JOIN group_activity_spans s ON s.group_id = $1::uuid`

// Silence reads what is on record of the activity of a group's members, and where that comes from; nobody named: of all.
func (s *Store) Silence(ctx context.Context, groupID string, people []domain.EmployeeID) (domain.Silence, string, error) {
	const doing = "reading the activity in a group"
	var out domain.Silence
	var from, until, opened *time.Time
	var doc []byte
	var source string
	var ids any
	if people != nil {
		ids = textsOf(people)
	}
	if err := s.pool.QueryRow(ctx, silenceSQL, groupID, ids).Scan(&from, &until, &source, &opened, &doc); err != nil {
		return out, "", clean(doing, err)
	}
	if err := json.Unmarshal(doc, &out.People); err != nil {
		return out, "", clean(doing, err)
	}
	for i := range out.People {
		out.People[i].Joined = out.People[i].Joined.UTC()
	}
	out.Seen = spanOf(from, until)
	if opened != nil {
		out.Opened = opened.UTC()
	}
	return out, source, nil
}

const claimSilentSQL = `
INSERT INTO group_activity_spans AS s (group_id, held_until)
SELECT g.id, now() + $3::interval FROM groups g LEFT JOIN group_activity_spans x ON x.group_id = g.id
WHERE g.state IN ('active', 'renewal_due', 'grace') AND g.id > $4::uuid
  AND ((g.doc #>> ARRAY['life', 'rules', 'tiers', g.tier, 'clearance', 'inactive', 'after'])::int > 0 OR jsonb_array_length(coalesce(g.doc #> '{life,idle}', '[]')) > 0)
  AND coalesce(x.looked_on, '-infinity') < $1::date AND coalesce(x.held_until, '-infinity') < now()
ORDER BY g.id LIMIT $2
ON CONFLICT (group_id) DO UPDATE SET held_until = excluded.held_until WHERE coalesce(s.held_until, '-infinity') < now()
RETURNING s.group_id::text`

// ClaimSilent takes, for the time of a lease, up to n groups after one (by id) whose members' activity was not looked at on a
// day. Nobody else gets them until then; SettleSilent says that the look is done.
func (s *Store) ClaimSilent(ctx context.Context, day string, n int, lease time.Duration, after string) ([]string, error) {
	const doing = "claiming groups whose members may be inactive"
	if after == "" {
		after = noID
	}
	rows, err := s.pool.Query(ctx, claimSilentSQL, day, n, lease, after)
	if err != nil {
		return nil, clean(doing, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, clean(doing, err)
}

// SettleSilent notes that a group's members were looked at on a day, or, without a day, gives the group back.
func (s *Store) SettleSilent(ctx context.Context, groupID, day string) error {
	var on any
	if day != "" {
		on = day
	}
	_, err := s.pool.Exec(ctx, `UPDATE group_activity_spans SET held_until = NULL, looked_on = coalesce($2::date, looked_on) WHERE group_id = $1`, groupID, on)
	return clean("settling a look at inactive members", err)
}

const tellInactiveSQL = `
INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ('signal_group', 'signal_group:inactive:' || $1::text || ':' || $2::text,
  jsonb_build_object('group_id', $1::text, 'act', 'inactive', 'ref', $2::text, 'rule', $4::text, 'people', $3::jsonb), now(), now())
ON CONFLICT (key) DO NOTHING`

// TellInactive tells a group that the rule of inactive members says something of people now. It is idempotent by ref.
func (s *Store) TellInactive(ctx context.Context, groupID, ref string, rule domain.Idle, people []domain.EmployeeID) (bool, error) {
	const doing = "telling a group of inactive members"
	doc, err := jsonOf(doing, textsOf(people))
	if err != nil {
		return false, err
	}
	tag, err := s.pool.Exec(ctx, tellInactiveSQL, groupID, ref, doc, string(rule))
	if err != nil {
		return false, clean(doing, err)
	}
	if tag.RowsAffected() > 0 {
		s.hub.WakeRelay()
	}
	return tag.RowsAffected() > 0, nil
}

// NoticedIn lists the groups in which somebody has notice of their removal, at most n.
func (s *Store) NoticedIn(ctx context.Context, person domain.EmployeeID, n int) ([]PlaceRec, error) {
	var rows []struct {
		GroupRow
		Role    string
		Place   string
		PlaceAt time.Time
	}
	err := s.db(ctx).Raw(`SELECT g.*, m.role AS role, m.state AS place, m.since AS place_at FROM group_members m JOIN groups g ON g.id = m.group_id
CROSS JOIN LATERAL (SELECT x->>'due' AS due FROM jsonb_array_elements(coalesce(g.doc #> '{life,idle}', '[]')) x WHERE x->>'person' = m.employee_id::text LIMIT 1) n
WHERE m.employee_id = ? AND m.state = 'active' AND g.state IN ('active', 'renewal_due', 'grace') ORDER BY n.due, g.id LIMIT ?`, string(person), n).Scan(&rows).Error
	if err != nil {
		return nil, clean("listing notices of removal", err)
	}
	out := make([]PlaceRec, len(rows))
	for i, r := range rows {
		g, err := groupScan{r.GroupRow}.rec()
		if err != nil {
			return nil, err
		}
		out[i] = PlaceRec{GroupRec: g, Role: r.Role, Place: domain.MemberState(r.Place), PlaceAt: r.PlaceAt}
	}
	return out, nil
}
