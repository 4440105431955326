package domain

import "time"

// ClearanceRules are the policy's rules for who may be in a group of a tier (R4.2.1, R4.2.2, R2.2.2), under clearance: in
// the policy. The zero value asks for nothing: groups of policies that say nothing live as before.
type ClearanceRules struct {
	NDA      bool          `json:"nda,omitempty"`      // a sealed agreement for this group
	Course   string        `json:"course,omitempty"`   // the training that must be valid; empty: none
	Grace    int           `json:"grace,omitempty"`    // days a member whose agreement or training lapsed stays before the suspension
	Outsider OutsiderRules `json:"outsiders,omitzero"` // people from outside the company (R2.2.5)
	Inactive InactiveRules `json:"inactive,omitzero"`  // members who are inactive for long (R2.2.2)
}

// Asks tells whether a person needs anything at all before they are in.
func (r ClearanceRules) Asks() bool { return r.NDA || r.Course != "" }

// OutsiderRules say whether and for how long people from outside may be in a group (R2.2.5). They come with a sponsor, who
// works here, and an end date.
type OutsiderRules struct {
	Allowed bool `json:"allowed,omitempty"`
	Days    int  `json:"days,omitempty"` // the longest stay
}

// InactiveRules say when a member counts as inactive in a group, and how long the notice before the removal is.
type InactiveRules struct {
	After  int `json:"after,omitempty"`  // days without human activity in that group; 0: nobody is cleared out
	Notice int `json:"notice,omitempty"` // days between notice and removal
}

// AgreementState is how a person's agreement for a group stands, for the gate of a group.
type AgreementState string

// The states of an agreement as a gate sees it.
const (
	AgreementNone   AgreementState = ""
	AgreementOpen   AgreementState = "open"   // asked for and not sealed yet
	AgreementSealed AgreementState = "sealed" // in force
	AgreementLapsed AgreementState = "lapsed" // was in force; a material new version is to be signed, in grace since Since
	AgreementEnded  AgreementState = "ended"  // declined, expired, voided
)

// TrainingState is how a person's training stands.
type TrainingState string

// The states of a training as a gate sees it.
const (
	TrainingNone   TrainingState = ""
	TrainingValid  TrainingState = "valid"
	TrainingLapsed TrainingState = "lapsed" // was valid
)

// Clearance is what the record says about one person for one group.
type Clearance struct {
	Person    EmployeeID     `json:"person"`
	Agreement AgreementState `json:"agreement,omitempty"`
	AgreeBy   time.Time      `json:"agree_by,omitzero"` // lapsed: the end of the grace
	Training  TrainingState  `json:"training,omitempty"`
	TrainBy   time.Time      `json:"train_by,omitzero"` // lapsed: the end of the grace
}

// PlaceFor is the state that a person's place in a group should have, by what the group asks and what the record says: the
// one rule of the gate (semantics 2 and 4: a confidential group admits only members whose NDA is sealed and whose training
// is valid). was is the place now. A member whose agreement or training lapsed stays until the grace ends, then is
// suspended; everybody else waits for what is missing, the agreement first.
func PlaceFor(r ClearanceRules, was MemberState, c Clearance, now time.Time) MemberState {
	in := was == MemberActive || was == MemberSuspended
	agreed := !r.NDA || c.Agreement == AgreementSealed || (was == MemberActive && c.Agreement == AgreementLapsed && now.Before(c.AgreeBy))
	trained := r.Course == "" || c.Training == TrainingValid || (was == MemberActive && c.Training == TrainingLapsed && now.Before(c.TrainBy))
	switch {
	case agreed && trained:
		return MemberActive
	case in:
		return MemberSuspended
	case !agreed:
		return MemberNDAPending
	}
	return MemberTrainingPending
}
