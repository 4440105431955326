package web

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// memberships lists one's own places.
func (w *Web) memberships(c echo.Context, v *View) error {
	return w.showMemberships(c, v, http.StatusOK, nil)
}

func (w *Web) showMemberships(c echo.Context, v *View, status int, lines []renewalLine) error {
	waiting := c.QueryParam("waiting") != ""
	p, err := w.Service.Memberships(ctxOf(c), v.Actor, waiting, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	notices, err := w.Service.Notices(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.T("memberships.title"), "memberships"
	return w.show(c, status, membershipsPage(v, p, notices, lines, waiting))
}

// keep replies to notices of removal: to the one whose button was pressed, or to all. Each reply is answered for itself.
func (w *Web) keep(c echo.Context, v *View) error {
	names := map[string]string{}
	notices, err := w.Service.Notices(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	for _, n := range notices {
		names[n.Group] = joinTitle(v, n)
	}
	var groups []string
	if one := c.FormValue("group"); one != "" {
		groups = []string{one}
	}
	done, err := w.Service.KeepMany(ctxOf(c), v.Actor, c.FormValue("act_id"), groups)
	if err != nil {
		return err
	}
	var lines []renewalLine
	bad := 0
	for _, r := range done {
		l := renewalLine{Group: r.Group, Name: names[r.Group], OK: r.Err == nil, Text: v.T("idle.kept")}
		if l.Name == "" {
			l.Name = v.T("idle.a_group")
		}
		switch {
		case r.Err != nil:
			l.Text = v.failure(r.Err).Body
			bad++
		case r.Answer.Pending:
			l.Text = v.T("renewals.pending")
		}
		lines = append(lines, l)
	}
	switch {
	case len(lines) == 0:
		v.Notice = &Notice{Tone: "ok", Title: v.T("idle.none")}
	case bad > 0:
		v.Notice = &Notice{Tone: "warn", Title: v.T("idle.done", "n", strconv.Itoa(len(lines)-bad)), Body: v.T("renewals.bad", "n", strconv.Itoa(bad))}
	default:
		v.Notice = &Notice{Tone: "ok", Title: v.T("idle.done", "n", strconv.Itoa(len(lines)))}
	}
	return w.showMemberships(c, v, http.StatusOK, lines)
}

// idleWhy says what a notice stands on: the rule, what the silence is counted from, the policy.
func (v *View) idleWhy(n service.IdleView) []string {
	since := v.T("idle.cause."+string(n.Cause), "day", v.Day(n.Since))
	if n.Cause == domain.SilentActivity && n.Day != "" {
		since = v.T("idle.cause.activity", "day", v.DayText(n.Day))
	}
	return []string{
		since,
		v.T("idle.why.rule", "after", strconv.Itoa(n.After), "notice", strconv.Itoa(n.Days), "at", v.Day(n.At)),
		v.T("idle.why.policy", "rule", n.Rule, "policy", n.Policy),
	}
}
