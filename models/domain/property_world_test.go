package domain

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// world is a small company that changes at random while a case runs.
type world struct {
	*rand.Rand
	people []Employee
	deps   []Department
	rev    int64
	dir    *Directory
	ds     []Delegation
	cal    *Calendar
}

func newWorld(r *rand.Rand) *world {
	w := &world{Rand: r, cal: allDay}
	for i := range 12 {
		w.people = append(w.people, Employee{
			ID: EmployeeID(fmt.Sprintf("p%d", i)), Number: fmt.Sprintf("%02d", i), Active: r.IntN(12) > 0, Department: w.dep(),
		})
	}
	for i, parent := range []DepartmentID{"", "d0", "d0", "d1", "d2"} {
		w.deps = append(w.deps, Department{ID: DepartmentID(fmt.Sprintf("d%d", i)), Parent: parent, Leader: w.somebody(), Active: true})
	}
	for range 6 {
		p := &w.people[r.IntN(len(w.people))]
		p.Roles = append(p.Roles, w.role())
	}
	w.index()
	return w
}

func (w *world) index() {
	w.rev++
	w.dir = NewDirectory(w.rev, slices.Clone(w.people), slices.Clone(w.deps))
}

func (w *world) somebody() EmployeeID { return EmployeeID(fmt.Sprintf("p%d", w.IntN(12))) }
func (w *world) dep() DepartmentID    { return DepartmentID(fmt.Sprintf("d%d", w.IntN(5))) }
func (w *world) role() Role           { return []Role{RoleSecurity, RoleLegal, RoleProcessAdmin}[w.IntN(3)] }
func (w *world) one(percent int) bool { return w.IntN(100) < percent }

// shift changes something of the company.
func (w *world) shift() {
	for range 1 + w.IntN(3) {
		switch w.IntN(6) {
		case 0, 1:
			p := &w.people[w.IntN(len(w.people))]
			p.Active = !p.Active && w.one(70)
		case 2, 3:
			w.deps[w.IntN(len(w.deps))].Leader = w.somebody()
		case 4:
			w.deps[w.IntN(len(w.deps))].Leader = ""
		default:
			w.people[w.IntN(len(w.people))].Roles = []Role{w.role()}
		}
	}
	w.index()
}

// lend makes a few delegations around a moment.
func (w *world) lend(at time.Time) {
	w.ds = nil
	for i := range w.IntN(14) {
		d := Delegation{
			ID: fmt.Sprintf("d%d", i), From: w.somebody(), To: w.somebody(),
			Start: at.Add(time.Duration(w.IntN(60)-50) * time.Minute), Until: at.Add(time.Duration(w.IntN(300)-20) * time.Minute),
		}
		if w.one(20) {
			d.Kinds = []RequestKind{KindRevocation}
		}
		w.ds = append(w.ds, d)
	}
}

func (w *world) rules() []SlotRule {
	var out []SlotRule
	classes := []string{"", "a", "b"}
	for range 1 + w.IntN(3) {
		r := SlotRule{Class: classes[w.IntN(3)]}
		switch w.IntN(4) {
		case 0, 1:
			r.Kind, r.Department = RuleDepartmentLeader, w.dep()
		case 2:
			r.Kind, r.Role = RuleRole, w.role()
		default:
			r.Kind, r.Person = RulePerson, w.somebody()
		}
		if w.one(30) {
			r.Backup = w.somebody()
		}
		out = append(out, r)
	}
	return out
}

func (w *world) step(i int) StepPlan {
	p := StepPlan{Key: fmt.Sprint(i), Kind: []StepKind{Countersign, OrSign, Quorum, Sequence}[w.IntN(4)], Rules: w.rules(), Deadline: 60 + w.IntN(200)}
	if p.Kind == Quorum {
		p.Need = 1 + w.IntN(3)
		if w.one(50) {
			p.Minima = append(p.Minima, ClassMinimum{"a", 1 + w.IntN(2)})
		}
		if w.one(50) {
			p.Minima = append(p.Minima, ClassMinimum{"b", 1})
		}
	}
	for m := range w.IntN(3) {
		p.Remind = append(p.Remind, 10+20*m)
	}
	for m := range w.IntN(3) {
		p.Ladder = append(p.Ladder, Rung{After: 15 + 25*m, Do: []RungKind{RungAdd, RungReplace}[w.IntN(2)]})
	}
	if w.one(15) {
		p.Final = FinalPass
	}
	if w.one(15) {
		p.CC = w.rules()
	}
	return p
}

