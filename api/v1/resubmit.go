package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// ResubmitCase submits a request again.
func (s *Server) ResubmitCase(ctx context.Context, r ResubmitCaseRequestObject) (ResubmitCaseResponseObject, error) {
	a, in := actor(ctx), r.Body
	id, err := actID(a, in.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.Resubmit(ctx, a, r.Id, service.ResubmitInput{ID: id, Filing: in.filing(), Comment: in.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofCase(r.Id),
		func(x AnsweredJSONResponse) ResubmitCaseResponseObject { return ResubmitCase200JSONResponse{x} },
		func(x PendingJSONResponse) ResubmitCaseResponseObject { return ResubmitCase202JSONResponse{x} }), nil
}

// filing is the whole filing as it shall stand. What is missing is the rules' to say.
func (in *ResubmissionInput) filing() domain.Filing {
	f := domain.Filing{
		Name: in.Name, Type: in.Type, Tier: in.Tier, Purpose: in.Purpose, Departments: in.Departments, Admins: in.Admins,
		Members: in.Members, EndsOn: in.EndsOn, Platform: in.Platform, Existing: in.Existing,
	}
	if p := in.Permissions; p != nil {
		f.Permissions = domain.Permissions{
			InviteOutsiders: p.InviteOutsiders, AnonymousSpeech: p.AnonymousSpeech, SeeContacts: p.SeeContacts,
			Posting: p.Posting, JoinByReview: p.JoinByReview,
		}
	}
	return f
}

// PreviewResubmission shows where submitting a case again would go.
func (s *Server) PreviewResubmission(ctx context.Context, r PreviewResubmissionRequestObject) (PreviewResubmissionResponseObject, error) {
	p, err := s.svc.PreviewResubmission(ctx, actor(ctx), r.Id, *r.Body)
	return PreviewResubmission200JSONResponse(p), err
}
