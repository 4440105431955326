package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Names under which the keys of these writes are kept.
const (
	routeDelegate   = "POST /delegations"
	routeEndDeleg   = "POST /delegations/ends"
	routeAccept     = "POST /absences/acceptances"
	routeDecline    = "POST /absences/declines"
	routeAbsences   = "POST /absences/imports"
	routeCalendar   = "POST /absences/calendars"
	maxNoteRunes    = 200
	maxDelegations  = 50 // that one person may have handed over at once
	subjectDelegate = "delegation"
	subjectAbsence  = "absence"
)

// DelegationReasons are the codes of why somebody hands over. Illness is not among them: it is nobody's business here.
var DelegationReasons = []string{"leave", "trip", "training", "other"}

// Delegate hands the actor's approvals over to somebody for a while.
func (s *Service) Delegate(ctx context.Context, a Actor, key string, in DelegationInput) (DelegationView, error) {
	v, err := s.delegate(ctx, a, key, routeDelegate, in, nil)
	return v, fail(err)
}

// delegate makes a delegation of an input; of names the absence that it answers, if any.
func (s *Service) delegate(ctx context.Context, a Actor, key, route string, in DelegationInput, of *store.AbsenceRec) (DelegationView, error) {
	t, err := s.terms(ctx)
	if err != nil {
		return DelegationView{}, err
	}
	d, faults := t.read(a.ID, in)
	subject := ""
	if of != nil {
		subject = of.ID
		d.Source, d.Start, d.Until = of.Source, latestOf(of.Start, t.now), of.Until
		faults = slices.DeleteFunc(faults, func(f domain.Fault) bool { return f.Field == "until" })
	}
	if len(faults) > 0 {
		return DelegationView{}, invalid(faults...)
	}
	ref, err := s.keyFor(a, key, route, []any{subject, in})
	if err != nil {
		return DelegationView{}, err
	}
	var notes []store.Sealed
	if in.Note != "" {
		n, err := s.sealNote(d.ID, in.Note, a.ID, t.now)
		if err != nil {
			return DelegationView{}, err
		}
		notes, d.NoteID = append(notes, n), n.Object.ID
	}
	earlier, err := s.cfg.Store.ChangeDelegations(ctx, ref, t.now, []domain.EmployeeID{a.ID}, func(w store.DelegationWorld) (store.DelegationChange, error) {
		if faults := t.check(d.Delegation, w.Rules()); len(faults) > 0 {
			return store.DelegationChange{}, invalid(faults...)
		}
		c := change{store.DelegationChange{Answer: map[string]string{"delegation": d.ID}, Notes: notes}}
		c.add(d, a)
		if of == nil {
			return c.DelegationChange, nil
		}
		i := slices.IndexFunc(w.Absences, func(x store.AbsenceRec) bool { return x.ID == of.ID && x.State == store.AbsenceProposed })
		if i < 0 {
			return store.DelegationChange{}, &Error{Kind: Conflict, Code: "proposal_answered"}
		}
		x := w.Absences[i]
		x.State, x.Deputy, x.Delegation = store.AbsenceDelegated, d.To, d.ID
		c.Absences = append(c.Absences, x)
		return c.DelegationChange, nil
	})
	if err != nil {
		return DelegationView{}, keyFault(err)
	}
	return s.delegationAfter(ctx, a, earlier, d.ID)
}

func latestOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// change gathers what a write comes to.
type change struct{ store.DelegationChange }

// add makes a delegation, tells the deputy, and the giver when somebody else set it.
func (c *change) add(d store.DelegationRec, by Actor) {
	c.Add = append(c.Add, d)
	c.tell(d.To, "delegated", subjectDelegate, d.ID, d.From)
	if d.SetBy != "" {
		c.tell(d.From, "delegated_by_hr", subjectDelegate, d.ID, d.To)
	}
	c.event(by, "delegation_set", d.ID, rule(d), map[string]any{"from": d.From, "to": d.To, "kinds": d.Kinds, "start": d.Start, "until": d.Until, "source": d.Source})
}

// end ends a delegation early, and tells those who did not do it.
func (c *change) end(d store.DelegationRec, by Actor) {
	c.End = append(c.End, d.ID)
	c.tell(d.To, "delegation_ended", subjectDelegate, d.ID, d.From)
	if by.ID != d.From {
		c.tell(d.From, "delegation_ended_by_hr", subjectDelegate, d.ID, d.To)
	}
	c.event(by, "delegation_ended", d.ID, rule(d), map[string]any{"from": d.From, "to": d.To})
}

func rule(d store.DelegationRec) string {
	if d.SetBy != "" {
		return "hr"
	}
	return "own"
}

func (c *change) tell(who domain.EmployeeID, kind, subject, id string, other domain.EmployeeID) {
	c.News = append(c.News, store.DelegationNews{Person: who, Kind: kind, Subject: subject, ID: id, Other: other})
}

func (c *change) event(by Actor, kind, subject, rule string, detail map[string]any) {
	c.Events = append(c.Events, store.Event{Actor: string(by.ID), Kind: kind, Subject: subject, Rule: rule, Result: "allowed", Detail: detail})
}

// keyFor is the idempotency key of a write.
func (s *Service) keyFor(a Actor, key, route string, request any) (store.IdempotencyRef, error) {
	if err := checkKey(key); err != nil {
		return store.IdempotencyRef{}, err
	}
	sum, err := requestHash(route, request)
	return store.IdempotencyRef{Employee: a.ID, Key: key, Route: route, Request: sum}, err
}

