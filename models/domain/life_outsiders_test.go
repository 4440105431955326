package domain_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// openRules let people from outside into ordinary groups: 180 days, told 14 and 3 days before, 14 days without a sponsor.
func openRules(policy string) domain.LifeRules {
	rules := lifeRules(policy)
	rule := rules.Tiers[domain.TierOrdinary]
	rule.Clearance.Outsider = domain.OutsiderRules{Allowed: true, Days: 180}
	rules.Outsiders = domain.OutsiderLife{Grace: 14, Notices: []int{14, 3}}
	rules.Tiers[domain.TierOrdinary] = rule
	return rules
}

func newOpenWorld(t *testing.T) *lifeWorld {
	return newWorldOf(t, domain.TierOrdinary, openRules("p1"))
}

// sponsors asks for somebody from outside until a day.
func sponsors(who, guest domain.EmployeeID, day string) domain.GroupAct {
	return by(who, domain.GroupOutsider, domain.LifeAct{People: ids(guest), EndsOn: day, Reason: &domain.Ref{Object: "why"}})
}

func reviews(who, guest domain.EmployeeID, refuse bool) domain.GroupAct {
	return by(who, domain.GroupReview, domain.LifeAct{People: ids(guest), Refuse: refuse, Reason: &domain.Ref{Object: "why"}})
}

// guest brings somebody from outside in, sponsored by C and reviewed by A.
func (w *lifeWorld) guest(p domain.EmployeeID, day string) {
	w.t.Helper()
	w.must(sponsors("C", p, day))
	w.must(reviews("A", p, false))
	w.must(by(p, domain.GroupAccept, domain.LifeAct{}))
}

// pass moves the clock to a moment and lets every date come that falls before it.
func (w *lifeWorld) pass(to time.Time) []domain.Verdict {
	w.t.Helper()
	var out []domain.Verdict
	for len(w.g.Life.Dates) > 0 && !w.g.Life.Dates[0].At.After(to) {
		d := w.g.Life.Dates[0]
		w.now = d.At
		out = append(out, w.must(domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}}))
	}
	w.now = to
	return out
}

func flagged(g domain.Group) bool { return slices.Contains(domain.Flags(g), domain.FlagOutsiders) }

// The way of somebody from outside: asked for, reviewed by an admin who is not the sponsor, accepted, told before the end, out.
func TestTheWayOfAnOutsider(t *testing.T) {
	w := newOpenWorld(t)
	if v := w.must(sponsors("A", "X-1", "2027-03-01")); !has(v, domain.EffectOutsiderAsked, "B") || has(v, domain.EffectOutsiderAsked, "A") {
		t.Errorf("who is asked to review: %+v", v.Effects)
	}
	if w.rows["X-1"] != "requested" || flagged(w.g) {
		t.Errorf("%s, flagged %v", w.rows["X-1"], flagged(w.g))
	}
	if v := w.do(reviews("A", "X-1", false)); v.Reason != domain.ReasonOwnMatter {
		t.Errorf("the sponsor reviews: %s", v.Reason)
	}
	if v := w.must(reviews("B", "X-1", false)); !has(v, domain.EffectInvited, "X-1") || !has(v, domain.EffectOutsiderAnswered, "A") || w.rows["X-1"] != "invited" {
		t.Errorf("%s %+v", w.rows["X-1"], v.Effects)
	}
	if v := w.must(by("X-1", domain.GroupAccept, domain.LifeAct{})); !has(v, domain.EffectAdmitted, "X-1") || w.rows["X-1"] != "active" || w.g.Life.Members != 7 {
		t.Errorf("%s, %d members, %+v", w.rows["X-1"], w.g.Life.Members, v.Effects)
	}
	if !flagged(w.g) || domain.NeedsOf(w.g, by("A", domain.GroupLeave, domain.LifeAct{})).Eldest != true {
		t.Error("an outsider in the group is not flagged")
	}
	w.confirm()
	told := w.pass(time.Date(2027, 3, 1, 15, 0, 0, 0, time.UTC)) // the last day, 23:00 in the company's zone
	notices := 0
	for _, v := range told {
		if has(v, domain.EffectOutsiderNotice, "X-1") && has(v, domain.EffectOutsiderNotice, "A") {
			notices++
		}
	}
	if notices != 2 || w.rows["X-1"] != "active" {
		t.Errorf("%d notices, %s", notices, w.rows["X-1"])
	}
	told = w.pass(time.Date(2027, 3, 1, 16, 0, 0, 0, time.UTC))
	if len(told) != 1 || !has(told[0], domain.EffectOutsiderOver, "X-1") || !has(told[0], domain.EffectOutsiderOver, "A") || w.rows["X-1"] != "leaving" || flagged(w.g) {
		t.Errorf("%s, flagged %v, %+v", w.rows["X-1"], flagged(w.g), told)
	}
	if len(w.g.Life.Ops) != 1 || w.g.Life.Ops[0].Kind != domain.OpRemove || !slices.Equal(w.g.Life.Ops[0].People, ids("X-1")) {
		t.Errorf("the platform is asked: %+v", w.g.Life.Ops)
	}
	if _, there := w.g.GuestOf("X-1"); there || w.g.Life.Members != 6 {
		t.Errorf("%+v", w.g.Life)
	}
}

