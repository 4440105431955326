package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// maxImportRows bounds one bulk filing.
const maxImportRows = 500

// routeImport is the name under which bulk filings' keys are kept.
const routeImport = "POST /groups/imports"

// ImportGroups files the groups of a spreadsheet, each row by itself: valid rows become cases, faulty ones come back with
// every reason. Each row has a key that follows from file and row, so that the same file sent again finds the same
// cases and makes no second ones. A dry run writes nothing.
func (s *Service) ImportGroups(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (ImportReport, error) {
	if !dryRun {
		if err := checkKey(key); err != nil {
			return ImportReport{}, err
		}
	}
	rep, err := s.importGroups(ctx, a, key, up, dryRun)
	return rep, fail(err)
}

func (s *Service) importGroups(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (ImportReport, error) {
	b, err := s.rules(ctx)
	if err != nil {
		return ImportReport{}, err
	}
	rows, err := parseGroups(up, b.dir, a)
	if err != nil {
		return ImportReport{}, err
	}
	sum := fileDigest(up)
	if !dryRun {
		if err := s.claimImport(ctx, a, key, sum); err != nil {
			return ImportReport{}, err
		}
	}
	rep := ImportReport{DryRun: dryRun, Rows: make([]ImportRow, 0, len(rows))}
	for _, row := range rows {
		r, err := s.importRow(ctx, b, a, sum, row, dryRun)
		if err != nil {
			return ImportReport{}, err
		}
		if len(r.Texts) == 0 {
			rep.Filed++
		} else {
			rep.Faulty++
		}
		rep.Rows = append(rep.Rows, r)
	}
	if dryRun {
		return rep, nil
	}
	return rep, s.record(ctx, a, "groups_imported", "", routeImport, "allowed", map[string]any{"file": sum, "filed": rep.Filed, "faulty": rep.Faulty})
}

// parseGroups reads the spreadsheet; one that cannot be read at all is a fault of the upload.
func parseGroups(up Upload, dir *domain.Directory, a Actor) ([]directory.GroupRow, error) {
	rows, _, err := directory.ParseGroups(up.Name, up.Data, dir)
	if err != nil {
		return nil, unreadable(err, a)
	}
	if len(rows) > maxImportRows {
		return nil, invalid(domain.Fault{Field: "file", Code: "too_many_rows", Params: map[string]string{"max": strconv.Itoa(maxImportRows)}})
	}
	return rows, nil
}

// unreadable says why a file is none of ours.
func unreadable(err error, a Actor) error {
	var fe *directory.FileError
	if !errors.As(err, &fe) {
		return fmt.Errorf("read an uploaded file: %w", err)
	}
	params := map[string]string{"text": fe.Text(a.lang())}
	for k, v := range fe.Params {
		params[k] = v
	}
	return invalid(domain.Fault{Field: "file", Code: fe.Code, Params: params})
}

func fileDigest(up Upload) string {
	sum := sha256.Sum256(up.Data)
	return hex.EncodeToString(sum[:])
}

// importRow files one row, or says what stands against it.
func (s *Service) importRow(ctx context.Context, b rulebook, a Actor, sum string, row directory.GroupRow, dryRun bool) (ImportRow, error) {
	r := ImportRow{Row: row.Row, Name: row.Filing.Name}
	number := strconv.Itoa(row.Row)
	rowKey, request := derivedID("groups", sum, number), "row:"+sum+":"+number
	// An earlier upload of this very file: its case stands, whatever is true of the row now.
	// Checking it again says so too, instead of blaming each name for being taken by its own case.
	id, err := s.filedBefore(ctx, a, routeFile, rowKey, request)
	if err != nil {
		return r, err
	}
	if id != "" {
		sum, err := s.summary(ctx, id)
		r.Case = &sum
		return r, err
	}
	p, err := b.plan(row.Filing, a.ID, s.now())
	if err != nil {
		return r, err
	}
	name, err := s.checkName(ctx, b, p.filing, holder{})
	if err != nil {
		return r, err
	}
	if found := placed(row, append(withSuggestion(name.Faults, name.Suggestion), p.faults...)); len(found) > 0 {
		r.say(found, a.lang())
		return r, nil
	}
	if dryRun {
		return r, nil
	}
	done, err := s.fileKeyed(ctx, b, a, rowKey, request, "", row.Filing)
	var e *Error
	switch {
	case err == nil:
		r.Case = &done
		return r, nil
	case errors.As(err, &e) && (e.Kind == Invalid || e.Kind == Conflict):
		faults := e.Faults
		if len(faults) == 0 {
			faults = []domain.Fault{{Field: "row", Code: e.Code}}
		}
		r.say(placed(row, faults), a.lang())
		return r, nil
	}
	return r, err
}

// placed puts the rules' faults beside those of reading the row; a field that could not be read is not judged again.
func placed(row directory.GroupRow, faults []domain.Fault) []directory.RowFault {
	out := append([]directory.RowFault{}, row.Faults...)
	bad := map[string]bool{}
	for _, f := range row.Faults {
		bad[column(f.Field)] = true
	}
	for _, f := range faults {
		if !bad[column(f.Field)] {
			out = append(out, row.Fault(f))
		}
	}
	return out
}

// column is the part of a field's path that has a column of its own.
func column(field string) string {
	for i, r := range field {
		if r == '[' {
			return field[:i]
		}
	}
	return field
}

// say gives the row its faults, in codes and in the caller's words.
func (r *ImportRow) say(found []directory.RowFault, lang string) {
	for _, f := range found {
		r.Faults = append(r.Faults, domain.Fault{Field: f.Field, Code: f.Code, Params: f.Params})
		text := f.Text(lang)
		switch {
		case text == f.Code: // a code of the policy's, whose words name the field
			text = policy.Text(domain.Fault{Field: f.Field, Code: f.Code, Params: f.Params}, lang)
		case f.Column != "":
			text = f.Column + sep(lang) + text
		}
		r.Texts = append(r.Texts, text)
	}
}

func sep(lang string) string {
	if lang == "en" {
		return ": "
	}
	return "："
}

// lang is the language to word things in: Chinese unless English was chosen.
func (a Actor) lang() string {
	if a.Lang == "en" {
		return "en"
	}
	return "zh"
}

// ImportResult is the uploaded sheet again with a result and a reason in each row.
func (s *Service) ImportResult(ctx context.Context, a Actor, up Upload, rep ImportReport) ([]byte, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	rows, err := parseGroups(up, dir, a)
	if err != nil {
		return nil, fail(err)
	}
	fates := make(map[int]ImportRow, len(rep.Rows))
	for _, r := range rep.Rows {
		fates[r.Row] = r
	}
	results := make([]directory.GroupResult, 0, len(rows))
	for _, row := range rows {
		out := directory.GroupResult{Row: row}
		fate := fates[row.Row]
		if fate.Case != nil {
			out.Case = fate.Case.Number
		}
		for i, t := range fate.Texts {
			if i > 0 {
				out.Reason += "\n"
			}
			out.Reason += t
		}
		results = append(results, out)
	}
	data, err := directory.GroupsReportXLSX(results, a.lang())
	if err != nil {
		return nil, fail(fmt.Errorf("make the result sheet: %w", err))
	}
	return data, nil
}

// GroupTemplate is the empty spreadsheet for bulk filing.
func (s *Service) GroupTemplate(context.Context, Actor) ([]byte, error) {
	data, err := directory.GroupTemplateXLSX()
	if err != nil {
		return nil, fail(fmt.Errorf("make the template: %w", err))
	}
	return data, nil
}
