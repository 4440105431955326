package policy

import (
	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of publications.
const (
	maxValid     = 90 // calendar days
	maxChecklist = 10
)

// publication reads what holds for posts. Without it nothing is published here.
func (r *reader) publication(p *Policy, n *yaml.Node) {
	if n == nil {
		return
	}
	f := r.object(n, "publication", []string{"valid", "carries", "checklist", "parties", "routes"}, nil)
	pub := Publication{
		On: true, Valid: r.days(f["valid"], "publication.valid", maxValid), Carries: map[domain.Tier]domain.Class{},
		Parties: r.duration(f["parties"], "publication.parties", maxDeadlineHours*60, p.day),
	}
	// A topic at risk is posted nowhere, whatever the table says.
	var classes []string
	for _, c := range domain.Classes() {
		if c != domain.ClassTopic {
			classes = append(classes, string(c))
		}
	}
	cf := r.object(f["carries"], "publication.carries", names(domain.Tiers), nil)
	for i, t := range domain.Tiers {
		path := join("publication.carries", string(t))
		c := domain.Class(r.oneOf(cf[string(t)], path, classes...))
		pub.Carries[t] = c
		if i > 0 && c != "" && c.Rank() < pub.Carries[domain.Tiers[i-1]].Rank() {
			r.bad(cf[string(t)], path, "carries_less", "tier", t, "below", domain.Tiers[i-1])
		}
	}
	for i, cn := range r.list(f["checklist"], "publication.checklist", maxChecklist) {
		pub.Checklist = append(pub.Checklist, r.label(cn, at("publication.checklist", i), maxLabel))
	}
	if c := f["checklist"]; c != nil && c.Kind == yaml.SequenceNode && len(c.Content) == 0 {
		r.bad(c, "publication.checklist", "no_checklist")
	}
	var routed []string
	for _, c := range routedClasses {
		routed = append(routed, string(c))
	}
	rf := r.object(f["routes"], "publication.routes", routed, nil)
	for _, c := range routedClasses {
		path := join("publication.routes", string(c))
		sf := r.object(rf[string(c)], path, []string{"label", "steps"}, nil)
		pub.routes = append(pub.routes, route{name: publicationRoute(c), label: r.label(sf["label"], join(path, "label"), maxLabel), steps: r.stepList(p, sf["steps"], join(path, "steps"))})
	}
	p.Publication = pub
}
