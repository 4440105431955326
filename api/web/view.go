package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// View is what every component needs of the request: reader, language, clock, token.
type View struct {
	Lang    string
	Actor   service.Actor
	In      bool // somebody is signed in
	CSRF    string
	Title   string // of the page, already in words
	Nav     string // which entry of the navigation is marked
	Here    string // path and query, to come back to
	Now     time.Time
	Zone    *time.Location
	Demo    bool
	Mailbox bool
	Waiting int
	Unread  int
	// Agreements that ask something of the reader.
	ToSign, ToCountersign, ToReturn int
	ToConfirm, NDAsInHand           int // for the reader's office
	Notice                          *Notice
	Query                           url.Values
	Kept                            url.Values // of an act that was not accepted: what was typed comes back
	Partial                         bool       // htmx asked: the answer goes into a place of the page
}

// Notice is the outcome of the last act, in words, for eyes and screen readers.
type Notice struct {
	Tone  string // ok, warn, bad, info
	Title string
	Body  string
}

// Has tells whether the reader holds one of the roles.
func (v *View) Has(roles ...domain.Role) bool { return slices.ContainsFunc(roles, v.Actor.Has) }

// Typed is what was typed into a field of the act that was just refused, if it was this act.
func (v *View) Typed(act, field string) string {
	if v.Kept.Get("act") != act {
		return ""
	}
	return v.Kept.Get(field)
}

// ActID is the key of an act's form: a new one, or the same again when nobody knows whether the last try arrived.
func (v *View) ActID(act string) string {
	if id := v.Typed(act, "act_id"); id != "" {
		return id
	}
	return v.NewID()
}

// NewID makes an idempotency key for a form: sent twice, it acts once.
func (v *View) NewID() string { return uuid.Must(uuid.NewV7()).String() }

// handler wraps a page with what all pages share: the reader, the token, the error page. Who may see what is decided
// before, by the server's table; headers are the server's too.
func (w *Web) handler(r Route) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasPrefix(r.Path, "/static/") {
			return r.handle(w, c, nil)
		}
		v := w.view(c)
		if !r.Public && !v.In {
			return w.toSignIn(c, v)
		}
		if err := r.handle(w, c, v); err != nil {
			return w.fail(c, v, err)
		}
		return nil
	}
}

func (w *Web) view(c echo.Context) *View {
	req := c.Request()
	v := &View{
		Here: req.URL.RequestURI(), Now: w.Now().In(w.Zone), Zone: w.Zone, Demo: w.Demo, Mailbox: w.Demo && w.Mailbox != nil,
		Query: c.QueryParams(), Partial: live(c) && req.Header.Get("HX-Target") != "main", CSRF: w.Door.CSRF(c),
	}
	v.Actor, v.In = w.Door.Actor(c)
	v.Lang = pickLanguage(v.Actor.Lang, c)
	v.Actor.Lang = v.Lang // what the service words itself comes in the language of the page
	if v.In && !v.Partial {
		w.counts(c, v)
	}
	v.Notice = v.done()
	return v
}

// counts asks what waits and what is new, for the navigation.
func (w *Web) counts(c echo.Context, v *View) {
	if me, err := w.Service.Me(ctxOf(c), v.Actor); err == nil {
		v.Waiting, v.Unread = me.Waiting, me.Unread
		v.ToSign, v.ToCountersign, v.ToReturn = me.ToSign, me.ToCountersign, me.ToReturn
		v.ToConfirm, v.NDAsInHand = me.ToConfirm, me.NDAsInHand
	} // the page itself says what is wrong when the database is away
}

// recount counts anew on a page that itself is news to its reader: opening it is having read them.
func (w *Web) recount(c echo.Context, v *View) {
	if v.Unread > 0 && !v.Partial {
		w.counts(c, v)
	}
}

// live tells whether htmx asks. One that replaces the whole of main takes a whole page: navigation counts and all.
func live(c echo.Context) bool { return c.Request().Header.Get("HX-Request") == "true" }

// toSignIn leads a visitor to the sign-in page and back. An htmx request gets the address in a header, for a redirect
// would put the sign-in page into a corner of the old one.
func (w *Web) toSignIn(c echo.Context, v *View) error {
	to := "/signin"
	if c.Request().Method == http.MethodGet && v.Here != "/" {
		to += "?next=" + url.QueryEscape(v.Here)
	}
	if live(c) {
		c.Response().Header().Set("HX-Redirect", "/signin")
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, to)
}

// show renders a component. It is rendered whole before the first byte leaves, so that a fault becomes an error page.
func (w *Web) show(c echo.Context, status int, t templ.Component) error {
	var buf bytes.Buffer
	if err := t.Render(c.Request().Context(), &buf); err != nil {
		return err
	}
	return c.HTMLBlob(status, buf.Bytes())
}

// back redirects after an act; code and the rest tell the next page what to say.
func (w *Web) back(c echo.Context, to, code string, kv ...string) error {
	u, err := url.Parse(safePath(to))
	if err != nil {
		u = &url.URL{Path: "/"}
	}
	q := u.Query()
	q.Set("done", code)
	for i := 0; i+1 < len(kv); i += 2 {
		q.Set(kv[i], kv[i+1])
	}
	u.RawQuery = q.Encode()
	return c.Redirect(http.StatusSeeOther, u.String())
}

// safePath keeps a way back inside the service: a path of ours, never another host.
func safePath(p string) string {
	path, _, _ := strings.Cut(p, "?")
	if !strings.HasPrefix(p, "/") || strings.Contains(path, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}

func ctxOf(c echo.Context) context.Context { return c.Request().Context() }
