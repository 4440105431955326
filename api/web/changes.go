package web

import (
	"slices"
	"strings"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// change is one field that differs between two versions of a filing, in the reader's words. Of lists of people and
// departments Old holds who went and New who came.
type change struct{ Field, Old, New string }

// Changes lists what differs between two versions, field by field, in the order of the form.
func (v *View) Changes(before, now service.FilingView) []change {
	var out []change
	differs := func(field, a, b string) {
		if a != b {
			out = append(out, change{field, a, b})
		}
	}
	differs("type", v.typeWord(before.Type), v.typeWord(now.Type))
	differs("name", before.Name, now.Name)
	differs("purpose", lines(before.Purpose), lines(now.Purpose))
	gone, come := apart(before.DepartmentRefs, now.DepartmentRefs, func(d service.DepartmentRef) domain.DepartmentID { return d.ID })
	differs("departments", v.DepartmentNames(gone), v.DepartmentNames(come))
	v.people("admins", before.AdminRefs, now.AdminRefs, differs)
	v.people("members", before.MemberRefs, now.MemberRefs, differs)
	differs("tier", v.tierWord(before.Tier), v.tierWord(now.Tier))
	a, b := before.Permissions, now.Permissions
	for _, p := range []struct {
		key string
		a   bool
		b   bool
	}{{"invite_outsiders", a.InviteOutsiders, b.InviteOutsiders}, {"anonymous_speech", a.AnonymousSpeech, b.AnonymousSpeech},
		{"see_contacts", a.SeeContacts, b.SeeContacts}, {"join_by_review", a.JoinByReview, b.JoinByReview}} {
		differs("permissions", v.permWord(p.key, p.a), v.permWord(p.key, p.b))
	}
	differs("posting", v.TOr("posting."+string(a.Posting), ""), v.TOr("posting."+string(b.Posting), ""))
	differs("platform", v.TOr("platform."+before.Platform, before.Platform), v.TOr("platform."+now.Platform, now.Platform))
	differs("ends_on", v.endWord(before.EndsOn), v.endWord(now.EndsOn))
	differs("existing", v.yes(before.Existing), v.yes(now.Existing))
	return out
}

// people tells who went and who came; the same people in another order only where the order says something: the first
// admin is the owner.
func (v *View) people(field string, before, now []service.PersonRef, differs func(field, a, b string)) {
	id := func(p service.PersonRef) domain.EmployeeID { return p.ID }
	gone, come := apart(before, now, id)
	if field == "admins" && len(gone)+len(come) == 0 && len(before) > 0 && before[0].ID != now[0].ID {
		differs("owner", before[0].Name, now[0].Name)
		return
	}
	differs(field, v.allNames(gone), v.allNames(come))
}

// allNames lists people in full: of a change nobody may be left out.
func (v *View) allNames(ps []service.PersonRef) string {
	var names []string
	for _, p := range ps {
		names = append(names, p.Name)
	}
	return strings.Join(names, v.T("list.comma"))
}

// apart is what only the first list holds, and what only the second holds.
func apart[T any, K comparable](a, b []T, key func(T) K) (gone, come []T) {
	lacks := func(list []T, x T) bool {
		return !slices.ContainsFunc(list, func(y T) bool { return key(x) == key(y) })
	}
	for _, x := range a {
		if lacks(b, x) {
			gone = append(gone, x)
		}
	}
	for _, x := range b {
		if lacks(a, x) {
			come = append(come, x)
		}
	}
	return gone, come
}

// lines takes a browser's line ends for the same as ours.
func lines(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

func (v *View) typeWord(t domain.GroupType) string { return v.TOr("type."+string(t), string(t)) }
func (v *View) tierWord(t domain.Tier) string      { return v.TOr("tier."+string(t), string(t)) }

func (v *View) permWord(key string, on bool) string {
	if !on {
		key += ".not"
	}
	return v.T("perm." + key)
}

func (v *View) endWord(day string) string {
	if day == "" {
		return v.T("file.no_end")
	}
	return v.DayText(day)
}

func (v *View) yes(on bool) string {
	if on {
		return v.T("yes")
	}
	return v.T("no")
}
