package domain

import "slices"

// open opens a step: its people are resolved and asked. When nobody can be found the case needs a hand and waits.
func (m *move) open(i int) {
	o, ok := m.opening(i, true)
	if !ok {
		return
	}
	c := m.c
	step := &c.Steps[i]
	step.Status, step.Opened = StepOpen, m.f.At
	for _, as := range o.Resolution.Slots {
		step.Slots = append(step.Slots, Slot{
			ID: slotID(c.Round, i, len(step.Slots)), Person: as.Person, Keys: as.Keys, Class: as.Class, Why: as.Why, Status: SlotWaiting,
		})
	}
	if !o.Resolution.OK() {
		m.hand()
		return
	}
	m.wake(step, o.Due)
}

// wake opens the waiting slots whose turn it is: all of them, in a sequence only the first.
func (m *move) wake(step *Step, due Due) {
	for k := range step.Slots {
		s := &step.Slots[k]
		if s.Status == SlotOpen && step.Plan.Kind == Sequence {
			return
		}
		if s.Status != SlotWaiting {
			continue
		}
		s.Status, s.Opened, s.Due = SlotOpen, m.f.At, due
		m.effect(EffectAsk, s.ID, s.Person)
		if step.Plan.Kind == Sequence {
			return
		}
	}
}

func (m *move) hand() {
	m.c.NeedsHand = string(ReasonNobody)
	m.effect(EffectHand, "")
}

// tally counts a step's places.
type tally struct{ approved, rejected, undecided int }

func count(step *Step, class string) tally {
	var t tally
	for _, s := range step.Slots {
		if class != "" && s.Class != class {
			continue
		}
		switch s.Status {
		case SlotApproved, SlotCarriedOver:
			t.approved++
		case SlotRejected:
			t.rejected++
		case SlotWaiting, SlotOpen:
			t.undecided++
		}
	}
	return t
}

// judge says whether the decisions so far settle the step (semantics 1: thresholds are exact).
func judge(step *Step) StepStatus {
	t := count(step, "")
	switch step.Plan.Kind {
	case OrSign:
		switch {
		case t.approved > 0:
			return StepPassed
		case t.rejected > 0:
			return StepFailed
		}
	case Quorum:
		passed, possible := t.approved >= step.Plan.Need, t.approved+t.undecided >= step.Plan.Need
		for _, min := range step.Plan.Minima {
			ct := count(step, min.Class)
			passed = passed && ct.approved >= min.Need
			possible = possible && ct.approved+ct.undecided >= min.Need
		}
		switch {
		case passed:
			return StepPassed
		case !possible:
			return StepFailed
		}
	default: // countersign, sequence
		switch {
		case t.rejected > 0:
			return StepFailed
		case t.undecided == 0 && t.approved > 0:
			return StepPassed
		}
	}
	return StepOpen
}

// settle draws the consequences of a decision: the step passes, fails or goes on; the case with it.
func (m *move) settle(i int) {
	c := m.c
	step := &c.Steps[i]
	switch judge(step) {
	case StepPassed:
		step.Status, step.Settled = StepPassed, m.f.At
		closeSlots(step, ReasonSettled)
		if i+1 < len(c.Steps) {
			m.open(i + 1)
			return
		}
		people := c.decidedBy()
		m.end(CaseApproved)
		m.effect(EffectInform, "", append([]EmployeeID{c.Parties.Requester}, without(people, m.a.Actor, c.Parties.Requester)...)...)
	case StepFailed:
		asked := without(c.asked(), m.a.Actor)
		step.Status, step.Settled = StepFailed, m.f.At
		closeSlots(step, ReasonSettled)
		m.end(CaseRejected)
		m.effect(EffectInform, "", append([]EmployeeID{c.Parties.Requester}, asked...)...)
	default:
		if step.Plan.Kind == Sequence && m.c.NeedsHand == "" {
			o, ok := m.opening(i, false)
			if ok {
				m.wake(step, o.Due)
			}
		}
	}
}

