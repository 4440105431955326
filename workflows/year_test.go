package workflows_test

import (
	"slices"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// TestAYearOfAGroup is more than a year of one group: renewals with their notices and a holiday, two changes, a freeze, an
// admin leaving the company, archive, restore, dissolution, deletion. Time is skipped; platform and rules are real.
func TestAYearOfAGroup(t *testing.T) {
	l := living(t)
	people := func(p ...domain.EmployeeID) []domain.EmployeeID { return p }
	why := &domain.Ref{Object: "o", SHA256: "sha256:why"}

	l.attest(80, "A")                          // 4 May, ten days before the first term ends on 14 May
	l.change(100, func(d *domain.GroupDelta) { // 24 May: a third admin, another name
		d.Admins, d.Renamed = people("A", "B", "M1"), true
	})
	l.act(120, domain.GroupFreeze, "S", domain.LifeAct{Reason: why})
	l.act(122, domain.GroupUnfreeze, "S", domain.LifeAct{})
	l.act(123, domain.GroupUnfreeze, "S", domain.LifeAct{}) // the same person: the first word stands
	l.act(124, domain.GroupUnfreeze, "L", domain.LifeAct{})
	l.attest(142, "A") // 5 July: the next term would end on 3 October, a holiday
	l.change(150, func(d *domain.GroupDelta) { d.Tier, d.Admit = domain.TierConfidential, people("M4") })
	l.leave(160, "B")
	// Nobody renews: due on 8 October, the first working day; a last warning, and the second admin attests in grace.
	l.attest(250, "M1")
	l.act(260, domain.GroupArchive, "A", domain.LifeAct{})
	l.act(300, domain.GroupRestore, "A", domain.LifeAct{}) // confidential: security restores
	l.act(301, domain.GroupRestore, "S", domain.LifeAct{})
	l.attest(380, "A")
	l.act(400, domain.GroupDissolve, "A", domain.LifeAct{})
	l.run()
	if err := l.env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	l.expect([]string{
		"begun", "provisioned",
		"date", "date", "renew", // 14 and 29 April: 30 and 15 days before; renewed
		"changed", "op_done", "op_done",
		"freeze", "op_done", "unfreeze", "unfreeze!same_person", "unfreeze", "op_done",
		"date", "renew",
		"changed", "op_done", "op_done",
		"directory", "op_done", "op_done",
		"date", "date", "date", "date", // 30, 15, 1 days; due
		"date", "renew", // half of the grace: grace
		"archive", "op_done", "restore!not_security", "restore", "op_done",
		"date", "date", "renew",
		"dissolve", "op_done", "date", "op_done",
	})
	if g := l.store.group; g.State != domain.GroupDeleted || g.Life.Members != 5-1+1 || !slices.Equal(g.Admins, people("A", "M1")) {
		t.Errorf("%s, %d members, admins %v", g.State, g.Life.Members, g.Admins)
	}
	if _, made := l.platform.Count(); made != 1 {
		t.Errorf("%d groups on the platform", made)
	}
	if l.store.places["B"] != domain.MemberRemoved {
		t.Errorf("who left the company is %s", l.store.places["B"])
	}
	if _, err := l.platform.Members("room-1"); err == nil {
		t.Error("the deleted group is still there")
	}
	// Notices and dues at nine in the company's morning; what would fall on 3 October, a holiday, waits for the 8th.
	want := []string{"04-14 09:00", "04-29 09:00", "07-03 09:00", "09-08 09:00", "09-23 09:00", "09-30 09:00", "10-08 09:00", "10-15 09:00", "02-09 09:00", "02-24 09:00", "04-19 09:00"}
	if got := l.when("date"); !slices.Equal(got, want) {
		t.Errorf("dates came at %q, not %q", got, want)
	}
}
