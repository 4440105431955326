package domain

import (
	"cmp"
	"slices"
)

// The dates of people from outside. They fall in whatever state the group is: a stay never outlives its end. None of them
// waits for a working day, but for the end of a grace, which needs somebody to act before it.
const (
	DateOutsiderNotice DateKind = "outsider_notice" // the person and the sponsor are told that the end comes near
	DateOutsiderEnds   DateKind = "outsider_ends"   // the stay is over
	DateSponsorOver    DateKind = "sponsor_over"    // nobody took over the sponsorship in time
)

// Outsiders tells whether a date is one of people from outside.
func (k DateKind) Outsiders() bool {
	return k == DateOutsiderNotice || k == DateOutsiderEnds || k == DateSponsorOver
}

// outsiders plans the dates of stays. People whose dates of a kind fall on the same moment share one: its act looks for whom it
// is, by the same arithmetic.
func (p *datePlan) outsiders() {
	if len(p.l.Guests) == 0 {
		return
	}
	rules := p.l.Rules.Outsiders
	add := func(d GroupDate, who EmployeeID) {
		d.Policy = p.l.Rules.Policy
		if i := slices.IndexFunc(p.out, func(x GroupDate) bool { return x.Kind == d.Kind && x.At.Equal(d.At) }); i >= 0 {
			p.out[i].People = append(p.out[i].People, who)
			return
		}
		d.People = []EmployeeID{who}
		p.out = append(p.out, d)
	}
	guests := slices.SortedFunc(slices.Values(p.l.Guests), func(a, b Guest) int { return cmp.Compare(a.Person, b.Person) })
	for _, x := range guests {
		end := GroupDate{Kind: DateOutsiderEnds, At: x.Ends, Rule: RuleOutsiders(p.g.Tier), Cause: "end_date", CauseAt: x.Ends, CauseBy: x.Sponsor}
		add(end, x.Person)
		if x.State != MemberRequested { // nobody told them of it yet
			for _, n := range rules.Notices {
				if at := p.day(x.Ends, -n); at.After(p.now) {
					add(GroupDate{Kind: DateOutsiderNotice, At: at, Of: DateOutsiderEnds, Days: n, Rule: "outsiders.notices", Cause: "end_date", CauseAt: x.Ends}, x.Person)
				}
			}
		}
		if !x.Lost.IsZero() {
			over := GroupDate{Kind: DateSponsorOver, At: p.day(x.Lost, rules.Grace), Days: rules.Grace, Rule: RuleOutsiderGrace, Cause: "sponsor_left", CauseAt: x.Lost}
			over.At, over.Moved = p.working(over.At, 1)
			for _, old := range p.l.Dates { // a promise, whatever the calendar says now
				if old.Kind == over.Kind && old.CauseAt.Equal(over.CauseAt) && over.At.Before(old.At) {
					over.At, over.Moved, over.Days = old.At, old.Moved, old.Days
				}
			}
			add(over, x.Person)
		}
	}
}

// outsiderDate carries out a date of people from outside: for those whom it names and for whom it still holds.
func (m *lifeAct) outsiderDate(d GroupDate) {
	now := actTime(m.a, m.f)
	of := func(fit func(Guest) bool) []EmployeeID {
		return m.guests(func(x Guest) bool { return slices.Contains(d.People, x.Person) && fit(x) })
	}
	switch d.Kind {
	case DateOutsiderEnds:
		m.guestsOut(of(func(x Guest) bool { return !x.Ends.After(now) }), d.Rule)
	case DateSponsorOver:
		m.guestsOut(of(func(x Guest) bool { return x.Lost.Equal(d.CauseAt) }), d.Rule)
	case DateOutsiderNotice:
		for _, p := range of(func(x Guest) bool { return x.Ends.Equal(d.CauseAt) }) {
			x := m.l.guest(p)
			m.tell(EffectOutsiderNotice, string(p), p)
			if x.Lost.IsZero() {
				m.tell(EffectOutsiderNotice, string(p), x.Sponsor)
			} else {
				m.admins(EffectOutsiderNotice, string(p))
			}
		}
	default: // another's
	}
}
