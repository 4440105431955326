package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// Publication is what the policy says of posts, under publication: (semantics 3, R3). A file without it publishes nothing.
type Publication struct {
	On        bool
	Valid     int                          // calendar days in which an approval is used
	Carries   map[domain.Tier]domain.Class // the highest class that groups of a tier carry
	Checklist []domain.Label               // what the author of a general post goes through
	Parties   int                          // working minutes for the parties to agree

	routes []route // by class, lowest first, named publicationRoute(class)
}

// PartiesStep is the key of the step in which several parties agree before anybody else is asked. No step of a policy may
// bear it.
const PartiesStep = "publication_parties"

var partiesTexts = struct{ label, why domain.Label }{
	domain.Label{ZH: "各方同意", EN: "All parties agree"},
	domain.Label{ZH: "涉及多方的重要信息，须各方均同意后再审批（R3.2.2）", EN: "Important matter of several parties is approved after all of them agreed (R3.2.2)"},
}

// routedClasses are the classes that are approved by a route, lowest first. A general post is the author's own to check.
var routedClasses = []domain.Class{domain.ClassBusiness, domain.ClassStrategic, domain.ClassSensitive, domain.ClassTopic}

// publicationRoute names the route of a class. No route of a file can bear such a name.
func publicationRoute(c domain.Class) string { return "publication." + string(c) }

// PostRules are the rules that a publication takes over when it is submitted.
func (p *Policy) PostRules() domain.PostRules {
	out := domain.PostRules{Policy: p.Version, Valid: p.Publication.Valid, Carries: map[domain.Tier]domain.Class{}}
	for t, c := range p.Publication.Carries {
		out.Carries[t] = c
	}
	return out
}

// PlanPost plans the approval of a publication by its class: several parties agree first, then the policy's steps, filled in for
// the departments that own the target groups and the author's (R3.2.2, semantics 3). The error is a *PlanError; its reason is
// not_published where the policy publishes nothing, or has no route for the class.
func (p *Policy) PlanPost(class domain.Class, parties domain.PostParties, owners []domain.DepartmentID, author domain.EmployeeID, dir *domain.Directory) (domain.RoutePlan, error) {
	rt := p.postRoute(class)
	if rt == nil {
		return domain.RoutePlan{}, &PlanError{Route: publicationRoute(class), Reason: "not_published"}
	}
	for _, d := range parties.Departments {
		if !dir.Departments[d].Active {
			return domain.RoutePlan{}, &PlanError{Route: rt.name, Step: PartiesStep, Reason: "unknown_department", Detail: string(d)}
		}
	}
	for _, who := range parties.People {
		if !dir.Active(who) {
			return domain.RoutePlan{}, &PlanError{Route: rt.name, Step: PartiesStep, Reason: "unknown_person", Detail: string(who)}
		}
	}
	own := dir.Employees[author].Department
	if len(owners) == 0 {
		owners = []domain.DepartmentID{own}
	}
	plan, err := p.fill(rt, scope{policy: p, departments: owners, own: own, requester: author, dir: dir})
	if err != nil {
		return domain.RoutePlan{}, err
	}
	if class == domain.ClassTopic {
		return plan, nil // nobody agrees to what is not posted
	}
	return domain.PostRoute(plan, domain.StepPlan{Key: PartiesStep, Label: partiesTexts.label, Why: partiesTexts.why, Deadline: p.Publication.Parties}, parties), nil
}

func (p *Policy) postRoute(class domain.Class) *route {
	name := publicationRoute(class)
	if i := slices.IndexFunc(p.Publication.routes, func(r route) bool { return r.name == name }); i >= 0 {
		return &p.Publication.routes[i]
	}
	return nil
}