func (w *world) plan() RoutePlan {
	p := RoutePlan{Policy: "p", Route: fmt.Sprintf("r%d", w.IntN(3))}
	for i := range 1 + w.IntN(3) {
		p.Steps = append(p.Steps, w.step(i))
	}
	switch w.IntN(8) {
	case 0: // as before there were rules
	case 1:
		p.Rules = CaseRules{UrgeEvery: 5}
	default:
		p.Rules = CaseRules{Resubmit: 60, UrgeEvery: 5, MaxHops: 1 + w.IntN(3), MaxAdded: 1 + w.IntN(5), MaxChain: 1 + w.IntN(3)}
		if w.one(50) {
			p.Rules.SamePerson = CarryOver
		}
	}
	return p
}

// delegate is somebody who may stand for a person, at first or second hand, mostly.
func (w *world) delegate(p EmployeeID) EmployeeID {
	for range 1 + w.IntN(2) {
		for _, d := range w.ds {
			if d.From == p && w.one(80) {
				p = d.To
				break
			}
		}
	}
	return p
}

// act makes up something that somebody, or the system, does to a case now: mostly sensible, often not.
func (w *world) act(c *Case) Act {
	a := Act{Actor: w.somebody(), Digest: c.Digest}
	if open := c.OpenSlots(); len(open) > 0 && w.one(80) {
		a.Actor = open[w.IntN(len(open))].Person
	}
	if w.one(4) {
		a.Digest = "sha256:old"
	}
	for range 1 + w.IntN(2) {
		a.To = append(a.To, w.somebody())
	}
	switch k := w.IntN(100); {
	case k < 40:
		a.Kind, a.Outcome, a.To = ActDecide, Approve, nil
		if w.one(15) {
			a.Outcome = Reject
		}
		if w.one(35) {
			a.For, a.Actor = a.Actor, w.delegate(a.Actor)
		}
	case k < 50:
		a.Kind, a.To = ActTransfer, a.To[:1]
	case k < 63:
		a.Kind, a.Mode = ActAdd, []AddMode{AddBefore, AddAfter, AddParallel}[w.IntN(3)]
		if a.Mode == AddAfter {
			a.Outcome = Approve
		}
	case k < 67:
		a.Kind, a.Step, a.To = ActReturn, w.IntN(max(1, c.Current()+1)), nil
		if w.one(30) {
			a.For, a.Actor = a.Actor, w.delegate(a.Actor)
		}
	case k < 72:
		a.Kind, a.Actor, a.To = ActResubmit, c.Parties.Requester, nil
		a.Material = &Material{Object: "o", Digest: []string{"sha256:m", "sha256:n", "sha256:o"}[w.IntN(3)], Tier: c.Tier}
	case k < 75:
		a.Kind, a.Actor, a.To = ActUrge, c.Parties.Requester, nil
	case k < 77:
		a.Kind = ActCopy
	case k < 87:
		a.Kind, a.To = ActAssign, a.To[:1]
		for _, p := range w.people {
			if slices.Contains(p.Roles, RoleProcessAdmin) {
				a.Actor = p.ID
			}
		}
		if open := c.OpenSlots(); c.NeedsHand == "" && len(open) > 0 {
			a.Slot = open[w.IntN(len(open))].ID
		}
	case k < 98:
		w.shift()
		a = Act{Kind: ActDirectory}
	case k < 99:
		w.cal = []*Calendar{allDay, {Version: "slow", Hours: []Hours{{From: 60, To: 600}}, Years: allDay.Years}}[w.IntN(2)]
		a = Act{Kind: ActCalendar}
	default:
		a.Kind, a.To = ActComment, nil
		if w.one(15) {
			a.Kind, a.Actor = ActWithdraw, c.Parties.Requester
		}
	}
	if a.Kind.Person() && w.one(95) {
		a.Comment = said
	}
	return a
}
