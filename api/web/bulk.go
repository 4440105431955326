package web

import (
	"encoding/base64"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const (
	mostSheet = 4 << 20 // bytes of an uploaded spreadsheet
	xlsxType  = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// sheet is an uploaded spreadsheet on its way through the pages: checked first, then applied. The file travels in the
// form, so that nothing half-checked is kept on the server and the second step works on exactly what was checked.
type sheet struct {
	Key  string
	Name string
	Data string // base64
}

func (w *Web) readSheet(c echo.Context, v *View) (sheet, service.Upload, error) {
	if enc := c.FormValue("sheet"); enc != "" {
		data, err := base64.StdEncoding.DecodeString(enc)
		if err != nil || len(data) > mostSheet {
			return sheet{}, service.Upload{}, &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
		}
		up := service.Upload{Name: c.FormValue("sheet_name"), MediaType: sheetType(data), Data: data}
		return sheet{Key: c.FormValue("key"), Name: up.Name, Data: enc}, up, nil
	}
	up, err := upload(c, "file", mostSheet)
	if err != nil {
		return sheet{}, up, err
	}
	up.MediaType = sheetType(up.Data)
	return sheet{Key: v.NewID(), Name: up.Name, Data: base64.StdEncoding.EncodeToString(up.Data)}, up, nil
}

// sheetType tells a workbook (a zip) from text; the service looks into it.
func sheetType(data []byte) string {
	if len(data) > 3 && data[0] == 'P' && data[1] == 'K' {
		return xlsxType
	}
	return "text/csv"
}

func (w *Web) bulkForm(c echo.Context, v *View) error {
	return w.showBulk(c, v, http.StatusOK, sheet{}, nil, nil)
}

func (w *Web) showBulk(c echo.Context, v *View, status int, s sheet, rep *service.ImportReport, faults []domain.Fault) error {
	v.Title, v.Nav = v.T("bulk.title"), "file"
	return w.show(c, status, bulkPage(v, s, rep, faults))
}

// bulk checks a spreadsheet, files its valid rows, or hands the sheet back with a result in each row. Filing again with
// the same key files nothing twice, so the result can be asked for at any time.
func (w *Web) bulk(c echo.Context, v *View) error {
	s, up, err := w.readSheet(c, v)
	if err != nil {
		return w.sheetFault(c, v, err, func(st int, f []domain.Fault) error { return w.showBulk(c, v, st, sheet{}, nil, f) })
	}
	do := c.FormValue("do")
	rep, err := w.Service.ImportGroups(ctxOf(c), v.Actor, s.Key, up, do != "file" && do != "result")
	if err != nil {
		return w.sheetFault(c, v, err, func(st int, f []domain.Fault) error { return w.showBulk(c, v, st, sheet{}, nil, f) })
	}
	if do == "result" || do == "check_result" {
		out, err := w.Service.ImportResult(ctxOf(c), v.Actor, up, rep)
		if err != nil {
			return err
		}
		c.Response().Header().Set("Content-Disposition", `attachment; filename="result.xlsx"`)
		return c.Blob(http.StatusOK, xlsxType, out)
	}
	return w.showBulk(c, v, http.StatusOK, s, &rep, nil)
}

// sheetFault shows the upload form again when the file is at fault; other errors go to the error page.
func (w *Web) sheetFault(c echo.Context, v *View, err error, again func(int, []domain.Fault) error) error {
	e := service.AsError(err)
	switch e.Kind {
	case service.Invalid, service.TooLarge, service.Unsupported, service.Malformed, service.Unavailable, service.Conflict:
	default:
		return err
	}
	if len(e.Faults) == 0 {
		n := v.failure(e)
		v.Notice = &n
	}
	return again(w.note(c, e), e.Faults)
}

func (w *Web) bulkTemplate(c echo.Context, v *View) error {
	b, err := w.Service.GroupTemplate(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="groups-template.xlsx"`)
	return c.Blob(http.StatusOK, xlsxType, b)
}

func (w *Web) directoryForm(c echo.Context, v *View) error {
	return w.showDirectory(c, v, http.StatusOK, sheet{}, nil, nil)
}

func (w *Web) showDirectory(c echo.Context, v *View, status int, s sheet, rep *service.DirectoryReport, faults []domain.Fault) error {
	v.Title, v.Nav = v.T("dir.title"), "directory"
	return w.show(c, status, directoryPage(v, s, rep, faults, c.FormValue("full") != "", c.FormValue("allow_mass") != ""))
}

// directory dry-runs an address book, or applies exactly the one that was checked.
func (w *Web) directory(c echo.Context, v *View) error {
	s, up, err := w.readSheet(c, v)
	again := func(st int, f []domain.Fault) error { return w.showDirectory(c, v, st, sheet{}, nil, f) }
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	apply := c.FormValue("do") == "apply"
	rep, err := w.Service.ImportDirectory(ctxOf(c), v.Actor, s.Key, up, !apply, c.FormValue("full") != "", c.FormValue("allow_mass") != "")
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	return w.showDirectory(c, v, http.StatusOK, s, &rep, nil)
}

// good counts the rows that can be filed, or were.
func good(rep *service.ImportReport) int {
	n := 0
	for _, r := range rep.Rows {
		if len(r.Faults) == 0 && len(r.Texts) == 0 {
			n++
		}
	}
	return n
}

func sorted(m map[string]int) []string {
	return slices.Sorted(maps.Keys(m))
}
