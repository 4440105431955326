package domain

import (
	"slices"
	"testing"
	"time"
)

func ladder(rungs ...Rung) StepPlan {
	p := leaders("dep", Countersign, "DA", "DB")
	p.Ladder = rungs
	return p
}

func TestEscalateAddsTheSuperior(t *testing.T) {
	b := begin(t, ladder(Rung{After: 30, Do: RungAdd}))
	b.want(b.act(Act{Kind: ActEscalate, Slot: b.slot("A").ID}), Refused, ReasonNotDue, "")
	b.want(b.wakeUp(), Accepted, "", "")
	h := b.slot("H")
	if h.Origin != OriginEscalated || h.From != b.slot("A").ID || !h.Due.At.Equal(b.slot("A").Due.At) || h.Why != (Why{Code: WhySuperior, Department: "R", InsteadOf: "A"}) {
		t.Fatalf("%+v", h)
	}
	if !slices.Equal(b.told(EffectEscalate), []EmployeeID{"A", "E"}) || !slices.Equal(b.told(EffectAsk), []EmployeeID{"H"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.want(b.wakeUp(), Accepted, "", "") // B's rung: H is asked already, so B is reminded
	if !slices.Equal(b.told(EffectRemind), []EmployeeID{"B"}) {
		t.Fatalf("%+v", b.last.Effects)
	}
	b.decide("H", Approve) // stands for A
	b.wantSlots(map[EmployeeID]SlotStatus{"A": SlotClosed, "B": SlotOpen})
	b.want(b.decide("A", Reject), TooLate, ReasonSettled, "H")
	b.wantCase(CaseInApproval)
	b.decide("B", Approve)
	b.wantCase(CaseApproved)
}

func TestEscalateCountsOneOfTheTwo(t *testing.T) {
	q := ladder(Rung{After: 30, Do: RungAdd})
	q.Kind, q.Need = Quorum, 2
	q.Rules = q.Rules[:1]
	q.Rules = append(q.Rules, SlotRule{Kind: RulePerson, Person: "X"})
	b := begin(t, q)
	b.wakeUp() // H beside A
	b.decide("A", Reject)
	b.wantCase(CaseRejected) // A and H are one: of two, one is left
}

func TestEscalateReplaces(t *testing.T) {
	b := begin(t, ladder(Rung{After: 30, Do: RungReplace}))
	b.wakeUp()
	if a := b.slot("A"); a.Status != SlotClosed || a.Closed != ReasonEscalated {
		t.Fatalf("%+v", a)
	}
	b.want(b.decide("A", Approve), Refused, ReasonEscalated, "")
	b.wakeUp() // B has no other superior: stays
	b.wantSlots(map[EmployeeID]SlotStatus{"H": SlotOpen, "B": SlotOpen})
	b.decide("H", Approve)
	b.decide("B", Approve)
	b.wantCase(CaseApproved)
}

func TestEscalateAbovePassesTheParties(t *testing.T) {
	b := startWith(t, company(), Case{Parties: Parties{Requester: "H"}}, everything, ladder(Rung{After: 30, Do: RungAdd}))
	b.wakeUp()
	if _, k := b.c.placeOf("H"); k >= 0 {
		t.Fatal("the requester holds no place, however it came up")
	}
}

func TestLadderOfADueIsComputedOnce(t *testing.T) {
	due := DueFor(allDay, StepPlan{Deadline: 60, Ladder: []Rung{{10, RungAdd}, {50, RungReplace}, {60, RungReplace}}}, t0)
	if len(due.Ladder) != 2 || !due.Ladder[1].At.Equal(t0.Add(50*time.Minute)) || due.Ladder[0].Do != RungAdd {
		t.Fatalf("%+v", due.Ladder)
	}
}

func TestStepMayPassByItsDeadline(t *testing.T) {
	plan := ladder()
	plan.Final = FinalPass
	b := begin(t, plan)
	b.decide("A", Approve)
	b.want(b.wakeUp(), Accepted, "", "")
	b.wantCase(CaseApproved)
	if s := b.slot("B"); s.Closed != ReasonTimedOut || s.Decision != nil || b.c.EndedBy() != "" {
		t.Fatalf("%+v by %q: never a person's approval", s, b.c.EndedBy())
	}
	b.want(b.decide("B", Reject), TooLate, ReasonEnded, "")
	b = begin(t, plan, security)
	b.wakeUp()
	b.wantSlots(map[EmployeeID]SlotStatus{"S1": SlotOpen})
	b.want(b.decide("A", Reject), TooLate, ReasonTimedOut, "")
	for _, tier := range []Tier{TierConfidential, TierSecret} {
		b = startWith(t, company(), Case{Tier: tier, Parties: Parties{Requester: "E"}}, everything, plan)
		b.wakeUp()
		b.wantCase(CaseExpired)
	}
}

func TestCalendarNeverMovesADeadlineForward(t *testing.T) {
	plan := ladder(Rung{After: 30, Do: RungAdd})
	plan.Remind = []int{10, 20}
	b := begin(t, plan)
	for range 2 {
		b.wakeUp() // the first reminders of A and B
	}
	before := b.slot("A")
	b.cal = &Calendar{Version: "slow", Hours: []Hours{{From: 9 * 60, To: 9*60 + 15}}, Years: allDay.Years}
	b.want(b.act(Act{Kind: ActCalendar}), Accepted, "", "")
	after := b.slot("A")
	if !after.Due.At.After(before.Due.At) || after.Reminded != 1 || after.Due.Calendar != "slow" || !after.Due.Remind[1].After(before.Due.Remind[1]) || !after.Due.Ladder[0].At.After(before.Due.Ladder[0].At) {
		t.Fatalf("%+v", after.Due)
	}
	b.cal = allDay
	b.act(Act{Kind: ActCalendar})
	if got := b.slot("A").Due; !got.At.Equal(after.Due.At) || got.Calendar != "test" {
		t.Fatalf("%+v", got)
	}
	b.back("A", 0)
	due := b.c.ReturnDue.At
	b.cal = &Calendar{Version: "slow", Hours: []Hours{{From: 9 * 60, To: 9*60 + 15}}, Years: allDay.Years}
	b.act(Act{Kind: ActCalendar})
	if !b.c.ReturnDue.At.After(due) {
		t.Fatal("a returned request's deadline follows the calendar too")
	}
}

func TestTransferredKeepsItsDeadlineThroughTheCalendar(t *testing.T) {
	b := begin(t, ladder())
	due := b.slot("A").Due.At
	b.at = b.at.Add(30 * time.Minute)
	b.send("A", ActTransfer, "X")
	b.act(Act{Kind: ActCalendar})
	if !b.slot("X").Due.At.Equal(due) {
		t.Fatalf("%v, want %v", b.slot("X").Due.At, due)
	}
}
