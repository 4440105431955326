package app_test

import (
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// attackTexts writes what a browser would run or a database obey into every text, and looks at every page that shows it.
func attackTexts(t *testing.T, r *running) {
	const evil = `<script>window.hit=1</script><img src=x onerror="hit()">'"></textarea><svg onload=hit()> '; DROP TABLE cases; -- {{.}} ${x} %s`
	f := r.filing(t, "平台部-文字演练", department)
	f.Purpose = evil
	c := r.file(t, "E0040", f)
	if v := r.read(t, "E0040", c.ID); v.Filing == nil || v.Filing.Purpose != evil {
		t.Errorf("the purpose is kept as %+v", v.Filing)
	}
	r.post(t, "E0040", "/cases/"+c.ID+"/comments", map[string]any{"decision_id": act(), "text": evil}).answer(t)
	d := decision(c, domain.Approve)
	d["comment"] = evil
	r.post(t, "E0006", "/cases/"+c.ID+"/decisions", d).answer(t)
	until(t, "the group is asked for", func() bool { return r.waits(t, "E0037", c.ID) })
	var gid string
	r.sql(t, &gid, `SELECT id FROM groups WHERE case_id = '`+c.ID+`'`)
	r.upload(t, "E0037", "/groups/"+gid+"/confirmations", "screenshot", "x.png", "image/png", picture(t, ""), map[string]string{"decision_id": act(), "name": "平台部-文字演练", "platform_id": evil}).answer(t)
	r.post(t, "E0040", "/tokens", map[string]any{"name": evil[:40], "days": 1}).is(t, 201)

	query := url.QueryEscape(evil)
	shown := 0
	for who, paths := range map[string][]string{
		"E0040":  {"/", "/cases", "/cases/" + c.ID, "/groups/" + gid, "/notifications", "/me", "/demo/mail", "/groups?q=" + query, "/people?field=members&q=" + query, "/people?field=" + query, "/cases?done=" + query + "&n=" + query, "/?done=filed&n=" + query},
		"E0006":  {"/inbox", "/cases/" + c.ID, "/demo/mail"},
		"E0037":  {"/groups/" + gid, "/inbox"},
		auditing: {"/cases/" + c.ID, "/audit?q=" + query, "/audit/workflows/case-" + c.ID, "/audit/workflows/group-" + gid, "/audit/events"},
	} {
		in := r.enter(t, who)
		for _, path := range paths {
			x := in.do(t, http.MethodGet, path, nil)
			if x.status >= 500 {
				t.Errorf("%s as %s: %d", path, who, x.status)
			}
			body := string(x.body)
			for _, raw := range []string{"<script>window.hit", "<img src=x", "<svg onload"} {
				if strings.Contains(body, raw) {
					t.Errorf("%s as %s runs %s", path, who, raw)
				}
			}
			if strings.Contains(body, "&lt;script&gt;window.hit") {
				shown++
			}
			if csp := x.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q", path, csp)
			}
		}
	}
	if shown < 4 {
		t.Errorf("only %d pages show the text at all: the test looks in the wrong places", shown)
	}
	in := r.enter(t, "E0040")
	for _, path := range []string{"/groups/new", "/groups/new/name", "/groups/new/route"} {
		form := url.Values{"_csrf": {in.csrf}, "name": {evil}, "purpose": {evil}, "type": {evil}, "tier": {evil}, "departments": {evil}, "admins": {evil + "|" + evil + "|" + evil}, "members": {evil},
			"admin_numbers": {evil}, "platform": {evil}, "ends_on": {evil}, "posting": {evil}, "do": {"file"}, "key": {evil}}
		x := in.do(t, http.MethodPost, path, form)
		if x.status >= 500 || strings.Contains(string(x.body), "<script>window.hit") || strings.Contains(string(x.body), "<img src=x") {
			t.Errorf("the form %s: %d", path, x.status)
		}
	}
	for path, form := range map[string]url.Values{
		"/cases/" + c.ID + "/decisions": {"decision_id": {"x"}, "outcome": {evil}, "digest": {evil}, "version": {"-9"}, "comment": {evil}, "number": {evil}, "from": {evil}},
		"/cases/" + c.ID + "/comments":  {"act_id": {"x"}, "text": {strings.Repeat("长", 2000)}},
		"/me/tokens":                    {"key": {"k"}, "name": {evil}, "days": {"-5"}},
		"/notifications/read":           {"id": {"x", evil}},
		"/me/tokens/" + act() + "/end":  {},
		"/groups/" + gid + "/retries":   {"act_id": {evil}},
		"/language":                     {"language": {evil}, "next": {evil}},
		"/directory":                    {"sheet": {"***"}, "do": {"apply"}},
		"/groups/import":                {"sheet": {base64.StdEncoding.EncodeToString([]byte("PK\x03\x04"))}, "sheet_name": {"../../x"}, "do": {"file"}, "key": {"k"}},
	} {
		form.Set("_csrf", in.csrf)
		x := in.do(t, http.MethodPost, path, form)
		if x.status >= 500 || strings.Contains(string(x.body), "<script>window.hit") {
			t.Errorf("%s: %d %.200s", path, x.status, x.body)
		}
	}
}