// What a sponsor, an admin and the person themselves cannot do.
func TestOutsiderRefusals(t *testing.T) {
	day := "2027-03-01"
	for name, c := range map[string]struct {
		before func(*lifeWorld)
		act    domain.GroupAct
		want   domain.Reason
	}{
		"the end is today":               {nil, sponsors("C", "X-1", "2026-11-23"), domain.ReasonEndPassed},
		"the end has passed":             {nil, sponsors("C", "X-1", "2026-01-01"), domain.ReasonEndPassed},
		"the longest stay":               {nil, sponsors("C", "X-1", "2027-05-22"), ""},
		"a day longer":                   {nil, sponsors("C", "X-1", "2027-05-23"), domain.ReasonEndTooFar},
		"beyond the end of the group":    {func(w *lifeWorld) { w.g.EndsOn = "2027-02-01" }, sponsors("C", "X-1", "2027-02-02"), domain.ReasonEndTooFar},
		"no date":                        {nil, sponsors("C", "X-1", "soon"), domain.ReasonNoEnd},
		"without a reason":               {nil, by("C", domain.GroupOutsider, domain.LifeAct{People: ids("X-1"), EndsOn: day}), domain.ReasonNoReason},
		"an employee":                    {nil, sponsors("C", "Z", day), domain.ReasonNoOutsider},
		"two at once":                    {nil, by("C", domain.GroupOutsider, domain.LifeAct{People: ids("X-1", "X-2"), EndsOn: day, Reason: &domain.Ref{}}), domain.ReasonNobodyNamed},
		"by who is not in the group":     {nil, sponsors("Z", "X-1", day), domain.ReasonNotMember},
		"by somebody from outside":       {func(w *lifeWorld) { w.guest("X-1", day) }, sponsors("X-1", "X-2", day), domain.ReasonOutsider},
		"asked for twice":                {func(w *lifeWorld) { w.must(sponsors("C", "X-1", day)) }, sponsors("D", "X-1", day), domain.ReasonWaiting},
		"the group lets nobody in":       {func(w *lifeWorld) { w.g.Life.Perms.InviteOutsiders = false }, sponsors("C", "X-1", day), domain.ReasonOutsidersClosed},
		"the policy lets nobody in":      {func(w *lifeWorld) { w.g.Life.Rules = lifeRules("p2") }, sponsors("C", "X-1", day), domain.ReasonOutsidersNever},
		"the platform cannot":            {func(w *lifeWorld) { w.can = append(w.can, "no_outsiders") }, sponsors("C", "X-1", day), domain.ReasonOutsidersGap},
		"the group is frozen":            {func(w *lifeWorld) { w.g.State = domain.GroupFrozen }, sponsors("C", "X-1", day), domain.ReasonState},
		"admitted past the review":       {func(w *lifeWorld) { w.must(sponsors("A", "X-1", day)) }, by("A", domain.GroupAdmit, domain.LifeAct{People: ids("X-1")}), domain.ReasonTargetAway},
		"invited past the review":        {func(w *lifeWorld) { w.must(sponsors("A", "X-1", day)) }, by("A", domain.GroupInvite, domain.LifeAct{People: ids("X-1")}), domain.ReasonTargetAway},
		"comes in without an invitation": {func(w *lifeWorld) { w.must(sponsors("C", "X-1", day)) }, by("X-1", domain.GroupAccept, domain.LifeAct{}), domain.ReasonNotInvited},
		"asks to join":                   {func(w *lifeWorld) { w.guest("X-1", day) }, by("X-1", domain.GroupJoin, domain.LifeAct{}), domain.ReasonOutsider},
		"consents to take a group over":  {func(w *lifeWorld) { w.guest("X-1", day) }, by("X-1", domain.GroupConsent, domain.LifeAct{}), domain.ReasonOutsider},
		"is appointed admin": {func(w *lifeWorld) { w.guest("X-1", day); w.g.Admins = ids("A") },
			by("H", domain.GroupAppoint, domain.LifeAct{People: ids("X-1")}), domain.ReasonTargetAway},
		"refused without a reason": {func(w *lifeWorld) { w.must(sponsors("C", "X-1", day)) },
			by("A", domain.GroupReview, domain.LifeAct{People: ids("X-1"), Refuse: true}), domain.ReasonNoReason},
		"reviewed when the end has passed": {func(w *lifeWorld) { w.must(sponsors("C", "X-1", "2026-11-24")); w.now = w.now.AddDate(0, 0, 2) }, reviews("A", "X-1", false), domain.ReasonEndPassed},
		"longer, by another":               {func(w *lifeWorld) { w.guest("X-1", day) }, sponsors("D", "X-1", "2027-04-01"), domain.ReasonNotSponsor},
		"longer, and shorter":              {func(w *lifeWorld) { w.guest("X-1", day) }, sponsors("C", "X-1", "2027-02-01"), domain.ReasonEndPassed},
		"longer, asked for twice":          {func(w *lifeWorld) { w.guest("X-1", day); w.must(sponsors("C", "X-1", "2027-04-01")) }, sponsors("C", "X-1", "2027-04-02"), domain.ReasonWaiting},
		"a sponsorship that is held":       {func(w *lifeWorld) { w.guest("X-1", day) }, by("B", domain.GroupSponsor, domain.LifeAct{People: ids("X-1")}), domain.ReasonHasSponsor},
		"removed by who is no sponsor":     {func(w *lifeWorld) { w.guest("X-1", day) }, by("D", domain.GroupRemove, domain.LifeAct{People: ids("X-1"), Reason: &domain.Ref{}}), domain.ReasonNotAdmin},
		"a colleague removed by a sponsor": {func(w *lifeWorld) { w.guest("X-1", day) }, by("C", domain.GroupRemove, domain.LifeAct{People: ids("X-1", "D"), Reason: &domain.Ref{}}), domain.ReasonNotAdmin},
		"removed by the sponsor":           {func(w *lifeWorld) { w.guest("X-1", day) }, by("C", domain.GroupRemove, domain.LifeAct{People: ids("X-1"), Reason: &domain.Ref{}}), ""},
		"leaves":                           {func(w *lifeWorld) { w.guest("X-1", day) }, by("X-1", domain.GroupLeave, domain.LifeAct{}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOpenWorld(t)
			if c.before != nil {
				c.before(w)
			}
			if v := w.do(c.act); v.Reason != c.want {
				w.fail("%s %q, want %q", v.Result, v.Reason, c.want)
			}
		})
	}
}

