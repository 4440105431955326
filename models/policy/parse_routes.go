package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// steps reads the steps that routes are made of, by name.
func (r *reader) steps(n *yaml.Node, day int) map[string]stepRule {
	named := r.mapping(n, "steps")
	if len(named) > 100 {
		r.bad(n, "steps", "too_many_steps")
		return nil
	}
	out := map[string]stepRule{}
	for _, key := range keysOf(n) {
		path := join("steps", clip(key.Value, 32))
		if !keyForm.MatchString(key.Value) {
			r.bad(key, path, "not_a_key", "value", quote(key.Value, 32))
			continue
		}
		if key.Value == LoweredStep || key.Value == PartiesStep {
			r.bad(key, path, "step_reserved", "value", key.Value)
		}
		out[key.Value] = r.step(named[key.Value], path, key.Value, day)
	}
	return out
}

func (r *reader) step(n *yaml.Node, path, key string, day int) stepRule {
	if r.fields != nil {
		path = "steps.*"
	}
	f := r.object(n, path, []string{"label", "why", "kind", "who", "deadline"}, []string{"remind", "ladder", "final", "cc", "need", "minima"})
	s := stepRule{plan: domain.StepPlan{
		Key: key, Label: r.label(f["label"], join(path, "label"), maxLabel), Why: r.label(f["why"], join(path, "why"), maxWhy),
		Kind: domain.StepKind(r.oneOf(f["kind"], join(path, "kind"), string(domain.Countersign), string(domain.OrSign),
			string(domain.Quorum), string(domain.Sequence))),
	}}
	if f["deadline"] != nil {
		s.plan.Deadline = r.duration(f["deadline"], join(path, "deadline"), maxDeadlineHours*60, max(day, 1))
	}
	for i, rn := range r.list(f["remind"], join(path, "remind"), 5) {
		rp := at(join(path, "remind"), i)
		m := r.duration(rn, rp, maxDeadlineHours*60, max(day, 1))
		switch last := len(s.plan.Remind) - 1; {
		case m == 0:
		case m >= s.plan.Deadline && s.plan.Deadline > 0:
			r.bad(rn, rp, "reminder_after_deadline")
		case last >= 0 && m <= s.plan.Remind[last]:
			r.bad(rn, rp, "reminder_order")
		default:
			s.plan.Remind = append(s.plan.Remind, m)
		}
	}
	for i, w := range r.list(f["who"], join(path, "who"), maxWho) {
		s.who = append(s.who, r.who(w, at(join(path, "who"), i)))
	}
	if w := f["who"]; w != nil && w.Kind == yaml.SequenceNode && len(w.Content) == 0 {
		r.bad(w, join(path, "who"), "step_without_people")
	}
	r.quorum(&s, f, path)
	r.ladder(&s, f["ladder"], join(path, "ladder"), day)
	if f["final"] != nil && r.oneOf(f["final"], join(path, "final"), finalExpired, string(domain.FinalPass)) == string(domain.FinalPass) {
		s.plan.Final = domain.FinalPass
	}
	for i, c := range r.list(f["cc"], join(path, "cc"), maxCC) {
		s.cc = append(s.cc, r.finder(c, at(join(path, "cc"), i), nil))
	}
	return s
}

// quorum reads need and minima, which a quorum must and no other kind may have.
func (r *reader) quorum(s *stepRule, f map[string]*yaml.Node, path string) {
	if s.plan.Kind != domain.Quorum {
		for _, name := range []string{"need", "minima"} {
			if f[name] != nil && s.plan.Kind != "" {
				r.bad(f[name], join(path, name), "only_quorum")
			}
		}
		return
	}
	if f["need"] == nil {
		r.bad(f["kind"], join(path, "need"), "need_missing")
	}
	s.plan.Need = r.integer(f["need"], join(path, "need"), 1, 100)
	minima := r.mapping(f["minima"], join(path, "minima"))
	for _, key := range keysOf(f["minima"]) {
		mp := join(join(path, "minima"), clip(key.Value, 32))
		if !slices.ContainsFunc(s.who, func(w whoRule) bool { return w.class == key.Value }) {
			r.bad(key, mp, "no_such_class", "value", quote(key.Value, 32))
			continue
		}
		s.plan.Minima = append(s.plan.Minima, domain.ClassMinimum{Class: key.Value, Need: r.integer(minima[key.Value], mp, 1, 100)})
	}
}

var whoKinds = []whoKind{whoOwning, whoUnit, whoSuperior, whoRequester, whoCompany, whoCode, whoRole, whoPerson}

// who reads a rule that finds accountable people.
func (r *reader) who(n *yaml.Node, path string) whoRule {
	return r.finder(n, path, []string{"class", "backup"})
}

