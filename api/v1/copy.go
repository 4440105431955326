package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// CopyCase lets people read along.
func (s *Server) CopyCase(ctx context.Context, r CopyCaseRequestObject) (CopyCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Copy(ctx, a, r.Id, service.CopyInput{ID: id, People: in.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) CopyCaseResponseObject { return CopyCase200JSONResponse{x} },
		func(x PendingJSONResponse) CopyCaseResponseObject { return CopyCase202JSONResponse{x} }), nil
}
