package domain

import "time"

// LifeRules are the policy's rules for the life of a group after its birth (semantics 2, R6.1), as the group's workflow
// carries them: taken over when the group begins and again at each continuation, with the policy's version. All spans
// are calendar days in the company's zone.
type LifeRules struct {
	Policy     string            `json:"policy"`
	Tiers      map[Tier]TierLife `json:"tiers"`
	Temporary  EndLife           `json:"temporary"` // groups with an end date
	Ownerless  OwnerlessLife     `json:"ownerless"`
	Archived   int               `json:"archived,omitempty"`   // days an archived group is kept before its deletion is due; 0: for ever
	Deletion   int               `json:"deletion"`             // days between dissolution and deletion on the platform
	Discovered int               `json:"discovered,omitempty"` // days a group found on the platform may stay unfiled (R6.1)
	Outsiders  OutsiderLife      `json:"outsiders,omitzero"`   // people from outside, where a tier lets them in
	MaxLife    int               `json:"max_life,omitempty"`   // days a group with an end date may live, from its birth; 0: no bound
}

// TierLife is how a tier's groups are renewed.
type TierLife struct {
	Renew      int         `json:"renew"`                 // days an attestation holds
	Notices    []int       `json:"notices,omitempty"`     // days before the due date, descending: 30, 15, 1
	Grace      int         `json:"grace"`                 // days after the due date
	Then       GroupState  `json:"then"`                  // what follows the grace: archived or frozen
	ByActivity int         `json:"by_activity,omitempty"` // human activity within so many days before the due date renews it; 0: never
	Ceiling    Permissions `json:"ceiling"`               // loosest permissions, for restoring and lowering
	Needs      []string    `json:"needs,omitempty"`       // capabilities the tier demands of its platform (R4.1.3), as chat.Capability

	Clearance ClearanceRules `json:"clearance,omitzero"` // what people need before they are in (R4.2.1, R4.2.2); zero: nothing
}

// EndLife is how a group with an end date comes to it.
type EndLife struct {
	Notices []int `json:"notices,omitempty"` // days before the end
	Grace   int   `json:"grace"`             // days after it, before the group is archived
}

// OwnerlessLife is how a group without any admin finds one: active members are asked, then the department's head, each for
// so many days; past the last deadline confidential groups are frozen, others enter grace (semantics 2).
type OwnerlessLife struct {
	Members int `json:"members"` // days the members have to consent
	Ask     int `json:"ask"`     // how many members are asked at most
	Head    int `json:"head"`    // days the department's head has
}

// Life is the state of a group after its birth. It is nil in groups of the first version until they continue as new.
type Life struct {
	Rules    LifeRules    `json:"rules"`
	Calendar string       `json:"calendar,omitempty"` // version of the calendar Dates were computed by
	Renewed  Renewal      `json:"renewed"`
	Dates    []GroupDate  `json:"dates,omitempty"` // what comes next, ascending; passed ones leave
	Active   time.Time    `json:"active,omitzero"` // last human activity known
	Frozen   *Freeze      `json:"frozen,omitempty"`
	Holds    []Hold       `json:"holds,omitempty"`
	Orphan   *Orphan      `json:"orphan,omitempty"`
	Ops      []PlatformOp `json:"ops,omitempty"`      // what the platform was asked and has not confirmed, in order
	Findings []Finding    `json:"findings,omitempty"` // open ones
	Gaps     []Gap        `json:"gaps,omitempty"`     // what the platform cannot do and the tier demands or an act wanted
	Members  int          `json:"members"`            // people in the group, admins included; each is a row, changed by acts
	Material string       `json:"material"`           // the case whose material is in force: the filing, or the last change
	Changed  int          `json:"changed,omitempty"`  // changes applied
	Perms    Permissions  `json:"permissions"`        // in force
	Since    time.Time    `json:"since"`              // birth
	From     GroupState   `json:"from,omitempty"`     // frozen, pending deletion: the state before
	Outside  int          `json:"outside,omitempty"`  // outsiders known on the platform (flag)
	Revision int64        `json:"revision,omitempty"` // of the directory last looked at

	Due     *DueDate     `json:"due,omitempty"`     // renewal due, grace: the date that has passed
	Floor   *Floor       `json:"floor,omitempty"`   // nothing happens to the group before FloorDays after this
	Pending int          `json:"pending,omitempty"` // people who wait for agreement or training (MemberState.Waits)
	Asking  int          `json:"asking,omitempty"`  // requests to join that no admin has answered
	Away    []EmployeeID `json:"away,omitempty"`    // admins among them: their rights hold here, not on the platform
	Guests  []Guest      `json:"guests,omitempty"`  // people from outside who have a place, or were asked for
	Gate    *Gate        `json:"gate,omitempty"`    // members from before the tier began to ask may stay for a while
	// Members who are inactive for long (R2.2.2): the notices that run, and who is exempt by an admin's word.
	Idle     []IdleNotice `json:"idle,omitempty"`
	Required []Required   `json:"required,omitempty"`

	Deleting  bool        `json:"deleting,omitempty"`  // pending deletion: the platform (or the admins) were told to delete it
	Dismissed []Dismissal `json:"dismissed,omitempty"` // findings dismissed that the platform still shows
}

