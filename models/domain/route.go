package domain

// StepKind is how a step's slots combine (semantics 1).
type StepKind string

// The step kinds.
const (
	Countersign StepKind = "countersign" // 会签: all approve, the first rejection fails
	OrSign      StepKind = "or_sign"     // 或签: the first decision settles
	Quorum      StepKind = "quorum"      // 票签: N of M with class minima
	Sequence    StepKind = "sequence"    // 依次审批: one after the other
)

// SlotRuleKind is how a person is found in the directory.
type SlotRuleKind string

// The kinds of slot rule.
const (
	RuleDepartmentLeader SlotRuleKind = "department_leader" // leader of Department
	RuleRole             SlotRuleKind = "role"              // every active holder of Role
	RulePerson           SlotRuleKind = "person"            // one named person
)

// SlotRule finds one or more accountable people.
type SlotRule struct {
	Kind       SlotRuleKind `json:"kind"`
	Department DepartmentID `json:"department,omitempty"`
	Role       Role         `json:"role,omitempty"`
	Person     EmployeeID   `json:"person,omitempty"`
	Backup     EmployeeID   `json:"backup,omitempty"` // named stand-in when no superior can be found
	Class      string       `json:"class,omitempty"`  // for quorum minima
}

// ClassMinimum demands at least Need approvals from slots of a class.
type ClassMinimum struct {
	Class string `json:"class"`
	Need  int    `json:"need"`
}

// StepPlan is one step as the policy wrote it for this request, departments filled in.
type StepPlan struct {
	Key      string         `json:"key"`
	Label    Label          `json:"label"`
	Why      Label          `json:"why"` // the policy's reason for the step, shown in preview and route
	Kind     StepKind       `json:"kind"`
	Rules    []SlotRule     `json:"rules"`
	Need     int            `json:"need,omitempty"`           // quorum: N
	Minima   []ClassMinimum `json:"minima,omitempty"`         // quorum
	Deadline int            `json:"deadline_minutes"`         // working minutes from opening to expiry
	Remind   []int          `json:"remind_minutes,omitempty"` // working minutes from opening, ascending
	Ladder   []Rung         `json:"ladder,omitempty"`         // escalations, ascending, before the deadline
	Final    StepFinal      `json:"final,omitempty"`          // what the deadline makes of the step; empty: expired
	CC       []SlotRule     `json:"cc,omitempty"`             // who gets a copy when the step opens
}

// RungKind is what a rung of the escalation ladder does (semantics 1: deadlines).
type RungKind string

// The rungs beside reminders.
const (
	RungAdd     RungKind = "add_superior"        // the superior may decide as well: whoever of the two is first
	RungReplace RungKind = "replace_by_superior" // the superior decides instead
)

// Rung is one escalation, in working minutes from the place's opening.
type Rung struct {
	After int      `json:"after_minutes"`
	Do    RungKind `json:"do"`
}

// StepFinal is what a passed deadline makes of a step.
type StepFinal string

// The final outcomes. FinalPass is refused by the policy for confidential groups and for publications.
const (
	FinalExpire StepFinal = ""
	FinalPass   StepFinal = "pass" // the open places are closed as timed out and the step passes, by the system
)

// SamePerson says what happens when somebody who approved an earlier step is named again in a later one.
type SamePerson string

// The answers to the same approver across steps.
const (
	AskAgain  SamePerson = ""
	CarryOver SamePerson = "carry_over" // the same digest and round only, recorded as carried over from
)

// CaseRules are what the policy says of a case beyond its steps. They are fixed for the case with the route (R6.2). The
// zero value is what cases had before there were such rules: no return, no transfer, no adding, no urging.
type CaseRules struct {
	Resubmit   int        `json:"resubmit_minutes,omitempty"`   // working minutes a returned request waits for its requester; 0: nothing is sent back
	UrgeEvery  int        `json:"urge_every_minutes,omitempty"` // minutes that pass between two urges of one place; 0: no urging
	MaxHops    int        `json:"max_hops,omitempty"`           // transfers and additions in a row; 0: none
	MaxAdded   int        `json:"max_added,omitempty"`          // approvers added to one step; 0: none
	MaxChain   int        `json:"max_chain,omitempty"`          // delegations in a chain; 0: none
	SamePerson SamePerson `json:"same_person,omitempty"`
}

// Label is a text of the policy in both languages.
type Label struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// RoutePlan is the whole route of a request, chosen by the policy at submission and fixed for the case (R6.2).
type RoutePlan struct {
	Policy string     `json:"policy"` // version
	Route  string     `json:"route"`  // name of the route in the policy
	Steps  []StepPlan `json:"steps"`
	Rules  CaseRules  `json:"rules,omitzero"`
}
