package domain

import "slices"

// date carries out a date that has come. Whatever becomes of it, the date leaves the list: the same one never comes twice.
func (m *lifeAct) date() Verdict {
	i := slices.IndexFunc(m.l.Dates, func(d GroupDate) bool { return d.Kind == m.p.Date && d.At.Equal(m.p.DateAt) })
	switch {
	case i < 0:
		return m.refuse(ReasonNotADate)
	case actTime(m.a, m.f).Before(m.p.DateAt):
		return m.refuse(ReasonNotDue)
	}
	d := m.l.Dates[i]
	m.l.Dates = slices.Delete(m.l.Dates, i, i+1)
	if !m.fits(d.Kind) {
		return m.done()
	}
	switch d.Kind {
	case DateNotice:
		m.admins(EffectNotice, string(d.Of))
	case DateRenewal:
		m.renewalDue(d)
	case DateLast:
		m.g.move(GroupGrace, m.f.At)
		m.admins(EffectGrace, string(DateRenewal))
	case DateEnd:
		m.l.Due = &DueDate{Kind: DateEnd, At: d.At}
		m.g.move(GroupGrace, m.f.At)
		m.admins(EffectGrace, string(DateEnd))
	case DateGrace:
		m.graceOver(d)
	case DateAskHead:
		m.askHead()
	case DateOwnerless:
		m.ownerlessOver(d)
	case DateArchive:
		m.end(d.Rule)
	case DateDeletion:
		m.delete()
	case DateDiscovered:
		m.freezeBy(d.Rule)
		m.admins(EffectUnfiled, d.Rule)
	case DateGate:
		m.l.Gate = nil
		m.recheck()
	case DateOutsiderNotice, DateOutsiderEnds, DateSponsorOver:
		m.outsiderDate(d)
	}
	return m.done()
}

// fits tells whether a date still has a meaning in the state the group is in. One that was planned for another state has none.
func (m *lifeAct) fits(k DateKind) bool {
	l, in := m.l, func(states ...GroupState) bool { return slices.Contains(states, m.g.State) }
	switch k {
	case DateRenewal:
		return in(GroupActive)
	case DateLast:
		return in(GroupRenewalDue)
	case DateGrace:
		return in(GroupRenewalDue, GroupGrace) && l.Due != nil
	case DateEnd:
		return in(living...)
	case DateAskHead:
		return l.Orphan != nil && l.Orphan.Stage == OrphanMembers
	case DateOwnerless:
		return l.Orphan != nil && l.Orphan.Stage == OrphanHead
	case DateArchive:
		return in(GroupArchived) && len(l.Holds) == 0
	case DateDeletion:
		return in(GroupPendingDeletion) && len(l.Holds) == 0 && !l.Deleting
	case DateDiscovered:
		return in(GroupDraft)
	case DateGate:
		return l.Gate != nil
	case DateOutsiderNotice, DateOutsiderEnds, DateSponsorOver:
		return !in(GroupDeleted)
	case DateNotice: // it only tells; the group stays where it is
	}
	return true
}

// renewalDue: people at work in the group renew it where the tier allows that, and the reason is shown; else an admin must
// attest (semantics 2).
func (m *lifeAct) renewalDue(d GroupDate) {
	if by := m.l.Rules.Tiers[m.g.Tier].ByActivity; by > 0 && !m.l.Active.Before(d.At.AddDate(0, 0, -by)) {
		m.renewed(RenewedByActivity, d.At, "")
		m.admins(EffectRenewed, string(RenewedByActivity))
		return
	}
	m.l.Due = &DueDate{Kind: DateRenewal, At: d.At}
	m.g.move(GroupRenewalDue, m.f.At)
	m.admins(EffectRenewalDue, string(DateRenewal))
}

// graceOver archives or freezes, as the tier says; a group that has come to its end is archived, unless it is confidential
// and nobody answers for it.
func (m *lifeAct) graceOver(d GroupDate) {
	then := m.l.Rules.Tiers[m.g.Tier].Then
	if m.l.Due != nil && m.l.Due.Kind == DateEnd {
		then = GroupArchived
	}
	if then == GroupFrozen {
		m.freezeBy(d.Rule)
		return
	}
	m.archiveBy(d.Rule)
}

// freezeBy freezes by a rule of the policy: nobody is implicated, and no admin of the group may unfreeze it.
func (m *lifeAct) freezeBy(rule string) {
	m.l.From = m.g.State
	m.l.Frozen = &Freeze{Rule: rule, Reason: m.p.Reason, At: m.f.At, Implicated: m.p.People}
	m.g.move(GroupFrozen, m.f.At)
	m.op(OpFreeze)
	m.effect(Effect{Kind: EffectFrozen, Slot: rule, People: m.g.Admins, Members: true, Roles: []Role{RoleSecurity}})
}

func (m *lifeAct) archiveBy(rule string) {
	m.guestsOut(m.guests(nil), RuleGroupClosed)
	m.g.move(GroupArchived, m.f.At)
	m.l.From, m.l.Due, m.l.Floor = "", nil, nil
	m.l.Orphan = nil // nobody is looked for while it stands read-only; restoring it begins anew
	m.op(OpArchive)
	m.effect(Effect{Kind: EffectArchived, Slot: rule, People: m.g.Admins, Members: true})
}

// end is the beginning of a group's end: read-only at once, deleted when the policy's days are over. From says what it can
// be restored to until then.
func (m *lifeAct) end(rule string) {
	m.guestsOut(m.guests(nil), RuleGroupClosed)
	m.l.From = m.g.State
	if m.g.State != GroupArchived && m.g.PlatformID != "" {
		m.op(OpArchive)
	}
	m.g.Made = m.g.Receipt != nil || m.g.PlatformID != ""
	m.g.move(GroupPendingDeletion, m.f.At)
	m.l.Due, m.l.Floor, m.l.Orphan = nil, nil, nil
	m.effect(Effect{Kind: EffectDissolved, Slot: rule, People: m.g.Admins, Members: true})
}

// delete has the platform delete the group, or the admins where people keep it. Never under a hold.
func (m *lifeAct) delete() {
	m.l.Deleting = true
	if m.byHandPlatform() || m.g.PlatformID == "" { // or it is not known whether it ever was there
		m.admins(EffectAskDelete, "")
		return
	}
	m.op(OpDelete)
}

// revokedLife begins the end of a group whose filing was revoked: nothing of it can be restored. Under a hold it is only
// made read-only, and deleted after the release.
func (g *Group) revokedLife(f GroupFacts) Verdict {
	m := &lifeAct{g: g, l: g.Life, f: f, lf: f.life()}
	m.guestsOut(m.guests(nil), RuleGroupClosed)
	rows := m.effects
	m.end("")
	m.l.From, m.effects = "", rows
	m.l.Frozen = nil
	if len(m.l.Holds) > 0 {
		m.admins(EffectDissolved, "revoked")
		return m.done()
	}
	m.l.Ops = nil // what was asked of a group that is deleted at once
	if m.delete(); len(m.l.Ops) > 0 {
		m.admins(EffectDissolved, "revoked")
	}
	return m.done()
}

// buried clears what a tombstone has no more use for: nothing is due, nothing is asked of the platform.
func (g *Group) buried() {
	if l := g.Life; l != nil {
		l.Dates, l.Ops, l.Findings, l.Gaps, l.Dismissed = nil, nil, nil, nil, nil
		l.Due, l.Floor, l.Orphan, l.Frozen, l.From, l.Deleting = nil, nil, nil, nil, "", false
		l.Gate, l.Guests, l.Idle, l.Required = nil, nil, nil, nil
	}
}
