package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// mostNumbers bounds the staff numbers that one field takes at once; more come by the bulk page.
const mostNumbers = 300

// filingForm is the form as it stands: what was typed, what it means, what is wrong with it.
type filingForm struct {
	Key           string
	F             domain.Filing
	Admins        []service.PersonRef
	Members       []service.PersonRef
	AdminNumbers  string // typed staff numbers that were not understood
	MemberNumbers string
	Departments   []service.DepartmentRef
	Tiers         []service.TierView
	Platforms     []string
	Preview       *service.Preview
	Faults        []domain.Fault
	Again         *service.CaseView    // the case that is changed and submitted again; nil: a new filing
	Comment       string               // what was changed, in the requester's words
	Change        *service.ChangeStart // the group that is to be changed; nil: no change
	Reason        string               // … and why
	Base          string               // … and its material when the form was shown first
	Found         string               // the group that was found on its platform and is filed late; empty: a new one
}

// tier finds what the chosen tier allows.
func (f filingForm) tier(t domain.Tier) service.TierView {
	for _, x := range f.Tiers {
		if x.Tier == t {
			return x
		}
	}
	return service.TierView{Tier: t}
}

func (f filingForm) owns(id domain.DepartmentID) bool { return slices.Contains(f.F.Departments, id) }

func (w *Web) fileForm(c echo.Context, v *View) error {
	f, err := w.choices(c, v, filingForm{Key: v.NewID()})
	if err != nil {
		return err
	}
	f.F = domain.Filing{Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Permissions: f.tier(domain.TierOrdinary).Defaults}
	if len(f.Platforms) > 0 {
		f.F.Platform = f.Platforms[0]
	}
	if me, err := w.Service.Me(ctxOf(c), v.Actor); err == nil {
		f.Admins = []service.PersonRef{me.Person} // usual, and can be unticked
		for _, d := range f.Departments {
			if strings.HasSuffix(d.Path, me.Person.Department) && d.Name != "" && strings.HasSuffix(me.Person.Department, d.Name) {
				f.F.Departments = []domain.DepartmentID{d.ID}
			}
		}
	}
	if found := c.QueryParam("found"); found != "" {
		if err := w.found(c, v, found, &f); err != nil {
			return err
		}
	}
	if from := c.QueryParam("from"); from != "" {
		if err := w.anew(c, v, from, &f); err != nil {
			return err
		}
	}
	return w.showFile(c, v, http.StatusOK, f)
}

