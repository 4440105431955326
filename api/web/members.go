package web

import (
	"slices"

	"github.com/qunbei/qunbei/api/service"
)

// The columns of a group's members: beside who and since when, what the group asks for (R4.2.1, R4.2.2) and, for those who may
// know, when somebody was last active in it (R2.2.2). Columns that say nothing of anybody are left out.

// showsPapers tells whether agreement and training of the members are of interest: the group asks for one of them.
func (g groupData) showsPapers() bool {
	return slices.ContainsFunc(g.Members.Items, func(m service.MemberView) bool { return m.Agreement != "" || m.Training != "" || len(m.Missing) > 0 })
}

// showsActivity tells whether anybody's last day is known to the reader.
func (g groupData) showsActivity() bool {
	return slices.ContainsFunc(g.Members.Items, func(m service.MemberView) bool { return m.LastOn != "" })
}

// memberColumns are the columns' names, in order.
func (g groupData) memberColumns() []string {
	out := []string{"person", "role", "state"}
	if g.showsPapers() {
		out = append(out, "agreement", "training")
	}
	out = append(out, "since")
	if g.showsActivity() {
		out = append(out, "active")
	}
	return out
}

// paper words how an agreement or a training stands.
func (v *View) paper(kind, state string) string {
	if state == "" {
		state = "none"
	}
	return v.TOr("members."+kind+"."+state, state)
}
