package web

import (
	"context"
	"html"
	"io"
	"regexp"
	"strconv"

	"github.com/a-h/templ"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

var fieldMark = regexp.MustCompile(`\{\{[a-z_]+\}\}`)

// fields shows a line of an agreement behind its number, with the fields that are not filled in marked. It is written by
// hand: between Chinese characters no space may come in.
func fields(number, line string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		safe := fieldMark.ReplaceAllString(html.EscapeString(number+line), "<mark>$0</mark>")
		_, err := io.WriteString(w, safe)
		return err
	})
}

var digits = []rune("零一二三四五六七八九")

// numeral writes a number below a hundred as agreements do; above, in digits.
func numeral(n int) string {
	switch {
	case n < 0 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return string(digits[n])
	}
	s := "十"
	if n >= 20 {
		s = string(digits[n/10]) + s
	}
	if n%10 > 0 {
		s += string(digits[n%10])
	}
	return s
}

func articleNumber(n int) string { return "第" + numeral(n) + "条" }

// clauseNumber stands before a clause, and before nothing else.
func clauseNumber(b service.NDABlock, english bool) string {
	switch {
	case b.Kind != "clause":
		return ""
	case english:
		return "(" + strconv.Itoa(b.Number) + ") "
	}
	return "（" + numeral(b.Number) + "）"
}

// withdrawKind is what withdrawing a version means: nobody saw it, it was to come, or people sign it.
func withdrawKind(t service.NDATemplateView) string {
	switch {
	case t.State == domain.TemplateScheduled:
		return "scheduled"
	case t.Published != nil:
		return "published"
	}
	return "draft"
}

// yesNo ends the key of a fact that is true or not.
func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
