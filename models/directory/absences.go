package directory

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// MaxAbsenceRows bounds HR's list of absences.
const MaxAbsenceRows = 5_000

// AbsenceRow is one row of HR's list: who is away, from when until when, and who stands in. What the remark says is not
// read: it may tell why somebody is away.
type AbsenceRow struct {
	Row    int
	Person domain.EmployeeID
	Start  time.Time // the first moment of the first day, in the company's zone
	Until  time.Time // the end of the last day
	Deputy domain.EmployeeID
	Faults []RowFault
	titles map[string]string
}

// Keys of the columns of HR's list.
const (
	colAway   = "person"
	colFrom   = "from"
	colUntil  = "until"
	colDeputy = "to"
	colRemark = "remark"
)

// absenceColumn is a column of a list, with what its template says of it.
type absenceColumn struct {
	field, zh, note string
	width           float64
}

var absenceColumns = []absenceColumn{
	{colAway, "工号", "必填。请假人的工号。", 14},
	{colFrom, "开始日期", "必填。请假的第一天，形如 2026-12-01。", 14},
	{colUntil, "结束日期", "必填。请假的最后一天（含当天），形如 2026-12-05。", 14},
	{colDeputy, "代理人工号", "代为审批的人。不填时由系统向请假人建议代理人，由本人确认。", 14},
	{colRemark, "备注", "可不填。系统不读取、不保存备注。", 30},
}

var absenceHeadings = headings(map[string]string{
	colAway:   "工号 员工工号 请假人工号 请假人 员工编号 staffnumber employeeid employeenumber employeeno employee person",
	colFrom:   "开始日期 起始日期 开始时间 请假开始 startdate from firstday start",
	colUntil:  "结束日期 截止日期 结束时间 请假结束 enddate until to lastday end",
	colDeputy: "代理人工号 代理人 委托人工号 代审人 deputy deputynumber delegate substitute",
	colRemark: "备注 说明 请假类型 类型 事由 remark remarks note notes",
})

// ParseAbsences reads HR's list of absences: CSV or XLSX with our columns in any order. It finds people in dir and lists
// what it cannot read; whether a delegation may be made of a row, the rules say. The error is a *FileError.
func ParseAbsences(name string, data []byte, dir *domain.Directory, zone *time.Location) ([]AbsenceRow, []RowFault, error) {
	sheets, err := open(name, data, MaxAbsenceRows)
	if err != nil {
		return nil, nil, err
	}
	l, rows, ok := pick(sheets, absenceHeadings, colAway, colFrom, colUntil)
	if !ok || !l.has(colAway) || !l.has(colFrom) || !l.has(colUntil) {
		return nil, nil, &FileError{CodeNoHeader, params("columns", "工号、开始日期、结束日期、代理人工号")}
	}
	switch {
	case len(rows) == 0:
		return nil, nil, &FileError{Code: CodeNoRows}
	case len(rows) > MaxAbsenceRows:
		return nil, nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(MaxAbsenceRows))}
	}
	titles := map[string]string{}
	for _, c := range absenceColumns {
		titles[c.field] = l.title(c.field, c.zh)
	}
	find := newFinder(dir)
	out := make([]AbsenceRow, 0, len(rows))
	var fs faults
	for _, r := range rows {
		a := AbsenceRow{Row: r.row, titles: titles}
		a.read(l, r, find, zone)
		for _, f := range a.Faults {
			fs.add(f)
		}
		out = append(out, a)
	}
	for _, f := range overlaps(out) {
		fs.add(f)
	}
	return out, fs.all(), nil
}

// Fault places a fault of the rules in the row.
func (a AbsenceRow) Fault(f domain.Fault) RowFault {
	field := f.Field
	if field == "giver" {
		field = colAway
	}
	return RowFault{Row: a.Row, Column: a.titles[field], Field: f.Field, Code: f.Code, Params: f.Params}
}

func (a *AbsenceRow) fault(field, code string, kv ...string) {
	a.Faults = append(a.Faults, RowFault{Row: a.Row, Column: a.titles[field], Field: field, Code: code, Params: params(kv...)})
}

func (a *AbsenceRow) read(l layout, r line, find *finder, zone *time.Location) {
	person := func(field string, required bool) domain.EmployeeID {
		v := l.get(r.cells, field)
		if v == "" {
			if required {
				a.fault(field, CodeRequired)
			}
			return ""
		}
		id, code := find.person(v)
		if code != "" {
			a.fault(field, code, "value", brief(v))
		}
		return id
	}
	day := func(field string) time.Time {
		v := l.get(r.cells, field)
		if v == "" {
			a.fault(field, CodeRequired)
			return time.Time{}
		}
		text, ok := parseDate(dayPart(v))
		t, err := time.ParseInLocation(time.DateOnly, text, zone)
		if !ok || err != nil || t.Year() < 2000 || t.Year() > 2200 {
			a.fault(field, CodeNotDate, "value", brief(v), "form", "2026-12-01")
			return time.Time{}
		}
		return t
	}
	a.Person = person(colAway, true)
	a.Start = day(colFrom)
	if last := day(colUntil); !last.IsZero() {
		a.Until = last.AddDate(0, 0, 1)
	}
	a.Deputy = person(colDeputy, false)
	if !a.Start.IsZero() && !a.Until.IsZero() && !a.Until.After(a.Start) {
		a.fault(colUntil, CodeEndFirst)
		a.Until = time.Time{}
	}
	a.Start, a.Until = a.Start.UTC(), a.Until.UTC()
}

// dayPart leaves out the time of day that some exports write behind a date.
func dayPart(s string) string {
	s = norm.NFKC.String(s)
	if day, clock, ok := strings.Cut(s, " "); ok && strings.Contains(clock, ":") {
		return day
	}
	return s
}

// overlaps finds rows that say two things of the same person and day.
func overlaps(rows []AbsenceRow) []RowFault {
	byPerson := map[domain.EmployeeID][]int{}
	var out []RowFault
	for i := range rows {
		r := &rows[i]
		if len(r.Faults) > 0 {
			continue
		}
		for _, j := range byPerson[r.Person] {
			if o := rows[j]; r.Start.Before(o.Until) && o.Start.Before(r.Until) {
				r.fault(colFrom, CodeDaysTwice, "row", strconv.Itoa(o.Row))
				out = append(out, r.Faults...)
				break
			}
		}
		if len(byPerson[r.Person]) < 200 { // rows of one person: the search stays cheap for a hostile list
			byPerson[r.Person] = append(byPerson[r.Person], i)
		}
	}
	return out
}

// AbsenceTemplateXLSX is the empty list of absences, with a sheet that explains every column.
func AbsenceTemplateXLSX() ([]byte, error) { return templateXLSX("请假名单", absenceColumns) }

// templateXLSX is an empty list with its columns, and a sheet that explains every one.
func templateXLSX(name string, columns []absenceColumn) ([]byte, error) {
	b := newSheetBuilder(name)
	titles, widths := make([]string, len(columns)), make([]float64, len(columns))
	for i, c := range columns {
		titles[i], widths[i] = c.zh, c.width
	}
	b.row(titles)
	b.heading(widths...)
	b.add("填写说明")
	b.row([]string{"列", "说明"})
	for _, c := range columns {
		b.row([]string{c.zh, c.note})
	}
	b.heading(20, 90)
	return b.bytes()
}
