package policy

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// without is the default policy as the files of 2026.1 were: nothing said of approvals, no ladders.
func without(t testing.TB) string {
	t.Helper()
	head, _, ok := strings.Cut(string(defaultpolicy.Policy), "\napproval:")
	if !ok {
		t.Fatal("the default policy has no approval:")
	}
	return head + "\n"
}

// with is that file with an approval: of its own.
func with(t testing.TB, approval string) *Policy {
	t.Helper()
	p, err := Parse([]byte(without(t) + "approval: " + approval + "\n"))
	if err != nil {
		t.Fatalf("%s: %v", approval, err)
	}
	return p
}

var lab = domain.Filing{Type: domain.TypeDepartment, Tier: domain.TierSecret, Departments: []domain.DepartmentID{"lab"}}

func TestApprovalDefaults(t *testing.T) {
	old, err := Parse([]byte(without(t)))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(old.Approval, Approval{}) {
		t.Errorf("a file without approval: has %+v", old.Approval)
	}
	if old.Approval.Delegation.Allows(domain.KindFiling) {
		t.Error("a file without approval: allows delegation")
	}
	plan, err := old.Plan(lab, "clerk", company())
	if err != nil || plan.Rules != (domain.CaseRules{}) {
		t.Errorf("its plans have rules: %+v %v", plan.Rules, err)
	}
	if _, ok := old.RevocableUntil(time.Now(), nil); ok {
		t.Error("it can be revoked")
	}
	if _, err := old.PlanRevocation(lab, "clerk", company()); !isPlanError(err, "not_revocable") {
		t.Errorf("a revocation is planned: %v", err)
	}

	const day = 450
	want := DefaultApproval(day)
	if got := with(t, "{}").Approval; !reflect.DeepEqual(got, want) {
		t.Errorf("approval: {} is %+v, want the documented %+v", got, want)
	}
	if want.Rules != (domain.CaseRules{Resubmit: 5 * day, UrgeEvery: 240, MaxHops: 3, MaxAdded: 5, MaxChain: 3}) || want.MailLinks.Valid != 72*time.Hour {
		t.Errorf("%+v", want)
	}
	// The shipped file writes the defaults out, and can be revoked.
	got := defaults(t).Approval
	if got.Revocation.Window != 30 || len(got.Revocation.route.steps) != 1 {
		t.Errorf("%+v", got.Revocation)
	}
	got.Revocation = Revocation{}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the default policy has %+v", got)
	}
	plan, err = defaults(t).Plan(lab, "clerk", company())
	if err != nil || plan.Rules != want.Rules {
		t.Errorf("plans carry %+v %v", plan.Rules, err)
	}
}

func isPlanError(err error, reason string) bool {
	var pe *PlanError
	return errors.As(err, &pe) && pe.Reason == reason
}

func TestApprovalAsWritten(t *testing.T) {
	a := with(t, `{resubmit: 3d2h, urge_every: 1d, max_hops: 0, max_added: 20, max_chain: 1, same_person: carry_over, revocation: {window: 7d, steps: [security, owners]},
  delegation: {max_days: 14, kinds: [revocation]}, mail_links: {valid: 90m, sign_in: [secret]}}`).Approval
	if a.Rules != (domain.CaseRules{Resubmit: 3*450 + 120, UrgeEvery: 1440, MaxHops: 0, MaxAdded: 20, MaxChain: 1, SamePerson: domain.CarryOver}) {
		t.Errorf("a day is working time in resubmit and 24 hours in urge_every: %+v", a.Rules)
	}
	if a.Revocation.Window != 7 || a.Delegation.MaxDays != 14 || !a.Delegation.Allows(domain.KindRevocation) || a.Delegation.Allows(domain.KindFiling) {
		t.Errorf("%+v", a)
	}
	if m := a.MailLinks; m.Valid != 90*time.Minute || m.Asks(domain.TierConfidential) || !m.Asks(domain.TierSecret) || !m.Asks("nonsense") {
		t.Errorf("%+v", m)
	}
	off := with(t, `{resubmit: never, urge_every: never, max_hops: 0, max_added: 0, max_chain: 0, delegation: {max_days: 0}, mail_links: {valid: never, sign_in: []}}`).Approval
	if off.Rules != (domain.CaseRules{}) || off.MailLinks.Valid != 0 || off.MailLinks.Asks(domain.TierSecret) || off.Delegation.Allows(domain.KindFiling) {
		t.Errorf("all of it can be switched off: %+v", off)
	}
}