// end closes whatever is open and gives the case its final state with what must follow.
func (m *move) end(status CaseStatus) {
	c := m.c
	c.Status, c.Decided, c.NeedsHand = status, m.f.At, ""
	for i := range c.Steps {
		if s := &c.Steps[i]; s.Status == StepOpen || s.Status == StepWaiting {
			closeSlots(s, ReasonEnded)
			s.Status = StepClosed
		}
	}
	if status == CaseApproved {
		m.effect(EffectStart, "")
	} else {
		m.effect(EffectRelease, "")
	}
}

func closeSlots(step *Step, why Reason) {
	for k := range step.Slots {
		if s := &step.Slots[k]; s.Status == SlotOpen || s.Status == SlotWaiting {
			s.Status, s.Closed = SlotClosed, why
		}
	}
}

// reassign moves the undecided places of a step to the people the directory names now. A place is known by the rules
// that made it: one whose rule has been decided on is not asked again.
func (m *move) reassign(i int, o Opening) {
	step := &m.c.Steps[i]
	if !o.Resolution.OK() {
		m.lose(step, o.Resolution) // those still named keep their places
		m.hand()
		return
	}
	m.c.NeedsHand = ""
	decided := map[string]bool{}
	for _, s := range step.Slots {
		if s.Decision != nil {
			for _, k := range s.Keys {
				decided[k] = true
			}
		}
	}
	for _, as := range o.Resolution.Slots {
		as.Keys = slices.DeleteFunc(slices.Clone(as.Keys), func(k string) bool { return decided[k] })
		if len(as.Keys) == 0 || stepHas(step, as.Person, true) {
			continue
		}
		if k := undecidedOf(step, as.Person); k >= 0 {
			step.Slots[k].Keys, step.Slots[k].Why, step.Slots[k].Class = as.Keys, as.Why, as.Class
			continue
		}
		fresh := Slot{ID: slotID(m.c.Round, i, len(step.Slots)), Person: as.Person, Keys: as.Keys, Class: as.Class, Why: as.Why, Status: SlotWaiting}
		step.Slots = slices.Insert(step.Slots, placeOf(step, as.Keys), fresh) // in a sequence the successor keeps the turn
	}
	m.lose(step, o.Resolution)
	if judge(step) != StepOpen {
		m.settle(i)
		return
	}
	m.wake(step, o.Due)
}

// lose closes the undecided places of people the directory no longer names, and tells them.
func (m *move) lose(step *Step, r Resolution) {
	for k := range step.Slots {
		s := &step.Slots[k]
		if s.Status != SlotOpen && s.Status != SlotWaiting {
			continue
		}
		if !slices.ContainsFunc(r.Slots, func(a Assignment) bool { return a.Person == s.Person }) {
			s.Status, s.Closed = SlotClosed, ReasonLost
		}
	}
}

// placeOf is where a newly named person belongs: behind the undecided place that one of the same rules made, else last.
func placeOf(step *Step, keys []string) int {
	for k, s := range step.Slots {
		if s.Decision == nil && slices.ContainsFunc(keys, func(key string) bool { return slices.Contains(s.Keys, key) }) {
			return k + 1
		}
	}
	return len(step.Slots)
}

func stepHas(step *Step, p EmployeeID, decided bool) bool {
	return slices.ContainsFunc(step.Slots, func(s Slot) bool { return s.Person == p && (s.Decision != nil) == decided })
}

func undecidedOf(step *Step, p EmployeeID) int {
	return slices.IndexFunc(step.Slots, func(s Slot) bool {
		return s.Person == p && (s.Status == SlotOpen || s.Status == SlotWaiting)
	})
}

func without(people []EmployeeID, drop ...EmployeeID) []EmployeeID {
	return slices.DeleteFunc(slices.Clone(people), func(p EmployeeID) bool { return slices.Contains(drop, p) })
}
