package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// People from outside the company (semantics 2, R2.2.5).

// ListOutsiders lists who from outside has a place in a group.
func (s *Server) ListOutsiders(ctx context.Context, r ListOutsidersRequestObject) (ListOutsidersResponseObject, error) {
	v, err := s.svc.OutsidersOf(ctx, actor(ctx), r.Id)
	return ListOutsiders200JSONResponse(v), err
}

// AskOutsider asks, as the sponsor, that somebody from outside may come.
func (s *Server) AskOutsider(ctx context.Context, r AskOutsiderRequestObject) (AskOutsiderResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.AskOutsider(ctx, a, r.Id, service.OutsiderInput{
		ID: id, Name: r.Body.Name, Organisation: r.Body.Organisation, Mail: r.Body.Mail, Phone: r.Body.Phone, EndsOn: r.Body.EndsOn, Comment: r.Body.Comment,
	})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) AskOutsiderResponseObject { return AskOutsider200JSONResponse{x} },
		func(x PendingJSONResponse) AskOutsiderResponseObject { return AskOutsider202JSONResponse{x} }), nil
}

// ExtendOutsider asks, as the sponsor, for a longer stay.
func (s *Server) ExtendOutsider(ctx context.Context, r ExtendOutsiderRequestObject) (ExtendOutsiderResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{
		Kind: domain.GroupOutsider, People: []string{r.Employee}, EndsOn: r.Body.EndsOn, Comment: r.Body.Comment,
	})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ExtendOutsiderResponseObject { return ExtendOutsider200JSONResponse{x} },
		func(x PendingJSONResponse) ExtendOutsiderResponseObject { return ExtendOutsider202JSONResponse{x} }), nil
}

// TakeSponsorship has an admin answer for somebody whose sponsor is gone.
func (s *Server) TakeSponsorship(ctx context.Context, r TakeSponsorshipRequestObject) (TakeSponsorshipResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupSponsor, People: []string{r.Employee}})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) TakeSponsorshipResponseObject { return TakeSponsorship200JSONResponse{x} },
		func(x PendingJSONResponse) TakeSponsorshipResponseObject { return TakeSponsorship202JSONResponse{x} }), nil
}

// AskOutsiderLink has a link mailed, if the address is anybody's.
func (s *Server) AskOutsiderLink(ctx context.Context, r AskOutsiderLinkRequestObject) (AskOutsiderLinkResponseObject, error) {
	return AskOutsiderLink204Response{}, s.svc.AskOutsiderLink(ctx, r.Body.Mail)
}

// SignInOutsider lets somebody from outside in by the link from their mail.
func (s *Server) SignInOutsider(ctx context.Context, r SignInOutsiderRequestObject) (SignInOutsiderResponseObject, error) {
	secret, a, err := s.svc.SignInOutsider(ctx, r.Body.Link, agent(ctx))
	if err != nil {
		return nil, err
	}
	me, err := s.svc.Me(ctx, a)
	if err != nil {
		return nil, err
	}
	return SignInOutsider201JSONResponse{
		Body:    SignedIn{Person: me.Person, CsrfToken: a.CSRF},
		Headers: SignInOutsider201ResponseHeaders{SetCookie: s.door.SessionCookie(secret).String()},
	}, nil
}
