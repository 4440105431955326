package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// GetInbox is what waits for the actor.
func (s *Server) GetInbox(ctx context.Context, r GetInboxRequestObject) (GetInboxResponseObject, error) {
	page, err := s.svc.Inbox(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return GetInbox200JSONResponse(page), err
}

// ListCases is what the actor filed, decided on, or got a copy of.
func (s *Server) ListCases(ctx context.Context, r ListCasesRequestObject) (ListCasesResponseObject, error) {
	a, cursor, n := actor(ctx), value(r.Params.Cursor), size(r.Params.Limit)
	var page service.Page[service.CaseSummary]
	var err error
	switch value(r.Params.Scope) {
	case "decided":
		page, err = s.svc.DecidedCases(ctx, a, cursor, n)
	case "copied":
		page, err = s.svc.CopiedCases(ctx, a, cursor, n)
	default:
		page, err = s.svc.MyCases(ctx, a, value(r.Params.Open), cursor, n)
	}
	return ListCases200JSONResponse(page), err
}

// ListHand is what needs a hand, for process administrators.
func (s *Server) ListHand(ctx context.Context, r ListHandRequestObject) (ListHandResponseObject, error) {
	page, err := s.svc.HandQueue(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListHand200JSONResponse(page), err
}

// GetCase shows a case in full.
func (s *Server) GetCase(ctx context.Context, r GetCaseRequestObject) (GetCaseResponseObject, error) {
	c, err := s.svc.Case(ctx, actor(ctx), r.Id, value(r.Params.Purpose))
	return GetCase200JSONResponse(c), err
}

// GetCaseTimeline is a case's history in acts.
func (s *Server) GetCaseTimeline(ctx context.Context, r GetCaseTimelineRequestObject) (GetCaseTimelineResponseObject, error) {
	t, err := s.svc.Timeline(ctx, actor(ctx), r.Id)
	return GetCaseTimeline200JSONResponse{Items: t}, err
}

// ListCaseMaterials lists the versions of what a case asks for.
func (s *Server) ListCaseMaterials(ctx context.Context, r ListCaseMaterialsRequestObject) (ListCaseMaterialsResponseObject, error) {
	m, err := s.svc.Materials(ctx, actor(ctx), r.Id)
	return ListCaseMaterials200JSONResponse{Items: m}, err
}
