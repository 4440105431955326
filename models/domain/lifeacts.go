package domain

import "time"

// The acts of a group's life after its birth (semantics 2). Those without an actor are the system's.
const (
	GroupContinued  GroupActKind = "continued"  // system: first act of a continued run; takes over the rules in force
	GroupDirectory  GroupActKind = "directory"  // system: the directory moved on: Revision
	GroupCalendar   GroupActKind = "calendar"   // system: a new calendar; dates are computed again, never earlier than promised
	GroupDateDue    GroupActKind = "date"       // system: the date DateKind has come
	GroupActivity   GroupActKind = "activity"   // system: human activity up to Last was seen
	GroupChanged    GroupActKind = "changed"    // system: an approved change: Case, Change
	GroupOpDone     GroupActKind = "op_done"    // system: the platform confirmed Op: Receipt
	GroupOpByHand   GroupActKind = "op_by_hand" // system: the platform has no interface for Op: the admins are asked
	GroupOpGap      GroupActKind = "op_gap"     // system: the platform cannot do Op: Code is the capability
	GroupOpFailed   GroupActKind = "op_failed"  // system: trying again did not help: Code
	GroupReconciled GroupActKind = "reconciled" // system: Findings of one look at the platform, and which kinds were looked for
	GroupOpConfirm  GroupActKind = "op_confirm" // admin or security: Op was done by hand: Receipt with evidence
	GroupOpRetry    GroupActKind = "op_retry"   // admin or security: try Op again
	GroupRenew      GroupActKind = "renew"      // admin: attests purpose, members, admins and tier; Digest is what was seen
	GroupFreeze     GroupActKind = "freeze"     // security, incident lead: Reason, Implicated in People
	GroupUnfreeze   GroupActKind = "unfreeze"   // security, then a second person; neither implicated
	GroupArchive    GroupActKind = "archive"    // admin, security
	GroupRestore    GroupActKind = "restore"    // admin, security: from archived, or out of pending deletion
	GroupDissolve   GroupActKind = "dissolve"   // admin: the purpose is done (R6.1)
	GroupHold       GroupActKind = "hold"       // legal: Reason, custodians in People
	GroupRelease    GroupActKind = "release"    // legal, who is not who set it: Hold
	GroupAdmit      GroupActKind = "admit"      // admin: People become members
	GroupRemove     GroupActKind = "remove"     // admin, security: People leave; Reason
	GroupLeave      GroupActKind = "leave"      // a member, for themselves
	GroupConsent    GroupActKind = "consent"    // a member who was asked takes an ownerless group over
	GroupAppoint    GroupActKind = "appoint"    // the department's head (or security) names People as admins of an ownerless group
	GroupResolve    GroupActKind = "resolve"    // owner of a finding or security: Finding, Proposal, Reason when dismissed
	GroupSeenGap    GroupActKind = "seen_gap"   // admin took note of a capability gap: Code
	GroupAdopted    GroupActKind = "adopted"    // system: a discovered group was filed and approved: Case

	GroupJoin      GroupActKind = "join"          // an employee asks to join (R2.2.2)
	GroupReview    GroupActKind = "review"        // admin: whether the identity of People, who asked, fits; Refuse with Reason
	GroupInvite    GroupActKind = "invite"        // admin: People are asked whether they join
	GroupAccept    GroupActKind = "accept_invite" // who was invited
	GroupDecline   GroupActKind = "refuse_invite" // who was invited
	GroupClearance GroupActKind = "clearance"     // system: the agreement or training of People changed

	GroupInactive GroupActKind = "inactive" // system: the rule of inactive members says of People now what Rule says (R2.2.2)
	GroupKeep     GroupActKind = "keep"     // a member who has notice of their removal: they stay
	GroupExempt   GroupActKind = "exempt"   // admin: the role of People asks for being there, Reason; Refuse: no longer
)

// GroupChange is what an approved change request sets. Nil fields stay as they are. Admins and Departments are whole lists.
type GroupChange struct {
	Name        *string        `json:"name,omitempty"` // only inside the case's material, never in an act: see GroupDelta
	Purpose     *string        `json:"purpose,omitempty"`
	Type        *GroupType     `json:"type,omitempty"`
	Tier        *Tier          `json:"tier,omitempty"`
	Departments []DepartmentID `json:"departments,omitempty"`
	Admins      []EmployeeID   `json:"admins,omitempty"`
	Permissions *Permissions   `json:"permissions,omitempty"`
	EndsOn      *string        `json:"ends_on,omitempty"`
}

// GroupDelta is what an approved change does to a group's state: no texts, only what the state holds. The activity reads
// names and purposes from the case's material.
type GroupDelta struct {
	Case    string         `json:"case"`   // whose material is in force from now on
	Digest  string         `json:"digest"` // of the filing as it reads afterwards
	Base    string         `json:"base"`   // Group.Digest it was made against
	Type    GroupType      `json:"type"`
	Tier    Tier           `json:"tier"`
	Depts   []DepartmentID `json:"departments"`
	Admins  []EmployeeID   `json:"admins"`
	Perms   Permissions    `json:"permissions"`
	EndsOn  string         `json:"ends_on,omitempty"`
	Renamed bool           `json:"renamed,omitempty"`
	Admit   []EmployeeID   `json:"admit,omitempty"`
	Remove  []EmployeeID   `json:"remove,omitempty"`
	Outside bool           `json:"outside,omitempty"` // outsiders are allowed from now on
}

