package domain

import (
	"slices"
)

// WhyCode says which rule of the directory chose a person for a slot.
type WhyCode string

// How a person came to a slot.
const (
	WhyLeader   WhyCode = "department_leader" // leads Department
	WhySuperior WhyCode = "superior"          // leads Department, the next one up, instead of InsteadOf
	WhyRole     WhyCode = "role"              // holds Role
	WhyPerson   WhyCode = "person"            // named by the policy
	WhyBackup   WhyCode = "backup"            // the policy's named stand-in
	WhyAdded    WhyCode = "added"             // an approver asked for them (加签)
	WhyAssigned WhyCode = "assigned"          // a process administrator named them, instead of InsteadOf
)

// Cause says why the person first named by a rule is not the one asked.
type Cause string

// The causes.
const (
	CauseVacant    Cause = "vacant"    // nobody holds the post, or the holder left
	CauseRequester Cause = "requester" // would decide on their own matter
	CauseExcluded  Cause = "excluded"  // author, editor or beneficiary
)

// Why records the rule that chose a person, so that page, preview and audit can explain it.
type Why struct {
	Code       WhyCode      `json:"code"`
	Department DepartmentID `json:"department,omitempty"`
	Role       Role         `json:"role,omitempty"`
	InsteadOf  EmployeeID   `json:"instead_of,omitempty"`
	Cause      Cause        `json:"cause,omitempty"`
}

// Assignment is one accountable person with the rules that led there. Several rules that name the same person are
// merged (semantics 1: one natural person counts once).
type Assignment struct {
	Person EmployeeID `json:"person"`
	Keys   []string   `json:"keys"` // of the rules; stable across resolutions
	Class  string     `json:"class,omitempty"`
	Also   []string   `json:"also,omitempty"` // further classes of merged rules; the person counts in one only
	Why    Why        `json:"why"`
}

// Dropped is a slot that falls away because its person is party to the request and others remain.
type Dropped struct {
	Key    string     `json:"key"`
	Person EmployeeID `json:"person"`
	Cause  Cause      `json:"cause"`
}

// Resolution is the outcome of resolving one step against one revision of the directory.
type Resolution struct {
	Revision   int64        `json:"revision"`
	Slots      []Assignment `json:"slots"`
	Dropped    []Dropped    `json:"dropped,omitempty"`
	Unresolved []string     `json:"unresolved,omitempty"` // keys of rules without anybody: the process administrators' queue
}

// OK tells whether the step can be worked: somebody for every rule, and its threshold within reach.
func (r Resolution) OK() bool { return len(r.Slots) > 0 && len(r.Unresolved) == 0 }

// Parties are the people who may not decide on a request (separation of duties).
type Parties struct {
	Requester EmployeeID   `json:"requester"`
	Others    []EmployeeID `json:"others,omitempty"` // beneficiaries, authors, editors
}

// Excludes tells whether and why the person may hold no slot.
func (p Parties) Excludes(id EmployeeID) (Cause, bool) {
	switch {
	case id == p.Requester:
		return CauseRequester, true
	case slices.Contains(p.Others, id):
		return CauseExcluded, true
	}
	return "", false
}

// Resolve finds the people of a step (semantics 1: resolved when the step opens, vacant approver, requester is
// approver, same approver twice). It is the one place that does so: preview, submission, the decision and the audit
// call it.
func Resolve(plan StepPlan, dir *Directory, parties Parties) Resolution {
	res := Resolution{Revision: dir.Revision}
	var setAside []SlotRule
	for _, rule := range plan.Rules {
		switch rule.Kind {
		case RuleRole:
			res.resolveRole(rule, dir, parties)
		default:
			if !res.resolvePost(rule, dir, parties, false) {
				setAside = append(setAside, rule)
			}
		}
	}
	if len(setAside) == 0 {
		return res.checked(plan)
	}
	// The requester's own slot goes if others remain and the threshold is still reachable …
	if len(res.Slots) > 0 && reachable(plan, res.Slots) {
		for _, rule := range setAside {
			person := holder(rule, dir)
			cause, _ := parties.Excludes(person)
			res.Dropped = append(res.Dropped, Dropped{Key: ruleKey(rule), Person: person, Cause: cause})
		}
		return res.checked(plan)
	}
	// … else the next superior takes it, then the fallback.
	for _, rule := range setAside {
		res.resolvePost(rule, dir, parties, true)
	}
	return res.checked(plan)
}

// ruleKey names a rule within its step, the same at every resolution.
func ruleKey(r SlotRule) string {
	switch r.Kind {
	case RuleDepartmentLeader:
		return "leader:" + string(r.Department)
	case RulePerson:
		return "person:" + string(r.Person)
	case RuleRole:
	}
	return "role:" + string(r.Role)
}

