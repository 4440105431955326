package policy

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// withoutField is a file without one of its fields.
func withoutField(t *testing.T, src, field string) string {
	t.Helper()
	head, rest, ok := strings.Cut(src, "\n"+field+":")
	if !ok {
		t.Fatalf("the file has no %s:", field)
	}
	lines := strings.Split(rest, "\n")
	i := 1 + slices.IndexFunc(lines[1:], func(l string) bool { return l != "" && l[0] != ' ' && l[0] != '#' })
	return head + "\n" + strings.Join(lines[i:], "\n")
}

// A file without life: has the defaults that the shipped file writes out; the shipped one adds what the tiers demand of
// platforms (R4.1.3).
func TestLifeDefaults(t *testing.T) {
	old := mustParse(t, withoutField(t, withoutField(t, full(t), "life"), "changes"))
	if !reflect.DeepEqual(old.Life, DefaultLife()) || len(old.changes) != 0 {
		t.Errorf("a file without life: has %+v", old.Life)
	}
	got := defaults(t)
	needs := map[domain.Tier]int{}
	for tier, rule := range got.Life.Tiers {
		needs[tier] = len(rule.Needs)
		rule.Needs = nil
		got.Life.Tiers[tier] = rule
	}
	if !reflect.DeepEqual(got.Life, DefaultLife()) {
		t.Errorf("the shipped file has\n%+v, want\n%+v", got.Life, DefaultLife())
	}
	if !maps.Equal(needs, map[domain.Tier]int{domain.TierOrdinary: 0, domain.TierConfidential: 6, domain.TierSecret: 8}) {
		t.Errorf("needs %v", needs)
	}
	rules := defaults(t).LifeRules()
	if rules.Policy != got.Version || rules.MaxLife != 1095 || rules.Tiers[domain.TierSecret].Ceiling.Posting != domain.PostAdmins || len(rules.Tiers) != 3 {
		t.Errorf("%+v", rules)
	}
	rules.Tiers[domain.TierOrdinary].Notices[0] = 1 // a copy
	if defaults(t).Life.Tiers[domain.TierOrdinary].Notices[0] != 30 {
		t.Error("the rules handed out are the policy's own")
	}
}

// Every fault of the section names its place and what would work.
func TestLifeFaults(t *testing.T) {
	for _, tc := range []struct{ from, to, path, code string }{
		{"renew: 180d", "renew: 400d", "life.tiers.confidential.renew", "renewed_less_often"},
		{"by_activity: 90d", "by_activity: 366d", "life.tiers.ordinary.by_activity", "activity_above_renew"},
		{"by_activity: 90d", "by_activity: 0d", "life.tiers.ordinary.by_activity", "not_days"},
		{"ordinary: {renew: 365d, notices: [30d, 15d, 1d]", "ordinary: {renew: 365d, notices: [15d, 30d, 1d]", "life.tiers.ordinary.notices[1]", "notice_order"},
		{"ordinary: {renew: 365d, notices: [30d, 15d, 1d]", "ordinary: {renew: 365d, notices: [15d, 15d]", "life.tiers.ordinary.notices[1]", "notice_order"},
		{"ordinary: {renew: 365d, notices: [30d, 15d, 1d]", "ordinary: {renew: 365d, notices: [365d]", "life.tiers.ordinary.notices[0]", "notice_too_early"},
		{"grace: 30d, then: archived", "grace: 30d, then: deleted", "life.tiers.ordinary.then", "unknown_value"},
		{"needs: []", "needs: [remove, remove]", "life.tiers.ordinary.needs[1]", "listed_twice"},
		{"needs: []", "needs: [fly]", "life.tiers.ordinary.needs[0]", "unknown_value"},
		{"temporary: {notices: [7d, 1d], grace: 14d}", "temporary: {notices: [7d, 1d], grace: 2w}", "life.temporary.grace", "not_days"},
		{"ask: 3", "ask: many", "life.ownerless.ask", "integer_expected"},
		{"deletion: 30d", "deletion: never", "life.deletion", "not_days"},
		{"deletion: 30d", "deletion: 30d\n  deleted: 1d", "life.deleted", "unknown_field"},
		{"    as: filing\n", "    as: filing\n    steps: [owners]\n", "changes[1]", "change_steps_or_as"},
		{"    as: filing\n", "", "changes[1]", "change_steps_or_as"},
		{"name: change_minor", "name: secret", "changes[2].name", "route_twice"},
		{"name: change_minor", "name: revocation", "changes[2].name", "route_named_revocation"},
		{"when: tier_lowered", "when: teir_lowered", "changes[0].when", "condition_name"},
		{"when: tier_lowered", `when: tier == "secret" and tier == "ordinary"`, "changes[0]", "route_unreachable"},
		{"when: tier_lowered", `when: tier in ["ordinary", "confidential", "secret"]`, "changes[1]", "route_unreachable"},
		{`when: tier == "secret"`, "when: tier_lowered", "routes[0].when", "condition_name"},
		{"  owners:\n", "  tier_lowered_security:\n", "steps.tier_lowered_security", "step_reserved"},
	} {
		_, err := Parse(edit(t, tc.from, tc.to))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s passes, or gives %v", tc.to, err)
			continue
		}
		i := slices.IndexFunc(fe.Defects, func(d Defect) bool { return d.Code == tc.code && d.Path == tc.path })
		if i < 0 || fe.Defects[i].Line == 0 || fe.Defects[i].Remedy == "" {
			t.Errorf("%s: %+v, want %s at %s", tc.to, fe.Defects, tc.code, tc.path)
		}
	}
}

