package api_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
)

// A write by cookie needs the session's token and our own page; reading and bearers do not.
func TestCSRF(t *testing.T) {
	const token = "csrf-of-the-session"
	form := func(path, body string) *http.Request {
		r := httptest.NewRequest("POST", path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return r
	}
	byCookie := func(r *http.Request) *http.Request {
		r.Header.Del("Authorization")
		r.AddCookie(&http.Cookie{Name: "qunbei", Value: "cookie"})
		return r
	}
	visitor := func(r *http.Request, v string) *http.Request {
		r.AddCookie(&http.Cookie{Name: "qunbei-visitor", Value: v})
		return r
	}
	comment := func() *http.Request {
		return request("POST", api.Base+"/cases/"+caseID+"/comments", `{"text":"x"}`)
	}
	v := strings.Repeat("v", 32)
	for _, tc := range []struct {
		name   string
		r      *http.Request
		status int
	}{
		{"reading by cookie", byCookie(request("GET", api.Base+"/me", "")), 200},
		{"API by bearer", comment(), 200},
		{"API by cookie without token", byCookie(comment()), 403},
		{"API by cookie with a wrong token", byCookie(header(comment(), "X-CSRF-Token", "csrf-of-another")), 403},
		{"API by cookie with the token", byCookie(header(comment(), "X-CSRF-Token", token)), 200},
		{"API by bearer from another site", header(comment(), "Origin", "https://evil.example"), 403},
		{"with the token from another site", byCookie(header(header(comment(), "X-CSRF-Token", token), "Sec-Fetch-Site", "cross-site")), 403},
		{"with the token from a sibling", byCookie(header(header(comment(), "X-CSRF-Token", token), "Sec-Fetch-Site", "same-site")), 403},
		{"from no origin", byCookie(header(header(comment(), "X-CSRF-Token", token), "Origin", "null")), 403},
		{"from our own origin", byCookie(header(header(comment(), "X-CSRF-Token", token), "Origin", "http://example.com")), 200},
		{"page without token", byCookie(form("/signout", "")), 403},
		{"page with the token in the form", byCookie(form("/signout", "_csrf="+token)), 204},
		{"page with the token in the header", byCookie(header(form("/signout", ""), "X-CSRF-Token", token)), 204},
		{"page with the token in the address", byCookie(form("/signout?_csrf="+token, "")), 403},
		{"page form with NUL", byCookie(form("/signout", "_csrf="+token+"&a=%00")), 400},
		{"page form in broken UTF-8", byCookie(form("/signout", "_csrf="+token+"&a=%ff")), 400},
		{"page form that cannot be read", byCookie(header(form("/signout", "a=%zz"), "X-CSRF-Token", token)), 400},
		{"visitor's form without cookie", form("/signin", "_csrf="+v), 403},
		{"visitor's form with another's token", visitor(form("/signin", "_csrf="+strings.Repeat("w", 32)), v), 403},
		{"visitor's form", visitor(form("/signin", "_csrf="+v), v), 204},
		{"visitor's empty token", visitor(form("/signin", "_csrf="), ""), 403},
		{"session that ended", func() *http.Request {
			r := header(request("GET", api.Base+"/me", ""), "Authorization", "")
			r.AddCookie(&http.Cookie{Name: "qunbei", Value: "gone"})
			return r
		}(), 401},
	} {
		w := ask(t, server(t, newFake()), tc.r)
		if w.Code != tc.status {
			t.Errorf("%s: %d, want %d: %s", tc.name, w.Code, tc.status, w.Body)
		}
	}
}

// The session's cookie is as closed as the address allows, and goes away on signing out.
func TestSessionCookie(t *testing.T) {
	for https, want := range map[bool]string{
		false: "qunbei=cookie; Path=/; HttpOnly; SameSite=Lax",
		true:  "__Host-qunbei=cookie; Path=/; HttpOnly; Secure; SameSite=Lax",
	} {
		e, err := api.New(api.Config{Service: newFake(), Log: slog.New(slog.DiscardHandler), Door: auth.Options{HTTPS: https}})
		if err != nil {
			t.Fatal(err)
		}
		w := ask(t, e, request("POST", api.Base+"/sessions", `{"number":"E0001"}`))
		if got := w.Header().Get("Set-Cookie"); got != want {
			t.Errorf("https %v: %q, want %q", https, got, want)
		}
		if !strings.Contains(w.Body.String(), `"csrf_token":"csrf-of-the-session"`) {
			t.Errorf("no CSRF token: %s", w.Body)
		}
		if sts := w.Header().Get("Strict-Transport-Security"); (sts != "") != https {
			t.Errorf("https %v with HSTS %q", https, sts)
		}
		f := newFake()
		e, _ = api.New(api.Config{Service: f, Log: slog.New(slog.DiscardHandler), Door: auth.Options{HTTPS: https}})
		r := header(header(request("DELETE", api.Base+"/sessions/current", ""), "Authorization", ""), "X-CSRF-Token", "csrf-of-the-session")
		r.AddCookie(&http.Cookie{Name: strings.SplitN(want, "=", 2)[0], Value: "cookie"})
		w = ask(t, e, r)
		if w.Code != 204 || !strings.Contains(w.Header().Get("Set-Cookie"), "Max-Age=0") || f.called[0] != "SignOut "+otherID {
			t.Errorf("sign out: %d %q %v", w.Code, w.Header(), f.called)
		}
	}
}

// Whoever writes or tries too often is told to wait; others are not touched.
func TestLimits(t *testing.T) {
	f := newFake()
	two := f.actors["all"]
	two.ID = "someone-else"
	f.actors["two"] = two
	e, err := api.New(api.Config{Service: f, Log: slog.New(slog.DiscardHandler),
		Door: auth.Options{Limits: auth.Limits{WritesPerSecond: 0.001, WriteBurst: 3, TriesPerSecond: 0.001, TryBurst: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	last := func(n int, make func() *http.Request) *httptest.ResponseRecorder {
		var w *httptest.ResponseRecorder
		for range n {
			w = ask(t, e, make())
		}
		return w
	}
	name := func() *http.Request { return request("POST", api.Base+"/groups/name-checks", "{}") }
	if w := last(3, name); w.Code != 200 {
		t.Errorf("within the limit: %d", w.Code)
	}
	if w := last(1, name); w.Code != 429 || w.Header().Get("Retry-After") == "" {
		t.Errorf("over the limit: %d", w.Code)
	}
	if w := last(1, func() *http.Request { return header(name(), "Authorization", "Bearer two") }); w.Code != 200 {
		t.Errorf("another person: %d", w.Code)
	}
	if w := last(1, func() *http.Request { return request("GET", api.Base+"/me", "") }); w.Code != 200 {
		t.Errorf("reading: %d", w.Code)
	}
	forged := func() *http.Request {
		return header(request("GET", api.Base+"/me", ""), "Authorization", "Bearer forged")
	}
	if w := last(3, forged); w.Code != 401 {
		t.Errorf("wrong tokens within the limit: %d", w.Code)
	}
	if w := last(1, forged); w.Code != 429 {
		t.Errorf("wrong tokens over the limit: %d", w.Code)
	}
	in := func() *http.Request {
		return header(request("POST", api.Base+"/sessions", `{"number":"x"}`), "Authorization", "")
	}
	if w := last(4, in); w.Code != 429 {
		t.Errorf("signing in over the limit: %d", w.Code)
	}
	spoofed := header(in(), "X-Forwarded-For", "203.0.113.9")
	if w := ask(t, e, spoofed); w.Code != 429 {
		t.Errorf("a made-up address gets around the limit: %d", w.Code)
	}
}

type panicking struct{ *fake }

func (panicking) Departments(context.Context, service.Actor) ([]service.DepartmentRef, error) {
	panic("王芳 13800138000")
}

// A panic is a 500 without internals, and the log has its place but nothing of its content.
func TestPanic(t *testing.T) {
	var log bytes.Buffer
	e, err := api.New(api.Config{Service: panicking{newFake()}, Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w := ask(t, e, request("GET", api.Base+"/departments", ""))
	if w.Code != 500 || strings.Contains(w.Body.String(), "138") || strings.Contains(log.String(), "13800138000") || !strings.Contains(log.String(), "directory.go") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}

// The access log names the route, not what was asked for; every answer carries the headers.
func TestLogAndHeaders(t *testing.T) {
	var log bytes.Buffer
	e, err := api.New(api.Config{Service: newFake(), Log: slog.New(slog.NewJSONHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	w := ask(t, e, request("GET", api.Base+"/cases/"+caseID+"?purpose=secretword", ""))
	for _, no := range []string{"secretword", caseID, wang.Name, string(wang.ID)} {
		if strings.Contains(log.String(), no) {
			t.Errorf("the log tells %s: %s", no, log.String())
		}
	}
	if !strings.Contains(log.String(), `"route":"/api/v1/cases/:id"`) || !strings.Contains(log.String(), `"request_id":"`+w.Header().Get("X-Request-Id")) {
		t.Errorf("log: %s", log.String())
	}
	h := w.Header()
	csp := h.Get("Content-Security-Policy")
	for _, d := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, d) {
			t.Errorf("CSP lacks %s", d)
		}
	}
	if strings.Contains(csp, "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", h)
	}
}

// Errors speak the reader's language.
func TestLanguage(t *testing.T) {
	f := newFake()
	stranger := f.actors["all"]
	stranger.Lang = ""
	f.actors["zh"], f.actors["none"] = func() service.Actor { a := stranger; a.Lang = "zh-CN"; return a }(), stranger
	for _, tc := range []struct{ token, accept, want string }{
		{"all", "zh-CN", "The input is at fault."}, {"zh", "en", "提交的内容有误。"}, {"none", "en-GB,en;q=0.9", "The input is at fault."},
		{"none", "", "提交的内容有误。"}, {"none", "fr", "提交的内容有误。"}, {"none", "zh-TW, en;q=0.5", "提交的内容有误。"}, {"none", strings.Repeat("en,", 500), "提交的内容有误。"},
	} {
		r := header(header(request("POST", api.Base+"/tokens", "{}"), "Authorization", "Bearer "+tc.token), "Accept-Language", tc.accept)
		if w := ask(t, server(t, f), r); !strings.Contains(w.Body.String(), tc.want) {
			t.Errorf("%s, %q: %s", tc.token, tc.accept, w.Body)
		}
	}
}

// A route without a row, and a row without a route, stop the start.
func TestTableIsComplete(t *testing.T) {
	for _, tc := range []struct {
		name, want string
		pages      func(e *echo.Echo, d *auth.Door) api.Pages
	}{
		{"route without row", "GET /hidden has no row", func(e *echo.Echo, d *auth.Door) api.Pages {
			e.GET("/hidden", func(echo.Context) error { return nil })
			return withPages(e, d)
		}},
		{"rows without routes", "GET /inbox has a row", func(*echo.Echo, *auth.Door) api.Pages { return stubPages{} }},
	} {
		_, err := api.New(api.Config{Service: newFake(), Pages: tc.pages})
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// An act whose answer is still out is 202 with the address to ask at; one named by the key alone keeps its name.
func TestPendingAndNames(t *testing.T) {
	f := newFake()
	f.answer = func() (service.ActAnswer, error) {
		return service.ActAnswer{Pending: true, ActID: f.actID}, nil
	}
	e := server(t, f)
	w := ask(t, e, request("POST", api.Base+"/cases/"+caseID+"/decisions", goodDecision))
	if w.Code != 202 || w.Header().Get("Location") != api.Base+"/cases/"+caseID+"/acts/"+someKey || !strings.Contains(w.Body.String(), `"result":"pending"`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	w = ask(t, e, request("POST", api.Base+"/groups/"+groupID+"/retries", `{"decision_id":"`+someKey+`"}`))
	if at := w.Header().Get("Location"); w.Code != 202 || at != api.Base+"/groups/"+groupID+"/acts/"+someKey || ask(t, e, request("GET", at, "")).Code != 202 {
		t.Errorf("a group's act: %d %s", w.Code, at)
	}
	named := func(key, token string) string {
		f.actors["two"] = service.Actor{ID: "two", Roles: f.actors["all"].Roles}
		r := header(header(request("POST", api.Base+"/cases/"+caseID+"/comments", `{"text":"x"}`), "Idempotency-Key", key), "Authorization", "Bearer "+token)
		ask(t, e, r)
		return f.actID
	}
	if a := named(someKey, "all"); a != someKey {
		t.Errorf("a UUID as key is the act's id: %s", a)
	}
	a, b, c, d := named("my-comment", "all"), named("my-comment", "all"), named("my-comment-2", "all"), named("my-comment", "two")
	if a != b || a == c || a == d || len(a) != 36 {
		t.Errorf("names: %s %s %s %s", a, b, c, d)
	}
}

// The contract's browser asks nobody outside.
func TestDocuments(t *testing.T) {
	e := server(t, newFake())
	for path, kind := range map[string]string{"/docs": "text/html", "/docs/start.js": "text/javascript", "/docs/swagger-ui.css": "text/css", "/docs/swagger-ui-bundle.js": "text/javascript", "/docs/problems": "text/html", "/docs/README.txt": "text/plain"} {
		w := ask(t, e, httptest.NewRequest("GET", path, nil))
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if strings.HasPrefix(kind, "text/html") && (strings.Contains(w.Body.String(), "//") || strings.Contains(w.Body.String(), "<style") || strings.Contains(w.Body.String(), "onload")) {
			t.Errorf("%s is not closed: %s", path, w.Body)
		}
	}
	first := ask(t, e, httptest.NewRequest("GET", "/openapi.yaml", nil))
	r := header(httptest.NewRequest("GET", "/openapi.yaml", nil), "If-None-Match", first.Header().Get("ETag"))
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	if w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("asked again: %d", w.Code)
	}
}

// The demo, where anybody can be anybody, answers only to this machine's names.
func TestLoopback(t *testing.T) {
	e, err := api.New(api.Config{Service: newFake(), Log: slog.New(slog.DiscardHandler), Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "::1": 200,
		"evil.example:8080": 400, "localhost.evil.example": 400, "127.0.0.1.evil.example": 400, "192.0.2.1": 400, "": 400} {
		r := request("GET", api.Base+"/me", "")
		r.Host = host
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%q: %d, want %d: %s", host, w.Code, want, w.Body)
		}
	}
}

// HEAD is GET without the body, rights and all.
func TestHead(t *testing.T) {
	srv := httptest.NewServer(server(t, newFake()))
	defer srv.Close()
	for path, want := range map[string]int{"/healthz": 200, "/openapi.yaml": 200, "/api/v1/me": 401, "/api/v1/nothing": 404} {
		resp, err := http.Head(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != want || len(body) > 0 || err != nil {
			t.Errorf("%s: %d, %d bytes, %v", path, resp.StatusCode, len(body), err)
		}
	}
}
