package domain

import (
	"strconv"
	"unicode/utf8"
)

// MaxCommentRunes bounds a comment on a case.
const MaxCommentRunes = 2000

// CheckText lists what is wrong with a free text: missing though required, too long, or holding characters that a
// reader cannot see.
func CheckText(field, text string, most int, required bool) []Fault {
	var out []Fault
	switch n := utf8.RuneCountInString(text); {
	case required && blank(text):
		out = append(out, Fault{Field: field, Code: "required"})
	case n > most:
		out = append(out, Fault{Field: field, Code: "too_long", Params: map[string]string{"max": strconv.Itoa(most)}})
	}
	if bad := hidden(text); bad != "" {
		out = append(out, Fault{Field: field, Code: "hidden_character", Params: map[string]string{"character": bad}})
	}
	return out
}
