package domain_test

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// The rule of inactive members, case by case (R2.2.2, semantics 2): after 60 days without activity a notice of 14 days.
func TestIdleRule(t *testing.T) {
	day := func(n int) time.Time { return lifeStart.AddDate(0, 0, n) }
	notice := func(at int) []domain.IdleNotice {
		return []domain.IdleNotice{{Person: "C", At: day(at), Due: day(at + 14)}}
	}
	whole := domain.Span{From: day(0), Until: day(1000)}
	for _, c := range []struct {
		name   string
		change func(*domain.Group)
		act    domain.Activity
		seen   domain.Span
		opened int // 0: never closed
		now    int
		want   domain.Idle
		since  domain.IdleCause
	}{
		{name: "joined a while ago", now: 59, seen: whole, want: domain.IdleActive, since: domain.SilentJoined},
		{name: "never did anything", now: 60, seen: whole, want: domain.IdleDue, since: domain.SilentJoined},
		{name: "did something since", act: domain.Activity{Last: day(30)}, now: 89, seen: whole, want: domain.IdleActive, since: domain.SilentActivity},
		{name: "and then nothing", act: domain.Activity{Last: day(30)}, now: 90, seen: whole, want: domain.IdleDue, since: domain.SilentActivity},
		{name: "nobody could see", now: 500, want: domain.IdleUnknown, since: domain.SilentJoined},
		{name: "seen only of late", now: 500, seen: domain.Span{From: day(450), Until: day(500)}, want: domain.IdleActive, since: domain.SilentSeen},
		{name: "seen only of late, and long enough", now: 510, seen: domain.Span{From: day(450), Until: day(510)}, want: domain.IdleDue, since: domain.SilentSeen},
		{name: "seen until long ago", now: 500, seen: domain.Span{From: day(0), Until: day(50)}, want: domain.IdleActive, since: domain.SilentJoined},
		{name: "the group was closed", opened: 450, now: 500, seen: whole, want: domain.IdleActive, since: domain.SilentOpened},
		{name: "an admin", act: domain.Activity{Person: "A"}, now: 500, seen: whole, want: domain.IdleExempt, since: domain.SilentJoined},
		{name: "a required role", change: func(g *domain.Group) { g.Life.Required = []domain.Required{{Person: "C"}} }, now: 500, seen: whole, want: domain.IdleExempt, since: domain.SilentJoined},
		{name: "a custodian", change: func(g *domain.Group) { g.Life.Holds = []domain.Hold{{ID: "h", Custodians: []domain.EmployeeID{"C"}}} }, now: 500, seen: whole, want: domain.IdleExempt, since: domain.SilentJoined},
		{name: "a custodian of another hold", change: func(g *domain.Group) { g.Life.Holds = []domain.Hold{{ID: "h", Custodians: []domain.EmployeeID{"D"}}} }, now: 500, seen: whole, want: domain.IdleDue, since: domain.SilentJoined},
		{name: "frozen", change: func(g *domain.Group) { g.State = domain.GroupFrozen }, now: 500, seen: whole, want: domain.IdleStopped, since: domain.SilentJoined},
		{name: "archived", change: func(g *domain.Group) { g.State = domain.GroupArchived }, now: 500, seen: whole, want: domain.IdleStopped, since: domain.SilentJoined},
		{name: "in grace", change: func(g *domain.Group) { g.State = domain.GroupGrace }, now: 500, seen: whole, want: domain.IdleDue, since: domain.SilentJoined},
		{name: "no rule", change: func(g *domain.Group) { g.Life.Rules = domain.LifeRules{} }, now: 500, seen: whole, want: domain.IdleActive, since: domain.SilentJoined},
		{name: "told, and the notice runs", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, now: 73, seen: whole, want: domain.IdleNoticed, since: domain.SilentJoined},
		{name: "told, and it has run out", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, now: 74, seen: whole, want: domain.IdleOver, since: domain.SilentJoined},
		{name: "run out, and nobody could see a reply", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, now: 90, seen: domain.Span{From: day(0), Until: day(73)}, want: domain.IdleNoticed, since: domain.SilentJoined},
		{name: "told, and did something", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, act: domain.Activity{Last: day(61)}, now: 90, seen: whole, want: domain.IdleKept, since: domain.SilentActivity},
		{name: "told, and exempt since", change: func(g *domain.Group) { g.Life.Idle, g.Life.Required = notice(60), []domain.Required{{Person: "C"}} }, now: 90, seen: whole, want: domain.IdleVoid, since: domain.SilentJoined},
		{name: "told, and an admin since", change: func(g *domain.Group) { g.Life.Idle, g.Admins = notice(60), []domain.EmployeeID{"A", "C"} }, now: 90, seen: whole, want: domain.IdleVoid, since: domain.SilentJoined},
		{name: "told, and the group was closed since", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, opened: 70, now: 90, seen: whole, want: domain.IdleVoid, since: domain.SilentOpened},
		{name: "told, and came in anew since", change: func(g *domain.Group) { g.Life.Idle = notice(60) }, act: domain.Activity{Joined: day(70)}, now: 90, seen: whole, want: domain.IdleVoid, since: domain.SilentJoined},
		{name: "told, and frozen", change: func(g *domain.Group) { g.Life.Idle, g.State = notice(60), domain.GroupFrozen }, now: 90, seen: whole, want: domain.IdleStopped, since: domain.SilentJoined},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := domain.Group{Tier: domain.TierOrdinary, State: domain.GroupActive, Admins: []domain.EmployeeID{"A", "B"}, Life: &domain.Life{Rules: lifeRules("p1")}}
			if c.change != nil {
				c.change(&g)
			}
			a := c.act
			if a.Person == "" {
				a.Person = "C"
			}
			if a.Joined.IsZero() {
				a.Joined = day(0)
			}
			s := domain.Silence{Seen: c.seen}
			if c.opened > 0 {
				s.Opened = day(c.opened)
			}
			if got, _, cause := domain.IdleOf(g, a, s, day(c.now)); got != c.want || cause != c.since {
				t.Errorf("%s since %s, want %s since %s", got, cause, c.want, c.since)
			}
		})
	}
}

