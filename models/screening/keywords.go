package screening

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

// Keyword is one of the company's own words: policy data, thousands of them.
type Keyword struct {
	Word string `json:"word" yaml:"word"`
	// Kind is keyword, codename or topic.
	Kind Kind `json:"kind,omitempty" yaml:"kind"`
	// Class is what the word demands; empty: what its kind demands.
	Class domain.Class `json:"class,omitempty" yaml:"class"`
	// List names the list it comes from, for the explanation.
	List string `json:"list,omitempty" yaml:"list"`
	// Operator is how it is desensitised; empty: as its kind is.
	Operator Operator `json:"operator,omitempty" yaml:"operator"`
}

type keywords struct {
	*matcher
	list []Keyword
	rise []domain.Class // what shorter words demand that a word begins with
}

// raise notes for each word what shorter ones demand that it begins with: only the longest is found at a place.
func (k *keywords) raise(demand func(Keyword) domain.Class) {
	k.rise = make([]domain.Class, len(k.words))
	for i, w := range k.words {
		for at := range w {
			if short, ok := k.index[w[:at]]; ok {
				k.rise[i] = k.rise[i].Higher(demand(k.list[short]))
			}
		}
	}
}

// fold is the form in which keywords are compared: lower case, without what separates.
func fold(s string) string {
	t := &text{b: []byte(s)}
	return string(t.compact(0, len(s)).b)
}

// Key is a keyword in the form in which it is looked for.
func (k Keyword) Key() string { return fold(string(normalise(k.Word).b)) }

// Check is what is wrong with a keyword, as a stable code; "" if nothing is.
func (k Keyword) Check() string {
	switch n := len(k.Key()); {
	case len(k.Word) > MaxKeywordBytes || n > MaxKeywordBytes:
		return "too_long"
	case n < 2:
		return "too_short"
	case k.Kind != "" && k.Kind != KindKeyword && k.Kind != KindCodename && k.Kind != KindTopic:
		return "unknown_kind"
	case k.Class != "" && !k.Class.Known():
		return "unknown_class"
	case k.Operator != "" && !k.Operator.Known():
		return "unknown_operator"
	}
	return ""
}

func newKeywords(list []Keyword) *keywords {
	k := &keywords{}
	var words []string
	seen := map[string]bool{}
	for _, w := range list {
		word := w.Key()
		if word == "" || seen[word] {
			continue
		}
		seen[word] = true
		words, k.list = append(words, word), append(k.list, w)
	}
	if len(words) == 0 {
		return nil
	}
	k.matcher = newMatcher(words, false)
	return k
}

// compact drops from a normal form what people put between characters to hide a word: blanks and marks inside a line.
// Ends of sentences stay, so that no word is found across them. What comes out stands for the bytes from to to.
func (t *text) compact(from, to int) *text {
	out := &text{b: make([]byte, 0, to-from)}
	same := from
	flush := func(i int) {
		if i > same {
			out.push(seg{n: int32(len(out.b)), o: int32(same)}) //nolint:gosec // MaxBytes fits
			out.b = append(out.b, t.b[same:i]...)
		}
	}
	for i := from; i < to; {
		c := t.b[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'A' && c <= 'Z':
				flush(i)
				out.push(seg{n: int32(len(out.b)), o: int32(i), olen: 1, nlen: 1}) //nolint:gosec // MaxBytes fits
				out.b = append(out.b, c+'a'-'A')
				same = i + 1
			case alnum[c] == 0 && c != '\n' && c != '!' && c != '?' && c != ';':
				flush(i)
				same = i + 1
			}
			i++
			continue
		}
		if c >= 0xE4 && c <= 0xE9 && i+3 <= len(t.b) {
			i += 3
			continue
		}
		r, size := utf8.DecodeRune(t.b[i:])
		if r != utf8.RuneError && r != '。' && (unicode.IsPunct(r) || unicode.IsSymbol(r) || unicode.IsSpace(r)) {
			flush(i)
			same = i + size
		} else if low := unicode.ToLower(r); low != r && r != utf8.RuneError {
			flush(i)
			out.push(seg{n: int32(len(out.b)), o: int32(i), olen: int32(size), nlen: int32(utf8.RuneLen(low))}) //nolint:gosec // MaxBytes fits
			out.b = utf8.AppendRune(out.b, low)
			same = i + size
		}
		i += size
	}
	flush(to)
	return out
}

// window is how much of a text is looked at together for keywords, and overlap how far a word may reach beyond it with
// what hides in it.
const (
	window  = 32 << 10
	overlap = 4*MaxKeywordBytes + 8
)

// keywords finds the company's words. Latin words must stand alone; what hides between the characters is seen through,
// at most three characters at a place.
func (c *scan) keywords() {
	k := c.s.keywords
	if k == nil {
		return
	}
	for from := 0; from < len(c.b); from += window {
		for from < len(c.b) && c.b[from]&0xC0 == 0x80 {
			from++
		}
		t := c.t.compact(from, min(len(c.b), from+window+overlap))
		k.each(t.b, func(s, e, word int) bool { return c.keyword(t, s, e, word) })
	}
}

func (c *scan) keyword(t *text, s, e, word int) bool {
	w := c.s.keywords.list[word]
	start, end := t.span(s, e)
	if end-start > 4*(e-s)+8 || latin(c.b, start, start-1) || latin(c.b, end-1, end) {
		return false
	}
	kind := w.Kind
	if kind == "" {
		kind = KindKeyword
	}
	class := w.Class
	if rise := c.s.keywords.rise[word]; rise != "" {
		class = c.s.demand(w).Higher(rise)
	}
	why := []Reason{{Code: "listed", Word: w.List}}
	if end-start != e-s {
		why = append(why, Reason{Code: "separators"})
	}
	c.add(hit2{kind: kind, start: start, end: end, score: 95, why: why, canon: string(kind) + ":" + c.s.keywords.words[word], class: class, label: w.List, op: w.Operator})
	return false // words may overlap, and each demands its own
}

// latin tells whether the characters at i and j are parts of one Latin word or number.
func latin(b []byte, i, j int) bool {
	return i >= 0 && j >= 0 && i < len(b) && j < len(b) && alnum[b[i]] != 0 && alnum[b[j]] != 0
}

func lower(ss []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range ss {
		m[strings.ToLower(strings.TrimSpace(s))] = true
	}
	return m
}
