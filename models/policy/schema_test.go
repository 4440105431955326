package policy

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
)

// The JSON Schema names the very fields that the parser knows, required ones as required.
func TestSchemaHasTheFieldsOfTheParser(t *testing.T) {
	r := &reader{fields: map[string]fieldSet{}}
	src := strings.Replace(string(defaultpolicy.Policy), "kind: countersign", "kind: quorum\n    need: 1\n    minima: {}", 1) +
		"\nunits: {centre: {label: {zh: 中心, en: Centre}, codes: [C1]}}\n"
	if _, err := r.policy([]byte(src)); err != nil {
		t.Fatal(err)
	}
	if len(r.fields) < 15 {
		t.Fatalf("only %d objects seen", len(r.fields))
	}
	var root map[string]any
	if err := json.Unmarshal(defaultpolicy.Schema, &root); err != nil {
		t.Fatal(err)
	}
	defs := root["$defs"].(map[string]any)
	deref := func(v any) map[string]any {
		m, _ := v.(map[string]any)
		if ref, ok := m["$ref"].(string); ok {
			m, _ = defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		}
		return m
	}
	// … and the schema has no object that the parser does not know.
	var walk func(node map[string]any, path string)
	walk = func(node map[string]any, path string) {
		if props, ok := node["properties"].(map[string]any); ok {
			if _, known := r.fields[path]; !known {
				t.Errorf("%q: the parser saw no such object", path)
			}
			for name, v := range props {
				walk(deref(v), join(path, name))
			}
		}
		if more := deref(node["additionalProperties"]); more != nil {
			walk(more, path+".*")
		}
		if items := deref(node["items"]); items != nil {
			walk(items, path+"[]")
		}
	}
	walk(root, "")
	for path, want := range r.fields {
		node := root
		for _, part := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
			name, list := strings.CutSuffix(part, "[]")
			if name == "*" {
				node = deref(node["additionalProperties"])
			} else {
				props, _ := node["properties"].(map[string]any)
				node = deref(props[name])
			}
			if list {
				node = deref(node["items"])
			}
		}
		props, _ := node["properties"].(map[string]any)
		got := slices.Sorted(maps.Keys(props))
		all := append(slices.Clone(want.required), want.optional...)
		slices.Sort(all)
		var required []string
		for _, v := range toList(node["required"]) {
			required = append(required, v.(string))
		}
		slices.Sort(required)
		needed := slices.Sorted(slices.Values(want.required))
		if !slices.Equal(got, all) || !slices.Equal(required, needed) || node["additionalProperties"] != false {
			t.Errorf("%q: the schema has %v (required %v), the parser %v (%v)", path, got, required, all, needed)
		}
	}
}

func toList(v any) []any { l, _ := v.([]any); return l }
