package domain

import "slices"

// PlatformView is how a group stands on its platform, as far as the platform tells.
type PlatformView struct {
	Gone    bool // it is no longer there
	Renamed bool // its name is not the registered one after normalising
	// Permissions there, and which of them the platform tells, by their JSON names.
	Permissions Permissions
	Known       []string
	Members     []PlatformMember
	Listed      bool // the platform lists members
	Frozen      bool // nobody but the system posts
	ReadOnly    bool // everybody reads, nobody posts
	Closes      bool // the platform can freeze and archive, and tells whether it has
}

// PlatformMember is somebody in the group there; the service's own account is not among them.
type PlatformMember struct {
	Person  EmployeeID // empty: nobody of ours
	Account string     // keyed hash
	Admin   bool
	Invited bool
}

// Registered are the people of a group by their rows.
type Registered struct {
	Active  []EmployeeID // admins included
	Leaving []EmployeeID // the platform is being asked to remove them
	Removed []EmployeeID
	Early   []EmployeeID // they wait since the group was filed late, and may stay on its platform until the grace ends
}

// Drift compares the platform with the register (semantics 2). It says what differs, which kinds it could look for, and how
// many people there are nobody of ours.
func Drift(g Group, r Registered, v PlatformView) (found []Finding, looked []FindingKind, outside int) {
	if g.Life == nil {
		return nil, nil, 0
	}
	add := func(x Finding) { found = append(found, x) }
	looked = []FindingKind{FindDeleted}
	if v.Gone {
		add(Finding{Kind: FindDeleted})
		return found, looked, 0
	}
	if g.State == GroupDraft { // nothing of it is on the register yet that could differ
		return []Finding{{Kind: FindUnfiled}}, append(looked, FindUnfiled), 0
	}
	looked = append(looked, FindRenamed, FindLooser)
	if v.Renamed {
		add(Finding{Kind: FindRenamed})
	}
	settled := !g.Life.opPending(OpPermissions, OpAdmins, OpFreeze, OpUnfreeze, OpArchive, OpRestore)
	frozen := g.State == GroupFrozen || g.State == GroupArchived || g.State == GroupPendingDeletion
	l := looser(v, g.Life.Perms)
	if frozen {
		l = g.open(v)
	}
	if len(l) > 0 && settled {
		add(Finding{Kind: FindLooser, Fields: l})
	}
	if !v.Listed || g.Unfiled() || (g.Case == "" && g.State == GroupPendingDeletion) { // nobody is on the register of what nobody filed
		return found, looked, 0
	}
	looked = append(looked, FindStranger, FindMissing, FindNotAdmin, FindNotRemoved)
	there := map[EmployeeID]bool{}
	for _, p := range v.Members {
		there[p.Person] = true
		switch {
		case p.Person == "":
			outside++
			if !g.Life.Perms.InviteOutsiders {
				add(Finding{Kind: FindStranger, Account: p.Account})
			}
		case slices.Contains(r.Active, p.Person):
			if settled && !frozen && !p.Invited && p.Admin != slices.Contains(g.AdminsThere(), p.Person) {
				add(Finding{Kind: FindNotAdmin, Person: p.Person})
			}
		case slices.Contains(r.Early, p.Person): // the flag says that agreements or trainings are missing (R4.2.1)
		case slices.Contains(r.Leaving, p.Person), g.Life.opFor(OpRemove, p.Person):
		case slices.Contains(r.Removed, p.Person):
			add(Finding{Kind: FindNotRemoved, Person: p.Person})
		default:
			add(Finding{Kind: FindStranger, Person: p.Person})
		}
	}
	for _, p := range r.Active {
		if !there[p] && !g.Life.opFor(OpInvite, p) && g.State != GroupProvisioning {
			add(Finding{Kind: FindMissing, Person: p})
		}
	}
	return found, looked, outside
}

// looser names the permissions that the platform tells and that go beyond those in force.
func looser(v PlatformView, want Permissions) []string {
	return slices.DeleteFunc(v.Permissions.Looser(want), func(n string) bool { return !slices.Contains(v.Known, n) })
}

// The fields of a looser group that are no permissions: what the register has closed stands open there.
const (
	FieldFrozen   = "frozen"
	FieldReadOnly = "read_only"
)

// open says in what a group that nobody should post in is open on its platform. Frozen and read-only both keep people from
// posting, so that either is enough.
func (g *Group) open(v PlatformView) []string {
	switch {
	case !v.Closes || v.Frozen || v.ReadOnly:
		return nil
	case g.State == GroupFrozen:
		return []string{FieldFrozen}
	}
	return []string{FieldReadOnly}
}

// LookTells tells whether a group would learn anything from a look at it: where the act finds what is known already there is
// nothing to say, so that a group at rest costs no act however often it is looked at.
func LookTells(g Group, a GroupAct) bool {
	if g.Life == nil || g.State == GroupDeleted {
		return false
	}
	after, v := DecideGroup(g, a, GroupFacts{At: a.At})
	if v.Result != Accepted {
		return false
	}
	known := func(l *Life) string {
		l = l.clone()
		for i := range l.Findings {
			l.Findings[i].Seen = 0
		}
		return StateDigest(struct {
			F []Finding
			D []Dismissal
			N int
		}{l.Findings, l.Dismissed, l.Outside})
	}
	return known(g.Life) != known(after.Life)
}
