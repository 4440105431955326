package domain

import "testing"

func TestQuorumClassesAreFilledByDifferentPeople(t *testing.T) {
	minima := []ClassMinimum{{"legal", 1}, {"security", 1}}
	plan := StepPlan{Kind: Quorum, Need: 2, Minima: minima}
	both, legal, none := []string{"legal", "security"}, []string{"legal"}, []string(nil)
	for _, tt := range []struct {
		approved, open [][]string
		want           StepStatus
	}{
		{[][]string{both, none}, nil, StepFailed}, // one person fills one class only
		{[][]string{both, none}, [][]string{legal}, StepOpen},
		{[][]string{both, legal}, nil, StepPassed},
		{[][]string{legal, both}, nil, StepPassed}, // in any order
		{[][]string{both, both}, nil, StepPassed},
		{[][]string{legal, legal}, [][]string{legal}, StepFailed},
		{[][]string{both}, [][]string{both}, StepOpen},
		{nil, [][]string{both, legal}, StepOpen},
		{nil, [][]string{both}, StepFailed},
	} {
		if got := threshold(plan, tt.approved, tt.open, 0, false); got != tt.want {
			t.Errorf("approved %v, open %v: %s, want %s", tt.approved, tt.open, got, tt.want)
		}
	}
}

func TestMergedRulesKeepTheirClasses(t *testing.T) {
	plan := StepPlan{Key: "q", Kind: Quorum, Need: 2, Minima: []ClassMinimum{{"leader", 1}, {"security", 1}}, Deadline: 60, Rules: []SlotRule{
		{Kind: RuleDepartmentLeader, Department: "DA", Class: "leader"}, {Kind: RuleRole, Role: RoleSecurity, Class: "security"},
	}}
	b := startWith(t, company(leads("S1", "DA")), Case{Parties: Parties{Requester: "E"}}, everything, plan)
	if s := b.slot("S1"); s.Class != "leader" || len(s.Also) != 1 || s.Also[0] != "security" {
		t.Fatalf("%+v", s)
	}
	b.decide("S1", Approve)
	b.wantCase(CaseInApproval)
	b.decide("S2", Approve)
	b.wantCase(CaseApproved)
}

func TestCarryOver(t *testing.T) {
	carry := everything
	carry.SamePerson = CarryOver
	b := startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, carry,
		leaders("one", Countersign, "DA"), leaders("two", Countersign, "DA"), leaders("three", Countersign, "DA", "DB"))
	b.decide("A", Approve)
	if b.c.Current() != 2 {
		t.Fatalf("a step that what was carried over settles passes at once: %d", b.c.Current())
	}
	for _, i := range []int{1, 2} {
		if s := b.c.Steps[i].Slots[0]; s.Status != SlotCarriedOver || s.Carried != "r1.s1.p1" || s.Decision != nil {
			t.Fatalf("%+v", s)
		}
	}
	b.want(b.decide("A", Reject), TooLate, ReasonDecided, "A")
	b.want(b.back("B", 2), Accepted, "", "B")
	if s := b.slot("A"); s.Status != SlotOpen {
		t.Fatalf("%+v: nothing is approved by itself on the way back", s)
	}
}

func TestCarryOverIsOnesOwnOnly(t *testing.T) {
	carry := everything
	carry.SamePerson = CarryOver
	b := startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, carry, leaders("one", Countersign, "DA", "DB"), leaders("two", Countersign, "DA", "DB"))
	b.ds = []Delegation{lends("d", "A", "X")}
	b.decideFor("X", "A", Approve)
	b.decide("B", Approve)
	if b.c.Steps[1].Slots[0].Status != SlotOpen || b.c.Steps[1].Slots[1].Status != SlotCarriedOver {
		t.Fatalf("%+v", b.c.Steps[1].Slots)
	}
	again := startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, everything, leaders("one", Countersign, "DA"), leaders("two", Countersign, "DA"))
	again.decide("A", Approve)
	if again.c.Current() != 1 || again.slot("A").Status != SlotOpen {
		t.Fatal("without the policy's word people are asked again")
	}
}
