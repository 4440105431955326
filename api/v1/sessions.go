package v1

import (
	"context"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
)

// SignIn lets somebody in as an identity of the demo.
func (s *Server) SignIn(ctx context.Context, r SignInRequestObject) (SignInResponseObject, error) {
	secret, a, err := s.svc.SignInDemo(ctx, r.Body.Number, agent(ctx))
	if err != nil {
		return nil, err
	}
	me, err := s.svc.Me(ctx, a)
	if err != nil {
		return nil, err
	}
	return SignIn201JSONResponse{
		Body:    SignedIn{Person: me.Person, CsrfToken: a.CSRF},
		Headers: SignIn201ResponseHeaders{SetCookie: s.door.SessionCookie(secret).String()},
	}, nil
}

// EndSession signs the actor out of one session, or of the present one.
func (s *Server) EndSession(ctx context.Context, r EndSessionRequestObject) (EndSessionResponseObject, error) {
	a, id := actor(ctx), r.Id
	if id == "current" {
		if a.Method != "session" {
			return nil, &service.Error{Kind: service.NotFound, Code: "not_found"} // a token is no session
		}
		id = a.Session
	} else if rules.Var(id, "uuid") != nil {
		return nil, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	if err := s.svc.SignOut(ctx, a, id); err != nil {
		return nil, err
	}
	if id == a.Session {
		auth.Header(ctx).Add("Set-Cookie", s.door.EndCookie().String())
	}
	return EndSession204Response{}, nil
}

// GetDemoCast lists the demo's identities.
func (s *Server) GetDemoCast(ctx context.Context, _ GetDemoCastRequestObject) (GetDemoCastResponseObject, error) {
	cast, err := s.svc.DemoCast(ctx)
	return GetDemoCast200JSONResponse{Items: cast}, err
}
