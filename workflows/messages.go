package workflows

import "github.com/qunbei/qunbei/models/domain"

// Signal names: shared constants, because a misspelt name succeeds silently (temporal.md 4).
const (
	SignalAct      = "act"       // to case-{id}: domain.Act
	SignalGroupAct = "group_act" // to group-{id}: domain.GroupAct
	SignalNDAAct   = "nda_act"   // to nda-{id}: domain.NDAAct
	SignalPostAct  = "post_act"  // to post-{id}: domain.PostAct
	QueryState     = "state"     // the whole state, as fallback for an answer (temporal.md 11)
)

// Workflow types, as registered.
const (
	CaseType  = "Case"
	GroupType = "Group"
	// ReconcileType compares a platform with the register.
	ReconcileType = "Reconcile"
	NDAType       = "NDA"
	PostType      = "Post"
)

// PlatformOpType is the activity that asks a platform for something: the auditor reads its input and answer.
const PlatformOpType = "PlatformOp"

// PostOpType is the activity that has a platform post or recall: the auditor reads its input and answer.
const PostOpType = "PostOp"

// SealNDAType is the activity that makes an agreement's document: the auditor reads its answer.
const SealNDAType = "SealNDA"

// CaseInput starts case-{id}. The state has its first step opened by domain.Begin at submission, or is the state
// carried over by continue-as-new.
type CaseInput struct {
	State   domain.Case `json:"state"`
	GroupID string      `json:"group_id,omitempty"` // the group an approved filing gives birth to
	// KeepTimer: a timer that rings no later than what is due next is kept, also when what it was set for is settled, and
	// the last one is left to the engine to forget. A timer set and cancelled for each step costs three events more for
	// two quick approvals. Runs of the first version cancel at once.
	KeepTimer bool `json:"keep_timer,omitempty"`
}

// CaseResult is what a closed case ends with.
type CaseResult struct {
	Status domain.CaseStatus `json:"status"`
	Digest string            `json:"digest"` // domain.StateDigest of the final state
	Seq    int               `json:"seq"`
}

// GroupInput starts group-{id}, or carries it over.
type GroupInput struct {
	State domain.Group `json:"state"`
	// Continued: the run goes on from another, and its first act takes over the rules in force. Runs of the first version
	// did not.
	Continued bool `json:"continued,omitempty"`
	// Most is after how many events a run is continued; 0: when the engine suggests it.
	Most int `json:"most,omitempty"`
}

// NDAInput starts nda-{id}, starts it again, or carries it over.
type NDAInput struct {
	State domain.NDA `json:"state"`
	// First is the act that an agreement which no run waits for is started again with.
	First *domain.NDAAct `json:"first,omitempty"`
	// Before is the run that ended with this state; empty: there was none, or the engine itself says which.
	Before string `json:"before,omitempty"`
	// Most is after how many events a run is continued; 0: when the engine suggests it.
	Most int `json:"most,omitempty"`
}

// NDAResult is what a run ends with.
type NDAResult struct {
	State  domain.NDAState `json:"state"`
	Digest string          `json:"digest"` // domain.StateDigest of the final state
	Seq    int             `json:"seq"`
}

// PostInput starts post-{id}, starts it again, or carries it over.
type PostInput struct {
	State domain.Post `json:"state"`
	// First is the act that a publication which no run waits for is started again with.
	First *domain.PostAct `json:"first,omitempty"`
	// Before is the run that ended with this state; empty: there was none, or the engine itself says which.
	Before string `json:"before,omitempty"`
	// Most is after how many events a run is continued; 0: when the engine suggests it.
	Most int `json:"most,omitempty"`
}

// PostResult is what a run ends with.
type PostResult struct {
	State  domain.PostState `json:"state"`
	Digest string           `json:"digest"` // domain.StateDigest of the final state
	Seq    int              `json:"seq"`
}
