package store

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// PlaceRec is a person's place in a group, with the group.
type PlaceRec struct {
	GroupRec
	Role    string
	Place   domain.MemberState
	PlaceAt time.Time
}

// Places lists a person's places, the newest first; waiting narrows it to those that are not taken.
func (s *Store) Places(ctx context.Context, person domain.EmployeeID, waiting bool, cursor string, limit int) (Page[PlaceRec], error) {
	const kind = "places"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[PlaceRec]{}, err
	}
	q := `SELECT g.*, m.role AS role, m.state AS place, m.since AS place_at FROM group_members m JOIN groups g ON g.id = m.group_id
WHERE m.employee_id = ? AND m.state NOT IN ('leaving', 'removed') AND g.state <> 'deleted'`
	args := []any{string(person)}
	if waiting {
		q += ` AND m.state <> 'active'`
	}
	if ok {
		q += ` AND (m.since, g.id) < (?, ?::uuid)`
		args = append(args, m.At, m.ID)
	}
	var rows []struct {
		GroupRow
		Role    string
		Place   string
		PlaceAt time.Time
	}
	if err := s.db(ctx).Raw(q+` ORDER BY m.since DESC, g.id DESC LIMIT ?`, append(args, limit+1)...).Scan(&rows).Error; err != nil {
		return Page[PlaceRec]{}, clean("listing somebody's places", err)
	}
	list := make([]PlaceRec, len(rows))
	for i, r := range rows {
		g, err := groupScan{r.GroupRow}.rec()
		if err != nil {
			return Page[PlaceRec]{}, err
		}
		list[i] = PlaceRec{GroupRec: g, Role: r.Role, Place: domain.MemberState(r.Place), PlaceAt: r.PlaceAt}
	}
	return pageOf(list, limit, func(r PlaceRec) mark { return mark{Kind: kind, At: r.PlaceAt, ID: r.ID} }), nil
}

// JoinWords are the sealed reasons that people gave when they last asked to join a group, by person.
func (s *Store) JoinWords(ctx context.Context, groupID string, people []domain.EmployeeID) (map[domain.EmployeeID]string, error) {
	var rows []struct{ ActorID, Object string }
	err := s.db(ctx).Raw(`SELECT DISTINCT ON (actor_id) actor_id, coalesce(act->'life'->'reason'->>'object', '') AS object FROM audit_entries
WHERE workflow_id = ? AND kind = 'group.join' AND result = 'accepted' AND actor_id = ANY (?::uuid[]) ORDER BY actor_id, seq DESC`, "group-"+groupID, Texts(textsOf(people))).Scan(&rows).Error
	out := map[domain.EmployeeID]string{}
	for _, r := range rows {
		if r.Object != "" {
			out[domain.EmployeeID(r.ActorID)] = r.Object
		}
	}
	return out, clean("reading why people ask to join", err)
}

// SponsorWords are the sealed reasons that sponsors last gave for people from outside, by person.
func (s *Store) SponsorWords(ctx context.Context, groupID string, people []domain.EmployeeID) (map[domain.EmployeeID]string, error) {
	var rows []struct{ Person, Object string }
	err := s.db(ctx).Raw(`SELECT DISTINCT ON (person) act->'life'->'people'->>0 AS person, coalesce(act->'life'->'reason'->>'object', '') AS object FROM audit_entries
WHERE workflow_id = ? AND kind = 'group.outsider' AND result = 'accepted' AND act->'life'->'people'->>0 = ANY (?::text[]) ORDER BY person, seq DESC`, "group-"+groupID, Texts(textsOf(people))).Scan(&rows).Error
	out := map[domain.EmployeeID]string{}
	for _, r := range rows {
		if r.Object != "" {
			out[domain.EmployeeID(r.Person)] = r.Object
		}
	}
	return out, clean("reading why sponsors ask", err)
}

// Refusal is the sealed reason for which a person's last request to join a group was refused; empty: it was not.
func (s *Store) Refusal(ctx context.Context, groupID string, person domain.EmployeeID) (string, error) {
	var object string
	err := s.db(ctx).Raw(`SELECT CASE WHEN kind = 'group.review' AND (act->'life'->>'refuse')::boolean THEN act->'life'->'reason'->>'object' ELSE '' END FROM audit_entries
WHERE workflow_id = ? AND result = 'accepted' AND ((kind = 'group.review' AND act->'life'->'people' @> to_jsonb(?::text)) OR (kind = 'group.join' AND actor_id = ?))
ORDER BY seq DESC LIMIT 1`, "group-"+groupID, string(person), string(person)).Scan(&object).Error
	return object, clean("reading why a request was refused", err)
}
