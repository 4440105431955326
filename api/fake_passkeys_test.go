package api_test

import (
	"context"
	"net/http"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
)

// goodPasskeys is one request for each operation on passkeys that must succeed.
func goodPasskeys() []*http.Request {
	keys, sessions := api.Base+"/passkeys", api.Base+"/sessions"
	const answer = `"challenge_id":"` + otherID + `","credential":{"id":"AA","response":{"clientDataJSON":"AA"}}`
	return []*http.Request{
		request("GET", keys, ""), request("POST", keys+"/requests", `{"purpose":"enrol"}`), request("POST", keys+"/requests", `{"purpose":"confirm"}`),
		request("POST", keys+"/requests", `{"purpose":"nda_sign","subject":"`+otherID+`","digest":"sha256:00"}`),
		request("POST", keys, `{`+answer+`,"name":"手机"}`), request("POST", keys+"/confirmations", `{`+answer+`}`),
		request("PUT", keys+"/"+otherID, `{"name":"x"}`), request("DELETE", keys+"/"+otherID, ""),
		request("POST", sessions+"/requests", `{"purpose":"sign_in"}`), request("POST", sessions+"/passkeys", `{`+answer+`}`),
	}
}

var passkeyRequest = service.PasskeyRequest{ID: otherID, Expires: at, Options: []byte(`{"challenge":"AA","timeout":1}`)}

func (f *fake) passkey() service.PasskeyView {
	v := service.PasskeyView{ID: otherID, Name: "手机", Algorithm: "ES256", Created: at}
	if !f.bare {
		v.Synced, v.Used = true, &at
	}
	return v
}

func (f *fake) PasskeySite() service.PasskeySite {
	return service.PasskeySite{ID: "localhost", Origin: "http://localhost:8080"}
}

func (f *fake) MyPasskeys(context.Context, service.Actor) (service.PasskeysView, error) {
	v := service.PasskeysView{Items: some(f, f.passkey()), Site: service.PasskeySite{Why: "no_https"}, Most: 10}
	if !f.bare {
		v.Site, v.Fresh = f.PasskeySite(), true
	}
	return v, f.note("MyPasskeys")
}

func (f *fake) BeginEnrolment(context.Context, service.Actor) (service.PasskeyRequest, error) {
	return passkeyRequest, f.note("BeginEnrolment")
}

func (f *fake) FinishEnrolment(_ context.Context, _ service.Actor, name string, in service.PasskeyAnswer) (service.PasskeyView, error) {
	return f.passkey(), f.note("FinishEnrolment " + name + " " + string(in.Credential))
}

func (f *fake) RenamePasskey(_ context.Context, _ service.Actor, _, name string) error {
	return f.note("RenamePasskey " + name)
}

func (f *fake) RemovePasskey(context.Context, service.Actor, string) error {
	return f.note("RemovePasskey")
}

func (f *fake) BeginConfirmation(context.Context, service.Actor) (service.PasskeyRequest, error) {
	return passkeyRequest, f.note("BeginConfirmation")
}

func (f *fake) BeginNDASignature(_ context.Context, _ service.Actor, nda, digest string) (service.PasskeyRequest, error) {
	return passkeyRequest, f.note("BeginNDASignature " + nda + " " + digest)
}

func (f *fake) ConfirmPasskey(context.Context, service.Actor, service.PasskeyAnswer) error {
	return f.note("ConfirmPasskey")
}

func (f *fake) BeginPasskeySignIn(context.Context) (service.PasskeyRequest, error) {
	return passkeyRequest, f.note("BeginPasskeySignIn")
}

func (f *fake) SignInPasskey(_ context.Context, in service.PasskeyAnswer, _ string) (string, service.Actor, error) {
	return "cookie", f.actors["cookie"], f.note("SignInPasskey " + in.Challenge)
}
