package domain

import (
	"slices"
	"testing"
	"time"
)

func TestUrgeReachesWhoCanActAndIsLimited(t *testing.T) {
	b := begin(t, leaders("dep", Sequence, "DA", "DB"))
	due := b.slot("A").Due.At
	b.want(b.act(Act{Kind: ActUrge, Actor: "A"}), Refused, ReasonNotRequester, "")
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Accepted, "", "E")
	if !slices.Equal(b.told(EffectUrge), []EmployeeID{"A"}) || !b.slot("A").Due.At.Equal(due) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Refused, ReasonTooSoon, "")
	b.at = b.slot("A").Urged.Add(10*time.Minute - time.Second)
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Accepted, "", "E") // exactly the interval later
	b.send("A", ActTransfer, "X")
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Accepted, "", "E") // a new person was not urged yet
	b = startWith(t, company(), Case{Parties: Parties{Requester: "E"}}, CaseRules{MaxHops: 1}, leaders("dep", Countersign, "DA"))
	b.want(b.act(Act{Kind: ActUrge, Actor: "E"}), Refused, ReasonNotAllowed, "")
}

func TestCopies(t *testing.T) {
	plan := leaders("dep", Countersign, "DA")
	plan.CC = []SlotRule{{Kind: RuleRole, Role: RoleSecurity}, {Kind: RulePerson, Person: "E"}}
	b := begin(t, plan)
	if !slices.Equal(b.told(EffectCopy), []EmployeeID{"S1", "S2"}) || b.c.Copies[0].By != "" {
		t.Fatalf("%+v", b.c.Copies)
	}
	b.want(b.send("A", ActCopy, "X", "S1"), Accepted, "", "A")
	if !slices.Equal(b.told(EffectCopy), []EmployeeID{"X"}) || len(b.c.Copies) != 3 || b.c.Copies[2].By != "A" {
		t.Fatalf("%+v", b.c.Copies)
	}
	b.want(b.send("X", ActCopy, "Y"), Refused, ReasonNotApprover, "") // who may read only
	b.want(b.send("E", ActCopy, "nobody"), Refused, ReasonTargetAway, "")
	b.want(b.send("E", ActCopy), Refused, ReasonUnknownAct, "")
	b.want(b.send("E", ActCopy, slices.Repeat([]EmployeeID{"X"}, 21)...), Refused, ReasonUnknownAct, "")
	b.decide("A", Approve)
	if told := b.told(EffectInform); !slices.Contains(told, "X") || !slices.Contains(told, "S1") || !slices.Contains(told, "E") {
		t.Fatalf("%v", told)
	}
	b.want(b.send("E", ActCopy, "Y"), TooLate, ReasonEnded, "A")
}

func TestCommentMovesNothing(t *testing.T) {
	b := begin(t, leaders("dep", Countersign, "DA"))
	b.want(b.act(Act{Kind: ActComment, Actor: "X"}), Refused, ReasonUnknownAct, "")
	b.want(b.act(Act{Kind: ActComment, Actor: "X", Attachments: []Ref{*said}}), Accepted, "", "X")
	if !slices.Equal(b.told(EffectComment), []EmployeeID{"A", "E"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
}

func TestRevocationRevokesItsSubject(t *testing.T) {
	b := startWith(t, company(), Case{Kind: KindRevocation, Subject: "c0", Parties: Parties{Requester: "E"}}, everything, leaders("dep", Countersign, "DA"))
	b.decide("A", Approve)
	if !b.has(EffectRevoke) || b.has(EffectStart) || b.has(EffectRelease) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b = startWith(t, company(), Case{Kind: KindRevocation, Subject: "c0", Parties: Parties{Requester: "E"}}, everything, leaders("dep", Countersign, "DA"))
	b.decide("A", Reject)
	if b.has(EffectRevoke) || b.has(EffectRelease) {
		t.Fatalf("%+v", b.last.Effects)
	}
}
