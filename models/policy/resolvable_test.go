package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func TestResolvable(t *testing.T) {
	p := defaults(t)
	if got := p.Resolvable(company()); len(got) > 0 {
		t.Errorf("the demo company resolves: %+v", got)
	}
	empty := domain.NewDirectory(1, nil, []domain.Department{{ID: "a", Code: "A", Active: true}, {ID: "b", Code: "B"}})
	got := p.Resolvable(empty)
	steps := map[string]bool{}
	for _, g := range got {
		if g.Department != "a" && g.Reason == ProblemNobody {
			t.Errorf("%+v", g)
		}
		steps[g.Route+" "+g.Step+" "+g.Reason] = true
	}
	for _, s := range []string{"ordinary owners nobody_to_ask", "secret security nobody_to_ask", "secret company_head nobody_to_ask", " company_head nobody_to_copy", "special line nobody_to_ask",
		"project superiors nobody_to_ask", "revocation owners nobody_to_ask"} {
		if !steps[s] {
			t.Errorf("%q is not reported: %v", s, steps)
		}
	}
}

// What of a policy the directory cannot answer is listed with its place.
func TestProblems(t *testing.T) {
	var people []domain.Employee
	deps := []domain.Department{{ID: "vacant", Code: "C5", Parent: "lab", Active: true}}
	for _, e := range company().Employees {
		people = append(people, e)
	}
	for _, d := range company().Departments {
		deps = append(deps, d)
	}
	dir := domain.NewDirectory(1, people, deps)
	const owners = "who: [{owning_departments: leader, backup: {role: security_officer}}]"
	const routeSpecial = `when: type == "special"`
	for name, tc := range map[string]struct {
		pairs []string
		want  []string
	}{
		"nobody holds the role":             {[]string{"who: [{role: security_officer}]", "who: [{role: hr}]"}, []string{"C0 secret security nobody_to_ask", "C4 outsiders security nobody_to_ask"}},
		"no such department":                {[]string{owners, "who: [{department: C9}]"}, []string{"C0 ordinary owners unknown_department", "C2 secret owners unknown_department", "C1 revocation owners unknown_department"}},
		"no such person":                    {[]string{"backup: {role: security_officer}", "backup: {person: n-gone}"}, []string{"C0 ordinary owners unknown_person"}},
		"the head files themself":           {[]string{owners, "who: [{owning_departments: leader}]"}, []string{"C0 ordinary owners nobody_to_ask head", "C0 revocation owners nobody_to_ask head"}},
		"copies to nobody":                  {[]string{"cc: [{role: legal}]", "cc: [{role: hr}]"}, []string{"  company_head nobody_to_copy"}},
		"a copy to a post that is vacant":   {[]string{"cc: [{role: legal}]", "cc: [{role: legal}, {department: C5}]"}, []string{"  company_head nobody_to_copy"}},
		"a copy to a post vacant here":      {[]string{"cc: [{role: legal}]", "cc: [{role: legal}, {owning_departments: leader}]"}, nil},
		"copies to no department":           {[]string{"cc: [{role: legal}]", "cc: [{department: C9}]"}, []string{"C0 secret company_head unknown_department"}},
		"nobody above the head":             {[]string{"cc: [{role: legal}]", "ladder: [{after: 1d, do: add_superior}]"}, []string{"  company_head no_superior"}},
		"only the revocation":               {[]string{"steps: [owners]}", "steps: [owners, hr]}", "\nroutes:\n", "\n  hr:\n    label: {zh: 人事, en: HR}\n    why: {zh: 登记, en: Register}\n    kind: or_sign\n    who: [{role: hr}]\n    deadline: 1d\n\nroutes:\n"}, []string{"C3 revocation hr nobody_to_ask"}},
		"a condition over no department":    {[]string{routeSpecial, `when: '"C9" in owners'`}, []string{" special  unknown_department"}},
		"a condition over no requester":     {[]string{routeSpecial, `when: 'type == "special" and "C8" not in requester'`}, []string{" special  unknown_department"}},
		"a kind of departments not there":   {[]string{"\napproval:\n", "\nunits: {x: {label: {zh: 甲, en: X}, codes: [C1, C7]}}\napproval:\n"}, []string{"   unknown_department"}},
		"routes that a department can take": {[]string{routeSpecial, `when: '"C3" in owners'`, "who:\n      - {owning_departments: leader, backup: {role: security_officer}}", "who:\n      - {role: hr}"}, []string{"C3 special line nobody_to_ask", "C1 special line nobody_to_ask"}},
	} {
		p := draftWith(t, tc.pairs...)
		var got []string
		for _, pr := range p.Resolvable(dir) {
			got = append(got, strings.TrimSuffix(fmt.Sprintf("%s %s %s %s %s", dir.Departments[pr.Department].Code, pr.Route, pr.Step, pr.Reason, pr.Requester), " "))
		}
		for _, w := range tc.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %q in %v", name, w, got)
			}
		}
		if tc.want == nil && len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
		if !slices.Equal(got, func() []string {
			var again []string
			for _, pr := range p.Resolvable(dir) {
				again = append(again, strings.TrimSuffix(fmt.Sprintf("%s %s %s %s %s", dir.Departments[pr.Department].Code, pr.Route, pr.Step, pr.Reason, pr.Requester), " "))
			}
			return again
		}()) {
			t.Errorf("%s: not the same twice", name)
		}
	}
}

// A route that only one department's own groups can take is not tried for others: nobody must be found there.
func TestRoutesAreTriedWhereTheyAreTaken(t *testing.T) {
	p := draftWith(t, `when: type == "special"`, `when: '"C4" in owners and type == "department"'`, "who:\n      - {owning_departments: leader, backup: {role: security_officer}}", "who:\n      - {role: hr}")
	var at []domain.DepartmentID
	for _, pr := range p.Resolvable(company()) {
		if pr.Route == "special" && !slices.Contains(at, pr.Department) {
			at = append(at, pr.Department)
		}
	}
	if !slices.Equal(at, []domain.DepartmentID{"office"}) {
		t.Errorf("tried for %v", at)
	}
}

// A large company is checked in seconds, and the list stays readable.
func TestResolvableOfALargeCompany(t *testing.T) {
	people := []domain.Employee{{ID: "s", Number: "s", Department: "d0", Active: true, Roles: []domain.Role{domain.RoleSecurity, domain.RoleLegal}}}
	deps := []domain.Department{}
	for i := range 2000 {
		id := domain.DepartmentID(fmt.Sprintf("d%d", i))
		parent := domain.DepartmentID("")
		if i > 0 {
			parent = domain.DepartmentID(fmt.Sprintf("d%d", i/5))
		}
		leader := domain.EmployeeID(fmt.Sprintf("p%d", i))
		people = append(people, domain.Employee{ID: leader, Number: string(leader), Department: id, Active: true})
		deps = append(deps, domain.Department{ID: id, Code: string(id), Parent: parent, Leader: leader, Active: true})
	}
	dir := domain.NewDirectory(1, people, deps)
	began := time.Now()
	if got := defaults(t).Resolvable(dir); len(got) > 0 {
		t.Errorf("%+v", got[:1])
	}
	bad := mustParse(t, strings.ReplaceAll(string(defaultpolicy.Policy), "role: security_officer", "role: hr"))
	if got := bad.Resolvable(dir); len(got) != maxProblems {
		t.Errorf("%d problems", len(got))
	}
	if took := time.Since(began); took > slack*4*time.Second {
		t.Errorf("took %s", took)
	}
}
