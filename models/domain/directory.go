package domain

import (
	"cmp"
	"slices"
	"strings"
)

// EmployeeID identifies one natural person for ever: an opaque, sortable id, never reused and never a staff number.
type EmployeeID string

// DepartmentID identifies a department; opaque like EmployeeID.
type DepartmentID string

// Role is what a person may do beyond being an employee (issue: the directory). Being the leader of a department is
// a fact of the directory and comes in addition to the role.
type Role string

// The roles of the house. RoleEmployee belongs to every active person and need not be stored.
const (
	RoleEmployee     Role = "employee"
	RoleLeader       Role = "leader"
	RoleGroupAdmin   Role = "group_admin"
	RoleSecurity     Role = "security_officer"
	RoleLegal        Role = "legal"
	RoleHR           Role = "hr"
	RoleProcessAdmin Role = "process_admin"
	RoleAuditor      Role = "auditor"
)

// Roles lists every role, in the order pages show them.
var Roles = []Role{RoleEmployee, RoleLeader, RoleGroupAdmin, RoleSecurity, RoleLegal, RoleHR, RoleProcessAdmin, RoleAuditor}

// Employee is one person of the company as the address book knows them.
type Employee struct {
	ID         EmployeeID
	Number     string // staff number, unique among all who ever worked here
	Name       string
	Department DepartmentID
	Post       string
	Email      string
	Mobile     string
	Active     bool // false once the person left or the account is disabled
	Roles      []Role
}

// Has tells whether the person holds the role now. Every active person is an employee; someone who left holds none.
func (e Employee) Has(r Role) bool {
	if !e.Active {
		return false
	}
	return r == RoleEmployee || slices.Contains(e.Roles, r)
}

// Department is a node of the company's tree.
type Department struct {
	ID     DepartmentID
	Code   string // the address book's own key, unique
	Name   string
	Parent DepartmentID // empty at the root
	Leader EmployeeID   // empty while the post is vacant
	Active bool
}

// Directory is the company at one revision: a snapshot that rules read. It is never changed after it was built.
type Directory struct {
	Revision    int64
	Employees   map[EmployeeID]Employee
	Departments map[DepartmentID]Department
	byRole      map[Role][]EmployeeID
	outsiders   map[EmployeeID]Outsider
}

// Outsider is somebody from outside the company as this service knows them (R2.2.5): no employee, without department, roles or
// office. They share the ids of people, so that places, agreements and trainings are theirs as they are an employee's.
type Outsider struct {
	ID           EmployeeID
	Number       string // X-0001: given by this service, never a staff number
	Name         string
	Organisation string
	Email        string
	Mobile       string
	Active       bool // has a place in a group, or is invited to one: may sign in
}

// NewDirectory indexes a snapshot. The revision is the number of the last import or change in it.
func NewDirectory(revision int64, people []Employee, departments []Department) *Directory {
	d := &Directory{
		Revision:    revision,
		Employees:   make(map[EmployeeID]Employee, len(people)),
		Departments: make(map[DepartmentID]Department, len(departments)),
		byRole:      map[Role][]EmployeeID{},
	}
	for _, p := range people {
		d.Employees[p.ID] = p
		if !p.Active {
			continue
		}
		for _, r := range p.Roles {
			d.byRole[r] = append(d.byRole[r], p.ID)
		}
	}
	for _, dep := range departments {
		d.Departments[dep.ID] = dep
	}
	for r := range d.byRole {
		slices.SortFunc(d.byRole[r], func(a, b EmployeeID) int {
			return cmp.Or(cmp.Compare(d.Employees[a].Number, d.Employees[b].Number), cmp.Compare(a, b))
		})
	}
	return d
}

// WithOutsiders adds the people from outside to a new snapshot. Nothing that asks for employees finds them.
func (d *Directory) WithOutsiders(people []Outsider) *Directory {
	d.outsiders = make(map[EmployeeID]Outsider, len(people))
	for _, p := range people {
		d.outsiders[p.ID] = p
	}
	return d
}

// Outsider finds somebody from outside.
func (d *Directory) Outsider(id EmployeeID) (Outsider, bool) {
	p, ok := d.outsiders[id]
	return p, ok
}

// OutsiderByNumber finds somebody from outside by the number this service gave them.
func (d *Directory) OutsiderByNumber(number string) (EmployeeID, bool) {
	for id, p := range d.outsiders {
		if p.Number == number {
			return id, true
		}
	}
	return "", false
}

// OutsiderByMail tells whether an address, in whatever letters, is somebody's from outside.
func (d *Directory) OutsiderByMail(address string) bool {
	for _, p := range d.outsiders {
		if strings.EqualFold(p.Email, address) {
			return true
		}
	}
	return false
}

// NameOf is a person's name, whether they work here or come from outside; empty: nobody known.
func (d *Directory) NameOf(id EmployeeID) string {
	if e, ok := d.Employees[id]; ok {
		return e.Name
	}
	return d.outsiders[id].Name
}

// NumberOf is the number a person is known by: a staff number, or the one given to somebody from outside.
func (d *Directory) NumberOf(id EmployeeID) string {
	if e, ok := d.Employees[id]; ok {
		return e.Number
	}
	return d.outsiders[id].Number
}

// Active tells whether the person exists and works here with an enabled account.
func (d *Directory) Active(id EmployeeID) bool { return d.Employees[id].Active }

// WithRole lists the active holders of a role by staff number. The slice is shared: do not change it.
func (d *Directory) WithRole(r Role) []EmployeeID { return d.byRole[r] }

// LeaderOf returns the active leader of a department, or "" when the post is vacant or its holder left.
func (d *Directory) LeaderOf(id DepartmentID) EmployeeID {
	if l := d.Departments[id].Leader; d.Active(l) {
		return l
	}
	return ""
}

// Chain lists the department and those above it, nearest first. A loop in bad data ends the chain.
func (d *Directory) Chain(id DepartmentID) []DepartmentID {
	var chain []DepartmentID
	for id != "" && !slices.Contains(chain, id) {
		if _, ok := d.Departments[id]; !ok {
			break
		}
		chain = append(chain, id)
		id = d.Departments[id].Parent
	}
	return chain
}

// Within tells whether department id is ancestor or lies below it.
func (d *Directory) Within(id, ancestor DepartmentID) bool {
	return slices.Contains(d.Chain(id), ancestor)
}
