package service

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// terms are what delegations are judged by.
type terms struct {
	dir    *domain.Directory
	policy policy.Approval
	zone   *time.Location
	now    time.Time
}

func (s *Service) terms(ctx context.Context) (terms, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return terms{}, err
	}
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return terms{}, fmt.Errorf("read the policy: %w", err)
	}
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return terms{}, fmt.Errorf("read the calendar: %w", err)
	}
	t := terms{dir: dir, policy: pol.Approval, zone: cal.Zone, now: s.now()}
	if t.zone == nil {
		t.zone = time.UTC
	}
	if pol.Approval.Rules.MaxChain == 0 || pol.Approval.Delegation.MaxDays == 0 || len(pol.Approval.Delegation.Kinds) == 0 {
		return terms{}, &Error{Kind: Conflict, Code: "no_delegations"}
	}
	return t, nil
}

// moment reads an RFC 3339 time or a company date; end takes the end of that day. Bounds keep the years within what the
// database and JSON can hold.
func (t terms) moment(field, text string, end bool) (time.Time, []domain.Fault) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if at, err = time.ParseInLocation(time.DateOnly, text, t.zone); err == nil && end {
			at = at.AddDate(0, 0, 1)
		}
	}
	if err != nil || at.Year() < 2000 || at.Year() > 2200 {
		return time.Time{}, []domain.Fault{{Field: field, Code: "not_a_time"}}
	}
	return at.UTC().Truncate(time.Microsecond), nil
}

// read makes the delegation that an input means.
func (t terms) read(from domain.EmployeeID, in DelegationInput) (store.DelegationRec, []domain.Fault) {
	d := store.DelegationRec{Reason: in.Reason, Source: "self", Created: t.now}
	d.ID, d.From, d.To, d.Kinds, d.Start = newID(), from, in.To, t.kinds(in.Kinds), t.now
	if id, ok := whoIs(t.dir, string(in.To)); ok { // by id or staff number, as everywhere
		d.To = id
	}
	faults := domain.CheckText("note", in.Note, maxNoteRunes, false)
	if in.Reason != "" && !slices.Contains(DelegationReasons, in.Reason) {
		faults = append(faults, domain.Fault{Field: "reason", Code: "unknown_value", Params: map[string]string{"allowed": "leave, trip, training, other"}})
	}
	var bad []domain.Fault
	if in.From != "" {
		d.Start, bad = t.moment("from", in.From, false)
		faults = append(faults, bad...)
	}
	if in.Until == "" {
		faults = append(faults, domain.Fault{Field: "until", Code: "required"})
	} else {
		d.Until, bad = t.moment("until", in.Until, true)
		faults = append(faults, bad...)
	}
	if d.Start.Before(t.now) {
		d.Start = t.now // nobody can have been authorised yesterday
	}
	return d, faults
}

// kinds is what a list of kinds means under the policy; none means all that it lets be delegated.
func (t terms) kinds(list []domain.RequestKind) []domain.RequestKind {
	if len(list) == 0 && len(t.policy.Delegation.Kinds) < len(policy.RequestKinds) {
		return slices.Clone(t.policy.Delegation.Kinds)
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// check lists what is wrong with a new delegation among those that exist: the domain's rules, then the policy's.
func (t terms) check(d domain.Delegation, existing []domain.Delegation) []domain.Fault {
	var out []domain.Fault
	for _, f := range domain.CheckDelegation(d, existing, t.dir.Active, t.now) {
		switch {
		case f.Code == "not_after_start" && !d.Until.After(t.now):
			f.Code = "past" // the beginning was brought forward to now
		case f.Field == "start":
			f.Field = "from"
		case f.Field == "from":
			f.Field = "giver"
		case f.Field == "to" && f.Code == "inactive" && !known(t.dir, d.To):
			f.Code = "unknown_person"
		case f.Field == "until" && f.Code == "longer_than_a_year":
			continue // the policy's bound is lower, and says more
		case f.Field == "kinds":
			continue // below, with those that are allowed
		}
		out = append(out, f)
	}
	if most := t.policy.Delegation.MaxDays; d.Until.After(d.Start) && t.days(d.Start, d.Until) > most {
		out = append(out, domain.Fault{Field: "until", Code: "period_too_long", Params: map[string]string{"max": strconv.Itoa(most)}})
	}
	for _, k := range d.Kinds {
		if !t.policy.Delegation.Allows(k) {
			out = append(out, domain.Fault{Field: "kinds", Code: "unknown_value", Params: map[string]string{"allowed": joined(t.policy.Delegation.Kinds)}})
			break
		}
	}
	if len(out) > 0 {
		return out
	}
	if _, twin := domain.Twin(d, existing); twin {
		return []domain.Fault{{Field: "to", Code: "delegation_exists"}}
	}
	if most := t.policy.Rules.MaxChain; domain.LongestChain(d, existing) > most {
		return []domain.Fault{{Field: "to", Code: "chain_too_long", Params: map[string]string{"max": strconv.Itoa(most)}}}
	}
	mine := 0
	for _, e := range existing {
		if e.From == d.From {
			mine++
		}
	}
	if mine >= maxDelegations {
		return []domain.Fault{{Field: "to", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(maxDelegations)}}}
	}
	return nil
}

func known(dir *domain.Directory, id domain.EmployeeID) bool {
	_, ok := dir.Employees[id]
	return ok
}

// days counts the company's days that a period touches.
func (t terms) days(start, until time.Time) int {
	day := func(at time.Time) time.Time {
		y, m, d := at.In(t.zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(until.Add(-1)).Sub(day(start)).Hours()/24) + 1
}

func joined[T ~string](list []T) string {
	out := ""
	for i, x := range list {
		if i > 0 {
			out += ", "
		}
		out += string(x)
	}
	return out
}
