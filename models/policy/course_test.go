package policy

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/courses"
	"github.com/qunbei/qunbei/models/domain"
)

// The shipped training speaks of what R4.2.2 names, in both languages, and its quiz can be answered.
func TestShippedCourse(t *testing.T) {
	c, err := ParseCourse(courses.Secrecy)
	if err != nil {
		t.Fatal(err)
	}
	if c.Key != "secrecy" || len(c.Questions) < 12 || c.Rules.Pass < 80 || c.Rules.Valid != 365 {
		t.Errorf("%s: %d questions, %+v", c.Key, len(c.Questions), c.Rules)
	}
	for _, part := range []string{"## 二、法律", "## 三、公司的规定", "## 四、在群组里怎么做"} {
		if !strings.Contains(c.Material.ZH, part) {
			t.Errorf("the material lacks %s", part)
		}
	}
	for _, part := range []string{"## 2. The law", "## 3. The company's rules", "## 4. What to do in a group"} {
		if !strings.Contains(c.Material.EN, part) {
			t.Errorf("the material lacks %s", part)
		}
	}
	if zh, en := strings.Count(c.Material.ZH, "\n#"), strings.Count(c.Material.EN, "\n#"); zh != en {
		t.Errorf("%d headings in Chinese, %d in English", zh, en)
	}
	many := 0
	for _, q := range c.Questions {
		if q.Many {
			many++
		}
		var a domain.QuizAnswer
		a.Question = q.ID
		for _, o := range q.Options {
			if o.Right {
				a.Options = append(a.Options, o.ID)
			}
		}
		if g := domain.GradeQuiz(domain.Drawn{q}, []domain.QuizAnswer{a}, 100); !g.Passed {
			t.Errorf("%s cannot be answered", q.ID)
		}
		if !hasHan(q.Text.ZH) || !hasHan(q.Why.ZH) || hasHan(q.Why.EN) {
			t.Errorf("%s is not worded in both languages", q.ID)
		}
	}
	if many < 3 {
		t.Errorf("%d questions have several answers", many)
	}
}

func TestCourseDefectsStandAtTheirLines(t *testing.T) {
	text := string(courses.Secrecy)
	line := func(part string) int {
		i := strings.Index(text, part)
		if i < 0 {
			t.Fatalf("%q is not in the course", part)
		}
		return 1 + strings.Count(text[:i], "\n")
	}
	for _, c := range []struct{ from, to, code, path string }{
		{"course: secrecy", "course: Secrecy!", "not_a_key", "course"},
		{"rules: {pass: 80", "rules: {pass: 101", "integer_expected", "rules.pass"},
		{"rules: {pass: 80", "rules: {pass: -5", "integer_expected", "rules.pass"},
		{"draw: 10", "draw: 40", "questions_too_few", "questions"},
		{"attempts: 3, ", "", "field_missing", "rules.attempts"},
		{"attempts: 3, ", "attempts: 3, tries: 4, ", "unknown_field", "rules.tries"},
		{"      - {id: c, zh: 任何群组都不可以, en: No group at all, right: true}", "      - {id: c, zh: 任何群组都不可以, en: No group at all}", "no_right_option", "questions[0].options"},
		{"en: A group of the tier secret}", "en: A group of the tier secret, right: true}", "right_options_many", "questions[0].options"},
		{"  - id: trade_secret", "  - id: state_secret", "listed_twice", "questions[1].id"},
		{"      - {id: b, zh: 具有商业价值", "      - {id: a, zh: 具有商业价值", "listed_twice", "questions[1].options[1].id"},
		{"many: true", "many: sometimes", "bool_expected", "questions[1].many"},
		{"zh: 保密培训, ", "", "field_missing", "title.zh"},
		{"zh: 保密培训, ", "zh: \"保密\u200b培训\", ", "hidden_character", "title.zh"},
	} {
		_, err := ParseCourse([]byte(strings.Replace(text, c.from, c.to, 1)))
		var fe *FileError
		if !errors.As(err, &fe) {
			t.Errorf("%s: passes, or gives %v", c.code, err)
			continue
		}
		i := slices.IndexFunc(fe.Defects, func(d Defect) bool { return d.Code == c.code && d.Path == c.path })
		if i < 0 {
			t.Errorf("%s at %s: %+v", c.code, c.path, fe.Defects)
			continue
		}
		want := line(c.from)
		switch c.code { // said of a whole list, at its first entry
		case "questions_too_few":
			want = line("  - id: state_secret")
		case "no_right_option", "right_options_many":
			want = line("      - {id: a, zh: 高度涉密群组")
		}
		if d := fe.Defects[i]; d.Line < want || d.Line > want+1 || d.Column == 0 || !hasHan(d.In("zh").Remedy) {
			t.Errorf("%s: line %d, want %d: %+v", c.code, d.Line, want, d)
		}
	}
	for name, data := range map[string]string{
		"empty": "", "a list": "- a", "bomb": "a: &a [x]\nb: [*a, *a]", "binary": "\x00\x01", "not utf-8": "course: \xff",
		"huge": "course: secrecy\n" + strings.Repeat("# 保密\n", MaxFileBytes/8), "deep": strings.Repeat("[", 500),
	} {
		var fe *FileError
		if _, err := ParseCourse([]byte(data)); !errors.As(err, &fe) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
