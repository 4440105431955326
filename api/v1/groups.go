package v1

import (
	"bytes"
	"context"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// ListGroups searches the register.
func (s *Server) ListGroups(ctx context.Context, r ListGroupsRequestObject) (ListGroupsResponseObject, error) {
	p := r.Params
	page, err := s.svc.Register(ctx, actor(ctx), service.GroupFilter{
		Text: value(p.Q), Type: value(p.Type), Tier: value(p.Tier), State: value(p.State), Mine: value(p.Mine),
		Platform: value(p.Platform), Flag: value(p.Flag), DueFrom: value(p.DueFrom), DueTo: value(p.DueTo),
		Department: domain.DepartmentID(value(p.Department)), Cursor: value(p.Cursor), Limit: size(p.Limit),
	})
	return ListGroups200JSONResponse(page), err
}

// GetGroup shows a group in full.
func (s *Server) GetGroup(ctx context.Context, r GetGroupRequestObject) (GetGroupResponseObject, error) {
	g, err := s.svc.Group(ctx, actor(ctx), r.Id, value(r.Params.Purpose))
	return GetGroup200JSONResponse(g), err
}

// GetGroupEvidence is the screenshot of a confirmation. What is no picture any browser shows goes out as mere bytes of one.
func (s *Server) GetGroupEvidence(ctx context.Context, r GetGroupEvidenceRequestObject) (GetGroupEvidenceResponseObject, error) {
	up, err := s.svc.Evidence(ctx, actor(ctx), r.Id)
	if err != nil {
		return nil, err
	}
	kind := up.MediaType
	switch kind {
	case "image/png", "image/jpeg", "image/webp":
	default:
		kind = "image/unknown"
	}
	auth.Header(ctx).Set("Content-Disposition", `inline; filename="evidence"`) // never a name that somebody typed
	return GetGroupEvidence200ImageResponse{Body: bytes.NewReader(up.Data), ContentType: kind, ContentLength: int64(len(up.Data))}, nil
}

// ListTiers says what each tier allows (R4.1.1).
func (s *Server) ListTiers(ctx context.Context, _ ListTiersRequestObject) (ListTiersResponseObject, error) {
	t, err := s.svc.Tiers(ctx, actor(ctx))
	return ListTiers200JSONResponse{Items: t}, err
}

// ListPlatforms names the platforms in use.
func (s *Server) ListPlatforms(ctx context.Context, _ ListPlatformsRequestObject) (ListPlatformsResponseObject, error) {
	p, err := s.svc.Platforms(ctx, actor(ctx))
	return ListPlatforms200JSONResponse{Items: p}, err
}
