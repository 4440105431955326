package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
)

// attackDoor forges, steals and replays what lets people in.
func attackDoor(t *testing.T, r *running) {
	for _, tc := range []struct{ name, value, code string }{
		{"nothing", "", "bad_authorization"}, {"another scheme", "Basic RTAwNDA6eA==", "bad_authorization"}, {"a forged token", "Bearer qb_" + strings.Repeat("A", 43), "token_invalid"},
		{"a JWT without a signature", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJFMDA0MCJ9.", "token_invalid"}, {"a huge token", "Bearer " + strings.Repeat("x", 5000), "bad_authorization"},
		{"SQL", "Bearer demo:E0040'--", "token_invalid"}, {"nobody", "Bearer demo:", "token_invalid"}, {"somebody who left", "Bearer demo:" + leftLong, "account_disabled"},
		{"two words", "Bearer demo:E0040 demo:E0001", "bad_authorization"}, {"a tab", "Bearer demo:E0040\tx", "bad_authorization"},
	} {
		r.strike(t, blow{name: tc.name, method: "GET", path: "/me", header: []string{"Authorization", tc.value}, status: 401, code: tc.code})
	}
	r.strike(t, blow{name: "no token", method: "GET", path: "/me", status: 401, code: "unsigned"})
	r.strike(t, blow{name: "signing in as somebody who left", method: "POST", path: "/sessions", body: `{"number":"` + leftLong + `"}`, status: 422, code: "invalid", field: "number", fault: "unknown_employee"})
	r.strike(t, blow{name: "signing in as nobody", method: "POST", path: "/sessions", body: `{"number":""}`, status: 422, code: "invalid", field: "number", fault: "required"})

	t.Run("writes by cookie", func(t *testing.T) { attackCSRF(t, r) })
	t.Run("tokens", func(t *testing.T) { attackTokens(t, r) })
	t.Run("ways back", func(t *testing.T) { attackRedirects(t, r) })
	t.Run("no demo", func(t *testing.T) {
		plain := own(t, func(c *app.Config) { c.Demo = false })
		plain.strike(t, blow{name: "bearer", who: "E0040", method: "GET", path: "/me", status: 401, code: "token_invalid"})
		for _, path := range []string{"/demo/cast"} {
			plain.strike(t, blow{name: path, method: "GET", path: path, status: 404, code: "not_found"})
		}
		plain.strike(t, blow{name: "sign in", method: "POST", path: "/sessions", body: `{"number":"E0040"}`, status: 404, code: "not_found"})
		b := &browser{r: plain, client: noRedirects()}
		if x := b.do(t, "GET", "/signin", nil); x.status != 200 || strings.Contains(string(x.body), `name="number"`) {
			t.Errorf("the sign-in page offers identities: %d", x.status)
		}
		for _, path := range []string{"/demo/mail", "/demo/mail/1"} {
			if x := b.do(t, "GET", path, nil); x.status == 200 {
				t.Errorf("%s is there: %d", path, x.status)
			}
		}
	})
}

func noRedirects() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// attackCSRF sends a person's cookie from elsewhere.
func attackCSRF(t *testing.T, r *running) {
	me, other := r.enter(t, "E0040"), r.enter(t, attacker)
	body := jsonText(t, r.filing(t, "平台部-他站演练", department))
	before := r.footprint(t)
	send := func(b *browser, header ...string) reply {
		req, err := http.NewRequest(http.MethodPost, r.base+"/api/v1/groups", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", act())
		for _, c := range b.cookie {
			req.AddCookie(c)
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		return b.send(t, req)
	}
	for _, tc := range []struct {
		name   string
		header []string
	}{
		{"no token", nil}, {"a guess", []string{"X-CSRF-Token", "x"}}, {"another's token", []string{"X-CSRF-Token", other.csrf}},
		{"from another site", []string{"X-CSRF-Token", me.csrf, "Origin", "https://evil.example"}}, {"from nowhere", []string{"X-CSRF-Token", me.csrf, "Origin", "null"}},
		{"another port", []string{"X-CSRF-Token", me.csrf, "Origin", "http://127.0.0.1:1"}}, {"a name that begins like ours", []string{"X-CSRF-Token", me.csrf, "Origin", r.base + ".evil.example"}},
		{"the browser says so", []string{"X-CSRF-Token", me.csrf, "Sec-Fetch-Site", "cross-site"}}, {"a neighbour", []string{"X-CSRF-Token", me.csrf, "Sec-Fetch-Site", "same-site"}},
	} {
		t.Run(tc.name, func(t *testing.T) { send(me, tc.header...).refused(t, 403, "csrf", "", "") })
	}
	for name, change := range map[string]string{"cut": me.cookie[0].Value[:20], "another byte": "A" + me.cookie[0].Value[1:], "SQL": "' OR '1'='1", "empty": ""} {
		t.Run("cookie "+name, func(t *testing.T) {
			if change == me.cookie[0].Value {
				change = "B" + change[1:]
			}
			forged := &browser{r: r, client: me.client, cookie: []*http.Cookie{{Name: me.cookie[0].Name, Value: change}}}
			if x := send(forged, "X-CSRF-Token", me.csrf); x.status != 401 {
				t.Errorf("%d %s", x.status, x.body)
			}
		})
	}
	form := url.Values{"text": {"x"}, "act_id": {act()}}
	if x := me.do(t, "POST", "/cases/"+act()+"/comments", form); x.status != 403 {
		t.Errorf("a page's form without a token: %d", x.status)
	}
	for _, method := range []string{"X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"} {
		if x := me.do(t, "GET", "/api/v1/tokens", nil, method, "POST"); x.status != 200 {
			t.Errorf("%s: %d", method, x.status)
		}
	}
	if x := me.do(t, "POST", "/signout?_method=GET", url.Values{"_method": {"DELETE"}}); x.status != 403 {
		t.Errorf("signing out without a token: %d", x.status)
	}
	r.unchanged(t, before)
	t.Run("an ended session", func(t *testing.T) {
		gone := r.enter(t, attacker)
		if x := gone.do(t, "POST", "/signout", url.Values{"_csrf": {gone.csrf}}); x.status != 303 {
			t.Fatalf("sign out: %d", x.status)
		}
		if x := gone.do(t, "GET", "/api/v1/me", nil); x.status != 401 {
			t.Errorf("%d", x.status)
		}
	})
	t.Run("an old session", func(t *testing.T) {
		old := r.enter(t, attacker)
		var n int
		r.sql(t, &n, `WITH x AS (UPDATE sessions SET expires_at = now() - interval '1 second' WHERE employee_id = '`+string(r.id(t, attacker))+`' RETURNING 1) SELECT count(*) FROM x`)
		until(t, "what was held of the session is forgotten", func() bool { return old.do(t, "GET", "/api/v1/me", nil).status == 401 })
	})
	t.Run("another's session", func(t *testing.T) {
		var mine service.MeView
		me.do(t, "GET", "/api/v1/me", nil).is(t, 200).into(t, &mine)
		if len(mine.Sessions) == 0 {
			t.Fatal("no session is listed")
		}
		x, err := r.try(attacker, http.MethodDelete, "/sessions/"+mine.Sessions[0].ID, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		x.refused(t, 404, "not_found", "", "")
		me.do(t, "GET", "/api/v1/me", nil).is(t, 200)
	})
}

// attackTokens uses tokens that ended, and ends another's.
func attackTokens(t *testing.T, r *running) {
	var made struct {
		Secret string            `json:"secret"`
		Token  service.TokenView `json:"token"`
		ID     string            `json:"id"`
	}
	x := r.post(t, "E0040", "/tokens", map[string]any{"name": "<b>x</b>", "days": 1}).is(t, 201)
	x.into(t, &made)
	id := made.ID + made.Token.ID
	if made.Secret == "" || id == "" {
		t.Fatalf("no secret or id: %s", x.body)
	}
	auth := []string{"Authorization", "Bearer " + made.Secret}
	with := func() reply {
		y, err := r.try("", "GET", "/me", "", nil, auth...)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	with().is(t, 200)
	del := func(who string) reply {
		y, err := r.try(who, http.MethodDelete, "/tokens/"+id, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	del(attacker).refused(t, 404, "not_found", "", "")
	with().is(t, 200)
	del("E0040").is(t, 204)
	with().refused(t, 401, "token_expired", "", "")
	for _, b := range []blow{
		{name: "days are text", body: `{"name":"x","days":"30"}`, status: 400, code: "invalid", field: "days", fault: "wrong_type"},
		{name: "no days", body: `{"name":"x","days":0}`, status: 422, code: "invalid", field: "days", fault: "required"},
		{name: "negative days", body: `{"name":"x","days":-1}`, status: 422, code: "invalid", field: "days", fault: "too_small"},
		{name: "for ever", body: `{"name":"x","days":99999999999999999999}`, status: 400, code: "invalid", field: "days", fault: "wrong_type"},
		{name: "hidden name", body: `{"name":"a\u202eb","days":1}`, status: 422, code: "invalid", field: "name", fault: "hidden_character"},
	} {
		b.who, b.method, b.path = "E0040", http.MethodPost, "/tokens"
		r.strike(t, b)
	}
	t.Run("an expired one", func(t *testing.T) {
		y := r.post(t, "E0040", "/tokens", map[string]any{"name": "bald vorbei", "days": 1}).is(t, 201)
		y.into(t, &made)
		var n int
		r.sql(t, &n, `WITH x AS (UPDATE tokens SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second' WHERE employee_id = '`+string(r.id(t, "E0040"))+`' AND ended_at IS NULL RETURNING 1) SELECT count(*) FROM x`)
		auth[1] = "Bearer " + made.Secret
		with().refused(t, 401, "token_expired", "", "")
	})
}

// attackRedirects asks to be led elsewhere after signing in, choosing a language or acting.
func attackRedirects(t *testing.T, r *running) {
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/%0d%0aX-Evil:1", "/\r\nX-Evil: 1", "http:evil.example", " //evil.example", "/..//evil.example", "/./\\evil.example", "///evil.example", "@evil.example"} {
		in := r.enter(t, "E0041")
		paths := []reply{
			in.do(t, "POST", "/signin", url.Values{"_csrf": {in.csrf}, "number": {"E0041"}, "next": {next}}),
			in.do(t, "GET", "/signin?next="+url.QueryEscape(next), nil),
			in.do(t, "POST", "/language", url.Values{"_csrf": {in.csrf}, "language": {"zh-CN"}, "next": {next}}),
			in.do(t, "POST", "/language", url.Values{"_csrf": {in.csrf}, "language": {"zh-CN"}}, "Referer", strings.Map(visibleOnly, next)),
		}
		for _, x := range paths {
			if x.status >= 500 {
				t.Errorf("%s to %q: %d", x.what, next, x.status)
			}
			to := x.header.Get("Location")
			u, err := url.Parse(to)
			if x.header.Get("X-Evil") != "" || err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\t\r\n") || strings.Contains(to, "//evil") {
				t.Errorf("%s with %q leads to %q", x.what, next, to)
			}
		}
	}
}

// visibleOnly takes out what a client refuses to send in a header.
func visibleOnly(r rune) rune {
	if r < 0x20 {
		return -1
	}
	return r
}
