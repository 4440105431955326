package domain

import (
	"testing"
	"time"
)

func TestAddBeforeTheCallerWaitsThenDecides(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.want(b.add("A", AddBefore, "X", "Y"), Accepted, "", "A")
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotWaiting, "X": SlotOpen, "Y": SlotOpen})
	b.want(b.decide("A", Approve), Refused, ReasonWaitsForAdded, "")
	b.decide("X", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotWaiting})
	b.at = b.at.Add(50 * time.Minute)
	b.decide("Y", Approve)
	a := b.slot("A")
	if a.Status != SlotOpen || !a.Due.At.Equal(b.at.Add(time.Hour).Truncate(time.Second)) {
		t.Fatalf("the caller decides with a deadline that leaves time: %+v", a)
	}
	b.wantCase(CaseInApproval)
	b.decide("A", Approve)
	b.wantCase(CaseApproved)
}

func TestAddBeforeARejectionIsTheCallers(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"))
	b.add("A", AddBefore, "X", "Y")
	b.want(b.decide("X", Reject), Accepted, "", "X")
	b.wantCase(CaseRejected)
	if a := b.slot("A"); a.Status != SlotClosed || a.Closed != ReasonAddedNo {
		t.Fatalf("%+v", a)
	}
	b.wantSlots(map[EmployeeID]SlotStatus{"Y": SlotClosed, "B": SlotClosed})
}

func TestAddBeforeARejectionCountsOnceInAQuorum(t *testing.T) {
	q := leaders("q", Quorum, "DA", "DB", "R")
	q.Need = 2
	b := begin(t, q)
	b.add("A", AddBefore, "X", "Y")
	b.decide("X", Reject)
	b.wantCase(CaseInApproval) // two of B and H can still reach it
	b.decide("B", Approve)
	b.wantCase(CaseInApproval)
	b.decide("H", Approve)
	b.wantCase(CaseApproved)
}

func TestAddAfterTheStepWaits(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"), security)
	b.want(b.add("A", AddAfter, "X"), Accepted, "", "A")
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotApproved, "X": SlotOpen})
	if b.c.Current() != 0 {
		t.Fatal("the step waits for who was added after")
	}
	b.decide("X", Approve)
	if b.c.Current() != 1 {
		t.Fatal("the step passes")
	}
}

func TestAddAfterARejectionFailsTheStep(t *testing.T) {
	b := begin(t, StepPlan{Key: "o", Kind: OrSign, Rules: leaders("", OrSign, "DA", "DB").Rules, Deadline: 60})
	b.add("A", AddAfter, "X")
	b.wantSlots(map[EmployeeID]SlotStatus{"B": SlotClosed}) // the first decision settled the threshold
	b.want(b.decide("B", Reject), TooLate, ReasonSettled, "A")
	b.decide("X", Reject)
	b.wantCase(CaseRejected)
}

func TestAddParallelIsOneMorePlace(t *testing.T) {
	for _, tt := range []struct {
		plan  StepPlan
		acts  []EmployeeID
		asked SlotStatus
	}{
		{leaders("c", Countersign, "DA", "DB"), []EmployeeID{"A", "B", "X"}, SlotOpen},
		{leaders("s", Sequence, "DA", "DB"), []EmployeeID{"A", "X", "B"}, SlotWaiting},
		{leaders("o", OrSign, "DA", "DB"), []EmployeeID{"X"}, SlotOpen},
		{func() StepPlan { p := leaders("q", Quorum, "DA", "DB"); p.Need = 2; return p }(), []EmployeeID{"X", "B"}, SlotOpen},
	} {
		b := begin(t, tt.plan)
		b.want(b.add("A", AddParallel, "X"), Accepted, "", "A")
		b.wantSlots(map[EmployeeID]SlotStatus{"X": tt.asked, "A": SlotOpen})
		for n, p := range tt.acts {
			b.wantCase(CaseInApproval)
			if v := b.decide(p, Approve); v.Result != Accepted {
				t.Fatalf("%s %d: %+v", tt.plan.Kind, n, v)
			}
		}
		b.wantCase(CaseApproved)
	}
}

func TestAddIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		a      Act
		reason Reason
	}{
		"unknown mode":         {Act{Mode: "beside", To: []EmployeeID{"X"}}, ReasonUnknownAct},
		"nobody":               {Act{Mode: AddBefore}, ReasonUnknownAct},
		"after, and rejecting": {Act{Mode: AddAfter, Outcome: Reject, To: []EmployeeID{"X"}, Digest: "sha256:m"}, ReasonUnknownAct},
		"after, blind":         {Act{Mode: AddAfter, Outcome: Approve, To: []EmployeeID{"X"}, Digest: "sha256:n"}, ReasonStale},
		"the same twice":       {Act{Mode: AddBefore, To: []EmployeeID{"X", "X"}}, ReasonTargetAsked},
		"too many":             {Act{Mode: AddBefore, To: []EmployeeID{"X", "Y", "Z", "F", "P"}}, ReasonTooManyAdded},
		"a party":              {Act{Mode: AddParallel, To: []EmployeeID{"X", "E"}}, ReasonTargetParty},
		"who is asked":         {Act{Mode: AddParallel, To: []EmployeeID{"B"}}, ReasonTargetAsked},
		"for somebody else":    {Act{Mode: AddAfter, Outcome: Approve, For: "B", To: []EmployeeID{"X"}, Digest: "sha256:m"}, ReasonNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			b := begin(t, leaders("dep", Countersign, "DA", "DB"))
			tt.a.Kind, tt.a.Actor = ActAdd, "A"
			b.want(b.act(tt.a), Refused, tt.reason, "")
		})
	}
}

func TestAddedOnBehalfOfAnAddedOne(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.add("A", AddBefore, "X")
	b.add("X", AddBefore, "Y")
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotWaiting, "X": SlotWaiting, "Y": SlotOpen})
	b.decide("Y", Reject)
	b.wantCase(CaseRejected)

	b = begin(t, leaders("dep", Countersign, "DA"))
	b.add("A", AddBefore, "X")
	b.add("X", AddParallel, "Y") // one more before A
	b.decide("X", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotWaiting, "Y": SlotOpen})
	b.decide("Y", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotOpen})
}

func TestATransferredAddedPlaceStaysTheCallers(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.add("A", AddBefore, "X")
	b.send("X", ActTransfer, "Y")
	b.decide("Y", Approve)
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotOpen})
	b.wantCase(CaseInApproval)
}
