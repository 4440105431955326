package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// InboxRec is one thing that waits for a person: an open slot (Case and Slot), or a group to create by hand and
// confirm (Group).
type InboxRec struct {
	Slot   string
	Opened time.Time
	Due    *time.Time
	For    domain.EmployeeID // whose place it is, when somebody else's (delegation)
	Case   CaseRec           // of the slot; of the group's filing
	Group  *GroupRec         // a confirmation
}

// inboxSlotsSQL reads one page of open slots from the index case_slots_inbox alone, then the cases of that page, in no
// order that can be relied on.
const inboxSlotsSQL = `
WITH page AS MATERIALIZED (
  SELECT due_at, case_id, slot FROM case_slots
  WHERE person_id = ? AND status = 'open' AND (due_at, case_id, slot) > (?::timestamptz, ?::uuid, ?::text)
  ORDER BY due_at, case_id, slot LIMIT ?
)
SELECT c.*, page.slot, page.due_at AS slot_due, s.opened_at AS slot_opened
FROM page JOIN cases c ON c.id = page.case_id JOIN case_slots s ON s.case_id = page.case_id AND s.slot = page.slot`

const inboxGroupsSQL = `
SELECT g.id FROM group_members m JOIN groups g ON g.id = m.group_id
WHERE m.employee_id = ? AND m.state = 'active' AND m.role IN ('owner','admin') AND ((g.by_hand AND g.state = 'provisioning') OR g.state = 'pending_deletion') AND g.id > ?::uuid
ORDER BY g.id LIMIT ?`

// zeroID sorts before every id.
const zeroID = "00000000-0000-0000-0000-000000000000"

// Inbox lists what waits for a person: slots by deadline, the nearest first, then groups to confirm by hand.
func (s *Store) Inbox(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[InboxRec], error) {
	const slots, groups = "inbox", "inbox_groups"
	limit = pageSize(limit)
	var out Page[InboxRec]
	after, behind, _ := readMark(cursor, groups)
	if !behind { // not yet among the groups
		m, _, err := readMark(cursor, slots)
		if err != nil {
			return out, err
		}
		if m.ID == "" {
			m.ID = zeroID
		}
		if out, err = s.inboxPage(ctx, person, m, limit, func(r InboxRec) mark { return mark{Kind: slots, At: due(r), ID: r.Case.ID, Sub: r.Slot} }); err != nil {
			return Page[InboxRec]{}, err
		}
	}
	if out.Next != "" {
		return out, nil
	}
	if after.ID == "" {
		after.ID = zeroID
	}
	rest, err := s.inboxGroups(ctx, person, after.ID, limit-len(out.Items)+1)
	if err != nil {
		return out, err
	}
	room := limit - len(out.Items)
	if len(rest) > room {
		rest = rest[:room]
		last := after.ID
		if room > 0 {
			last = rest[room-1].Group.ID
		}
		out.Next = mark{Kind: groups, ID: last}.cursor()
	}
	out.Items = append(out.Items, rest...)
	return out, nil
}

func due(r InboxRec) time.Time {
	if r.Due == nil {
		return time.Time{}
	}
	return *r.Due
}

func (s *Store) inboxSlots(ctx context.Context, person domain.EmployeeID, m mark, n int) ([]InboxRec, error) {
	var rows []struct {
		CaseRow
		Slot       string
		SlotDue    *time.Time
		SlotOpened time.Time
	}
	if err := s.db(ctx).Raw(inboxSlotsSQL, string(person), m.At, m.ID, m.Sub, n).Scan(&rows).Error; err != nil {
		return nil, clean("reading an inbox", err)
	}
	out := make([]InboxRec, len(rows))
	for i, r := range rows {
		c, err := r.rec()
		if err != nil {
			return nil, err
		}
		out[i] = InboxRec{Slot: r.Slot, Opened: r.SlotOpened, Due: r.SlotDue, Case: c}
	}
	// The page is cut in order by the index; a join may hand its rows out otherwise.
	slices.SortFunc(out, func(a, b InboxRec) int {
		return cmp.Or(due(a).Compare(due(b)), strings.Compare(a.Case.ID, b.Case.ID), strings.Compare(a.Slot, b.Slot))
	})
	return out, nil
}

func (s *Store) inboxGroups(ctx context.Context, person domain.EmployeeID, after string, n int) ([]InboxRec, error) {
	var ids []string
	if err := s.db(ctx).Raw(inboxGroupsSQL, string(person), after, n).Scan(&ids).Error; err != nil {
		return nil, clean("reading groups to confirm", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	groups, err := s.Groups(ctx, ids)
	if err != nil {
		return nil, err
	}
	caseIDs := make([]string, 0, len(ids))
	for _, g := range groups {
		caseIDs = append(caseIDs, g.CaseID)
	}
	cases, err := s.Cases(ctx, caseIDs)
	if err != nil {
		return nil, err
	}
	out := make([]InboxRec, 0, len(ids))
	for _, id := range ids {
		if g, ok := groups[id]; ok {
			out = append(out, InboxRec{Opened: g.Doc.Since, Case: cases[g.CaseID], Group: &g})
		}
	}
	return out, nil
}

// WaitingCount counts what waits for a person, up to the bound.
func (s *Store) WaitingCount(ctx context.Context, person domain.EmployeeID, bound int) (int, error) {
	var n int
	err := s.db(ctx).Raw(`SELECT (SELECT count(*) FROM (SELECT 1 FROM case_slots WHERE person_id = ? AND status = 'open' LIMIT ?) a)
+ (SELECT count(*) FROM (SELECT 1 FROM group_members m JOIN groups g ON g.id = m.group_id
   WHERE m.employee_id = ? AND m.state = 'active' AND m.role IN ('owner','admin') AND ((g.by_hand AND g.state = 'provisioning') OR g.state = 'pending_deletion') LIMIT ?) b)`,
		string(person), bound, string(person), bound).Scan(&n).Error
	if err != nil {
		return 0, clean("counting what waits", err)
	}
	others, err := s.waitingFor(ctx, person, bound)
	return min(n+others, bound), err
}
