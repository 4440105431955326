package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// facts is all a condition can see: of the request, and of the directory around it. Nothing in it is a text people wrote
// freely, a clock or chance.
type facts struct {
	Type        string `expr:"type"`
	Tier        string `expr:"tier"`
	Platform    string `expr:"platform"`
	Departments int    `expr:"departments"`
	Members     int    `expr:"members"`
	Outsiders   bool   `expr:"outsiders"`
	Temporary   bool   `expr:"temporary"`
	Existing    bool   `expr:"existing"`
	// Level is the highest owning department's: 1 is the top of the company.
	Level int `expr:"level"`
	// Leads: the requester leads an active department.
	Leads bool `expr:"leads"`
	// Owners are the codes of the owning departments and of all above them, Requester those of the requester's own.
	Owners    []string `expr:"owners"`
	Requester []string `expr:"requester"`
	// OwnerUnits are the kinds of department (units:) that the owning ones are or lie in.
	OwnerUnits []string `expr:"owner_units"`

	changeFacts // under changes: only
}

const factOwnerUnits = "owner_units"

var (
	factNames = []string{"type", "tier", "platform", "departments", "members", "outsiders", "temporary", "existing", "level", "leads"}
	listFacts = []string{"owners", "requester", factOwnerUnits} // only as: "…" in owners
	operators = []string{"==", "!=", "<", "<=", ">", ">=", "and", "or", "&&", "||", "in"}
)

// vocabulary is what the policy itself defines and conditions may name.
type vocabulary struct {
	platforms, units []string
	changes          bool // the facts of a change too
}

// names lists what a condition may name beside the lists.
func (v vocabulary) names() []string {
	if v.changes {
		return slices.Concat(factNames, changeFactNames)
	}
	return factNames
}

// values lists what a text fact can be.
func (v vocabulary) values(fact string) (allowed []string, known bool) {
	switch fact {
	case "type":
		for _, t := range domain.GroupTypes {
			allowed = append(allowed, string(t))
		}
	case "tier":
		for _, t := range domain.Tiers {
			allowed = append(allowed, string(t))
		}
	case "platform":
		allowed = v.platforms
	default:
		return nil, false
	}
	return allowed, true
}

func (p *Policy) vocabulary() vocabulary {
	var v vocabulary
	for _, pl := range p.Platforms {
		v.platforms = append(v.platforms, pl.Kind)
	}
	for _, u := range p.Units {
		v.units = append(v.units, u.Key)
	}
	return v
}

// facts gathers what conditions see of a filing.
func (p *Policy) facts(f domain.Filing, requester domain.EmployeeID, dir *domain.Directory) facts {
	out := facts{
		Type: string(f.Type), Tier: string(f.Tier), Platform: f.Platform, Departments: len(f.Departments), Members: len(f.Admins) + len(f.Members),
		Outsiders: f.Permissions.InviteOutsiders, Temporary: f.EndsOn != "", Existing: f.Existing,
	}
	if dir == nil {
		return out
	}
	for _, id := range f.Departments {
		chain := dir.Chain(id)
		if n := len(chain); out.Level == 0 || n < out.Level {
			out.Level = n
		}
		out.Owners = append(out.Owners, codesOf(dir, chain)...)
	}
	out.Requester = codesOf(dir, dir.Chain(dir.Employees[requester].Department))
	if requester != "" {
		for _, d := range dir.Departments {
			out.Leads = out.Leads || (d.Active && d.Leader == requester)
		}
	}
	for _, u := range p.Units {
		if slices.ContainsFunc(out.Owners, u.has) {
			out.OwnerUnits = append(out.OwnerUnits, u.Key)
		}
	}
	return out
}

func codesOf(dir *domain.Directory, chain []domain.DepartmentID) []string {
	out := make([]string, len(chain))
	for i, id := range chain {
		out[i] = dir.Departments[id].Code
	}
	return out
}
