package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/qunbei/qunbei/models/domain"
)

const templateHead = "工号,姓名,部门,部门编号,职务,邮箱,手机,是否部门负责人,角色,状态\n"

// faultsOf parses rows below the template's headings and gives "row column code" of each fault.
func faultsOf(t *testing.T, rows string) []string {
	t.Helper()
	_, faults, err := Parse("x.csv", []byte(templateHead+rows))
	if err != nil {
		t.Fatalf("%q: %v", rows, err)
	}
	out := []string{}
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
		if s := f.Text("zh"); strings.ContainsAny(s, "{}") || s == f.Code {
			t.Errorf("no proper Chinese text: %q", s)
		}
		if s := f.Text("en"); strings.ContainsAny(s, "{}") || s == f.Code {
			t.Errorf("no proper English text: %q", s)
		}
	}
	return out
}

func TestEveryFaultIsListedByRowAndColumn(t *testing.T) {
	ok := "E1,王伟,公司,,,,,否,员工,在职\n"
	for _, c := range []struct {
		name, rows string
		want       []string
	}{
		{"fine", ok, nil},
		{"no number", ",王伟,公司\n", []string{"2 工号 required"}},
		{"bad number", "员工一,王伟,公司\n", []string{"2 工号 bad_number"}},
		{"number twice, another case", ok + "e1,李娜,公司\n", []string{"3 工号 duplicate_number"}},
		{"number twice, full width", ok + "Ｅ１,李娜,公司\n", []string{"3 工号 duplicate_number"}},
		{"no name", "E1,,公司\n", []string{"2 姓名 required"}},
		{"long name", "E1," + strings.Repeat("长", 65) + ",公司\n", []string{"2 姓名 too_long"}},
		{"longest name", "E1," + strings.Repeat("长", 64) + ",公司\n", nil},
		{"hidden character", "E1,王\u202e伟,公司\n", []string{"2 姓名 hidden_character"}},
		{"zero width", "E1,王\u200b伟,公司\n", []string{"2 姓名 hidden_character"}},
		{"rare character", "E1,马𬭎,公司\n", nil},
		{"broken UTF-8", "E1,王\xff伟,公司\n", []string{"2 姓名 hidden_character"}},
		{"no department", "E1,王伟,\n", []string{"2 部门 required"}},
		{"empty level", "E1,王伟,公司//平台部\n", []string{"2 部门 bad_department_path"}},
		{"too deep", "E1,王伟," + strings.Repeat("a/", 12) + "b\n", []string{"2 部门 bad_department_path"}},
		{"deepest", "E1,王伟," + strings.Repeat("a/", 11) + "b\n", nil},
		{"several departments", "E1,王伟,公司/甲;公司/乙\n", []string{"2 部门 other_departments_ignored"}},
		{"code of two departments", "E1,王伟,公司/甲,D1\nE2,李娜,公司/乙,D1\n", []string{"3 部门编号 department_code_conflict"}},
		{"two codes of a department", "E1,王伟,公司/甲,D1\nE2,李娜,公司/甲,D2\n", []string{"3 部门编号 department_code_conflict"}},
		{"bad e-mail", "E1,王伟,公司,,,wang@,\n", []string{"2 邮箱 bad_email"}},
		{"e-mail with a name", "E1,王伟,公司,,,王伟 <w@x.example>,\n", []string{"2 邮箱 bad_email"}},
		{"e-mail with no dot", "E1,王伟,公司,,,w@x,\n", []string{"2 邮箱 bad_email"}},
		{"masked mobile", "E1,王伟,公司,,,,138****0000\n", []string{"2 手机 bad_mobile"}},
		{"short mobile", "E1,王伟,公司,,,,1380000000\n", []string{"2 手机 bad_mobile"}},
		{"mobile forms", "E1,王伟,公司,,,,+86 138-0000-0001\nE2,李娜,公司,,,,1.3800000002E+10\nE3,张强,公司,,,,+852 6123 4567\n", nil},
		{"mobile twice", "E1,王伟,公司,,,,13800000001\nE2,李娜,公司,,,,+8613800000001\n", []string{"3 手机 contact_used_twice"}},
		{"unknown role", "E1,王伟,公司,,,,,,国王、安全员\n", []string{"2 角色 unknown_role"}},
		{"roles in both languages", "E1,王伟,公司,,,,,,group_admin;法务;Process Admin\n", nil},
		{"bad flag", "E1,王伟,公司,,,,,也许\n", []string{"2 是否部门负责人 bad_flag"}},
		{"unknown status", "E1,王伟,公司,,,,,,,外星\n", []string{"2 状态 unknown_value"}},
		{"leader left", "E1,王伟,公司,,,,,是,,离职\n", []string{"2 是否部门负责人 leader_left"}},
		{"two leaders", "E1,王伟,公司,,,,,是\nE2,李娜,公司,,,,,是\n", []string{"3 是否部门负责人 two_leaders"}},
		{"all at once", ",,\nE1,,,,,x,y,z,w,v\n", []string{"3 姓名 required", "3 部门 required", "3 邮箱 bad_email", "3 手机 bad_mobile",
			"3 是否部门负责人 bad_flag", "3 角色 unknown_role", "3 状态 unknown_value"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := faultsOf(t, c.rows), slices.Clone(c.want)
			slices.Sort(got)
			slices.Sort(want)
			if c.name == "all at once" { // no department, so the flag is of no use
				want = slices.DeleteFunc(want, func(s string) bool { return strings.Contains(s, "bad_flag") })
			}
			if !slices.Equal(got, want) {
				t.Errorf("faults %q, want %q", got, want)
			}
		})
	}
}

