package v1

import "context"

// GetInbox is what waits for the actor.
func (s *Server) GetInbox(ctx context.Context, r GetInboxRequestObject) (GetInboxResponseObject, error) {
	page, err := s.svc.Inbox(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return GetInbox200JSONResponse(page), err
}

// ListCases is what the actor filed.
func (s *Server) ListCases(ctx context.Context, r ListCasesRequestObject) (ListCasesResponseObject, error) {
	page, err := s.svc.MyCases(ctx, actor(ctx), value(r.Params.Open), value(r.Params.Cursor), size(r.Params.Limit))
	return ListCases200JSONResponse(page), err
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
