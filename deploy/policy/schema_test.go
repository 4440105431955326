package defaultpolicy_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/policy"
)

// expand writes out the schema's references; it has no loops.
func expand(v any, defs map[string]any) any {
	switch x := v.(type) {
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok {
			return expand(defs[strings.TrimPrefix(ref, "#/$defs/")], defs)
		}
		out := map[string]any{}
		for k, e := range x {
			if !strings.HasPrefix(k, "$") {
				out[k] = expand(e, defs)
			}
		}
		return out
	case []any:
		for i := range x {
			x[i] = expand(x[i], defs)
		}
	}
	return v
}

func schema(t *testing.T) *openapi3.Schema {
	t.Helper()
	var raw map[string]any
	if err := json.Unmarshal(defaultpolicy.Schema, &raw); err != nil {
		t.Fatal(err)
	}
	flat, err := json.Marshal(expand(raw, raw["$defs"].(map[string]any)))
	if err != nil {
		t.Fatal(err)
	}
	s := &openapi3.Schema{}
	if err := json.Unmarshal(flat, s); err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *openapi3.Schema, source string) error {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal([]byte(source), &tree); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(asJSON, &v); err != nil {
		t.Fatal(err)
	}
	return s.VisitJSON(v)
}

// What an editor accepts by the schema and what the service accepts must not drift apart.
func TestSchemaAgreesWithTheParser(t *testing.T) {
	s, source := schema(t), string(defaultpolicy.Policy)
	if err := valid(t, s, source); err != nil {
		t.Fatalf("the default policy does not fit its schema: %v", err)
	}
	for _, swap := range [][2]string{
		{"max_life_days: 1095", "max_life_days: 0"}, {"max_life_days: 1095", "max_live_days: 9"}, {"working_day: 7h30m", "working_day: 1d"},
		{"kind: byhand", "kind: By Hand"}, {`["项目-<名称>"]`, `["项目"]`}, {`["项目-<名称>"]`, "[]"}, {"max_length: 60", "max_length: 61"},
		{"posting: admins", "posting: nobody"}, {"see_contacts: true", `see_contacts: "yes"`}, {"kind: sequence", "kind: vote"},
		{"deadline: 1d", "deadline: 1w"}, {"who: [{role: security_officer}]", "who: []"}, {"who: [{role: security_officer}]", "who: [{role: employee}]"},
		{"who: [{role: security_officer}]", "who: [{rule: security_officer}]"}, {"backup: {role: security_officer}", "backup: {}"},
		{"steps: [line]", "steps: []"}, {"steps: [line]", "steps: [line, line]"}, {"kind: sequence", "kind: sequence\n    need: many"},
	} {
		bad := strings.Replace(source, swap[0], swap[1], 1)
		if bad == source {
			t.Fatalf("the default policy has no %q", swap[0])
		}
		if valid(t, s, bad) == nil {
			t.Errorf("the schema accepts %q", swap[1])
		}
		if _, err := policy.Parse([]byte(bad)); err == nil {
			t.Errorf("the parser accepts %q", swap[1])
		}
	}
}
