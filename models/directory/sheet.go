package directory

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// sheetBuilder writes one sheet whose cells are all text: nothing that a file once said can run as a formula. The first
// error is kept and given by bytes.
type sheetBuilder struct {
	f     *excelize.File
	sheet string
	n     int
	err   error
}

func newSheetBuilder(sheet string) *sheetBuilder {
	b := &sheetBuilder{f: excelize.NewFile(), sheet: sheet}
	b.do(b.f.SetSheetName("Sheet1", sheet))
	b.do(b.f.SetDocProps(&excelize.DocProperties{Creator: "Qunbei", Created: "2026-01-01T00:00:00Z", Modified: "2026-01-01T00:00:00Z"}))
	return b
}

func (b *sheetBuilder) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// add starts a further sheet; the next rows go there.
func (b *sheetBuilder) add(sheet string) {
	_, err := b.f.NewSheet(sheet)
	b.do(err)
	b.sheet, b.n = sheet, 0
}

func (b *sheetBuilder) row(cells []string) {
	b.n++
	for i, v := range cells {
		if v == "" {
			continue
		}
		at, err := excelize.CoordinatesToCellName(i+1, b.n)
		b.do(err)
		b.do(b.f.SetCellStr(b.sheet, at, v))
	}
}

// heading makes the first row stand out, keeps it in view, and sets the widths of the columns; every cell is text, so
// that Excel does not turn staff numbers and dates into something else.
func (b *sheetBuilder) heading(widths ...float64) {
	plain, err := b.f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	b.do(err)
	bold, err := b.f.NewStyle(&excelize.Style{
		NumFmt: 49, Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DCE6F1"}},
	})
	b.do(err)
	for i, w := range widths {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.f.SetColWidth(b.sheet, col, col, w))
		b.do(b.f.SetColStyle(b.sheet, col, plain))
		b.do(b.f.SetCellStyle(b.sheet, col+"1", col+"1", bold))
	}
	b.do(b.f.SetPanes(b.sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

// choices gives the cells a list to choose from.
func (b *sheetBuilder) choices(cells string, values ...string) {
	v := excelize.NewDataValidation(true)
	v.SetSqref(cells)
	b.do(v.SetDropList(values))
	b.do(b.f.AddDataValidation(b.sheet, v))
}

// colour fills a cell.
func (b *sheetBuilder) colour(col, row int, rgb string) {
	style, err := b.f.NewStyle(&excelize.Style{
		NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{rgb}}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true},
	})
	b.do(err)
	at, err := excelize.CoordinatesToCellName(col, row)
	b.do(err)
	b.do(b.f.SetCellStyle(b.sheet, at, at, style))
}

func (b *sheetBuilder) bytes() ([]byte, error) {
	defer func() { _ = b.f.Close() }()
	if b.err != nil {
		return nil, fmt.Errorf("writing a spreadsheet: %w", b.err)
	}
	var out bytes.Buffer
	if err := b.f.Write(&out); err != nil {
		return nil, fmt.Errorf("writing a spreadsheet: %w", err)
	}
	return out.Bytes(), nil
}
