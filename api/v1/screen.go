package v1

import "context"

// ScreenText screens a text by the rules in force; nothing of it is kept.
func (s *Server) ScreenText(ctx context.Context, r ScreenTextRequestObject) (ScreenTextResponseObject, error) {
	v, err := s.svc.ScreenText(ctx, actor(ctx), r.Body.Text)
	return ScreenText200JSONResponse(v), err
}
