package policy

import (
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// changeNamed is a route of changes by its label.
func changeNamed(_, _ string, l domain.Label) domain.Label {
	return named("变更流程", "Route of changes", l)
}

// routes compares two ordered lists of routes, those of filings or those of changes.
func (d *differ) routes(list string, naming func(zh, en string, l domain.Label) domain.Label, a, b *Policy, before, after []route) {
	call := func(r *route) domain.Label { return naming("流程", "Route", r.label) }
	steps := func(p *Policy, r *route) domain.Label {
		if r.filing {
			return likeFiling
		}
		return p.stepNames(r.steps)
	}
	each(before, after, func(r route) string { return r.name }, func(name string, was, is *route) {
		path := list + "." + name
		switch {
		case was == nil:
			d.value(path, call(is), nothing, b.routeWords(is))
		case is == nil:
			d.value(path, call(was), a.routeWords(was), nothing)
		default:
			what := call(is)
			d.value(path+".label", detail(what, "名称", "label"), was.label, is.label)
			x, y := a.conditionWords(was.when), b.conditionWords(is.when)
			if s, t := was.when.String(), is.when.String(); x == y && s != t { // words may be vaguer than the expression
				x, y = label(s, s), label(t, t)
			}
			d.value(path+".when", detail(what, "适用条件", "condition"), x, y)
			d.value(path+".steps", detail(what, "环节", "steps"), steps(a, was), steps(b, is))
		}
	})
	// The first route that fits is taken, so the order of those in both files matters.
	was, is := common(before, after), common(after, before)
	if !slices.Equal(was, is) {
		words := func(p *Policy, names []string) domain.Label {
			var all []domain.Label
			for _, n := range names {
				all = append(all, p.RouteLabel(n))
			}
			return chain(all, " → ")
		}
		d.value(list, label("流程的判断顺序", "Order in which routes are tried"), words(a, was), words(b, is))
	}
}

func common(list, other []route) []string {
	var out []string
	for _, r := range list {
		if slices.ContainsFunc(other, func(o route) bool { return o.name == r.name }) {
			out = append(out, r.name)
		}
	}
	return out
}
