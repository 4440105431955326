package service

import (
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// SlotView is one approver's place on the route, as everywhere drawn.
type SlotView struct {
	ID        string            `json:"id"` // empty in a preview
	Person    PersonRef         `json:"person"`
	Status    domain.SlotStatus `json:"status"`
	Closed    domain.Reason     `json:"closed,omitempty"`
	Why       WhyView           `json:"why"`
	Opened    *time.Time        `json:"opened,omitempty"`
	Due       *time.Time        `json:"due,omitempty"`
	Outcome   domain.Outcome    `json:"outcome,omitempty"`
	DecidedBy *PersonRef        `json:"decided_by,omitempty"`
	DecidedAt *time.Time        `json:"decided_at,omitempty"`
	Comment   string            `json:"comment,omitempty"`
	Mine      bool              `json:"mine"`

	DecidedFor *PersonRef        `json:"decided_for,omitempty"`  // capacity: DecidedBy decided in this person's name
	Origin     domain.SlotOrigin `json:"origin,omitempty"`       // empty: the policy's rule
	From       string            `json:"from,omitempty"`         // the place it came from
	FromPerson *PersonRef        `json:"from_person,omitempty"`  // … and whose it is
	Mode       domain.AddMode    `json:"mode,omitempty"`         // added: how it stands to From
	Hops       int               `json:"hops,omitempty"`         // transfers and additions that led here
	Class      string            `json:"class,omitempty"`        // quorum: the class it counts in
	Also       []string          `json:"also,omitempty"`         // … or could
	Carried    string            `json:"carried_from,omitempty"` // the place whose decision counts here too
	Remind     []time.Time       `json:"remind,omitempty"`       // when reminders go out
	Ladder     []RungView        `json:"ladder,omitempty"`       // escalations before the deadline
	Urged      *time.Time        `json:"urged,omitempty"`        // last
}

// RungView is an escalation with its moment.
type RungView struct {
	At   time.Time       `json:"at"`
	Do   domain.RungKind `json:"do"`
	Done bool            `json:"done"`
}

// WhyView explains how a person came to a slot, names filled in.
type WhyView struct {
	domain.Why
	DepartmentName string     `json:"department_name,omitempty"`
	InsteadOfRef   *PersonRef `json:"instead_of_person,omitempty"`
}

// StepView is one step on the route.
type StepView struct {
	Key         string            `json:"key"`
	Label       domain.Label      `json:"label"`
	Why         domain.Label      `json:"why"`
	Kind        domain.StepKind   `json:"kind"`
	Need        int               `json:"need,omitempty"`
	Status      domain.StepStatus `json:"status"`
	Slots       []SlotView        `json:"slots"`
	Dropped     []PersonRef       `json:"dropped,omitempty"` // fell away: party to the request
	Due         *time.Time        `json:"due,omitempty"`     // preview: if every earlier step takes its full time
	Minutes     int               `json:"deadline_minutes"`
	Provisional bool              `json:"provisional,omitempty"`
	Unresolved  bool              `json:"unresolved,omitempty"` // nobody can be asked: the process administrators' queue

	Number int              `json:"number"`           // from 1; what a return names
	Minima []MinimumView    `json:"minima,omitempty"` // quorum
	Final  domain.StepFinal `json:"final,omitempty"`  // what a passed deadline makes of it; empty: expired
}

// MinimumView is how many of a class must agree.
type MinimumView struct {
	Class string `json:"class"`
	Need  int    `json:"need"`
}

// RouteView is the route of a case or preview, or an earlier pass over it.
type RouteView struct {
	Policy string     `json:"policy"`
	Name   string     `json:"name"`
	Round  int        `json:"round"`
	Steps  []StepView `json:"steps"`

	// Of an earlier round: its decisions are void but stay visible.
	Void     bool          `json:"void,omitempty"`
	Digest   string        `json:"digest,omitempty"`    // of the material decided on then
	From     int           `json:"from,omitempty"`      // the first step that was sent back, from 1; Steps begins there
	Ended    domain.Reason `json:"ended,omitempty"`     // returned, amended
	EndedBy  *PersonRef    `json:"ended_by,omitempty"`  // who sent it back or changed the material
	EndedFor *PersonRef    `json:"ended_for,omitempty"` // in whose name, by delegation
	EndedAt  *time.Time    `json:"ended_at,omitempty"`
	Comment  string        `json:"comment,omitempty"` // why
}

// CaseSummary is a case in a list.
type CaseSummary struct {
	ID        string             `json:"id"`
	Number    string             `json:"number"`
	Kind      domain.RequestKind `json:"kind"`
	Title     string             `json:"title"`
	Tier      domain.Tier        `json:"tier"`
	Digest    string             `json:"digest"` // of the material; a decision names it
	Version   int                `json:"version"`
	Status    domain.CaseStatus  `json:"status"`
	NeedsHand string             `json:"needs_hand,omitempty"`
	Requester PersonRef          `json:"requester"`
	Waiting   []PersonRef        `json:"waiting,omitempty"` // who has it now
	Due       *time.Time         `json:"due,omitempty"`
	Submitted time.Time          `json:"submitted"`
	Changed   time.Time          `json:"changed"`
	GroupID   string             `json:"group_id,omitempty"` // once approved; the register shows it a moment later. Of a change: the group it is about
	Subject   string             `json:"subject,omitempty"`  // revocation: the case that it revokes
}

// HandItem is a case that cannot go on by itself, for the process administrators.
type HandItem struct {
	CaseSummary
	Reason string     `json:"reason"`          // nobody_to_ask, projection_refused
	Since  time.Time  `json:"since"`           // in the queue
	Until  *time.Time `json:"until,omitempty"` // it expires by itself
	Step   *StepBrief `json:"step,omitempty"`  // the step at work
	Rules  []RuleView `json:"unresolved,omitempty"`
	Slots  []SlotView `json:"slots,omitempty"` // places of the step that are undecided: what an assignment may name
}

// StepBrief names a step.
type StepBrief struct {
	Number int          `json:"number"` // from 1
	Key    string       `json:"key"`
	Label  domain.Label `json:"label"`
}

// RuleView is a rule of the policy that finds nobody now.
type RuleView struct {
	Key        string         `json:"key"` // leader:…, role:…, person:…, threshold
	Department *DepartmentRef `json:"department,omitempty"`
	Role       domain.Role    `json:"role,omitempty"`
	Person     *PersonRef     `json:"person,omitempty"`
}

// InboxItem is one thing that waits for me: a slot to decide, or a group in which something is to be done.
type InboxItem struct {
	Kind    string      `json:"kind"` // decide, confirm, confirm_deleted, group
	Slot    string      `json:"slot,omitempty"`
	Case    CaseSummary `json:"case,omitzero"` // to decide; the filing of a group to confirm
	Digest  string      `json:"digest,omitempty"`
	Version int         `json:"version,omitempty"`
	Opened  time.Time   `json:"opened"`
	Due     *time.Time  `json:"due,omitempty"`
	GroupID string      `json:"group_id,omitempty"`
	Group   *InboxGroup `json:"group,omitempty"`
	Tasks   []InboxTask `json:"tasks,omitempty"` // what is to be done in the group, the most urgent first
	For     *PersonRef  `json:"for,omitempty"`   // whose place it is, when the reader stands in for somebody
}

// InboxGroup is the group in which something waits.
type InboxGroup struct {
	Number string            `json:"number"`
	Name   string            `json:"name"`
	Tier   domain.Tier       `json:"tier"`
	State  domain.GroupState `json:"state"`
}

// InboxTask is one kind of thing to do in a group.
type InboxTask struct {
	Kind  string     `json:"kind"` // confirm, confirm_deleted, operations, renewal, findings, consent, appointment, unfreeze
	N     int        `json:"n"`    // how many of them
	Since time.Time  `json:"since"`
	Due   *time.Time `json:"due,omitempty"` // what the rules do then, if nobody does anything
}

// FilingView is a filing with names.
type FilingView struct {
	domain.Filing
	DepartmentRefs []DepartmentRef `json:"department_refs"`
	AdminRefs      []PersonRef     `json:"admin_refs"`
	MemberRefs     []PersonRef     `json:"member_refs"`
}

// CaseView is a case in full, for those who may read it.
type CaseView struct {
	CaseSummary
	Filing    *FilingView         `json:"filing,omitempty"` // nil: shredded. Of a revocation: what was approved and would be revoked
	Post      *domain.PostRequest `json:"post,omitempty"`   // of a publication: what is decided on, without a word of it
	Policy    string              `json:"policy"`
	Calendar  string              `json:"calendar,omitempty"`
	Route     RouteView           `json:"route"`
	Earlier   []RouteView         `json:"earlier,omitempty"` // earlier rounds
	Relations []Relation          `json:"relations"`         // of the reader
	Can       []string            `json:"can"`               // acts open to the reader now: decide, return, transfer, add_signers, urge, copy, withdraw, resubmit, comment, assign, revoke, confirm
	MySlot    string              `json:"my_slot,omitempty"` // the slot I can decide now
	Group     *GroupRow           `json:"group,omitempty"`
	Decided   *time.Time          `json:"decided,omitempty"`

	With        ActOptions    `json:"with"`                  // what the acts of Can need
	Copies      []CopyView    `json:"copies,omitempty"`      // who may read without deciding
	ReturnDue   *time.Time    `json:"return_due,omitempty"`  // sent back: until when the requester may submit again
	HandDue     *time.Time    `json:"hand_due,omitempty"`    // nobody to ask: until when a hand must help
	Revokes     *CaseSummary  `json:"revokes,omitempty"`     // of a revocation: the case it is about
	Reason      string        `json:"reason,omitempty"`      // of a revocation or a change: why
	Was         *FilingView   `json:"was,omitempty"`         // of a change: how the group read when it was asked for
	Changes     []Difference  `json:"changes,omitempty"`     // of a change: what it sets otherwise
	Applied     *AppliedView  `json:"applied,omitempty"`     // of an approved change: what the group made of it
	Revocations []CaseSummary `json:"revocations,omitempty"` // of an approved case: asked for, newest first
}

// ActOptions is what a reader's acts need: each list is made by trying the act on the rules, so that what is offered is
// what would be taken.
type ActOptions struct {
	For            []PersonRef `json:"for,omitempty"`             // decide, return: in whose name, by delegation
	ReturnTo       []StepBrief `json:"return_to,omitempty"`       // return: number 0 is the start
	AddModes       []string    `json:"add_modes,omitempty"`       // add_signers: before, after, parallel
	UrgeFrom       *time.Time  `json:"urge_from,omitempty"`       // the requester can urge again from then on
	Assign         []string    `json:"assign,omitempty"`          // assign: places that can be given to somebody else
	AssignMissing  bool        `json:"assign_missing,omitempty"`  // assign: somebody can be named where nobody was found
	RevocableUntil *time.Time  `json:"revocable_until,omitempty"` // revoke
	RevisesRound   bool        `json:"revises,omitempty"`         // resubmit: while in approval, which voids the approvals given
}

// CopyView is somebody who may read along.
type CopyView struct {
	Person PersonRef  `json:"person"`
	By     *PersonRef `json:"by,omitempty"` // nil: the policy
	At     time.Time  `json:"at"`
}

// TimelineEntry is one act in the case's history, from the audit stream: codes and names; sentences are made by the page.
type TimelineEntry struct {
	Seq       int            `json:"seq"`
	Workflow  string         `json:"workflow"` // case-… or group-…
	Act       string         `json:"act_id"`
	Kind      string         `json:"kind"`            // submitted, decide, withdraw, comment, return, …, remind, expire, directory_changed, group.confirm …
	Actor     *PersonRef     `json:"actor,omitempty"` // nil: the system
	Outcome   domain.Outcome `json:"outcome,omitempty"`
	Result    domain.Result  `json:"result"`
	Reason    domain.Reason  `json:"reason,omitempty"` // of a refusal; of an accepted expire: timed_out when the step passed all the same
	DecidedBy *PersonRef     `json:"decided_by,omitempty"`
	Slot      string         `json:"slot,omitempty"`
	Digest    string         `json:"digest,omitempty"`
	Comment   string         `json:"comment,omitempty"`
	At        time.Time      `json:"at"`
	People    []PersonRef    `json:"people,omitempty"` // reminded, newly asked
	Proof     bool           `json:"proof"`            // the act carries a proof that holds

	For   *PersonRef       `json:"for,omitempty"`   // in whose name
	To    []PersonRef      `json:"to,omitempty"`    // transferred to, added, assigned, copied
	Mode  domain.AddMode   `json:"mode,omitempty"`  // add_signers
	Step  int              `json:"step,omitempty"`  // return: the step gone back to, from 1; 0: the start
	Files []AttachmentView `json:"files,omitempty"` // comment
	Via   string           `json:"via,omitempty"`   // mail_link, batch
	About string           `json:"about,omitempty"` // a group's life: which date, operation, proposal, capability or rule
	Case  *CaseSummary     `json:"case,omitempty"`  // revocation_asked, revoked: the case that does it
}

// AttachmentView is a file of a comment: fetch it by its object.
type AttachmentView struct {
	Object    string `json:"object"`
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"` // bytes
}

// ActAnswer is what became of an act (design: answers to an act).
type ActAnswer struct {
	Result    domain.Result     `json:"result"`
	Reason    domain.Reason     `json:"reason,omitempty"`
	DecidedBy *PersonRef        `json:"decided_by,omitempty"`
	DecidedAt *time.Time        `json:"decided_at,omitempty"`
	Case      *CaseSummary      `json:"case,omitempty"`
	Status    domain.CaseStatus `json:"status,omitempty"`
	Pending   bool              `json:"pending,omitempty"` // 202: ask at the status address
	ActID     string            `json:"decision_id"`
	// Group is the state of the group that the act was on, as it is now.
	Group domain.GroupState `json:"group_state,omitempty"`
	// NDA is the state of the agreement that the act was on, as it is now.
	NDA domain.NDAState `json:"nda_state,omitempty"`
}

// BatchResult is what became of one decision of a batch: Answer, or Err with its reason.
type BatchResult struct {
	Case   string
	ActID  string
	Answer ActAnswer
	Err    *Error
}
