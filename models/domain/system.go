package domain

import (
	"slices"
	"time"
)

// remind sends the next reminder of a place that still waits, or of the administrators' queue. A reminder never moves a
// deadline.
func (m *move) remind() Verdict {
	c := m.c
	if m.a.Slot == "" {
		if !c.queued() || len(c.HandDue.Remind) == 0 || m.f.At.Before(c.HandDue.Remind[0]) {
			return m.refuse(ReasonNotDue)
		}
		left := c.HandDue.Remind
		for len(left) > 0 && !m.f.At.Before(left[0]) {
			left = left[1:]
		}
		c.HandDue.Remind = slices.Clone(left)
		m.effect(EffectHand, "")
		return m.done()
	}
	s := c.openSlot(m.a.Slot)
	if s == nil || s.Reminded >= len(s.Due.Remind) || m.f.At.Before(s.Due.Remind[s.Reminded]) {
		return m.refuse(ReasonNotDue)
	}
	for s.Reminded < len(s.Due.Remind) && !m.f.At.Before(s.Due.Remind[s.Reminded]) {
		s.Reminded++
	}
	m.effect(EffectRemind, s.ID, s.Person)
	return m.done()
}

// queued tells whether the case waits for the process administrators alone, and its queue has a deadline.
func (c *Case) queued() bool {
	return c.Status == CaseInApproval && c.NeedsHand != "" && !c.HandDue.At.IsZero() && len(c.OpenSlots()) == 0
}

// expire draws the consequence of a passed deadline. The default final outcome is expired: never a decision of a person
// and never an approval. Where the policy lets the step pass, it does so by the system, in no name.
func (m *move) expire() Verdict {
	c := m.c
	if m.a.Slot == "" {
		switch {
		case c.Status == CaseReturned && !c.ReturnDue.At.IsZero() && !m.f.At.Before(c.ReturnDue.At):
		case c.queued() && !m.f.At.Before(c.HandDue.At):
		default:
			return m.refuse(ReasonNotDue)
		}
		m.endWith(CaseExpired, nil)
		return m.done()
	}
	s := c.openSlot(m.a.Slot)
	if s == nil || m.f.At.Before(s.Due.At) {
		return m.refuse(ReasonNotDue)
	}
	i := c.Current()
	// Approval by timeout is impossible for confidential groups, whatever the plan says, and while people are missing.
	if c.Steps[i].Plan.Final == FinalPass && !c.Tier.Confidential() && c.NeedsHand == "" {
		m.effect(EffectInform, "", append(c.asked(), c.Parties.Requester)...)
		m.pass(i, ReasonTimedOut)
		if i+1 == len(c.Steps) {
			m.endWith(CaseApproved, c.decidedBy())
			return m.done()
		}
		m.run(i + 1)
		return m.done()
	}
	m.endWith(CaseExpired, c.asked())
	return m.done()
}

// escalate does the next rung of a place's ladder: the next superior may decide as well, or decides instead. Without a
// superior the rung is done and the person is reminded.
func (m *move) escalate() Verdict {
	c := m.c
	s := c.openSlot(m.a.Slot)
	if s == nil || s.Rung >= len(s.Due.Ladder) || m.f.At.Before(s.Due.Ladder[s.Rung].At) {
		return m.refuse(ReasonNotDue)
	}
	i := c.Current()
	step := &c.Steps[i]
	o, ok := m.opening(Need{Step: i, Above: s.Person, Not: m.excluded(step)})
	if !ok {
		return m.done()
	}
	rung := s.Due.Ladder[s.Rung]
	s.Rung++
	up := o.Superior
	if _, party := c.Parties.Excludes(up.Person); up.Person == "" || party || hasPlace(step, up.Person) {
		m.effect(EffectRemind, s.ID, s.Person)
		return m.done()
	}
	old := *s
	next := successor(old, OriginEscalated, up.Person)
	next.Status, next.Opened, next.Why, next.Rung = SlotOpen, m.f.At, up.Why, len(step.Plan.Ladder)
	if rung.Do == RungReplace {
		s.close(ReasonEscalated)
	}
	n := &step.Slots[m.behind(i, step.place(old.ID), next)]
	m.effect(EffectAsk, n.ID, n.Person)
	m.effect(EffectEscalate, old.ID, old.Person, c.Parties.Requester)
	return m.done()
}

// excluded lists who may get no new place in a step: the parties, and whoever counts in it already.
func (m *move) excluded(step *Step) []EmployeeID {
	out := append([]EmployeeID{m.c.Parties.Requester}, m.c.Parties.Others...)
	return append(out, inStep(step)...)
}

// calendar computes the open deadlines again with the calendar in force now. None becomes earlier; reminders and rungs
// that are done stay done.
func (m *move) calendar() Verdict {
	c := m.c
	if c.Status == CaseReturned {
		if o, ok := m.opening(Need{Step: -1, Minutes: c.Rules.Resubmit, Since: c.returnedAt()}); ok {
			c.ReturnDue = later(c.ReturnDue, o.Due)
		}
		return m.done()
	}
	i := c.Current()
	if i < 0 || c.Status.Final() {
		return m.done()
	}
	step := &c.Steps[i]
	dues := map[time.Time]Due{} // many places open at one moment
	since := func(at time.Time) (Due, bool) {
		at = at.UTC()
		if due, ok := dues[at]; ok {
			return due, true
		}
		o, ok := m.opening(Need{Step: i, Since: at})
		if ok {
			dues[at] = o.Due
		}
		return o.Due, ok
	}
	for k := range step.Slots {
		s := &step.Slots[k]
		if s.Status != SlotOpen || s.Due.At.IsZero() {
			continue
		}
		due, ok := since(step.since(k))
		if !ok {
			return m.done()
		}
		s.Due = later(s.Due, due)
	}
	if c.queued() {
		if due, ok := since(step.Opened); ok {
			left := len(c.HandDue.Remind)
			c.HandDue = later(c.HandDue, due)
			c.HandDue.Ladder = nil
			if n := len(c.HandDue.Remind); n > left {
				c.HandDue.Remind = c.HandDue.Remind[n-left:]
			}
		}
	}
	return m.done()
}

// later is a deadline computed again: never earlier than it was.
func later(old, now Due) Due {
	if now.At.Before(old.At) {
		now.At = old.At
	}
	return now
}

// since is when the deadline of a place began to run: a place that took over another keeps that one's.
func (st *Step) since(k int) time.Time {
	for range st.Slots {
		s := &st.Slots[k]
		from := st.place(s.From)
		if !s.Origin.succeeds() || s.Origin == OriginReplaced || from < 0 || st.Slots[from].Opened.IsZero() {
			break
		}
		k = from
	}
	return st.Slots[k].Opened
}

// returnedAt is when the request was sent back.
func (c *Case) returnedAt() time.Time {
	var at time.Time
	if len(c.Past) > 0 {
		for _, s := range c.Past[len(c.Past)-1].Steps {
			at = latest(at, s.Settled)
		}
	}
	return at
}
