package domain_test

import (
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// asksToRemove tells whom the platform is asked to remove.
func (w *lifeWorld) asksToRemove() []domain.EmployeeID {
	var out []domain.EmployeeID
	for _, op := range w.g.Life.Ops {
		if op.Kind == domain.OpRemove {
			out = append(out, op.People...)
		}
	}
	slices.Sort(out)
	return out
}

// A group with secrets that stood before it was filed (R6.1): its people stay on the platform while the policy's days run,
// are asked for what is missing, and are out when they have not got it by then. Who came later never was in.
func TestAGroupFiledLateKeepsItsPeopleForAWhile(t *testing.T) {
	w := worldOf(t, domain.TierConfidential, gatedRules("p1"), true, "A")
	l := w.g.Life
	if l.Gate == nil || !l.Gate.Late || l.Gate.Cause != "filed_late" || l.Pending != 5 || l.Members != 1 || len(w.asksToRemove()) != 0 {
		t.Fatalf("begun: %+v", l)
	}
	if d, ok := w.date(domain.DateGate); !ok || d.Days != 14 || d.Rule != "nda.grace" || d.Cause != "filed_late" {
		t.Errorf("the date: %+v", d)
	}
	if !slices.Contains(domain.Flags(w.g), domain.FlagNDAIncomplete) {
		t.Errorf("flags: %v", domain.Flags(w.g))
	}
	word := func(p domain.EmployeeID) domain.Verdict {
		return w.must(sys(domain.GroupClearance, domain.LifeAct{People: []domain.EmployeeID{p}}))
	}
	// C signs and is trained: in, on the register too. D signs only; E declines, and both stay while the grace runs.
	w.clear("C")
	word("C")
	w.paper["D"] = domain.Clearance{Agreement: domain.AgreementSealed}
	word("D")
	w.paper["E"] = domain.Clearance{Agreement: domain.AgreementEnded}
	word("E")
	if w.rows["C"] != "active" || w.rows["D"] != "training_pending" || w.rows["E"] != "nda_pending" || len(w.asksToRemove()) != 0 {
		t.Errorf("in grace: %v, removing %v", w.rows, w.asksToRemove())
	}
	w.confirm()
	// F is removed: they are on the platform, so that it has to confirm it (R2.3.4).
	w.must(by("A", domain.GroupRemove, domain.LifeAct{People: ids("F"), Reason: reason}))
	if w.rows["F"] != "leaving" || !slices.Equal(w.asksToRemove(), ids("F")) {
		t.Errorf("removed: %v, removing %v", w.rows, w.asksToRemove())
	}
	w.confirm()
	// G comes later, and is not on the platform.
	w.now = w.now.AddDate(0, 0, 1)
	w.must(by("A", domain.GroupAdmit, domain.LifeAct{People: ids("G")}))
	if w.rows["G"] != "nda_pending" {
		t.Errorf("admitted: %v", w.rows)
	}
	w.until(domain.DateGate)
	want := map[domain.EmployeeID]string{"A": "active", "B": "suspended", "C": "active", "D": "suspended", "E": "suspended", "F": "removed", "G": "nda_pending"}
	for p, s := range want {
		if w.rows[p] != s {
			t.Errorf("after the grace %s is %q, want %q", p, w.rows[p], s)
		}
	}
	if !slices.Equal(w.asksToRemove(), ids("B", "D", "E")) || w.g.Life.Gate != nil || w.g.Life.Pending != 4 || w.g.Life.Members != 2 {
		t.Errorf("after the grace: removing %v, %+v", w.asksToRemove(), w.g.Life)
	}
	w.confirm()
	w.clear("D") // what was missing comes: back in
	if v := word("D"); !has(v, domain.EffectAdmitted, "D") || w.rows["D"] != "active" {
		t.Errorf("back: %v %+v", w.rows, v.Effects)
	}
}

// Without days in the policy they are out at once; with nobody who lacks anything there is no grace; and a group made after
// its approval has none.
func TestNoGraceForAGroupFiledLate(t *testing.T) {
	rules := gatedRules("p1")
	rule := rules.Tiers[domain.TierConfidential]
	rule.Clearance.Begins = 0
	rules.Tiers[domain.TierConfidential] = rule
	for _, x := range []struct {
		name    string
		rules   domain.LifeRules
		late    bool
		cleared []domain.EmployeeID
		remove  []domain.EmployeeID
	}{
		{"no days", rules, true, ids("A"), ids("B", "C", "D", "E", "F")},
		{"all have it", gatedRules("p1"), true, ids("A", "B", "C", "D", "E", "F"), nil},
		{"made anew", gatedRules("p1"), false, ids("A"), nil},
	} {
		w := worldOf(t, domain.TierConfidential, x.rules, x.late, x.cleared...)
		if w.g.Life.Gate != nil || !slices.Equal(w.asksToRemove(), x.remove) {
			t.Errorf("%s: gate %+v, removing %v, want %v", x.name, w.g.Life.Gate, w.asksToRemove(), x.remove)
		}
	}
}

// A group that was found (a draft of tier ordinary) and is filed as one with secrets: the same, whatever the policy says of
// tiers that are raised.
func TestAFoundGroupWithSecretsKeepsItsPeopleForAWhile(t *testing.T) {
	for _, x := range []struct {
		late         bool
		raised       int
		gate, asking bool
	}{{true, 0, true, true}, {true, 5, true, true}, {false, 0, false, true}} {
		rules := gatedRules("p1")
		rule := rules.Tiers[domain.TierConfidential]
		rule.Clearance.Raised = x.raised
		rules.Tiers[domain.TierConfidential] = rule
		g := domain.NewDiscovered("g", "G-2026-00001", "test", "!room", rules, lifeStart)
		lf := domain.LifeFacts{Late: x.late, Employed: ids("A", "B", "C"), Clear: []domain.Clearance{{Person: "A", Agreement: domain.AgreementSealed, Training: domain.TrainingValid}, {Person: "B"}, {Person: "C"}}}
		act := sys(domain.GroupAdopted, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c", Digest: "d", Type: domain.TypeDepartment, Tier: domain.TierConfidential,
			Depts: []domain.DepartmentID{"D"}, Admins: ids("A", "B"), Admit: ids("C"), Perms: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}}})
		act.ID, act.At = "a1", lifeStart
		g, v, _ := domain.PlanGroup(g, act, domain.GroupFacts{At: lifeStart, Active: true, Proof: true, Life: &lf}, lifeCalendar("c1"))
		if v.Result != domain.Accepted || g.Life.Members != 1 || g.Life.Pending != 2 {
			t.Fatalf("adopted: %+v %+v", v, g.Life)
		}
		gate := g.Life.Gate
		if (gate != nil) != x.gate || (gate != nil && (!gate.Late || gate.Days != 14)) || has(v, domain.EffectAskNDA, "C") != x.asking {
			t.Errorf("%+v: gate %+v, %+v", x, gate, v.Effects)
		}
	}
}

