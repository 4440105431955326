package policy

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
)

// The bounds of what a policy says about screening.
const (
	maxLists     = 100
	maxOwnMail   = 100
	maxAllowed   = 500
	maxListName  = 40
	maxMailRunes = 253
)

// plainScreener screens by the defaults, for files without screening:.
var plainScreener = sync.OnceValue(func() *screening.Screener {
	s, err := screening.New(screening.Rules{})
	if err != nil {
		panic(err) // the zero value is valid, or nothing is
	}
	return s
})

// Screener applies this version's rules to texts: what counts as sensitive, which class it demands, what takes its place
// (R3.3.1, R5.1.2). It is read-only.
func (p *Policy) Screener() *screening.Screener {
	if p.screener == nil {
		return plainScreener()
	}
	return p.screener
}

// screening reads what posts are screened for. A file without it screens by the defaults, without words of the company's.
func (r *reader) screening(p *Policy, n *yaml.Node) {
	if n == nil {
		return
	}
	before := len(r.defects)
	f := r.object(n, "screening", nil, []string{"names", "lists", "classes", "operators", "floors", "own_mail", "allowed"})
	rules := screening.Rules{Names: r.boolean(f["names"], "screening.names")}
	r.wordLists(&rules, f["lists"])
	kinds := make([]string, 0, len(screening.Kinds()))
	for _, k := range screening.Kinds() {
		kinds = append(kinds, string(k))
	}
	each := func(name string, read func(k screening.Kind, n *yaml.Node, path string)) {
		path := join("screening", name)
		of := r.object(f[name], path, nil, kinds)
		for _, k := range screening.Kinds() {
			if v := of[string(k)]; v != nil {
				read(k, v, join(path, string(k)))
			}
		}
	}
	rules.Classes, rules.Operators, rules.Floors = map[screening.Kind]domain.Class{}, map[screening.Kind]screening.Operator{}, map[screening.Kind]int{}
	each("classes", func(k screening.Kind, n *yaml.Node, path string) { rules.Classes[k] = r.class(n, path) })
	each("operators", func(k screening.Kind, n *yaml.Node, path string) { rules.Operators[k] = r.operator(n, path) })
	each("floors", func(k screening.Kind, n *yaml.Node, path string) { rules.Floors[k] = r.integer(n, path, 1, 101) })
	for i, m := range r.list(f["own_mail"], "screening.own_mail", maxOwnMail) {
		path := at("screening.own_mail", i)
		d := strings.ToLower(r.text(m, path, maxMailRunes))
		if d != "" && (!strings.Contains(d, ".") || strings.ContainsAny(d, "@ /*")) {
			r.bad(m, path, "not_a_mail_domain")
			continue
		}
		rules.OwnMail = append(rules.OwnMail, d)
	}
	for i, a := range r.list(f["allowed"], "screening.allowed", maxAllowed) {
		path := at("screening.allowed", i)
		text := r.text(a, path, maxWhy)
		if found, err := plainScreener().Screen(text); text != "" && (err != nil || len(found.Findings) == 0) {
			r.bad(a, path, "allows_nothing")
			continue
		}
		rules.Allowed = append(rules.Allowed, text)
	}
	if len(r.defects) > before {
		return
	}
	s, err := screening.New(rules)
	if d := (screening.Defect{}); errors.As(err, &d) {
		r.bad(n, join("screening", d.Field), "screening_rules", "code", d.Code)
		return
	}
	p.Screening, p.screener = rules, s
}

// wordLists reads the company's own words. No defect quotes one: codenames are secret.
func (r *reader) wordLists(rules *screening.Rules, n *yaml.Node) {
	seen := map[string]bool{}
	for i, ln := range r.list(n, "screening.lists", maxLists) {
		path := at("screening.lists", i)
		f := r.object(ln, path, []string{"name", "words"}, []string{"kind", "class", "operator"})
		k := screening.Keyword{List: r.text(f["name"], join(path, "name"), maxListName)}
		if v := f["kind"]; v != nil {
			k.Kind = screening.Kind(r.oneOf(v, join(path, "kind"), string(screening.KindKeyword), string(screening.KindCodename), string(screening.KindTopic)))
		}
		if v := f["class"]; v != nil {
			k.Class = r.class(v, join(path, "class"))
		}
		if v := f["operator"]; v != nil {
			k.Operator = r.operator(v, join(path, "operator"))
		}
		for j, w := range r.list(f["words"], join(path, "words"), screening.MaxKeywords) {
			wp := at(join(path, "words"), j)
			if k.Word = r.text(w, wp, screening.MaxKeywordBytes); k.Word == "" {
				continue
			}
			switch code := k.Check(); {
			case code == "too_short":
				r.bad(w, wp, "keyword_too_short")
			case code != "":
				r.bad(w, wp, "keyword_too_long", "max", screening.MaxKeywordBytes)
			case seen[k.Key()]:
				r.bad(w, wp, "keyword_twice")
			default:
				seen[k.Key()] = true
				rules.Keywords = append(rules.Keywords, k)
			}
		}
	}
}

func (r *reader) class(n *yaml.Node, path string) domain.Class {
	var classes []string
	for _, c := range domain.Classes() {
		classes = append(classes, string(c))
	}
	return domain.Class(r.oneOf(n, path, classes...))
}

func (r *reader) operator(n *yaml.Node, path string) screening.Operator {
	var ops []string
	for _, o := range screening.Operators() {
		ops = append(ops, string(o))
	}
	return screening.Operator(r.oneOf(n, path, ops...))
}

// listsOf are the names of the rules' lists, in their order, each once.
func listsOf(rules screening.Rules) []string {
	var out []string
	for _, k := range rules.Keywords {
		if !slices.Contains(out, k.List) {
			out = append(out, k.List)
		}
	}
	return out
}
