package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// AssignCase names who decides.
func (s *Server) AssignCase(ctx context.Context, r AssignCaseRequestObject) (AssignCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Assign(ctx, a, r.Id, service.AssignInput{ID: id, Slot: in.Slot, To: in.To, Comment: in.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) AssignCaseResponseObject { return AssignCase200JSONResponse{x} },
		func(x PendingJSONResponse) AssignCaseResponseObject { return AssignCase202JSONResponse{x} }), nil
}
