package directory

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// MaxTrainingRows bounds a list of training results.
const MaxTrainingRows = 20_000

// TrainingRow is one result of a list (R4.2.2): who reached what in which course on which day.
type TrainingRow struct {
	Row    int
	Person domain.EmployeeID
	Course string
	Score  int
	Passed bool
	At     time.Time // the first moment of the day, in the company's zone
	Until  time.Time // the end of its validity; zero: not passed
	Faults []RowFault
}

// Keys of the columns of a list of results.
const (
	colTrainee = "employee"
	colTrained = "name"
	colCourse  = "course"
	colScore   = "score"
	colOn      = "on"
	colPassed  = "passed"
	colValid   = "valid_until"
)

var trainingColumns = []absenceColumn{
	{colTrainee, "工号", "必填。参加培训的员工的工号。", 14},
	{colTrained, "姓名", "可不填。填写时须与通讯录一致，用来防止工号写错。", 14},
	{colCourse, "课程", "必填。课程的标识或名称，例如 secrecy 或 保密培训。", 20},
	{colScore, "成绩", "必填。0 到 100 分。", 10},
	{colOn, "考试日期", "必填。形如 2026-12-01，不晚于今天。", 14},
	{colPassed, "是否通过", "可不填。填“是”或“否”；不填时按课程的合格分判断。", 12},
	{colValid, "有效期至", "可不填。有效的最后一天，不能超过课程规定的有效期；不填时按课程规定计算。", 14},
}

//nolint:gosec // G101 takes "passed" for a password
var trainingHeadings = headings(map[string]string{
	colTrainee: "工号 员工工号 人员编号 员工编号 职工号 学员工号 staffnumber employeeid employeenumber employeeno employee",
	colTrained: "姓名 员工姓名 学员 学员姓名 name fullname",
	colCourse:  "课程 课程名称 课程标识 培训课程 培训项目 培训名称 course training",
	colScore:   "成绩 得分 分数 考试成绩 考核成绩 score result points",
	colOn:      "考试日期 培训日期 通过日期 考核日期 完成日期 日期 date examdate completedon passedon on",
	colPassed:  "是否通过 是否合格 通过 合格 考核结果 结果 passed pass",
	colValid:   "有效期至 有效期 有效日期 到期日期 到期日 validuntil expires expireson validto",
})

// ParseTrainings reads a list of training results: CSV or XLSX with our columns in any order, Chinese or English. It finds
// people in dir and courses among those given, by key or title, and holds each row against the course's own rules. today
// is the day of the company's zone. Every fault stands at its row and column. The error is a *FileError.
func ParseTrainings(name string, data []byte, dir *domain.Directory, courses []domain.Course, today time.Time) ([]TrainingRow, []RowFault, error) {
	sheets, err := open(name, data, MaxTrainingRows)
	if err != nil {
		return nil, nil, err
	}
	need := []string{colTrainee, colCourse, colScore, colOn}
	l, rows, ok := pick(sheets, trainingHeadings, need...)
	for _, k := range need {
		ok = ok && l.has(k)
	}
	switch {
	case !ok:
		return nil, nil, &FileError{CodeNoHeader, params("columns", "工号、课程、成绩、考试日期")}
	case len(rows) == 0:
		return nil, nil, &FileError{Code: CodeNoRows}
	case len(rows) > MaxTrainingRows:
		return nil, nil, &FileError{CodeTooManyRows, params("max", strconv.Itoa(MaxTrainingRows))}
	}
	p := trainingParser{l: l, dir: dir, find: newFinder(dir), courses: map[string]domain.Course{}, today: today, seen: map[string]int{}}
	for _, c := range courses {
		for _, k := range []string{c.Key, c.Title.ZH, c.Title.EN} {
			p.courses[courseKey(k)] = c
		}
		p.known = append(p.known, c.Title.ZH)
	}
	out := make([]TrainingRow, 0, len(rows))
	var fs faults
	for _, r := range rows {
		x := p.row(r)
		for _, f := range x.Faults {
			fs.add(f)
		}
		out = append(out, x)
	}
	return out, fs.all(), nil
}

