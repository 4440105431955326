package directory

import (
	"strconv"

	"github.com/qunbei/qunbei/models/domain"
)

// MaxPeopleRows bounds a list of people who join a group at once.
const MaxPeopleRows = 500

var peopleHeadings = headings(map[string]string{
	colAway: "工号 员工工号 员工编号 成员工号 staffnumber employeeid employeenumber employeeno employee person member number",
})

// ParsePeople reads a list of people by staff number: CSV or XLSX with a column 工号 (staff number), whatever else stands
// beside it. Each stands once. The error is a *FileError.
func ParsePeople(name string, data []byte, dir *domain.Directory) ([]domain.EmployeeID, []RowFault, error) {
	sheets, err := open(name, data, MaxPeopleRows)
	if err != nil {
		return nil, nil, err
	}
	l, rows, ok := pick(sheets, peopleHeadings, colAway)
	switch {
	case !ok || !l.has(colAway):
		return nil, nil, &FileError{CodeNoHeader, params("columns", "工号")}
	case len(rows) == 0:
		return nil, nil, &FileError{Code: CodeNoRows}
	case len(rows) > MaxPeopleRows:
		return nil, nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(MaxPeopleRows))}
	}
	find := newFinder(dir)
	title := l.title(colAway, "工号")
	seen := map[domain.EmployeeID]bool{}
	var out []domain.EmployeeID
	var fs faults
	for _, r := range rows {
		v := l.get(r.cells, colAway)
		fault := func(code string, kv ...string) {
			fs.add(RowFault{Row: r.row, Column: title, Field: "people", Code: code, Params: params(kv...)})
		}
		if v == "" {
			fault(CodeRequired)
			continue
		}
		id, code := find.person(v)
		switch {
		case code != "":
			fault(code, "value", brief(v))
		case !seen[id]: // who stands twice is meant once
			seen[id] = true
			out = append(out, id)
		}
	}
	return out, fs.all(), nil
}
