package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// wholeRules allow every act of approval.
var wholeRules = domain.CaseRules{Resubmit: 600, UrgeEvery: 1, MaxHops: 2, MaxAdded: 3, MaxChain: 2}

// The histories of the acts beyond approve, reject and withdraw.
func init() {
	outcomes = append(outcomes,
		ends{"Case", "v1", "acts", domain.CaseApproved, "", showsAct(domain.ActResubmit), everyAct},
		ends{"Case", "v1", "escalated", domain.CaseApproved, "", showsAct(domain.ActEscalate), func(t *testing.T, c *company.Company) string {
			step := company.Step(domain.Countersign, c.DepA)
			step.Ladder = []domain.Rung{{After: 60, Do: domain.RungReplace}}
			f := c.FileRoute(t, c.FilingOn("byhand"), 12*time.Second, domain.RoutePlan{Policy: "p1", Route: "test", Steps: []domain.StepPlan{step}, Rules: wholeRules})
			c.Recorded(t, f.Workflow(), string(domain.ActEscalate))
			c.Decide(t, f, c.LeadA, domain.Approve) // asked no more: refused
			c.Decide(t, f, c.Head, domain.Approve)
			return closed(t, c, f)
		}},
		ends{"Case", "v1", "assigned", domain.CaseApproved, "", showsAct(domain.ActAssign), func(t *testing.T, c *company.Company) string {
			f := c.FileRoute(t, c.FilingOn("byhand"), 0, domain.RoutePlan{Policy: "p1", Route: "test", Rules: wholeRules,
				Steps: []domain.StepPlan{company.Role(domain.Countersign, domain.RoleLegal)}}) // nobody holds it
			c.Act(t, f, domain.Act{Kind: domain.ActAssign, Actor: c.People[5], To: []domain.EmployeeID{c.LeadB}, Comment: said(t, c, f)})
			c.Decide(t, f, c.LeadB, domain.Approve)
			return closed(t, c, f)
		}},
		ends{"Case", "v1", "carried_over", domain.CaseApproved, "", nil, func(t *testing.T, c *company.Company) string {
			rules := wholeRules
			rules.SamePerson = domain.CarryOver
			again := company.Step(domain.Countersign, c.DepA)
			again.Key = "again"
			f := c.FileRoute(t, c.FilingOn("byhand"), 0, domain.RoutePlan{Policy: "p1", Route: "test", Rules: rules,
				Steps: []domain.StepPlan{company.Step(domain.Sequence, c.DepA), again}})
			c.Decide(t, f, c.LeadA, domain.Approve)
			return closed(t, c, f)
		}},
		ends{"Group", "v1", "revoked", "", domain.GroupDeleted, nil, func(t *testing.T, c *company.Company) string {
			f, group := born(t, c, "byhand")
			shown := func(what string) *domain.Receipt {
				return &domain.Receipt{Platform: "byhand", ID: "room-1", Name: f.Filing.Name, Evidence: c.Keep(t, f.State.ID, "evidence", []byte(what)), Key: what, Digest: "sha256:x"}
			}
			c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupConfirm, Actor: c.People[1], Receipt: shown("stands")})
			c.Signal(t, group, workflows.SignalGroupAct, domain.GroupAct{ID: "sys:revoked:" + uuid.NewString(), Kind: domain.GroupRevoked, At: time.Now().UTC().Truncate(time.Microsecond)})
			c.Recorded(t, group, "group.revoked")
			c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupGone, Actor: c.People[2], Code: domain.CodeNeverMade}) // it stood: refused
			c.ActOnGroup(t, group, domain.GroupAct{Kind: domain.GroupGone, Actor: c.People[2], Receipt: shown("gone")})
			c.Closed(t, group)
			return group
		}},
	)
}

func said(t *testing.T, c *company.Company, f company.Filed) *domain.Ref {
	return c.Keep(t, f.State.ID, "comment", []byte("说明"))
}

// everyAct is a case with each act of a person at least once: twice sent back, changed, and approved in the end.
func everyAct(t *testing.T, c *company.Company) string {
	f := c.FileRoute(t, c.FilingOn("byhand"), working, domain.RoutePlan{Policy: "p1", Route: "test", Rules: wholeRules,
		Steps: []domain.StepPlan{company.Step(domain.Countersign, c.DepA, c.DepB), company.Role(domain.OrSign, domain.RoleSecurity)}})
	requester := f.State.Parties.Requester
	people := func(p ...domain.EmployeeID) []domain.EmployeeID { return p }
	c.Act(t, f, domain.Act{Kind: domain.ActComment, Actor: requester, Comment: said(t, c, f), Attachments: []domain.Ref{*c.Keep(t, f.State.ID, "attachment", []byte("附件"))}})
	c.Act(t, f, domain.Act{Kind: domain.ActCopy, Actor: requester, To: people(c.Auditor)})
	c.Act(t, f, domain.Act{Kind: domain.ActUrge, Actor: requester})
	c.Act(t, f, domain.Act{Kind: domain.ActAdd, Actor: c.LeadA, To: people(c.People[1]), Mode: domain.AddBefore})
	c.Decide(t, f, c.People[1], domain.Approve)
	c.Act(t, f, domain.Act{Kind: domain.ActAdd, Actor: c.LeadA, To: people(c.People[2]), Mode: domain.AddAfter, Outcome: domain.Approve, Digest: f.State.Digest})
	c.Decide(t, f, c.People[2], domain.Approve)
	c.Act(t, f, domain.Act{Kind: domain.ActTransfer, Actor: c.LeadB, To: people(c.People[3]), Comment: said(t, c, f)})
	c.Decide(t, f, c.People[3], domain.Approve)
	c.Act(t, f, domain.Act{Kind: domain.ActReturn, Actor: c.Security, Step: 1, Digest: f.State.Digest, Comment: said(t, c, f)})
	c.Exec(t, `INSERT INTO delegations (id, from_id, to_id, start_at, until_at, created_at) VALUES ($1, $2, $3, now() - interval '1 minute', now() + interval '1 day', now())`,
		uuid.NewString(), string(c.LeadB), string(c.People[4]))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: c.People[4], For: c.LeadB, Outcome: domain.Approve, Digest: f.State.Digest})
	c.Act(t, f, domain.Act{Kind: domain.ActReturn, Actor: c.Security2, Digest: f.State.Digest, Comment: said(t, c, f)})
	f.State.Digest = "sha256:changed"
	c.Act(t, f, domain.Act{Kind: domain.ActResubmit, Actor: requester, Material: &domain.Material{
		Object: said(t, c, f).Object, Digest: f.State.Digest, Tier: domain.TierOrdinary, NameKey: policy.NameKey(f.Filing.Name)}})
	for _, who := range people(c.LeadA, c.LeadB, c.Security) {
		c.Act(t, f, domain.Act{Kind: domain.ActDecide, Actor: who, Outcome: domain.Approve, Digest: f.State.Digest})
	}
	return closed(t, c, f)
}
