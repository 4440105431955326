package domain

import (
	"slices"
	"time"
)

// The gate of a group (semantics 2 and 4, R4.2.1, R4.2.2): who has a place and who is in. PlaceFor alone decides; here its
// answers become rows and operations. Admins keep their rights in this service from the filing on; on the platform they have
// them once they are in.

// What an act asks of the agreements' own process. These effects tell nobody by themselves.
const (
	EffectAskNDA EffectKind = "ask_nda" // of these people
	EffectEndNDA EffectKind = "end_nda" // of these people, who are out, or (Members) of everybody: the duties survive; Slot: why
)

// agreements tells whether the policy has agreements at all: groups may have members who signed one, whatever their tier is now.
func (r LifeRules) agreements() bool {
	return slices.ContainsFunc(Tiers, func(t Tier) bool { return r.Tiers[t].Clearance.NDA })
}

// Why agreements end, as their own process is told.
const (
	endLeft = "left_group"
	endGone = "group_gone"
)

// gate is what the group's tier asks of people now.
func (m *lifeAct) gate() ClearanceRules { return m.l.Rules.Tiers[m.g.Tier].Clearance }

// AdminsThere are the admins who are in the group on its platform.
func (g Group) AdminsThere() []EmployeeID {
	if g.Life == nil || len(g.Life.Away) == 0 {
		return g.Admins
	}
	return slices.DeleteFunc(slices.Clone(g.Admins), func(a EmployeeID) bool { return slices.Contains(g.Life.Away, a) })
}

// record is what the facts say about a person.
func (m *lifeAct) record(p EmployeeID) Clearance {
	for _, c := range m.lf.Clear {
		if c.Person == p {
			return c
		}
	}
	return Clearance{Person: p}
}

// was is a person's place as this act has it so far; empty: none, as far as the facts tell.
func (m *lifeAct) was(p EmployeeID) MemberState {
	if s, ok := m.made[p]; ok {
		return s
	}
	if x := m.l.guest(p); x != nil {
		return x.State
	}
	switch s := m.record(p).Was; {
	case s != "":
		return s
	case slices.Contains(m.l.Away, p):
		return MemberNDAPending
	case slices.Contains(m.lf.Members, p):
		return MemberActive
	}
	return ""
}

// set notes a person's new place, and counts.
func (m *lifeAct) set(p EmployeeID, to MemberState) {
	was := m.was(p)
	if was == "" && (to == MemberLeaving || to == MemberRemoved) {
		was = MemberActive // who is sent away was in, unless the facts say otherwise
	}
	count := func(s MemberState, by int) {
		switch {
		case s == MemberActive:
			m.l.Members = max(0, m.l.Members+by)
		case s.Waits():
			m.l.Pending = max(0, m.l.Pending+by)
		case s == MemberRequested:
			m.l.Asking = max(0, m.l.Asking+by)
		}
	}
	count(was, -1)
	count(to, 1)
	if m.made == nil {
		m.made = map[EmployeeID]MemberState{}
	}
	m.made[p] = to
	m.noteGuest(p, to)
}

// join puts people into the group as far as the gate lets them, on the register and on the platform, and returns who is in.
func (m *lifeAct) join(people []EmployeeID) []EmployeeID {
	in := m.seat(people)
	if len(in) > 0 {
		m.op(OpInvite, in...)
	}
	return in
}

// settle gives one person a place, without a word to the platform.
func (m *lifeAct) settle(p EmployeeID) MemberState {
	m.seat([]EmployeeID{p})
	return m.made[p]
}

// seat gives newcomers their places and asks them for what is missing. It returns who is in.
func (m *lifeAct) seat(people []EmployeeID) []EmployeeID {
	rows := map[MemberState][]EmployeeID{}
	for _, p := range unique(people) {
		to := PlaceFor(m.gate(), "", m.record(p), m.f.At)
		m.set(p, to)
		rows[to] = append(rows[to], p)
	}
	m.tell(EffectRowActive, "", rows[MemberActive]...)
	m.tell(EffectRowNDA, "", rows[MemberNDAPending]...)
	m.tell(EffectRowTraining, "", rows[MemberTrainingPending]...)
	m.askFor(rows[MemberNDAPending], rows[MemberTrainingPending])
	return rows[MemberActive]
}

// askFor asks people for agreements that nobody has asked them for, and for the training.
func (m *lifeAct) askFor(sign, learn []EmployeeID) {
	m.tell(EffectAskNDA, "", slices.DeleteFunc(slices.Clone(sign), func(p EmployeeID) bool {
		a := m.record(p).Agreement
		return a != AgreementNone && a != AgreementEnded
	})...)
	m.tell(EffectTraining, m.gate().Course, learn...)
}

