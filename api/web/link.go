package web

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// The page of a link in a mail. Opening it decides nothing: mail servers and previews open every link they see.

// linkStatus is the status of the page that explains a link. A forged link and one that was cut look like one that never
// was.
var linkStatus = map[domain.LinkState]int{
	domain.LinkOpen: http.StatusOK, service.LinkSignIn: http.StatusOK, service.LinkPending: http.StatusAccepted,
	domain.LinkUsed: http.StatusGone, domain.LinkExpired: http.StatusGone, domain.LinkEnded: http.StatusGone,
	domain.LinkDecided: http.StatusConflict, domain.LinkSettled: http.StatusConflict, domain.LinkHandedOn: http.StatusConflict,
	domain.LinkReturned: http.StatusConflict, domain.LinkSuperseded: http.StatusConflict, domain.LinkWaiting: http.StatusConflict,
	domain.LinkNotAllowed: http.StatusForbidden, service.LinkNotYours: http.StatusForbidden, service.LinkDisabled: http.StatusForbidden,
	service.LinkUnknown: http.StatusNotFound,
}

func (w *Web) mailLink(c echo.Context, v *View) error {
	l, err := w.Service.MailLink(ctxOf(c), v.Actor, c.Param("link"))
	if err != nil {
		return err
	}
	return w.showLink(c, v, l, linkStatus[l.State])
}

func (w *Web) decideByLink(c echo.Context, v *View) error {
	in := service.LinkDecision{Outcome: domain.Outcome(c.FormValue("outcome")), Comment: c.FormValue("comment")}
	l, err := w.Service.DecideByLink(ctxOf(c), v.Actor, c.Param("link"), in)
	if err != nil {
		return w.linkFailed(c, v, err)
	}
	status := linkStatus[l.State]
	switch {
	case l.State == domain.LinkUsed && (l.Repeated || l.Outcome == in.Outcome && l.Readable):
		status = http.StatusOK // decided now, or the same once more: the same answer
	case l.State == domain.LinkUsed:
		status = http.StatusConflict
	case l.State == service.LinkSignIn:
		status = http.StatusForbidden
	}
	return w.showLink(c, v, l, status)
}

// linkFailed shows the form again when something in it was wrong, or the service could not say: what was typed is kept.
func (w *Web) linkFailed(c echo.Context, v *View, err error) error {
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Answer == nil {
		return err
	}
	l, lerr := w.Service.MailLink(ctxOf(c), v.Actor, c.Param("link"))
	if lerr != nil {
		return err
	}
	n := v.failure(e)
	for _, f := range e.Faults {
		n.Body += " " + v.Fault(f)
	}
	v.Notice, v.Kept = &n, map[string][]string{"act": {"link"}, "comment": {c.FormValue("comment")}}
	return w.showLink(c, v, l, w.note(c, e))
}

func (w *Web) showLink(c echo.Context, v *View, l service.LinkView, status int) error {
	if status == 0 {
		status = http.StatusConflict // a state that this page does not know yet
	}
	// Who has not chosen a language in this browser reads their own, as in the mail.
	if _, err := c.Cookie(languageCookie); err != nil && !v.In && catalogs[l.Lang] != nil {
		v.Lang = l.Lang
	}
	if l.State == service.LinkPending {
		c.Response().Header().Set("Refresh", "2")
	}
	v.Title = v.linkTitle(l)
	return w.show(c, status, linkPage(v, l))
}

// linkTitle says in a few words how the link stands.
func (v *View) linkTitle(l service.LinkView) string {
	if l.State == domain.LinkUsed && l.Readable {
		return v.T("link.used." + string(l.Outcome))
	}
	return v.T("link." + string(l.State) + ".title")
}

// linkText explains the state: why it is so.
func (v *View) linkText(l service.LinkView) string {
	kv := []string{"by", v.name(l.By), "when", "", "person", l.Person.Name, "me", v.Actor.Name, "status", v.T("case." + string(l.Status))}
	if l.At != nil {
		kv[3] = v.Relative(*l.At)
	}
	key := "link." + string(l.State)
	if l.State == domain.LinkEnded && !l.Readable {
		return v.T("link.ended.text.unread")
	}
	if l.Readable && l.By != nil && (l.At != nil || l.State == domain.LinkSettled) {
		return v.TOr(key+".text.by", v.T(key+".text", kv...), kv...)
	}
	return v.T(key+".text", kv...)
}

// linkTone is how the page looks: what can be done, what was done, what cannot.
func linkTone(s domain.LinkState) string {
	switch s {
	case domain.LinkOpen, service.LinkSignIn, service.LinkPending:
		return "info"
	case domain.LinkUsed:
		return "ok"
	case service.LinkUnknown, service.LinkNotYours, service.LinkDisabled, domain.LinkNotAllowed:
		return "bad"
	default:
		return "warn"
	}
}

// linkCase is where the whole of the matter is read, which takes signing in.
func (v *View) linkCase(l service.LinkView) string {
	if v.In {
		return "/cases/" + l.CaseID
	}
	return "/signin?next=" + url.QueryEscape("/cases/"+l.CaseID)
}

// linkShape is the page's sign: colour is never alone.
func linkShape(s domain.LinkState) string {
	switch s {
	case service.LinkSignIn, service.LinkNotYours, service.LinkDisabled, domain.LinkNotAllowed:
		return "lock"
	case domain.LinkExpired, domain.LinkWaiting, service.LinkPending:
		return "clock"
	default:
		return noticeShape[linkTone(s)]
	}
}
