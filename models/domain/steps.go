package domain

import "slices"

// run opens a step and goes on from it: a step that what was carried over settles passes at once.
func (m *move) run(i int) {
	if m.open(i) {
		m.settle(i)
	}
}

// open opens a step: its people are resolved and asked. When nobody can be found the case needs a hand and waits. It
// tells whether the step must be judged at once.
func (m *move) open(i int) bool {
	o, ok := m.opening(Need{Step: i, Resolve: true})
	if !ok {
		return false
	}
	c := m.c
	step := &c.Steps[i]
	step.Status, step.Opened = StepOpen, m.f.At
	carried := false
	for _, as := range o.Resolution.Slots {
		s := m.named(i, as)
		if from := m.carries(i, as.Person); from != "" {
			s.Status, s.Opened, s.Carried = SlotCarriedOver, m.f.At, from
			carried = true
		}
		step.Slots = append(step.Slots, s)
	}
	m.copied("", o.Copies)
	if carried && judge(step, !o.Resolution.OK()) != StepOpen {
		return true
	}
	if !o.Resolution.OK() {
		m.hand(o.Due)
		return false
	}
	m.wake(i, o.Due)
	return false
}

// named is the place of a person whom the policy's rules name.
func (m *move) named(i int, as Assignment) Slot {
	return Slot{
		ID: slotID(m.c.Round, i, len(m.c.Steps[i].Slots)), Person: as.Person, Keys: as.Keys, Class: as.Class, Also: as.Also, Why: as.Why,
		Status: SlotWaiting,
	}
}

// carries finds the place from which a person's approval carries over into step i: given by themself, in this round, on
// this digest, where the policy allows it (semantics 1: same approver twice).
func (m *move) carries(i int, p EmployeeID) string {
	c := m.c
	if c.Rules.SamePerson != CarryOver {
		return ""
	}
	for _, st := range c.Steps[:i] {
		for _, s := range st.Slots {
			d := s.Decision
			if s.Status == SlotApproved && s.Person == p && d != nil && d.By == p && d.For == "" && d.Digest == c.Digest && s.Round(0) == c.Round {
				return s.ID
			}
		}
	}
	return ""
}

// copied gives people a copy of the case, once each.
func (m *move) copied(by EmployeeID, people []EmployeeID) {
	var added []EmployeeID
	for _, p := range people {
		if p == "" || slices.ContainsFunc(m.c.Copies, func(c Copy) bool { return c.Person == p }) {
			continue
		}
		m.c.Copies = append(m.c.Copies, Copy{Person: p, By: by, At: m.f.At})
		added = append(added, p)
	}
	m.effect(EffectCopy, "", added...)
}

// turns lists the waiting places whose turn it is: all of them, in a sequence only the first; not those that wait for
// approvers added before them. While a step needs a hand only those go on who were asked before.
func (m *move) turns(step *Step) []int {
	var out []int
	// In a sequence, somebody earlier is not done; or somebody is asked, whom a change of the directory has put behind.
	blocked := m.c.whole() && slices.ContainsFunc(m.inLine(step), func(k int) bool { return step.Slots[k].Status == SlotOpen })
	for k := range step.Slots {
		s := &step.Slots[k]
		if !s.undecided() {
			continue
		}
		mode, _ := step.stand(k)
		inLine := step.Plan.Kind == Sequence && mode == ""
		if inLine && blocked {
			continue
		}
		blocked = blocked || inLine
		if s.Status == SlotOpen || (m.short() && s.Opened.IsZero() && s.Origin != OriginAdded) || len(step.before(k)) > 0 {
			continue
		}
		out = append(out, k)
	}
	return out
}

// inLine lists the undecided places of a sequence that take turns.
func (m *move) inLine(step *Step) []int {
	var out []int
	for k := range step.Slots {
		if mode, _ := step.stand(k); step.Plan.Kind == Sequence && mode == "" && step.Slots[k].undecided() {
			out = append(out, k)
		}
	}
	return out
}

// wake opens the places whose turn it is. Who was asked before keeps a later deadline.
func (m *move) wake(i int, due Due) {
	step := &m.c.Steps[i]
	for _, k := range m.turns(step) {
		s := &step.Slots[k]
		s.Status = SlotOpen
		if s.Due.At.IsZero() || due.At.After(s.Due.At) {
			s.Due, s.Reminded, s.Opened = due, 0, m.f.At
		}
		if s.Opened.IsZero() {
			s.Opened = m.f.At
		}
		m.effect(EffectAsk, s.ID, s.Person)
	}
}

