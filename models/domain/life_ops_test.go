package domain_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// opAct is the system's word about the operation that is next.
func (w *lifeWorld) opAct(k domain.GroupActKind, code string) domain.GroupAct {
	op, _ := domain.NextOp(w.g)
	a := sys(k, domain.LifeAct{Op: op.ID})
	a.Code, a.Receipt = code, &domain.Receipt{ID: "r"}
	return a
}

// What the platform is asked is confirmed, done by hand, a gap, or failed and tried again; never skipped (R2.3.4, R4.1.3).
func TestOperations(t *testing.T) {
	removed := func(w *lifeWorld) {
		w.must(by("A", domain.GroupRemove, domain.LifeAct{People: ids("B", "C"), Reason: reason}))
	}
	shown := &domain.Receipt{Evidence: reason}
	confirm := func(w *lifeWorld, who domain.EmployeeID, r *domain.Receipt) domain.Verdict {
		a := by(who, domain.GroupOpConfirm, domain.LifeAct{Op: w.g.Life.Ops[0].ID})
		a.Receipt = r
		return w.do(a)
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	removed(w)
	if v := confirm(w, "S1", shown); v.Reason != domain.ReasonNoSuchOp {
		t.Errorf("what the platform does itself is not a person's to confirm: %s", v.Reason)
	}
	v := w.must(w.opAct(domain.GroupOpByHand, ""))
	if op := w.g.Life.Ops[0]; op.State != domain.OpByHand || !has(v, domain.EffectAskOp, "A") {
		t.Errorf("%+v", op)
	}
	if v := confirm(w, "A", nil); v.Reason != domain.ReasonNoReceipt {
		t.Errorf("without evidence: %s", v.Reason)
	}
	if v := confirm(w, "C", shown); v.Reason != domain.ReasonNotAdmin {
		t.Errorf("by a member: %s", v.Reason)
	}
	if v := confirm(w, "A", shown); v.Result != domain.Accepted || w.rows["C"] != "removed" {
		t.Errorf("%s %v", v.Reason, w.rows)
	}

	// Security is taken out of the group: they do not confirm it themselves.
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("A", domain.GroupAdmit, domain.LifeAct{People: ids("S1")}))
	w.confirm()
	w.must(by("A", domain.GroupRemove, domain.LifeAct{People: ids("S1"), Reason: reason}))
	w.must(w.opAct(domain.GroupOpByHand, ""))
	if v := confirm(w, "S1", shown); v.Reason != domain.ReasonOwnMatter {
		t.Errorf("own removal: %s", v.Reason)
	}

	// Failed: the administrators look, somebody tries again, and the tries are counted.
	w = newLifeWorld(t, domain.TierOrdinary)
	removed(w)
	if v = w.must(w.opAct(domain.GroupOpFailed, "token_revoked")); !has(v, domain.EffectHand, "") || !slices.Contains(domain.Flags(w.g), domain.FlagOpsFailed) {
		t.Errorf("%+v", v.Effects)
	}
	if op, ok := domain.NextOp(w.g); !ok || op.Kind != domain.OpAdmins {
		t.Errorf("a failed one holds up nothing: %+v", op)
	}
	w.must(by("A", domain.GroupOpRetry, domain.LifeAct{Op: w.g.Life.Ops[0].ID}))
	if op, _ := domain.NextOp(w.g); op.Kind != domain.OpRemove || op.Tries != 1 || op.Code != "" {
		t.Errorf("%+v", op)
	}

	// A gap is stated and seen. A removal that the platform cannot do stays asked, by hand; an invitation does not.
	w.must(w.opAct(domain.GroupOpGap, "remove"))
	if op := w.g.Life.Ops[0]; op.State != domain.OpByHand || len(w.g.Life.Gaps) != 1 || !slices.Equal(w.g.Life.Gaps[0].People, []string{"B", "C"}) || w.rows["C"] != "leaving" {
		t.Errorf("%+v %+v", op, w.g.Life.Gaps)
	}
	seen := domain.GroupAct{Kind: domain.GroupSeenGap, Actor: "A", Code: "remove"}
	w.must(seen)
	if v := w.do(seen); v.Reason != domain.ReasonNoSuchGap || w.g.Life.Gaps[0].Seen != "A" || !slices.Contains(domain.Flags(w.g), domain.FlagGaps) {
		t.Errorf("%s %+v", v.Reason, w.g.Life.Gaps)
	}
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("A", domain.GroupAdmit, domain.LifeAct{People: ids("G")}))
	if w.must(w.opAct(domain.GroupOpGap, "invite")); len(w.g.Life.Ops) != 0 || len(w.g.Life.Gaps) != 1 {
		t.Errorf("%+v", w.g.Life)
	}
	if v := w.do(sys(domain.GroupOpDone, domain.LifeAct{Op: "9.9"})); v.Reason != domain.ReasonNoSuchOp {
		t.Errorf("%s", v.Reason)
	}
}

