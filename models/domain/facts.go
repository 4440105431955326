package domain

import "time"

// Facts are what the world was like when an act was decided: read in one transaction by the decision activity,
// recorded in the history, and used again by workflow and audit. Nothing else may influence the outcome.
type Facts struct {
	At       time.Time `json:"at"`
	Revision int64     `json:"revision"`         // of the directory
	Active   bool      `json:"active,omitempty"` // the actor works here with an enabled account
	Proof    bool      `json:"proof,omitempty"`  // the proof holds
	// Openings are the steps that this act opens or resolves again, in the order the engine asked for them.
	Openings []Opening `json:"openings,omitempty"`
	// Roles are the actor's, where the act needs an office (assign).
	Roles []Role `json:"roles,omitempty"`
	// Chain are the delegations that lead from Act.For to the actor at this moment, in order.
	Chain []Delegation `json:"chain,omitempty"`
	// People are those an act names, as the directory knows them.
	People []PersonFact `json:"people,omitempty"`
	// Plan is the route that the case's policy version gives the new material (resubmit).
	Plan *RoutePlan `json:"plan,omitempty"`
	// Barred says why the world does not allow the act: the new name is taken meanwhile.
	Barred Reason `json:"barred,omitempty"`
}

// PersonFact is what an act needs to know of somebody it names.
type PersonFact struct {
	ID     EmployeeID `json:"id"`
	Active bool       `json:"active,omitempty"`
	Roles  []Role     `json:"roles,omitempty"`
}

// Opening answers a Need: whom the directory names, and by when.
type Opening struct {
	Step       int        `json:"step"`
	Resolution Resolution `json:"resolution,omitzero"`
	Due        Due        `json:"due"`
	// Superior is the next person up who may be asked instead of Need.Above; empty Person: there is none.
	Superior Assignment `json:"superior,omitzero"`
	// Replaced names who is asked instead of people of Need.Holders who left.
	Replaced []Replacement `json:"replaced,omitempty"`
	// Copies are whom the step's cc rules name.
	Copies []EmployeeID `json:"copies,omitempty"`
}

// Replacement is who takes the place of somebody who left.
type Replacement struct {
	Person EmployeeID `json:"person"`
	By     EmployeeID `json:"by,omitempty"` // empty: nobody can be found
	Why    Why        `json:"why"`
}

// Need is what the engine must know before it can finish an act.
type Need struct {
	Step    int  `json:"step"`    // index
	Resolve bool `json:"resolve"` // people too, not only the deadline

	Since   time.Time    `json:"since,omitzero"`    // the deadline counts from here; zero: from now
	Holders []EmployeeID `json:"holders,omitempty"` // people whose places no rule made: who left is replaced by their superior
	Above   EmployeeID   `json:"above,omitempty"`   // whose superior is asked for
	Not     []EmployeeID `json:"not,omitempty"`     // who does not come into question as Superior
	Minutes int          `json:"minutes,omitempty"` // a deadline of so many working minutes that belongs to no step (Step is -1)
	People  []EmployeeID `json:"people,omitempty"`  // Facts.People for these
	Plan    bool         `json:"plan,omitempty"`    // Facts.Plan (and Barred) for the act's material
}
