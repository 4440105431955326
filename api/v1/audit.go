package v1

import (
	"bytes"
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// ListAuditCases searches all cases.
func (s *Server) ListAuditCases(ctx context.Context, r ListAuditCasesRequestObject) (ListAuditCasesResponseObject, error) {
	p := r.Params
	page, err := s.svc.AuditCases(ctx, actor(ctx), service.AuditFilter{
		Text: value(p.Q), Status: value(p.Status), From: value(p.From), To: value(p.To), Cursor: value(p.Cursor), Limit: size(p.Limit),
	})
	return ListAuditCases200JSONResponse(page), err
}

// GetCaseHistory is a case's history, decoded.
func (s *Server) GetCaseHistory(ctx context.Context, r GetCaseHistoryRequestObject) (GetCaseHistoryResponseObject, error) {
	h, err := s.svc.History(ctx, actor(ctx), "case-"+r.Id, value(r.Params.Purpose))
	return GetCaseHistory200JSONResponse(h), err
}

// GetWorkflowHistory is a workflow's history, decoded.
func (s *Server) GetWorkflowHistory(ctx context.Context, r GetWorkflowHistoryRequestObject) (GetWorkflowHistoryResponseObject, error) {
	h, err := s.svc.History(ctx, actor(ctx), r.Workflow, value(r.Params.Purpose))
	return GetWorkflowHistory200JSONResponse(h), err
}

// GetRawHistory is a closed history's exact bytes.
func (s *Server) GetRawHistory(ctx context.Context, r GetRawHistoryRequestObject) (GetRawHistoryResponseObject, error) {
	b, err := s.svc.RawHistory(ctx, actor(ctx), r.Workflow, value(r.Params.Purpose))
	if err != nil {
		return nil, err
	}
	attach(ctx, r.Workflow+".json")
	return GetRawHistory200ApplicationoctetStreamResponse{Body: bytes.NewReader(b), ContentLength: int64(len(b))}, nil
}

// ReplayCase replays a case against the running code.
func (s *Server) ReplayCase(ctx context.Context, r ReplayCaseRequestObject) (ReplayCaseResponseObject, error) {
	v, err := s.svc.Replay(ctx, actor(ctx), "case-"+r.Id, r.Body.Purpose)
	return ReplayCase200JSONResponse(v), err
}

// ReplayWorkflow replays a workflow against the running code.
func (s *Server) ReplayWorkflow(ctx context.Context, r ReplayWorkflowRequestObject) (ReplayWorkflowResponseObject, error) {
	v, err := s.svc.Replay(ctx, actor(ctx), r.Workflow, r.Body.Purpose)
	return ReplayWorkflow200JSONResponse(v), err
}

// ListEvents is what happened at the door.
func (s *Server) ListEvents(ctx context.Context, r ListEventsRequestObject) (ListEventsResponseObject, error) {
	page, err := s.svc.Events(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListEvents200JSONResponse(page), err
}

// ListProofKeys lists the public keys of proofs.
func (s *Server) ListProofKeys(ctx context.Context, _ ListProofKeysRequestObject) (ListProofKeysResponseObject, error) {
	k, err := s.svc.ProofKeys(ctx)
	return ListProofKeys200JSONResponse{Keys: k}, err
}
