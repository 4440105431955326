package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// mostLive bounds, in bytes, the draft that is screened while it is typed; a longer one is screened when its author asks.
const mostLive = 64 << 10

// draftForm is the form of a draft as it stands.
type draftForm struct {
	ID, Key     string // ID: the draft that is changed; empty: a new one
	Number      string
	In          service.PostInput
	Kept        []service.PostFile     // files that are with the draft already
	Names       []service.PostGroupRef // groups that can be chosen
	Departments []service.DepartmentRef
	People      []service.PersonRef // of the scope
	Numbers     string
	Parties     []service.PersonRef
	PartyTyped  string
	Exempt      []string // findings that a security officer is to be asked about
	Ticked      []string // of the checklist
	Faults      []domain.Fault
	Preview     *service.PostPreview
	Stored      []service.PostFinding // in the files that are kept
	Long        bool                  // too long to be screened while it is typed
}

// fields are the fields that are posted, in the order of the form.
var draftFields = []string{"subject", "text", "source", "application", "demands"}

func wordOf(w service.PostWords, field string) string {
	switch field {
	case "subject":
		return w.Subject
	case "text":
		return w.Text
	case "source":
		return w.Source
	case "application":
		return w.Application
	}
	return w.Demands
}

// words is what the form says, in the form in which findings count their places.
func (f draftForm) words() service.PostWords {
	t := service.TidyPostText
	return service.PostWords{Subject: t(f.In.Subject), Text: t(f.In.Text), Source: t(f.In.Source), Application: t(f.In.Application), Demands: t(f.In.Demands)}
}

func (f draftForm) action() string {
	if f.ID == "" {
		return "/publications/new"
	}
	return "/publications/" + f.ID + "/edit"
}

// newPost is an empty draft, for a group when its page leads here.
func (w *Web) newPost(c echo.Context, v *View) error {
	f := draftForm{Key: v.NewID(), In: service.PostInput{Class: domain.ClassGeneral}}
	if g := c.QueryParam("group"); g != "" {
		f.In.Groups = []string{g}
	}
	if err := w.draftChoices(c, v, &f); err != nil {
		return err
	}
	return w.showDraft(c, v, http.StatusOK, f)
}

// editPost is a draft to go on with. One that cannot be changed any more says on its own page how it stands.
func (w *Web) editPost(c echo.Context, v *View) error {
	p, err := w.Service.Post(ctxOf(c), v.Actor, c.Param("id"), "")
	if err != nil {
		return err
	}
	if !slices.Contains(p.Can, "change") || p.Original == nil {
		return c.Redirect(http.StatusSeeOther, "/publications/"+p.ID)
	}
	f := draftForm{}
	o := *p.Original
	f.In = service.PostInput{Subject: o.Subject, Text: o.Text, Source: o.Source, Application: o.Application, Demands: o.Demands, Reason: o.Reason, Class: p.Declared, Urgent: p.Urgent}
	for _, g := range p.Groups {
		f.In.Groups = append(f.In.Groups, g.ID)
	}
	for _, g := range p.Scope.Groups {
		f.In.Scope.Groups = append(f.In.Scope.Groups, g.ID)
	}
	for _, d := range p.Scope.Departments {
		f.In.Scope.Departments = append(f.In.Scope.Departments, d.ID)
	}
	for _, d := range p.Parties.Departments {
		f.In.Parties.Departments = append(f.In.Parties.Departments, d.ID)
	}
	f.People, f.Parties = p.Scope.People, p.Parties.People
	f.In.Scope.People, f.In.Parties.People = idsOf(f.People), idsOf(f.Parties)
	f.keep(p)
	if err := w.draftChoices(c, v, &f); err != nil {
		return err
	}
	if err := w.screenDraft(c, v, &f); err != nil {
		return err
	}
	return w.showDraft(c, v, http.StatusOK, f)
}

// keep takes over what is stored of a draft: its version, its files, and what was found in them.
func (f *draftForm) keep(p service.PostView) {
	f.ID, f.Number, f.In.Written, f.Kept, f.Stored = p.ID, p.Number, p.Written, nil, nil
	if p.Original != nil {
		f.Kept = p.Original.Files
	}
	f.In.Files = nil
	for _, x := range f.Kept {
		f.In.Files = append(f.In.Files, service.PostUpload{Object: x.Object})
	}
	for _, x := range p.Findings {
		if strings.HasPrefix(x.Field, "files[") {
			f.Stored = append(f.Stored, x)
		}
		if x.Exempt == "asked" {
			f.Exempt = append(f.Exempt, x.ID)
		}
	}
}

