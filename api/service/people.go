package service

import (
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// names fills ids with names from one snapshot of the directory.
type names struct{ dir *domain.Directory }

// person is how lists show somebody. People who left stay readable in old cases.
func (n names) person(id domain.EmployeeID) PersonRef {
	e, ok := n.dir.Employees[id]
	if !ok {
		if p, outside := n.dir.Outsider(id); outside {
			return PersonRef{ID: p.ID, Number: p.Number, Name: p.Name, Department: p.Organisation, Active: p.Active, Outside: true}
		}
		return PersonRef{ID: id}
	}
	return PersonRef{ID: e.ID, Number: e.Number, Name: e.Name, Department: n.dir.Departments[e.Department].Name, Post: e.Post, Active: e.Active}
}

// maybe is nil for nobody (the system).
func (n names) maybe(id domain.EmployeeID) *PersonRef {
	if id == "" {
		return nil
	}
	p := n.person(id)
	return &p
}

func (n names) people(ids []domain.EmployeeID) []PersonRef {
	out := make([]PersonRef, len(ids))
	for i, id := range ids {
		out[i] = n.person(id)
	}
	return out
}

// department is how lists show a department, its path from the root.
func (n names) department(id domain.DepartmentID) DepartmentRef {
	d, ok := n.dir.Departments[id]
	if !ok {
		return DepartmentRef{ID: id}
	}
	chain := n.dir.Chain(id)
	path := make([]string, len(chain))
	for i, up := range chain {
		path[len(chain)-1-i] = n.dir.Departments[up].Name
	}
	return DepartmentRef{ID: d.ID, Code: d.Code, Name: d.Name, Path: strings.Join(path, "/"), Parent: d.Parent, Leader: n.maybe(n.dir.LeaderOf(id))}
}

func (n names) departments(ids []domain.DepartmentID) []DepartmentRef {
	out := make([]DepartmentRef, len(ids))
	for i, id := range ids {
		out[i] = n.department(id)
	}
	return out
}

// rolesOf lists what somebody may do now: the stored roles, employee, and leader for who leads a department.
func rolesOf(dir *domain.Directory, id domain.EmployeeID) (roles []domain.Role, leads []domain.DepartmentID) {
	e := dir.Employees[id]
	if !e.Active {
		return nil, nil
	}
	for _, d := range dir.Departments {
		if d.Active && d.Leader == id {
			leads = append(leads, d.ID)
		}
	}
	slices.Sort(leads)
	for _, r := range domain.Roles {
		if r == domain.RoleEmployee || slices.Contains(e.Roles, r) || (r == domain.RoleLeader && len(leads) > 0) {
			roles = append(roles, r)
		}
	}
	return roles, leads
}
