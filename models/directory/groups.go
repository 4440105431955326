package directory

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// maxRowFaults bounds what is said about one row: past that, more does not help.
const maxRowFaults = 20

// GroupRow is one existing group of a bulk filing (R6.1), with the people and departments found in the directory.
type GroupRow struct {
	Row    int
	Filing domain.Filing
	Faults []RowFault        // what could not be read or found
	Cells  map[string]string // what the file said, by field, for the report
	titles map[string]string
}

// ParseGroups reads the spreadsheet by which existing groups are filed: CSV or XLSX with our columns in any order. It
// finds departments and people in dir and lists what it cannot read; Check and the policy's name rules judge the rest.
// Rows without faults can be filed while others are mended. The error is a *FileError: nothing could be read.
func ParseGroups(name string, data []byte, dir *domain.Directory) ([]GroupRow, []RowFault, error) {
	sheets, err := open(name, data, MaxGroupRows)
	if err != nil {
		return nil, nil, err
	}
	l, rows, ok := pick(sheets, groupHeadings, fieldName, fieldType, fieldAdmins)
	if !ok {
		return nil, nil, &FileError{CodeNoHeader, params("columns", "群名称、类型、密级、用途、所属部门、群管理员")}
	}
	if len(rows) == 0 {
		return nil, nil, &FileError{Code: CodeNoRows}
	}
	if len(rows) > MaxGroupRows {
		return nil, nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(MaxGroupRows))}
	}
	p := &groupParser{l: l, find: newFinder(dir), names: map[string]int{}}
	for _, c := range groupColumns[:6] {
		if !l.has(c.field) {
			p.fs.add(RowFault{Column: c.zh, Field: c.field, Code: CodeColumnMissing})
		}
	}
	var out []GroupRow
	for _, r := range rows {
		g := p.group(r)
		for _, f := range g.Faults {
			p.fs.add(f)
		}
		out = append(out, g)
	}
	return out, p.fs.all(), nil
}

// Check adds what the rules say of the row's filing (domain.CheckFiling) to the faults of reading it; a field that
// could not be read is not judged again. extra are further faults of the filing, such as those of its name.
func (g GroupRow) Check(rules domain.FilingRules, dir *domain.Directory, today string, extra ...domain.Fault) []RowFault {
	out := slices.Clone(g.Faults)
	bad := map[string]bool{}
	for _, f := range g.Faults {
		bad[columnOf(f.Field).field] = true
	}
	for _, f := range append(domain.CheckFiling(g.Filing, rules, dir, today), extra...) {
		if !bad[columnOf(f.Field).field] && len(out) < maxRowFaults {
			out = append(out, g.Fault(f))
		}
	}
	return out
}

// Fault places a fault of the filing in the spreadsheet.
func (g GroupRow) Fault(f domain.Fault) RowFault {
	c := columnOf(f.Field)
	title := g.titles[c.field]
	if title == "" {
		title = c.zh
	}
	p := params("value", brief(g.Cells[c.field]))
	for k, v := range f.Params {
		p[k] = v
	}
	return RowFault{Row: g.Row, Column: title, Field: f.Field, Code: f.Code, Params: p}
}

type groupParser struct {
	l     layout
	find  *finder
	fs    faults
	names map[string]int
}

