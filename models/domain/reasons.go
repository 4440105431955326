package domain

// Reason says why an act was refused or a slot closed: a stable code for API, page and audit.
type Reason string

// The reasons.
const (
	ReasonNotApprover  Reason = "not_an_approver"      // holds no slot in this round
	ReasonNotYourTurn  Reason = "not_your_turn"        // the slot is not open yet
	ReasonOwnMatter    Reason = "separation_of_duties" // party to the request
	ReasonInactive     Reason = "account_disabled"     // left, or disabled
	ReasonStale        Reason = "material_changed"     // decided on an old version or digest
	ReasonProof        Reason = "proof_invalid"
	ReasonNotRequester Reason = "not_the_requester"
	ReasonDecided      Reason = "already_decided" // the slot has a decision
	ReasonSettled      Reason = "step_settled"    // another's decision settled the step
	ReasonLost         Reason = "slot_lost"       // the directory moved the slot to somebody else
	ReasonEnded        Reason = "case_ended"
	ReasonUnknownAct   Reason = "unknown_act"
	ReasonNotDue       Reason = "not_due"
	ReasonNobody       Reason = "nobody_to_ask" // needs a hand

	ReasonNoDelegation  Reason = "no_delegation"      // not, or no longer, in force for this person and request
	ReasonCountsOnce    Reason = "counts_once"        // has another place in the step: one person counts once
	ReasonTargetParty   Reason = "target_is_party"    // the person named is party to the request
	ReasonTargetAway    Reason = "target_inactive"    // the person named left, or the account is disabled
	ReasonTargetRole    Reason = "target_lacks_role"  // the place is for holders of a role
	ReasonTargetAsked   Reason = "target_has_a_place" // the person named is asked in this step already
	ReasonHops          Reason = "too_many_hops"
	ReasonTooManyAdded  Reason = "too_many_added"
	ReasonNotAllowed    Reason = "not_allowed_by_policy"
	ReasonNoComment     Reason = "comment_required"
	ReasonNoSuchStep    Reason = "no_such_step" // return: not a step already passed
	ReasonTooSoon       Reason = "urged_too_soon"
	ReasonNobodyWaits   Reason = "nobody_can_act_now" // urge: nobody is asked
	ReasonUnchanged     Reason = "material_unchanged"
	ReasonNotReturned   Reason = "not_returned"
	ReasonNameTaken     Reason = "name_taken"
	ReasonWaitsForAdded Reason = "waits_for_added" // the caller's place waits for those added before
	ReasonNotProcess    Reason = "not_a_process_admin"
	// Why a slot closed.
	ReasonReturned   Reason = "returned"       // the request was sent back
	ReasonEscalated  Reason = "escalated"      // the superior decides instead
	ReasonTimedOut   Reason = "timed_out"      // the deadline passed and the policy lets the step pass
	ReasonAddedNo    Reason = "added_rejected" // somebody added before said no
	ReasonReassigned Reason = "reassigned"     // a process administrator named somebody else
	ReasonAmended    Reason = "amended"        // the material changed: approvals are void
)