func courseKey(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

type trainingParser struct {
	l       layout
	dir     *domain.Directory
	find    *finder
	courses map[string]domain.Course // by key and titles
	known   []string
	today   time.Time
	seen    map[string]int
}

func (p *trainingParser) row(r line) TrainingRow {
	x := TrainingRow{Row: r.row}
	fault := func(field, code string, kv ...string) {
		title := ""
		for _, c := range trainingColumns {
			if c.field == field {
				title = p.l.title(field, c.zh)
			}
		}
		x.Faults = append(x.Faults, RowFault{Row: r.row, Column: title, Field: field, Code: code, Params: params(kv...)})
	}
	need := func(field string) (string, bool) {
		v := p.l.get(r.cells, field)
		if v == "" {
			fault(field, CodeRequired)
		}
		return v, v != ""
	}
	p.who(&x, r, need, fault)
	course, known := domain.Course{}, false
	if v, ok := need(colCourse); ok {
		if course, known = p.courses[courseKey(v)]; !known {
			fault(colCourse, CodeUnknown, "value", brief(v), "allowed", strings.Join(p.known, "、"))
		}
		x.Course = course.Key
	}
	if v, ok := need(colScore); ok {
		if x.Score, ok = parseScore(v); !ok {
			fault(colScore, CodeBadScore, "value", brief(v))
			known = false
		}
	}
	if v, ok := need(colOn); ok {
		switch x.At, ok = p.day(v); {
		case !ok:
			fault(colOn, CodeNotDate, "value", brief(v), "form", "2026-12-01")
		case x.At.After(p.today):
			fault(colOn, CodeInFuture, "value", brief(v))
			x.At = time.Time{}
		}
	}
	if known {
		p.validity(&x, r, course, fault)
	}
	if key := string(x.Person) + "\x00" + x.Course + "\x00" + x.At.Format(time.DateOnly); x.Person != "" && x.Course != "" && !x.At.IsZero() {
		if first, twice := p.seen[key]; twice {
			fault(colTrainee, CodeResultTwice, "row", strconv.Itoa(first))
		} else {
			p.seen[key] = r.row
		}
	}
	return x
}

// who finds the person; a name beside the number must be theirs, since one wrong digit gives a training to somebody else.
func (p *trainingParser) who(x *TrainingRow, r line, need func(string) (string, bool), fault func(string, string, ...string)) {
	v, ok := need(colTrainee)
	if !ok {
		return
	}
	id, code := p.find.person(v)
	if code != "" {
		fault(colTrainee, code, "value", brief(v))
		return
	}
	e := p.dir.Employees[id]
	if !e.Active {
		fault(colTrainee, CodeLeft, "number", e.Number)
		return
	}
	if name := p.l.get(r.cells, colTrained); name != "" && norm.NFKC.String(name) != norm.NFKC.String(e.Name) {
		fault(colTrained, CodeNameDiffers, "number", e.Number, "value", brief(name))
		return
	}
	x.Person = id
}

// validity holds a row against the rules of its course.
func (p *trainingParser) validity(x *TrainingRow, r line, c domain.Course, fault func(string, string, ...string)) {
	x.Passed = x.Score >= c.Rules.Pass
	if v := p.l.get(r.cells, colPassed); v != "" {
		said, ok := parsePassed(v)
		switch {
		case !ok:
			fault(colPassed, CodeBadFlag, "value", brief(v))
		case said && !x.Passed:
			fault(colPassed, CodeBelowMark, "min", strconv.Itoa(c.Rules.Pass))
		default:
			x.Passed = said
		}
	}
	if x.At.IsZero() || !x.Passed {
		return
	}
	most := domain.ValidUntil(x.At, c.Rules.Valid)
	x.Until = most
	if v := p.l.get(r.cells, colValid); v != "" {
		last, ok := p.day(v)
		until := last.AddDate(0, 0, 1)
		switch {
		case !ok:
			fault(colValid, CodeNotDate, "value", brief(v), "form", "2027-12-01")
		case last.Before(x.At):
			fault(colValid, CodeEndFirst)
		case until.After(most):
			fault(colValid, CodeValidBeyond, "max", most.AddDate(0, 0, -1).Format(time.DateOnly))
		default:
			x.Until = until
		}
	}
}

func (p *trainingParser) day(v string) (time.Time, bool) {
	text, ok := parseDate(dayPart(v))
	t, err := time.ParseInLocation(time.DateOnly, text, p.today.Location())
	return t, ok && err == nil && t.Year() >= 2000 && t.Year() <= 2200
}

var scoreForm = regexp.MustCompile(`^\d{1,3}(\.\d{1,6})?$`)

// parseScore reads points of a hundred; parts of a point are left out, so that 79.9 is not 80.
func parseScore(v string) (int, bool) {
	v = strings.TrimSpace(strings.TrimSuffix(norm.NFKC.String(v), "分"))
	if !scoreForm.MatchString(v) {
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	return int(f), err == nil && f <= 100
}

func parsePassed(v string) (yes, ok bool) {
	switch strings.ToLower(norm.NFKC.String(v)) {
	case "通过", "合格", "passed", "pass":
		return true, true
	case "未通过", "不通过", "不合格", "failed", "fail":
		return false, true
	}
	return parseFlag(v)
}

// TrainingTemplateXLSX is the empty list of results, with a sheet that explains every column.
func TrainingTemplateXLSX() ([]byte, error) { return templateXLSX("培训成绩", trainingColumns) }
