package domain

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var t0 = time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)

// company builds: head H leads root R; A leads DA, B leads DB (both under R), V leads nothing (DV is vacant); S1, S2 security.
func company(change ...func(map[EmployeeID]*Employee, map[DepartmentID]*Department)) *Directory {
	people := map[EmployeeID]*Employee{}
	for _, id := range []EmployeeID{"H", "A", "B", "S1", "S2", "E", "F"} {
		people[id] = &Employee{ID: id, Number: string(id), Active: true, Department: "DA"}
	}
	people["S1"].Roles, people["S2"].Roles = []Role{RoleSecurity}, []Role{RoleSecurity}
	deps := map[DepartmentID]*Department{
		"R":  {ID: "R", Leader: "H", Active: true},
		"DA": {ID: "DA", Parent: "R", Leader: "A", Active: true},
		"DB": {ID: "DB", Parent: "R", Leader: "B", Active: true},
		"DV": {ID: "DV", Parent: "R", Active: true},
	}
	for _, c := range change {
		c(people, deps)
	}
	var ps []Employee
	var ds []Department
	for _, p := range people {
		ps = append(ps, *p)
	}
	for _, d := range deps {
		ds = append(ds, *d)
	}
	return NewDirectory(1, ps, ds)
}

func leaders(key string, kind StepKind, deps ...DepartmentID) StepPlan {
	p := StepPlan{Key: key, Kind: kind, Deadline: 60}
	for _, d := range deps {
		p.Rules = append(p.Rules, SlotRule{Kind: RuleDepartmentLeader, Department: d})
	}
	return p
}

var security = StepPlan{Key: "security", Kind: OrSign, Rules: []SlotRule{{Kind: RuleRole, Role: RoleSecurity}}, Deadline: 60}

// bench drives a case as the decision activity does.
type bench struct {
	t    *testing.T
	c    Case
	dir  *Directory
	at   time.Time
	n    int
	last Verdict
}

func start(t *testing.T, dir *Directory, requester EmployeeID, steps ...StepPlan) *bench {
	t.Helper()
	b := &bench{t: t, dir: dir, at: t0}
	c := Submit(Case{ID: "c1", Kind: KindFiling, Parties: Parties{Requester: requester}, Digest: "sha256:m"}, RoutePlan{Policy: "p", Steps: steps}, t0)
	f := Facts{At: b.at, Revision: dir.Revision}
	for {
		after, v := Begin(c, f)
		if v.Need == nil {
			b.c, b.last = after, v
			return b
		}
		f.Openings = append(f.Openings, b.find(c, *v.Need))
	}
}

func (b *bench) find(c Case, n Need) Opening {
	o := Opening{Step: n.Step, Due: Due{At: b.at.Add(time.Duration(c.Steps[n.Step].Plan.Deadline) * time.Minute), Calendar: "test"}}
	for _, r := range c.Steps[n.Step].Plan.Remind {
		o.Due.Remind = append(o.Due.Remind, b.at.Add(time.Duration(r)*time.Minute))
	}
	if n.Resolve {
		o.Resolution = Resolve(c.Steps[n.Step].Plan, b.dir, c.Parties)
	}
	return o
}

func (b *bench) act(a Act) Verdict {
	b.t.Helper()
	b.at = b.at.Add(time.Second)
	if a.ID == "" {
		b.n++
		a.ID = "act" + string(rune('0'+b.n))
	}
	f := Facts{At: b.at, Revision: b.dir.Revision, Active: b.dir.Active(a.Actor), Proof: true}
	before := StateDigest(b.c)
	for {
		after, v := Decide(b.c, a, f)
		if StateDigest(b.c) != before {
			b.t.Fatal("Decide changed the state it was given")
		}
		if v.Need != nil {
			f.Openings = append(f.Openings, b.find(b.c, *v.Need))
			continue
		}
		// What the history records must lead to the same state again after a trip through JSON.
		var f2 Facts
		raw, _ := json.Marshal(f)
		if err := json.Unmarshal(raw, &f2); err != nil {
			b.t.Fatal(err)
		}
		again, _ := Decide(b.c, a, f2)
		if StateDigest(again) != StateDigest(after) {
			b.t.Fatal("the same facts led to another state")
		}
		b.c, b.last = after, v
		return v
	}
}

func (b *bench) decide(who EmployeeID, o Outcome) Verdict {
	b.t.Helper()
	return b.act(Act{Kind: ActDecide, Actor: who, Outcome: o, Digest: "sha256:m"})
}

func (b *bench) status() map[EmployeeID]SlotStatus {
	out := map[EmployeeID]SlotStatus{}
	for _, s := range b.c.Steps {
		for _, k := range s.Slots {
			out[k.Person] = k.Status
		}
	}
	return out
}

func (b *bench) want(v Verdict, r Result, reason Reason, by EmployeeID) {
	b.t.Helper()
	if v.Result != r || v.Reason != reason || v.DecidedBy != by {
		b.t.Fatalf("got %s/%s by %q, want %s/%s by %q", v.Result, v.Reason, v.DecidedBy, r, reason, by)
	}
}

func (b *bench) wantCase(s CaseStatus) {
	b.t.Helper()
	if b.c.Status != s {
		b.t.Fatalf("case is %s, want %s", b.c.Status, s)
	}
}

func (b *bench) has(k EffectKind) bool {
	return slices.ContainsFunc(b.last.Effects, func(e Effect) bool { return e.Kind == k })
}

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

func TestWithdraw(t *testing.T) {
	b := start(t, company(), "E", leaders("dep", Countersign, "DA"))
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "A"}), Refused, ReasonNotRequester, "")
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "E"}), Accepted, "", "E")
	b.wantCase(CaseWithdrawn)
	b.want(b.decide("A", Approve), TooLate, ReasonEnded, "E")
	b.want(b.act(Act{Kind: ActWithdraw, Actor: "E"}), TooLate, ReasonEnded, "E")
}

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
