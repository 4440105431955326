package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// ImportAbsences reads HR's list: a row with a deputy becomes a delegation that HR sets, one without a proposal to the
// person. The list is taken whole or, with any fault, not at all; reading it again is an update. A dry run only tells.
func (s *Service) ImportAbsences(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (AbsenceReport, error) {
	if !a.Has(domain.RoleHR) {
		return AbsenceReport{}, forbidden("role_required")
	}
	rep, err := s.importAbsences(ctx, a, key, up, dryRun)
	return rep, fail(err)
}

// errDryRun ends the transaction of a dry run: all was decided on the very state, and nothing is written.
var errDryRun = errors.New("a dry run writes nothing")

func (s *Service) importAbsences(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (AbsenceReport, error) {
	t, err := s.terms(ctx)
	if err != nil {
		return AbsenceReport{}, err
	}
	rows, faults, err := directory.ParseAbsences(up.Name, up.Data, t.dir, t.zone)
	if err != nil {
		return AbsenceReport{}, unreadable(err, a)
	}
	if dryRun {
		key = "dry-run"
	}
	ref, err := s.keyFor(a, key, routeAbsences, fileDigest(up))
	if err != nil {
		return AbsenceReport{}, err
	}
	if dryRun {
		ref.Employee, ref.Key = domain.EmployeeID(newID()), newID() // never the caller's: it keeps nothing
	}
	var l *listing
	earlier, err := s.cfg.Store.ChangeDelegations(ctx, ref, t.now, peopleOf(rows), func(w store.DelegationWorld) (store.DelegationChange, error) {
		l = &listing{terms: t, world: w, by: a, exist: w.Rules(), rep: AbsenceReport{DryRun: dryRun, Counts: map[string]int{}, Rows: []AbsenceResult{}, Faults: []DirectoryFault{}}}
		l.rows(rows)
		if dryRun {
			return store.DelegationChange{}, errDryRun
		}
		if all := append(slices.Clone(faults), l.faults...); directory.Blocking(all) {
			return store.DelegationChange{}, invalid(asFaults(all, a.lang())...)
		}
		l.c.event(a, "absences_imported", "", "hr", map[string]any{"file": fileDigest(up), "counts": l.rep.Counts})
		l.c.Answer = AbsenceReport{Counts: l.rep.Counts} // without people
		return l.c.DelegationChange, nil
	})
	switch {
	case errors.Is(err, errDryRun):
	case err != nil:
		return AbsenceReport{}, keyFault(err)
	case len(earlier) > 0:
		rep := AbsenceReport{}
		if err := json.Unmarshal(earlier, &rep); err != nil {
			return AbsenceReport{}, fmt.Errorf("read the answer under an idempotency key: %w", err)
		}
		rep.Rows, rep.Faults = []AbsenceResult{}, []DirectoryFault{}
		return rep, nil
	}
	for _, f := range append(faults, l.faults...) {
		l.rep.Faults = append(l.rep.Faults, DirectoryFault{Row: f.Row, Column: f.Column, Code: f.Code, Text: rowText(f, a.lang())})
	}
	slices.SortStableFunc(l.rep.Faults, func(x, y DirectoryFault) int { return x.Row - y.Row })
	return l.rep, nil
}

// rowText words a fault of a row: what the file's reader found, or what the rules say.
func rowText(f directory.RowFault, lang string) string {
	if text := f.Text(lang); text != f.Code {
		return text
	}
	return policy.Text(domain.Fault{Field: f.Field, Code: f.Code, Params: f.Params}, lang)
}

func peopleOf(rows []directory.AbsenceRow) []domain.EmployeeID {
	var out []domain.EmployeeID
	seen := map[domain.EmployeeID]bool{"": true}
	for _, r := range rows {
		for _, p := range []domain.EmployeeID{r.Person, r.Deputy} {
			if !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// listing takes HR's list row by row; each row is judged with those before it.
type listing struct {
	terms
	by     Actor
	world  store.DelegationWorld
	exist  []domain.Delegation // those that are, and those of the rows before
	list   []directory.AbsenceRow
	faults []directory.RowFault
	c      change
	rep    AbsenceReport
}

func (l *listing) rows(rows []directory.AbsenceRow) {
	l.list = rows
	for _, r := range rows {
		if len(r.Faults) > 0 {
			continue
		}
		x := AbsenceResult{Row: r.Row, Person: names{l.dir}.person(r.Person), From: r.Start, Until: r.Until, Deputy: names{l.dir}.maybe(r.Deputy)}
		var faults []domain.Fault
		x.Result, faults = l.row(r, &x)
		for _, f := range faults {
			l.faults = append(l.faults, r.Fault(f))
		}
		if len(faults) > 0 {
			continue
		}
		if r.Deputy != "" && x.Result != AbsenceOver && l.away(r.Deputy, r.Start, r.Until) {
			f := r.Fault(domain.Fault{Field: "to", Code: directory.CodeDeputyAway})
			f.Warning = true
			l.faults = append(l.faults, f)
		}
		l.rep.Rows = append(l.rep.Rows, x)
		l.rep.Counts[x.Result]++
	}
}

// row says what comes of one row, and gathers it.
func (l *listing) row(r directory.AbsenceRow, x *AbsenceResult) (string, []domain.Fault) {
	if !r.Until.After(l.now) {
		return AbsenceOver, nil
	}
	if !l.dir.Active(r.Person) {
		return "", []domain.Fault{{Field: "giver", Code: "inactive"}}
	}
	same, others := l.earlier(r)
	result := AbsenceDelegates
	if same != nil || len(others) > 0 {
		result = AbsenceUpdates
	}
	switch {
	case same != nil && (r.Deputy == "" || (r.Deputy == same.Deputy && same.State == store.AbsenceDelegated && l.live(same.Delegation) != nil)):
		x.Deputy = names{l.dir}.maybe(same.Deputy)
		return AbsenceUnchanged, nil
	case r.Deputy == "" && !l.office(r.Person) && len(others) == 0:
		return AbsenceNoOffice, nil
	}
	for _, o := range others {
		l.drop(o.Delegation)
		o.State = store.AbsenceReplaced
		l.c.Absences = append(l.c.Absences, o)
	}
	rec := store.AbsenceRec{ID: newID(), Person: r.Person, Start: r.Start, Until: r.Until, Source: "hr", State: store.AbsenceProposed, SetBy: l.by.ID}
	if same != nil {
		rec = *same
		l.drop(same.Delegation)
	}
	if r.Deputy == "" {
		if result == AbsenceDelegates {
			result = AbsenceProposes
		}
		rec.Deputy = l.suggest(rec)
		x.Deputy = names{l.dir}.maybe(rec.Deputy)
		l.c.Absences = append(l.c.Absences, rec)
		l.c.tell(r.Person, "absence_proposed", subjectAbsence, rec.ID, rec.Deputy)
		return result, nil
	}
	d := l.delegation(rec, r.Deputy)
	if faults := l.check(d.Delegation, l.exist); len(faults) > 0 {
		return "", faults
	}
	rec.State, rec.Deputy, rec.Delegation = store.AbsenceDelegated, r.Deputy, d.ID
	l.exist = append(l.exist, d.Delegation)
	l.c.add(d, l.by)
	l.c.Absences = append(l.c.Absences, rec)
	return result, nil
}

// delegation is what a row makes of an absence.
func (l *listing) delegation(a store.AbsenceRec, to domain.EmployeeID) store.DelegationRec {
	d := store.DelegationRec{Reason: "leave", Source: "hr", SetBy: l.by.ID, Created: l.now}
	d.ID, d.From, d.To, d.Kinds, d.Start, d.Until = newID(), a.Person, to, l.kinds(nil), latestOf(a.Start, l.now), a.Until
	return d
}

// earlier finds what stands of the same person: the very period, and what HR said of some of its days.
func (l *listing) earlier(r directory.AbsenceRow) (same *store.AbsenceRec, others []store.AbsenceRec) {
	for i, o := range l.world.Absences {
		switch {
		case o.Person != r.Person || !o.Start.Before(r.Until) || !r.Start.Before(o.Until):
		case o.Start.Equal(r.Start) && o.Until.Equal(r.Until):
			same = &l.world.Absences[i]
		case o.Source == "hr":
			others = append(others, o)
		}
	}
	return same, others
}

// live finds a delegation that is not over.
func (l *listing) live(id string) *store.DelegationRec {
	for i := range l.world.Delegations {
		if l.world.Delegations[i].ID == id {
			return &l.world.Delegations[i]
		}
	}
	return nil
}

// drop ends a delegation that an earlier list made; what the person themself handed over stays.
func (l *listing) drop(id string) {
	d := l.live(id)
	if d == nil || d.SetBy == "" || slices.Contains(l.c.End, id) {
		return
	}
	l.c.end(*d, l.by)
	l.exist = slices.DeleteFunc(slices.Clone(l.exist), func(x domain.Delegation) bool { return x.ID == id })
}

// office tells whether somebody holds a post or role that is asked for approvals.
func (l *listing) office(p domain.EmployeeID) bool { return holdsOffice(l.dir, p) }

func holdsOffice(dir *domain.Directory, p domain.EmployeeID) bool {
	roles, leads := rolesOf(dir, p)
	return len(leads) > 0 || len(roles) > 1 // beside employee
}

// away tells whether somebody is absent in a period, as the list or an earlier one says.
func (l *listing) away(p domain.EmployeeID, start, until time.Time) bool {
	for _, r := range l.list {
		if r.Person == p && len(r.Faults) == 0 && r.Start.Before(until) && start.Before(r.Until) {
			return true
		}
	}
	return awayIn(l.world.Absences, p, start, until)
}

func awayIn(list []store.AbsenceRec, p domain.EmployeeID, start, until time.Time) bool {
	return slices.ContainsFunc(list, func(o store.AbsenceRec) bool {
		return o.Person == p && o.State != store.AbsenceReplaced && o.Start.Before(until) && start.Before(o.Until)
	})
}

func (l *listing) suggest(a store.AbsenceRec) domain.EmployeeID {
	return domain.SuggestDeputy(l.dir, a.Person, func(p domain.EmployeeID) bool {
		return l.away(p, a.Start, a.Until) || len(l.check(l.delegation(a, p).Delegation, l.exist)) > 0
	})
}

// AbsenceTemplate is the empty list.
func (s *Service) AbsenceTemplate(_ context.Context, a Actor) ([]byte, error) {
	if !a.Has(domain.RoleHR) {
		return nil, forbidden("role_required")
	}
	b, err := directory.AbsenceTemplateXLSX()
	return b, fail(err)
}
