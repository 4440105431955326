package domain

import "slices"

// decide is a person's approval or rejection, in their own place or, by delegation, in somebody else's.
func (m *move) decide() Verdict {
	a := m.a
	if a.Outcome != Approve && a.Outcome != Reject {
		return m.refuse(ReasonUnknownAct)
	}
	i, k, no, ok := m.deciding()
	if !ok {
		return no
	}
	m.vote(i, k, a.Outcome)
	m.settle(i)
	return m.accept()
}

// deciding finds the open place in which the actor decides something now, on the material they saw; not ok: the verdict.
func (m *move) deciding() (step, k int, no Verdict, ok bool) {
	c, a := m.c, m.a
	i, k, no, ok := m.mine(true)
	if !ok {
		return i, k, no, false
	}
	if a.Digest != c.Digest || (a.Version != 0 && a.Version != c.Version) {
		return i, k, m.refuse(ReasonStale), false
	}
	if a.Slot != "" && a.Slot != c.Steps[i].Slots[k].ID { // a link in a mail is for one place, not for the next one too
		return i, k, m.refuse(ReasonNotApprover), false
	}
	// Checked when the place was filled; checked again, because a delegation or the directory may have moved since.
	if hasPlaceBeside(&c.Steps[i], a.Actor, k) {
		return i, k, m.refuse(ReasonCountsOnce), false
	}
	return i, k, Verdict{}, true
}

// behalf is in whose place the actor acts.
func (a *Act) behalf() EmployeeID {
	if a.For != "" {
		return a.For
	}
	return a.Actor
}

// mine finds the open place an act is done in: the actor's own or, where delegates may do it, that of whom they stand
// for. Not ok: the verdict says why there is none.
func (m *move) mine(delegates bool) (step, k int, no Verdict, ok bool) {
	c, a := m.c, m.a
	if r, may := m.personMay(); !may {
		return -1, -1, m.refuse(r), false
	}
	if a.For == a.Actor {
		m.a.For, a.For = "", ""
	}
	if a.For != "" {
		if !delegates {
			return -1, -1, m.refuse(ReasonNotAllowed), false
		}
		if !chainHolds(m.f.Chain, a.For, a.Actor, c, m.f.At) {
			return -1, -1, m.refuse(ReasonNoDelegation), false
		}
	}
	holder := a.behalf()
	i, k := c.placeOf(holder)
	if c.Status.Final() {
		if k < 0 {
			return i, k, m.refuse(ReasonNotApprover), false
		}
		return i, k, m.tooLate(ReasonEnded, c.settledBy(i)), false
	}
	for _, p := range []EmployeeID{a.Actor, holder} {
		if _, out := c.Parties.Excludes(p); out {
			return i, k, m.refuse(ReasonOwnMatter), false
		}
	}
	if k < 0 {
		if c.Status == CaseReturned && c.heldBefore(holder) {
			return i, k, m.refuse(ReasonReturned), false
		}
		return i, k, m.refuse(ReasonNotApprover), false
	}
	if no, open := m.isOpen(i, k); !open {
		return i, k, no, false
	}
	return i, k, Verdict{}, true
}

// isOpen tells whether somebody may act in a place, or what to answer if not.
func (m *move) isOpen(i, k int) (Verdict, bool) {
	c := m.c
	step := &c.Steps[i]
	s := &step.Slots[k]
	switch s.Status {
	case SlotOpen:
		return Verdict{}, true
	case SlotWaiting:
		if len(step.before(k)) > 0 {
			return m.refuse(ReasonWaitsForAdded), false
		}
		return m.refuse(ReasonNotYourTurn), false
	case SlotApproved, SlotRejected, SlotCarriedOver:
		by := s.Person
		if s.Decision != nil {
			by = s.Decision.By
		}
		return m.tooLate(ReasonDecided, by), false
	case SlotTransferred:
		return m.refuse(ReasonNotApprover), false
	case SlotClosed: // by what, is asked below
	}
	switch s.Closed {
	case ReasonLost, ReasonEscalated, ReasonReassigned:
		return m.refuse(s.Closed), false
	case ReasonTimedOut:
		return m.tooLate(ReasonTimedOut, ""), false // the system let the step pass: nobody's decision
	case ReasonAddedNo:
		return m.tooLate(ReasonAddedNo, c.settledBy(i)), false
	default:
		return m.tooLate(ReasonSettled, c.settledBy(i)), false
	}
}

// vote records a person's decision in a place and settles the seat it stands on.
func (m *move) vote(i, k int, o Outcome) {
	step := &m.c.Steps[i]
	s := &step.Slots[k]
	d := &Decision{Act: m.a.ID, Outcome: o, By: m.a.Actor, At: m.f.At, Digest: m.a.Digest, Version: m.c.Version, Comment: m.a.Comment}
	if m.a.For != "" {
		d.For = m.a.For
		for _, link := range m.f.Chain {
			d.Under = append(d.Under, link.ID)
		}
		m.effect(EffectActedFor, s.ID, m.a.For)
	}
	s.Decision, s.Status = d, SlotApproved
	if o == Reject {
		s.Status = SlotRejected
	}
	m.seated(step, k)
}

// seated closes the other places of a seat that is decided. A rejection before a caller's decision is the caller's too,
// and so on up.
func (m *move) seated(step *Step, k int) {
	for range step.Slots {
		root := step.seatOf(k)
		for j := range step.Slots {
			if step.Slots[j].undecided() && step.seatOf(j) == root {
				m.closePlace(step, j, ReasonSettled)
			}
		}
		mode, caller := step.stand(k)
		if mode != AddBefore || !step.Slots[k].rejects() {
			return
		}
		if caller = step.heir(caller); !step.Slots[caller].undecided() {
			return
		}
		m.closePlace(step, caller, ReasonAddedNo)
		k = caller
	}
}

// placeOf finds the place of a person that matters now: an open one first, then the latest one they had; -1 without any.
func (c *Case) placeOf(p EmployeeID) (step, place int) {
	step, place = -1, -1
	for i := range c.Steps {
		for k := range c.Steps[i].Slots {
			s := &c.Steps[i].Slots[k]
			if s.Person != p {
				continue
			}
			if s.Status == SlotOpen {
				return i, k
			}
			step, place = i, k
		}
	}
	return step, place
}

// heldBefore tells whether somebody had a place in an earlier round.
func (c *Case) heldBefore(p EmployeeID) bool {
	for _, r := range c.Past {
		for _, st := range r.Steps {
			if slices.ContainsFunc(st.Slots, func(s Slot) bool { return s.Person == p }) {
				return true
			}
		}
	}
	return false
}
