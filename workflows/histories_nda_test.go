package workflows_test

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

func init() {
	ndaEnds := func(outcome string, state domain.NDAState, do func(*testing.T, *company.Company, domain.NDA)) ends {
		return ends{"NDA", "v1", outcome, "", "", func(v replay.Verdict) bool { return v.NDA != nil && v.NDA.State == state && v.Closed },
			func(t *testing.T, c *company.Company) string {
				f, group := born(t, c, "byhand")
				c.Recorded(t, group, "group.begun")
				c.Exec(t, `UPDATE employees SET roles = '{legal}' WHERE id = $1`, string(c.Security2))
				n := c.AskNDA(t, f.GroupID, c.People[1], "员工", domain.NDARules{Policy: "p1", Check: domain.NDAByCode, Countersign: domain.RoleLegal, Reminders: []int{3}, Expires: 14})
				c.Recorded(t, workflows.NDAID(n.ID), "sys:sent")
				now := time.Now().UTC().Truncate(time.Microsecond)
				c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActView, Actor: n.Person, From: now, Until: now})
				do(t, c, n)
				c.Closed(t, workflows.NDAID(n.ID))
				return workflows.NDAID(n.ID)
			}}
	}
	outcomes = append(outcomes,
		ndaEnds("sealed", domain.NDASealed, func(t *testing.T, c *company.Company, n domain.NDA) {
			sign := domain.NDAAct{Kind: domain.NDAActSign, Actor: n.Person, Sign: &domain.NDASigning{Shown: n.Digest, Consent: "c"}}
			c.ActOnNDA(t, n.ID, sign) // without a code: refused
			c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActVerify, Actor: n.Person, Check: domain.NDAByCode})
			c.ActOnNDA(t, n.ID, sign)
			c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActCountersign, Actor: c.Security2})
		}),
		ndaEnds("declined", domain.NDADeclined, func(t *testing.T, c *company.Company, n domain.NDA) {
			c.ActOnNDA(t, n.ID, domain.NDAAct{Kind: domain.NDAActDecline, Actor: n.Person, Reason: c.Keep(t, n.ID, "comment", []byte("不同意"))})
		}),
		ndaEnds("voided", domain.NDAVoided, func(t *testing.T, c *company.Company, n domain.NDA) {
			c.ActOnNDA(t, n.ID, domain.NDAAct{ID: "sys:withdrawn:1", Kind: domain.NDAActVoid, Rule: domain.NDARuleWithdrawn, Again: true})
		}),
	)
}
