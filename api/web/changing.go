package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Asking for a change of a group, on the filing's form: filled in with how the group reads now, what differs marked.

// changing tells whether the form is about a group that stands: what it was filed as can be changed, not where it lives.
func (f filingForm) changing() bool {
	return f.Change != nil || f.Found != "" || (f.Again != nil && f.Again.Kind == domain.KindChange)
}

// before is what the form is compared with; nil for a new filing.
func (f filingForm) before() *service.FilingView {
	switch {
	case f.Change != nil:
		return &f.Change.Filing
	case f.Again != nil && f.Again.Was != nil:
		return f.Again.Was
	case f.Again != nil:
		return f.Again.Filing
	}
	return nil
}

// marked lists the form's parts that differ, for the script that marks them.
func (v *View) marked(list []change) string {
	var out []string
	for _, x := range list {
		id := x.Field
		switch id {
		case "owner":
			id = "admins"
		case "posting":
			id = "permissions"
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return strings.Join(out, " ")
}

func (w *Web) changeForm(c echo.Context, v *View) error {
	f, err := w.changeChoices(c, v, filingForm{Key: v.NewID()})
	if err != nil {
		return err
	}
	now := f.Change.Filing
	f.Base = f.Change.Base
	if from := c.QueryParam("from"); from != "" {
		cv, err := w.Service.Case(ctxOf(c), v.Actor, from, "")
		if err != nil {
			return err
		}
		if !mayChangeAnew(cv) || cv.GroupID != f.Change.Group.ID {
			return &service.Error{Kind: service.NotFound, Code: "not_found"}
		}
		now, f.Reason = *cv.Filing, cv.Reason
	}
	f.F, f.Admins, f.Members = now.Filing, now.AdminRefs, now.MemberRefs
	w.preview(c, v, &f)
	return w.showChange(c, v, http.StatusOK, f)
}

// mayChangeAnew tells whether a change can be the beginning of another: its requester's, without effect.
func mayChangeAnew(c service.CaseView) bool {
	over := c.Applied != nil && c.Applied.Result != domain.Accepted
	switch c.Status {
	case domain.CaseRejected, domain.CaseWithdrawn, domain.CaseExpired:
		over = true
	default: // under way, or carried out
	}
	return over && c.Kind == domain.KindChange && c.Filing != nil && slices.Contains(c.Relations, service.RelRequester)
}

// changeChoices is what the form begins from and offers.
func (w *Web) changeChoices(c echo.Context, v *View, f filingForm) (filingForm, error) {
	start, err := w.Service.ChangesOf(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return f, err
	}
	f.Change = &start
	return w.choices(c, v, f)
}

func (w *Web) showChange(c echo.Context, v *View, status int, f filingForm) error {
	v.Title, v.Nav = v.T("change.title")+" "+f.Change.Group.Number, "groups"
	return w.show(c, status, filePage(v, f))
}

// readChange is the form as it came in, with the group as it reads now.
func (w *Web) readChange(c echo.Context, v *View) (filingForm, error) {
	f, err := w.read(c, v)
	if err != nil {
		return f, err
	}
	f.Reason, f.Base = c.FormValue("reason"), c.FormValue("base")
	if f, err = w.changeChoices(c, v, f); err == nil {
		f.F.Platform, f.F.Existing = f.Change.Filing.Platform, f.Change.Filing.Existing
	}
	return f, err
}

// change takes the form: a preview, a suggested name, or the change itself. What was typed is kept whatever happens.
func (w *Web) change(c echo.Context, v *View) error {
	f, err := w.readChange(c, v)
	if err != nil {
		return err
	}
	if s := c.FormValue("use_name"); s != "" {
		f.F.Name = s
	}
	status, file := http.StatusOK, c.FormValue("do") == "file"
	if file {
		status = http.StatusUnprocessableEntity
	}
	if file && len(f.Faults) == 0 {
		done, err := w.Service.ChangeGroup(ctxOf(c), v.Actor, f.Change.Group.ID, f.Key, service.ChangeInput{Filing: f.F, Reason: f.Reason, Base: f.Base})
		if err == nil {
			return w.back(c, "/cases/"+done.ID, "change_asked", "n", done.Number)
		}
		e := service.AsError(err)
		if e.Kind != service.Invalid && e.Kind != service.Conflict && e.Kind != service.Unavailable {
			return err
		}
		f.Faults = e.Faults
		if e.Code == string(domain.ReasonStaleBase) { // what differs from what holds now is marked: sent again, it is meant
			f.Base = f.Change.Base
		}
		if len(e.Faults) == 0 {
			n := v.failure(e)
			if e.Kind == service.Unavailable {
				n.Body += v.T("file.kept")
			}
			v.Notice = &n
		}
		w.preview(c, v, &f)
		return w.showChange(c, v, w.note(c, e), f)
	}
	w.preview(c, v, &f)
	if f.Preview != nil && file {
		f.Faults = append(f.Faults, f.Preview.Faults...)
	}
	return w.showChange(c, v, status, f)
}

// changeName checks the name while it is typed; the group's own counts as free.
func (w *Web) changeName(c echo.Context, v *View) error {
	f, err := w.readChange(c, v)
	if err != nil {
		return err
	}
	if w.preview(c, v, &f); f.Preview == nil || strings.TrimSpace(f.F.Name) == "" {
		return w.show(c, http.StatusOK, nameCheck(v, nil))
	}
	return w.show(c, http.StatusOK, nameCheck(v, &f.Preview.Name))
}

// changeRoute is the route beside the form, with what would change.
func (w *Web) changeRoute(c echo.Context, v *View) error {
	f, err := w.readChange(c, v)
	if err != nil {
		return err
	}
	w.preview(c, v, &f)
	return w.show(c, http.StatusOK, routePreview(v, f))
}
