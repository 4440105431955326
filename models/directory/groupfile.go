package directory

import (
	"strings"
)

// GroupTemplateXLSX is the empty spreadsheet for filing existing groups in bulk: headings with choices to pick from,
// and a sheet that explains every column.
func GroupTemplateXLSX() ([]byte, error) {
	b := newGroupSheet()
	b.notes()
	return b.bytes()
}

func newGroupSheet() *sheetBuilder {
	b := newSheetBuilder("群组报备")
	titles := make([]string, len(groupColumns))
	widths := make([]float64, len(groupColumns))
	for i, c := range groupColumns {
		titles[i], widths[i] = c.zh, c.width
	}
	b.row(titles)
	b.heading(widths...)
	b.choices("B2:B5001", "部门群", "项目群", "跨部门群", "专项群")
	b.choices("C2:C5001", "普通", "涉密", "高度涉密")
	b.choices("H2:J5001", "是", "否")
	b.choices("K2:K5001", "全体成员", "仅管理员")
	b.choices("L2:L5001", "是", "否")
	b.choices("N2:N5001", "手工维护", "企业微信", "钉钉", "飞书", "Matrix")
	return b
}

func (b *sheetBuilder) notes() {
	b.add("填写说明")
	b.row([]string{"列", "说明"})
	for _, c := range groupColumns {
		b.row([]string{c.zh, c.note})
	}
	b.row([]string{"行数", "一个文件最多 5000 行；一行一个群组。有问题的行会连同原因退回，其余照常报备。"})
	b.heading(20, 90)
}

// GroupResult is what became of one row.
type GroupResult struct {
	Row    GroupRow
	Case   string     // the case's number, such as G-2026-00042; "" when it was not filed
	Faults []RowFault // why not
	// Reason is written instead of the faults' own words where it is set: made by Reasons with the caller's own codes,
	// or an answer from beyond the rules (the name is taken).
	Reason string
}

// Filed tells whether the row became a case.
func (r GroupResult) Filed() bool { return r.Case != "" }

// GroupsReportXLSX gives the rows back with what became of them and why, in "zh" or "en", in a form that can be mended
// and sent in again. Whatever the rows hold is written as text, never as a formula.
func GroupsReportXLSX(results []GroupResult, lang string) ([]byte, error) {
	zh := strings.HasPrefix(lang, "zh")
	say := func(cn, en string) string {
		if zh {
			return cn
		}
		return en
	}
	b := newSheetBuilder(say("报备结果", "Results"))
	titles := []string{say("结果", "Result"), say("事项编号", "Case"), say("原因", "Reason")}
	widths := []float64{12, 16, 60}
	for _, c := range groupColumns {
		titles, widths = append(titles, say(c.zh, c.en)), append(widths, c.width)
	}
	b.row(titles)
	b.heading(widths...)
	for i, r := range results {
		cells := []string{say("已报备", "Filed"), r.Case, r.Reason}
		colour := "E2EFDA"
		if !r.Filed() {
			cells[0], colour = say("已退回", "Refused"), "FCE4D6"
		}
		if r.Reason == "" {
			cells[2] = Reasons(r.Faults, lang, nil)
		}
		for _, c := range groupColumns {
			cells = append(cells, r.Row.Cells[c.field])
		}
		for k := range cells {
			cells[k] = xlsxText(cells[k])
		}
		b.row(cells)
		b.colour(1, i+2, colour)
	}
	return b.bytes()
}

// Reasons words faults in "zh" or "en", one a line with its column. also (nil: none) words codes that this package does
// not know, such as those of the policy's name rules.
func Reasons(list []RowFault, lang string, also func(RowFault) string) string {
	zh := strings.HasPrefix(lang, "zh")
	sep := ": "
	if zh {
		sep = "："
	}
	lines := make([]string, 0, len(list))
	for _, f := range list {
		column := f.Column
		if c := columnOf(f.Field); !zh && column == c.zh {
			column = c.en
		}
		say := f.Text(lang)
		if _, known := texts[f.Code]; !known && also != nil {
			say = also(f)
		}
		lines = append(lines, column+sep+say)
	}
	return strings.Join(lines, "\n")
}

// xlsxText keeps a value within what a cell can hold, and text even after the sheet is saved as CSV: an apostrophe
// stands before what would be a formula. Reading takes it off again.
func xlsxText(v string) string {
	v = csvText(strings.ToValidUTF8(v, "\uFFFD"))
	if r := []rune(v); len(r) > 32_000 {
		return string(r[:32_000])
	}
	return v
}
