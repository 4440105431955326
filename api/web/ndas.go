package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// signRoutes are the pages of agreements.
func signRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	rows := []Route{
		{Method: get, Path: "/ndas", handle: (*Web).ndas},
		{Method: post, Path: "/ndas/countersignatures", handle: (*Web).countersignMany},
		{Method: get, Path: "/ndas/:id", handle: (*Web).ndaPage},
		{Method: get, Path: "/ndas/:id/document", handle: (*Web).ndaDocument},
		{Method: get, Path: "/ndas/:id/copy", handle: (*Web).ndaCopy},
		{Method: get, Path: "/ndas/:id/scan", handle: (*Web).ndaScan},
		{Method: get, Path: "/ndas/:id/assertion", handle: (*Web).ndaAssertion},
		{Method: get, Path: "/ndas/:id/acts/:act", handle: (*Web).ndaActStatus},
		{Method: post, Path: "/ndas/:id/codes", handle: (*Web).askCode},
	}
	for name, p := range signPosts {
		rows = append(rows, Route{Method: post, Path: "/ndas/:id/" + name, handle: func(w *Web, c echo.Context, v *View) error { return w.ndaAct(c, v, p) }})
	}
	return rows
}

// signPost is one act on an agreement as its form sends it.
type signPost struct {
	kind domain.NDAActKind
	done string // what is said when it was accepted
}

var signPosts = map[string]signPost{
	"views":             {domain.NDAActView, "nda_read"},
	"verifications":     {domain.NDAActVerify, "nda_verified"},
	"signatures":        {domain.NDAActSign, "nda_signed"},
	"declines":          {domain.NDAActDecline, "nda_declined"},
	"countersignatures": {domain.NDAActCountersign, "nda_countersigned"},
	"scans":             {domain.NDAActPaper, "nda_scanned"},
	"returns":           {domain.NDAActReturn, "nda_returned"},
	"voids":             {domain.NDAActVoid, "nda_voided"},
	"retries":           {domain.NDAActRetry, "nda_retried"},
}

// ndaData is what an agreement's page shows.
type ndaData struct {
	service.NDAView
	Me   domain.EmployeeID
	Mate bool // the reader may open the group
}

func (w *Web) ndaPage(c echo.Context, v *View) error { return w.showNDA(c, v, http.StatusOK) }

// showNDA shows an agreement. The signer's first look at it is recorded: opening is what the page's address is for, and a
// link in a mail opens nothing without the session. That it cannot be recorded now keeps nobody from reading.
func (w *Web) showNDA(c echo.Context, v *View, status int) error {
	id := c.Param("id")
	n, err := w.Service.NDA(ctxOf(c), v.Actor, id)
	if err != nil {
		return err
	}
	if n.Person.ID == v.Actor.ID && n.From == nil && n.State == domain.NDASent && c.Request().Method == http.MethodGet {
		_, verr := w.Service.ActOnNDA(ctxOf(c), v.Actor, id, service.NDAInput{Kind: domain.NDAActView, ID: v.NewID()})
		if verr == nil {
			if n, err = w.Service.NDA(ctxOf(c), v.Actor, id); err != nil {
				return err
			}
		} else {
			w.Log.WarnContext(ctxOf(c), "an agreement was opened and it is not recorded", "code", service.AsError(verr).Code)
		}
	}
	d := ndaData{NDAView: n, Me: v.Actor.ID}
	w.recount(c, v)
	v.Title, v.Nav = n.Number, "ndas"
	if v.Partial {
		return w.show(c, status, signPart(v, d))
	}
	return w.show(c, status, ndaPage(v, d))
}

