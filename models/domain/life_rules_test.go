package domain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// lifeCase is one act at the boundary of a rule: what was done before, the act, and its answer.
type lifeCase struct {
	tier   domain.Tier // ordinary when empty
	before func(w *lifeWorld)
	act    domain.GroupAct
	want   domain.Reason // empty: accepted
	state  domain.GroupState
	result domain.Result // when neither accepted nor refused
	after  func(w *lifeWorld, v domain.Verdict)
}

func runLife(t *testing.T, cases map[string]lifeCase) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.tier == "" {
				c.tier = domain.TierOrdinary
			}
			w := newLifeWorld(t, c.tier)
			if c.before != nil {
				c.before(w)
			}
			v := w.do(c.act)
			result := c.result
			switch {
			case result != "":
			case c.want == "":
				result = domain.Accepted
			default:
				result = domain.Refused
			}
			if v.Result != result || v.Reason != c.want || (c.state != "" && w.g.State != c.state) {
				w.fail("%s %q, state %s; want %s %q %s", v.Result, v.Reason, w.g.State, result, c.want, c.state)
			}
			if c.after != nil {
				c.after(w, v)
			}
		})
	}
}

func ids(s ...domain.EmployeeID) []domain.EmployeeID { return s }

// attest is an admin's renewal of what is true now.
func (w *lifeWorld) attest(who domain.EmployeeID) domain.GroupAct {
	return by(who, domain.GroupRenew, domain.LifeAct{Digest: w.seen()})
}

// Renewal: notices at 30, 15 and 1 days, then an attestation of purpose, members, admins and tier at once (semantics 2).
func TestRenewal(t *testing.T) {
	t.Run("staged", func(t *testing.T) {
		w := newLifeWorld(t, domain.TierOrdinary)
		var days []int
		for range 3 {
			d := w.next()
			if d.Kind != domain.DateNotice || d.Of != domain.DateRenewal {
				w.fail("%+v", d)
			}
			days = append(days, d.Days)
		}
		due := w.next()
		if !slices.Equal(days, []int{30, 15, 1}) || due.Kind != domain.DateRenewal || w.g.State != domain.GroupRenewalDue {
			w.fail("notices %v, then %s, state %s", days, due.Kind, w.g.State)
		}
		if want := time.Date(2027, 11, 23, 1, 0, 0, 0, time.UTC); !due.At.Equal(want) || due.Rule != "life.tiers.ordinary.renew" || due.Cause != "filed" || due.Days != 365 || due.Policy != "p1" {
			w.fail("%+v, want %s", due, want)
		}
		if d := w.next(); d.Kind != domain.DateLast || w.g.State != domain.GroupGrace || d.Days != 15 {
			w.fail("%+v %s", d, w.g.State)
		}
		if d := w.next(); d.Kind != domain.DateGrace || w.g.State != domain.GroupArchived || d.Days != 30 || d.Cause != "renewal_due" {
			w.fail("%+v %s", d, w.g.State)
		}
		if len(w.g.Life.Dates) != 0 {
			w.fail("an archived group is kept for ever: %v", w.g.Life.Dates)
		}
	})
	runLife(t, map[string]lifeCase{
		"not seen":           {act: by("A", domain.GroupRenew, domain.LifeAct{}), want: domain.ReasonStale},
		"seen otherwise":     {act: by("A", domain.GroupRenew, domain.LifeAct{Digest: "sha256:x"}), want: domain.ReasonStale, state: domain.GroupActive},
		"a member":           {act: by("C", domain.GroupRenew, domain.LifeAct{}), want: domain.ReasonNotAdmin},
		"one admin in place": {before: func(w *lifeWorld) { w.left["B"] = true }, act: by("A", domain.GroupRenew, domain.LifeAct{Digest: "x"}), want: domain.ReasonTooFewAdmins},
		"too late":           {before: func(w *lifeWorld) { w.until(domain.DateGrace) }, act: by("A", domain.GroupRenew, domain.LifeAct{Digest: "x"}), want: domain.ReasonState, state: domain.GroupArchived},
	})
	for _, state := range []domain.DateKind{domain.DateRenewal, domain.DateLast} {
		w := newLifeWorld(t, domain.TierOrdinary)
		w.until(state)
		v := w.must(w.attest("B"))
		d, _ := w.date(domain.DateRenewal)
		if w.g.State != domain.GroupActive || w.g.Life.Renewed.By != "B" || w.g.Life.Due != nil || !has(v, domain.EffectRenewed, "A") || d.Cause != "attested" || d.CauseBy != "B" {
			w.fail("%+v %+v", w.g.Life.Renewed, d)
		}
	}
}

