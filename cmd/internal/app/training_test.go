package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/deploy/courses"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// rightly answers an attempt with all that is right, but for the first n questions.
func rightly(t *testing.T, a service.AttemptView, wrong int) map[string]any {
	t.Helper()
	c, err := policy.ParseCourse(courses.Secrecy)
	if err != nil {
		t.Fatal(err)
	}
	var out []domain.QuizAnswer
	for i, q := range a.Questions {
		x := domain.QuizAnswer{Question: q.ID}
		j := slices.IndexFunc(c.Questions, func(y domain.Question) bool { return y.ID == q.ID })
		for _, o := range c.Questions[j].Options {
			if o.Right != (i < wrong) && (len(x.Options) == 0 || q.Many && i >= wrong) {
				x.Options = append(x.Options, o.ID)
			}
		}
		if len(x.Options) == 0 { // every option is right: one alone is wrong
			x.Options = []string{q.Options[0].ID}
		}
		out = append(out, x)
	}
	return map[string]any{"answers": out}
}

func (r *running) begin(t *testing.T, who string) (a service.AttemptView) {
	t.Helper()
	r.post(t, who, "/courses/secrecy/attempts", map[string]any{}, "Idempotency-Key", act()).is(t, http.StatusOK).into(t, &a)
	return a
}

func (r *running) training(t *testing.T, who string) service.CourseCard {
	t.Helper()
	var m service.MyTrainings
	r.get(t, who, "/trainings").is(t, http.StatusOK).into(t, &m)
	for _, c := range m.Courses {
		if c.Course == "secrecy" {
			return c
		}
	}
	t.Fatalf("the course is not there: %+v", m)
	return service.CourseCard{}
}

// Somebody reads, fails, tries again and passes; the result holds for a year, its quiz is their own, and nothing about it
// can be had without answering.
func TestSomebodyPassesTheTraining(t *testing.T) {
	r := shared(t)
	const who, other = "E0131", "E0132"
	if c := r.training(t, who); c.State != service.StandNone || c.Until != nil {
		t.Fatalf("%+v", c)
	}
	a := r.begin(t, who)
	if a.State != service.AttemptOpen || len(a.Questions) != 10 || a.Due.Sub(a.Started) != 30*time.Minute {
		t.Fatalf("%+v", a)
	}
	raw := string(r.get(t, who, "/training-attempts/"+a.ID).is(t, http.StatusOK).body)
	for _, word := range []string{`"right"`, `"why"`, `"chosen"`} {
		if strings.Contains(raw, word) {
			t.Errorf("the open quiz tells %s", word)
		}
	}
	if b := r.begin(t, who); b.ID != a.ID || fmt.Sprint(b.Questions) != fmt.Sprint(a.Questions) {
		t.Error("a second quiz was drawn beside the first")
	}
	path := "/training-attempts/" + a.ID
	// Nobody else sees or answers it.
	r.get(t, other, path).refused(t, 404, "not_found", "", "")
	r.post(t, other, path+"/answers", rightly(t, a, 0)).refused(t, 404, "not_found", "", "")
	b := r.begin(t, other)
	if fmt.Sprint(b.Questions) == fmt.Sprint(a.Questions) {
		t.Error("two people were drawn the same quiz")
	}
	// Answers of another attempt, with a question too many, or with points of one's own.
	foreign := rightly(t, a, 0)
	list := slices.Clone(foreign["answers"].([]domain.QuizAnswer))
	list[0].Question = "no_such"
	r.post(t, who, path+"/answers", map[string]any{"answers": list}).refused(t, 422, "invalid", "answers[0].question", "not_in_attempt")
	list[0] = list[1]
	r.post(t, who, path+"/answers", map[string]any{"answers": list}).refused(t, 422, "invalid", "answers[1].question", "named_twice")
	r.post(t, who, path+"/answers", map[string]any{"answers": list[:3]}).refused(t, 422, "invalid", "", "")
	r.post(t, who, path+"/answers", map[string]any{"answers": foreign["answers"], "score": 100}).refused(t, 400, "invalid", "score", "unknown_field")
	r.post(t, who, path+"/answers", map[string]any{"answers": nil}).refused(t, 422, "invalid", "", "")

	bad := rightly(t, a, 3)
	var v service.AttemptView
	r.post(t, who, path+"/answers", bad).is(t, http.StatusOK).into(t, &v)
	if v.State != service.AttemptFailed || v.Score != 70 || v.Correct != 7 || v.Questions[0].Why == nil || *v.Questions[0].Right || !*v.Questions[9].Right {
		t.Errorf("%+v", v)
	}
	r.post(t, who, path+"/answers", bad).is(t, http.StatusOK)                                  // the same again: the same result
	r.post(t, who, path+"/answers", rightly(t, a, 0)).refused(t, 409, "attempt_ended", "", "") // better ones come too late
	if c := r.training(t, who); c.State != service.StandNone {
		t.Errorf("a failed attempt counts: %+v", c)
	}
	a = r.begin(t, who)
	good := rightly(t, a, 2)
	var wg sync.WaitGroup
	passed := make([]service.AttemptView, 4)
	for i := range passed { // four times at once
		wg.Go(func() {
			r.post(t, who, "/training-attempts/"+a.ID+"/answers", good).is(t, http.StatusOK).into(t, &passed[i])
		})
	}
	wg.Wait()
	for _, v := range passed {
		if v.State != service.AttemptPassed || v.Score != 80 || v.Until == nil {
			t.Errorf("%+v", v)
		}
	}
	c := r.training(t, who)
	if c.State != service.StandValid || c.Score != 80 || c.Until == nil || time.Until(*c.Until) < 364*24*time.Hour || time.Until(*c.Until) > 367*24*time.Hour {
		t.Errorf("%+v", c)
	}
	var n, gates int
	r.sql(t, &n, `SELECT count(*) FROM training_results r JOIN employees e ON e.id = r.employee_id WHERE e.number = $1`, who)
	r.sql(t, &gates, `SELECT count(*) FROM outbox o, employees e WHERE o.kind = 'clearance' AND o.payload->'people' ? e.id::text AND e.number = $1`, who)
	if n != 2 || gates != 1 {
		t.Errorf("%d results, the gates were told %d times", n, gates)
	}
}

