package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// asFiling is the word by which a route of changes: takes the route that the changed group would take as a filing.
const asFiling = "filing"

// LoweredStep is the key of the step that is added where lowering a tier would pass without a security officer. No step
// of a policy may bear it.
const LoweredStep = "tier_lowered_security"

// changeFacts is what conditions under changes: see of a change beside the facts of the group as it shall be.
type changeFacts struct {
	TierLowered         bool `expr:"tier_lowered"`
	TierRaised          bool `expr:"tier_raised"`
	OutsidersAllowed    bool `expr:"outsiders_allowed"` // from now on
	PermissionsLoosened bool `expr:"permissions_loosened"`
	TypeChanged         bool `expr:"type_changed"`
	DepartmentsChanged  bool `expr:"departments_changed"`
	AdminsChanged       bool `expr:"admins_changed"`
	MembersChanged      bool `expr:"members_changed"`
	NameChanged         bool `expr:"name_changed"`
	PurposeChanged      bool `expr:"purpose_changed"`
	EndChanged          bool `expr:"end_changed"`
}

var changeFactNames = []string{"tier_lowered", "tier_raised", "outsiders_allowed", "permissions_loosened", "type_changed", "departments_changed",
	"admins_changed", "members_changed", "name_changed", "purpose_changed", "end_changed"}

// changesOf compares a group's filing before and after a change. The order of people counts for admins only: the first
// of them is the owner.
func changesOf(before, after domain.Filing) changeFacts {
	was, is := slices.Index(domain.Tiers, before.Tier), slices.Index(domain.Tiers, after.Tier)
	return changeFacts{
		TierLowered: is < was, TierRaised: is > was,
		OutsidersAllowed:    after.Permissions.InviteOutsiders && !before.Permissions.InviteOutsiders,
		PermissionsLoosened: len(after.Permissions.Looser(before.Permissions)) > 0,
		TypeChanged:         before.Type != after.Type,
		DepartmentsChanged:  !sameSet(before.Departments, after.Departments),
		AdminsChanged:       !slices.Equal(before.Admins, after.Admins),
		MembersChanged:      !sameSet(before.Members, after.Members),
		NameChanged:         before.Name != after.Name,
		PurposeChanged:      before.Purpose != after.Purpose,
		EndChanged:          before.EndsOn != after.EndsOn,
	}
}

func sameSet[T ~string](a, b []T) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}

// PlanChange plans the approval of a change to a group that stands: from what its filing reads to what it shall read. The
// first route of changes: whose condition holds is taken; without changes:, the one that the changed group would take as a
// filing. Departments that own it before or afterwards are asked alike. Lowering a tier takes a security officer whatever
// the policy says (semantics 2). The error is a *PlanError.
func (p *Policy) PlanChange(before, after domain.Filing, requester domain.EmployeeID, dir *domain.Directory) (domain.RoutePlan, error) {
	env := p.facts(after, requester, dir)
	env.changeFacts = changesOf(before, after)
	rt, err := firstOf(p.changes, env)
	if err == nil && (rt == nil || rt.filing) {
		rt, err = firstOf(p.routes, env)
	}
	if err != nil {
		return domain.RoutePlan{}, err
	}
	if rt == nil {
		return domain.RoutePlan{}, &PlanError{Reason: "condition_failed", Detail: "no route fits"}
	}
	owners := slices.Clone(after.Departments)
	for _, d := range before.Departments {
		if !slices.Contains(owners, d) && dir.Departments[d].Active {
			owners = append(owners, d)
		}
	}
	plan, err := p.fill(rt, scope{policy: p, departments: owners, own: dir.Employees[requester].Department, requester: requester, dir: dir})
	if err != nil {
		return domain.RoutePlan{}, err
	}
	if env.TierLowered && !asksSecurity(plan) {
		plan.Steps = append(plan.Steps, p.loweredStep())
	}
	return plan, nil
}

// firstOf is the first route whose condition holds; nil when none does.
func firstOf(routes []route, env facts) (*route, error) {
	for i := range routes {
		yes, err := routes[i].when.holds(env)
		if err != nil {
			return nil, &PlanError{Route: routes[i].name, Reason: "condition_failed", Detail: err.Error()}
		}
		if yes {
			return &routes[i], nil
		}
	}
	return nil, nil
}

