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
	ActRemind    ActKind = "remind"            // system: a reminder is due
	ActExpire    ActKind = "expire"            // system: a deadline passed
	ActDirectory ActKind = "directory_changed" // system: the directory moved on
)

// Person tells whether people do this, as opposed to the system.
func (k ActKind) Person() bool { return k == ActDecide || k == ActWithdraw || k == ActComment }

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
}

// Opening answers a Need: whom the directory names, and by when.
type Opening struct {
	Step       int        `json:"step"`
	Resolution Resolution `json:"resolution,omitzero"`
	Due        Due        `json:"due"`
}

// Need is what the engine must know before it can finish an act.
type Need struct {
	Step    int  `json:"step"`    // index
	Resolve bool `json:"resolve"` // people too, not only the deadline
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