func idsOf(list []service.PersonRef) []domain.EmployeeID {
	var out []domain.EmployeeID
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

// draftChoices fills in what the form offers: the groups that the reader is in or administers, and those chosen already.
func (w *Web) draftChoices(c echo.Context, v *View, f *draftForm) error {
	mine, err := w.Service.Register(ctxOf(c), v.Actor, service.GroupFilter{Mine: true, Limit: 100})
	if err != nil {
		return err
	}
	f.Names = nil
	for _, g := range mine.Items {
		if g.State == domain.GroupActive || g.State == domain.GroupRenewalDue || g.State == domain.GroupGrace || slices.Contains(f.In.Groups, g.ID) {
			f.Names = append(f.Names, service.PostGroupRef{ID: g.ID, Name: g.Name})
		}
	}
	for _, id := range slices.Concat(f.In.Groups, f.In.Scope.Groups) {
		if slices.ContainsFunc(f.Names, func(g service.PostGroupRef) bool { return g.ID == id }) {
			continue
		}
		name := id // not to be known to the reader: the service refuses it by its field
		if g, err := w.Service.Group(ctxOf(c), v.Actor, id, ""); err == nil {
			name = g.Name
		}
		f.Names = append(f.Names, service.PostGroupRef{ID: id, Name: name})
	}
	f.Departments, err = w.Service.Departments(ctxOf(c), v.Actor)
	return err
}

func (w *Web) showDraft(c echo.Context, v *View, status int, f draftForm) error {
	v.Title, v.Nav = v.T("draft.title"), "posts"
	return w.show(c, status, draftPage(v, f))
}

// readDraft takes the form as it came in.
func (w *Web) readDraft(c echo.Context, v *View) (draftForm, error) {
	form, err := c.FormParams()
	if err != nil {
		return draftForm{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	f := draftForm{ID: c.Param("id"), Key: form.Get("key"), Exempt: form["exempt"], Ticked: form["check"]}
	f.In = service.PostInput{Subject: form.Get("subject"), Text: form.Get("text"), Source: form.Get("source"), Application: form.Get("application"), Demands: form.Get("demands"),
		Reason: form.Get("reason"), Class: domain.Class(form.Get("class")), Urgent: form.Get("urgent") != "", Groups: form["groups"], Written: form.Get("written")}
	f.In.Scope.Groups = form["scope_groups"]
	for _, d := range form["scope_departments"] {
		f.In.Scope.Departments = append(f.In.Scope.Departments, domain.DepartmentID(d))
	}
	for _, d := range form["party_departments"] {
		f.In.Parties.Departments = append(f.In.Parties.Departments, domain.DepartmentID(d))
	}
	if f.People, f.Numbers, err = w.resolve(c, v, "scope_people", form["scope_people"], form.Get(numbersField("scope_people")), &f.Faults); err != nil {
		return f, err
	}
	if f.Parties, f.PartyTyped, err = w.resolve(c, v, "party_people", form["party_people"], form.Get(numbersField("party_people")), &f.Faults); err != nil {
		return f, err
	}
	f.In.Scope.People, f.In.Parties.People = idsOf(f.People), idsOf(f.Parties)
	names := form["file_name"]
	for i, o := range form["file"] { // those kept; unticked ones are left out
		at := service.PostFile{Object: o, Name: o}
		for _, n := range names {
			if id, name, _ := strings.Cut(n, "|"); id == o {
				at.Name = name
			}
		}
		if i < service.MaxPostFiles {
			f.Kept = append(f.Kept, at)
			f.In.Files = append(f.In.Files, service.PostUpload{Object: o})
		}
	}
	ups, err := uploads(c, "files")
	if err != nil {
		return f, err
	}
	for _, u := range ups {
		f.In.Files = append(f.In.Files, service.PostUpload{Name: u.Name, Data: u.Data})
	}
	return f, nil
}

// screenDraft asks what the draft would lead to. Files that are kept are looked at when it is stored.
func (w *Web) screenDraft(c echo.Context, v *View, f *draftForm) error {
	in := f.In
	in.Files = slices.DeleteFunc(slices.Clone(in.Files), func(x service.PostUpload) bool { return x.Object != "" })
	p, err := w.Service.PreviewPost(ctxOf(c), v.Actor, in)
	if err != nil {
		e := service.AsError(err)
		if e.Kind != service.Invalid {
			return err
		}
		f.Faults = append(f.Faults, e.Faults...)
		return nil
	}
	f.Preview = &p
	return nil
}

// previewPost is what stands beside the form while it is typed.
func (w *Web) previewPost(c echo.Context, v *View) error {
	f, err := w.readDraft(c, v)
	if err != nil {
		return err
	}
	if f.Long = len(f.In.Text) > mostLive; !f.Long {
		if err := w.screenDraft(c, v, &f); err != nil {
			return err
		}
	}
	return w.show(c, http.StatusOK, draftCheck(v, f))
}

// savePost takes the form: a check shows what it would lead to, saving stores the draft, submitting stores and submits it.
// Files cannot come back into a form, so a check of a draft with new ones stores it too.
func (w *Web) savePost(c echo.Context, v *View) error {
	f, err := w.readDraft(c, v)
	if err != nil {
		return err
	}
	do := c.FormValue("do")
	fresh := slices.ContainsFunc(f.In.Files, func(x service.PostUpload) bool { return x.Object == "" })
	if len(f.Faults) > 0 || do != "save" && do != "submit" && !fresh {
		return w.draftAgain(c, v, http.StatusOK, f)
	}
	var p service.PostView
	if f.ID == "" {
		p, err = w.Service.DraftPost(ctxOf(c), v.Actor, f.Key, f.In)
	} else {
		p, err = w.Service.ChangePost(ctxOf(c), v.Actor, f.ID, f.In)
	}
	if err != nil {
		return w.notSaved(c, v, f, err)
	}
	f.keep(p)
	switch do {
	case "save":
		return w.back(c, "/publications/"+p.ID, "post_saved", "n", p.Number)
	case "submit":
	default:
		return w.back(c, "/publications/"+p.ID+"/edit", "post_saved", "n", p.Number)
	}
	p, err = w.Service.SubmitPost(ctxOf(c), v.Actor, p.ID, service.PostSubmitInput{Written: p.Written, Checked: f.checked(c.FormValue("checks")), Exempt: f.Exempt})
	if err != nil {
		return w.notSaved(c, v, f, err)
	}
	return w.back(c, "/publications/"+p.ID, "post_"+string(p.State), "n", p.Number)
}

// checked tells whether every point of the checklist was ticked.
func (f draftForm) checked(points string) bool {
	n, err := strconv.Atoi(points)
	ticked := slices.Clone(f.Ticked)
	slices.Sort(ticked)
	return err == nil && n > 0 && len(slices.Compact(ticked)) >= n
}

// notSaved shows the form again with what is wrong; what was typed is kept.
func (w *Web) notSaved(c echo.Context, v *View, f draftForm, err error) error {
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Kind != service.Conflict && e.Kind != service.Unavailable {
		return err
	}
	f.Faults = append(f.Faults, e.Faults...)
	if len(e.Faults) == 0 {
		n := v.failure(e)
		v.Notice = &n
	}
	return w.draftAgain(c, v, w.note(c, e), f)
}

func (w *Web) draftAgain(c echo.Context, v *View, status int, f draftForm) error {
	if err := w.draftChoices(c, v, &f); err != nil {
		return err
	}
	if err := w.screenDraft(c, v, &f); err != nil && status == http.StatusOK {
		return err
	}
	seen := map[string]bool{}    // the same fault is told once, at the part of the form where it is mended
	for i, x := range f.Faults { // the form has one place for each
		if field, _, _ := strings.Cut(baseField(x.Field), "."); field == "scope" || field == "parties" {
			f.Faults[i].Field = map[string]string{"scope": "scope_people", "parties": "party_people"}[field]
		}
	}
	f.Faults = slices.DeleteFunc(f.Faults, func(x domain.Fault) bool {
		k := x.Field + " " + x.Code
		defer func() { seen[k] = true }()
		return seen[k]
	})
	return w.showDraft(c, v, status, f)
}
