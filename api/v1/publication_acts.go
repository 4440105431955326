package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The acts on a publication (semantics 3): each brings what came in to the service, and shapes its answer.

func (s *Server) actOnPost(ctx context.Context, post, decision string, key *string, in service.PostActInput) (service.ActAnswer, error) {
	a := actor(ctx)
	var err error
	if in.ID, err = actID(a, decision, key); err != nil {
		return service.ActAnswer{}, err
	}
	return s.svc.ActOnPost(ctx, a, post, in)
}

// HandlePublication is an approver's decision that it is handled another way.
func (s *Server) HandlePublication(ctx context.Context, r HandlePublicationRequestObject) (HandlePublicationResponseObject, error) {
	a := actor(ctx)
	id, err := actID(a, r.Body.DecisionId, r.Params.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	ans, err := s.svc.HandleOtherwise(ctx, a, r.Id, service.DecideInput{ID: id, Comment: r.Body.Way, Digest: r.Body.MaterialDigest})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) HandlePublicationResponseObject {
			return HandlePublication200JSONResponse{x}
		},
		func(x PendingJSONResponse) HandlePublicationResponseObject {
			return HandlePublication202JSONResponse{x}
		}), nil
}

// PostPublication looks again whether it can be posted.
func (s *Server) PostPublication(ctx context.Context, r PostPublicationRequestObject) (PostPublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActTry})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) PostPublicationResponseObject { return PostPublication200JSONResponse{x} },
		func(x PendingJSONResponse) PostPublicationResponseObject { return PostPublication202JSONResponse{x} }), nil
}

// WithdrawPublication takes it back before it is posted.
func (s *Server) WithdrawPublication(ctx context.Context, r WithdrawPublicationRequestObject) (WithdrawPublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActWithdraw})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) WithdrawPublicationResponseObject {
			return WithdrawPublication200JSONResponse{x}
		},
		func(x PendingJSONResponse) WithdrawPublicationResponseObject {
			return WithdrawPublication202JSONResponse{x}
		}), nil
}

// RetryPublication tries a group again.
func (s *Server) RetryPublication(ctx context.Context, r RetryPublicationRequestObject) (RetryPublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActRetry, Group: r.Body.Group})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) RetryPublicationResponseObject { return RetryPublication200JSONResponse{x} },
		func(x PendingJSONResponse) RetryPublicationResponseObject { return RetryPublication202JSONResponse{x} }), nil
}

// ConfirmPublication is an admin's word for what was done by hand.
func (s *Server) ConfirmPublication(ctx context.Context, r ConfirmPublicationRequestObject) (ConfirmPublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActConfirm, Group: r.Body.Group, Content: r.Body.Content, Message: r.Body.Message, Evidence: service.Upload{Data: r.Body.Evidence}})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) ConfirmPublicationResponseObject {
			return ConfirmPublication200JSONResponse{x}
		},
		func(x PendingJSONResponse) ConfirmPublicationResponseObject {
			return ConfirmPublication202JSONResponse{x}
		}), nil
}

// RecallPublication has it taken back everywhere.
func (s *Server) RecallPublication(ctx context.Context, r RecallPublicationRequestObject) (RecallPublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActRecall, Comment: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) RecallPublicationResponseObject {
			return RecallPublication200JSONResponse{x}
		},
		func(x PendingJSONResponse) RecallPublicationResponseObject {
			return RecallPublication202JSONResponse{x}
		}), nil
}

// ArchivePublication keeps it for later reference.
func (s *Server) ArchivePublication(ctx context.Context, r ArchivePublicationRequestObject) (ArchivePublicationResponseObject, error) {
	ans, err := s.actOnPost(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.PostActInput{Kind: domain.PostActArchive})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofPost(r.Id),
		func(x AnsweredJSONResponse) ArchivePublicationResponseObject {
			return ArchivePublication200JSONResponse{x}
		},
		func(x PendingJSONResponse) ArchivePublicationResponseObject {
			return ArchivePublication202JSONResponse{x}
		}), nil
}
