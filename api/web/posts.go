package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// postRoutes are the pages of publications (semantics 3).
func postRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	rows := []Route{
		{Method: get, Path: "/publications", handle: (*Web).posts},
		{Method: get, Path: "/publications/new", handle: (*Web).newPost},
		{Method: post, Path: "/publications/new", handle: (*Web).savePost},
		{Method: post, Path: "/publications/previews", handle: (*Web).previewPost},
		{Method: get, Path: "/publications/:id", handle: (*Web).postPage},
		{Method: post, Path: "/publications/:id/reading", handle: (*Web).postPage},
		{Method: get, Path: "/publications/:id/edit", handle: (*Web).editPost},
		{Method: post, Path: "/publications/:id/edit", handle: (*Web).savePost},
		{Method: get, Path: "/publications/:id/files/:object", handle: (*Web).postFile},
		{Method: get, Path: "/publications/:id/acts/:act", handle: (*Web).postActStatus},
		{Method: post, Path: "/publications/:id/exemptions", handle: (*Web).exemptPost},
		{Method: post, Path: "/publications/:id/classes", handle: (*Web).lowerPost},
		{Method: post, Path: "/publications/:id/alternatives", handle: (*Web).handleOtherwise},
	}
	for path, kind := range postActs {
		rows = append(rows, Route{Method: post, Path: "/publications/:id/" + path, handle: func(w *Web, c echo.Context, v *View) error { return w.actOnPost(c, v, kind) }})
	}
	return rows
}

// postActs are the acts on approved publications by the end of their address; the API has the same.
var postActs = map[string]domain.PostActKind{
	"postings": domain.PostActTry, "withdrawals": domain.PostActWithdraw, "retries": domain.PostActRetry, "confirmations": domain.PostActConfirm,
	"recalls": domain.PostActRecall, "archivals": domain.PostActArchive,
}

// postList is what the list of publications shows.
type postList struct {
	Tab string // mine, waits, all
	service.Page[service.PostRow]
}

// postWaits are the acts that somebody is waited for with.
var postWaits = []string{"otherwise", string(domain.PostActConfirm), string(domain.PostActRetry), string(domain.PostActTry)}

func (w *Web) posts(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("posts.title"), "posts"
	d := postList{Tab: c.QueryParam("tab")}
	f := service.PostFilter{Scope: "mine", Cursor: c.QueryParam("cursor"), Limit: pageSize}
	var err error
	switch d.Tab {
	case "waits":
		d.Page, err = w.waitingPosts(c, v)
		return w.showPosts(c, v, d, err)
	case "all":
		f.Scope = "all"
	default:
		d.Tab = "mine"
	}
	d.Page, err = w.Service.Posts(ctxOf(c), v.Actor, f)
	return w.showPosts(c, v, d, err)
}

func (w *Web) showPosts(c echo.Context, v *View, d postList, err error) error {
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, postsPage(v, d))
}

// waitingPosts are the publications in which something is asked of the reader: a security officer's word, a posting by hand,
// another try. What is to be approved stands in the inbox.
func (w *Web) waitingPosts(c echo.Context, v *View) (service.Page[service.PostRow], error) {
	var out service.Page[service.PostRow]
	if v.Has(domain.RoleSecurity) {
		asked, err := w.Service.Posts(ctxOf(c), v.Actor, service.PostFilter{Scope: "screened", Limit: pageSize})
		if err != nil {
			return out, err
		}
		out.Items = asked.Items
	}
	known, err := w.Service.Posts(ctxOf(c), v.Actor, service.PostFilter{Scope: "all", Cursor: c.QueryParam("cursor"), Limit: pageSize})
	if err != nil {
		return out, err
	}
	out.Next = known.Next
	for _, r := range known.Items {
		asks := slices.ContainsFunc(postWaits, func(k string) bool { return slices.Contains(r.Can, k) })
		if !asks && r.State == domain.PostReturned {
			asks = slices.Contains(r.Can, "submit")
		}
		if asks && !slices.ContainsFunc(out.Items, func(x service.PostRow) bool { return x.ID == r.ID }) {
			out.Items = append(out.Items, r)
		}
	}
	return out, nil
}

// postData is what a publication's page shows.
type postData struct {
	service.PostView
	Purpose string // that a security officer gave to read its words
}

// can tells whether the reader may do an act now.
func (p postData) can(k string) bool { return slices.Contains(p.Can, k) }

func (w *Web) postPage(c echo.Context, v *View) error { return w.showPost(c, v, http.StatusOK) }

