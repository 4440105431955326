package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/qunbei/qunbei/models/domain"
)

// NameContext is what a name is judged by beside the policy.
type NameContext struct {
	Type        domain.GroupType
	Departments []string // names and short names of the owning departments; the first is used in suggestions
	Purpose     string   // what the requester wrote; a source of words for a suggestion
}

// NameContextOf is what the name of a filing is judged by: its type, purpose and the names of its owning departments.
func NameContextOf(f domain.Filing, dir *domain.Directory) NameContext {
	ctx := NameContext{Type: f.Type, Purpose: f.Purpose}
	for _, id := range f.Departments[:min(len(f.Departments), domain.MaxDepartments)] {
		if d, ok := dir.Departments[id]; ok {
			ctx.Departments = append(ctx.Departments, d.Name)
		}
	}
	return ctx
}

// TidyName is the form in which a name is kept and shown: composed (NFC), without spaces at its ends or several in a
// row. It changes nothing that a reader sees as part of the name, and its key is that of the name.
func TidyName(name string) string {
	if len(name) > MaxFileBytes || !utf8.ValidString(name) {
		return name // refused anyway
	}
	space := func(r rune) bool { return r == ' ' || r == '　' }
	return strings.Join(strings.FieldsFunc(norm.NFC.String(name), space), " ")
}

// CheckName lists what is wrong with a group's name (R2.2.1), nothing when it is fit. Uniqueness is the caller's matter,
// by NameKey. The cost is bounded for any input.
func (p *Policy) CheckName(name string, ctx NameContext) []domain.Fault {
	fault := func(code string, kv ...string) domain.Fault {
		f := domain.Fault{Field: "name", Code: code}
		for i := 0; i+1 < len(kv); i += 2 {
			if f.Params == nil {
				f.Params = map[string]string{}
			}
			f.Params[kv[i]] = kv[i+1]
		}
		return f
	}
	if !utf8.ValidString(name) {
		return []domain.Fault{fault("broken_utf8")}
	}
	if strings.TrimSpace(head(name, 4*maxKeyRunes)) == "" && len(name) <= 16*maxKeyRunes {
		return []domain.Fault{fault("required")}
	}
	var out []domain.Fault
	size := utf8.RuneCountInString(name)
	if size > p.MaxName {
		out = append(out, fault("too_long", "max", strconv.Itoa(p.MaxName), "length", strconv.Itoa(size)))
		name = head(name, maxKeyRunes)
	}
	seen := map[string]bool{}
	prev := rune(0)
	for _, r := range norm.NFC.String(name) {
		code, like := runeFault(r, prev)
		prev = r
		if code == "" || seen[code] {
			continue
		}
		seen[code] = true
		f := fault(code, "character", showRune(r))
		if like != "" {
			f.Params["looks_like"] = like
		}
		out = append(out, f)
	}
	if word := mixedWord(name); word != "" && !seen[codeMixed] {
		out = append(out, fault(codeMixed, "character", word))
	}
	if size > p.MaxName {
		return out // the form of a name cut off says nothing
	}
	tail, formFault := p.form(name, ctx)
	if formFault != nil {
		out = append(out, *formFault)
	}
	if word := p.blockedIn(tail); word != "" {
		out = append(out, fault("blocked_word", "word", word))
	}
	return out
}

// The codes of faults that single characters cause.
const (
	codeHidden  = "hidden_character"
	codeEmoji   = "emoji_not_allowed"
	codeMixed   = "mixed_scripts_lookalike"
	codeNotUsed = "character_not_allowed"
)

// runeFault judges one character by the one before it; like is what a look-alike is taken for.
func runeFault(r, prev rune) (code, like string) {
	switch {
	case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_'):
		return "", ""
	case isEmoji(r):
		return codeEmoji, ""
	case r == 0x200D && isEmoji(prev), r == 0xFE0F && isEmoji(prev):
		return codeEmoji, "" // part of the emoji already named
	case invisible(r), unicode.IsSpace(r) && r != ' ' && r != '　', unicode.IsMark(r):
		return codeHidden, ""
	}
	if to, ok := looksLike[r]; ok && r != '〇' && r != '℃' {
		return codeMixed, string(to)
	}
	if foreignForm(r) {
		return codeMixed, norm.NFKC.String(string(r))
	}
	if unicode.IsLetter(r) || unicode.IsNumber(r) || isDash(r) || strings.ContainsRune(allowedPunctuation, r) {
		return "", ""
	}
	return codeNotUsed, ""
}

