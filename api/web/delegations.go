package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const (
	mostCalendar = 1 << 20 // bytes of an uploaded calendar file; the service takes fewer, and says so
	standsMost   = 50      // delegations shown; older ones are in the audit
)

// delegationsData is what the page of somebody's delegations shows.
type delegationsData struct {
	Given, Received []service.DelegationView // planned and in force
	Ended           []service.DelegationView
	Proposals       []service.AbsenceView
	Acts            service.Page[service.ActedForView]
	Form            delegationForm
	Read            *service.CalendarReport // of the calendar just uploaded
}

// delegationForm is what was typed, and what is wrong with it.
type delegationForm struct {
	Deputy, From, Until, Reason, Note string
	Kinds                             []domain.RequestKind
	Faults                            []domain.Fault
	Of                                string // the proposal that it answers, when the fault is there
	Key                               string
}

func (w *Web) delegations(c echo.Context, v *View) error {
	return w.showDelegations(c, v, http.StatusOK, delegationForm{}, nil)
}

func (w *Web) showDelegations(c echo.Context, v *View, status int, f delegationForm, read *service.CalendarReport) error {
	v.Title, v.Nav = v.T("deleg.title"), "delegations"
	if f.Key == "" {
		f.Key = v.NewID()
	}
	d, ctx := delegationsData{Form: f, Read: read}, ctxOf(c)
	page, err := w.Service.Delegations(ctx, v.Actor, "", "", standsMost)
	if err != nil {
		return err
	}
	for _, x := range page.Items {
		switch {
		case x.State == service.DelegationEnded:
			d.Ended = append(d.Ended, x)
		case x.Giver.ID == v.Actor.ID:
			d.Given = append(d.Given, x)
		default:
			d.Received = append(d.Received, x)
		}
	}
	if d.Proposals, err = w.Service.Proposals(ctx, v.Actor); err != nil {
		return err
	}
	if d.Acts, err = w.Service.ActedFor(ctx, v.Actor, c.QueryParam("cursor"), pageSize); err != nil {
		return err
	}
	return w.show(c, status, delegationsPage(v, d))
}

// deputy finds whom a field names: E0012, E0012 罗景天, or a name that one person has. What names nobody is left for the
// service to refuse, so that the fault is worded once.
func (w *Web) deputy(c echo.Context, v *View, text string) (domain.EmployeeID, []domain.Fault, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil, nil
	}
	for _, q := range []string{strings.Fields(text)[0], text} {
		found, err := w.Service.FindPeople(ctxOf(c), v.Actor, q, 20)
		if e := service.AsError(err); err != nil && e.Kind != service.Invalid {
			return "", nil, err
		}
		var named []domain.EmployeeID
		for _, p := range found {
			if strings.EqualFold(p.Number, q) {
				return p.ID, nil, nil
			}
			if p.Name == q {
				named = append(named, p.ID)
			}
		}
		if len(named) == 1 {
			return named[0], nil, nil
		}
	}
	return "", []domain.Fault{{Field: "to", Code: "unknown_person"}}, nil
}

func (w *Web) delegate(c echo.Context, v *View) error {
	f := delegationForm{Deputy: c.FormValue("deputy"), From: c.FormValue("from"), Until: c.FormValue("until"), Reason: c.FormValue("reason"), Note: c.FormValue("note"), Key: c.FormValue("key")}
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	for _, k := range form["kinds"] {
		f.Kinds = append(f.Kinds, domain.RequestKind(k))
	}
	to, faults, err := w.deputy(c, v, f.Deputy)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		_, err = w.Service.Delegate(ctxOf(c), v.Actor, f.Key, service.DelegationInput{To: to, Kinds: f.Kinds, From: f.From, Until: f.Until, Reason: f.Reason, Note: f.Note})
	} else {
		err = &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	return w.delegated(c, v, f, err, "delegated")
}

// delegated ends a write: back with a word of success, or the page again with what is wrong.
func (w *Web) delegated(c echo.Context, v *View, f delegationForm, err error, done string) error {
	if err == nil {
		return w.back(c, "/delegations", done)
	}
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Kind != service.Conflict {
		return err
	}
	for _, x := range e.Faults {
		if x.Field == "to" { // on other pages that field is whom a case is handed on to
			x = domain.Fault{Field: "deputy", Code: x.Code, Params: map[string]string{"text": v.Fault(x)}}
		}
		f.Faults = append(f.Faults, x)
	}
	if len(f.Faults) == 0 {
		n := v.failure(e)
		v.Notice = &n
	}
	if e.Kind == service.Invalid {
		f.Key = "" // another request, another key
	}
	return w.showDelegations(c, v, w.note(c, e), f, nil)
}