// group reads one row.
func (p *groupParser) group(r line) GroupRow {
	g := GroupRow{Row: r.row, Cells: map[string]string{}, titles: map[string]string{}}
	for _, c := range groupColumns {
		g.Cells[c.field] = p.l.get(r.cells, c.field)
		g.titles[c.field] = p.l.title(c.field, c.zh)
	}
	fault := func(field, code string, kv ...string) {
		if len(g.Faults) < maxRowFaults {
			g.Faults = append(g.Faults, RowFault{Row: r.row, Column: g.titles[columnOf(field).field], Field: field, Code: code, Params: params(kv...)})
		}
	}
	f := &g.Filing
	f.Existing = true
	f.Name = p.name(g, fault)
	f.Purpose = g.Cells[fieldPurpose]
	if v, ok := need(g, fieldType, fault); ok {
		if f.Type, ok = oneOf(v, TypeNames); !ok {
			fault(fieldType, CodeUnknown, "value", brief(v), "allowed", "部门群、项目群、跨部门群、专项群")
		}
	}
	if v, ok := need(g, fieldTier, fault); ok {
		if f.Tier, ok = oneOf(v, TierNames); !ok {
			fault(fieldTier, CodeUnknown, "value", brief(v), "allowed", "普通、涉密、高度涉密")
		}
	}
	if v, ok := need(g, fieldPosting, fault); ok {
		if f.Permissions.Posting, ok = oneOf(v, PostingNames); !ok {
			fault(fieldPosting, CodeUnknown, "value", brief(v), "allowed", "全体成员、仅管理员")
		}
	}
	flag := func(field string, otherwise bool) bool { // silence is the strict answer
		v := g.Cells[field]
		if v == "" {
			return otherwise
		}
		yes, ok := parseFlag(v)
		if !ok {
			fault(field, CodeBadFlag, "value", brief(v))
		}
		return yes
	}
	f.Permissions.InviteOutsiders = flag(fieldInvite, false)
	f.Permissions.AnonymousSpeech = flag(fieldAnon, false)
	f.Permissions.SeeContacts = flag(fieldContacts, false)
	f.Permissions.JoinByReview = flag(fieldReview, true)
	f.Departments = p.units(g, fault)
	f.Admins = p.people(g, fieldAdmins, domain.MaxAdmins, fault)
	f.Members = slices.DeleteFunc(p.people(g, fieldMembers, domain.MaxMembers, fault), func(id domain.EmployeeID) bool {
		return slices.Contains(f.Admins, id) // listing an admin among the members is how platforms export them
	})
	if v := g.Cells[fieldEnds]; v != "" {
		var ok bool
		if f.EndsOn, ok = parseDate(v); !ok {
			fault(fieldEnds, CodeNotDate, "value", brief(v), "form", "2027-06-30")
		}
	}
	f.Platform = "byhand"
	if v := g.Cells[fieldPlatform]; v != "" {
		if f.Platform = platformNames[heading(v)]; f.Platform == "" {
			fault(fieldPlatform, CodeUnknown, "value", brief(v), "allowed", "手工维护、企业微信、钉钉、飞书、Matrix")
		}
	}
	return g
}

func need(g GroupRow, field string, fault func(string, string, ...string)) (string, bool) {
	v := g.Cells[field]
	if v == "" {
		fault(field, CodeRequired)
	}
	return v, v != ""
}

// name refuses a name that the file holds twice; the policy judges it otherwise, and the register whether it is taken.
func (p *groupParser) name(g GroupRow, fault func(string, string, ...string)) string {
	v, ok := need(g, fieldName, fault)
	if !ok {
		return ""
	}
	key := strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(v))), "")
	if first, twice := p.names[key]; twice {
		fault(fieldName, CodeNameTwice, "row", strconv.Itoa(first))
	} else {
		p.names[key] = g.Row
	}
	return v
}

func (p *groupParser) units(g GroupRow, fault func(string, string, ...string)) []domain.DepartmentID {
	v, ok := need(g, fieldUnits, fault)
	if !ok {
		return nil
	}
	if id, code := p.find.unit(v); code == "" { // a name may hold a separator
		return []domain.DepartmentID{id}
	}
	var out []domain.DepartmentID
	for i, one := range splitList(v, "、;；,，\n") {
		if i > domain.MaxDepartments {
			break // CheckFiling says that there are too many
		}
		id, code := p.find.unit(one)
		if code != "" {
			fault(fieldUnits+"["+strconv.Itoa(i)+"]", code, "value", brief(one))
			continue
		}
		out = append(out, id)
	}
	return out
}

func (p *groupParser) people(g GroupRow, field string, most int, fault func(string, string, ...string)) []domain.EmployeeID {
	list := splitList(g.Cells[field], "、;；,，\n\t ")
	if len(list) == 0 && field == fieldAdmins {
		fault(field, CodeRequired)
	}
	if len(list) > most {
		fault(field, CodeTooMany, "max", strconv.Itoa(most))
		return nil
	}
	var out []domain.EmployeeID
	for i, one := range list {
		id, code := p.find.person(one)
		if code != "" {
			fault(field+"["+strconv.Itoa(i)+"]", code, "value", brief(one))
			continue
		}
		out = append(out, id)
	}
	return out
}
