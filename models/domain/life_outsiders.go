package domain

import (
	"slices"
	"time"
)

// People from outside the company in a group (semantics 2, R2.2.5): they come only where policy, tier and the group's own
// permissions let them, with a sponsor who works here and answers for them, and until an end date. Who asks is the sponsor, an
// admin who is not the sponsor reviews, and the person accepts. They hold no office, are asked for nothing and decide nothing.

// The acts about people from outside.
const (
	GroupOutsider GroupActKind = "outsider" // a member or admin, as sponsor: People (one) from outside until EndsOn; for who is in, a longer stay
	GroupSponsor  GroupActKind = "sponsor"  // admin: takes over the sponsorship of People whose sponsor is gone
)

// Guest is somebody from outside with a place in a group, and what the place stands on.
type Guest struct {
	Person  EmployeeID  `json:"person"`
	State   MemberState `json:"state"`
	Sponsor EmployeeID  `json:"sponsor"`
	EndsOn  string      `json:"ends_on"`       // the last day, YYYY-MM-DD in the company's zone
	Ends    time.Time   `json:"ends"`          // the last second of it
	Lost    time.Time   `json:"lost,omitzero"` // since when nobody answers for them
	Longer  *Longer     `json:"longer,omitempty"`
}

// Longer is a longer stay that the sponsor asks for and no admin has answered.
type Longer struct {
	EndsOn string     `json:"ends_on"`
	Ends   time.Time  `json:"ends"`
	By     EmployeeID `json:"by"`
}

// Rules by which a stay ends, as paths in the policy; the last two are the group's own.
const (
	RuleOutsiderGrace = "outsiders.grace"              // the sponsor is gone, and no admin took over in time
	RuleGroupClosed   = "life.archived"                // the group is archived or dissolved
	RuleNotPermitted  = "permissions.invite_outsiders" // the group no longer lets anybody from outside in
)

// RuleOutsiders is the policy's path for who may come from outside into groups of a tier, and how long.
func RuleOutsiders(t Tier) string { return "outsiders." + string(t) }

// The effects on people from outside and who answers for them.
const (
	EffectOutsiderAsked    EffectKind = "outsider_asked"    // admins who are not the sponsor; Slot: the person
	EffectOutsiderAnswered EffectKind = "outsider_answered" // the sponsor: an admin answered; Slot: the person
	EffectOutsiderLonger   EffectKind = "outsider_longer"   // the person: the stay is longer
	EffectOutsiderNotice   EffectKind = "outsider_notice"   // the person and the sponsor (admins, when there is none): the end comes near; Slot: the person
	EffectOutsiderOver     EffectKind = "outsider_over"     // the person, the sponsor and the admins: out by a rule; Slot: the rule
	EffectSponsorLost      EffectKind = "sponsor_lost"      // admins: somebody must answer for these people; Slot: the first
	EffectSponsored        EffectKind = "sponsored"         // the person: somebody else answers for them now
)

// Reasons of refusals about people from outside.
const (
	ReasonOutsidersNever  Reason = "outsiders_never"         // the policy lets nobody from outside into groups of this tier
	ReasonOutsidersClosed Reason = "outsiders_not_permitted" // the group's permissions do not: a change, by approval, could
	ReasonOutsidersGap    Reason = "outsiders_platform"      // the platform cannot have them
	ReasonOutsider        Reason = "outsider"                // nobody from outside may do this
	ReasonNoOutsider      Reason = "not_an_outsider"
	ReasonHasSponsor      Reason = "has_sponsor"
	ReasonNotSponsor      Reason = "not_the_sponsor"
)

// CapabilityOutsiders is what a platform can that has people from outside in its groups; as chat.Capability.
const CapabilityOutsiders = "outsiders"

// MaxGuests bounds how many people from outside one group has: each is part of its state.
const MaxGuests = 200

// OutsidersBarred says why nobody from outside can come into a group now, whoever asks; empty: they can. The rule that says so
// comes with it.
func OutsidersBarred(g Group) (Reason, string) {
	switch {
	case g.Life == nil || !slices.Contains(living, g.State):
		return ReasonState, ""
	case !g.Life.Rules.Tiers[g.Tier].Clearance.Outsider.Allowed:
		return ReasonOutsidersNever, RuleOutsiders(g.Tier)
	case !g.Life.Perms.InviteOutsiders:
		return ReasonOutsidersClosed, RuleNotPermitted
	}
	return "", ""
}

// LatestStay is the last day that a stay asked for today may have (YYYY-MM-DD): the policy's longest stay, and the end of the
// group when it has one.
func LatestStay(g Group, today string) string {
	day, err := time.Parse(time.DateOnly, today)
	if err != nil || g.Life == nil {
		return ""
	}
	latest := day.AddDate(0, 0, g.Life.Rules.Tiers[g.Tier].Clearance.Outsider.Days).Format(time.DateOnly)
	if g.EndsOn != "" && g.EndsOn < latest {
		return g.EndsOn
	}
	return latest
}

