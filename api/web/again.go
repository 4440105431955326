package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Changing a request and submitting it again, on the filing's form: after it was sent back, or while it is decided on.

// action is where the form goes; the checks beside it lie below.
func (f filingForm) action() string {
	switch {
	case f.Again != nil:
		return "/cases/" + f.Again.ID + "/resubmissions"
	case f.Change != nil:
		return "/groups/" + f.Change.Group.ID + "/change"
	}
	return "/groups/new"
}

// view is the form as a filing with names, to be compared with an earlier version.
func (f filingForm) view() service.FilingView {
	x := service.FilingView{Filing: f.F, AdminRefs: f.Admins, MemberRefs: f.Members}
	for _, d := range f.Departments {
		if f.owns(d.ID) {
			x.DepartmentRefs = append(x.DepartmentRefs, d)
		}
	}
	return x
}

// ownCase is the reader's own case that can be submitted again.
func (w *Web) ownCase(c echo.Context, v *View) (*service.CaseView, error) {
	cv, err := w.Service.Case(ctxOf(c), v.Actor, c.Param("id"), "")
	if err != nil {
		return nil, err
	}
	if cv.Filing == nil {
		return nil, &service.Error{Kind: service.Conflict, Code: "shredded"}
	}
	return &cv, nil
}

// againForm is the filing form filled in with what stands in the case now. Of a case that cannot be submitted again the
// page itself says how it stands.
func (w *Web) againForm(c echo.Context, v *View) error {
	cv, err := w.ownCase(c, v)
	if err != nil {
		return err
	}
	if !can(*cv, domain.ActResubmit) || cv.Kind == domain.KindRevocation {
		return c.Redirect(http.StatusSeeOther, "/cases/"+cv.ID)
	}
	f, err := w.choices(c, v, filingForm{Key: v.NewID(), Again: cv})
	if err != nil {
		return err
	}
	f.F, f.Admins, f.Members = cv.Filing.Filing, cv.Filing.AdminRefs, cv.Filing.MemberRefs
	w.preview(c, v, &f)
	return w.showAgain(c, v, http.StatusOK, f)
}

func (w *Web) showAgain(c echo.Context, v *View, status int, f filingForm) error {
	v.Title, v.Nav = v.T("again.title")+" "+f.Again.Number, "cases"
	return w.show(c, status, filePage(v, f))
}

// readAgain is the form as it came in, with the case it changes and what the form offers.
func (w *Web) readAgain(c echo.Context, v *View) (filingForm, error) {
	f, err := w.read(c, v)
	if err != nil {
		return f, err
	}
	if f.Again, err = w.ownCase(c, v); err != nil {
		return f, err
	}
	if f.changing() {
		f.F.Platform, f.F.Existing = f.Again.Filing.Platform, f.Again.Filing.Existing
	}
	return w.choices(c, v, f)
}

// resubmit takes the changed form: a preview, a suggested name, or the submission itself. What was typed is kept
// whatever happens.
func (w *Web) resubmit(c echo.Context, v *View) error {
	f, err := w.readAgain(c, v)
	if err != nil {
		return err
	}
	if f.Again.Kind == domain.KindRevocation { // only the word that goes with it counts
		id := f.Again.ID
		a, err := w.Service.Resubmit(ctxOf(c), v.Actor, id, service.ResubmitInput{ID: f.Key, Filing: f.Again.Filing.Filing, Comment: f.Comment})
		return w.answered(c, v, a, err, "/cases/"+id, "resubmitted", f.Again.Number, "/cases/"+id+"/acts/"+f.Key, w.showCase)
	}
	if s := c.FormValue("use_name"); s != "" {
		f.F.Name = s
	}
	status := http.StatusOK
	if c.FormValue("do") == "file" {
		status = http.StatusUnprocessableEntity
		if len(f.Faults) == 0 {
			id := f.Again.ID
			a, err := w.Service.Resubmit(ctxOf(c), v.Actor, id, service.ResubmitInput{ID: f.Key, Filing: f.F, Comment: f.Comment})
			show := func(c echo.Context, v *View, status int) error {
				if err != nil {
					if f.Faults = service.AsError(err).Faults; len(f.Faults) > 0 {
						v.Notice = nil // the summary on top of the form says it, with a way to each field
					}
				}
				if err == nil || service.AsError(err).Kind != service.Unavailable {
					f.Key = v.NewID() // another try is another act; after an outage the same key makes it safe
				}
				w.preview(c, v, &f)
				return w.showAgain(c, v, status, f)
			}
			return w.answered(c, v, a, err, "/cases/"+id, "resubmitted", f.Again.Number, "/cases/"+id+"/acts/"+f.Key, show)
		}
	}
	w.preview(c, v, &f)
	return w.showAgain(c, v, status, f)
}

// againName checks the name while it is typed; the case's own counts as free.
func (w *Web) againName(c echo.Context, v *View) error {
	f, err := w.readAgain(c, v)
	if err != nil {
		return err
	}
	if strings.TrimSpace(f.F.Name) == "" {
		return w.show(c, http.StatusOK, nameCheck(v, nil))
	}
	if w.preview(c, v, &f); f.Preview == nil {
		return w.show(c, http.StatusOK, nameCheck(v, nil))
	}
	return w.show(c, http.StatusOK, nameCheck(v, &f.Preview.Name))
}

// againRoute is the route beside the form, with what was changed.
func (w *Web) againRoute(c echo.Context, v *View) error {
	f, err := w.readAgain(c, v)
	if err != nil {
		return err
	}
	w.preview(c, v, &f)
	return w.show(c, http.StatusOK, routePreview(v, f))
}