func TestLeadersByReference(t *testing.T) {
	head := "姓名（必填）,手机号码（必填）,工号,部门（必填）,部门负责人,直属上级,人员状态\n"
	for _, c := range []struct {
		name, rows, leader, code string
	}{
		{"by name", "王伟,,1,公司,李娜,,\n李娜,,2,公司,李娜,,\n", "2", ""},
		{"by number", "王伟,,1,公司,2,,\n李娜,,2,公司,,,\n", "2", ""},
		{"by name and number", "王伟,,1,公司,李娜(2),,\n李娜,,2,公司,,,\n李娜,,3,公司,,,\n", "2", ""},
		{"by a name of two", "王伟,,1,公司,李娜,,\n李娜,,2,公司,,,\n李娜,,3,公司,,,\n", "", CodeAmbiguous},
		{"unknown", "王伟,,1,公司,赵六,,\n", "", CodeUnknownLeader},
		{"left", "王伟,,1,公司,李娜,,\n李娜,,2,公司,,,已离职\n", "", CodeLeaderLeft},
		{"two", "王伟,,1,公司,李娜,,\n李娜,,2,公司,王伟,,\n", "2", CodeTwoLeaders},
	} {
		t.Run(c.name, func(t *testing.T) {
			book, faults, err := Parse("x.csv", []byte(head+c.rows))
			if err != nil {
				t.Fatal(err)
			}
			code := ""
			if len(faults) > 0 {
				code = faults[0].Code
			}
			if book.Units[0].Leader != c.leader || code != c.code || len(faults) > 1 {
				t.Errorf("leader %q, faults %v", book.Units[0].Leader, faults)
			}
		})
	}
}

func TestSuperiorsHintAtLeaders(t *testing.T) {
	head := "姓名,手机号码,工号,部门,直属上级,人员状态\n"
	rows := "总,,1,公司,,\n甲,,2,公司/一部,总,\n乙,,3,公司/一部,甲,\n丙,,4,公司/一部,甲,\n丁,,5,公司/二部,戊,\n戊,,6,公司/二部,己,\n己,,7,公司/二部,总,\n"
	book, faults, err := Parse("x.csv", []byte(head+rows))
	if err != nil || Blocking(faults) {
		t.Fatal(err, faults)
	}
	got := map[string]string{}
	for _, u := range book.Units {
		got[u.Key] = u.Leader
	}
	if got["公司/一部"] != "2" || got["公司/二部"] != "" || got["公司"] != "" {
		t.Errorf("leaders %v", got)
	}
	if len(faults) != 1 || faults[0].Code != CodeLeaderUnclear {
		t.Errorf("faults %v", faults)
	}
}

