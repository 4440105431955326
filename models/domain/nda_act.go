package domain

import "time"

// NDAAct is one thing done to an agreement: the payload of the signal to nda-{id}, or the system's own step. Its ID makes
// it happen once.
type NDAAct struct {
	ID     string      `json:"id"`
	Kind   NDAActKind  `json:"kind"`
	Actor  EmployeeID  `json:"actor,omitempty"` // empty: the system
	At     time.Time   `json:"at"`
	Proof  *Proof      `json:"proof,omitempty"`
	From   time.Time   `json:"from,omitzero"`    // view: opened, by the server's clock
	Until  time.Time   `json:"until,omitzero"`   // view: read to the end; lapse: the end of the grace, zero: by the rules
	Check  NDACheck    `json:"check,omitempty"`  // verify: how the service checked who it is
	Sign   *NDASigning `json:"sign,omitempty"`   // sign, paper
	Reason *Ref        `json:"reason,omitempty"` // decline, void: the text, sealed under the agreement's key
	Rule   string      `json:"rule,omitempty"`   // void, terminate by the system: a stable word
	Again  bool        `json:"again,omitempty"`  // void by the system: the signer is asked anew at once
	By     string      `json:"by,omitempty"`     // supersede: the agreement that takes its place
	Seal   *NDASeal    `json:"seal,omitempty"`
	Code   string      `json:"code,omitempty"` // seal_failed
}

// Person tells whether people do this, as opposed to the system. Voiding and terminating are both: the system's carry a rule.
func (a NDAAct) Person() bool { return a.Actor != "" }

// AsAct gives the act the form whose bytes a proof signs: one signing rule for every process.
func (a NDAAct) AsAct() Act {
	act := Act{ID: a.ID, Kind: ActKind("nda." + string(a.Kind)), Actor: a.Actor, At: a.At, Proof: a.Proof, Comment: a.Reason}
	said := a
	said.ID, said.Kind, said.Actor, said.At, said.Proof, said.Reason = "", "", "", time.Time{}, nil, nil
	act.Digest = StateDigest(said)
	return act
}

// NDAFacts are the recorded facts of one act on an agreement.
type NDAFacts struct {
	At      time.Time `json:"at"`
	Active  bool      `json:"active,omitempty"` // the actor works here with an enabled account
	Proof   bool      `json:"proof,omitempty"`
	Roles   []Role    `json:"roles,omitempty"`   // of the actor
	Admin   bool      `json:"admin,omitempty"`   // the actor administers the group
	Present bool      `json:"present,omitempty"` // terminate: the signer still works here, and can be asked
	Passkey bool      `json:"passkey,omitempty"` // sign: the passkey's assertion holds over the agreement's digest, and the passkey is the signer's
	Dates   *NDADates `json:"dates,omitempty"`
}

// NDADates are the days that follow from an act, computed by the activity with the calendar of that day (temporal.md 26).
type NDADates struct {
	Calendar string      `json:"calendar"`
	Remind   []time.Time `json:"remind,omitempty"`
	Due      time.Time   `json:"due,omitzero"`
	Lapses   time.Time   `json:"lapses,omitzero"`
	Survives time.Time   `json:"survives,omitzero"`
}

// The effects of acts on agreements. Those that begin with "clear" or "ask" are carried out, all others are news for
// Effect.People; with Admins also for the admins of the group.
const (
	EffectNDAAsk      EffectKind = "nda_ask"      // the signer is asked to sign
	EffectNDARemind   EffectKind = "nda_remind"   // the signer has not signed yet
	EffectNDASealed   EffectKind = "nda_sealed"   // the signer: it is in force
	EffectNDADeclined EffectKind = "nda_declined" // admins
	EffectNDAExpired  EffectKind = "nda_expired"  // the signer and the admins
	EffectNDAVoided   EffectKind = "nda_voided"   // the signer; Slot: the rule, empty: a person's decision
	EffectNDALapsed   EffectKind = "nda_lapsed"   // the signer: a new version is to be signed
	EffectNDAReturn   EffectKind = "nda_return"   // the signer left: confirm that everything is returned or erased
	EffectNDAReturned EffectKind = "nda_returned" // admins: it was confirmed
	EffectNDALeft     EffectKind = "nda_left"     // HR: the signer left the company; confirm for them what nda_return asks
	EffectNDAFault    EffectKind = "nda_fault"    // legal and security: the document cannot be made by itself
	EffectNDACounter  EffectKind = "nda_counter"  // who can sign for the company: agreements wait; told once until looked at
	EffectClear       EffectKind = "clear_person" // carried out: the groups look again whether the signer may be in
	EffectAskAnew     EffectKind = "ask_anew"     // carried out: the signer is asked for an agreement again
	EffectSupersede   EffectKind = "supersede"    // carried out: earlier agreements of the signer for the group are superseded
)

// Reasons of refusals on agreements.
const (
	ReasonNotSigner   Reason = "not_the_signer"
	ReasonNotRead     Reason = "not_read_to_the_end"
	ReasonNoConsent   Reason = "consent_missing"
	ReasonNoSignature Reason = "signature_missing"
	ReasonWeakCheck   Reason = "identity_check_too_weak"
	ReasonOldCheck    Reason = "identity_check_too_old"
	ReasonNoPasskey   Reason = "passkey_invalid"
	ReasonOnPaper     Reason = "only_on_paper"
	ReasonNotCounter  Reason = "not_the_countersigner"
	ReasonNotLeft     Reason = "still_in_the_group" // nothing to return: the agreement has not ended
	ReasonNoSuchFault Reason = "nothing_to_retry"
	ReasonNotNDALegal Reason = "not_admin_nor_legal"
)
