package service

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// plan is what the rules make of a filing before it is a case: every fault, the route with its people and deadlines.
// Preview and submission share it, so that what was shown is what runs (semantics 1: route preview).
type plan struct {
	filing    domain.Filing // tidied
	requester domain.EmployeeID
	faults    []domain.Fault // without the name's
	route     *domain.RoutePlan
	steps     []plannedStep
}

// plannedStep is a step with the people it would ask now.
type plannedStep struct {
	resolution domain.Resolution
	dues       []domain.Due // one; in a sequence one a place
}

// rulebook is what a plan is made by.
type rulebook struct {
	policy   *policy.Policy
	calendar *domain.Calendar
	dir      *domain.Directory
}

// tidy gives a filing the one form whose digest counts: no blank ends, lists instead of nothing.
func tidy(f domain.Filing) domain.Filing {
	f.Name, f.Purpose, f.EndsOn, f.Platform = strings.TrimSpace(f.Name), strings.TrimSpace(f.Purpose), strings.TrimSpace(f.EndsOn), strings.TrimSpace(f.Platform)
	if f.Departments == nil {
		f.Departments = []domain.DepartmentID{}
	}
	if f.Admins == nil {
		f.Admins = []domain.EmployeeID{}
	}
	if f.Members == nil {
		f.Members = []domain.EmployeeID{}
	}
	return f
}

// plan checks a filing and plans its route as of now. All faults come at once; the route is planned as soon as
// departments, type and tier make sense, whatever else is wrong.
func (b rulebook) plan(f domain.Filing, requester domain.EmployeeID, now time.Time) (*plan, error) {
	f = tidy(f)
	return b.planned(f, requester, now, func() (domain.RoutePlan, error) { return b.policy.Plan(f, requester, b.dir) })
}

// planned is plan for a tidied filing whose route is found in some way.
func (b rulebook) planned(f domain.Filing, requester domain.EmployeeID, now time.Time, find func() (domain.RoutePlan, error)) (*plan, error) {
	p := &plan{filing: f, requester: requester}
	p.faults = domain.CheckFiling(p.filing, b.policy.FilingRules(), b.dir, domain.Today(b.calendar, now))
	for _, ft := range p.faults {
		if ft.Field == "type" || ft.Field == "tier" || strings.HasPrefix(ft.Field, "departments") {
			return p, nil
		}
	}
	route, err := find()
	var unplanned *policy.PlanError
	switch {
	case errors.As(err, &unplanned):
		p.faults = append(p.faults, unplanned.Fault())
		return p, nil
	case err != nil:
		return nil, fmt.Errorf("plan the route of a filing: %w", err)
	}
	p.take(b, route, domain.Parties{Requester: requester}, now)
	return p, nil
}

// take takes a route into the plan: whom each step would ask as of now, and by when.
func (p *plan) take(b rulebook, route domain.RoutePlan, parties domain.Parties, now time.Time) {
	p.route = &route
	from := now
	for _, sp := range route.Steps {
		step := plannedStep{resolution: domain.Resolve(sp, b.dir, parties)}
		if !step.resolution.OK() {
			// Never stuck later: a route that cannot resolve is refused now (semantics 1).
			p.faults = append(p.faults, domain.Fault{Field: "route", Code: "nobody_to_ask", Params: map[string]string{
				"step": sp.Key, "step_zh": sp.Label.ZH, "step_en": sp.Label.EN, "rules": strings.Join(step.resolution.Unresolved, ", "),
			}})
		}
		turns := 1
		if sp.Kind == domain.Sequence {
			turns = max(1, len(step.resolution.Slots))
		}
		for range turns {
			due := domain.DueFor(b.calendar, sp, from)
			step.dues = append(step.dues, due)
			from = due.At
		}
		p.steps = append(p.steps, step)
	}
}

// begin makes the first state of a case, still without its number: submitted and at once begun, its first step's people
// asked. The state is the workflow's input (temporal.md 13).
func (b rulebook) begin(c domain.Case, route domain.RoutePlan, now time.Time) (domain.Case, error) {
	c = domain.Submit(c, route, now)
	facts := domain.Facts{At: now, Revision: b.dir.Revision, Active: true}
	// Every call either finishes or names one more step; a route has few.
	for range len(route.Steps) + 1 {
		next, v := domain.Begin(c, facts)
		if v.Need == nil {
			if v.Result != domain.Accepted {
				return domain.Case{}, fmt.Errorf("begin the case: %s", v.Reason)
			}
			return next, nil
		}
		facts.Learn(c, *v.Need, b.dir, b.calendar)
	}
	return domain.Case{}, errors.New("begin the case: the engine asks without end")
}
