package domain

import (
	"slices"
	"time"
)

// maxAnswers is how many answers a group's state keeps; older acts are known to the database only.
const maxAnswers = 200

// lifeAct is one application of an act of a group's life: the state being made, and what follows from it.
type lifeAct struct {
	g       *Group
	l       *Life
	a       GroupAct
	p       LifeAct
	f       GroupFacts
	lf      LifeFacts
	effects []Effect
	ops     int // operations made by this act

	made  map[EmployeeID]MemberState // places changed by this act
	asked bool                       // everybody in the group whose clearance is missing is asked for it by this act
}

// NewLife is the life of a group about to be made: the rules in force, and the term that its filing begins.
func NewLife(caseID string, f Filing, rules LifeRules, at time.Time) *Life {
	return &Life{
		Rules: rules, Renewed: Renewal{How: RenewedByFiling, At: at}, Members: len(f.Admins) + len(f.Members), Material: caseID,
		Perms: f.Permissions, Since: at,
	}
}

// NewDiscovered is the state of a group found on a platform: a draft until it is filed (R6.1). It has no admins on record.
func NewDiscovered(id, number, platform, platformID string, rules LifeRules, at time.Time) Group {
	return Group{
		ID: id, Number: number, Platform: platform, PlatformID: platformID, Tier: TierOrdinary, State: GroupDraft, Since: at,
		Life: &Life{Rules: rules, Renewed: Renewal{How: RenewedByFiling, At: at}, Since: at},
	}
}

// AttestDigest is the hash of what an admin attests at a renewal: purpose and the rest of the filing in force, type, tier,
// departments, admins, end, permissions, and who is in the group (MembersDigest). What the admin saw must be what is true.
func AttestDigest(g Group, members string) string {
	var l Life
	if g.Life != nil {
		l = *g.Life
	}
	return StateDigest(struct {
		Material, Digest string
		Type             GroupType
		Tier             Tier
		Departments      []DepartmentID
		Admins           []EmployeeID
		EndsOn           string
		Perms            Permissions
		Members          string
	}{l.Material, g.Digest, g.Type, g.Tier, g.Departments, g.Admins, g.EndsOn, l.Perms, members})
}

// MembersDigest is the hash of the people in a group, whatever their order.
func MembersDigest(people []EmployeeID) string {
	return StateDigest(slices.Sorted(slices.Values(people)))
}

// PlanGroup decides an act in two passes: the first tells the state after it, the second has that state's dates among the
// facts. What it returns as facts is what the history keeps; DecideGroup with them gives the same state anywhere, without
// a calendar (temporal.md 26).
func PlanGroup(g Group, a GroupAct, f GroupFacts, cal *Calendar) (Group, Verdict, GroupFacts) {
	if g.Life == nil && a.Kind != GroupContinued {
		after, v := DecideGroup(g, a, f)
		return after, v, f
	}
	if cal == nil {
		cal = &Calendar{Version: "none"}
	}
	lf := f.life()
	lf.Dates, lf.Calendar = nil, ""
	lf.Today, lf.Latest = Today(cal, f.At), LatestEnd(g, cal)
	if a.Kind == GroupOutsider && a.Life != nil {
		lf.StayEnds = StayEnds(cal, a.Life.EndsOn)
	}
	if lf.Silence != nil {
		s := PlanSilence(g, *lf.Silence, cal, f.At)
		lf.Silence = &s
	}
	f.Life = &lf
	after, v := DecideGroup(g, a, f)
	if after.Life == nil || v.Result != Accepted {
		return after, v, f
	}
	lf.Dates, lf.Calendar = PlanDates(after, cal, actTime(a, f)), cal.Version
	after, v = DecideGroup(g, a, f)
	return after, v, f
}

// actTime is when an act counts: the workflow's clock may be a little ahead of the activity's when a timer has fired.
func actTime(a GroupAct, f GroupFacts) time.Time {
	if a.Actor == "" && a.At.After(f.At) {
		return a.At
	}
	return f.At
}

// NextOp is the operation that the platform is to be asked for now, if any. One is asked at a time, in order: a failed one
// and one that people do by hand do not hold up those after it.
func NextOp(g Group) (PlatformOp, bool) {
	if g.Life == nil {
		return PlatformOp{}, false
	}
	if g.State == GroupProvisioning || g.State == GroupProvisioningFailed || g.State == GroupDeleted {
		return PlatformOp{}, false
	}
	for _, op := range g.Life.Ops {
		if op.State == OpPending {
			return op, true
		}
	}
	return PlatformOp{}, false
}

// clone copies a life deeply enough that an act never changes the state it was given.
func (l *Life) clone() *Life {
	if l == nil {
		return nil
	}
	c := *l
	c.Dates, c.Holds, c.Ops = slices.Clone(l.Dates), slices.Clone(l.Holds), slices.Clone(l.Ops)
	c.Findings, c.Gaps, c.Dismissed = slices.Clone(l.Findings), slices.Clone(l.Gaps), slices.Clone(l.Dismissed)
	c.Idle, c.Required = slices.Clone(l.Idle), slices.Clone(l.Required)
	if l.Frozen != nil {
		f := *l.Frozen
		c.Frozen = &f
	}
	if l.Orphan != nil {
		o := *l.Orphan
		c.Orphan = &o
	}
	c.Guests = slices.Clone(l.Guests)
	if l.Gate != nil {
		x := *l.Gate
		c.Gate = &x
	}
	return &c
}