// found fills the form with a group that was found on its platform: where it lives is not to be chosen, its name may stay.
func (w *Web) found(c echo.Context, v *View, id string, f *filingForm) error {
	g, err := w.Service.Group(ctxOf(c), v.Actor, id, "")
	if err != nil {
		return err
	}
	if g.State != domain.GroupDraft && g.State != domain.GroupFrozen { // whether it is filed already, the service says
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	f.Found, f.F.Name, f.F.Platform, f.F.Existing = g.ID, g.Name, g.Platform, true
	return nil
}

// anew fills the form with a case of the reader's own that ended without a group, to be changed and filed again. People
// and departments that are gone by now are named as faults when it is sent, as always.
func (w *Web) anew(c echo.Context, v *View, id string, f *filingForm) error {
	cv, err := w.Service.Case(ctxOf(c), v.Actor, id, "")
	if err != nil {
		return err
	}
	if !mayFileAnew(cv) {
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	f.F, f.Admins, f.Members = cv.Filing.Filing, cv.Filing.AdminRefs, cv.Filing.MemberRefs
	return nil
}

// mayFileAnew tells whether a case can be the beginning of another: its requester's, and without a group.
func mayFileAnew(c service.CaseView) bool {
	switch c.Status {
	case domain.CaseRejected, domain.CaseWithdrawn, domain.CaseExpired:
		return c.Kind == domain.KindFiling && c.Filing != nil && slices.Contains(c.Relations, service.RelRequester)
	case domain.CaseSubmitted, domain.CaseInApproval, domain.CaseReturned: // still going on
	case domain.CaseApproved, domain.CaseStopped, domain.CaseRevoked: // over, and not to be asked anew
	}
	return false
}

func (w *Web) showFile(c echo.Context, v *View, status int, f filingForm) error {
	v.Title, v.Nav = v.T("file.title"), "file"
	return w.show(c, status, filePage(v, f))
}

// choices fills in what the form offers.
func (w *Web) choices(c echo.Context, v *View, f filingForm) (filingForm, error) {
	var err error
	if f.Departments, err = w.Service.Departments(ctxOf(c), v.Actor); err != nil {
		return f, err
	}
	if f.Tiers, err = w.Service.Tiers(ctxOf(c), v.Actor); err != nil {
		return f, err
	}
	f.Platforms, err = w.Service.Platforms(ctxOf(c), v.Actor)
	return f, err
}

// read takes the form as it came in. Typed staff numbers become people; those that do not are faults of their field.
func (w *Web) read(c echo.Context, v *View) (filingForm, error) {
	form, err := c.FormParams()
	if err != nil {
		return filingForm{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	one := func(k string) string { return strings.TrimSpace(form.Get(k)) }
	f := filingForm{Key: one("key"), Comment: form.Get("comment"), Found: one("found")}
	f.F = domain.Filing{
		Name: form.Get("name"), Type: domain.GroupType(one("type")), Tier: domain.Tier(one("tier")), Purpose: form.Get("purpose"),
		Platform: one("platform"), EndsOn: one("ends_on"), Existing: one("existing") != "",
		Permissions: domain.Permissions{InviteOutsiders: one("invite_outsiders") != "", AnonymousSpeech: one("anonymous_speech") != "",
			SeeContacts: one("see_contacts") != "", JoinByReview: one("join_by_review") != "", Posting: domain.PostingWho(one("posting"))},
	}
	for _, d := range form["departments"] {
		f.F.Departments = append(f.F.Departments, domain.DepartmentID(d))
	}
	if f.Admins, f.AdminNumbers, err = w.resolve(c, v, "admins", form["admins"], form.Get("admin_numbers"), &f.Faults); err != nil {
		return f, err
	}
	if f.Members, f.MemberNumbers, err = w.resolve(c, v, "members", form["members"], form.Get("member_numbers"), &f.Faults); err != nil {
		return f, err
	}
	for _, p := range f.Admins {
		f.F.Admins = append(f.F.Admins, p.ID)
	}
	for _, p := range f.Members {
		f.F.Members = append(f.F.Members, p.ID)
	}
	return f, nil
}

// resolve turns a field's people into references. A picked person comes as "id number"; a typed one as a number or name.
func (w *Web) resolve(c echo.Context, v *View, field string, picked []string, typed string, faults *[]domain.Fault) ([]service.PersonRef, string, error) {
	var out []service.PersonRef
	var unknown []string
	add := func(p service.PersonRef) {
		if !slices.ContainsFunc(out, func(x service.PersonRef) bool { return x.ID == p.ID }) {
			out = append(out, p)
		}
	}
	for _, s := range picked {
		add(chipRef(s))
	}
	words := strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(" ,;、，；\n\r\t", r) })
	if len(words) > mostNumbers {
		*faults = append(*faults, domain.Fault{Field: field, Code: "too_many_numbers", Params: map[string]string{"max": "300"}})
		return out, typed, nil
	}
	for _, word := range words {
		found, err := w.Service.FindPeople(ctxOf(c), v.Actor, word, 5)
		if e := service.AsError(err); err != nil && e.Kind != service.Invalid {
			return out, typed, err
		}
		i := slices.IndexFunc(found, func(p service.PersonRef) bool { return strings.EqualFold(p.Number, word) })
		if i < 0 && len(found) == 1 && found[0].Name == word {
			i = 0
		}
		if i < 0 {
			unknown = append(unknown, word)
			continue
		}
		add(found[i])
	}
	if len(unknown) > 0 {
		*faults = append(*faults, domain.Fault{Field: field, Code: "unknown_numbers", Params: map[string]string{"numbers": strings.Join(unknown, " ")}})
	}
	return out, strings.Join(unknown, " "), nil
}

// file takes the form: a preview, a suggested name, or the filing itself. What was typed is kept whatever happens.
func (w *Web) file(c echo.Context, v *View) error {
	f, err := w.read(c, v)
	if err != nil {
		return err
	}
	if s := c.FormValue("use_name"); s != "" {
		f.F.Name = s
	}
	if len(f.Faults) == 0 && c.FormValue("do") == "file" {
		var done service.CaseSummary
		if f.Found != "" {
			done, err = w.Service.FileFound(ctxOf(c), v.Actor, f.Found, f.Key, f.F)
		} else {
			done, err = w.Service.FileGroup(ctxOf(c), v.Actor, f.Key, f.F)
		}
		if err == nil {
			return w.back(c, "/cases/"+done.ID, "filed", "n", done.Number)
		}
		e := service.AsError(err)
		if e.Kind != service.Invalid && e.Kind != service.Conflict && e.Kind != service.Unavailable {
			return err
		}
		f.Faults = e.Faults
		if len(e.Faults) == 0 {
			n := v.failure(e)
			if e.Kind == service.Unavailable {
				n.Body += v.T("file.kept")
			}
			v.Notice = &n
		}
		if f, err = w.choices(c, v, f); err != nil {
			return err
		}
		w.preview(c, v, &f)
		return w.showFile(c, v, w.note(c, e), f)
	}
	status := http.StatusOK
	if c.FormValue("do") == "file" {
		status = http.StatusUnprocessableEntity
	}
	if f, err = w.choices(c, v, f); err != nil {
		return err
	}
	w.preview(c, v, &f)
	if f.Preview != nil && c.FormValue("do") == "file" {
		f.Faults = append(f.Faults, f.Preview.Faults...)
	}
	return w.showFile(c, v, status, f)
}

// preview asks for the route; when it cannot be had the form goes on without it.
func (w *Web) preview(c echo.Context, v *View, f *filingForm) {
	var p service.Preview
	var err error
	switch {
	case f.Change != nil:
		var x service.ChangePreview
		x, err = w.Service.PreviewChange(ctxOf(c), v.Actor, f.Change.Group.ID, service.ChangeInput{Filing: f.F, Reason: f.Reason})
		p = x.Preview
	case f.Again != nil:
		p, err = w.Service.PreviewResubmission(ctxOf(c), v.Actor, f.Again.ID, f.F)
	default:
		p, err = w.Service.PreviewFiling(ctxOf(c), v.Actor, f.F)
	}
	if err == nil {
		f.Preview = &p
		return
	}
	var e *service.Error
	if errors.As(err, &e) && e.Kind == service.Invalid {
		f.Preview = &service.Preview{Name: service.NameCheck{Name: f.F.Name}, Faults: e.Faults}
	}
}

// fileName is the name's check while it is typed.
func (w *Web) fileName(c echo.Context, v *View) error {
	f, err := w.read(c, v)
	if err != nil {
		return err
	}
	if strings.TrimSpace(f.F.Name) == "" {
		return w.show(c, http.StatusOK, nameCheck(v, nil))
	}
	n, err := w.Service.CheckName(ctxOf(c), v.Actor, f.F)
	if err != nil {
		e := service.AsError(err)
		if e.Kind != service.Invalid {
			return err
		}
		n = service.NameCheck{Name: f.F.Name, Faults: e.Faults}
	}
	return w.show(c, http.StatusOK, nameCheck(v, &n))
}

// fileRoute is the route beside the form, as it would be if it were filed now.
func (w *Web) fileRoute(c echo.Context, v *View) error {
	f, err := w.read(c, v)
	if err != nil {
		return err
	}
	w.preview(c, v, &f)
	return w.show(c, http.StatusOK, routePreview(v, f))
}

// ceilingText lists, for the script that greys out what the tier forbids, the settings above its ceiling.
func ceilingText(c domain.Permissions) string {
	var off []string
	if !c.InviteOutsiders {
		off = append(off, "invite_outsiders")
	}
	if !c.AnonymousSpeech {
		off = append(off, "anonymous_speech")
	}
	if !c.SeeContacts {
		off = append(off, "see_contacts")
	}
	if c.Posting == domain.PostAdmins {
		off = append(off, "posting.members")
	}
	if c.JoinByReview {
		off = append(off, "+join_by_review") // must be on
	}
	return strings.Join(off, " ")
}
