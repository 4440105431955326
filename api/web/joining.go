package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// wayStep is one step on the way into a group, as its page draws it.
type wayStep struct {
	What               domain.Missing
	State, Tone, Shape string // done, now, later
	Href               string
}

// wayIn draws the way of whoever looks: an admin's answer, their own, the agreement, the training, in the order in which
// they come (semantics 2). The first that is missing is what comes now.
func wayIn(p service.PlaceView) []wayStep {
	var out []wayStep
	whole := p.Asks
	switch {
	case p.Place == domain.MemberInvited:
		whole = append([]domain.Missing{domain.MissingAnswer}, whole...)
	case p.Review && (p.Place == "" || p.Place == domain.MemberRequested):
		whole = append([]domain.Missing{domain.MissingReview}, whole...)
	}
	next := p.Place != "" // who has not asked yet begins by asking
	for _, what := range whole {
		s := wayStep{What: what, State: "done", Tone: "ok", Shape: "check"}
		missing := slices.Contains(p.Missing, what) || (what == domain.MissingReview && p.Place == "")
		switch {
		case missing && next:
			s.State, s.Tone, s.Shape, next = "now", "info", "half", false
			if p.Place.Waits() || isIn(p) {
				s.Href = map[domain.Missing]string{domain.MissingNDA: "/ndas", domain.MissingTraining: "/courses/" + p.Course}[what]
			}
		case missing:
			s.State, s.Tone, s.Shape = "later", "calm", "dash"
		}
		out = append(out, s)
	}
	return out
}

// joinTitle is what a group is called to whoever asks: its name once they may know it.
func joinTitle(v *View, p service.PlaceView) string {
	return cmp.Or(p.Name, v.T("join.unnamed", "number", p.Number))
}

// placeHref is where one's place in a group is seen: the group itself for who is in it.
func placeHref(p service.PlaceView) string {
	if isIn(p) && p.Open {
		return "/groups/" + p.Group
	}
	return "/groups/" + p.Group + "/joins"
}

// isIn tells whether somebody is in a group, with or without notice of their removal.
func isIn(p service.PlaceView) bool {
	return p.Place == domain.MemberActive || p.Place == domain.MemberInactive
}

// leaveWord tells withdrawing a request from giving up a place.
func leaveWord(s domain.MemberState) string {
	if s == domain.MemberRequested {
		return "withdraw"
	}
	return "give_up"
}

// missing words what somebody still needs.
func (v *View) missing(list []domain.Missing) string {
	var out []string
	for _, m := range list {
		out = append(out, v.T("join.what."+string(m)))
	}
	return strings.Join(out, v.T("list.comma"))
}

func orDash(s string) string { return cmp.Or(s, "—") }

// joining is the page of the way into a group.
func (w *Web) joining(c echo.Context, v *View) error { return w.showJoining(c, v, http.StatusOK) }

func (w *Web) showJoining(c echo.Context, v *View, status int) error {
	p, err := w.Service.Joining(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	v.Title, v.Nav = joinTitle(v, p), "memberships"
	return w.show(c, status, joinPage(v, p))
}

// joinActs are the acts of who is on the way into a group: their page is that of the way.
func (w *Web) ask(c echo.Context, v *View) error {
	return w.onTheWay(c, v, service.GroupActInput{Kind: domain.GroupJoin, ID: c.FormValue("act_id"), Comment: c.FormValue("comment")}, "join_asked")
}

// answerInvitation is the answer of who is invited.
func (w *Web) answerInvitation(c echo.Context, v *View) error {
	if c.Param("employee") != string(v.Actor.ID) && !strings.EqualFold(c.Param("employee"), v.Actor.Number) {
		return &service.Error{Kind: service.Forbidden, Code: string(domain.ReasonNotInvited)}
	}
	in, done := service.GroupActInput{Kind: domain.GroupAccept, ID: c.FormValue("act_id")}, "invite_taken"
	if c.FormValue("outcome") != "accept" {
		in.Kind, done = domain.GroupDecline, "invite_declined"
	}
	return w.onTheWay(c, v, in, done)
}

func (w *Web) onTheWay(c echo.Context, v *View, in service.GroupActInput, done string) error {
	id := c.Param("id")
	a, err := w.Service.ActOnGroup(ctxOf(c), v.Actor, id, in)
	to := "/groups/" + id + "/joins"
	return w.answered(c, v, a, err, to, done, "", "/groups/"+id+"/acts/"+in.ID, w.showJoining)
}

// review is an admin's answer to a request to join.
func (w *Web) review(c echo.Context, v *View) error {
	id, who := c.Param("id"), c.Param("employee")
	in := service.GroupActInput{Kind: domain.GroupReview, ID: c.FormValue("act_id"), People: []string{who}, Comment: c.FormValue("comment"), Refuse: c.FormValue("outcome") != "accept"}
	done := "request_accepted"
	if in.Refuse {
		done = "request_refused"
	}
	a, err := w.Service.ActOnGroup(ctxOf(c), v.Actor, id, in)
	return w.answered(c, v, a, err, "/groups/"+id, done, "", "/groups/"+id+"/acts/"+in.ID, w.again("joins/:employee/reviews", id, who))
}

// admitSheet admits, or invites, the people of a spreadsheet.
func (w *Web) admitSheet(c echo.Context, v *View) error {
	id, key := c.Param("id"), c.FormValue("act_id")
	up, err := upload(c, "file", 5<<20)
	var a service.ActAnswer
	if err == nil {
		a, err = w.Service.AdmitSheet(ctxOf(c), v.Actor, id, key, up, c.FormValue("invite") == "true")
	}
	return w.answered(c, v, a, err, "/groups/"+id, "admitted", "", "/groups/"+id+"/acts/"+key, w.again("members/imports", id, ""))
}

// again shows the group's page once more with the form that was sent open.
func (w *Web) again(path, id, part string) func(echo.Context, *View, int) error {
	return func(c echo.Context, v *View, status int) error {
		if v.Kept == nil {
			v.Kept = url.Values{}
		}
		v.Kept.Set("act", "/groups/:id/"+path+id+part)
		return w.showGroup(c, v, status)
	}
}
