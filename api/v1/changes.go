package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// GetGroupChanges shows what a change of a group begins from.
func (s *Server) GetGroupChanges(ctx context.Context, r GetGroupChangesRequestObject) (GetGroupChangesResponseObject, error) {
	v, err := s.svc.ChangesOf(ctx, actor(ctx), r.Id)
	return GetGroupChanges200JSONResponse(v), err
}

// PreviewGroupChange shows where a change would go.
func (s *Server) PreviewGroupChange(ctx context.Context, r PreviewGroupChangeRequestObject) (PreviewGroupChangeResponseObject, error) {
	p, err := s.svc.PreviewChange(ctx, actor(ctx), r.Id, service.ChangeInput{Filing: r.Body.Filing, Reason: r.Body.Reason})
	return PreviewGroupChange200JSONResponse(p), err
}

// ChangeGroup asks for a change of a group.
func (s *Server) ChangeGroup(ctx context.Context, r ChangeGroupRequestObject) (ChangeGroupResponseObject, error) {
	in := service.ChangeInput{Filing: r.Body.Filing.filing(), Reason: r.Body.Reason, Base: r.Body.Base}
	sum, err := s.svc.ChangeGroup(ctx, actor(ctx), r.Id, r.Params.IdempotencyKey, in)
	if err != nil {
		return nil, err
	}
	return ChangeGroup201JSONResponse{Body: sum, Headers: ChangeGroup201ResponseHeaders{Location: s.base + "/cases/" + sum.ID}}, nil
}
