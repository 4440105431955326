package domain_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// Where two rules of a life meet.
func TestEdgesOfALife(t *testing.T) {
	// A confidential group that has come to its end is archived, not frozen: nobody failed to answer for it.
	w := newLifeWorld(t, domain.TierConfidential)
	w.g.EndsOn = "2027-03-31"
	w.must(sys(domain.GroupCalendar, domain.LifeAct{}))
	if w.until(domain.DateGrace); w.g.State != domain.GroupArchived {
		t.Errorf("ended: %s", w.g.State)
	}

	// A promised date stands when the policy becomes stricter, with the rule and the version that promised it; a more
	// generous policy moves it.
	w = newLifeWorld(t, domain.TierOrdinary)
	promised, _ := w.date(domain.DateRenewal)
	for days, later := range map[int]bool{100: false, 500: true} {
		w.rules = lifeRules("p2")
		rule := w.rules.Tiers[domain.TierOrdinary]
		rule.Renew = days
		w.rules.Tiers[domain.TierOrdinary] = rule
		w.must(sys(domain.GroupContinued, domain.LifeAct{}))
		now, _ := w.date(domain.DateRenewal)
		if later != now.At.After(promised.At) || now.At.Before(promised.At) || (!later && !reflect.DeepEqual(now, promised)) {
			t.Errorf("%d days: %+v, promised %+v", days, now, promised)
		}
		w = newLifeWorld(t, domain.TierOrdinary)
	}

	// Who is implicated in what froze a group is not asked to take it over.
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("S1", domain.GroupFreeze, domain.LifeAct{Reason: reason, People: ids("C")}))
	w.left["A"], w.left["B"] = true, true
	w.must(sys(domain.GroupDirectory, domain.LifeAct{}))
	if o := w.g.Life.Orphan; o == nil || slices.Contains(o.Asked, "C") || len(o.Asked) == 0 {
		t.Errorf("%+v", o)
	}

	// A change cannot take a custodian out: a person must see to it.
	w = newLifeWorld(t, domain.TierOrdinary)
	w.must(by("L1", domain.GroupHold, domain.LifeAct{Reason: reason, People: ids("C")}))
	v := w.must(sys(domain.GroupChanged, domain.LifeAct{Delta: &domain.GroupDelta{Case: "c", Digest: "d", Base: w.g.Digest, Type: w.g.Type, Tier: w.g.Tier,
		Depts: w.g.Departments, Admins: w.g.Admins, Perms: w.g.Life.Perms, Remove: ids("C", "D")}}))
	if w.rows["C"] != "active" || w.rows["D"] != "leaving" || !has(v, domain.EffectHand, "") {
		t.Errorf("%v %+v", w.rows, v.Effects)
	}

	// A notice that falls on a day off comes before it: the day before Monday is Friday.
	w = newLifeWorld(t, domain.TierOrdinary)
	for _, d := range w.g.Life.Dates {
		if day := d.At.In(w.cal.Zone).Weekday(); day == 0 || day == 6 || (d.Kind == domain.DateNotice && d.Moved > 0) || (d.Kind != domain.DateNotice && d.Moved < 0) {
			t.Errorf("%s on a %s, moved %d", d.Kind, day, d.Moved)
		}
	}
}

// Where the policy keeps archives for a time only, their end comes by a date that a hold suspends.
func TestArchivesEnd(t *testing.T) {
	w := newLifeWorld(t, domain.TierOrdinary)
	w.g.Life.Rules.Archived = 60
	w.must(by("A", domain.GroupArchive, domain.LifeAct{}))
	if d, ok := w.date(domain.DateArchive); !ok || d.Days != 60 || d.Rule != "life.archived" || d.Cause != "archived" {
		t.Fatalf("%+v", d)
	}
	hold := by("L1", domain.GroupHold, domain.LifeAct{Reason: reason})
	hold.ID = "hold"
	w.must(hold)
	if len(w.g.Life.Dates) != 0 {
		t.Errorf("under a hold: %+v", w.g.Life.Dates)
	}
	w.now = w.now.AddDate(1, 0, 0)
	w.must(by("L2", domain.GroupRelease, domain.LifeAct{Hold: "hold"}))
	if d, ok := w.date(domain.DateArchive); !ok || d.Cause != "released" || d.At.Before(w.now.AddDate(0, 0, 6)) {
		t.Errorf("released: %+v", d)
	}
	w.until(domain.DateArchive)
	if w.g.State != domain.GroupPendingDeletion || w.g.Life.From != domain.GroupArchived {
		t.Errorf("%s from %s", w.g.State, w.g.Life.From)
	}
	if w.until(domain.DateDeletion); !w.g.Life.Deleting {
		t.Error("not deleted")
	}
	w.confirm()
	if w.g.State != domain.GroupDeleted {
		t.Errorf("state %s", w.g.State)
	}
}
