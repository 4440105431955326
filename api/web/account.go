package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
)

// signInForm is the door: in the demo a list of identities to try.
func (w *Web) signInForm(c echo.Context, v *View) error {
	if v.In && c.Request().Method == http.MethodGet {
		return c.Redirect(http.StatusSeeOther, safePath(c.QueryParam("next")))
	}
	return w.signInPage(c, v, http.StatusOK, c.QueryParam("next"))
}

func (w *Web) signInPage(c echo.Context, v *View, status int, next string) error {
	v.Title = v.T("signin.title")
	var cast []service.CastMember
	if w.Demo {
		var err error
		if cast, err = w.Service.DemoCast(ctxOf(c)); err != nil {
			return err
		}
	}
	return w.show(c, status, signInPage(v, cast, w.placeFor(c), safePath(next)))
}

func (w *Web) signIn(c echo.Context, v *View) error {
	secret, a, err := w.Service.SignInDemo(ctxOf(c), c.FormValue("number"), c.Request().UserAgent())
	if err != nil {
		return err
	}
	// A choice made before signing in stays; what the browser asks for is no choice, and the next browser may ask otherwise.
	if _, err := c.Cookie(languageCookie); err == nil && a.Lang == "" {
		_ = w.Service.SetLanguage(ctxOf(c), a, v.Lang) // only a convenience: signing in goes on without it
	}
	w.Door.SignedIn(c, secret)
	return c.Redirect(http.StatusSeeOther, safePath(c.FormValue("next")))
}

func (w *Web) signOut(c echo.Context, v *View) error {
	if err := w.Service.SignOut(ctxOf(c), v.Actor, v.Actor.Session); err != nil {
		return err
	}
	w.Door.SignedOut(c)
	return w.back(c, "/signin", "signed_out")
}

func (w *Web) help(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("help.title"), "help"
	return w.show(c, http.StatusOK, helpPage(v))
}

// newToken is a token just made: its secret is shown once and never again.
type newToken struct {
	Name, Secret string
}

func (w *Web) me(c echo.Context, v *View) error { return w.mePage(c, v, http.StatusOK, nil, nil) }

func (w *Web) mePage(c echo.Context, v *View, status int, made *newToken, wrong *service.Error) error {
	me, err := w.Service.Me(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	keys, err := w.Service.MyPasskeys(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.T("me.title"), "me"
	return w.show(c, status, mePage(v, me, keysHere(c, keys), made, wrong))
}

// notify keeps how the reader wants to be asked to decide.
func (w *Web) notify(c echo.Context, v *View) error {
	if err := w.Service.SetNotify(ctxOf(c), v.Actor, c.FormValue("ways")); err != nil {
		return err
	}
	return w.back(c, "/me", "notify_set")
}

func (w *Web) createToken(c echo.Context, v *View) error {
	days, err := strconv.Atoi(c.FormValue("days"))
	if err != nil {
		days = 0 // the service names the field
	}
	t, secret, err := w.Service.CreateToken(ctxOf(c), v.Actor, c.FormValue("key"), c.FormValue("name"), days)
	if err != nil {
		if e := service.AsError(err); e.Kind == service.Invalid || e.Kind == service.Conflict {
			return w.mePage(c, v, w.note(c, e), nil, e)
		}
		return err
	}
	return w.mePage(c, v, http.StatusCreated, &newToken{Name: t.Name, Secret: secret}, nil)
}

func (w *Web) endToken(c echo.Context, v *View) error {
	if err := w.Service.EndToken(ctxOf(c), v.Actor, c.Param("id")); err != nil {
		return err
	}
	return w.back(c, "/me", "token_ended")
}

func (w *Web) endSession(c echo.Context, v *View) error {
	if err := w.Service.SignOut(ctxOf(c), v.Actor, c.Param("id")); err != nil {
		return err
	}
	if c.Param("id") == v.Actor.Session {
		w.Door.SignedOut(c)
		return w.back(c, "/signin", "signed_out")
	}
	return w.back(c, "/me", "session_ended")
}
