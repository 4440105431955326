package directory

import (
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// A list of people has one column that counts, alone or beside others, below a title; who stands twice is meant once.
func TestAListOfPeople(t *testing.T) {
	dir := &domain.Directory{Employees: map[domain.EmployeeID]domain.Employee{
		"a": {ID: "a", Number: "E0001", Name: "王芳", Active: true}, "b": {ID: "b", Number: "E0002", Name: "李强", Active: true},
	}}
	for name, c := range map[string]struct {
		text string
		want []domain.EmployeeID
	}{
		"one column":      {"工号\nE0001\nE0002\n", []domain.EmployeeID{"a", "b"}},
		"in English":      {"Staff number\nE0002\n", []domain.EmployeeID{"b"}},
		"beside others":   {"序号,姓名,工号\n1,王芳,E0001\n2,王芳,E0001\n", []domain.EmployeeID{"a"}},
		"below a title":   {"入群名单\n\n工号\nE0002\n", []domain.EmployeeID{"b"}},
		"without heading": {"E0001\nE0002\n", nil},
	} {
		got, faults, err := ParsePeople("people.csv", []byte(c.text), dir)
		if (err == nil) != (c.want != nil) || len(faults) > 0 || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v %v", name, got, faults, err)
		}
	}
	if _, faults, err := ParsePeople("people.csv", []byte("工号\nE0001\nE9999\n"), dir); err != nil || len(faults) != 1 || faults[0].Row != 3 || !strings.Contains(faults[0].Params["value"], "E9999") {
		t.Errorf("somebody unknown: %+v %v", faults, err)
	}
}
