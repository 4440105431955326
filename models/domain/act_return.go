package domain

import "slices"

// sendBack returns the request to its requester, or to a step already passed (semantics 1: 退回). What was decided from
// there on is void and stays visible under the earlier round.
func (m *move) sendBack() Verdict {
	c, a := m.c, m.a
	i, _, no, ok := m.deciding()
	if !ok {
		return no
	}
	switch {
	case c.Rules.Resubmit <= 0:
		return m.refuse(ReasonNotAllowed)
	case a.Comment == nil:
		return m.refuse(ReasonNoComment)
	case a.Step < 0 || a.Step > i: // from 1, and before the step at work
		return m.refuse(ReasonNoSuchStep)
	}
	s := &c.Steps[i]
	if a.For != "" {
		_, k := c.placeOf(a.For)
		m.effect(EffectActedFor, s.Slots[k].ID, a.For)
	}
	if a.Step == 0 {
		o, ok := m.opening(Need{Step: -1, Minutes: c.Rules.Resubmit})
		if !ok {
			return m.accept()
		}
		voided := m.void(0, ReasonReturned)
		c.Status, c.ReturnDue = CaseReturned, o.Due
		m.effect(EffectReturn, "", c.Parties.Requester)
		m.effect(EffectInform, "", without(voided, a.Actor, c.Parties.Requester)...)
		return m.accept()
	}
	from := a.Step - 1
	voided := m.void(from, ReasonReturned)
	c.Round++
	m.effect(EffectInform, "", append([]EmployeeID{c.Parties.Requester}, without(voided, a.Actor)...)...)
	m.run(from)
	return m.accept()
}

// void puts the steps from one on into the past as they are, what was undecided closed, and makes them anew. It returns
// whose decisions are void.
func (m *move) void(from int, why Reason) []EmployeeID {
	c := m.c
	past := cloneSteps(c.Steps[from:])
	var voided []EmployeeID
	for i := range past {
		st := &past[i]
		for _, s := range st.Slots {
			if s.Decision != nil && !slices.Contains(voided, s.Decision.By) {
				voided = append(voided, s.Decision.By)
			}
		}
		closeSlots(st, why)
		if st.Status == StepOpen {
			st.Settled = m.f.At
		}
		if st.Status == StepOpen || st.Status == StepWaiting {
			st.Status = StepClosed
		}
	}
	c.Past = append(c.Past, Round{Number: c.Round, Digest: c.Digest, From: from, Steps: past})
	c.Steps = append(slices.Clone(c.Steps[:from]), fresh(c.Steps[from:])...)
	m.calm()
	return voided
}

// resubmit puts the request up again after a return, changed or not, or changes the material under way, which voids
// the approvals given (semantics 1: return, material change).
func (m *move) resubmit() Verdict {
	if no, ok := m.requester(); !ok {
		return no
	}
	c, a := m.c, m.a
	switch {
	case a.Material == nil || a.Material.Digest == "" || a.Material.Object == "":
		return m.refuse(ReasonUnknownAct)
	case !c.whole():
		return m.refuse(ReasonNotAllowed)
	case c.Status != CaseReturned && c.Status != CaseInApproval:
		return m.refuse(ReasonNotReturned)
	case a.Version != 0 && a.Version != c.Version:
		return m.refuse(ReasonStale)
	case c.Status == CaseInApproval && a.Material.Digest == c.Digest:
		return m.refuse(ReasonUnchanged)
	case m.f.Barred != "":
		return m.refuse(m.f.Barred)
	case m.f.Plan == nil:
		m.need = &Need{Step: -1, Plan: true}
		return m.accept()
	case len(m.f.Plan.Steps) == 0:
		return m.refuse(ReasonNotAllowed)
	}
	if c.Status == CaseInApproval {
		told := c.asked()
		m.effect(EffectInform, "", without(append(told, m.void(0, ReasonAmended)...), a.Actor)...)
	}
	if a.Material.Digest != c.Digest {
		c.Version++
	}
	c.Digest, c.Tier, c.Route = a.Material.Digest, a.Material.Tier, m.f.Plan.Route
	c.Status, c.Round, c.ReturnDue = CaseInApproval, c.Round+1, Due{}
	c.Steps = stepsOf(m.f.Plan.Steps)
	m.effect(EffectRename, "")
	m.run(0)
	return m.accept()
}