// A tier demands a minimum of its platform; what is missing is shown and refuses nothing, also where people keep the group.
func TestGapsOfATier(t *testing.T) {
	gaps := func(w *lifeWorld) string {
		var out []string
		for _, g := range w.g.Life.Gaps {
			out = append(out, g.Capability)
		}
		return strings.Join(out, " ")
	}
	w := newLifeWorld(t, domain.TierConfidential)
	if gaps(w) != "" {
		t.Errorf("a platform that can has %s", gaps(w))
	}
	w.can = []string{"remove"}
	if v := w.must(sys(domain.GroupContinued, domain.LifeAct{})); gaps(w) != "encryption_in_transit" || !has(v, domain.EffectGap, "A") {
		t.Errorf("%s", gaps(w))
	}
	if v := w.must(sys(domain.GroupContinued, domain.LifeAct{})); has(v, domain.EffectGap, "") {
		t.Error("told twice")
	}
	w.can, w.g.ByHand = nil, true
	if w.must(sys(domain.GroupContinued, domain.LifeAct{})); gaps(w) != "encryption_in_transit remove" {
		t.Errorf("by hand: %s", gaps(w))
	}
	w.can = []string{"remove", "encryption_in_transit"}
	if w.must(sys(domain.GroupContinued, domain.LifeAct{})); gaps(w) != "" {
		t.Errorf("%s", gaps(w))
	}
}

// An approved change is applied to what it was decided on, else a person looks; the platform and the dates follow.
func TestChanged(t *testing.T) {
	delta := func(w *lifeWorld, f func(*domain.GroupDelta)) domain.GroupAct {
		d := domain.GroupDelta{Case: "c2", Digest: "d2", Base: w.g.Digest, Type: w.g.Type, Tier: w.g.Tier, Depts: w.g.Departments, Admins: w.g.Admins, Perms: w.g.Life.Perms, EndsOn: w.g.EndsOn}
		f(&d)
		return sys(domain.GroupChanged, domain.LifeAct{Delta: &d})
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	w.left["X"] = true
	v := w.must(delta(w, func(d *domain.GroupDelta) {
		d.Tier, d.Renamed, d.Admins, d.Admit, d.Remove = domain.TierConfidential, true, ids("A", "G", "X"), ids("X"), ids("C", "Z")
	}))
	var ops []string
	for _, op := range w.g.Life.Ops {
		ops = append(ops, string(op.Kind))
	}
	if got := strings.Join(ops, " "); got != "rename permissions invite admins remove" {
		t.Errorf("operations %s", got)
	}
	if l := w.g.Life; !slices.Equal(w.g.Admins, ids("A", "G")) || l.Material != "c2" || w.g.Digest != "d2" || l.Changed != 1 || l.Members != 6 || l.Perms.SeeContacts || w.rows["C"] != "leaving" || w.rows["G"] != "active" {
		t.Errorf("%+v %v", l, w.g.Admins)
	}
	if d, _ := w.date(domain.DateRenewal); d.Rule != "life.tiers.confidential.renew" || d.Days != 180 || !has(v, domain.EffectChanged, "B") {
		t.Errorf("%+v", d)
	}
	w.confirm()
	// The dates of the stricter tier have passed: it is given seven days.
	w.now = w.now.AddDate(0, 0, 170)
	w.must(delta(w, func(d *domain.GroupDelta) { d.Tier = domain.TierSecret; d.Digest = "d3" }))
	if d, _ := w.date(domain.DateRenewal); d.Cause != "changed" || d.At.Before(w.now.AddDate(0, 0, 6)) {
		t.Errorf("%+v", d)
	}
	stale := delta(w, func(d *domain.GroupDelta) { d.Base = "d1" })
	if v := w.do(stale); v.Reason != domain.ReasonStaleBase || !has(v, domain.EffectHand, "") {
		t.Errorf("%s", v.Reason)
	}
	w.must(by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason}))
	w.must(delta(w, func(d *domain.GroupDelta) { d.Tier, d.Digest = domain.TierConfidential, "d4" }))
	for _, op := range w.g.Life.Ops {
		if op.Kind == domain.OpPermissions || op.Kind == domain.OpAdmins {
			t.Errorf("%s would loosen the freeze", op.Kind)
		}
	}
	w.must(by("A", domain.GroupLeave, domain.LifeAct{}))
	w.must(by("S1", domain.GroupArchive, domain.LifeAct{}))
	if v := w.do(delta(w, func(*domain.GroupDelta) {})); v.Reason != domain.ReasonState || !has(v, domain.EffectHand, "") {
		t.Errorf("archived: %s", v.Reason)
	}
}

