package policy

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// monday is a Monday morning, ten o'clock in Shanghai.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func calendar(t testing.TB) *domain.Calendar {
	t.Helper()
	c, err := ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func goodFiling(dep domain.DepartmentID, name string) domain.Filing {
	return domain.Filing{Name: name, Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "例会", Departments: []domain.DepartmentID{dep},
		Admins: []domain.EmployeeID{"clerk", "counsel"}, Platform: "byhand", Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}}
}

// worked is a request as the policy and directory of the time made it.
func worked(t testing.TB, p *Policy, f domain.Filing, requester domain.EmployeeID, dir *domain.Directory) PastRequest {
	t.Helper()
	plan, err := p.Plan(f, requester, dir)
	if err != nil {
		t.Fatal(err)
	}
	r := PastRequest{ID: "c1", Number: "G-2026-00001", Filing: f, Requester: requester, Submitted: monday, Plan: plan, Under: p}
	for _, st := range plan.Steps {
		step := PastStep{Opened: monday}
		for _, s := range domain.Resolve(st, dir, domain.Parties{Requester: requester}).Slots {
			step.People = append(step.People, s.Person)
		}
		r.Steps = append(r.Steps, step)
	}
	return r
}

func draftWith(t testing.TB, pairs ...string) *Policy {
	t.Helper()
	s := string(defaultpolicy.Policy)
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			t.Fatalf("the default policy has no %q", pairs[i])
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return mustParse(t, s)
}

func TestDryRun(t *testing.T) {
	p, dir, cal := defaults(t), company(), calendar(t)
	ordinary := worked(t, p, goodFiling("sales", "市场部-例会"), "clerk", dir)
	secret := goodFiling("lab", "实验室-攻关")
	secret.Tier, secret.Permissions.Posting = domain.TierSecret, domain.PostAdmins
	conf := worked(t, p, secret, "clerk", dir)

	if got := DryRun(p, []PastRequest{ordinary, conf}, dir, cal); got.Sums != (DryRunSums{Unchanged: 2}) || len(got.Cases) != 0 || got.Requests != 2 || got.Policy != p.Version {
		t.Errorf("the same policy changes nothing: %+v", got)
	}
	const owners = "{zh: 归属部门负责人会签, en: Leaders of the owning departments}"
	hr := "\n  hr:\n    label: {zh: 人事, en: HR}\n    why: {zh: 登记, en: Register}\n    kind: or_sign\n    who: [{role: legal}]\n    deadline: 1d\n\nroutes:\n"
	for name, tc := range map[string]struct {
		draft *Policy
		past  PastRequest
		sums  DryRunSums
		check func(CaseChange) bool
	}{
		"a shorter deadline": {draftWith(t, "    deadline: 2d\n    remind: [1d]\n    ladder: [{after: 1d4h, do: add_superior}]", "    deadline: 1d"), ordinary,
			DryRunSums{Earlier: 1, Kind: 1}, func(c CaseChange) bool {
				s := c.Steps[0]
				return s.Key == "owners" && s.DueBefore.Sub(s.DueAfter) == 24*time.Hour && s.Otherwise && c.DoneBefore.Sub(c.DoneAfter) == 24*time.Hour
			}},
		"a longer deadline": {draftWith(t, "    deadline: 2d\n    remind: [1d]", "    deadline: 3d\n    remind: [1d]"), ordinary, DryRunSums{Later: 1}, func(c CaseChange) bool { return c.Steps[0].DueAfter.After(c.Steps[0].DueBefore) }},
		"other people": {draftWith(t, "who: [{owning_departments: leader, backup: {role: security_officer}}]", "who: [{owning_departments: leader}, {role: legal}]"), ordinary, DryRunSums{People: 1},
			func(c CaseChange) bool {
				return slices.Equal(c.Steps[0].Added, []domain.EmployeeID{"counsel"}) && c.Steps[0].Removed == nil
			}},
		"somebody else": {draftWith(t, "who: [{owning_departments: leader, backup: {role: security_officer}}]", "who: [{company: leader}]"), ordinary, DryRunSums{People: 1},
			func(c CaseChange) bool {
				return slices.Equal(c.Steps[0].Added, []domain.EmployeeID{"head"}) && slices.Equal(c.Steps[0].Removed, []domain.EmployeeID{"sales-lead"})
			}},
		"a step more": {draftWith(t, "\nroutes:\n", hr, "    steps: [owners]\n", "    steps: [owners, hr]\n"), ordinary, DryRunSums{StepsAdded: 1},
			func(c CaseChange) bool {
				return c.Steps[0].Key == "hr" && c.Steps[0].Kind == PartAdded && c.DoneAfter.After(c.DoneBefore)
			}},
		"a step fewer": {draftWith(t, "steps: [owners, security, company_head]", "steps: [owners, company_head]"), conf, DryRunSums{StepsRemoved: 1},
			func(c CaseChange) bool { return c.Steps[0].Kind == PartRemoved && c.Steps[0].Removed[0] == "guard1" }},
		"another order": {draftWith(t, "steps: [owners, security, company_head]", "steps: [security, owners, company_head]"), conf, DryRunSums{Order: 1}, func(c CaseChange) bool { return len(c.Steps) == 0 }},
		"another route": {draftWith(t, "when: outsiders", `when: outsiders or members < 5`), ordinary, DryRunSums{Route: 1, StepsAdded: 1},
			func(c CaseChange) bool { return c.Route == RouteChange{"ordinary", "outsiders"} }},
		"another kind": {draftWith(t, "    kind: or_sign\n    who: [{role: security_officer}]", "    kind: countersign\n    who: [{role: security_officer}]"), conf, DryRunSums{Kind: 1},
			func(c CaseChange) bool {
				return c.Steps[0].KindBefore == domain.OrSign && c.Steps[0].KindAfter == domain.Countersign
			}},
		"a name refused": {draftWith(t, "blocked: [绝密,", "blocked: [例会, 绝密,"), ordinary, DryRunSums{Refused: 1}, func(c CaseChange) bool { return len(c.Faults) == 1 && c.Faults[0].Code == "blocked_word" }},
		"a permission refused": {draftWith(t, "    ceiling: {invite_outsiders: false, anonymous_speech: false, see_contacts: false, posting: members", "    ceiling: {invite_outsiders: false, anonymous_speech: false, see_contacts: false, posting: admins",
			"    default: {invite_outsiders: false, anonymous_speech: false, see_contacts: false, posting: members", "    default: {invite_outsiders: false, anonymous_speech: false, see_contacts: false, posting: admins"),
			worked(t, p, func() domain.Filing {
				f := goodFiling("lab", "实验室-攻关")
				f.Tier = domain.TierConfidential
				return f
			}(), "clerk", dir), DryRunSums{Refused: 1},
			func(c CaseChange) bool { return c.Faults[0].Field == "permissions.posting" }},
		"nobody to ask": {draftWith(t, "who: [{owning_departments: leader, backup: {role: security_officer}}]", "who: [{role: hr}]"), ordinary, DryRunSums{Unresolved: 1, People: 1},
			func(c CaseChange) bool { return c.Steps[0].Unresolved[0] == "role:hr" }},
		"no route": {draftWith(t, "who: [{owning_departments: leader, backup: {role: security_officer}}]", "who: [{department: C9}]"), ordinary, DryRunSums{Unresolved: 1},
			func(c CaseChange) bool {
				return c.Faults[0].Params["reason"] == "unknown_department" && c.Route.After == ""
			}},
		"texts only": {draftWith(t, owners, "{zh: 部门会签, en: Departments}"), ordinary, DryRunSums{Unchanged: 1}, nil},
	} {
		got := DryRun(tc.draft, []PastRequest{tc.past}, dir, cal)
		if got.Sums != tc.sums {
			t.Errorf("%s: %+v\n%+v", name, got.Sums, got.Cases)
			continue
		}
		if tc.check == nil {
			continue
		}
		if len(got.Cases) != 1 || got.Cases[0].ID != "c1" || got.Cases[0].Policy != p.Version || !tc.check(got.Cases[0]) {
			t.Errorf("%s: %+v", name, got.Cases)
		}
		if again := DryRun(tc.draft, []PastRequest{tc.past}, dir, cal); !reflect.DeepEqual(got, again) {
			t.Errorf("%s: not the same twice", name)
		}
	}
}