// DueDate is the date that brought a group into renewal due or grace: an attestation's, the group's end, or the last one
// of the ownerless rule.
type DueDate struct {
	Kind DateKind  `json:"kind"`
	At   time.Time `json:"at"`
}

// Gate is a grace for those who were in a group before it began to ask for agreements or training.
type Gate struct {
	At    time.Time  `json:"at"`
	Days  int        `json:"days"`
	Rule  string     `json:"rule"`  // path in the policy
	Cause string     `json:"cause"` // policy, changed or filed_late
	By    EmployeeID `json:"by,omitempty"`
	// Late: the group stood on its platform before it was filed (R6.1). Who waits since then (Clearance.Early) may stay there.
	Late bool `json:"late,omitempty"`
}

// Floor gives people time when dates passed while they could do nothing about them, or come earlier by a change: unfrozen,
// a hold released, a consent, another tier. What is due then waits FloorDays from At.
type Floor struct {
	Cause string     `json:"cause"`
	At    time.Time  `json:"at"`
	By    EmployeeID `json:"by,omitempty"`
}

// FloorDays is how long a Floor holds, in calendar days.
const FloorDays = 7

// Dismissal is a finding that somebody dismissed with a reason: it is not opened again while the platform goes on showing it.
type Dismissal struct {
	ID string     `json:"id"`
	By EmployeeID `json:"by"`
	At time.Time  `json:"at"`
}

// RenewalHow says what renewed a group.
type RenewalHow string

// The ways a group is renewed.
const (
	RenewedByFiling   RenewalHow = "filed"
	RenewedByAttest   RenewalHow = "attested" // an admin attested purpose, members, admins and tier
	RenewedByActivity RenewalHow = "activity"
	RenewedByRestore  RenewalHow = "restored"
)

// Renewal is what the present term stands on.
type Renewal struct {
	How RenewalHow `json:"how"`
	At  time.Time  `json:"at"`
	By  EmployeeID `json:"by,omitempty"`
}

// DateKind names a date in a group's life.
type DateKind string

// The dates of a group's life.
const (
	DateNotice     DateKind = "notice"          // the admins are told that the renewal (or the end) comes near
	DateRenewal    DateKind = "renewal_due"     // the attestation's term ends
	DateLast       DateKind = "last_warning"    // half of the grace has passed: renewal due becomes grace
	DateGrace      DateKind = "grace_over"      // archived or frozen by the rule
	DateEnd        DateKind = "ends"            // the end date of a temporary group
	DateAskHead    DateKind = "ask_head"        // ownerless: the members did not consent in time
	DateOwnerless  DateKind = "ownerless_over"  // ownerless: nobody in time
	DateArchive    DateKind = "archive_over"    // kept long enough: pending deletion
	DateDeletion   DateKind = "deletion_due"    // deleted on the platform
	DateDiscovered DateKind = "discovered_over" // found on the platform and not filed in time
	DateGate       DateKind = "gate_over"       // who has not signed or trained by now is suspended
)

// GroupDate is one date and what it stands on, so that it can explain itself: the rule, the activity that set it, the
// policy's version (semantics 2).
type GroupDate struct {
	Kind    DateKind     `json:"kind"`
	At      time.Time    `json:"at"`
	Of      DateKind     `json:"of,omitempty"`   // notice: of which date
	Days    int          `json:"days,omitempty"` // the rule's span
	Rule    string       `json:"rule"`           // path in the policy: life.tiers.ordinary.renew
	Cause   string       `json:"cause"`          // filed, attested, activity, restored, end_date, admin_left, dissolved, archived, …
	CauseAt time.Time    `json:"cause_at"`
	CauseBy EmployeeID   `json:"cause_by,omitempty"`
	Policy  string       `json:"policy"`
	People  []EmployeeID `json:"people,omitempty"` // of people from outside: whose date it is
	Moved   int          `json:"moved,omitempty"`  // days it was moved on (a notice: back), because the day is no working day
}

// Freeze says who or which rule froze a group, and who is implicated: they can have no part in unfreezing it.
type Freeze struct {
	By         EmployeeID   `json:"by,omitempty"`   // empty: a rule
	Rule       string       `json:"rule,omitempty"` // path in the policy, or incident
	Reason     *Ref         `json:"reason,omitempty"`
	At         time.Time    `json:"at"`
	Implicated []EmployeeID `json:"implicated,omitempty"`
	Unfreeze   EmployeeID   `json:"unfreeze,omitempty"` // the first of the two who unfreeze it
	UnfreezeAt time.Time    `json:"unfreeze_at,omitzero"`
}

// Hold is a legal hold: while one stands nothing of the group is deleted and its custodians stay (semantics 2).
type Hold struct {
	ID         string       `json:"id"`
	By         EmployeeID   `json:"by"`
	At         time.Time    `json:"at"`
	Reason     *Ref         `json:"reason,omitempty"`
	Custodians []EmployeeID `json:"custodians,omitempty"`
}

