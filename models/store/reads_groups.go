package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// GroupRec is a group as the register has it, its state decoded.
type GroupRec struct {
	ID, Number, CaseID, Name, Purpose string
	Permissions                       domain.Permissions
	Doc                               domain.Group
	StateDigest                       string
	Existing                          bool
	Members                           int // active ones, admins included
	Created, Changed                  time.Time
}

const groupSQL = `SELECT g.* FROM groups g`

type groupScan struct{ GroupRow }

func (r groupScan) rec() (GroupRec, error) {
	g := GroupRec{
		ID: r.ID, Number: r.Number, CaseID: r.CaseID, Name: r.Name, Purpose: r.Purpose, StateDigest: r.StateDigest, Existing: r.Existing,
		Permissions: domain.Permissions{InviteOutsiders: r.InviteOutsiders, AnonymousSpeech: r.AnonymousSpeech, SeeContacts: r.SeeContacts,
			Posting: domain.PostingWho(r.Posting), JoinByReview: r.JoinByReview},
		Members: int(r.Members), Created: r.CreatedAt, Changed: r.ChangedAt,
	}
	if err := json.Unmarshal(r.Doc, &g.Doc); err != nil {
		return GroupRec{}, fmt.Errorf("reading the state of group %s: %w", r.ID, err)
	}
	return g, nil
}

// Group reads a group of the register.
func (s *Store) Group(ctx context.Context, id string) (*GroupRec, error) {
	if !isID(id) {
		return nil, ErrNotFound
	}
	groups, err := s.Groups(ctx, []string{id})
	if err != nil {
		return nil, err
	}
	g, ok := groups[id]
	if !ok {
		return nil, ErrNotFound
	}
	return &g, nil
}

// GroupRow reads a group as its row is, for the audit that compares field by field.
func (s *Store) GroupRow(ctx context.Context, id string) (GroupRow, error) {
	var row GroupRow
	if !isID(id) {
		return row, ErrNotFound
	}
	err := s.db(ctx).Where("id = ?", id).Take(&row).Error
	return row, clean("reading a group", err)
}

// Groups reads several groups by id; unknown ids are left out.
func (s *Store) Groups(ctx context.Context, ids []string) (map[string]GroupRec, error) {
	var rows []groupScan
	if err := s.db(ctx).Raw(groupSQL+` WHERE g.id = ANY (?::uuid[])`, Texts(ids)).Scan(&rows).Error; err != nil {
		return nil, clean("reading groups", err)
	}
	out := make(map[string]GroupRec, len(rows))
	for _, r := range rows {
		g, err := r.rec()
		if err != nil {
			return nil, err
		}
		out[g.ID] = g
	}
	return out, nil
}

// insideSQL tells of a row m of group_members that the person may know of the group: members, and admins even while they wait
// for the agreement themselves.
const insideSQL = `(m.state = 'active' OR (m.role IN ('owner', 'admin') AND m.state NOT IN ('leaving', 'removed')))`

// PlaceIn is a person's place in a group; empty: none, or they left.
func (s *Store) PlaceIn(ctx context.Context, groupID string, person domain.EmployeeID) (domain.MemberState, error) {
	var state string
	err := s.db(ctx).Raw(`SELECT state FROM group_members WHERE group_id = ? AND employee_id = ? AND state NOT IN ('leaving', 'removed')`, groupID, string(person)).Scan(&state).Error
	return domain.MemberState(state), clean("looking a place up", err)
}

// GroupMembers lists the active members without the admins, by staff number. Who comes from outside is no matter of a filing or
// its changes: their stays are.
func (s *Store) GroupMembers(ctx context.Context, groupID string) ([]domain.EmployeeID, error) {
	var ids []domain.EmployeeID
	err := s.db(ctx).Raw(`SELECT m.employee_id FROM group_members m LEFT JOIN employees e ON e.id = m.employee_id
WHERE m.group_id = ? AND m.state = 'active' AND m.role = 'member' AND coalesce(e.kind, 'employee') = 'employee' ORDER BY e.number, m.employee_id`, groupID).Scan(&ids).Error
	return ids, clean("listing members", err)
}

// Scope says which groups of the register a reader may know of: ordinary ones always; confidential ones as a member
// or admin, as leader of an owning department or one above it, or everywhere for their office.
type Scope struct {
	Person      domain.EmployeeID
	All         bool                  // security officers, legal, auditors
	Departments []domain.DepartmentID // those the reader leads, with all below them
}

// GroupFilter narrows the register. Empty fields do not.
type GroupFilter struct {
	Text        string // in name, number, owning departments' names
	Type        domain.GroupType
	Tier        domain.Tier
	State       domain.GroupState
	Departments []domain.DepartmentID // any of them owns it: a department with all below it
	Mine        bool                  // the reader is a member or admin
	Platform    string
	Flag        domain.Flag // without Scope.All: of the reader's own groups, and those of departments they lead
	DueFrom     time.Time   // the next date on which something becomes of it is not before
	DueUntil    time.Time   // the next date is before
	Cursor      string
	Limit       int
}

