package policy

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/qunbei/qunbei/models/domain"
)

// The bounds of a course's parts.
const (
	maxCourseTitle   = 60
	maxCourseSummary = 300
	maxMaterial      = 60_000
	maxQuestions     = 200
	maxQuestion      = 500
	maxOptions       = 8
	maxOption        = 300
	maxAnswerWhy     = 600
)

// ParseCourse reads and checks a course's file (R4.2.2): rules, material in Markdown, quiz. The error is a *FileError with
// every defect's line, column and remedy. The version is given by whoever stores it.
func ParseCourse(data []byte) (*domain.Course, error) {
	c, err := (&reader{}).course(data)
	if err != nil {
		return nil, fmt.Errorf("reading a course: %w", err)
	}
	return c, nil
}

func (r *reader) course(data []byte) (*domain.Course, error) {
	root := r.load(data)
	if err := r.err(); err != nil {
		return nil, err
	}
	f := r.object(root, "", []string{"course", "title", "summary", "rules", "material", "questions"}, nil)
	c := &domain.Course{
		Key:      r.key(f["course"], "course"),
		Title:    r.label(f["title"], "title", maxCourseTitle),
		Summary:  r.label(f["summary"], "summary", maxCourseSummary),
		Material: r.label(f["material"], "material", maxMaterial),
	}
	rules := r.object(f["rules"], "rules", []string{"pass", "valid_days", "draw", "minutes", "attempts", "window_hours"}, nil)
	c.Rules = domain.CourseRules{
		Pass:     r.integer(rules["pass"], "rules.pass", 50, 100),
		Valid:    r.integer(rules["valid_days"], "rules.valid_days", 1, 1830),
		Draw:     r.integer(rules["draw"], "rules.draw", 3, 50),
		Minutes:  r.integer(rules["minutes"], "rules.minutes", 5, 240),
		Attempts: r.integer(rules["attempts"], "rules.attempts", 1, 20),
		Window:   r.integer(rules["window_hours"], "rules.window_hours", 1, 24*30),
	}
	c.Questions = r.questions(f["questions"])
	if n := len(c.Questions); n < c.Rules.Draw && f["questions"] != nil {
		r.bad(f["questions"], "questions", "questions_too_few", "n", n, "min", c.Rules.Draw)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (r *reader) questions(n *yaml.Node) []domain.Question {
	var out []domain.Question
	seen := map[string]bool{}
	for i, q := range r.list(n, "questions", maxQuestions) {
		path := at("questions", i)
		f := r.object(q, path, []string{"id", "text", "options", "why"}, []string{"many"})
		x := domain.Question{
			ID: r.key(f["id"], join(path, "id")), Many: r.boolean(f["many"], join(path, "many")),
			Text: r.label(f["text"], join(path, "text"), maxQuestion), Why: r.label(f["why"], join(path, "why"), maxAnswerWhy),
		}
		if x.ID != "" && seen[x.ID] {
			r.bad(f["id"], join(path, "id"), "listed_twice", "value", x.ID)
		}
		seen[x.ID] = true
		x.Options = r.options(f["options"], join(path, "options"), x.Many)
		out = append(out, x)
	}
	return out
}

// options reads what can be chosen: at least two, at least one right, and one alone unless the question says many.
func (r *reader) options(n *yaml.Node, path string, many bool) []domain.Option {
	if n == nil {
		return nil
	}
	var out []domain.Option
	seen := map[string]bool{}
	right := 0
	before := len(r.defects)
	for i, o := range r.list(n, path, maxOptions) {
		p := at(path, i)
		f := r.object(o, p, []string{"id", "zh", "en"}, []string{"right"})
		x := domain.Option{ID: r.key(f["id"], join(p, "id")), Right: r.boolean(f["right"], join(p, "right")),
			Text: domain.Label{ZH: r.text(f["zh"], join(p, "zh"), maxOption), EN: r.text(f["en"], join(p, "en"), maxOption)}}
		if x.ID != "" && seen[x.ID] {
			r.bad(f["id"], join(p, "id"), "listed_twice", "value", x.ID)
		}
		seen[x.ID] = true
		if x.Right {
			right++
		}
		out = append(out, x)
	}
	switch {
	case len(r.defects) > before:
	case len(out) < 2:
		r.bad(n, path, "options_too_few")
	case right == 0:
		r.bad(n, path, "no_right_option")
	case right > 1 && !many:
		r.bad(n, path, "right_options_many", "n", right)
	}
	return out
}
