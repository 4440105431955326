package directory

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// finder finds people and departments of the directory by what a person writes into a cell.
type finder struct {
	numbers map[string]domain.EmployeeID // lower case
	names   map[string][]domain.EmployeeID
	units   map[string][]domain.DepartmentID // by name and by path
	codes   map[string]domain.DepartmentID   // lower case
}

func newFinder(dir *domain.Directory) *finder {
	f := &finder{numbers: map[string]domain.EmployeeID{}, names: map[string][]domain.EmployeeID{},
		units: map[string][]domain.DepartmentID{}, codes: map[string]domain.DepartmentID{}}
	for id, e := range dir.Employees {
		f.numbers[strings.ToLower(e.Number)] = id
		if e.Active {
			f.names[e.Name] = append(f.names[e.Name], id)
		}
	}
	for id, u := range dir.Departments {
		if !u.Active {
			continue
		}
		f.codes[strings.ToLower(u.Code)] = id
		f.units[u.Name] = append(f.units[u.Name], id)
		if path := unitPath(dir, id); path != u.Name {
			f.units[path] = append(f.units[path], id)
		}
	}
	return f
}

// person finds somebody by staff number, 姓名(工号) or a name that one active person has. Those who left are found by
// number: that they left is for the rules to say. The code says why nobody was found.
func (f *finder) person(s string) (domain.EmployeeID, string) {
	s = norm.NFC.String(s)
	if id, ok := f.numbers[strings.ToLower(digits(norm.NFKC.String(s)))]; ok {
		return id, ""
	}
	if m := inBrackets.FindStringSubmatch(s); m != nil {
		if id, ok := f.numbers[strings.ToLower(m[2])]; ok {
			return id, ""
		}
	}
	switch found := f.names[s]; len(found) {
	case 1:
		return found[0], ""
	case 0:
		return "", CodeUnknownPerson
	}
	return "", CodeAmbiguous
}

// unit finds a department by code, full path, or a name that one department has.
func (f *finder) unit(s string) (domain.DepartmentID, string) {
	s = norm.NFC.String(s)
	if id, ok := f.codes[strings.ToLower(norm.NFKC.String(s))]; ok {
		return id, ""
	}
	switch found := f.units[strings.Trim(s, "/")]; len(found) {
	case 1:
		return found[0], ""
	case 0:
		return "", CodeUnknownUnit
	}
	return "", CodeAmbiguousUnit
}
