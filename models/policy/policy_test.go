package policy

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func TestDefaultPolicy(t *testing.T) {
	p := defaults(t)
	if !regexp.MustCompile(`^2026\.1\+[0-9a-f]{12}$`).MatchString(p.Version) {
		t.Errorf("version %q", p.Version)
	}
	changed, err := Parse(append(slices.Clone(defaultpolicy.Policy), "# a remark\n"...))
	if err != nil || changed.Version == p.Version {
		t.Errorf("a changed file must not keep the version: %v", err)
	}
	rules := p.FilingRules()
	if !slices.Equal(rules.Platforms, []string{"byhand"}) || rules.MaxLife != 1095 || len(rules.Ceilings) != 3 {
		t.Errorf("%+v", rules)
	}
	for _, tier := range domain.Tiers {
		if l := p.TierDefaults(tier).Looser(rules.Ceilings[tier]); len(l) > 0 {
			t.Errorf("%s: the defaults are looser than the ceiling: %v", tier, l)
		}
	}
	for _, tier := range []domain.Tier{domain.TierConfidential, domain.TierSecret} {
		c := rules.Ceilings[tier]
		if c.InviteOutsiders || c.AnonymousSpeech || c.SeeContacts || !c.JoinByReview {
			t.Errorf("%s: %+v", tier, c)
		}
	}
	if rules.Ceilings[domain.TierSecret].Posting != domain.PostAdmins {
		t.Error("in a secret group only admins post")
	}
	if got := p.TierDefaults("nonsense"); got.InviteOutsiders || got.Posting != domain.PostAdmins {
		t.Errorf("an unknown tier gets %+v", got)
	}
	if p.RouteLabel("secret").ZH != "高度涉密群组" || p.RouteLabel("gone").EN != "gone" {
		t.Error("route labels")
	}
}

// people resolves a plan as the case would and writes it down: one step a part, people by +.
func people(t *testing.T, plan domain.RoutePlan, dir *domain.Directory, requester domain.EmployeeID) string {
	t.Helper()
	var out []string
	for _, st := range plan.Steps {
		res := domain.Resolve(st, dir, domain.Parties{Requester: requester})
		if !res.OK() {
			t.Errorf("route %s, step %s resolves to nobody: %+v", plan.Route, st.Key, res)
		}
		var who []string
		for _, s := range res.Slots {
			who = append(who, string(s.Person))
		}
		out = append(out, string(st.Kind)+" "+strings.Join(who, "+"))
	}
	return plan.Route + ": " + strings.Join(out, ", ")
}