// StayEnds is the last second of a last day in the company's zone, so that every list names that day; zero when the day is none.
func StayEnds(cal *Calendar, day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, cal.zone())
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).Add(-time.Second).UTC()
}

// GuestOf is a person's stay in a group, if they come from outside and have one.
func (g Group) GuestOf(p EmployeeID) (Guest, bool) {
	if x := g.Life.guest(p); x != nil {
		return *x, true
	}
	return Guest{}, false
}

// Sponsors tells whether somebody answers for people from outside in the group.
func (g Group) Sponsors(who EmployeeID) bool {
	return g.Life != nil && slices.ContainsFunc(g.Life.Guests, func(x Guest) bool { return x.Sponsor == who && x.Lost.IsZero() })
}

func (l *Life) guest(p EmployeeID) *Guest {
	if l == nil {
		return nil
	}
	if i := slices.IndexFunc(l.Guests, func(x Guest) bool { return x.Person == p }); i >= 0 {
		return &l.Guests[i]
	}
	return nil
}

// mayGuest is what people from outside may do at all: answer their invitation, and go.
func (g *Group) mayGuest(k GroupActKind, x Guest) Reason {
	switch {
	case k == GroupLeave && slices.Contains(standing, g.State), k == GroupDecline && x.State == MemberInvited && g.State != GroupDeleted,
		k == GroupAccept && x.State == MemberInvited && slices.Contains(living, g.State):
		return ""
	case k == GroupLeave, k == GroupAccept && x.State == MemberInvited, k == GroupDecline && x.State == MemberInvited:
		return ReasonState
	case k == GroupAccept || k == GroupDecline:
		return ReasonNotInvited
	}
	return ReasonOutsider
}

// outsider: a sponsor asks that somebody from outside may come, or stay longer. An admin answers.
func (m *lifeAct) outsider() Verdict {
	people := unique(m.p.People)
	why, _ := OutsidersBarred(*m.g)
	switch {
	case len(people) != 1:
		return m.refuse(ReasonNobodyNamed)
	case why != "":
		return m.refuse(why)
	case m.lf.NoOutsiders:
		return m.refuse(ReasonOutsidersGap)
	case !slices.Contains(m.lf.Outside, people[0]):
		return m.refuse(ReasonNoOutsider)
	case m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	}
	if r := m.stayEnd(); r != "" {
		return m.refuse(r)
	}
	if x := m.l.guest(people[0]); x != nil {
		return m.longer(x)
	}
	if r := m.room(1); r != "" || len(m.l.Guests) >= MaxGuests {
		return m.refuse(ReasonTooMany)
	}
	p := people[0]
	m.l.Guests = append(m.l.Guests, Guest{Person: p, Sponsor: m.a.Actor, EndsOn: m.p.EndsOn, Ends: m.lf.StayEnds})
	m.set(p, MemberRequested)
	m.tell(EffectRowRequested, "", p)
	m.reviewers(p)
	return m.done()
}

// stayEnd checks the end that a sponsor asks for.
func (m *lifeAct) stayEnd() Reason {
	_, err := time.Parse(time.DateOnly, m.p.EndsOn)
	switch {
	case err != nil || m.lf.StayEnds.IsZero():
		return ReasonNoEnd
	case m.p.EndsOn <= m.lf.Today:
		return ReasonEndPassed
	case m.p.EndsOn > LatestStay(*m.g, m.lf.Today):
		return ReasonEndTooFar
	}
	return ""
}

// longer asks for a longer stay. It is the sponsor's to ask, and begins no new place.
func (m *lifeAct) longer(x *Guest) Verdict {
	switch {
	case x.State.Asked() || x.Longer != nil:
		return m.refuse(ReasonWaiting)
	case x.Sponsor != m.a.Actor || !x.Lost.IsZero():
		return m.refuse(ReasonNotSponsor)
	case m.p.EndsOn <= x.EndsOn:
		return m.refuse(ReasonEndPassed)
	}
	x.Longer = &Longer{EndsOn: m.p.EndsOn, Ends: m.lf.StayEnds, By: m.a.Actor}
	m.reviewers(x.Person)
	return m.done()
}

// reviewers tells the admins who can answer: the sponsor cannot, and where no other admin is left security is told.
func (m *lifeAct) reviewers(about EmployeeID) {
	others := slices.DeleteFunc(slices.Clone(m.g.Admins), func(a EmployeeID) bool { return a == m.a.Actor })
	if len(others) == 0 {
		m.effect(Effect{Kind: EffectOutsiderAsked, Slot: string(about), Roles: []Role{RoleSecurity}})
		return
	}
	m.tell(EffectOutsiderAsked, string(about), others...)
}

// asks tells whether an admin's answer is waited for: to a request to join, or to a longer stay.
func (m *lifeAct) asks(p EmployeeID) bool {
	x := m.l.guest(p)
	return m.was(p) == MemberRequested || (x != nil && x.Longer != nil)
}

