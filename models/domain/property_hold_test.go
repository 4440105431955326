package domain

import (
	"slices"
	"time"
)

// holdPeople: nobody counts twice in a step in any capacity, and no party counts at all.
func (r *run) holdPeople(st *Step) {
	r.t.Helper()
	where := map[EmployeeID]string{}
	count := func(p EmployeeID, slot string) {
		if in, ok := where[p]; ok && in != slot {
			r.fail("%s counts in %s and %s", p, in, slot)
		}
		where[p] = slot
		if _, party := r.c.Parties.Excludes(p); party {
			r.fail("%s is party to the request and counts in %s", p, slot)
		}
	}
	for _, s := range st.Slots {
		counts := s.Status != SlotTransferred && (s.Status != SlotClosed || s.Closed == ReasonAddedNo)
		if counts {
			count(s.Person, s.ID)
		}
		d := s.Decision
		if (d != nil) != (s.Status == SlotApproved || s.Status == SlotRejected) {
			r.fail("%s is %s with decision %+v", s.ID, s.Status, d)
		}
		if d == nil {
			continue
		}
		count(d.By, s.ID)
		if (d.By == s.Person) != (d.For == "") || (d.For != "" && d.For != s.Person) || (len(d.Under) > 0) != (d.For != "") || len(d.Under) > r.c.Rules.MaxChain {
			r.fail("%s: decided by %s for %s under %v", s.ID, d.By, d.For, d.Under)
		}
		if (d.Outcome == Approve) != (s.Status == SlotApproved) {
			r.fail("%s: %s is %s", s.ID, d.Outcome, s.Status)
		}
	}
}

// holdSettled: what is decided or closed stays as it is for ever, wherever it is kept; no deadline comes nearer.
func (r *run) holdSettled(st *Step) {
	r.t.Helper()
	for _, s := range st.Slots {
		if old, ok := r.settled[s.ID]; ok {
			if StateDigest(old) != StateDigest(s) {
				r.fail("settled place %s changed from %+v", s.ID, old)
			}
			continue
		}
		if !s.undecided() {
			r.settled[s.ID] = s
		}
		if s.Due.At.Before(r.due[s.ID]) {
			r.fail("the deadline of %s came nearer", s.ID)
		}
		r.due[s.ID] = s.Due.At
	}
}

func (r *run) holdStep(i int, st *Step) {
	r.t.Helper()
	r.holdPeople(st)
	r.holdSettled(st)
	c := &r.c
	timedOut := slices.ContainsFunc(st.Slots, func(s Slot) bool { return s.Closed == ReasonTimedOut })
	ended := st.Status != StepOpen
	old := !c.whole() && c.NeedsHand != "" // from before there were rules: such a step is judged by the next decision only
	if !(old && !ended) && (st.Status == StepOpen || st.Status == StepPassed || st.Status == StepFailed) && !timedOut {
		if want := oracle(st, ended, c.whole() && !ended && c.NeedsHand != ""); want != st.Status {
			r.fail("step %d is %s, by the thresholds it is %s", i, st.Status, want)
		}
	}
	if timedOut && (st.Plan.Final != FinalPass || c.Tier.Confidential()) {
		r.fail("step %d passed by its deadline", i)
	}
	if st.Status != StepOpen {
		for _, s := range st.Slots {
			if s.undecided() {
				r.fail("%s is %s in a step that is %s", s.ID, s.Status, st.Status)
			}
		}
		return
	}
	if i > 0 && c.Steps[i-1].Status != StepPassed {
		r.fail("step %d is open behind one that is %s", i, c.Steps[i-1].Status)
	}
	r.holdTurns(i, st)
	added := 0
	for _, s := range st.Slots {
		if s.Origin == OriginAdded {
			added++
		}
		if s.Hops > c.Rules.MaxHops {
			r.fail("%s has %d hops", s.ID, s.Hops)
		}
	}
	if added > c.Rules.MaxAdded {
		r.fail("%d added", added)
	}
}

// holdTurns: who waits has a reason to, and in a sequence one seat at a time is asked.
func (r *run) holdTurns(i int, st *Step) {
	r.t.Helper()
	all := lines(st)
	hand := r.c.NeedsHand != ""
	var earlier *line // the first undecided of the step's own, in a sequence
	asked := 0
	for _, l := range all {
		if l.mode == "" && l.state(false) == "maybe" && earlier == nil {
			earlier = l
		}
		if l.mode == "" && slices.ContainsFunc(l.slots, func(s *Slot) bool { return s.Status == SlotOpen }) {
			asked++
		}
	}
	if st.Plan.Kind == Sequence && asked > 1 && r.c.whole() {
		r.fail("step %d: %d are asked at once in a sequence", i, asked)
	}
	for _, l := range all {
		for _, s := range l.slots {
			if s.Status != SlotWaiting || hand {
				continue
			}
			before := slices.ContainsFunc(all, func(b *line) bool {
				return b.mode == AddBefore && b.state(false) == "maybe" && rootPlace(st, b.caller) == l.root
			})
			if !before && (st.Plan.Kind != Sequence || l.mode != "" || (l == earlier && asked == 0)) {
				r.fail("%s waits for nothing", s.ID)
			}
		}
		// Whoever was asked before a decision is only asked while the caller still has one to make.
		if l.mode == AddBefore && l.state(false) == "maybe" && !waits(st, rootPlace(st, l.caller)) {
			r.fail("%s is asked for a caller who decides nothing any more", l.root.ID)
		}
	}
}

