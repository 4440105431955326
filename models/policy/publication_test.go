package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func published(t *testing.T) *Policy {
	t.Helper()
	p, err := Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The default table: ordinary groups carry general and important matter, groups with secrets sensitive matter too, and a topic
// at risk goes nowhere.
func TestWhatTiersCarry(t *testing.T) {
	rules := published(t).PostRules()
	want := map[domain.Tier]domain.Class{domain.TierOrdinary: domain.ClassStrategic, domain.TierConfidential: domain.ClassSensitive, domain.TierSecret: domain.ClassSensitive}
	for tier, c := range want {
		if rules.Carries[tier] != c {
			t.Errorf("%s carries %q", tier, rules.Carries[tier])
		}
	}
	if rules.Valid != 7 || rules.Policy != published(t).Version {
		t.Errorf("%+v", rules)
	}
}

// Each class has its route; several parties agree before anybody else is asked, and a sensitive post takes security.
func TestRoutesOfPublications(t *testing.T) {
	p := published(t)
	dir := domain.NewDirectory(1, []domain.Employee{
		{ID: "a", Number: "1", Department: "d", Active: true}, {ID: "l", Number: "2", Department: "d", Active: true}, {ID: "m", Number: "3", Department: "e", Active: true},
		{ID: "head", Number: "4", Department: "top", Active: true}, {ID: "s", Number: "5", Department: "top", Active: true, Roles: []domain.Role{domain.RoleSecurity}},
	}, []domain.Department{
		{ID: "top", Code: "T", Active: true, Leader: "head"}, {ID: "d", Code: "D", Parent: "top", Active: true, Leader: "l"}, {ID: "e", Code: "E", Parent: "top", Active: true, Leader: "m"},
	})
	both := domain.PostParties{Departments: []domain.DepartmentID{"d", "e"}}
	keys := func(class domain.Class, parties domain.PostParties) []string {
		t.Helper()
		plan, err := p.PlanPost(class, parties, nil, "a", dir)
		if err != nil {
			t.Fatal(class, err)
		}
		var out []string
		for _, s := range plan.Steps {
			out = append(out, s.Key)
			if res := domain.Resolve(s, dir, domain.Parties{Requester: "a"}); !res.OK() {
				t.Errorf("%s, %s: nobody to ask: %v", class, s.Key, res.Unresolved)
			}
		}
		return out
	}
	for class, want := range map[domain.Class][]string{
		domain.ClassBusiness: {"post_leaders"}, domain.ClassStrategic: {"post_leaders", "post_head"}, domain.ClassSensitive: {"post_leaders", "post_security"}, domain.ClassTopic: {"topic_owner"},
	} {
		if got := keys(class, domain.PostParties{}); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", class, got, want)
		}
		if got := keys(class, both); class != domain.ClassTopic && !slices.Equal(got, append([]string{PartiesStep}, want...)) {
			t.Errorf("%s between two: %v", class, got)
		}
	}
	var pe *PlanError
	if _, err := p.PlanPost(domain.ClassGeneral, domain.PostParties{}, nil, "a", dir); !errors.As(err, &pe) || pe.Reason != "not_published" {
		t.Errorf("a general post has a route: %v", err)
	}
	if _, err := p.PlanPost(domain.ClassBusiness, domain.PostParties{People: []domain.EmployeeID{"gone"}}, nil, "a", dir); !errors.As(err, &pe) || pe.Reason != "unknown_person" {
		t.Errorf("an unknown party: %v", err)
	}
	if _, err := (&Policy{}).PlanPost(domain.ClassBusiness, domain.PostParties{}, nil, "a", dir); !errors.As(err, &pe) {
		t.Errorf("a policy that publishes nothing: %v", err)
	}
}

// Approval by timeout is impossible for any publication, a topic can be carried by no tier, and a higher tier carries no less.
func TestPublicationsThatPoliciesMayNotAllow(t *testing.T) {
	for name, c := range map[string]struct{ from, to, code string }{
		"pass by deadline":   {"    why:\n      zh: 重要信息须经相关负责人", "    final: pass\n    why:\n      zh: 重要信息须经相关负责人", "pass_by_deadline"},
		"a topic is carried": {"carries: {ordinary: important_strategic", "carries: {ordinary: topic_at_risk", "unknown_value"},
		"carries less":       {"secret: sensitive}", "secret: general}", "carries_less"},
		"an unknown step":    {"steps: [post_leaders, post_head]", "steps: [post_leaders, nobody]", "no_such_step"},
	} {
		src := strings.Replace(string(defaultpolicy.Policy), c.from, c.to, 1)
		if src == string(defaultpolicy.Policy) {
			t.Fatalf("%s: nothing was changed", name)
		}
		_, err := Parse([]byte(src))
		var fe *FileError
		if !errors.As(err, &fe) || !slices.ContainsFunc(fe.Defects, func(d Defect) bool { return d.Code == c.code }) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file without the section publishes nothing, and the differences between two files say what changed.
func TestPublicationDiffers(t *testing.T) {
	p := published(t)
	old, err := Parse([]byte(strings.Replace(string(defaultpolicy.Policy), "valid: 7d", "valid: 3d", 1)))
	if err != nil {
		t.Fatal(err)
	}
	d := Diff(old, p)
	if len(d) != 1 || d[0].Path != "publication.valid" {
		t.Errorf("%+v", d)
	}
}
