package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// TransferCase hands the actor's place on for good.
func (s *Server) TransferCase(ctx context.Context, r TransferCaseRequestObject) (TransferCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Transfer(ctx, a, r.Id, service.TransferInput{ID: id, To: in.To, Comment: in.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) TransferCaseResponseObject { return TransferCase200JSONResponse{x} },
		func(x PendingJSONResponse) TransferCaseResponseObject { return TransferCase202JSONResponse{x} }), nil
}
