package directory

import (
	"strings"

	"github.com/qunbei/qunbei/models/domain"
)

// Book is what a file says of the company, in neutral terms: people by staff number, departments by path, leaders by
// number. It says nothing about what is on record; Diff compares.
type Book struct {
	Format Format
	Knows  Knows
	People []Person // in the file's order, one a staff number
	Units  []Unit   // parents before their children
}

// Knows tells which facts the file carries at all: what a file is silent about stays as it is on record.
type Knows struct {
	Post, Email, Mobile, Roles, Leaders, Status bool
}

// Person is one row.
type Person struct {
	Row    int
	Number string
	Name   string
	Unit   string // key of a Unit
	Post   string
	Email  string
	Mobile string // eleven digits, or + and country code
	Roles  []domain.Role
	Active bool // false: the file says that the person left or is disabled
}

// Unit is a department as the file's paths name it.
type Unit struct {
	Key    string // the path, its names joined by "/"
	Path   []string
	Code   string // the address book's own key; "" where the file has none
	Leader string // staff number; "" while vacant, or where the file does not know leaders
	Row    int    // where it was first named
}

// Parent is the key of the unit above; "" at the top.
func (u Unit) Parent() string { return pathKey(u.Path[:len(u.Path)-1]) }

// Name is the unit's own name.
func (u Unit) Name() string { return u.Path[len(u.Path)-1] }

// pathKey joins a path. A name never holds the separator: cleaning took it out.
func pathKey(path []string) string { return strings.Join(path, "/") }

// RoleNames are the roles in Chinese, as the template writes them; English names and our keys are understood too.
var RoleNames = map[domain.Role]string{
	domain.RoleEmployee: "员工", domain.RoleLeader: "领导", domain.RoleGroupAdmin: "群管理员", domain.RoleSecurity: "安全员",
	domain.RoleLegal: "法务", domain.RoleHR: "人力资源", domain.RoleProcessAdmin: "流程管理员", domain.RoleAuditor: "审计员",
}

var roleSynonyms = map[string]domain.Role{
	"普通员工": domain.RoleEmployee, "部门领导": domain.RoleLeader, "部门负责人": domain.RoleLeader, "保密员": domain.RoleSecurity,
	"安全管理员": domain.RoleSecurity, "securityofficer": domain.RoleSecurity, "security": domain.RoleSecurity,
	"groupadmin": domain.RoleGroupAdmin, "processadmin": domain.RoleProcessAdmin, "processadministrator": domain.RoleProcessAdmin,
	"hr": domain.RoleHR, "humanresources": domain.RoleHR, "人事": domain.RoleHR, "审计": domain.RoleAuditor,
}

// parseRole reads a role by its Chinese or English name.
func parseRole(s string) (domain.Role, bool) {
	k := heading(s)
	for role, name := range RoleNames {
		if k == name || k == strings.ReplaceAll(string(role), "_", "") {
			return role, true
		}
	}
	r, ok := roleSynonyms[k]
	return r, ok
}

func roleList() string {
	names := make([]string, len(domain.Roles))
	for i, r := range domain.Roles {
		names[i] = RoleNames[r]
	}
	return strings.Join(names, "、")
}
