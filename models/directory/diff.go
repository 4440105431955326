package directory

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// MassPercent is how many of a hundred active people one import may make leave without being confirmed.
const MassPercent = 20

// Options say how a book is to be read against the record.
type Options struct {
	// Full: the book is the whole company; who and what is absent from it has left or closed.
	Full bool
	// AllowMass confirms that more than MassPercent of the people leave.
	AllowMass bool
	// Root is the company's name, put above departments that the export names without it. Where it is empty and the
	// record has a single root, that one's name serves.
	Root string
	// NewID makes identifiers for new people and departments: UUIDv7 by the caller.
	NewID func() string
}

// Diff tells how a book differs from the directory on record (nil: nothing is on record yet). People are the same by
// staff number; departments by code, else by path, else, in a full book without codes, by the people who went from one
// to the other. What the file has no column for stays as it is. The change is complete even where faults say that it
// must not be written: the preview shows it.
func Diff(current *domain.Directory, book Book, opts Options) (Change, []RowFault) {
	if current == nil {
		current = domain.NewDirectory(0, nil, nil)
	}
	d := &differ{
		old: current, book: book, opts: opts, numbers: map[string]domain.EmployeeID{}, listed: map[domain.EmployeeID]bool{},
		units: map[domain.DepartmentID]domain.Department{}, ids: map[string]domain.DepartmentID{}, guessed: map[domain.DepartmentID]bool{},
		after: map[domain.EmployeeID]domain.Employee{}, rows: map[domain.EmployeeID]int{},
	}
	for id, e := range current.Employees {
		d.numbers[strings.ToLower(e.Number)] = id
		d.after[id] = e
	}
	for id, u := range current.Departments {
		d.units[id] = u
	}
	d.matchUnits()
	d.people()
	d.departures()
	d.closures()
	d.leaders()
	d.leaderRoles()
	return d.change(), d.fs.all()
}

type differ struct {
	old     *domain.Directory
	book    Book
	opts    Options
	fs      faults
	numbers map[string]domain.EmployeeID // staff number, lower case
	after   map[domain.EmployeeID]domain.Employee
	rows    map[domain.EmployeeID]int
	listed  map[domain.EmployeeID]bool
	units   map[domain.DepartmentID]domain.Department
	ids     map[string]domain.DepartmentID // key of a unit in the book
	guessed map[domain.DepartmentID]bool
}

// people brings every row to its person.
func (d *differ) people() {
	for _, p := range d.book.People {
		id, known := d.numbers[strings.ToLower(p.Number)]
		was := d.old.Employees[id]
		if known && !was.Active && p.Active && was.Name != p.Name {
			d.fs.add(RowFault{Row: p.Row, Column: "工号", Field: colNumber, Code: CodeNumberReused, Params: params("number", p.Number, "name", was.Name)})
			d.listed[id] = true
			continue
		}
		if !known {
			id = domain.EmployeeID(d.opts.NewID())
			d.numbers[strings.ToLower(p.Number)] = id
			was = domain.Employee{ID: id, Number: p.Number}
		}
		d.listed[id], d.rows[id] = true, p.Row
		d.after[id] = d.person(was, p)
		if known && d.stranger(was, p) {
			d.fs.add(RowFault{Row: p.Row, Column: "姓名", Field: colName, Code: CodeOtherPerson, Warning: true,
				Params: params("number", p.Number, "name", was.Name)})
		}
	}
}

// person is the employee as the row has them. Who left keeps name and place, as they were at the time.
func (d *differ) person(was domain.Employee, p Person) domain.Employee {
	e := was
	if !p.Active && e.Name != "" {
		e.Active = false
		return e
	}
	e.Active, e.Name = p.Active, p.Name
	if unit, ok := d.ids[p.Unit]; ok {
		e.Department = unit
	}
	k := d.book.Knows
	if k.Post {
		e.Post = p.Post
	}
	if k.Email {
		e.Email = p.Email
	}
	if k.Mobile {
		e.Mobile = p.Mobile
	}
	if k.Roles {
		e.Roles = slices.Clone(p.Roles)
	}
	return e
}

// stranger tells that nothing but the number is the same.
func (d *differ) stranger(was domain.Employee, p Person) bool {
	k := d.book.Knows
	other := func(knows bool, a, b string) bool { return knows && a != "" && b != "" && !strings.EqualFold(a, b) }
	return was.Active && p.Active && was.Name != p.Name && other(k.Email, was.Email, p.Email) && other(k.Mobile, was.Mobile, p.Mobile)
}

