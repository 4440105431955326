package workflows_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// changeOf is a change of a group that read as f: another name, purpose and tier.
func changeOf(f domain.Filing, group string) domain.ChangeRequest {
	r := domain.ChangeRequest{Filing: f, Group: group, Base: f.Digest(), Was: f, Reason: "评审内容涉密"}
	r.Name, r.Purpose, r.Tier = f.Name+"-涉密", "每周汇报与评审", domain.TierConfidential
	return r
}

// The history of a change: sent back, put up again with its own name, changed under way, approved.
func init() { //nolint:gochecknoinits // beside the table they belong to
	outcomes = append(outcomes, ends{"Case", "v1", "change", domain.CaseApproved, "", isChange, func(t *testing.T, c *company.Company) string {
		r := changeOf(c.FilingOn("byhand"), uuid.NewString())
		f := c.Change(t, r, working, domain.RoutePlan{Policy: "p1", Route: "test", Rules: wholeRules,
			Steps: []domain.StepPlan{company.Step(domain.Countersign, c.DepA), company.Role(domain.OrSign, domain.RoleSecurity)}})
		act := func(kind domain.ActKind, who domain.EmployeeID, more func(*domain.Act)) {
			a := domain.Act{Kind: kind, Actor: who, Outcome: domain.Approve, Digest: r.Digest()}
			if more != nil {
				a.Outcome = ""
				more(&a)
			}
			c.Act(t, f, a)
		}
		act(domain.ActDecide, c.LeadA, nil)
		act(domain.ActReturn, c.Security, func(a *domain.Act) { a.Comment = said(t, c, f) })
		own := r
		own.Name = r.Was.Name
		act(domain.ActResubmit, c.People[0], func(a *domain.Act) { a.Material = c.AmendedChange(t, f.State.ID, own) })
		held := func(want int) {
			t.Helper()
			var n int
			if err := c.Store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM group_names WHERE case_id = $1 AND released_at IS NULL`, f.State.ID).Scan(&n); err != nil || n != want {
				t.Errorf("%d names held, want %d: %v", n, want, err)
			}
		}
		held(0)
		act(domain.ActDecide, c.LeadA, nil) // on the material before: refused
		r.Purpose = "每周汇报与设计评审"
		act(domain.ActResubmit, c.People[0], func(a *domain.Act) { a.Material = c.AmendedChange(t, f.State.ID, r) })
		held(1)
		act(domain.ActDecide, c.LeadA, nil)
		act(domain.ActDecide, c.Security2, nil)
		id := closed(t, c, f)
		c.Wait(t, "the group is told", `SELECT EXISTS (SELECT 1 FROM outbox WHERE key = 'apply_change:' || $1::text AND payload->>'group_id' = $2)`, f.State.ID, r.Group)
		if taken, err := c.Store.NameHeld(t.Context(), policy.NameKey(r.Name)); err != nil || taken == nil || taken.CaseID != f.State.ID {
			t.Errorf("the new name is not held for the group: %+v %v", taken, err)
		}
		return id
	}})
}

func isChange(v replay.Verdict) bool {
	return v.Case != nil && v.Case.Kind == domain.KindChange && v.GroupID != "" && showsAct(domain.ActResubmit)(v)
}
