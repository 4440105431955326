package v1

import (
	"bytes"
	"context"

	"github.com/qunbei/qunbei/api/service"
)

// ListMyTrainings is what the actor has to learn and what they passed.
func (s *Server) ListMyTrainings(ctx context.Context, _ ListMyTrainingsRequestObject) (ListMyTrainingsResponseObject, error) {
	v, err := s.svc.MyTrainings(ctx, actor(ctx))
	return ListMyTrainings200JSONResponse(v), err
}

// ListTrainingStands is how people stand in a course.
func (s *Server) ListTrainingStands(ctx context.Context, r ListTrainingStandsRequestObject) (ListTrainingStandsResponseObject, error) {
	p := r.Params
	v, err := s.svc.TrainingStands(ctx, actor(ctx), service.TrainingFilter{Course: value(p.Course), State: service.TrainingStandState(value(p.State)), Needed: value(p.Needed),
		Text: value(p.Q), Cursor: value(p.Cursor), Limit: size(p.Limit)})
	return ListTrainingStands200JSONResponse(v), err
}

// ImportTrainings takes a list of results, or says what would come of it.
func (s *Server) ImportTrainings(ctx context.Context, r ImportTrainingsRequestObject) (ImportTrainingsResponseObject, error) {
	f, err := readForm(r.Body, map[string]int64{"file": MaxFile})
	if err != nil {
		return nil, err
	}
	up, err := f.file("file")
	if err != nil {
		return nil, err
	}
	rep, err := s.svc.ImportTrainings(ctx, actor(ctx), value(r.Params.IdempotencyKey), up, value(r.Params.DryRun))
	return ImportTrainings200JSONResponse(rep), err
}

// RecordTraining records one result of a course held elsewhere.
func (s *Server) RecordTraining(ctx context.Context, r RecordTrainingRequestObject) (RecordTrainingResponseObject, error) {
	in := r.Body
	v, err := s.svc.RecordTraining(ctx, actor(ctx), r.Params.IdempotencyKey, service.TrainingResultInput{Employee: in.Employee, Course: in.Course, Score: in.Score,
		On: in.On, Passed: in.Passed, Until: in.ValidUntil, Comment: in.Comment})
	return RecordTraining200JSONResponse(v), err
}

// GetTrainingTemplate is the empty list of results.
func (s *Server) GetTrainingTemplate(ctx context.Context, _ GetTrainingTemplateRequestObject) (GetTrainingTemplateResponseObject, error) {
	b, err := s.svc.TrainingTemplate(ctx, actor(ctx))
	if err != nil {
		return nil, err
	}
	attach(ctx, "trainings.xlsx")
	return GetTrainingTemplate200ApplicationvndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{Body: bytes.NewReader(b), ContentLength: int64(len(b))}, nil
}

// GetCourse is a course to read.
func (s *Server) GetCourse(ctx context.Context, r GetCourseRequestObject) (GetCourseResponseObject, error) {
	v, err := s.svc.Course(ctx, actor(ctx), r.Course)
	return GetCourse200JSONResponse(v), err
}

// BeginAttempt draws a quiz.
func (s *Server) BeginAttempt(ctx context.Context, r BeginAttemptRequestObject) (BeginAttemptResponseObject, error) {
	v, err := s.svc.BeginAttempt(ctx, actor(ctx), r.Params.IdempotencyKey, r.Course)
	return BeginAttempt200JSONResponse(v), err
}

// GetAttempt is one of the actor's attempts.
func (s *Server) GetAttempt(ctx context.Context, r GetAttemptRequestObject) (GetAttemptResponseObject, error) {
	v, err := s.svc.Attempt(ctx, actor(ctx), r.Id)
	return GetAttempt200JSONResponse(v), err
}

// AnswerAttempt ends an attempt with its answers.
func (s *Server) AnswerAttempt(ctx context.Context, r AnswerAttemptRequestObject) (AnswerAttemptResponseObject, error) {
	v, err := s.svc.AnswerAttempt(ctx, actor(ctx), r.Id, r.Body.Answers)
	return AnswerAttempt200JSONResponse(v), err
}