func keyFault(err error) error {
	if errors.Is(err, store.ErrKeyInUse) {
		return errKeyReused()
	}
	return err
}

// delegationAfter shows the delegation that a write made, now or when its key was first used.
func (s *Service) delegationAfter(ctx context.Context, a Actor, earlier json.RawMessage, id string) (DelegationView, error) {
	if len(earlier) > 0 {
		var kept struct {
			Delegation string `json:"delegation"`
		}
		if err := json.Unmarshal(earlier, &kept); err != nil {
			return DelegationView{}, fmt.Errorf("read the answer under an idempotency key: %w", err)
		}
		id = kept.Delegation
	}
	d, err := s.cfg.Store.Delegation(ctx, id)
	if err != nil {
		return DelegationView{}, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return DelegationView{}, err
	}
	notes, err := s.notesOf(ctx, []store.DelegationRec{d})
	if err != nil {
		return DelegationView{}, err
	}
	return names{dir}.delegation(&d, notes, a, s.now()), nil
}

// EndDelegation ends one before its time: the giver's own, or one that HR set. Cases that wait go on with the giver.
func (s *Service) EndDelegation(ctx context.Context, a Actor, key, id string) (DelegationView, error) {
	v, err := s.endDelegation(ctx, a, key, id)
	return v, fail(err)
}

func (s *Service) endDelegation(ctx context.Context, a Actor, key, id string) (DelegationView, error) {
	id, ok := canonicalID(id)
	if !ok {
		return DelegationView{}, notFound()
	}
	d, err := s.cfg.Store.Delegation(ctx, id)
	if err != nil {
		return DelegationView{}, err
	}
	if !mayEnd(d, a) {
		if err := s.record(ctx, a, "delegation_refused", d.ID, "end", "refused", nil); err != nil {
			return DelegationView{}, err
		}
		if d.To == a.ID {
			return DelegationView{}, forbidden("not_the_giver")
		}
		return DelegationView{}, notFound()
	}
	ref, err := s.keyFor(a, key, routeEndDeleg, id)
	if err != nil {
		return DelegationView{}, err
	}
	earlier, err := s.cfg.Store.ChangeDelegations(ctx, ref, s.now(), nil, func(w store.DelegationWorld) (store.DelegationChange, error) {
		c := change{store.DelegationChange{Answer: map[string]string{"delegation": id}}}
		if slices.ContainsFunc(w.Delegations, func(x store.DelegationRec) bool { return x.ID == id }) {
			c.end(d, a)
		} // it is over already: that is what was wanted
		return c.DelegationChange, nil
	})
	if err != nil {
		return DelegationView{}, keyFault(err)
	}
	return s.delegationAfter(ctx, a, earlier, id)
}

func mayEnd(d store.DelegationRec, a Actor) bool {
	return d.From == a.ID || (d.SetBy != "" && a.Has(domain.RoleHR))
}

// Delegations lists what the actor handed over, was given, or both, the latest end first.
func (s *Service) Delegations(ctx context.Context, a Actor, side, cursor string, limit int) (Page[DelegationView], error) {
	if side != "" && side != store.Given && side != store.Received {
		return Page[DelegationView]{}, invalid(domain.Fault{Field: "side", Code: "unknown_value", Params: map[string]string{"allowed": "given, received"}})
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[DelegationView]{}, fail(err)
	}
	rows, err := s.cfg.Store.DelegationsOf(ctx, a.ID, side, cursor, pageLimit(limit))
	if err != nil {
		return Page[DelegationView]{}, listFault("list delegations", err)
	}
	notes, err := s.notesOf(ctx, rows.Items)
	if err != nil {
		return Page[DelegationView]{}, fail(err)
	}
	now := s.now()
	return mapped(rows, func(d *store.DelegationRec) DelegationView { return names{dir}.delegation(d, notes, a, now) }), nil
}

// delegation is one as its people see it.
func (n names) delegation(d *store.DelegationRec, notes map[string]string, a Actor, now time.Time) DelegationView {
	v := DelegationView{
		ID: d.ID, Giver: n.person(d.From), To: n.person(d.To), Kinds: d.Kinds, From: d.Start.UTC(), Until: d.Until.UTC(), Ended: timeOf(d.Revoked),
		State: DelegationInForce, Reason: d.Reason, Note: notes[d.ID], SetBy: n.maybe(d.SetBy), Created: d.Created.UTC(),
	}
	switch {
	case !d.Revoked.IsZero(), !now.Before(d.Until):
		v.State = DelegationEnded
	case now.Before(d.Start):
		v.State = DelegationPlanned
	}
	v.CanEnd = v.State != DelegationEnded && mayEnd(*d, a)
	return v
}

// ActedFor lists what others did in the actor's name, the newest first.
func (s *Service) ActedFor(ctx context.Context, a Actor, cursor string, limit int) (Page[ActedForView], error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return Page[ActedForView]{}, fail(err)
	}
	rows, err := s.cfg.Store.ActedFor(ctx, a.ID, cursor, pageLimit(limit))
	if err != nil {
		return Page[ActedForView]{}, listFault("list what was done in somebody's name", err)
	}
	n := names{dir}
	return mapped(rows, func(r *store.ActedFor) ActedForView {
		return ActedForView{CaseID: r.CaseID, Number: r.Number, Title: r.Title, Tier: r.Tier, Status: r.Status, Kind: r.Kind, Outcome: r.Outcome, By: n.person(r.By), At: r.At.UTC()}
	}), nil
}
