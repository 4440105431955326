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
}
