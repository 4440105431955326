package domain

import "slices"

// freeze stops posting and joining: by security, by an incident or by a rule (semantics 2). People gives who is implicated.
func (m *lifeAct) freeze() Verdict {
	switch {
	case m.a.Actor != "" && m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	case len(m.p.People) > MaxMembers:
		return m.refuse(ReasonTooMany)
	}
	rule := m.p.Rule
	if m.a.Actor != "" {
		rule = "" // a person's act is a person's
	}
	m.freezeBy(rule)
	m.l.Frozen.By = m.a.Actor
	return m.done()
}

// unfreeze takes two people, neither implicated (semantics 2); may has looked at both.
func (m *lifeAct) unfreeze() Verdict {
	fr := m.l.Frozen
	switch fr.Unfreeze {
	case "":
		fr.Unfreeze, fr.UnfreezeAt = m.a.Actor, m.f.At
		second := slices.DeleteFunc(slices.Clone(m.lf.Heads), func(p EmployeeID) bool { return p == m.a.Actor || m.l.implicated(p) })
		m.effect(Effect{Kind: EffectUnfreezing, People: second, Roles: []Role{RoleSecurity, RoleLegal, RoleProcessAdmin}})
		return m.done()
	case m.a.Actor:
		return Verdict{Answer: Answer{Result: Duplicate, Reason: ReasonSamePerson, DecidedBy: m.a.Actor}}
	}
	m.g.move(m.l.From, m.f.At)
	m.l.From, m.l.Frozen = "", nil
	m.l.Floor = &Floor{Cause: "unfrozen", At: m.f.At}
	m.op(OpUnfreeze)
	m.effect(Effect{Kind: EffectUnfrozen, People: m.g.Admins, Members: true})
	if m.l.Orphan != nil { // what the ownerless rule froze looks for an admin again
		m.l.Orphan = nil
		m.orphan()
	}
	m.recheck()
	return m.done()
}

// hold keeps everything of the group and its custodians while legal needs it. What was under way to delete it stops.
func (m *lifeAct) hold() Verdict {
	switch {
	case m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	case len(m.p.People) > MaxMembers || len(m.l.Holds) >= maxHolds:
		return m.refuse(ReasonTooMany)
	}
	m.l.Holds = append(m.l.Holds, Hold{ID: m.a.ID, By: m.a.Actor, At: m.f.At, Reason: m.p.Reason, Custodians: slices.Compact(slices.Sorted(slices.Values(m.p.People)))})
	if m.l.Deleting {
		m.l.Deleting = false
		m.l.Ops = slices.DeleteFunc(m.l.Ops, func(o PlatformOp) bool { return o.Kind == OpDelete })
	}
	m.tell(EffectHeld, m.a.ID, slices.Concat(m.g.Admins, m.p.People)...)
	return m.done()
}

// maxHolds bounds the legal holds that can stand on one group.
const maxHolds = 50

// release ends a hold, by another person of legal than who set it. Dates it suspended return with FloorDays at least.
func (m *lifeAct) release() Verdict {
	i := slices.IndexFunc(m.l.Holds, func(h Hold) bool { return h.ID == m.p.Hold })
	switch {
	case i < 0:
		return m.refuse(ReasonNoSuchHold)
	case m.l.Holds[i].By == m.a.Actor:
		return m.refuse(ReasonOwnHold)
	}
	h := m.l.Holds[i]
	m.l.Holds = slices.Delete(m.l.Holds, i, i+1)
	if len(m.l.Holds) == 0 && (m.g.State == GroupArchived || m.g.State == GroupPendingDeletion) {
		m.l.Floor = &Floor{Cause: "released", At: m.f.At, By: m.a.Actor}
	}
	m.tell(EffectReleased, h.ID, slices.Concat(m.g.Admins, h.Custodians)...)
	return m.done()
}
