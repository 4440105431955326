package replay

import (
	"slices"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

func groupPlans(v Verdict, m Material) []plan {
	g := *v.Group
	if g.Seq == 0 {
		return []plan{{table: TableGroups, by: "id", key: "id"}, {table: TableEntries, by: "workflow_id", key: "seq"}}
	}
	out := []plan{groupRow(v, m), departmentRows(g), entries(v, g.ID, func(a Applied, cols map[string]want) {
		evidence := ""
		if act, ok := a.Raw.(domain.GroupAct); ok && act.Receipt != nil && act.Receipt.Evidence != nil {
			evidence = act.Receipt.Evidence.Object
		}
		cols["comment_id"], cols["slot"], cols["outcome"] = textOrNull(evidence), text(""), text("")
	})}
	out = append(out, findingRows(v), opRows(v))
	if f := born(v, m); f != nil {
		out = append(out, memberRows(v, *f))
	}
	return out
}

// groupRow is the register row: state from the group's acts, texts and permissions from the approved filing.
func groupRow(v Verdict, m Material) plan {
	g := *v.Group
	const shredded = "the filing was shredded"
	cols := map[string]want{
		"id": text(g.ID), "number": text(g.Number), "case_id": textOrNull(g.Case), "type": text(string(g.Type)), "tier": text(string(g.Tier)),
		"platform": text(g.Platform), "platform_id": text(g.PlatformID), "state": text(string(g.State)), "by_hand": boolean(g.ByHand),
		"ends_on": textOrNull(g.EndsOn), "digest": text(g.Digest), "seq": number(int64(g.Seq)), "doc": document(g),
		"state_digest": text(domain.StateDigest(g)), "since": moment(g.Since), "changed_at": moment(lastAt(v)), "created_at": moment(v.Acts[0].When),
		"name": unchecked(shredded), "purpose": unchecked(shredded), "invite_outsiders": unchecked(shredded), "anonymous_speech": unchecked(shredded),
		"see_contacts": unchecked(shredded), "posting": unchecked(shredded), "join_by_review": unchecked(shredded), "existing": unchecked(shredded),
		"search": unchecked(shredded), "members": unchecked(shredded),
		"flags": list[string](nil), "next_date": moment(time.Time{}), "next_kind": text(""), "last_active": moment(time.Time{}),
	}
	if f := m.Filing; f != nil {
		cols["name"], cols["purpose"], cols["existing"] = text(f.Name), text(f.Purpose), boolean(f.Existing)
		cols["invite_outsiders"], cols["anonymous_speech"] = boolean(f.Permissions.InviteOutsiders), boolean(f.Permissions.AnonymousSpeech)
		cols["see_contacts"], cols["join_by_review"] = boolean(f.Permissions.SeeContacts), boolean(f.Permissions.JoinByReview)
		cols["posting"] = text(string(f.Permissions.Posting))
		people := map[domain.EmployeeID]bool{}
		for _, id := range append(slices.Clone(f.Admins), f.Members...) {
			people[id] = true
		}
		cols["members"] = number(int64(len(people)))
		// An index for the search box; the departments' names behind it are the directory's of that day.
		cols["search"] = begins(strings.ToLower(f.Name+" "+g.Number) + " ")
	}
	if g.Life != nil {
		lived(g, cols)
	}
	return plan{table: TableGroups, by: "id", key: "id", rows: []line{{key: g.ID, cols: cols}}}
}

func departmentRows(g domain.Group) plan {
	p := plan{table: TableDepartments, by: "group_id", key: "department_id"}
	for _, d := range g.Departments {
		p.rows = append(p.rows, line{key: string(d), cols: map[string]want{"group_id": text(g.ID), "department_id": text(string(d))}})
	}
	return p
}
