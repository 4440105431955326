package web_test

import (
	"context"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// place is somebody's way into the group with secrets: how far they are, the script's reader says.
func (s *script) place(a service.Actor) service.PlaceView {
	at := s.now.AddDate(0, 0, -2)
	p := service.PlaceView{Group: id(70), Number: "G-2026-00042", Tier: domain.TierConfidential, State: domain.GroupActive, Review: true, Course: "secrecy",
		Asks: []domain.Missing{domain.MissingNDA, domain.MissingTraining}, Missing: []domain.Missing{domain.MissingNDA, domain.MissingTraining}, Can: []string{}}
	switch a.Number {
	case "E0040":
		p.Name, p.Place, p.Role, p.Since, p.Can = "平台部-保密值班", domain.MemberNDAPending, "member", &at, []string{"leave"}
	case "E0006":
		p.Name, p.Place, p.Role, p.Since, p.Can = "平台部-保密值班", domain.MemberInvited, "member", &at, []string{"accept_invite", "refuse_invite", "leave"}
		p.Missing = append([]domain.Missing{domain.MissingAnswer}, p.Missing...)
	default:
		p.Can, p.Refused = []string{"join"}, "与职责无关"
	}
	return p
}

func (s *script) Joining(_ context.Context, a service.Actor, _ string) (service.PlaceView, error) {
	return s.place(a), nil
}

func (s *script) Memberships(_ context.Context, a service.Actor, waiting bool, _ string, _ int) (service.Page[service.PlaceView], error) {
	in := service.PlaceView{Group: id(70), Number: "G-2026-00007", Name: "平台部-值班", Tier: domain.TierOrdinary, State: domain.GroupActive, Role: "member",
		Place: domain.MemberActive, Since: &s.now, Asks: []domain.Missing{}, Missing: []domain.Missing{}, Can: []string{"leave"}, Open: true}
	p := service.Page[service.PlaceView]{Items: []service.PlaceView{s.place(a)}}
	if !waiting {
		p.Items = append(p.Items, in)
	}
	return p, nil
}

func (s *script) ReportActivity(context.Context, service.Actor, string, service.ActivityInput) (service.ActivityAnswer, error) {
	return service.ActivityAnswer{}, nil // no page reports
}

// Notices: somebody is silent in two groups, one of them with secrets.
func (s *script) Notices(_ context.Context, a service.Actor) ([]service.PlaceView, error) {
	if a.Number != "E0040" || s.kept {
		return []service.PlaceView{}, nil
	}
	n := func(cause domain.IdleCause, day string) *service.IdleView {
		return &service.IdleView{At: s.now, Due: s.now.AddDate(0, 0, 14), Since: s.now.AddDate(0, -6, 0), Cause: cause, Day: day, After: 180, Days: 14, Rule: "inactive.ordinary.after", Policy: "2026.4"}
	}
	return []service.PlaceView{
		{Group: id(71), Number: "G-2026-00008", Name: "项目-支付网关重构", Tier: domain.TierOrdinary, State: domain.GroupActive, Role: "member", Place: domain.MemberInactive,
			Asks: []domain.Missing{}, Missing: []domain.Missing{}, Can: []string{"leave", "keep"}, Open: true, Notice: n(domain.SilentActivity, "2026-05-04")},
		{Group: id(72), Number: "G-2026-00009", Name: "跨部门-数据治理", Tier: domain.TierConfidential, State: domain.GroupActive, Role: "member", Place: domain.MemberInactive,
			Asks: []domain.Missing{}, Missing: []domain.Missing{}, Can: []string{"leave", "keep"}, Open: true, Notice: n(domain.SilentJoined, "")},
	}, nil
}

func (s *script) KeepMany(_ context.Context, _ service.Actor, act string, groups []string) ([]service.RenewalResult, error) {
	s.did = append(s.did, "keep "+strings.Join(groups, ","))
	s.kept = true
	if len(groups) == 0 {
		groups = []string{id(71), id(72)}
	}
	var out []service.RenewalResult
	for _, g := range groups {
		out = append(out, service.RenewalResult{Group: g, ActID: act, Answer: service.ActAnswer{Result: domain.Accepted}})
	}
	return out, nil
}