// A group found on the platform is a draft with a grace; not filed in time it is frozen, and filing it brings it to life (R6.1).
func TestDiscovered(t *testing.T) {
	for _, late := range []bool{false, true} {
		w := newLifeWorld(t, domain.TierOrdinary)
		w.g = domain.NewDiscovered("g", "G-2026-00009", "matrix", "!found", w.rules, w.now)
		w.rows = map[domain.EmployeeID]string{}
		w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
		if d := w.g.Life.Dates[0]; d.Kind != domain.DateDiscovered || d.Days != 30 {
			t.Fatalf("%+v", d)
		}
		if late {
			if w.next(); w.g.State != domain.GroupFrozen {
				t.Fatalf("state %s", w.g.State)
			}
		}
		d := &domain.GroupDelta{Case: "c", Digest: "d", Type: domain.TypeProject, Tier: domain.TierOrdinary, Admins: ids("A", "B"), Admit: ids("C"), Perms: domain.Permissions{Posting: domain.PostMembers}}
		v := w.must(sys(domain.GroupAdopted, domain.LifeAct{Delta: d}))
		if w.g.State != domain.GroupActive || w.g.Case != "c" || w.g.Life.Members != 3 || !has(v, domain.EffectAdopted, "A") || w.g.Life.Frozen != nil {
			t.Errorf("%+v", w.g)
		}
		if r, ok := w.date(domain.DateRenewal); !ok || !r.CauseAt.Equal(w.now) {
			t.Errorf("%+v", r)
		}
		if v := w.do(sys(domain.GroupAdopted, domain.LifeAct{Delta: d})); v.Reason != domain.ReasonState {
			t.Errorf("twice: %s", v.Reason)
		}
	}
}

// A group of the first version behaves as it did, and gets its life by the act continued.
func TestContinuedGivesALife(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	old := w.g
	old.Life, old.Answers = nil, nil
	for _, k := range []domain.GroupActKind{domain.GroupRenew, domain.GroupFreeze, domain.GroupDirectory} {
		if _, v, _ := domain.PlanGroup(old, by("", k, domain.LifeAct{Rule: "x"}), domain.GroupFacts{At: w.now}, w.cal); v.Reason != domain.ReasonUnknownAct {
			t.Errorf("%s: %s", k, v.Reason)
		}
	}
	perms := domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}
	rules := w.rules
	act := domain.GroupAct{ID: "sys:continued:1", Kind: domain.GroupContinued, At: w.now}
	after, v, facts := domain.PlanGroup(old, act, domain.GroupFacts{At: w.now, Life: &domain.LifeFacts{Rules: &rules, Perms: &perms, Count: 6}}, w.cal)
	if v.Result != domain.Accepted || after.Life.Members != 6 || after.Life.Perms != perms || len(after.Life.Dates) == 0 || after.Life.Material != "case" {
		t.Fatalf("%s %+v", v.Reason, after.Life)
	}
	if got, _ := domain.DecideGroup(old, act, facts); domain.StateDigest(got) != domain.StateDigest(after) {
		t.Error("another state over recorded facts")
	}
	text, err := json.Marshal(old)
	if err != nil || strings.Contains(string(text), "life") {
		t.Errorf("the first version's state has grown: %s %v", text, err)
	}
}

// The answers a state keeps are bounded.
func TestAnswersAreBounded(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	for range 300 {
		w.now = w.now.Add(time.Minute)
		w.must(sys(domain.GroupActivity, domain.LifeAct{Last: w.now}))
	}
	if n := len(w.g.Answers); n != 200 || w.g.Answers[n-1].Act != "a302" {
		t.Errorf("%d answers, the last %s", n, w.g.Answers[n-1].Act)
	}
}

// A date planned for a state the group has left means nothing, and leaves the list all the same.
func TestStaleDates(t *testing.T) {
	for _, k := range []domain.DateKind{domain.DateLast, domain.DateGrace, domain.DateAskHead, domain.DateOwnerless, domain.DateArchive, domain.DateDeletion, domain.DateDiscovered} {
		w := newLifeWorld(t, domain.TierOrdinary)
		w.g.Life.Dates = append(w.g.Life.Dates, domain.GroupDate{Kind: k, At: w.now})
		w.must(sys(domain.GroupDateDue, domain.LifeAct{Date: k, DateAt: w.now}))
		if _, ok := w.date(k); ok || w.g.State != domain.GroupActive {
			t.Errorf("%s: %s", k, w.g.State)
		}
	}
	w := newLifeWorld(t, domain.TierOrdinary)
	for _, at := range []time.Time{w.now.AddDate(0, 0, 1), w.g.Life.Dates[0].At} {
		if v := w.do(sys(domain.GroupDateDue, domain.LifeAct{Date: domain.DateNotice, DateAt: at})); v.Result != domain.Refused {
			t.Errorf("%s: %s", at, v.Result)
		}
	}
}
