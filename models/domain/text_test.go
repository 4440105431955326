package domain

import (
	"strings"
	"testing"
)

func TestCheckText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		required   bool
		codes      string
	}{
		{"empty and optional", "", false, ""},
		{"empty and required", "", true, "required"},
		{"only spaces", " \u3000\n", true, "required"},
		{"at the limit", strings.Repeat("字", 10), true, ""},
		{"over the limit", strings.Repeat("字", 11), true, "too_long"},
		{"right-to-left mark", "a\u202eb", false, "hidden_character"},
		{"broken UTF-8", "a\xffb", false, "hidden_character"},
		{"line breaks are read", "a\n\tb", false, ""},
	} {
		var codes []string
		for _, f := range CheckText("comment", c.text, 10, c.required) {
			if f.Field != "comment" {
				t.Errorf("%s: field %q", c.name, f.Field)
			}
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, ","); got != c.codes {
			t.Errorf("%s: want %q, got %q", c.name, c.codes, got)
		}
	}
}
