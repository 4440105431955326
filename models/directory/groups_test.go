package directory

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/models/domain"
)

var (
	demoToday = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	// demoRules are the default policy's, as far as these tests need them.
	demoRules = domain.FilingRules{
		Platforms: []string{"byhand"}, MaxLife: 1095,
		Ceilings: map[domain.Tier]domain.Permissions{
			domain.TierOrdinary:     {InviteOutsiders: true, SeeContacts: true, Posting: domain.PostMembers},
			domain.TierConfidential: {Posting: domain.PostMembers, JoinByReview: true},
			domain.TierSecret:       {Posting: domain.PostAdmins, JoinByReview: true},
		},
	}
)

func demoGroups(t *testing.T) []GroupRow {
	t.Helper()
	data, err := DemoGroupsXLSX(1, demoToday)
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := ParseGroups("群组.xlsx", data, DemoDirectory(1))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestDemoGroupsShowEachFault(t *testing.T) {
	rows := demoGroups(t)
	if len(rows) != DemoGroups {
		t.Fatalf("%d rows", len(rows))
	}
	dir := DemoDirectory(1)
	types, tiers := map[domain.GroupType]int{}, map[domain.Tier]int{}
	for i, g := range rows[:DemoGroups-DemoGroupsFaulty] {
		if faults := g.Check(demoRules, dir, demoToday.Format(time.DateOnly)); len(faults) > 0 || g.Row != i+2 {
			t.Errorf("row %d %s: %+v", g.Row, g.Filing.Name, faults)
		}
		if !g.Filing.Existing || len(g.Filing.Members) == 0 {
			t.Errorf("row %d: %+v", g.Row, g.Filing)
		}
		types[g.Filing.Type]++
		tiers[g.Filing.Tier]++
	}
	if len(types) != 4 || len(tiers) != 3 {
		t.Errorf("types %v, tiers %v", types, tiers)
	}
	for i, want := range []string{
		"群成员 unknown_employee", "群管理员 left_company", "群管理员 too_few", "", "群名称 duplicate_name_in_file", "允许邀请外部人员 looser_than_tier",
		"截止日期 not_a_date", "用途 required", "类型 unknown_value", "截止日期 temporary_needs_end", "所属部门 too_few", "",
	} {
		g := rows[DemoGroups-DemoGroupsFaulty+i]
		var got []string
		for _, f := range g.Check(demoRules, dir, demoToday.Format(time.DateOnly)) {
			got = append(got, f.Column+" "+f.Code)
			if s := f.Text("zh"); strings.ContainsAny(s, "{}") || s == f.Code {
				t.Errorf("no proper text: %q", s)
			}
		}
		if want == "" { // the name is the policy's to judge
			if len(got) > 0 {
				t.Errorf("%s: %v", g.Filing.Name, got)
			}
			continue
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("row %d: %v, want %s", g.Row, got, want)
		}
	}
}

const groupHead = "群名称,类型,密级,用途,所属部门,群管理员,群成员,允许邀请外部人员,允许匿名,可见成员联系方式,发言权限,入群需审核,截止日期,平台\n"

func TestGroupCells(t *testing.T) {
	dir := small()
	for _, c := range []struct {
		name, row string
		faults    string // column code, in order
		holds     func(domain.Filing) bool
	}{
		{"all", "平台-例会,部门群,普通,开会,C3,E4、E5,E6;E7,否,否,是,全体成员,是,2027-06-30,手工维护", "", func(f domain.Filing) bool {
			return f.Type == domain.TypeDepartment && f.Tier == domain.TierOrdinary && slices.Equal(f.Departments, []domain.DepartmentID{"d3"}) &&
				slices.Equal(f.Admins, []domain.EmployeeID{"p4", "p5"}) && slices.Equal(f.Members, []domain.EmployeeID{"p6", "p7"}) &&
				f.EndsOn == "2027-06-30" && f.Platform == "byhand" && f.Existing && f.Permissions == domain.Permissions{SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true}
		}},
		{"silence is strict", "a,department,secret,x,平台,E4、E5,,,,,仅管理员,,,", "", func(f domain.Filing) bool {
			return f.Permissions == domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true} && f.Tier == domain.TierSecret
		}},
		{"path, names and brackets", "a,跨部门群组,涉密,x,公司/研发/平台；营销,人丁、人戊(E5),E4 E6,,,,所有人,,长期,飞书", "", func(f domain.Filing) bool {
			return len(f.Departments) == 2 && f.Admins[0] == "p4" && slices.Equal(f.Members, []domain.EmployeeID{"p6"}) && f.EndsOn == "" && f.Platform == "feishu"
		}},
		{"excel's day", "a,项目群,普通,x,C3,E4、E5,,,,,全体成员,,46568,", "", func(f domain.Filing) bool { return f.EndsOn == "2027-06-30" }},
		{"a day in Chinese", "a,项目群,普通,x,C3,E4、E5,,,,,全体成员,,2027年6月30日,", "", func(f domain.Filing) bool { return f.EndsOn == "2027-06-30" }},
		{"empty", ",,,,,,x,,,,,,,", "群名称 required|类型 required|密级 required|发言权限 required|所属部门 required|群管理员 required|群成员 unknown_employee", nil},
		{"unknown", "a,b,c,x,d,E99、E4,,也许,,,f,,32.13.2027,月球", "类型 unknown_value|密级 unknown_value|发言权限 unknown_value|允许邀请外部人员 bad_flag|所属部门 unknown_department|群管理员 unknown_employee|截止日期 not_a_date|平台 unknown_value", nil},
		{"many admins", "a,项目群,普通,x,C3," + strings.Repeat("E4、", 11) + ",,,,,全体成员,,,", "群管理员 too_many", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, faults, err := ParseGroups("x.csv", []byte(groupHead+c.row+"\n"), dir)
			if err != nil || len(rows) != 1 {
				t.Fatal(err, rows)
			}
			var got []string
			for _, f := range faults {
				got = append(got, f.Column+" "+f.Code)
			}
			if strings.Join(got, "|") != c.faults {
				t.Errorf("faults %v, want %s", got, c.faults)
			}
			if c.holds != nil && !c.holds(rows[0].Filing) {
				t.Errorf("%+v", rows[0].Filing)
			}
		})
	}
}

