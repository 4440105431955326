package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const pageSize = 30

// homeData is what the first page shows; a part that could not be read stays empty and is said so.
type homeData struct {
	Inbox  service.Page[service.InboxItem]
	Hand   service.Page[service.CaseSummary] // process administrators'
	Cases  service.Page[service.CaseSummary]
	Groups service.Page[service.GroupRow]
	News   service.Page[service.NotificationView]
	// Renewals counts the reader's groups that come due this quarter, at most a page of them.
	Renewals int
	Notices  []service.PlaceView // where the reader is to be removed as inactive
}

func (w *Web) home(c echo.Context, v *View) error {
	if v.Actor.Outside { // theirs is the list of their own places
		return c.Redirect(http.StatusSeeOther, "/memberships")
	}
	v.Title, v.Nav = v.T("home.title"), "home"
	ctx, d := ctxOf(c), homeData{}
	var err error
	if d.Inbox, err = w.Service.Inbox(ctx, v.Actor, "", 5); err != nil {
		return err
	}
	if v.Has(domain.RoleProcessAdmin) {
		queue, err := w.Service.HandQueue(ctx, v.Actor, "", pageSize)
		if err != nil {
			return err
		}
		for _, x := range queue.Items {
			d.Hand.Items = append(d.Hand.Items, x.CaseSummary)
		}
	}
	if d.Cases, err = w.Service.MyCases(ctx, v.Actor, true, "", 5); err != nil {
		return err
	}
	if d.Groups, err = w.Service.Register(ctx, v.Actor, service.GroupFilter{Mine: true, Limit: 5}); err != nil {
		return err
	}
	if d.News, err = w.Service.Notifications(ctx, v.Actor, "", 4); err != nil {
		return err
	}
	due, err := w.Service.Renewals(ctx, v.Actor, "", mostRenewals)
	if err != nil {
		return err
	}
	d.Renewals = len(due.Items)
	if d.Notices, err = w.Service.Notices(ctx, v.Actor); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, homePage(v, d))
}

func (w *Web) inbox(c echo.Context, v *View) error { return w.inboxPage(c, v, http.StatusOK) }

// inboxPage lists what waits, oldest deadline first as the service orders it, with the chosen one beside it.
func (w *Web) inboxPage(c echo.Context, v *View, status int) error {
	return w.inboxWith(c, v, status, nil)
}

func (w *Web) inboxWith(c echo.Context, v *View, status int, batch []batchLine) error {
	v.Title, v.Nav = v.T("inbox.title"), "inbox"
	x := inboxView{Batch: batch, Key: v.NewID()}
	var err error
	if x.Page, err = w.Service.Inbox(ctxOf(c), v.Actor, c.QueryParam("cursor"), pageSize); err != nil {
		return err
	}
	for i := range x.Page.Items {
		at, slot := c.QueryParam("at"), c.QueryParam("slot") // a delegate may have two places in one case
		if it := x.Page.Items[i]; at == "" || it.GroupID == at || it.Case.ID == at && (slot == "" || it.Slot == slot) {
			x.Chosen = &x.Page.Items[i]
			break
		}
	}
	if x.Chosen == nil && len(x.Page.Items) > 0 {
		x.Chosen = &x.Page.Items[0]
	}
	if x.Chosen != nil && x.Chosen.Kind == "decide" {
		if cv, err := w.Service.Case(ctxOf(c), v.Actor, x.Chosen.Case.ID, ""); err == nil {
			x.Preview = &cv
			x.Versions, _ = w.versions(c, v, cv)
		} // without it the list still serves; the case page says what is wrong
	}
	return w.show(c, status, inboxPage(v, x))
}

// scopes are the lists of cases: one's own, and those that one decided or got a copy of.
var scopes = []string{"decided", "copied"}

