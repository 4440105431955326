package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxKeyRunes bounds the cost of a key. Names that differ only beyond it are far longer than any name may be.
const maxKeyRunes = 256

// NameKey is the form of a group's name on which uniqueness holds (semantics 2; design: decided 4): compatibility
// normalised, without regard to case and width, look-alike letters and digits merged, invisible characters dropped,
// dashes and spaces collapsed. It is idempotent, and its cost does not grow with names longer than 256 characters. It is
// not for reading.
func NameKey(name string) string {
	key := head(name, maxKeyRunes)
	for range 8 { // one pass nearly always; a few letters need more
		next := keyPass(key)
		if next == key {
			break
		}
		key = next
	}
	return key
}

func keyPass(s string) string {
	s = strings.Map(skeleton, strings.Map(drawn, s)) // before NFKC, which makes other letters of some look-alikes
	s = norm.NFKC.String(strings.Map(drawn, norm.NFKC.String(s)))
	s = cases.Fold().String(strings.Map(skeleton, s))
	s = strings.Map(skeleton, norm.NFKC.String(s))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "rn", "m"), "vv", "w")
	return head(collapse(s), maxKeyRunes)
}

// head is the first n characters of a text; broken bytes become U+FFFD.
func head(s string, n int) string {
	if len(s) > n*utf8.UTFMax {
		s = s[:n*utf8.UTFMax]
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// drawn drops what leaves no mark on the screen.
func drawn(r rune) rune {
	if invisible(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}

// collapse turns a run of separators into one "-" if it holds a dash, else into one space, which is kept only between
// ASCII characters: Chinese text is written with and without spaces alike. None stays at either end.
func collapse(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last, dash, gap := rune(0), false, false
	for _, r := range s {
		switch {
		case isDash(r):
			dash, gap = true, true
			continue
		case unicode.IsSpace(r):
			gap = true
			continue
		}
		if gap && last != 0 {
			if dash {
				b.WriteByte('-')
			} else if last < 0x80 && r < 0x80 {
				b.WriteByte(' ')
			}
		}
		b.WriteRune(r)
		last, dash, gap = r, false, false
	}
	return b.String()
}

// isDash tells whether a character is one of the many dashes people type.
func isDash(r rune) bool {
	return r == '-' || r == '_' || r == '－' || r == '＿' || r == '−' || r == '⁃' || r == '˗' || unicode.Is(unicode.Pd, r)
}

// invisible tells whether a character shows nothing or changes what is shown around it.
func invisible(r rune) bool {
	switch r {
	case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0xFFFC:
		return true
	}
	return r != ' ' && (unicode.Is(unicode.C, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || !unicode.IsGraphic(r))
}

// hiddenIn is the first character of a policy's text that a reader cannot see; line breaks are allowed; 0: none.
func hiddenIn(s string) rune {
	for _, r := range s {
		if r != '\n' && r != '\t' && invisible(r) {
			return r
		}
	}
	return 0
}

// compact is a key without separators and punctuation, for blocked words, which people hide behind them.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, NameKey(s))
}