func TestAFieldIsNotJudgedTwice(t *testing.T) {
	rows, _, err := ParseGroups("x.csv", []byte(groupHead+"a,部门群,普通,x,C3,E4、E99,,,,,全体成员,,,\n"), small())
	if err != nil {
		t.Fatal(err)
	}
	faults := rows[0].Check(demoRules, small(), "2026-11-23", domain.Fault{Field: "name", Code: "blocked_word"})
	if len(faults) != 2 || faults[0].Code != CodeUnknownPerson || faults[1].Column != "群名称" || faults[1].Row != 2 {
		t.Errorf("%+v", faults)
	}
}

func TestTheTemplateIsEmptyAndExplained(t *testing.T) {
	data, err := GroupTemplateXLSX()
	if err != nil {
		t.Fatal(err)
	}
	var fe *FileError
	if _, _, err := ParseGroups("a.xlsx", data, small()); !errors.As(err, &fe) || fe.Code != CodeNoRows {
		t.Errorf("an empty template: %v", err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	lists, _ := f.GetDataValidations("群组报备")
	notes, _ := f.GetRows("填写说明")
	if len(lists) != 6 || len(notes) < len(groupColumns)+1 {
		t.Errorf("%d lists, %d notes", len(lists), len(notes))
	}
}

func TestTheReportIsSafeAndCanBeSentAgain(t *testing.T) {
	evil := `=HYPERLINK("http://x.example","y")`
	rows, faults, err := ParseGroups("x.csv", []byte(groupHead+`"`+strings.ReplaceAll(evil, `"`, `""`)+"\",部门群,普通,+1+1,C3,@SUM、-1,,,,,全体成员,,,\n"), small())
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"zh": "群管理员：没有工号为“@SUM”的员工", "en": "Admins: There is no employee “@SUM”"} {
		data, err := GroupsReportXLSX([]GroupResult{{Row: rows[0], Faults: faults}, {Row: rows[0], Case: "G-2026-00001"}, {Row: rows[0], Reason: "=1+1"}}, lang)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		sheet := f.GetSheetName(0)
		cells, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range cells {
			for c, v := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				formula, _ := f.GetCellFormula(sheet, at)
				kind, _ := f.GetCellType(sheet, at)
				if formula != "" || kind != excelize.CellTypeSharedString && v != "" || v != "" && strings.ContainsRune("=+-@", rune(v[0])) {
					t.Errorf("%s holds %q (formula %q, type %d)", at, v, formula, kind)
				}
			}
		}
		if !strings.Contains(cells[1][2], want) || cells[2][1] != "G-2026-00001" {
			t.Errorf("%q", cells)
		}
		again, _, err := ParseGroups("again.xlsx", data, small())
		if err != nil || len(again) != 3 || again[0].Filing.Name != evil || again[0].Filing.Purpose != "+1+1" {
			t.Errorf("%s: the report does not read back: %v %+v", lang, err, again)
		}
	}
}

func TestReasonsKnowTheCallersCodesToo(t *testing.T) {
	list := []RowFault{{Column: "群名称", Field: "name", Code: "blocked_word"}, {Column: "群成员", Field: "members[1]", Code: CodeRequired}}
	got := Reasons(list, "en", func(f RowFault) string { return "holds a blocked word" })
	if got != "Group name: holds a blocked word\nMembers: Required: fill it in." {
		t.Errorf("%q", got)
	}
	if got := Reasons(list[:1], "zh", nil); got != "群名称：blocked_word" {
		t.Errorf("%q", got)
	}
}

func FuzzParseGroups(f *testing.F) {
	heads := []string{groupHead}
	f.Add(uint8(0), groupHead+"a,部门群,普通,x,C3,E4、E5,,,,,全体成员,,,\n")
	f.Add(uint8(1), strings.NewReplacer("工号", "群名称", "姓名", "类型").Replace(fuzzSheet))
	f.Add(uint8(2), "a,跨部门群组,涉密,x,公司/研发/平台；营销,人丁、人戊(E5),E4 E6,,,,所有人,,长期,飞书\n")
	f.Add(uint8(2), "=1,+,-,@,C3,E4、E5,,,,,x,,46568.5,\n")
	dir := small()
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		name, data := fuzzFile(t, kind, heads, body)
		rows, faults, err := ParseGroups(name, data, dir)
		if err != nil {
			var fe *FileError
			if !errors.As(err, &fe) || texts[fe.Code].en == "" {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		results := make([]GroupResult, 0, len(rows))
		for _, g := range rows {
			for _, fault := range g.Check(demoRules, dir, "2026-11-23") {
				if texts[fault.Code].zh == "" || fault.Row == 0 {
					t.Fatalf("a fault without a text or row: %+v", fault)
				}
			}
			results = append(results, GroupResult{Row: g, Faults: faults})
		}
		if len(rows) > 20 {
			return
		}
		if _, err := GroupsReportXLSX(results, "zh"); err != nil {
			t.Fatal(err)
		}
	})
}