// On the platform during that grace they are no strangers; others who wait, and everybody once it is over, are.
func TestWhoWaitsInAGroupFiledLateIsNoStranger(t *testing.T) {
	g := domain.Group{State: domain.GroupActive, Admins: ids("A"), Life: &domain.Life{}}
	v := domain.PlatformView{Listed: true, Members: []domain.PlatformMember{{Person: "A", Admin: true}, {Person: "B", Admin: true}, {Person: "C"}}}
	found, _, _ := domain.Drift(g, domain.Registered{Active: ids("A"), Early: ids("B")}, v)
	if len(found) != 1 || found[0].Kind != domain.FindStranger || found[0].Person != "C" {
		t.Errorf("%+v", found)
	}
}

// A group that was found and that nobody files is security's to dissolve, with a reason; until it is deleted it can be brought
// back to what it was: waiting to be filed, frozen again if the rule had frozen it.
func TestSecurityDissolvesAFoundGroup(t *testing.T) {
	for _, frozen := range []bool{false, true} {
		w := newLifeWorld(t, domain.TierOrdinary)
		w.g = domain.NewDiscovered("g", "G-2026-00001", "test", "!room", w.rules, lifeStart)
		w.rows = map[domain.EmployeeID]string{}
		w.must(domain.GroupAct{Kind: domain.GroupBegun})
		w.must(sys(domain.GroupReconciled, domain.LifeAct{Findings: []domain.Finding{{Kind: domain.FindUnfiled, Owner: "C"}}, Looked: []domain.FindingKind{domain.FindUnfiled}}))
		was := domain.GroupDraft
		if frozen {
			was = domain.GroupFrozen
			w.until(domain.DateDiscovered)
			w.confirm()
		}
		if w.g.State != was {
			t.Fatalf("it is %s, want %s", w.g.State, was)
		}
		for who, want := range map[domain.EmployeeID]domain.Reason{"C": domain.ReasonNotSecurity, "P": domain.ReasonNotSecurity} {
			if v := w.do(by(who, domain.GroupDissolve, domain.LifeAct{Reason: reason})); v.Reason != want {
				t.Errorf("%s: %+v", who, v)
			}
		}
		if v := w.do(by("S1", domain.GroupDissolve, domain.LifeAct{})); v.Reason != domain.ReasonNoReason {
			t.Errorf("without a reason: %+v", v)
		}
		if v := w.must(by("S1", domain.GroupDissolve, domain.LifeAct{Reason: reason})); !has(v, domain.EffectDissolved, "C") {
			t.Errorf("who keeps it is not told: %+v", v.Effects)
		}
		if _, ok := w.date(domain.DateDeletion); !ok || w.g.State != domain.GroupPendingDeletion || len(w.g.Life.Findings) != 0 {
			t.Errorf("dissolved: %s %+v", w.g.State, w.g.Life)
		}
		if found, _, _ := domain.Drift(w.g, domain.Registered{}, domain.PlatformView{Listed: true, Members: []domain.PlatformMember{{Person: "C"}}}); len(found) != 0 {
			t.Errorf("strangers in a group without a register: %+v", found)
		}
		w.confirm()
		w.must(by("S2", domain.GroupRestore, domain.LifeAct{}))
		if !w.g.Unfiled() || w.g.State != was || (w.g.Life.Frozen != nil) != frozen {
			t.Errorf("restored: %s %+v", w.g.State, w.g.Life)
		}
		if d, ok := w.date(domain.DateDiscovered); !frozen && (!ok || d.At.Before(w.now.AddDate(0, 0, domain.FloorDays-1))) {
			t.Errorf("the time to file it: %+v", d)
		}
		w.must(by("S1", domain.GroupDissolve, domain.LifeAct{Reason: reason}))
		w.until(domain.DateDeletion)
		w.confirm()
		if w.g.Life.Deleting == false && w.g.State != domain.GroupDeleted {
			t.Errorf("its time is over, and it is %s", w.g.State)
		}
	}
}
