package domain

import (
	"slices"
	"testing"
	"time"
)

func (b *bench) assign(slot string, to ...EmployeeID) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: ActAssign, Actor: "P", Slot: slot, To: to, Comment: said})
}

func TestAssignInsteadOfSomebody(t *testing.T) {
	b := begin(t, leaders("dep", Sequence, "DA", "DB"))
	due := b.slot("A").Due.At
	b.want(b.assign(b.slot("A").ID, "X"), Accepted, "", "P")
	x := b.slot("X")
	if x.Status != SlotOpen || !x.Due.At.Equal(due) || x.Origin != OriginAssigned || x.Why.InsteadOf != "A" || b.slot("A").Closed != ReasonReassigned {
		t.Fatalf("%+v", x)
	}
	b.want(b.decide("A", Approve), Refused, ReasonReassigned, "")
	b.want(b.assign(b.slot("B").ID, "Y"), Accepted, "", "P") // one who waits for their turn
	b.wantSlots(map[EmployeeID]SlotStatus{"Y": SlotWaiting, "B": SlotClosed})
	b.decide("X", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"Y": SlotOpen})
	b.decide("Y", Approve)
	b.wantCase(CaseApproved)
}

func TestAssignWhereNobodyWasFound(t *testing.T) {
	b := startWith(t, company(), Case{Parties: Parties{Requester: "H"}}, everything, leaders("dep", Countersign, "R", "DA"))
	b.dir = company()
	if b.c.NeedsHand != "" { // R's leader is the requester; A remains
		t.Fatal(b.c.NeedsHand)
	}
	b = startWith(t, company(), Case{Parties: Parties{Requester: "H"}}, everything, leaders("dep", Countersign, "R"))
	if b.c.NeedsHand == "" || b.c.HandDue.At.IsZero() {
		t.Fatalf("%+v", b.c)
	}
	b.want(b.assign("", "X"), Accepted, "", "P")
	if x := b.slot("X"); b.c.NeedsHand != "" || x.Status != SlotOpen || !slices.Equal(x.Keys, []string{"leader:R"}) || !b.c.HandDue.At.IsZero() {
		t.Fatalf("%+v", x)
	}
	b.with() // the rule still names nobody: X stays
	b.wantSlots(map[EmployeeID]SlotStatus{"X": SlotOpen})
	if b.c.NeedsHand != "" {
		t.Fatal("X stands for the rule")
	}
	b.decide("X", Approve)
	b.wantCase(CaseApproved)
}

func TestAssignFillsAMissingClass(t *testing.T) {
	q := StepPlan{Key: "q", Kind: Quorum, Need: 2, Minima: []ClassMinimum{{Class: "legal", Need: 1}}, Deadline: 60, Rules: []SlotRule{
		{Kind: RuleDepartmentLeader, Department: "DA"}, {Kind: RuleRole, Role: RoleLegal, Class: "legal"},
	}}
	b := begin(t, q)
	if b.c.NeedsHand == "" {
		t.Fatal("nobody is of legal")
	}
	b.assign("", "X")
	if b.slot("X").Class != "legal" || b.c.NeedsHand != "" {
		t.Fatalf("%+v", b.slot("X"))
	}
	b.decide("A", Approve)
	b.wantCase(CaseInApproval)
	b.decide("X", Approve)
	b.wantCase(CaseApproved)
}

func TestAssignIsRefused(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	a, bb := b.slot("A").ID, b.slot("B").ID
	b.want(b.act(Act{Kind: ActAssign, Actor: "X", Slot: a, To: []EmployeeID{"Y"}, Comment: said}), Refused, ReasonNotProcess, "")
	b.want(b.act(Act{Kind: ActAssign, Actor: "P", Slot: a, To: []EmployeeID{"Y"}}), Refused, ReasonNoComment, "")
	b.want(b.assign(a, "P"), Refused, ReasonNotAllowed, "")
	b.want(b.assign("", "X"), Refused, ReasonNotAllowed, "")
	b.want(b.assign(a, "E"), Refused, ReasonTargetParty, "")
	b.want(b.assign(a, "B"), Refused, ReasonTargetAsked, "")
	b.want(b.assign(a, "nobody"), Refused, ReasonTargetAway, "")
	b.want(b.assign("r9.s9.p9", "X"), Refused, ReasonNotApprover, "")
	b.want(b.assign(a), Refused, ReasonUnknownAct, "")
	b.decide("B", Approve)
	b.want(b.assign(bb, "X"), TooLate, ReasonDecided, "B")
	b = startWith(t, company(), Case{Parties: Parties{Requester: "P"}}, everything, leaders("dep", Countersign, "DA"))
	b.want(b.assign(a, "X"), Refused, ReasonOwnMatter, "")
}

func TestQueueIsRemindedAndExpires(t *testing.T) {
	plan := leaders("dep", Countersign, "R")
	plan.Remind = []int{20, 40}
	b := startWith(t, company(), Case{Parties: Parties{Requester: "H"}}, everything, plan)
	for range 2 {
		b.want(b.wakeUp(), Accepted, "", "")
		if !b.has(EffectHand) || b.c.Status != CaseInApproval {
			t.Fatalf("%+v", b.last)
		}
	}
	b.want(b.wakeUp(), Accepted, "", "")
	b.wantCase(CaseExpired)
	if want := t0.Add(time.Hour); b.at.Before(want) {
		t.Fatal("before its time")
	}
	old := startWith(t, company(), Case{Parties: Parties{Requester: "H"}}, CaseRules{}, plan)
	if _, due := old.c.NextWake(); due {
		t.Fatal("cases from before there was a deadline of the queue have none")
	}
}

func TestNothingPassesWithoutWhoIsMissing(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	b.dir = company(gone("B", "H"))
	b.act(Act{Kind: ActDirectory})
	if b.c.NeedsHand == "" {
		t.Fatal("nobody for DB")
	}
	b.decide("A", Approve)
	b.wantCase(CaseInApproval)
	if b.c.HandDue.At.IsZero() {
		t.Fatal("now that nobody is asked, the queue has a deadline")
	}
	b.assign("", "X")
	b.decide("X", Approve)
	b.wantCase(CaseApproved)
}
