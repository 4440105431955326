package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// visit is a client without a browser, signed in.
func visit(t *testing.T, base, number string) (*http.Client, func(string) (int, string)) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string) (int, string) {
		t.Helper()
		r, err := c.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		return r.StatusCode, string(b)
	}
	_, page := get("/signin")
	r, err := c.PostForm(base+"/signin", url.Values{"_csrf": {token(page)}, "number": {number}})
	if err != nil || r.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in: %v %v", r, err)
	}
	r.Body.Close()
	return c, get
}

var csrfField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

func token(page string) string {
	if m := csrfField.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

// The same form sent twice makes one case; without its token it makes none; a way back never leaves the house.
func TestFormsAtTheBoundary(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	c, get := visit(t, base, "E0003")
	_, page := get("/groups/new")
	form := url.Values{"_csrf": {token(page)}, "key": {"0198c0de-0000-7000-8000-00000000abcd"}, "do": {"file"}, "name": {"平台部-值班"}, "purpose": {"x"}, "type": {"department"},
		"tier": {"ordinary"}, "departments": {id(102)}, "admins": {id(3), id(8)}, "posting": {"members"}, "platform": {"byhand"}}
	post := func(path string, f url.Values) (status int, to string) {
		t.Helper()
		r, err := c.PostForm(base+path, f)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		return r.StatusCode, r.Header.Get("Location")
	}
	first, to := post("/groups/new", form)
	second, again := post("/groups/new", form)
	if first != 303 || to != again || len(s.filed) != 1 {
		t.Errorf("sent twice: %d %q, then %d %q; %d cases", first, to, second, again, len(s.filed))
	}
	form.Set("_csrf", "forged")
	form.Set("key", "0198c0de-0000-7000-8000-00000000abce")
	if status, _ := post("/groups/new", form); status != http.StatusForbidden || len(s.filed) != 1 {
		t.Errorf("a forged token was answered %d; %d cases", status, len(s.filed))
	}
	for _, evil := range []string{"//evil.example/", "https://evil.example/", "/\\evil.example", "\n//evil.example"} {
		if _, to := post("/language", url.Values{"_csrf": {token(page)}, "language": {"en"}, "next": {evil}}); to != "/" {
			t.Errorf("next=%q led to %q", evil, to)
		}
	}
	if s.lang["E0003"] != "en" {
		t.Error("the language was not kept with the person")
	}
	if _, body := get("/cases?all=1"); strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;alert") {
		t.Error("a title came out as markup")
	}
	if st, body := get("/groups.csv"); st != 200 || !strings.HasPrefix(body, "\ufeff") || !strings.Contains(body, "Q-2026-00017") {
		t.Errorf("the export answers %d: %.80q", st, body)
	}
	if status, _ := post("/signout", url.Values{"_csrf": {token(page)}}); status != 303 {
		t.Errorf("signing out answers %d", status)
	}
	if st, _ := get("/inbox"); st != 303 {
		t.Errorf("a page after signing out answers %d", st)
	}
}
