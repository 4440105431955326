package v1

import (
	"context"
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Activity in groups, and members who are inactive for long (R2.2.2).

// ReportActivity takes a report of who was active.
func (s *Server) ReportActivity(ctx context.Context, r ReportActivityRequestObject) (ReportActivityResponseObject, error) {
	in := service.ActivityInput{From: r.Body.From, Until: r.Body.Until}
	for _, l := range r.Body.People {
		in.People = append(in.People, service.ActivityLine{Person: l.Person, Last: l.Last})
	}
	v, err := s.svc.ReportActivity(ctx, actor(ctx), r.Id, in)
	return ReportActivity200JSONResponse(v), err
}

// ExemptMembers takes members out of the rule of inactive ones.
func (s *Server) ExemptMembers(ctx context.Context, r ExemptMembersRequestObject) (ExemptMembersResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{
		Kind: domain.GroupExempt, Comment: r.Body.Comment, People: r.Body.People, Refuse: r.Body.Over,
	})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ExemptMembersResponseObject { return ExemptMembers200JSONResponse{x} },
		func(x PendingJSONResponse) ExemptMembersResponseObject { return ExemptMembers202JSONResponse{x} }), nil
}

// ListNotices is where the actor's removal is announced.
func (s *Server) ListNotices(ctx context.Context, _ ListNoticesRequestObject) (ListNoticesResponseObject, error) {
	list, err := s.svc.Notices(ctx, actor(ctx))
	return ListNotices200JSONResponse{Items: list}, err
}

// KeepMemberships is the actor's reply to notices of their removal.
func (s *Server) KeepMemberships(ctx context.Context, r KeepMembershipsRequestObject) (KeepMembershipsResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	done, err := s.svc.KeepMany(ctx, a, id, r.Body.Groups)
	if err != nil {
		return nil, err
	}
	out := make([]RenewalResult, len(done))
	for i, res := range done {
		to := &out[i]
		if to.Group, to.DecisionId = clipped(res.Group), res.ActID; res.Err != nil {
			to.spoil(ctx, res.Err)
			continue
		}
		to.Status = http.StatusOK
		if res.Answer.Pending {
			to.Status, res.Answer.Result = http.StatusAccepted, "pending"
		}
		to.answer(res.Answer)
	}
	return KeepMemberships200JSONResponse{Items: out}, nil
}