// How a stay ends besides by its date, or goes on: each with the rule that says so.
func TestHowAStayEnds(t *testing.T) {
	day := "2027-03-01"
	change := func(w *lifeWorld, tier domain.Tier, perms domain.Permissions) domain.GroupAct {
		return sys(domain.GroupChanged, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c", Digest: "d", Base: w.g.Digest, Type: w.g.Type, Tier: tier,
			Depts: w.g.Departments, Admins: w.g.Admins, Perms: perms}})
	}
	closed := domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}
	for name, c := range map[string]struct {
		act   func(*lifeWorld) domain.GroupAct
		rule  string // EffectOutsiderOver's; empty: the stay goes on
		lost  bool   // … without a sponsor
		later int    // days after which it is looked
	}{
		"the group is archived":        {act: func(*lifeWorld) domain.GroupAct { return by("A", domain.GroupArchive, domain.LifeAct{}) }, rule: domain.RuleGroupClosed},
		"the group is dissolved":       {act: func(*lifeWorld) domain.GroupAct { return by("A", domain.GroupDissolve, domain.LifeAct{}) }, rule: domain.RuleGroupClosed},
		"the permission is taken back": {act: func(w *lifeWorld) domain.GroupAct { return change(w, domain.TierOrdinary, closed) }, rule: domain.RuleNotPermitted},
		"the tier is raised":           {act: func(w *lifeWorld) domain.GroupAct { return change(w, domain.TierSecret, domain.Permissions{}) }, rule: "outsiders.secret"},
		"the policy changes": {act: func(w *lifeWorld) domain.GroupAct {
			w.rules = lifeRules("p2")
			return sys(domain.GroupContinued, domain.LifeAct{})
		}, rule: "outsiders.ordinary"},
		"the policy stays": {act: func(*lifeWorld) domain.GroupAct { return sys(domain.GroupContinued, domain.LifeAct{}) }},
		"the group is frozen": {act: func(*lifeWorld) domain.GroupAct {
			return by("S1", domain.GroupFreeze, domain.LifeAct{Reason: &domain.Ref{}})
		}},
		"the sponsor leaves the company": {act: func(w *lifeWorld) domain.GroupAct {
			w.left["C"] = true
			return sys(domain.GroupDirectory, domain.LifeAct{})
		}, lost: true},
		"the sponsor leaves the group": {act: func(*lifeWorld) domain.GroupAct { return by("C", domain.GroupLeave, domain.LifeAct{}) }, lost: true},
		"the sponsor is removed": {act: func(*lifeWorld) domain.GroupAct {
			return by("A", domain.GroupRemove, domain.LifeAct{People: ids("C"), Reason: &domain.Ref{}})
		}, lost: true},
		"the sponsor changes post": {act: func(w *lifeWorld) domain.GroupAct {
			w.shift = ids("C")
			return sys(domain.GroupDirectory, domain.LifeAct{})
		}, lost: true},
		"a colleague changes post": {act: func(w *lifeWorld) domain.GroupAct {
			w.shift = ids("D")
			return sys(domain.GroupDirectory, domain.LifeAct{})
		}},
		"the sponsor is gone for too long": {act: func(*lifeWorld) domain.GroupAct { return by("C", domain.GroupLeave, domain.LifeAct{}) }, later: 15, rule: domain.RuleOutsiderGrace},
		"the sponsor is gone, and no grace": {act: func(w *lifeWorld) domain.GroupAct {
			w.g.Life.Rules.Outsiders.Grace = 0
			return by("C", domain.GroupLeave, domain.LifeAct{})
		}, rule: domain.RuleOutsiderGrace},
		"frozen, and the end comes": {act: func(*lifeWorld) domain.GroupAct {
			return by("S1", domain.GroupFreeze, domain.LifeAct{Reason: &domain.Ref{}})
		}, later: 120, rule: "outsiders.ordinary"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newOpenWorld(t)
			w.guest("X-1", day)
			all := []domain.Verdict{w.must(c.act(w))}
			if c.later > 0 {
				all = append(all, w.pass(w.now.AddDate(0, 0, c.later))...)
			}
			var rule string
			for _, v := range all {
				for _, e := range v.Effects {
					if e.Kind == domain.EffectOutsiderOver && slices.Contains(e.People, domain.EmployeeID("X-1")) {
						rule = e.Slot
					}
				}
			}
			x, there := w.g.GuestOf("X-1")
			if rule != c.rule || there != (c.rule == "") || there != (w.rows["X-1"] == "active") || flagged(w.g) != there || there && x.Lost.IsZero() == c.lost {
				w.fail("by rule %q, row %s, guest %+v; want %q, lost %v", rule, w.rows["X-1"], x, c.rule, c.lost)
			}
		})
	}
}

