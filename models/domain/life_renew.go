package domain

import (
	"slices"
	"time"
)

// minAdmins is how many admins a group needs (R2.2, semantics 2).
const minAdmins = 2

// renew attests purpose, members, admins and tier at once (semantics 2): what the admin saw must be what is true now. A
// temporary group that has come to its end needs a new one, within the policy's longest life.
func (m *lifeAct) renew() Verdict {
	inPlace := 0
	for _, a := range m.g.Admins {
		if slices.Contains(m.lf.Employed, a) {
			inPlace++
		}
	}
	switch {
	case inPlace < minAdmins:
		return m.refuse(ReasonTooFewAdmins)
	case m.p.Digest == "" || m.p.Digest != m.lf.Seen:
		return m.refuse(ReasonStale)
	}
	if r := m.prolong(); r != "" {
		return m.refuse(r)
	}
	m.renewed(RenewedByAttest, m.f.At, m.a.Actor)
	m.g.move(GroupActive, m.f.At)
	m.tell(EffectRenewed, string(RenewedByAttest), m.g.Admins...)
	return m.done()
}

// renewed begins a new term and settles what was due.
func (m *lifeAct) renewed(how RenewalHow, at time.Time, by EmployeeID) {
	m.l.Renewed = Renewal{How: how, At: at, By: by}
	m.l.Due, m.l.Floor = nil, nil
}

// prolong gives a temporary group a new end: later than today and no later than the policy allows. Without a new end the
// present one must not have passed.
func (m *lifeAct) prolong() Reason {
	ended := m.g.EndsOn != "" && (m.g.EndsOn <= m.lf.Today || (m.l.Due != nil && m.l.Due.Kind == DateEnd))
	if m.p.EndsOn == "" || m.p.EndsOn == m.g.EndsOn {
		if ended {
			return ReasonEndPassed
		}
		return ""
	}
	_, err := time.Parse(time.DateOnly, m.p.EndsOn)
	switch {
	case err != nil || m.g.EndsOn == "":
		return ReasonNoEnd
	case m.p.EndsOn <= m.lf.Today:
		return ReasonEndPassed
	case m.lf.Latest != "" && m.p.EndsOn > m.lf.Latest:
		return ReasonEndTooFar
	}
	m.g.EndsOn = m.p.EndsOn
	return ""
}

// activity notes human activity: only forward, never from the future. What it means is decided when the renewal is due.
func (m *lifeAct) activity() Verdict {
	last := m.p.Last
	if last.After(m.f.At) {
		last = m.f.At
	}
	if last.After(m.l.Active) {
		m.l.Active = last
	}
	return m.done()
}

// continued is the first act of a run that continues another: it takes over the rules in force. A group of the first
// version gets its life here.
func (m *lifeAct) continued() Verdict {
	if m.l == nil {
		if m.lf.Rules == nil {
			return m.refuse(ReasonState)
		}
		m.l = &Life{Rules: *m.lf.Rules, Renewed: Renewal{How: RenewedByFiling, At: m.g.Since}, Members: m.lf.Count, Material: m.g.Case, Since: m.g.Since}
		if m.lf.Perms != nil {
			m.l.Perms = *m.lf.Perms
		}
		m.g.Life = m.l
		m.l.Deleting = m.g.State == GroupPendingDeletion // the admins were asked already
		m.orphan()
	}
	if m.lf.Rules != nil {
		asks := m.gate()
		m.l.Rules = *m.lf.Rules
		m.gateBegins(asks, m.gate().Begins, "nda.grace", "policy")
	}
	if m.g.State != GroupDeleted {
		m.gaps()
		m.recheck()
		m.guestsFit()
	}
	return m.done()
}

// begun and born are what a group's birth does to its life: who is in it, what its platform lacks, and the term's beginning.
func (g *Group) begun(f GroupFacts) []Effect {
	if g.Life == nil {
		return nil
	}
	m := &lifeAct{g: g, l: g.Life, f: f, lf: f.life()}
	if m.lf.Count > 0 {
		m.l.Members = m.lf.Count
	}
	m.gaps()
	if m.gate().Asks() {
		m.l.Members = 0
		var people []EmployeeID
		for _, c := range m.lf.Clear {
			people = append(people, c.Person)
		}
		m.seat(people)
		if m.lf.Late {
			m.filedLate()
		}
		m.away()
	}
	return m.effects
}

func (g *Group) born(f GroupFacts) {
	if l := g.Life; l != nil && l.Renewed.How == RenewedByFiling {
		l.Renewed.At, l.Since = f.At, f.At
	}
}
