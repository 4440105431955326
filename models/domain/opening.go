package domain

import (
	"slices"
	"time"
)

// Learn answers a need of the rules from directory and calendar and adds the answer to the facts. dir may be nil when
// the need tells (OfDirectory) that only the calendar is asked. The submission, the decision activity, preview and
// tests share it. A need of the plan is not answered here: only the policy knows.
func (f *Facts) Learn(c Case, n Need, dir *Directory, cal *Calendar) {
	if len(n.People) > 0 {
		f.People = append(f.People, FindPeople(n.People, dir)...)
		return
	}
	if f.Plan != nil { // the steps are those of the new material
		c.Steps = stepsOf(f.Plan.Steps)
	}
	f.Openings = append(f.Openings, Find(c, n, dir, cal, f.At))
}

// OfDirectory tells whether a need asks the directory, and not the calendar alone.
func (n Need) OfDirectory() bool {
	return n.Resolve || n.Above != "" || len(n.People) > 0 || len(n.Holders) > 0
}

// FindPeople tells what the directory knows of people, once each. Who is not in it is not active.
func FindPeople(ids []EmployeeID, dir *Directory) []PersonFact {
	var out []PersonFact
	for _, id := range ids {
		if slices.ContainsFunc(out, func(p PersonFact) bool { return p.ID == id }) {
			continue
		}
		p := PersonFact{ID: id}
		if e, ok := dir.Employees[id]; ok && e.Active {
			p.Active, p.Roles = true, e.Roles
		}
		out = append(out, p)
	}
	return out
}

// Find answers a need of directory or calendar: whom the directory names for a step, and by when they must have decided.
// dir may be nil when only the deadline is asked.
func Find(c Case, n Need, dir *Directory, cal *Calendar, at time.Time) Opening {
	if !n.Since.IsZero() {
		at = n.Since
	}
	o := Opening{Step: n.Step}
	if n.Step < 0 || n.Step >= len(c.Steps) {
		due, provisional := cal.Add(at, n.Minutes)
		o.Due = Due{At: due, Calendar: cal.Version, Provisional: provisional}
		return o
	}
	plan := c.Steps[n.Step].Plan
	if n.Above == "" {
		o.Due = DueFor(cal, plan, at)
	}
	if n.Resolve {
		o.Resolution = Resolve(plan, dir, c.Parties)
		o.Copies = readers(plan.CC, dir, c.Parties.Requester)
	}
	if n.Above != "" {
		o.Superior = dir.superior(n.Above, n.Not)
	}
	not := n.Not
	for _, as := range o.Resolution.Slots {
		not = append(slices.Clip(not), as.Person)
	}
	for _, p := range n.Holders {
		if dir.Active(p) {
			continue
		}
		up := dir.superior(p, not)
		up.Why.Cause = CauseVacant
		o.Replaced = append(o.Replaced, Replacement{Person: p, By: up.Person, Why: up.Why})
		not = append(slices.Clip(not), up.Person)
	}
	return o
}

// superior finds the next person up from somebody who may be asked: the head of their department, or of the next one
// above those they lead. The Assignment has person and reason only, and no person
// when there is nobody.
func (d *Directory) superior(p EmployeeID, not []EmployeeID) Assignment {
	first := d.Employees[p].Department
	chain := d.Chain(first)
	if led := d.led(p); led != "" {
		chain = d.Chain(led)[1:]
	}
	for _, up := range chain {
		l := d.LeaderOf(up)
		if l == "" || l == p || slices.Contains(not, l) {
			continue
		}
		return Assignment{Person: l, Why: Why{Code: WhySuperior, Department: up, InsteadOf: p}}
	}
	return Assignment{Why: Why{Code: WhySuperior, InsteadOf: p}}
}

// led is the department nearest the root among those a person leads, so that nobody below them counts as above; "" when
// they lead none.
func (d *Directory) led(p EmployeeID) DepartmentID {
	var best DepartmentID
	depth := 0
	for id, dep := range d.Departments {
		if dep.Leader != p {
			continue
		}
		n := len(d.Chain(id))
		if best == "" || n < depth || (n == depth && id < best) {
			best, depth = id, n
		}
	}
	return best
}

// readers are whom cc rules name: holders of posts and roles who are there; a vacant post has no copy.
func readers(rules []SlotRule, dir *Directory, requester EmployeeID) []EmployeeID {
	var out []EmployeeID
	add := func(p EmployeeID) {
		if p != "" && p != requester && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, r := range rules {
		if r.Kind == RuleRole {
			for _, p := range dir.WithRole(r.Role) {
				add(p)
			}
			continue
		}
		add(holder(r, dir))
	}
	return out
}
