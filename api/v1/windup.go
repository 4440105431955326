package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// ConfirmGroupDeleted takes an admin's word that a group being wound up is gone from its platform.
func (s *Server) ConfirmGroupDeleted(ctx context.Context, r ConfirmGroupDeletedRequestObject) (ConfirmGroupDeletedResponseObject, error) {
	a := actor(ctx)
	in := service.DeletedInput{NeverMade: r.Body.NeverMade}
	var err error
	if in.ID, err = actID(a, r.Body.DecisionId, r.Params.IdempotencyKey); err != nil {
		return nil, err
	}
	if r.Body.Screenshot != "" {
		if in.Screenshot, err = screenshot(r.Body.Screenshot); err != nil {
			return nil, err
		}
	}
	ans, err := s.svc.ConfirmDeleted(ctx, a, r.Id, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ConfirmGroupDeletedResponseObject {
			return ConfirmGroupDeleted200JSONResponse{x}
		},
		func(x PendingJSONResponse) ConfirmGroupDeletedResponseObject {
			return ConfirmGroupDeleted202JSONResponse{x}
		}), nil
}
