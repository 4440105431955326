package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const goodAnswers = `{"answers":[{"question":"state_secret","options":["c"]},{"question":"clock","options":["a","b"]}]}`

// goodTraining is one request for each operation on trainings and courses that must succeed.
func goodTraining() []*http.Request {
	get := func(p string) *http.Request { return request("GET", api.Base+p, "") }
	post := func(p, body string) *http.Request { return request("POST", api.Base+p, body) }
	out := []*http.Request{
		get("/trainings"), get("/trainings/stands?course=secrecy&state=lapsed&needed=true&q=x&limit=3"), multi(api.Base+"/trainings/imports?dry_run=true", "@file", "a,b"),
		post("/trainings/results", `{"employee":"E0001","course":"secrecy","score":90,"on":"2026-05-01","comment":"x"}`),
		get("/trainings/imports/template"), get("/courses"), header(post("/courses", "course: x"), "Content-Type", "application/yaml"), multi(api.Base+"/courses", "@file", "a: b"),
		get("/courses/secrecy"), post("/courses/secrecy/attempts", `{}`), get("/courses/secrecy/versions/2"), get("/training-attempts/" + otherID), post("/training-attempts/"+otherID+"/answers", goodAnswers),
	}
	for _, act := range []service.CourseAct{service.CourseSubmit, service.CourseReturn, service.CoursePublish, service.CourseWithdraw} {
		out = append(out, post("/courses/secrecy/versions/2/"+string(act), `{"note":"n"}`))
	}
	return out
}

// What is no answer to a quiz never reaches the service.
func TestBadTrainingInput(t *testing.T) {
	answers := api.Base + "/training-attempts/" + otherID + "/answers"
	many := strings.Repeat(`,{"question":"q","options":["a"]}`, 51)
	for name, tc := range map[string]struct {
		r      *http.Request
		status int
	}{
		"an attempt that is no id":  {request("POST", api.Base+"/training-attempts/1'/answers", goodAnswers), 404},
		"a score of one's own":      {request("POST", answers, `{"answers":[],"score":100}`), 400},
		"a score in an answer":      {request("POST", answers, `{"answers":[{"question":"q","options":["a"],"right":true}]}`), 400},
		"options that are no list":  {request("POST", answers, `{"answers":[{"question":"q","options":"a"}]}`), 400},
		"more answers than a quiz":  {request("POST", answers, `{"answers":[{"question":"q","options":["a"]}`+many+`]}`), 422},
		"a version that is none":    {request("GET", api.Base+"/courses/secrecy/versions/x", ""), 400},
		"a version beyond integers": {request("GET", api.Base+"/courses/secrecy/versions/99999999999999999999", ""), 400},
		"an unknown state":          {request("GET", api.Base+"/trainings/stands?state=perhaps", ""), 422},
		"a beginning without a key": {header(request("POST", api.Base+"/courses/secrecy/attempts", `{}`), "Idempotency-Key", ""), 400},
		"a list that is no form":    {request("POST", api.Base+"/trainings/imports", `{}`), 415},
		"a course of two megabytes": {header(request("POST", api.Base+"/courses", strings.Repeat("a", 2<<20)), "Content-Type", "application/yaml"), 413},
		"a list of 21 megabytes":    {multi(api.Base+"/trainings/imports", "@file", strings.Repeat("a", 21<<20)), 413},
	} {
		f := newFake()
		w := ask(t, server(t, f), tc.r)
		if w.Code != tc.status || len(f.called) > 0 {
			t.Errorf("%s: %d %s, reached %v", name, w.Code, w.Body, f.called)
		}
	}
}

func (f *fake) card() service.CourseCard {
	l := domain.Label{ZH: "保密培训", EN: "Secrecy"}
	v := service.CourseCard{Course: "secrecy", Version: 1, Title: l, Summary: l, State: service.StandNone}
	if !f.bare {
		v.State, v.Passed, v.Until, v.Score, v.Groups, v.Open, v.NextAt = service.StandEnding, &at, &at, 90, 2, otherID, &at
		v.Rules = domain.CourseRules{Pass: 80, Valid: 365, Draw: 10, Minutes: 30, Attempts: 3, Window: 24}
	}
	return v
}

func (f *fake) attempt() service.AttemptView {
	v := service.AttemptView{ID: otherID, Course: "secrecy", Version: 1, State: service.AttemptOpen, Started: at, Due: at}
	if !f.bare {
		v.State, v.Ended, v.Pass, v.Correct, v.Score, v.Until, v.Questions = service.AttemptPassed, &at, 80, 9, 90, &at, f.questions()
	}
	return v
}

func (f *fake) questions() []service.QuestionView {
	yes, l := true, domain.Label{ZH: "为什么", EN: "why"}
	return []service.QuestionView{{ID: "q", Text: l, Many: true, Options: []service.OptionView{{ID: "a", Text: l, Chosen: &yes, Right: &yes}}, Right: &yes, Why: &l}}
}

