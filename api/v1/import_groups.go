package v1

import (
	"bytes"
	"context"
	"strings"
)

// MaxFile bounds an uploaded spreadsheet or address book, in bytes.
const MaxFile = 20 << 20

// ImportGroups files many groups by spreadsheet; the sheet itself comes back with results when asked for.
func (s *Server) ImportGroups(ctx context.Context, r ImportGroupsRequestObject) (ImportGroupsResponseObject, error) {
	f, err := readForm(r.Body, map[string]int64{"file": MaxFile})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	a := actor(ctx)
	rep, err := s.svc.ImportGroups(ctx, a, value(r.Params.IdempotencyKey), up, value(r.Params.DryRun))
	if err != nil {
		return nil, err
	}
	if !strings.Contains(accept(ctx), xlsx) {
		return ImportGroups200JSONResponse(rep), nil
	}
	sheet, err := s.svc.ImportResult(ctx, a, up, rep)
	if err != nil {
		return nil, err
	}
	attach(ctx, "filed-groups.xlsx")
	return ImportGroups200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: bytes.NewReader(sheet), ContentLength: int64(len(sheet))}, nil
}

// GetGroupTemplate is the empty spreadsheet.
func (s *Server) GetGroupTemplate(ctx context.Context, _ GetGroupTemplateRequestObject) (GetGroupTemplateResponseObject, error) {
	b, err := s.svc.GroupTemplate(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	attach(ctx, "groups.xlsx")
	return GetGroupTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: bytes.NewReader(b), ContentLength: int64(len(b))}, nil
}
