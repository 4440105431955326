package domain

import (
	"slices"
	"time"
)

// MemberState is where a person's place in a group is. Leaving is out by the register, removed is confirmed by the
// platform (R2.3.4).
type MemberState string

// The states of a place.
const (
	MemberRequested       MemberState = "requested"        // asked to join; an admin reviews it (R2.2.2)
	MemberInvited         MemberState = "invited"          // an admin invited them; they have not answered
	MemberNDAPending      MemberState = "nda_pending"      // comes in once the agreement is sealed (R4.2.1)
	MemberTrainingPending MemberState = "training_pending" // … and the training is valid (R4.2.2)
	MemberSuspended       MemberState = "suspended"        // was in; out of the platform until both hold again

	// MemberInactive is how a member is shown whose removal for inactivity was announced (R2.2.2). They are in the group as
	// every member is: their row says active, the notice stands in the group's state (Life.Idle).
	MemberInactive MemberState = "inactive_notice"

	MemberActive  MemberState = "active"
	MemberLeaving MemberState = "leaving"
	MemberRemoved MemberState = "removed"
)

// Waits tells whether somebody has a place that they take once an agreement is sealed or a training is valid. It is counted
// in Life.Pending. Who waits is not in the group on its platform, but for people of a group filed late while its grace runs
// (Clearance.Early).
func (s MemberState) Waits() bool {
	return s == MemberNDAPending || s == MemberTrainingPending || s == MemberSuspended
}

// Asked tells whether somebody was asked for, or asks, and nobody has answered yet.
func (s MemberState) Asked() bool { return s == MemberRequested || s == MemberInvited }

// MemberMove is what an act does to one person's place. It holds for places that are From ("" is no place) and leaves
// others alone.
type MemberMove struct {
	Person EmployeeID
	To     MemberState
	From   []MemberState
}

// Of is the state of a place after the move.
func (m MemberMove) Of(was MemberState) MemberState {
	if slices.Contains(m.From, was) {
		return m.To
	}
	return was
}

// rowMoves says what each effect on rows does to places. What the platform confirmed ends only what is still leaving, and
// only who never was in goes without the platform's word.
var rowMoves = map[EffectKind]MemberMove{
	EffectRowActive: {To: MemberActive, From: []MemberState{"", MemberRequested, MemberInvited, MemberNDAPending, MemberTrainingPending, MemberSuspended,
		MemberActive, MemberLeaving, MemberRemoved}},
	EffectRowLeaving:   {To: MemberLeaving, From: []MemberState{MemberActive, MemberSuspended, MemberNDAPending, MemberTrainingPending}},
	EffectRowRemoved:   {To: MemberRemoved, From: []MemberState{MemberLeaving}},
	EffectRowOut:       {To: MemberRemoved, From: []MemberState{MemberRequested, MemberInvited, MemberNDAPending, MemberTrainingPending}},
	EffectRowRequested: {To: MemberRequested, From: []MemberState{"", MemberLeaving, MemberRemoved}},
	EffectRowInvited:   {To: MemberInvited, From: []MemberState{"", MemberLeaving, MemberRemoved, MemberRequested}},
	EffectRowNDA:       {To: MemberNDAPending, From: []MemberState{"", MemberLeaving, MemberRemoved, MemberRequested, MemberInvited, MemberTrainingPending}},
	EffectRowTraining:  {To: MemberTrainingPending, From: []MemberState{"", MemberLeaving, MemberRemoved, MemberRequested, MemberInvited, MemberNDAPending}},
	EffectRowSuspended: {To: MemberSuspended, From: []MemberState{MemberActive, MemberNDAPending, MemberTrainingPending}},
}

// OnRows tells whether an effect changes places in a group rather than telling somebody something.
func (k EffectKind) OnRows() bool { _, ok := rowMoves[k]; return ok }

// MemberMoves lists what a verdict does to places, each person once; of two moves the later counts.
func MemberMoves(v Verdict) []MemberMove {
	var out []MemberMove
	for _, e := range v.Effects {
		move, ok := rowMoves[e.Kind]
		if !ok {
			continue
		}
		for _, p := range e.People {
			out = slices.DeleteFunc(out, func(m MemberMove) bool { return m.Person == p })
			move.Person = p
			out = append(out, move)
		}
	}
	return out
}

// Place is a person's row in a group as acts leave it. What stands in the database moves by the same rule.
type Place struct {
	State   MemberState
	Since   time.Time // in the group since then; who waits: asked for since then
	Left    time.Time // when the register let the person go
	Removed time.Time // when the platform confirmed it, or there was nothing to confirm
}

// Move applies a move that happened at a time.
func (p *Place) Move(m MemberMove, at time.Time) {
	was := p.State
	next := m.Of(was)
	if next == was {
		return
	}
	switch p.State = next; {
	case next == MemberLeaving:
		p.Left = at
	case next == MemberRemoved:
		p.Removed = at
	case next == MemberActive, was == "", was == MemberLeaving, was == MemberRemoved:
		p.Since, p.Left, p.Removed = at, time.Time{}, time.Time{}
	}
}

// RoleIn is a person's role in a group, as the register shows it.
func (g Group) RoleIn(p EmployeeID) string {
	switch slices.Index(g.Admins, p) {
	case -1:
		return "member"
	case 0:
		return "owner"
	}
	return "admin"
}

// Ended is a finding that an act closed, and how: the proposal that was accepted, or "gone" when it was not found again.
type Ended struct {
	Finding
	How string
}

// EndedFindings lists the findings that an act closed.
func EndedFindings(before, after Group, a GroupAct) []Ended {
	var out []Ended
	for _, f := range before.findings() {
		if slices.ContainsFunc(after.findings(), func(x Finding) bool { return x.ID == f.ID && x.At.Equal(f.At) }) {
			continue
		}
		how := "gone"
		if a.Kind == GroupResolve && a.Life != nil && a.Life.Finding == f.ID {
			how = string(a.Life.Proposal)
		}
		out = append(out, Ended{f, how})
	}
	return out
}

// OpEnd is what came of an operation that is asked no more.
type OpEnd string

// The ends of an operation.
const (
	OpDone OpEnd = "done"
	OpGap  OpEnd = "gap"  // the platform cannot do it
	OpVoid OpEnd = "void" // another took its place, or the group is no more
)

// EndedOp is an operation that an act ended.
type EndedOp struct {
	PlatformOp
	End OpEnd
}

// EndedOps lists the operations that an act ended.
func EndedOps(before, after Group, a GroupAct) []EndedOp {
	var out []EndedOp
	for _, op := range before.ops() {
		if slices.ContainsFunc(after.ops(), func(x PlatformOp) bool { return x.ID == op.ID }) {
			continue
		}
		end := OpVoid
		switch {
		case a.Kind == GroupGone && op.Kind == OpDelete:
			end = OpDone
		case a.Life == nil || a.Life.Op != op.ID:
		case a.Kind == GroupOpDone || a.Kind == GroupOpConfirm:
			end = OpDone
		case a.Kind == GroupOpGap:
			end = OpGap
		}
		out = append(out, EndedOp{op, end})
	}
	return out
}

func (g Group) findings() []Finding {
	if g.Life == nil {
		return nil
	}
	return g.Life.Findings
}

func (g Group) ops() []PlatformOp {
	if g.Life == nil {
		return nil
	}
	return g.Life.Ops
}

// Answered tells whether the state knows an act's answer.
func (g Group) Answered(id string) bool {
	return slices.ContainsFunc(g.Answers, func(a Answer) bool { return a.Act == id })
}