// finder reads a rule that finds people; optional are the fields it may have beside the way to find them.
func (r *reader) finder(n *yaml.Node, path string, optional []string) whoRule {
	for _, k := range whoKinds {
		optional = append(optional, string(k))
	}
	f := r.object(n, path, nil, optional)
	if f == nil {
		return whoRule{}
	}
	var w whoRule
	found := 0
	for _, k := range whoKinds {
		v := f[string(k)]
		if v == nil {
			continue
		}
		found++
		vp := join(path, string(k))
		w.kind = k
		switch k {
		case whoOwning, whoSuperior, whoCompany:
			r.oneOf(v, vp, "leader")
		case whoRequester:
			r.oneOf(v, vp, "requester")
		case whoUnit:
			if w.value = r.text(v, vp, 32); w.value != "" && !slices.Contains(r.units, w.value) {
				r.bad(v, vp, "no_such_unit", "value", quote(w.value, 32))
			}
		case whoRole:
			w.value = string(r.role(v, vp))
		default:
			w.value = r.text(v, vp, 64)
		}
	}
	if found != 1 {
		r.bad(n, path, "ways_to_find", "n", found)
	}
	if f["class"] != nil {
		w.class = r.key(f["class"], join(path, "class"))
	}
	if b := f["backup"]; b != nil {
		bp := join(path, "backup")
		bf := r.object(b, bp, nil, []string{"role", "person"})
		if bf != nil && (bf["role"] == nil) == (bf["person"] == nil) {
			r.bad(b, bp, "backup_kind")
		}
		if bf["role"] != nil {
			w.backup.role = r.role(bf["role"], join(bp, "role"))
		}
		if bf["person"] != nil {
			w.backup.person = r.text(bf["person"], join(bp, "person"), 64)
		}
	}
	return w
}

// role reads a role that can be held. Every employee together can decide nothing.
func (r *reader) role(n *yaml.Node, path string) domain.Role {
	var allowed []string
	for _, role := range domain.Roles {
		if role != domain.RoleEmployee && role != domain.RoleAuditor {
			allowed = append(allowed, string(role))
		}
	}
	return domain.Role(r.oneOf(n, path, allowed...))
}

// routes reads the ordered list. Exactly the last route must be without a condition, so that every request finds one.
func (r *reader) routes(p *Policy, n *yaml.Node) {
	nodes := r.list(n, "routes", maxRoutes)
	vocab := p.vocabulary()
	for i, rn := range nodes {
		path := at("routes", i)
		f := r.object(rn, path, []string{"name", "label", "steps"}, []string{"when"})
		rt := route{name: r.key(f["name"], join(path, "name")), label: r.label(f["label"], join(path, "label"), maxLabel)}
		if rt.name != "" && slices.ContainsFunc(p.routes, func(o route) bool { return o.name == rt.name }) {
			r.bad(f["name"], join(path, "name"), "route_twice", "value", quote(rt.name, 32))
		}
		r.condition(&rt, vocab, f["when"], rn, path, i == len(nodes)-1)
		rt.steps = r.stepList(p, f["steps"], join(path, "steps"))
		p.routes = append(p.routes, rt)
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.bad(n, "routes", "no_route")
	}
}

// stepList reads the steps of a route by their keys, in order.
func (r *reader) stepList(p *Policy, n *yaml.Node, path string) []stepRule {
	var out []stepRule
	for k, sn := range r.list(n, path, maxSteps) {
		sp := at(path, k)
		name := r.text(sn, sp, 32)
		s, ok := p.steps[name]
		switch {
		case name == "":
		case !ok:
			r.bad(sn, sp, "no_such_step", "value", quote(name, 32))
		case slices.ContainsFunc(out, func(o stepRule) bool { return o.plan.Key == name }):
			r.bad(sn, sp, "step_twice", "value", quote(name, 32))
		default:
			out = append(out, s)
		}
	}
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		r.bad(n, path, "route_without_steps")
	}
	return out
}

// unused refuses steps that no route and no revocation uses: most likely a route lacks them.
func (r *reader) unused(p *Policy, n *yaml.Node) {
	used := map[string]bool{}
	for _, rt := range slices.Concat(p.routes, p.changes, p.Publication.routes, []route{p.Approval.Revocation.route}) {
		for _, s := range rt.steps {
			used[s.plan.Key] = true
		}
	}
	for _, key := range keysOf(n) {
		if _, ok := p.steps[key.Value]; ok && !used[key.Value] {
			r.bad(key, join("steps", key.Value), "step_unused")
		}
	}
}

func (r *reader) condition(rt *route, vocab vocabulary, when, routeNode *yaml.Node, path string, last bool) {
	switch {
	case when == nil && !last:
		r.bad(routeNode, join(path, "when"), "route_takes_everything")
	case when != nil && last:
		r.bad(when, join(path, "when"), "no_catch_all")
	case when != nil:
		source := r.text(when, join(path, "when"), maxCondition)
		if source == "" {
			return
		}
		c, err := compileCondition(source, vocab)
		if err != nil {
			r.wrong(when, join(path, "when"), err)
			return
		}
		rt.when = c
	}
}