func (r *run) holdCase(old *Case, a Act, v Verdict) {
	r.t.Helper()
	c := &r.c
	open := len(c.OpenSlots())
	switch c.Status {
	case CaseInApproval:
		if c.Current() < 0 {
			r.fail("no step is at work")
		}
		if open == 0 && c.NeedsHand == "" {
			r.fail("the case waits for nobody")
		}
		if open == 0 && c.whole() && c.HandDue.At.IsZero() {
			r.fail("the queue has no deadline")
		}
	case CaseReturned:
		if open > 0 || c.NeedsHand != "" || c.ReturnDue.At.IsZero() {
			r.fail("returned, and yet %d are asked, due %v", open, c.ReturnDue.At)
		}
	default:
		if !c.Status.Final() || open > 0 || c.NeedsHand != "" || !c.HandDue.At.IsZero() || !c.ReturnDue.At.IsZero() || c.Decided.IsZero() {
			r.fail("ended as %s with something left", c.Status)
		}
	}
	if c.Status != CaseReturned && !c.ReturnDue.At.IsZero() {
		r.fail("a deadline of a return stays behind")
	}
	for i := range c.Steps {
		if c.Status == CaseApproved && c.Steps[i].Status != StepPassed {
			r.fail("approved with step %d %s", i, c.Steps[i].Status)
		}
	}
	if a.Kind == ActExpire && c.EndedBy() != "" && c.Status == CaseApproved {
		r.fail("what a deadline decided is said to be %s's", c.EndedBy())
	}
	for i, d := range c.Copies {
		if slices.ContainsFunc(c.Copies[:i], func(o Copy) bool { return o.Person == d.Person }) {
			r.fail("%s has two copies", d.Person)
		}
	}
	if c.whole() && !c.Status.Final() {
		if _, ok := c.NextWake(); !ok {
			r.fail("nothing is ever due")
		}
	}
	r.holdOpened(old, a)
	if a.Kind == ActUrge || a.Kind == ActRemind || a.Kind == ActComment || a.Kind == ActCopy {
		for i := range c.Steps {
			for k, s := range c.Steps[i].Slots {
				if !s.Due.At.Equal(old.Steps[i].Slots[k].Due.At) {
					r.fail("%s moved a deadline", a.Kind)
				}
			}
		}
	}
}

// holdOpened: a step that opens asks exactly whom the preview shows.
func (r *run) holdOpened(old *Case, a Act) {
	r.t.Helper()
	for i := range r.c.Steps {
		st := &r.c.Steps[i]
		if !st.Opened.Equal(r.at) || len(st.Slots) == 0 || (i < len(old.Steps) && old.Round == r.c.Round && old.Steps[i].Opened.Equal(st.Opened)) {
			continue
		}
		res := Resolve(st.Plan, r.w.dir, r.c.Parties)
		if len(res.Slots) != len(st.Slots) {
			r.fail("%s: step %d asks %d, the preview shows %d", a.Kind, i, len(st.Slots), len(res.Slots))
		}
		for k, as := range res.Slots {
			if st.Slots[k].Person != as.Person {
				r.fail("step %d asks %s, the preview shows %s", i, st.Slots[k].Person, as.Person)
			}
			if s := st.Slots[k]; s.Status == SlotCarriedOver && !r.carried(i, s) {
				r.fail("%s is carried over from nothing", s.ID)
			}
		}
	}
}

// carried: the place carried over from was approved by the same person, themself, in this round on this digest.
func (r *run) carried(i int, s Slot) bool {
	for _, st := range r.c.Steps[:i] {
		for _, o := range st.Slots {
			if o.ID == s.Carried {
				d := o.Decision
				return r.c.Rules.SamePerson == CarryOver && o.Status == SlotApproved && o.Person == s.Person && d.By == s.Person && d.Digest == r.c.Digest && o.Round(0) == r.c.Round
			}
		}
	}
	return false
}

// holdEffects: whoever is newly asked hears of it, nobody else does, and what must follow an end follows it once.
func (r *run) holdEffects(old *Case, v Verdict) {
	r.t.Helper()
	was := map[string]time.Time{}
	for _, s := range old.OpenSlots() {
		was[s.ID] = s.Opened
	}
	asked := map[string]EmployeeID{}
	seen := map[EffectKind]int{}
	for _, e := range v.Effects {
		seen[e.Kind]++
		if e.Kind == EffectAsk {
			asked[e.Slot] = e.People[0]
		}
	}
	for _, s := range r.c.OpenSlots() {
		_, before := was[s.ID]
		if p, told := asked[s.ID]; told == before || (told && p != s.Person) {
			r.fail("%s was open: %v, and is asked: %v", s.ID, before, told)
		}
		delete(asked, s.ID)
	}
	if len(asked) > 0 {
		r.fail("asked without an open place: %v", asked)
	}
	ended := r.c.Status.Final() && !old.Status.Final()
	approved, kind := r.c.Status == CaseApproved, r.c.Kind
	for k, want := range map[EffectKind]bool{
		EffectStart: ended && approved && kind == KindFiling, EffectRelease: ended && !approved && kind != KindRevocation,
		EffectRevoke: ended && approved && kind == KindRevocation, EffectApply: ended && approved && kind == KindChange,
		EffectReturn: r.c.Status == CaseReturned && old.Status != CaseReturned,
	} {
		if (seen[k] == 1) != want || seen[k] > 1 {
			r.fail("%s happens %d times", k, seen[k])
		}
	}
}

// waits tells whether somebody waits on the seat that a place made.
func waits(st *Step, root *Slot) bool {
	for k := range st.Slots {
		if s := &st.Slots[k]; s.Status == SlotWaiting && rootPlace(st, s) == root {
			return true
		}
	}
	return false
}