// attackAddresses asks for what no address should give.
func attackAddresses(t *testing.T, r *running) {
	mark := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for _, list := range []string{"/groups", "/inbox", "/cases", "/notifications", "/audit/cases", "/audit/events"} {
		for _, kind := range []string{"register", "inbox", "inbox_groups", "cases", "mine", "news", "events"} {
			for _, c := range []string{
				`{"k":"` + kind + `"}`, `{"k":"` + kind + `","t":"2026-01-01T00:00:00Z"}`, `{"k":"` + kind + `","i":"x"}`, `{"k":"` + kind + `","t":"9999-12-31T23:59:59.999999999Z","i":"00000000-0000-0000-0000-000000000000"}`,
				`{"k":"` + kind + `","t":"0001-01-01T00:00:00Z","i":"` + act() + `","s":"' OR 1=1 --\u0000"}`, `{"k":"` + kind + `","i":null}`, `{"k":["` + kind + `"]}`,
			} {
				if x := r.get(t, auditing, list+"?cursor="+mark(c)); x.status != 200 && x.status != 400 {
					t.Errorf("%s with the cursor %s: %d %s", list, c, x.status, x.body)
				}
			}
		}
		for _, q := range []string{"cursor=x", "cursor=%25", "cursor=' OR 1=1", "limit=-1", "limit=0", "limit=101", "limit=1e3", "limit=0x10", "limit=99999999999999999999", "limit=", "limit=1&limit=2", "nothing=1", "q=%ff", "q=%00", "cursor=" + strings.Repeat("A", 3000)} {
			x := r.get(t, auditing, list+"?"+strings.ReplaceAll(q, " ", "%20"))
			if x.status < 400 || x.status >= 500 {
				t.Errorf("%s?%s: %d %.200s", list, q, x.status, x.body)
				continue
			}
			x.refused(t, x.status, x.problem(t).Code, "", "")
		}
	}
	for _, q := range []string{"type=party", "tier=top", "state=lost", "department=x", "department=" + act(), "mine=maybe", "q=" + strings.Repeat("x", 101)} {
		if x := r.get(t, auditing, "/groups?"+q); x.status != 400 && x.status != 422 {
			t.Errorf("/groups?%s: %d", q, x.status)
		}
	}
	in := r.enter(t, auditing)
	for _, path := range []string{"/groups?cursor=x", "/groups?type=%3Cscript%3E", "/groups?department=x", "/groups?department=" + act(), "/groups?q=%25", "/cases?cursor=x", "/audit?from=2026-13-45", "/audit?status=x", "/audit?cursor=x", "/audit/events?cursor=x", "/notifications?cursor=x", "/inbox?cursor=x",
		"/groups?q=" + strings.Repeat("x", 200), "/groups.csv?q=%25%5F", "/groups.csv?type=x", "/cases/x", "/cases/" + act(), "/groups/x", "/groups/" + act() + "/evidence", "/audit/workflows/x", "/audit/workflows/case-" + act(), "/cases/" + act() + "/acts/" + act(), "/demo/mail/x", "/demo/mail/..%2f..", "/static/x/y", "/static/..%2f..%2fetc/passwd",
		"/docs/..%2f..%2fgo.mod", "/docs/nothing", "/..%2f..%2fetc%2fpasswd", "/nothing", "/%ff", "/%00", "//evil.example", "/groups/", "/api/v1/../../groups", "/people?q=" + strings.Repeat("长", 300), "/people?q=%ff", "/?done=%00"} {
		x := in.do(t, http.MethodGet, path, nil)
		if x.status >= 500 {
			t.Errorf("%s: %d", path, x.status)
		}
		if to := x.header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "evil") {
			t.Errorf("%s leads to %s", path, to)
		}
		for _, l := range leaks[:7] {
			if strings.Contains(string(x.body), l) {
				t.Errorf("%s tells the inside: %s", path, l)
			}
		}
		if strings.Contains(string(x.body), "root:x:") || strings.Contains(string(x.body), "module github.com") {
			t.Errorf("%s gives a file of ours", path)
		}
	}
	for _, method := range []string{"TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "BREW"} {
		for _, path := range []string{"/groups", "/cases/" + act() + "/decisions", "/me"} {
			x, err := r.try("E0040", method, path, "application/json", []byte("{}"))
			if err != nil {
				continue // the client itself refuses CONNECT
			}
			if x.status != 405 && x.status != 404 {
				t.Errorf("%s %s: %d", method, path, x.status)
			}
		}
	}
}

