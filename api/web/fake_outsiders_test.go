package web_test

import (
	"context"
	"slices"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The script's people from outside: one in each group that lets them in, sponsored by whoever looks, one asked for.
func (s *script) AskOutsider(_ context.Context, _ service.Actor, group string, in service.OutsiderInput) (service.ActAnswer, error) {
	s.did = append(s.did, "outsider "+in.Name+" "+in.Mail+" "+in.EndsOn)
	if in.Mail == "bad" {
		return service.ActAnswer{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "mail", Code: "not_an_address", Params: map[string]string{"form": "name@example.com"}}}}
	}
	return service.ActAnswer{Result: domain.Accepted}, nil
}

func (s *script) OutsidersOf(_ context.Context, a service.Actor, group string) (service.OutsiderList, error) {
	v := service.OutsiderList{Items: []service.OutsiderView{}, Days: 180, Latest: "2027-05-22", Can: true}
	if slices.Contains(s.barred, group) {
		v = service.OutsiderList{Items: []service.OutsiderView{}, Barred: domain.ReasonOutsidersClosed, Rule: domain.RuleNotPermitted}
		return v, nil
	}
	guest := func(n int, number, name string) service.PersonRef {
		return service.PersonRef{ID: domain.EmployeeID(id(n)), Number: number, Name: name, Department: "江海咨询有限公司", Active: true, Outside: true}
	}
	me := service.PersonRef{ID: a.ID, Number: a.Number, Name: a.Name}
	lost, until := s.now.AddDate(0, 0, -2), s.now.AddDate(0, 0, 12)
	v.Items = []service.OutsiderView{
		{Person: guest(901, "X-0001", "林知远"), Organisation: "江海咨询有限公司", Mail: "lin@partner.example", Phone: "+86 138 0013 8000", State: domain.MemberActive, Sponsor: me, EndsOn: "2027-03-31", Ends: s.now.AddDate(0, 4, 0), Mine: true},
		{Person: guest(902, "X-0002", "Ana Kovač"), Organisation: "Northwind Auditing", State: domain.MemberRequested, Sponsor: me, EndsOn: "2027-01-31", Ends: s.now.AddDate(0, 2, 0), Asked: true, Said: "年度审计，需与项目组沟通", Review: true},
		{Person: guest(903, "X-0003", "周砚秋"), Organisation: "云岫软件", State: domain.MemberActive, Sponsor: me, EndsOn: "2027-02-28", Ends: s.now.AddDate(0, 3, 0), Lost: &lost, Until: &until, Take: true},
	}
	return v, nil
}

func (s *script) AskOutsiderLink(_ context.Context, address string) error {
	s.did = append(s.did, "link "+address)
	if address == "bad" {
		return &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "mail", Code: "not_an_address", Params: map[string]string{"form": "name@example.com"}}}}
	}
	return nil
}

func (s *script) OutsiderLink(_ context.Context, text string) (bool, error) {
	return text == "good", nil
}

func (s *script) SignInOutsider(_ context.Context, text, _ string) (string, service.Actor, error) {
	s.did = append(s.did, "outsider in "+text)
	if text != "good" {
		return "", service.Actor{}, &service.Error{Kind: service.NotFound, Code: "link_spent"}
	}
	return "secret-of-outsider", service.Actor{}, nil
}
