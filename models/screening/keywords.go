package screening

import (
	"strings"
	"unicode"
	"unicode/utf8"

	ahocorasick "github.com/petar-dambovaliev/aho-corasick"
)

// Keyword is one of the company's own words: policy data, thousands of them.
type Keyword struct {
	Word string `json:"word" yaml:"word"`
	// Kind is keyword, codename or topic.
	Kind Kind `json:"kind,omitempty" yaml:"kind"`
	// Class is what the word demands; empty: what its kind demands.
	Class Class `json:"class,omitempty" yaml:"class"`
	// List names the list it comes from, for the explanation.
	List string `json:"list,omitempty" yaml:"list"`
	// Operator is how it is desensitised; empty: as its kind is.
	Operator Operator `json:"operator,omitempty" yaml:"operator"`
}

// maxDFA bounds the memory of the keywords' automaton: above, it is the smaller and slower one.
const maxDFA = 60_000 // bytes of all keywords

type keywords struct {
	ac   ahocorasick.AhoCorasick
	list []Keyword
}

// fold is the form in which keywords are compared: lower case, without what separates.
func fold(s string) string {
	t := &text{b: []byte(s)}
	return string(t.compact().b)
}

func newKeywords(list []Keyword) *keywords {
	k := &keywords{}
	var words []string
	total := 0
	seen := map[string]bool{}
	for _, w := range list {
		word := string((&text{b: normalise(w.Word).b}).compact().b)
		if word == "" || seen[word] {
			continue
		}
		seen[word] = true
		words, k.list, total = append(words, word), append(k.list, w), total+len(word)
	}
	if len(words) == 0 {
		return nil
	}
	b := ahocorasick.NewAhoCorasickBuilder(ahocorasick.Opts{MatchKind: ahocorasick.LeftMostLongestMatch, DFA: total <= maxDFA})
	k.ac = b.Build(words)
	return k
}

// compact drops from a normal form what people put between characters to hide a word: blanks and marks inside a line.
// Ends of sentences stay, so that no word is found across them.
func (t *text) compact() *text {
	out := &text{b: make([]byte, 0, len(t.b))}
	same := 0
	flush := func(i int) {
		if i > same {
			out.push(seg{n: int32(len(out.b)), o: int32(same)}) //nolint:gosec // MaxBytes fits
			out.b = append(out.b, t.b[same:i]...)
		}
	}
	for i := 0; i < len(t.b); {
		c := t.b[i]
		if c < utf8.RuneSelf {
			switch {
			case c >= 'A' && c <= 'Z':
				flush(i)
				out.push(seg{n: int32(len(out.b)), o: int32(i), olen: 1}) //nolint:gosec // MaxBytes fits
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
			out.push(seg{n: int32(len(out.b)), o: int32(i), olen: int32(size)}) //nolint:gosec // MaxBytes fits
			out.b = utf8.AppendRune(out.b, low)
			same = i + size
		}
		i += size
	}
	flush(len(t.b))
	return out
}

// keywords finds the company's words. Latin words must stand alone; what hides between the characters is seen through,
// at most three characters at a place.
func (c *scan) keywords() {
	k := c.s.keywords
	if k == nil {
		return
	}
	t := c.t2()
	it := k.ac.IterByte(t.b)
	for m := it.Next(); m != nil; m = it.Next() {
		w := k.list[m.Pattern()]
		start, end := t.span(m.Start(), m.End())
		if end-start > 4*(m.End()-m.Start())+8 {
			continue
		}
		if latin(c.b, start, start-1) || latin(c.b, end-1, end) {
			continue
		}
		kind := w.Kind
		if kind == "" {
			kind = KindKeyword
		}
		why := []Reason{{Code: "listed", Word: w.List}}
		if end-start != m.End()-m.Start() {
			why = append(why, Reason{Code: "separators"})
		}
		c.add(hit2{kind: kind, start: start, end: end, score: 95, why: why, canon: string(kind) + ":" + string(t.b[m.Start():m.End()]), class: w.Class, label: w.List, op: w.Operator})
	}
}

func (c *scan) t2() *text { return c.t.compact() }

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
