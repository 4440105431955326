package web_test

import (
	"context"
	"strings"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/deploy/courses"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// secrecy is the shipped course: pages are seen with what people will read.
var secrecy = func() *domain.Course {
	c, err := policy.ParseCourse(courses.Secrecy)
	if err != nil {
		panic(err)
	}
	return c
}()

// The script's attempts: one under way, one passed, one failed, one out of time.
var attemptOpen, attemptPassed, attemptFailed, attemptExpired = id(901), id(902), id(903), id(904)

func (s *script) card() service.CourseCard {
	passed, until := s.now.AddDate(-1, 0, 12), s.now.AddDate(0, 0, 12)
	return service.CourseCard{Course: secrecy.Key, Version: 1, Title: secrecy.Title, Summary: secrecy.Summary, Rules: secrecy.Rules, State: service.StandEnding, Passed: &passed, Until: &until, Score: 90, Groups: 2}
}

func (s *script) MyTrainings(_ context.Context, a service.Actor) (service.MyTrainings, error) {
	if s.empty {
		return service.MyTrainings{}, nil
	}
	card, fire := s.card(), s.card()
	if a.Number == "E0007" { // in the midst of it
		card.Open, card.State, card.Until = attemptOpen, service.StandLapsed, ptr(s.now.AddDate(0, 0, -3))
	}
	fire.Course, fire.Title, fire.Summary, fire.State, fire.Until, fire.Groups = "fire", domain.Label{ZH: "消防安全", EN: "Fire safety"}, domain.Label{ZH: "灭火器和疏散路线。", EN: "Extinguishers and ways out."}, service.StandNone, nil, 0
	return service.MyTrainings{Courses: []service.CourseCard{card, fire}, Results: []service.TrainingResult{
		{Course: "secrecy", Title: secrecy.Title, Source: domain.FromQuiz, Score: 90, Passed: true, At: s.now.AddDate(-1, 0, 12), Until: ptr(s.now.AddDate(0, 0, 12)), Attempt: attemptPassed},
		{Course: "secrecy", Title: secrecy.Title, Source: domain.FromQuiz, Score: 60, At: s.now.AddDate(-1, 0, 11), Attempt: attemptFailed},
		{Course: "secrecy", Title: secrecy.Title, Source: domain.FromImport, Score: 85, Passed: true, At: s.now.AddDate(-2, 0, 0), Until: ptr(s.now.AddDate(-1, 0, 0)), By: &people[5]},
	}}, nil
}

func (s *script) Course(_ context.Context, a service.Actor, course string) (service.CourseView, error) {
	if course != "secrecy" {
		return service.CourseView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	card := s.card()
	if a.Number == "E0008" { // has none left
		card.NextAt, card.State = ptr(s.now.Add(5*time.Hour)), service.StandNone
	}
	return service.CourseView{CourseCard: card, Material: secrecy.Material}, nil
}

func (s *script) BeginAttempt(_ context.Context, a service.Actor, _, _ string) (service.AttemptView, error) {
	if a.Number == "E0008" {
		return service.AttemptView{}, &service.Error{Kind: service.TooMany, Code: "attempts_used_up", RetryAfter: 60, Params: map[string]string{"n": "3", "hours": "24", "at": "2026-11-24T00:00:00Z"}}
	}
	s.learnt("begin")
	return service.AttemptView{ID: attemptOpen}, nil
}

func (s *script) learnt(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.did = append(s.did, what)
}

func (s *script) Attempt(_ context.Context, _ service.Actor, is string) (service.AttemptView, error) {
	v := service.AttemptView{ID: is, Course: "secrecy", Version: 1, Title: secrecy.Title, State: service.AttemptOpen, Started: s.now, Due: s.now.Add(28 * time.Minute), Pass: 80}
	quiz := domain.DrawQuiz(secrecy.Questions, 10, 42)
	var wrong map[int]bool
	switch is {
	case attemptOpen:
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, d := range s.did {
			if d == "answered" {
				v.State, wrong = service.AttemptPassed, map[int]bool{}
			}
		}
	case attemptPassed:
		v.State, wrong = service.AttemptPassed, map[int]bool{3: true}
	case attemptFailed:
		v.State, wrong = service.AttemptFailed, map[int]bool{0: true, 3: true, 4: true, 8: true}
	case attemptExpired:
		v.State = service.AttemptExpired
		return v, nil
	default:
		return v, &service.Error{Kind: service.NotFound, Code: "not_found"}
	}
	for i, q := range quiz {
		x := service.QuestionView{ID: q.ID, Text: q.Text, Many: q.Many}
		ok := !wrong[i]
		for j, o := range q.Options {
			y := service.OptionView{ID: o.ID, Text: o.Text}
			if v.State != service.AttemptOpen {
				right, chosen := o.Right, o.Right == ok && (ok || j < 2)
				y.Right, y.Chosen = &right, &chosen
			}
			x.Options = append(x.Options, y)
		}
		if v.State != service.AttemptOpen {
			x.Right, x.Why = &ok, &q.Why
		}
		v.Questions = append(v.Questions, x)
	}
	if v.State != service.AttemptOpen {
		v.Correct = 10 - len(wrong)
		v.Score = 10 * v.Correct
	}
	if v.State == service.AttemptPassed {
		v.Until = ptr(s.now.AddDate(1, 0, 1))
	}
	return v, nil
}

func (s *script) AnswerAttempt(ctx context.Context, a service.Actor, is string, answers []domain.QuizAnswer) (service.AttemptView, error) {
	if faults := domain.CheckAnswers(domain.DrawQuiz(secrecy.Questions, 10, 42), answers); len(faults) > 0 {
		return service.AttemptView{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: faults}
	}
	s.learnt("answered")
	return s.Attempt(ctx, a, is)
}

func (s *script) TrainingStands(_ context.Context, _ service.Actor, f service.TrainingFilter) (service.TrainingOverview, error) {
	o := service.TrainingOverview{Course: "secrecy", Title: secrecy.Title, Courses: []service.CourseChoice{{Course: "secrecy", Title: secrecy.Title}},
		Counts: map[string]int{"valid": 180, "ending": 21, "lapsed": 9, "none": 90, "needed_valid": 48, "needed_ending": 6, "needed_lapsed": 2, "needed_none": 11}}
	if f.Text == "nobody" {
		return o, nil
	}
	states := []service.TrainingStandState{service.StandValid, service.StandEnding, service.StandLapsed, service.StandNone}
	for i, p := range people {
		x := service.TrainingStand{Person: p, State: states[i%4], Needed: i%2 == 0}
		if x.State != service.StandNone {
			x.Source, x.Score, x.Passed, x.Until = domain.FromQuiz, 80+i, ptr(s.now.AddDate(-1, 0, i)), ptr(s.now.AddDate(0, 0, 20-20*(i%4)))
		}
		o.Items = append(o.Items, x)
	}
	o.Next = "next"
	return o, nil
}

func (s *script) RecordTraining(_ context.Context, a service.Actor, _ string, in service.TrainingResultInput) (service.TrainingReportRow, error) {
	s.learnt("recorded " + a.Number + " " + in.Employee)
	return service.TrainingReportRow{Row: 1, Person: people[0], Course: in.Course, Score: in.Score, Result: "records"}, nil
}

func (s *script) ImportTrainings(_ context.Context, a service.Actor, key string, up service.Upload, dry bool) (service.TrainingReport, error) {
	rep := service.TrainingReport{DryRun: dry, Counts: map[string]int{"records": 2, "failed": 1, "unchanged": 1}}
	for i, r := range []string{"records", "records", "failed", "unchanged"} {
		x := service.TrainingReportRow{Row: i + 2, Person: people[i], Course: "secrecy", Score: 95 - 15*i, Passed: r != "failed", Result: r}
		if x.Passed {
			x.Until = ptr(s.now.AddDate(1, 0, 0))
		}
		rep.Rows = append(rep.Rows, x)
	}
	if strings.Contains(string(up.Data), "bad") {
		faults := []service.DirectoryFault{{Row: 3, Column: "成绩", Code: "bad_score", Text: "“-5”不是成绩，应为 0 到 100 的数。"}, {Row: 7, Column: "工号", Code: "unknown_employee", Text: "没有工号为“E9999”的员工。"}}
		rep.Faults = faults
	}
	if !dry {
		s.learnt("imported " + a.Number + " " + key)
	}
	return rep, nil
}

func (s *script) TrainingTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK"), nil
}

func (s *script) courseVersions() []service.CourseVersion {
	return []service.CourseVersion{
		{Course: "secrecy", Version: 3, Title: secrecy.Title, State: domain.CourseReview, SHA256: "00", Author: &people[1], Created: s.now, Changed: s.now.Add(-time.Hour)},
		{Course: "secrecy", Version: 2, Title: secrecy.Title, State: domain.CoursePublished, SHA256: "01", Author: &people[1], Reviewer: &people[6], Created: s.now, Changed: s.now.AddDate(0, -1, 0), Published: ptr(s.now)},
		{Course: "secrecy", Version: 1, Title: secrecy.Title, State: domain.CourseSuperseded, SHA256: "02", Created: s.now, Changed: s.now.AddDate(0, -3, 0), Published: ptr(s.now)},
	}
}

func (s *script) CourseVersions(context.Context, service.Actor) ([]service.CourseVersion, error) {
	return s.courseVersions(), nil
}

func (s *script) CourseVersion(_ context.Context, a service.Actor, _ string, n int) (service.CourseVersionView, error) {
	for _, x := range s.courseVersions() {
		if x.Version != n {
			continue
		}
		v := service.CourseVersionView{CourseVersion: x, Body: string(courses.Secrecy), Summary: secrecy.Summary, Rules: secrecy.Rules, Material: secrecy.Material}
		if a.Has(domain.RoleSecurity) && n == 3 {
			v.Can, v.Blocked = []service.CourseAct{service.CourseReturn, service.CourseWithdraw}, "written_by_you"
		}
		for _, q := range secrecy.Questions {
			y := service.QuestionView{ID: q.ID, Text: q.Text, Many: q.Many, Why: &q.Why}
			for _, o := range q.Options {
				right := o.Right
				y.Options = append(y.Options, service.OptionView{ID: o.ID, Text: o.Text, Right: &right})
			}
			v.Questions = append(v.Questions, y)
		}
		return v, nil
	}
	return service.CourseVersionView{}, &service.Error{Kind: service.NotFound, Code: "not_found"}
}

func (s *script) DraftCourse(_ context.Context, _ service.Actor, _ string, file service.Upload) (service.CourseVersion, bool, error) {
	if _, err := policy.ParseCourse(file.Data); err != nil {
		return service.CourseVersion{}, false, &service.Error{Kind: service.Invalid, Code: "rules_faulty", Params: map[string]string{"n": "1"}, Defects: defectsOf(err)}
	}
	s.learnt("drafted")
	return s.courseVersions()[0], true, nil
}

func (s *script) MoveCourse(_ context.Context, _ service.Actor, _, _ string, _ int, act service.CourseAct, note string) (service.CourseVersion, error) {
	if act == service.CourseReturn && strings.TrimSpace(note) == "" {
		return service.CourseVersion{}, &service.Error{Kind: service.Invalid, Code: "invalid", Faults: []domain.Fault{{Field: "note", Code: "required"}}}
	}
	s.learnt(string(act) + " " + note)
	return s.courseVersions()[0], nil
}
