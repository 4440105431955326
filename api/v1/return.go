package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// ReturnCase sends a request back.
func (s *Server) ReturnCase(ctx context.Context, r ReturnCaseRequestObject) (ReturnCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Return(ctx, a, r.Id, service.ReturnInput{ID: id, Step: in.Step, Comment: in.Comment, Digest: in.MaterialDigest, Version: in.Version, For: in.For})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) ReturnCaseResponseObject { return ReturnCase200JSONResponse{x} },
		func(x PendingJSONResponse) ReturnCaseResponseObject { return ReturnCase202JSONResponse{x} }), nil
}