func TestEncodingsAndDelimiters(t *testing.T) {
	text := "通讯录导出,,,\n说明：请勿修改表头,,,\n部门 , 姓名*,性别,工号(必填),未知列\n公司/研发中心,马𬭎,男,E1,x\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	for name, data := range map[string]string{
		"utf-8": text, "bom": "\xEF\xBB\xBF" + text, "gb18030": gb, "utf-16le": le, "utf-16be": be,
		"tabs": strings.ReplaceAll(text, ",", "\t"), "semicolons": strings.ReplaceAll(text, ",", ";"), "crlf": strings.ReplaceAll(text, "\n", "\r\n"),
	} {
		book, faults, err := Parse("通讯录.CSV", []byte(data))
		if err != nil || len(faults) > 0 {
			t.Errorf("%s: %v %v", name, err, faults)
			continue
		}
		p := book.People[0]
		if p.Name != "马𬭎" || p.Number != "E1" || p.Unit != "公司/研发中心" || p.Row != 4 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestStatusWords(t *testing.T) {
	head := "姓名,帐号,部门,激活状态,禁用状态\n"
	for words, active := range map[string]bool{"已激活,启用": true, "未激活,启用": true, "已激活,禁用": false, "已激活,是": false, "已激活,否": true,
		"退出企业,": false, "1,0": true, ",1": false, ",未禁用": true} {
		book, faults, err := Parse("x.csv", []byte(head+"王伟,w1,公司,"+words+"\n"))
		if err != nil || len(faults) > 0 || book.People[0].Active != active {
			t.Errorf("%s: %v %v %+v", words, err, faults, book.People)
		}
	}
}

func TestUnreadableFilesSayWhy(t *testing.T) {
	good, err := DemoXLSX(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, file string
		data       []byte
		code       string
	}{
		{"empty", "a.csv", nil, CodeEmpty},
		{"blank", "a.csv", []byte(" \n\n "), CodeEmpty},
		{"unknown ending", "a.pdf", []byte("x"), CodeExtension},
		{"no ending", "a", []byte("x"), CodeExtension},
		{"text called xlsx", "a.xlsx", []byte("工号,姓名,部门\n"), CodeNotXLSX},
		{"zip called xlsx", "a.xlsx", zipOf(t, map[string]int{"a.txt": 3}), CodeNotXLSX},
		{"torn xlsx", "a.xlsx", good[:len(good)/2], CodeNotXLSX},
		{"xlsx called csv", "a.csv", good, CodeIsXLSX},
		{"old excel", "a.xls", []byte{0xD0, 0xCF, 0x11, 0xE0, 1}, CodeOldExcel},
		{"locked", "a.xlsx", []byte{0xD0, 0xCF, 0x11, 0xE0, 1}, CodeOldExcel},
		{"binary", "a.csv", []byte("a\x00b"), CodeEncoding},
		{"no headings", "a.csv", []byte("a,b\nc,d\n"), CodeNoHeader},
		{"headings only", "a.csv", []byte(templateHead), CodeNoRows},
		{"too large", "a.csv", make([]byte, MaxFileBytes+1), CodeTooLarge},
		{"too wide", "a.csv", []byte(strings.Repeat("a,", MaxColumns) + "\n"), CodeTooWide},
		{"too many rows", "a.csv", []byte(templateHead + strings.Repeat("1,2,3\n", MaxRows+1)), CodeTooManyRows},
		{"bomb", "a.xlsx", bomb(t), CodeUnpacks},
		{"lying bomb", "a.xlsx", lyingBomb(t), CodeBroken},
		{"torn sheet", "a.xlsx", tornSheet(t, good), CodeBroken},
		{"entities", "a.xlsx", entities(t), CodeBroken},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			_, _, err := Parse(c.file, c.data)
			var fe *FileError
			if !errors.As(err, &fe) || fe.Code != c.code {
				t.Fatalf("error %v, want %s", err, c.code)
			}
			for _, lang := range []string{"zh", "en"} {
				if s := fe.Text(lang); s == fe.Code || strings.ContainsAny(s, "{}") {
					t.Errorf("%s: no proper text %q", lang, s)
				}
			}
			if d := time.Since(start); d > 10*time.Second {
				t.Errorf("took %s", d)
			}
			if _, _, err := ParseGroups(c.file, c.data, DemoDirectory(1)); !errors.As(err, &fe) {
				t.Errorf("as groups: %v", err)
			}
		})
	}
}

