package domain_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// What only breaking the rules one at a time showed that no test noticed (deploy/mutate -of life).

// found has one look at the platform find some differences.
func (w *lifeWorld) found(all ...domain.Finding) {
	w.t.Helper()
	var kinds []domain.FindingKind
	for _, x := range all {
		kinds = append(kinds, x.Kind)
	}
	w.must(sys(domain.GroupReconciled, domain.LifeAct{Findings: all, Looked: kinds}))
}

func resolves(who domain.EmployeeID, finding string, p domain.Proposal) domain.GroupAct {
	return by(who, domain.GroupResolve, domain.LifeAct{Finding: finding, Proposal: p, Reason: reason})
}

func (w *lifeWorld) asked(k domain.OpKind) bool {
	return slices.ContainsFunc(w.g.Life.Ops, func(o domain.PlatformOp) bool { return o.Kind == k })
}

func TestGuardsOfALife(t *testing.T) {
	plain := func(who domain.EmployeeID, k domain.GroupActKind) domain.GroupAct {
		return by(who, k, domain.LifeAct{})
	}
	hold := by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("C")})
	hold.ID = "hold"
	held := func(w *lifeWorld) { w.must(hold) }
	heldRevoked := func(w *lifeWorld) { held(w); w.must(domain.GroupAct{Kind: domain.GroupRevoked}) }
	alone := func(w *lifeWorld) { w.must(plain("B", domain.GroupLeave)); w.confirm() }
	frozen := func(w *lifeWorld) {
		w.must(by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason, People: ids("F")}))
	}
	orphan := func(w *lifeWorld) {
		w.left["A"], w.left["B"] = true, true
		w.must(sys(domain.GroupDirectory, domain.LifeAct{}))
	}
	var many []domain.EmployeeID
	for i := range domain.MaxAdmins + 1 {
		many = append(many, domain.EmployeeID(fmt.Sprintf("N%d", i)))
	}
	runLife(t, map[string]lifeCase{
		"a finding of security's is not an admin's": {before: func(w *lifeWorld) {
			w.found(domain.Finding{Kind: domain.FindStranger, Person: "X"}, domain.Finding{Kind: domain.FindNotAdmin, Person: "B"})
		}, act: resolves("A", "admin_differs:B", domain.ProposeTighten), want: domain.ReasonNotOwner},
		"a finding does not take the last admin": {before: func(w *lifeWorld) { alone(w); w.found(domain.Finding{Kind: domain.FindMissing, Person: "A"}) },
			act: resolves("S1", "missing_member:A", domain.ProposeRemove), want: domain.ReasonLastAdmin},
		"a finding does not take a custodian": {before: func(w *lifeWorld) { held(w); w.found(domain.Finding{Kind: domain.FindMissing, Person: "C"}) },
			act: resolves("A", "missing_member:C", domain.ProposeRemove), want: domain.ReasonCustodian},
		"a finding does not end what is held": {before: func(w *lifeWorld) { held(w); w.found(domain.Finding{Kind: domain.FindDeleted}) },
			act: resolves("A", "deleted_on_platform:group", domain.ProposeDeleted), want: domain.ReasonHeld, state: domain.GroupActive},

		"revoked under a hold, and not restored": {before: heldRevoked, act: plain("A", domain.GroupRestore), want: domain.ReasonState},
		"revoked under a hold, and released: soon": {before: heldRevoked, act: by("L2", domain.GroupRelease, domain.LifeAct{Hold: "hold"}), state: domain.GroupPendingDeletion,
			after: func(w *lifeWorld, _ domain.Verdict) {
				if d, ok := w.date(domain.DateDeletion); !ok || d.At.After(w.now.AddDate(0, 0, 12)) || d.Cause != "released" {
					w.fail("%+v", d)
				}
			}},
		"frozen underneath, and not dissolved": {before: func(w *lifeWorld) { frozen(w); w.must(plain("S1", domain.GroupArchive)) }, act: plain("A", domain.GroupDissolve), want: domain.ReasonState,
			state: domain.GroupArchived},

		"a person's freeze is no rule's": {act: by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason, Rule: "incident"}), state: domain.GroupFrozen, after: func(w *lifeWorld, _ domain.Verdict) {
			if f := w.g.Life.Frozen; f.Rule != "" || f.By != "S1" {
				w.fail("%+v", f)
			}
		}},
		"a rule freezes no archive": {before: func(w *lifeWorld) { w.must(plain("A", domain.GroupArchive)) }, act: sys(domain.GroupFreeze, domain.LifeAct{Rule: "incident"}), want: domain.ReasonState,
			state: domain.GroupArchived},
		"unfrozen, still due": {before: func(w *lifeWorld) { w.until(domain.DateRenewal); frozen(w); w.must(plain("S1", domain.GroupUnfreeze)) }, act: plain("L1", domain.GroupUnfreeze), state: domain.GroupRenewalDue},
		"unfrozen, and somebody is looked for again": {tier: domain.TierConfidential, before: func(w *lifeWorld) {
			orphan(w)
			w.until(domain.DateOwnerless)
			w.must(plain("S1", domain.GroupUnfreeze))
		},
			act: plain("L1", domain.GroupUnfreeze), after: func(w *lifeWorld, _ domain.Verdict) {
				if o := w.g.Life.Orphan; o == nil || o.Stage != domain.OrphanMembers || !o.Since.Equal(w.now) {
					w.fail("%+v", o)
				}
			}},

		"appointed: more than a group may have":  {before: orphan, act: by("H", domain.GroupAppoint, domain.LifeAct{People: many}), want: domain.ReasonTooMany},
		"appointed: who left, still on the list": {before: func(w *lifeWorld) { orphan(w); w.left["F"] = true }, act: by("H", domain.GroupAppoint, domain.LifeAct{People: ids("F")}), want: domain.ReasonTargetAway},
		"appointed: who is implicated":           {before: func(w *lifeWorld) { frozen(w); orphan(w) }, act: by("H", domain.GroupAppoint, domain.LifeAct{People: ids("F")}), want: domain.ReasonImplicated},

		"restored past its end": {before: func(w *lifeWorld) {
			w.g.EndsOn = "2027-03-31"
			w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
			w.until(domain.DateGrace)
		}, act: plain("A", domain.GroupRestore), want: domain.ReasonEndPassed, state: domain.GroupArchived},
		"prolonged to today": {before: func(w *lifeWorld) { w.g.EndsOn = "2027-03-31" }, act: by("A", domain.GroupRenew, domain.LifeAct{EndsOn: "2026-11-23", Digest: endsDigest(t)}), want: domain.ReasonEndPassed},
	})
}

