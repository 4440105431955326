package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// trainingRoutes are the pages of training (R4.2.2).
func trainingRoutes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	out := []Route{
		{Method: get, Path: "/trainings", handle: (*Web).trainings},
		{Method: get, Path: "/trainings/overview", handle: (*Web).trainingStands},
		{Method: get, Path: "/trainings/import", handle: (*Web).trainingImportForm},
		{Method: post, Path: "/trainings/import", handle: (*Web).trainingImport},
		{Method: post, Path: "/trainings/results", handle: (*Web).recordTraining},
		{Method: get, Path: "/trainings/import/template.xlsx", handle: (*Web).trainingTemplate},
		{Method: get, Path: "/trainings/attempts/:id", handle: (*Web).attempt},
		{Method: post, Path: "/trainings/attempts/:id/answers", handle: (*Web).answerAttempt},
		{Method: get, Path: "/courses", handle: (*Web).courses},
		{Method: post, Path: "/courses", handle: (*Web).draftCourse},
		{Method: get, Path: "/courses/:course", handle: (*Web).course},
		{Method: post, Path: "/courses/:course/attempts", handle: (*Web).beginAttempt},
		{Method: get, Path: "/courses/:course/versions/:number", handle: (*Web).courseVersion},
	}
	for _, act := range courseActs {
		out = append(out, Route{Method: post, Path: "/courses/:course/versions/:number/" + string(act), handle: (*Web).moveCourse})
	}
	return out
}

func (w *Web) trainings(c echo.Context, v *View) error {
	v.Title, v.Nav = v.T("train.title"), "trainings"
	d, err := w.Service.MyTrainings(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, trainingsPage(v, d))
}

func (w *Web) course(c echo.Context, v *View) error { return w.showCourse(c, v, http.StatusOK) }

func (w *Web) showCourse(c echo.Context, v *View, status int) error {
	d, err := w.Service.Course(ctxOf(c), v.Actor, c.Param("course"))
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.Label(d.Title), "trainings"
	return w.show(c, status, coursePage(v, d))
}

func (w *Web) beginAttempt(c echo.Context, v *View) error {
	a, err := w.Service.BeginAttempt(ctxOf(c), v.Actor, c.FormValue("key"), c.Param("course"))
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/trainings/attempts/"+a.ID)
	}
	e := service.AsError(err)
	if e.Kind != service.TooMany {
		return err
	}
	n := v.failure(e)
	v.Notice = &n
	return w.showCourse(c, v, w.note(c, e))
}

// quizForm is what was chosen, and what is wrong with it.
type quizForm struct {
	Chosen  map[string][]string
	Missing []string // questions without an answer
}

func (w *Web) attempt(c echo.Context, v *View) error {
	return w.showAttempt(c, v, http.StatusOK, quizForm{})
}

func (w *Web) showAttempt(c echo.Context, v *View, status int, f quizForm) error {
	a, err := w.Service.Attempt(ctxOf(c), v.Actor, c.Param("id"))
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.Label(a.Title), "trainings"
	if a.State == service.AttemptOpen {
		return w.show(c, status, quizPage(v, a, f))
	}
	return w.show(c, status, resultPage(v, a))
}

// answerField is the name of a question's field.
func answerField(question string) string { return "q." + question }

// answerAttempt takes the form's choices. Which questions there are says the service: a field of another quiz is refused
// there, as it is for a program.
func (w *Web) answerAttempt(c echo.Context, v *View) error {
	form, err := c.FormParams()
	if err != nil {
		return &service.Error{Kind: service.Malformed, Code: "form_unreadable", Cause: err}
	}
	f := quizForm{Chosen: map[string][]string{}}
	var answers []domain.QuizAnswer
	for k, vs := range form {
		if q, ok := strings.CutPrefix(k, "q."); ok {
			f.Chosen[q] = vs
			answers = append(answers, domain.QuizAnswer{Question: q, Options: vs})
		}
	}
	id := c.Param("id")
	_, err = w.Service.AnswerAttempt(ctxOf(c), v.Actor, id, answers)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, "/trainings/attempts/"+id)
	}
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Kind != service.Conflict {
		return err
	}
	for _, x := range e.Faults {
		if q := x.Params["question"]; q != "" {
			f.Missing = append(f.Missing, q)
		}
	}
	if len(f.Missing) == 0 {
		n := v.failure(e)
		v.Notice = &n
	}
	return w.showAttempt(c, v, w.note(c, e), f)
}

// standsData is the overview with what was asked for.
type standsData struct {
	service.TrainingOverview
	Filter service.TrainingFilter
}