// lived ends an act on a group that has a life: the dates that the activity planned come in, and old answers go.
func (g *Group) lived(v Verdict, f GroupFacts) {
	if n := len(g.Answers) - maxAnswers; n > 0 {
		g.Answers = g.Answers[n:]
	}
	if v.Result == Accepted && f.Life != nil && f.Life.Calendar != "" {
		g.Life.Dates, g.Life.Calendar = slices.Clone(f.Life.Dates), f.Life.Calendar
	}
}

// systemActs are those that only the system does; a person who sends one is refused. Freezing and archiving are both:
// the system's carry a rule.
var systemActs = []GroupActKind{
	GroupContinued, GroupDirectory, GroupCalendar, GroupDateDue, GroupActivity, GroupChanged, GroupOpDone, GroupOpByHand, GroupOpGap,
	GroupOpFailed, GroupReconciled, GroupAdopted, GroupClearance, GroupInactive,
}

// live applies an act of the life after birth; false when the act is not one of those.
func (g *Group) live(a GroupAct, f GroupFacts) (Verdict, bool) {
	m := &lifeAct{g: g, l: g.Life, a: a, f: f, lf: f.life()}
	if a.Life != nil {
		m.p = *a.Life
	}
	person := slices.Contains(lifePersonActs, a.Kind) && a.Kind != GroupGone
	switch {
	case slices.Contains(systemActs, a.Kind):
		if a.Actor != "" {
			return m.refuse(ReasonUnknownAct), true
		}
	case !person:
		return Verdict{}, false
	case a.Actor != "":
		if r := g.may(a.Kind, a.Actor, f); r != "" {
			return m.tooLateOr(r), true
		}
	case m.p.Rule == "" || (a.Kind != GroupFreeze && a.Kind != GroupArchive) || !slices.Contains(living, g.State):
		return m.refuse(ReasonState), true
	}
	return m.apply(), true
}

func (m *lifeAct) apply() Verdict {
	switch m.a.Kind {
	case GroupContinued:
		return m.continued()
	case GroupCalendar:
		return m.done()
	case GroupDirectory:
		return m.directory()
	case GroupDateDue:
		return m.date()
	case GroupActivity:
		return m.activity()
	case GroupChanged:
		return m.changed()
	case GroupAdopted:
		return m.adopted()
	case GroupOpDone, GroupOpConfirm:
		return m.opDone()
	case GroupOpByHand:
		return m.opByHand()
	case GroupOpGap:
		return m.opGap()
	case GroupOpFailed:
		return m.opFailed()
	case GroupOpRetry:
		return m.opRetry()
	case GroupReconciled:
		return m.reconciled()
	case GroupResolve:
		return m.resolve()
	case GroupSeenGap:
		return m.seenGap()
	case GroupRenew:
		return m.renew()
	case GroupFreeze:
		return m.freeze()
	case GroupUnfreeze:
		return m.unfreeze()
	case GroupArchive:
		return m.archive()
	case GroupRestore:
		return m.restore()
	case GroupDissolve:
		return m.dissolve()
	case GroupHold:
		return m.hold()
	case GroupRelease:
		return m.release()
	case GroupAdmit:
		return m.admit()
	case GroupRemove:
		return m.remove()
	case GroupLeave:
		return m.leave()
	case GroupConsent:
		return m.consent()
	case GroupAppoint:
		return m.appoint()
	case GroupJoin:
		return m.askToJoin()
	case GroupReview:
		return m.review()
	case GroupInvite:
		return m.invite()
	case GroupAccept:
		return m.accepted()
	case GroupDecline:
		return m.declined()
	case GroupClearance:
		return m.cleared()
	case GroupOutsider:
		return m.outsider()
	case GroupSponsor:
		return m.sponsor()
	case GroupInactive:
		return m.inactive()
	case GroupKeep:
		return m.keep()
	case GroupExempt:
		return m.exempt()
	default:
		return m.refuse(ReasonUnknownAct)
	}
}

// done accepts the act with the effects gathered.
func (m *lifeAct) done() Verdict {
	m.away()
	return Verdict{Answer: Answer{Result: Accepted, DecidedBy: m.a.Actor}, Effects: m.effects}
}

func (m *lifeAct) refuse(r Reason) Verdict {
	return Verdict{Answer: Answer{Result: Refused, Reason: r}, Effects: nil}
}

// hand refuses what the system should have been able to do: a person must look.
func (m *lifeAct) hand(r Reason) Verdict {
	return Verdict{Answer: Answer{Result: Refused, Reason: r}, Effects: []Effect{{Kind: EffectHand}}}
}

// tooLateOr answers an act on a deleted group as too late, every other with the reason.
func (m *lifeAct) tooLateOr(r Reason) Verdict {
	if r == ReasonState && m.g.State == GroupDeleted {
		return Verdict{Answer: Answer{Result: TooLate, Reason: ReasonEnded, DecidedBy: m.g.confirmedBy()}}
	}
	return m.refuse(r)
}

// tell notes news for people, each once; nothing when there is nobody.
func (m *lifeAct) tell(k EffectKind, about string, people ...EmployeeID) {
	m.effect(Effect{Kind: k, Slot: about, People: people})
}

func (m *lifeAct) effect(e Effect) {
	var once []EmployeeID
	for _, p := range e.People {
		if p != "" && !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	if e.People = once; len(once) > 0 || e.Members || len(e.Roles) > 0 || e.Kind == EffectHand || e.Kind == EffectFreeName {
		m.effects = append(m.effects, e)
	}
}

// admins tells the admins; where there are none, the security officers.
func (m *lifeAct) admins(k EffectKind, about string) {
	if len(m.g.Admins) == 0 {
		m.effect(Effect{Kind: k, Slot: about, Roles: []Role{RoleSecurity}})
		return
	}
	m.tell(k, about, m.g.Admins...)
}
