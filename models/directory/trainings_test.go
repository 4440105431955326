package directory

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

var trainedCourses = []domain.Course{
	{Key: "secrecy", Title: domain.Label{ZH: "保密培训", EN: "Secrecy training"}, Rules: domain.CourseRules{Pass: 80, Valid: 365}},
	{Key: "fire", Title: domain.Label{ZH: "消防安全", EN: "Fire safety"}, Rules: domain.CourseRules{Pass: 60, Valid: 730}},
}

func TestParseTrainings(t *testing.T) {
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, shanghai)
	const head = "工号,姓名,课程,成绩,考试日期,是否通过,有效期至\n"
	for name, c := range map[string]struct {
		in, code, column string
		score            int
		passed           bool
		until            string // the last day
	}{
		"as in the template":        {head + "E1,员工1,保密培训,92,2026-11-20,是,", "", "", 92, true, "2027-11-20"},
		"by key, mark decides":      {head + "E1,,secrecy,80,2026-11-20,,", "", "", 80, true, "2027-11-20"},
		"just below the mark":       {head + "E1,,secrecy,79.99,2026-11-20,,", "", "", 79, false, ""},
		"another mark":              {head + "E1,,消防安全,60 分,2026/11/20,,", "", "", 60, true, "2028-11-19"},
		"English":                   {"Employee No,Course,Score,Exam date,Passed,Valid until\nE1,Secrecy Training,100,2026-11-23,yes,2027-01-31", "", "", 100, true, "2027-01-31"},
		"Excel's day, full width":   {head + "Ｅ１,员工1,ｓｅｃｒｅｃｙ,９０,46346,合格,", "", "", 90, true, "2027-11-20"},
		"failed in spite of points": {head + "E1,,secrecy,95,2026-11-20,不合格,", "", "", 95, false, ""},
		"negative":                  {head + "E1,,secrecy,-5,2026-11-20,,", CodeBadScore, "成绩", 0, false, ""},
		"above a hundred":           {head + "E1,,secrecy,101,2026-11-20,,", CodeBadScore, "成绩", 0, false, ""},
		"not a number":              {head + "E1,,secrecy,NaN,2026-11-20,,", CodeBadScore, "成绩", 0, false, ""},
		"an exponent":               {head + "E1,,secrecy,1e2,2026-11-20,,", CodeBadScore, "成绩", 0, false, ""},
		"a formula":                 {head + "E1,,secrecy,=100,2026-11-20,,", CodeBadScore, "成绩", 0, false, ""},
		"no score":                  {head + "E1,,secrecy,,2026-11-20,,", CodeRequired, "成绩", 0, false, ""},
		"tomorrow":                  {head + "E1,,secrecy,90,2026-11-24,,", CodeInFuture, "考试日期", 0, false, ""},
		"no day":                    {head + "E1,,secrecy,90,soon,,", CodeNotDate, "考试日期", 0, false, ""},
		"long ago":                  {head + "E1,,secrecy,90,1999-01-01,,", CodeNotDate, "考试日期", 0, false, ""},
		"nobody":                    {head + "E9,,secrecy,90,2026-11-20,,", CodeUnknownPerson, "工号", 0, false, ""},
		"who left":                  {head + "E3,,secrecy,90,2026-11-20,,", CodeLeft, "工号", 0, false, ""},
		"somebody else's number":    {head + "E1,员工2,secrecy,90,2026-11-20,,", CodeNameDiffers, "姓名", 0, false, ""},
		"no such course":            {head + "E1,,cooking,90,2026-11-20,,", CodeUnknown, "课程", 0, false, ""},
		"a pass below the mark":     {head + "E1,,secrecy,60,2026-11-20,是,", CodeBelowMark, "是否通过", 0, false, ""},
		"passed, perhaps":           {head + "E1,,secrecy,90,2026-11-20,perhaps,", CodeBadFlag, "是否通过", 0, false, ""},
		"valid for too long":        {head + "E1,,secrecy,90,2026-11-20,,2027-11-21", CodeValidBeyond, "有效期至", 0, false, ""},
		"valid for ever":            {head + "E1,,secrecy,90,2026-11-20,,长期", CodeNotDate, "有效期至", 0, false, ""},
		"over before it began":      {head + "E1,,secrecy,90,2026-11-20,,2026-11-19", CodeEndFirst, "有效期至", 0, false, ""},
	} {
		rows, faults, err := ParseTrainings("t.csv", []byte(c.in), absentCompany(), trainedCourses, today)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %v, %v", name, rows, err)
			continue
		}
		if c.code != "" {
			if len(faults) != 1 || faults[0].Code != c.code || faults[0].Column != c.column || faults[0].Row != 2 || faults[0].Text("zh") == c.code {
				t.Errorf("%s: %+v, want %s in %s", name, faults, c.code, c.column)
			}
			continue
		}
		r, until := rows[0], ""
		if !r.Until.IsZero() {
			until = r.Until.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		if len(faults) > 0 || r.Person != "p1" || r.Score != c.score || r.Passed != c.passed || until != c.until {
			t.Errorf("%s: %+v until %s, %+v", name, r, until, faults)
		}
	}
}

func TestTrainingListsAreBoundedAndWhole(t *testing.T) {
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, shanghai)
	const list = "工号,课程,成绩,考试日期\nE1,保密培训,90,2026-11-20\nE2,保密培训,90,2026-11-20\nE1,secrecy,85,2026-11-20\nE9,x,-1,never\n"
	for name, data := range map[string][]byte{"UTF-8": []byte(list), "GB18030": gbk(t, list)} {
		rows, faults, err := ParseTrainings("t.csv", data, absentCompany(), trainedCourses, today)
		if err != nil || len(rows) != 4 || len(faults) != 5 || faults[0].Code != CodeResultTwice || faults[0].Params["row"] != "2" || faults[4].Row != 5 {
			t.Errorf("%s: %+v, %v", name, faults, err)
		}
	}
	for name, c := range map[string]struct {
		file string
		data []byte
		code string
	}{
		"no headings": {"a.csv", []byte("a,b\nc,d\n"), CodeNoHeader}, "a column missing": {"a.csv", []byte("工号,课程,成绩\nE1,secrecy,1\n"), CodeNoHeader},
		"no rows": {"a.csv", []byte("工号,课程,成绩,考试日期\n"), CodeNoRows}, "a bomb": {"a.xlsx", bomb(t), CodeUnpacks},
		"too many rows": {"a.csv", []byte("工号,课程,成绩,考试日期\n" + strings.Repeat("E1,secrecy,1,2026-01-01\n", MaxTrainingRows+1)), CodeTooManyRows},
	} {
		_, _, err := ParseTrainings(c.file, c.data, absentCompany(), trainedCourses, today)
		var fe *FileError
		if !errors.As(err, &fe) || fe.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	// The template is a list without rows.
	data, err := TrainingTemplateXLSX()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = ParseTrainings("t.xlsx", data, absentCompany(), trainedCourses, today)
	var fe *FileError
	if !errors.As(err, &fe) || fe.Code != CodeNoRows {
		t.Errorf("the template: %v", err)
	}
}
