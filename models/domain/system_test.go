package domain

import (
	"testing"
	"time"
)

func TestReminderAndExpiry(t *testing.T) {
	plan := leaders("dep", Countersign, "DA", "DB")
	plan.Remind = []int{30}
	b := start(t, company(), "E", plan)
	w, _ := b.c.NextWake()
	if w.Act.Kind != ActRemind || !w.At.Equal(t0.Add(30*time.Minute)) {
		t.Fatalf("%+v", w)
	}
	b.want(b.act(w.Act), Refused, ReasonNotDue, "") // too early is not a reminder
	for w, ok := b.c.NextWake(); ok && w.Act.Kind == ActRemind; w, ok = b.c.NextWake() {
		b.at = w.At
		b.want(b.act(w.Act), Accepted, "", "")
	}
	due := b.c.Steps[0].Slots[0].Due.At
	w, _ = b.c.NextWake()
	if w.Act.Kind != ActExpire || !w.At.Equal(due) {
		t.Fatalf("a reminder never moves a deadline: %+v", w)
	}
	b.at = w.At
	b.want(b.act(w.Act), Accepted, "", "")
	b.wantCase(CaseExpired)
	if _, ok := b.c.NextWake(); ok {
		t.Fatal("nothing is due in an ended case")
	}
	b.want(b.decide("A", Approve), TooLate, ReasonEnded, "") // a system outcome is nobody's decision
}