func (w *Web) endDelegation(c echo.Context, v *View) error {
	_, err := w.Service.EndDelegation(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"))
	return w.delegated(c, v, delegationForm{}, err, "delegation_ended")
}

func (w *Web) acceptProposal(c echo.Context, v *View) error {
	f := delegationForm{Of: c.Param("id")}
	to, faults, err := w.deputy(c, v, c.FormValue("deputy"))
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		err = &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	} else {
		_, err = w.Service.AcceptProposal(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"), service.DelegationInput{To: to})
	}
	return w.delegated(c, v, f, err, "delegated")
}

func (w *Web) declineProposal(c echo.Context, v *View) error {
	_, err := w.Service.DeclineProposal(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("id"))
	return w.delegated(c, v, delegationForm{Of: c.Param("id")}, err, "proposal_declined")
}

func (w *Web) calendar(c echo.Context, v *View) error {
	up, err := upload(c, "calendar", mostCalendar)
	if err == nil {
		var rep service.CalendarReport
		if rep, err = w.Service.ImportCalendar(ctxOf(c), v.Actor, c.FormValue("key"), up); err == nil {
			return w.showDelegations(c, v, http.StatusOK, delegationForm{}, &rep)
		}
	}
	e := service.AsError(err)
	for i := range e.Faults {
		e.Faults[i].Field = "calendar"
	}
	return w.delegated(c, v, delegationForm{}, err, "")
}

// absencesForm and absences are HR's: the list is checked first, and exactly what was checked is taken.
func (w *Web) absencesForm(c echo.Context, v *View) error {
	return w.showAbsences(c, v, http.StatusOK, sheet{}, nil, nil)
}

func (w *Web) showAbsences(c echo.Context, v *View, status int, s sheet, rep *service.AbsenceReport, faults []domain.Fault) error {
	v.Title, v.Nav = v.T("absent.title"), "absences"
	return w.show(c, status, absencesPage(v, s, rep, faults))
}

func (w *Web) absences(c echo.Context, v *View) error {
	s, up, err := w.readSheet(c, v)
	again := func(st int, f []domain.Fault) error { return w.showAbsences(c, v, st, sheet{}, nil, f) }
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	rep, err := w.Service.ImportAbsences(ctxOf(c), v.Actor, s.Key, up, c.FormValue("do") != "apply")
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	return w.showAbsences(c, v, http.StatusOK, s, &rep, nil)
}

func (w *Web) absenceTemplate(c echo.Context, v *View) error {
	b, err := w.Service.AbsenceTemplate(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="absences.xlsx"`)
	return c.Blob(http.StatusOK, xlsxType, b)
}

// Period writes from when until when: in days where both ends are the company's midnight, else to the minute.
func (v *View) Period(from, until time.Time) string {
	from, until = from.In(v.Zone), until.In(v.Zone)
	midnight := func(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 }
	if !midnight(until) {
		const clock = " 15:04"
		return v.T("deleg.period", "from", v.Day(from)+from.Format(clock), "until", v.Day(until)+until.Format(clock))
	}
	last := until.AddDate(0, 0, -1)
	if v.Day(from) == v.Day(last) {
		return v.Day(from)
	}
	return v.T("deleg.period", "from", v.Day(from), "until", v.Day(last))
}

// KindNames lists kinds of request in a sentence; none are all.
func (v *View) KindNames(kinds []domain.RequestKind) string {
	if len(kinds) == 0 {
		return v.T("deleg.kinds.all")
	}
	var names []string
	for _, k := range kinds {
		names = append(names, v.TOr("deleg.kind."+string(k), string(k)))
	}
	return strings.Join(names, v.T("list.comma"))
}

// today is the company's date, for date fields.
func (v *View) today() string { return v.Now.In(v.Zone).Format(time.DateOnly) }

var (
	delegationTone  = map[service.DelegationState]string{service.DelegationPlanned: "info", service.DelegationInForce: "ok", service.DelegationEnded: "calm"}
	delegationShape = map[service.DelegationState]string{service.DelegationPlanned: "clock", service.DelegationInForce: "check", service.DelegationEnded: "dash"}
	// absenceTone tells what comes of a row of HR's list.
	absenceTone = map[string]string{service.AbsenceDelegates: "ok", service.AbsenceProposes: "info", service.AbsenceUpdates: "warn",
		service.AbsenceUnchanged: "calm", service.AbsenceOver: "calm", service.AbsenceNoOffice: "calm"}
	absenceShape = map[string]string{service.AbsenceDelegates: "check", service.AbsenceProposes: "half", service.AbsenceUpdates: "back",
		service.AbsenceUnchanged: "dash", service.AbsenceOver: "dash", service.AbsenceNoOffice: "dash"}
	delegationReasons = []string{"leave", "trip", "training", "other"}
	delegationKinds   = []domain.RequestKind{domain.KindFiling, domain.KindRevocation, domain.KindChange}
)

// suggested is the deputy that a proposal names, as the field takes it.
func suggested(x service.AbsenceView) string {
	if x.Deputy == nil {
		return ""
	}
	return x.Deputy.Number + " " + x.Deputy.Name
}

func actTone(x service.ActedForView) string {
	switch x.Outcome {
	case domain.Approve:
		return "ok"
	case domain.Reject:
		return "bad"
	}
	return "warn"
}

func actShape(x service.ActedForView) string {
	switch x.Outcome {
	case domain.Approve:
		return "check"
	case domain.Reject:
		return "cross"
	}
	return "back"
}

// stops counts the faults that keep a list from being taken; that a deputy is away too is only a word of warning.
func stops(rep *service.AbsenceReport) int {
	n := 0
	for _, f := range rep.Faults {
		if f.Code != "deputy_away" {
			n++
		}
	}
	return n
}
