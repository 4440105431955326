package v1

import "context"

// RevokeCase asks for the revocation of an approved case.
func (s *Server) RevokeCase(ctx context.Context, r RevokeCaseRequestObject) (RevokeCaseResponseObject, error) {
	sum, err := s.svc.Revoke(ctx, actor(ctx), r.Id, r.Params.IdempotencyKey, r.Body.Comment)
	if err != nil {
		return nil, err
	}
	return RevokeCase201JSONResponse{Body: sum, Headers: RevokeCase201ResponseHeaders{Location: s.base + "/cases/" + sum.ID}}, nil
}