// The attempts are bounded; a key that was used gives its attempt again; the time of an attempt ends.
func TestAttemptsRunOut(t *testing.T) {
	r := shared(t)
	const who = "E0133"
	key := act()
	var first, again service.AttemptView
	r.post(t, who, "/courses/secrecy/attempts", map[string]any{}, "Idempotency-Key", key).is(t, http.StatusOK).into(t, &first)
	r.post(t, who, "/training-attempts/"+first.ID+"/answers", rightly(t, first, 9)).is(t, http.StatusOK)
	r.post(t, who, "/courses/secrecy/attempts", map[string]any{}, "Idempotency-Key", key).is(t, http.StatusOK).into(t, &again)
	if again.ID != first.ID || again.State != service.AttemptFailed {
		t.Errorf("a key began two attempts: %+v", again)
	}
	for range 2 {
		a := r.begin(t, who)
		r.post(t, who, "/training-attempts/"+a.ID+"/answers", rightly(t, a, 9)).is(t, http.StatusOK)
	}
	x := r.post(t, who, "/courses/secrecy/attempts", map[string]any{}, "Idempotency-Key", act())
	x.refused(t, 429, "attempts_used_up", "", "")
	if x.header.Get("Retry-After") == "" {
		t.Error("when it can be tried again is not said")
	}
	if c := r.training(t, who); c.NextAt == nil || time.Until(*c.NextAt) > 24*time.Hour || time.Until(*c.NextAt) < 23*time.Hour {
		t.Errorf("%+v", c.NextAt)
	}
	r.post(t, who, "/courses/nothing/attempts", map[string]any{}, "Idempotency-Key", act()).refused(t, 404, "not_found", "", "")
}