// OrphanStage is whom an ownerless group asks.
type OrphanStage string

// The stages in their order. The secondary admin needs no stage: while one is left the group has an owner.
const (
	OrphanMembers OrphanStage = "members"
	OrphanHead    OrphanStage = "head"
	OrphanOver    OrphanStage = "over" // nobody in time: frozen or in grace
)

// Orphan is the state of a group whose last admin departed.
type Orphan struct {
	Since time.Time    `json:"since"`
	Stage OrphanStage  `json:"stage"`
	Asked []EmployeeID `json:"asked,omitempty"`

	StageSince time.Time `json:"stage_since,omitzero"` // head: when the leaders were asked
}

// OpKind names something the platform is to do.
type OpKind string

// The platform's operations on a group that stands.
const (
	OpPermissions OpKind = "permissions"
	OpRename      OpKind = "rename"
	OpInvite      OpKind = "invite"
	OpRemove      OpKind = "remove"
	OpAdmins      OpKind = "admins" // who administers it there
	OpFreeze      OpKind = "freeze"
	OpUnfreeze    OpKind = "unfreeze"
	OpArchive     OpKind = "archive"
	OpRestore     OpKind = "restore"
	OpDelete      OpKind = "delete"
)

// OpState is where an operation is.
type OpState string

// The states of an operation. A confirmed one leaves the state; its receipt is in the act and in connector_calls.
const (
	OpPending OpState = "pending"
	OpByHand  OpState = "by_hand" // the admins were asked to do it and to confirm
	OpFailed  OpState = "failed"  // trying again did not help: a person must look, then retry
)

// PlatformOp is one thing the platform must still do. Its idempotency key is "group-{id}:op:{op.ID}".
type PlatformOp struct {
	ID     string       `json:"id"` // "<seq of the act>.<n>"
	Kind   OpKind       `json:"kind"`
	People []EmployeeID `json:"people,omitempty"`
	// Accounts are keyed hashes of accounts that are nobody of ours, to be removed: the connector finds them in its list.
	Accounts []string `json:"accounts,omitempty"`

	State OpState   `json:"state"`
	Code  string    `json:"code,omitempty"`  // failed: the connector's stable word
	Tries int       `json:"tries,omitempty"` // how often it failed: part of the ids of the acts about it
	At    time.Time `json:"at"`
}

// Gap is something the platform cannot do: stated and shown to the admin, never silently skipped (R4.1.3).
type Gap struct {
	Capability string     `json:"capability"`
	Op         OpKind     `json:"op,omitempty"` // the act that wanted it; empty: the tier demands it
	At         time.Time  `json:"at"`
	People     []string   `json:"people,omitempty"`
	Seen       EmployeeID `json:"seen,omitempty"` // the admin who took note
}

// FindingKind names a difference between platform and register, or a fault of the group's order.
type FindingKind string

// The findings of reconciliation (semantics 2: drift is a finding, never a silent rewrite) and of the group's own rules.
const (
	FindStranger   FindingKind = "stranger"       // on the platform, not in the register
	FindMissing    FindingKind = "missing_member" // in the register, not on the platform
	FindLooser     FindingKind = "looser_permission"
	FindRenamed    FindingKind = "renamed"
	FindDeleted    FindingKind = "deleted_on_platform"
	FindNotAdmin   FindingKind = "admin_differs"
	FindUnfiled    FindingKind = "unfiled_group"
	FindMoved      FindingKind = "member_changed_post" // the group is none of the person's new department
	FindFewAdmins  FindingKind = "too_few_admins"
	FindNotRemoved FindingKind = "still_there" // removed by us, seen again
)

// Proposal is what a finding proposes to do.
type Proposal string

// The proposals. Accepting one makes the platform fit the register, or the register the platform, on record.
const (
	ProposeRemove  Proposal = "remove"  // remove the person on the platform and in the register
	ProposeAdmit   Proposal = "admit"   // make the person a member on record
	ProposeInvite  Proposal = "invite"  // bring the missing member back
	ProposeTighten Proposal = "tighten" // set the registered permissions again
	ProposeRename  Proposal = "rename"  // give it the registered name again
	ProposeDeleted Proposal = "dissolve"
	ProposeFile    Proposal = "file"
	ProposeAppoint Proposal = "appoint"
	ProposeDismiss Proposal = "dismiss" // with a reason
)

// Finding is one open difference, with who must see to it and what is proposed.
type Finding struct {
	ID      string      `json:"id"` // derived from kind and subject, so that the same difference is one finding
	Kind    FindingKind `json:"kind"`
	Person  EmployeeID  `json:"person,omitempty"`
	Account string      `json:"account,omitempty"` // keyed hash of a platform account that is nobody of ours
	Fields  []string    `json:"fields,omitempty"`  // looser permissions: which
	Owner   EmployeeID  `json:"owner,omitempty"`   // empty: the security officers
	Propose []Proposal  `json:"propose"`
	At      time.Time   `json:"at"`
	Seen    int         `json:"seen,omitempty"` // how often it was found again
}
