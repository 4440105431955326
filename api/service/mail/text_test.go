package mail

import (
	"strings"
	"testing"
)

func TestRenderNamesNumberAndLinkInBothLanguages(t *testing.T) {
	for kind := range zh {
		if _, ok := en[kind]; !ok {
			t.Errorf("kind %s has no English words", kind)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			s, b := Render(Notice{Kind: kind, Number: "G-2026-00042", Status: "approved", Link: "https://q.example/cases/1", Lang: lang})
			if !strings.Contains(s, "G-2026-00042") || !strings.Contains(b, "G-2026-00042") || !strings.Contains(b, "https://q.example/cases/1") {
				t.Errorf("%s %s: %q %q", kind, lang, s, b)
			}
			if strings.Contains(s+b, "%!") {
				t.Errorf("%s %s is badly worded: %q %q", kind, lang, s, b)
			}
		}
	}
	if s, _ := Render(Notice{Kind: "ask", Number: "G-1", Title: "研发-备份", Lang: "zh-CN"}); !strings.Contains(s, "研发-备份") {
		t.Errorf("the title is missing: %q", s)
	}
	if s, b := Render(Notice{Kind: "no such kind", Number: "G-1"}); s == "" || b == "" {
		t.Error("an unknown kind is not worded")
	}
}
