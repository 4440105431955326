package service

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// Who may read what. The permission table (routes.go) names roles and relations; this file says what a person is to a
// case or group, from the state and the directory alone, so that list, page and act agree.

// caseRelations is what a person is to a case. Holding or having held a slot in any round makes an approver.
func caseRelations(c *domain.Case, admins []domain.EmployeeID, me domain.EmployeeID) []Relation {
	var out []Relation
	if c.Parties.Requester == me {
		out = append(out, RelRequester)
	}
	held, asked := false, false
	scan := func(steps []domain.Step, now bool) {
		for _, st := range steps {
			for _, s := range st.Slots {
				if s.Person != me && (s.Decision == nil || s.Decision.By != me) {
					continue
				}
				held = true
				asked = asked || (now && s.Person == me && s.Status == domain.SlotOpen && !c.Status.Final())
			}
		}
	}
	for _, r := range c.Past {
		scan(r.Steps, false)
	}
	scan(c.Steps, true)
	if held {
		out = append(out, RelApprover)
	}
	if asked {
		out = append(out, RelAsked)
	}
	if slices.Contains(admins, me) {
		out = append(out, RelNamedAdmin)
	}
	if slices.ContainsFunc(c.Copies, func(x domain.Copy) bool { return x.Person == me }) {
		out = append(out, RelCopied)
	}
	if len(out) == 0 {
		return []Relation{RelNone}
	}
	return out
}

// readerByOffice tells whether somebody reads cases and groups for the office they hold, not for a part in them.
func readerByOffice(a Actor) bool {
	return a.Has(domain.RoleSecurity) || a.Has(domain.RoleProcessAdmin) || a.Has(domain.RoleAuditor)
}

// related tells whether any relation means something.
func related(rel []Relation) bool {
	return slices.ContainsFunc(rel, func(r Relation) bool {
		return r != RelNone && r != RelPublic && r != RelSecond && r != RelAwaited && r != RelWasDelegate
	})
}

// partyTo tells whether a relation gives a part in the matter, beyond being allowed to look. A copy is to be read only.
func partyTo(rel []Relation) bool {
	return slices.ContainsFunc(rel, func(r Relation) bool {
		return r == RelRequester || r == RelApprover || r == RelAsked || r == RelNamedAdmin || r == RelDelegate
	})
}

// mayReadCase decides about a case: its parties and those who got a copy always; offices too, for confidential matter with
// a purpose.
func mayReadCase(a Actor, rel []Relation) bool {
	return partyTo(rel) || slices.Contains(rel, RelCopied) || readerByOffice(a)
}

// groupRelations is what a person is to a group in the register.
func groupRelations(g groupFacts, dir *domain.Directory, a Actor) []Relation {
	var out []Relation
	if slices.Contains(g.admins, a.ID) {
		out = append(out, RelNamedAdmin)
	}
	if g.member {
		out = append(out, RelMember)
	}
	if g.awaited && !slices.Contains(g.admins, a.ID) {
		out = append(out, RelAwaited)
	}
	if g.sponsor {
		out = append(out, RelSponsor)
	}
	if leadsAny(a, g.departments, dir) {
		out = append(out, RelLeader)
	}
	if g.tier == domain.TierOrdinary && !a.Outside {
		out = append(out, RelPublic)
	}
	if g.second && (a.Has(domain.RoleLegal) || a.Has(domain.RoleProcessAdmin)) {
		out = append(out, RelSecond)
	}
	if len(out) == 0 {
		return []Relation{RelNone}
	}
	return out
}

// groupFacts is what scope must know of a group.
type groupFacts struct {
	tier        domain.Tier
	admins      []domain.EmployeeID
	departments []domain.DepartmentID
	member      bool
	awaited     bool // has a place that is not taken yet, or not any more for now
	sponsor     bool // answers for somebody from outside in it
	second      bool // frozen, and one of the two who unfreeze it has spoken
}

// leadsAny tells whether the actor leads one of the departments or one above it.
func leadsAny(a Actor, departments []domain.DepartmentID, dir *domain.Directory) bool {
	for _, d := range departments {
		for _, up := range dir.Chain(d) {
			if slices.Contains(a.Leads, up) {
				return true
			}
		}
	}
	return false
}

// mayReadGroup decides about a group: ordinary ones are every employee's to see, confidential ones their members',
// admins', the leaders' of the owning departments, security officers', legal's (holds are theirs to set) and auditors';
// for as long as it takes, whoever may be the second to unfreeze one.
func mayReadGroup(a Actor, rel []Relation) bool {
	return related(rel) || slices.Contains(rel, RelPublic) || slices.Contains(rel, RelSecond) || watches(a)
}

// watches tells whether the actor's office is to watch over all groups.
func watches(a Actor) bool {
	return a.Has(domain.RoleSecurity) || a.Has(domain.RoleLegal) || a.Has(domain.RoleAuditor)
}

// mayReadMembers decides who sees the list of a group's members.
func mayReadMembers(a Actor, rel []Relation) bool { return related(rel) || watches(a) }

// needsPurpose tells whether reading must be justified and is recorded: confidential matter, read for an office.
func needsPurpose(tier domain.Tier, rel []Relation) bool { return tier.Confidential() && !related(rel) }
