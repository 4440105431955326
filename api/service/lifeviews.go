package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// What the API and the pages show of a group's life after its birth (semantics 2).

// NextDate is the first of a group's dates, as lists show it.
type NextDate struct {
	Kind domain.DateKind `json:"kind"`
	At   time.Time       `json:"at"`
}

// DateView is one date with what it stands on.
type DateView struct {
	Kind    domain.DateKind `json:"kind"`
	At      time.Time       `json:"at"`
	Of      domain.DateKind `json:"of,omitempty"`    // a notice: of which date
	Days    int             `json:"days,omitempty"`  // the rule's span
	Moved   int             `json:"moved,omitempty"` // by how many days, because the day is no working day
	Rule    string          `json:"rule"`
	Cause   string          `json:"cause"`
	CauseAt time.Time       `json:"cause_at"`
	CauseBy *PersonRef      `json:"cause_by,omitempty"`
	Policy  string          `json:"policy"`
}

// LifeView is a group's life. What it tells of people is for those who may see the members.
type LifeView struct {
	Policy    string            `json:"policy"`
	Renewed   RenewedView       `json:"renewed"`
	Attest    string            `json:"attest,omitempty"`     // an admin: what a renewal attests now
	LatestEnd string            `json:"latest_end,omitempty"` // the last day to which it can be prolonged
	Dates     []DateView        `json:"dates"`
	Active    *time.Time        `json:"active,omitempty"`
	Frozen    *FreezeView       `json:"frozen,omitempty"`
	Holds     []HoldView        `json:"holds,omitempty"`
	Orphan    *OrphanView       `json:"orphan,omitempty"`
	Ops       []OpView          `json:"operations,omitempty"`
	Findings  []FindingView     `json:"findings,omitempty"`
	Gaps      []GapView         `json:"gaps,omitempty"`
	From      domain.GroupState `json:"from,omitempty"` // frozen, pending deletion: the state before
	Outside   int               `json:"outside,omitempty"`
	Inactive  *InactiveView     `json:"inactive,omitempty"` // where the policy has a rule for inactive members (R2.2.2)
}

// RenewedView is what the present term stands on.
type RenewedView struct {
	How domain.RenewalHow `json:"how"`
	At  time.Time         `json:"at"`
	By  *PersonRef        `json:"by,omitempty"`
}

