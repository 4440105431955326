package domain

import (
	"slices"
	"strconv"
	"time"
)

// The acts about inactive members: the campaign's own, a member's reply, an admin's exemption.

// inactive has the places of the act's people follow the rule, as far as it says of them what the act says (Rule): who has
// been silent for long is told, with the date (due); whose notice was answered by doing something, or has no meaning any
// more, stays (kept); whose notice has run out is removed, by the platform too (over). Each is told once, the admins once
// for all.
func (m *lifeAct) inactive() Verdict {
	if m.g.State == GroupDeleted {
		return m.refuse(ReasonEnded)
	}
	s, want := m.lf.Silence, Idle(m.p.Rule)
	if s == nil {
		return m.refuse(ReasonNotDue)
	}
	rule := m.l.Rules.Tiers[m.g.Tier].Clearance.Inactive
	var told, over, stay []EmployeeID
	for _, a := range s.People {
		if m.was(a.Person) != MemberActive {
			continue
		}
		switch is, since, cause := IdleOf(*m.g, a, *s, m.f.At); {
		case is.purpose() != want:
		case is == IdleDue:
			n := IdleNotice{Person: a.Person, At: m.f.At, Due: s.Ends, Since: since, Cause: cause, After: rule.After, Days: rule.Notice,
				Rule: "inactive." + string(m.g.Tier) + ".after", Policy: m.l.Rules.Policy}
			if cause == SilentActivity {
				n.Day = a.Day
			}
			m.l.Idle = append(m.l.Idle, n)
			told = append(told, a.Person)
		case want == IdleKept:
			stay = append(stay, a.Person)
		case is == IdleOver:
			over = append(over, a.Person)
		}
	}
	if len(told)+len(stay)+len(over) == 0 { // it was true when it was said, and is no more
		return m.refuse(ReasonNotDue)
	}
	m.unnoticed(stay)
	if len(told) > 0 {
		m.tell(EffectIdleNotice, s.Ends.Format(time.RFC3339), told...)
		m.admins(EffectIdleTold, strconv.Itoa(len(told)))
	}
	if len(over) > 0 {
		m.out(over)
		m.tell(EffectIdleRemoved, "inactive."+string(m.g.Tier)+".notice", slices.Concat(over, m.g.Admins)...)
	}
	return m.done()
}

// keep is a member's reply to the notice: they stay, and the silence is counted anew from today.
func (m *lifeAct) keep() Verdict {
	m.unnoticed([]EmployeeID{m.a.Actor})
	return m.done()
}

// exempt takes members out of the rule whose role asks for being there, or (Refuse) puts them back under it.
func (m *lifeAct) exempt() Verdict {
	people := unique(m.p.People)
	switch {
	case len(people) == 0:
		return m.refuse(ReasonNobodyNamed)
	case m.p.Refuse && !slices.ContainsFunc(people, m.l.required):
		return m.refuse(ReasonNotExempt)
	case m.p.Refuse:
		m.l.Required = slices.DeleteFunc(m.l.Required, func(r Required) bool { return slices.Contains(people, r.Person) })
		return m.done()
	case m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	case slices.ContainsFunc(people, func(p EmployeeID) bool { return !m.member(p) }):
		return m.refuse(ReasonNotMember)
	}
	m.l.Required = slices.DeleteFunc(m.l.Required, func(r Required) bool { return slices.Contains(people, r.Person) })
	for _, p := range people {
		m.l.Required = append(m.l.Required, Required{Person: p, By: m.a.Actor, At: m.f.At, Reason: m.p.Reason})
	}
	m.unnoticed(people)
	return m.done()
}

// unnoticed ends the notices of people.
func (m *lifeAct) unnoticed(people []EmployeeID) {
	m.l.Idle = slices.DeleteFunc(m.l.Idle, func(n IdleNotice) bool { return slices.Contains(people, n.Person) })
}

// forgotten clears what the rule of inactive members knew about people who are out.
func (m *lifeAct) forgotten(people []EmployeeID) {
	m.unnoticed(people)
	m.l.Required = slices.DeleteFunc(m.l.Required, func(r Required) bool { return slices.Contains(people, r.Person) })
}

// KeptBy is who replied to a notice by an act, for the record of activity; empty: nobody.
func KeptBy(a GroupAct, v Verdict) EmployeeID {
	if a.Kind == GroupKeep && v.Result == Accepted {
		return a.Actor
	}
	return ""
}
