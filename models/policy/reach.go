package policy

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/ast"
	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// tri is an answer that may be open (Kleene's logic).
type tri int8

const (
	no tri = iota
	maybe
	yes
)

func triOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

// scene is what is known of a request when a condition is asked whether it could hold. What is not in it is open.
type scene struct {
	known map[string]any                   // string, int or bool
	lists map[string]func(code string) tri // whether a list fact holds a value
}

// could tells whether the condition holds in a scene: no and yes are certain whatever the open facts are. It reads the
// expression as written; guard has admitted every kind of node in it.
func (c *condition) could(s scene) tri {
	if c == nil {
		return yes
	}
	return s.truth(c.node)
}

func (s scene) truth(n ast.Node) tri {
	switch x := n.(type) {
	case *ast.BoolNode:
		return triOf(x.Value)
	case *ast.IdentifierNode:
		if b, ok := s.known[x.Value].(bool); ok {
			return triOf(b)
		}
	case *ast.UnaryNode:
		return yes - s.truth(x.Node)
	case *ast.BinaryNode:
		switch x.Operator {
		case "and", "&&":
			return min(s.truth(x.Left), s.truth(x.Right))
		case "or", "||":
			return max(s.truth(x.Left), s.truth(x.Right))
		case "in":
			return s.in(x.Left, x.Right)
		}
		return s.compare(x.Operator, x.Left, x.Right)
	}
	return maybe
}

// value is a literal's or a known fact's value; nil when it is open.
func (s scene) value(n ast.Node) any {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return s.known[x.Value]
	case *ast.StringNode:
		return x.Value
	case *ast.IntegerNode:
		return x.Value
	case *ast.BoolNode:
		return x.Value
	case *ast.UnaryNode, *ast.BinaryNode:
		if t := s.truth(n); t != maybe {
			return t == yes
		}
	}
	return nil
}

func (s scene) in(left, right ast.Node) tri {
	want := s.value(left)
	if id, ok := right.(*ast.IdentifierNode); ok {
		code, isText := want.(string)
		if has := s.lists[id.Value]; has != nil && isText {
			return has(code)
		}
		return maybe
	}
	list, ok := right.(*ast.ArrayNode)
	if !ok || want == nil {
		return maybe
	}
	found := no
	for _, e := range list.Nodes {
		switch v := s.value(e); v {
		case nil:
			found = max(found, maybe)
		case want:
			return yes
		}
	}
	return found
}

func (s scene) compare(op string, left, right ast.Node) tri {
	a, b := s.value(left), s.value(right)
	if a == nil || b == nil {
		return maybe
	}
	switch op {
	case "==":
		return triOf(a == b)
	case "!=":
		return triOf(a != b)
	}
	x, ok1 := a.(int)
	y, ok2 := b.(int)
	if !ok1 || !ok2 {
		return maybe
	}
	switch op {
	case "<":
		return triOf(x < y)
	case "<=":
		return triOf(x <= y)
	case ">":
		return triOf(x > y)
	case ">=":
		return triOf(x >= y)
	}
	return maybe
}

// carried tells for every route which tiers it can carry. Whatever has few values is tried out, numbers and departments
// are left open; so a tier may be named that never comes, but none that comes is left out.
func (p *Policy) carried() []map[domain.Tier]bool {
	out := make([]map[domain.Tier]bool, len(p.routes))
	for i := range out {
		out[i] = map[domain.Tier]bool{}
	}
	both := []bool{false, true}
	for _, tier := range p.Tiers {
		for _, typ := range p.Types {
			for _, outsiders := range both {
				if outsiders && !tier.Ceiling.InviteOutsiders {
					continue
				}
				for _, temporary := range both {
					if !temporary && typ.Type == domain.TypeSpecial {
						continue // R2.1.4: has an end date
					}
					for _, existing := range both {
						s := scene{known: map[string]any{"tier": string(tier.Tier), "type": string(typ.Type), "outsiders": outsiders, "temporary": temporary, "existing": existing}}
						p.mark(out, s, tier.Tier)
					}
				}
			}
		}
	}
	return out
}

func (p *Policy) mark(out []map[domain.Tier]bool, s scene, t domain.Tier) {
	for i := range p.routes {
		switch p.routes[i].when.could(s) {
		case yes:
			out[i][t] = true
			return
		case maybe:
			out[i][t] = true
		case no:
		}
	}
}

// reach refuses routes that no request can take, and steps that would approve a confidential request by a passed
// deadline (semantics 1: approval by timeout is impossible for confidential groups).
func (r *reader) reach(p *Policy, steps, routes, changes *yaml.Node) {
	byStep := map[string]string{}
	for i, tiers := range p.carried() {
		rt := &p.routes[i]
		if len(tiers) == 0 {
			r.bad(routes.Content[i], at("routes", i), "route_unreachable", "value", quote(rt.name, 32))
		}
		if tiers[domain.TierConfidential] || tiers[domain.TierSecret] {
			for _, s := range rt.steps {
				byStep[s.plan.Key] = rt.name
			}
		}
	}
	for _, s := range p.Approval.Revocation.route.steps {
		byStep[s.plan.Key] = RevocationRoute
	}
	r.changesReach(p, changes, byStep)
	for _, rt := range p.Publication.routes { // semantics 1: impossible for any publication
		for _, s := range rt.steps {
			byStep[s.plan.Key] = rt.name
		}
	}
	named := r.mapping(steps, "steps")
	for _, key := range slices.Sorted(maps.Keys(p.steps)) {
		if name, confidential := byStep[key]; confidential && p.steps[key].plan.Final == domain.FinalPass {
			path := join(join("steps", key), "final")
			r.bad(field(named[key], "final"), path, "pass_by_deadline", "value", quote(name, 32))
		}
	}
}

// field is the value of one field of a mapping.
func field(n *yaml.Node, name string) *yaml.Node {
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return n
}
