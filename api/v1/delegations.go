package v1

import (
	"bytes"
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// MaxCalendar bounds an uploaded calendar file, in bytes.
const MaxCalendar = 200 << 10

// ListDelegations is what the actor handed over and was given.
func (s *Server) ListDelegations(ctx context.Context, r ListDelegationsRequestObject) (ListDelegationsResponseObject, error) {
	page, err := s.svc.Delegations(ctx, actor(ctx), string(value(r.Params.Side)), value(r.Params.Cursor), size(r.Params.Limit))
	return ListDelegations200JSONResponse(page), err
}

// Delegate hands the actor's approvals over.
func (s *Server) Delegate(ctx context.Context, r DelegateRequestObject) (DelegateResponseObject, error) {
	b := r.Body
	d, err := s.svc.Delegate(ctx, actor(ctx), r.Params.IdempotencyKey, service.DelegationInput{
		To: domain.EmployeeID(b.To), Kinds: value(b.Kinds), From: value(b.From), Until: b.Until, Reason: string(value(b.Reason)), Note: value(b.Note),
	})
	return Delegate201JSONResponse(d), err
}

// EndDelegation ends a delegation early.
func (s *Server) EndDelegation(ctx context.Context, r EndDelegationRequestObject) (EndDelegationResponseObject, error) {
	d, err := s.svc.EndDelegation(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id)
	return EndDelegation200JSONResponse(d), err
}

// ListActedFor is what was done in the actor's name.
func (s *Server) ListActedFor(ctx context.Context, r ListActedForRequestObject) (ListActedForResponseObject, error) {
	page, err := s.svc.ActedFor(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListActedFor200JSONResponse(page), err
}

// ListProposals is the actor's absences that wait for an answer.
func (s *Server) ListProposals(ctx context.Context, _ ListProposalsRequestObject) (ListProposalsResponseObject, error) {
	list, err := s.svc.Proposals(ctx, actor(ctx))
	return ListProposals200JSONResponse{Items: list}, err
}

// AcceptProposal hands over for an absence.
func (s *Server) AcceptProposal(ctx context.Context, r AcceptProposalRequestObject) (AcceptProposalResponseObject, error) {
	d, err := s.svc.AcceptProposal(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id, service.DelegationInput{
		To: domain.EmployeeID(value(r.Body.To)), Kinds: value(r.Body.Kinds),
	})
	return AcceptProposal201JSONResponse(d), err
}

// DeclineProposal puts a proposal away.
func (s *Server) DeclineProposal(ctx context.Context, r DeclineProposalRequestObject) (DeclineProposalResponseObject, error) {
	v, err := s.svc.DeclineProposal(ctx, actor(ctx), r.Params.IdempotencyKey, r.Id)
	return DeclineProposal200JSONResponse(v), err
}

// ImportAbsences takes HR's list, or says what would come of it.
func (s *Server) ImportAbsences(ctx context.Context, r ImportAbsencesRequestObject) (ImportAbsencesResponseObject, error) {
	f, err := readForm(r.Body, map[string]int64{"file": MaxFile})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	rep, err := s.svc.ImportAbsences(ctx, actor(ctx), value(r.Params.IdempotencyKey), up, value(r.Params.DryRun))
	return ImportAbsences200JSONResponse(rep), err
}

// GetAbsenceTemplate is the empty list.
func (s *Server) GetAbsenceTemplate(ctx context.Context, _ GetAbsenceTemplateRequestObject) (GetAbsenceTemplateResponseObject, error) {
	b, err := s.svc.AbsenceTemplate(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	attach(ctx, "absences.xlsx")
	return GetAbsenceTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: bytes.NewReader(b), ContentLength: int64(len(b))}, nil
}

// ImportCalendar proposes delegations from the actor's calendar.
func (s *Server) ImportCalendar(ctx context.Context, r ImportCalendarRequestObject) (ImportCalendarResponseObject, error) {
	f, err := readForm(r.Body, map[string]int64{"file": MaxCalendar})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	rep, err := s.svc.ImportCalendar(ctx, actor(ctx), r.Params.IdempotencyKey, up)
	return ImportCalendar200JSONResponse(rep), err
}
