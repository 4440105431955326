package v1

import "context"

// RetryGroup tries again to make a group on its platform.
func (s *Server) RetryGroup(ctx context.Context, r RetryGroupRequestObject) (RetryGroupResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Retry(ctx, a, r.Id, id)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) RetryGroupResponseObject { return RetryGroup200JSONResponse{x} },
		func(x PendingJSONResponse) RetryGroupResponseObject { return RetryGroup202JSONResponse{x} }), nil
}
