package domain

import "slices"

// askToJoin: an employee asks; where joining is reviewed an admin looks whether their identity fits (R2.2.2), and in groups
// with secrets always. Elsewhere they are in at once.
func (m *lifeAct) askToJoin() Verdict {
	who := []EmployeeID{m.a.Actor}
	if r := m.newcomers(who); r != "" {
		return m.refuse(r)
	}
	if !m.g.Tier.Confidential() && !m.gate().Asks() && !m.l.Perms.JoinByReview {
		m.tell(EffectAdmitted, "", m.join(who)...)
		return m.done()
	}
	m.set(m.a.Actor, MemberRequested)
	m.tell(EffectRowRequested, "", who...)
	m.admins(EffectJoinAsked, string(m.a.Actor))
	return m.done()
}

// review answers requests to join: the admin has looked whether the people's identity fits the group (R2.2.2). Refusing
// takes a reason, which the person sees.
func (m *lifeAct) review() Verdict {
	people := unique(m.p.People)
	switch {
	case len(people) == 0:
		return m.refuse(ReasonNobodyNamed)
	case slices.ContainsFunc(people, func(p EmployeeID) bool { return !m.asks(p) }):
		return m.refuse(ReasonNotRequested)
	case m.p.Refuse && m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	}
	var guests, ours []EmployeeID
	for _, p := range people {
		if m.l.guest(p) != nil {
			guests = append(guests, p)
		} else {
			ours = append(ours, p)
		}
	}
	if len(guests) == 0 && !m.p.Refuse {
		return m.admit()
	}
	if r := m.newcomers(ours); r != "" && len(ours) > 0 && !m.p.Refuse {
		return m.refuse(r)
	}
	if r := m.reviewGuests(guests); r != "" {
		return m.refuse(r)
	}
	if m.p.Refuse {
		for _, p := range ours {
			m.set(p, MemberRemoved)
		}
		m.tell(EffectRowOut, "", ours...)
		m.tell(EffectJoinRefused, "", ours...)
		return m.done()
	}
	m.tell(EffectAdmitted, "", m.join(ours)...)
	return m.done()
}

// invite asks people whether they join.
func (m *lifeAct) invite() Verdict {
	if r := m.newcomers(m.p.People); r != "" {
		return m.refuse(r)
	}
	people := unique(m.p.People)
	if slices.ContainsFunc(people, func(p EmployeeID) bool { return m.was(p) == MemberInvited }) {
		return m.refuse(ReasonWaiting)
	}
	for _, p := range people {
		m.set(p, MemberInvited)
	}
	m.tell(EffectRowInvited, "", people...)
	m.tell(EffectInvited, "", people...)
	return m.done()
}

// accepted: who was invited comes in, as far as the gate lets them.
func (m *lifeAct) accepted() Verdict {
	who := []EmployeeID{m.a.Actor}
	if r := m.newcomers(who); r != "" {
		return m.refuse(r)
	}
	m.tell(EffectAdmitted, "", m.join(who)...)
	return m.done()
}

// declined: who was invited does not come.
func (m *lifeAct) declined() Verdict {
	m.set(m.a.Actor, MemberRemoved)
	m.tell(EffectRowOut, "", m.a.Actor)
	m.admins(EffectDeclined, string(m.a.Actor))
	return m.done()
}

// cleared: an agreement was sealed, lapsed or ended, or a training passed or ran out. Places follow the record.
func (m *lifeAct) cleared() Verdict {
	if m.g.State == GroupDeleted {
		return m.refuse(ReasonEnded)
	}
	m.recheck()
	return m.done()
}
