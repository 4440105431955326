package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func (w *Web) audit(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("audit.title"), "audit"
	q := c.QueryParam
	f := service.AuditFilter{Text: strings.TrimSpace(q("q")), Status: domain.CaseStatus(q("status")), From: q("from"), To: q("to"),
		Cursor: q("cursor"), Limit: pageSize}
	page, err := w.Service.AuditCases(ctxOf(c), v.Actor, f)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, auditPage(v, page, f))
}

func (w *Web) auditEvents(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("events.title"), "audit"
	page, err := w.Service.Events(ctxOf(c), v.Actor, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, eventsPage(v, page))
}

func (w *Web) history(c echo.Context, v *View) error { return w.showHistory(c, v, http.StatusOK, nil) }

// showHistory is a workflow's history event by event, with the verdict of a replay when one was asked for. The purpose
// comes in a form's body, never in an address, for addresses are logged.
func (w *Web) showHistory(c echo.Context, v *View, status int, verdict *service.ReplayVerdict) error {
	wf, purpose := c.Param("workflow"), ""
	if c.Request().Method == http.MethodPost {
		purpose = c.FormValue("purpose")
	}
	v.Title, v.Nav = v.T("history.title"), "audit"
	h, err := w.Service.History(ctxOf(c), v.Actor, wf, purpose)
	if err != nil {
		if service.AsError(err).Code == purposeNeeded {
			return w.askPurpose(c, v, "/audit/workflows/"+wf)
		}
		return err
	}
	return w.show(c, status, historyPage(v, h, verdict, purpose))
}

func (w *Web) replay(c echo.Context, v *View) error {
	verdict, err := w.Service.Replay(ctxOf(c), v.Actor, c.Param("workflow"), c.FormValue("purpose"))
	if err != nil {
		if service.AsError(err).Code == purposeNeeded {
			return w.askPurpose(c, v, "/audit/workflows/"+c.Param("workflow")+"/replays")
		}
		return err
	}
	return w.showHistory(c, v, http.StatusOK, &verdict)
}

func (w *Web) rawHistory(c echo.Context, v *View) error {
	b, err := w.Service.RawHistory(ctxOf(c), v.Actor, c.Param("workflow"), c.FormValue("purpose"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="bundle.json"`)
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, b)
}

// pretty writes decoded matter of an event for reading.
func pretty(x any) string {
	if x == nil {
		return ""
	}
	b, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}
