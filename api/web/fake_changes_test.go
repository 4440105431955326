package web_test

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The changes on which everything can be seen: 211 in approval, 212 approved and refused by its group, both of group 302.
func (s *script) changeCases() []service.CaseSummary {
	row := func(n int, num string, st domain.CaseStatus, waiting ...service.PersonRef) service.CaseSummary {
		return service.CaseSummary{ID: id(n), Number: num, Kind: domain.KindChange, Title: "研发中心-架构评审与规范", Tier: domain.TierConfidential, Status: st, Requester: people[2],
			Waiting: waiting, Submitted: s.now.Add(-20 * time.Hour), Changed: s.now.Add(-2 * time.Hour), Version: 1, Digest: digestText, GroupID: id(302)}
	}
	open := row(211, "C-2026-00004", domain.CaseInApproval, people[0])
	open.Due = ptr(s.now.Add(20 * time.Hour))
	stuck := row(212, "C-2026-00003", domain.CaseApproved)
	stuck.NeedsHand = "change_refused"
	return []service.CaseSummary{open, stuck}
}

// changed puts into a case what it changes.
func (s *script) changed(v *service.CaseView, a service.Actor) {
	was := *v.Filing
	was.Name, was.Tier, was.Purpose, was.EndsOn = "研发中心-架构评审", domain.TierOrdinary, "架构评审与决议通知。", ""
	was.AdminRefs, was.MemberRefs = people[5:7], people[:5]
	was.Permissions.SeeContacts = false
	v.Was, v.Reason = &was, "评审要讨论涉密的设计，且新同事接任管理员。"
	g := s.groups()[1]
	v.Group = &g
	switch {
	case v.Status == domain.CaseApproved:
		v.Applied = &service.AppliedView{Result: domain.Refused, Reason: domain.ReasonState, At: v.Changed}
	case a.Number == "E0001":
		v.Can, v.MySlot, v.With.ReturnTo = []string{"decide", "return", "comment"}, "r1.s2.p1", []service.StepBrief{{}}
	}
}

func (s *script) ChangesOf(_ context.Context, _ service.Actor, gid string) (service.ChangeStart, error) {
	for _, g := range s.groups() {
		if g.ID != gid {
			continue
		}
		f := s.material(service.CaseSummary{Title: g.Name, Tier: g.Tier})
		v := service.ChangeStart{Group: g, Filing: f, Base: digestText, Can: g.State == domain.GroupActive, Past: []service.CaseSummary{}}
		if gid == id(303) {
			open := s.changeCases()[0]
			v.Open, v.Can = &open, false
		}
		return v, nil
	}
	return service.ChangeStart{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) PreviewChange(ctx context.Context, a service.Actor, _ string, in service.ChangeInput) (service.ChangePreview, error) {
	p, err := s.PreviewFiling(ctx, a, in.Filing)
	if in.Reason == "" {
		p.Faults = append(p.Faults, domain.Fault{Field: "reason", Code: "required"})
	}
	return service.ChangePreview{Preview: p}, err
}

func (s *script) ChangeGroup(ctx context.Context, a service.Actor, gid, key string, in service.ChangeInput) (service.CaseSummary, error) {
	if p, _ := s.PreviewChange(ctx, a, gid, in); len(p.Faults) > 0 {
		return service.CaseSummary{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: p.Faults}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return service.CaseSummary{}, s.broken
	}
	c := s.changeCases()[0]
	s.filed[key] = c
	s.asked = in
	return c, nil
}
