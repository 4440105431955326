package store

import (
	"context"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// An admin who leaves: the row is leaving until the platform confirms (R2.3.4), the one who stays is the owner, and a
// role alone moves nothing else.
func TestAnAdminLeavesOnTheRegister(t *testing.T) {
	f, ctx := newFirm(t), context.Background()
	c, in := f.filed("k1")
	c = f.save(f.approve(c, f.leadA))
	c = f.save(f.approve(c, f.head))
	filing := f.filing()
	g := domain.NewGroup(in.GroupID, c.Number, c.ID, filing, testTime)
	rules := domain.LifeRules{Policy: "p1", Tiers: map[domain.Tier]domain.TierLife{domain.TierOrdinary: {Renew: 365, Grace: 30, Then: domain.GroupArchived}}}
	g.Life = domain.NewLife(c.ID, filing, rules, testTime)
	do := func(a domain.GroupAct, facts domain.LifeFacts) {
		t.Helper()
		a.ID, a.At = newID(), testTime
		all := domain.GroupFacts{At: testTime, Active: true, Proof: true, NameFits: true, Life: &facts}
		after, v := domain.DecideGroup(g, a, all)
		if v.Result != domain.Accepted {
			t.Fatalf("%s: %s %s", a.Kind, v.Result, v.Reason)
		}
		ch := GroupChange{Workflow: "group-" + g.ID, Before: g, After: after, Act: a, Facts: all, Verdict: v, Digest: domain.StateDigest(after)}
		if g.Seq == 0 {
			ch.Filing = &filing
		}
		if err := f.SaveGroup(ctx, ch); err != nil {
			t.Fatalf("%s: %v", a.Kind, err)
		}
		g = after
	}
	owner, second := filing.Admins[0], filing.Admins[1]
	do(domain.GroupAct{Kind: domain.GroupBegun}, domain.LifeFacts{})
	do(domain.GroupAct{Kind: domain.GroupProvisioned, Receipt: &domain.Receipt{Platform: filing.Platform, ID: "r1", Name: filing.Name}}, domain.LifeFacts{})
	both := domain.LifeFacts{Members: []domain.EmployeeID{owner, second}, Employed: []domain.EmployeeID{owner, second}, Count: g.Life.Members}
	do(domain.GroupAct{Kind: domain.GroupLeave, Actor: owner, Life: &domain.LifeAct{}}, both)
	places := func() string {
		return f.text(`SELECT string_agg(role || ' ' || state, ', ' ORDER BY CASE employee_id WHEN $1 THEN 1 ELSE 2 END)
			FROM group_members WHERE employee_id IN ($1, $2)`, string(owner), string(second))
	}
	if got := places(); got != "member leaving, owner active" {
		t.Errorf("after leaving: %s", got)
	}
	for _, op := range g.Life.Ops {
		do(domain.GroupAct{Kind: domain.GroupOpDone, Receipt: &domain.Receipt{Platform: filing.Platform, ID: "r1"}, Life: &domain.LifeAct{Op: op.ID}}, domain.LifeFacts{})
	}
	if got := places(); got != "member removed, owner active" {
		t.Errorf("once the platform confirmed: %s", got)
	}
	// Frozen, put away and brought back: what froze it outlives the archive, and the database lets it come back frozen.
	officer := domain.LifeFacts{Roles: []domain.Role{domain.RoleSecurity}}
	for _, a := range []domain.GroupAct{
		{Kind: domain.GroupFreeze, Life: &domain.LifeAct{Reason: &domain.Ref{Object: newID()}}}, {Kind: domain.GroupArchive, Life: &domain.LifeAct{}},
		{Kind: domain.GroupRestore, Life: &domain.LifeAct{}},
	} {
		a.Actor = f.head
		do(a, officer)
	}
	if got := f.text(`SELECT state FROM groups WHERE id = $1`, g.ID); got != string(domain.GroupFrozen) {
		t.Errorf("restored it is %s", got)
	}
}