// Stretches in which activity is known join where they meet; over a gap the later counts.
func TestSpansOfActivity(t *testing.T) {
	span := func(from, until int) domain.Span {
		return domain.Span{From: lifeStart.AddDate(0, 0, from), Until: lifeStart.AddDate(0, 0, until)}
	}
	for _, c := range []struct {
		name          string
		was, and, now domain.Span
	}{
		{"the first", domain.Span{}, span(1, 3), span(1, 3)},
		{"goes on", span(1, 3), span(3, 5), span(1, 5)},
		{"overlaps", span(1, 3), span(2, 5), span(1, 5)},
		{"inside", span(1, 9), span(2, 5), span(1, 9)},
		{"reaches back", span(4, 9), span(2, 5), span(2, 9)},
		{"after a gap", span(1, 3), span(4, 5), span(4, 5)},
		{"before a gap", span(4, 5), span(1, 3), span(4, 5)},
		{"none", span(1, 3), domain.Span{}, span(1, 3)},
		{"backwards", span(1, 3), span(9, 5), span(1, 3)},
	} {
		if got := c.was.With(c.and); got != c.now {
			t.Errorf("%s: %v and %v make %v, want %v", c.name, c.was, c.and, got, c.now)
		}
	}
}

// idleWorld is a group of silent members, seen all the time: only D said something of late. Its day is the 70th.
func idleWorld(t *testing.T) *lifeWorld {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.days = map[domain.EmployeeID]string{"D": lifeStart.AddDate(0, 0, 69).Format(time.DateOnly)}
	w.wait(70)
	return w
}

// wait lets days pass in which everybody's activity is seen.
func (w *lifeWorld) wait(days int) {
	w.now = w.now.AddDate(0, 0, days)
	w.heard = domain.Span{From: lifeStart, Until: w.now}
}

// look does what the daily look does, and tells for whom acts were made.
func (w *lifeWorld) look() map[domain.Idle][]domain.EmployeeID {
	w.t.Helper()
	s := domain.PlanSilence(w.g, w.silence(w.in("active")), w.cal, w.now)
	moves := domain.IdleMoves(w.g, s, w.now)
	for _, do := range domain.IdlePurposes {
		if len(moves[do]) > 0 {
			w.must(sys(domain.GroupInactive, domain.LifeAct{People: moves[do], Rule: string(do)}))
		}
	}
	return moves
}