func (w *Web) showPost(c echo.Context, v *View, status int) error {
	purpose := ""
	if c.Request().Method == http.MethodPost { // never in an address
		purpose = strings.TrimSpace(c.FormValue("purpose"))
	}
	p, err := w.Service.Post(ctxOf(c), v.Actor, c.Param("id"), purpose)
	if err != nil {
		return err
	}
	w.recount(c, v)
	v.Title, v.Nav = p.Number, "posts"
	return w.show(c, status, postPage(v, postData{PostView: p, Purpose: purpose}))
}

// postFile is a file of a publication, as a download: whatever it holds, it is never shown as a page of ours.
func (w *Web) postFile(c echo.Context, v *View) error {
	up, err := w.Service.PostFile(ctxOf(c), v.Actor, c.Param("id"), c.Param("object"), "")
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, "application/octet-stream", up.Data)
}

// actOnPost reads an act's form, leaves every rule to the service, and comes back to the publication's page.
func (w *Web) actOnPost(c echo.Context, v *View, kind domain.PostActKind) error {
	id := c.Param("id")
	in := service.PostActInput{Kind: kind, ID: c.FormValue("act_id"), Group: c.FormValue("group"), Content: c.FormValue("content"), Message: strings.TrimSpace(c.FormValue("message")), Comment: c.FormValue("comment")}
	var err error
	if kind == domain.PostActConfirm {
		in.Evidence, err = upload(c, "evidence", 5<<20)
	}
	var a service.ActAnswer
	if err == nil {
		a, err = w.Service.ActOnPost(ctxOf(c), v.Actor, id, in)
	}
	return w.answered(c, v, a, err, "/publications/"+id, "post_"+string(kind), "", "/publications/"+id+"/acts/"+in.ID, w.againPost(in.Group))
}

// againPost shows the page once more after an act that was not accepted: of several forms of one kind the one that was sent
// keeps what was typed.
func (w *Web) againPost(part string) func(echo.Context, *View, int) error {
	return func(c echo.Context, v *View, status int) error {
		if v.Kept == nil {
			v.Kept = url.Values{}
		}
		v.Kept.Set("act", postKey(c.Path(), part))
		return w.showPost(c, v, status)
	}
}

// postKey names one form of a publication's page.
func postKey(path, part string) string {
	return strings.TrimPrefix(path, "/publications/:id/") + " " + part
}

// postActStatus is the page that waits for an act whose answer was still out.
func (w *Web) postActStatus(c echo.Context, v *View) error {
	id := c.Param("id")
	a, err := w.Service.ActStatus(ctxOf(c), v.Actor, id, c.Param("act"))
	if err == nil && a.Pending {
		v.Title = v.T("pending.title")
		c.Response().Header().Set("Refresh", "2")
		return w.show(c, http.StatusAccepted, pendingPage(v, "/publications/"+id))
	}
	return w.answered(c, v, a, err, "/publications/"+id, "recorded", "", "", w.showPost)
}

// exemptPost is a security officer's word on one finding.
func (w *Web) exemptPost(c echo.Context, v *View) error {
	finding := c.FormValue("finding")
	_, err := w.Service.ExemptPost(ctxOf(c), v.Actor, c.Param("id"), service.PostWordInput{Written: c.FormValue("written"), Finding: finding, Grant: c.FormValue("grant") == "1", Comment: c.FormValue("comment")})
	return w.worded(c, v, err, "post_exempted", finding)
}

// lowerPost is a security officer's class for a version.
func (w *Web) lowerPost(c echo.Context, v *View) error {
	_, err := w.Service.LowerPost(ctxOf(c), v.Actor, c.Param("id"), service.PostWordInput{Written: c.FormValue("written"), Class: domain.Class(c.FormValue("class")), Comment: c.FormValue("comment")})
	return w.worded(c, v, err, "post_lowered", "")
}

func (w *Web) worded(c echo.Context, v *View, err error, done, part string) error {
	a := service.ActAnswer{Result: domain.Accepted}
	if err == nil && c.FormValue("purpose") != "" { // a page that needed a purpose is shown at once: it is not asked for again
		v.Notice = &Notice{Tone: "ok", Title: v.T("done." + done)}
		return w.showPost(c, v, http.StatusOK)
	}
	return w.answered(c, v, a, err, "/publications/"+c.Param("id"), done, "", "", w.againPost(part))
}

// handleOtherwise is an approver's decision that it goes another way than into a group (R3.2.2).
func (w *Web) handleOtherwise(c echo.Context, v *View) error {
	id := c.Param("id")
	in := service.DecideInput{ID: c.FormValue("act_id"), Comment: c.FormValue("way"), Digest: c.FormValue("digest")}
	a, err := w.Service.HandleOtherwise(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/publications/"+id, "post_otherwise", "", "/publications/"+id+"/acts/"+in.ID, w.againPost(""))
}
