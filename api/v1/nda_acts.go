package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The acts on an agreement (semantics 4): each brings what came in to the service, and shapes its answer.

// actOnNDA names an act, does it, and gives the address at which its answer is asked for.
func (s *Server) actOnNDA(ctx context.Context, nda, decision string, key *string, in service.NDAInput) (service.ActAnswer, error) {
	a := actor(ctx)
	var err error
	if in.ID, err = actID(a, decision, key); err != nil {
		return service.ActAnswer{}, err
	}
	return s.svc.ActOnNDA(ctx, a, nda, in)
}

// ViewNDA says that the signer opened it, or came to its end.
func (s *Server) ViewNDA(ctx context.Context, r ViewNDARequestObject) (ViewNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActView, End: r.Body.End})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) ViewNDAResponseObject { return ViewNDA200JSONResponse{x} },
		func(x PendingJSONResponse) ViewNDAResponseObject { return ViewNDA202JSONResponse{x} }), nil
}

// VerifyNDA takes the one-time code that shows who signs.
func (s *Server) VerifyNDA(ctx context.Context, r VerifyNDARequestObject) (VerifyNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActVerify, Code: r.Body.Code})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) VerifyNDAResponseObject { return VerifyNDA200JSONResponse{x} },
		func(x PendingJSONResponse) VerifyNDAResponseObject { return VerifyNDA202JSONResponse{x} }), nil
}

// DeclineNDA is the signer's refusal.
func (s *Server) DeclineNDA(ctx context.Context, r DeclineNDARequestObject) (DeclineNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActDecline, Reason: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) DeclineNDAResponseObject { return DeclineNDA200JSONResponse{x} },
		func(x PendingJSONResponse) DeclineNDAResponseObject { return DeclineNDA202JSONResponse{x} }), nil
}

// CountersignNDA is the company's signature.
func (s *Server) CountersignNDA(ctx context.Context, r CountersignNDARequestObject) (CountersignNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActCountersign, Shown: r.Body.Shown})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) CountersignNDAResponseObject { return CountersignNDA200JSONResponse{x} },
		func(x PendingJSONResponse) CountersignNDAResponseObject { return CountersignNDA202JSONResponse{x} }), nil
}

// ReturnNDA confirms that everything is returned or erased.
func (s *Server) ReturnNDA(ctx context.Context, r ReturnNDARequestObject) (ReturnNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActReturn})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) ReturnNDAResponseObject { return ReturnNDA200JSONResponse{x} },
		func(x PendingJSONResponse) ReturnNDAResponseObject { return ReturnNDA202JSONResponse{x} }), nil
}

// VoidNDA ends an agreement that is not in force.
func (s *Server) VoidNDA(ctx context.Context, r VoidNDARequestObject) (VoidNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActVoid, Reason: r.Body.Comment})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) VoidNDAResponseObject { return VoidNDA200JSONResponse{x} },
		func(x PendingJSONResponse) VoidNDAResponseObject { return VoidNDA202JSONResponse{x} }), nil
}

// RetryNDA tries again to seal it.
func (s *Server) RetryNDA(ctx context.Context, r RetryNDARequestObject) (RetryNDAResponseObject, error) {
	ans, err := s.actOnNDA(ctx, r.Id, r.Body.DecisionId, r.Params.IdempotencyKey, service.NDAInput{Kind: domain.NDAActRetry})
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) RetryNDAResponseObject { return RetryNDA200JSONResponse{x} },
		func(x PendingJSONResponse) RetryNDAResponseObject { return RetryNDA202JSONResponse{x} }), nil
}

// SignNDA is the signer's signature.
func (s *Server) SignNDA(ctx context.Context, r SignNDARequestObject) (SignNDAResponseObject, error) {
	b := r.Body
	in := service.NDAInput{Kind: domain.NDAActSign, Shown: b.Shown, Consent: b.Consent, Name: b.Name, Strokes: b.Strokes, Passkey: []byte(b.Passkey),
		Address: auth.Address(ctx), Agent: agent(ctx)}
	ans, err := s.actOnNDA(ctx, r.Id, b.DecisionId, r.Params.IdempotencyKey, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) SignNDAResponseObject { return SignNDA200JSONResponse{x} },
		func(x PendingJSONResponse) SignNDAResponseObject { return SignNDA202JSONResponse{x} }), nil
}

// ScanNDA takes the scan of a copy that was signed by hand.
func (s *Server) ScanNDA(ctx context.Context, r ScanNDARequestObject) (ScanNDAResponseObject, error) {
	decision, in, err := scan(r)
	if err != nil {
		return nil, err
	}
	in.Kind, in.Address, in.Agent = domain.NDAActPaper, auth.Address(ctx), agent(ctx)
	ans, err := s.actOnNDA(ctx, r.Id, decision, r.Params.IdempotencyKey, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofNDA(r.Id),
		func(x AnsweredJSONResponse) ScanNDAResponseObject { return ScanNDA200JSONResponse{x} },
		func(x PendingJSONResponse) ScanNDAResponseObject { return ScanNDA202JSONResponse{x} }), nil
}
