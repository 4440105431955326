package api

import (
	"bytes"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/v1"
	"github.com/qunbei/qunbei/models/domain"
)

// hookMessage is what a chat platform asks about.
type hookMessage struct {
	Text    string       `json:"text"`
	Carries domain.Class `json:"carries"`
}

// checkMessage answers a chat platform that asks before it shows a message (R5.1.2). Who signs is let in, and an address
// that signs wrongly too often is refused; nobody is signed in, nothing is kept.
func checkMessage(svc service.API, door *auth.Door) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := door.LimitLink(c); err != nil {
			return err
		}
		r := c.Request()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		h := r.Header
		if err := svc.VerifyHook(service.SignedHook{ID: h.Get("Webhook-Id"), Timestamp: h.Get("Webhook-Timestamp"), Signature: h.Get("Webhook-Signature"), Body: body}); err != nil {
			door.MissedLink(c)
			return err
		}
		var in hookMessage
		if err := v1.Decode(bytes.NewReader(body), &in); err != nil {
			return err
		}
		if in.Text == "" {
			return &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "text", Code: "required"}}}
		}
		v, err := svc.CheckMessage(r.Context(), in.Text, in.Carries)
		if err != nil {
			return err
		}
		if v.Reasons == nil {
			v.Reasons = []string{}
		}
		return c.JSON(http.StatusOK, v)
	}
}
