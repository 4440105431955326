package workflows_test

import (
	"testing"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// whole are rules under which everything is allowed.
var whole = domain.CaseRules{Resubmit: 600, UrgeEvery: 1, MaxHops: 2, MaxAdded: 4, MaxChain: 2, SamePerson: domain.CarryOver}

// Ways of a case over rounds and other hands.
func init() { //nolint:gochecknoinits // beside the table they belong to
	outcomes = append(outcomes, roundOutcomes...)
}

var roundOutcomes = []ends{
	{"Case", "v1", "returned", domain.CaseApproved, "", showsAct(domain.ActResubmit), func(t *testing.T, c *company.Company) string {
		f := c.FileUnder(t, whole, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA), company.Step(domain.Countersign, c.DepB))
		said := c.Keep(t, f.State.ID, "comment", []byte("请补充"))
		c.Decide(t, f, c.LeadA, domain.Approve)
		c.Act(t, f, domain.Act{Kind: domain.ActReturn, Actor: c.LeadB, Step: 1, Digest: f.State.Digest, Comment: said})
		c.Decide(t, f, c.LeadA, domain.Approve)
		c.Act(t, f, domain.Act{Kind: domain.ActReturn, Actor: c.LeadB, Digest: f.State.Digest, Comment: said})
		changed := f.Filing
		changed.Purpose = "每周汇报与复盘"
		c.Act(t, f, domain.Act{Kind: domain.ActResubmit, Actor: c.People[0], Material: c.Amended(t, f.State.ID, changed)})
		c.Decide(t, f, c.LeadA, domain.Approve) // on the old material: refused
		for _, who := range []domain.EmployeeID{c.LeadA, c.LeadB} {
			c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: who, Outcome: domain.Approve, Digest: changed.Digest()})
		}
		return closed(t, c, f)
	}},
	{"Case", "v1", "returned_withdrawn", domain.CaseWithdrawn, "", showsAct(domain.ActReturn), func(t *testing.T, c *company.Company) string {
		f := c.FileUnder(t, whole, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA))
		c.Act(t, f, domain.Act{Kind: domain.ActReturn, Actor: c.LeadA, Digest: f.State.Digest, Comment: c.Keep(t, f.State.ID, "comment", []byte("请补充"))})
		c.Act(t, f, domain.Act{Kind: domain.ActWithdraw, Actor: c.LeadA}) // not theirs: refused
		c.Act(t, f, domain.Act{Kind: domain.ActWithdraw, Actor: c.People[0]})
		return closed(t, c, f)
	}},
	{"Case", "v1", "amended", domain.CaseRejected, "", showsAct(domain.ActResubmit), func(t *testing.T, c *company.Company) string {
		f := c.FileUnder(t, whole, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA, c.DepB))
		c.Decide(t, f, c.LeadA, domain.Approve)
		changed := f.Filing
		changed.Name += "-二"
		c.Act(t, f, domain.Act{Kind: domain.ActResubmit, Actor: c.People[0], Material: c.Amended(t, f.State.ID, changed)})
		c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: c.LeadA, Outcome: domain.Reject, Digest: changed.Digest()})
		return closed(t, c, f)
	}},
	{"Case", "v1", "handed_on", domain.CaseApproved, "", showsAct(domain.ActTransfer), func(t *testing.T, c *company.Company) string {
		f := c.FileUnder(t, whole, c.FilingOn("byhand"), working, company.Step(domain.Sequence, c.DepA, c.DepB))
		said := c.Keep(t, f.State.ID, "comment", []byte("请代为处理"))
		to := func(p ...domain.EmployeeID) []domain.EmployeeID { return p }
		c.Act(t, f, domain.Act{Kind: domain.ActTransfer, Actor: c.LeadA, To: to(c.People[3]), Comment: said})
		c.Act(t, f, domain.Act{Kind: domain.ActAdd, Actor: c.People[3], Mode: domain.AddBefore, To: to(c.People[4])})
		c.Decide(t, f, c.People[4], domain.Approve)
		c.Act(t, f, domain.Act{Kind: domain.ActAdd, Actor: c.People[3], Mode: domain.AddParallel, To: to(c.Head)})
		c.Decide(t, f, c.People[3], domain.Approve)
		c.Decide(t, f, c.Head, domain.Approve)
		c.Act(t, f, domain.Act{Kind: domain.ActUrge, Actor: c.People[0]})
		c.Act(t, f, domain.Act{Kind: domain.ActCopy, Actor: c.People[0], To: to(c.Auditor)})
		c.Act(t, f, domain.Act{Kind: domain.ActAdd, Actor: c.LeadB, Mode: domain.AddAfter, Outcome: domain.Approve, Digest: f.State.Digest, To: to(c.People[5])})
		c.Decide(t, f, c.People[5], domain.Approve)
		return closed(t, c, f)
	}},
	{"Case", "v1", "delegated", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
		f := c.FileUnder(t, whole, c.FilingOn("byhand"), working, company.Step(domain.Countersign, c.DepA, c.DepB), company.Step(domain.Countersign, c.DepB))
		in := func(who, whom domain.EmployeeID) {
			c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: who, For: whom, Outcome: domain.Approve, Digest: f.State.Digest})
		}
		in(c.People[4], c.LeadA) // nobody handed over: refused
		c.Lend(t, c.LeadA, c.People[3])
		c.Lend(t, c.People[3], c.People[4])
		in(c.People[4], c.LeadA)
		c.Decide(t, f, c.LeadA, domain.Reject)  // too late
		c.Decide(t, f, c.LeadB, domain.Approve) // carried over into the second step
		return closed(t, c, f)
	}},
}