// reviewGuests answers for people from outside. Nobody answers their own request (semantics 1).
func (m *lifeAct) reviewGuests(guests []EmployeeID) Reason {
	for _, p := range guests {
		x := m.l.guest(p)
		if x.Sponsor == m.a.Actor || (x.Longer != nil && x.Longer.By == m.a.Actor) {
			return ReasonOwnMatter
		}
		ends := x.EndsOn
		if x.Longer != nil {
			ends = x.Longer.EndsOn
		}
		if why, _ := OutsidersBarred(*m.g); why != "" && !m.p.Refuse {
			return why
		}
		if !m.p.Refuse && ends < m.lf.Today {
			return ReasonEndPassed
		}
	}
	for _, p := range guests {
		x := *m.l.guest(p)
		m.tell(EffectOutsiderAnswered, string(p), x.Sponsor)
		switch longer := x.Longer; {
		case longer != nil:
			m.l.guest(p).Longer = nil
			if !m.p.Refuse {
				m.l.guest(p).EndsOn, m.l.guest(p).Ends = longer.EndsOn, longer.Ends
				m.tell(EffectOutsiderLonger, "", p)
			}
		case m.p.Refuse: // the person was never told of it
			m.set(p, MemberRemoved)
			m.tell(EffectRowOut, "", p)
		default:
			m.set(p, MemberInvited)
			m.tell(EffectRowInvited, "", p)
			m.tell(EffectInvited, "", p)
		}
	}
	return ""
}

// sponsor: an admin answers from now on for people whose sponsor is gone.
func (m *lifeAct) sponsor() Verdict {
	people := unique(m.p.People)
	for _, p := range people {
		switch x := m.l.guest(p); {
		case x == nil:
			return m.refuse(ReasonNotMember)
		case x.Lost.IsZero():
			return m.refuse(ReasonHasSponsor)
		}
	}
	if len(people) == 0 {
		return m.refuse(ReasonNobodyNamed)
	}
	for _, p := range people {
		x := m.l.guest(p)
		x.Sponsor, x.Lost = m.a.Actor, time.Time{}
	}
	m.tell(EffectSponsored, "", m.told(people)...)
	return m.done()
}

// told leaves out who was never told of their place.
func (m *lifeAct) told(people []EmployeeID) []EmployeeID {
	return slices.DeleteFunc(slices.Clone(people), func(p EmployeeID) bool { return m.was(p) == MemberRequested })
}

// sponsorsGone begins the grace of those whose sponsor left the group, the company, or changed post. Without a grace in the
// policy they are out at once.
func (m *lifeAct) sponsorsGone(people []EmployeeID) {
	var lost []EmployeeID
	for i := range m.l.Guests {
		if x := &m.l.Guests[i]; x.Lost.IsZero() && slices.Contains(people, x.Sponsor) {
			x.Lost, x.Longer = m.f.At, nil
			lost = append(lost, x.Person)
		}
	}
	switch {
	case len(lost) == 0:
	case m.l.Rules.Outsiders.Grace <= 0:
		m.guestsOut(lost, RuleOutsiderGrace)
	default:
		m.admins(EffectSponsorLost, string(lost[0]))
	}
}

// withSponsors are those who answer for people from outside.
func (m *lifeAct) withSponsors(people []EmployeeID) []EmployeeID {
	var out []EmployeeID
	for _, p := range people {
		if x := m.l.guest(p); x != nil && x.Lost.IsZero() {
			out = append(out, x.Sponsor)
		}
	}
	return out
}

// guestsOut ends stays by a rule: on the register and on the platform, as every removal does.
func (m *lifeAct) guestsOut(people []EmployeeID, rule string) {
	if len(people) == 0 {
		return
	}
	tell := slices.Concat(m.told(people), m.withSponsors(people), m.g.Admins)
	m.out(people)
	m.tell(EffectOutsiderOver, rule, tell...)
}

// guestsFit sends people from outside away when tier, policy or permissions no longer let them in.
func (m *lifeAct) guestsFit() {
	switch {
	case len(m.l.Guests) == 0:
	case !m.gate().Outsider.Allowed:
		m.guestsOut(m.guests(nil), RuleOutsiders(m.g.Tier))
	case !m.l.Perms.InviteOutsiders:
		m.guestsOut(m.guests(nil), RuleNotPermitted)
	}
}

// guests lists those from outside whom a condition fits; nil: all.
func (m *lifeAct) guests(fit func(Guest) bool) []EmployeeID {
	var out []EmployeeID
	for _, x := range m.l.Guests {
		if fit == nil || fit(x) {
			out = append(out, x.Person)
		}
	}
	return out
}

// noteGuest keeps a stay's state beside the place of the person, and ends it with the place.
func (m *lifeAct) noteGuest(p EmployeeID, to MemberState) {
	switch x := m.l.guest(p); {
	case x == nil:
	case to == MemberLeaving || to == MemberRemoved:
		m.l.Guests = slices.DeleteFunc(m.l.Guests, func(x Guest) bool { return x.Person == p })
		if len(m.l.Guests) == 0 {
			m.l.Guests = nil
		}
	default:
		x.State = to
	}
}
