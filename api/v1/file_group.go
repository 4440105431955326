package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// FileGroup files a group for approval (R6.1).
func (s *Server) FileGroup(ctx context.Context, r FileGroupRequestObject) (FileGroupResponseObject, error) {
	file := s.svc.FileGroup
	if id := r.Body.Discovered; id != "" {
		file = func(ctx context.Context, a service.Actor, key string, f domain.Filing) (service.CaseSummary, error) {
			return s.svc.FileFound(ctx, a, id, key, f)
		}
	}
	sum, err := file(ctx, actor(ctx), r.Params.IdempotencyKey, r.Body.filing())
	if err != nil {
		return nil, err
	}
	return FileGroup201JSONResponse{Body: sum, Headers: FileGroup201ResponseHeaders{Location: s.base + "/cases/" + sum.ID}}, nil
}

func (in *FilingInput) filing() domain.Filing {
	p := in.Permissions
	return domain.Filing{
		Name: in.Name, Type: in.Type, Tier: in.Tier, Purpose: in.Purpose, Departments: in.Departments, Admins: in.Admins,
		Members: in.Members, EndsOn: in.EndsOn, Platform: in.Platform, Existing: in.Existing,
		Permissions: domain.Permissions{
			InviteOutsiders: p.InviteOutsiders, AnonymousSpeech: p.AnonymousSpeech, SeeContacts: p.SeeContacts,
			Posting: p.Posting, JoinByReview: p.JoinByReview,
		},
	}
}

// PreviewGroup shows where a filing would go.
func (s *Server) PreviewGroup(ctx context.Context, r PreviewGroupRequestObject) (PreviewGroupResponseObject, error) {
	p, err := s.svc.PreviewFiling(ctx, actor(ctx), *r.Body)
	return PreviewGroup200JSONResponse(p), err
}

// CheckGroupName says whether a name is regular and free (R2.2.1).
func (s *Server) CheckGroupName(ctx context.Context, r CheckGroupNameRequestObject) (CheckGroupNameResponseObject, error) {
	n, err := s.svc.CheckName(ctx, actor(ctx), *r.Body)
	return CheckGroupName200JSONResponse(n), err
}
