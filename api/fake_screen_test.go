package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
)

// goodScreen is one request for each operation on screening that must succeed.
func goodScreen() []*http.Request {
	return []*http.Request{
		request("POST", api.Base+"/publications/screenings", `{"text":"手机13800138000"}`),
		signed(request("POST", api.Base+"/hooks/messages", `{"text":"x","carries":"general"}`)),
	}
}

func signed(r *http.Request) *http.Request {
	for k, v := range map[string]string{"Webhook-Id": "msg_1", "Webhook-Timestamp": "1", "Webhook-Signature": "v1,good"} {
		r.Header.Set(k, v)
	}
	return r
}

func (f *fake) ScreenText(_ context.Context, _ service.Actor, text string) (service.ScreeningView, error) {
	if f.bare {
		return service.ScreeningView{Policy: "1", Class: domain.ClassGeneral, ClassLabel: domain.ClassGeneral.Label()}, f.note("ScreenText " + text)
	}
	found := []service.ScreenedPlace{{Kind: screening.KindMobile, Label: screening.KindMobile.Label(), List: "l", End: 3, UTF16End: 1, Score: 90, Class: domain.ClassSensitive,
		Why: []screening.Reason{{Code: "form", Word: "w"}}, Text: domain.Label{ZH: "为什么", EN: "why"}}}
	return service.ScreeningView{Policy: "1", Class: domain.ClassSensitive, ClassLabel: domain.ClassSensitive.Label(), Truncated: true, Findings: found,
		Clean: &service.CleanView{Text: "x", Replacements: []service.ReplacementView{{Operator: screening.OpMask, UTF16End: 1}}, Remaining: found}}, f.note("ScreenText " + text)
}

func (f *fake) VerifyHook(h service.SignedHook) error {
	if h.Signature != "v1,good" || h.ID == "" || h.Timestamp == "" || len(h.Body) == 0 {
		return &service.Error{Kind: service.Unsigned, Code: "bad_hook_signature"}
	}
	return f.note("VerifyHook")
}

func (f *fake) CheckMessage(_ context.Context, text string, carries domain.Class) (service.MessageVerdict, error) {
	return service.MessageVerdict{Decision: service.MessageBlocked, Class: domain.ClassSensitive, Reasons: some(f, "mobile"), Policy: "1"}, f.note("CheckMessage " + text + " " + string(carries))
}

// A message without its signature never reaches the screening, nor does what is no message.
func TestHookIsSigned(t *testing.T) {
	hook := func(body string) *http.Request { return request("POST", api.Base+"/hooks/messages", body) }
	for name, tc := range map[string]struct {
		r      *http.Request
		status int
	}{
		"no signature":      {hook(`{"text":"x"}`), 401},
		"no text":           {signed(hook(`{}`)), 422},
		"an unknown name":   {signed(hook(`{"text":"x","to":"y"}`)), 400},
		"no JSON":           {signed(hook(`{`)), 400},
		"too long":          {signed(hook(`{"text":"` + strings.Repeat("x", 1<<20) + `"}`)), 413},
		"no text to screen": {request("POST", api.Base+"/publications/screenings", `{}`), 422},
	} {
		f := newFake()
		if w := ask(t, server(t, f), tc.r); w.Code != tc.status {
			t.Errorf("%s: %d, want %d: %s", name, w.Code, tc.status, w.Body)
		}
		for _, c := range f.called {
			if strings.HasPrefix(c, "CheckMessage") || strings.HasPrefix(c, "ScreenText") {
				t.Errorf("%s reached the service: %v", name, f.called)
			}
		}
	}
}
