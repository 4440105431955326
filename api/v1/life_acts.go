package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The acts of a group's life (semantics 2): each brings what came in to the service, and shapes its answer.

// actOnGroup names an act, does it, and gives the address at which its answer is asked for.
func (s *Server) actOnGroup(ctx context.Context, group, decision string, key *string, in service.GroupActInput) (service.ActAnswer, error) {
	a := actor(ctx)
	var err error
	if in.ID, err = actID(a, decision, key); err != nil {
		return service.ActAnswer{}, err
	}
	return s.svc.ActOnGroup(ctx, a, group, in)
}

// RenewGroup takes an admin's attestation of a group.
func (s *Server) RenewGroup(ctx context.Context, r RenewGroupRequestObject) (RenewGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupRenew, Digest: r.Body.Digest, EndsOn: r.Body.EndsOn})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) RenewGroupResponseObject { return RenewGroup200JSONResponse{x} },
		func(x PendingJSONResponse) RenewGroupResponseObject { return RenewGroup202JSONResponse{x} }), nil
}

// FreezeGroup stops posting and joining.
func (s *Server) FreezeGroup(ctx context.Context, r FreezeGroupRequestObject) (FreezeGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupFreeze, Comment: r.Body.Comment, People: r.Body.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) FreezeGroupResponseObject { return FreezeGroup200JSONResponse{x} },
		func(x PendingJSONResponse) FreezeGroupResponseObject { return FreezeGroup202JSONResponse{x} }), nil
}

// UnfreezeGroup is one of the two who unfreeze a group.
func (s *Server) UnfreezeGroup(ctx context.Context, r UnfreezeGroupRequestObject) (UnfreezeGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupUnfreeze, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) UnfreezeGroupResponseObject { return UnfreezeGroup200JSONResponse{x} },
		func(x PendingJSONResponse) UnfreezeGroupResponseObject { return UnfreezeGroup202JSONResponse{x} }), nil
}

// ArchiveGroup makes a group read-only for everyone.
func (s *Server) ArchiveGroup(ctx context.Context, r ArchiveGroupRequestObject) (ArchiveGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupArchive, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ArchiveGroupResponseObject { return ArchiveGroup200JSONResponse{x} },
		func(x PendingJSONResponse) ArchiveGroupResponseObject { return ArchiveGroup202JSONResponse{x} }), nil
}

// RestoreGroup brings a group back.
func (s *Server) RestoreGroup(ctx context.Context, r RestoreGroupRequestObject) (RestoreGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupRestore, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) RestoreGroupResponseObject { return RestoreGroup200JSONResponse{x} },
		func(x PendingJSONResponse) RestoreGroupResponseObject { return RestoreGroup202JSONResponse{x} }), nil
}

// DissolveGroup begins a group's end.
func (s *Server) DissolveGroup(ctx context.Context, r DissolveGroupRequestObject) (DissolveGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupDissolve, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) DissolveGroupResponseObject { return DissolveGroup200JSONResponse{x} },
		func(x PendingJSONResponse) DissolveGroupResponseObject { return DissolveGroup202JSONResponse{x} }), nil
}

// HoldGroup sets a legal hold.
func (s *Server) HoldGroup(ctx context.Context, r HoldGroupRequestObject) (HoldGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupHold, Comment: r.Body.Comment, People: r.Body.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) HoldGroupResponseObject { return HoldGroup200JSONResponse{x} },
		func(x PendingJSONResponse) HoldGroupResponseObject { return HoldGroup202JSONResponse{x} }), nil
}

// ReleaseGroup ends a legal hold.
func (s *Server) ReleaseGroup(ctx context.Context, r ReleaseGroupRequestObject) (ReleaseGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupRelease, Comment: r.Body.Comment, Hold: r.Hold})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ReleaseGroupResponseObject { return ReleaseGroup200JSONResponse{x} },
		func(x PendingJSONResponse) ReleaseGroupResponseObject { return ReleaseGroup202JSONResponse{x} }), nil
}

// AdmitMembers brings people in.
func (s *Server) AdmitMembers(ctx context.Context, r AdmitMembersRequestObject) (AdmitMembersResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupAdmit, People: r.Body.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) AdmitMembersResponseObject { return AdmitMembers200JSONResponse{x} },
		func(x PendingJSONResponse) AdmitMembersResponseObject { return AdmitMembers202JSONResponse{x} }), nil
}

// RemoveMember takes somebody out.
func (s *Server) RemoveMember(ctx context.Context, r RemoveMemberRequestObject) (RemoveMemberResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupRemove, Comment: r.Body.Comment, People: []string{r.Employee}})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) RemoveMemberResponseObject { return RemoveMember200JSONResponse{x} },
		func(x PendingJSONResponse) RemoveMemberResponseObject { return RemoveMember202JSONResponse{x} }), nil
}

// LeaveGroup is a member's own going.
func (s *Server) LeaveGroup(ctx context.Context, r LeaveGroupRequestObject) (LeaveGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupLeave})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) LeaveGroupResponseObject { return LeaveGroup200JSONResponse{x} },
		func(x PendingJSONResponse) LeaveGroupResponseObject { return LeaveGroup202JSONResponse{x} }), nil
}

// ConsentToGroup takes an ownerless group over.
func (s *Server) ConsentToGroup(ctx context.Context, r ConsentToGroupRequestObject) (ConsentToGroupResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupConsent})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ConsentToGroupResponseObject { return ConsentToGroup200JSONResponse{x} },
		func(x PendingJSONResponse) ConsentToGroupResponseObject { return ConsentToGroup202JSONResponse{x} }), nil
}

// AppointAdmins names admins of an ownerless group.
func (s *Server) AppointAdmins(ctx context.Context, r AppointAdminsRequestObject) (AppointAdminsResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupAppoint, People: r.Body.People})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) AppointAdminsResponseObject { return AppointAdmins200JSONResponse{x} },
		func(x PendingJSONResponse) AppointAdminsResponseObject { return AppointAdmins202JSONResponse{x} }), nil
}

// RetryOperation tries an operation again.
func (s *Server) RetryOperation(ctx context.Context, r RetryOperationRequestObject) (RetryOperationResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupOpRetry, Op: r.Op})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) RetryOperationResponseObject { return RetryOperation200JSONResponse{x} },
		func(x PendingJSONResponse) RetryOperationResponseObject { return RetryOperation202JSONResponse{x} }), nil
}

// ResolveFinding does something about a finding.
func (s *Server) ResolveFinding(ctx context.Context, r ResolveFindingRequestObject) (ResolveFindingResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupResolve, Comment: r.Body.Comment, Finding: r.Finding, Proposal: r.Body.Proposal})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ResolveFindingResponseObject { return ResolveFinding200JSONResponse{x} },
		func(x PendingJSONResponse) ResolveFindingResponseObject { return ResolveFinding202JSONResponse{x} }), nil
}

// AcknowledgeGap takes note of what a platform cannot do.
func (s *Server) AcknowledgeGap(ctx context.Context, r AcknowledgeGapRequestObject) (AcknowledgeGapResponseObject, error) {
	ans, err := s.actOnGroup(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.GroupActInput{Kind: domain.GroupSeenGap, Capability: r.Capability})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) AcknowledgeGapResponseObject { return AcknowledgeGap200JSONResponse{x} },
		func(x PendingJSONResponse) AcknowledgeGapResponseObject { return AcknowledgeGap202JSONResponse{x} }), nil
}
