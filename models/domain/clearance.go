package domain

import "time"

// ClearanceRules are the policy's rules for who may be in a group of a tier (R4.2.1, R4.2.2, R2.2.2), under clearance: in
// the policy. The zero value asks for nothing: groups of policies that say nothing live as before.
type ClearanceRules struct {
	NDA      bool          `json:"nda,omitempty"`      // a sealed agreement for this group
	Course   string        `json:"course,omitempty"`   // the training that must be valid; empty: none
	Grace    int           `json:"grace,omitempty"`    // days a member whose training lapsed stays before the suspension
	Begins   int           `json:"begins,omitempty"`   // days members of groups that stand have when a policy begins to ask
	Raised   int           `json:"raised,omitempty"`   // days members have when their group's tier is raised; 0: they are out at once
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

// OutsiderLife is what holds for the stays of people from outside in every group: spans are calendar days.
type OutsiderLife struct {
	Grace   int   `json:"grace,omitempty"`   // an admin has to take over when the sponsor is gone; 0: they are out at once
	Notices []int `json:"notices,omitempty"` // before the end, descending: 14, 3
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

// Clearance is what the record says about one person for one group: where they stand in it, and what they have. An agreement
// counts as ended only if it was made for the place of now.
type Clearance struct {
	Person    EmployeeID     `json:"person"`
	Was       MemberState    `json:"was,omitempty"` // their place now; empty: none, or they left
	Agreement AgreementState `json:"agreement,omitempty"`
	AgreeBy   time.Time      `json:"agree_by,omitzero"` // lapsed: the end of the grace
	Training  TrainingState  `json:"training,omitempty"`
	TrainBy   time.Time      `json:"train_by,omitzero"` // lapsed: the end of the grace
	// Early: they wait since their group was filed late (Gate.Late), and are on its platform as far as anybody knows.
	Early bool `json:"early,omitempty"`
}

// PlaceFor is the state that a person's place in a group should have, by what the group asks and what the record says: the
// one rule of the gate (semantics 2 and 4: a confidential group admits only members whose NDA is sealed and whose training
// is valid). was is the place now. A member whose agreement or training lapsed stays until the grace ends, then is
// suspended; everybody else waits for what is missing, the agreement first. Who declined, or let the time pass, has no place.
func PlaceFor(r ClearanceRules, was MemberState, c Clearance, now time.Time) MemberState {
	in := was == MemberActive || was == MemberSuspended
	agreed := !r.NDA || c.Agreement == AgreementSealed || (was == MemberActive && c.Agreement == AgreementLapsed && now.Before(c.AgreeBy))
	trained := r.Course == "" || c.Training == TrainingValid || (was == MemberActive && c.Training == TrainingLapsed && now.Before(c.TrainBy))
	switch {
	case agreed && trained:
		return MemberActive
	case in:
		return MemberSuspended
	case !agreed && c.Agreement == AgreementEnded && was.Waits():
		return MemberRemoved
	case !agreed:
		return MemberNDAPending
	}
	return MemberTrainingPending
}

// Missing is what keeps a person out of a group.
type Missing string

// What can be missing.
const (
	MissingNDA      Missing = "nda"
	MissingTraining Missing = "training"
	MissingReview   Missing = "review" // an admin's answer to the request (R2.2.2)
	MissingAnswer   Missing = "answer" // the person's own to the invitation
)

// MissingFor lists what a person still needs, in the order in which it is asked for.
func MissingFor(r ClearanceRules, c Clearance) []Missing {
	var out []Missing
	switch c.Was {
	case MemberRequested:
		out = append(out, MissingReview)
	case MemberInvited:
		out = append(out, MissingAnswer)
	default: // no answer is waited for
	}
	if r.NDA && c.Agreement != AgreementSealed {
		out = append(out, MissingNDA)
	}
	if r.Course != "" && c.Training != TrainingValid {
		out = append(out, MissingTraining)
	}
	return out
}