// Which route a change takes (semantics 2: tier, outsiders, type and admins go through approval; lowering a tier also
// needs security).
func TestPlanChange(t *testing.T) {
	base := domain.Filing{Name: "实验室-月结", Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "月结", Departments: []domain.DepartmentID{"lab"},
		Admins: []domain.EmployeeID{"clerk", "tech"}, Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, Platform: "byhand"}
	tier := func(t domain.Tier) func(*domain.Filing) { return func(f *domain.Filing) { f.Tier = t } }
	for name, c := range map[string]struct {
		was, is func(*domain.Filing)
		want    string
	}{
		"purpose":         {nil, func(f *domain.Filing) { f.Purpose = "季结" }, "change_minor: owners"},
		"name and end":    {nil, func(f *domain.Filing) { f.Name, f.EndsOn = "x", "2027-01-01" }, "change_minor: owners"},
		"members":         {nil, func(f *domain.Filing) { f.Members = []domain.EmployeeID{"x"} }, "change_minor: owners"},
		"admins":          {nil, func(f *domain.Filing) { f.Admins = []domain.EmployeeID{"tech", "clerk"} }, "ordinary: owners"},
		"type":            {nil, func(f *domain.Filing) { f.Type = domain.TypeProject }, "project: owners superiors"},
		"outsiders":       {nil, func(f *domain.Filing) { f.Permissions.InviteOutsiders = true }, "outsiders: owners security"},
		"raised":          {nil, tier(domain.TierConfidential), "confidential: owners security"},
		"raised to top":   {nil, tier(domain.TierSecret), "secret: owners security company_head"},
		"lowered":         {tier(domain.TierConfidential), nil, "change_lowered: owners security"},
		"lowered by one":  {tier(domain.TierSecret), tier(domain.TierConfidential), "change_lowered: owners security"},
		"stricter":        {nil, func(f *domain.Filing) { f.Permissions.Posting = domain.PostAdmins }, "change_minor: owners"},
		"two departments": {nil, func(f *domain.Filing) { f.Departments = []domain.DepartmentID{"sales"} }, "ordinary: owners"},
	} {
		before, after := base, base
		if c.was != nil {
			c.was(&before)
		}
		if c.is != nil {
			c.is(&after)
		}
		plan, err := defaults(t).PlanChange(before, after, "clerk", company())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := routeOf(plan); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	// Without changes: a change goes as a filing, and lowering a tier still takes security.
	old := mustParse(t, withoutField(t, full(t), "changes"))
	before := base
	before.Tier = domain.TierSecret
	plan, err := old.PlanChange(before, base, "clerk", company())
	if err != nil || routeOf(plan) != "ordinary: owners "+LoweredStep || old.StepLabel(LoweredStep).ZH == "" || plan.Steps[1].Deadline <= 0 {
		t.Errorf("%s %v", routeOf(plan), err)
	}
	// Who owned it before is asked too.
	after := base
	after.Type, after.Departments = domain.TypeProject, []domain.DepartmentID{"sales"}
	if plan, err = defaults(t).PlanChange(base, after, "clerk", company()); err != nil || len(plan.Steps[0].Rules) != 2 {
		t.Errorf("%+v %v", plan.Steps, err)
	}
}

func routeOf(p domain.RoutePlan) string {
	var keys []string
	for _, s := range p.Steps {
		keys = append(keys, s.Key)
	}
	return p.Route + ": " + strings.Join(keys, " ")
}

// A step that security can be absent from does not count as theirs.
func TestLoweringTakesSecurityAlone(t *testing.T) {
	officer, legal := domain.SlotRule{Kind: domain.RuleRole, Role: domain.RoleSecurity, Class: "s"}, domain.SlotRule{Kind: domain.RuleRole, Role: domain.RoleLegal, Class: "l"}
	both := []domain.SlotRule{officer, legal}
	for name, c := range map[string]struct {
		step domain.StepPlan
		want bool
	}{
		"alone":             {domain.StepPlan{Kind: domain.OrSign, Rules: []domain.SlotRule{officer}}, true},
		"or legal":          {domain.StepPlan{Kind: domain.OrSign, Rules: both}, false},
		"both":              {domain.StepPlan{Kind: domain.Countersign, Rules: both}, true},
		"one of two":        {domain.StepPlan{Kind: domain.Quorum, Need: 1, Rules: both}, false},
		"one of each":       {domain.StepPlan{Kind: domain.Quorum, Need: 2, Rules: both, Minima: []domain.ClassMinimum{{Class: "s", Need: 1}}}, true},
		"by a passed clock": {domain.StepPlan{Kind: domain.OrSign, Rules: []domain.SlotRule{officer}, Final: domain.FinalPass}, false},
	} {
		if got := asksSecurity(domain.RoutePlan{Steps: []domain.StepPlan{c.step}}); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
