package domain

import "slices"

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

	MemberActive  MemberState = "active"
	MemberLeaving MemberState = "leaving"
	MemberRemoved MemberState = "removed"
)

// Next is the state of a place after it was told to be another; a place that does not exist ("") becomes only active,
// and only somebody who is leaving becomes removed.
func (s MemberState) Next(to MemberState) MemberState {
	switch {
	case to == MemberActive, to == MemberLeaving && s == MemberActive, to == MemberRemoved && s == MemberLeaving:
		return to
	}
	return s
}

// MemberMove is what an act does to one person's place.
type MemberMove struct {
	Person EmployeeID
	To     MemberState
}

// MemberMoves lists what a verdict does to places, each person once; of two moves the later counts.
func MemberMoves(v Verdict) []MemberMove {
	var out []MemberMove
	for _, e := range v.Effects {
		var to MemberState
		switch e.Kind {
		case EffectRowActive:
			to = MemberActive
		case EffectRowLeaving:
			to = MemberLeaving
		case EffectRowRemoved:
			to = MemberRemoved
		default:
			continue
		}
		for _, p := range e.People {
			out = slices.DeleteFunc(out, func(m MemberMove) bool { return m.Person == p })
			out = append(out, MemberMove{Person: p, To: to})
		}
	}
	return out
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