// holder is the person a rule names first, active or not; "" when the post is vacant.
func holder(r SlotRule, dir *Directory) EmployeeID {
	if r.Kind == RulePerson {
		if dir.Active(r.Person) {
			return r.Person
		}
		return ""
	}
	return dir.LeaderOf(r.Department)
}

// resolvePost resolves a rule that names one post or person. It returns false, having done nothing, when the holder
// is party to the request and force is not set.
func (res *Resolution) resolvePost(rule SlotRule, dir *Directory, parties Parties, force bool) bool {
	key, person := ruleKey(rule), holder(rule, dir)
	cause, excluded := parties.Excludes(person)
	if person != "" && !excluded {
		why := Why{Code: WhyLeader, Department: rule.Department}
		if rule.Kind == RulePerson {
			why = Why{Code: WhyPerson}
		}
		res.add(key, person, rule.Class, why)
		return true
	}
	if excluded && !force {
		return false
	}
	if person == "" {
		cause = CauseVacant
	}
	first := rule.Department
	if rule.Kind == RulePerson {
		first = dir.Employees[rule.Person].Department
	}
	chain := dir.Chain(first)
	if rule.Kind == RuleDepartmentLeader && len(chain) > 0 {
		chain = chain[1:]
	}
	insteadOf := person
	if insteadOf == "" {
		insteadOf = dir.Departments[rule.Department].Leader
	}
	for _, up := range chain {
		l := dir.LeaderOf(up)
		if _, out := parties.Excludes(l); l == "" || out {
			continue
		}
		res.add(key, l, rule.Class, Why{Code: WhySuperior, Department: up, InsteadOf: insteadOf, Cause: cause})
		return true
	}
	res.backup(rule, key, insteadOf, cause, dir, parties)
	return true
}

// resolveRole gives every active holder of a role a slot of their own.
func (res *Resolution) resolveRole(rule SlotRule, dir *Directory, parties Parties) {
	found := false
	for _, id := range dir.WithRole(rule.Role) {
		if cause, out := parties.Excludes(id); out {
			res.Dropped = append(res.Dropped, Dropped{Key: ruleKey(rule) + ":" + string(id), Person: id, Cause: cause})
			continue
		}
		found = true
		res.add(ruleKey(rule)+":"+string(id), id, rule.Class, Why{Code: WhyRole, Role: rule.Role})
	}
	if !found {
		res.backup(rule, ruleKey(rule), "", CauseVacant, dir, parties)
	}
}

func (res *Resolution) backup(rule SlotRule, key string, insteadOf EmployeeID, cause Cause, dir *Directory, parties Parties) {
	if _, out := parties.Excludes(rule.Backup); rule.Backup != "" && dir.Active(rule.Backup) && !out {
		res.add(key, rule.Backup, rule.Class, Why{Code: WhyBackup, InsteadOf: insteadOf, Cause: cause})
		return
	}
	res.Unresolved = append(res.Unresolved, key)
}

func (res *Resolution) add(key string, person EmployeeID, class string, why Why) {
	for i := range res.Slots {
		if s := &res.Slots[i]; s.Person == person {
			if !slices.Contains(s.Keys, key) { // the same rule in two classes
				s.Keys = append(s.Keys, key)
			}
			s.Class, s.Also = mergeClass(s.Class, s.Also, class)
			return
		}
	}
	res.Slots = append(res.Slots, Assignment{Person: person, Keys: []string{key}, Class: class, Why: why})
}

// mergeClass adds a class to those a person stands for.
func mergeClass(class string, also []string, more string) (string, []string) {
	switch {
	case more == "" || more == class || has(also, more):
		return class, also
	case class == "":
		return more, also
	}
	return class, append(slices.Clone(also), more)
}

// keyThreshold stands in Resolution.Unresolved for a threshold out of reach, where no single rule is to blame.
const keyThreshold = "threshold"

// checked marks a step whose threshold merging or exclusion has put out of reach.
func (res Resolution) checked(plan StepPlan) Resolution {
	if len(res.Unresolved) == 0 && !reachable(plan, res.Slots) {
		res.Unresolved = append(res.Unresolved, keyThreshold)
	}
	return res
}

// reachable tells whether the people found could still pass the step.
func reachable(plan StepPlan, slots []Assignment) bool {
	if len(slots) == 0 {
		return false
	}
	if plan.Kind != Quorum {
		return true
	}
	people := make([][]string, len(slots))
	for i, s := range slots {
		people[i] = classesOf(&Slot{Class: s.Class, Also: s.Also})
	}
	return suffices(plan, people)
}
