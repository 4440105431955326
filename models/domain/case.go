package domain

import "time"

// CaseStatus is where a request is on its way (semantics 1).
type CaseStatus string

// The states of a case. Draft and submitted are the API's; from then on only the workflow moves it.
const (
	CaseSubmitted  CaseStatus = "submitted"
	CaseInApproval CaseStatus = "in_approval"
	CaseApproved   CaseStatus = "approved"
	CaseReturned   CaseStatus = "returned"
	CaseRejected   CaseStatus = "rejected"
	CaseWithdrawn  CaseStatus = "withdrawn"
	CaseExpired    CaseStatus = "expired"
	CaseStopped    CaseStatus = "stopped"
	CaseRevoked    CaseStatus = "revoked"
)

// Final tells whether no act of approval can change the case any more.
func (s CaseStatus) Final() bool {
	switch s {
	case CaseApproved, CaseRejected, CaseWithdrawn, CaseExpired, CaseStopped, CaseRevoked:
		return true
	case CaseSubmitted, CaseInApproval, CaseReturned:
	}
	return false
}

// SlotStatus is the state of one accountable person's place in a step.
type SlotStatus string

// The states of a slot. Closed is never an approval: the step was settled, or the person lost the place.
const (
	SlotWaiting     SlotStatus = "waiting"
	SlotOpen        SlotStatus = "open"
	SlotApproved    SlotStatus = "approved"
	SlotRejected    SlotStatus = "rejected"
	SlotTransferred SlotStatus = "transferred"
	SlotClosed      SlotStatus = "closed"
	SlotCarriedOver SlotStatus = "carried_over"
)

// StepStatus is the state of a step.
type StepStatus string

// The states of a step.
const (
	StepWaiting StepStatus = "waiting"
	StepOpen    StepStatus = "open"
	StepPassed  StepStatus = "passed"
	StepFailed  StepStatus = "failed"
	StepClosed  StepStatus = "closed" // the case ended before or while it was worked
)

// RequestKind names the process a case belongs to.
type RequestKind string

// The kinds of request.
const (
	KindFiling      RequestKind = "group_filing"
	KindChange      RequestKind = "group_change" // of a group that stands: tier, type, outsiders, admins and the rest of its filing (R6.1)
	KindPublication RequestKind = "publication"  // of a post (semantics 3)
	KindTopic       RequestKind = "topic"        // a topic at risk, stopped and handed to the department responsible (R3.3.2)
	KindRevocation  RequestKind = "revocation"   // of an approved case, within the policy's window (semantics 1: revoke)
)

// Case is the whole state of one request's approval. The workflow holds it, the projection stores it, the auditor
// recomputes it. It carries ids, digests and verdicts, never texts or names.
type Case struct {
	ID        string      `json:"id"`
	Number    string      `json:"number"` // G-2026-00042
	Kind      RequestKind `json:"kind"`
	Tier      Tier        `json:"tier"`
	Status    CaseStatus  `json:"status"`
	NeedsHand string      `json:"needs_hand,omitempty"` // reason code; empty: none needed
	Parties   Parties     `json:"parties"`
	Version   int         `json:"version"` // of the request; a material change raises it
	Digest    string      `json:"digest"`  // of the material decided on: sha256:…
	Round     int         `json:"round"`
	Policy    string      `json:"policy"`
	Route     string      `json:"route"`
	Steps     []Step      `json:"steps"`
	Past      []Round     `json:"past,omitempty"`
	Seq       int         `json:"seq"` // one per recorded act, 0 is the submission
	Submitted time.Time   `json:"submitted"`
	Decided   time.Time   `json:"decided,omitzero"`
	Revision  int64       `json:"revision"` // of the directory last looked at
	Answers   []Answer    `json:"answers,omitempty"`
	Rules     CaseRules   `json:"rules,omitzero"`
	Subject   string      `json:"subject,omitempty"`   // revocation: the id of the case it revokes
	Copies    []Copy      `json:"copies,omitempty"`    // who may read without deciding (抄送)
	ReturnDue Due         `json:"return_due,omitzero"` // returned: until when the requester may submit again
	HandDue   Due         `json:"hand_due,omitzero"`   // nobody to ask: when the administrators are reminded, and when it expires
}

// Copy is somebody who may read a case without a say in it.
type Copy struct {
	Person EmployeeID `json:"person"`
	By     EmployeeID `json:"by,omitempty"` // empty: the policy
	At     time.Time  `json:"at"`
}

// Round is an earlier pass over the route, kept visible after a return.
type Round struct {
	Number int    `json:"number"`
	Digest string `json:"digest"`
	From   int    `json:"from,omitempty"` // index of the first step that was sent back; Steps begins there
	Steps  []Step `json:"steps"`
}

