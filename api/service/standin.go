package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Standing in for somebody (semantics 1: 委托): B reads what waits for A, is told of it, and decides as B for A. Whether a
// delegation holds when an act is decided is read with the act's facts; here it only opens the door.

// standInsOf lists in whose name somebody can decide on a case now.
func (s *Service) standInsOf(ctx context.Context, c *domain.Case, me domain.EmployeeID) ([]domain.EmployeeID, error) {
	ds, err := s.cfg.Store.DelegationsTo(ctx, me)
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	return domain.CanActFor(*c, ds, me, s.now()), nil
}

// offersOf lists what the rules would take from somebody, in their own name or another's.
func (s *Service) offersOf(ctx context.Context, c *domain.Case, me domain.EmployeeID, f domain.Facts) ([]domain.Offer, error) {
	ds, err := s.cfg.Store.DelegationsTo(ctx, me)
	if err != nil {
		return nil, err
	}
	return domain.OffersFor(*c, me, f, ds), nil
}

// standingIn adds what a delegation makes of a person to what they are to a case.
func (s *Service) standingIn(ctx context.Context, row *store.CaseRec, a Actor, rel []Relation) ([]Relation, error) {
	ds, err := s.cfg.Store.DelegationsTo(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("read delegations: %w", err)
	}
	if len(ds) == 0 {
		return rel, nil
	}
	now := s.now()
	var add Relation
	switch {
	case len(domain.CanActFor(row.State, ds, a.ID, now)) > 0:
		add = RelDelegate
	case couldActFor(row.State, ds, a.ID, now):
		add = RelWasDelegate
	default:
		return rel, nil
	}
	return append(slices.DeleteFunc(slices.Clone(rel), func(r Relation) bool { return r == RelNone }), add), nil
}

// couldActFor tells whether somebody could decide at some moment since a place opened: right before one of the delegations
// to them ended, or right before it was decided without them. Whoever had the case in the inbox hears why it is gone.
func couldActFor(c domain.Case, ds []domain.Delegation, actor domain.EmployeeID, now time.Time) bool {
	for _, d := range ds {
		end := d.Until
		if !d.Revoked.IsZero() && d.Revoked.Before(end) {
			end = d.Revoked
		}
		if end.After(now) {
			continue
		}
		for _, p := range domain.CanActFor(c, ds, actor, end.Add(-time.Microsecond)) {
			if slices.ContainsFunc(c.OpenSlots(), func(s domain.Slot) bool { return s.Person == p && s.Opened.Before(end) }) {
				return true
			}
		}
	}
	return missedFor(c, ds, actor)
}

// missedFor tells whether somebody could have decided a place that its holder, or another delegate, decided first.
func missedFor(c domain.Case, ds []domain.Delegation, actor domain.EmployeeID) bool {
	if _, party := c.Parties.Excludes(actor); party {
		return false
	}
	ds = domain.Impartial(ds, c.Parties)
	for _, st := range c.Steps {
		for _, s := range st.Slots {
			if s.Decision == nil || s.Decision.By == actor {
				continue
			}
			before := s.Decision.At.Add(-time.Microsecond)
			if s.Opened.Before(before) && domain.FindChain(ds, s.Person, actor, c.Kind, before, c.Rules.MaxChain) != nil {
				return true
			}
		}
	}
	return false
}

// tellDeputies passes news of an open place on to those who may decide it in its holder's name, when the holder's own
// mail goes out: by then the act is decided and the delegation is as it is now. Each is told once.
func (s *Service) tellDeputies(ctx context.Context, n store.MailNotice) error {
	if n.Subject != "case" || (n.Kind != string(domain.EffectAsk) && n.Kind != string(domain.EffectRemind) && n.Kind != string(domain.EffectUrge)) {
		return nil
	}
	ds, err := s.cfg.Store.DelegationsFrom(ctx, n.Person)
	if err != nil || len(ds) == 0 {
		return err
	}
	row, err := s.caseRow(ctx, n.SubjectID)
	if err != nil {
		return err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return err
	}
	var who []domain.EmployeeID
	for _, d := range ds {
		if n.Kind == string(domain.EffectAsk) && openedBefore(row.State, n.Slot, d.Start) {
			continue // told with all that waited when the delegation began
		}
		if dir.Active(d.To) && !slices.Contains(who, d.To) && slices.Contains(domain.CanActFor(row.State, ds, d.To, s.now()), n.Person) {
			who = append(who, d.To)
		}
	}
	if len(who) == 0 {
		return nil
	}
	return s.cfg.Store.TellFor(ctx, n, n.Kind+"_for", who)
}

// openedBefore tells whether a place was open before a time.
func openedBefore(c domain.Case, slot string, at time.Time) bool {
	return slices.ContainsFunc(c.OpenSlots(), func(s domain.Slot) bool { return s.ID == slot && s.Opened.Before(at) })
}
