package directory

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/qunbei/qunbei/models/domain"
)

func absentCompany() *domain.Directory {
	var people []domain.Employee
	for _, n := range []string{"E1", "E2", "E3"} {
		people = append(people, domain.Employee{ID: domain.EmployeeID("p" + n[1:]), Number: n, Name: "员工" + n[1:], Active: n != "E3"})
	}
	return domain.NewDirectory(1, people, nil)
}

func TestParseAbsences(t *testing.T) {
	const head = "工号,开始日期,结束日期,代理人工号,备注\n"
	for name, c := range map[string]struct {
		in     string
		code   string // of the one fault; empty: none
		column string
		deputy domain.EmployeeID
		days   int
	}{
		"as in the template":     {head + "E1,2026-12-01,2026-12-05,E2,年假", "", "", "p2", 5},
		"one day":                {head + "E1,2026-12-01,2026-12-01,,", "", "", "", 1},
		"English headings":       {"Employee No,Start date,End date,Deputy,Remark\nE1,2026/12/1,2026/12/2,E2,x", "", "", "p2", 2},
		"Excel's days, in words": {head + "员工1(E1),46357,2026年12月2日,员工2,", "", "", "p2", 2},
		"with a time of day":     {head + "e1,2026-12-01 09:00,2026-12-02 18:00:00,,", "", "", "", 2},
		"other order":            {"备注,代理人工号,结束日期,开始日期,工号\n,E2,2026-12-02,2026-12-01,E1", "", "", "p2", 2},
		"who left, by number":    {head + "E3,2026-12-01,2026-12-02,,", "", "", "", 2}, // for the rules to refuse
		"nobody":                 {head + "E9,2026-12-01,2026-12-02,,", CodeUnknownPerson, "工号", "", 0},
		"no number":              {head + ",2026-12-01,2026-12-02,E2,", CodeRequired, "工号", "", 0},
		"an unknown deputy":      {head + "E1,2026-12-01,2026-12-02,E9,", CodeUnknownPerson, "代理人工号", "", 0},
		"no day":                 {head + "E1,soon,2026-12-02,,", CodeNotDate, "开始日期", "", 0},
		"a formula":              {head + "E1,=TODAY(),2026-12-02,,", CodeNotDate, "开始日期", "", 0},
		"for ever":               {head + "E1,2026-12-01,长期,,", CodeNotDate, "结束日期", "", 0},
		"a year too far":         {head + "E1,2026-12-01,9999-12-02,,", CodeNotDate, "结束日期", "", 0},
		"the end first":          {head + "E1,2026-12-05,2026-12-04,,", CodeEndFirst, "结束日期", "", 0},
	} {
		rows, faults, err := ParseAbsences("a.csv", []byte(c.in), absentCompany(), shanghai)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %v, %v", name, rows, err)
			continue
		}
		switch {
		case c.code != "":
			if len(faults) != 1 || faults[0].Code != c.code || faults[0].Column != c.column || faults[0].Row != 2 {
				t.Errorf("%s: %+v, want %s in %s", name, faults, c.code, c.column)
			}
		case len(faults) > 0 || rows[0].Deputy != c.deputy || rows[0].Until.Sub(rows[0].Start) != time.Duration(c.days)*24*time.Hour ||
			!rows[0].Start.Equal(time.Date(2026, 12, 1, 0, 0, 0, 0, shanghai)):
			t.Errorf("%s: %+v, %+v", name, rows[0], faults)
		}
	}
}

func TestAbsencesOfOnePersonDoNotOverlap(t *testing.T) {
	const list = "工号,开始日期,结束日期,代理人工号\nE1,2026-12-01,2026-12-05,\nE2,2026-12-01,2026-12-05,\nE1,2026-12-06,2026-12-07,\nE1,2026-12-05,2026-12-05,\n"
	for name, data := range map[string][]byte{"UTF-8": []byte(list), "GB18030": gbk(t, list)} {
		_, faults, err := ParseAbsences("a.csv", data, absentCompany(), shanghai)
		if err != nil || len(faults) != 1 || faults[0].Row != 5 || faults[0].Code != CodeDaysTwice || faults[0].Params["row"] != "2" {
			t.Errorf("%s: %+v, %v", name, faults, err)
		}
	}
	for name, c := range map[string]struct {
		file string
		data []byte
		code string
	}{
		"no headings": {"a.csv", []byte("a,b\nc,d\n"), CodeNoHeader}, "no rows": {"a.csv", []byte("工号,开始日期,结束日期\n"), CodeNoRows},
		"a bomb": {"a.xlsx", bomb(t), CodeUnpacks}, "an old workbook": {"a.xls", []byte("x"), CodeOldExcel}, "a picture": {"a.png", []byte("x"), CodeExtension},
	} {
		_, _, err := ParseAbsences(c.file, c.data, absentCompany(), shanghai)
		var fe *FileError
		if !errors.As(err, &fe) || fe.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	b, err := AbsenceTemplateXLSX()
	if err != nil {
		t.Fatal(err)
	}
	var fe *FileError
	if _, _, err := ParseAbsences("t.xlsx", b, absentCompany(), shanghai); !errors.As(err, &fe) || fe.Code != CodeNoRows {
		t.Errorf("the template, empty: %v", err)
	}
}

func gbk(t *testing.T, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
