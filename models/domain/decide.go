package domain

import (
	"fmt"
	"slices"
)

// Decide applies one act to a case over recorded facts and says what it made of it. The case given is not changed.
//
// It is total: every act gets an answer, and an act already answered gets the first answer again as a duplicate. When
// the verdict has a Need, the caller finds out what is asked, adds it to the facts (Facts.Learn) and calls again; state
// and answer of that call are void. The rules are those of semantics 1.
func Decide(c Case, a Act, f Facts) (Case, Verdict) {
	if prev, ok := c.Answered(a.ID); ok {
		prev.Result = Duplicate
		return c, Verdict{Answer: prev}
	}
	c = c.clone()
	m := &move{c: &c, a: a, f: f}
	c.Seq++
	if f.Revision > c.Revision {
		c.Revision = f.Revision
	}
	v := m.apply()
	if m.need != nil {
		return c, Verdict{Answer: Answer{Act: a.ID}, Need: m.need}
	}
	c.Answers = append(c.Answers, v.Answer)
	return c, v
}

// apply runs the rule of the act.
func (m *move) apply() Verdict {
	switch m.a.Kind {
	case ActDecide:
		return m.decide()
	case ActWithdraw:
		return m.withdraw()
	case ActComment:
		return m.comment()
	case ActReturn:
		return m.sendBack()
	case ActResubmit:
		return m.resubmit()
	case ActTransfer:
		return m.transfer()
	case ActAdd:
		return m.addSigners()
	case ActUrge:
		return m.urge()
	case ActCopy:
		return m.copyTo()
	case ActAssign:
		return m.assign()
	case ActRemind:
		return m.remind()
	case ActExpire:
		return m.expire()
	case ActEscalate:
		return m.escalate()
	case ActDirectory:
		return m.directory()
	case ActCalendar:
		return m.calendar()
	}
	return m.refuse(ReasonUnknownAct)
}

// Answered returns the answer that the act with this id got, if it was decided before.
func (c *Case) Answered(act string) (Answer, bool) {
	for _, a := range c.Answers {
		if a.Act == act {
			return a, true
		}
	}
	return Answer{}, false
}

// move is one application of an act: the state being made, and what follows from it.
type move struct {
	c       *Case
	a       Act
	f       Facts
	effects []Effect
	need    *Need
	used    int // openings consumed
}

// accept answers a person's act that was carried out.
func (m *move) accept() Verdict { return m.verdict(m.a.Actor, Accepted) }

// done answers an act of the system: it is never a person's decision.
func (m *move) done() Verdict { return m.verdict("", Accepted) }

func (m *move) verdict(by EmployeeID, r Result) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: r, DecidedBy: by}, Effects: m.effects, Need: m.need}
}

func (m *move) refuse(r Reason) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: Refused, Reason: r}}
}

func (m *move) tooLate(r Reason, by EmployeeID) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: TooLate, Reason: r, DecidedBy: by}}
}

// effect notes what must follow. People are named once each; an effect for people is nothing without any.
func (m *move) effect(k EffectKind, slot string, people ...EmployeeID) {
	var once []EmployeeID
	for _, p := range people {
		if p != "" && !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	switch k {
	case EffectHand, EffectRelease, EffectStart, EffectRename, EffectRevoke, EffectApply:
	default:
		if len(once) == 0 {
			return
		}
	}
	m.effects = append(m.effects, Effect{Kind: k, People: once, Slot: slot})
}

// personMay checks what every act of a person needs: the proof holds, and the account is enabled.
func (m *move) personMay() (Reason, bool) {
	if !m.f.Proof {
		return ReasonProof, false
	}
	if !m.f.Active {
		return ReasonInactive, false
	}
	return "", true
}

// opening takes the next recorded answer to a need of the directory or the calendar, or asks for it.
func (m *move) opening(n Need) (Opening, bool) {
	if m.need != nil {
		return Opening{}, false
	}
	if m.used < len(m.f.Openings) && m.f.Openings[m.used].Step == n.Step {
		m.used++
		return m.f.Openings[m.used-1], true
	}
	m.need = &n
	return Opening{}, false
}

// people tells what the directory knows of somebody an act names. Everybody the act names is asked for at once.
func (m *move) people() ([]PersonFact, bool) {
	var out []PersonFact
	for _, id := range m.a.To {
		k := slices.IndexFunc(m.f.People, func(p PersonFact) bool { return p.ID == id })
		if k < 0 {
			m.need = &Need{Step: -1, People: slices.Clone(m.a.To)}
			return nil, false
		}
		out = append(out, m.f.People[k])
	}
	return out, true
}

// slotID names a place in a step, from 1.
func slotID(round, step, place int) string { return fmt.Sprintf("r%d.s%d.p%d", round, step+1, place+1) }
