package v1

import "context"

// WithdrawCase ends a case at its requester's wish.
func (s *Server) WithdrawCase(ctx context.Context, r WithdrawCaseRequestObject) (WithdrawCaseResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Withdraw(ctx, a, r.Id, id, r.Body.Comment)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) WithdrawCaseResponseObject { return WithdrawCase200JSONResponse{x} },
		func(x PendingJSONResponse) WithdrawCaseResponseObject { return WithdrawCase202JSONResponse{x} }), nil
}