func (w *Web) myCases(c echo.Context, v *View) error {
	scope, cursor := c.QueryParam("scope"), c.QueryParam("cursor")
	if slices.Contains(scopes, scope) {
		v.Title, v.Nav = v.T("inbox.tab."+scope), "inbox"
		list := w.Service.DecidedCases
		if scope == "copied" {
			list = w.Service.CopiedCases
		}
		page, err := list(ctxOf(c), v.Actor, cursor, pageSize)
		if err != nil {
			return err
		}
		return w.show(c, http.StatusOK, scopePage(v, page, scope))
	}
	v.Title, v.Nav = v.T("cases.title"), "cases"
	open := c.QueryParam("all") == ""
	page, err := w.Service.MyCases(ctxOf(c), v.Actor, open, cursor, pageSize)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, casesPage(v, page, open))
}

func groupFilter(c echo.Context) service.GroupFilter {
	q := c.QueryParam
	return service.GroupFilter{Text: strings.TrimSpace(q("q")), Type: domain.GroupType(q("type")), Tier: domain.Tier(q("tier")),
		State: domain.GroupState(q("state")), Department: domain.DepartmentID(q("department")), Mine: q("mine") != "",
		Platform: q("platform"), Flag: domain.Flag(q("flag")), DueFrom: q("due_from"), DueTo: q("due_to"),
		Cursor: q("cursor"), Limit: pageSize}
}

func (w *Web) register(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("register.title"), "register"
	f := groupFilter(c)
	page, err := w.Service.Register(ctxOf(c), v.Actor, f)
	if err != nil {
		return err
	}
	deps, err := w.Service.Departments(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, registerPage(v, page, f, deps))
}

// tame keeps a spreadsheet from taking a text for a formula.
func tame(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func nameOr(p *service.PersonRef) string {
	if p == nil {
		return ""
	}
	return p.Name
}

func (w *Web) notifications(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("news.title"), "news"
	page, err := w.Service.Notifications(ctxOf(c), v.Actor, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, newsPage(v, page))
}

func (w *Web) markRead(c echo.Context, v *View) error {
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable"}
	}
	if err := w.Service.MarkRead(ctxOf(c), v.Actor, form["id"]); err != nil {
		return err
	}
	return w.back(c, "/notifications", "read")
}

// mails and mail show the demo company's mailbox: the reader's own mails.
func (w *Web) mails(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("mail.title"), "mail"
	if w.Mailbox == nil {
		return &service.Error{Kind: service.NotFound, Code: "no_mailbox"}
	}
	list, err := w.Mailbox.List(ctxOf(c), v.Actor.ID)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, mailsPage(v, list))
}

func (w *Web) mail(c echo.Context, v *View) error {
	v.Nav = "mail"
	if w.Mailbox == nil {
		return &service.Error{Kind: service.NotFound, Code: "no_mailbox"}
	}
	m, err := w.Mailbox.Get(ctxOf(c), c.Param("id"))
	if err != nil {
		return err
	}
	if m.Person != v.Actor.ID && !m.Outside {
		return &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	v.Title = m.Subject
	return w.show(c, http.StatusOK, mailPage(v, m))
}

// piece is a part of a mail's text: an address to follow, or words.
type piece struct {
	text string
	link bool
}

var webAddress = regexp.MustCompile(`https?://[A-Za-z0-9._~:/?#@!$&*+,;=%\[\]-]+`)

// split finds the addresses in a mail's text.
func split(text string) []piece {
	var out []piece
	at := 0
	for _, m := range webAddress.FindAllStringIndex(text, -1) {
		out = append(out, piece{text: text[at:m[0]]}, piece{text: text[m[0]:m[1]], link: true})
		at = m[1]
	}
	return append(out, piece{text: text[at:]})
}

// with returns the page's address with one value of its query changed; an empty value drops it.
func (v *View) with(key, val string) string {
	u, err := url.Parse(v.Here)
	if err != nil {
		return "?"
	}
	q := u.Query()
	q.Del("done")
	q.Del("n")
	q.Set(key, val)
	if val == "" {
		q.Del(key)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
