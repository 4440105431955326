// Package auth is the door: who somebody is (session cookie or bearer token), that a write came from our own page, how
// often somebody may try, and signing in and out. What a person may do is the permission table's matter (routes.go).
package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
)

// Options shape the door.
type Options struct {
	HTTPS bool // cookies are Secure and carry the __Host- prefix
	// Hosts are further names under which pages are served (behind a proxy that changes Host); the request's own Host
	// is always one.
	Hosts  []string
	Limits Limits
}

// Door lets people in. Its methods Actor, CSRF, SignedIn and SignedOut are what pages use.
type Door struct {
	svc    service.Auth
	opt    Options
	writes *buckets
	tries  *buckets
}

// New makes a door.
func New(svc service.Auth, opt Options) *Door {
	l := opt.Limits.orDefault()
	return &Door{svc: svc, opt: opt, writes: newBuckets(l.WritesPerSecond, l.WriteBurst), tries: newBuckets(l.TriesPerSecond, l.TryBurst)}
}

type key int

const (
	actorKey key = iota
	echoKey
)

const (
	ctxActor   = "auth.actor"
	ctxVisitor = "auth.visitor"
	ctxWhy     = "auth.why"
)

// Identify finds out who asks and puts the actor into the request. Nobody is not an error here; a bearer that does not
// hold is, while a session that ended only means that nobody is signed in.
func (d *Door) Identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		a, ok, err := d.find(c)
		if err != nil {
			return err
		}
		ctx := context.WithValue(c.Request().Context(), echoKey, c)
		if ok {
			c.Set(ctxActor, a)
			ctx = context.WithValue(ctx, actorKey, a)
		}
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

func (d *Door) find(c echo.Context) (service.Actor, bool, error) {
	r := c.Request()
	if h := r.Header.Values("Authorization"); len(h) > 0 {
		scheme, token, _ := strings.Cut(h[0], " ")
		token = strings.TrimSpace(token)
		if len(h) > 1 || !strings.EqualFold(scheme, "bearer") || token == "" || len(token) > 512 || !visible(token) {
			return service.Actor{}, false, &service.Error{Kind: service.Unsigned, Code: "bad_authorization"}
		}
		a, err := d.svc.ByToken(r.Context(), token)
		if err == nil {
			return a, true, nil
		}
		if e := service.AsError(err); e.Kind == service.Unsigned || e.Kind == service.NotFound || e.Kind == service.Forbidden {
			if !d.tries.allow("token:" + c.RealIP()) {
				return service.Actor{}, false, tooMany()
			}
			return service.Actor{}, false, &service.Error{Kind: service.Unsigned, Code: e.Code}
		}
		return service.Actor{}, false, err
	}
	k, err := r.Cookie(d.cookieName())
	if err != nil || k.Value == "" || len(k.Value) > 512 || !visible(k.Value) {
		return service.Actor{}, false, nil //nolint:nilerr // no cookie, or none of ours: nobody is signed in
	}
	a, err := d.svc.BySession(r.Context(), k.Value)
	switch {
	case err == nil:
		return a, true, nil
	case service.AsError(err).Kind == service.Unsigned, service.AsError(err).Kind == service.NotFound:
		c.Set(ctxWhy, service.AsError(err).Code)
		return service.Actor{}, false, nil
	}
	return service.Actor{}, false, err
}

func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// CurrentActor is who asks; false when nobody is signed in.
func CurrentActor(c echo.Context) (service.Actor, bool) {
	a, ok := c.Get(ctxActor).(service.Actor)
	return a, ok
}

// Unsigned is the error for somebody who must sign in first; it says why a session they had is over.
func Unsigned(c echo.Context) error {
	code, _ := c.Get(ctxWhy).(string)
	if code == "" {
		code = "unsigned"
	}
	return &service.Error{Kind: service.Unsigned, Code: code}
}

// FromContext is CurrentActor for code that holds only the request's context.
func FromContext(ctx context.Context) (service.Actor, bool) {
	a, ok := ctx.Value(actorKey).(service.Actor)
	return a, ok
}

// Request is the request behind a context that went through Identify; nil elsewhere.
func Request(ctx context.Context) *http.Request {
	if c, ok := ctx.Value(echoKey).(echo.Context); ok {
		return c.Request()
	}
	return nil
}

// Address is where a request came from, behind a context that went through Identify; empty elsewhere.
func Address(ctx context.Context) string {
	if c, ok := ctx.Value(echoKey).(echo.Context); ok {
		return c.RealIP()
	}
	return ""
}

// Language is the reader's: the person's own choice, else the browser's.
func Language(c echo.Context) string {
	a, _ := CurrentActor(c)
	return problem.Language(a.Lang, c.Request().Header.Get("Accept-Language"))
}

// Actor is CurrentActor, for pages.
func (d *Door) Actor(c echo.Context) (service.Actor, bool) { return CurrentActor(c) }

func (d *Door) cookieName() string {
	if d.opt.HTTPS {
		return "__Host-qunbei"
	}
	return "qunbei" // the demo on plain http; a browser refuses __Host- without Secure
}

func (d *Door) cookie(name, value string, age int) *http.Cookie {
	//nolint:gosec // Secure wherever the service is reached by https; the demo is not
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: d.opt.HTTPS, SameSite: http.SameSiteLaxMode}
}

// SessionCookie is the cookie of a session's secret, as the answer to a sign-in sets it.
func (d *Door) SessionCookie(secret string) *http.Cookie { return d.cookie(d.cookieName(), secret, 0) }

// SignedIn sets the session's cookie.
func (d *Door) SignedIn(c echo.Context, secret string) { c.SetCookie(d.SessionCookie(secret)) }

// EndCookie is the cookie that removes a session's.
func (d *Door) EndCookie() *http.Cookie { return d.cookie(d.cookieName(), "", -1) }

// SignedOut removes the session's cookie.
func (d *Door) SignedOut(c echo.Context) { c.SetCookie(d.EndCookie()) }

func random() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b)
}

// Header is the answer's header behind a context that went through Identify, for handlers that hold only the context.
func Header(ctx context.Context) http.Header {
	if c, ok := ctx.Value(echoKey).(echo.Context); ok {
		return c.Response().Header()
	}
	return http.Header{}
}
