package domain

import (
	"slices"
	"strings"
)

// target says why a person may not be given a place in a step; "" when they may (semantics 1: the target passes every
// eligibility check). In a role's place only a holder of that role stands.
func (c *Case) target(step *Step, p PersonFact, keys []string) Reason {
	if _, party := c.Parties.Excludes(p.ID); party {
		return ReasonTargetParty
	}
	if !p.Active {
		return ReasonTargetAway
	}
	if hasPlace(step, p.ID) {
		return ReasonTargetAsked
	}
	for _, key := range keys {
		if role, ok := roleOf(key); ok && !slices.Contains(p.Roles, role) {
			return ReasonTargetRole
		}
	}
	return ""
}

// roleOf reads the role from the key of a role rule's place; see ruleKey.
func roleOf(key string) (Role, bool) {
	rest, ok := strings.CutPrefix(key, "role:")
	if !ok {
		return "", false
	}
	role, _, _ := strings.Cut(rest, ":")
	return Role(role), true
}

// behind puts a new place right behind another, so that in a sequence it has the same turn.
func (m *move) behind(i, k int, s Slot) int {
	step := &m.c.Steps[i]
	s.ID = slotID(m.c.Round, i, len(step.Slots))
	step.Slots = slices.Insert(step.Slots, k+1, s)
	return k + 1
}

// successor is a place that takes over another: the same rules, class, deadline and reminders done, another person.
func successor(s Slot, origin SlotOrigin, p EmployeeID) Slot {
	return Slot{
		Person: p, Keys: slices.Clone(s.Keys), Class: s.Class, Also: slices.Clone(s.Also), Why: s.Why, Status: SlotWaiting,
		Due: s.Due, Reminded: s.Reminded, Rung: s.Rung, Hops: s.Hops, Origin: origin, From: s.ID,
	}
}

// transfer moves accountability for a place for good: the deadline stays, the hops are capped (semantics 1: 转交).
func (m *move) transfer() Verdict {
	c, a := m.c, m.a
	i, k, no, ok := m.mine(false)
	if !ok {
		return no
	}
	switch s := &c.Steps[i].Slots[k]; {
	case len(a.To) != 1:
		return m.refuse(ReasonUnknownAct)
	case a.Comment == nil:
		return m.refuse(ReasonNoComment)
	case c.Rules.MaxHops <= 0:
		return m.refuse(ReasonNotAllowed)
	case s.Hops >= c.Rules.MaxHops:
		return m.refuse(ReasonHops)
	}
	people, ok := m.people()
	if !ok {
		return m.accept()
	}
	step := &c.Steps[i]
	if r := c.target(step, people[0], step.Slots[k].Keys); r != "" {
		return m.refuse(r)
	}
	step.Slots[k].Status = SlotTransferred
	next := successor(step.Slots[k], OriginTransfer, a.To[0])
	next.Status, next.Opened, next.Hops = SlotOpen, m.f.At, next.Hops+1
	s := &step.Slots[m.behind(i, k, next)]
	m.effect(EffectAsk, s.ID, s.Person)
	m.effect(EffectInform, s.ID, c.Parties.Requester)
	return m.accept()
}
