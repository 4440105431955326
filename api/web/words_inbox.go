package web

import (
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// taskPlace is where on a group's page each kind of task is done.
var taskPlace = map[string]string{
	"operations": "#h-ops", "findings": "#h-findings", "renewal": "#acts", "consent": "#acts", "appointment": "#acts", "unfreeze": "#acts",
}

func taskHref(it service.InboxItem, t service.InboxTask) string {
	return "/groups/" + it.GroupID + taskPlace[t.Kind]
}

// inboxHref leads to where an item is seen to.
func inboxHref(it service.InboxItem) string {
	switch {
	case it.Kind == "decide":
		return "/cases/" + it.Case.ID
	case it.Kind == "group" && len(it.Tasks) > 0:
		return taskHref(it, it.Tasks[0])
	default:
		return "/groups/" + it.GroupID
	}
}

// inboxSame tells whether two items are the same one.
func inboxSame(a, b service.InboxItem) bool {
	return a.Kind == b.Kind && a.Case.ID == b.Case.ID && a.Slot == b.Slot && a.GroupID == b.GroupID
}

// inboxHead is what names an item: the group in which something waits, or the case.
func inboxHead(it service.InboxItem) (title, number string, tier domain.Tier) {
	if g := it.Group; g != nil && it.Kind != "decide" {
		return g.Name, g.Number, g.Tier
	}
	return it.Case.Title, it.Case.Number, it.Case.Tier
}

func inboxTitle(it service.InboxItem) string     { t, _, _ := inboxHead(it); return t }
func inboxNumber(it service.InboxItem) string    { _, n, _ := inboxHead(it); return n }
func inboxTier(it service.InboxItem) domain.Tier { _, _, t := inboxHead(it); return t }

// taskText says what is to be done in a group.
func (v *View) taskText(t service.InboxTask) string {
	if t.N == 1 {
		return v.T("task." + t.Kind)
	}
	return v.T("task."+t.Kind+".n", "n", few(t.N))
}

// inboxWhat says in a line what an item asks.
func (v *View) inboxWhat(it service.InboxItem) string {
	switch {
	case it.Kind != "decide" && len(it.Tasks) > 0:
		var out []string
		for _, t := range it.Tasks {
			out = append(out, v.taskText(t))
		}
		return strings.Join(out, v.T("task.and"))
	case it.Kind != "decide":
		return v.T("inbox." + it.Kind)
	case it.Case.Kind == domain.KindRevocation:
		return v.T("inbox.from.revocation", "person", it.Case.Requester.Name)
	case it.Case.Kind == domain.KindPublication || it.Case.Kind == domain.KindTopic:
		return v.T("post.by", "person", it.Case.Requester.Name)
	case it.Case.Kind == domain.KindChange:
		return v.T("inbox.from.change", "person", it.Case.Requester.Name)
	}
	return v.T("inbox.from", "person", it.Case.Requester.Name)
}

// inboxGo is the words on the way to an item in a group.
func (v *View) inboxGo(it service.InboxItem) string {
	if it.Kind == "group" && len(it.Tasks) > 0 {
		return v.T("task." + it.Tasks[0].Kind + ".go")
	}
	return v.T("inbox.go_" + it.Kind)
}
