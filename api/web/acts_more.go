package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The rarer acts on a case. Each reads its form, leaves every rule to the service, and comes back to the case's page.

// onCase ends an act on a case as all of them end.
func (w *Web) onCase(c echo.Context, v *View, a service.ActAnswer, err error, done string) error {
	id := c.Param("id")
	return w.answered(c, v, a, err, "/cases/"+id, done, c.FormValue("number"), "/cases/"+id+"/acts/"+c.FormValue("act_id"), w.showCase)
}

func (w *Web) sendBack(c echo.Context, v *View) error {
	step, err := strconv.Atoi(c.FormValue("step"))
	if err != nil {
		step = -1 // the service names the field
	}
	a, err := w.Service.Return(ctxOf(c), v.Actor, c.Param("id"), service.ReturnInput{ID: c.FormValue("act_id"), Step: step, Comment: c.FormValue("comment"),
		Digest: c.FormValue("digest"), Version: version(c), For: c.FormValue("for")})
	return w.onCase(c, v, a, err, "returned")
}

func (w *Web) transfer(c echo.Context, v *View) error {
	var a service.ActAnswer
	to, err := w.oneNamed(c, v, "to")
	if err == nil {
		a, err = w.Service.Transfer(ctxOf(c), v.Actor, c.Param("id"), service.TransferInput{ID: c.FormValue("act_id"), To: to, Comment: c.FormValue("comment")})
	}
	return w.onCase(c, v, a, err, "transferred")
}

func (w *Web) addSigners(c echo.Context, v *View) error {
	var a service.ActAnswer
	people, err := w.named(c, v, "added")
	if err == nil {
		a, err = w.Service.AddSigners(ctxOf(c), v.Actor, c.Param("id"), service.AddInput{ID: c.FormValue("act_id"), Mode: domain.AddMode(c.FormValue("mode")),
			People: people, Comment: c.FormValue("comment"), Digest: c.FormValue("digest"), Version: version(c)})
	}
	return w.onCase(c, v, a, err, "added")
}

func (w *Web) copyTo(c echo.Context, v *View) error {
	var a service.ActAnswer
	people, err := w.named(c, v, "copied")
	if err == nil {
		a, err = w.Service.Copy(ctxOf(c), v.Actor, c.Param("id"), service.CopyInput{ID: c.FormValue("act_id"), People: people})
	}
	return w.onCase(c, v, a, err, "copied")
}

func (w *Web) urge(c echo.Context, v *View) error {
	a, err := w.Service.Urge(ctxOf(c), v.Actor, c.Param("id"), c.FormValue("act_id"))
	return w.onCase(c, v, a, err, "urged")
}

func (w *Web) assign(c echo.Context, v *View) error {
	var a service.ActAnswer
	to, err := w.oneNamed(c, v, "assignee")
	if err == nil {
		a, err = w.Service.Assign(ctxOf(c), v.Actor, c.Param("id"), service.AssignInput{ID: c.FormValue("act_id"), Slot: c.FormValue("slot"), To: to, Comment: c.FormValue("comment")})
	}
	return w.onCase(c, v, a, err, "assigned")
}

// revoke asks for the revocation of an approved case and goes to the new case that decides on it.
func (w *Web) revoke(c echo.Context, v *View) error {
	sum, err := w.Service.Revoke(ctxOf(c), v.Actor, c.Param("id"), c.FormValue("act_id"), c.FormValue("comment"))
	if err != nil {
		return w.onCase(c, v, service.ActAnswer{}, err, "")
	}
	return w.back(c, "/cases/"+sum.ID, "revoking", "n", sum.Number)
}

// version is that of the request which the reader saw; 0 when it is not stated, for the digest still binds.
func version(c echo.Context) int {
	n, err := strconv.Atoi(c.FormValue("version"))
	if err != nil {
		return 0
	}
	return n
}

// attachment is a file of a comment, as a download: whatever it holds, it is never shown as a page of ours.
func (w *Web) attachment(c echo.Context, v *View) error {
	up, err := w.Service.Attachment(ctxOf(c), v.Actor, c.Param("id"), c.Param("object"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, "application/octet-stream", up.Data)
}