func TestTenThousandRowsAreQuick(t *testing.T) {
	people, units := Demo(1)
	for len(people) < 10_000 {
		e := people[len(people)%280+20]
		e.Number = fmt.Sprintf("X%05d", len(people))
		e.ID, e.Email, e.Mobile = domain.EmployeeID(e.Number), e.Number+"@"+DemoDomain, fmt.Sprintf("+999%010d", len(people))
		people = append(people, e)
	}
	data, err := TemplateXLSX(people, units)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	book, faults, err := Parse("x.xlsx", data)
	if err != nil || len(faults) > 0 || len(book.People) != 10_000 {
		t.Fatal(err, faults, len(book.People))
	}
	c, faults := Diff(DemoDirectory(1), book, Options{Full: true, NewID: counter()})
	if len(faults) > 0 || c.Count()[Joined] == 0 {
		t.Fatal(faults, c.Count())
	}
	if d := time.Since(start); d > 15*time.Second { // about one second on an idle machine
		t.Errorf("reading and comparing took %s", d)
	} else {
		t.Logf("reading and comparing took %s", d)
	}
}

// fuzzFile makes a file of what the fuzzer thought up: a whole CSV, rows below known headings, or the XML of a sheet in
// a sound archive (a mutated archive would only ever fail its checksum).
func fuzzFile(t testing.TB, kind uint8, heads []string, body string) (string, []byte) {
	switch n := int(kind) % (len(heads) + 2); n {
	case 0:
		return "a.csv", []byte(body)
	case 1:
		return "a.xlsx", rewrite(t, fuzzBook(t), "xl/worksheets/sheet1.xml", func(string) string { return body })
	default:
		return "a.csv", []byte(heads[n-2] + body)
	}
}

// fuzzBook is a small workbook around the sheet that the fuzzer makes.
var fuzzBook = func() func(testing.TB) []byte {
	var data []byte
	return func(t testing.TB) []byte {
		if data == nil {
			b := newSheetBuilder("a")
			b.row([]string{"工号", "姓名", "部门"})
			var err error
			if data, err = b.bytes(); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
}()

const fuzzSheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>工号</t></is></c><c r="B1" t="inlineStr"><is><t>姓名</t></is></c><c r="C1" t="s"><v>2</v></c></row><row r="7"><c r="A7"><v>1.3E+4</v></c><c r="B7" t="str"><v>甲</v></c><c r="C7" t="inlineStr"><is><t>公司/一部</t></is></c></row></sheetData></worksheet>`

func FuzzParse(f *testing.F) {
	heads := []string{templateHead, "员工UserID,姓名,工号,部门,直属主管\n", "姓名,帐号,部门,主部门,部门负责人,禁用状态\n", "工号,姓名,部门,负责部门\n"}
	f.Add(uint8(0), string(DemoCSV(1)[:1500]))
	f.Add(uint8(1), fuzzSheet)
	f.Add(uint8(2), "E1,王伟,公司//,,x,y,z,是,国王,\nE2,李娜,公司/甲,C1,,,,是,法务,离职\n")
	f.Add(uint8(3), "1,甲,,A-B,乙\n2,乙,,A-B,乙\n")
	f.Add(uint8(4), "甲,1,A/B;A/C,A/C,乙(2),否\n乙,2,A,,2,禁用\n")
	f.Add(uint8(5), "1,甲,A/B,A;A/B\n")
	f.Add(uint8(0), "\xFF\xFE1\x00")
	f.Fuzz(func(t *testing.T, kind uint8, body string) {
		name, data := fuzzFile(t, kind, heads, body)
		book, faults, err := Parse(name, data)
		if err != nil {
			var fe *FileError
			if !errors.As(err, &fe) || texts[fe.Code].zh == "" {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		if Blocking(faults) {
			return
		}
		c, diffFaults := Diff(nil, book, Options{Full: true, NewID: counter()})
		if Blocking(diffFaults) {
			t.Fatalf("a clean book does not go into an empty directory: %v", diffFaults)
		}
		dir := Apply(nil, c)
		again, faults2 := Diff(dir, book, Options{Full: true, NewID: counter()})
		if len(faults2) > 0 || !again.Empty() {
			t.Fatalf("importing twice changes something: %+v %v", again, faults2)
		}
	})
}