// What the directory changed since is told apart from what the draft changes.
func TestDryRunTellsPolicyFromDirectory(t *testing.T) {
	p, cal := defaults(t), calendar(t)
	then := company()
	past := worked(t, p, goodFiling("sales", "市场部-例会"), "clerk", then)
	past.Filing.Members = []domain.EmployeeID{"lab-lead"}
	people, deps := []domain.Employee{}, []domain.Department{}
	for _, e := range then.Employees {
		if e.ID == "lab-lead" {
			e.Active = false
		}
		people = append(people, e)
	}
	for _, d := range then.Departments {
		if d.ID == "sales" {
			d.Leader, d.Name = "clerk2", "销售部" // its name in the group's name is outdated
		}
		deps = append(deps, d)
	}
	people = append(people, domain.Employee{ID: "clerk2", Number: "n-clerk2", Department: "sales", Active: true})
	now := domain.NewDirectory(8, people, deps)

	if got := DryRun(p, []PastRequest{past}, now, cal); got.Sums != (DryRunSums{Unchanged: 1, Directory: 1}) || len(got.Cases) != 0 {
		t.Errorf("the same policy in a changed company: %+v", got)
	}
	draft := draftWith(t, "who: [{owning_departments: leader, backup: {role: security_officer}}]", "who: [{owning_departments: leader}, {role: legal}]")
	got := DryRun(draft, []PastRequest{past}, now, cal)
	if got.Sums != (DryRunSums{People: 1, Directory: 1}) {
		t.Fatalf("%+v", got)
	}
	s := got.Cases[0].Steps[0]
	if !slices.Equal(s.Added, []domain.EmployeeID{"counsel"}) || !slices.Equal(s.Arrived, []domain.EmployeeID{"clerk2"}) || !slices.Equal(s.Gone, []domain.EmployeeID{"sales-lead"}) || s.Removed != nil {
		t.Errorf("%+v", s)
	}
}

