package store

import (
	"context"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// MemberRec is one person's place in a group.
type MemberRec struct {
	Person  domain.EmployeeID
	Role    string
	State   string
	Since   time.Time
	Left    *time.Time
	Removed *time.Time
	LastOn  string // the last day, YYYY-MM-DD, on which they did something in the group; empty: not known
}

// Members lists the places of a group: the owner, the admins, then who came first. An empty state means those who are in
// it, or on their way out. noticed are the members who have notice of their removal: they are listed as such, not as active.
func (s *Store) Members(ctx context.Context, groupID, state string, noticed []domain.EmployeeID, cursor string, limit int) (Page[MemberRec], error) {
	const kind = "members"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[MemberRec]{}, err
	}
	rank := -1
	if ok {
		if rank, err = strconv.Atoi(m.Sub); err != nil || rank < 0 || rank > 3 {
			return Page[MemberRec]{}, ErrCursor
		}
	}
	where, args := `m.group_id = ? AND m.state <> 'removed'`, []any{groupID}
	switch {
	case state == string(domain.MemberInactive):
		where, args = `m.group_id = ? AND m.state = 'active' AND m.employee_id = ANY (?::uuid[])`, []any{groupID, Texts(textsOf(noticed))}
	case state == string(domain.MemberActive):
		where, args = `m.group_id = ? AND m.state = 'active' AND m.employee_id <> ALL (?::uuid[])`, []any{groupID, Texts(textsOf(noticed))}
	case state != "":
		where, args = `m.group_id = ? AND m.state = ?`, []any{groupID, state}
	}
	if ok {
		where += ` AND (` + rankSQL + `, m.since, m.employee_id) > (?, ?, ?::uuid)`
		args = append(args, rank, m.At, m.ID)
	}
	var rows []struct {
		EmployeeID, Role, State string
		Since                   time.Time
		LeftAt, RemovedAt       *time.Time
		LastOn                  string
		Rank                    int
	}
	err = s.db(ctx).Raw(`SELECT m.employee_id, m.role, m.state, m.since, m.left_at, m.removed_at, `+rankSQL+` AS rank,
coalesce(to_char(x.last_on, 'YYYY-MM-DD'), '') AS last_on FROM group_members m LEFT JOIN group_activity x ON x.group_id = m.group_id AND x.employee_id = m.employee_id WHERE `+where+
		` ORDER BY rank, m.since, m.employee_id LIMIT ?`, append(args, limit+1)...).Scan(&rows).Error
	if err != nil {
		return Page[MemberRec]{}, clean("listing a group's places", err)
	}
	list, ranks := make([]MemberRec, len(rows)), map[domain.EmployeeID]int{}
	for i, r := range rows {
		list[i] = MemberRec{Person: domain.EmployeeID(r.EmployeeID), Role: r.Role, State: r.State, Since: r.Since, Left: r.LeftAt, Removed: r.RemovedAt, LastOn: r.LastOn}
		ranks[list[i].Person] = r.Rank
	}
	return pageOf(list, limit, func(r MemberRec) mark {
		return mark{Kind: kind, At: r.Since, ID: string(r.Person), Sub: strconv.Itoa(ranks[r.Person])}
	}), nil
}

// rankSQL puts the owner first, then the admins; who is on the way out comes last.
const rankSQL = `(CASE WHEN m.state <> 'active' THEN 3 WHEN m.role = 'owner' THEN 0 WHEN m.role = 'admin' THEN 1 ELSE 2 END)`

// PeopleIn lists who is in groups, admins included: what an attestation is about.
func (s *Store) PeopleIn(ctx context.Context, groupIDs ...string) (map[string][]domain.EmployeeID, error) {
	var rows []struct{ GroupID, EmployeeID string }
	err := s.db(ctx).Raw(`SELECT group_id, employee_id FROM group_members WHERE group_id = ANY (?::uuid[]) AND state = 'active'`, Texts(groupIDs)).Scan(&rows).Error
	out := map[string][]domain.EmployeeID{}
	for _, r := range rows {
		out[r.GroupID] = append(out[r.GroupID], domain.EmployeeID(r.EmployeeID))
	}
	return out, clean("listing who is in groups", err)
}