// departures makes those leave whom a full book no longer lists, and stops a book that would empty the company.
func (d *differ) departures() {
	total, gone := 0, 0
	for id, was := range d.old.Employees {
		if !was.Active {
			continue
		}
		total++
		e := d.after[id]
		if d.opts.Full && !d.listed[id] {
			e.Active = false
			d.after[id] = e
		}
		if !e.Active {
			gone++
		}
	}
	if gone*100 > total*MassPercent && !d.opts.AllowMass {
		d.fs.add(RowFault{Field: "allow_mass", Code: CodeMass, Params: params("count", strconv.Itoa(gone), "total", strconv.Itoa(total),
			"percent", strconv.Itoa(gone*100/total), "max", strconv.Itoa(MassPercent))})
	}
}

// leaderRoles keeps the role of a leader with those who lead: whoever leads a department after the change holds it. The
// file's own role column may give it to others too; a file without one takes it from those who no longer lead.
func (d *differ) leaderRoles() {
	if !d.book.Knows.Leaders && !d.book.Knows.Roles {
		return
	}
	leads := map[domain.EmployeeID]bool{}
	for _, u := range d.units {
		if u.Active && u.Leader != "" {
			leads[u.Leader] = true
		}
	}
	led := map[domain.EmployeeID]bool{}
	for _, u := range d.old.Departments {
		led[u.Leader] = true
	}
	for id, e := range d.after {
		has := slices.Contains(e.Roles, domain.RoleLeader)
		switch {
		case leads[id] && e.Active && !has:
			e.Roles = sortRoles(append(slices.Clone(e.Roles), domain.RoleLeader))
		case has && !leads[id] && led[id] && e.Active && !d.book.Knows.Roles:
			e.Roles = slices.DeleteFunc(slices.Clone(e.Roles), func(r domain.Role) bool { return r == domain.RoleLeader })
		default:
			continue
		}
		d.after[id] = e
	}
}

// change compares before and after.
func (d *differ) change() Change {
	var c Change
	for _, e := range byNumber(d.after) {
		was, known := d.old.Employees[e.ID]
		if kinds := staffKinds(was, e, known); len(kinds) > 0 {
			c.Staff = append(c.Staff, StaffChange{Row: d.rows[e.ID], Kinds: kinds, Before: was, After: e})
		}
	}
	for _, u := range d.parentsFirst() {
		was, known := d.old.Departments[u.ID]
		if kinds := unitKinds(was, u, known); len(kinds) > 0 {
			c.Units = append(c.Units, UnitChange{Kinds: kinds, Before: was, After: u, Guessed: d.guessed[u.ID]})
		}
	}
	return c
}

func staffKinds(was, e domain.Employee, known bool) []Kind {
	var kinds []Kind
	add := func(yes bool, k Kind) {
		if yes {
			kinds = append(kinds, k)
		}
	}
	switch {
	case !known && !e.Active:
		return []Kind{LeftEarlier}
	case !known:
		return []Kind{Joined}
	case was.Active && !e.Active:
		return []Kind{Left}
	case !was.Active && !e.Active:
		return nil
	}
	add(!was.Active, Rejoined)
	add(was.Department != e.Department, Moved)
	add(was.Post != e.Post, PostChanged)
	add(was.Name != e.Name, Renamed)
	add(was.Email != e.Email || was.Mobile != e.Mobile, ContactChanged)
	add(!slices.Equal(sortRoles(slices.Clone(was.Roles)), sortRoles(slices.Clone(e.Roles))), RolesChanged)
	return kinds
}

func unitKinds(was, u domain.Department, known bool) []Kind {
	var kinds []Kind
	add := func(yes bool, k Kind) {
		if yes {
			kinds = append(kinds, k)
		}
	}
	add(!known, UnitCreated)
	add(known && !was.Active && u.Active, UnitReopened)
	add(known && was.Active && !u.Active, UnitClosed)
	add(known && was.Name != u.Name, Renamed)
	add(known && was.Parent != u.Parent, UnitMoved)
	add(was.Leader != u.Leader, LeaderChanged)
	add(known && was.Code != u.Code, UnitRecoded)
	return kinds
}
