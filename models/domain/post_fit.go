package domain

import (
	"slices"
	"time"
)

// MisfitKind says why a publication may not go into a group.
type MisfitKind string

// The kinds of misfit (semantics 3: fit).
const (
	MisfitTier     MisfitKind = "tier"     // groups of the tier do not carry the class
	MisfitState    MisfitKind = "state"    // the group does not stand: frozen, archived, not there
	MisfitScope    MisfitKind = "scope"    // Person is in the group and outside the need-to-know scope
	MisfitNDA      MisfitKind = "nda"      // … has no agreement in force
	MisfitTraining MisfitKind = "training" // … has no valid training
	MisfitMore     MisfitKind = "more"     // N further people
)

// Misfit is one reason why a publication does not fit a target group.
type Misfit struct {
	Group  string     `json:"group"`
	Kind   MisfitKind `json:"kind"`
	Person EmployeeID `json:"person,omitempty"`
	N      int        `json:"n,omitempty"`
}

// MaxMisfits bounds how many people a group's list names; the rest is counted.
const MaxMisfits = 50

// PostTarget is a target group as it stands.
type PostTarget struct {
	Group   string
	Known   bool // it is on the register
	Tier    Tier
	State   GroupState
	Clear   ClearanceRules // what its tier asks of members
	Members []PostReader
}

// PostReader is somebody who would read it there.
type PostReader struct {
	Person      EmployeeID
	Departments []DepartmentID // their own and those above it
	Groups      []string       // of the scope's groups those they are in
	Clearance   Clearance
}

// inside tells whether the scope names a reader.
func (s PostScope) inside(r PostReader) bool {
	return !s.Stated() || slices.Contains(s.People, r.Person) ||
		slices.ContainsFunc(r.Departments, func(d DepartmentID) bool { return slices.Contains(s.Departments, d) }) ||
		slices.ContainsFunc(r.Groups, func(g string) bool { return slices.Contains(s.Groups, g) })
}

// Fits lists why a publication does not fit its target groups (semantics 3): a group's tier carries the class, the group
// stands, and every member is inside the need-to-know scope with agreement and training valid. Nothing: it fits.
func Fits(class Class, scope PostScope, carries map[Tier]Class, targets []PostTarget, now time.Time) []Misfit {
	var out []Misfit
	for _, t := range targets {
		switch {
		case !t.Known, t.State != GroupActive && t.State != GroupRenewalDue && t.State != GroupGrace:
			out = append(out, Misfit{Group: t.Group, Kind: MisfitState})
			continue
		case class.Rank() > carries[t.Tier].Rank() || !class.Known():
			out = append(out, Misfit{Group: t.Group, Kind: MisfitTier})
			continue
		}
		named := 0
		for _, m := range t.Members {
			k := m.unfit(scope, t.Clear, now)
			switch {
			case k == "":
				continue
			case named < MaxMisfits:
				out = append(out, Misfit{Group: t.Group, Kind: k, Person: m.Person})
			case named == MaxMisfits:
				out = append(out, Misfit{Group: t.Group, Kind: MisfitMore, N: 1})
			default:
				out[len(out)-1].N++
			}
			named++
		}
	}
	return out
}

func (r PostReader) unfit(scope PostScope, rules ClearanceRules, now time.Time) MisfitKind {
	switch {
	case !scope.inside(r):
		return MisfitScope
	case PlaceFor(rules, MemberActive, r.Clearance, now) == MemberActive:
		return ""
	case PlaceFor(ClearanceRules{NDA: rules.NDA}, MemberActive, r.Clearance, now) != MemberActive:
		return MisfitNDA
	}
	return MisfitTraining
}

// PostDue is when a publication goes out: at the next working hour, at once when it is urgent (semantics 3).
func PostDue(cal *Calendar, at time.Time, urgent bool) time.Time {
	if urgent || cal == nil || len(cal.Hours) == 0 {
		return at.UTC()
	}
	return cal.NextWorking(at)
}

// PlanPost computes when an approved publication goes out, and until when the approval holds.
func PlanPost(p Post, at time.Time, cal *Calendar) *PostDates {
	if cal == nil {
		cal = &Calendar{Version: "none"}
	}
	until := p.Until
	if until.IsZero() {
		until = cal.Nine(p.Approved, max(p.Rules.Valid, 1))
	}
	return &PostDates{Calendar: cal.Version, NotBefore: PostDue(cal, at, p.Urgent), Until: until}
}

// PostRoute is the route of a publication: the parties agree first, all of them, then the policy's steps for its class
// (R3.2.2, semantics 3). parties is the step's plan without people; a single party is no matter between several.
func PostRoute(plan RoutePlan, parties StepPlan, who PostParties) RoutePlan {
	if len(who.Departments)+len(who.People) < 2 {
		return plan
	}
	parties.Kind, parties.Rules, parties.Final = Countersign, nil, FinalExpire
	for _, d := range who.Departments {
		parties.Rules = append(parties.Rules, SlotRule{Kind: RuleDepartmentLeader, Department: d})
	}
	for _, p := range who.People {
		parties.Rules = append(parties.Rules, SlotRule{Kind: RulePerson, Person: p})
	}
	plan.Steps = append([]StepPlan{parties}, plan.Steps...)
	return plan
}
