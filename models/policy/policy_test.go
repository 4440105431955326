package policy

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func TestDefaultPolicy(t *testing.T) {
	p := defaults(t)
	if !regexp.MustCompile(`^2026\.4\+[0-9a-f]{12}$`).MatchString(p.Version) {
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
	plan, _ = p.Plan(domain.Filing{Type: domain.TypeProject, Departments: []domain.DepartmentID{"research", "sales"}}, "clerk", dir)
	if len(plan.Steps[0].Rules) != 2 || len(plan.Steps[1].Rules) != 1 {
		t.Errorf("two departments have one superior, who is one rule: %+v", plan.Steps)
	}
	plan, _ = p.Plan(domain.Filing{Departments: []domain.DepartmentID{"top"}}, "guard1", dir)
	if b := plan.Steps[0].Rules[0].Backup; b != "guard2" {
		t.Errorf("the requester would stand in on their own matter: %s", b)
	}
	if _, err := p.Plan(domain.Filing{Departments: []domain.DepartmentID{"gone"}}, "clerk", dir); err == nil {
		t.Error("an unknown department has no route")
	} else if pe := (*PlanError)(nil); !errors.As(err, &pe) || pe.Fault().Code != "route_unresolved" {
		t.Errorf("%v", err)
	}
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
		c, err := compileCondition(source, vocabulary{})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		if got, err := c.holds((&Policy{}).facts(f, "", nil)); err != nil || got != want {
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
		if c, err := compileCondition(source, vocabulary{}); err == nil {
			got, err := c.holds((&Policy{}).facts(f, "", nil))
			t.Errorf("%s must be refused, gives %v %v", clip(source, 40), got, err)
		}
	}
}
