package domain

import "slices"

// The states in which an act can be done at all.
var (
	living   = []GroupState{GroupActive, GroupRenewalDue, GroupGrace}
	standing = []GroupState{GroupActive, GroupRenewalDue, GroupGrace, GroupFrozen, GroupArchived}
)

// lifePersonActs are the acts of people after a group's birth, in the order pages offer them.
var lifePersonActs = []GroupActKind{
	GroupRenew, GroupAdmit, GroupRemove, GroupLeave, GroupConsent, GroupAppoint, GroupFreeze, GroupUnfreeze, GroupArchive, GroupRestore,
	GroupDissolve, GroupHold, GroupRelease, GroupOpConfirm, GroupOpRetry, GroupResolve, GroupSeenGap, GroupGone,
	GroupJoin, GroupReview, GroupInvite, GroupAccept, GroupDecline,
	GroupOutsider, GroupSponsor,
	GroupKeep, GroupExempt,
}

// GroupOffers lists the acts that a person may do on a group now: standing, state and what there is to act on. What the act
// itself must carry is not looked at. f needs Active and Life with Roles, Heads and, when the person is in the group, the
// person in Members. DecideGroup asks the same function.
func GroupOffers(g Group, who EmployeeID, f GroupFacts) []GroupActKind {
	if g.Life == nil || who == "" || !f.Active {
		return nil
	}
	var out []GroupActKind
	for _, k := range lifePersonActs {
		if g.may(k, who, f) == "" {
			out = append(out, k)
		}
	}
	return out
}

// may says why a person cannot do an act now; empty: they can. The person's standing is looked at first.
func (g *Group) may(k GroupActKind, who EmployeeID, f GroupFacts) Reason {
	l, lf := g.Life, f.life()
	if x := l.guest(who); x != nil {
		return g.mayGuest(k, *x)
	}
	admin := slices.Contains(g.Admins, who)
	security := slices.Contains(lf.Roles, RoleSecurity)
	legal := slices.Contains(lf.Roles, RoleLegal)
	first := func(checks ...check) Reason {
		for _, c := range checks {
			if !c.ok {
				return c.no
			}
		}
		return ""
	}
	in := func(states ...GroupState) check { return check{slices.Contains(states, g.State), ReasonState} }
	switch k {
	case GroupRenew, GroupAdmit, GroupInvite:
		return first(check{admin, ReasonNotAdmin}, in(living...))
	case GroupReview:
		return first(check{admin, ReasonNotAdmin}, in(living...), check{l.Asking > 0 || slices.ContainsFunc(l.Guests, func(x Guest) bool { return x.Longer != nil }), ReasonNotRequested})
	case GroupOutsider:
		why, _ := OutsidersBarred(*g)
		return first(check{admin || slices.Contains(lf.Members, who), ReasonNotMember}, check{why == "", why})
	case GroupSponsor:
		return first(check{admin, ReasonNotAdmin}, in(standing...), check{slices.ContainsFunc(l.Guests, func(x Guest) bool { return !x.Lost.IsZero() }), ReasonHasSponsor})
	case GroupRemove:
		return first(check{admin || security || g.Sponsors(who), ReasonNotAdmin}, in(standing...))
	case GroupLeave:
		return first(check{admin || slices.Contains(lf.Members, who) || lf.placeOf(who) != "", ReasonNotMember}, in(standing...),
			check{!l.custodian(who), ReasonCustodian}, check{!admin || len(g.Admins) > 1, ReasonLastAdmin})
	case GroupJoin:
		place := lf.placeOf(who)
		return first(check{!admin && !slices.Contains(lf.Members, who) && place != MemberActive, ReasonMember}, check{place == "", ReasonWaiting}, in(living...))
	case GroupAccept:
		return first(check{lf.placeOf(who) == MemberInvited, ReasonNotInvited}, in(living...))
	case GroupDecline:
		return first(check{lf.placeOf(who) == MemberInvited, ReasonNotInvited}, check{g.State != GroupDeleted, ReasonState})
	case GroupKeep:
		_, noticed := l.IdleNotice(who)
		return first(check{noticed, ReasonNoNotice}, in(living...))
	case GroupExempt:
		return first(check{admin, ReasonNotAdmin}, in(living...))
	case GroupConsent:
		return first(check{l.Orphan != nil && slices.Contains(l.Orphan.Asked, who), ReasonNotAsked},
			check{slices.Contains(lf.Members, who), ReasonNotMember}, check{!l.implicated(who), ReasonImplicated})
	case GroupAppoint:
		return first(check{security || slices.Contains(lf.Heads, who), ReasonNotHead}, in(standing...),
			check{len(g.Admins) < 2, ReasonState}, check{!l.implicated(who), ReasonImplicated})
	case GroupFreeze:
		return first(check{security, ReasonNotSecurity}, in(living...))
	case GroupUnfreeze:
		return g.mayUnfreeze(who, f)
	case GroupArchive:
		return first(check{admin || security, ReasonNotAdmin}, check{slices.Contains(living, g.State) || (security && g.State == GroupFrozen), ReasonState})
	case GroupRestore:
		return g.mayRestore(admin, security)
	case GroupDissolve:
		if g.Unfiled() { // it has no admins on record: what to do about it is security's (R6.1)
			return first(check{security, ReasonNotSecurity}, check{len(l.Holds) == 0, ReasonHeld})
		}
		return first(check{admin, ReasonNotAdmin}, check{slices.Contains(living, g.State) || g.State == GroupArchived, ReasonState},
			check{len(l.Holds) == 0, ReasonHeld}, check{l.Frozen == nil, ReasonState})
	case GroupHold:
		return first(check{legal, ReasonNotLegal}, check{g.State != GroupDeleted, ReasonState})
	case GroupRelease:
		return first(check{legal, ReasonNotLegal}, check{len(l.Holds) > 0, ReasonNoSuchHold},
			check{slices.ContainsFunc(l.Holds, func(h Hold) bool { return h.By != who }), ReasonOwnHold})
	case GroupOpConfirm:
		return first(check{admin || security, ReasonNotAdmin}, check{l.opIn(OpByHand, OpFailed), ReasonNoSuchOp})
	case GroupOpRetry:
		return first(check{admin || security, ReasonNotAdmin}, check{l.opIn(OpFailed), ReasonNoSuchOp})
	case GroupResolve:
		return first(check{slices.ContainsFunc(l.Findings, func(x Finding) bool { return g.minds(x, who, security) }), ReasonNotOwner},
			check{g.State != GroupDeleted, ReasonState})
	case GroupSeenGap:
		return first(check{admin || security, ReasonNotAdmin}, check{slices.ContainsFunc(l.Gaps, func(x Gap) bool { return x.Seen == "" }), ReasonNoSuchGap})
	case GroupGone:
		return first(check{admin || security || f.Security, ReasonNotAdmin}, in(GroupPendingDeletion), check{len(l.Holds) == 0, ReasonHeld},
			check{l.Deleting, ReasonNotDue})
	default:
		return ReasonUnknownAct
	}
}