// FreezeView says who or which rule froze a group.
type FreezeView struct {
	By         *PersonRef  `json:"by,omitempty"`
	Rule       string      `json:"rule,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	At         time.Time   `json:"at"`
	Implicated []PersonRef `json:"implicated,omitempty"`
	Unfreeze   *PersonRef  `json:"unfreeze,omitempty"` // the first of the two
	UnfreezeAt *time.Time  `json:"unfreeze_at,omitempty"`
}

// HoldView is a legal hold.
type HoldView struct {
	ID         string      `json:"id"`
	By         PersonRef   `json:"by"`
	At         time.Time   `json:"at"`
	Reason     string      `json:"reason,omitempty"`
	Custodians []PersonRef `json:"custodians,omitempty"`
	Mine       bool        `json:"mine,omitempty"` // the reader may release it
}

// OrphanView is whom an ownerless group asks.
type OrphanView struct {
	Since time.Time          `json:"since"`
	Stage domain.OrphanStage `json:"stage"`
	Asked []PersonRef        `json:"asked,omitempty"`
}

// OpView is something the platform is still to do.
type OpView struct {
	ID        string         `json:"id"`
	Kind      domain.OpKind  `json:"kind"`
	People    []PersonRef    `json:"people,omitempty"`
	Strangers int            `json:"strangers,omitempty"` // accounts that are nobody of ours
	State     domain.OpState `json:"state"`
	Code      string         `json:"code,omitempty"`
	Tries     int            `json:"tries"`
	At        time.Time      `json:"at"`
}

// FindingView is an open difference between platform and register.
type FindingView struct {
	ID      string             `json:"id"`
	Kind    domain.FindingKind `json:"kind"`
	Person  *PersonRef         `json:"person,omitempty"`
	Account string             `json:"account,omitempty"`
	Fields  []string           `json:"fields,omitempty"`
	Owner   *PersonRef         `json:"owner,omitempty"` // nil: the security officers
	Propose []domain.Proposal  `json:"propose"`
	At      time.Time          `json:"at"`
	Seen    int                `json:"seen"`
	Mine    bool               `json:"mine"` // the reader may resolve it
}

// GapView is something the platform cannot do.
type GapView struct {
	Capability string        `json:"capability"`
	Op         domain.OpKind `json:"op,omitempty"`
	At         time.Time     `json:"at"`
	People     []PersonRef   `json:"people,omitempty"`
	Seen       *PersonRef    `json:"seen,omitempty"`
}

// MemberView is a person's place in a group.
type MemberView struct {
	Person  PersonRef  `json:"person"`
	Role    string     `json:"role"`  // owner, admin, member
	State   string     `json:"state"` // domain.MemberState
	Since   time.Time  `json:"since"` // in the group since; who waits: asked for since
	Left    *time.Time `json:"left,omitempty"`
	Removed *time.Time `json:"removed,omitempty"`

	Agreement domain.AgreementState `json:"agreement,omitempty"` // where the group asks for one
	Training  domain.TrainingState  `json:"training,omitempty"`
	Missing   []domain.Missing      `json:"missing,omitempty"`
	LastOn    string                `json:"last_active,omitempty"` // for its admins and security: the last day they did something in it
	Owned     bool                  `json:"owned,omitempty"`       // requested: their department, or one above it, owns the group
	Said      string                `json:"said,omitempty"`        // requested: why they ask

	Notice *IdleView   `json:"notice,omitempty"` // inactive_notice: their removal is announced (R2.2.2)
	Exempt *ExemptView `json:"exempt,omitempty"` // an admin took them out of that rule
}

// IdleView is the announced notice to a silent member: the date, the rule, and what the silence is counted from.
type IdleView struct {
	At     time.Time        `json:"at"`
	Due    time.Time        `json:"due"`
	Since  time.Time        `json:"since"` // silent since
	Cause  domain.IdleCause `json:"cause"`
	Day    string           `json:"day,omitempty"` // cause activity: the day
	After  int              `json:"after"`         // the rule's days
	Days   int              `json:"days"`
	Rule   string           `json:"rule"`
	Policy string           `json:"policy"`
}

// ExemptView is an admin's word that a member's role asks for being there, not for speaking.
type ExemptView struct {
	By     PersonRef `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// InactiveView is how the rule of inactive members stands in a group, and whether anybody can tell who is silent there.
type InactiveView struct {
	After   int        `json:"after"`
	Notice  int        `json:"notice"`
	Source  string     `json:"source,omitempty"` // platform, reported; empty: activity is not known, and nobody is called inactive
	From    *time.Time `json:"seen_from,omitempty"`
	Until   *time.Time `json:"seen_until,omitempty"`
	Deaf    bool       `json:"deaf"`    // the platform cannot tell who does something: a capability gap
	Noticed int        `json:"noticed"` // members whose removal is announced
	Exempt  int        `json:"exempt"`
}

// Operations is what the platform is still to do, and what it cannot do.
type Operations struct {
	Items []OpView  `json:"items"`
	Gaps  []GapView `json:"gaps"`
}

// LookView is what a look at the platform found.
type LookView struct {
	At       time.Time `json:"at"`
	Findings int       `json:"findings"`
}

// RenewalView is a group to be renewed, with all that its admin attests at once.
type RenewalView struct {
	Group       GroupRow           `json:"group"`
	Due         DateView           `json:"due"`
	Purpose     string             `json:"purpose"`
	Admins      []PersonRef        `json:"admins"`
	Permissions domain.Permissions `json:"permissions"`
	Attest      string             `json:"attest"`
	Can         bool               `json:"can"` // it can be renewed now
}

// RenewalItem is the renewal of one group among several.
type RenewalItem struct {
	Group  string
	ID     string
	Digest string
	EndsOn string
}

// RenewalResult is what became of one renewal: Answer, or Err with its reason.
type RenewalResult struct {
	Group  string
	ActID  string
	Answer ActAnswer
	Err    *Error
}

// Figure is how many there are of something.
type Figure struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

// GroupStats are the company's groups in figures.
type GroupStats struct {
	At         time.Time `json:"at"`
	Total      int       `json:"total"` // not deleted
	States     []Figure  `json:"states"`
	Tiers      []Figure  `json:"tiers"`
	Types      []Figure  `json:"types"`
	Platforms  []Figure  `json:"platforms"`
	Flags      []Figure  `json:"flags"`
	Due        []Figure  `json:"due"`        // by month of the next date, 2026-12, this one first; later: the rest
	Findings   []Figure  `json:"findings"`   // open ones by age: day, week, month, older
	Operations []Figure  `json:"operations"` // pending, by_hand, failed
}

// GroupActInput is an act on a group's life as it came in. What a kind of act does not carry stays empty.
type GroupActInput struct {
	Kind       domain.GroupActKind
	ID         string
	Comment    string   // the reason; sealed before the act
	People     []string // by id or staff number
	Digest     string   // renew: what was seen
	EndsOn     string   // renew: a new end
	Op         string
	Hold       string
	Finding    string
	Proposal   domain.Proposal
	Capability string
	Screenshot Upload // op_confirm
	Refuse     bool   // review: the requests are refused
}