// EntriesPage lists the entries of one workflow, the newest first. subject is what the workflow is about.
func (s *Store) EntriesPage(ctx context.Context, workflowID, subject, cursor string, limit int) (Page[AuditRow], error) {
	const kind = "entries"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[AuditRow]{}, err
	}
	before := 1 << 30
	if ok {
		if before, err = strconv.Atoi(m.Sub); err != nil || m.ID != subject || before < 0 || before > 1<<30 {
			return Page[AuditRow]{}, ErrCursor
		}
	}
	rows, err := s.auditRows(ctx, "reading a timeline", `WHERE workflow_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3`, workflowID, before, limit+1)
	if err != nil {
		return Page[AuditRow]{}, err
	}
	return pageOf(rows, limit, func(r AuditRow) mark { return mark{Kind: kind, ID: subject, Sub: strconv.Itoa(r.Seq)} }), nil
}

// OpKinds tells what the operations of a group are, those that ended too.
func (s *Store) OpKinds(ctx context.Context, groupID string) (map[string]domain.OpKind, error) {
	var rows []struct{ OpID, Kind string }
	err := s.db(ctx).Raw(`SELECT op_id, kind FROM group_ops WHERE group_id = ?::uuid`, groupID).Scan(&rows).Error
	out := map[string]domain.OpKind{}
	for _, r := range rows {
		out[r.OpID] = domain.OpKind(r.Kind)
	}
	return out, clean("reading a group's operations", err)
}

// RenewalRec is a group that a person is to renew, and by when.
type RenewalRec struct {
	GroupRec
	Due time.Time
}

// dueSQL is when a group's term or the group itself ends: the date to come, or the one that has passed.
const dueSQL = `(CASE WHEN g.state = 'active' THEN
  (SELECT min((d->>'at')::timestamptz) FROM jsonb_array_elements(g.doc->'life'->'dates') d WHERE d->>'kind' IN ('renewal_due', 'ends'))
  ELSE (g.doc->'life'->'due'->>'at')::timestamptz END)`

// Renewals lists the groups that a person administers and that are due, or come due before until, soonest first.
func (s *Store) Renewals(ctx context.Context, person domain.EmployeeID, until time.Time, cursor string, limit int) (Page[RenewalRec], error) {
	const kind = "renewals"
	limit = pageSize(limit)
	m, ok, err := readMark(cursor, kind)
	if err != nil {
		return Page[RenewalRec]{}, err
	}
	q := `SELECT * FROM (SELECT g.*, ` + dueSQL + ` AS due FROM groups g JOIN group_members m ON m.group_id = g.id
WHERE m.employee_id = ? AND m.state NOT IN ('leaving', 'removed') AND m.role IN ('owner', 'admin') AND g.state IN ('active', 'renewal_due', 'grace')) x WHERE x.due < ?`
	args := []any{string(person), until}
	if ok {
		q += ` AND (x.due, x.id) > (?, ?::uuid)`
		args = append(args, m.At, m.ID)
	}
	var rows []struct {
		GroupRow
		Due time.Time
	}
	if err := s.db(ctx).Raw(q+` ORDER BY x.due, x.id LIMIT ?`, append(args, limit+1)...).Scan(&rows).Error; err != nil {
		return Page[RenewalRec]{}, clean("listing renewals", err)
	}
	list := make([]RenewalRec, len(rows))
	for i, r := range rows {
		g, err := groupScan{r.GroupRow}.rec()
		if err != nil {
			return Page[RenewalRec]{}, err
		}
		list[i] = RenewalRec{GroupRec: g, Due: r.Due}
	}
	return pageOf(list, limit, func(r RenewalRec) mark { return mark{Kind: kind, At: r.Due, ID: r.ID} }), nil
}
