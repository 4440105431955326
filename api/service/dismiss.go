package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// eventDismissed is the kind of the event by which a case leaves the queue of those that need a hand.
const eventDismissed = "hand_dismissed"

// dismissible are the reasons for needing a hand that end by a person's word alone: the case is over, and what it was
// approved for had no effect.
var dismissible = []string{store.HandChangeRefused, store.HandAdoptionRefused}

// DismissInput takes a case out of the queue of those that need a hand.
type DismissInput struct {
	ID      string
	Comment string // why; sealed
}

// DismissHand takes a case out of the queue of those that need a hand, with a reason on record: an approved change, or the
// filing of a group that was found, which its group did not take and which nobody asks for again. The case's own history has
// ended, so that the word stands among the service's events.
func (s *Service) DismissHand(ctx context.Context, a Actor, caseID string, in DismissInput) (ActAnswer, error) {
	id, faults := checkActID(in.ID)
	if faults = append(faults, domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)...); len(faults) > 0 {
		return ActAnswer{}, invalid(faults...)
	}
	if !a.Has(domain.RoleProcessAdmin) {
		return ActAnswer{}, forbidden("role_required")
	}
	row, err := s.caseRow(ctx, caseID)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	ans := ActAnswer{Result: domain.Accepted, ActID: id}
	was, err := s.cfg.Store.EventsOf(ctx, row.ID, eventDismissed)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	for _, e := range was {
		if e.ID == id && e.Actor == string(a.ID) {
			ans.Result = domain.Duplicate
			return ans, fail(s.aboutCase(ctx, row.ID, &ans))
		}
	}
	if !slices.Contains(dismissible, row.NeedsHand) {
		return ActAnswer{}, &Error{Kind: Conflict, Code: "not_dismissible"}
	}
	ref, err := s.keep(ctx, row.ID, "note", Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(strings.TrimSpace(in.Comment))}, a.ID)
	if err != nil {
		return ActAnswer{}, fail(err)
	}
	gone, err := s.cfg.Store.DismissHand(ctx, row.ID, dismissible, store.Event{
		ID: id, At: s.now(), Actor: string(a.ID), Kind: eventDismissed, Subject: row.ID, Rule: "case.dismiss", Result: string(domain.Accepted),
		Detail: map[string]any{"reason": row.NeedsHand, "note": ref.Object},
	})
	switch {
	case err != nil:
		return ActAnswer{}, fail(fmt.Errorf("take case %s out of the queue: %w", row.ID, err))
	case !gone: // somebody else was first, or it goes on by itself again
		return ActAnswer{}, &Error{Kind: Conflict, Code: "not_dismissible"}
	}
	return ans, fail(s.aboutCase(ctx, row.ID, &ans))
}

// withDismissals adds to a case's timeline who took it out of the queue of those that need a hand, and why.
func (s *Service) withDismissals(ctx context.Context, n names, caseID string, out []TimelineEntry) ([]TimelineEntry, error) {
	events, err := s.cfg.Store.EventsOf(ctx, caseID, eventDismissed)
	if err != nil || len(events) == 0 {
		return out, err
	}
	var notes []string
	for _, e := range events {
		if id, ok := e.Detail["note"].(string); ok {
			notes = append(notes, id)
		}
	}
	words, err := s.texts(ctx, caseID, notes)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, e := range events {
		id, _ := e.Detail["note"].(string)
		out = append(out, TimelineEntry{Workflow: workflows.CaseID(caseID), Act: e.ID, Kind: eventDismissed, Actor: n.maybe(domain.EmployeeID(e.Actor)),
			Result: domain.Accepted, Comment: words[id], At: e.At.UTC()})
	}
	slices.SortStableFunc(out, func(a, b TimelineEntry) int { return a.At.Compare(b.At) })
	return out, nil
}
