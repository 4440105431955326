package domain

import "slices"

// Difference is one field in which two versions of a filing differ, as a JSON path: values as they stand in JSON, of lists
// who or what went and came. A first admin who changed places with another is the field "owner".
type Difference struct {
	Field  string
	Before string
	After  string
	Gone   []string // ids
	Come   []string
}

// Differences lists what a later version of a filing has otherwise, in the order of the form.
func Differences(was, is Filing) []Difference {
	var out []Difference
	value := func(field, a, b string) {
		if a != b {
			out = append(out, Difference{Field: field, Before: a, After: b})
		}
	}
	value("type", string(was.Type), string(is.Type))
	value("name", was.Name, is.Name)
	value("purpose", was.Purpose, is.Purpose)
	out = append(out, apart("departments", was.Departments, is.Departments)...)
	people := apart("admins", was.Admins, is.Admins)
	if len(people) == 0 && len(was.Admins) > 0 && len(is.Admins) > 0 {
		value("owner", string(was.Admins[0]), string(is.Admins[0]))
	}
	out = append(out, append(people, apart("members", was.Members, is.Members)...)...)
	value("tier", string(was.Tier), string(is.Tier))
	a, b := was.Permissions, is.Permissions
	value("permissions.invite_outsiders", onOff(a.InviteOutsiders), onOff(b.InviteOutsiders))
	value("permissions.anonymous_speech", onOff(a.AnonymousSpeech), onOff(b.AnonymousSpeech))
	value("permissions.see_contacts", onOff(a.SeeContacts), onOff(b.SeeContacts))
	value("permissions.join_by_review", onOff(a.JoinByReview), onOff(b.JoinByReview))
	value("permissions.posting", string(a.Posting), string(b.Posting))
	value("platform", was.Platform, is.Platform)
	value("ends_on", was.EndsOn, is.EndsOn)
	return out
}

func onOff(yes bool) string {
	if yes {
		return "true"
	}
	return "false"
}

func apart[T ~string](field string, was, is []T) []Difference {
	less := func(a, b []T) []string {
		var out []string
		for _, x := range a {
			if !slices.Contains(b, x) {
				out = append(out, string(x))
			}
		}
		return out
	}
	d := Difference{Field: field, Gone: less(was, is), Come: less(is, was)}
	if len(d.Gone)+len(d.Come) == 0 {
		return nil
	}
	return []Difference{d}
}

// Settled gives lists of the later filing that hold the same as those of the earlier one the earlier order, where order
// says nothing: of members and departments, and of admins after the first, who owns the group. So a form that sends them in
// another order asks for no change.
func (f Filing) Settled(was Filing) Filing {
	f.Departments = settled(f.Departments, was.Departments)
	f.Members = settled(f.Members, was.Members)
	if len(f.Admins) > 0 && len(was.Admins) > 0 && f.Admins[0] == was.Admins[0] {
		f.Admins = settled(f.Admins, was.Admins)
	}
	return f
}

func settled[T ~string](is, was []T) []T {
	if len(is) != len(was) || !slices.Equal(slices.Sorted(slices.Values(is)), slices.Sorted(slices.Values(was))) {
		return is
	}
	return was
}
