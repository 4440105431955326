package policy

import (
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// PlanError says why the policy has no usable route for a request. Its cause lies in policy or directory, not in what
// the requester wrote.
type PlanError struct {
	Route, Step string
	Reason      string // stable: unknown_department, unknown_person, no_company_head, condition_failed, not_revocable
	Detail      string // code or number as the policy wrote it
}

func (e *PlanError) Error() string {
	return fmt.Sprintf("planning route %q, step %q: %s %s", e.Route, e.Step, e.Reason, e.Detail)
}

// codeUnresolved is the code of a request for which no usable route can be planned.
const codeUnresolved = "route_unresolved"

// Fault gives the error the form that every faulty input is answered in.
func (e *PlanError) Fault() domain.Fault {
	return domain.Fault{Field: "route", Code: codeUnresolved, Params: map[string]string{"step": e.Step, "reason": e.Reason}}
}

// Plan chooses the route of a filing, the first whose condition holds, and fills in departments and named people
// (semantics 1, R6.2). Who holds the posts is left to domain.Resolve when a step opens. The filing must have passed
// domain.CheckFiling. The error is a *PlanError.
func (p *Policy) Plan(f domain.Filing, requester domain.EmployeeID, dir *domain.Directory) (domain.RoutePlan, error) {
	env := p.facts(f, requester, dir)
	for i := range p.routes {
		rt := &p.routes[i]
		yes, err := rt.when.holds(env)
		if err != nil {
			return domain.RoutePlan{}, &PlanError{Route: rt.name, Reason: "condition_failed", Detail: err.Error()}
		}
		if !yes {
			continue
		}
		return p.fill(rt, scope{policy: p, departments: f.Departments, own: dir.Employees[requester].Department, requester: requester, dir: dir})
	}
	return domain.RoutePlan{}, &PlanError{Reason: "condition_failed", Detail: "no route fits"} // Parse demands a last route
}

// PlanRevocation plans the new approval that revokes an approved filing (semantics 1: revoke): the steps that the policy
// names for it, over the departments of the filing and the person who asks for the revocation. Whether the window is
// still open is RevocableUntil's answer. The error is a *PlanError; its reason is not_revocable where the policy knows
// no revocation.
func (p *Policy) PlanRevocation(f domain.Filing, requester domain.EmployeeID, dir *domain.Directory) (domain.RoutePlan, error) {
	rt := &p.Approval.Revocation.route
	if len(rt.steps) == 0 {
		return domain.RoutePlan{}, &PlanError{Route: RevocationRoute, Reason: "not_revocable"}
	}
	return p.fill(rt, scope{policy: p, departments: f.Departments, own: dir.Employees[requester].Department, requester: requester, dir: dir})
}

// scope is what a route is filled in from.
type scope struct {
	policy      *Policy
	departments []domain.DepartmentID
	own         domain.DepartmentID // the requester's
	requester   domain.EmployeeID
	dir         *domain.Directory
	index       *lookup // when many requests are planned over one directory; else nil
}

// lookup finds departments and people by what policies call them.
type lookup struct {
	codes   map[string]domain.DepartmentID // active ones
	numbers map[string]domain.EmployeeID
}

func newLookup(dir *domain.Directory) *lookup {
	x := &lookup{codes: make(map[string]domain.DepartmentID, len(dir.Departments)), numbers: make(map[string]domain.EmployeeID, len(dir.Employees))}
	for id, d := range dir.Departments {
		if d.Active {
			x.codes[d.Code] = id
		}
	}
	for id, e := range dir.Employees {
		x.numbers[e.Number] = id
	}
	return x
}

func (p *Policy) fill(rt *route, s scope) (domain.RoutePlan, error) {
	plan := domain.RoutePlan{Policy: p.Version, Route: rt.name, Rules: p.Approval.Rules}
	for _, st := range rt.steps {
		step := st.plan
		var err *PlanError
		if step.Rules, err = s.allRules(st.who); err == nil {
			step.CC, err = s.allRules(st.cc)
		}
		if err != nil {
			err.Route, err.Step = rt.name, step.Key
			return domain.RoutePlan{}, err
		}
		plan.Steps = append(plan.Steps, step)
	}
	return plan, nil
}

// allRules turns rules of the policy into slot rules for this request, each once.
func (s scope) allRules(who []whoRule) ([]domain.SlotRule, *PlanError) {
	var out []domain.SlotRule
	for _, w := range who {
		rules, err := s.rules(w)
		if err != nil {
			return nil, err
		}
		for _, rule := range rules {
			out = addRule(out, rule)
		}
	}
	return out, nil
}

// addRule appends a rule unless the step has it already: two owning departments may share a superior. In another class of
// a quorum it is another rule: its people stand for both, and count in one.
func addRule(rules []domain.SlotRule, rule domain.SlotRule) []domain.SlotRule {
	for _, r := range rules {
		if r.Kind == rule.Kind && r.Department == rule.Department && r.Role == rule.Role && r.Person == rule.Person && r.Class == rule.Class {
			return rules
		}
	}
	return append(rules, rule)
}

// rules turns one rule of the policy into slot rules for this request.
func (s scope) rules(w whoRule) ([]domain.SlotRule, *PlanError) {
	base := domain.SlotRule{Kind: domain.RuleDepartmentLeader, Class: w.class}
	backup, err := s.backup(w.backup)
	if err != nil {
		return nil, err
	}
	base.Backup = backup
	leaders := func(ids ...domain.DepartmentID) ([]domain.SlotRule, *PlanError) {
		var out []domain.SlotRule
		for _, id := range ids {
			if _, ok := s.dir.Departments[id]; !ok {
				return nil, &PlanError{Reason: "unknown_department", Detail: string(id)}
			}
			rule := base
			rule.Department = id
			out = append(out, rule)
		}
		return out, nil
	}
	switch w.kind {
	case whoOwning:
		return leaders(s.departments...)
	case whoUnit:
		var units []domain.DepartmentID
		for _, id := range s.departments {
			units = append(units, s.unit(w.value, id))
		}
		return leaders(units...)
	case whoSuperior:
		var up []domain.DepartmentID
		for _, id := range s.departments {
			if chain := s.dir.Chain(id); len(chain) > 1 {
				id = chain[1]
			}
			up = append(up, id)
		}
		return leaders(up...)
	case whoRequester:
		return leaders(s.own)
	case whoCompany:
		top, ok := s.company()
		if !ok {
			return nil, &PlanError{Reason: "no_company_head"}
		}
		return leaders(top)
	case whoCode:
		id, ok := s.coded(w.value)
		if !ok {
			return nil, &PlanError{Reason: "unknown_department", Detail: w.value}
		}
		return leaders(id)
	case whoRole:
		base.Kind, base.Role = domain.RuleRole, domain.Role(w.value)
	default:
		id, ok := s.numbered(w.value)
		if !ok {
			return nil, &PlanError{Reason: "unknown_person", Detail: w.value}
		}
		base.Kind, base.Person = domain.RulePerson, id
	}
	return []domain.SlotRule{base}, nil
}

// unit is the nearest department of a kind, from the given one upwards; where there is none, the top of the tree.
func (s scope) unit(kind string, id domain.DepartmentID) domain.DepartmentID {
	chain := s.dir.Chain(id)
	if i := slices.IndexFunc(s.policy.Units, func(u Unit) bool { return u.Key == kind }); i >= 0 {
		for _, up := range chain {
			if s.policy.Units[i].has(s.dir.Departments[up].Code) {
				return up
			}
		}
	}
	if len(chain) > 0 {
		return chain[len(chain)-1]
	}
	return id
}

// company is the top of the tree that the request belongs to.
func (s scope) company() (domain.DepartmentID, bool) {
	for _, from := range append([]domain.DepartmentID{s.own}, s.departments...) {
		if chain := s.dir.Chain(from); len(chain) > 0 {
			return chain[len(chain)-1], true
		}
	}
	return "", false
}

// backup finds the stand-in. The first holder of a role who is not the requester: nobody decides on their own matter.
func (s scope) backup(b backupRule) (domain.EmployeeID, *PlanError) {
	if b.person != "" {
		id, ok := s.numbered(b.person)
		if !ok {
			return "", &PlanError{Reason: "unknown_person", Detail: b.person}
		}
		return id, nil
	}
	if b.role != "" {
		for _, id := range s.dir.WithRole(b.role) {
			if id != s.requester {
				return id, nil
			}
		}
	}
	return "", nil
}

// coded finds an active department by its code.
func (s scope) coded(code string) (domain.DepartmentID, bool) {
	if s.index != nil {
		id, ok := s.index.codes[code]
		return id, ok
	}
	for id, d := range s.dir.Departments {
		if d.Code == code && d.Active {
			return id, true
		}
	}
	return "", false
}

// numbered finds a person by staff number, present or past.
func (s scope) numbered(number string) (domain.EmployeeID, bool) {
	if s.index != nil {
		id, ok := s.index.numbers[number]
		return id, ok
	}
	for id, e := range s.dir.Employees {
		if e.Number == number {
			return id, true
		}
	}
	return "", false
}
