package domain

import (
	"fmt"
	"slices"
	"time"
)

// Submit makes the first state of a case: submitted, its steps waiting, nothing opened. Open it with Begin.
func Submit(c Case, plan RoutePlan, at time.Time) Case {
	c.Status, c.Round, c.Version = CaseSubmitted, 1, max(c.Version, 1)
	c.Policy, c.Route, c.Submitted = plan.Policy, plan.Route, at
	c.Steps = make([]Step, len(plan.Steps))
	for i, p := range plan.Steps {
		c.Steps[i] = Step{Plan: p, Status: StepWaiting}
	}
	return c
}

// Begin opens the first step of a submitted case. Like Decide it asks by Verdict.Need for what it must know; the
// submission resolves it, so that the workflow starts with people already asked (temporal.md 13).
func Begin(c Case, f Facts) (Case, Verdict) {
	c = c.clone()
	m := &move{c: &c, f: f}
	if c.Status != CaseSubmitted {
		return c, m.refuse(ReasonUnknownAct)
	}
	c.Status = CaseInApproval
	c.Revision = f.Revision
	m.open(0)
	return c, m.verdict("", Accepted)
}

// Decide applies one act to a case over recorded facts and says what it made of it. The case given is not changed.
//
// It is total: every act gets an answer, and an act already answered gets the first answer again as a duplicate. When
// the verdict has a Need, the caller finds out what is asked, adds it to the facts and calls again; state and answer of
// that call are void. The rules are those of semantics 1.
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
	var v Verdict
	switch a.Kind {
	case ActDecide:
		v = m.decide()
	case ActWithdraw:
		v = m.withdraw()
	case ActComment:
		v = m.comment()
	case ActRemind:
		v = m.remind()
	case ActExpire:
		v = m.expire()
	case ActDirectory:
		v = m.directory()
	default:
		v = m.refuse(ReasonUnknownAct)
	}
	if v.Need == nil {
		c.Answers = append(c.Answers, v.Answer)
	}
	return c, v
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

func (m *move) verdict(by EmployeeID, r Result) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: r, DecidedBy: by}, Effects: m.effects, Need: m.need}
}

func (m *move) refuse(r Reason) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: Refused, Reason: r}}
}

func (m *move) tooLate(r Reason, by EmployeeID) Verdict {
	return Verdict{Answer: Answer{Act: m.a.ID, Result: TooLate, Reason: r, DecidedBy: by}}
}

func (m *move) effect(k EffectKind, slot string, people ...EmployeeID) {
	if len(people) > 0 || k == EffectHand || k == EffectRelease || k == EffectStart {
		m.effects = append(m.effects, Effect{Kind: k, People: people, Slot: slot})
	}
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

// decide is a person's approval or rejection in their slot.
func (m *move) decide() Verdict {
	c, a := m.c, m.a
	if a.Outcome != Approve && a.Outcome != Reject {
		return m.refuse(ReasonUnknownAct)
	}
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	step, slot := c.slotFor(a.Actor)
	if c.Status.Final() {
		if slot == nil {
			return m.refuse(ReasonNotApprover)
		}
		return m.tooLate(ReasonEnded, c.settledBy(step))
	}
	if _, out := c.Parties.Excludes(a.Actor); out {
		return m.refuse(ReasonOwnMatter)
	}
	if slot == nil {
		return m.refuse(ReasonNotApprover)
	}
	switch slot.Status {
	case SlotWaiting:
		return m.refuse(ReasonNotYourTurn)
	case SlotApproved, SlotRejected, SlotCarriedOver:
		return m.tooLate(ReasonDecided, a.Actor)
	case SlotClosed, SlotTransferred:
		if slot.Closed == ReasonLost {
			return m.refuse(ReasonLost)
		}
		return m.tooLate(ReasonSettled, c.settledBy(step))
	}
	if a.Digest != c.Digest || (a.Version != 0 && a.Version != c.Version) {
		return m.refuse(ReasonStale)
	}
	slot.Decision = &Decision{Act: a.ID, Outcome: a.Outcome, By: a.Actor, At: m.f.At, Digest: a.Digest, Version: c.Version, Comment: a.Comment}
	slot.Status = SlotApproved
	if a.Outcome == Reject {
		slot.Status = SlotRejected
	}
	m.settle(step)
	return m.verdict(a.Actor, Accepted)
}

// withdraw ends the case at the requester's wish, before the final decision.
func (m *move) withdraw() Verdict {
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	if m.a.Actor != m.c.Parties.Requester {
		return m.refuse(ReasonNotRequester)
	}
	if m.c.Status.Final() {
		return m.tooLate(ReasonEnded, m.c.settledBy(len(m.c.Steps)-1))
	}
	asked := m.c.asked()
	m.end(CaseWithdrawn)
	m.effect(EffectInform, "", asked...)
	return m.verdict(m.a.Actor, Accepted)
}

// comment records a remark of somebody who may read the case; it moves nothing. Who may read is checked at the door,
// where the directory's relations are known.
func (m *move) comment() Verdict {
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	if m.a.Comment == nil {
		return m.refuse(ReasonUnknownAct)
	}
	people := append(m.c.asked(), m.c.Parties.Requester)
	people = slices.DeleteFunc(people, func(p EmployeeID) bool { return p == m.a.Actor })
	m.effect(EffectComment, "", people...)
	return m.verdict(m.a.Actor, Accepted)
}

// remind sends the next reminder of a slot that still waits. A reminder never moves a deadline.
func (m *move) remind() Verdict {
	s := m.c.openSlot(m.a.Slot)
	if s == nil || s.Reminded >= len(s.Due.Remind) || m.f.At.Before(s.Due.Remind[s.Reminded]) {
		return m.refuse(ReasonNotDue)
	}
	for s.Reminded < len(s.Due.Remind) && !m.f.At.Before(s.Due.Remind[s.Reminded]) {
		s.Reminded++
	}
	m.effect(EffectRemind, s.ID, s.Person)
	return m.verdict("", Accepted)
}

// expire ends the case when a slot's deadline passed: the default final outcome is expired, never a decision
// of a person and never an approval.
func (m *move) expire() Verdict {
	s := m.c.openSlot(m.a.Slot)
	if s == nil || m.f.At.Before(s.Due.At) {
		return m.refuse(ReasonNotDue)
	}
	people := append(m.c.asked(), m.c.Parties.Requester)
	m.end(CaseExpired)
	m.effect(EffectInform, "", people...)
	return m.verdict("", Accepted)
}

// directory resolves the undecided slots of the step at work again by the same rules (semantics 1: approver leaves or
// changes post mid-flight). Past decisions stand.
func (m *move) directory() Verdict {
	i := m.c.Current()
	if i < 0 || m.c.Status.Final() {
		return m.verdict("", Accepted)
	}
	o, ok := m.opening(i, true)
	if !ok {
		return m.verdict("", Accepted)
	}
	m.reassign(i, o)
	return m.verdict("", Accepted)
}

// opening takes the next recorded opening for a step, or asks for it.
func (m *move) opening(step int, resolve bool) (Opening, bool) {
	if m.used < len(m.f.Openings) && m.f.Openings[m.used].Step == step {
		m.used++
		return m.f.Openings[m.used-1], true
	}
	m.need = &Need{Step: step, Resolve: resolve}
	return Opening{}, false
}

// slotID names a place in a step, from 1.
func slotID(round, step, place int) string { return fmt.Sprintf("r%d.s%d.p%d", round, step+1, place+1) }