func TestDefaultRoutes(t *testing.T) {
	p, dir := defaults(t), company()
	for _, tc := range []struct {
		typ       domain.GroupType
		tier      domain.Tier
		depts     []domain.DepartmentID
		outsiders bool
		requester domain.EmployeeID
		want      string
	}{
		{domain.TypeDepartment, domain.TierOrdinary, []domain.DepartmentID{"sales"}, false, "clerk", "ordinary: countersign sales-lead"},
		{domain.TypeDepartment, domain.TierOrdinary, []domain.DepartmentID{"sales"}, false, "sales-lead", "ordinary: countersign head"},
		{domain.TypeDepartment, domain.TierOrdinary, []domain.DepartmentID{"top"}, false, "head", "ordinary: countersign guard1"},
		{domain.TypeDepartment, domain.TierOrdinary, []domain.DepartmentID{"sales"}, true, "clerk", "outsiders: countersign sales-lead, or_sign guard1+guard2"},
		{domain.TypeCrossDepartment, domain.TierOrdinary, []domain.DepartmentID{"sales", "lab"}, false, "clerk", "ordinary: countersign sales-lead+lab-lead"},
		{domain.TypeProject, domain.TierOrdinary, []domain.DepartmentID{"lab", "sales"}, false, "clerk", "project: countersign lab-lead+sales-lead, or_sign research-lead+head"},
		{domain.TypeSpecial, domain.TierOrdinary, []domain.DepartmentID{"lab"}, false, "clerk", "special: sequence lab-lead+research-lead"},
		{domain.TypeSpecial, domain.TierOrdinary, []domain.DepartmentID{"top"}, false, "clerk", "special: sequence head"},
		{domain.TypeSpecial, domain.TierConfidential, []domain.DepartmentID{"lab"}, false, "clerk", "confidential: countersign lab-lead, or_sign guard1+guard2"},
		{domain.TypeDepartment, domain.TierConfidential, []domain.DepartmentID{"office"}, false, "guard2", "confidential: countersign guard1, or_sign guard1"},
		{domain.TypeProject, domain.TierSecret, []domain.DepartmentID{"sales"}, false, "clerk", "secret: countersign sales-lead, or_sign guard1+guard2, countersign head"},
		{domain.TypeProject, domain.TierSecret, []domain.DepartmentID{"top"}, false, "head", "secret: countersign guard1, or_sign guard1+guard2, countersign guard1"},
	} {
		f := domain.Filing{Type: tc.typ, Tier: tc.tier, Departments: tc.depts}
		f.Permissions.InviteOutsiders = tc.outsiders
		plan, err := p.Plan(f, tc.requester, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := people(t, plan, dir, tc.requester); got != tc.want {
			t.Errorf("%s %s %v by %s\n got %s\nwant %s", tc.typ, tc.tier, tc.depts, tc.requester, got, tc.want)
		}
		for _, st := range plan.Steps {
			if st.Deadline <= 0 || st.Label.ZH == "" || st.Label.EN == "" || st.Why.ZH == "" || st.Why.EN == "" {
				t.Errorf("step %s lacks deadline or text", st.Key)
			}
		}
		if plan.Policy != p.Version {
			t.Errorf("the plan names policy %q", plan.Policy)
		}
	}
	// Every shape of filing by everybody finds people on the whole way.
	for _, typ := range domain.GroupTypes {
		for _, tier := range domain.Tiers {
			for dep := range dir.Departments {
				for who := range dir.Employees {
					plan, err := p.Plan(domain.Filing{Type: typ, Tier: tier, Departments: []domain.DepartmentID{dep}}, who, dir)
					if err != nil {
						t.Fatal(err)
					}
					people(t, plan, dir, who)
				}
			}
		}
	}
	plan, _ := p.Plan(domain.Filing{Type: domain.TypeDepartment, Tier: domain.TierSecret, Departments: []domain.DepartmentID{"lab"}}, "clerk", dir)
	if s := plan.Steps[1]; plan.Steps[0].Deadline != 900 || plan.Steps[0].Remind[0] != 450 || s.Deadline != 450 || s.Remind[0] != 240 {
		t.Errorf("working time: 2d is 900 minutes, 4h is 240: %+v", plan.Steps)
	}
	if _, err := p.Plan(domain.Filing{Departments: []domain.DepartmentID{"gone"}}, "clerk", dir); err == nil {
		t.Error("an unknown department has no route")
	} else if pe := (*PlanError)(nil); !errors.As(err, &pe) || pe.Fault().Code != "route_unresolved" {
		t.Errorf("%v", err)
	}
}

func TestResolvable(t *testing.T) {
	p := defaults(t)
	if got := p.Resolvable(company()); len(got) > 0 {
		t.Errorf("the demo company resolves: %+v", got)
	}
	empty := domain.NewDirectory(1, nil, []domain.Department{{ID: "a", Code: "A", Active: true}, {ID: "b", Code: "B"}})
	got := p.Resolvable(empty)
	steps := map[string]bool{}
	for _, g := range got {
		if g.Department != "a" || g.Reason != "nobody_to_ask" {
			t.Errorf("%+v", g)
		}
		steps[g.Step] = true
	}
	for _, s := range []string{"owners", "security", "company_head", "line", "superiors"} {
		if !steps[s] {
			t.Errorf("step %s has nobody and is not reported", s)
		}
	}
}

// edit is the default policy with one replacement.
func edit(t *testing.T, from, to string) []byte {
	t.Helper()
	s := string(defaultpolicy.Policy)
	if !strings.Contains(s, from) {
		t.Fatalf("the default policy has no %q", from)
	}
	return []byte(strings.Replace(s, from, to, 1))
}

func TestOtherRules(t *testing.T) {
	who := `who: [{role: security_officer}]
    deadline: 1d
    remind: [4h]`
	src := edit(t, who, `who:
      - {department: C4, class: security}
      - {role: legal, class: legal, backup: {person: n-clerk}}
      - {person: n-head}
      - {department_leader_of: requester}
    deadline: 1d4h30m
    need: 2
    minima: {security: 1, legal: 1}`)
	src = []byte(strings.Replace(string(src), "kind: or_sign\n    who:\n", "kind: quorum\n    who:\n", 1))
	p, err := Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	dir := company()
	plan, err := p.Plan(domain.Filing{Tier: domain.TierConfidential, Departments: []domain.DepartmentID{"lab"}}, "clerk", dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := people(t, plan, dir, "clerk"), "confidential: countersign lab-lead, quorum guard1+counsel+head+sales-lead"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s := plan.Steps[1]; s.Need != 2 || len(s.Minima) != 2 || s.Minima[0] != (domain.ClassMinimum{Class: "security", Need: 1}) || s.Deadline != 450+270 {
		t.Errorf("%+v", s)
	}
	for _, swap := range [][2]string{{"C4", "C9"}, {"n-head", "n-nobody"}, {"n-clerk", "n-nobody"}} {
		p, err := Parse([]byte(strings.Replace(string(src), swap[0], swap[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Plan(domain.Filing{Tier: domain.TierSecret, Departments: []domain.DepartmentID{"lab"}}, "clerk", dir); err == nil {
			t.Errorf("%s is not in the directory, but a plan came out", swap[1])
		}
		if len(p.Resolvable(dir)) == 0 {
			t.Errorf("%s is not in the directory, but activation would not notice", swap[1])
		}
	}
}

func TestConditions(t *testing.T) {
	f := domain.Filing{Type: domain.TypeProject, Tier: domain.TierOrdinary, Departments: []domain.DepartmentID{"a", "b"},
		Admins: []domain.EmployeeID{"1", "2"}, Members: []domain.EmployeeID{"3"}, EndsOn: "2027-01-01"}
	for source, want := range map[string]bool{
		`type == "project"`: true, `type in ["special", "project"] and members == 3`: true, `departments >= 3`: false,
		`temporary and not outsiders`: true, `!(tier == "secret") && existing`: false, `true`: true,
	} {
		program, err := compileCondition(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := holds(program, factsOf(f)); err != nil || got != want {
			t.Errorf("%s: %v %v", source, got, err)
		}
	}
	for _, source := range []string{
		`now().Year() == 2026`, `date("2026-01-01") == date("2026-01-01")`, `now() == now()`, `members`, `"yes"`, `tier == "scret"`, `"secre" == tier`,
		`type in ["projekt"]`, `members > "3"`, `name == "x"`, `all(1..1000000, # > 0)`, `any([1], true)`, `len(type) > 3`, `tier matches "a.*"`,
		`members in 1..100000000`, `type contains "x"`, `members + 1 > 2`, `$env.tier == "secret"`, `let x = 1; x == 1`, `members ?? 1`,
		`true ? true : false`, `type[0] == "p"`, `((((`, ``, strings.Repeat("(", 900), `true` + strings.Repeat(` or true`, 110), strings.Repeat("a", 1001),
		`{"a": 1} == {"a": 1}`, `type(members) == "int"`, `"a" * 5 == "a"`, `2 ** 30 > 1`,
	} {
		if program, err := compileCondition(source); err == nil {
			got, err := holds(program, factsOf(f))
			t.Errorf("%s must be refused, gives %v %v", clip(source, 40), got, err)
		}
	}
}

func TestDefectsNameThePlaceAndTheRemedy(t *testing.T) {
	cases := []struct{ name, from, to, want string }{
		{"unknown field", "max_life_days: 1095", "max_life_days: 1095\nmax_live: 3", "max_live: unknown field"},
		{"missing field", "max_life_days: 1095", "", "max_life_days: this field is missing"},
		{"field twice", "max_life_days: 1095", "max_life_days: 1095\nmax_life_days: 1", "max_life_days: this field is given twice"},
		{"number as text", "max_life_days: 1095", "max_life_days: many", "a whole number from 1 to 3660"},
		{"number too large", "max_life_days: 1095", "max_life_days: 99999999999999999999", "a whole number from 1 to 3660"},
		{"text as list", `version: "2026.1"`, `version: [1]`, "version: a text is expected"},
		{"odd version", `version: "2026.1"`, `version: "a b"`, "this is no version"},
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
		"too large": big("#") + "##", "aliases": bomb, "alias of itself": "a: &a [*a]", "merge": "<<: {a: b}", "brackets": big("["), "braces": big("{"),
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
			if took := time.Since(began); took > time.Second {
				t.Errorf("%s as %s took %s", name, kind, took)
			}
		}
	}
}

func TestTextsCoverEveryCodeOfTheRules(t *testing.T) {
	src, err := os.ReadFile("../domain/filing.go")
	if err != nil {
		t.Fatal(err)
	}
	own, err := os.ReadFile("names.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`fault\((?:"[a-z_.]+"|field|at|"[a-z_.]+"\+\w+), "([a-z_0-9]+)"`).FindAllStringSubmatch(string(src), -1)
	found = append(found, regexp.MustCompile(`(?:fault\(|Code: |Code = |code[A-Z]\w+ += )"([a-z_0-9]+)"`).FindAllStringSubmatch(string(own), -1)...)
	if len(found) < 30 {
		t.Fatalf("only %d codes found: has the form of the rules' source changed?", len(found))
	}
	for _, m := range found {
		if l, ok := texts[m[1]]; !ok || l.ZH == "" || l.EN == "" {
			t.Errorf("code %s has no text", m[1])
		}
	}
}

func TestText(t *testing.T) {
	for _, tc := range []struct {
		fault  domain.Fault
		zh, en string
	}{
		{domain.Fault{Field: "name", Code: "hidden_character", Params: map[string]string{"character": "U+202E"}},
			"群名称含有隐藏字符 U+202E，请删除后重试。", "The group name holds the hidden character U+202E. Delete it and try again."},
		{domain.Fault{Field: "members[3]", Code: "left_company", Params: map[string]string{"number": "10007"}},
			"第 4 位群成员（工号 10007）已离职或账号已停用，请移除或更换。", "Member no. 4 (staff number 10007) left or is disabled. Remove or replace them."},
		{domain.Fault{Field: "admins", Code: "too_few", Params: map[string]string{"min": "2"}},
			"群管理员不足，请至少指定 2 位。", "There are too few group admins. Name at least 2."},
		{domain.Fault{Field: "permissions.see_contacts", Code: "looser_than_tier", Params: map[string]string{"tier": "secret"}},
			"权限“查看成员联系方式”超出密级“高度涉密”允许的范围，请收紧该权限或调整密级。", `The permission "see contact data" is looser than the tier secret allows. Make it stricter, or choose another tier.`},
		{domain.Fault{Field: "name", Code: "pattern_mismatch", Params: map[string]string{"pattern": "<部门>-<用途>", "pattern_en": "<department>-<purpose>"}},
			"群名称不符合格式 <部门>-<用途>，请按此格式填写。", "The group name does not have the form <department>-<purpose>. Write it so."},
		{domain.Fault{Field: "odd", Code: "news"}, "odd有误（news），请检查后重试。", "odd is wrong (news). Check it and try again."},
	} {
		if got := Text(tc.fault, "zh-CN"); got != tc.zh {
			t.Errorf("got %s", got)
		}
		if got := Text(tc.fault, "en"); got != tc.en {
			t.Errorf("got %s", got)
		}
	}
	// No sentence of the real rules leaves a hole.
	p, dir := defaults(t), company()
	bad := domain.Filing{Type: "x", Tier: "secret", Name: "研发部-吐槽🎉\u200b<", Purpose: "\u200b" + strings.Repeat("x", 2000), Departments: []domain.DepartmentID{"a", "a"},
		Admins: []domain.EmployeeID{"clerk"}, Members: []domain.EmployeeID{"clerk", "who"}, Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}, EndsOn: "2020-01-01"}
	faults := append(domain.CheckFiling(bad, p.FilingRules(), dir, "2026-11-23"), p.CheckName(bad.Name, NameContext{Type: domain.TypeDepartment, Departments: []string{"市场部"}})...)
	if len(faults) < 12 {
		t.Fatalf("only %d faults", len(faults))
	}
	for _, f := range faults {
		for _, lang := range []string{"zh", "en"} {
			if s := Text(f, lang); strings.ContainsAny(s, "{}") {
				t.Errorf("%+v: %s", f, s)
			}
		}
	}
}

func TestDefaultCalendar(t *testing.T) {
	c, err := ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.Version, "cn-2026.1+") || c.DayMinutes() != 450 || c.Zone.String() != "Asia/Shanghai" || len(c.Years) != 2 {
		t.Errorf("%+v", c)
	}
	from := time.Date(2026, 2, 13, 17, 0, 0, 0, c.Zone)
	if at, unsure := c.Add(from, 60+450+60); unsure || !at.Equal(time.Date(2026, 2, 24, 10, 0, 0, 0, c.Zone)) {
		t.Errorf("over the Spring Festival: %s %v", at.In(c.Zone), unsure)
	}
	if kind, name := c.DayKind(time.Date(2026, 10, 1, 0, 0, 0, 0, c.Zone)); kind != domain.DayHoliday || name != "国庆节" {
		t.Errorf("%s %s", kind, name)
	}
	for from, to := range map[string]string{
		"timezone: Asia/Shanghai": "timezone: ../../etc/passwd", "region: CN": "region: CN\nextra: 1", "[saturday, sunday]": "[saturday, someday]",
		`"13:30-18:00"`: `"11:30-18:00"`, `["09:00-12:00", "13:30-18:00"]`: "[]", "from: 2026-10-01, to: 2026-10-07": "from: 2026-10-07, to: 2026-10-01",
		"to: 2025-10-08": "to: 2026-10-08", "2025-01-26,": "2025-01-01,", "  2026:": "  20266:", "version: cn-2026.1": "",
	} {
		if _, err := ParseCalendar([]byte(strings.Replace(string(defaultpolicy.Calendar), from, to, 1))); err == nil {
			t.Errorf("%s: passes", to)
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
