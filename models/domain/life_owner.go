package domain

import "slices"

// orphan follows a change of admins. With none left somebody is looked for: members first, then the department's head
// (semantics 2); with one, that admin has to see that there are two (R2.2).
func (m *lifeAct) orphan() {
	few := Finding{Kind: FindFewAdmins}
	switch len(m.g.Admins) {
	case 0:
		m.close(few.id())
		m.ownerless()
	case 1:
		m.l.Orphan = nil
		if slices.Contains(living, m.g.State) || m.g.State == GroupFrozen {
			m.open(few)
		}
	default:
		m.l.Orphan = nil
		m.close(few.id())
	}
}

func (m *lifeAct) ownerless() {
	if m.l.Orphan != nil || slices.Contains([]GroupState{GroupDraft, GroupArchived, GroupPendingDeletion, GroupDeleted}, m.g.State) {
		return
	}
	rules := m.l.Rules.Ownerless
	asked := slices.DeleteFunc(unique(m.lf.Eldest), m.l.implicated)
	m.l.Orphan = &Orphan{Since: m.f.At, Stage: OrphanMembers, Asked: asked[:min(len(asked), max(rules.Ask, 0))]}
	m.effect(Effect{Kind: EffectOwnerless, Roles: []Role{RoleSecurity}})
	if len(m.l.Orphan.Asked) == 0 || rules.Members <= 0 {
		m.askHead()
		return
	}
	m.tell(EffectAskConsent, "", m.l.Orphan.Asked...)
}

// askHead turns to the leaders of the owning departments. The members asked may still consent.
func (m *lifeAct) askHead() {
	m.l.Orphan.Stage, m.l.Orphan.StageSince = OrphanHead, m.f.At
	if len(m.lf.Heads) == 0 {
		m.effect(Effect{Kind: EffectHand, Slot: "ownerless"})
		return
	}
	m.tell(EffectAskHead, "", m.lf.Heads...)
}

// ownerlessOver: nobody took the group over in time. A confidential one is frozen, another enters grace (semantics 2).
func (m *lifeAct) ownerlessOver(d GroupDate) {
	m.l.Orphan.Stage = OrphanOver
	m.effect(Effect{Kind: EffectHand, Slot: "ownerless"})
	switch {
	case m.g.State == GroupFrozen:
	case m.g.Tier.Confidential():
		m.freezeBy(d.Rule)
	default:
		if m.l.Due == nil {
			m.l.Due = &DueDate{Kind: DateOwnerless, At: d.At}
		}
		m.g.move(GroupGrace, m.f.At)
		m.effect(Effect{Kind: EffectGrace, Slot: string(DateOwnerless), Roles: []Role{RoleSecurity}})
	}
}

// consent: a member who was asked takes the group over. Everybody else's task is void.
func (m *lifeAct) consent() Verdict {
	others := slices.DeleteFunc(slices.Concat(m.l.Orphan.Asked, m.lf.Heads), func(p EmployeeID) bool { return p == m.a.Actor })
	m.tell(EffectConsentOver, "", others...)
	m.office([]EmployeeID{m.a.Actor})
	return m.done()
}

// appoint: the department's head, or security, names admins for a group that has none or too few. Who is not in it joins.
func (m *lifeAct) appoint() Verdict {
	people := unique(m.p.People)
	var strangers []EmployeeID
	for _, p := range people {
		switch {
		case m.isAdmin(p):
			return m.refuse(ReasonMember)
		case !slices.Contains(m.lf.Employed, p):
			return m.refuse(ReasonTargetAway)
		case m.l.implicated(p):
			return m.refuse(ReasonImplicated)
		case !slices.Contains(m.lf.Members, p) && !m.was(p).Waits():
			strangers = append(strangers, p)
		}
	}
	switch {
	case len(people) == 0:
		return m.refuse(ReasonNobodyNamed)
	case len(m.g.Admins)+len(people) > MaxAdmins:
		return m.refuse(ReasonTooMany)
	}
	if len(strangers) > 0 {
		if r := m.newcomers(strangers); r != "" {
			return m.refuse(r)
		}
	}
	if o := m.l.Orphan; o != nil {
		m.tell(EffectConsentOver, "", o.Asked...)
	}
	m.join(strangers)
	m.office(people)
	return m.done()
}

// office makes people admins and ends the search for one.
func (m *lifeAct) office(people []EmployeeID) {
	m.g.Admins = slices.Concat(m.g.Admins, people)
	m.l.Orphan = nil
	m.adminsThere()
	m.tell(EffectAppointed, "", people...)
	if m.g.State == GroupGrace && m.l.Due != nil && m.l.Due.Kind == DateOwnerless {
		m.l.Due = nil
		m.l.Floor = &Floor{Cause: "appointed", At: m.f.At, By: m.a.Actor}
		m.g.move(GroupActive, m.f.At)
	}
	m.orphan()
}
