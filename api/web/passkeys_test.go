package web_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
)

// What the script puts into the forms reaches the service as it is, and what the service answers is said on the page.
func TestPasskeyForms(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	s.site = service.PasskeySite{ID: "localhost", Origin: base}
	c, get := visit(t, base, "E0003")
	status, page := get("/me")
	for _, want := range []string{"抽屉里的安全密钥", `data-passkey="create"`, `data-ask="/api/v1/passkeys/requests"`, "可同步", "/me/passkeys/" + id(811) + "/end"} {
		if status != 200 || !strings.Contains(page, want) {
			t.Errorf("%d: the page lacks %s", status, want)
		}
	}
	if strings.Contains(page, "最后一个通行密钥") {
		t.Error("one of two is called the last")
	}
	send := func(path string, kv ...string) (int, string, string) {
		t.Helper()
		f := url.Values{"_csrf": {token(page)}}
		for i := 0; i < len(kv); i += 2 {
			f.Set(kv[i], kv[i+1])
		}
		r, err := c.PostForm(base+path, f)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return r.StatusCode, r.Header.Get("Location"), string(b)
	}
	for path, kv := range map[string][]string{
		"/me/passkeys":                      {"name", "手机", "passkey", `{"challenge_id":"c1","credential":{"id":"+ &"}}`},
		"/me/passkeys/confirmations":        {"passkey", `{"challenge_id":"c2","credential":{}}`},
		"/me/passkeys/" + id(810) + "/name": {"name", "旧手机"},
		"/me/passkeys/" + id(810) + "/end":  {},
	} {
		if status, to, _ := send(path, kv...); status != http.StatusSeeOther || !strings.HasPrefix(to, "/me?done=passkey_") {
			t.Errorf("%s: %d %s", path, status, to)
		}
	}
	for _, did := range []string{`enrol 手机 c1 {"id":"+ &"}`, "confirm c2", "rename " + id(810) + " 旧手机", "remove " + id(810)} {
		if !slices.Contains(s.did, did) {
			t.Errorf("the service never heard %q: %q", did, s.did)
		}
	}
	if status, _, b := send("/me/passkeys", "name", "bad"); status != 403 || !strings.Contains(b, "设备没有验证您的身份") {
		t.Errorf("%d", status)
	}
	s.stale = true
	if status, _, b := send("/me/passkeys/" + id(810) + "/end"); status != 403 || !strings.Contains(b, "距上次确认本人身份已超过十分钟") || strings.Contains(b, `data-passkey="create"`) || !strings.Contains(b, `{&#34;purpose&#34;:&#34;confirm&#34;}`) {
		t.Errorf("%d %s", status, b)
	}

	// Where passkeys cannot work, the page says why, and offers none.
	for why, word := range map[string]string{"address_is_number": "IP 地址", "no_https": "https", "no_address": "QUNBEI_BASE_URL"} {
		s.site = service.PasskeySite{Why: why}
		if _, page := get("/me"); !strings.Contains(page, word) || strings.Contains(page, "data-passkey") {
			t.Errorf("%s is not said", why)
		}
	}
	s.site = service.PasskeySite{ID: "localhost", Origin: "http://localhost:1"}
	if _, page := get("/me"); !strings.Contains(page, `href="http://localhost:1/me"`) || strings.Contains(page, "data-passkey") {
		t.Error("the page does not lead to where passkeys work")
	}
}

// Somebody comes in by a passkey, and stays out without one; the way on never leaves the house.
func TestPasskeyDoor(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	s.site = service.PasskeySite{ID: "localhost", Origin: base}
	c, get := visit(t, base, "E0003")
	c.Jar = &oneJar{}
	_, page := get("/signin")
	if !strings.Contains(page, `action="/signin/passkey"`) {
		t.Fatal("the door has no passkey")
	}
	enter := func(challenge, next, csrf string) (answered, string) {
		t.Helper()
		r, err := c.PostForm(base+"/signin/passkey", url.Values{"_csrf": {csrf}, "passkey": {`{"challenge_id":"` + challenge + `","credential":{}}`}, "next": {next}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return answered{r.StatusCode, r.Header, r.Cookies()}, string(b)
	}
	if r, _ := enter("x", "/", "forged"); r.status != 403 {
		t.Errorf("a forged token: %d", r.status)
	}
	if r, b := enter("bad", "/inbox", token(page)); r.status != 403 || !strings.Contains(b, "没有登记过这个通行密钥") || !strings.Contains(b, `value="/inbox"`) || len(r.cookies) != 0 {
		t.Errorf("refused: %d %v", r.status, r.cookies)
	}
	if r, _ := enter("x", "//evil.example", token(page)); r.status != 303 || r.header.Get("Location") != "/" || len(r.cookies) == 0 {
		t.Errorf("%d %s %v", r.status, r.header.Get("Location"), r.cookies)
	}
}

// oneJar keeps every cookie it is given.
type oneJar struct{ held []*http.Cookie }

func (j *oneJar) SetCookies(_ *url.URL, c []*http.Cookie) { j.held = append(j.held, c...) }
func (j *oneJar) Cookies(*url.URL) []*http.Cookie         { return j.held }

// answered is what is left of an answer once it has been read.
type answered struct {
	status  int
	header  http.Header
	cookies []*http.Cookie
}
