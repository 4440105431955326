package domain

import "slices"

// addSigners asks further people in a step (semantics 1: 加签). The step's own thresholds never fall.
func (m *move) addSigners() Verdict {
	c, a := m.c, m.a
	find := func() (int, int, Verdict, bool) { return m.mine(false) }
	if a.Mode == AddAfter { // the caller decides with this act
		if a.For != "" && a.For != a.Actor {
			return m.refuse(ReasonNotAllowed)
		}
		find = m.deciding
	}
	i, k, no, ok := find()
	if !ok {
		return no
	}
	step := &c.Steps[i]
	if r := m.mayAdd(step, &step.Slots[k]); r != "" {
		return m.refuse(r)
	}
	people, ok := m.people()
	if !ok {
		return m.accept()
	}
	for _, p := range people {
		if r := c.target(step, p, nil); r != "" {
			return m.refuse(r)
		}
	}
	caller := step.Slots[k]
	for n, p := range a.To {
		m.behind(i, k+n, Slot{
			Person: p, Keys: []string{"added:" + caller.ID}, Why: Why{Code: WhyAdded}, Status: SlotWaiting,
			Origin: OriginAdded, From: caller.ID, Mode: a.Mode, Hops: caller.Hops + 1,
		})
	}
	m.effect(EffectInform, caller.ID, c.Parties.Requester)
	switch a.Mode {
	case AddBefore:
		step.Slots[k].Status = SlotWaiting
	case AddAfter:
		m.vote(i, k, Approve)
		m.settle(i)
		return m.accept()
	case AddParallel: // one more beside the caller, who decides whenever
	}
	m.goOn(i)
	return m.accept()
}

// mayAdd says why the holder of a place may not add the people the act names, by what can be told without knowing them.
func (m *move) mayAdd(step *Step, s *Slot) Reason {
	c, a := m.c, m.a
	switch a.Mode {
	case AddBefore, AddParallel:
	case AddAfter:
		if a.Outcome != Approve {
			return ReasonUnknownAct
		}
	default:
		return ReasonUnknownAct
	}
	if len(a.To) == 0 || len(a.To) > maxNamed {
		return ReasonUnknownAct
	}
	for n, p := range a.To {
		if slices.Contains(a.To[:n], p) {
			return ReasonTargetAsked
		}
	}
	added := 0
	for _, o := range step.Slots {
		if o.Origin == OriginAdded {
			added++
		}
	}
	switch {
	case c.Rules.MaxAdded <= 0 || c.Rules.MaxHops <= 0:
		return ReasonNotAllowed
	case s.Hops >= c.Rules.MaxHops:
		return ReasonHops
	case added+len(a.To) > c.Rules.MaxAdded:
		return ReasonTooManyAdded
	}
	return ""
}
