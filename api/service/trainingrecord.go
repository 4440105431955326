package service

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

const routeTraining = "POST /trainings/results"

// TrainingResultInput is one result of a course held elsewhere, as HR or security record it.
type TrainingResultInput struct {
	Employee string // staff number
	Course   string // key or title
	Score    int
	On       string // YYYY-MM-DD
	Passed   *bool  // nil: by the course's pass mark
	Until    string // the last day it holds; empty: as the course says
	Comment  string // what it stands on: sealed
}

// RecordTraining records one result by hand (R4.2.2), by the rules of a list of one row, with what it stands on. Nobody
// records their own. The event names who did, for whom and where the reason is kept.
func (s *Service) RecordTraining(ctx context.Context, a Actor, key string, in TrainingResultInput) (TrainingReportRow, error) {
	if !a.Has(domain.RoleHR) && !a.Has(domain.RoleSecurity) {
		return TrainingReportRow{}, forbidden("role_required")
	}
	if err := checkKey(key); err != nil {
		return TrainingReportRow{}, err
	}
	v, err := s.recordTraining(ctx, a, key, in)
	return v, fail(err)
}

func (s *Service) recordTraining(ctx context.Context, a Actor, key string, in TrainingResultInput) (TrainingReportRow, error) {
	courses, err := s.courses(ctx)
	if err != nil {
		return TrainingReportRow{}, err
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return TrainingReportRow{}, err
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return TrainingReportRow{}, err
	}
	faults := domain.CheckText("comment", in.Comment, domain.MaxCommentRunes, true)
	list, err := in.list()
	if err != nil {
		return TrainingReportRow{}, err
	}
	y, m, d := s.now().In(zone).Date()
	rows, more, err := directory.ParseTrainings("one.csv", list, dir, courses, time.Date(y, m, d, 0, 0, 0, 0, zone))
	if err != nil {
		return TrainingReportRow{}, unreadable(err, a)
	}
	for _, f := range more {
		f.Row = 0 // there is one
		faults = append(faults, asFaults([]directory.RowFault{f}, a.lang())...)
	}
	switch {
	case len(faults) > 0:
		return TrainingReportRow{}, invalid(faults...)
	case len(rows) != 1:
		return TrainingReportRow{}, invalid(domain.Fault{Field: "employee", Code: "required"})
	case rows[0].Person == a.ID:
		return TrainingReportRow{}, forbidden(string(domain.ReasonOwnMatter))
	}
	r := rows[0]
	x := store.ResultRow{ID: newID(), EmployeeID: string(r.Person), Course: r.Course, Source: string(domain.FromRecorded), Score: r.Score, Passed: r.Passed, At: r.At.UTC(), ByID: string(a.ID)}
	if r.Passed {
		until := r.Until.UTC()
		x.ValidUntil = &until
	}
	v := TrainingReportRow{Row: 1, Person: names{dir}.person(r.Person), Course: r.Course, Score: r.Score, Passed: r.Passed, Until: timeOf(r.Until), Result: TrainingUnchanged}
	if !r.Passed {
		v.Until = nil
	}
	_, err = s.once(ctx, a, key, routeTraining, in, func() (int, error) {
		note, err := s.keepAbout(ctx, x.ID, strings.TrimSpace(in.Comment), a.ID)
		if err != nil {
			return 0, err
		}
		kept, err := s.cfg.Store.RecordResults(ctx, []store.ResultRow{x}, &store.Event{At: s.now(), Actor: string(a.ID), Kind: "training_recorded", Subject: x.ID, Rule: "personnel",
			Result: "allowed", Detail: map[string]any{"person": x.EmployeeID, "course": x.Course, "score": strconv.Itoa(x.Score), "note": note.Object}}, false)
		switch {
		case err != nil || !kept.Fresh[x.ID]:
		case !r.Passed:
			v.Result = TrainingFailed
		case len(kept.Changed) > 0:
			v.Result = TrainingRecords
		default:
			v.Result = TrainingKeeps
		}
		return 200, err
	})
	s.poke()
	return v, err
}

// list is the result as a list of one row, so that what holds of lists holds of it.
func (in TrainingResultInput) list() ([]byte, error) {
	passed := ""
	if in.Passed != nil {
		passed = map[bool]string{true: "是", false: "否"}[*in.Passed]
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err := w.WriteAll([][]string{{"工号", "课程", "成绩", "考试日期", "是否通过", "有效期至"}, {in.Employee, in.Course, strconv.Itoa(in.Score), in.On, passed, in.Until}})
	if err != nil {
		return nil, fmt.Errorf("write a list of one result: %w", err)
	}
	return b.Bytes(), nil
}

// keepAbout seals a note under a key of its own, that of what it is about.
func (s *Service) keepAbout(ctx context.Context, about, text string, by domain.EmployeeID) (*domain.Ref, error) {
	wrapped, err := s.cfg.Keyring.NewCaseKey(about)
	if err != nil {
		return nil, fmt.Errorf("make the key of a note: %w", err)
	}
	if err := s.cfg.Store.PutCaseKey(ctx, about, wrapped); err != nil {
		return nil, fmt.Errorf("keep the key of a note: %w", err)
	}
	return s.keep(ctx, about, "note", Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(text)}, by)
}
