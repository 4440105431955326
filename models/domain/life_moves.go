package domain

import "slices"

// Transfer is that somebody changed department or post since the group last looked.
type Transfer struct {
	Person EmployeeID   `json:"person"`
	From   DepartmentID `json:"from"` // the department before the first change; empty: not on record, or only the post changed
}

// Displaced sorts the members who changed department or post: moved are those whose department, or one above it, was owning
// of the group and none is now, so that they leave with their former post (R2.3.4); the others are shifted, which the
// admins look at. People who left the company are neither.
func Displaced(owning []DepartmentID, dir *Directory, ts []Transfer) (moved, shifted []EmployeeID) {
	owned := func(d DepartmentID) bool {
		return slices.ContainsFunc(dir.Chain(d), func(x DepartmentID) bool { return slices.Contains(owning, x) })
	}
	seen := map[EmployeeID]bool{}
	for _, t := range ts {
		if seen[t.Person] || !dir.Active(t.Person) {
			continue
		}
		seen[t.Person] = true
		if t.From != "" && owned(t.From) && !owned(dir.Employees[t.Person].Department) {
			moved = append(moved, t.Person)
		} else {
			shifted = append(shifted, t.Person)
		}
	}
	return moved, shifted
}
