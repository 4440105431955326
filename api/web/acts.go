package web

import (
	"maps"
	"net/http"
	"path"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// purposeNeeded is the service's code for confidential matter read without a purpose (semantics 8).
const purposeNeeded = "purpose_required"

func (w *Web) casePage(c echo.Context, v *View) error { return w.showCase(c, v, http.StatusOK) }

func (w *Web) showCase(c echo.Context, v *View, status int) error {
	id := c.Param("id")
	cv, err := w.Service.Case(ctxOf(c), v.Actor, id, c.FormValue("purpose"))
	if err != nil {
		if service.AsError(err).Code == purposeNeeded {
			return w.askPurpose(c, v, "/cases/"+id+"/reading")
		}
		return err
	}
	tl, err := w.Service.Timeline(ctxOf(c), v.Actor, id)
	if err != nil {
		return err
	}
	versions, err := w.versions(c, v, cv)
	if err != nil {
		return err
	}
	w.recount(c, v)
	v.Title, v.Nav = cv.Number+" "+v.titleOf(cv), v.listOf(cv).nav
	return w.show(c, status, casePage(v, cv, tl, versions))
}

// versions are those of what a case asks for, when there is more than one.
func (w *Web) versions(c echo.Context, v *View, cv service.CaseView) ([]service.MaterialView, error) {
	if cv.Version < 2 {
		return nil, nil
	}
	return w.Service.Materials(ctxOf(c), v.Actor, cv.ID)
}

// caseList is the list that leads to a case.
type caseList struct{ href, title, nav string }

// listOf tells in which list its reader finds a case: what one filed, what one decides, what one reads for one's office.
func (v *View) listOf(c service.CaseView) caseList {
	is := func(r service.Relation) bool { return slices.Contains(c.Relations, r) }
	switch {
	case is(service.RelRequester):
		return caseList{"/cases", "cases.title", "cases"}
	case !is(service.RelApprover) && v.Has(domain.RoleAuditor):
		return caseList{"/audit", "audit.title", "audit"}
	}
	return caseList{"/inbox", "inbox.title", "inbox"}
}

func (w *Web) askPurpose(c echo.Context, v *View, action string) error {
	v.Title = v.T("purpose.title")
	return w.show(c, http.StatusForbidden, purposePage(v, action))
}

// answered ends an act: accepted goes back with a word of success; refused or too late shows the page again with the
// reason, who decided and what would work.
func (w *Web) answered(c echo.Context, v *View, a service.ActAnswer, err error, to, done, n, status string,
	again func(echo.Context, *View, int) error,
) error {
	if err == nil && a.Pending {
		return c.Redirect(http.StatusSeeOther, status)
	}
	if err == nil && (a.Result == domain.Accepted || a.Result == domain.Duplicate) {
		return w.back(c, to, done, "n", n)
	}
	code := http.StatusConflict
	if form, ferr := c.FormParams(); ferr == nil {
		v.Kept = maps.Clone(form)
		v.Kept["act"] = []string{actOf(c)}
		delete(v.Kept, "act_id")
	}
	if err != nil {
		e := service.AsError(err)
		if e.Kind == service.Unavailable { // it may have arrived: the same key makes the next try safe
			v.Kept.Set("act_id", c.FormValue("decision_id")+c.FormValue("act_id"))
		}
		if e.Answer == nil && e.Kind != service.Unavailable && e.Kind != service.Conflict && e.Kind != service.Invalid {
			return err
		}
		code = w.note(c, e)
		f := v.failure(e)
		for _, x := range e.Faults {
			f.Body += " " + v.named(x)
		}
		v.Notice = &f
	} else {
		f := v.refused(a)
		v.Notice = &f
	}
	return again(c, v, code)
}

// actOf names the form that an act came from: approve, reject, withdrawals, comments …
func actOf(c echo.Context) string {
	if o := c.FormValue("outcome"); o != "" {
		return o + c.Param("id")
	}
	return path.Base(c.Path()) + c.Param("id")
}

func (w *Web) decide(c echo.Context, v *View) error {
	id := c.Param("id")
	in := service.DecideInput{ID: c.FormValue("decision_id"), Outcome: domain.Outcome(c.FormValue("outcome")),
		Comment: c.FormValue("comment"), Digest: c.FormValue("digest"), Version: version(c), For: c.FormValue("for")}
	a, err := w.Service.Decide(ctxOf(c), v.Actor, id, in)
	done := "approved"
	if in.Outcome == domain.Reject {
		done = "rejected"
	}
	to, again := "/cases/"+id, w.showCase
	if c.FormValue("from") == "inbox" {
		to, again = "/inbox", w.inboxPage
	}
	return w.answered(c, v, a, err, to, done, c.FormValue("number"), "/cases/"+id+"/acts/"+in.ID, again)
}

func (w *Web) withdraw(c echo.Context, v *View) error {
	id, act := c.Param("id"), c.FormValue("act_id")
	a, err := w.Service.Withdraw(ctxOf(c), v.Actor, id, act, c.FormValue("comment"))
	return w.answered(c, v, a, err, "/cases/"+id, "withdrawn", c.FormValue("number"), "/cases/"+id+"/acts/"+act, w.showCase)
}

func (w *Web) comment(c echo.Context, v *View) error {
	id, act := c.Param("id"), c.FormValue("act_id")
	var a service.ActAnswer
	files, err := uploads(c, "files")
	if err == nil {
		a, err = w.Service.Comment(ctxOf(c), v.Actor, id, service.CommentInput{ID: act, Text: c.FormValue("text"), Files: files})
	}
	return w.answered(c, v, a, err, "/cases/"+id, "commented", "", "/cases/"+id+"/acts/"+act, w.showCase)
}

// actStatus waits with the reader for an answer that was still out.
func (w *Web) actStatus(c echo.Context, v *View) error {
	id, act := c.Param("id"), c.Param("act")
	a, err := w.Service.ActStatus(ctxOf(c), v.Actor, id, act)
	if err == nil && a.Pending {
		v.Title = v.T("pending.title")
		c.Response().Header().Set("Refresh", "2")
		return w.show(c, http.StatusAccepted, pendingPage(v, "/cases/"+id))
	}
	return w.answered(c, v, a, err, "/cases/"+id, "recorded", "", "", w.showCase)
}

func (w *Web) groupPage(c echo.Context, v *View) error { return w.showGroup(c, v, http.StatusOK) }

// confirmForm keeps what the admin typed when the confirmation came back with a fault.
type confirmForm struct{ ID, Gone, Name, PlatformID string }

func (w *Web) confirm(c echo.Context, v *View) error {
	id := c.Param("id")
	up, err := upload(c, "screenshot", 5<<20)
	if err != nil {
		return w.answered(c, v, service.ActAnswer{}, err, "", "", "", "", w.showGroup)
	}
	in := service.ConfirmInput{ID: c.FormValue("act_id"), Name: c.FormValue("name"), PlatformID: c.FormValue("platform_id"), Screenshot: up}
	a, err := w.Service.Confirm(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/groups/"+id, "confirmed", "", "/groups/"+id, w.showGroup)
}

// confirmDeleted takes an admin's word that the group is gone. A picture that was not chosen is no file at all.
func (w *Web) confirmDeleted(c echo.Context, v *View) error {
	id := c.Param("id")
	in := service.DeletedInput{ID: c.FormValue("act_id"), NeverMade: c.FormValue("never_made") == "true"}
	var err error
	if !in.NeverMade {
		if in.Screenshot, err = upload(c, "screenshot", 5<<20); err != nil {
			return w.answered(c, v, service.ActAnswer{}, err, "", "", "", "", w.showGroup)
		}
	}
	a, err := w.Service.ConfirmDeleted(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/groups/"+id, "deleted", "", "/groups/"+id, w.showGroup)
}

func (w *Web) retry(c echo.Context, v *View) error {
	id := c.Param("id")
	a, err := w.Service.Retry(ctxOf(c), v.Actor, id, c.FormValue("act_id"))
	return w.answered(c, v, a, err, "/groups/"+id, "retried", "", "/groups/"+id, w.showGroup)
}

func (w *Web) evidence(c echo.Context, v *View) error {
	up, err := w.Service.Evidence(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	switch up.MediaType {
	case "image/png", "image/jpeg", "image/webp":
	default:
		up.MediaType = "application/octet-stream" // never let a stored file decide that it is a page
	}
	// A name of ours, not the uploader's: nothing that somebody typed may come out as a header.
	c.Response().Header().Set("Content-Disposition", `inline; filename="evidence"`)
	return c.Blob(http.StatusOK, up.MediaType, up.Data)
}
