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
const KindFiling RequestKind = "group_filing"

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
}

// Round is an earlier pass over the route, kept visible after a return.
type Round struct {
	Number int    `json:"number"`
	Digest string `json:"digest"`
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
}

// Due is a deadline as the calendar computed it once, with the calendar's version (temporal.md 26).
type Due struct {
	At       time.Time   `json:"at"`
	Remind   []time.Time `json:"remind,omitempty"`
	Calendar string      `json:"calendar"`
	// Provisional: the calendar has no data for a year the span touches; only weekends were counted.
	Provisional bool `json:"provisional,omitempty"`
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
