package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// DecideCase approves or rejects in the actor's open slot.
func (s *Server) DecideCase(ctx context.Context, r DecideCaseRequestObject) (DecideCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Decide(ctx, a, r.Id, service.DecideInput{ID: id, Outcome: in.Outcome, Comment: in.Comment, Digest: in.MaterialDigest, Version: in.Version, For: in.For})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) DecideCaseResponseObject { return DecideCase200JSONResponse{x} },
		func(x PendingJSONResponse) DecideCaseResponseObject { return DecideCase202JSONResponse{x} }), nil
}
