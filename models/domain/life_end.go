package domain

import "slices"

// archive makes the group read-only for everyone (semantics 2). A frozen one stays frozen underneath: restoring it does
// not unfreeze it.
func (m *lifeAct) archive() Verdict {
	m.archiveBy(m.p.Rule)
	return m.done()
}

// dissolve begins the end of a group whose purpose is done (R6.1): everybody is told, it is read-only at once, and deleted
// when the policy's days are over. A group that was found and that nobody files is dissolved by security with a reason; one
// person is enough, as for every dissolution, since it can be restored until it is deleted.
func (m *lifeAct) dissolve() Verdict {
	if !m.g.Unfiled() {
		m.end("")
		return m.done()
	}
	if m.p.Reason == nil {
		return m.refuse(ReasonNoReason)
	}
	unfiled := Finding{Kind: FindUnfiled}.id()
	var keeper EmployeeID
	for _, x := range m.l.Findings {
		if x.ID == unfiled {
			keeper = x.Owner
		}
	}
	m.end("")
	m.close(unfiled)
	m.tell(EffectDissolved, "", keeper)
	return m.done()
}

// found brings back a group that was found, was dissolved and is still on no file: with the time to file it that is left,
// FloorDays at least. The rule's freeze stands again.
func (m *lifeAct) found() Verdict {
	m.g.move(GroupDraft, m.f.At)
	m.l.From = ""
	m.l.Floor = &Floor{Cause: string(RenewedByRestore), At: m.f.At, By: m.a.Actor}
	m.op(OpRestore)
	if m.l.Frozen != nil {
		m.l.From = GroupDraft
		m.g.move(GroupFrozen, m.f.At)
		m.op(OpFreeze)
	}
	m.effect(Effect{Kind: EffectRestored, Slot: string(m.g.State), Roles: []Role{RoleSecurity}})
	return m.done()
}

// restore brings an archived or dissolved group back, with re-checks: who left or moved is out, permissions fit the tier's
// ceiling of now, and somebody must own it (semantics 2).
func (m *lifeAct) restore() Verdict {
	if m.g.Case == "" {
		return m.found()
	}
	if r := m.prolong(); r != "" {
		return m.refuse(r)
	}
	to := GroupActive
	if m.g.State == GroupPendingDeletion && m.l.From == GroupArchived {
		to = GroupArchived
	}
	m.l.From = ""
	if to == GroupArchived {
		m.g.move(to, m.f.At)
		m.departed(slices.Concat(m.lf.Gone, m.lf.Moved))
		m.effect(Effect{Kind: EffectRestored, Slot: string(to), People: m.g.Admins, Members: true})
		return m.done()
	}
	m.renewed(RenewedByRestore, m.f.At, m.a.Actor)
	m.g.move(GroupActive, m.f.At)
	m.tighten()
	m.op(OpRestore)
	if m.l.Frozen != nil {
		m.l.From = GroupActive
		m.g.move(GroupFrozen, m.f.At)
		m.op(OpFreeze)
	}
	m.departed(slices.Concat(m.lf.Gone, m.lf.Moved))
	m.recheck()
	m.orphan()
	m.effect(Effect{Kind: EffectRestored, Slot: string(m.g.State), People: m.g.Admins, Members: true})
	return m.done()
}

// tighten makes the permissions as strict as the tier's ceiling (semantics 2: the tier fixes the strictest permissions
// allowed), and tells the admins which it changed.
func (m *lifeAct) tighten() {
	ceiling := m.l.Rules.Tiers[m.g.Tier].Ceiling
	for _, name := range m.l.Perms.Looser(ceiling) {
		switch name {
		case "invite_outsiders":
			m.l.Perms.InviteOutsiders = false
		case "anonymous_speech":
			m.l.Perms.AnonymousSpeech = false
		case "see_contacts":
			m.l.Perms.SeeContacts = false
		case "posting":
			m.l.Perms.Posting = PostAdmins
		case "join_by_review":
			m.l.Perms.JoinByReview = true
		}
		m.admins(EffectTightened, name)
	}
}
