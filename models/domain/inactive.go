package domain

import (
	"slices"
	"time"
)

// Members who are inactive for long (R2.2.2, semantics 2): they are told beforehand, with the date and the rule; any reply
// keeps them; past the date they are removed. Only human activity in that very group counts, joining as the first; and
// nobody is called inactive for a silence that nobody could see.

// Activity is what is on record of what one person did in one group. Nothing of what they said is.
type Activity struct {
	Person EmployeeID `json:"person"`
	Joined time.Time  `json:"joined"`        // in the group since
	Day    string     `json:"day,omitempty"` // the last day with human activity, YYYY-MM-DD in the company's zone; empty: none on record
	Last   time.Time  `json:"last,omitzero"` // that day's end: set by PlanSilence
}

// Silence is what must be known of a group to tell silence from ignorance.
type Silence struct {
	Seen   Span       `json:"seen,omitzero"`   // whoever did something then is on record; zero: activity is not known at all
	Opened time.Time  `json:"opened,omitzero"` // when the group was last unfrozen or restored: nobody could act before
	Ends   time.Time  `json:"ends,omitzero"`   // when a notice given now ends: set by PlanSilence
	People []Activity `json:"people,omitempty"`
}

// Span is a stretch of time.
type Span struct {
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Zero tells whether the span is none.
func (s Span) Zero() bool { return s.Until.IsZero() }

// With is the span in which activity is known once another stretch is. Of two with a gap between them the later counts: what
// happened in the gap nobody saw.
func (s Span) With(o Span) Span {
	switch {
	case o.Zero() || o.Until.Before(o.From):
		return s
	case s.Zero():
		return o
	case o.From.After(s.Until):
		return o
	case o.Until.Before(s.From):
		return s
	}
	out := s
	if o.From.Before(out.From) {
		out.From = o.From
	}
	if o.Until.After(out.Until) {
		out.Until = o.Until
	}
	return out
}

// IdleNotice is the announced notice to one member. It explains its own date: the rule, what the silence is counted from, the
// policy's version.
type IdleNotice struct {
	Person EmployeeID `json:"person"`
	At     time.Time  `json:"at"`
	Due    time.Time  `json:"due"`            // removed then, unless they reply
	Since  time.Time  `json:"since"`          // silent since
	Cause  IdleCause  `json:"cause"`          // what Since is
	Day    string     `json:"day,omitempty"`  // activity, kept: the day
	After  int        `json:"after"`          // the rule's days of silence
	Days   int        `json:"days,omitempty"` // the rule's days of notice
	Rule   string     `json:"rule"`           // path in the policy
	Policy string     `json:"policy"`
}

// IdleCause says from what on a silence is counted.
type IdleCause string

// What a silence begins with.
const (
	SilentJoined   IdleCause = "joined"   // the person came into the group
	SilentActivity IdleCause = "activity" // the last activity on record
	SilentSeen     IdleCause = "seen"     // before this nobody could see who does something in the group
	SilentOpened   IdleCause = "opened"   // before this the group was frozen or archived
)

// Required is a member whom an admin exempted, with a reason: the role asks for being there, not for speaking.
type Required struct {
	Person EmployeeID `json:"person"`
	By     EmployeeID `json:"by"`
	At     time.Time  `json:"at"`
	Reason *Ref       `json:"reason,omitempty"`
}

// Idle is what the rule of inactive members comes to for one of them.
type Idle string

// What the rule can come to.
const (
	IdleActive  Idle = "active"  // not silent for long enough, or the policy asks nothing
	IdleUnknown Idle = "unknown" // activity in the group is not known: never a reason to call anybody inactive
	IdleExempt  Idle = "exempt"  // admins, required roles, custodians of a legal hold
	IdleStopped Idle = "stopped" // the group is frozen, archived or not begun
	IdleDue     Idle = "due"     // the notice is due now
	IdleNoticed Idle = "noticed" // the notice runs
	IdleKept    Idle = "kept"    // they did something since the notice
	IdleVoid    Idle = "void"    // the notice has no meaning any more
	IdleOver    Idle = "over"    // the notice has run out without a reply: removal
)

// purpose is the act that an answer leads to, as LifeAct.Rule says it: due, kept or over; empty: nothing follows.
func (i Idle) purpose() Idle {
	switch i {
	case IdleDue, IdleKept, IdleOver:
		return i
	case IdleVoid:
		return IdleKept
	default:
		return ""
	}
}

// IdlePurposes are the purposes of acts about inactive members, in the order in which a look at a group does them: nobody is
// removed who is kept.
var IdlePurposes = []Idle{IdleKept, IdleOver, IdleDue}

// IdleOf is the rule of inactive members for one person in a group, and from when on and why their silence is counted. It is
// pure: now and what is on record come from outside.
func IdleOf(g Group, a Activity, s Silence, now time.Time) (Idle, time.Time, IdleCause) {
	since, cause := silentSince(a, s)
	if g.Life == nil || !slices.Contains(living, g.State) {
		return IdleStopped, since, cause
	}
	l := g.Life
	rule := l.Rules.Tiers[g.Tier].Clearance.Inactive
	notice, noticed := l.IdleNotice(a.Person)
	exempt := slices.Contains(g.Admins, a.Person) || l.custodian(a.Person) || l.required(a.Person)
	silent := func() bool { return !earlier(s.Seen.Until, now).Before(since.AddDate(0, 0, rule.After)) }
	is := IdleActive
	switch {
	case noticed && (exempt || rule.After <= 0 || notice.At.Before(s.Opened) || notice.At.Before(a.Joined)):
		is = IdleVoid
	case exempt:
		is = IdleExempt
	case rule.After <= 0:
	case noticed && a.Last.After(notice.At):
		is = IdleKept
	case noticed && (now.Before(notice.Due) || s.Seen.Until.Before(notice.Due)): // a reply on the platform might not have been seen
		is = IdleNoticed
	case noticed:
		is = IdleOver
	case s.Seen.Zero():
		is = IdleUnknown
	case silent():
		is = IdleDue
	}
	return is, since, cause
}

// silentSince is the latest of what ends or begins a silence: joining, the last activity, the first moment that anybody could
// see, the group's return.
func silentSince(a Activity, s Silence) (time.Time, IdleCause) {
	since, cause := a.Joined, SilentJoined
	for _, x := range []struct {
		at    time.Time
		cause IdleCause
	}{{a.Last, SilentActivity}, {s.Seen.From, SilentSeen}, {s.Opened, SilentOpened}} {
		if x.at.After(since) {
			since, cause = x.at, x.cause
		}
	}
	return since, cause
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// IdleMoves lists the people for whom something follows now, by what follows.
func IdleMoves(g Group, s Silence, now time.Time) map[Idle][]EmployeeID {
	out := map[Idle][]EmployeeID{}
	for _, a := range s.People {
		is, _, _ := IdleOf(g, a, s, now)
		if do := is.purpose(); do != "" {
			out[do] = append(out[do], a.Person)
		}
	}
	return out
}

// PlanSilence fills in what takes a calendar: the ends of days, and when a notice given now ends, nine o'clock of a working
// day. No calendar is loaded where a history is replayed (temporal.md 26): what it says is part of the facts.
func PlanSilence(g Group, s Silence, cal *Calendar, at time.Time) Silence {
	if cal == nil {
		cal = &Calendar{}
	}
	s.People = slices.Clone(s.People)
	for i, a := range s.People {
		s.People[i].Last = time.Time{}
		if day, err := time.ParseInLocation(time.DateOnly, a.Day, cal.zone()); err == nil {
			s.People[i].Last = day.AddDate(0, 0, 1).UTC()
		}
	}
	if g.Life != nil {
		p := &datePlan{cal: cal}
		s.Ends, _ = p.working(p.day(at, g.Life.Rules.Tiers[g.Tier].Clearance.Inactive.Notice), 1)
		s.Ends = s.Ends.UTC()
	}
	return s
}

// IdleNotice is the notice that runs for a person, if one does.
func (l *Life) IdleNotice(p EmployeeID) (IdleNotice, bool) {
	if l == nil {
		return IdleNotice{}, false
	}
	i := slices.IndexFunc(l.Idle, func(n IdleNotice) bool { return n.Person == p })
	if i < 0 {
		return IdleNotice{}, false
	}
	return l.Idle[i], true
}

// required tells whether an admin exempted somebody.
func (l *Life) required(p EmployeeID) bool {
	return slices.ContainsFunc(l.Required, func(r Required) bool { return r.Person == p })
}
