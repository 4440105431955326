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
