package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// mostRenewals is how many groups the page lists, and attests, at once.
const mostRenewals = 50

// renewalLine is what became of one renewal, in words.
type renewalLine struct {
	Group, Name string
	OK          bool
	Text        string
}

// renewals lists my groups that are to be renewed this quarter.
func (w *Web) renewals(c echo.Context, v *View) error {
	return w.showRenewals(c, v, http.StatusOK, nil)
}

func (w *Web) showRenewals(c echo.Context, v *View, status int, lines []renewalLine) error {
	v.Title, v.Nav = v.T("renewals.title"), "renewals"
	page, err := w.Service.Renewals(ctxOf(c), v.Actor, c.QueryParam("cursor"), mostRenewals)
	if err != nil {
		return err
	}
	return w.show(c, status, renewalsPage(v, page, lines))
}

// renewMany attests the groups that were ticked, or the one whose button was pressed: each is an act of its own, answered
// for itself. A tick carries what was seen: group, the act's id, digest; the name is for the answer alone.
func (w *Web) renewMany(c echo.Context, v *View) error {
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	picked := form["pick"]
	if one := form["one"]; len(one) > 0 {
		picked = one[:1]
	}
	var items []service.RenewalItem
	names := map[string]string{}
	for _, p := range picked {
		parts := strings.SplitN(p, "|", 4)
		if len(parts) != 4 || len(items) == mostRenewals {
			continue
		}
		items = append(items, service.RenewalItem{Group: parts[0], ID: parts[1], Digest: parts[2]})
		names[parts[0]] = parts[3]
	}
	if len(items) == 0 {
		v.Notice = &Notice{Tone: "warn", Title: v.T("renewals.nothing"), Body: v.T("renewals.nothing.more")}
		return w.showRenewals(c, v, http.StatusUnprocessableEntity, nil)
	}
	var lines []renewalLine
	bad := 0
	for _, r := range w.Service.RenewMany(ctxOf(c), v.Actor, items) {
		l := renewalLine{Group: r.Group, Name: names[r.Group], OK: r.Err == nil, Text: v.T("renewals.ok")}
		switch {
		case r.Err != nil:
			f := v.failure(r.Err)
			l.Text = f.Body
			bad++
		case r.Answer.Pending:
			l.Text = v.T("renewals.pending")
		}
		lines = append(lines, l)
	}
	v.Notice = &Notice{Tone: "ok", Title: v.T("renewals.done", "n", strconv.Itoa(len(lines)-bad))}
	if bad > 0 {
		v.Notice.Tone, v.Notice.Body = "warn", v.T("renewals.bad", "n", strconv.Itoa(bad))
	}
	return w.showRenewals(c, v, http.StatusOK, lines)
}

// renewalPick is what a tick carries: what was seen of the group when the page was made.
func renewalPick(v *View, r service.RenewalView) string {
	return r.Group.ID + "|" + v.NewID() + "|" + r.Attest + "|" + strings.ReplaceAll(r.Group.Name, "|", " ")
}

// dueSoon tells whether a group's term has ended.
func dueSoon(r service.RenewalView) bool {
	return r.Group.State == domain.GroupRenewalDue || r.Group.State == domain.GroupGrace
}