// hand puts the case into the process administrators' queue. When nobody at all is asked, the queue has a deadline too.
func (m *move) hand(due Due) {
	m.c.NeedsHand = string(ReasonNobody)
	m.effect(EffectHand, "")
	if m.c.whole() && len(m.c.OpenSlots()) == 0 && m.c.HandDue.At.IsZero() {
		due.Ladder = nil
		m.c.HandDue = due
	}
}

// calm takes the case out of the administrators' queue.
func (m *move) calm() { m.c.NeedsHand, m.c.HandDue = "", Due{} }

// settle draws the consequences of a decision: the step passes, fails or goes on; the case with it.
func (m *move) settle(i int) {
	c := m.c
	for m.need == nil {
		step := &c.Steps[i]
		switch judge(step, m.short()) {
		case StepPassed:
			m.pass(i, ReasonSettled)
			if i+1 == len(c.Steps) {
				m.endWith(CaseApproved, without(c.decidedBy(), m.a.Actor))
				return
			}
			i++
			if !m.open(i) {
				return
			}
		case StepFailed:
			asked := without(c.asked(), m.a.Actor)
			step.Status, step.Settled = StepFailed, m.f.At
			closeSlots(step, ReasonSettled)
			m.endWith(CaseRejected, asked)
			return
		default:
			m.goOn(i)
			return
		}
	}
}

// short tells whether people are missing in the step at work.
func (m *move) short() bool { return m.c.whole() && m.c.NeedsHand != "" }

// pass closes a step that passed.
func (m *move) pass(i int, why Reason) {
	step := &m.c.Steps[i]
	step.Status, step.Settled = StepPassed, m.f.At
	closeSlots(step, why)
	if m.c.whole() {
		m.calm()
	}
}

// goOn opens what a decision made ready in a step that is not settled yet.
func (m *move) goOn(i int) {
	c := m.c
	step := &c.Steps[i]
	if m.held(step) {
		// The threshold holds and only those added after approvals are waited for: nobody else can change it any more.
		for k := range step.Slots {
			if step.Slots[k].undecided() && step.serves(k) == "" {
				step.Slots[k].close(ReasonSettled)
			}
		}
	}
	if c.NeedsHand != "" && !c.whole() {
		return
	}
	asking := len(m.turns(step)) > 0
	lonely := m.short() && !asking && len(c.OpenSlots()) == 0 && c.HandDue.At.IsZero()
	if !asking && !lonely {
		return
	}
	o, ok := m.opening(Need{Step: i})
	if !ok {
		return
	}
	if lonely {
		o.Due.Ladder = nil
		c.HandDue = o.Due
		return
	}
	m.wake(i, o.Due)
	c.HandDue = Due{}
}

// endWith ends the case and tells the requester, those given and whoever holds a copy.
func (m *move) endWith(status CaseStatus, people []EmployeeID) {
	m.end(status)
	people = append([]EmployeeID{m.c.Parties.Requester}, people...)
	for _, c := range m.c.Copies {
		people = append(people, c.Person)
	}
	m.effect(EffectInform, "", people...)
}

// end closes whatever is open and gives the case its final state with what must follow.
func (m *move) end(status CaseStatus) {
	c := m.c
	c.Status, c.Decided = status, m.f.At
	c.ReturnDue = Due{}
	m.calm()
	for i := range c.Steps {
		if s := &c.Steps[i]; s.Status == StepOpen || s.Status == StepWaiting {
			closeSlots(s, ReasonEnded)
			s.Status = StepClosed
		}
	}
	switch approved := status == CaseApproved; {
	case c.Kind == KindRevocation && approved:
		m.effect(EffectRevoke, "")
	case c.Kind == KindRevocation, c.Kind == KindPublication, c.Kind == KindTopic: // a publication's row follows its case by itself
	case c.Kind == KindChange && approved:
		m.effect(EffectApply, "")
	case approved:
		m.effect(EffectStart, "")
	default:
		m.effect(EffectRelease, "")
	}
}

// close ends a place without a decision.
func (s *Slot) close(why Reason) { s.Status, s.Closed = SlotClosed, why }

// closeSlots closes the undecided places of a step.
func closeSlots(step *Step, why Reason) {
	for k := range step.Slots {
		if s := &step.Slots[k]; s.undecided() {
			s.close(why)
		}
	}
}

// closePlace closes one place and those who were asked on its behalf.
func (m *move) closePlace(step *Step, k int, why Reason) {
	asked := step.before(k)
	step.Slots[k].close(why)
	if why == ReasonAddedNo { // a rejection counts once, at the caller's place
		why = ReasonSettled
	}
	for _, j := range asked {
		if step.Slots[j].undecided() {
			m.closePlace(step, j, why)
		}
	}
}

func without(people []EmployeeID, drop ...EmployeeID) []EmployeeID {
	return slices.DeleteFunc(slices.Clone(people), func(p EmployeeID) bool { return slices.Contains(drop, p) })
}
