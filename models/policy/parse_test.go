package policy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// edit is the default policy with one replacement.
func edit(t *testing.T, from, to string) []byte {
	t.Helper()
	s := string(defaultpolicy.Policy)
	if !strings.Contains(s, from) {
		t.Fatalf("the default policy has no %q", from)
	}
	return []byte(strings.Replace(s, from, to, 1))
}

func TestDefectsNameThePlaceAndTheRemedy(t *testing.T) {
	cases := []struct{ name, from, to, want string }{
		{"unknown field", "max_life_days: 1095", "max_life_days: 1095\nmax_live: 3", "max_live: unknown field"},
		{"missing field", "max_life_days: 1095", "", "max_life_days: this field is missing"},
		{"field twice", "max_life_days: 1095", "max_life_days: 1095\nmax_life_days: 1", "max_life_days: this field is given twice"},
		{"number as text", "max_life_days: 1095", "max_life_days: many", "a whole number from 1 to 3660"},
		{"number too large", "max_life_days: 1095", "max_life_days: 99999999999999999999", "a whole number from 1 to 3660"},
		{"number in quotes", "max_life_days: 1095", `max_life_days: "1095"`, "a whole number from 1 to 3660"},
		{"number with a nought before it", "max_life_days: 1095", "max_life_days: 0100", "a whole number from 1 to 3660"},
		{"number in hexadecimal", "max_life_days: 1095", "max_life_days: 0x10", "a whole number from 1 to 3660"},
		{"number with a fraction", "max_life_days: 1095", "max_life_days: 10.0", "a whole number from 1 to 3660"},
		{"null", "max_life_days: 1095", "max_life_days: ~", "a whole number from 1 to 3660"},
		{"list as text", "who: [{role: security_officer}]", "who: security_officer", "a list is expected"},
		{"object as text", "who: [{role: security_officer}]", "who: [security_officer]", "fields are expected"},
		{"text as object", "deadline: 1d", "deadline: {days: 1}", "a text is expected"},
		{"condition as list", `when: tier == "confidential"`, `when: [tier]`, "a text is expected"},
		{"condition as truth", `when: tier == "confidential"`, `when: 1`, "the condition is wrong"},
		{"key of a step", "  line:\n", "  Line 1:\n", "cannot be a key"},
		{"merge", "max_life_days: 1095", "max_life_days: 1095\n<<: {a: b}", "<<: unknown field"},
		{"text as list", `version: "2026.4"`, `version: [1]`, "version: a text is expected"},
		{"odd version", `version: "2026.4"`, `version: "a b"`, "this is no version"},
		{"one language only", "title: {zh: 工作群组报备默认规则, en: Default policy for filing work groups}", "title: {zh: 规则}", "title.en: this field is missing"},
		{"yes for true", "ordinary:\n    label: {zh: 普通, en: Ordinary}\n    ceiling: {invite_outsiders: true", "ordinary:\n    label: {zh: 普通, en: Ordinary}\n    ceiling: {invite_outsiders: yes", "true or false is expected"},
		{"default beyond ceiling", "default: {invite_outsiders: false, anonymous_speech: false, see_contacts: true", "default: {invite_outsiders: false, anonymous_speech: true, see_contacts: true", "tiers.ordinary.default: looser than the ceiling: anonymous_speech"},
		{"higher tier looser", "ceiling: {invite_outsiders: false, anonymous_speech: false, see_contacts: false, posting: admins", "ceiling: {invite_outsiders: false, anonymous_speech: false, see_contacts: true, posting: admins", "looser than tier confidential: see_contacts"},
		{"unknown posting", "posting: admins", "posting: nobody", "Use one of: admins, members"},
		{"bad pattern", `patterns: ["项目-<名称>"]`, `patterns: ["项目"]`, "types.project.patterns[0]"},
		{"no pattern", `patterns: ["项目-<名称>"]`, `patterns: []`, "no pattern"},
		{"blocked to death", "blocked: [绝密,", "blocked: [工作沟通, 业务协作, 事务, 甲, team, work, a, z, \"7\", 绝密,", "leave no name"},
		{"blocked nothing", "blocked: [绝密,", "blocked: [\"--\", 绝密,", "this word has no letters"},
		{"unknown step", "steps: [line]", "steps: [lines]", `there is no step "lines"`},
		{"unused step", "steps: [line]", "steps: [owners]", "steps.line: no route uses this step"},
		{"step twice", "steps: [line]", "steps: [line, line]", "in this route twice"},
		{"no steps", "steps: [line]", "steps: []", "would approve everything"},
		{"route twice", "name: special", "name: secret", `route "secret" is there twice`},
		{"no catch-all", "    steps: [owners]\n", "    when: outsiders\n    steps: [owners]\n", "would have no route"},
		{"catch-all too early", "    when: tier == \"confidential\"\n", "", "never reached"},
		{"wrong condition", `when: tier == "confidential"`, `when: now() > 1`, "the condition is wrong"},
		{"misspelt tier", `when: tier == "confidential"`, `when: tier == "confidental"`, "there are ordinary, confidential, secret"},
		{"unknown kind", "kind: sequence", "kind: vote", "Use one of: countersign, or_sign, quorum, sequence"},
		{"quorum without need", "kind: sequence", "kind: quorum", "Add how many must approve"},
		{"need without quorum", "kind: sequence", "kind: sequence\n    need: 2", "only a quorum has this"},
		{"deadline in weeks", "deadline: 1d", "deadline: 1w", "is no working time"},
		{"deadline too long", "deadline: 1d", "deadline: 999d", "too short or too long"},
		{"deadline nought", "deadline: 1d", "deadline: 0d", "too short or too long"},
		{"reminder after the deadline", "remind: [4h]", "remind: [4h, 2d]", "not before the deadline"},
		{"reminders out of order", "remind: [4h]", "remind: [4h, 2h]", "ascending"},
		{"unknown rule", "who: [{role: security_officer}]", "who: [{rule: security_officer}]", "unknown field"},
		{"two rules in one", "who: [{role: security_officer}]", "who: [{role: legal, company: leader}]", "names 2 ways"},
		{"unknown role", "who: [{role: security_officer}]", "who: [{role: employee}]", "unknown value"},
		{"nobody", "who: [{role: security_officer}]", "who: []", "nobody is asked"},
		{"backup of two kinds", "backup: {role: security_officer}", "backup: {role: legal, person: x}", "either a role or a person"},
		{"platform twice", "platforms:\n", "platforms:\n  - {kind: byhand, label: {zh: 甲, en: A}}\n", `"byhand" is listed twice`},
		{"hidden character", "zh: 工作群组报备默认规则", "zh: 工作\u202e规则", "U+202E"},
		{"anchor", "platforms:\n", "platforms: &x\n", "anchors"},
		{"tag", "max_life_days: 1095", "max_life_days: !!int 1095", "tags"},
		{"tab", "max_life_days: 1095", "\tmax_life_days: 1095", "no valid YAML"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse(edit(t, tc.from, tc.to))
			var fe *FileError
			if !errors.As(err, &fe) {
				t.Fatalf("passes, or gives %v", err)
			}
			for _, d := range fe.Defects {
				if strings.Contains(d.String(), tc.want) {
					if d.Line == 0 || d.Column == 0 || d.Remedy == "" {
						t.Fatalf("without place or remedy: %+v", d)
					}
					return
				}
			}
			t.Fatalf("want %q, got %v", tc.want, fe.Defects)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(defaultpolicy.Policy)
	f.Add(defaultpolicy.Calendar)
	examples, err := filepath.Glob("../../deploy/policy/examples/*.yaml")
	if err != nil || len(examples) == 0 {
		f.Fatal("no examples", err)
	}
	for _, name := range examples {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("routes: [{when: now()}]"))
	base, cal := defaults(f), calendar(f)
	past := []PastRequest{worked(f, base, goodFiling("sales", "市场部-例会"), "clerk", company())}
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse(data); err == nil {
			dir := company()
			p.Resolvable(dir)
			if d := Diff(p, p); len(d) > 0 {
				t.Fatalf("it differs from itself: %+v", d)
			}
			Diff(base, p)
			DryRun(p, past, dir, cal)
			for _, typ := range domain.GroupTypes {
				ctx := NameContext{Type: typ, Departments: []string{"市场部"}}
				if faults := p.CheckName(p.SuggestName("x", ctx, nil), ctx); len(faults) > 0 {
					t.Fatalf("no suggestion passes: %v", faults)
				}
				if _, err := p.Plan(domain.Filing{Type: typ, Departments: []domain.DepartmentID{"sales"}}, "clerk", dir); err != nil {
					var pe *PlanError
					if !errors.As(err, &pe) {
						t.Fatal(err)
					}
				}
			}
		}
		if c, err := ParseCalendar(data); err == nil {
			c.Add(time.Unix(1790000000, 0), 900)
		}
	})
}
