package v1

import "context"

// ListTokens lists the actor's tokens, without secrets.
func (s *Server) ListTokens(ctx context.Context, _ ListTokensRequestObject) (ListTokensResponseObject, error) {
	me, err := s.svc.Me(ctx, actor(ctx))
	return ListTokens200JSONResponse{Items: me.Tokens}, err
}

// CreateToken makes a token; its secret is in this answer only.
func (s *Server) CreateToken(ctx context.Context, r CreateTokenRequestObject) (CreateTokenResponseObject, error) {
	t, secret, err := s.svc.CreateToken(ctx, actor(ctx), r.Params.IdempotencyKey, r.Body.Name, r.Body.Days)
	return CreateToken201JSONResponse{Token: t, Secret: secret}, err
}

// EndToken ends a token of the actor's.
func (s *Server) EndToken(ctx context.Context, r EndTokenRequestObject) (EndTokenResponseObject, error) {
	return EndToken204Response{}, s.svc.EndToken(ctx, actor(ctx), r.Id)
}
