package domain

import (
	"slices"
	"time"
)

// withdraw ends the case at the requester's wish, before the final decision.
func (m *move) withdraw() Verdict {
	if no, ok := m.requester(); !ok {
		return no
	}
	asked := m.c.asked()
	for _, c := range m.c.Copies {
		asked = append(asked, c.Person)
	}
	m.end(CaseWithdrawn)
	m.effect(EffectInform, "", asked...)
	return m.accept()
}

// requester checks that the requester acts and the case has not ended.
func (m *move) requester() (Verdict, bool) {
	if r, ok := m.personMay(); !ok {
		return m.refuse(r), false
	}
	if m.a.Actor != m.c.Parties.Requester {
		return m.refuse(ReasonNotRequester), false
	}
	if m.c.Status.Final() {
		return m.tooLate(ReasonEnded, m.c.settledBy(len(m.c.Steps)-1)), false
	}
	return Verdict{}, true
}

// urge asks those once more who can act now (semantics 1: rate-limited per place, recorded, never moves a deadline).
func (m *move) urge() Verdict {
	if no, ok := m.requester(); !ok {
		return no
	}
	c := m.c
	if c.Rules.UrgeEvery <= 0 {
		return m.refuse(ReasonNotAllowed)
	}
	i := c.Current()
	if i < 0 || len(c.OpenSlots()) == 0 {
		return m.refuse(ReasonNobodyWaits)
	}
	urged := false
	for k := range c.Steps[i].Slots {
		s := &c.Steps[i].Slots[k]
		if s.Status != SlotOpen || (!s.Urged.IsZero() && m.f.At.Sub(s.Urged) < time.Duration(c.Rules.UrgeEvery)*time.Minute) {
			continue
		}
		s.Urged = m.f.At
		urged = true
		m.effect(EffectUrge, s.ID, s.Person)
	}
	if !urged {
		return m.refuse(ReasonTooSoon)
	}
	return m.accept()
}

// maxNamed bounds how many people one act may name.
const maxNamed = 20

// copyTo lets more people read the case (semantics 1: read only). The requester and whoever has, or had, a say may do so.
func (m *move) copyTo() Verdict {
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	c, a := m.c, m.a
	_, k := c.placeOf(a.Actor)
	if a.Actor != c.Parties.Requester && k < 0 && !c.heldBefore(a.Actor) && !slices.Contains(c.decidedBy(), a.Actor) {
		return m.refuse(ReasonNotApprover)
	}
	if c.Status.Final() {
		return m.tooLate(ReasonEnded, c.settledBy(-1))
	}
	if len(a.To) == 0 || len(a.To) > maxNamed {
		return m.refuse(ReasonUnknownAct)
	}
	people, ok := m.people()
	if !ok {
		return m.accept()
	}
	for _, p := range people {
		if !p.Active {
			return m.refuse(ReasonTargetAway)
		}
	}
	m.copied(a.Actor, a.To)
	return m.accept()
}

// comment records a remark of somebody who may read the case; it moves nothing. Who may read is checked at the door,
// where the directory's relations are known.
func (m *move) comment() Verdict {
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	if m.a.Comment == nil && len(m.a.Attachments) == 0 {
		return m.refuse(ReasonUnknownAct)
	}
	m.effect(EffectComment, "", without(append(m.c.asked(), m.c.Parties.Requester), m.a.Actor)...)
	return m.accept()
}
