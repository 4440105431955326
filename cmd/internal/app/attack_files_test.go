package app_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/api/service"
)

const (
	filesGroups = "/groups/imports"
	filesBook   = "/directory/imports"
)

// hostileSheet makes a sheet of rows.
func hostileSheet(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb replaces the first sheet of a workbook by one that unpacks to size bytes.
func bomb(t *testing.T, book []byte, size int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		w, err := out.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			_, _ = w.Write([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`))
			chunk := bytes.Repeat([]byte("A"), 1<<20)
			for n := 0; n < size; n += len(chunk) {
				_, _ = w.Write(chunk)
			}
			_, _ = w.Write([]byte(`</t></is></c></row></sheetData></worksheet>`))
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var part bytes.Buffer
		_, _ = part.ReadFrom(r)
		_, _ = w.Write(part.Bytes())
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// attackFiles uploads what is no spreadsheet, or one that means harm.
func attackFiles(t *testing.T, r *running) {
	groups := []any{"群名称", "类型", "密级", "用途", "所属部门", "群管理员", "群成员", "发言权限"}
	row := func(name string) []any {
		return []any{name, "项目群", "普通", "演练", "平台部", "E0037、E0038", "E0041", "全体成员"}
	}
	many := [][]any{groups}
	for range 5200 {
		many = append(many, row("项目-多"))
	}
	good := hostileSheet(t, groups, row("项目-表格演练"))
	empty := bomb(t, good, 0)
	r.settle(t)
	before := r.footprint(t)
	for _, tc := range []struct {
		name, file string
		data       []byte
	}{
		{"text called a workbook", "a.xlsx", []byte("not a workbook at all")},
		{"HTML called a workbook", "a.xlsx", []byte("<html><table><tr><td>群名称</td></tr></table></html>")},
		{"a cut workbook", "a.xlsx", good[:len(good)/2]},
		{"a zip that is no workbook", "a.xlsx", zipOf(t, "readme.txt", "hello")},
		{"a zip with a path upwards", "a.xlsx", zipOf(t, "../../etc/cron.d/x", "hello")},
		{"a workbook that unpacks to 200 MB", "a.xlsx", bomb(t, good, 200<<20)},
		{"an empty sheet", "a.xlsx", empty},
		{"too many rows", "a.xlsx", hostileSheet(t, many...)},
		{"no such columns", "a.xlsx", hostileSheet(t, []any{"a", "b"}, []any{"1", "2"})},
		{"bytes", "a.csv", bytes.Repeat([]byte{0, 1, 2, 0xff}, 1000)},
		{"broken UTF-8", "a.csv", []byte("群名称,类型,密级,用途,所属部门,群管理员\n\xff\xfe\xfd,项目\n")},
		{"an old workbook", "a.xls", append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 4096)...)},
		{"one endless line", "a.csv", bytes.Repeat([]byte("x"), 8<<20)},
		{"a name with a path", "../../../../etc/passwd\x00.xlsx", []byte("PK\x03\x04 not")},
	} {
		for _, to := range []struct{ who, path string }{{"E0040", filesGroups}, {"E0260", filesBook}} {
			t.Run(tc.name+to.path, func(t *testing.T) {
				start := time.Now()
				x := r.upload(t, to.who, to.path, "file", tc.file, workbook, tc.data, nil)
				if x.status == 200 { // columns are there and each row is at fault
					var rep service.ImportReport
					x.into(t, &rep)
					if rep.Filed != 0 {
						t.Fatalf("filed %d: %.300s", rep.Filed, x.body)
					}
					return
				}
				if x.status != 422 && x.status != 413 && x.status != 400 && x.status != 415 {
					t.Fatalf("%d %.300s", x.status, x.body)
				}
				p := x.problem(t)
				if len(p.Faults) > 0 && (p.Faults[0].Field != "file" || p.Faults[0].Message == "") {
					t.Errorf("fault: %+v", p.Faults[0])
				}
				if len(p.Faults) == 0 && p.Detail == "" {
					t.Errorf("no remedy: %s", x.body)
				}
				for _, l := range leaks {
					if strings.Contains(string(x.body), l) {
						t.Errorf("the inside is told: %s", x.body)
					}
				}
				if d := time.Since(start); d > slack*10*time.Second {
					t.Errorf("took %s", d)
				}
			})
		}
	}
	t.Run("over the limit", func(t *testing.T) {
		r.upload(t, "E0040", filesGroups, "file", "a.xlsx", workbook, make([]byte, 21<<20), nil).refused(t, 413, "body_too_large", "", "")
	})
	t.Run("an employee's address book", func(t *testing.T) {
		r.upload(t, "E0040", filesBook, "file", "a.csv", "text/csv", []byte("工号,姓名,部门\nE9999,黑客,平台部\n"), nil).refused(t, 403, "role_missing", "", "")
	})
	r.unchanged(t, before)
	t.Run("one good row among hostile ones", func(t *testing.T) {
		rows := [][]any{groups}
		for _, name := range []string{"项目-夹带演练", "=HYPERLINK(\"http://evil\")", "<script>alert(1)</script>", "项目-'; DROP TABLE cases; --", strings.Repeat("长", 10000), "项目-夹带演练", "项目-\u202e反"} {
			rows = append(rows, row(name))
		}
		data := hostileSheet(t, rows...)
		var rep service.ImportReport
		r.upload(t, "E0040", filesGroups, "file", "a.xlsx", workbook, data, nil).is(t, 200).into(t, &rep)
		if rep.Filed != 1 || rep.Faulty != 6 {
			t.Fatalf("filed %d, faulty %d: %+v", rep.Filed, rep.Faulty, rep.Rows)
		}
		for _, x := range rep.Rows {
			if x.Case == nil && len(x.Texts) == 0 {
				t.Errorf("row %d has no reason", x.Row)
			}
		}
		// The sheet that comes back must not run what somebody wrote into it.
		back := r.upload(t, "E0040", filesGroups, "file", "a.xlsx", workbook, data, nil, "Accept", workbook).is(t, 200)
		f, err := excelize.OpenReader(bytes.NewReader(back.body))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range f.GetSheetList() {
			cells, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range cells {
				for j := range line {
					cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
					if formula, _ := f.GetCellFormula(name, cell); formula != "" {
						t.Errorf("%s holds a formula: %s", cell, formula)
					}
				}
			}
		}
	})
	r.hostileBook(t)
}

func zipOf(t *testing.T, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostileBook imports people whose names mean harm: either they are refused, or every page shows them as text.
func (r *running) hostileBook(t *testing.T) {
	t.Run("people with hostile names", func(t *testing.T) {
		rows := [][]any{{"工号", "姓名", "部门", "职务", "邮箱"}}
		names := []string{`<img src=x onerror=alert(1)>`, `"><script>alert(2)</script>`, `'; DROP TABLE employees; --`, "=cmd|' /C calc'!A0", "张\u202e三"}
		for i, n := range names {
			rows = append(rows, []any{"H000" + string(rune('1'+i)), n, "群备演示公司/研发中心/平台部", n, "a@b.example\r\nBcc: x@evil.example"})
		}
		x := r.upload(t, "E0260", filesBook, "file", "b.xlsx", workbook, hostileSheet(t, rows...), nil)
		if x.status >= 500 {
			t.Fatalf("%d %s", x.status, x.body)
		}
		in := r.enter(t, "E0040")
		for _, q := range []string{"H000", "<img", "script", "DROP"} {
			page := string(in.do(t, http.MethodGet, "/people?field=admins&q="+strings.ReplaceAll(q, "<", "%3C"), nil).body)
			for _, raw := range []string{"<img src=x", "<script>alert", `"><script`} {
				if strings.Contains(page, raw) {
					t.Errorf("the picker runs %s: %.400s", raw, page)
				}
			}
		}
		var n int
		r.sql(t, &n, `SELECT count(*) FROM employees WHERE email LIKE '%evil%'`)
		if n > 0 {
			t.Errorf("%d addresses with a line break in them were kept", n)
		}
	})
}
