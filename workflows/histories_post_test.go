package workflows_test

import (
	"testing"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

func init() {
	postEnds := func(outcome string, state domain.PostState, do func(*testing.T, *company.Company, string) domain.Post) ends {
		return ends{"Post", "v1", outcome, "", "", func(v replay.Verdict) bool { return v.Post != nil && v.Post.State == state && v.Closed },
			func(t *testing.T, c *company.Company) string {
				_, group := born(t, c, "test")
				c.Recorded(t, group, "group.provisioned")
				p := do(t, c, group)
				c.Closed(t, workflows.PostID(p.ID))
				return workflows.PostID(p.ID)
			}}
	}
	outcomes = append(outcomes,
		postEnds("posted", domain.PostPosted, func(t *testing.T, c *company.Company, group string) domain.Post {
			c.Platform.ScriptOf(chattest.OpPost, chattest.LoseAnswer)
			return c.Publish(t, group, nil)
		}),
		postEnds("stopped", domain.PostStopped, func(t *testing.T, c *company.Company, group string) domain.Post {
			return c.Publish(t, group, func(p *domain.Post) { p.Content = "sha256:another" })
		}),
		postEnds("withdrawn", domain.PostWithdrawn, func(t *testing.T, c *company.Company, group string) domain.Post {
			p := c.Publish(t, group, func(p *domain.Post) { p.Scope = domain.PostScope{People: c.People[:1]} }) // others are in the group
			c.Recorded(t, workflows.PostID(p.ID), "sys:plan")
			c.ActOnPost(t, p.ID, domain.PostAct{Kind: domain.PostActTry, Actor: p.Author})
			c.ActOnPost(t, p.ID, domain.PostAct{Kind: domain.PostActWithdraw, Actor: c.People[3]}) // not the author
			c.ActOnPost(t, p.ID, domain.PostAct{Kind: domain.PostActWithdraw, Actor: p.Author})
			return p
		}),
	)
}