func (f *fake) courseVersion() service.CourseVersion {
	v := service.CourseVersion{Course: "secrecy", Version: 2, State: domain.CourseDraft, SHA256: "00", Created: at, Changed: at}
	if !f.bare {
		v.Author, v.Reviewer, v.Note, v.Published = &wang, &wang, "n", &at
	}
	return v
}

func (f *fake) MyTrainings(context.Context, service.Actor) (service.MyTrainings, error) {
	r := service.TrainingResult{Course: "secrecy", Source: domain.FromQuiz, Score: 90, Passed: true, At: at}
	if !f.bare {
		r.Until, r.Attempt, r.By = &at, otherID, &wang
	}
	return service.MyTrainings{Courses: some(f, f.card()), Results: some(f, r)}, f.note("MyTrainings")
}

func (f *fake) Course(_ context.Context, _ service.Actor, course string) (service.CourseView, error) {
	return service.CourseView{CourseCard: f.card(), Material: domain.Label{ZH: "## 一", EN: "## 1"}}, f.note("Course " + course)
}

func (f *fake) BeginAttempt(_ context.Context, _ service.Actor, key, course string) (service.AttemptView, error) {
	return f.attempt(), f.note("BeginAttempt " + key + course)
}

func (f *fake) Attempt(_ context.Context, _ service.Actor, id string) (service.AttemptView, error) {
	return f.attempt(), f.note("Attempt " + id)
}

func (f *fake) AnswerAttempt(_ context.Context, _ service.Actor, id string, answers []domain.QuizAnswer) (service.AttemptView, error) {
	return f.attempt(), f.note(fmt.Sprint("AnswerAttempt ", id, answers))
}

func (f *fake) TrainingStands(context.Context, service.Actor, service.TrainingFilter) (service.TrainingOverview, error) {
	v := service.TrainingOverview{Items: some(f, service.TrainingStand{Person: wang, State: service.StandNone})}
	if !f.bare {
		v.Course, v.Counts, v.Next, v.Courses = "secrecy", map[string]int{"none": 3}, "next", []service.CourseChoice{{Course: "secrecy"}}
		v.Items = append(v.Items, service.TrainingStand{Person: wang, State: service.StandValid, Needed: true, Source: domain.FromImport, Score: 88, Passed: &at, Until: &at})
	}
	return v, f.note("TrainingStands")
}

func (f *fake) ImportTrainings(_ context.Context, _ service.Actor, _ string, up service.Upload, dry bool) (service.TrainingReport, error) {
	f.up = up
	v := service.TrainingReport{DryRun: dry}
	if !f.bare {
		v.Counts, v.Rows = map[string]int{"records": 1}, []service.TrainingReportRow{{Row: 2, Person: wang, Course: "secrecy", Score: 90, Passed: true, Until: &at, Result: service.TrainingRecords}}
		v.Faults = []service.DirectoryFault{{Row: 3, Column: "成绩", Code: "bad_score", Text: "不是成绩"}}
	}
	return v, f.note("ImportTrainings")
}

func (f *fake) RecordTraining(_ context.Context, _ service.Actor, _ string, in service.TrainingResultInput) (service.TrainingReportRow, error) {
	v := service.TrainingReportRow{Row: 1, Person: wang, Course: in.Course, Score: in.Score, Result: service.TrainingFailed}
	if !f.bare {
		v.Passed, v.Until, v.Result = true, &at, service.TrainingRecords
	}
	return v, f.note("RecordTraining")
}

func (f *fake) TrainingTemplate(context.Context, service.Actor) ([]byte, error) {
	return []byte("PK"), f.note("TrainingTemplate")
}

func (f *fake) CourseVersions(context.Context, service.Actor) ([]service.CourseVersion, error) {
	return []service.CourseVersion{f.courseVersion()}, f.note("CourseVersions")
}

func (f *fake) CourseVersion(_ context.Context, _ service.Actor, course string, n int) (service.CourseVersionView, error) {
	v := service.CourseVersionView{CourseVersion: f.courseVersion(), Body: "course: x"}
	if !f.bare {
		v.Questions, v.Can, v.Blocked = f.questions(), []service.CourseAct{service.CourseReturn}, "written_by_you"
	}
	return v, f.note(fmt.Sprint("CourseVersion ", course, n))
}

func (f *fake) DraftCourse(_ context.Context, _ service.Actor, _ string, up service.Upload) (service.CourseVersion, bool, error) {
	f.up = up
	return f.courseVersion(), !f.bare, f.note("DraftCourse")
}

func (f *fake) MoveCourse(_ context.Context, _ service.Actor, _, course string, n int, act service.CourseAct, note string) (service.CourseVersion, error) {
	return f.courseVersion(), f.note(fmt.Sprint("MoveCourse ", course, n, act, note))
}
