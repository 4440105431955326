package domain

import "testing"

func TestDirectoryChangeMovesUndecidedSlots(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA", "DB"))
	b.decide("A", Approve)
	b.dir = company(func(p map[EmployeeID]*Employee, d map[DepartmentID]*Department) {
		d["DA"].Leader, d["DB"].Leader, p["B"].Active = "F", "S1", false
	})
	b.want(b.act(Act{Kind: ActDirectory}), Accepted, "", "")
	got := b.status()
	if got["A"] != SlotApproved || got["B"] != SlotClosed || got["S1"] != SlotOpen {
		t.Fatalf("past decisions stand, undecided ones are resolved again: %v", got)
	}
	if _, asked := got["F"]; asked {
		t.Fatal("a rule that was decided on is not asked again")
	}
	b.dir = company(func(_ map[EmployeeID]*Employee, d map[DepartmentID]*Department) { d["DB"].Leader = "S1" })
	b.want(b.decide("B", Approve), Refused, ReasonLost, "")
	b.decide("S1", Approve)
	b.wantCase(CaseApproved)
}

func TestDirectoryChangeWithNobodyLeftNeedsAHandAndRecovers(t *testing.T) {
	b := start(t, company(), "E", security)
	b.dir = company(func(p map[EmployeeID]*Employee, _ map[DepartmentID]*Department) {
		p["S1"].Active, p["S2"].Active = false, false
	})
	b.act(Act{Kind: ActDirectory})
	if b.c.NeedsHand == "" || !b.has(EffectHand) || b.c.Status != CaseInApproval {
		t.Fatalf("%q", b.c.NeedsHand)
	}
	b.dir = company()
	b.act(Act{Kind: ActDirectory})
	if b.c.NeedsHand != "" || len(b.c.OpenSlots()) != 2 {
		t.Fatalf("%q %v", b.c.NeedsHand, b.status())
	}
}

func TestSequenceSuccessorKeepsTheTurn(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Sequence, "DA", "DB"))
	b.dir = company(func(_ map[EmployeeID]*Employee, d map[DepartmentID]*Department) { d["DA"].Leader = "F" })
	b.act(Act{Kind: ActDirectory})
	if got := b.status(); got["F"] != SlotOpen || got["B"] != SlotWaiting || got["A"] != SlotClosed {
		t.Fatalf("%v", got)
	}
}

func TestTransferredPlaceStaysWhileItsHolderDoes(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	b.send("A", ActTransfer, "X")
	b.with(leads("F", "DA"))
	b.wantSlots(map[EmployeeID]SlotStatus{"X": SlotOpen})
	if _, k := b.c.placeOf("F"); k >= 0 {
		t.Fatal("the rule's place was handed on")
	}
	b.with(gone("X"), leads("B", "DA")) // X's superior is B, who is asked already; then H
	if got := b.slot("H"); got.Origin != OriginReplaced || got.Status != SlotOpen {
		t.Fatalf("%+v", got)
	}
	b.with(gone("X", "H")) // nobody above is left: the rule asks again
	if got := b.slot("A"); got.Origin != "" || got.Status != SlotOpen {
		t.Fatalf("%+v", got)
	}
}

func TestAddedBeforeWhoLeftIsReplacedOrTheCallerGoesOn(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DB"))
	b.add("B", AddBefore, "X")
	b.with(gone("X"))
	if a := b.slot("A"); a.Origin != OriginReplaced || a.Status != SlotOpen || b.slot("B").Status != SlotWaiting {
		t.Fatalf("%+v", a)
	}
	b.decide("A", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"B": SlotOpen})

	b = begin(t, leaders("dep", Countersign, "DB"))
	b.add("B", AddBefore, "X")
	b.with(gone("X", "A", "H")) // nobody above X is left
	b.wantSlots(map[EmployeeID]SlotStatus{"B": SlotOpen, "X": SlotClosed})
}

func TestAddedAfterWhoLeftNeedsAHand(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DB"))
	b.add("B", AddAfter, "X")
	b.with(gone("X", "A", "H"))
	if b.c.NeedsHand == "" || b.c.Status != CaseInApproval {
		t.Fatal("an approval asked for after cannot fall away")
	}
	b.want(b.assign("", "Y"), Accepted, "", "P")
	if y := b.slot("Y"); y.Status != SlotOpen || b.c.NeedsHand != "" {
		t.Fatalf("%+v", y)
	}
	b.decide("Y", Approve)
	b.wantCase(CaseApproved)
}

func TestCallerWhoLosesThePlaceTakesThoseBeforeAlong(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.add("A", AddBefore, "X")
	b.with(leads("F", "DA"))
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotClosed, "X": SlotClosed, "F": SlotOpen})
	b.decide("F", Approve)
	b.wantCase(CaseApproved)
}

func TestDirectoryAsksNobodyOfASettledThresholdAgain(t *testing.T) {
	b := begin(t, StepPlan{Key: "o", Kind: OrSign, Rules: leaders("", OrSign, "DA", "DB").Rules, Deadline: 60})
	b.add("A", AddAfter, "X")
	b.with(leads("F", "DB"))
	if _, k := b.c.placeOf("F"); k >= 0 {
		t.Fatal("A's decision settled it; only X is waited for")
	}
	b.wantSlots(map[EmployeeID]SlotStatus{"X": SlotOpen, "B": SlotClosed})
}

func TestQuorumOutOfReachByDeparturesIsNobodysRejection(t *testing.T) {
	q := StepPlan{Key: "q", Kind: Quorum, Need: 2, Rules: []SlotRule{{Kind: RuleRole, Role: RoleSecurity}, {Kind: RulePerson, Person: "X"}}, Deadline: 60}
	b := begin(t, q)
	b.decide("S1", Reject)
	b.with(gone("S2"))
	b.wantCase(CaseInApproval)
	if b.c.NeedsHand == "" {
		t.Fatal("of two needed, one is left")
	}
	b.assign("", "Y")
	b.decide("X", Approve)
	b.decide("Y", Approve)
	b.wantCase(CaseApproved)
}