// check is one condition and what is answered when it does not hold.
type check struct {
	ok bool
	no Reason
}

// mayUnfreeze: a security officer first, then somebody else of security, legal, the process administrators or the leaders
// of the owning departments; neither is implicated, nor, when a rule froze the group, an admin of it (semantics 2).
func (g *Group) mayUnfreeze(who EmployeeID, f GroupFacts) Reason {
	l, lf := g.Life, f.life()
	switch {
	case g.State != GroupFrozen || l.Frozen == nil:
		return ReasonState
	case l.implicated(who) || (l.Frozen.By == "" && slices.Contains(g.Admins, who)):
		return ReasonImplicated
	case l.Frozen.Unfreeze == "" || l.Frozen.Unfreeze == who:
		if !slices.Contains(lf.Roles, RoleSecurity) {
			return ReasonNotSecurity
		}
		return ""
	}
	for _, r := range []Role{RoleSecurity, RoleLegal, RoleProcessAdmin} {
		if slices.Contains(lf.Roles, r) {
			return ""
		}
	}
	if slices.Contains(lf.Heads, who) {
		return ""
	}
	return ReasonNotSecond
}

// mayRestore: an archived ordinary group by an admin or security, a confidential one by security; a dissolved one within
// its time, a revoked one never.
func (g *Group) mayRestore(admin, security bool) Reason {
	switch g.State {
	case GroupArchived:
		switch {
		case security:
			return ""
		case g.Tier.Confidential():
			return ReasonNotSecurity
		case !admin:
			return ReasonNotAdmin
		}
		return ""
	case GroupPendingDeletion:
		switch {
		case !admin && !security:
			return ReasonNotAdmin
		case g.Life.From == "" || g.Life.Deleting:
			return ReasonState
		}
		return ""
	default:
		return ReasonState
	}
}

// minds tells whether a finding is the person's to see to: its owner, an admin beside the admin who owns it, or security.
func (g *Group) minds(x Finding, who EmployeeID, security bool) bool {
	return security || (x.Owner != "" && (x.Owner == who || (slices.Contains(g.Admins, x.Owner) && slices.Contains(g.Admins, who))))
}

// life gives the facts of a life, empty ones where there are none.
func (f GroupFacts) life() LifeFacts {
	if f.Life == nil {
		return LifeFacts{}
	}
	return *f.Life
}

// placeOf is a person's place as the facts have it, when it is looked at.
func (lf LifeFacts) placeOf(p EmployeeID) MemberState {
	for _, c := range lf.Clear {
		if c.Person == p {
			return c.Was
		}
	}
	return ""
}

func (l *Life) implicated(p EmployeeID) bool {
	return l.Frozen != nil && slices.Contains(l.Frozen.Implicated, p)
}

func (l *Life) custodian(p EmployeeID) bool {
	return slices.ContainsFunc(l.Holds, func(h Hold) bool { return slices.Contains(h.Custodians, p) })
}

func (l *Life) opIn(states ...OpState) bool {
	return slices.ContainsFunc(l.Ops, func(o PlatformOp) bool { return slices.Contains(states, o.State) })
}
