package domain_test

import (
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// Archive, restore, dissolution, holds and the tombstone (semantics 2, R6.1).
func TestEndOfALife(t *testing.T) {
	plain := func(who domain.EmployeeID, k domain.GroupActKind) domain.GroupAct {
		return by(who, k, domain.LifeAct{})
	}
	archived := func(w *lifeWorld) { w.must(plain("A", domain.GroupArchive)) }
	dissolved := func(w *lifeWorld) { w.must(plain("B", domain.GroupDissolve)) }
	hold := by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("C")})
	hold.ID = "hold"
	release := func(who domain.EmployeeID) domain.GroupAct {
		return by(who, domain.GroupRelease, domain.LifeAct{Hold: "hold"})
	}
	held := func(w *lifeWorld) { w.must(hold) }
	due := func(w *lifeWorld) { dissolved(w); w.until(domain.DateDeletion) }
	first := func(k domain.OpKind) func(w *lifeWorld, v domain.Verdict) {
		return func(w *lifeWorld, _ domain.Verdict) {
			if op, ok := domain.NextOp(w.g); !ok || op.Kind != k {
				w.fail("%+v, want %s", w.g.Life.Ops, k)
			}
		}
	}
	runLife(t, map[string]lifeCase{
		"archived":                   {act: plain("A", domain.GroupArchive), state: domain.GroupArchived, after: first(domain.OpArchive)},
		"archived by a member":       {act: plain("C", domain.GroupArchive), want: domain.ReasonNotAdmin},
		"restored":                   {before: archived, act: plain("B", domain.GroupRestore), state: domain.GroupActive, after: first(domain.OpRestore)},
		"restored by security":       {before: archived, act: plain("S1", domain.GroupRestore), state: domain.GroupActive},
		"confidential, by an admin":  {tier: domain.TierConfidential, before: archived, act: plain("B", domain.GroupRestore), want: domain.ReasonNotSecurity},
		"confidential, by security":  {tier: domain.TierConfidential, before: archived, act: plain("S1", domain.GroupRestore), state: domain.GroupActive},
		"restored while it lives":    {act: plain("B", domain.GroupRestore), want: domain.ReasonState},
		"dissolved":                  {act: plain("A", domain.GroupDissolve), state: domain.GroupPendingDeletion, after: first(domain.OpArchive)},
		"dissolved by security":      {act: plain("S1", domain.GroupDissolve), want: domain.ReasonNotAdmin},
		"dissolved under a hold":     {before: held, act: plain("A", domain.GroupDissolve), want: domain.ReasonHeld, state: domain.GroupActive},
		"restored within the time":   {before: dissolved, act: plain("A", domain.GroupRestore), state: domain.GroupActive, after: first(domain.OpRestore)},
		"back to the archive":        {before: func(w *lifeWorld) { archived(w); dissolved(w) }, act: plain("A", domain.GroupRestore), state: domain.GroupArchived},
		"restored too late":          {before: due, act: plain("A", domain.GroupRestore), want: domain.ReasonState, state: domain.GroupPendingDeletion},
		"revoked is not restored":    {before: func(w *lifeWorld) { w.must(domain.GroupAct{Kind: domain.GroupRevoked}) }, act: plain("A", domain.GroupRestore), want: domain.ReasonState},
		"confirmed before it is due": {before: dissolved, act: domain.GroupAct{Kind: domain.GroupGone, Actor: "A", Receipt: &domain.Receipt{Evidence: reason}}, want: domain.ReasonNotDue},
		"deleted on the platform": {before: due, act: sys(domain.GroupCalendar, domain.LifeAct{}), state: domain.GroupPendingDeletion, after: func(w *lifeWorld, _ domain.Verdict) {
			w.confirm()
			if w.g.State != domain.GroupDeleted || w.g.Deleted == nil || len(w.g.Life.Ops)+len(w.g.Life.Dates) != 0 {
				w.fail("%+v", w.g)
			}
			for _, k := range []domain.GroupActKind{domain.GroupRestore, domain.GroupDissolve, domain.GroupArchive, domain.GroupRenew, domain.GroupHold} {
				if v := w.do(by(map[bool]domain.EmployeeID{true: "L1", false: "A"}[k == domain.GroupHold], k, domain.LifeAct{Reason: reason})); v.Result != domain.TooLate {
					w.fail("%s on a tombstone: %s %s", k, v.Result, v.Reason)
				}
			}
		}},
		"hold by an admin":             {act: by("A", domain.GroupHold, domain.LifeAct{Reason: reason}), want: domain.ReasonNotLegal},
		"hold without a reason":        {act: by("L1", domain.GroupHold, domain.LifeAct{}), want: domain.ReasonNoReason},
		"released by who set it":       {before: held, act: release("L1"), want: domain.ReasonOwnHold},
		"both set one, each the other": {before: func(w *lifeWorld) { held(w); w.must(by("L2", domain.GroupHold, domain.LifeAct{Reason: reason})) }, act: release("L1"), want: domain.ReasonOwnHold},
		"released by another":          {before: held, act: release("L2")},
		"no such hold":                 {before: held, act: by("L2", domain.GroupRelease, domain.LifeAct{Hold: "x"}), want: domain.ReasonNoSuchHold},
		"a hold stops the deletion": {before: due, act: hold, state: domain.GroupPendingDeletion, after: func(w *lifeWorld, _ domain.Verdict) {
			if _, ok := domain.NextOp(w.g); ok && slices.ContainsFunc(w.g.Life.Ops, func(o domain.PlatformOp) bool { return o.Kind == domain.OpDelete }) || len(w.g.Life.Dates) != 0 {
				w.fail("%+v %+v", w.g.Life.Ops, w.g.Life.Dates)
			}
			w.must(release("L2"))
			if d := w.g.Life.Dates[0]; d.Kind != domain.DateDeletion || d.Cause != "released" || d.At.Before(w.now.AddDate(0, 0, 6)) {
				w.fail("%+v", d)
			}
			w.until(domain.DateDeletion)
			w.confirm()
			if w.g.State != domain.GroupDeleted {
				w.fail("state %s", w.g.State)
			}
		}},
		"revoked": {act: domain.GroupAct{Kind: domain.GroupRevoked}, state: domain.GroupPendingDeletion, after: first(domain.OpDelete)},
		"revoked under a hold": {before: held, act: domain.GroupAct{Kind: domain.GroupRevoked}, state: domain.GroupPendingDeletion, after: func(w *lifeWorld, _ domain.Verdict) {
			first(domain.OpArchive)(w, domain.Verdict{})
			v := w.do(domain.GroupAct{Kind: domain.GroupGone, Actor: "A", Receipt: &domain.Receipt{Evidence: reason}})
			if v.Reason != domain.ReasonHeld {
				w.fail("%s", v.Reason)
			}
		}},
	})
}

