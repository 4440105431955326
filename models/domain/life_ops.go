package domain

import (
	"slices"
	"strconv"
)

// exclusive are the operations of which only the last counts: a later one makes an earlier one void that has not been
// confirmed, since it says how the group shall be, not what shall change.
var exclusive = [][]OpKind{{OpPermissions}, {OpRename}, {OpAdmins}, {OpFreeze, OpUnfreeze}, {OpArchive, OpRestore}, {OpDelete}}

// op asks the platform for something. A group that is frozen or read-only takes its permissions and admins with the
// operation that ends that (Settings): setting them meanwhile, or trying to again, could loosen it.
func (m *lifeAct) op(k OpKind, people ...EmployeeID) {
	settings := func(k OpKind) bool { return k == OpPermissions || k == OpAdmins }
	switch {
	case settings(k) && slices.Contains([]GroupState{GroupFrozen, GroupArchived, GroupPendingDeletion}, m.g.State):
		return
	case k == OpFreeze || k == OpArchive || k == OpDelete:
		m.l.Ops = slices.DeleteFunc(m.l.Ops, func(o PlatformOp) bool { return settings(o.Kind) })
	}
	m.addOp(PlatformOp{Kind: k, People: people})
}

func (m *lifeAct) addOp(op PlatformOp) {
	for _, kinds := range exclusive {
		if slices.Contains(kinds, op.Kind) {
			m.l.Ops = slices.DeleteFunc(m.l.Ops, func(o PlatformOp) bool { return slices.Contains(kinds, o.Kind) })
		}
	}
	m.ops++
	op.ID = strconv.Itoa(m.g.Seq) + "." + strconv.Itoa(m.ops)
	op.State, op.At = OpPending, m.f.At
	m.l.Ops = append(m.l.Ops, op)
}

// find gives the index of the act's operation.
func (m *lifeAct) find() int {
	return slices.IndexFunc(m.l.Ops, func(o PlatformOp) bool { return o.ID == m.p.Op })
}

// opDone takes the platform's confirmation, or a person's with evidence for what was asked by hand. Nobody confirms their
// own removal (semantics 1: nobody decides on their own matter).
func (m *lifeAct) opDone() Verdict {
	i := m.find()
	if i < 0 {
		return m.refuse(ReasonNoSuchOp)
	}
	op := m.l.Ops[i]
	byPerson := m.a.Kind == GroupOpConfirm
	switch {
	case byPerson && op.State == OpPending:
		return m.refuse(ReasonNoSuchOp)
	case m.a.Receipt == nil || (byPerson && m.a.Receipt.Evidence == nil):
		return m.refuse(ReasonNoReceipt)
	case byPerson && op.Kind == OpRemove && slices.Contains(op.People, m.a.Actor):
		return m.refuse(ReasonOwnMatter)
	}
	m.l.Ops = slices.Delete(m.l.Ops, i, i+1)
	switch op.Kind {
	case OpRemove:
		m.tell(EffectRowRemoved, op.ID, op.People...)
	case OpDelete:
		m.g.Deleted = m.a.Receipt
		m.g.move(GroupDeleted, m.f.At)
		m.tell(EffectGone, "", m.g.Admins...)
		m.effect(Effect{Kind: EffectFreeName})
		m.agreementsOver()
		m.g.buried()
	default: // done is done
	}
	if byPerson && m.g.State != GroupDeleted {
		m.admins(EffectOpDone, op.ID)
	}
	return m.done()
}

// opByHand: the platform has no interface for it; the admins are asked to do it and to confirm.
func (m *lifeAct) opByHand() Verdict {
	i := m.find()
	if i < 0 {
		return m.refuse(ReasonNoSuchOp)
	}
	m.byHand(i)
	return m.done()
}

func (m *lifeAct) byHand(i int) {
	m.l.Ops[i].State, m.l.Ops[i].Code = OpByHand, ""
	m.admins(EffectAskOp, m.l.Ops[i].ID)
}

// opGap: the platform cannot do it. The gap is stated and shown, never silently skipped (semantics 2, R4.1.3). What must
// not stay undone (a removal, R2.3.4; a deletion, a freeze, an archive) is then asked of the admins by hand.
func (m *lifeAct) opGap() Verdict {
	i := m.find()
	if i < 0 {
		return m.refuse(ReasonNoSuchOp)
	}
	op := m.l.Ops[i]
	people := slices.Clone(op.Accounts)
	for _, p := range op.People {
		people = append(people, string(p))
	}
	m.l.Gaps = slices.DeleteFunc(m.l.Gaps, func(x Gap) bool { return x.Op == op.Kind && x.Capability == m.a.Code })
	m.l.Gaps = append(m.l.Gaps, Gap{Capability: m.a.Code, Op: op.Kind, At: m.f.At, People: people})
	m.admins(EffectGap, m.a.Code)
	switch op.Kind {
	case OpRemove, OpFreeze, OpArchive, OpDelete:
		m.byHand(i)
	default:
		m.l.Ops = slices.Delete(m.l.Ops, i, i+1)
	}
	return m.done()
}

// opFailed: trying again did not help.
func (m *lifeAct) opFailed() Verdict {
	i := m.find()
	if i < 0 {
		return m.refuse(ReasonNoSuchOp)
	}
	op := &m.l.Ops[i]
	op.State, op.Code = OpFailed, m.a.Code
	op.Tries++
	m.admins(EffectOpFailed, op.ID)
	m.effect(Effect{Kind: EffectHand})
	return m.done()
}

func (m *lifeAct) opRetry() Verdict {
	i := m.find()
	if i < 0 || m.l.Ops[i].State != OpFailed {
		return m.refuse(ReasonNoSuchOp)
	}
	m.l.Ops[i].State, m.l.Ops[i].Code = OpPending, ""
	return m.done()
}

// seenGap notes that an admin took note of what the platform cannot do. The gap stays in sight.
func (m *lifeAct) seenGap() Verdict {
	seen := false
	for i := range m.l.Gaps {
		if x := &m.l.Gaps[i]; x.Capability == m.a.Code && x.Seen == "" {
			x.Seen, seen = m.a.Actor, true
		}
	}
	if !seen {
		return m.refuse(ReasonNoSuchGap)
	}
	return m.done()
}

// gaps states what the tier demands of the platform and the platform cannot (R4.1.3). Without facts nothing changes.
func (m *lifeAct) gaps() {
	if m.lf.Can == nil && !m.byHandPlatform() {
		return
	}
	var missing []string
	if m.lf.NoOutsiders && m.l.Perms.InviteOutsiders && m.gate().Outsider.Allowed {
		missing = append(missing, CapabilityOutsiders)
	}
	for _, need := range m.l.Rules.Tiers[m.g.Tier].Needs {
		if !slices.Contains(m.lf.Can, need) && !slices.Contains(missing, need) {
			missing = append(missing, need)
		}
	}
	m.l.Gaps = slices.DeleteFunc(m.l.Gaps, func(x Gap) bool { return x.Op == "" && !slices.Contains(missing, x.Capability) })
	for _, need := range missing {
		if !slices.ContainsFunc(m.l.Gaps, func(x Gap) bool { return x.Op == "" && x.Capability == need }) {
			m.l.Gaps = append(m.l.Gaps, Gap{Capability: need, At: m.f.At})
			m.admins(EffectGap, need)
		}
	}
}

func (m *lifeAct) byHandPlatform() bool { return m.f.ByHand || m.lf.ByHand || m.g.ByHand }
