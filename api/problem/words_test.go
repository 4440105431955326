package problem

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

var made = regexp.MustCompile(`(?:Error\{Kind: [A-Za-z.]+, Code: |forbidden\(|unavailable\(|unsigned\()"([a-z_]+)"`)

// Every code that the service or the door makes has words of its own.
func TestEveryCodeHasWords(t *testing.T) {
	found := 0
	for _, dir := range []string{"../service", "..", "../v1", "../auth"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range made.FindAllStringSubmatch(string(b), -1) {
				found++
				if _, ok := codes[m[1]]; !ok && m[1] != "not_built" && m[1] != "malformed" {
					t.Errorf("%s: the code %s has no words", name, m[1])
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d codes found: the expression has gone stale", found)
	}
}

// Every reason of the rules has words of its own: why, and what would work.
func TestEveryReasonHasWords(t *testing.T) {
	var text []byte
	for _, name := range []string{"reasons.go", "life_effects.go"} {
		b, err := os.ReadFile("../../models/domain/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, b...)
	}
	reasons := regexp.MustCompile(`Reason\s+= "([a-z_]+)"`).FindAllSubmatch(text, -1)
	if len(reasons) < 60 {
		t.Fatalf("only %d reasons found: the expression has gone stale", len(reasons))
	}
	for _, m := range reasons {
		if _, ok := codes[string(m[1])]; !ok {
			t.Errorf("the reason %s has no words", m[1])
		}
	}
}

// Both languages are there, in their own script, for every code, kind and fault.
func TestBothLanguages(t *testing.T) {
	check := func(name string, l domain.Label) {
		han := strings.IndexFunc(l.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
		if !han || l.EN == "" || strings.IndexFunc(l.EN, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
			t.Errorf("%s: %q, %q", name, l.ZH, l.EN)
		}
	}
	for _, m := range []map[string]text{codes, faultTexts, whys} {
		for code, x := range m {
			check(code, x.title)
			check(code+" remedy", x.remedy)
		}
	}
	for k, x := range kinds {
		check(string(k), x.title)
	}
}

// Each kind has its status (design: answers to an act), and an unknown one is our fault.
func TestStatus(t *testing.T) {
	for k, want := range map[service.Kind]int{
		service.Invalid: 422, service.Malformed: 400, service.Unsigned: 401, service.Forbidden: 403, service.NotFound: 404, service.Conflict: 409,
		service.TooLarge: 413, service.Unsupported: 415, service.TooMany: 429, service.Unavailable: 503, service.Internal: 500, "": 500, "new": 500,
	} {
		if got := Status(k); got != want {
			t.Errorf("%s: %d, want %d", k, got, want)
		}
	}
}

// Values from a caller are shown as they are, cut, and never taken for places of a text.
func TestFaultValues(t *testing.T) {
	f := word(domain.Fault{Field: "{expected}" + strings.Repeat("x", 500), Code: "wrong_type", Params: map[string]string{"expected": "{field}"}}, English)
	if !strings.HasPrefix(f.Message, "{expected}xxx") || len(f.Field) > 250 || !strings.Contains(f.Remedy, "{field}") {
		t.Errorf("%+v", f)
	}
	f = word(domain.Fault{Field: "file", Code: "not_a_workbook", Params: map[string]string{"text": "It is no workbook."}}, English)
	if f.Message != "It is no workbook." || f.Params["text"] != "" {
		t.Errorf("%+v", f)
	}
	if got := word(domain.Fault{Field: "name", Code: "too_long", Params: map[string]string{"max": "60"}}, English).Message; !strings.Contains(got, "60") {
		t.Errorf("a rule's fault: %q", got)
	}
}
