package domain

import "testing"

func TestRequesterIsApprover(t *testing.T) {
	b := start(t, company(), "A", leaders("dep", Countersign, "DA", "DB")) // others remain: the slot goes
	if _, asked := b.status()["A"]; asked || b.status()["B"] != SlotOpen {
		t.Fatalf("%v", b.status())
	}
	b = start(t, company(), "A", leaders("dep", Countersign, "DA")) // alone: the next superior
	s := b.c.Steps[0].Slots[0]
	if s.Person != "H" || s.Why.Code != WhySuperior || s.Why.Cause != CauseRequester || s.Why.InsteadOf != "A" {
		t.Fatalf("%+v", s)
	}
	b = start(t, company(), "H", leaders("dep", Countersign, "R")) // no superior: never an automatic pass
	if b.c.Status != CaseInApproval || b.c.NeedsHand == "" || !b.has(EffectHand) {
		t.Fatalf("%s %q", b.c.Status, b.c.NeedsHand)
	}
	backup := leaders("dep", Countersign, "R")
	backup.Rules[0].Backup = "F"
	b = start(t, company(), "H", backup)
	if b.status()["F"] != SlotOpen {
		t.Fatal("the named backup takes it")
	}
}

func TestVacantApproverFallsToTheNextDepartmentHeadUp(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DV"))
	s := b.c.Steps[0].Slots[0]
	if s.Person != "H" || s.Why.Cause != CauseVacant {
		t.Fatalf("%+v", s)
	}
}

func TestOnePersonCountsOnce(t *testing.T) {
	both := company(func(_ map[EmployeeID]*Employee, d map[DepartmentID]*Department) { d["DB"].Leader = "A" })
	b := start(t, both, "E", leaders("dep", Countersign, "DA", "DB"))
	if len(b.c.Steps[0].Slots) != 1 || len(b.c.Steps[0].Slots[0].Keys) != 2 {
		t.Fatalf("%+v", b.c.Steps[0].Slots)
	}
	b.decide("A", Approve)
	b.wantCase(CaseApproved)

	q := leaders("q", Quorum, "DA", "DB")
	q.Need = 2
	if Resolve(q, both, Parties{Requester: "E"}).OK() {
		t.Fatal("a quorum of two out of one person is out of reach")
	}
}
