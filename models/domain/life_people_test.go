package domain_test

import (
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// Who comes in and goes out, and who stays (R2.2, R2.3.4, semantics 2).
func TestMembersOfALife(t *testing.T) {
	admit := func(people ...domain.EmployeeID) domain.GroupAct {
		return by("A", domain.GroupAdmit, domain.LifeAct{People: people})
	}
	remove := func(who domain.EmployeeID, people ...domain.EmployeeID) domain.GroupAct {
		return by(who, domain.GroupRemove, domain.LifeAct{People: people, Reason: reason})
	}
	leave := func(who domain.EmployeeID) domain.GroupAct { return by(who, domain.GroupLeave, domain.LifeAct{}) }
	held := func(w *lifeWorld) {
		w.must(by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("B", "C")}))
	}
	alone := func(w *lifeWorld) { w.must(leave("B")); w.confirm() }
	runLife(t, map[string]lifeCase{
		"admitted": {act: admit("G", "X"), after: func(w *lifeWorld, v domain.Verdict) {
			op, _ := domain.NextOp(w.g)
			if op.Kind != domain.OpInvite || !slices.Equal(op.People, ids("G", "X")) || w.g.Life.Members != 8 || w.rows["G"] != "active" || !has(v, domain.EffectAdmitted, "X") {
				w.fail("%+v %d", op, w.g.Life.Members)
			}
		}},
		"nobody":           {act: admit(), want: domain.ReasonNobodyNamed},
		"a member":         {act: admit("C"), want: domain.ReasonMember},
		"an admin":         {act: admit("B"), want: domain.ReasonMember},
		"twice in one":     {act: admit("G", "G"), want: domain.ReasonMember},
		"left the company": {before: func(w *lifeWorld) { w.left["G"] = true }, act: admit("G"), want: domain.ReasonTargetAway},
		"by a member":      {act: by("C", domain.GroupAdmit, domain.LifeAct{People: ids("G")}), want: domain.ReasonNotAdmin},
		"removed": {act: remove("A", "C", "B"), after: func(w *lifeWorld, v domain.Verdict) {
			if w.rows["C"] != "leaving" || w.g.Life.Members != 4 || !slices.Equal(w.g.Admins, ids("A")) || !has(v, domain.EffectRemoved, "C") {
				w.fail("%v %v", w.rows, w.g.Admins)
			}
			w.confirm()
			if w.rows["C"] != "removed" || w.rows["B"] != "removed" {
				w.fail("complete only when the platform confirms: %v", w.rows)
			}
		}},
		"without a reason":     {act: by("A", domain.GroupRemove, domain.LifeAct{People: ids("C")}), want: domain.ReasonNoReason},
		"by security":          {act: remove("S1", "C")},
		"by the process admin": {act: remove("P", "C"), want: domain.ReasonNotAdmin},
		"a stranger":           {act: remove("A", "X"), want: domain.ReasonNotMember},
		"both admins":          {act: remove("S1", "A", "B"), want: domain.ReasonLastAdmin},
		"a custodian":          {before: held, act: remove("A", "C"), want: domain.ReasonCustodian},
		"leaves": {act: leave("C"), after: func(w *lifeWorld, v domain.Verdict) {
			if w.rows["C"] != "leaving" || !has(v, domain.EffectLeft, "A") {
				w.fail("%v", w.rows)
			}
		}},
		"a custodian leaves": {before: held, act: leave("C"), want: domain.ReasonCustodian},
		"who is not in it":   {act: leave("X"), want: domain.ReasonNotMember},
		"one of two admins": {act: leave("B"), after: func(w *lifeWorld, v domain.Verdict) {
			if !has(v, domain.EffectFinding, "A") || !slices.Contains(domain.Flags(w.g), domain.FlagFewAdmins) || w.g.Life.Orphan != nil {
				w.fail("%+v %v", v.Effects, domain.Flags(w.g))
			}
		}},
		"the last admin":      {before: alone, act: leave("A"), want: domain.ReasonLastAdmin},
		"the last admin goes": {before: alone, act: remove("S1", "A"), want: domain.ReasonLastAdmin},
	})
	w := newLifeWorld(t, domain.TierOrdinary)
	f := w.facts(admit("G"))
	f.Life.Limit = 6
	if _, v, _ := domain.PlanGroup(w.g, admit("G"), f, w.cal); v.Reason != domain.ReasonTooMany {
		t.Errorf("over the platform's limit: %s", v.Reason)
	}
}