// LifeAct is what an act of a group's life carries beside its kind and actor.
type LifeAct struct {
	People   []EmployeeID  `json:"people,omitempty"`
	Reason   *Ref          `json:"reason,omitempty"`
	Digest   string        `json:"digest,omitempty"`  // renew: of the state attested, AttestDigest
	EndsOn   string        `json:"ends_on,omitempty"` // renew a temporary group: the new end
	Delta    *GroupDelta   `json:"delta,omitempty"`
	Op       string        `json:"op,omitempty"`
	Date     DateKind      `json:"date,omitempty"`
	DateAt   time.Time     `json:"date_at,omitzero"`
	Last     time.Time     `json:"last,omitzero"`
	Revision int64         `json:"revision,omitempty"`
	Hold     string        `json:"hold,omitempty"`
	Finding  string        `json:"finding,omitempty"`
	Proposal Proposal      `json:"proposal,omitempty"`
	Findings []Finding     `json:"findings,omitempty"`
	Looked   []FindingKind `json:"looked,omitempty"` // reconciled: kinds looked for; open findings of these not found again are closed
	Rule     string        `json:"rule,omitempty"`   // freeze by a rule or an incident; inactive: due, kept or over
	Outside  int           `json:"outside,omitempty"`
	Seq      int           `json:"seq,omitempty"`      // reconciled: the group's when it was compared with the platform
	Capacity string        `json:"capacity,omitempty"` // unfreeze: in which capacity the second person acts
	Refuse   bool          `json:"refuse,omitempty"`   // review: the requests of People are refused; exempt: the exemption ends
}

// TwoPass: an activity decides an act of a life twice: first without Dates, to learn the state after the act, then with
// Dates = PlanDates(state after, calendar), which the second pass puts into the state. The workflow, replay and auditor
// have the recorded Dates and need one pass; no calendar is loaded there (temporal.md 26).

// LifeFacts are the recorded facts that acts of a group's life are decided over.
type LifeFacts struct {
	Roles    []Role       `json:"roles,omitempty"`    // of the actor
	Heads    []EmployeeID `json:"heads,omitempty"`    // leaders of the owning departments, upwards to the first that is filled
	Members  []EmployeeID `json:"members,omitempty"`  // which of the act's people (and the actor) are active members
	Employed []EmployeeID `json:"employed,omitempty"` // which of the act's people (and the admins) work here
	Gone     []EmployeeID `json:"gone,omitempty"`     // members who left the company
	Moved    []EmployeeID `json:"moved,omitempty"`    // members who changed department, out of every owning one: they leave too
	Shifted  []EmployeeID `json:"shifted,omitempty"`  // members who changed department or post otherwise: a finding
	Eldest   []EmployeeID `json:"eldest,omitempty"`   // ownerless: active members longest in the group, whom to ask
	Dates    []GroupDate  `json:"dates,omitempty"`    // as PlanDates computed them for the state after the act
	Calendar string       `json:"calendar,omitempty"`
	Revision int64        `json:"revision,omitempty"`
	Rules    *LifeRules   `json:"rules,omitempty"`   // continued: those in force now
	Can      []string     `json:"can,omitempty"`     // capabilities of the platform
	ByHand   bool         `json:"by_hand,omitempty"` // the platform is kept by hand
	Count    int          `json:"count,omitempty"`   // begun, continued: active members
	Seen     string       `json:"seen,omitempty"`    // renew: AttestDigest of what is true now
	Perms    *Permissions `json:"perms,omitempty"`   // continued, for a group of the first version: its filing's
	Limit    int          `json:"limit,omitempty"`   // people the platform takes into one group; 0: no bound known
	Today    string       `json:"today,omitempty"`   // the company's date, YYYY-MM-DD: set by PlanGroup
	Latest   string       `json:"latest,omitempty"`  // the last end date the policy allows; empty: no bound: set by PlanGroup

	Outside     []EmployeeID `json:"outside,omitempty"`      // outsider: which of the act's people come from outside
	NoOutsiders bool         `json:"no_outsiders,omitempty"` // the platform cannot have people from outside
	StayEnds    time.Time    `json:"stay_ends,omitzero"`     // outsider: the last second of EndsOn: set by PlanGroup
	Late        bool         `json:"late,omitempty"`         // begun, adopted: the group stood on its platform before it was filed

	// Clear is what the record says about people whose place is looked at: of the act's people those who wait or, in a
	// group that asks for something, all of them; and of everybody in the group whose place no longer is as it should be.
	Clear []Clearance `json:"clear,omitempty"`
	// Silence is what is on record of the activity of an inactive act's people.
	Silence *Silence `json:"silence,omitempty"`
}
