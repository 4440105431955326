package domain

import "slices"

// LifeNeeds says which facts the decision activity must find for an act of a group's life (LifeFacts), so that what an act
// looks at is written once.
type LifeNeeds struct {
	Roles  bool // of the actor
	Heads  bool
	People []EmployeeID // Members and Employed: which of these are in the group, and which work here
	// Touched: Gone, Moved and Shifted among the group's members since Life.Revision.
	Touched bool
	// All: Gone and Moved among all members, whatever the revision: a group comes back after a long time.
	All    bool
	Eldest bool // the members longest in the group, without the people above, at most Rules.Ownerless.Ask
	Rules  bool // those in force now, the platform's capabilities and limit, Count, and Perms for a group without a life
	Seen   bool // AttestDigest with the members of now
	Limit  bool
	// Everybody: Clear of all who are in the group or wait, as far as their place is not what it should be (Unsettled).
	Everybody bool
	Silence   bool // what is on record of the activity of People
}

// NeedsOf tells what must be known to decide an act.
func NeedsOf(g Group, a GroupAct) LifeNeeds {
	var p LifeAct
	if a.Life != nil {
		p = *a.Life
	}
	n := LifeNeeds{Roles: a.Actor != "", People: slices.Clone(p.People)}
	if a.Actor != "" {
		n.People = append(n.People, a.Actor)
	}
	asks := g.Life != nil && g.Life.Rules.Tiers[g.Tier].Clearance.Asks()
	if asks { // who of them has their power on the platform
		n.People = append(n.People, g.Admins...)
	}
	switch a.Kind {
	case GroupBegun:
		n.Rules = true
	case GroupContinued:
		n.Rules, n.Everybody = true, g.Tier.Confidential()
	case GroupDirectory:
		n.Touched, n.Eldest, n.Heads = true, true, true
	case GroupRenew:
		n.Seen, n.People = true, append(n.People, g.Admins...)
	case GroupUnfreeze, GroupAppoint:
		n.Heads, n.Eldest, n.Everybody = true, true, asks && a.Kind == GroupUnfreeze
	case GroupDateDue:
		n.Heads, n.Everybody = p.Date == DateAskHead, p.Date == DateGate
	case GroupRestore:
		n.All, n.Eldest, n.Heads, n.Everybody = true, true, true, asks
	case GroupAdmit, GroupJoin, GroupReview, GroupInvite, GroupAccept, GroupOutsider:
		n.Limit = true
	case GroupRemove, GroupLeave:
		n.Eldest, n.Heads = true, true
	case GroupChanged, GroupAdopted:
		n.Rules, n.Limit, n.Eldest, n.Heads = true, true, true, true
		if d := p.Delta; d != nil {
			n.People = slices.Concat(n.People, d.Admins, d.Admit, d.Remove, g.Admins)
			n.Everybody = d.Tier != g.Tier && (d.Tier.Confidential() || g.Tier.Confidential())
		}
	case GroupResolve:
		n.Eldest, n.Heads = true, true
		if l := g.Life; l != nil {
			for _, f := range l.Findings {
				if f.ID == p.Finding && f.Person != "" {
					n.People = append(n.People, f.Person)
				}
			}
		}
	case GroupInactive:
		n.Silence = true
	case GroupReconciled:
		for _, f := range p.Findings {
			if f.Person != "" {
				n.People = append(n.People, f.Person)
			}
		}
	default: // the group itself says enough
	}
	slices.Sort(n.People)
	n.People = slices.Compact(n.People)
	return n
}
