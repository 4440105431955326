package web

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// hand is the process administrators' queue: what cannot go on by itself, why, since when, and whom to ask instead.
func (w *Web) hand(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("hand.title"), "hand"
	page, err := w.Service.HandQueue(ctxOf(c), v.Actor, c.QueryParam("cursor"), pageSize)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, handPage(v, page))
}

// mostHand bounds how far the queue is searched for one case.
const mostHand = 20

func (w *Web) handCase(c echo.Context, v *View) error { return w.showHand(c, v, http.StatusOK) }

func (w *Web) showHand(c echo.Context, v *View, status int) error {
	id, cursor := c.Param("id"), ""
	for range mostHand {
		page, err := w.Service.HandQueue(ctxOf(c), v.Actor, cursor, pageSize)
		if err != nil {
			return err
		}
		for _, it := range page.Items {
			if it.ID == id {
				v.Title, v.Nav = it.Number+" "+v.handDo(it), "hand"
				tl, err := w.Service.Timeline(ctxOf(c), v.Actor, id)
				if err != nil {
					return err
				}
				return w.show(c, status, handCasePage(v, it, assignments(tl), c.FormValue("slot")))
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	// It goes on by itself again, or somebody else saw to it.
	return w.back(c, "/hand", "hand_gone")
}

// assignments are the acts by which somebody was named before: the record of the queue.
func assignments(tl []service.TimelineEntry) []service.TimelineEntry {
	var out []service.TimelineEntry
	for _, e := range tl {
		if e.Kind == string(domain.ActAssign) || e.Kind == "hand_dismissed" {
			out = append(out, e)
		}
	}
	return out
}

// handDo names what can be done about a case in the queue.
func (v *View) handDo(x service.HandItem) string {
	if dismissible(x) {
		return v.T("hand.dismiss")
	}
	return v.T("hand.assign")
}

// handRule says which rule of the policy finds nobody.
func (v *View) handRule(r service.RuleView) string {
	switch {
	case r.Department != nil:
		return v.T("hand.rule.leader", "department", r.Department.Path)
	case r.Role != "":
		return v.T("hand.rule.role", "role", v.TOr("role."+string(r.Role), string(r.Role)))
	case r.Person != nil:
		return v.T("hand.rule.person", "person", r.Person.Name)
	}
	return v.TOr("hand.rule."+r.Key, r.Key)
}

// handAssign names who decides instead, and comes back to the queue.
func (w *Web) handAssign(c echo.Context, v *View) error {
	id := c.Param("id")
	in := service.AssignInput{ID: c.FormValue("act_id"), Slot: c.FormValue("slot"), Comment: c.FormValue("comment")}
	var a service.ActAnswer
	var err error
	if in.To, err = w.oneNamed(c, v, "assignee"); err == nil {
		a, err = w.Service.Assign(ctxOf(c), v.Actor, id, in)
	}
	return w.answered(c, v, a, err, "/hand", "assigned", c.FormValue("number"), "/cases/"+id+"/acts/"+in.ID, w.showHand)
}

// dismissible tells whether what a case needs a hand for ends by a person's word: it is over, and had no effect.
func dismissible(x service.HandItem) bool {
	return x.Reason == "change_refused" || x.Reason == "adoption_refused"
}

// handDismiss takes a case out of the queue, with a reason.
func (w *Web) handDismiss(c echo.Context, v *View) error {
	in := service.DismissInput{ID: c.FormValue("act_id"), Comment: c.FormValue("comment")}
	a, err := w.Service.DismissHand(ctxOf(c), v.Actor, c.Param("id"), in)
	return w.answered(c, v, a, err, "/hand", "dismissed", c.FormValue("number"), "", w.showHand)
}
