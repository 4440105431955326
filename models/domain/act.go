package domain

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

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
	}
	return true
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
	Slot    string     `json:"slot,omitempty"` // system acts: which slot is due
	At      time.Time  `json:"at"`             // when the API took it
	Proof   *Proof     `json:"proof,omitempty"`

	For         EmployeeID   `json:"for,omitempty"`         // on whose behalf (delegation)
	To          []EmployeeID `json:"to,omitempty"`          // transfer and assign: one; added approvers; copies
	Mode        AddMode      `json:"mode,omitempty"`        // add_signers
	Step        int          `json:"step,omitempty"`        // return: the step to go back to, from 1; 0: the start
	Attachments []Ref        `json:"attachments,omitempty"` // comment
	Material    *Material    `json:"material,omitempty"`    // resubmit
	Via         string       `json:"via,omitempty"`         // how it was sent when not by API or page: "mail_link"
}

// Material is what a resubmission puts up for decision. Its content lies in the object.
type Material struct {
	Object  string `json:"object"`
	Digest  string `json:"digest"`
	Tier    Tier   `json:"tier"`
	NameKey string `json:"name_key,omitempty"` // keyed hash or normalised key under which the name is reserved
}

// Proof shows that a decision is the person's: who signed, how, and over what (design: decided 3).
type Proof struct {
	Signer    string `json:"signer"`    // "service": the service on the person's behalf; later "passkey"
	Algorithm string `json:"algorithm"` // "ed25519"
	Key       string `json:"key"`       // key id
	Signature string `json:"signature"` // base64
}

// Signed returns the bytes a proof signs: case, act, actor, outcome, digest, version, comment and time, each with its
// length so that no two acts share a text.
func (a Act) Signed(caseID string) []byte {
	comment := ""
	if a.Comment != nil {
		// The object too: a reference without a digest would sign like no comment at all.
		comment = a.Comment.Object + ":" + a.Comment.SHA256
	}
	var b strings.Builder
	b.WriteString("qunbei-act-v1\n")
	for _, f := range []string{caseID, a.ID, string(a.Kind), string(a.Actor), string(a.Outcome), a.Digest,
		strconv.Itoa(a.Version), comment, a.At.UTC().Format(time.RFC3339Nano)} {
		fmt.Fprintf(&b, "%d:%s\n", len(f), f)
	}
	return []byte(b.String())
}

// Errors of VerifyProof.
var (
	ErrProofMissing = errors.New("the act carries no proof")
	ErrProofKey     = errors.New("the proof's key is not known")
	ErrProofWrong   = errors.New("the proof does not fit the act")
)

// VerifyProof checks a person's act against the public keys the company published.
func VerifyProof(keys map[string]ed25519.PublicKey, caseID string, a Act) error {
	if a.Proof == nil {
		return ErrProofMissing
	}
	key, ok := keys[a.Proof.Key]
	if !ok || a.Proof.Algorithm != "ed25519" || len(key) != ed25519.PublicKeySize {
		return ErrProofKey
	}
	sig, err := base64.StdEncoding.DecodeString(a.Proof.Signature)
	if err != nil || !ed25519.Verify(key, a.Signed(caseID), sig) {
		return ErrProofWrong
	}
	return nil
}

// Facts are what the world was like when an act was decided: read in one transaction by the decision activity,
// recorded in the history, and used again by workflow and audit. Nothing else may influence the outcome.
type Facts struct {
	At       time.Time `json:"at"`
	Revision int64     `json:"revision"`         // of the directory
	Active   bool      `json:"active,omitempty"` // the actor works here with an enabled account
	Proof    bool      `json:"proof,omitempty"`  // the proof holds
	// Openings are the steps that this act opens or resolves again, in the order the engine asked for them.
	Openings []Opening `json:"openings,omitempty"`
	// Roles are the actor's, where the act needs an office (assign).
	Roles []Role `json:"roles,omitempty"`
	// Chain are the delegations that lead from Act.For to the actor at this moment, in order.
	Chain []Delegation `json:"chain,omitempty"`
	// People are those an act names, as the directory knows them.
	People []PersonFact `json:"people,omitempty"`
	// Plan is the route that the case's policy version gives the new material (resubmit).
	Plan *RoutePlan `json:"plan,omitempty"`
	// Barred says why the world does not allow the act: the new name is taken meanwhile.
	Barred Reason `json:"barred,omitempty"`
}

// PersonFact is what an act needs to know of somebody it names.
type PersonFact struct {
	ID     EmployeeID `json:"id"`
	Active bool       `json:"active,omitempty"`
	Roles  []Role     `json:"roles,omitempty"`
}

// Opening answers a Need: whom the directory names, and by when.
type Opening struct {
	Step       int        `json:"step"`
	Resolution Resolution `json:"resolution,omitzero"`
	Due        Due        `json:"due"`
	// Superior is the next person up who may be asked instead of Need.Above; empty Person: there is none.
	Superior Assignment `json:"superior,omitzero"`
	// Replaced names who is asked instead of people of Need.Holders who left.
	Replaced []Replacement `json:"replaced,omitempty"`
	// Copies are whom the step's cc rules name.
	Copies []EmployeeID `json:"copies,omitempty"`
}

