package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// templateRoutes are the pages of agreements' texts, and the public one that checks a signed document.
func templateRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/nda-templates", handle: (*Web).templates},
		{Method: http.MethodPost, Path: "/nda-templates", handle: (*Web).draftTemplate},
		{Method: http.MethodGet, Path: "/nda-templates/:id", handle: (*Web).template},
		{Method: http.MethodGet, Path: "/nda-templates/:id/preview", handle: (*Web).previewTemplate},
		{Method: http.MethodPost, Path: "/nda-templates/:id/reviews", handle: (*Web).reviewTemplate},
		{Method: http.MethodPost, Path: "/nda-templates/:id/publications", handle: (*Web).publishTemplate},
		{Method: http.MethodPost, Path: "/nda-templates/:id/withdrawals", handle: (*Web).withdrawTemplate},
		{Method: http.MethodGet, Path: "/verify", Public: true, handle: (*Web).verifyForm},
		{Method: http.MethodPost, Path: "/verify", Public: true, handle: (*Web).verify},
	}
}

// The looks of a version's state: colour and shape beside the word.
var (
	templateTone = map[domain.TemplateState]string{domain.TemplateDraft: "warn", domain.TemplateReturned: "bad", domain.TemplateApproved: "info", domain.TemplateScheduled: "info",
		domain.TemplateInForce: "ok", domain.TemplateSuperseded: "calm", domain.TemplateWithdrawn: "calm"}
	templateShape = map[domain.TemplateState]string{domain.TemplateDraft: "dotted", domain.TemplateReturned: "back", domain.TemplateApproved: "half", domain.TemplateScheduled: "clock",
		domain.TemplateInForce: "check", domain.TemplateSuperseded: "dash", domain.TemplateWithdrawn: "cross"}
)

// templateForm is a draft as it was sent, with what is wrong with it.
type templateForm struct {
	Key     string
	Text    string
	Note    string
	From    string // the version that the text was taken from
	Faults  []domain.Fault
	Defects []service.TemplateDefect
}

// templates lists the versions; from= puts a version's text into the form, to be changed.
func (w *Web) templates(c echo.Context, v *View) error {
	f := templateForm{Key: v.NewID()}
	if from := c.QueryParam("from"); from != "" && v.Has(domain.RoleLegal) {
		t, err := w.Service.Template(ctxOf(c), v.Actor, from)
		if err != nil {
			return err
		}
		f.Text, f.From = t.Body, t.Version
	}
	return w.showTemplates(c, v, http.StatusOK, f)
}

func (w *Web) showTemplates(c echo.Context, v *View, status int, f templateForm) error {
	v.Title, v.Nav = v.T("templates.title"), "templates"
	page, err := w.Service.Templates(ctxOf(c), v.Actor, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	return w.show(c, status, templatesPage(v, page, f))
}

// draftTemplate takes a file, or its text, as a draft. A faulty one comes back with every fault at its line.
func (w *Web) draftTemplate(c echo.Context, v *View) error {
	f := templateForm{Key: c.FormValue("key"), Text: strings.ReplaceAll(c.FormValue("text"), "\r\n", "\n"), Note: c.FormValue("note")}
	again := func(st int, faults []domain.Fault) error {
		f.Key, f.Faults = v.NewID(), faults
		return w.showTemplates(c, v, st, f)
	}
	if hasFile(c, "file") {
		up, err := upload(c, "file", service.MaxTemplate)
		if err != nil {
			return w.sheetFault(c, v, err, again)
		}
		f.Text = strings.ToValidUTF8(string(up.Data), "\uFFFD")
	}
	if strings.TrimSpace(f.Text) == "" {
		return again(http.StatusUnprocessableEntity, []domain.Fault{{Field: "text", Code: "required"}})
	}
	made, _, err := w.Service.DraftTemplate(ctxOf(c), v.Actor, f.Key, f.Text, f.Note)
	if err == nil {
		return w.back(c, templatePath(made.ID), "template_drafted")
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
		f.Defects = service.AsError(err).TextDefects
		if len(f.Defects) > 0 {
			v.Notice = nil // the list says it
		}
		return again(st, faults)
	})
}

func templatePath(id string) string { return "/nda-templates/" + url.PathEscape(id) }

// templateData is what a version's page shows.
type templateData struct {
	Is     service.NDATemplateView
	Diff   service.NDATemplateDiff
	Others []service.NDATemplate // of its languages, to compare with
	Faults []domain.Fault
	Said   string // what was typed, when it comes back
}

func (w *Web) template(c echo.Context, v *View) error {
	return w.showTemplate(c, v, http.StatusOK, templateData{})
}

func (w *Web) showTemplate(c echo.Context, v *View, status int, d templateData) error {
	ctx := ctxOf(c)
	var err error
	if d.Is, err = w.Service.Template(ctx, v.Actor, c.Param("id")); err != nil {
		return err
	}
	if d.Diff, err = w.Service.TemplateDiff(ctx, v.Actor, d.Is.ID, c.QueryParam("against")); err != nil {
		return err
	}
	all, err := w.Service.Templates(ctx, v.Actor, "", pageSize)
	if err != nil {
		return err
	}
	for _, o := range all.Items {
		if o.ID != d.Is.ID && o.Key == d.Is.Key {
			d.Others = append(d.Others, o)
		}
	}
	v.Title, v.Nav = v.Label(d.Is.Title)+" "+d.Is.Version, "templates"
	return w.show(c, status, templatePage(v, d))
}