// ndaAct reads an act's form, leaves every rule to the service, and comes back to the agreement's page.
func (w *Web) ndaAct(c echo.Context, v *View, p signPost) error {
	id := c.Param("id")
	in := service.NDAInput{Kind: p.kind, ID: c.FormValue("act_id"), End: c.FormValue("end") == "true", Code: c.FormValue("code"), Shown: c.FormValue("shown"),
		Consent: c.FormValue("consent"), Name: c.FormValue("name"), Reason: c.FormValue("comment"), Passkey: []byte(c.FormValue("passkey")),
		Address: auth.Address(ctxOf(c)), Agent: clipped(c.Request().UserAgent(), 200)}
	var err error
	switch p.kind {
	case domain.NDAActSign:
		if c.FormValue("agree") != "true" {
			in.Consent = "" // the tick says that the signer agrees
		}
		in.Strokes, err = strokes(c.FormValue("strokes"))
	case domain.NDAActPaper:
		in.Scan, err = upload(c, "file", maxScan)
	default: // the others carry nothing more
	}
	var a service.ActAnswer
	if err == nil {
		a, err = w.Service.ActOnNDA(ctxOf(c), v.Actor, id, in)
	}
	if err == nil && v.Partial && !a.Pending { // the box alone is asked for
		return w.showNDA(c, v, http.StatusOK)
	}
	if scope := c.FormValue("scope"); officeActs[scope] != "" { // from an office's list, whose reader may not see the agreement
		return w.answered(c, v, a, err, "/ndas?scope="+scope, p.done, "", "/ndas?scope="+scope, func(c echo.Context, v *View, status int) error { return w.showNDAs(c, v, status, nil) })
	}
	return w.answered(c, v, a, err, "/ndas/"+id, p.done, "", "/ndas/"+id+"/acts/"+in.ID, w.showNDA)
}

// maxScan bounds the scan of a copy signed by hand, in bytes.
const maxScan = 5 << 20

// strokes reads a drawn signature as the page's script wrote it; none is none.
func strokes(text string) ([][][2]float64, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var out [][][2]float64
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return nil, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "strokes", Code: "strokes_unreadable"}}}
	}
	return out, nil
}

// clipped keeps what can be stored of what a browser says of itself.
func clipped(s string, most int) string {
	out := []rune(strings.ToValidUTF8(s, "?"))
	if len(out) > most {
		out = out[:most]
	}
	for i, r := range out {
		if r < ' ' || r > '~' {
			out[i] = '?'
		}
	}
	return string(out)
}

// askCode has a one-time code mailed, and comes back to where it is typed.
func (w *Web) askCode(c echo.Context, v *View) error {
	id := c.Param("id")
	if _, err := w.Service.AskNDACode(ctxOf(c), v.Actor, id); err != nil {
		e := service.AsError(err)
		if e.Kind != service.TooMany && e.Kind != service.Conflict {
			return err
		}
		f := v.failure(e)
		v.Notice = &f
		return w.showNDA(c, v, w.note(c, e))
	}
	return w.back(c, "/ndas/"+id, "nda_code")
}

// ndaActStatus waits with the reader for an answer that was still out.
func (w *Web) ndaActStatus(c echo.Context, v *View) error {
	id, act := c.Param("id"), c.Param("act")
	a, err := w.Service.ActStatus(ctxOf(c), v.Actor, id, act)
	if err == nil && a.Pending {
		v.Title = v.T("pending.title")
		c.Response().Header().Set("Refresh", "2")
		return w.show(c, http.StatusAccepted, pendingPage(v, "/ndas/"+id))
	}
	return w.answered(c, v, a, err, "/ndas/"+id, "recorded", "", "", w.showNDA)
}

func (w *Web) ndaDocument(c echo.Context, v *View) error {
	up, err := w.Service.NDADocument(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, "application/pdf", up.Data)
}

func (w *Web) ndaCopy(c echo.Context, v *View) error {
	up, err := w.Service.NDACopy(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, "application/pdf", up.Data)
}

// ndaScan is what was signed by hand, as a download: whatever it holds, it is never shown as a page of ours.
func (w *Web) ndaScan(c echo.Context, v *View) error {
	up, err := w.Service.NDAScan(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, up.Data)
}

