package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// groupData is what a group's page shows.
type groupData struct {
	service.GroupView
	Form    confirmForm
	Inside  bool // the reader may see who is in it
	Members service.Page[service.MemberView]
	Looked  int // open findings after a look just now; -1: nobody looked

	Requests service.Page[service.MemberView] // to join, for who may answer them
	Only     string                           // the members are narrowed to this state

	Outsiders service.OutsiderList // people from outside, for who sees the members

	Posts service.Page[service.PostRow] // publications that the reader may know of
}

// can tells whether the reader may do an act now.
func (g groupData) can(k domain.GroupActKind) bool { return slices.Contains(g.Can, string(k)) }

// membersShown is how many places the page of a group lists at once.
const membersShown = 50

func (w *Web) showGroup(c echo.Context, v *View, status int) error {
	id := c.Param("id")
	g, err := w.Service.Group(ctxOf(c), v.Actor, id, c.FormValue("purpose"))
	if err != nil {
		if service.AsError(err).Code == purposeNeeded {
			return w.askPurpose(c, v, "/groups/"+id+"/reading")
		}
		return err
	}
	d := groupData{GroupView: g, Looked: -1, Form: confirmForm{ID: v.ActID("confirmations" + id), Gone: v.ActID("deletions" + id), Name: c.FormValue("name"), PlatformID: c.FormValue("platform_id")}}
	if d.Only = c.QueryParam("state"); d.Only != string(domain.MemberInactive) {
		d.Only = ""
	}
	d.Members, err = w.Service.Members(ctxOf(c), v.Actor, id, d.Only, c.QueryParam("cursor"), membersShown)
	var e *service.Error
	switch {
	case err == nil:
		d.Inside = true
	case errors.As(err, &e) && (e.Kind == service.Forbidden || e.Kind == service.Malformed):
	default:
		return err
	}
	if d.can(domain.GroupReview) && d.Inside {
		if d.Requests, err = w.Service.Members(ctxOf(c), v.Actor, id, string(domain.MemberRequested), "", membersShown); err != nil {
			return err
		}
	}
	d.Requests.Items = slices.DeleteFunc(d.Requests.Items, func(m service.MemberView) bool { return m.Person.Outside }) // they stand with their sponsors
	if d.Inside && g.Life != nil {
		if d.Outsiders, err = w.Service.OutsidersOf(ctxOf(c), v.Actor, id); err != nil {
			return err
		}
		if d.Posts, err = w.Service.Posts(ctxOf(c), v.Actor, service.PostFilter{Scope: "all", Group: id, Limit: 20}); err != nil {
			return err
		}
	}
	w.recount(c, v)
	v.Title, v.Nav = g.Name, "register"
	return w.show(c, status, groupPage(v, d))
}

// lifePost is one act of a group's life as its form sends it.
type lifePost struct {
	kind  domain.GroupActKind
	done  string // what is said when it was accepted
	field string // the form's choice of people
	param string // the part that the address names
}

// lifePosts are the acts by the end of their address; the API has the same.
var lifePosts = map[string]lifePost{
	"renewals":                          {kind: domain.GroupRenew, done: "renewed"},
	"freezes":                           {kind: domain.GroupFreeze, done: "frozen", field: "implicated"},
	"unfreezes":                         {kind: domain.GroupUnfreeze, done: "unfrozen"},
	"archivals":                         {kind: domain.GroupArchive, done: "archived"},
	"restorations":                      {kind: domain.GroupRestore, done: "restored"},
	"dissolutions":                      {kind: domain.GroupDissolve, done: "dissolved"},
	"holds":                             {kind: domain.GroupHold, done: "held", field: "custodians"},
	"holds/:hold/releases":              {kind: domain.GroupRelease, done: "released", param: "hold"},
	"members":                           {kind: domain.GroupAdmit, done: "admitted", field: "admitted"},
	"members/:employee/removals":        {kind: domain.GroupRemove, done: "removed", param: "employee"},
	"invitations":                       {kind: domain.GroupInvite, done: "invited", field: "invited"},
	"departures":                        {kind: domain.GroupLeave, done: "left"},
	"exemptions":                        {kind: domain.GroupExempt, done: "exempted", field: "exempted"},
	"consents":                          {kind: domain.GroupConsent, done: "consented"},
	"appointments":                      {kind: domain.GroupAppoint, done: "appointed", field: "appointed"},
	"operations/:op/confirmations":      {kind: domain.GroupOpConfirm, done: "op_confirmed", param: "op"},
	"operations/:op/retries":            {kind: domain.GroupOpRetry, done: "op_retried", param: "op"},
	"findings/:finding/resolutions":     {kind: domain.GroupResolve, done: "resolved", param: "finding"},
	"gaps/:capability/acknowledgements": {kind: domain.GroupSeenGap, done: "gap_seen", param: "capability"},
}