func badRune(r, prev rune) bool { code, _ := runeFault(r, prev); return code != "" }

func hasBad(s string) bool {
	prev := rune(0)
	for _, r := range s {
		if badRune(r, prev) {
			return true
		}
		prev = r
	}
	return mixedWord(s) != ""
}

// foreignForm tells whether a character is the double of another that ordinary keyboards do not make: mathematical
// and letter-like letters, radicals. Full-width letters, Roman and circled numerals are ordinary in Chinese text, and
// composing (NFC) has already replaced compatibility ideographs.
func foreignForm(r rune) bool {
	doubles := (0x1D400 <= r && r <= 0x1D7FF) || (0x2100 <= r && r <= 0x214F && r != '℃' && r != '№') ||
		(0x2E80 <= r && r <= 0x2FDF)
	return doubles && !norm.NFKC.IsNormalString(string(r))
}

// isEmoji covers the blocks of pictures and dingbats, flags and keycaps.
func isEmoji(r rune) bool {
	return (0x1F000 <= r && r <= 0x1FAFF) || (0x2600 <= r && r <= 0x27BF) || (0x2B00 <= r && r <= 0x2BFF) ||
		(0x2300 <= r && r <= 0x23FF) || (0x25A0 <= r && r <= 0x25FF) || r == 0x20E3 || r == 0x3030 || r == 0x303D ||
		(0xE0020 <= r && r <= 0xE007F)
}

// mixedWord is the first word with letters of two alphabets, one of them drawn like the other; "" when there is none.
// Chinese, kana, bopomofo and Hangul stand beside Latin as a matter of course.
func mixedWord(s string) string {
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) || isEastAsian(r) }) {
		latin, other := false, false
		for _, r := range w {
			if unicode.Is(unicode.Latin, r) {
				latin = true
			} else {
				other = true
			}
		}
		if latin && other {
			return clip(w, 20)
		}
	}
	return ""
}

func isEastAsian(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul)
}

// showRune names a character so that it can be found: itself if it can be seen, and its number.
func showRune(r rune) string {
	if invisible(r) || unicode.IsSpace(r) || unicode.IsMark(r) {
		return fmt.Sprintf("U+%04X", r)
	}
	return fmt.Sprintf("%c (U+%04X)", r, r)
}

// form splits the name by the patterns of its type. It returns the free words, or the whole name with what is wrong.
func (p *Policy) form(name string, ctx NameContext) (string, *domain.Fault) {
	t := p.typeRule(ctx.Type)
	if t == nil {
		return name, nil // an unknown type is a fault of its own
	}
	name = strings.TrimSpace(name)
	d := departmentsOf(ctx)
	for _, pat := range t.patterns {
		if tail, ok := pat.match(name, d.own); ok {
			return tail, nil
		}
	}
	f := &domain.Fault{Field: "name", Code: "pattern_mismatch", Params: map[string]string{}}
	var english []string
	for _, pat := range t.patterns {
		english = append(english, pat.english())
		tail, ok := pat.match(name, spoken)
		if ok && f.Code == "pattern_mismatch" && slices.Contains(pat.heads, "") && len(d.keys) > 0 {
			f.Code = "not_own_department"
			f.Params["part"] = strings.TrimRightFunc(strings.TrimSuffix(name, tail), isJoint)
		}
	}
	f.Params["pattern"], f.Params["pattern_en"] = strings.Join(t.Patterns, " / "), strings.Join(english, " / ")
	f.Params["departments"] = strings.Join(d.names[:min(len(d.names), 5)], "、")
	return name, f
}

// blockedWord is a word that names must not hold. A word of ASCII letters counts only as a whole word: "shit" is not
// in "Shitang".
type blockedWord struct {
	word, key string
	whole     bool
}

func newBlockedWord(word string) blockedWord {
	b := blockedWord{word: word, key: compact(word), whole: true}
	for _, r := range word {
		b.whole = b.whole && r < 0x80
	}
	return b
}

func (p *Policy) blockedIn(text string) string {
	if len(p.blocked) == 0 {
		return ""
	}
	whole := compact(text)
	words := map[string]bool{whole: true}
	for _, w := range strings.FieldsFunc(NameKey(text), func(r rune) bool { return r >= 0x80 || (!unicode.IsLetter(r) && !unicode.IsDigit(r)) }) {
		words[w] = true
	}
	for _, b := range p.blocked {
		if (b.whole && words[b.key]) || (!b.whole && strings.Contains(whole, b.key)) {
			return b.word
		}
	}
	return ""
}
