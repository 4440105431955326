package service

import (
	"context"
	"slices"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// ImportCalendar reads a calendar file of the actor's own and proposes a delegation for each time away in it. Nothing of
// the file is kept but when.
func (s *Service) ImportCalendar(ctx context.Context, a Actor, key string, up Upload) (CalendarReport, error) {
	rep, err := s.importCalendar(ctx, a, key, up)
	return rep, fail(err)
}

// maxProposals bounds what one calendar file can put before its owner.
const maxProposals = 50

func (s *Service) importCalendar(ctx context.Context, a Actor, key string, up Upload) (CalendarReport, error) {
	t, err := s.terms(ctx)
	if err != nil {
		return CalendarReport{}, err
	}
	file, err := directory.ParseCalendar(up.Data, t.zone, t.now)
	if err != nil {
		return CalendarReport{}, unreadable(err, a)
	}
	if len(file.Away) > maxProposals {
		return CalendarReport{}, invalid(domain.Fault{Field: "file", Code: "too_many", Params: map[string]string{"max": "50"}})
	}
	ref, err := s.keyFor(a, key, routeCalendar, fileDigest(up))
	if err != nil {
		return CalendarReport{}, err
	}
	_, err = s.cfg.Store.ChangeDelegations(ctx, ref, t.now, []domain.EmployeeID{a.ID}, func(w store.DelegationWorld) (store.DelegationChange, error) {
		var c change
		l := listing{terms: t, world: w, by: a, exist: w.Rules()}
		for _, x := range file.Away {
			if awayIn(w.Absences, a.ID, x.Start, x.Until) {
				continue // HR or an earlier file said so already
			}
			rec := store.AbsenceRec{ID: newID(), Person: a.ID, Start: x.Start, Until: x.Until, Source: "calendar", State: store.AbsenceProposed, SetBy: a.ID}
			rec.Deputy = l.suggest(rec)
			c.Absences = append(c.Absences, rec)
		}
		c.event(a, "calendar_read", "", "own", map[string]any{"found": len(file.Away), "new": len(c.Absences)})
		c.Answer = map[string]int{"found": len(file.Away)}
		return c.DelegationChange, nil
	})
	if err != nil {
		return CalendarReport{}, keyFault(err)
	}
	list, err := s.Proposals(ctx, a)
	return CalendarReport{Found: len(file.Away), Skipped: file.Skipped, Proposals: list}, err
}

// Proposals lists the actor's absences that wait for an answer, the next first.
func (s *Service) Proposals(ctx context.Context, a Actor) ([]AbsenceView, error) {
	rows, err := s.cfg.Store.Proposals(ctx, a.ID, s.now())
	if err != nil {
		return nil, fail(err)
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return nil, fail(err)
	}
	out := make([]AbsenceView, len(rows))
	for i := range rows {
		out[i] = names{dir}.absence(&rows[i])
	}
	return out, nil
}

func (n names) absence(r *store.AbsenceRec) AbsenceView {
	return AbsenceView{ID: r.ID, From: r.Start, Until: r.Until, Source: r.Source, State: r.State, Deputy: n.maybe(r.Deputy)}
}

// own reads an absence of the actor's.
func (s *Service) own(ctx context.Context, a Actor, id string) (store.AbsenceRec, error) {
	id, ok := canonicalID(id)
	if !ok {
		return store.AbsenceRec{}, notFound()
	}
	r, err := s.cfg.Store.Absence(ctx, id)
	if err == nil && r.Person != a.ID {
		err = notFound()
	}
	return r, err
}

// AcceptProposal hands over for the time of an absence: to the deputy suggested, or to somebody else.
func (s *Service) AcceptProposal(ctx context.Context, a Actor, key, id string, in DelegationInput) (DelegationView, error) {
	r, err := s.own(ctx, a, id)
	if err != nil {
		return DelegationView{}, fail(err)
	}
	if in.To == "" {
		in.To = r.Deputy
	}
	if in.Reason == "" {
		in.Reason = "leave"
	}
	in.From, in.Until = "", ""
	v, err := s.delegate(ctx, a, key, routeAccept, in, &r)
	return v, fail(err)
}

// DeclineProposal notes that the actor hands nothing over for an absence. It can be handed over by hand all the same.
func (s *Service) DeclineProposal(ctx context.Context, a Actor, key, id string) (AbsenceView, error) {
	v, err := s.decline(ctx, a, key, id)
	return v, fail(err)
}

func (s *Service) decline(ctx context.Context, a Actor, key, id string) (AbsenceView, error) {
	r, err := s.own(ctx, a, id)
	if err != nil {
		return AbsenceView{}, err
	}
	ref, err := s.keyFor(a, key, routeDecline, r.ID)
	if err != nil {
		return AbsenceView{}, err
	}
	_, err = s.cfg.Store.ChangeDelegations(ctx, ref, s.now(), []domain.EmployeeID{a.ID}, func(w store.DelegationWorld) (store.DelegationChange, error) {
		i := slices.IndexFunc(w.Absences, func(x store.AbsenceRec) bool { return x.ID == r.ID })
		if i < 0 || w.Absences[i].State == store.AbsenceDelegated {
			return store.DelegationChange{}, &Error{Kind: Conflict, Code: "proposal_answered"}
		}
		c := change{store.DelegationChange{Answer: map[string]string{"absence": r.ID}}}
		if x := w.Absences[i]; x.State == store.AbsenceProposed {
			x.State = store.AbsenceDeclined
			c.Absences = append(c.Absences, x)
			c.event(a, "absence_declined", x.ID, "own", nil)
		}
		return c.DelegationChange, nil
	})
	if err != nil {
		return AbsenceView{}, keyFault(err)
	}
	if r, err = s.own(ctx, a, id); err != nil {
		return AbsenceView{}, err
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return AbsenceView{}, err
	}
	return names{dir}.absence(&r), nil
}