// lifeRoutes are the pages' acts on a group.
func lifeRoutes() []Route {
	var out []Route
	for path, p := range lifePosts {
		out = append(out, Route{Method: http.MethodPost, Path: "/groups/:id/" + path, handle: func(w *Web, c echo.Context, v *View) error { return w.lifeAct(c, v, p) }})
	}
	return out
}

// lifeAct reads an act's form, leaves every rule to the service, and comes back to the group's page.
func (w *Web) lifeAct(c echo.Context, v *View, p lifePost) error {
	id, part := c.Param("id"), ""
	if p.param != "" {
		part = c.Param(p.param)
	}
	in := service.GroupActInput{Kind: p.kind, ID: c.FormValue("act_id"), Comment: c.FormValue("comment"), Digest: c.FormValue("digest"), EndsOn: c.FormValue("ends_on"),
		Proposal: domain.Proposal(c.FormValue("proposal"))}
	var err error
	if p.field != "" {
		in.People, err = w.named(c, v, p.field)
	}
	if p.kind == domain.GroupExempt && c.FormValue("over") != "" {
		in.Refuse, p.done = true, "exempt_over"
	}
	switch p.param {
	case "hold":
		in.Hold = part
	case "op":
		in.Op = part
	case "finding":
		in.Finding = part
	case "capability":
		in.Capability = part
	case "employee":
		in.People = []string{part}
	}
	if p.kind == domain.GroupOpConfirm && err == nil {
		in.Screenshot, err = upload(c, "screenshot", 5<<20)
	}
	var a service.ActAnswer
	if err == nil {
		a, err = w.Service.ActOnGroup(ctxOf(c), v.Actor, id, in)
	}
	to := "/groups/" + id
	switch {
	case p.kind == domain.GroupLeave && c.FormValue("from") == "joins": // a place given up
		return w.answered(c, v, a, err, "/memberships", "gave_up", "", "/groups/"+id+"/acts/"+in.ID, w.showJoining)
	case p.kind == domain.GroupLeave && err == nil && !v.openTo(a): // who left may not be let in again
		to = "/groups"
	}
	return w.answered(c, v, a, err, to, p.done, "", "/groups/"+id+"/acts/"+in.ID, func(c echo.Context, v *View, status int) error {
		if v.Kept == nil {
			v.Kept = url.Values{}
		}
		if p.kind == domain.GroupExempt {
			part = strings.Join(in.People, "")
		}
		v.Kept.Set("act", c.Path()+id+part) // of several forms of one kind, the one that was sent
		return w.showGroup(c, v, status)
	})
}

// openTo tells whether what an answer is about is open to every employee.
func (v *View) openTo(a service.ActAnswer) bool {
	return a.Case == nil || !a.Case.Tier.Confidential() || v.Has(domain.RoleSecurity, domain.RoleAuditor, domain.RoleLegal)
}

// actKey names one form of a group's page, so that what was typed comes back to it alone.
func actKey(path string, g service.GroupView, part string) string {
	return "/groups/:id/" + path + g.ID + part
}

// groupActStatus is the page that waits for an act whose answer was still out.
func (w *Web) groupActStatus(c echo.Context, v *View) error {
	id, act := c.Param("id"), c.Param("act")
	a, err := w.Service.ActStatus(ctxOf(c), v.Actor, id, act)
	if err == nil && a.Pending {
		v.Title = v.T("pending.title")
		c.Response().Header().Set("Refresh", "2")
		return w.show(c, http.StatusAccepted, pendingPage(v, "/groups/"+id))
	}
	return w.answered(c, v, a, err, "/groups/"+id, "recorded", "", "", w.showGroup)
}

// look compares a group with its platform now.
func (w *Web) look(c echo.Context, v *View) error {
	id := c.Param("id")
	if _, err := w.Service.LookAt(ctxOf(c), v.Actor, id); err != nil {
		return w.answered(c, v, service.ActAnswer{}, err, "", "", "", "", w.showGroup)
	}
	return w.back(c, "/groups/"+id, "looked")
}

// groupHistory is the whole history of a group, by pages, the newest first.
func (w *Web) groupHistory(c echo.Context, v *View) error {
	id := c.Param("id")
	g, err := w.Service.Group(ctxOf(c), v.Actor, id, "")
	if err != nil {
		if service.AsError(err).Code == purposeNeeded {
			return w.askPurpose(c, v, "/groups/"+id+"/reading")
		}
		return err
	}
	page, err := w.Service.GroupTimeline(ctxOf(c), v.Actor, id, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	v.Title, v.Nav = cmp.Or(g.Name, g.Number), "register"
	return w.show(c, http.StatusOK, groupHistoryPage(v, g, page))
}
