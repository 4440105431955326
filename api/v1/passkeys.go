package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// ListPasskeys lists the actor's passkeys.
func (s *Server) ListPasskeys(ctx context.Context, _ ListPasskeysRequestObject) (ListPasskeysResponseObject, error) {
	v, err := s.svc.MyPasskeys(ctx, actor(ctx))
	return ListPasskeys200JSONResponse(v), err
}

// AskPasskey begins an enrolment or a confirmation.
func (s *Server) AskPasskey(ctx context.Context, r AskPasskeyRequestObject) (AskPasskeyResponseObject, error) {
	var q service.PasskeyRequest
	var err error
	switch a := actor(ctx); r.Body.Purpose {
	case Enrol:
		q, err = s.svc.BeginEnrolment(ctx, a)
	case Confirm:
		q, err = s.svc.BeginConfirmation(ctx, a)
	case NdaSign:
		q, err = s.svc.BeginNDASignature(ctx, a, r.Body.Subject, r.Body.Digest)
	}
	return AskPasskey201JSONResponse(q), err
}

// AddPasskey takes a new passkey.
func (s *Server) AddPasskey(ctx context.Context, r AddPasskeyRequestObject) (AddPasskeyResponseObject, error) {
	v, err := s.svc.FinishEnrolment(ctx, actor(ctx), r.Body.Name, service.PasskeyAnswer{Challenge: r.Body.ChallengeId, Credential: r.Body.Credential})
	return AddPasskey201JSONResponse(v), err
}

// ConfirmPasskey takes the actor's word by passkey that it is still they.
func (s *Server) ConfirmPasskey(ctx context.Context, r ConfirmPasskeyRequestObject) (ConfirmPasskeyResponseObject, error) {
	return ConfirmPasskey204Response{}, s.svc.ConfirmPasskey(ctx, actor(ctx), passkeyAnswer(*r.Body))
}

// RenamePasskey names a passkey of the actor's.
func (s *Server) RenamePasskey(ctx context.Context, r RenamePasskeyRequestObject) (RenamePasskeyResponseObject, error) {
	return RenamePasskey204Response{}, s.svc.RenamePasskey(ctx, actor(ctx), r.Id, r.Body.Name)
}

// RemovePasskey ends a passkey of the actor's.
func (s *Server) RemovePasskey(ctx context.Context, r RemovePasskeyRequestObject) (RemovePasskeyResponseObject, error) {
	return RemovePasskey204Response{}, s.svc.RemovePasskey(ctx, actor(ctx), r.Id)
}

// AskSignIn begins to sign somebody in by passkey.
func (s *Server) AskSignIn(ctx context.Context, _ AskSignInRequestObject) (AskSignInResponseObject, error) {
	q, err := s.svc.BeginPasskeySignIn(ctx)
	return AskSignIn201JSONResponse(q), err
}

// SignInPasskey lets somebody in whose passkey says who they are.
func (s *Server) SignInPasskey(ctx context.Context, r SignInPasskeyRequestObject) (SignInPasskeyResponseObject, error) {
	secret, a, err := s.svc.SignInPasskey(ctx, passkeyAnswer(*r.Body), agent(ctx))
	if err != nil {
		return nil, err
	}
	me, err := s.svc.Me(ctx, a)
	if err != nil {
		return nil, err
	}
	return SignInPasskey201JSONResponse{
		Body:    SignedIn{Person: me.Person, CsrfToken: a.CSRF},
		Headers: SignInPasskey201ResponseHeaders{SetCookie: s.door.SessionCookie(secret).String()},
	}, nil
}

func passkeyAnswer(in PasskeyAnswer) service.PasskeyAnswer {
	return service.PasskeyAnswer{Challenge: in.ChallengeId, Credential: in.Credential}
}