// Restoring looks again: who left or moved is out, permissions fit the ceiling of now, the term begins anew.
func TestRestoreChecksAgain(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.must(by("A", domain.GroupArchive, domain.LifeAct{}))
	w.left["B"], w.left["C"] = true, true
	w.now = w.now.AddDate(3, 0, 0)
	rule := w.g.Life.Rules.Tiers[domain.TierOrdinary]
	rule.Ceiling = domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}
	w.rules.Tiers[domain.TierOrdinary] = rule
	w.must(sys(domain.GroupContinued, domain.LifeAct{}))
	v := w.must(by("A", domain.GroupRestore, domain.LifeAct{}))
	if l := w.g.Life; l.Perms != rule.Ceiling || l.Renewed.How != domain.RenewedByRestore || !l.Renewed.At.Equal(w.now) || w.rows["B"] != "leaving" || w.rows["C"] != "leaving" {
		t.Errorf("%+v %v", l, w.rows)
	}
	if !has(v, domain.EffectTightened, "A") || len(w.g.Admins) != 1 || !slices.Contains(domain.Flags(w.g), domain.FlagFewAdmins) {
		t.Errorf("%+v", v.Effects)
	}
	if d, ok := w.date(domain.DateRenewal); !ok || d.Cause != "restored" || d.CauseBy != "A" {
		t.Errorf("%+v", d)
	}
}

// On a platform kept by hand the admins delete and confirm with evidence, as before there were connectors.
func TestDissolvedByHand(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.g.ByHand = true
	w.must(by("A", domain.GroupDissolve, domain.LifeAct{}))
	var v domain.Verdict
	for w.g.Life.Deleting == false {
		d := w.g.Life.Dates[0]
		w.now = d.At
		v = w.must(domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}})
	}
	if !has(v, domain.EffectAskDelete, "B") || len(w.g.Life.Dates) != 0 {
		t.Errorf("%+v", v.Effects)
	}
	if v := w.do(domain.GroupAct{Kind: domain.GroupGone, Actor: "A"}); v.Reason != domain.ReasonNoReceipt {
		t.Errorf("without evidence: %s", v.Reason)
	}
	w.must(domain.GroupAct{Kind: domain.GroupGone, Actor: "A", Receipt: &domain.Receipt{Evidence: reason}})
	if w.g.State != domain.GroupDeleted {
		t.Errorf("state %s", w.g.State)
	}
}