// asksSecurity tells whether a plan cannot pass without a security officer's approval: a step asks the role alone, or a
// quorum wants one of a class that only the role is in.
func asksSecurity(plan domain.RoutePlan) bool {
	officer := func(r domain.SlotRule) bool { return r.Kind == domain.RuleRole && r.Role == domain.RoleSecurity }
	for _, st := range plan.Steps {
		if st.Final == domain.FinalPass {
			continue // a passed deadline would do without
		}
		alone := len(st.Rules) > 0 && !slices.ContainsFunc(st.Rules, func(r domain.SlotRule) bool { return !officer(r) })
		everybody := (st.Kind == domain.Countersign || st.Kind == domain.Sequence) && slices.ContainsFunc(st.Rules, officer)
		quorum := slices.ContainsFunc(st.Minima, func(m domain.ClassMinimum) bool {
			return m.Need > 0 && !slices.ContainsFunc(st.Rules, func(r domain.SlotRule) bool { return r.Class == m.Class && !officer(r) })
		})
		if alone || everybody || quorum {
			return true
		}
	}
	return false
}

var loweredTexts = struct{ label, why domain.Label }{
	domain.Label{ZH: "降低密级的安全审核", EN: "Security office: lowering the tier"},
	domain.Label{ZH: "降低密级须经安全部门同意（R4.1.1）", EN: "Lowering a tier takes the security office's consent (R4.1.1)"},
}

// loweredStep is asked where the policy's own route would let a tier be lowered without security.
func (p *Policy) loweredStep() domain.StepPlan {
	return domain.StepPlan{
		Key: LoweredStep, Label: loweredTexts.label, Why: loweredTexts.why, Kind: domain.OrSign, Deadline: p.day,
		Rules: []domain.SlotRule{{Kind: domain.RuleRole, Role: domain.RoleSecurity}},
	}
}

// changesList reads the routes of changes, as routes: is read; a route may name as: filing in place of steps.
func (r *reader) changesList(p *Policy, n *yaml.Node) {
	nodes := r.list(n, "changes", maxRoutes)
	vocab := p.vocabulary()
	vocab.changes = true
	for i, rn := range nodes {
		path := at("changes", i)
		f := r.object(rn, path, []string{"name", "label"}, []string{"when", "steps", "as"})
		rt := route{name: r.key(f["name"], join(path, "name")), label: r.label(f["label"], join(path, "label"), maxLabel)}
		if other := func(o route) bool { return o.name == rt.name }; rt.name != "" && (slices.ContainsFunc(p.routes, other) || slices.ContainsFunc(p.changes, other)) {
			r.bad(f["name"], join(path, "name"), "route_twice", "value", quote(rt.name, 32))
		}
		if rt.name == RevocationRoute {
			r.bad(f["name"], join(path, "name"), "route_named_revocation", "value", quote(rt.name, 32))
		}
		r.condition(&rt, vocab, f["when"], rn, path, i == len(nodes)-1)
		switch {
		case f["as"] != nil && f["steps"] != nil, f["as"] == nil && f["steps"] == nil && f != nil:
			r.bad(rn, path, "change_steps_or_as")
		case f["as"] != nil:
			rt.filing = r.oneOf(f["as"], join(path, "as"), asFiling) == asFiling
		default:
			rt.steps = r.stepList(p, f["steps"], join(path, "steps"))
		}
		p.changes = append(p.changes, rt)
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.bad(n, "changes", "no_change_route")
	}
}

// changesReach refuses routes of changes that none can take. Each of them may carry what was confidential before, so none
// of their steps may approve by a passed deadline (semantics 1).
func (r *reader) changesReach(p *Policy, n *yaml.Node, byStep map[string]string) {
	taken := map[domain.Tier]bool{}
	for i := range p.changes {
		rt := &p.changes[i]
		reached := false
		for _, t := range domain.Tiers {
			could := rt.when.could(scene{known: map[string]any{"tier": string(t)}})
			reached = reached || (could != no && !taken[t])
			taken[t] = taken[t] || could == yes
		}
		if !reached {
			r.bad(n.Content[i], at("changes", i), "route_unreachable", "value", quote(rt.name, 32))
		}
		for _, s := range rt.steps {
			byStep[s.plan.Key] = rt.name
		}
	}
}
