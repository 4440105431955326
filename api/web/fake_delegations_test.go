package web_test

import (
	"context"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (s *script) Delegations(context.Context, service.Actor, string, string, int) (service.Page[service.DelegationView], error) {
	if s.empty {
		return service.Page[service.DelegationView]{}, nil
	}
	midnight := time.Date(2026, 12, 1, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	me, day := people[0], 24*time.Hour
	return service.Page[service.DelegationView]{Items: []service.DelegationView{
		{ID: id(801), Giver: me, To: people[1], From: midnight, Until: midnight.Add(5 * day), State: service.DelegationPlanned, Reason: "leave", Note: "急事请打我电话", Created: s.now, CanEnd: true},
		{ID: id(802), Giver: me, To: people[2], Kinds: []domain.RequestKind{domain.KindFiling}, From: s.now.Add(-3 * time.Hour), Until: midnight, State: service.DelegationInForce, Reason: "trip", SetBy: &people[5], Created: s.now, CanEnd: true},
		{ID: id(803), Giver: people[3], To: me, From: s.now.Add(-day), Until: s.now.Add(9 * time.Hour), State: service.DelegationInForce, Created: s.now},
		{ID: id(804), Giver: me, To: people[4], From: midnight.Add(-60 * day), Until: midnight.Add(-50 * day), Ended: ptr(s.now.Add(-55 * day)), State: service.DelegationEnded, Created: s.now},
	}}, nil
}

func (s *script) Delegate(_ context.Context, _ service.Actor, _ string, in service.DelegationInput) (service.DelegationView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.To == people[0].ID {
		return service.DelegationView{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "to", Code: "self"}}}
	}
	if in.Until == "" {
		return service.DelegationView{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "until", Code: "required"}}}
	}
	return service.DelegationView{ID: id(805)}, nil
}

func (s *script) EndDelegation(context.Context, service.Actor, string, string) (service.DelegationView, error) {
	return service.DelegationView{}, nil
}

func (s *script) ActedFor(context.Context, service.Actor, string, int) (service.Page[service.ActedForView], error) {
	if s.empty {
		return service.Page[service.ActedForView]{}, nil
	}
	return service.Page[service.ActedForView]{Next: "more", Items: []service.ActedForView{
		{CaseID: id(201), Number: "G-2026-00042", Title: "研发中心-平台重构周报", Tier: domain.TierOrdinary, Status: domain.CaseApproved, Kind: "decide", Outcome: domain.Approve, By: people[1], At: s.now.Add(-2 * time.Hour)},
		{CaseID: id(204), Number: "G-2026-00028", Title: "市场部-临时活动", Tier: domain.TierConfidential, Status: domain.CaseRejected, Kind: "decide", Outcome: domain.Reject, By: people[2], At: s.now.Add(-30 * time.Hour)},
		{CaseID: id(203), Number: "G-2026-00021", Title: "平台部-值班交接", Tier: domain.TierOrdinary, Status: domain.CaseReturned, Kind: "return", By: people[2], At: s.now.Add(-300 * time.Hour)},
	}}, nil
}

func (s *script) Proposals(context.Context, service.Actor) ([]service.AbsenceView, error) {
	if s.empty {
		return nil, nil
	}
	midnight := time.Date(2026, 12, 20, 0, 0, 0, 0, time.FixedZone("CST", 8*3600))
	return []service.AbsenceView{
		{ID: id(901), From: midnight, Until: midnight.Add(24 * time.Hour), Source: "hr", State: "proposed", Deputy: &people[1]},
		{ID: id(902), From: midnight.Add(72 * time.Hour), Until: midnight.Add(100 * time.Hour), Source: "calendar", State: "proposed"},
	}, nil
}

func (s *script) AcceptProposal(_ context.Context, _ service.Actor, _, pid string, in service.DelegationInput) (service.DelegationView, error) {
	if in.To == people[0].ID {
		return service.DelegationView{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "to", Code: "cycle"}}}
	}
	return service.DelegationView{}, nil
}

func (s *script) DeclineProposal(context.Context, service.Actor, string, string) (service.AbsenceView, error) {
	return service.AbsenceView{}, &service.Error{Kind: service.Conflict, Code: "proposal_answered"}
}

func (s *script) ImportAbsences(_ context.Context, _ service.Actor, _ string, up service.Upload, dry bool) (service.AbsenceReport, error) {
	rep := service.AbsenceReport{DryRun: dry, Counts: map[string]int{"delegates": 1, "proposes": 1, "over": 1}, Rows: []service.AbsenceResult{
		{Row: 2, Person: people[0], From: s.now, Until: s.now.Add(72 * time.Hour), Deputy: &people[1], Result: service.AbsenceDelegates},
		{Row: 3, Person: people[2], From: s.now, Until: s.now.Add(72 * time.Hour), Result: service.AbsenceProposes},
		{Row: 4, Person: people[3], From: s.now.Add(-90 * time.Hour), Until: s.now.Add(-72 * time.Hour), Result: service.AbsenceOver},
	}}
	if strings.Contains(string(up.Data), "bad") {
		rep.Faults = []service.DirectoryFault{{Row: 5, Column: "工号", Code: "unknown_employee", Text: "没有工号为“E9999”的员工。"}}
	}
	return rep, nil
}

func (s *script) AbsenceTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK\x03\x04"), nil
}

func (s *script) ImportCalendar(ctx context.Context, a service.Actor, _ string, up service.Upload) (service.CalendarReport, error) {
	if !strings.HasPrefix(string(up.Data), "BEGIN:VCALENDAR") {
		return service.CalendarReport{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "file", Code: "not_a_calendar", Params: map[string]string{"text": "这不是日历文件。"}}}}
	}
	p, err := s.Proposals(ctx, a)
	return service.CalendarReport{Found: 2, Skipped: 1, Proposals: p}, err
}
