package domain

import "time"

// PostActKind names an act on an approved publication.
type PostActKind string

// The acts. Those without an actor are the system's.
const (
	PostActPlan     PostActKind = "plan"     // system: first act: when it goes out, and until when
	PostActDue      PostActKind = "due"      // system: its working hour has come: fit and digest are looked at once more
	PostActLapse    PostActKind = "lapse"    // system: the approval was not used in time
	PostActTry      PostActKind = "try"      // author: what kept it back is mended; look again
	PostActWithdraw PostActKind = "withdraw" // author: it shall not go out after all
	PostActPosted   PostActKind = "posted"   // system: Group, Receipt
	PostActByHand   PostActKind = "by_hand"  // system: Group: the admins are asked
	PostActGap      PostActKind = "gap"      // system: Group, Code: the platform cannot; the admins are asked
	PostActFailed   PostActKind = "failed"   // system: Group, Code: trying again did not help
	PostActRetry    PostActKind = "retry"    // author or admin: Group
	PostActConfirm  PostActKind = "confirm"  // admin: Group, Receipt with evidence, Digest of what was posted, or that it is recalled
	PostActRecall   PostActKind = "recall"   // author, an admin of a target group, security: Reason
	PostActRecalled PostActKind = "recalled" // system: Group, Receipt
	PostActArchive  PostActKind = "archive"  // author, admin, security: kept for later reference (R2.2.3)
)

// PostAct is one thing done to an approved publication: the payload of the signal to post-{id}, or the system's own step.
type PostAct struct {
	ID      string      `json:"id"`
	Kind    PostActKind `json:"kind"`
	Actor   EmployeeID  `json:"actor,omitempty"`
	At      time.Time   `json:"at"`
	Proof   *Proof      `json:"proof,omitempty"`
	Group   string      `json:"group,omitempty"`
	Receipt *Receipt    `json:"receipt,omitempty"`
	Code    string      `json:"code,omitempty"`
	Digest  string      `json:"digest,omitempty"` // confirm: of the content that was posted
	Reason  *Ref        `json:"reason,omitempty"` // recall, withdraw: sealed under the publication's key
}

// Person tells whether people do this, as opposed to the system.
func (a PostAct) Person() bool { return a.Actor != "" }

// AsAct gives the act the form whose bytes a proof signs: one signing rule for every process.
func (a PostAct) AsAct() Act {
	act := Act{ID: a.ID, Kind: ActKind("post." + string(a.Kind)), Actor: a.Actor, At: a.At, Proof: a.Proof, Comment: a.Reason}
	said := a
	said.ID, said.Kind, said.Actor, said.At, said.Proof, said.Reason = "", "", "", time.Time{}, nil, nil
	act.Digest = StateDigest(said)
	return act
}

// PostFacts are the recorded facts of one act on a publication.
type PostFacts struct {
	At      time.Time  `json:"at"`
	Active  bool       `json:"active,omitempty"` // the actor works here with an enabled account
	Proof   bool       `json:"proof,omitempty"`
	Roles   []Role     `json:"roles,omitempty"`   // of the actor
	Admin   bool       `json:"admin,omitempty"`   // the actor administers the group, or for a recall one of the target groups
	Content string     `json:"content,omitempty"` // due: the digest of what is sealed for posting, computed from its bytes
	Misfits []Misfit   `json:"misfits,omitempty"` // plan, due, try
	Dates   *PostDates `json:"dates,omitempty"`
}

// PostDates are the moments that follow from an approval, computed with the calendar of that day (temporal.md 26).
type PostDates struct {
	Calendar  string    `json:"calendar"`
	NotBefore time.Time `json:"not_before"`
	Until     time.Time `json:"until"`
}

// The effects of acts on publications. All are news for Effect.People; with Admins also for the admins of the group in Slot.
const (
	EffectPostMisfit   EffectKind = "post_misfit"   // the author: it was not posted, and who does not fit
	EffectPostDone     EffectKind = "post_done"     // the author: posted everywhere
	EffectPostLapsed   EffectKind = "post_lapsed"   // the author
	EffectPostStopped  EffectKind = "post_stopped"  // the author and security: it is not what was approved
	EffectPostByHand   EffectKind = "post_by_hand"  // the group's admins: post it and confirm; Slot: the group
	EffectPostFailed   EffectKind = "post_failed"   // the author and the group's admins
	EffectPostRecall   EffectKind = "post_recall"   // the group's admins: the platform cannot recall it; Slot: the group
	EffectPostRecalled EffectKind = "post_recalled" // the author: recalled everywhere
)

// Reasons of refusals on publications.
const (
	ReasonNotAuthor    Reason = "not_the_author"
	ReasonNotTarget    Reason = "not_a_target_group"
	ReasonMisfits      Reason = "readers_do_not_fit"
	ReasonOtherContent Reason = "not_what_was_approved"
)
