package web_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/deploy/courses"
	"github.com/qunbei/qunbei/models/policy"
)

func defectsOf(err error) []service.Defect {
	var fe *policy.FileError
	if !errors.As(err, &fe) {
		return nil
	}
	return fe.Defects
}

// The pages of training are sound in every look: the material, the quiz, each result, the overview, the list with its
// faults, courses and versions.
func TestTrainingPagesInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	quiet := newScript(monday)
	quiet.empty = true
	calm := serve(t, quiet)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	list, bad := write("a.csv", "good list"), write("b.csv", "bad list")
	faulty := write("c.yaml", strings.Replace(string(courses.Secrecy), "pass: 80", "pass: -80", 1))
	pages := []struct{ who, path, name string }{
		{"E0003", "/trainings", "trainings"}, {"E0003", "/courses/secrecy", "course"}, {"E0003", "/trainings/attempts/" + attemptOpen, "quiz"},
		{"E0003", "/trainings/attempts/" + attemptPassed, "result-passed"}, {"E0003", "/trainings/attempts/" + attemptFailed, "result-failed"}, {"E0003", "/trainings/attempts/" + attemptExpired, "result-expired"},
		{"E0007", "/trainings", "trainings-open"}, {"E0008", "/courses/secrecy", "course-later"},
		{"E0002", "/trainings/overview", "stands"}, {"E0002", "/trainings/overview?q=nobody", "stands-none"}, {"E0002", "/courses", "courses"}, {"E0002", "/courses/secrecy/versions/3", "course-review"},
		{"E0002", "/courses/secrecy/versions/2", "course-published"}, {"E0005", "/courses/secrecy/versions/2", "course-auditor"},
	}
	b := browsertest.Chrome(t)
	for _, look := range browsertest.Looks() {
		t.Run(look.String(), func(t *testing.T) {
			var p *browsertest.Page
			who := ""
			for _, x := range pages {
				if x.who != who {
					p = b.Page(t, base, look)
					p.Allow("status of 4")
					p.SignIn(x.who)
					who = x.who
				}
				p.Open(x.path)
				p.Sound()
				p.Shot(x.name)
			}
			p = b.Page(t, base, look)
			p.Allow("status of 4")
			p.SignIn("E0002")
			for _, f := range []string{bad, list} {
				p.Open("/trainings/import")
				p.Upload("#f-file", f)
				p.Click("form.card button")
				p.Wait("#h-result")
				p.Sound()
				p.Shot("training-import-" + filepath.Base(f))
			}
			p.Open("/courses")
			p.Upload("#f-file", faulty)
			p.Click("#upload button")
			p.Wait("#h-defects")
			p.Sound()
			p.Shot("course-faulty")
			if got := p.Text("#h-defects ~ ol"); !strings.Contains(got, "rules.pass") {
				t.Errorf("the fault is not named: %s", got)
			}
			q := b.Page(t, calm, look)
			q.SignIn("E0001")
			q.Open("/trainings")
			q.Sound()
		})
	}
}

// On a phone: read, begin, leave one out, be told which, answer it, and see the result. Without scripts the same.
func TestTheQuizOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	for _, look := range []browsertest.Look{phone, {Lang: "en", Width: 390, NoScript: true}} {
		t.Run(look.String(), func(t *testing.T) {
			s := newScript(monday)
			p := browsertest.Chrome(t).Page(t, serve(t, s), look)
			p.Allow("status of 4")
			p.SignIn("E0003")
			p.Open("/trainings")
			p.Click(".course .btn")
			p.WaitPath("/courses/secrecy")
			p.Click("#quiz button")
			p.WaitPath("/trainings/attempts/" + attemptOpen)
			if n := p.Count(".quiz fieldset"); n != "10" {
				t.Fatalf("%s questions", n)
			}
			if small := p.Eval(`[...document.querySelectorAll(".quiz .choice")].filter(e=>e.getBoundingClientRect().height<44).length`); small != "0" {
				t.Errorf("%s options are too small for a thumb", small)
			}
			answer := func(from, to int) {
				for i := from; i < to; i++ {
					p.Click(".quiz fieldset:nth-of-type(" + string(rune('1'+i)) + ") .choice input")
				}
			}
			answer(0, 9)
			p.Click(".quiz-end button")
			p.Wait(".errors")
			if n := p.Count(".quiz input:checked"); n != "9" {
				t.Errorf("%s answers came back", n)
			}
			p.Sound()
			p.Shot("quiz-missing")
			p.Click(".quiz fieldset:nth-of-type(10) .choice input")
			p.Click(".quiz-end button")
			p.Wait(".results")
			if !slices.Contains(s.did, "answered") {
				t.Errorf("%v", s.did)
			}
			if n := p.Count(".results .why"); n != "10" {
				t.Errorf("%s of 10 answers are explained", n)
			}
		})
	}
}

// A course in review goes back with a word, and is never published by its author.
func TestACourseIsSentBackWithAWord(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), wide)
	p.Allow("status of 4")
	p.SignIn("E0002")
	p.Open("/courses/secrecy/versions/3")
	if n := p.Count("form[action$='/publications']"); n != "0" {
		t.Error("its author is offered to publish it")
	}
	p.Click(".act-part:has(form[action$='/returns']) summary")
	p.Fill("#f-note", "第三题请写明条款")
	p.Click("form[action$='/returns'] button")
	p.Wait(".notice.t-ok")
	if !slices.Contains(s.did, "returns 第三题请写明条款") {
		t.Errorf("%v", s.did)
	}
}
