package v1

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// MaxScreenshot bounds a confirmation's picture, in bytes.
const MaxScreenshot = 5 << 20

// ConfirmGroup takes an admin's word, with a picture, that the group stands on its platform.
func (s *Server) ConfirmGroup(ctx context.Context, r ConfirmGroupRequestObject) (ConfirmGroupResponseObject, error) {
	in, err := confirmation(r)
	if err != nil {
		return nil, err
	}
	a := actor(ctx)
	if in.ID, err = actID(a, in.ID, r.Params.IdempotencyKey); err != nil {
		return nil, err
	}
	ans, err := s.svc.Confirm(ctx, a, r.Id, in)
	if err != nil {
		return nil, err
	}
	return answered(s, ans, ofGroup(r.Id),
		func(x AnsweredJSONResponse) ConfirmGroupResponseObject { return ConfirmGroup200JSONResponse{x} },
		func(x PendingJSONResponse) ConfirmGroupResponseObject { return ConfirmGroup202JSONResponse{x} }), nil
}

// confirmation reads either form of the body into one.
func confirmation(r ConfirmGroupRequestObject) (service.ConfirmInput, error) {
	if r.JSONBody != nil {
		up, err := screenshot(r.JSONBody.Screenshot)
		return service.ConfirmInput{
			ID: r.JSONBody.DecisionId, Name: r.JSONBody.Name, PlatformID: r.JSONBody.PlatformId, Screenshot: up,
		}, err
	}
	f, err := readForm(r.MultipartBody, map[string]int64{"screenshot": MaxScreenshot}, "decision_id", "name", "platform_id")
	if err != nil {
		return service.ConfirmInput{}, err
	}
	up, missing := f.file("screenshot")
	// The same limits as for JSON hold for the form; "-" stands for a picture that is there.
	in := ConfirmationInput{DecisionId: f.values["decision_id"], Name: f.values["name"], PlatformId: f.values["platform_id"], Screenshot: "-"}
	if missing != nil {
		in.Screenshot = ""
	}
	if faults := Faults(in); len(faults) > 0 {
		return service.ConfirmInput{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	return service.ConfirmInput{ID: in.DecisionId, Name: in.Name, PlatformID: in.PlatformId, Screenshot: up}, nil
}

// screenshot reads a picture in base64.
func screenshot(text string) (service.Upload, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return service.Upload{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "screenshot", Code: "not_base64"}}}
	}
	if len(b) > MaxScreenshot {
		return service.Upload{}, &service.Error{Kind: service.TooLarge, Code: "body_too_large", Params: map[string]string{"max": "5 MiB", "field": "screenshot"}}
	}
	return service.Upload{Name: "screenshot", MediaType: http.DetectContentType(b), Data: b}, nil
}
