package domain

import "time"

// ActKind names what somebody, or the system, does to a case.
type ActKind string

// The acts on a case. Those of the system have no actor.
const (
	ActDecide    ActKind = "decide"
	ActWithdraw  ActKind = "withdraw"
	ActComment   ActKind = "comment"
	ActReturn    ActKind = "return"            // 退回: to the start, or to a step already passed
	ActResubmit  ActKind = "resubmit"          // the requester submits again, or changes the material under way
	ActTransfer  ActKind = "transfer"          // 转交
	ActAdd       ActKind = "add_signers"       // 加签
	ActUrge      ActKind = "urge"              // 催办
	ActCopy      ActKind = "copy"              // 抄送
	ActAssign    ActKind = "assign"            // a process administrator names who decides
	ActRemind    ActKind = "remind"            // system: a reminder is due
	ActEscalate  ActKind = "escalate"          // system: a rung of the ladder is due
	ActCalendar  ActKind = "calendar_changed"  // system: deadlines are computed again, never earlier
	ActExpire    ActKind = "expire"            // system: a deadline passed
	ActDirectory ActKind = "directory_changed" // system: the directory moved on
)

// Person tells whether people do this, as opposed to the system.
func (k ActKind) Person() bool {
	switch k {
	case ActRemind, ActExpire, ActEscalate, ActDirectory, ActCalendar:
		return false
	default:
		return true
	}
}

// Act is one thing done to a case: the payload of the workflow's signal. Its ID makes it happen once.
type Act struct {
	ID      string     `json:"id"` // decision_id: the client's idempotency key, or a name derived from a slot for the system's acts
	Kind    ActKind    `json:"kind"`
	Actor   EmployeeID `json:"actor,omitempty"`
	Outcome Outcome    `json:"outcome,omitempty"`
	Digest  string     `json:"digest,omitempty"`  // of the material the actor saw
	Version int        `json:"version,omitempty"` // of the request the actor saw
	Comment *Ref       `json:"comment,omitempty"`
	Slot    string     `json:"slot,omitempty"` // which place: system acts, assign; a decision by a mail's link
	At      time.Time  `json:"at"`             // when the API took it
	Proof   *Proof     `json:"proof,omitempty"`

	For         EmployeeID   `json:"for,omitempty"`         // on whose behalf (delegation)
	To          []EmployeeID `json:"to,omitempty"`          // transfer and assign: one; added approvers; copies
	Mode        AddMode      `json:"mode,omitempty"`        // add_signers
	Step        int          `json:"step,omitempty"`        // return: the step to go back to, from 1; 0: the start
	Attachments []Ref        `json:"attachments,omitempty"` // comment
	Material    *Material    `json:"material,omitempty"`    // resubmit
	Via         string       `json:"via,omitempty"`         // how it was sent when not for itself by API or page: "mail_link", "batch"
}

// Material is what a resubmission puts up for decision. Its content lies in the object.
type Material struct {
	Object  string `json:"object"`
	Digest  string `json:"digest"`
	Tier    Tier   `json:"tier"`
	NameKey string `json:"name_key,omitempty"` // keyed hash or normalised key under which the name is reserved
}

// Result is the answer to an act (design: answers to an act).
type Result string

// The results.
const (
	Accepted  Result = "accepted"
	Refused   Result = "refused"
	Duplicate Result = "duplicate"
	TooLate   Result = "too_late"
)

// Answer is what is kept of a decided act, so that the same act gets the same answer.
type Answer struct {
	Act       string     `json:"act"`
	Result    Result     `json:"result"`
	Reason    Reason     `json:"reason,omitempty"`
	DecidedBy EmployeeID `json:"decided_by,omitempty"` // too late: whose decision stands
}

// EffectKind names what must follow an act outside the state: a notification, a start, a release.
type EffectKind string

// The effects a projection carries out, in the same transaction as the act's row.
const (
	EffectAsk     EffectKind = "ask"          // People have an open slot now
	EffectRemind  EffectKind = "remind"       // People are reminded
	EffectInform  EffectKind = "inform"       // People learn that the case ended or moved
	EffectComment EffectKind = "comment"      // People learn of a comment
	EffectHand    EffectKind = "hand"         // the process administrators' queue
	EffectRelease EffectKind = "release_name" // the case ended without approval
	EffectStart   EffectKind = "start_group"  // approved: the group's workflow begins

	EffectUrge     EffectKind = "urge"         // People are urged by somebody
	EffectCopy     EffectKind = "copy"         // People got a copy
	EffectEscalate EffectKind = "escalated"    // People learn that a superior was asked beside or instead of them
	EffectReturn   EffectKind = "returned"     // People (the requester) may change and submit again
	EffectActedFor EffectKind = "acted_for"    // People learn that somebody decided in their name
	EffectRevoke   EffectKind = "revoke_case"  // approved revocation: the subject is revoked, its group wound up
	EffectApply    EffectKind = "apply_change" // approved change: the group is told
	EffectRename   EffectKind = "rename"       // the material changed: the name reservation moves with it
)

// Effect is one thing to carry out.
type Effect struct {
	Kind   EffectKind   `json:"kind"`
	People []EmployeeID `json:"people,omitempty"`
	Slot   string       `json:"slot,omitempty"` // a case: the place; a group: what it is about, see the effect's kind
	// A group's effects may go to more people than its state knows. The projection finds them in its own transaction.
	Members bool   `json:"members,omitempty"` // everybody who is in the group
	Roles   []Role `json:"roles,omitempty"`   // every active holder
	Admins  bool   `json:"admins,omitempty"`  // an agreement's: those who administer its group
	// Except are who of the holders and admins is not told: it is their own matter.
	Except []EmployeeID `json:"except,omitempty"`
}

// Verdict is what Decide says of an act.
type Verdict struct {
	Answer
	Effects []Effect `json:"effects,omitempty"`
	Need    *Need    `json:"need,omitempty"` // set: call again with one more Opening; state and answer are void
}
