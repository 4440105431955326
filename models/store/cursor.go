package store

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// ErrCursor: the cursor is none that a list of this kind gave.
var ErrCursor = errors.New("the cursor is not one of this list")

// Page is one page of a keyset list. Next is opaque and empty at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// mark is where a page ended: the last row's sort key. Kind keeps the cursors of different lists apart.
type mark struct {
	Kind string    `json:"k"`
	At   time.Time `json:"t,omitzero"`
	ID   string    `json:"i,omitempty"`
	Sub  string    `json:"s,omitempty"`
}

func (m mark) cursor() string {
	b, err := json.Marshal(m)
	if err != nil { // a time outside of years 0-9999 alone
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// readMark reads a cursor of the kind; ok is false for the first page. Every mark of ours has an id: one without was made
// by somebody else, and the database would refuse it.
func readMark(cursor, kind string) (m mark, ok bool, err error) {
	if cursor == "" {
		return mark{}, false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(cursor) > 1000 || json.Unmarshal(b, &m) != nil || m.Kind != kind || !isID(m.ID) || strings.ContainsRune(m.Sub, 0) ||
		m.At.Year() > 9999 || m.At.Year() < 1 && !m.At.IsZero() {
		return mark{}, false, ErrCursor
	}
	return m, true, nil
}

// pageSize bounds what a caller asks for: 1 to 200, by default 50.
func pageSize(n int) int {
	if n <= 0 {
		return 50
	}
	return min(n, 200)
}

// pageOf cuts rows, read with one more than asked for, into a page.
func pageOf[T any](rows []T, limit int, at func(T) mark) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	return Page[T]{Items: rows, Next: at(rows[limit-1]).cursor()}
}

// likePattern makes a search text a pattern that finds it anywhere, taken literally.
func likePattern(text string) string {
	text = strings.ToLower(strings.ReplaceAll(text, "\x00", ""))
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