// Leaving the company or changing department out of the group removes at once; other changes of post are findings (R2.3.4).
func TestDirectoryOfALife(t *testing.T) {
	dir := func(w *lifeWorld, lf domain.LifeFacts) domain.Verdict {
		w.t.Helper()
		w.acts++
		lf.Revision, lf.Heads = 9, w.heads
		after, v, _ := domain.PlanGroup(w.g, domain.GroupAct{ID: "dir", Kind: domain.GroupDirectory, At: w.now, Life: &domain.LifeAct{Revision: 8}},
			domain.GroupFacts{At: w.now, Life: &lf}, w.cal)
		w.g = after
		return v
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	w.must(by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("C", "D")}))
	v := dir(w, domain.LifeFacts{Gone: ids("C", "B"), Moved: ids("D", "E"), Shifted: ids("F")})
	var out domain.PlatformOp
	for _, op := range w.g.Life.Ops {
		if op.Kind == domain.OpRemove {
			out = op
		}
	}
	if !slices.Equal(out.People, ids("C", "B", "E")) || w.g.Life.Members != 3 || w.g.Life.Revision != 9 || !slices.Equal(w.g.Admins, ids("A")) {
		t.Errorf("out %v, members %d, revision %d", out.People, w.g.Life.Members, w.g.Life.Revision)
	}
	var found []string
	for _, x := range w.g.Life.Findings {
		found = append(found, x.ID)
	}
	slices.Sort(found)
	if !slices.Equal(found, []string{"member_changed_post:D", "member_changed_post:F", "too_few_admins:group"}) || !has(v, domain.EffectRowLeaving, "C") {
		t.Errorf("found %v", found)
	}
	if i := slices.IndexFunc(v.Effects, func(e domain.Effect) bool { return e.Kind == domain.EffectCustodian }); i < 0 || !slices.Equal(v.Effects[i].Roles, []domain.Role{domain.RoleLegal}) {
		t.Errorf("legal learns of the custodian: %+v", v.Effects)
	}
}

