package policy

import (
	"testing"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

func defaults(t testing.TB) *Policy {
	t.Helper()
	p, err := Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// company is a small tree: the company (led by head) with research (lab below it), sales and a security office.
func company() *domain.Directory {
	person := func(id, dep string, roles ...domain.Role) domain.Employee {
		return domain.Employee{ID: domain.EmployeeID(id), Number: "n-" + id, Name: id, Department: domain.DepartmentID(dep), Active: true, Roles: roles}
	}
	return domain.NewDirectory(7, []domain.Employee{
		person("head", "top"), person("research-lead", "research"), person("lab-lead", "lab"), person("sales-lead", "sales"),
		person("clerk", "sales"), person("guard1", "office", domain.RoleSecurity), person("guard2", "office", domain.RoleSecurity),
		person("counsel", "office", domain.RoleLegal),
	}, []domain.Department{
		{ID: "top", Code: "C0", Name: "公司", Leader: "head", Active: true},
		{ID: "research", Code: "C1", Name: "研发部", Parent: "top", Leader: "research-lead", Active: true},
		{ID: "lab", Code: "C2", Name: "实验室", Parent: "research", Leader: "lab-lead", Active: true},
		{ID: "sales", Code: "C3", Name: "市场部", Parent: "top", Leader: "sales-lead", Active: true},
		{ID: "office", Code: "C4", Name: "保密办", Parent: "top", Leader: "guard1", Active: true},
	})
}
