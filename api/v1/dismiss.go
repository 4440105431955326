package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// DismissCase takes a case out of the queue of those that need a hand.
func (s *Server) DismissCase(ctx context.Context, r DismissCaseRequestObject) (DismissCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.DismissHand(ctx, a, r.Id, service.DismissInput{ID: id, Comment: in.Comment})
	if err != nil {
		return nil, err
	}
	return DismissCase200JSONResponse{AnsweredJSONResponse(ans)}, nil
}
