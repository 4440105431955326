package defaultpolicy_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/policy"
)

const id = "https://github.com/qunbei/qunbei/deploy/policy/policy.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(defaultpolicy.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(id, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatalf("the schema is no JSON Schema: %v", err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, source string) error {
	t.Helper()
	var tree any
	if err := yaml.Unmarshal([]byte(source), &tree); err != nil {
		t.Fatal(err)
	}
	return s.Validate(tree)
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