func TestFaultyApprovals(t *testing.T) {
	for approval, want := range map[string]string{
		"{resubmitt: 1d}": "approval.resubmitt: unknown field", "[]": "fields are expected", "{resubmit: 0d}": "too short or too long",
		"{resubmit: 1w}": `Or write "never"`, "{urge_every: 29m}": "too short or too long", "{urge_every: 31d}": "too short or too long", "{urge_every: [1h]}": "a text is expected",
		"{urge_every: sometimes}": `"3d" (days of 24 hours)`, "{max_hops: 11}": "from 0 to 10", "{max_hops: -1}": "from 0 to 10", "{max_added: 21}": "from 0 to 20",
		"{max_chain: 6}": "from 0 to 5", "{max_chain: two}": "from 0 to 5", "{same_person: skip}": "Use one of: ask_again, carry_over",
		"{revocation: {window: 30d}}": "approval.revocation.steps: this field is missing", "{revocation: {steps: [owners]}}": "approval.revocation.window: this field is missing",
		"{revocation: {window: 30h, steps: [owners]}}": "no number of calendar days", "{revocation: {window: 0d, steps: [owners]}}": "no number of calendar days",
		"{revocation: {window: 367d, steps: [owners]}}": "no number of calendar days", "{revocation: {window: 1d, steps: []}}": "would approve everything",
		"{revocation: {window: 1d, steps: [nobody]}}": `there is no step "nobody"`, "{revocation: {window: 1d, steps: [owners, owners]}}": "twice",
		"{delegation: {max_days: 367}}": "from 0 to 366", "{delegation: {kinds: [everything]}}": "Use one of: group_filing, revocation, group_change",
		"{delegation: {kinds: [revocation, revocation]}}": "listed twice", "{mail_links: {valid: 0h}}": "too short", "{mail_links: {sign_in: [confidential]}}": "tier secret above it does not",
		"{mail_links: {sign_in: [ordinary, confidential]}}": "Add secret.", "{mail_links: {sign_in: yes}}": "a list is expected",
	} {
		_, err := Parse([]byte(without(t) + "approval: " + approval + "\n"))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s passes: %v", approval, err)
			continue
		}
		if !slices.ContainsFunc(fe.Defects, func(d Defect) bool { return d.Line > 0 && d.Remedy != "" && strings.Contains(d.String(), want) }) {
			t.Errorf("%s: want %q, got %v", approval, want, fe.Defects)
		}
	}
	renamed := strings.Replace(string(defaultpolicy.Policy), "name: special\n", "name: revocation\n", 1)
	if _, err := Parse([]byte(renamed)); err == nil || !strings.Contains(err.Error(), "belongs to the revocation") {
		t.Errorf("a route named as the revocation's: %v", err)
	}
}

func TestRevocation(t *testing.T) {
	p, dir := defaults(t), company()
	plan, err := p.PlanRevocation(lab, "clerk", dir)
	if err != nil || plan.Route != RevocationRoute || plan.Policy != p.Version || plan.Rules != p.Approval.Rules {
		t.Fatalf("%+v %v", plan, err)
	}
	if got, want := people(t, plan, dir, "clerk"), "revocation: countersign lab-lead"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := people(t, plan, dir, "lab-lead"), "revocation: countersign research-lead"; got != want {
		t.Errorf("who leads the department and revokes: got %s, want %s", got, want)
	}
	if _, err := p.PlanRevocation(domain.Filing{Departments: []domain.DepartmentID{"gone"}}, "clerk", dir); !isPlanError(err, "unknown_department") {
		t.Errorf("%v", err)
	}
	if l := p.RouteLabel(RevocationRoute); l.ZH == RevocationRoute || l.EN == RevocationRoute {
		t.Errorf("%+v", l)
	}

	cal, err := ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	// Approved on 2 November, 23:30 in Shanghai; the window's last day is 2 December.
	until, ok := p.RevocableUntil(time.Date(2026, 11, 2, 15, 30, 0, 0, time.UTC), cal)
	if want := time.Date(2026, 12, 2, 16, 0, 0, 0, time.UTC); !ok || !until.Equal(want) {
		t.Errorf("until %s, want %s", until, want)
	}
}

