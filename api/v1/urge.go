package v1

import "context"

// UrgeCase urges those who can act now.
func (s *Server) UrgeCase(ctx context.Context, r UrgeCaseRequestObject) (UrgeCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Urge(ctx, a, r.Id, id)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) UrgeCaseResponseObject { return UrgeCase200JSONResponse{x} },
		func(x PendingJSONResponse) UrgeCaseResponseObject { return UrgeCase202JSONResponse{x} }), nil
}
