package v1

import (
	"bytes"
	"context"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// ofPost is the address below which acts on a publication are asked for.
func ofPost(id string) string { return "/publications/" + id }

func (in *PublicationInput) post() service.PostInput {
	out := service.PostInput{
		Subject: in.Subject, Text: in.Text, Source: in.Source, Application: in.Application, Demands: in.Demands, Reason: in.Reason, Class: in.Class, Groups: in.Groups,
		Urgent: in.Urgent, Written: in.Written,
		Scope:   domain.PostScope{People: in.Scope.People, Departments: in.Scope.Departments, Groups: in.Scope.Groups},
		Parties: domain.PostParties{People: in.Parties.People, Departments: in.Parties.Departments},
	}
	for _, f := range in.Files {
		out.Files = append(out.Files, service.PostUpload{Object: f.Object, Name: f.Name, Data: f.Data})
	}
	return out
}

// DraftPublication stores a draft.
func (s *Server) DraftPublication(ctx context.Context, r DraftPublicationRequestObject) (DraftPublicationResponseObject, error) {
	v, err := s.svc.DraftPost(ctx, actor(ctx), r.Params.IdempotencyKey, r.Body.post())
	if err != nil {
		return nil, err
	}
	return DraftPublication201JSONResponse{Body: v, Headers: DraftPublication201ResponseHeaders{Location: s.base + ofPost(v.ID)}}, nil
}

// ListPublications lists publications.
func (s *Server) ListPublications(ctx context.Context, r ListPublicationsRequestObject) (ListPublicationsResponseObject, error) {
	f := service.PostFilter{Scope: "mine", Group: value(r.Params.Group), State: value(r.Params.State), Cursor: value(r.Params.Cursor), Limit: size(r.Params.Limit)}
	if r.Params.Scope != nil {
		f.Scope = string(*r.Params.Scope)
	}
	p, err := s.svc.Posts(ctx, actor(ctx), f)
	return ListPublications200JSONResponse(p), err
}

// PreviewPublication shows what a draft would lead to.
func (s *Server) PreviewPublication(ctx context.Context, r PreviewPublicationRequestObject) (PreviewPublicationResponseObject, error) {
	v, err := s.svc.PreviewPost(ctx, actor(ctx), r.Body.post())
	return PreviewPublication200JSONResponse(v), err
}

// GetPublication is a publication in full.
func (s *Server) GetPublication(ctx context.Context, r GetPublicationRequestObject) (GetPublicationResponseObject, error) {
	v, err := s.svc.Post(ctx, actor(ctx), r.Id, value(r.Params.Purpose))
	return GetPublication200JSONResponse(v), err
}

// ChangePublication changes a draft, whole.
func (s *Server) ChangePublication(ctx context.Context, r ChangePublicationRequestObject) (ChangePublicationResponseObject, error) {
	v, err := s.svc.ChangePost(ctx, actor(ctx), r.Id, r.Body.post())
	return ChangePublication200JSONResponse(v), err
}

// GetPublicationFile is a file of a publication, as mere bytes: whatever it holds, no browser shows it as ours.
func (s *Server) GetPublicationFile(ctx context.Context, r GetPublicationFileRequestObject) (GetPublicationFileResponseObject, error) {
	up, err := s.svc.PostFile(ctx, actor(ctx), r.Id, r.Object, value(r.Params.Purpose))
	if err != nil {
		return nil, err
	}
	auth.Header(ctx).Set("Content-Disposition", service.Disposition(up.Name))
	return GetPublicationFile200ApplicationoctetStreamResponse{Body: bytes.NewReader(up.Data), ContentLength: int64(len(up.Data))}, nil
}

// SubmitPublication submits a draft.
func (s *Server) SubmitPublication(ctx context.Context, r SubmitPublicationRequestObject) (SubmitPublicationResponseObject, error) {
	v, err := s.svc.SubmitPost(ctx, actor(ctx), r.Id, service.PostSubmitInput{Written: r.Body.Written, Checked: r.Body.Checked, Exempt: r.Body.Exempt})
	return SubmitPublication200JSONResponse(v), err
}

// ExemptPublication is security's word on a finding.
func (s *Server) ExemptPublication(ctx context.Context, r ExemptPublicationRequestObject) (ExemptPublicationResponseObject, error) {
	v, err := s.svc.ExemptPost(ctx, actor(ctx), r.Id, service.PostWordInput{Written: r.Body.Written, Finding: r.Body.Finding, Grant: r.Body.Grant, Comment: r.Body.Comment})
	return ExemptPublication200JSONResponse(v), err
}

// LowerPublication is security's class for a version.
func (s *Server) LowerPublication(ctx context.Context, r LowerPublicationRequestObject) (LowerPublicationResponseObject, error) {
	v, err := s.svc.LowerPost(ctx, actor(ctx), r.Id, service.PostWordInput{Written: r.Body.Written, Class: r.Body.Class, Comment: r.Body.Comment})
	return LowerPublication200JSONResponse(v), err
}

// GetPublicationAct says what became of an act whose answer was still out.
func (s *Server) GetPublicationAct(ctx context.Context, r GetPublicationActRequestObject) (GetPublicationActResponseObject, error) {
	ans, err := s.svc.ActStatus(ctx, actor(ctx), r.Id, r.ActId)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(a AnsweredJSONResponse) GetPublicationActResponseObject {
			return GetPublicationAct200JSONResponse{a}
		},
		func(p PendingJSONResponse) GetPublicationActResponseObject {
			return GetPublicationAct202JSONResponse{p}
		}), nil
}
