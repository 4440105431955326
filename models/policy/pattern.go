package policy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The bounds of a pattern. A name has room for the longest head and at least eight more characters.
const (
	minMaxName  = 40
	maxHeads    = 2
	maxLiteral  = 6
	maxDeptForm = 16 // runes of a department's name that a suggestion uses
)

// pattern is the form of a name: heads, then free words, joined by "-". A head is a literal, or "" for one of the
// owning departments.
type pattern struct {
	text  string
	heads []string
}

var (
	deptMarks = []string{"<部门>", "<dept>", "<department>"}
	freeMarks = []string{"<用途>", "<名称>", "<purpose>", "<name>"}
)

func parsePattern(text string) (pattern, error) {
	parts := strings.Split(text, "-")
	last := len(parts) - 1
	if !slices.Contains(freeMarks, parts[last]) {
		return pattern{}, wrong("pattern_end")
	}
	if last > maxHeads {
		return pattern{}, wrong("pattern_parts")
	}
	p := pattern{text: text}
	for _, h := range parts[:last] {
		switch {
		case slices.Contains(deptMarks, h):
			p.heads = append(p.heads, "")
		case h == "" || strings.ContainsAny(h, "<>") || NameKey(h) == "" || clean(h) != h:
			return pattern{}, wrong("pattern_part", "part", clip(h, 20))
		case utf8.RuneCountInString(h) > maxLiteral:
			return pattern{}, wrong("pattern_literal", "max", maxLiteral)
		default:
			p.heads = append(p.heads, h)
		}
	}
	return p, nil
}

// english is the pattern for readers of English; fixed parts stay as they are, for they must be written so.
func (p pattern) english() string {
	return strings.NewReplacer("<部门>", "<department>", "<dept>", "<department>", "<用途>", "<purpose>", "<名称>", "<name>").Replace(p.text)
}

// match splits a name along the pattern. dept tells what a department's part must satisfy. It returns the free words.
func (p pattern) match(name string, dept func(string) bool) (string, bool) {
	return matchHeads(name, p.heads, dept)
}

func matchHeads(rest string, heads []string, dept func(string) bool) (string, bool) {
	if len(heads) == 0 {
		return rest, spoken(rest)
	}
	for i, r := range rest {
		if !isDash(r) {
			continue
		}
		part := rest[:i]
		fits := dept(part)
		if heads[0] != "" {
			fits = NameKey(part) == NameKey(heads[0])
		}
		if !fits {
			continue // a department's own name may hold a dash
		}
		if tail, ok := matchHeads(strings.TrimLeftFunc(rest[i:], isJoint), heads[1:], dept); ok {
			return tail, true
		}
	}
	return "", false
}

func isJoint(r rune) bool { return isDash(r) || unicode.IsSpace(r) }

// spoken tells whether a text says anything: a letter or a digit that survives in the key.
func spoken(s string) bool { return compact(s) != "" }

// departments knows how the owning departments may be written in a name.
type departments struct {
	keys  map[string]bool
	names []string // as suggested, the first first
}

func departmentsOf(ctx NameContext) departments {
	d := departments{keys: map[string]bool{}}
	for _, name := range ctx.Departments[:min(len(ctx.Departments), 100)] {
		form := strings.TrimFunc(head(clean(name), maxDeptForm), isJoint)
		if spoken(form) {
			d.names = append(d.names, form)
			d.keys[NameKey(form)] = true
		}
		if spoken(head(name, maxKeyRunes)) {
			d.keys[NameKey(name)] = true
		}
	}
	if len(d.names) == 0 {
		d.names = []string{"本部门"}
	}
	return d
}

// own tells whether a part of a name is one of the owning departments, or several of them joined. A filing without a
// known department has that fault of its own, so that any word passes here.
func (d departments) own(part string) bool {
	if len(d.keys) == 0 {
		return spoken(part)
	}
	if d.keys[NameKey(part)] {
		return true
	}
	several := strings.FieldsFunc(part, func(r rune) bool { return strings.ContainsRune("、&+/·＆＋／和与", r) })
	if len(several) < 2 {
		return false
	}
	for _, one := range several {
		if !d.keys[NameKey(one)] {
			return false
		}
	}
	return true
}

// allowedPunctuation may stand in a name beside letters, digits and dashes; the rest has no use in one, and much harm.
const allowedPunctuation = " 　.,，。、:：·・&＆+＋/／#＃%％~～!！?？@（）()【】[]《》「」『』“”‘’№℃"

// clean makes a text out of the characters that names may hold: look-alikes become the letters they imitate, the rest
// is dropped.
func clean(s string) string {
	var b strings.Builder
	s = norm.NFC.String(head(s, 4*maxKeyRunes))
	for _, r := range s {
		if !badRune(r, 0) {
			b.WriteRune(r)
			continue
		}
		if to, ok := looksLike[r]; ok {
			b.WriteRune(to)
		} else if c := norm.NFKC.String(string(r)); foreignForm(r) && c != string(r) && !hasBad(c) {
			b.WriteString(c)
		} else if unicode.IsSpace(r) {
			b.WriteByte(' ')
		}
	}
	out := norm.NFC.String(b.String())
	if hasBad(out) { // composition made something new, or scripts are mixed: keep the plain letters
		out = strings.Map(func(r rune) rune {
			if r == '-' || r == ' ' || (!badRune(r, 0) && (isDash(r) || unicode.IsDigit(r) || unicode.In(r, unicode.Han, unicode.Latin))) {
				return r
			}
			return -1
		}, out)
	}
	return strings.Join(strings.Fields(out), " ")
}