// Register lists the groups a reader may know of, the newest first.
func (s *Store) Register(ctx context.Context, scope Scope, f GroupFilter) (Page[GroupRec], error) {
	const kind = "register"
	limit := pageSize(f.Limit)
	m, ok, err := readMark(f.Cursor, kind)
	if err != nil {
		return Page[GroupRec]{}, err
	}
	where, args := ` WHERE true`, []any{}
	and := func(sql string, v ...any) {
		where += ` AND ` + sql
		args = append(args, v...)
	}
	if !scope.All {
		and(`(g.tier = 'ordinary' OR EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.employee_id = ? AND `+insideSQL+`)
OR EXISTS (SELECT 1 FROM group_departments d WHERE d.group_id = g.id AND d.department_id = ANY (?::uuid[])))`, string(scope.Person), Texts(textsOf(scope.Departments)))
	}
	if f.Text != "" {
		and(`g.search LIKE ?`, likePattern(f.Text))
	}
	if f.Type != "" {
		and(`g.type = ?`, string(f.Type))
	}
	if f.Tier != "" {
		and(`g.tier = ?`, string(f.Tier))
	}
	if f.State != "" {
		and(`g.state = ?`, string(f.State))
	}
	if len(f.Departments) > 0 {
		and(`EXISTS (SELECT 1 FROM group_departments d WHERE d.group_id = g.id AND d.department_id = ANY (?::uuid[]))`, Texts(textsOf(f.Departments)))
	}
	if f.Mine {
		and(`EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.employee_id = ? AND `+insideSQL+`)`, string(scope.Person))
	}
	if f.Platform != "" {
		and(`g.platform = ?`, f.Platform)
	}
	if f.Flag != "" {
		and(`g.flags @> ARRAY[?::text]`, string(f.Flag))
		if !scope.All {
			and(`(EXISTS (SELECT 1 FROM group_members m WHERE m.group_id = g.id AND m.employee_id = ? AND m.state NOT IN ('leaving', 'removed') AND m.role IN ('owner', 'admin'))
OR EXISTS (SELECT 1 FROM group_departments d WHERE d.group_id = g.id AND d.department_id = ANY (?::uuid[])))`, string(scope.Person), Texts(textsOf(scope.Departments)))
		}
	}
	if !f.DueFrom.IsZero() {
		and(nextDueSQL+` >= ?`, f.DueFrom)
	}
	if !f.DueUntil.IsZero() {
		and(`g.next_date < ? AND `+nextDueSQL+` < ?`, f.DueUntil, f.DueUntil) // a notice comes before what it tells of: the index finds both
	}
	if ok {
		and(`(g.created_at, g.id) < (?, ?::uuid)`, m.At, m.ID)
	}
	var rows []groupScan
	if err := s.db(ctx).Raw(groupSQL+where+` ORDER BY g.created_at DESC, g.id DESC LIMIT ?`, append(args, limit+1)...).Scan(&rows).Error; err != nil {
		return Page[GroupRec]{}, clean("reading the register", err)
	}
	list := make([]GroupRec, len(rows))
	for i, r := range rows {
		if list[i], err = r.rec(); err != nil {
			return Page[GroupRec]{}, err
		}
	}
	return pageOf(list, limit, func(g GroupRec) mark { return mark{Kind: kind, At: g.Created, ID: g.ID} }), nil
}

// Calls lists what a connector was asked for a group, oldest first.
func (s *Store) Calls(ctx context.Context, groupID string) ([]CallRow, error) {
	var rows []CallRow
	err := s.db(ctx).Where("group_id = ?", groupID).Order("asked_at, key").Limit(1000).Find(&rows).Error
	return rows, clean("reading a connector's calls", err)
}

// BeginCall notes that a connector is asked, once for each key, and returns the row as it is: with the first receipt
// when there is one.
func (s *Store) BeginCall(ctx context.Context, row CallRow) (CallRow, error) {
	var out CallRow
	err := s.db(ctx).Raw(`INSERT INTO connector_calls (key, group_id, platform, act, asked_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET asked_at = connector_calls.asked_at RETURNING *`, row.Key, row.GroupID, row.Platform, row.Act, now()).Scan(&out).Error
	return out, clean("noting a connector's call", err)
}

// Asked is BeginCall for whoever wants only the receipt; nil when there is none yet.
func (s *Store) Asked(ctx context.Context, row CallRow) (*domain.Receipt, error) {
	got, err := s.BeginCall(ctx, row)
	if err != nil || got.AnsweredAt == nil || got.Receipt == nil {
		return nil, err
	}
	var r domain.Receipt
	if err := json.Unmarshal(got.Receipt, &r); err != nil {
		return nil, fmt.Errorf("reading a kept receipt: %w", err)
	}
	return &r, nil
}

// EndCall keeps a connector's receipt; the first one stays.
func (s *Store) EndCall(ctx context.Context, key string, receipt any) error {
	doc, err := jsonOf("rendering a receipt", receipt)
	if err != nil {
		return err
	}
	return clean("keeping a connector's receipt", s.db(ctx).Exec(`UPDATE connector_calls SET receipt = ?::jsonb, answered_at = ? WHERE key = ? AND answered_at IS NULL`, doc, now(), key).Error)
}