// Activity renews an ordinary group when the day comes, and the reason is shown; one hour too old does not, nor does any in
// a confidential group (semantics 2: which rule and which activity set a date).
func TestRenewalByActivity(t *testing.T) {
	for name, c := range map[string]struct {
		tier   domain.Tier
		before time.Duration
		want   domain.GroupState
	}{
		"at the edge":  {domain.TierOrdinary, 90 * 24 * time.Hour, domain.GroupActive},
		"too old":      {domain.TierOrdinary, 90*24*time.Hour + time.Hour, domain.GroupRenewalDue},
		"confidential": {domain.TierConfidential, time.Hour, domain.GroupRenewalDue},
	} {
		w := newLifeWorld(t, c.tier)
		due, _ := w.date(domain.DateRenewal)
		w.now = due.At.Add(-c.before)
		w.must(sys(domain.GroupActivity, domain.LifeAct{Last: w.now}))
		w.until(domain.DateRenewal)
		if w.g.State != c.want {
			t.Errorf("%s: %s", name, w.g.State)
		}
		if next, ok := w.date(domain.DateRenewal); c.want == domain.GroupActive && (!ok || next.Cause != "activity" || !next.CauseAt.Equal(due.At) || next.CauseBy != "") {
			t.Errorf("%s: %+v", name, next)
		}
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	for _, last := range []time.Time{w.now.Add(-time.Hour), w.now.AddDate(1, 0, 0), w.now.AddDate(-1, 0, 0)} {
		w.must(sys(domain.GroupActivity, domain.LifeAct{Last: last}))
	}
	if !w.g.Life.Active.Equal(w.now) {
		t.Errorf("activity goes forward only and never into the future: %s", w.g.Life.Active)
	}
}

// A temporary group ends on its day, is in grace and then archived, unless it is prolonged within the longest life (R6.1).
func TestTemporaryGroup(t *testing.T) {
	temp := func(w *lifeWorld) {
		w.g.EndsOn = "2027-03-31"
		w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
	}
	ended := func(w *lifeWorld) { temp(w); w.until(domain.DateEnd) }
	prolong := func(day string) domain.GroupAct { return by("A", domain.GroupRenew, domain.LifeAct{EndsOn: day}) }
	w := newLifeWorld(t, domain.TierOrdinary)
	temp(w)
	if _, ok := w.date(domain.DateRenewal); ok {
		t.Error("a group that ends first needs no renewal")
	}
	if a, b := w.next(), w.next(); a.Days != 7 || b.Days != 1 || a.Of != domain.DateEnd {
		t.Errorf("%+v %+v", a, b)
	}
	if d := w.next(); d.Kind != domain.DateEnd || !d.At.Equal(time.Date(2027, 3, 31, 1, 0, 0, 0, time.UTC)) || w.g.State != domain.GroupGrace {
		t.Errorf("%+v %s", d, w.g.State)
	}
	if d := w.next(); d.Kind != domain.DateGrace || d.Days != 14 || d.Rule != "life.temporary.grace" || w.g.State != domain.GroupArchived {
		t.Errorf("%+v %s", d, w.g.State)
	}
	for name, c := range map[string]struct {
		before func(*lifeWorld)
		day    string
		want   domain.Reason
	}{
		"before the end":     {temp, "2027-12-31", ""},
		"attested only":      {temp, "", ""},
		"in grace, no end":   {ended, "", domain.ReasonEndPassed},
		"in grace, same end": {ended, "2027-03-31", domain.ReasonEndPassed},
		"in grace, today":    {ended, "2027-03-30", domain.ReasonEndPassed},
		"in grace":           {ended, "2027-09-30", ""},
		"the last day":       {ended, "2029-11-22", ""},
		"a day too far":      {ended, "2029-11-23", domain.ReasonEndTooFar},
		"no date":            {ended, "2027-02-30", domain.ReasonNoEnd},
		"has no end":         {nil, "2027-12-31", domain.ReasonNoEnd},
	} {
		w := newLifeWorld(t, domain.TierOrdinary)
		if c.before != nil {
			c.before(w)
		}
		a := prolong(c.day)
		a.Life.Digest = w.seen()
		if v := w.do(a); v.Reason != c.want {
			t.Errorf("%s: %s %s", name, v.Result, v.Reason)
		}
		if c.want == "" && c.day != "" && w.g.EndsOn != c.day {
			t.Errorf("%s: ends on %s", name, w.g.EndsOn)
		}
	}
}

// Frozen by one with a reason, or by a rule; unfrozen by two, neither implicated (semantics 2).
func TestFreezeAndUnfreeze(t *testing.T) {
	freeze := by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason, People: ids("A", "S2")})
	frozen := func(w *lifeWorld) { w.must(freeze) }
	ruled := func(w *lifeWorld) { w.until(domain.DateGrace) } // confidential: frozen by the rule
	un := func(p domain.EmployeeID) domain.GroupAct { return by(p, domain.GroupUnfreeze, domain.LifeAct{}) }
	half := func(w *lifeWorld) { frozen(w); w.must(un("S1")) }
	runLife(t, map[string]lifeCase{
		"by security": {act: freeze, state: domain.GroupFrozen, after: func(w *lifeWorld, v domain.Verdict) {
			op, _ := domain.NextOp(w.g)
			if op.Kind != domain.OpFreeze || w.g.Life.From != domain.GroupActive || len(w.g.Life.Dates) != 0 || !v.Effects[0].Members {
				w.fail("%+v %+v", op, w.g.Life)
			}
		}},
		"without a reason":       {act: by("S1", domain.GroupFreeze, domain.LifeAct{}), want: domain.ReasonNoReason, state: domain.GroupActive},
		"by an admin":            {act: by("A", domain.GroupFreeze, domain.LifeAct{Reason: reason}), want: domain.ReasonNotSecurity},
		"an admin names a rule":  {act: by("A", domain.GroupFreeze, domain.LifeAct{Reason: reason, Rule: "incident"}), want: domain.ReasonNotSecurity},
		"by an incident":         {act: sys(domain.GroupFreeze, domain.LifeAct{Rule: "incident"}), state: domain.GroupFrozen},
		"by nobody":              {act: sys(domain.GroupFreeze, domain.LifeAct{}), want: domain.ReasonState},
		"twice":                  {before: frozen, act: freeze, want: domain.ReasonState, state: domain.GroupFrozen},
		"first: security":        {before: frozen, act: un("S1"), state: domain.GroupFrozen},
		"first: legal":           {before: frozen, act: un("L1"), want: domain.ReasonNotSecurity},
		"first: implicated":      {before: frozen, act: un("S2"), want: domain.ReasonImplicated},
		"second: the same":       {before: half, act: un("S1"), result: domain.Duplicate, want: domain.ReasonSamePerson, state: domain.GroupFrozen},
		"second: implicated":     {before: half, act: un("S2"), want: domain.ReasonImplicated, state: domain.GroupFrozen},
		"second: a member":       {before: half, act: un("C"), want: domain.ReasonNotSecond},
		"second: an admin":       {before: half, act: un("B"), want: domain.ReasonNotSecond},
		"second: legal":          {before: half, act: un("L1"), state: domain.GroupActive},
		"second: process admin":  {before: half, act: un("P"), state: domain.GroupActive},
		"second: the head":       {before: half, act: un("H"), state: domain.GroupActive},
		"an implicated head":     {before: func(w *lifeWorld) { w.heads = ids("A"); half(w) }, act: un("A"), want: domain.ReasonImplicated},
		"frozen by a rule":       {tier: domain.TierConfidential, before: ruled, act: un("S1"), state: domain.GroupFrozen},
		"by a rule: an admin":    {tier: domain.TierConfidential, before: func(w *lifeWorld) { ruled(w); w.heads = ids("A"); w.must(un("S1")) }, act: un("A"), want: domain.ReasonImplicated, state: domain.GroupFrozen},
		"archived, not unfrozen": {before: frozen, act: by("S1", domain.GroupArchive, domain.LifeAct{}), state: domain.GroupArchived},
		"archived by an admin":   {before: frozen, act: by("B", domain.GroupArchive, domain.LifeAct{}), want: domain.ReasonState, state: domain.GroupFrozen},
		"no dissolving":          {before: frozen, act: by("B", domain.GroupDissolve, domain.LifeAct{}), want: domain.ReasonState},
		"no renewal":             {before: frozen, act: by("B", domain.GroupRenew, domain.LifeAct{Digest: "x"}), want: domain.ReasonState},
		"nobody joins":           {before: frozen, act: by("B", domain.GroupAdmit, domain.LifeAct{People: ids("X")}), want: domain.ReasonState},
		"restored, still frozen": {before: func(w *lifeWorld) { frozen(w); w.must(by("S1", domain.GroupArchive, domain.LifeAct{})) }, act: by("B", domain.GroupRestore, domain.LifeAct{}), state: domain.GroupFrozen},
	})
	// What was due meanwhile waits seven days, and says why.
	w := newLifeWorld(t, domain.TierOrdinary)
	frozen(w)
	w.now = w.now.AddDate(2, 0, 0)
	w.must(un("S1"))
	w.must(un("L1"))
	d, ok := w.date(domain.DateRenewal)
	if !ok || d.Cause != "unfrozen" || d.At.Before(w.now.AddDate(0, 0, 6)) || d.At.After(w.now.AddDate(0, 0, 11)) {
		t.Errorf("%+v", d)
	}
	if op := w.g.Life.Ops; len(op) != 1 || op[0].Kind != domain.OpUnfreeze {
		t.Errorf("the freeze that never reached the platform is void: %+v", op)
	}
	w.until(domain.DateRenewal)
	if w.g.State != domain.GroupRenewalDue {
		t.Errorf("state %s", w.g.State)
	}
}

// Whose act it is: the system's acts take nobody's name, and a person's no rule.
func TestWhoActs(t *testing.T) {
	for _, k := range []domain.GroupActKind{domain.GroupContinued, domain.GroupDirectory, domain.GroupCalendar, domain.GroupDateDue, domain.GroupActivity,
		domain.GroupChanged, domain.GroupOpDone, domain.GroupOpByHand, domain.GroupOpGap, domain.GroupOpFailed, domain.GroupReconciled, domain.GroupAdopted} {
		w := newLifeWorld(t, domain.TierOrdinary)
		if v := w.do(by("S1", k, domain.LifeAct{Delta: &domain.GroupDelta{}})); v.Result != domain.Refused {
			t.Errorf("%s by a person: %s", k, v.Result)
		}
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	for name, f := range map[domain.Reason]domain.GroupFacts{
		domain.ReasonProof:    {Active: true},
		domain.ReasonInactive: {Proof: true},
	} {
		if _, v, _ := domain.PlanGroup(w.g, by("A", domain.GroupDissolve, domain.LifeAct{}), f, w.cal); v.Reason != name {
			t.Errorf("want %s, got %s", name, v.Reason)
		}
	}
}
