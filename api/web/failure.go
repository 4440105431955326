package web

import (
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Fail answers a page's request that was refused before it came to its handler: at the door, by the table, for its form.
func (w *Web) Fail(c echo.Context, err error) error { return w.fail(c, w.view(c), err) }

// fail answers with the error's page: the problem in words, and what would work.
func (w *Web) fail(c echo.Context, v *View, err error) error {
	e := service.AsError(err)
	if e.Kind == service.Unsigned {
		return w.toSignIn(c, v)
	}
	status := w.note(c, e)
	v.Title = v.failure(e).Title
	if v.Partial {
		return w.show(c, status, noticeBox(v, v.failure(e)))
	}
	return w.show(c, status, errorPage(v, e, status, again(c, e)))
}

// mostAgain bounds, in bytes, what the page of a passing fault keeps of a form.
const mostAgain = 256 << 10

// again is what a form held when database or engine was away, for the fault's page to send it once more under the same
// keys: what was typed is kept whatever happens. A form with a file is not, since a page cannot keep one.
func again(c echo.Context, e *service.Error) url.Values {
	r := c.Request()
	if r.Method != http.MethodPost || e.Kind != service.Unavailable && e.Kind != service.TooMany {
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); kind != echo.MIMEApplicationForm || r.ContentLength > mostAgain {
		return nil
	}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, mostAgain) // the fault may have come before the table's bound
	if err := r.ParseForm(); err != nil {
		return nil
	}
	return r.PostForm
}

// note logs our own faults, never their texts to the reader, and sets what the status demands.
func (w *Web) note(c echo.Context, e *service.Error) int {
	status := problem.Status(e.Kind)
	if status == http.StatusInternalServerError {
		w.Log.ErrorContext(ctxOf(c), "page failed", "route", c.Path(), "code", e.Code, "cause", e.Cause)
	}
	if e.RetryAfter > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	return status
}

// failure words an error: what happened, and what would work.
func (v *View) failure(e *service.Error) Notice {
	tone := "bad"
	if e.Kind == service.Unavailable || e.Kind == service.TooMany || e.Kind == service.Conflict {
		tone = "warn"
	}
	if e.Answer != nil {
		return v.refused(*e.Answer)
	}
	var kv []string
	for k, x := range e.Params {
		kv = append(kv, k, x)
	}
	n := Notice{Tone: tone}
	n.Title = v.TOr("error."+e.Code, v.T("error.kind."+string(e.Kind)), kv...)
	n.Body = v.TOr("error."+e.Code+".remedy", v.T("error.kind."+string(e.Kind)+".remedy"), kv...)
	if catalogs[v.Lang]["error."+e.Code] == "" && slices.Contains(problem.Codes(), e.Code) {
		p := problem.From(&service.Error{Kind: e.Kind, Code: e.Code, Params: e.Params}, v.Lang)
		n.Title, n.Body = p.Title, p.Detail
	}
	return n
}

// refused words the answer to an act that was not accepted: why, who decided, and what would work.
func (v *View) refused(a service.ActAnswer) Notice {
	kv := []string{"reason", v.Reason(a.Reason), "by", v.name(a.DecidedBy), "when", ""}
	if a.DecidedAt != nil {
		kv[5] = v.Relative(*a.DecidedAt)
	}
	switch a.Result {
	case domain.TooLate:
		n := Notice{Tone: "warn", Title: v.T("answer.too_late"), Body: v.Reason(a.Reason)}
		if a.DecidedBy != nil && a.DecidedAt != nil {
			n.Body = v.T("answer.too_late.by.when", kv...)
		} else if a.DecidedBy != nil {
			n.Body = v.T("answer.too_late.by", kv...)
		}
		if a.Status != "" {
			n.Body += v.T("answer.now", "status", v.T("case."+string(a.Status)))
		}
		return n
	case domain.Duplicate:
		return Notice{Tone: "info", Title: v.T("answer.duplicate"), Body: v.T("answer.duplicate.more")}
	case domain.Accepted, domain.Refused: // an accepted act does not come here
	}
	return Notice{Tone: "bad", Title: v.T("answer.refused"), Body: v.TOr("remedy."+string(a.Reason), v.Reason(a.Reason), kv...)}
}