// recheck has the places of everybody the facts speak of follow the gate.
func (m *lifeAct) recheck() {
	rows := map[MemberState][]EmployeeID{}
	var sign, learn []EmployeeID
	for _, c := range m.lf.Clear {
		p, was := c.Person, m.was(c.Person)
		to := m.should(c, was)
		if to == was && m.asked && was == MemberActive { // in grace
			sign, learn = m.lacking(c, sign, learn)
		}
		if to == was {
			continue
		}
		m.set(p, to)
		rows[to] = append(rows[to], p)
		if to != MemberActive && to != MemberRemoved {
			sign, learn = m.lacking(c, sign, learn)
		}
	}
	m.tell(EffectRowActive, "", rows[MemberActive]...)
	m.tell(EffectRowSuspended, "", rows[MemberSuspended]...)
	m.tell(EffectRowNDA, "", rows[MemberNDAPending]...)
	m.tell(EffectRowTraining, "", rows[MemberTrainingPending]...)
	m.tell(EffectRowOut, "", rows[MemberRemoved]...)
	m.askFor(sign, learn)
	if in := rows[MemberActive]; len(in) > 0 {
		m.op(OpInvite, in...)
		m.tell(EffectAdmitted, "", in...)
	}
	if out := rows[MemberSuspended]; len(out) > 0 {
		m.unnoticed(out) // who is out cannot speak: what was announced begins anew when they are back
		m.op(OpRemove, out...)
		m.tell(EffectSuspended, "", out...)
		m.admins(EffectMembersOut, string(out[0]))
	}
	if over := rows[MemberRemoved]; len(over) > 0 {
		m.tell(EffectPlaceOver, string(over[0]), slices.Concat(over, m.g.Admins)...)
	}
	if slices.ContainsFunc(slices.Concat(rows[MemberActive], rows[MemberSuspended]), m.isAdmin) {
		m.adminsThere()
	}
}

// lacking sorts somebody under what they are to be asked for: the agreement first, the training beside or after it.
func (m *lifeAct) lacking(c Clearance, sign, learn []EmployeeID) ([]EmployeeID, []EmployeeID) {
	missing := MissingFor(m.gate(), c)
	if slices.Contains(missing, MissingNDA) {
		sign = append(sign, c.Person)
	}
	if slices.Contains(missing, MissingTraining) && (c.Was == MemberActive || len(missing) == 1) {
		learn = append(learn, c.Person)
	}
	return sign, learn
}

// should is the place that somebody should have. Requests and invitations wait for people; nobody comes in while the group
// is closed; an admin who did not sign keeps the office, out of the platform.
func (m *lifeAct) should(c Clearance, was MemberState) MemberState {
	if was != MemberActive && !was.Waits() {
		return was
	}
	if was == MemberActive && m.l.Gate != nil {
		return was
	}
	to := PlaceFor(m.gate(), was, c, m.f.At)
	if c.Early && to != MemberActive {
		to = m.overstays(to, was)
	}
	closed := !slices.Contains(living, m.g.State) && m.g.State != GroupProvisioning && m.g.State != GroupProvisioningFailed
	if (to == MemberActive && closed) || (to == MemberRemoved && (was == MemberSuspended || m.isAdmin(c.Person))) {
		return was
	}
	return to
}

// Unsettled picks, of what the record says about everybody in a group, those whom an act that looks at all of them may
// move, so that a history keeps no more than it needs.
func Unsettled(r ClearanceRules, all []Clearance, at time.Time) []Clearance {
	return slices.DeleteFunc(slices.Clone(all), func(c Clearance) bool {
		return (c.Was != MemberActive && !c.Was.Waits()) || (PlaceFor(r, c.Was, c, at) == c.Was && !c.Early)
	})
}

// gateBegins gives those who are in a while to sign and to learn, when their group began to ask; without days they are out
// at once. A group that asks no more has no gate.
func (m *lifeAct) gateBegins(before ClearanceRules, days int, rule, cause string) {
	now := m.gate()
	if !now.Asks() {
		m.l.Gate = nil
		return
	}
	if before.NDA == now.NDA && before.Course == now.Course {
		return
	}
	m.asked = true
	if days > 0 && m.l.Gate == nil {
		m.l.Gate = &Gate{At: m.f.At, Days: days, Rule: rule, Cause: cause, By: m.a.Actor}
	}
}

// filedLate gives the people of a group that stood before it was filed (R6.1) the days that a policy gives those who are in
// when it begins to ask: they wait, and stay on the platform meanwhile. Without days they are out of it at once.
func (m *lifeAct) filedLate() {
	var waiting []EmployeeID
	for _, c := range m.lf.Clear {
		if s, ok := m.made[c.Person]; ok && s.Waits() {
			waiting = append(waiting, c.Person)
		}
	}
	switch days := m.gate().Begins; {
	case len(waiting) == 0:
	case days > 0:
		m.l.Gate = &Gate{At: m.f.At, Days: days, Rule: "nda.grace", Cause: "filed_late", Late: true}
	default:
		m.op(OpRemove, waiting...)
	}
}

// overstays is the place of somebody who is on the platform without what the group asks for, since it was filed late: theirs
// until the grace ends, even if they declined, then none until they have it.
func (m *lifeAct) overstays(to, was MemberState) MemberState {
	switch {
	case m.l.Gate == nil:
		return MemberSuspended
	case to == MemberRemoved:
		return was
	}
	return to
}

// agreementsOver ends the agreements of everybody, since the group is no more: the duties survive.
func (m *lifeAct) agreementsOver() {
	if m.l.Rules.agreements() {
		m.effects = append(m.effects, Effect{Kind: EffectEndNDA, Slot: endGone, Members: true})
	}
}

// away notes which admins are not in the group on its platform.
func (m *lifeAct) away() {
	if m.l == nil || (len(m.l.Away) == 0 && m.l.Pending == 0) {
		return
	}
	m.l.Away = slices.DeleteFunc(slices.Clone(m.g.Admins), func(a EmployeeID) bool { return !m.was(a).Waits() })
	if len(m.l.Away) == 0 {
		m.l.Away = nil
	}
}

// adminsThere tells the platform who administers the group: those of the admins who are in it.
func (m *lifeAct) adminsThere() {
	m.away()
	if there := m.g.AdminsThere(); len(there) > 0 {
		m.op(OpAdmins, there...)
	}
}
