package v1

import "context"

// CommentCase records a remark.
func (s *Server) CommentCase(ctx context.Context, r CommentCaseRequestObject) (CommentCaseResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Comment(ctx, a, r.Id, id, r.Body.Text)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) CommentCaseResponseObject { return CommentCase200JSONResponse{x} },
		func(x PendingJSONResponse) CommentCaseResponseObject { return CommentCase202JSONResponse{x} }), nil
}
