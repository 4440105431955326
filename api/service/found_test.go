package service_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// A group found on its platform is filed like any other, once; the approval puts that very group on file (R6.1).
func TestAFoundGroupIsFiled(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	group := h.Found(t, "byhand", "野群", p.LifeRules())
	requester, lead := h.as(t, h.People[0]), h.as(t, h.LeadA)
	f := h.filing("研发部-值班补报")
	_, err = h.s.FileFound(ctx, requester, uuid.NewString(), uuid.NewString(), f)
	wants(t, err, service.NotFound, "not_found")
	other := f
	other.Platform = "test"
	_, err = h.s.FileFound(ctx, requester, group, uuid.NewString(), other)
	wants(t, err, service.Invalid, "invalid")
	key := uuid.NewString()
	c, err := h.s.FileFound(ctx, requester, group, key, f)
	if err != nil || c.Kind != domain.KindFiling {
		t.Fatalf("%+v %v", c, err)
	}
	if again, err := h.s.FileFound(ctx, requester, group, key, f); err != nil || again.ID != c.ID {
		t.Errorf("the same call again: %+v %v", again, err)
	}
	second := h.filing("研发部-值班又一次")
	_, err = h.s.FileFound(ctx, h.as(t, h.People[2]), group, uuid.NewString(), second)
	wants(t, err, service.Conflict, "filing_under_way")
	if e := service.AsError(err); e.Params["number"] != c.Number {
		t.Errorf("%+v", e.Params)
	}
	v, err := h.s.Case(ctx, lead, c.ID, "")
	if err != nil || !v.Filing.Existing {
		t.Fatalf("what is decided on: %+v %v", v.Filing, err)
	}
	ans, err := h.s.Decide(ctx, lead, c.ID, service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: v.Digest})
	if err != nil || ans.Case.GroupID != group {
		t.Fatalf("decided: %+v %v", ans, err)
	}
	until(t, "the group is on file", func() bool {
		g, err := h.s.Group(ctx, requester, group, "")
		return err == nil && g.State == domain.GroupActive && g.Name == "研发部-值班补报" && g.CaseID == c.ID && len(g.Admins) == len(f.Admins)
	})
	_, err = h.s.FileFound(ctx, requester, group, uuid.NewString(), second)
	wants(t, err, service.Conflict, "state_forbids")
}