// Ownerless: active members by consent, then the department's head, then frozen or in grace (semantics 2).
func TestOwnerless(t *testing.T) {
	orphan := func(w *lifeWorld) {
		w.left["A"], w.left["B"] = true, true
		w.must(sys(domain.GroupDirectory, domain.LifeAct{}))
	}
	consent := func(p domain.EmployeeID) domain.GroupAct { return by(p, domain.GroupConsent, domain.LifeAct{}) }
	appoint := func(who domain.EmployeeID, people ...domain.EmployeeID) domain.GroupAct {
		return by(who, domain.GroupAppoint, domain.LifeAct{People: people})
	}
	asked := func(w *lifeWorld) { orphan(w); w.until(domain.DateAskHead) }
	over := func(w *lifeWorld) { orphan(w); w.until(domain.DateOwnerless) }
	owned := func(admins ...domain.EmployeeID) func(w *lifeWorld, v domain.Verdict) {
		return func(w *lifeWorld, v domain.Verdict) {
			if !slices.Equal(w.g.Admins, admins) || w.g.Life.Orphan != nil || !has(v, domain.EffectAppointed, admins[0]) {
				w.fail("admins %v, orphan %v", w.g.Admins, w.g.Life.Orphan)
			}
		}
	}
	runLife(t, map[string]lifeCase{
		"asked": {act: sys(domain.GroupCalendar, domain.LifeAct{}), before: orphan, state: domain.GroupActive, after: func(w *lifeWorld, _ domain.Verdict) {
			o, d := w.g.Life.Orphan, w.g.Life.Dates[0]
			if !slices.Equal(o.Asked, ids("C", "D", "E")) || o.Stage != domain.OrphanMembers || d.Kind != domain.DateAskHead || d.Cause != "admin_left" || d.Days != 7 {
				w.fail("%+v %+v", o, d)
			}
			if !slices.Contains(domain.Flags(w.g), domain.FlagOwnerless) {
				w.fail("no flag")
			}
		}},
		"consent":                   {before: orphan, act: consent("D"), after: owned("D")},
		"not asked":                 {before: orphan, act: consent("F"), want: domain.ReasonNotAsked},
		"asked, then left":          {before: func(w *lifeWorld) { orphan(w); w.must(by("D", domain.GroupLeave, domain.LifeAct{})) }, act: consent("D"), want: domain.ReasonNotAsked},
		"after another":             {before: func(w *lifeWorld) { orphan(w); w.must(consent("C")) }, act: consent("D"), want: domain.ReasonNotAsked},
		"while the head is asked":   {before: asked, act: consent("D"), after: owned("D")},
		"the head appoints two":     {before: asked, act: appoint("H", "F", "X"), after: owned("F", "X")},
		"security appoints":         {before: orphan, act: appoint("S1", "F"), after: owned("F")},
		"a member appoints":         {before: asked, act: appoint("C", "C"), want: domain.ReasonNotHead},
		"nobody":                    {before: asked, act: appoint("H"), want: domain.ReasonNobodyNamed},
		"who left":                  {before: asked, act: appoint("H", "A"), want: domain.ReasonTargetAway},
		"with two admins":           {act: appoint("H", "C"), want: domain.ReasonState},
		"past the deadline":         {before: over, act: sys(domain.GroupCalendar, domain.LifeAct{}), state: domain.GroupGrace},
		"late consent":              {before: over, act: consent("C"), state: domain.GroupActive, after: owned("C")},
		"past it, confidential":     {tier: domain.TierConfidential, before: over, act: sys(domain.GroupCalendar, domain.LifeAct{}), state: domain.GroupFrozen},
		"appointed, still frozen":   {tier: domain.TierConfidential, before: over, act: appoint("H", "C"), state: domain.GroupFrozen, after: owned("C")},
		"grace ends in the archive": {before: func(w *lifeWorld) { over(w); w.until(domain.DateGrace) }, act: sys(domain.GroupCalendar, domain.LifeAct{}), state: domain.GroupArchived},
	})
	// With nobody left to ask the head is asked at once; the second admin of few is appointed by the head too.
	w := newLifeWorld(t, domain.TierOrdinary)
	for _, p := range ids("A", "B", "C", "D", "E", "F") {
		w.left[p] = true
	}
	v := w.must(sys(domain.GroupDirectory, domain.LifeAct{}))
	if w.g.Life.Orphan.Stage != domain.OrphanHead || !has(v, domain.EffectAskHead, "H") || w.g.Life.Members != 0 {
		t.Errorf("%+v", w.g.Life.Orphan)
	}
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("B", domain.GroupLeave, domain.LifeAct{}))
	w.must(appoint("H", "C"))
	if !slices.Equal(w.g.Admins, ids("A", "C")) || len(w.g.Life.Findings) != 0 {
		t.Errorf("%v %v", w.g.Admins, w.g.Life.Findings)
	}
}

// What is offered is what would be accepted by standing and state; pages and API show nothing else.
func TestOffers(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	for who, want := range map[domain.EmployeeID][]domain.GroupActKind{
		"A": {domain.GroupRenew, domain.GroupAdmit, domain.GroupRemove, domain.GroupLeave, domain.GroupArchive, domain.GroupDissolve,
			domain.GroupInvite, domain.GroupExempt},
		"C":  {domain.GroupLeave},
		"S1": {domain.GroupRemove, domain.GroupFreeze, domain.GroupArchive, domain.GroupJoin},
		"L1": {domain.GroupHold, domain.GroupJoin},
		"X":  {domain.GroupJoin}, "H": {domain.GroupJoin},
	} {
		if got := domain.GroupOffers(w.g, who, w.offerFacts(who)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", who, got, want)
		}
	}
	w.left["A"] = true
	if got := domain.GroupOffers(w.g, "A", w.offerFacts("A")); got != nil {
		t.Errorf("a disabled account is offered %v", got)
	}
}