func TestLaddersFinalsAndCopies(t *testing.T) {
	src := strings.Replace(string(defaultpolicy.Policy), "ladder: [{after: 1d4h, do: add_superior}]", `ladder: [{after: 1d, do: add_superior}, {after: 1d4h, do: replace_by_superior}]
    final: expired
    cc: [{department_leader_of: requester}, {role: legal}, {department: C4}, {department: C4}]`, 1)
	p, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.Plan(lab, "clerk", company())
	if err != nil {
		t.Fatal(err)
	}
	owners, security, head := plan.Steps[0], plan.Steps[1], plan.Steps[2]
	if want := []domain.Rung{{After: 450, Do: domain.RungAdd}, {After: 690, Do: domain.RungReplace}}; !slices.Equal(owners.Ladder, want) || owners.Final != domain.FinalExpire {
		t.Errorf("%+v", owners)
	}
	if want := []domain.SlotRule{{Kind: domain.RuleDepartmentLeader, Department: "sales"}, {Kind: domain.RuleRole, Role: domain.RoleLegal},
		{Kind: domain.RuleDepartmentLeader, Department: "office"}}; !slices.Equal(owners.CC, want) {
		t.Errorf("copies go to %+v", owners.CC)
	}
	if want := []domain.Rung{{After: 360, Do: domain.RungAdd}}; !slices.Equal(security.Ladder, want) || security.CC != nil || head.Ladder != nil || len(head.CC) != 1 {
		t.Errorf("%+v\n%+v", security, head)
	}
	for _, swap := range [][2]string{{"department: C4", "department: C9"}} {
		bad, err := Parse([]byte(strings.Replace(src, swap[0], swap[1], 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bad.Plan(lab, "clerk", company()); !isPlanError(err, "unknown_department") {
			t.Errorf("a copy to a department that is not there: %v", err)
		}
	}
}

func TestFaultyLaddersFinalsAndCopies(t *testing.T) {
	const from = "ladder: [{after: 6h, do: add_superior}]"
	for to, want := range map[string]string{
		"ladder: {after: 6h, do: add_superior}": "a list is expected", "ladder: [{after: 6h}]": "ladder[0].do: this field is missing", "ladder: [{do: add_superior}]": "ladder[0].after: this field is missing",
		"ladder: [{after: 6h, do: approve}]": "Use one of: add_superior, replace_by_superior", "ladder: [{after: 1d, do: add_superior}]": "not before the deadline",
		"ladder: [{after: 5h, do: add_superior}, {after: 5h, do: replace_by_superior}]": "ascending", "ladder: [{after: 29m, do: add_superior}]": "too short",
		"ladder: [{after: 6h, do: add_superior, to: x}]":                        "unknown field",
		"ladder: [" + strings.Repeat("{after: 6h, do: add_superior},", 6) + "]": "at most 5", "final: approve": "Use one of: expired, pass",
		"cc: [{role: legal, class: x}]": "unknown field", "cc: [{role: legal, backup: {role: hr}}]": "unknown field", "cc: [{}]": "names 0 ways", "cc: [{role: auditor}]": "unknown value",
		"cc: [" + strings.Repeat("{role: legal},", 11) + "]": "at most 10", "final: pass": `steps.security.final: route "`,
	} {
		_, err := Parse(edit(t, from, to))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s passes: %v", to, err)
			continue
		}
		if !slices.ContainsFunc(fe.Defects, func(d Defect) bool { return d.Line > 0 && d.Remedy != "" && strings.Contains(d.String(), want) }) {
			t.Errorf("%s: want %q, got %v", to, want, fe.Defects)
		}
	}
}

func TestStepTexts(t *testing.T) {
	p := defaults(t)
	plan, err := p.Plan(lab, "clerk", company())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range plan.Steps {
		if p.StepLabel(s.Key).ZH == s.Key || p.StepLabel(s.Key) != s.Label || p.StepWhy(s.Key) != s.Why {
			t.Errorf("step %s", s.Key)
		}
	}
	if p.StepLabel("gone").EN != "gone" || p.StepWhy("gone") != (domain.Label{}) {
		t.Error("a step of another version")
	}
}