// attackWire speaks HTTP badly.
func attackWire(t *testing.T, r *running) {
	host := "Host: " + r.c.Listen + "\r\n"
	auth := "Authorization: Bearer demo:E0040\r\n"
	file := "POST /api/v1/groups HTTP/1.1\r\n" + host + auth + "Content-Type: application/json\r\nIdempotency-Key: " + act() + "\r\n"
	before := r.footprint(t)
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"a header of 200 KB", "GET /api/v1/me HTTP/1.1\r\n" + host + "X-Big: " + strings.Repeat("x", 200<<10) + "\r\n\r\n", []string{"431", ""}},
		{"ten thousand headers", "GET /api/v1/me HTTP/1.1\r\n" + host + strings.Repeat("X-A: 1\r\n", 10000) + "\r\n", []string{"431", "401", ""}},
		{"no host", "GET /api/v1/me HTTP/1.1\r\n\r\n", []string{"400"}},
		{"two hosts", "GET /api/v1/me HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n", []string{"400"}},
		{"two lengths", file + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", []string{"400"}},
		{"a negative length", file + "Content-Length: -1\r\n\r\n{}", []string{"400"}},
		{"length and chunks", file + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", []string{"400"}},
		{"chunks that are none", file + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", []string{"400"}},
		{"an encoding that is none", file + "Transfer-Encoding: gzip\r\n\r\n", []string{"400", "501"}},
		{"a body that ends early", file + "Content-Length: 500\r\n\r\n{\"name\":", []string{"400", ""}},
		{"a space in the header's name", "GET /api/v1/me HTTP/1.1\r\n" + host + "X Evil: 1\r\n\r\n", []string{"400"}},
		{"a folded header", "GET /api/v1/me HTTP/1.1\r\n" + host + "X-A: 1\r\n folded\r\n\r\n", []string{"400", "401"}},
		{"HTTP/9", "GET / HTTP/9.9\r\n" + host + "\r\n", []string{"505", "400"}},
		{"HTTP/2 by surprise", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", []string{"505", "400", "404", "405"}},
		{"an asterisk", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", []string{"200", "204", "404", "405"}},
		{"another scheme", "GET http://evil.example/api/v1/me HTTP/1.1\r\n" + host + "\r\n", []string{"401", "400"}},
		{"bytes", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", []string{"400", ""}},
	} {
		line := r.raw(t, tc.text)
		status := ""
		if parts := strings.SplitN(line, " ", 3); len(parts) > 1 {
			status = parts[1]
		}
		ok := false
		for _, w := range tc.want {
			ok = ok || w == status
		}
		if !ok {
			t.Errorf("%s: %q, want one of %q", tc.name, line, tc.want)
		}
	}
	r.unchanged(t, before)
	t.Run("another host's name", func(t *testing.T) {
		req, err := http.NewRequest(http.MethodGet, r.base+"/signin", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "evil.example"
		req.Header.Set("X-Forwarded-Host", "evil.example")
		req.Header.Set("Accept", "text/html")
		resp, err := noRedirects().Do(req) //nolint:bodyclose // readReply does
		if err != nil {
			t.Fatal(err)
		}
		if x := readReply(t, "signin", resp); strings.Contains(string(x.body), "evil.example") || strings.Contains(x.header.Get("Location"), "evil") {
			t.Errorf("the page links to the caller's host: %d %s", x.status, x.header.Get("Location"))
		}
	})
	t.Run("one slow caller holds nobody up", func(t *testing.T) {
		var slow []func()
		for range 50 {
			slow = append(slow, r.dawdle(t, file+"Content-Length: 900000\r\n\r\n{"))
		}
		start := time.Now()
		r.get(t, "E0040", "/me").is(t, 200)
		if d := time.Since(start); d > slack*3*time.Second {
			t.Errorf("others wait %s", d)
		}
		for _, end := range slow {
			end()
		}
	})
}

// dawdle begins a request and does not end it.
func (r *running) dawdle(t *testing.T, text string) func() {
	t.Helper()
	c, err := net.Dial("tcp", r.c.Listen)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return func() { _ = c.Close() }
}
