package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Delegating is about whoever is away: handing approvals over, HR's list of absences, proposals from a calendar
// (semantics 1: 委托). key is the Idempotency-Key.
type Delegating interface {
	// Delegations lists what the actor handed over (given), was given (received), or both ("").
	Delegations(ctx context.Context, a Actor, side, cursor string, limit int) (Page[DelegationView], error)
	Delegate(ctx context.Context, a Actor, key string, in DelegationInput) (DelegationView, error)
	EndDelegation(ctx context.Context, a Actor, key, id string) (DelegationView, error)
	// ActedFor lists what others did in the actor's name.
	ActedFor(ctx context.Context, a Actor, cursor string, limit int) (Page[ActedForView], error)
	Proposals(ctx context.Context, a Actor) ([]AbsenceView, error)
	AcceptProposal(ctx context.Context, a Actor, key, id string, in DelegationInput) (DelegationView, error)
	DeclineProposal(ctx context.Context, a Actor, key, id string) (AbsenceView, error)
	ImportAbsences(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (AbsenceReport, error)
	AbsenceTemplate(ctx context.Context, a Actor) ([]byte, error)
	ImportCalendar(ctx context.Context, a Actor, key string, up Upload) (CalendarReport, error)
}

// DelegationInput is a delegation as it came in.
type DelegationInput struct {
	To     domain.EmployeeID
	Kinds  []domain.RequestKind // none: all that the policy lets be delegated
	From   string               // RFC 3339, or a date: its first moment in the company's zone; empty: now
	Until  string               // RFC 3339, or a date: the end of that day
	Reason string               // a code: leave, trip, training, other
	Note   string
}

// DelegationState says where a delegation is in its life.
type DelegationState string

// The states of a delegation.
const (
	DelegationPlanned DelegationState = "planned"
	DelegationInForce DelegationState = "in_force"
	DelegationEnded   DelegationState = "ended"
)

// DelegationView is a delegation for the two people and whoever set it.
type DelegationView struct {
	ID      string               `json:"id"`
	Giver   PersonRef            `json:"giver"`
	To      PersonRef            `json:"to"`
	Kinds   []domain.RequestKind `json:"kinds"` // none: all
	From    time.Time            `json:"from"`
	Until   time.Time            `json:"until"`
	Ended   *time.Time           `json:"ended,omitempty"` // early
	State   DelegationState      `json:"state"`
	Reason  string               `json:"reason,omitempty"`
	Note    string               `json:"note,omitempty"`
	SetBy   *PersonRef           `json:"set_by,omitempty"` // HR, when it was not the giver
	Created time.Time            `json:"created"`
	CanEnd  bool                 `json:"can_end,omitempty"`
}

// ActedForView is one act in somebody's name.
type ActedForView struct {
	CaseID  string            `json:"case_id"`
	Number  string            `json:"number"`
	Title   string            `json:"title"`
	Tier    domain.Tier       `json:"tier"`
	Status  domain.CaseStatus `json:"status"` // of the case, now
	Kind    string            `json:"kind"`   // decide, return
	Outcome domain.Outcome    `json:"outcome,omitempty"`
	By      PersonRef         `json:"by"`
	At      time.Time         `json:"at"`
}

// AbsenceView is a time that somebody is away, with who could stand in.
type AbsenceView struct {
	ID     string     `json:"id"`
	From   time.Time  `json:"from"`
	Until  time.Time  `json:"until"`
	Source string     `json:"source"` // hr, calendar
	State  string     `json:"state"`
	Deputy *PersonRef `json:"deputy,omitempty"` // suggested
}

// AbsenceReport says what HR's list comes to.
type AbsenceReport struct {
	DryRun bool             `json:"dry_run"`
	Counts map[string]int   `json:"counts"` // by result
	Rows   []AbsenceResult  `json:"rows"`
	Faults []DirectoryFault `json:"faults"`
}

// The results of a row of HR's list.
const (
	AbsenceDelegates = "delegates" // to the deputy named
	AbsenceProposes  = "proposes"  // the person is asked
	AbsenceUpdates   = "updates"   // what an earlier list said
	AbsenceUnchanged = "unchanged" // stands so already
	AbsenceOver      = "over"      // lies in the past
	AbsenceNoOffice  = "no_office" // the person approves nothing, so there is nothing to hand over
)

// AbsenceResult is one row of HR's list and what comes of it.
type AbsenceResult struct {
	Row    int        `json:"row"`
	Person PersonRef  `json:"person"`
	From   time.Time  `json:"from"`
	Until  time.Time  `json:"until"`
	Deputy *PersonRef `json:"deputy,omitempty"` // named, or suggested
	Result string     `json:"result"`
}

// CalendarReport says what a calendar file proposes.
type CalendarReport struct {
	Found     int           `json:"found"`   // times away that are not over
	Skipped   int           `json:"skipped"` // repeating ones, and those in a time zone that is not known
	Proposals []AbsenceView `json:"proposals"`
}
