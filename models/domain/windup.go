package domain

import "slices"

// The acts by which a group whose filing was revoked comes to its end (semantics 1: revoke, with compensating side
// effects). People wind it up on the platform and confirm; until they do it stays on the register, pending deletion.
const (
	GroupRevoked GroupActKind = "revoked"         // system: the approval it lives by was revoked
	GroupGone    GroupActKind = "confirm_deleted" // an admin confirms that it is gone: Receipt with evidence, or Code CodeNeverMade
)

// CodeNeverMade is an admin's word that the group was never made on the platform, so that there is nothing to show.
const CodeNeverMade = "never_made"

// Effects of winding a group up.
const (
	EffectAskDelete EffectKind = "ask_delete" // People delete the group on the platform and confirm
	EffectGone      EffectKind = "gone"       // People learn that the group is deleted
	EffectFreeName  EffectKind = "free_name"  // the tombstone's name may be used again (design: decided 4)
)

// revoked begins the end: whatever state the group was in, it may not go on.
func (g *Group) revoked(f GroupFacts) Verdict {
	if g.State == GroupDeleted || g.State == GroupPendingDeletion {
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonEnded}}
	}
	g.Made = g.Receipt != nil
	if g.Life != nil {
		return g.revokedLife(f)
	}
	g.move(GroupPendingDeletion, f.At)
	return Verdict{Answer: Answer{Result: Accepted}, Effects: []Effect{{Kind: EffectAskDelete, People: g.Admins}}}
}

// gone makes the group a tombstone on an admin's word. A group that stood needs evidence that it no longer does.
func (g *Group) gone(a GroupAct, f GroupFacts) Verdict {
	no := func(r Reason) Verdict { return Verdict{Answer: Answer{Result: Refused, Reason: r}} }
	shown := a.Receipt != nil && a.Receipt.Evidence != nil
	switch {
	case !slices.Contains(g.Admins, a.Actor) && !f.Security:
		return no(ReasonNotAdmin)
	case g.State == GroupDeleted:
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonDecided, DecidedBy: g.confirmedBy()}}
	case g.State != GroupPendingDeletion:
		return no(ReasonState)
	case g.Life != nil && len(g.Life.Holds) > 0:
		return no(ReasonHeld)
	case g.Life != nil && !g.Life.Deleting:
		return no(ReasonNotDue) // dissolved, and the time to restore it is not over
	case !shown && (g.Made || a.Code != CodeNeverMade):
		return no(ReasonNoReceipt)
	}
	g.Deleted = a.Receipt
	g.move(GroupDeleted, f.At)
	g.buried()
	told := slices.DeleteFunc(slices.Clone(g.Admins), func(p EmployeeID) bool { return p == a.Actor })
	effects := []Effect{{Kind: EffectGone, People: told}, {Kind: EffectFreeName}}
	if g.Life != nil {
		m := &lifeAct{g: g, l: g.Life}
		m.agreementsOver()
		effects = append(effects, m.effects...)
	}
	return Verdict{Answer: Answer{Result: Accepted, DecidedBy: a.Actor}, Effects: effects}
}