func (w *Web) trainingStands(c echo.Context, v *View) error {
	f := service.TrainingFilter{Course: c.QueryParam("course"), State: service.TrainingStandState(c.QueryParam("state")), Needed: c.QueryParam("needed") != "",
		Text: c.QueryParam("q"), Cursor: c.QueryParam("cursor"), Limit: pageSize}
	o, err := w.Service.TrainingStands(ctxOf(c), v.Actor, f)
	if err != nil {
		return err
	}
	v.Title, v.Nav = v.T("stands.title"), "stands"
	return w.show(c, http.StatusOK, standsPage(v, standsData{o, f}))
}

func (w *Web) trainingImportForm(c echo.Context, v *View) error {
	return w.showTrainingImport(c, v, http.StatusOK, sheet{}, nil, nil)
}

func (w *Web) showTrainingImport(c echo.Context, v *View, status int, s sheet, rep *service.TrainingReport, faults []domain.Fault) error {
	v.Title, v.Nav = v.T("trimport.title"), "stands"
	return w.show(c, status, trainingImportPage(v, s, rep, faults))
}

// trainingImport checks a list of results first; exactly what was checked is taken.
func (w *Web) trainingImport(c echo.Context, v *View) error {
	s, up, err := w.readSheet(c, v)
	again := func(st int, f []domain.Fault) error { return w.showTrainingImport(c, v, st, sheet{}, nil, f) }
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	rep, err := w.Service.ImportTrainings(ctxOf(c), v.Actor, s.Key, up, c.FormValue("do") != "apply")
	if err != nil {
		return w.sheetFault(c, v, err, again)
	}
	return w.showTrainingImport(c, v, http.StatusOK, s, &rep, nil)
}

// recordTraining takes one result from the form below that of lists. What was typed stays when something is wrong with it.
func (w *Web) recordTraining(c echo.Context, v *View) error {
	score, err := strconv.Atoi(strings.TrimSpace(c.FormValue("score")))
	if err != nil {
		score = -1 // no score: the service says so
	}
	_, err = w.Service.RecordTraining(ctxOf(c), v.Actor, c.FormValue("key"), service.TrainingResultInput{Employee: c.FormValue("employee"), Course: c.FormValue("course"),
		Score: score, On: c.FormValue("on"), Until: c.FormValue("valid_until"), Comment: c.FormValue("comment")})
	if err == nil {
		return w.back(c, "/trainings/overview", "result_recorded")
	}
	e := service.AsError(err)
	if e.Kind != service.Invalid && e.Kind != service.Forbidden && e.Kind != service.Conflict {
		return err
	}
	if len(e.Faults) == 0 {
		n := v.failure(e)
		v.Notice = &n
	}
	if form, ferr := c.FormParams(); ferr == nil {
		v.Kept = maps.Clone(form)
	}
	return w.showTrainingImport(c, v, w.note(c, e), sheet{}, nil, e.Faults)
}

func (w *Web) trainingTemplate(c echo.Context, v *View) error {
	b, err := w.Service.TrainingTemplate(ctxOf(c), v.Actor)
	if err != nil {
		return err
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="trainings.xlsx"`)
	return c.Blob(http.StatusOK, xlsxType, b)
}

var (
	standTone  = map[service.TrainingStandState]string{service.StandValid: "ok", service.StandEnding: "warn", service.StandLapsed: "bad", service.StandNone: "calm"}
	standShape = map[service.TrainingStandState]string{service.StandValid: "check", service.StandEnding: "clock", service.StandLapsed: "cross", service.StandNone: "dotted"}
	standOrder = []service.TrainingStandState{service.StandValid, service.StandEnding, service.StandLapsed, service.StandNone}

	trainingTone  = map[string]string{service.TrainingRecords: "ok", service.TrainingKeeps: "info", service.TrainingFailed: "warn", service.TrainingUnchanged: "calm"}
	trainingShape = map[string]string{service.TrainingRecords: "check", service.TrainingKeeps: "half", service.TrainingFailed: "cross", service.TrainingUnchanged: "dash"}

	courseTone  = map[domain.CourseState]string{domain.CourseDraft: "calm", domain.CourseReview: "info", domain.CoursePublished: "ok", domain.CourseSuperseded: "calm", domain.CourseWithdrawn: "warn"}
	courseShape = map[domain.CourseState]string{domain.CourseDraft: "dotted", domain.CourseReview: "half", domain.CoursePublished: "check", domain.CourseSuperseded: "dash", domain.CourseWithdrawn: "cross"}
)

// chose tells whether an option was chosen in a form that came back.
func (f quizForm) chose(question, option string) bool {
	return slices.Contains(f.Chosen[question], option)
}

// missed tells whether a question was left out.
func (f quizForm) missed(question string) bool { return slices.Contains(f.Missing, question) }

// is tells what a flag that may be missing says.
func is(b *bool) bool { return b != nil && *b }

// stopping counts the faults of a list that keep it from being taken: all of them.
func stopping(rep *service.TrainingReport) bool { return len(rep.Faults) > 0 }
