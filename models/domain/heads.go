package domain

import "slices"

// HeadsOf lists the leaders of departments, each from its own upwards to the first post that is filled (LifeFacts.Heads).
// Everybody is named once, in the departments' order.
func (d *Directory) HeadsOf(departments []DepartmentID) []EmployeeID {
	var out []EmployeeID
	for _, id := range departments {
		for _, up := range d.Chain(id) {
			if l := d.LeaderOf(up); l != "" {
				if !slices.Contains(out, l) {
					out = append(out, l)
				}
				break
			}
		}
	}
	return out
}

// Minds tells whether a finding is a person's to see to: its owner's, an admin's beside the admin who owns it, or security's.
func Minds(g Group, x Finding, who EmployeeID, security bool) bool { return g.minds(x, who, security) }
