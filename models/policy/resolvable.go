package policy

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// maxProblems bounds the list: who reads five hundred problems has understood that the policy is not this company's.
const maxProblems = 500

// Problem is something in the policy that the present directory cannot answer. A policy with problems must not be
// activated (semantics 1: a route that cannot resolve is refused at policy activation).
type Problem struct {
	Route      string              `json:"route,omitempty"`
	Step       string              `json:"step,omitempty"`
	Department domain.DepartmentID `json:"department,omitempty"` // owns the group; empty: whichever does
	// Requester is set when somebody is found for everybody's request but this leader's of the department.
	Requester domain.EmployeeID `json:"requester,omitempty"`
	Reason    string            `json:"reason"` // ProblemNobody and the like, or a PlanError's reason
	Rules     []string          `json:"rules,omitempty"`
}

// The reasons beside those of a PlanError.
const (
	ProblemNobody   = "nobody_to_ask"      // in the step, by its rules
	ProblemNoCopy   = "nobody_to_copy"     // a rule of the step's cc finds nobody, whatever the department
	ProblemNoLadder = "no_superior"        // the step escalates, and nobody asked in it has a superior, whatever the department
	ProblemUnknown  = "unknown_department" // a condition or a kind of department names a code that no active department bears
)

// Resolvable tries every route that a request for each active department can take, the revocation's and those of changes, against the
// directory: once for a requester who leads nothing and once for the department's own leader, who may not decide on their
// own request. Steps, copies and ladders are looked at, and the codes that conditions and units name. The cost grows with
// departments × routes; at most 500 problems are listed.
func (p *Policy) Resolvable(dir *domain.Directory) []Problem {
	c := &checker{policy: p, dir: dir, index: newLookup(dir), ladders: map[string]bool{}, copied: map[copyRule]bool{}}
	c.codes()
	for _, id := range c.departments() {
		for _, rt := range c.taken(id) {
			c.try(rt, id)
		}
		if rt := &p.Approval.Revocation.route; len(rt.steps) > 0 {
			c.try(rt, id)
		}
		for _, list := range [][]route{p.changes, p.Publication.routes} {
			for i := range list {
				if rt := &list[i]; len(rt.steps) > 0 {
					c.try(rt, id)
				}
			}
		}
	}
	for _, key := range stepOrder(p, p) {
		if found, tried := c.ladders[key]; tried && !found {
			c.add(Problem{Step: key, Reason: ProblemNoLadder})
		}
		for i, w := range p.steps[key].cc {
			if found, tried := c.copied[copyRule{key, i}]; tried && !found {
				c.add(Problem{Step: key, Reason: ProblemNoCopy, Rules: []string{string(w.kind) + ": " + w.value}})
			}
		}
	}
	return c.out
}

// copyRule is a rule of a step's cc by its place.
type copyRule struct {
	step string
	at   int
}

type checker struct {
	policy  *Policy
	dir     *domain.Directory
	index   *lookup
	ladders map[string]bool   // steps that escalate: whether anybody has a superior
	copied  map[copyRule]bool // whether anybody gets the copy: a vacant post here and there is none's fault
	out     []Problem
}

func (c *checker) add(p Problem) {
	if len(c.out) < maxProblems {
		c.out = append(c.out, p)
	}
}

// departments lists the active ones by code.
func (c *checker) departments() []domain.DepartmentID {
	var ids []domain.DepartmentID
	for id, d := range c.dir.Departments {
		if d.Active {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b domain.DepartmentID) int {
		return cmp.Or(cmp.Compare(c.dir.Departments[a].Code, c.dir.Departments[b].Code), cmp.Compare(a, b))
	})
	return ids
}

// codes looks up what conditions and units name.
func (c *checker) codes() {
	for _, u := range c.policy.Units {
		for _, code := range u.Codes {
			if _, ok := c.index.codes[code]; !ok {
				c.add(Problem{Reason: ProblemUnknown, Rules: []string{"units." + u.Key + ": " + code}})
			}
		}
	}
	for _, rt := range slices.Concat(c.policy.routes, c.policy.changes) {
		if rt.when == nil {
			continue
		}
		for _, code := range rt.when.codes {
			if _, ok := c.index.codes[code]; !ok {
				c.add(Problem{Route: rt.name, Reason: ProblemUnknown, Rules: []string{code}})
			}
		}
	}
}