// Replacement is who takes the place of somebody who left.
type Replacement struct {
	Person EmployeeID `json:"person"`
	By     EmployeeID `json:"by,omitempty"` // empty: nobody can be found
	Why    Why        `json:"why"`
}

// Need is what the engine must know before it can finish an act.
type Need struct {
	Step    int  `json:"step"`    // index
	Resolve bool `json:"resolve"` // people too, not only the deadline

	Since   time.Time    `json:"since,omitzero"`    // the deadline counts from here; zero: from now
	Holders []EmployeeID `json:"holders,omitempty"` // people whose places no rule made: who left is replaced by their superior
	Above   EmployeeID   `json:"above,omitempty"`   // whose superior is asked for
	Not     []EmployeeID `json:"not,omitempty"`     // who does not come into question as Superior
	Minutes int          `json:"minutes,omitempty"` // a deadline of so many working minutes that belongs to no step (Step is -1)
	People  []EmployeeID `json:"people,omitempty"`  // Facts.People for these
	Plan    bool         `json:"plan,omitempty"`    // Facts.Plan (and Barred) for the act's material
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

// Reason says why an act was refused or a slot closed: a stable code for API, page and audit.
type Reason string

// The reasons.
const (
	ReasonNotApprover  Reason = "not_an_approver"      // holds no slot in this round
	ReasonNotYourTurn  Reason = "not_your_turn"        // the slot is not open yet
	ReasonOwnMatter    Reason = "separation_of_duties" // party to the request
	ReasonInactive     Reason = "account_disabled"     // left, or disabled
	ReasonStale        Reason = "material_changed"     // decided on an old version or digest
	ReasonProof        Reason = "proof_invalid"
	ReasonNotRequester Reason = "not_the_requester"
	ReasonDecided      Reason = "already_decided" // the slot has a decision
	ReasonSettled      Reason = "step_settled"    // another's decision settled the step
	ReasonLost         Reason = "slot_lost"       // the directory moved the slot to somebody else
	ReasonEnded        Reason = "case_ended"
	ReasonUnknownAct   Reason = "unknown_act"
	ReasonNotDue       Reason = "not_due"
	ReasonNobody       Reason = "nobody_to_ask" // needs a hand

	ReasonNoDelegation  Reason = "no_delegation"      // not, or no longer, in force for this person and request
	ReasonCountsOnce    Reason = "counts_once"        // has another place in the step: one person counts once
	ReasonTargetParty   Reason = "target_is_party"    // the person named is party to the request
	ReasonTargetAway    Reason = "target_inactive"    // the person named left, or the account is disabled
	ReasonTargetRole    Reason = "target_lacks_role"  // the place is for holders of a role
	ReasonTargetAsked   Reason = "target_has_a_place" // the person named is asked in this step already
	ReasonHops          Reason = "too_many_hops"
	ReasonTooManyAdded  Reason = "too_many_added"
	ReasonNotAllowed    Reason = "not_allowed_by_policy"
	ReasonNoComment     Reason = "comment_required"
	ReasonNoSuchStep    Reason = "no_such_step" // return: not a step already passed
	ReasonTooSoon       Reason = "urged_too_soon"
	ReasonNobodyWaits   Reason = "nobody_can_act_now" // urge: nobody is asked
	ReasonUnchanged     Reason = "material_unchanged"
	ReasonNotReturned   Reason = "not_returned"
	ReasonNameTaken     Reason = "name_taken"
	ReasonWaitsForAdded Reason = "waits_for_added" // the caller's place waits for those added before
	ReasonNotProcess    Reason = "not_a_process_admin"
	// Why a slot closed.
	ReasonReturned   Reason = "returned"       // the request was sent back
	ReasonEscalated  Reason = "escalated"      // the superior decides instead
	ReasonTimedOut   Reason = "timed_out"      // the deadline passed and the policy lets the step pass
	ReasonAddedNo    Reason = "added_rejected" // somebody added before said no
	ReasonReassigned Reason = "reassigned"     // a process administrator named somebody else
	ReasonAmended    Reason = "amended"        // the material changed: approvals are void
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

	EffectUrge     EffectKind = "urge"        // People are urged by somebody
	EffectCopy     EffectKind = "copy"        // People got a copy
	EffectEscalate EffectKind = "escalated"   // People learn that a superior was asked beside or instead of them
	EffectReturn   EffectKind = "returned"    // People (the requester) may change and submit again
	EffectActedFor EffectKind = "acted_for"   // People learn that somebody decided in their name
	EffectRevoke   EffectKind = "revoke_case" // approved revocation: the subject is revoked, its group wound up
	EffectRename   EffectKind = "rename"      // the material changed: the name reservation moves with it
)

// Effect is one thing to carry out.
type Effect struct {
	Kind   EffectKind   `json:"kind"`
	People []EmployeeID `json:"people,omitempty"`
	Slot   string       `json:"slot,omitempty"`
}

// Verdict is what Decide says of an act.
type Verdict struct {
	Answer
	Effects []Effect `json:"effects,omitempty"`
	Need    *Need    `json:"need,omitempty"` // set: call again with one more Opening; state and answer are void
}