func TestIdleNoticesAndReplies(t *testing.T) {
	w := idleWorld(t)
	v := w.must(sys(domain.GroupInactive, domain.LifeAct{People: []domain.EmployeeID{"A", "C", "D", "E", "F", "X"}, Rule: "due"}))
	n, ok := w.g.Life.IdleNotice("C")
	want := domain.IdleNotice{Person: "C", At: w.now, Due: w.cal.Nine(w.now, 14), Since: lifeStart, Cause: domain.SilentJoined, After: 60, Days: 14,
		Rule: "inactive.ordinary.after", Policy: "p1"}
	for !want.Due.IsZero() && (want.Due.In(w.cal.Zone).Weekday() == time.Saturday || want.Due.In(w.cal.Zone).Weekday() == time.Sunday || w.cal.Holidays[want.Due.In(w.cal.Zone).Format(time.DateOnly)] != "") {
		want.Due = w.cal.Nine(want.Due, 1)
	}
	if !ok || n != want {
		t.Errorf("notice %+v, want %+v", n, want)
	}
	if len(w.g.Life.Idle) != 3 || !has(v, domain.EffectIdleNotice, "C") || has(v, domain.EffectIdleNotice, "D") || has(v, domain.EffectIdleNotice, "A") || !has(v, domain.EffectIdleTold, "A") {
		t.Errorf("C, E and F were silent: %+v, %+v", w.g.Life.Idle, v.Effects)
	}
	if again := w.look(); len(again) > 0 {
		t.Errorf("a second look the same day finds %v", again)
	}
	if v := w.do(sys(domain.GroupInactive, domain.LifeAct{People: []domain.EmployeeID{"C"}, Rule: "due"})); v.Reason != domain.ReasonNotDue {
		t.Errorf("told twice: %+v", v)
	}
	// C presses the button, E speaks on the platform, an admin exempts nobody yet, F is silent.
	if v := w.do(by("D", domain.GroupKeep, domain.LifeAct{})); v.Reason != domain.ReasonNoNotice {
		t.Errorf("D has no notice: %+v", v)
	}
	kept := by("C", domain.GroupKeep, domain.LifeAct{})
	if got := domain.KeptBy(kept, w.must(kept)); got != "C" {
		t.Errorf("kept by %q", got)
	}
	w.days["C"], w.days["E"] = w.now.Format(time.DateOnly), w.now.AddDate(0, 0, 3).Format(time.DateOnly)
	w.wait(5)
	if moves := w.look(); len(moves) != 1 || len(moves[domain.IdleKept]) != 1 || moves[domain.IdleKept][0] != "E" {
		t.Errorf("E spoke: %v", moves)
	}
	w.now = n.Due.Add(-time.Minute)
	w.heard.Until = w.now
	if moves := w.look(); len(moves) > 0 {
		t.Errorf("a minute before the date: %v", moves)
	}
	w.now = n.Due
	w.heard.Until = w.now
	moves := w.look()
	if len(moves) != 1 || len(moves[domain.IdleOver]) != 1 || w.rows["F"] != "leaving" || len(w.g.Life.Idle) != 0 {
		t.Errorf("F never replied: %v, %q, %+v", moves, w.rows["F"], w.g.Life.Idle)
	}
	w.confirm()
	if w.rows["F"] != "removed" || w.rows["C"] != "active" || w.rows["E"] != "active" {
		t.Errorf("after the platform's word: %v", w.rows)
	}
}

func TestIdleExemptions(t *testing.T) {
	w := idleWorld(t)
	for _, c := range []struct {
		act  domain.GroupAct
		want domain.Reason
	}{
		{by("C", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}, Reason: reason}), domain.ReasonNotAdmin},
		{by("S1", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}, Reason: reason}), domain.ReasonNotAdmin},
		{by("A", domain.GroupExempt, domain.LifeAct{Reason: reason}), domain.ReasonNobodyNamed},
		{by("A", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}}), domain.ReasonNoReason},
		{by("A", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"X"}, Reason: reason}), domain.ReasonNotMember},
		{by("A", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}, Refuse: true}), domain.ReasonNotExempt},
	} {
		if v := w.do(c.act); v.Reason != c.want {
			t.Errorf("%s by %s: %q, want %q", c.act.Kind, c.act.Actor, v.Reason, c.want)
		}
	}
	w.look()
	w.must(by("A", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}, Reason: reason}))
	if _, noticed := w.g.Life.IdleNotice("C"); noticed || len(w.g.Life.Idle) != 2 {
		t.Errorf("the exemption ends the notice: %+v", w.g.Life.Idle)
	}
	w.wait(30)
	if w.look(); w.rows["C"] != "active" || w.rows["E"] != "leaving" {
		t.Errorf("C is exempt, E is not: %v", w.rows)
	}
	w.must(by("B", domain.GroupExempt, domain.LifeAct{People: []domain.EmployeeID{"C"}, Refuse: true}))
	if moves := w.look(); len(moves[domain.IdleDue]) != 1 {
		t.Errorf("under the rule again: %v", moves)
	}
	w.must(by("A", domain.GroupRemove, domain.LifeAct{People: []domain.EmployeeID{"C"}, Reason: reason}))
	if len(w.g.Life.Idle) != 0 {
		t.Errorf("who is out has no notice: %+v", w.g.Life.Idle)
	}
}
