package v1

import (
	"context"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// How people come into a group (semantics 2 and 4).

// ListMemberships is the actor's own places.
func (s *Server) ListMemberships(ctx context.Context, r ListMembershipsRequestObject) (ListMembershipsResponseObject, error) {
	p, err := s.svc.Memberships(ctx, actor(ctx), value(r.Params.Waiting), value(r.Params.Cursor), size(r.Params.Limit))
	return ListMemberships200JSONResponse(p), err
}

// GetJoining is what it takes to join a group.
func (s *Server) GetJoining(ctx context.Context, r GetJoiningRequestObject) (GetJoiningResponseObject, error) {
	v, err := s.svc.Joining(ctx, actor(ctx), r.Id)
	return GetJoining200JSONResponse(v), err
}

// JoinGroup asks to join.
func (s *Server) JoinGroup(ctx context.Context, r JoinGroupRequestObject) (JoinGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupJoin, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) JoinGroupResponseObject { return JoinGroup200JSONResponse{x} },
		func(x PendingJSONResponse) JoinGroupResponseObject { return JoinGroup202JSONResponse{x} }), nil
}

// ReviewJoin answers a request to join.
func (s *Server) ReviewJoin(ctx context.Context, r ReviewJoinRequestObject) (ReviewJoinResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{
		Kind: domain.GroupReview, Comment: r.Body.Comment, People: []string{r.Employee}, Refuse: r.Body.Outcome == "refuse",
	})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ReviewJoinResponseObject { return ReviewJoin200JSONResponse{x} },
		func(x PendingJSONResponse) ReviewJoinResponseObject { return ReviewJoin202JSONResponse{x} }), nil
}

// InviteMembers asks people whether they join.
func (s *Server) InviteMembers(ctx context.Context, r InviteMembersRequestObject) (InviteMembersResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupInvite, People: r.Body.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) InviteMembersResponseObject { return InviteMembers200JSONResponse{x} },
		func(x PendingJSONResponse) InviteMembersResponseObject { return InviteMembers202JSONResponse{x} }), nil
}

// AnswerInvitation is the answer of who is invited, and of nobody else.
func (s *Server) AnswerInvitation(ctx context.Context, r AnswerInvitationRequestObject) (AnswerInvitationResponseObject, error) {
	a := actor(ctx)
	if r.Employee != string(a.ID) && !strings.EqualFold(r.Employee, a.Number) {
		return nil, &service.Error{Kind: service.Forbidden, Code: string(domain.ReasonNotInvited)}
	}
	in := service.GroupActInput{Kind: domain.GroupAccept}
	if r.Body.Outcome == "decline" {
		in.Kind = domain.GroupDecline
	}
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) AnswerInvitationResponseObject { return AnswerInvitation200JSONResponse{x} },
		func(x PendingJSONResponse) AnswerInvitationResponseObject { return AnswerInvitation202JSONResponse{x} }), nil
}

// ImportMembers admits, or invites, the people of a spreadsheet.
func (s *Server) ImportMembers(ctx context.Context, r ImportMembersRequestObject) (ImportMembersResponseObject, error) {
	a := actor(ctx)
	f, err := readForm(r.Body, map[string]int64{"file": MaxFile})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	key, err := actID(a, "", &r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.AdmitSheet(ctx, a, r.Id, key, up, value(r.Params.Invite))
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ImportMembersResponseObject { return ImportMembers200JSONResponse{x} },
		func(x PendingJSONResponse) ImportMembersResponseObject { return ImportMembers202JSONResponse{x} }), nil
}