// ndaAssertion is what the signer's passkey signed, as a download.
func (w *Web) ndaAssertion(c echo.Context, v *View) error {
	up, err := w.Service.NDAAssertion(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", service.Disposition(up.Name))
	return c.Blob(http.StatusOK, echo.MIMEOctetStream, up.Data)
}

// ndasData is what the list of agreements shows.
type ndasData struct {
	Scope, Group string
	State        domain.NDAState
	Page         service.Page[service.NDARow]
	Batch        []renewalLine
}

type ndaTab struct {
	key string
	n   int
}

// tabs are the lists that the reader has.
func (d ndasData) tabs(v *View) []ndaTab {
	out := []ndaTab{{"mine", v.ToSign + v.ToReturn}}
	if v.ToCountersign > 0 || d.Scope == "countersign" || v.Has(domain.RoleLegal) {
		out = append(out, ndaTab{"countersign", v.ToCountersign})
	}
	if v.Has(domain.RoleHR) {
		out = append(out, ndaTab{"returns", v.ToConfirm})
	}
	if v.Has(domain.RoleProcessAdmin) || d.Scope == "hand" {
		out = append(out, ndaTab{"hand", v.NDAsInHand})
	}
	return append(out, ndaTab{"all", 0})
}

// officeActs are what an office does from its list: the act's address.
var officeActs = map[string]string{"returns": "returns", "hand": "retries"}

// office gives what the reader can do from an office's list; empty: nothing. What nobody can sign for the company needs a
// person with the role, which no button gives.
func (d ndasData) office(n service.NDARow) string {
	kind := map[string]domain.NDAActKind{"returns": domain.NDAActReturn, "hand": domain.NDAActRetry}[d.Scope]
	if kind == "" || !slices.Contains(n.Can, string(kind)) {
		return ""
	}
	return officeActs[d.Scope]
}

// mostNDAs is how many the list shows at once; a batch takes no more.
const mostNDAs = 50

func (w *Web) ndas(c echo.Context, v *View) error { return w.showNDAs(c, v, http.StatusOK, nil) }

func (w *Web) showNDAs(c echo.Context, v *View, status int, batch []renewalLine) error {
	d := ndasData{Scope: c.QueryParam("scope"), Group: c.QueryParam("group"), State: domain.NDAState(c.QueryParam("state")), Batch: batch}
	if scope := c.FormValue("scope"); c.Request().Method == http.MethodPost && officeActs[scope] != "" {
		d.Scope = scope
	} else if batch != nil || c.Request().Method == http.MethodPost {
		d.Scope, d.Group, d.State = "countersign", "", ""
	}
	if !slices.Contains(service.NDAScopes, d.Scope) {
		d.Scope = "mine"
	}
	var err error
	d.Page, err = w.Service.NDAs(ctxOf(c), v.Actor, service.NDAFilter{Scope: d.Scope, Group: d.Group, State: d.State, Cursor: c.QueryParam("cursor"), Limit: mostNDAs})
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.T("ndas.title"), "ndas"
	return w.show(c, status, ndasPage(v, d))
}

// countersignMany signs the ticked ones for the company, each by an act of its own. A tick carries what was seen:
// agreement, the act's id, digest; the name is for the answer alone.
func (w *Web) countersignMany(c echo.Context, v *View) error {
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	var items []service.NDABatch
	names := map[string]string{}
	for _, p := range form["pick"] {
		parts := strings.SplitN(p, "|", 4)
		if len(parts) != 4 || len(items) == mostNDAs {
			continue
		}
		items = append(items, service.NDABatch{NDA: parts[0], ID: parts[1], Shown: parts[2]})
		names[parts[0]] = parts[3]
	}
	if len(items) == 0 {
		v.Notice = &Notice{Tone: "warn", Title: v.T("ndas.nothing"), Body: v.T("ndas.nothing.more")}
		return w.showNDAs(c, v, http.StatusUnprocessableEntity, nil)
	}
	var lines []renewalLine
	bad := 0
	for _, r := range w.Service.CountersignMany(ctxOf(c), v.Actor, items) {
		l := renewalLine{Group: r.NDA, Name: names[r.NDA], OK: r.Err == nil, Text: v.T("ndas.ok")}
		switch {
		case r.Err != nil:
			l.Text = v.failure(r.Err).Body
			bad++
		case r.Answer.Pending:
			l.Text = v.T("renewals.pending")
		}
		lines = append(lines, l)
	}
	v.Notice = &Notice{Tone: "ok", Title: v.T("ndas.done", "n", strconv.Itoa(len(lines)-bad))}
	if bad > 0 {
		v.Notice.Tone, v.Notice.Body = "warn", v.T("ndas.bad", "n", strconv.Itoa(bad))
	}
	w.counts(c, v)
	return w.showNDAs(c, v, http.StatusOK, lines)
}

// ndaPick is what a tick carries.
func ndaPick(v *View, n service.NDARow) string {
	return n.ID + "|" + v.NewID() + "|" + n.Digest + "|" + strings.ReplaceAll(n.Person.Name+" "+n.Number, "|", " ")
}
