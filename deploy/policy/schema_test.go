package defaultpolicy_test

import (
	"bytes"
	"os"
	"path/filepath"
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

// Whatever single value of the default policy or an example is changed: what the service takes, the schema takes, so that
// an editor never marks as wrong what is right.
func TestTheSchemaTakesWhatTheParserTakes(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob("examples/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	candidates := []string{"never", "1d", "90m", "3d2h", "365d", "0", "1", "7", "true", "members", "admins", "quorum", "or_sign", "legal", "leader", "requester", "pass", "expired", "carry_over",
		"replace_by_superior", "revocation", "ordinary", "secret", "owners", "centre", "甲", "A b", "X-1", `type == "special"`}
	taken := 0
	for _, file := range append(files, "default.yaml") {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		var walk func(n *yaml.Node)
		walk = func(n *yaml.Node) {
			for i, c := range n.Content {
				if n.Kind != yaml.MappingNode || i%2 == 1 {
					walk(c)
				}
			}
			if n.Kind != yaml.ScalarNode {
				return
			}
			kept := n.Value
			for i := range 3 { // three of the candidates each, other ones for every value
				n.Value = candidates[(taken+n.Line*7+n.Column+i*11)%len(candidates)]
				changed, err := yaml.Marshal(&doc)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := policy.Parse(changed); err != nil {
					continue
				}
				taken++
				if err := valid(t, s, string(changed)); err != nil {
					t.Errorf("%s, line %d: %q for %q: %v", file, n.Line, n.Value, kept, err)
				}
			}
			n.Value = kept
		}
		walk(doc.Content[0])
	}
	if taken < 150 {
		t.Errorf("only %d changes were taken by the parser: the test shows little", taken)
	}
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
		{"max_life_days: 1095", `max_life_days: "1095"`}, {"ladder: [{after: 6h, do: add_superior}]", "ladder: [{after: 6h, do: wait}]"}, {"ladder: [{after: 6h, do: add_superior}]", "ladder: [{do: add_superior}]"},
		{"cc: [{role: legal}]", "cc: [{role: legal, class: x}]"}, {"cc: [{role: legal}]", "cc: [{}]"}, {"kind: sequence", "kind: sequence\n    final: approve"}, {"resubmit: 5d", "resubmit: 5"},
		{"urge_every: 4h", "urge_every: often"}, {"max_hops: 3", "max_hops: 11"}, {"max_added: 5", "max_added: -1"}, {"max_chain: 3", "max_chain: 6"}, {"same_person: ask_again", "same_person: skip"},
		{"window: 30d", "window: 30h"}, {"{window: 30d, steps: [owners]}", "{steps: [owners]}"}, {"max_days: 90", "max_days: 400"}, {"kinds: [group_filing, revocation, group_change, publication]", "kinds: [group]"},
		{"valid: 72h", "valid: 3w"}, {"sign_in: [confidential, secret]", "sign_in: [top]"}, {"approval:\n", "approval:\n  more: x\n"}, {"approval:\n", "units: {x: {label: {zh: 甲, en: A}, codes: []}}\napproval:\n"},
		{"approval:\n", "units: {X: {label: {zh: 甲, en: A}, codes: [C1]}}\napproval:\n"}, {"{company: leader, backup", "{owning_units: Centre, backup"},
		{"renew: 365d", "renew: 365"}, {"30d, then: archived", "30d, then: deleted"}, {"by_activity: 90d", "by_activity: often"}, {"notices: [7d, 1d], grace", "notices: 7d, grace"},
		{"needs: []", "needs: [telepathy]"}, {"ask: 3", "ask: 21"}, {"archived: never", "archived: 0d"}, {"    as: filing", "    as: usual"}, {"deletion: 30d", "deletion: soon"},
		{"temporary: {notices", "temporary: {warnings"}, {"  ownerless: {", "  orphans: {"}, {"when: tier_lowered", `when: ""`},
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