// HR brings in results of elsewhere: a dry run names every fault by row and column and writes nothing, faults keep the whole
// list out, the same list again changes nothing.
func TestResultsComeInByList(t *testing.T) {
	r := shared(t)
	today := time.Now().In(time.FixedZone("CST", 8*3600)).AddDate(0, 0, -1).Format(time.DateOnly)
	hr := r.holders(t, "hr")[0]
	name := r.name(t, "E0134")
	list := "工号,姓名,课程,成绩,考试日期\nE0134," + name + ",保密培训,92," + today + "\nE0135,,secrecy,55," + today + "\n"
	faulty := list + "E0134,谁也不是,保密培训,90,2026-01-05\nE9999,,保密培训,90,2026-01-05\nE0136,,保密培训,-5,2026-01-05\nE0136,,烹饪,90,明天\n"
	send := func(query, data string) reply {
		return r.upload(t, hr, "/trainings/imports"+query, "file", "成绩.csv", "text/csv", []byte(data), nil, "Idempotency-Key", act())
	}
	r.upload(t, "E0040", "/trainings/imports", "file", "a.csv", "text/csv", []byte(list), nil, "Idempotency-Key", act()).is(t, 403)
	var rep service.TrainingReport
	send("?dry_run=true", faulty).is(t, 200).into(t, &rep)
	var at []string
	for _, f := range rep.Faults {
		at = append(at, fmt.Sprintf("%d %s %s", f.Row, f.Column, f.Code))
	}
	if want := []string{"4 姓名 name_differs", "5 工号 unknown_employee", "6 成绩 bad_score", "7 课程 unknown_value", "7 考试日期 not_a_date"}; !slices.Equal(at, want) {
		t.Errorf("%q", at)
	}
	if rep.Counts[service.TrainingRecords] != 1 || rep.Counts[service.TrainingFailed] != 1 || r.training(t, "E0134").State != service.StandNone {
		t.Errorf("a dry run wrote, or told otherwise: %+v", rep.Counts)
	}
	send("", faulty).refused(t, 422, "invalid", "rows[4].name", "name_differs")
	if r.training(t, "E0134").State != service.StandNone {
		t.Error("a part of a faulty list was taken")
	}
	send("", list).is(t, 200)
	if c := r.training(t, "E0134"); c.State != service.StandValid || c.Score != 92 {
		t.Errorf("%+v", c)
	}
	rep = service.TrainingReport{}
	send("", list).is(t, 200).into(t, &rep)
	if rep.Counts[service.TrainingUnchanged] != 2 {
		t.Errorf("the same list again: %+v", rep.Counts)
	}
	send("", "PK\x03\x04").refused(t, 422, "invalid", "file", "is_an_xlsx")
	send("", strings.Repeat("a", 21<<20)).is(t, 413)

	var o service.TrainingOverview
	r.get(t, hr, "/trainings/stands?course=secrecy&q=E0134").is(t, 200).into(t, &o)
	if len(o.Items) != 1 || o.Items[0].State != service.StandValid || o.Items[0].Source != domain.FromImport || o.Counts["none"] == 0 {
		t.Errorf("%+v", o)
	}
	r.get(t, "E0040", "/trainings/stands").is(t, 403)
	r.get(t, hr, "/trainings/stands?cursor=abc").refused(t, 400, "cursor_invalid", "", "")
	r.get(t, hr, "/trainings/stands?course=nothing").refused(t, 404, "not_found", "", "")
}

func (r *running) holders(t *testing.T, role string) []string {
	t.Helper()
	var list []string
	r.sql(t, &list, `SELECT array_agg(number ORDER BY number) FROM employees WHERE active AND $1 = ANY (roles)`, role)
	if len(list) < 2 {
		t.Fatalf("%s: %v", role, list)
	}
	return list
}

