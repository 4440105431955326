package policy

import (
	"errors"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

const units = "units:\n  centre: {label: {zh: 中心, en: Centre}, codes: [C1, C3]}\n  office: {label: {zh: 办公室, en: Office}, codes: [C4]}\n"

// routed is the default policy with kinds of department, and with another condition on route special.
func routed(t testing.TB, when string) (*Policy, error) {
	t.Helper()
	return Parse([]byte(strings.Replace(string(defaultpolicy.Policy), `when: type == "special"`, "when: '"+when+"'", 1) + units))
}

// Conditions see the departments around a request, by code and kind, and where the requester stands.
func TestConditionsOverTheDirectory(t *testing.T) {
	dir := company()
	for _, tc := range []struct {
		when      string
		depts     []domain.DepartmentID
		requester domain.EmployeeID
		want      bool
	}{
		{`"C2" in owners`, []domain.DepartmentID{"lab"}, "clerk", true},
		{`"C1" in owners`, []domain.DepartmentID{"lab"}, "clerk", true}, // lies above
		{`"C2" in owners`, []domain.DepartmentID{"research"}, "clerk", false},
		{`"C2" in owners`, []domain.DepartmentID{"sales", "lab"}, "clerk", true},
		{`"C3" not in owners`, []domain.DepartmentID{"lab"}, "clerk", true},
		{`"C3" in requester and "C0" in requester`, []domain.DepartmentID{"lab"}, "clerk", true},
		{`"C3" in requester`, []domain.DepartmentID{"sales"}, "lab-lead", false},
		{`"centre" in owner_units`, []domain.DepartmentID{"lab"}, "clerk", true},
		{`"centre" in owner_units`, []domain.DepartmentID{"top"}, "clerk", false},
		{`"office" in owner_units and "centre" in owner_units`, []domain.DepartmentID{"office", "lab"}, "clerk", true},
		{`level == 1`, []domain.DepartmentID{"lab", "top"}, "clerk", true},
		{`level == 3`, []domain.DepartmentID{"lab"}, "clerk", true},
		{`level > 2`, []domain.DepartmentID{"sales"}, "clerk", false},
		{`leads`, []domain.DepartmentID{"sales"}, "lab-lead", true},
		{`leads`, []domain.DepartmentID{"sales"}, "clerk", false},
		{`platform == "byhand"`, []domain.DepartmentID{"sales"}, "clerk", true},
	} {
		p, err := routed(t, tc.when)
		if err != nil {
			t.Errorf("%s: %v", tc.when, err)
			continue
		}
		f := domain.Filing{Type: domain.TypeCrossDepartment, Tier: domain.TierOrdinary, Platform: "byhand", Departments: tc.depts}
		plan, err := p.Plan(f, tc.requester, dir)
		if err != nil || (plan.Route == "special") != tc.want {
			t.Errorf("%s for %v by %s: route %s %v", tc.when, tc.depts, tc.requester, plan.Route, err)
		}
	}
}

func TestMisspeltFactsAreRefused(t *testing.T) {
	for when, want := range map[string]string{
		`platform == "byhnad"`: "there are byhand", `"centra" in owner_units`: "there are centre, office", `"C1" == owners`: `write "…" in owners`, `owners == ["C1"]`: "is a list",
		`owners in ["C1"]`: "is a list", `1 in owners`: "is a list", `type in owners`: "is a list", `type in [owners]`: "is a list", `owners`: "the condition is wrong", `level == "1"`: "the condition is wrong",
		`leads == 1`: "the condition is wrong", `level`: "the condition is wrong", `name == "x"`: "unknown name", `owners[0] == "C1"`: "only comparisons", `"C1" in owners()`: "only comparisons",
	} {
		if _, err := routed(t, when); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", when, want, err)
		}
	}
	if _, err := Parse(edit(t, `when: type == "special"`, `when: "\"centre\" in owner_units"`)); err == nil || !strings.Contains(err.Error(), "see units:") {
		t.Errorf("a file without units: %v", err)
	}
}

// The leader of the nearest department of a kind, each once; where there is none, the company's.
func TestOwningUnits(t *testing.T) {
	src := strings.Replace(string(defaultpolicy.Policy), "{owning_departments: leader, backup: {role: security_officer}}", "{owning_units: centre, backup: {role: security_officer}}", 1) + units
	p, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	dir := company()
	for _, tc := range []struct {
		depts     []domain.DepartmentID
		requester domain.EmployeeID
		want      string
	}{
		{[]domain.DepartmentID{"lab"}, "clerk", "ordinary: countersign research-lead"},
		{[]domain.DepartmentID{"lab", "research", "sales"}, "clerk", "ordinary: countersign research-lead+sales-lead"},
		{[]domain.DepartmentID{"office"}, "clerk", "ordinary: countersign head"},
		{[]domain.DepartmentID{"lab"}, "research-lead", "ordinary: countersign head"},
	} {
		plan, err := p.Plan(domain.Filing{Type: domain.TypeCrossDepartment, Tier: domain.TierOrdinary, Departments: tc.depts}, tc.requester, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := people(t, plan, dir, tc.requester); got != tc.want {
			t.Errorf("%v: got %s, want %s", tc.depts, got, tc.want)
		}
	}
	if _, err := p.Plan(domain.Filing{Departments: []domain.DepartmentID{"gone"}}, "clerk", dir); !isPlanError(err, "unknown_department") {
		t.Errorf("%v", err)
	}
	for from, want := range map[string]string{"{owning_units: center,": "there is no kind of department", "{owning_units: [centre],": "a text is expected", "{owning_units: centre, company: leader,": "names 2 ways"} {
		if _, err := Parse([]byte(strings.Replace(src, "{owning_units: centre,", from, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", from, want, err)
		}
	}
}

func TestFaultyUnits(t *testing.T) {
	const good = "{label: {zh: 中心, en: Centre}, codes: [C1]}"
	many := strings.Repeat("C1,", 201)
	for src, want := range map[string]string{
		"units: []": "fields are expected", "units: {Centre: " + good + "}": "cannot be a key", "units: {a: " + good + ", a: " + good + "}": "given twice",
		"units: {a: {label: {zh: 中心, en: Centre}}}": "codes: this field is missing", "units: {a: {label: {zh: 中心, en: Centre}, codes: []}}": "no department is of this kind",
		"units: {a: {label: {zh: 中心, en: Centre}, codes: [C1, C1]}}": "listed twice", "units: {a: {label: {zh: 中心}, codes: [C1]}}": "en: this field is missing",
		"units: {a: {label: {zh: 中心, en: Centre}, codes: [" + many + "]}}": "at most 200", "units: {a: {label: {zh: 中心, en: Centre}, codes: [C1], leader: x}}": "unknown field",
		"units: {a: {label: {zh: 中心, en: Centre}, codes: [{C1: 1}]}}": "a text is expected",
	} {
		_, err := Parse([]byte(string(defaultpolicy.Policy) + src + "\n"))
		var fe *FileError
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", clip(src, 80), want, err)
		}
	}
}
