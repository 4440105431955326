package domain

import (
	"slices"
	"testing"
	"time"
)

func TestReturnToTheStartAndSubmitAgain(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA", "DB"), security)
	b.decide("A", Approve)
	b.want(b.back("B", 0), Accepted, "", "B")
	b.wantCase(CaseReturned)
	p := b.c.Past[0]
	if p.Number != 1 || p.From != 0 || p.Steps[0].Slots[0].Status != SlotApproved || p.Steps[0].Slots[1].Closed != ReasonReturned || len(b.c.Steps[0].Slots) != 0 {
		t.Fatalf("%+v", p)
	}
	if !slices.Equal(b.told(EffectReturn), []EmployeeID{"E"}) || !slices.Equal(b.told(EffectInform), []EmployeeID{"A"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.want(b.decide("A", Approve), Refused, ReasonReturned, "")
	b.want(b.decide("X", Approve), Refused, ReasonNotApprover, "")
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Refused, ReasonNobodyWaits, "")
	b.want(b.resubmit("sha256:m"), Accepted, "", "E")
	b.wantCase(CaseInApproval)
	if b.c.Round != 2 || b.c.Version != 1 || b.slot("A").ID != "r2.s1.p1" || b.c.Route != "again" || !b.c.ReturnDue.At.IsZero() || !b.has(EffectRename) {
		t.Fatalf("%+v", b.c)
	}
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotOpen, "B": SlotOpen}) // nothing is approved on the way back
}

func TestResubmitWithNewMaterialRaisesTheVersion(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.back("A", 0)
	b.resubmit("sha256:n")
	if b.c.Version != 2 || b.c.Digest != "sha256:n" {
		t.Fatalf("%d %s", b.c.Version, b.c.Digest)
	}
	b.want(b.act(Act{Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:m"}), Refused, ReasonStale, "")
	b.want(b.act(Act{Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "sha256:n"}), Accepted, "", "A")
	b.wantCase(CaseApproved)
}

func TestReturnedExpiresOrIsWithdrawn(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.back("A", 0)
	if want := b.at.Add(600 * time.Minute).Truncate(time.Second); !b.c.ReturnDue.At.Equal(want) {
		t.Fatalf("%v, want %v", b.c.ReturnDue.At, want)
	}
	b.want(b.wakeUp(), Accepted, "", "")
	b.wantCase(CaseExpired)
	if b.c.EndedBy() != "" || !b.has(EffectRelease) {
		t.Fatal("nobody decided that")
	}
	b = begin(t, leaders("dep", Countersign, "DA"))
	b.back("A", 0)
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "E"}), Accepted, "", "E")
	b.wantCase(CaseWithdrawn)
	if _, ok := b.c.NextWake(); ok {
		t.Fatal("nothing is due in an ended case")
	}
}

func TestReturnToAStepAlreadyPassed(t *testing.T) {
	b := begin(t, leaders("one", Countersign, "DA"), leaders("two", Countersign, "DB"), security)
	b.decide("A", Approve)
	b.decide("B", Approve)
	b.want(b.back("S1", 2), Accepted, "", "S1")
	b.wantCase(CaseInApproval)
	if b.c.Round != 2 || b.c.Steps[0].Status != StepPassed || b.c.Steps[0].Slots[0].ID != "r1.s1.p1" || b.slot("B").ID != "r2.s2.p1" || b.slot("B").Status != SlotOpen {
		t.Fatalf("%+v", b.c.Steps)
	}
	p := b.c.Past[0]
	if p.From != 1 || len(p.Steps) != 2 || p.Steps[0].Slots[0].Status != SlotApproved || p.Steps[1].Slots[0].Closed != ReasonReturned {
		t.Fatalf("%+v", p)
	}
	b.decide("B", Approve)
	b.decide("S2", Approve)
	b.wantCase(CaseApproved)
}

func TestReturnIsRefused(t *testing.T) {
	b := begin(t, leaders("one", Countersign, "DA"), leaders("two", Countersign, "DB"))
	b.want(b.back("A", 1), Refused, ReasonNoSuchStep, "") // the one at work
	b.want(b.back("A", -1), Refused, ReasonNoSuchStep, "")
	b.want(b.back("B", 0), Refused, ReasonNotApprover, "")
	b.want(b.act(Act{Kind: ActReturn, Actor: "A", Digest: "sha256:m"}), Refused, ReasonNoComment, "")
	b.want(b.act(Act{Kind: ActReturn, Actor: "A", Digest: "sha256:n", Comment: said}), Refused, ReasonStale, "")
	b = startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, CaseRules{UrgeEvery: 1}, leaders("one", Countersign, "DA"))
	b.want(b.back("A", 0), Refused, ReasonNotAllowed, "")
}

func TestChangingTheMaterialVoidsApprovals(t *testing.T) {
	b := begin(t, leaders("one", Countersign, "DA"), leaders("two", Countersign, "DB"))
	b.decide("A", Approve)
	b.want(b.resubmit("sha256:m"), Refused, ReasonUnchanged, "")
	b.want(b.act(Act{Kind: ActResubmit, Actor: "A", Material: &Material{Object: "o", Digest: "d"}}), Refused, ReasonNotRequester, "")
	b.want(b.act(Act{Kind: ActResubmit, Actor: "E"}), Refused, ReasonUnknownAct, "")
	b.want(b.act(Act{Kind: ActResubmit, Actor: "E", Version: 9, Material: &Material{Object: "o", Digest: "d"}}), Refused, ReasonStale, "")
	b.bar = ReasonNameTaken
	b.want(b.resubmit("sha256:n"), Refused, ReasonNameTaken, "")
	b.bar = ""
	b.want(b.resubmit("sha256:n"), Accepted, "", "E")
	p := b.c.Past[0]
	if p.Digest != "sha256:m" || p.Steps[0].Slots[0].Status != SlotApproved || p.Steps[1].Slots[0].Closed != ReasonAmended || b.c.Version != 2 || b.c.Round != 2 {
		t.Fatalf("%+v", p)
	}
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotOpen})
	if !slices.Contains(b.told(EffectInform), "A") || !slices.Contains(b.told(EffectInform), "B") {
		t.Fatalf("%+v", b.last.Effects)
	}
}
