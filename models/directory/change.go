package directory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
)

// Kind names one thing that a change does to a person or a department.
type Kind string

// What happens to people.
const (
	Joined         Kind = "joined"
	Rejoined       Kind = "rejoined" // left earlier, is back under the same number
	Left           Kind = "left"
	LeftEarlier    Kind = "left_earlier" // not known here until now, and gone: kept so that the number is not used again
	Moved          Kind = "moved"        // to another department
	PostChanged    Kind = "post_changed"
	ContactChanged Kind = "contact_changed"
	Renamed        Kind = "renamed" // people and departments
	RolesChanged   Kind = "roles_changed"
)

// What happens to departments.
const (
	UnitCreated   Kind = "created"
	UnitReopened  Kind = "reopened"
	UnitClosed    Kind = "closed"
	UnitMoved     Kind = "moved_under" // another parent
	LeaderChanged Kind = "leader_changed"
	UnitRecoded   Kind = "code_changed" // the address book gave it a key of its own
)

// StaffChange is what happens to one person. Before is the zero value for somebody new.
type StaffChange struct {
	Row    int // in the file; 0: not in it
	Kinds  []Kind
	Before domain.Employee
	After  domain.Employee
}

// Has tells whether the change does k.
func (c StaffChange) Has(k Kind) bool { return slices.Contains(c.Kinds, k) }

// UnitChange is what happens to one department. The leaders from and to are Before.Leader and After.Leader.
type UnitChange struct {
	Kinds  []Kind
	Before domain.Department
	After  domain.Department
	// Guessed marks a renaming or move that was concluded from where the people went, since the file has no codes.
	Guessed bool
}

// Has tells whether the change does k.
func (c UnitChange) Has(k Kind) bool { return slices.Contains(c.Kinds, k) }

// Change is the difference between the directory on record and a book, ready to be written: departments with parents
// before children, people by staff number.
type Change struct {
	Staff []StaffChange
	Units []UnitChange
}

// Empty tells that the book says nothing new.
func (c Change) Empty() bool { return len(c.Staff) == 0 && len(c.Units) == 0 }

// Count is how many people or departments each kind concerns.
func (c Change) Count() map[Kind]int {
	n := map[Kind]int{}
	for _, s := range c.Staff {
		for _, k := range s.Kinds {
			n[k]++
		}
	}
	for _, u := range c.Units {
		for _, k := range u.Kinds {
			if k == Renamed {
				k = "department_renamed"
			}
			n[k]++
		}
	}
	return n
}

// People are those whose places in open cases and groups the change touches: they left or came back, moved, changed
// post or hold other roles (R2.3.4). Sorted.
func (c Change) People() []domain.EmployeeID {
	var out []domain.EmployeeID
	for _, s := range c.Staff {
		if s.Has(Left) || s.Has(Rejoined) || s.Has(Moved) || s.Has(PostChanged) || s.Has(RolesChanged) {
			out = append(out, s.After.ID)
		}
	}
	slices.Sort(out)
	return out
}

// Departments are those whose slots the change touches: another leader, another superior department, closed or open
// again; and those whose leader left. Sorted.
func (c Change) Departments() []domain.DepartmentID {
	ids := map[domain.DepartmentID]bool{}
	for _, u := range c.Units {
		if u.Has(LeaderChanged) || u.Has(UnitMoved) || u.Has(UnitClosed) || u.Has(UnitReopened) {
			ids[u.After.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// Roles are those with other holders than before: steps that ask every holder of a role are resolved again. In the
// house's order.
func (c Change) Roles() []domain.Role {
	ids := map[domain.Role]bool{}
	for _, s := range c.Staff {
		for _, r := range domain.Roles {
			if r != domain.RoleEmployee && s.Before.Has(r) != s.After.Has(r) {
				ids[r] = true
			}
		}
	}
	return sortRoles(slices.Collect(maps.Keys(ids)))
}

// Apply gives the directory after the change, one revision on. It changes neither of its arguments. current may be nil.
func Apply(current *domain.Directory, c Change) *domain.Directory {
	if current == nil {
		current = domain.NewDirectory(0, nil, nil)
	}
	people, units := maps.Clone(current.Employees), maps.Clone(current.Departments)
	for _, s := range c.Staff {
		people[s.After.ID] = s.After
	}
	for _, u := range c.Units {
		units[u.After.ID] = u.After
	}
	return domain.NewDirectory(current.Revision+1, byNumber(people), byCode(units))
}

func byNumber(m map[domain.EmployeeID]domain.Employee) []domain.Employee {
	return slices.SortedFunc(maps.Values(m), func(a, b domain.Employee) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
	})
}

func byCode(m map[domain.DepartmentID]domain.Department) []domain.Department {
	return slices.SortedFunc(maps.Values(m), func(a, b domain.Department) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ID, b.ID))
	})
}