func (w *Web) previewTemplate(c echo.Context, v *View) error {
	pdf, err := w.Service.TemplatePreview(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `inline; filename="preview.pdf"`)
	return c.Blob(http.StatusOK, "application/pdf", pdf)
}

// templateAct ends an act on a version: back to its page with a word of success, or the page again with the reason.
func (w *Web) templateAct(c echo.Context, v *View, err error, done, said string) error {
	if err == nil {
		return w.back(c, templatePath(c.Param("id")), done)
	}
	if e := service.AsError(err); e.Kind == service.Forbidden && e.Code == "template_own_text" { // they may look, only not act alone
		err = &service.Error{Kind: service.Conflict, Code: e.Code}
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error {
		return w.showTemplate(c, v, st, templateData{Faults: faults, Said: said})
	})
}

func (w *Web) reviewTemplate(c echo.Context, v *View) error {
	comment := c.FormValue("comment")
	outcome := c.FormValue("outcome")
	if outcome != "approve" && outcome != "return" {
		return w.templateAct(c, v, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "outcome", Code: "required"}}}, "", comment)
	}
	_, err := w.Service.ReviewTemplate(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"), outcome == "approve", comment)
	return w.templateAct(c, v, err, "template_"+outcome, comment)
}

// publishTemplate reads the date in the company's zone; none means at once. Whether it is material nobody presumes.
func (w *Web) publishTemplate(c echo.Context, v *View) error {
	var at *time.Time
	var faults []domain.Fault
	if text := c.FormValue("effective_at"); text != "" {
		t, err := time.ParseInLocation("2006-01-02T15:04", text, w.Zone)
		if err != nil {
			faults = append(faults, domain.Fault{Field: "effective_at", Code: "not_a_date", Params: map[string]string{"form": "2027-06-30 00:00"}})
		}
		at = &t
	}
	material := c.FormValue("material")
	if material != "yes" && material != "no" {
		faults = append(faults, domain.Fault{Field: "material", Code: "required"})
	}
	if len(faults) > 0 {
		return w.templateAct(c, v, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}, "", "")
	}
	_, err := w.Service.PublishTemplate(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"), at, material == "yes")
	return w.templateAct(c, v, err, "template_published", "")
}

func (w *Web) withdrawTemplate(c echo.Context, v *View) error {
	reason := c.FormValue("reason")
	_, err := w.Service.WithdrawTemplate(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"), reason)
	return w.templateAct(c, v, err, "template_withdrawn", reason)
}

// The looks of a verdict on a document.
var (
	verdictTone = map[service.DocumentVerdict]string{service.DocumentIntact: "ok", service.DocumentIncomplete: "warn", service.DocumentUnsigned: "warn", service.DocumentOtherKey: "bad",
		service.DocumentAltered: "bad", service.DocumentForeign: "info"}
	verdictShape = map[service.DocumentVerdict]string{service.DocumentIntact: "check", service.DocumentIncomplete: "half", service.DocumentUnsigned: "dotted", service.DocumentOtherKey: "cross",
		service.DocumentAltered: "cross", service.DocumentForeign: "help"}
)

// verdictWord is what a verdict is called: a document in good order that is not on record is another thing than one that
// is.
func verdictWord(d service.DocumentReport) string {
	if d.Verdict == service.DocumentIntact && !d.OnRecord {
		return "unknown"
	}
	return string(d.Verdict)
}

func verdictLook(d service.DocumentReport) string {
	if d.Verdict == service.DocumentIntact && !d.OnRecord {
		return "warn"
	}
	return verdictTone[d.Verdict]
}

func verdictIcon(d service.DocumentReport) string {
	if d.Verdict == service.DocumentIntact && !d.OnRecord {
		return "alert"
	}
	return verdictShape[d.Verdict]
}

func (w *Web) verifyForm(c echo.Context, v *View) error {
	return w.showVerify(c, v, http.StatusOK, nil, nil)
}

func (w *Web) showVerify(c echo.Context, v *View, status int, d *service.DocumentReport, faults []domain.Fault) error {
	v.Title, v.Nav = v.T("verify.title"), "verify"
	return w.show(c, status, verifyPage(v, d, faults))
}

// verify checks a document. It is answered on the page itself: a result that could be linked to would be a claim.
func (w *Web) verify(c echo.Context, v *View) error {
	up, err := upload(c, "file", service.MaxDocument)
	if err == nil {
		var d service.DocumentReport
		if d, err = w.Service.VerifyDocument(ctxOf(c), up.Data); err == nil {
			return w.showVerify(c, v, http.StatusOK, &d, nil)
		}
	}
	return w.sheetFault(c, v, err, func(st int, faults []domain.Fault) error { return w.showVerify(c, v, st, nil, faults) })
}
