package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/xuri/excelize/v2"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// exportMost bounds an export of the register; beyond it the last line says so.
const exportMost = 10_000

// exported gives the register as the filter narrows it, row by row, the head first.
func (w *Web) exported(c echo.Context, v *View, row func([]string) error) error {
	f := groupFilter(c)
	f.Cursor, f.Limit = "", 100
	head := []string{}
	for _, k := range []string{"number", "name", "type", "tier", "state", "flag", "platform", "departments", "owner", "members", "next", "ends_on"} {
		head = append(head, v.T("field."+k))
	}
	if err := row(head); err != nil {
		return err
	}
	for n := 0; n < exportMost; {
		page, err := w.Service.Register(ctxOf(c), v.Actor, f)
		if err != nil {
			return err
		}
		for _, g := range page.Items {
			if err := row(v.exportRow(g)); err != nil {
				return err
			}
		}
		n += len(page.Items)
		if f.Cursor = page.Next; f.Cursor == "" || len(page.Items) == 0 {
			return nil
		}
		if n >= exportMost {
			return row([]string{v.T("register.csv_cut", "n", strconv.Itoa(n))})
		}
	}
	return nil
}

func (v *View) exportRow(g service.GroupRow) []string {
	next := ""
	if g.Next != nil {
		next = g.Next.At.In(v.Zone).Format("2006-01-02") + " " + v.dateKind(g.Next.Kind)
	}
	return []string{g.Number, g.Name, v.T("type." + string(g.Type)), v.T("tier." + string(g.Tier)), v.T("group." + string(g.State)), v.flagNames(g.Flags),
		v.TOr("platform."+g.Platform, g.Platform), v.DepartmentNames(g.Departments), nameOr(g.Owner), strconv.Itoa(g.Members), next, g.EndsOn}
}

func (v *View) flagNames(flags []domain.Flag) string {
	var out []string
	for _, f := range flags {
		out = append(out, v.T("flag."+string(f)))
	}
	return strings.Join(out, v.T("list.comma"))
}

// registerCSV is the register as the filter narrows it, for a spreadsheet.
func (w *Web) registerCSV(c echo.Context, v *View) error {
	var b strings.Builder
	b.WriteString("\ufeff") // spreadsheets take the file for UTF-8 only with the mark
	out := csv.NewWriter(&b)
	err := w.exported(c, v, func(cells []string) error {
		for i, x := range cells {
			cells[i] = tame(x)
		}
		return out.Write(cells)
	})
	if err != nil {
		return err
	}
	out.Flush()
	c.Response().Header().Set("Content-Disposition", `attachment; filename="groups.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", []byte(b.String()))
}

// registerXLSX is the same as a workbook. Its cells hold texts, which no program takes for formulas.
func (w *Web) registerXLSX(c echo.Context, v *View) error {
	book := excelize.NewFile()
	defer book.Close() //nolint:errcheck // it is in memory
	const sheet = "Sheet1"
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	n := 0
	err = w.exported(c, v, func(cells []string) error {
		n++
		row := make([]any, len(cells))
		for i, x := range cells {
			row[i] = x
		}
		return stream.SetRow("A"+strconv.Itoa(n), row)
	})
	if err != nil {
		return err
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="groups.xlsx"`)
	return c.Blob(http.StatusOK, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.Bytes())
}
