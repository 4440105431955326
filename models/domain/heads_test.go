package domain

import (
	"slices"
	"testing"
)

// Each department answers with the first filled post from itself upwards; nobody is named twice.
func TestHeadsOf(t *testing.T) {
	dir := &Directory{
		Departments: map[DepartmentID]Department{
			"top": {ID: "top", Leader: "T"}, "a": {ID: "a", Parent: "top", Leader: "A"}, "b": {ID: "b", Parent: "top"},
			"gone": {ID: "gone", Parent: "a", Leader: "G"}, "c": {ID: "c", Parent: "b"},
		},
		Employees: map[EmployeeID]Employee{"T": {ID: "T", Active: true}, "A": {ID: "A", Active: true}, "G": {ID: "G"}},
	}
	for _, x := range []struct {
		of   []DepartmentID
		want []EmployeeID
	}{
		{[]DepartmentID{"a"}, []EmployeeID{"A"}}, {[]DepartmentID{"b"}, []EmployeeID{"T"}}, {[]DepartmentID{"c", "b", "a"}, []EmployeeID{"T", "A"}},
		{[]DepartmentID{"gone"}, []EmployeeID{"A"}}, {[]DepartmentID{"nowhere"}, nil}, {nil, nil},
	} {
		if got := dir.HeadsOf(x.of); !slices.Equal(got, x.want) {
			t.Errorf("%v: %v, want %v", x.of, got, x.want)
		}
	}
}