// Step is one step at work.
type Step struct {
	Plan    StepPlan   `json:"plan"`
	Status  StepStatus `json:"status"`
	Slots   []Slot     `json:"slots,omitempty"`
	Opened  time.Time  `json:"opened,omitzero"`
	Settled time.Time  `json:"settled,omitzero"`
}

// Slot is one accountable person's place in a step.
type Slot struct {
	ID       string     `json:"id"` // r1.s2.p3: round, step, place, all from 1
	Person   EmployeeID `json:"person"`
	Keys     []string   `json:"keys"`
	Class    string     `json:"class,omitempty"`
	Why      Why        `json:"why"`
	Status   SlotStatus `json:"status"`
	Closed   Reason     `json:"closed,omitempty"` // why a closed slot was closed
	Opened   time.Time  `json:"opened,omitzero"`
	Due      Due        `json:"due,omitzero"`
	Reminded int        `json:"reminded,omitempty"` // how many reminders went out
	Decision *Decision  `json:"decision,omitempty"`

	Also    []string   `json:"also,omitempty"`         // further classes the person stands for; counted in one only
	Origin  SlotOrigin `json:"origin,omitempty"`       // empty: the policy's rule
	From    string     `json:"from,omitempty"`         // the place it came from: transferred, added, escalated, assigned
	Mode    AddMode    `json:"mode,omitempty"`         // added: how it stands to From
	Hops    int        `json:"hops,omitempty"`         // transfers and additions that led here
	Rung    int        `json:"rung,omitempty"`         // rungs of the ladder done
	Urged   time.Time  `json:"urged,omitzero"`         // when it was last urged
	Carried string     `json:"carried_from,omitempty"` // carried over: the place that was decided
}

// SlotOrigin says how a place came to be.
type SlotOrigin string

// The origins beside the policy's rules.
const (
	OriginTransfer  SlotOrigin = "transfer"
	OriginAdded     SlotOrigin = "added"
	OriginEscalated SlotOrigin = "escalated" // a superior, by the ladder
	OriginAssigned  SlotOrigin = "assigned"  // by the process administrators
	OriginReplaced  SlotOrigin = "replaced"  // instead of a person added or transferred to, who left
)

// AddMode says how an added approver stands to the one who added them (加签).
type AddMode string

// The modes of adding an approver.
const (
	AddBefore   AddMode = "before"   // the caller's place waits until the added ones approve, then the caller decides
	AddAfter    AddMode = "after"    // the caller's approval counts now, the step waits for the added ones
	AddParallel AddMode = "parallel" // one more place in the step
)

// Due is a deadline as the calendar computed it once, with the calendar's version (temporal.md 26).
type Due struct {
	At       time.Time   `json:"at"`
	Remind   []time.Time `json:"remind,omitempty"`
	Calendar string      `json:"calendar"`
	Ladder   []DueRung   `json:"ladder,omitempty"` // escalations before At
	// Provisional: the calendar has no data for a year the span touches; only weekends were counted.
	Provisional bool `json:"provisional,omitempty"`
}

// DueRung is a rung of the escalation ladder with its moment.
type DueRung struct {
	At time.Time `json:"at"`
	Do RungKind  `json:"do"`
}

// Outcome is what a person decided.
type Outcome string

// The outcomes of a decision.
const (
	Approve Outcome = "approve"
	Reject  Outcome = "reject"
)

// Decision is what a person decided, on which material, with the proof that it was theirs.
type Decision struct {
	Act     string     `json:"act"` // the decision_id
	Outcome Outcome    `json:"outcome"`
	By      EmployeeID `json:"by"`
	For     EmployeeID `json:"for,omitempty"` // on whose behalf (delegation)
	At      time.Time  `json:"at"`
	Digest  string     `json:"digest"`
	Version int        `json:"version"`
	Comment *Ref       `json:"comment,omitempty"`
	Under   []string   `json:"under,omitempty"` // ids of the delegations from For to By
}

// Current returns the index of the step at work, or -1 when none is open.
func (c *Case) Current() int {
	for i := range c.Steps {
		if c.Steps[i].Status == StepOpen {
			return i
		}
	}
	return -1
}

// OpenSlots lists the places that wait for a decision now.
func (c *Case) OpenSlots() []Slot {
	i := c.Current()
	if i < 0 {
		return nil
	}
	var out []Slot
	for _, s := range c.Steps[i].Slots {
		if s.Status == SlotOpen {
			out = append(out, s)
		}
	}
	return out
}
