package policy

import (
	"cmp"
	"errors"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// Problem is a step of a route for which the directory has nobody today. A policy with problems must not be activated
// (semantics 1: a route that cannot resolve is refused at policy activation).
type Problem struct {
	Route      string              `json:"route"`
	Step       string              `json:"step"`
	Department domain.DepartmentID `json:"department"`
	Reason     string              `json:"reason"` // nobody_to_ask, or a PlanError's reason
	Rules      []string            `json:"rules,omitempty"`
}

// Resolvable tries every route that a filing of any type and tier can take, for every active department, against the
// directory. Each route is resolved once a department; cost grows with departments × routes.
func (p *Policy) Resolvable(dir *domain.Directory) []Problem {
	var ids []domain.DepartmentID
	for id, d := range dir.Departments {
		if d.Active {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b domain.DepartmentID) int {
		return cmp.Or(cmp.Compare(dir.Departments[a].Code, dir.Departments[b].Code), cmp.Compare(a, b))
	})
	var out []Problem
	for i := range p.routes {
		rt := &p.routes[i]
		for _, id := range ids {
			plan, err := p.fill(rt, scope{departments: []domain.DepartmentID{id}, own: id, dir: dir})
			var pe *PlanError
			if errors.As(err, &pe) {
				out = append(out, Problem{Route: rt.name, Step: pe.Step, Department: id, Reason: pe.Reason, Rules: []string{pe.Detail}})
				continue
			}
			for _, st := range plan.Steps {
				if res := domain.Resolve(st, dir, domain.Parties{Requester: "-"}); !res.OK() {
					out = append(out, Problem{Route: rt.name, Step: st.Key, Department: id, Reason: "nobody_to_ask", Rules: res.Unresolved})
				}
			}
		}
	}
	return out
}
