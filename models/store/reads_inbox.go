package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// InboxRec is one thing that waits for a person: an open slot (Case and Slot), or a group in which something is to be
// done (Group and Tasks).
type InboxRec struct {
	Slot   string
	Opened time.Time
	Due    *time.Time
	For    domain.EmployeeID // whose place it is, when somebody else's (delegation)
	Case   CaseRec           // of the slot; of the group's filing, if it has one
	Group  *GroupRec
	Tasks  []Task    // what is to be done in the group, the most urgent first
	at     time.Time // a group's place among the deadlines
}

// inboxKind is the kind of the inbox's marks.
const inboxKind = "inbox"

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

// zeroID sorts before every id.
const zeroID = "00000000-0000-0000-0000-000000000000"

// Inbox lists what waits for a person, the nearest deadline first: slots to decide, and groups in which something is to
// be done.
func (s *Store) Inbox(ctx context.Context, person domain.EmployeeID, cursor string, limit int) (Page[InboxRec], error) {
	limit = pageSize(limit)
	m, _, err := readMark(cursor, inboxKind)
	if err != nil {
		return Page[InboxRec]{}, err
	}
	if m.ID == "" {
		m.ID = zeroID
	}
	open, err := s.inboxPage(ctx, person, m, limit, InboxRec.place)
	if err != nil {
		return Page[InboxRec]{}, err
	}
	groups, err := s.inboxGroups(ctx, person, m, limit+1)
	if err != nil {
		return Page[InboxRec]{}, err
	}
	var end mark
	if open.Next != "" {
		if end, _, err = readMark(open.Next, inboxKind); err != nil {
			return Page[InboxRec]{}, err
		}
	}
	return mergeInbox(open, end, groups, limit), nil
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

// WaitingCount counts what waits for a person, up to the bound.
func (s *Store) WaitingCount(ctx context.Context, person domain.EmployeeID, bound int) (int, error) {
	var n int
	err := s.db(ctx).Raw(`SELECT count(*) FROM (SELECT 1 FROM case_slots WHERE person_id = ? AND status = 'open' LIMIT ?) a`, string(person), bound).Scan(&n).Error
	if err != nil {
		return 0, clean("counting what waits", err)
	}
	groups, err := s.countGroups(ctx, person, bound)
	if err != nil {
		return 0, err
	}
	others, err := s.waitingFor(ctx, person, bound)
	return min(n+groups+others, bound), err
}
