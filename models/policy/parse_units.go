package policy

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// The bounds of units.
const (
	maxUnits     = 20
	maxUnitCodes = 200
)

// unitKinds reads the kinds of department that steps and conditions may speak of. Whether the departments exist is asked
// at activation.
func (r *reader) unitKinds(p *Policy, n *yaml.Node) {
	named := r.mapping(n, "units")
	if len(named) > maxUnits {
		r.bad(n, "units", "too_many_units", "max", maxUnits)
		return
	}
	for _, key := range keysOf(n) {
		path := join("units", clip(key.Value, 32))
		if !keyForm.MatchString(key.Value) {
			r.bad(key, path, "not_a_key", "value", quote(key.Value, 32))
			continue
		}
		if slices.Contains(r.units, key.Value) {
			continue // reported as given twice
		}
		if r.fields != nil {
			path = "units.*"
		}
		f := r.object(named[key.Value], path, []string{"label", "codes"}, nil)
		u := Unit{Key: key.Value, Label: r.label(f["label"], join(path, "label"), maxLabel)}
		for i, cn := range r.list(f["codes"], join(path, "codes"), maxUnitCodes) {
			code := r.text(cn, at(join(path, "codes"), i), 64)
			if code != "" && u.has(code) {
				r.bad(cn, at(join(path, "codes"), i), "listed_twice", "value", quote(code, 64))
			}
			u.Codes = append(u.Codes, code)
		}
		if c := f["codes"]; c != nil && c.Kind == yaml.SequenceNode && len(c.Content) == 0 {
			r.bad(c, join(path, "codes"), "unit_without_codes")
		}
		p.Units, r.units = append(p.Units, u), append(r.units, key.Value)
	}
}
