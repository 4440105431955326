package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// AddSigners adds approvers to the step.
func (s *Server) AddSigners(ctx context.Context, r AddSignersRequestObject) (AddSignersResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.AddSigners(ctx, a, r.Id, service.AddInput{
		ID: id, Mode: in.Mode, People: in.People, Comment: in.Comment, Digest: in.MaterialDigest, Version: in.Version,
	})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) AddSignersResponseObject { return AddSigners200JSONResponse{x} },
		func(x PendingJSONResponse) AddSignersResponseObject { return AddSigners202JSONResponse{x} }), nil
}
