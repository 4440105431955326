package v1

import (
	"context"
	"strconv"

	"github.com/qunbei/qunbei/api/service"
)

// ListCourseVersions lists the versions of every course.
func (s *Server) ListCourseVersions(ctx context.Context, _ ListCourseVersionsRequestObject) (ListCourseVersionsResponseObject, error) {
	list, err := s.svc.CourseVersions(ctx, actor(ctx))
	return ListCourseVersions200JSONResponse{Items: list}, err
}

// DraftCourse stores a course's file as a draft.
func (s *Server) DraftCourse(ctx context.Context, r DraftCourseRequestObject) (DraftCourseResponseObject, error) {
	up, _, err := yamlFile(r.Body, r.MultipartBody)
	if err != nil {
		return nil, err
	}
	v, fresh, err := s.svc.DraftCourse(ctx, actor(ctx), r.Params.IdempotencyKey, up)
	if err != nil {
		return nil, err
	}
	if !fresh {
		return DraftCourse200JSONResponse(v), nil
	}
	at := s.base + "/courses/" + v.Course + "/versions/" + strconv.Itoa(v.Version)
	return DraftCourse201JSONResponse{Body: v, Headers: DraftCourse201ResponseHeaders{Location: at}}, nil
}

// GetCourseVersion is a version in full.
func (s *Server) GetCourseVersion(ctx context.Context, r GetCourseVersionRequestObject) (GetCourseVersionResponseObject, error) {
	v, err := s.svc.CourseVersion(ctx, actor(ctx), r.Course, r.Number)
	return GetCourseVersion200JSONResponse(v), err
}

func (s *Server) moveCourse(ctx context.Context, key, course string, number int, act service.CourseAct, in *CourseNote) (CourseNowJSONResponse, error) {
	note := ""
	if in != nil {
		note = value(in.Note)
	}
	v, err := s.svc.MoveCourse(ctx, actor(ctx), key, course, number, act, note)
	return CourseNowJSONResponse(v), err
}

// SubmitCourse asks a second person to review a draft.
func (s *Server) SubmitCourse(ctx context.Context, r SubmitCourseRequestObject) (SubmitCourseResponseObject, error) {
	v, err := s.moveCourse(ctx, r.Params.IdempotencyKey, r.Course, r.Number, service.CourseSubmit, r.Body)
	return SubmitCourse200JSONResponse{v}, err
}

// ReturnCourse sends a version back to its author.
func (s *Server) ReturnCourse(ctx context.Context, r ReturnCourseRequestObject) (ReturnCourseResponseObject, error) {
	v, err := s.moveCourse(ctx, r.Params.IdempotencyKey, r.Course, r.Number, service.CourseReturn, r.Body)
	return ReturnCourse200JSONResponse{v}, err
}

// PublishCourse is the second person's act.
func (s *Server) PublishCourse(ctx context.Context, r PublishCourseRequestObject) (PublishCourseResponseObject, error) {
	v, err := s.moveCourse(ctx, r.Params.IdempotencyKey, r.Course, r.Number, service.CoursePublish, r.Body)
	return PublishCourse200JSONResponse{v}, err
}

// WithdrawCourse takes a version away.
func (s *Server) WithdrawCourse(ctx context.Context, r WithdrawCourseRequestObject) (WithdrawCourseResponseObject, error) {
	v, err := s.moveCourse(ctx, r.Params.IdempotencyKey, r.Course, r.Number, service.CourseWithdraw, r.Body)
	return WithdrawCourse200JSONResponse{v}, err
}
