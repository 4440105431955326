package policy

import (
	"errors"
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
		{"text as list", `version: "2026.2"`, `version: [1]`, "version: a text is expected"},
		{"odd version", `version: "2026.2"`, `version: "a b"`, "this is no version"},
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

func TestHostileFilesAreRefusedAtOnce(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'k'; i++ {
		bomb += string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 9), ",") + "]\n"
	}
	big := func(s string) string { return strings.Repeat(s, MaxFileBytes/len(s)) }
	indented := &strings.Builder{}
	for i := 0; indented.Len() < MaxFileBytes-1000; i++ {
		indented.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	for name, src := range map[string]string{
		"empty": "", "blank": " \n\n", "comment": "# x", "scalar": "x", "list": "- x", "null": "~", "two documents": string(defaultpolicy.Policy) + "\n---\na: b\n",
		"too large": string(defaultpolicy.Policy) + "#" + big("#"), "aliases": bomb, "alias of itself": "a: &a [*a]", "merge": "<<: {a: b}", "brackets": big("["), "braces": big("{"),
		"dashes": big("- "), "questions": big("? "), "colons": big(": "), "a: a: a": big("a: "), "lines of dashes": big("-\n"), "keys": big("a: b\n"), "[a: ": big("[a: "),
		"indented": indented.String(), "quotes": big("\""), "quotes apart": big("\" "), "percent": big("%\n"), "ampersands": big("&a "), "stars": big("*a "), "bangs": big("!"), "pipe": "a: |\n" + big(" x\n"),
		"escapes": "a: \"" + big(`\x`), "documents": big("---\n"), "broken": "\xff\xfe", "utf-16": "\xff\xfea\x00", "nul": "a: \x00", "block in flow": "{a: [b, {c: - d}]}", "deep": strings.Repeat("[", 50) + strings.Repeat("]", 50),
		"commas": "[" + big(",") + "]", "values": "[" + big("a,") + "]", "{a,": "{" + big("a,") + "}", "long key": big("a") + ": b", "key of list": "[a]: b", "key of map": "{a: b}: c",
	} {
		if len(src) > MaxFileBytes && name != "too large" {
			src = src[:MaxFileBytes]
		}
		for kind, parse := range map[string]func([]byte) error{
			"policy":   func(b []byte) error { _, err := Parse(b); return err },
			"calendar": func(b []byte) error { _, err := ParseCalendar(b); return err },
		} {
			began := time.Now()
			var fe *FileError
			if err := parse([]byte(src)); !errors.As(err, &fe) {
				t.Errorf("%s as %s: %v", name, kind, err)
			} else if len(err.Error()) > 1000 {
				t.Errorf("%s as %s: an answer of %d bytes", name, kind, len(err.Error()))
			}
			if took := time.Since(began); took > slack*time.Second {
				t.Errorf("%s as %s took %s", name, kind, took)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(defaultpolicy.Policy)
	f.Add(defaultpolicy.Calendar)
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("routes: [{when: now()}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse(data); err == nil {
			dir := company()
			p.Resolvable(dir)
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