// A deadline counts from when the step opened then, and what finds nobody under the old policy either is no change.
func TestDryRunComparesLikeWithLike(t *testing.T) {
	p, dir, cal := defaults(t), company(), calendar(t)
	past := worked(t, p, goodFiling("sales", "市场部-例会"), "clerk", dir)
	past.Steps[0].Opened = monday.Add(26 * time.Hour)
	draft := draftWith(t, "    deadline: 2d\n    remind: [1d]", "    deadline: 3d\n    remind: [1d]")
	got := DryRun(draft, []PastRequest{past}, dir, cal)
	if want := domain.DueFor(cal, past.Plan.Steps[0], past.Steps[0].Opened).At; len(got.Cases) != 1 || !got.Cases[0].Steps[0].DueBefore.Equal(want) {
		t.Errorf("%+v, want a deadline before of %s", got.Cases, want)
	}

	f := goodFiling("lab", "实验室-攻关")
	f.Type, f.EndsOn = domain.TypeSpecial, "2027-01-01"
	special := worked(t, p, f, "clerk", dir)
	if got := DryRun(draftWith(t, "kind: sequence\n", "kind: sequence\n    final: pass\n"), []PastRequest{special}, dir, cal); got.Sums != (DryRunSums{Kind: 1}) {
		t.Errorf("a passed deadline would approve: %+v", got.Sums)
	}

	var unguarded []domain.Employee
	for _, e := range dir.Employees {
		e.Roles = nil
		unguarded = append(unguarded, e)
	}
	var deps []domain.Department
	for _, d := range dir.Departments {
		deps = append(deps, d)
	}
	f = goodFiling("lab", "实验室-攻关")
	f.Tier, f.Permissions.Posting = domain.TierSecret, domain.PostAdmins
	secret := worked(t, p, f, "clerk", dir)
	if got := DryRun(p, []PastRequest{secret}, domain.NewDirectory(9, unguarded, deps), cal); got.Sums != (DryRunSums{Unchanged: 1, Directory: 1}) {
		t.Errorf("nobody guards any more, whatever the policy: %+v", got.Sums)
	}
}

func TestDryRunOfRevocations(t *testing.T) {
	p, dir, cal := defaults(t), company(), calendar(t)
	plan, err := p.PlanRevocation(lab, "clerk", dir)
	if err != nil {
		t.Fatal(err)
	}
	past := PastRequest{ID: "r", Kind: domain.KindRevocation, Filing: lab, Requester: "clerk", Submitted: monday, Plan: plan}
	if got := DryRun(p, []PastRequest{past}, dir, cal); got.Sums != (DryRunSums{Unchanged: 1}) {
		t.Errorf("%+v", got)
	}
	if got := DryRun(mustParse(t, without(t)), []PastRequest{past}, dir, cal); got.Sums != (DryRunSums{Unresolved: 1}) || got.Cases[0].Faults[0].Params["reason"] != "not_revocable" {
		t.Errorf("%+v", got)
	}
	if got := DryRun(draftWith(t, "steps: [owners]}", "steps: [owners, security]}"), []PastRequest{past}, dir, cal); got.Sums != (DryRunSums{StepsAdded: 1}) {
		t.Errorf("%+v", got)
	}
}

// The sums add up over many requests, in the order given, and the report is plain JSON.
func TestDryRunSumsUp(t *testing.T) {
	p, dir, cal := defaults(t), company(), calendar(t)
	draft := draftWith(t, "    deadline: 2d\n    remind: [1d]", "    deadline: 3d\n    remind: [1d]")
	var past []PastRequest
	began := time.Now()
	for i := range 2000 {
		r := worked(t, p, goodFiling("sales", "市场部-例会"), "clerk", dir)
		if i%2 == 1 {
			f := goodFiling("lab", "实验室-攻关")
			f.Type, f.EndsOn = domain.TypeSpecial, "2027-01-01"
			r = worked(t, p, f, "clerk", dir)
		}
		r.ID = fmt.Sprint(i)
		past = append(past, r)
	}
	got := DryRun(draft, past, dir, cal)
	if got.Sums != (DryRunSums{Unchanged: 1000, Later: 1000}) || len(got.Cases) != 1000 || got.Cases[1].ID != "2" {
		t.Errorf("%+v", got.Sums)
	}
	if took := time.Since(began); took > slack*5*time.Second {
		t.Errorf("2000 requests took %s", took)
	}
	raw, err := json.Marshal(got.Cases[0])
	if err != nil || strings.Contains(string(raw), "0001-01-01") {
		t.Errorf("%s %v", raw, err)
	}
	if raw, _ := json.Marshal(DryRun(p, nil, dir, cal)); !strings.Contains(string(raw), `"cases":[]`) {
		t.Errorf("%s", raw)
	}
}
