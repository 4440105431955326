package api_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
)

// Bad input on texts and documents gets its status, its code and the field at fault, and never reaches the service.
func TestBadTemplatesAndDocuments(t *testing.T) {
	p := api.Base + "/nda-templates"
	one := p + "/" + otherID
	post := func(path, body string) *http.Request { return request("POST", path, body) }
	verify := api.Base + "/nda-verifications"
	pdf := func(n int) *http.Request {
		r := header(request("POST", verify, "%PDF"), "Content-Type", "application/pdf")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(make([]byte, n))), int64(n)
		return r
	}
	chunked := func(n int) *http.Request { // says nothing of its length
		r := pdf(n)
		r.ContentLength = -1
		return r
	}
	for name, c := range map[string]struct {
		r      *http.Request
		status int
		code   string
		fault  string
	}{
		"no text":                      {post(p, `{"note":"n"}`), 422, "invalid", `"field":"text"`},
		"an unknown member":            {post(p, `{"text":"x","state":"published"}`), 400, "invalid", "unknown_field"},
		"a note too long":              {post(p, `{"text":"x","note":"`+strings.Repeat("长", 501)+`"}`), 422, "invalid", `"field":"note"`},
		"no key":                       {header(post(p, `{"text":"x"}`), "Idempotency-Key", ""), 400, "idempotency_key_missing", ""},
		"no such version":              {request("GET", p+"/zh-2", ""), 404, "not_found", ""},
		"compared with nothing":        {request("GET", one+"/diff?against=zh", ""), 422, "invalid", `"field":"against"`},
		"another outcome":              {post(one+"/reviews", `{"outcome":"publish"}`), 422, "invalid", `"field":"outcome"`},
		"no outcome":                   {post(one+"/reviews", `{}`), 422, "invalid", `"field":"outcome"`},
		"material is never presumed":   {post(one+"/publications", `{}`), 422, "invalid", `"field":"material"`},
		"material in words":            {post(one+"/publications", `{"material":"yes"}`), 400, "invalid", "wrong_type"},
		"no date":                      {post(one+"/publications", `{"material":true,"effective_at":"soon"}`), 400, "invalid", `"field":"effective_at"`},
		"a reason too long":            {post(one+"/withdrawals", `{"reason":"`+strings.Repeat("x", 2001)+`"}`), 422, "invalid", `"field":"reason"`},
		"a document of another type":   {header(post(verify, "<html>"), "Content-Type", "text/html"), 415, "media_type", ""},
		"a document as JSON":           {post(verify, `{"file":"JVBERi0="}`), 415, "media_type", ""},
		"an empty document":            {header(request("POST", verify, ""), "Content-Type", "application/pdf"), 422, "invalid", `"field":"file"`},
		"an empty file":                {multi(verify, "@file", ""), 422, "invalid", `"field":"file"`},
		"no file":                      {multi(verify), 422, "invalid", `"field":"file"`},
		"two files":                    {multi(verify, "@file", "a", "@file", "b"), 400, "invalid", "given_twice"},
		"something beside it":          {multi(verify, "@file", "a", "known", "true"), 400, "invalid", "unknown_field"},
		"a form without its end":       {header(post(verify, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n%PDF"), "Content-Type", "multipart/form-data; boundary=x"), 400, "not_multipart", ""},
		"a form without its boundary":  {header(post(verify, "x"), "Content-Type", "multipart/form-data"), 400, "not_multipart", ""},
		"more than 8 MiB":              {pdf(service.MaxDocument + 1), 413, "body_too_large", ""},
		"more than 8 MiB, bit by bit":  {chunked(service.MaxDocument + 1), 413, "body_too_large", ""},
		"a file of more, within bound": {multi(verify, "@file", strings.Repeat("x", service.MaxDocument+1)), 413, "body_too_large", ""},
		"packed":                       {header(pdf(100), "Content-Encoding", "gzip"), 415, "content_encoding", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := ask(t, server(t, f), c.r)
			if w.Code != c.status || !strings.Contains(w.Body.String(), `"code":"`+c.code+`"`) || !strings.Contains(w.Body.String(), c.fault) {
				t.Errorf("%d %s, want %d %s %s", w.Code, w.Body, c.status, c.code, c.fault)
			}
			if len(f.called) > 0 {
				t.Errorf("the service was asked: %v", f.called)
			}
		})
	}
}

// A document of exactly 8 MiB is taken, byte for byte, from somebody who is not signed in.
func TestTheLargestDocument(t *testing.T) {
	f := newFake()
	r := header(header(request("POST", api.Base+"/nda-verifications", strings.Repeat("x", service.MaxDocument)), "Content-Type", "application/pdf"), "Authorization", "")
	r.Header.Del("Idempotency-Key")
	if w := ask(t, server(t, f), r); w.Code != 200 || len(f.called) != 1 || len(f.called[0]) != len("VerifyDocument ")+service.MaxDocument {
		t.Errorf("%d, %d acts", w.Code, len(f.called))
	}
}

// Checking documents is bounded by address, so that strangers cannot keep the service busy; signing in is bounded apart.
func TestCheckingIsBounded(t *testing.T) {
	f := newFake()
	e, err := api.New(api.Config{Service: f, Log: slog.New(slog.DiscardHandler), Pages: withPages,
		Door: auth.Options{Limits: auth.Limits{TriesPerSecond: 0.001, TryBurst: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	try := func(path, address string) int {
		r := multi(path, "@file", "%PDF")
		r.Header.Del("Authorization")
		r.RemoteAddr = address + ":4000"
		v := strings.Repeat("v", 32)
		r.AddCookie(&http.Cookie{Name: "qunbei-visitor", Value: v})
		r.Header.Set("X-CSRF-Token", v)
		return ask(t, e, r).Code
	}
	for i, want := range []int{200, 200, 200, 429, 429} {
		if got := try(api.Base+"/nda-verifications", "192.0.2.1"); got != want {
			t.Errorf("%d: %d, want %d", i, got, want)
		}
	}
	if got := try("/verify", "192.0.2.1"); got != 429 {
		t.Error("the page is another way in:", got)
	}
	if got := try(api.Base+"/nda-verifications", "192.0.2.2"); got != 200 {
		t.Error("somebody else pays:", got)
	}
	r := request("POST", api.Base+"/sessions", `{"number":"E0001"}`)
	r.Header.Del("Authorization")
	r.RemoteAddr = "192.0.2.1:4001"
	if w := ask(t, e, r); w.Code != 200 && w.Code != 201 {
		t.Error("and signing in is locked:", w.Code)
	}
}