// endsDigest is what an admin attests of the usual group once it ends on 31 March.
func endsDigest(t *testing.T) string {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.g.EndsOn = "2027-03-31"
	return w.seen()
}

// Each date is exactly where its rule puts it: consequences on working days, the last warning at half of the grace.
func TestWhenDatesFall(t *testing.T) {
	w := newLifeWorld(t, domain.TierConfidential)
	monday := time.Date(2027, 5, 24, 1, 0, 0, 0, time.UTC) // 180 days end on a Saturday
	if d, _ := w.date(domain.DateRenewal); !d.At.Equal(monday) || d.Moved != 2 {
		t.Errorf("%+v, want %s", d, monday)
	}
	// The tier does not know renewal by activity, not even by activity on the very day.
	w.now = monday
	w.must(sys(domain.GroupActivity, domain.LifeAct{Last: monday}))
	if w.until(domain.DateRenewal); w.g.State != domain.GroupRenewalDue {
		t.Errorf("renewed by activity: %s", w.g.State)
	}
	w = newLifeWorld(t, domain.TierOrdinary)
	w.until(domain.DateRenewal)
	if d, _ := w.date(domain.DateLast); !d.At.Equal(time.Date(2027, 12, 8, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("the last warning: %+v", d)
	}
	// What need not be filed, by security's word, has no date any more.
	w.g = domain.NewDiscovered("g", "G-2026-00009", "matrix", "!found", w.rules, w.now)
	w.found(domain.Finding{Kind: domain.FindUnfiled})
	if _, ok := w.date(domain.DateDiscovered); !ok {
		t.Error("a group that was found has no date")
	}
	w.must(resolves("S1", "unfiled_group:group", domain.ProposeDismiss))
	if d, ok := w.date(domain.DateDiscovered); ok {
		t.Errorf("it need not be filed, and has a date: %+v", d)
	}
}

// A look counts only for the group that it was compared with.
func TestALookAtWhatNoLongerHolds(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	look := func(seq int) domain.Verdict {
		return w.do(sys(domain.GroupReconciled, domain.LifeAct{Findings: []domain.Finding{{Kind: domain.FindRenamed}}, Looked: []domain.FindingKind{domain.FindRenamed}, Seq: seq}))
	}
	seq := w.g.Seq
	w.must(by("A", domain.GroupAdmit, domain.LifeAct{People: ids("X")}))
	if v := look(seq); v.Reason != domain.ReasonStaleBase || len(w.g.Life.Findings) != 0 {
		t.Errorf("%s %+v", v.Reason, w.g.Life.Findings)
	}
	if v := look(w.g.Seq); v.Result != domain.Accepted || len(w.g.Life.Findings) != 1 {
		t.Errorf("%s %+v", v.Reason, w.g.Life.Findings)
	}
}

// The platform hears of another tier even where the permissions stay, and of an adopted group's end of frost.
func TestWhatThePlatformHears(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	tight := w.rules.Tiers[domain.TierConfidential].Ceiling
	delta := func(tier domain.Tier, digest string) domain.GroupAct {
		return sys(domain.GroupChanged, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c2", Digest: digest, Base: w.g.Digest, Type: w.g.Type, Tier: tier, Depts: w.g.Departments, Admins: w.g.Admins, Perms: tight}})
	}
	w.must(delta(domain.TierOrdinary, "d2"))
	w.confirm()
	w.must(delta(domain.TierConfidential, "d3"))
	if !w.asked(domain.OpPermissions) {
		t.Errorf("another tier, and the platform is asked for %+v", w.g.Life.Ops)
	}

	w.g = domain.NewDiscovered("g", "G-2026-00009", "matrix", "!found", w.rules, w.now)
	w.rows = map[domain.EmployeeID]string{}
	w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
	w.next()
	w.confirm()
	w.must(sys(domain.GroupAdopted, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c", Digest: "d", Type: domain.TypeProject, Tier: domain.TierOrdinary, Admins: ids("A", "B"), Perms: tight}}))
	if !w.asked(domain.OpUnfreeze) {
		t.Errorf("adopted, and the platform is asked for %+v", w.g.Life.Ops)
	}

	// What a person did by hand is shown by evidence, not by a word.
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("A", domain.GroupRemove, domain.LifeAct{People: ids("C"), Reason: reason}))
	w.must(w.opAct(domain.GroupOpByHand, ""))
	a := by("A", domain.GroupOpConfirm, domain.LifeAct{Op: w.g.Life.Ops[0].ID})
	a.Receipt = &domain.Receipt{ID: "x"}
	if v := w.do(a); v.Reason != domain.ReasonNoReceipt || w.rows["C"] != "leaving" {
		t.Errorf("%s, and C is %s", v.Reason, w.rows["C"])
	}
}

// A flag says what it says and no more.
func TestFlagsSayNoMore(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.must(by("B", domain.GroupLeave, domain.LifeAct{}))
	if slices.Contains(domain.Flags(w.g), domain.FlagDrift) {
		t.Error("few admins are no drift")
	}
	w = newLifeWorld(t, domain.TierOrdinary)
	w.g.EndsOn = "2027-03-31"
	w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
	if w.until(domain.DateEnd); w.g.State != domain.GroupGrace || slices.Contains(domain.Flags(w.g), domain.FlagReviewOverdue) {
		t.Errorf("%s %v: what has come to its end is not to be reviewed", w.g.State, domain.Flags(w.g))
	}
}

// Who leaves with their former post: out of the owning departments and those below, and into none of them (R2.3.4).
func TestDisplaced(t *testing.T) {
	person := func(id domain.EmployeeID, d domain.DepartmentID, active bool) domain.Employee {
		return domain.Employee{ID: id, Number: string(id), Name: string(id), Department: d, Active: active}
	}
	dir := domain.NewDirectory(2, []domain.Employee{
		person("out", "sales", true), person("within", "platform", true), person("post", "research", true), person("guest", "finance", true), person("left", "sales", false),
	}, []domain.Department{{ID: "root"}, {ID: "research", Parent: "root"}, {ID: "platform", Parent: "research"}, {ID: "sales", Parent: "root"}, {ID: "finance", Parent: "root"}})
	moved, shifted := domain.Displaced([]domain.DepartmentID{"research"}, dir, []domain.Transfer{
		{Person: "out", From: "platform"},    // from below an owning department to elsewhere
		{Person: "within", From: "research"}, // to one below it
		{Person: "post"},                     // another post only
		{Person: "guest", From: "sales"},     // was never of it
		{Person: "left", From: "research"},   // is not moved but gone
		{Person: "out", From: "sales"},       // the first change counts
	})
	if !slices.Equal(moved, ids("out")) || !slices.Equal(shifted, ids("within", "post", "guest")) {
		t.Errorf("moved %v, shifted %v", moved, shifted)
	}
}
