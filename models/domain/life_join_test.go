package domain_test

import (
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// The way into a group with secrets: asked, reviewed, signed, trained, in; and out again when one of them no longer holds.
func TestTheWayIn(t *testing.T) {
	w := newWorldOf(t, domain.TierConfidential, gatedRules("p1"), "A", "C")
	place := func(p domain.EmployeeID, want domain.MemberState) {
		t.Helper()
		if w.rows[p] != string(want) {
			w.fail("%s is %q, want %q", p, w.rows[p], want)
		}
	}
	cleared := func(p domain.EmployeeID) domain.Verdict {
		return w.must(sys(domain.GroupClearance, domain.LifeAct{People: []domain.EmployeeID{p}}))
	}
	place("A", domain.MemberActive)
	place("B", domain.MemberNDAPending) // an admin too: the rights hold here, not on the platform
	if w.g.Life.Members != 2 || w.g.Life.Pending != 4 || len(w.g.AdminsThere()) != 1 {
		t.Errorf("%+v", w.g.Life)
	}
	if v := w.must(by("X", domain.GroupJoin, domain.LifeAct{})); !has(v, domain.EffectJoinAsked, "B") {
		t.Error("the admins are not told")
	}
	if v := w.do(by("A", domain.GroupReview, domain.LifeAct{People: ids("X"), Refuse: true})); v.Reason != domain.ReasonNoReason {
		t.Errorf("refused without a reason: %s", v.Reason)
	}
	if v := w.must(by("A", domain.GroupReview, domain.LifeAct{People: ids("X")})); !has(v, domain.EffectAskNDA, "X") || has(v, domain.EffectAdmitted, "X") {
		t.Errorf("%+v", v.Effects)
	}
	place("X", domain.MemberNDAPending)
	w.paper["X"] = domain.Clearance{Agreement: domain.AgreementSealed}
	cleared("X")
	place("X", domain.MemberTrainingPending)
	w.clear("X")
	if v := cleared("X"); !has(v, domain.EffectAdmitted, "X") {
		t.Errorf("%+v", v.Effects)
	}
	place("X", domain.MemberActive)
	w.confirm()
	w.paper["X"] = domain.Clearance{Agreement: domain.AgreementSealed, Training: domain.TrainingLapsed, TrainBy: w.now.AddDate(0, 0, 1)}
	cleared("X")
	place("X", domain.MemberActive) // in grace
	w.now = w.now.AddDate(0, 0, 2)
	if v := cleared("X"); !has(v, domain.EffectSuspended, "X") {
		t.Errorf("%+v", v.Effects)
	}
	place("X", domain.MemberSuspended)
	w.left["X"] = true // who resigns is out at once, suspended or not, and the agreement's duties go on
	if v := w.must(sys(domain.GroupDirectory, domain.LifeAct{})); !has(v, domain.EffectEndNDA, "X") {
		t.Errorf("%+v", v.Effects)
	}
	place("X", domain.MemberLeaving)
	w.must(by("A", domain.GroupInvite, domain.LifeAct{People: ids("G", "H")}))
	w.must(by("H", domain.GroupDecline, domain.LifeAct{}))
	place("H", domain.MemberRemoved)
	w.must(by("G", domain.GroupAccept, domain.LifeAct{}))
	w.paper["G"] = domain.Clearance{Agreement: domain.AgreementEnded}
	if v := cleared("G"); !has(v, domain.EffectPlaceOver, "G") {
		t.Errorf("%+v", v.Effects)
	}
	place("G", domain.MemberRemoved)
	// An ordinary group whose tier is raised: who has not signed is suspended at once, admins too; lowered again, all are back.
	w = newWorldOf(t, domain.TierOrdinary, gatedRules("p1"), "A", "C")
	raise := func(tier domain.Tier, digest string) domain.Verdict {
		return w.must(sys(domain.GroupChanged, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c", Digest: digest, Base: w.g.Digest, Type: w.g.Type, Tier: tier,
			Depts: w.g.Departments, Admins: w.g.Admins, Perms: w.g.Life.Perms}}))
	}
	if v := raise(domain.TierSecret, "d1"); !has(v, domain.EffectAskNDA, "D") || len(w.in("suspended")) != 4 || len(w.in("active")) != 2 {
		t.Errorf("%v %+v", w.rows, v.Effects)
	}
	if raise(domain.TierOrdinary, "d2"); len(w.in("active")) != 6 || w.g.Life.Pending != 0 || len(w.g.Life.Away) != 0 {
		t.Errorf("%v %+v", w.rows, w.g.Life)
	}
}