// taken lists the routes that a request for the department can take. What is not known of it is left open, other owning
// departments too where the type allows several: a route may be tried that never comes, none that comes is left out.
func (c *checker) taken(id domain.DepartmentID) []*route {
	chain := codesOf(c.dir, c.dir.Chain(id))
	could := make([]bool, len(c.policy.routes))
	for _, typ := range domain.GroupTypes {
		alone := typ == domain.TypeDepartment // R2.1.1: one department's
		held := func(has bool) tri {
			if has {
				return yes
			}
			if alone {
				return no
			}
			return maybe
		}
		s := scene{known: map[string]any{"type": string(typ)}, lists: map[string]func(string) tri{
			"owners": func(code string) tri { return held(slices.Contains(chain, code)) },
			factOwnerUnits: func(key string) tri {
				i := slices.IndexFunc(c.policy.Units, func(u Unit) bool { return u.Key == key })
				return held(i >= 0 && slices.ContainsFunc(chain, c.policy.Units[i].has))
			},
		}}
		if alone {
			s.known["departments"], s.known["level"] = 1, len(chain)
		}
		for i := range c.policy.routes {
			t := c.policy.routes[i].when.could(s)
			could[i] = could[i] || t != no
			if t == yes {
				break
			}
		}
	}
	var out []*route
	for i := range could {
		if could[i] {
			out = append(out, &c.policy.routes[i])
		}
	}
	return out
}

// try resolves a route for a department, for anybody's request and for its leader's.
func (c *checker) try(rt *route, id domain.DepartmentID) {
	failed := map[string]bool{}
	for _, requester := range []domain.EmployeeID{"", c.dir.LeaderOf(id)} {
		s := scope{policy: c.policy, departments: []domain.DepartmentID{id}, own: id, requester: requester, dir: c.dir, index: c.index}
		plan, err := c.policy.fill(rt, s)
		var pe *PlanError
		if errors.As(err, &pe) {
			c.add(Problem{Route: rt.name, Step: pe.Step, Department: id, Reason: pe.Reason, Rules: []string{pe.Detail}})
			return // the same for whoever asks
		}
		parties := domain.Parties{Requester: requester}
		if requester == "" {
			parties.Requester = "-"
		}
		for _, st := range plan.Steps {
			res := domain.Resolve(st, c.dir, parties)
			if !res.OK() && !failed[st.Key] {
				failed[st.Key] = true
				c.add(Problem{Route: rt.name, Step: st.Key, Department: id, Requester: requester, Reason: ProblemNobody, Rules: res.Unresolved})
			}
			if len(st.Ladder) > 0 && len(res.Slots) > 0 && !c.ladders[st.Key] {
				c.ladders[st.Key] = c.above(st, res, parties)
			}
		}
		c.copies(rt, s)
		if c.dir.LeaderOf(id) == "" {
			return
		}
	}
}

// copies asks which rules of the route's cc find somebody.
func (c *checker) copies(rt *route, s scope) {
	for _, st := range rt.steps {
		for i, w := range st.cc {
			key := copyRule{st.plan.Key, i}
			if c.copied[key] {
				continue
			}
			rules, err := s.rules(w)
			if err != nil {
				continue // fill has reported it
			}
			one := domain.Case{Steps: []domain.Step{{Plan: domain.StepPlan{CC: rules}}}}
			c.copied[key] = len(domain.Find(one, domain.Need{Resolve: true}, c.dir, &domain.Calendar{}, time.Time{}).Copies) > 0
		}
	}
}

// above tells whether anybody asked in a step has a superior whom the ladder could ask.
func (c *checker) above(st domain.StepPlan, res domain.Resolution, parties domain.Parties) bool {
	not := []domain.EmployeeID{parties.Requester}
	for _, a := range res.Slots {
		not = append(not, a.Person)
	}
	one := domain.Case{Steps: []domain.Step{{Plan: st}}}
	return slices.ContainsFunc(res.Slots, func(a domain.Assignment) bool {
		return domain.Find(one, domain.Need{Above: a.Person, Not: not}, c.dir, nil, time.Time{}).Superior.Person != ""
	})
}
