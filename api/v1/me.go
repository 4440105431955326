package v1

import "context"

// GetMe says who the actor is.
func (s *Server) GetMe(ctx context.Context, _ GetMeRequestObject) (GetMeResponseObject, error) {
	me, err := s.svc.Me(ctx, actor(ctx))
	return GetMe200JSONResponse(me), err
}

// SetLanguage chooses the actor's language.
func (s *Server) SetLanguage(ctx context.Context, r SetLanguageRequestObject) (SetLanguageResponseObject, error) {
	return SetLanguage204Response{}, s.svc.SetLanguage(ctx, actor(ctx), r.Body.Language)
}

// SetNotify chooses how the actor is asked to decide.
func (s *Server) SetNotify(ctx context.Context, r SetNotifyRequestObject) (SetNotifyResponseObject, error) {
	return SetNotify204Response{}, s.svc.SetNotify(ctx, actor(ctx), r.Body.Ways)
}

// ListNotifications is the actor's news.
func (s *Server) ListNotifications(ctx context.Context, r ListNotificationsRequestObject) (ListNotificationsResponseObject, error) {
	page, err := s.svc.Notifications(ctx, actor(ctx), value(r.Params.Cursor), size(r.Params.Limit))
	return ListNotifications200JSONResponse(page), err
}

// ReadNotifications marks news as read.
func (s *Server) ReadNotifications(ctx context.Context, r ReadNotificationsRequestObject) (ReadNotificationsResponseObject, error) {
	return ReadNotifications204Response{}, s.svc.MarkRead(ctx, actor(ctx), r.Body.Ids)
}
