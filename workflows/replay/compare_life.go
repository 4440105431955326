package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// lived are the columns that follow from the state of a group with a life, whatever was filed.
func lived(g domain.Group, cols map[string]want) {
	l := g.Life
	flags := []string{}
	for _, f := range domain.Flags(g) {
		flags = append(flags, string(f))
	}
	cols["flags"], cols["members"], cols["last_active"] = list(flags), number(int64(l.Members)), moment(l.Active)
	if len(l.Dates) > 0 {
		cols["next_date"], cols["next_kind"] = moment(l.Dates[0].At), text(string(l.Dates[0].Kind))
	}
	cols["invite_outsiders"], cols["anonymous_speech"] = boolean(l.Perms.InviteOutsiders), boolean(l.Perms.AnonymousSpeech)
	cols["see_contacts"], cols["join_by_review"] = boolean(l.Perms.SeeContacts), boolean(l.Perms.JoinByReview)
	cols["posting"] = text(string(cmp.Or(l.Perms.Posting, domain.PostMembers)))
}

// born is the filing whose people the group began with; nil when it is not at hand.
func born(v Verdict, m Material) *domain.Filing {
	f := m.Birth
	if f == nil {
		f = m.Filing
	}
	if start, ok := start(v); f == nil || !ok || f.Digest() != start.Digest {
		return nil
	}
	return f
}

// start is the state that a group's first run began with.
func start(v Verdict) (domain.Group, bool) {
	if len(v.Runs) == 0 {
		return domain.Group{}, false
	}
	g, ok := v.States[At{v.Runs[0], 1}].(domain.Group)
	return g, ok
}

// deed is an act on a group, with the states on both sides.
type deed struct {
	act           domain.GroupAct
	at            time.Time
	verdict       domain.Verdict
	before, after domain.Group
}

// deeds are the acts that happened, in order.
func deeds(v Verdict) []deed {
	before, _ := start(v)
	var out []deed
	for _, a := range v.Acts {
		act, ok := a.Raw.(domain.GroupAct)
		after, known := v.States[a.Decided].(domain.Group)
		if a.Stuck || !ok || !known {
			continue
		}
		out = append(out, deed{act, a.When, a.Verdict, before, after})
		before = after
	}
	return out
}

// place is a person's row as the acts leave it.
type place struct {
	role string
	domain.Place
}

// memberRows are the people of the filing that the group began with, and what the acts since did to them.
func memberRows(v Verdict, f domain.Filing) plan {
	places := map[domain.EmployeeID]*place{}
	var order []domain.EmployeeID
	at := v.Acts[0].When
	seat := func(id domain.EmployeeID, role string, at time.Time) {
		if places[id] == nil {
			places[id] = &place{role: role, Place: domain.Place{State: domain.MemberActive, Since: at}}
			order = append(order, id)
		}
	}
	for i, id := range f.Admins {
		seat(id, map[bool]string{true: "owner", false: "admin"}[i == 0], at)
	}
	for _, id := range f.Members {
		seat(id, "member", at)
	}
	for _, d := range deeds(v) {
		for _, m := range domain.MemberMoves(d.verdict) {
			p := places[m.Person]
			switch {
			case d.act.Kind == domain.GroupBegun && p != nil: // what the row is born as
				p.State = m.Of("")
				continue
			case p == nil && m.Of("") == "":
				continue
			case p == nil:
				p = &place{}
				places[m.Person] = p
				order = append(order, m.Person)
			}
			p.Move(m, d.at)
			p.role = d.after.RoleIn(m.Person)
		}
		if slices.Equal(d.before.Admins, d.after.Admins) {
			continue
		}
		for _, id := range slices.Concat(d.before.Admins, d.after.Admins) {
			if p := places[id]; p != nil {
				p.role = d.after.RoleIn(id)
			}
		}
	}
	out := plan{table: TableMembers, by: "group_id", key: "employee_id"}
	for _, id := range order {
		p := places[id]
		out.rows = append(out.rows, line{key: string(id), cols: map[string]want{
			"group_id": text(v.Group.ID), "employee_id": text(string(id)), "role": text(p.role), "state": text(string(p.State)), "since": moment(p.Since),
			"left_at": moment(p.Left), "removed_at": moment(p.Removed),
		}})
	}
	return out
}

// rowsOf collects lines under keys, the last one of a key counts.
type rowsOf struct {
	keys  []string
	lines map[string]line
}

func (r *rowsOf) put(l line) {
	if r.lines == nil {
		r.lines = map[string]line{}
	}
	if _, ok := r.lines[l.key]; !ok {
		r.keys = append(r.keys, l.key)
	}
	r.lines[l.key] = l
}

func (r *rowsOf) all() []line {
	out := make([]line, len(r.keys))
	for i, k := range r.keys {
		out[i] = r.lines[k]
	}
	return out
}

// findingRows are the findings of the group's life, open ones as they stand and closed ones as they were.
func findingRows(v Verdict) plan {
	var rows rowsOf
	put := func(f domain.Finding, at time.Time, by domain.EmployeeID, how string) {
		rows.put(line{key: f.ID + "@" + f.At.UTC().Format(time.RFC3339Nano), cols: map[string]want{
			"group_id": text(v.Group.ID), "finding_id": text(f.ID), "at": moment(f.At), "kind": text(string(f.Kind)), "person_id": textOrNull(string(f.Person)),
			"account": text(f.Account), "fields": list(f.Fields), "owner_id": textOrNull(string(f.Owner)), "propose": list(f.Propose), "seen": number(int64(f.Seen)),
			"closed_at": moment(at), "closed_by": textOrNull(string(by)), "closed_how": text(how),
		}})
	}
	for _, d := range deeds(v) {
		for _, e := range domain.EndedFindings(d.before, d.after, d.act) {
			put(e.Finding, d.at, d.act.Actor, e.How)
		}
		if d.after.Life != nil {
			for _, f := range d.after.Life.Findings {
				put(f, time.Time{}, "", "")
			}
		}
	}
	return plan{table: TableFindings, by: "group_id", key: "finding_id", and: "at", rows: rows.all()}
}

// opRows are what the platform was asked to do, and what came of it.
func opRows(v Verdict) plan {
	var rows rowsOf
	put := func(o domain.PlatformOp, state string, at time.Time, by domain.EmployeeID, r *domain.Receipt) {
		receipt := want{isNull, null}
		if r != nil {
			receipt = document(r)
		}
		rows.put(line{key: o.ID, cols: map[string]want{
			"group_id": text(v.Group.ID), "op_id": text(o.ID), "kind": text(string(o.Kind)), "people": list(o.People), "accounts": list(o.Accounts),
			"state": text(state), "code": text(o.Code), "tries": number(int64(o.Tries)), "at": moment(o.At), "ended_at": moment(at), "ended_by": textOrNull(string(by)),
			"receipt": receipt,
		}})
	}
	for _, d := range deeds(v) {
		for _, e := range domain.EndedOps(d.before, d.after, d.act) {
			var r *domain.Receipt
			if e.End == domain.OpDone {
				r = d.act.Receipt
			}
			put(e.PlatformOp, string(e.End), d.at, d.act.Actor, r)
		}
		if d.after.Life != nil {
			for _, o := range d.after.Life.Ops {
				put(o, string(o.State), time.Time{}, "", nil)
			}
		}
	}
	return plan{table: TableOps, by: "group_id", key: "op_id", rows: rows.all()}
}
