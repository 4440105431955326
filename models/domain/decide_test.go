package domain

import "testing"

func TestSequenceOfStepsApproves(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"), security)
	b.want(b.decide("S1", Approve), Refused, ReasonNotApprover, "") // the step is not resolved yet
	b.want(b.decide("A", Approve), Accepted, "", "A")
	b.wantCase(CaseInApproval)
	if !b.has(EffectAsk) {
		t.Fatal("nobody was asked for the next step")
	}
	b.want(b.decide("S2", Approve), Accepted, "", "S2")
	b.wantCase(CaseApproved)
	if !b.has(EffectStart) || b.has(EffectRelease) {
		t.Fatalf("approval must start the group and keep its name: %+v", b.last.Effects)
	}
	if got := b.status()["S1"]; got != SlotClosed {
		t.Fatalf("the other security officer's slot is %s: a closed slot is never an approval", got)
	}
	b.want(b.decide("S1", Reject), TooLate, ReasonEnded, "S2")
}

func TestCountersign(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA", "DB"))
	b.want(b.decide("A", Approve), Accepted, "", "A")
	b.wantCase(CaseInApproval)
	b.want(b.decide("A", Reject), TooLate, ReasonDecided, "A")
	b.want(b.decide("B", Reject), Accepted, "", "B")
	b.wantCase(CaseRejected)
	if b.status()["A"] != SlotApproved || !b.has(EffectRelease) {
		t.Fatal("past decisions stand and the name is released")
	}
}

func TestCountersignFirstRejectionClosesOthers(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA", "DB"), security)
	b.decide("A", Reject)
	b.wantCase(CaseRejected)
	if b.status()["B"] != SlotClosed || b.c.Steps[1].Status != StepClosed {
		t.Fatalf("others must be closed, never approved: %v", b.status())
	}
	b.want(b.decide("B", Approve), TooLate, ReasonEnded, "A")
}

func TestOrSignFirstDecisionEitherWaySettles(t *testing.T) {
	for _, o := range []Outcome{Approve, Reject} {
		b := start(t, company(), "E", security, leaders("dep", Countersign, "DA"))
		b.want(b.decide("S1", o), Accepted, "", "S1")
		wantReason := ReasonSettled
		if o == Reject {
			wantReason = ReasonEnded
			b.wantCase(CaseRejected)
		}
		b.want(b.decide("S2", Approve), TooLate, wantReason, "S1")
	}
}

func TestSequenceKindOpensOneAfterTheOther(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Sequence, "DA", "DB"))
	if b.status()["A"] != SlotOpen || b.status()["B"] != SlotWaiting {
		t.Fatalf("%v", b.status())
	}
	b.want(b.decide("B", Approve), Refused, ReasonNotYourTurn, "")
	firstDue := b.c.Steps[0].Slots[0].Due.At
	b.decide("A", Approve)
	if b.status()["B"] != SlotOpen || !b.c.Steps[0].Slots[1].Due.At.After(firstDue) {
		t.Fatal("the second opens with a deadline of its own")
	}
	b.decide("B", Approve)
	b.wantCase(CaseApproved)
}

func TestQuorumPassesAndFailsExactly(t *testing.T) {
	plan := StepPlan{Key: "q", Kind: Quorum, Need: 2, Minima: []ClassMinimum{{Class: "security", Need: 1}}, Rules: []SlotRule{
		{Kind: RuleDepartmentLeader, Department: "DA"}, {Kind: RuleDepartmentLeader, Department: "DB"},
		{Kind: RuleRole, Role: RoleSecurity, Class: "security"},
	}}
	b := start(t, company(), "E", plan)
	b.decide("A", Approve)
	b.decide("B", Approve)
	b.wantCase(CaseInApproval) // the class minimum is missing
	b.decide("S1", Reject)
	b.wantCase(CaseInApproval)
	b.decide("S2", Reject)
	b.wantCase(CaseRejected) // no longer reachable

	b = start(t, company(), "E", plan)
	b.decide("S1", Approve)
	b.decide("B", Approve)
	b.wantCase(CaseApproved)
}

func TestWhoMayNotDecide(t *testing.T) {
	gone := func(p map[EmployeeID]*Employee, _ map[DepartmentID]*Department) { p["A"].Active = false }
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"))
	b.want(b.decide("F", Approve), Refused, ReasonNotApprover, "")
	b.want(b.decide("E", Approve), Refused, ReasonOwnMatter, "")
	b.dir = company(gone)
	b.want(b.decide("A", Approve), Refused, ReasonInactive, "")
	b.dir = company()
	b.want(b.act(Act{Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:old"}), Refused, ReasonStale, "")
	b.want(b.act(Act{Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:m", Version: 7}), Refused, ReasonStale, "")
	b.want(b.act(Act{Kind: ActDecide, Actor: "A", Outcome: "perhaps", Digest: "sha256:m"}), Refused, ReasonUnknownAct, "")
	if b.c.Seq != 6 || b.c.Status != CaseInApproval {
		t.Fatalf("refusals are recorded and move nothing: seq %d, %s", b.c.Seq, b.c.Status)
	}
}

func TestProofMustHold(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"))
	_, v := Decide(b.c, Act{ID: "x", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:m"}, Facts{At: t0, Active: true})
	b.want(v, Refused, ReasonProof, "")
}

func TestSameActTwiceIsADuplicateWithTheFirstAnswer(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA", "DB"))
	a := Act{ID: "same", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:m"}
	b.act(a)
	seq := b.c.Seq
	v := b.act(a)
	b.want(v, Duplicate, "", "A")
	if b.c.Seq != seq {
		t.Fatal("a duplicate must not be counted as an act")
	}
}

func TestWithdraw(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"))
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "A"}), Refused, ReasonNotRequester, "")
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "E"}), Accepted, "", "E")
	b.wantCase(CaseWithdrawn)
	b.want(b.decide("A", Approve), TooLate, ReasonEnded, "E")
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "E"}), TooLate, ReasonEnded, "E")
}

// A decision that names a place counts there and nowhere else: a link for an earlier place decides nothing in a later one.
func TestADecisionForOnePlace(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"))
	link := Act{Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:m", Slot: "r1.s9.p1", Via: ViaMailLink}
	b.want(b.act(link), Refused, ReasonNotApprover, "")
	b.wantCase(CaseInApproval)
	link.Slot = b.c.Steps[0].Slots[0].ID
	b.want(b.act(link), Accepted, "", "A")
	b.wantCase(CaseApproved)
}
