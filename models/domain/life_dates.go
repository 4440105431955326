package domain

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// dateHour is the hour of the company's day at which dates of a group's life fall.
const dateHour = 9

// maxMoved bounds the search for a working day around a date.
const maxMoved = 60

// PlanDates lists what comes next in a group's life, ascending, after now. Dates are company days at nine o'clock, kept as
// UTC. What happens to a group by itself waits for a working day; a notice that falls on a day off comes before it. Each
// date names the rule, the activity and the policy version that set it (semantics 2).
//
// A date already promised (Life.Dates) for the same rule and cause never comes earlier, whatever calendar or policy say now.
func PlanDates(g Group, cal *Calendar, now time.Time) []GroupDate {
	if g.Life == nil {
		return nil
	}
	if cal == nil {
		cal = &Calendar{}
	}
	p := &datePlan{g: &g, l: g.Life, cal: cal, now: now}
	switch g.State {
	case GroupDraft:
		p.discovered()
	case GroupActive:
		p.renewal()
		p.end()
		p.ownerless()
	case GroupRenewalDue, GroupGrace:
		p.grace()
		p.end()
		p.ownerless()
	case GroupFrozen:
		p.ownerless()
	case GroupArchived:
		p.archived()
	case GroupPendingDeletion:
		p.deletion()
	case GroupProvisioning, GroupProvisioningFailed, GroupDeleted: // not begun, or over
	}
	p.gate()
	p.outsiders()
	slices.SortStableFunc(p.out, func(a, b GroupDate) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	// One act per kind and moment: its id is made of the two.
	return slices.CompactFunc(p.out, func(a, b GroupDate) bool { return a.Kind == b.Kind && a.At.Equal(b.At) })
}

type datePlan struct {
	g   *Group
	l   *Life
	cal *Calendar
	now time.Time
	out []GroupDate
}

// day is nine o'clock of the company's day n days after the moment's.
func (p *datePlan) day(t time.Time, n int) time.Time {
	return p.cal.Nine(t, n)
}

// working moves a date by whole days in one direction until it falls on a working day, and tells by how many.
func (p *datePlan) working(t time.Time, step int) (time.Time, int) {
	for n := range maxMoved {
		if at := p.day(t, n*step); p.cal.workday(at.In(p.cal.zone())) {
			return at, n * step
		}
	}
	return t, 0
}

// set adds a consequence: on a working day, not before the floor, not before what was promised.
func (p *datePlan) set(d GroupDate) GroupDate {
	d.Policy = p.l.Rules.Policy
	if d.Kind != DateEnd {
		d.At, d.Moved = p.working(d.At, 1)
	}
	causes := []time.Time{d.CauseAt}
	if f := p.l.Floor; f != nil {
		causes = append(causes, f.At)
		if at, moved := p.working(p.day(f.At, FloorDays), 1); d.At.Before(at) {
			d.At, d.Moved, d.Cause, d.CauseAt, d.CauseBy = at, moved, f.Cause, f.At, f.By
		}
	}
	for _, old := range p.l.Dates {
		if old.Kind == d.Kind && old.Rule == d.Rule && slices.ContainsFunc(causes, old.CauseAt.Equal) && d.At.Before(old.At) {
			d = old // with the rule and the policy version that promised it
		}
	}
	p.out = append(p.out, d)
	return d
}

// notices adds what tells the admins of a date beforehand. Those already passed are not made up for.
func (p *datePlan) notices(of GroupDate, days []int, rule string) {
	for _, n := range days {
		at, moved := p.working(p.day(of.At, -n), -1)
		if !at.After(p.now) || !at.Before(of.At) {
			continue
		}
		p.out = append(p.out, GroupDate{Kind: DateNotice, At: at, Of: of.Kind, Days: n, Rule: rule, Cause: of.Cause, CauseAt: of.CauseAt,
			CauseBy: of.CauseBy, Policy: p.l.Rules.Policy, Moved: moved})
	}
}

func (p *datePlan) tier() TierLife       { return p.l.Rules.Tiers[p.g.Tier] }
func (p *datePlan) path(f string) string { return "life.tiers." + string(p.g.Tier) + "." + f }

// renewal is when the attestation's term ends. A group that ends before needs none.
func (p *datePlan) renewal() {
	t := p.tier()
	if t.Renew <= 0 {
		return
	}
	r := p.l.Renewed
	d := GroupDate{Kind: DateRenewal, At: p.day(r.At, t.Renew), Days: t.Renew, Rule: p.path("renew"), Cause: string(r.How), CauseAt: r.At, CauseBy: r.By}
	if end, ok := p.ends(); ok && !end.After(d.At) {
		return
	}
	p.notices(p.set(d), t.Notices, p.path("notices"))
}

// ends is the group's end date, if it has one.
func (p *datePlan) ends() (time.Time, bool) {
	day, err := time.ParseInLocation(time.DateOnly, p.g.EndsOn, p.cal.zone())
	if err != nil {
		return time.Time{}, false
	}
	return p.day(day, 0), true
}

func (p *datePlan) end() {
	at, ok := p.ends()
	if !ok || (p.l.Due != nil && p.l.Due.Kind == DateEnd) {
		return
	}
	d := p.set(GroupDate{Kind: DateEnd, At: at, Rule: "filing.ends_on", Cause: "end_date", CauseAt: p.l.Since})
	p.notices(d, p.l.Rules.Temporary.Notices, "life.temporary.notices")
}

// grace is what follows a date that passed: a last warning when half of it is over, then the rule.
func (p *datePlan) grace() {
	due := p.l.Due
	if due == nil {
		return
	}
	days, rule := p.tier().Grace, p.path("grace")
	if due.Kind == DateEnd {
		days, rule = p.l.Rules.Temporary.Grace, "life.temporary.grace"
	}
	over := p.set(GroupDate{Kind: DateGrace, At: p.day(due.At, days), Days: days, Rule: rule, Cause: string(due.Kind), CauseAt: due.At})
	if p.g.State != GroupRenewalDue || days < 2 {
		return
	}
	last := p.set(GroupDate{Kind: DateLast, At: p.day(due.At, days/2), Days: days / 2, Rule: rule, Cause: string(due.Kind), CauseAt: due.At})
	if !last.At.Before(over.At) {
		p.out = p.out[:len(p.out)-1]
	}
}

func (p *datePlan) ownerless() {
	o, rules := p.l.Orphan, p.l.Rules.Ownerless
	if o == nil {
		return
	}
	switch o.Stage {
	case OrphanMembers:
		p.set(GroupDate{Kind: DateAskHead, At: p.day(o.Since, rules.Members), Days: rules.Members, Rule: "life.ownerless.members", Cause: "admin_left", CauseAt: o.Since})
	case OrphanHead:
		p.set(GroupDate{Kind: DateOwnerless, At: p.day(o.StageSince, rules.Head), Days: rules.Head, Rule: "life.ownerless.head", Cause: "admin_left", CauseAt: o.StageSince})
	case OrphanOver: // the time for it ran out
	}
}

// archived: kept for ever unless the policy says otherwise; a hold suspends the end (semantics 2).
func (p *datePlan) archived() {
	if days := p.l.Rules.Archived; days > 0 && len(p.l.Holds) == 0 {
		p.set(GroupDate{Kind: DateArchive, At: p.day(p.g.Since, days), Days: days, Rule: "life.archived", Cause: "archived", CauseAt: p.g.Since})
	}
}

func (p *datePlan) deletion() {
	if p.l.Deleting || len(p.l.Holds) > 0 {
		return
	}
	days, cause := p.l.Rules.Deletion, "dissolved"
	if p.l.From == "" {
		days, cause = 0, "revoked"
	}
	p.set(GroupDate{Kind: DateDeletion, At: p.day(p.g.Since, days), Days: days, Rule: "life.deletion", Cause: cause, CauseAt: p.g.Since})
}

func (p *datePlan) discovered() {
	needless := slices.ContainsFunc(p.l.Dismissed, func(d Dismissal) bool { return d.ID == Finding{Kind: FindUnfiled}.id() })
	if days := p.l.Rules.Discovered; days > 0 && !needless { // security said, with a reason, that it need not be filed
		p.set(GroupDate{Kind: DateDiscovered, At: p.day(p.l.Since, days), Days: days, Rule: "life.discovered", Cause: "discovered", CauseAt: p.l.Since})
	}
}

// gate is when the grace of those ends who were in before the group began to ask.
func (p *datePlan) gate() {
	x := p.l.Gate
	if x == nil || slices.Contains([]GroupState{GroupDraft, GroupProvisioning, GroupProvisioningFailed, GroupDeleted}, p.g.State) {
		return
	}
	d := GroupDate{Kind: DateGate, Days: x.Days, Rule: x.Rule, Cause: x.Cause, CauseAt: x.At, CauseBy: x.By, Policy: p.l.Rules.Policy}
	d.At, d.Moved = p.working(p.day(x.At, x.Days), 1)
	for _, old := range p.l.Dates { // a promise, whatever the calendar says now
		if old.Kind == d.Kind && old.CauseAt.Equal(d.CauseAt) && d.At.Before(old.At) {
			d = old
		}
	}
	p.out = append(p.out, d)
}

// LatestEnd is the last day to which a temporary group may be prolonged (YYYY-MM-DD), counted from its birth; empty when
// the policy knows no bound.
func LatestEnd(g Group, cal *Calendar) string {
	if g.Life == nil || g.Life.Rules.MaxLife <= 0 {
		return ""
	}
	return g.Life.Since.In(cal.zone()).AddDate(0, 0, g.Life.Rules.MaxLife).Format(time.DateOnly)
}

// DateActID is the id of the system's act for a date: it happens once.
func (d GroupDate) DateActID() string {
	return "sys:date:" + string(d.Kind) + ":" + strconv.FormatInt(d.At.Unix(), 10)
}
