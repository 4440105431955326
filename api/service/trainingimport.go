package service

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

const routeTrainings = "POST /trainings/imports"

// ImportTrainings reads a list of results of HR or security. It is taken whole or, with any fault, not at all; reading it
// again changes nothing. A dry run tells what each row would lead to.
func (s *Service) ImportTrainings(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (TrainingReport, error) {
	if !a.Has(domain.RoleHR) && !a.Has(domain.RoleSecurity) {
		return TrainingReport{}, forbidden("role_required")
	}
	if !dryRun {
		if err := checkKey(key); err != nil {
			return TrainingReport{}, err
		}
	}
	rep, err := s.importTrainings(ctx, a, key, up, dryRun)
	return rep, fail(err)
}

func (s *Service) importTrainings(ctx context.Context, a Actor, key string, up Upload, dryRun bool) (TrainingReport, error) {
	rep := TrainingReport{DryRun: dryRun, Counts: map[string]int{}, Rows: []TrainingReportRow{}, Faults: []DirectoryFault{}}
	courses, err := s.courses(ctx)
	if err != nil {
		return rep, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return rep, err
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return rep, err
	}
	y, m, d := s.now().In(zone).Date()
	rows, faults, err := directory.ParseTrainings(up.Name, up.Data, dir, courses, time.Date(y, m, d, 0, 0, 0, 0, zone))
	if err != nil {
		return rep, unreadable(err, a)
	}
	if !dryRun && directory.Blocking(faults) {
		return rep, invalid(asFaults(faults, a.lang())...)
	}
	sum := fileDigest(up)
	results := make([]store.ResultRow, 0, len(rows))
	sound := make([]directory.TrainingRow, 0, len(rows))
	for _, r := range rows {
		if len(r.Faults) > 0 {
			continue
		}
		x := store.ResultRow{ID: newID(), EmployeeID: string(r.Person), Course: r.Course, Source: string(domain.FromImport), Score: r.Score, Passed: r.Passed, At: r.At.UTC(), ByID: string(a.ID), FileSHA256: sum}
		if r.Passed {
			until := r.Until.UTC()
			x.ValidUntil = &until
		}
		results, sound = append(results, x), append(sound, r)
	}
	kept, err := s.keepResults(ctx, a, key, sum, results, dryRun)
	if err != nil {
		return rep, err
	}
	for i, r := range sound {
		v := TrainingReportRow{Row: r.Row, Person: names{dir}.person(r.Person), Course: r.Course, Score: r.Score, Passed: r.Passed, Until: timeOf(r.Until), Result: TrainingKeeps}
		switch {
		case !kept.Fresh[results[i].ID]:
			v.Result = TrainingUnchanged
		case !r.Passed:
			v.Result = TrainingFailed
		case slices.Contains(kept.Changed, r.Person):
			v.Result = TrainingRecords
		}
		rep.Counts[v.Result]++
		rep.Rows = append(rep.Rows, v)
	}
	for _, f := range faults {
		rep.Faults = append(rep.Faults, DirectoryFault{Row: f.Row, Column: f.Column, Code: f.Code, Text: rowText(f, a.lang())})
	}
	if !dryRun {
		s.poke()
	}
	return rep, nil
}

// keepResults writes the results of a list once under its key; the list itself is idempotent by its rows.
func (s *Service) keepResults(ctx context.Context, a Actor, key, sum string, results []store.ResultRow, dryRun bool) (store.KeptResults, error) {
	event := &store.Event{At: s.now(), Actor: string(a.ID), Kind: "trainings_imported", Rule: "personnel", Result: "allowed", Detail: map[string]any{"file": sum, "rows": strconv.Itoa(len(results))}}
	if dryRun {
		return s.cfg.Store.RecordResults(ctx, results, event, true)
	}
	var kept store.KeptResults
	_, err := s.once(ctx, a, key, routeTrainings, sum, func() (int, error) {
		var err error
		kept, err = s.cfg.Store.RecordResults(ctx, results, event, false)
		return 200, err
	})
	return kept, err
}

// TrainingTemplate is the empty list of results.
func (s *Service) TrainingTemplate(_ context.Context, a Actor) ([]byte, error) {
	if !a.Has(domain.RoleHR) && !a.Has(domain.RoleSecurity) {
		return nil, forbidden("role_required")
	}
	b, err := directory.TrainingTemplateXLSX()
	return b, fail(err)
}
