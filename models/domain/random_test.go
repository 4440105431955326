package domain

import (
	"math/rand/v2"
	"testing"
)

// TestRandomActs holds what must be true of every case, whatever people do in whatever order.
func TestRandomActs(t *testing.T) {
	for seed := uint64(1); seed <= 500; seed++ {
		rnd := rand.New(rand.NewPCG(seed, 7))
		people := []EmployeeID{"H", "A", "B", "S1", "S2", "E", "F"}
		steps := []StepPlan{}
		for range 1 + rnd.IntN(3) {
			steps = append(steps, []StepPlan{
				leaders("c", Countersign, "DA", "DB"), leaders("s", Sequence, "DA", "DB", "R"), security, leaders("v", OrSign, "DV", "DA"),
			}[rnd.IntN(4)])
		}
		requester := people[rnd.IntN(len(people))]
		b := start(t, company(), requester, steps...)
		settled := map[string]Slot{}
		for range 60 {
			var a Act
			switch k := rnd.IntN(12); {
			case k < 8:
				a = Act{Kind: ActDecide, Actor: people[rnd.IntN(7)], Outcome: []Outcome{Approve, Approve, Approve, Reject}[rnd.IntN(4)], Digest: "sha256:m"}
			case k < 9:
				a = Act{Kind: ActDirectory}
				dead := people[rnd.IntN(7)]
				b.dir = company(func(p map[EmployeeID]*Employee, d map[DepartmentID]*Department) {
					p[dead].Active = false
					d["DA"].Leader = people[rnd.IntN(7)]
				})
			case k < 10 && rnd.IntN(10) == 0:
				a = Act{Kind: ActWithdraw, Actor: requester}
			default:
				if w, ok := b.c.NextWake(); ok && rnd.IntN(4) == 0 {
					b.at, a = w.At, w.Act
				} else {
					a = Act{Kind: ActDirectory}
				}
			}
			final := b.c.Status.Final()
			before := b.c.Status
			v := b.act(a)
			if final && b.c.Status != before {
				t.Fatalf("seed %d: an ended case moved from %s to %s", seed, before, b.c.Status)
			}
			if v.Result == Accepted && a.Kind == ActDecide && a.Actor == requester {
				t.Fatalf("seed %d: decided on own matter", seed)
			}
			once := map[string]bool{}
			for i, st := range b.c.Steps {
				for _, s := range st.Slots {
					if (s.Status == SlotApproved || s.Status == SlotRejected) != (s.Decision != nil) {
						t.Fatalf("seed %d: slot %s is %s without a person's decision", seed, s.ID, s.Status)
					}
					if s.Decision != nil {
						key := string(rune(i)) + string(s.Decision.By)
						if once[key] {
							t.Fatalf("seed %d: %s decided twice in step %d", seed, s.Decision.By, i)
						}
						once[key] = true
					}
					if old, ok := settled[s.ID]; ok && StateDigest(old) != StateDigest(s) {
						t.Fatalf("seed %d: settled slot %s changed", seed, s.ID)
					}
					if s.Status != SlotOpen && s.Status != SlotWaiting {
						settled[s.ID] = s
					}
				}
				if st.Status == StepPassed && st.Plan.Kind == Countersign {
					for _, s := range st.Slots {
						if s.Status == SlotRejected || (s.Status == SlotClosed && s.Closed != ReasonLost) {
							t.Fatalf("seed %d: a countersign passed with a slot %s", seed, s.Status)
						}
					}
				}
			}
			if b.c.Status.Final() && len(b.c.OpenSlots()) > 0 {
				t.Fatalf("seed %d: an ended case waits for somebody", seed)
			}
			if b.c.Status == CaseInApproval && b.c.NeedsHand == "" && len(b.c.OpenSlots()) == 0 {
				t.Fatalf("seed %d: a case waits for nobody", seed)
			}
		}
	}
}