// An admin takes over from a sponsor who is gone; a longer stay takes an admin's answer, and is within the policy.
func TestSponsorshipAndLongerStays(t *testing.T) {
	w := newOpenWorld(t)
	w.guest("X-1", "2027-03-01")
	w.must(sponsors("C", "X-1", "2027-04-01"))
	if x, _ := w.g.GuestOf("X-1"); x.EndsOn != "2027-03-01" || x.Longer == nil {
		t.Errorf("a longer stay before its answer: %+v", x)
	}
	w.must(reviews("A", "X-1", true))
	if x, _ := w.g.GuestOf("X-1"); x.EndsOn != "2027-03-01" || x.Longer != nil || x.State != domain.MemberActive {
		t.Errorf("refused: %+v", x)
	}
	w.must(sponsors("C", "X-1", "2027-04-01"))
	if v := w.must(reviews("B", "X-1", false)); !has(v, domain.EffectOutsiderLonger, "X-1") {
		t.Errorf("%+v", v.Effects)
	}
	if w.pass(time.Date(2027, 3, 2, 0, 0, 0, 0, time.UTC)); w.rows["X-1"] != "active" {
		t.Error("out at the earlier end")
	}
	if v := w.must(by("C", domain.GroupLeave, domain.LifeAct{})); !has(v, domain.EffectSponsorLost, "A") || !has(v, domain.EffectSponsorLost, "B") {
		t.Errorf("%+v", v.Effects)
	}
	if v := w.must(by("B", domain.GroupSponsor, domain.LifeAct{People: ids("X-1")})); !has(v, domain.EffectSponsored, "X-1") || !w.g.Sponsors("B") {
		t.Errorf("%+v", v.Effects)
	}
	if w.pass(time.Date(2027, 3, 30, 0, 0, 0, 0, time.UTC)); w.rows["X-1"] != "active" {
		t.Error("out though somebody took over")
	}
	if w.pass(time.Date(2027, 4, 1, 16, 0, 0, 0, time.UTC)); w.rows["X-1"] != "leaving" {
		t.Errorf("at the new end: %s", w.rows["X-1"])
	}
}

// Where the platform cannot have people from outside, a group that lets them in states the gap.
func TestAPlatformWithoutOutsiders(t *testing.T) {
	w := newOpenWorld(t)
	w.can = append(w.can, "no_outsiders")
	w.must(sys(domain.GroupContinued, domain.LifeAct{}))
	if len(w.g.Life.Gaps) != 1 || w.g.Life.Gaps[0].Capability != domain.CapabilityOutsiders {
		t.Errorf("%+v", w.g.Life.Gaps)
	}
	w.g.Life.Perms.InviteOutsiders = false
	if w.must(sys(domain.GroupContinued, domain.LifeAct{})); len(w.g.Life.Gaps) != 0 {
		t.Errorf("a gap that nobody minds: %+v", w.g.Life.Gaps)
	}
}
