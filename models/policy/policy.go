package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
)

// Policy is one version of a company's rules, parsed and checked. It is read-only: share it freely, change nothing.
type Policy struct {
	Version   string // declared version + start of the file's digest: "2026.1+0a1b2c3d4e5f"
	Title     domain.Label
	Types     []TypeRule // in the regulation's order
	Tiers     []TierRule // lowest first
	Platforms []Platform
	MaxName   int // runes
	MaxLife   int // calendar days
	Blocked   []string
	Units     []Unit // in the file's order
	// Approval is what holds for every case beyond its steps; the zero value for a file without approval:.
	Approval Approval
	// Life is what holds for a group after its birth; DefaultLife for a file without life:.
	Life Life
	// Who may be in a group, by tier: agreements, training, people from outside, inactive members. A file without these
	// sections asks for nothing.
	NDA       NDA
	Training  map[domain.Tier]Training
	Outsiders map[domain.Tier]domain.OutsiderRules
	// OutsiderLife is what holds for their stays in every tier that lets them in.
	OutsiderLife domain.OutsiderLife
	Inactive     map[domain.Tier]domain.InactiveRules
	// Publication is what holds for posts; the zero value publishes nothing.
	Publication Publication

	// Screening is what posts are screened for (R3.3.1); the zero value is the default. Use Screener.
	Screening screening.Rules

	screener *screening.Screener

	day     int // working minutes of a "d"
	blocked []blockedWord
	routes  []route
	changes []route             // of changes to groups that stand; empty: as filings go
	steps   map[string]stepRule // every step by key, those of the revocation too
}

// TypeRule is what the policy says about a type of group.
type TypeRule struct {
	Type     domain.GroupType
	Label    domain.Label
	Patterns []string // as shown to people: "<部门>-<用途>"

	patterns []pattern
}

// TierRule is what the policy says about a tier (R4.1.1).
type TierRule struct {
	Tier    domain.Tier
	Label   domain.Label
	Ceiling domain.Permissions // the loosest allowed
	Default domain.Permissions // what the form starts with
}

// Platform is a chat platform in use, known by its connector's kind.
type Platform struct {
	Kind  string
	Label domain.Label
}

// Unit is a kind of department that the company's rules speak of: a subsidiary, a centre, a contractor.
type Unit struct {
	Key   string
	Label domain.Label
	Codes []string // of the departments that are of this kind
}

func (u Unit) has(code string) bool { return slices.Contains(u.Codes, code) }

// route is one entry of the ordered list.
type route struct {
	name  string
	label domain.Label
	when  *condition // nil: always
	steps []stepRule
	// filing: of changes, the route that the changed group would take as a filing, in place of steps.
	filing bool
}

// stepRule is a step before departments and people are filled in.
type stepRule struct {
	plan domain.StepPlan // without Rules and CC
	who  []whoRule
	cc   []whoRule
}

// whoKind says how a rule of the policy finds its people.
type whoKind string

const (
	whoOwning    whoKind = "owning_departments"
	whoUnit      whoKind = "owning_units"
	whoSuperior  whoKind = "superior_departments"
	whoRequester whoKind = "department_leader_of"
	whoCompany   whoKind = "company"
	whoCode      whoKind = "department"
	whoRole      whoKind = "role"
	whoPerson    whoKind = "person"
)

type whoRule struct {
	kind   whoKind
	value  string // kind of department, department code, role, or staff number
	class  string
	backup backupRule
}

// backupRule names a stand-in: a person by staff number, or the first holder of a role.
type backupRule struct {
	role   domain.Role
	person string
}

// FilingRules are the bounds domain.CheckFiling holds filings to.
func (p *Policy) FilingRules() domain.FilingRules {
	rules := domain.FilingRules{Ceilings: map[domain.Tier]domain.Permissions{}, MaxLife: p.MaxLife}
	for _, t := range p.Tiers {
		rules.Ceilings[t.Tier] = t.Ceiling
	}
	for _, pl := range p.Platforms {
		rules.Platforms = append(rules.Platforms, pl.Kind)
	}
	return rules
}

// TierDefaults are the permissions a form starts with; the strictest for an unknown tier.
func (p *Policy) TierDefaults(t domain.Tier) domain.Permissions {
	for _, tr := range p.Tiers {
		if tr.Tier == t {
			return tr.Default
		}
	}
	return domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}
}

// RouteLabel is the text of a route by its name, also of RevocationRoute; the name itself for a route of another version.
func (p *Policy) RouteLabel(name string) domain.Label {
	if name == RevocationRoute {
		return revocationLabel
	}
	for _, list := range [][]route{p.routes, p.changes, p.Publication.routes} {
		if i := slices.IndexFunc(list, func(r route) bool { return r.name == name }); i >= 0 {
			return list[i].label
		}
	}
	return domain.Label{ZH: name, EN: name}
}

// StepLabel is the text of a step by its key; the key itself for a step of another version. A case carries keys, its
// policy version the words.
func (p *Policy) StepLabel(key string) domain.Label {
	if s, ok := p.steps[key]; ok {
		return s.plan.Label
	}
	switch key {
	case LoweredStep:
		return loweredTexts.label
	case PartiesStep:
		return partiesTexts.label
	}
	return domain.Label{ZH: key, EN: key}
}

// StepWhy is the policy's reason for a step by its key; empty for a step of another version.
func (p *Policy) StepWhy(key string) domain.Label {
	switch key {
	case LoweredStep:
		return loweredTexts.why
	case PartiesStep:
		return partiesTexts.why
	}
	return p.steps[key].plan.Why
}

func (p *Policy) typeRule(t domain.GroupType) *TypeRule {
	for i := range p.Types {
		if p.Types[i].Type == t {
			return &p.Types[i]
		}
	}
	return nil
}
