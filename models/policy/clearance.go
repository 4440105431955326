package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// NDA is what the policy says about confidentiality agreements, under nda: (semantics 4, R4.2.1). A file without it asks for
// none.
type NDA struct {
	Tiers  map[domain.Tier]NDATier // a tier without an entry asks for none
	Values NDAValues
	Grace  int // days: to sign a material new version, and for members of groups that stand when a policy begins to ask
	Raised int // days members have when their group's tier is raised; 0: they are out until they have signed
	Days   int // how long the duties go on after the end; 0: without end

	version string
}

// NDATier is how an agreement of a tier's groups is signed. Spans are calendar days after it was sent.
type NDATier struct {
	Check       domain.NDACheck // the least that signs
	Reminders   []int           // ascending
	Expires     int
	Countersign domain.Role // who signs for the company; empty: the platform's seal alone
}

// NDAValues are the policy's texts for the fields of a template. Duties may be empty.
type NDAValues struct {
	Term, Survival, Law, Duties domain.Label
}

// Rules are the rules that an agreement for a group of a tier begins under; false when the tier asks for none.
func (n NDA) Rules(t domain.Tier) (domain.NDARules, bool) {
	rule, ok := n.Tiers[t]
	if !ok {
		return domain.NDARules{}, false
	}
	return domain.NDARules{
		Policy: n.version, Check: rule.Check, Countersign: rule.Countersign, Reminders: slices.Clone(rule.Reminders), Expires: rule.Expires,
		Survives: n.Days, Grace: n.Grace,
	}, true
}

// Training is what a tier's groups ask of their members' training (R4.2.2), under training:.
type Training struct {
	Course string // its key
	Grace  int    // days a member whose training lapsed stays
}

// Clearance is who may be in groups of a tier, as a group's workflow carries it: the zero value asks for nothing.
func (p *Policy) Clearance(t domain.Tier) domain.ClearanceRules {
	_, asked := p.NDA.Tiers[t]
	r := domain.ClearanceRules{
		NDA: asked, Course: p.Training[t].Course, Grace: p.Training[t].Grace, Outsider: p.Outsiders[t], Inactive: p.Inactive[t],
	}
	if r.Asks() {
		r.Begins, r.Raised = max(p.NDA.Grace, r.Grace), p.NDA.Raised
	}
	return r
}
