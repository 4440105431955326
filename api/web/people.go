package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// pickFields are the choices of people that forms hold.
var pickFields = []string{"admins", "members", "to", "added", "copied", "assignee", "implicated", "custodians", "admitted", "appointed", "invited", "scope_people", "party_people"}

// people is the picker's search.
func (w *Web) people(c echo.Context, v *View) error {
	q := strings.TrimSpace(c.QueryParam("q"))
	field := c.QueryParam("field")
	if field == "deputy" { // the text of a field that the browser completes: E0012, or E0012 罗景天
		q, _, _ = strings.Cut(strings.TrimSpace(c.QueryParam("deputy")), " ")
	} else if !slices.Contains(pickFields, field) {
		field = "admins"
	}
	var found []service.PersonRef
	if q != "" {
		var err error
		if found, err = w.Service.FindPeople(ctxOf(c), v.Actor, q, 8); err != nil {
			if service.AsError(err).Kind != service.Invalid {
				return err
			}
			found = nil
		}
	}
	if field == "deputy" {
		return w.show(c, http.StatusOK, deputyOptions(found))
	}
	return w.show(c, http.StatusOK, peopleFound(v, field, q, found))
}

// numbersField is the field for typed staff numbers beside a choice of people.
func numbersField(field string) string { return strings.TrimSuffix(field, "s") + "_numbers" }

// named reads a choice of people from a form: those ticked and those typed. Typed ones that nobody has are faults.
func (w *Web) named(c echo.Context, v *View, field string) ([]string, error) {
	form, err := c.FormParams()
	if err != nil {
		return nil, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	var faults []domain.Fault
	refs, _, err := w.resolve(c, v, field, form[field], form.Get(numbersField(field)), &faults)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	var ids []string
	for _, p := range refs {
		ids = append(ids, string(p.ID))
	}
	return ids, nil
}

// oneNamed reads the choice of one person; the service says what is wrong when there is none.
func (w *Web) oneNamed(c echo.Context, v *View, field string) (string, error) {
	ids, err := w.named(c, v, field)
	switch {
	case err != nil || len(ids) == 0:
		return "", err
	case len(ids) > 1:
		return "", &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: field, Code: "too_many", Params: map[string]string{"max": "1"}}}}
	}
	return ids[0], nil
}

// chipValue is what a chosen person's tick carries. Number, name and department travel with it, so that a form of 300
// members needs no 300 look-ups; the service takes only the id and checks it, the rest is for showing.
func chipValue(p service.PersonRef) string {
	clean := strings.NewReplacer("|", " ").Replace
	return string(p.ID) + "|" + clean(p.Number) + "|" + clean(p.Name) + "|" + clean(p.Department)
}

// chipRef reads chipValue.
func chipRef(s string) service.PersonRef {
	parts := strings.SplitN(s, "|", 4)
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	return service.PersonRef{ID: domain.EmployeeID(parts[0]), Number: parts[1], Name: parts[2], Department: parts[3], Active: true}
}
