package replay_test

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// Rounds, handed-on places, names that moved: history and database agree field by field here too.
func TestRoundsAgree(t *testing.T) {
	c := company.Open(t, company.Options{})
	rules := domain.CaseRules{Resubmit: 600, MaxHops: 2, MaxAdded: 2, MaxChain: 1}
	f := c.FileUnder(t, rules, c.FilingOn("byhand"), 48*time.Hour, company.Step(domain.Countersign, c.DepA), company.Step(domain.Sequence, c.DepB, c.Root))
	said := c.Keep(t, f.State.ID, "comment", []byte("请补充"))
	agree := func(a domain.Act) {
		t.Helper()
		c.Act(t, f, a)
		time.Sleep(200 * time.Millisecond) // the workflow task that records it
		v, diff := audit(t, c, f.Workflow())
		sound(t, v, diff)
	}
	approve := func(who domain.EmployeeID, digest string) domain.Act {
		return domain.Act{Kind: domain.ActDecide, Actor: who, Outcome: domain.Approve, Digest: digest}
	}
	old := f.State.Digest
	agree(domain.Act{Kind: domain.ActTransfer, Actor: c.LeadA, To: []domain.EmployeeID{c.People[3]}, Comment: said})
	agree(domain.Act{Kind: domain.ActAdd, Actor: c.People[3], Mode: domain.AddAfter, Outcome: domain.Approve, Digest: old, To: []domain.EmployeeID{c.People[4]}})
	agree(approve(c.People[4], old))
	agree(approve(c.LeadB, old))
	agree(domain.Act{Kind: domain.ActReturn, Actor: c.Head, Step: 1, Digest: old, Comment: said})
	agree(approve(c.LeadA, old))
	agree(domain.Act{Kind: domain.ActReturn, Actor: c.LeadB, Digest: old, Comment: said})
	changed := f.Filing
	changed.Name += "-改"
	agree(domain.Act{Kind: domain.ActResubmit, Actor: c.People[0], Material: c.Amended(t, f.State.ID, changed)})
	c.Lend(t, c.LeadA, c.People[5])
	inName := approve(c.People[5], changed.Digest())
	inName.For = c.LeadA
	agree(inName)
	c.Act(t, f, approve(c.LeadB, changed.Digest()))
	c.Act(t, f, approve(c.Head, changed.Digest()))
	c.Closed(t, f.Workflow())
	v, diff := audit(t, c, f.Workflow())
	sound(t, v, diff)
	if v.Case.Status != domain.CaseApproved || v.Case.Round != 3 {
		t.Errorf("%s in round %d", v.Case.Status, v.Case.Round)
	}
}
