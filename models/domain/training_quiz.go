package domain

import (
	"slices"
	"strconv"
	"time"
)

// Drawn is one attempt's quiz: the questions drawn for it, in its order, each with its options in its order.
type Drawn []Question

// DrawQuiz draws n questions of a course by a seed: the same seed gives the same quiz for ever, on every machine, so an
// attempt needs to keep nothing but its seed and its course's version. It draws by its own generator, because that of
// the library may change with a release.
func DrawQuiz(all []Question, n int, seed int64) Drawn {
	g := splitmix(uint64(seed)) //nolint:gosec // every seed will do, negative ones too
	qs := slices.Clone(all)
	shuffle(&g, qs)
	qs = qs[:max(0, min(n, len(qs)))]
	for i := range qs {
		qs[i].Options = slices.Clone(qs[i].Options)
		shuffle(&g, qs[i].Options)
	}
	return qs
}

// splitmix is SplitMix64 (Steele, Lea, Flood 2014).
type splitmix uint64

func (s *splitmix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func shuffle[T any](g *splitmix, list []T) {
	for i := len(list) - 1; i > 0; i-- {
		j := int(g.next() % uint64(i+1)) //nolint:gosec // i is an index
		list[i], list[j] = list[j], list[i]
	}
}

// QuizAnswer is what a person chose in one question.
type QuizAnswer struct {
	Question string   `json:"question"`
	Options  []string `json:"options"`
}

// Graded is what came of one attempt.
type Graded struct {
	Correct int
	Score   int // percent, rounded down: 79.9 is not 80
	Passed  bool
	Right   map[string]bool // by question
}

// CheckAnswers lists what is wrong with the answers to a drawn quiz: a question of another quiz or named twice, an option
// that is not there or named twice, several options where one may be chosen, a question left out.
func CheckAnswers(quiz Drawn, answers []QuizAnswer) []Fault {
	var out []Fault
	if len(answers) > len(quiz) {
		return []Fault{{Field: "answers", Code: "too_many", Params: map[string]string{"max": strconv.Itoa(len(quiz))}}}
	}
	seen := map[string]bool{}
	for i, a := range answers {
		field := "answers[" + strconv.Itoa(i) + "]"
		at := slices.IndexFunc(quiz, func(q Question) bool { return q.ID == a.Question })
		switch {
		case at < 0:
			out = append(out, Fault{Field: field + ".question", Code: "not_in_attempt"})
			continue
		case seen[a.Question]:
			out = append(out, Fault{Field: field + ".question", Code: "named_twice"})
			continue
		}
		seen[a.Question] = true
		out = append(out, checkOptions(quiz[at], a, field+".options")...)
	}
	for _, q := range quiz {
		if !seen[q.ID] && len(out) < len(quiz) {
			out = append(out, Fault{Field: "answers", Code: "question_left_out", Params: map[string]string{"question": q.ID}})
		}
	}
	return out
}

func checkOptions(q Question, a QuizAnswer, field string) []Fault {
	switch {
	case len(a.Options) == 0:
		return []Fault{{Field: field, Code: "required"}}
	case len(a.Options) > 1 && !q.Many, len(a.Options) > len(q.Options):
		return []Fault{{Field: field, Code: "too_many", Params: map[string]string{"max": strconv.Itoa(mostOptions(q))}}}
	}
	for i, o := range a.Options {
		switch {
		case !slices.ContainsFunc(q.Options, func(x Option) bool { return x.ID == o }):
			return []Fault{{Field: field, Code: "unknown_option"}}
		case slices.Contains(a.Options[:i], o):
			return []Fault{{Field: field, Code: "named_twice"}}
		}
	}
	return nil
}

func mostOptions(q Question) int {
	if q.Many {
		return len(q.Options)
	}
	return 1
}

// GradeQuiz grades the answers to a drawn quiz. A question counts when exactly its right options were chosen; one left out
// counts as wrong. Answers to questions that are not in the quiz count for nothing.
func GradeQuiz(quiz Drawn, answers []QuizAnswer, pass int) Graded {
	g := Graded{Right: map[string]bool{}}
	for _, q := range quiz {
		i := slices.IndexFunc(answers, func(a QuizAnswer) bool { return a.Question == q.ID })
		if i < 0 {
			continue
		}
		right := len(q.Options) > 0
		for _, o := range q.Options {
			right = right && slices.Contains(answers[i].Options, o.ID) == o.Right
		}
		if right {
			g.Correct++
			g.Right[q.ID] = true
		}
	}
	if len(quiz) > 0 {
		g.Score = 100 * g.Correct / len(quiz)
	}
	g.Passed = len(quiz) > 0 && g.Score >= pass
	return g
}

// NextAttempt tells whether a person may begin an attempt now, and else from when on: at most Attempts within Window
// hours, counted from the beginning of each. begun are the beginnings of earlier attempts, in any order; those that were
// passed count like others.
func NextAttempt(r CourseRules, begun []time.Time, now time.Time) (time.Time, bool) {
	window := time.Duration(r.Window) * time.Hour
	var in []time.Time
	for _, t := range begun {
		if t.Add(window).After(now) {
			in = append(in, t)
		}
	}
	if r.Attempts <= 0 || len(in) < r.Attempts {
		return now, true
	}
	slices.SortFunc(in, time.Time.Compare)
	return in[len(in)-r.Attempts].Add(window), false
}