// HR records one result of a course held elsewhere, by the rules of lists and with what it stands on; the same again changes
// nothing, and nobody records their own.
func TestOneResultIsRecordedByHand(t *testing.T) {
	r := shared(t)
	const at, who = "/trainings/results", "E0123"
	body := func(kv ...any) map[string]any {
		m := map[string]any{"employee": who, "course": "secrecy", "score": 92, "on": time.Now().AddDate(0, 0, -3).Format(time.DateOnly), "comment": "线下培训签到表第3页"}
		for i := 0; i+1 < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return m
	}
	for name, c := range map[string]struct {
		body  map[string]any
		field string
	}{
		"without a reason": {body("comment", " "), "comment"}, "of tomorrow": {body("on", time.Now().AddDate(0, 0, 2).Format(time.DateOnly)), "on"},
		"of nobody": {body("employee", "E9999"), "employee"}, "of no course": {body("course", "cooking"), "course"}, "too low for a pass": {body("score", 10, "passed", true), "passed"},
	} {
		if p := r.post(t, "E0260", at, c.body).is(t, 422).problem(t); len(p.Faults) != 1 || p.Faults[0].Field != c.field || p.Faults[0].Message == "" {
			t.Errorf("%s: %+v", name, p.Faults)
		}
	}
	r.post(t, "E0260", at, body("employee", "E0260")).is(t, http.StatusForbidden)
	r.post(t, "E0040", at, body()).is(t, http.StatusForbidden)
	var row service.TrainingReportRow
	for _, want := range []string{service.TrainingRecords, service.TrainingUnchanged} {
		r.post(t, "E0260", at, body()).is(t, http.StatusOK).into(t, &row)
		if row.Result != want || !row.Passed || row.Until == nil || row.Person.Number != who {
			t.Errorf("recorded: %+v, want %s", row, want)
		}
	}
	var mine service.MyTrainings
	r.get(t, who, "/trainings").is(t, http.StatusOK).into(t, &mine)
	if len(mine.Results) != 1 || !mine.Results[0].Passed || mine.Results[0].Source != domain.FromRecorded || mine.Results[0].Until == nil {
		t.Errorf("it does not count: %+v", mine.Results)
	}
	var events, plain int
	r.sql(t, &events, `SELECT count(*) FROM api_events WHERE kind = 'training_recorded' AND detail->>'person' = $1 AND detail ? 'note'`, string(r.id(t, who)))
	r.sql(t, &plain, `SELECT count(*) FROM api_events WHERE detail::text LIKE '%签到表%'`)
	if events == 0 || plain != 0 {
		t.Errorf("%d events, %d with the reason in the open", events, plain)
	}
}

// A new version takes a second security officer; who is in the midst of a quiz ends it by the version they began.
func TestACourseTakesTwoOfficers(t *testing.T) {
	r := own(t, nil)
	sec := r.holders(t, "security_officer")
	body := bytes.Replace(courses.Secrecy, []byte("pass: 80"), []byte("pass: 100"), 1)
	learner := r.begin(t, "E0141")
	r.yaml(t, "E0040", "/courses", body).is(t, 403)
	broken := bytes.Replace(body, []byte("draw: 10"), []byte("draw: -10"), 1)
	p := r.yaml(t, sec[0], "/courses", broken).refused(t, 422, "rules_faulty", "", "")
	if len(p.Defects) != 1 || p.Defects[0].Line != 8 || p.Defects[0].Path != "rules.draw" {
		t.Errorf("%+v", p.Defects)
	}
	var v service.CourseVersion
	r.yaml(t, sec[0], "/courses", body).is(t, 201).into(t, &v)
	r.yaml(t, sec[0], "/courses", body).is(t, 200)
	if v.Version != 2 || v.State != domain.CourseDraft {
		t.Fatalf("%+v", v)
	}
	on := func(who, what, note string) reply {
		return r.post(t, who, "/courses/secrecy/versions/2/"+what, map[string]any{"note": note}, "Idempotency-Key", act())
	}
	on(sec[1], "publications", "").refused(t, 409, "course_state", "", "")
	on(sec[0], "submissions", "").is(t, 200)
	on(sec[0], "publications", "").refused(t, 403, "course_two_people", "", "")
	on(sec[1], "returns", "").refused(t, 422, "invalid", "note", "required")
	on("E0040", "publications", "").is(t, 403)
	on(sec[1], "publications", "看过了").is(t, 200).into(t, &v)
	if v.State != domain.CoursePublished || v.Reviewer == nil || v.Reviewer.Number != sec[1] {
		t.Errorf("%+v", v)
	}
	r.post(t, sec[1], "/courses/secrecy/versions/99999/withdrawals", map[string]any{}, "Idempotency-Key", act()).refused(t, 404, "not_found", "", "")
	var end service.AttemptView
	r.post(t, "E0141", "/training-attempts/"+learner.ID+"/answers", rightly(t, learner, 2)).is(t, 200).into(t, &end)
	if end.Version != 1 || end.Pass != 80 || end.State != service.AttemptPassed {
		t.Errorf("an attempt is graded by rules that it did not begin with: %+v", end)
	}
	next := r.begin(t, "E0142")
	r.post(t, "E0142", "/training-attempts/"+next.ID+"/answers", rightly(t, next, 1)).is(t, 200).into(t, &end)
	if end.Version != 2 || end.State != service.AttemptFailed {
		t.Errorf("%+v", end)
	}
	on(sec[2], "withdrawals", "").is(t, 200)
	r.get(t, "E0143", "/courses/secrecy").refused(t, 404, "not_found", "", "")
}
