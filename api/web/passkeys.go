package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
)

// passkeyRoutes are the pages' parts with passkeys.
func passkeyRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/signin/passkey", Public: true, handle: (*Web).signInPasskey},
		{Method: http.MethodPost, Path: "/me/passkeys", handle: (*Web).addPasskey},
		{Method: http.MethodPost, Path: "/me/passkeys/confirmations", handle: (*Web).confirmPasskey},
		{Method: http.MethodPost, Path: "/me/passkeys/:id/name", handle: (*Web).renamePasskey},
		{Method: http.MethodPost, Path: "/me/passkeys/:id/end", handle: (*Web).endPasskey},
	}
}

// keyPlace is where passkeys work, and whether the page is open there.
type keyPlace struct {
	Site  service.PasskeySite
	Here  bool
	Host  string // under which the page is open
	There string // the same page where they work
}

// placeOf compares the site with the address that the page was asked under: a passkey belongs to a host name, and at
// another name of the same service, or at its number, a browser offers none.
func placeOf(c echo.Context, site service.PasskeySite) keyPlace {
	r := c.Request()
	p := keyPlace{Site: site, Host: r.Host}
	u, err := url.Parse(site.Origin)
	if site.ID == "" || err != nil {
		return p
	}
	p.Here = strings.EqualFold(u.Host, r.Host)
	if r.Method == http.MethodGet {
		u.Path, u.RawQuery = r.URL.Path, r.URL.RawQuery
	}
	p.There = u.String()
	return p
}

// placeFor is the place for somebody who is not signed in.
func (w *Web) placeFor(c echo.Context) keyPlace { return placeOf(c, w.Service.PasskeySite()) }

// keysData is one's passkeys, and what the page needs beside them.
type keysData struct {
	service.PasskeysView
	Place   keyPlace
	Suggest string // name for a new one
}

func keysHere(c echo.Context, keys service.PasskeysView) keysData {
	return keysData{PasskeysView: keys, Place: placeOf(c, keys.Site), Suggest: agentName(c.Request().UserAgent())}
}

// passkeyAnswer reads what the script put into the form; what cannot be read answers nothing.
func passkeyAnswer(c echo.Context) service.PasskeyAnswer {
	in, _ := service.ParsePasskeyAnswer([]byte(c.FormValue("passkey")))
	return in
}

// passkeyAttrs make a form ask for a passkey before it is sent (static/passkey.js): kind is create or get, ask where the
// script asks what to ask for, body what it sends there.
func (v *View) passkeyAttrs(kind, ask, body string) templ.Attributes {
	a := templ.Attributes{"data-passkey": kind, "data-ask": ask, "data-body": body}
	for _, what := range []string{"none", "cancelled", "known", "failed", "wait"} {
		a["data-say-"+what] = v.T("passkey.say." + what)
	}
	return a
}

// passkeySigns are the attributes of a form that signs an agreement by passkey: its digest, as it is shown.
func (v *View) passkeySigns(nda, digest string) templ.Attributes {
	body, _ := json.Marshal(map[string]string{"purpose": "nda_sign", "subject": nda, "digest": digest}) // texts always marshal
	return v.passkeyAttrs("get", "/api/v1/passkeys/requests", string(body))
}

// keysAgain shows "my page" again with what went wrong.
func (w *Web) keysAgain(c echo.Context, v *View, err error) error {
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Kind != service.Conflict && e.Kind != service.Forbidden {
		return err
	}
	n := v.failure(e)
	v.Notice = &n
	return w.mePage(c, v, w.note(c, e), nil, e)
}

func (w *Web) addPasskey(c echo.Context, v *View) error {
	if _, err := w.Service.FinishEnrolment(ctxOf(c), v.Actor, c.FormValue("name"), passkeyAnswer(c)); err != nil {
		return w.keysAgain(c, v, err)
	}
	return w.back(c, "/me", "passkey_added")
}

func (w *Web) confirmPasskey(c echo.Context, v *View) error {
	if err := w.Service.ConfirmPasskey(ctxOf(c), v.Actor, passkeyAnswer(c)); err != nil {
		return w.keysAgain(c, v, err)
	}
	return w.back(c, "/me", "passkey_confirmed")
}

func (w *Web) renamePasskey(c echo.Context, v *View) error {
	if err := w.Service.RenamePasskey(ctxOf(c), v.Actor, c.Param("id"), c.FormValue("name")); err != nil {
		return w.keysAgain(c, v, err)
	}
	return w.back(c, "/me", "passkey_renamed")
}

func (w *Web) endPasskey(c echo.Context, v *View) error {
	if err := w.Service.RemovePasskey(ctxOf(c), v.Actor, c.Param("id")); err != nil {
		return w.keysAgain(c, v, err)
	}
	return w.back(c, "/me", "passkey_removed")
}

// signInPasskey lets in whom a passkey names. What went wrong is said on the sign-in page, for another try.
func (w *Web) signInPasskey(c echo.Context, v *View) error {
	secret, _, err := w.Service.SignInPasskey(ctxOf(c), passkeyAnswer(c), c.Request().UserAgent())
	if err != nil {
		e := service.AsError(err)
		if e.Kind == service.Internal || e.Kind == service.Unavailable || e.Kind == service.TooMany {
			return err
		}
		n := v.failure(e)
		v.Notice = &n
		return w.signInPage(c, v, w.note(c, e), c.FormValue("next"))
	}
	w.Door.SignedIn(c, secret)
	return c.Redirect(http.StatusSeeOther, safePath(c.FormValue("next")))
}
