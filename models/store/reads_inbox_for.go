package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// inboxForSQL is inboxSlotsSQL for somebody who stands in for others: one range of the same index for each person, merged.
const inboxForSQL = `
WITH page AS MATERIALIZED (
  SELECT s.due_at, s.case_id, s.slot, s.person_id
  FROM unnest(?::uuid[]) AS who(id) CROSS JOIN LATERAL (
    SELECT due_at, case_id, slot, person_id FROM case_slots
    WHERE person_id = who.id AND status = 'open' AND (due_at, case_id, slot) > (?::timestamptz, ?::uuid, ?::text)
    ORDER BY due_at, case_id, slot LIMIT ?
  ) s
  ORDER BY s.due_at, s.case_id, s.slot LIMIT ?
)
SELECT c.*, page.slot, page.person_id AS holder, page.due_at AS slot_due, s.opened_at AS slot_opened
FROM page JOIN cases c ON c.id = page.case_id JOIN case_slots s ON s.case_id = page.case_id AND s.slot = page.slot`

// inboxTries bounds how many ranges are read to fill one page whose rows are not all the reader's to decide.
const inboxTries = 5

// inboxPage is one page of slots: a person's own, and those of the people they stand in for. Whoever stands in for nobody
// pays nothing for it.
func (s *Store) inboxPage(ctx context.Context, person domain.EmployeeID, m mark, limit int, at func(InboxRec) mark) (Page[InboxRec], error) {
	ds, who, err := s.standsIn(ctx, person)
	if err != nil {
		return Page[InboxRec]{}, err
	}
	if len(who) == 0 {
		rows, err := s.inboxSlots(ctx, person, m, limit+1)
		return pageOf(rows, limit, at), err
	}
	var out Page[InboxRec]
	for range inboxTries {
		rows, err := s.inboxFor(ctx, append(who, person), person, m, limit+1)
		if err != nil {
			return Page[InboxRec]{}, err
		}
		more := len(rows) > limit
		for _, r := range rows[:min(len(rows), limit)] {
			if len(out.Items) == limit {
				return out, nil // Next is the last one taken
			}
			m = at(r)
			if r.For == "" || mayDecideFor(r, ds, person) {
				out.Items, out.Next = append(out.Items, r), m.cursor()
			}
		}
		if !more {
			out.Next = ""
			return out, nil
		}
		if len(out.Items) == limit {
			return out, nil
		}
	}
	out.Next = m.cursor()
	return out, nil
}

func mayDecideFor(r InboxRec, ds []domain.Delegation, person domain.EmployeeID) bool {
	return slices.Contains(domain.CanActFor(r.Case.State, ds, person, now()), r.For)
}

// WaitsUnder lists what a deputy may decide now because of one delegation, the nearest deadline first, at most n. ds are
// the delegations there are.
func (s *Store) WaitsUnder(ctx context.Context, d domain.Delegation, ds []domain.Delegation, n int) ([]InboxRec, error) {
	who := append(domain.Delegators(ds, d.From, now(), domain.MaxDelegationChain), d.From)
	rows, err := s.inboxFor(ctx, who, d.To, mark{ID: zeroID}, n)
	return slices.DeleteFunc(rows, func(r InboxRec) bool { return r.For == "" || !mayDecideFor(r, ds, d.To) }), err
}

// standsIn lists for whom somebody may decide now, kinds of request aside.
func (s *Store) standsIn(ctx context.Context, person domain.EmployeeID) ([]domain.Delegation, []domain.EmployeeID, error) {
	ds, err := s.DelegationsTo(ctx, person)
	if err != nil || len(ds) == 0 {
		return nil, nil, err
	}
	return ds, domain.Delegators(ds, person, now(), domain.MaxDelegationChain), nil
}

func (s *Store) inboxFor(ctx context.Context, who []domain.EmployeeID, me domain.EmployeeID, m mark, n int) ([]InboxRec, error) {
	var rows []struct {
		CaseRow
		Slot       string
		Holder     string
		SlotDue    *time.Time
		SlotOpened time.Time
	}
	if err := s.db(ctx).Raw(inboxForSQL, Texts(ids(who)), m.At, m.ID, m.Sub, n, n).Scan(&rows).Error; err != nil {
		return nil, clean("reading an inbox", err)
	}
	out := make([]InboxRec, len(rows))
	for i, r := range rows {
		c, err := r.rec()
		if err != nil {
			return nil, err
		}
		out[i] = InboxRec{Slot: r.Slot, Opened: r.SlotOpened, Due: r.SlotDue, Case: c}
		if holder := domain.EmployeeID(r.Holder); holder != me {
			out[i].For = holder
		}
	}
	slices.SortFunc(out, func(a, b InboxRec) int {
		return cmp.Or(due(a).Compare(due(b)), strings.Compare(a.Case.ID, b.Case.ID), strings.Compare(a.Slot, b.Slot))
	})
	return out, nil
}

// waitingFor counts what somebody may decide for others, up to the bound: as exactly as the inbox shows it.
func (s *Store) waitingFor(ctx context.Context, person domain.EmployeeID, bound int) (int, error) {
	ds, who, err := s.standsIn(ctx, person)
	if err != nil || len(who) == 0 {
		return 0, err
	}
	rows, err := s.inboxFor(ctx, who, person, mark{ID: zeroID}, bound)
	n := 0
	for _, r := range rows {
		if mayDecideFor(r, ds, person) {
			n++
		}
	}
	return n, err
}
