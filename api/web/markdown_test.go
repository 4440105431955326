package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/deploy/courses"
)

func TestMarkdown(t *testing.T) {
	for in, want := range map[string]string{
		"## 一\n文字\n接着\n\n另一段":       "[{h2 part-a [一]} {p  [文字接着]} {p  [另一段]}]",
		"one\ntwo":                  "[{p  [one two]}]",
		"- a\n- b\n  more\n\n- c":   "[{ul  [a b more c]}]",
		"1. a\n2) b\n10. c":         "[{ol  [a b c]}]",
		"> q\n> r\n\n> s":           "[{quote  [q r]} {quote  [s]}]",
		"text\n- item\n### h\ntext": "[{p  [text]} {ul  [item]} {h3  [h]} {p  [text]}]",
		"<script>alert(1)</script>": "[{p  [<script>alert(1)</script>]}]",
		"## a\r\nb":                 "[{h2 part-a [a]} {p  [b]}]",
		"":                          "[]",
	} {
		if got := fmt.Sprint(markdown(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"a **b** c": "[{a  false} {b true} { c false}]", "**b**": "[{b true}]", "a ** b": "[{a ** b false}]", "**a** **": "[{a true} { ** false}]", "": "[]",
	} {
		if got := fmt.Sprint(spans(in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if n := len(markdown(strings.Repeat("## h\n", 1000))); n != 1000 {
		t.Error(n)
	}
	if len(markdown(string(courses.Secrecy))) < 50 {
		t.Error("the shipped course has no blocks")
	}
}
