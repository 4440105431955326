package web

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// outsiderRoutes are the pages of people from outside: how they sign in, and what sponsors and admins do about them.
func outsiderRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/outsiders", Public: true, handle: (*Web).outsiderDoor},
		{Method: http.MethodPost, Path: "/outsiders", Public: true, handle: (*Web).askLink},
		{Method: http.MethodGet, Path: "/outsiders/links/:link", Public: true, handle: (*Web).outsiderLink},
		{Method: http.MethodPost, Path: "/outsiders/links/:link", Public: true, handle: (*Web).outsiderIn},
		{Method: http.MethodPost, Path: "/groups/:id/outsiders", handle: (*Web).askOutsider},
		{Method: http.MethodPost, Path: "/groups/:id/outsiders/:employee/extensions", handle: (*Web).extendOutsider},
		{Method: http.MethodPost, Path: "/groups/:id/outsiders/:employee/sponsorships", handle: (*Web).takeSponsorship},
	}
}

// removesAll tells whether the reader may remove anybody; a sponsor only whom they answer for.
func (g groupData) removesAll(v *View) bool {
	return g.can(domain.GroupRemove) && (v.Has(domain.RoleSecurity) || slices.Contains(g.Relations, service.RelNamedAdmin))
}

// hasCan tells whether the reader may do what is no act of a group's life.
func (g groupData) hasCan(what string) bool { return slices.Contains(g.Can, what) }

// outsiderState says how somebody from outside stands; what waits for an admin is the sponsor's request, not theirs.
func (v *View) outsiderState(x service.OutsiderView) string {
	if x.State == domain.MemberRequested {
		return v.T("outsiders.requested")
	}
	return v.TOr("memberstate."+string(x.State), string(x.State))
}

// reasonText is why something is refused, in words.
func (v *View) reasonText(r domain.Reason) string { return v.TOr("reason."+string(r), string(r)) }

// outsiderDoor is where people from outside ask for a link.
func (w *Web) outsiderDoor(c echo.Context, v *View) error {
	v.Title = v.T("outdoor.title")
	return w.show(c, http.StatusOK, outsiderDoorPage(v, c.QueryParam("sent") != ""))
}

// askLink has a link mailed. The page that follows is the same whoever has the address.
func (w *Web) askLink(c echo.Context, v *View) error {
	err := w.Service.AskOutsiderLink(ctxOf(c), c.FormValue("mail"))
	if e := service.AsError(err); err != nil && e.Kind == service.Invalid {
		v.Title = v.T("outdoor.title")
		return w.show(c, w.note(c, e), outsiderDoorPage(v, false))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/outsiders?sent=1")
}

// outsiderLink is the page of a link: opening it signs nobody in.
func (w *Web) outsiderLink(c echo.Context, v *View) error {
	ok, err := w.Service.OutsiderLink(ctxOf(c), c.Param("link"))
	if err != nil {
		return err
	}
	return w.linkDoor(c, v, ok)
}

func (w *Web) linkDoor(c echo.Context, v *View, ok bool) error {
	v.Title = v.T("outdoor.title")
	status := http.StatusOK
	if !ok {
		status = http.StatusNotFound
	}
	return w.show(c, status, outsiderLinkPage(v, ok))
}

func (w *Web) outsiderIn(c echo.Context, v *View) error {
	secret, a, err := w.Service.SignInOutsider(ctxOf(c), c.Param("link"), c.Request().UserAgent())
	if e := service.AsError(err); err != nil && e.Kind == service.NotFound {
		return w.linkDoor(c, v, false)
	}
	if err != nil {
		return err
	}
	if _, err := c.Cookie(languageCookie); err == nil && a.Lang == "" {
		_ = w.Service.SetLanguage(ctxOf(c), a, v.Lang) // only a convenience
	}
	w.Door.SignedIn(c, secret)
	return c.Redirect(http.StatusSeeOther, "/memberships")
}

// askOutsider asks, as the sponsor, that somebody from outside may come.
func (w *Web) askOutsider(c echo.Context, v *View) error {
	id := c.Param("id")
	in := service.OutsiderInput{ID: c.FormValue("act_id"), Name: c.FormValue("name"), Organisation: c.FormValue("organisation"), Mail: c.FormValue("mail"),
		Phone: c.FormValue("phone"), EndsOn: c.FormValue("ends_on"), Comment: c.FormValue("comment")}
	a, err := w.Service.AskOutsider(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/groups/"+id, "outsider_asked", "", "/groups/"+id+"/acts/"+in.ID, w.again("outsiders", id, ""))
}

// extendOutsider asks, as the sponsor, for a longer stay.
func (w *Web) extendOutsider(c echo.Context, v *View) error {
	return w.onOutsider(c, v, service.GroupActInput{Kind: domain.GroupOutsider, EndsOn: c.FormValue("ends_on"), Comment: c.FormValue("comment")}, "extensions", "outsider_asked")
}

// takeSponsorship has the reader answer for somebody whose sponsor is gone.
func (w *Web) takeSponsorship(c echo.Context, v *View) error {
	return w.onOutsider(c, v, service.GroupActInput{Kind: domain.GroupSponsor}, "sponsorships", "sponsored")
}

func (w *Web) onOutsider(c echo.Context, v *View, in service.GroupActInput, path, done string) error {
	id, who := c.Param("id"), c.Param("employee")
	in.ID, in.People = c.FormValue("act_id"), []string{who}
	a, err := w.Service.ActOnGroup(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/groups/"+id, done, "", "/groups/"+id+"/acts/"+in.ID, w.again("outsiders/:employee/"+path, id, who))
}
