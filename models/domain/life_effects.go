package domain

// The effects of acts of a group's life. Those whose kind begins with "row_" change rows of group_members, in the act's own
// transaction, for Effect.People; all others are news: for Effect.People, with Members for everybody in the group, with Roles
// for every active holder. Slot names what the news is about.
const (
	EffectRowActive  EffectKind = "row_active"  // these people are in the group from now on
	EffectRowLeaving EffectKind = "row_leaving" // out, until the platform confirms it (R2.3.4)
	EffectRowRemoved EffectKind = "row_removed" // the platform confirmed: only rows that are still leaving

	EffectRowRequested EffectKind = "row_requested" // they asked to join
	EffectRowInvited   EffectKind = "row_invited"   // an admin asked them
	EffectRowNDA       EffectKind = "row_nda"       // they come in once the agreement is sealed (R4.2.1)
	EffectRowTraining  EffectKind = "row_training"  // … and the training is valid (R4.2.2)
	EffectRowSuspended EffectKind = "row_suspended" // were in; out of the platform until both hold again
	EffectRowOut       EffectKind = "row_out"       // a place that was never taken ends

	EffectJoinAsked   EffectKind = "join_asked"       // admins: somebody asks to join; Slot: the person
	EffectJoinRefused EffectKind = "join_refused"     // who asked
	EffectInvited     EffectKind = "invited"          // who is invited
	EffectDeclined    EffectKind = "invite_declined"  // admins; Slot: the person
	EffectTraining    EffectKind = "training_asked"   // who must pass the training before they are in
	EffectSuspended   EffectKind = "suspended"        // who is out until agreement and training hold again
	EffectMembersOut  EffectKind = "member_suspended" // admins: these people are; Slot: the first
	EffectPlaceOver   EffectKind = "place_over"       // who did not sign, and the admins: the place is over
	EffectIdleNotice  EffectKind = "inactive_notice"  // who was silent for long: removed on a day, unless they reply; Slot: that day
	EffectIdleTold    EffectKind = "members_inactive" // admins: members had notice; Slot: how many
	EffectIdleRemoved EffectKind = "inactive_removed" // who did not reply, and the admins; Slot: the rule

	EffectNotice      EffectKind = "life_notice"    // admins: a date comes near; Slot: its kind
	EffectRenewalDue  EffectKind = "renewal_due"    // admins: attest purpose, members, admins and tier
	EffectGrace       EffectKind = "grace"          // admins: last warning; Slot: kind of the date that passed
	EffectRenewed     EffectKind = "renewed"        // admins; Slot: RenewalHow
	EffectFrozen      EffectKind = "frozen"         // everybody; Slot: the rule, empty: a person
	EffectUnfreezing  EffectKind = "unfreezing"     // those who may be the second to unfreeze it
	EffectUnfrozen    EffectKind = "unfrozen"       // everybody
	EffectArchived    EffectKind = "archived"       // everybody; Slot: the rule, empty: a person
	EffectRestored    EffectKind = "restored"       // everybody
	EffectDissolved   EffectKind = "dissolved"      // everybody; Slot: the rule, empty: a person
	EffectHeld        EffectKind = "held"           // admins and custodians; Slot: the hold
	EffectReleased    EffectKind = "released"       // admins and custodians; Slot: the hold
	EffectCustodian   EffectKind = "custodian_left" // legal: these custodians left the company, and with it the group
	EffectAdmitted    EffectKind = "admitted"       // the new members
	EffectRemoved     EffectKind = "removed"        // who was removed, and the admins
	EffectLeft        EffectKind = "left"           // admins: these people left by themselves or by the directory; Slot: the first
	EffectOwnerless   EffectKind = "ownerless"      // the security officers
	EffectAskConsent  EffectKind = "ask_consent"    // members asked to take the group over: a task
	EffectAskHead     EffectKind = "ask_head"       // leaders asked to appoint admins: a task
	EffectConsentOver EffectKind = "consent_over"   // members and leaders whose task is void: somebody took the group over
	EffectAppointed   EffectKind = "appointed"      // the new admins
	EffectChanged     EffectKind = "changed"        // admins, old and new; Slot: the case
	EffectTightened   EffectKind = "tightened"      // admins: permissions were made stricter to fit the tier; Slot: which
	EffectAskOp       EffectKind = "ask_op"         // admins do it on the platform and confirm; Slot: the operation
	EffectOpDone      EffectKind = "op_confirmed"   // admins: what was asked by hand is done; Slot: the operation
	EffectOpFailed    EffectKind = "op_failed"      // admins; Slot: the operation
	EffectGap         EffectKind = "gap"            // admins: the platform cannot; Slot: the capability
	EffectFinding     EffectKind = "finding"        // the finding's owner, or the security officers; Slot: the finding
	EffectUnfiled     EffectKind = "unfiled"        // who keeps a discovered group: it was not filed in time
	EffectAdopted     EffectKind = "adopted"        // everybody: the discovered group is on file
)

// Reasons of refusals in a group's life.
const (
	ReasonTooFewAdmins Reason = "too_few_admins"
	ReasonStaleBase    Reason = "stale_base" // the group changed since the change was asked for
	ReasonHeld         Reason = "legal_hold"
	ReasonCustodian    Reason = "custodian" // of a legal hold
	ReasonLastAdmin    Reason = "last_admin"
	ReasonImplicated   Reason = "implicated"
	ReasonNotSecurity  Reason = "not_security"
	ReasonNotLegal     Reason = "not_legal"
	ReasonNotSecond    Reason = "not_a_second_person" // may not be the second to unfreeze
	ReasonSamePerson   Reason = "same_person"         // a second person is needed
	ReasonNoReason     Reason = "reason_required"
	ReasonNotMember    Reason = "not_a_member"
	ReasonMember       Reason = "already_a_member"
	ReasonNotAsked     Reason = "not_asked"
	ReasonNotHead      Reason = "not_the_head"
	ReasonNobodyNamed  Reason = "nobody_named"
	ReasonTooMany      Reason = "too_many_people"
	ReasonNoSuchOp     Reason = "no_such_operation"
	ReasonNoSuchHold   Reason = "no_such_hold"
	ReasonOwnHold      Reason = "own_hold" // whoever set a hold does not release it
	ReasonNoSuchGap    Reason = "no_such_gap"
	ReasonNoFinding    Reason = "no_such_finding"
	ReasonNotProposed  Reason = "not_proposed"
	ReasonElsewhere    Reason = "done_elsewhere" // a proposal that is carried out by a filing or an appointment
	ReasonNotOwner     Reason = "not_the_owner"  // of the finding
	ReasonEndPassed    Reason = "end_passed"     // a new end date is needed
	ReasonEndTooFar    Reason = "end_too_far"
	ReasonNoEnd        Reason = "no_end_date" // the group has none to prolong, or it is no date
	ReasonNotADate     Reason = "no_such_date"
	ReasonWaiting      Reason = "waits_already" // has a place, and waits for agreement, training or an answer
	ReasonNotRequested Reason = "not_requested"
	ReasonNotInvited   Reason = "not_invited"
	ReasonNoNotice     Reason = "no_notice"  // nobody announced their removal
	ReasonNotExempt    Reason = "not_exempt" // from the rule of inactive members
)
