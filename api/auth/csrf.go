package auth

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
)

// CSRFField and CSRFHeader carry the token of a write by cookie.
const (
	CSRFField  = "_csrf"
	CSRFHeader = "X-CSRF-Token"
)

// safe methods change nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// CSRF is the token that forms carry: of the session, or of the visitor before signing in, who then gets a cookie of
// their own so that nobody can sign them in as somebody else.
func (d *Door) CSRF(c echo.Context) string {
	if a, ok := CurrentActor(c); ok && a.CSRF != "" {
		return a.CSRF
	}
	if t, ok := c.Get(ctxVisitor).(string); ok {
		return t
	}
	t := d.visitor(c)
	if t == "" {
		t = random()
		c.SetCookie(d.cookie(d.cookieName()+"-visitor", t, 0))
	}
	c.Set(ctxVisitor, t)
	return t
}

func (d *Door) visitor(c echo.Context) string {
	k, err := c.Cookie(d.cookieName() + "-visitor")
	if err != nil || len(k.Value) != len(random()) || !visible(k.Value) {
		return ""
	}
	return k.Value
}

// CheckOrigin refuses a write that a browser says comes from another site. Programs that are no browser state neither
// header and carry no cookie by themselves. hidden is for a page that tells no referrer: browsers then send the origin
// "null" even to the page's own site, and the token alone must say that the form is ours.
func (d *Door) CheckOrigin(c echo.Context, hidden bool) error {
	r := c.Request()
	if safe(r.Method) {
		return nil
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return csrf()
	}
	if o := r.Header.Get("Origin"); o != "" && !(hidden && o == "null") {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || (u.Host != r.Host && !slices.Contains(d.opt.Hosts, u.Host)) {
			return csrf()
		}
	}
	return nil
}

// CheckToken refuses a write by cookie without the session's token. form tells whether the token may stand in the form
// (pages); the API takes it from the header only. A write by bearer needs none: no browser sends it by itself.
func (d *Door) CheckToken(c echo.Context, form bool) error {
	r := c.Request()
	if safe(r.Method) {
		return nil
	}
	var want string
	if a, ok := CurrentActor(c); ok {
		if r.Header.Get("Authorization") != "" {
			return nil
		}
		want = a.CSRF
	} else if form {
		want = d.visitor(c)
	} else {
		return nil // nobody's authority is used
	}
	got := r.Header.Get(CSRFHeader)
	if got == "" && form {
		var err error
		if got, err = formToken(r); err != nil {
			return err
		}
	}
	if want == "" || subtle.ConstantTimeCompare([]byte(got), []byte(want)) != 1 {
		return csrf()
	}
	return nil
}

// formToken reads the token from a form; the whole form is read by it, within the body limit set before.
func formToken(r *http.Request) (string, error) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch {
	case kind == "multipart/form-data":
		err = r.ParseMultipartForm(32 << 20)
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		err = r.ParseForm()
	}
	if err != nil {
		return "", &service.Error{Kind: service.Malformed, Code: "not_multipart", Cause: err}
	}
	return r.PostFormValue(CSRFField), nil
}

func csrf() error { return &service.Error{Kind: service.Forbidden, Code: "csrf"} }
