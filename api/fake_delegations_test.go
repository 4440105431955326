package api_test

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (f *fake) delegation() service.DelegationView {
	v := service.DelegationView{ID: otherID, Giver: wang, To: wang, From: at, Until: at, State: service.DelegationInForce, Created: at}
	if !f.bare {
		v.Kinds, v.Ended, v.Reason, v.Note, v.SetBy, v.CanEnd = []domain.RequestKind{domain.KindFiling}, &at, "leave", "n", &wang, true
	}
	return v
}

func (f *fake) absence() service.AbsenceView {
	v := service.AbsenceView{ID: otherID, From: at, Until: at, Source: "hr", State: "proposed"}
	if !f.bare {
		v.Deputy = &wang
	}
	return v
}

func (f *fake) Delegations(_ context.Context, _ service.Actor, side, cursor string, _ int) (service.Page[service.DelegationView], error) {
	return page(f, f.delegation()), f.note("Delegations " + side + cursor)
}

func (f *fake) Delegate(_ context.Context, _ service.Actor, key string, in service.DelegationInput) (service.DelegationView, error) {
	return f.delegation(), f.note("Delegate " + key + " " + string(in.To))
}

func (f *fake) EndDelegation(_ context.Context, _ service.Actor, key, id string) (service.DelegationView, error) {
	return f.delegation(), f.note("EndDelegation " + key + " " + id)
}

func (f *fake) ActedFor(context.Context, service.Actor, string, int) (service.Page[service.ActedForView], error) {
	v := service.ActedForView{CaseID: caseID, Number: "G-2026-00001", Title: "t", Tier: domain.TierOrdinary, Status: domain.CaseApproved, Kind: "decide", By: wang, At: at}
	if !f.bare {
		v.Outcome = domain.Approve
	}
	return page(f, v), f.note("ActedFor")
}

func (f *fake) Proposals(context.Context, service.Actor) ([]service.AbsenceView, error) {
	return some(f, f.absence()), f.note("Proposals")
}

func (f *fake) AcceptProposal(_ context.Context, _ service.Actor, _, id string, _ service.DelegationInput) (service.DelegationView, error) {
	return f.delegation(), f.note("AcceptProposal " + id)
}

func (f *fake) DeclineProposal(_ context.Context, _ service.Actor, _, id string) (service.AbsenceView, error) {
	return f.absence(), f.note("DeclineProposal " + id)
}

func (f *fake) ImportAbsences(_ context.Context, _ service.Actor, _ string, up service.Upload, dry bool) (service.AbsenceReport, error) {
	f.up = up
	if f.bare {
		return service.AbsenceReport{}, f.note("ImportAbsences")
	}
	return service.AbsenceReport{DryRun: dry, Counts: map[string]int{"delegates": 1},
		Rows:   []service.AbsenceResult{{Row: 2, Person: wang, From: at, Until: at, Deputy: &wang, Result: service.AbsenceDelegates}},
		Faults: []service.DirectoryFault{{Row: 3, Column: "工号", Code: "required", Text: "缺少工号"}}}, f.note("ImportAbsences")
}

func (f *fake) AbsenceTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK template"), f.note("AbsenceTemplate")
}

func (f *fake) ImportCalendar(_ context.Context, _ service.Actor, _ string, up service.Upload) (service.CalendarReport, error) {
	f.up = up
	return service.CalendarReport{Found: 1, Skipped: 2, Proposals: some(f, f.absence())}, f.note("ImportCalendar")
}
