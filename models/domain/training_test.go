package domain

import (
	"slices"
	"strconv"
	"testing"
	"time"
)

var shanghai = time.FixedZone("CST", 8*3600)

func TestTrainingEndsWithTheDay(t *testing.T) {
	passed := time.Date(2026, 2, 27, 23, 59, 59, 0, shanghai)
	for days, want := range map[int]string{1: "2026-03-01T00:00:00+08:00", 365: "2027-02-28T00:00:00+08:00", 0: "2026-02-28T00:00:00+08:00"} {
		if got := ValidUntil(passed, days).Format(time.RFC3339); got != want {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
	tr := Training{Passed: passed, Until: ValidUntil(passed, 10)}
	for _, c := range []struct {
		at   time.Time
		want TrainingState
	}{{tr.Until.Add(-time.Nanosecond), TrainingValid}, {tr.Until, TrainingLapsed}, {passed, TrainingValid}} {
		if got := tr.StateAt(c.at); got != c.want {
			t.Errorf("at %s: %q, want %q", c.at, got, c.want)
		}
	}
	if (Training{}).StateAt(passed) != TrainingNone || !(Training{}).GraceEnds(14).IsZero() {
		t.Error("what was never passed has a state or a grace")
	}
	if got := tr.GraceEnds(14); !got.Equal(tr.Until.AddDate(0, 0, 14)) {
		t.Errorf("grace ends %s", got)
	}
	if tr.Holds(tr.Until) || tr.Holds(tr.Until.Add(-time.Hour)) || !tr.Holds(tr.Until.Add(time.Second)) {
		t.Error("only a longer validity takes the place of what counts")
	}
}

func TestReminders(t *testing.T) {
	until := time.Date(2026, 12, 31, 0, 0, 0, 0, shanghai)
	long := Training{Passed: until.AddDate(-1, 0, 0), Until: until}
	for _, c := range []struct {
		name string
		tr   Training
		told int
		days float64 // before the end
		want int
	}{
		{"far away", long, 0, 31, 0},
		{"the moment", long, 0, 30, 30},
		{"told", long, 30, 29, 0},
		{"the second", long, 30, 7, 7},
		{"the second, told", long, 7, 6.5, 0},
		{"the last", long, 7, 1, 1},
		{"the last, told", long, 1, 0.5, 0},
		{"after an outage only the nearest", long, 0, 3, 7},
		{"after a long outage", long, 0, 0.1, 1},
		{"a nearer one was told already", long, 1, 5, 0},
		{"over: its end is told", long, 0, 0, 0},
		{"passed after the first mark", Training{Passed: until.AddDate(0, 0, -20), Until: until}, 0, 19, 0},
		{"… then the second", Training{Passed: until.AddDate(0, 0, -20), Until: until}, 0, 7, 7},
		{"never passed", Training{}, 0, 1, 0},
	} {
		now := until.Add(-time.Duration(c.days * 24 * float64(time.Hour)))
		if got := RemindTraining(c.tr, c.told, now); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func quizOf(n int) []Question {
	var qs []Question
	for i := range n {
		qs = append(qs, Question{ID: "q" + strconv.Itoa(i), Many: i%2 == 1, Options: []Option{
			{ID: "a", Right: true}, {ID: "b", Right: i%2 == 1}, {ID: "c"}, {ID: "d"}}})
	}
	return qs
}

func right(q Question) QuizAnswer {
	a := QuizAnswer{Question: q.ID}
	for _, o := range q.Options {
		if o.Right {
			a.Options = append(a.Options, o.ID)
		}
	}
	return a
}

// The draw is evidence: it is pinned, so that nobody changes the generator and with it what was asked.
func TestDrawIsFixedByItsSeed(t *testing.T) {
	all := quizOf(12)
	first := DrawQuiz(all, 5, 42)
	var got string
	for _, q := range first {
		got += q.ID + ":"
		for _, o := range q.Options {
			got += o.ID
		}
		got += " "
	}
	const want = "q9:abdc q6:dbca q7:dcab q10:dcba q3:adcb "
	if got != want {
		t.Errorf("drawn %q, want %q", got, want)
	}
	if all[0].ID != "q0" || all[0].Options[0].ID != "a" {
		t.Error("drawing changed the course")
	}
	seen := map[string]bool{}
	for seed := range int64(200) {
		q := DrawQuiz(all, 10, seed-100)
		ids := map[string]bool{}
		for _, x := range q {
			ids[x.ID] = true
			if len(x.Options) != 4 {
				t.Fatalf("seed %d: %d options", seed, len(x.Options))
			}
		}
		if len(ids) != 10 {
			t.Fatalf("seed %d drew %d different questions", seed, len(ids))
		}
		seen[q[0].ID] = true
	}
	if len(seen) != 12 {
		t.Errorf("only %d of 12 questions ever come first", len(seen))
	}
	if len(DrawQuiz(all, 99, 1)) != 12 || len(DrawQuiz(nil, 3, 1)) != 0 || len(DrawQuiz(all, -1, 1)) != 0 {
		t.Error("a draw leaves its bounds")
	}
}

func TestAnswersAreCheckedAndGraded(t *testing.T) {
	quiz := DrawQuiz(quizOf(12), 10, 7)
	var all []QuizAnswer
	for _, q := range quiz {
		all = append(all, right(q))
	}
	if f := CheckAnswers(quiz, all); len(f) > 0 {
		t.Fatalf("right answers: %+v", f)
	}
	if g := GradeQuiz(quiz, all, 100); !g.Passed || g.Score != 100 || g.Correct != 10 {
		t.Errorf("all right: %+v", g)
	}
	single := slices.IndexFunc(quiz, func(q Question) bool { return !q.Many })
	many := slices.IndexFunc(quiz, func(q Question) bool { return q.Many })
	change := func(i int, a QuizAnswer) []QuizAnswer {
		out := slices.Clone(all)
		out[i] = a
		return out
	}
	s, m := quiz[single].ID, quiz[many].ID
	for name, c := range map[string]struct {
		answers []QuizAnswer
		field   string
		code    string
	}{
		"of another attempt":    {change(0, QuizAnswer{"q99", []string{"a"}}), "answers[0].question", "not_in_attempt"},
		"twice":                 {change(1, all[0]), "answers[1].question", "named_twice"},
		"nothing chosen":        {change(single, QuizAnswer{s, nil}), "answers[" + strconv.Itoa(single) + "].options", "required"},
		"two where one":         {change(single, QuizAnswer{s, []string{"a", "b"}}), "answers[" + strconv.Itoa(single) + "].options", "too_many"},
		"an option that is not": {change(many, QuizAnswer{m, []string{"a", "z"}}), "answers[" + strconv.Itoa(many) + "].options", "unknown_option"},
		"an option twice":       {change(many, QuizAnswer{m, []string{"a", "a"}}), "answers[" + strconv.Itoa(many) + "].options", "named_twice"},
		"left out":              {all[1:], "answers", "question_left_out"},
		"too many":              {append(slices.Clone(all), all...), "answers", "too_many"},
		"none":                  {nil, "answers", "question_left_out"},
	} {
		f := CheckAnswers(quiz, c.answers)
		if !slices.ContainsFunc(f, func(f Fault) bool { return f.Field == c.field && f.Code == c.code }) {
			t.Errorf("%s: %+v", name, f)
		}
	}
	// A part of the right options, or one too many, is wrong.
	for name, opts := range map[string][]string{"part": {"a"}, "too many": {"a", "b", "c"}, "all": {"a", "b", "c", "d"}} {
		if g := GradeQuiz(quiz, change(many, QuizAnswer{m, opts}), 100); g.Correct != 9 || g.Passed || g.Right[m] {
			t.Errorf("%s: %+v", name, g)
		}
	}
	// The pass mark is a bound that is met, never rounded to.
	three := DrawQuiz(quizOf(12), 3, 1)
	two := []QuizAnswer{right(three[0]), right(three[1])}
	if g := GradeQuiz(three, two, 66); g.Score != 66 || !g.Passed {
		t.Errorf("two of three at 66: %+v", g)
	}
	if g := GradeQuiz(three, two, 67); g.Passed {
		t.Errorf("two of three at 67: %+v", g)
	}
	if g := GradeQuiz(nil, nil, 0); g.Passed {
		t.Error("a quiz without questions was passed")
	}
	if g := GradeQuiz(three, []QuizAnswer{two[0], two[0], two[0]}, 67); g.Correct != 1 {
		t.Errorf("one answer three times: %+v", g)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	r := CourseRules{Attempts: 3, Window: 24}
	now := time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC)
	ago := func(h ...float64) (out []time.Time) {
		for _, x := range h {
			out = append(out, now.Add(-time.Duration(x*float64(time.Hour))))
		}
		return out
	}
	for name, c := range map[string]struct {
		begun []time.Time
		ok    bool
		wait  float64
	}{
		"first":                    {nil, true, 0},
		"third":                    {ago(1, 2), true, 0},
		"fourth":                   {ago(1, 3, 2), false, 21},
		"one is out of the window": {ago(1, 2, 24), true, 0},
		"just inside":              {ago(1, 2, 23.5), false, 0.5},
		"more than allowed":        {ago(1, 2, 3, 4, 5), false, 21},
	} {
		at, ok := NextAttempt(r, c.begun, now)
		if ok != c.ok || at.Sub(now) != time.Duration(c.wait*float64(time.Hour)) {
			t.Errorf("%s: %v, in %s", name, ok, at.Sub(now))
		}
	}
	if _, ok := NextAttempt(CourseRules{Window: 24}, ago(1, 2, 3, 4, 5, 6), now); !ok {
		t.Error("without a bound an attempt is refused")
	}
}
