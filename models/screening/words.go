package screening

import (
	"sort"
	"unicode/utf8"
)

// matcher finds words of a list in a text in the normal form: at each place the longest word that begins there. It looks
// at a place twice only where the first character begins a word, and compares only words that share two characters, so
// that thousands of words cost little more than ten.
type matcher struct {
	words []string
	first [1 << 16]bool         // characters that begin a word; beyond the basic plane every one may
	pairs map[uint64]matchGroup // words by their first two characters
	fold  bool                  // upper-case ASCII of the text reads as lower case
	index map[string]int32      // a word's place in words
}

// matchGroup is the words that share two characters.
type matchGroup struct {
	sizes []int // in bytes, longest first, each once
	one   int32 // the word, if the group has one only; else -1
}

func pair(a, b rune) uint64 { return uint64(a)<<32 | uint64(b) } //nolint:gosec // characters are not negative

// newMatcher prepares words, which must be of one character at least and in the form the text will have.
func newMatcher(words []string, fold bool) *matcher {
	m := &matcher{words: words, fold: fold, pairs: map[uint64]matchGroup{}, index: make(map[string]int32, len(words))}
	for i, w := range words {
		a, n := utf8.DecodeRuneInString(w)
		b := rune(0)
		if n < len(w) {
			b, _ = utf8.DecodeRuneInString(w[n:])
		}
		if a < 1<<16 {
			m.first[a] = true
		}
		m.index[w] = int32(i)
		g, ok := m.pairs[pair(a, b)]
		if g.one = int32(i); ok {
			g.one = -1
		}
		if k := sort.Search(len(g.sizes), func(k int) bool { return g.sizes[k] <= len(w) }); k == len(g.sizes) || g.sizes[k] != len(w) {
			g.sizes = append(g.sizes, 0)
			copy(g.sizes[k+1:], g.sizes[k:])
			g.sizes[k] = len(w)
		}
		m.pairs[pair(a, b)] = g
	}
	return m
}

// runeAt decodes the character at b[i], fast for what Chinese texts are made of. Broken bytes are characters of one byte.
func runeAt(b []byte, i int) (rune, int) {
	c := b[i]
	if c < utf8.RuneSelf {
		return rune(c), 1
	}
	if c >= 0xE1 && c < 0xED && i+2 < len(b) && b[i+1]&0xC0 == 0x80 && b[i+2]&0xC0 == 0x80 {
		return rune(c&0x0F)<<12 | rune(b[i+1]&0x3F)<<6 | rune(b[i+2]&0x3F), 3
	}
	return utf8.DecodeRune(b[i:])
}

// each calls f with the words in b, in order and without overlaps, until the text ends. f may refuse a word; then the next
// one is looked for behind the word's first character.
func (m *matcher) each(b []byte, f func(start, end, word int) bool) {
	var buf [MaxKeywordBytes]byte
	for i := 0; i < len(b); {
		r, n := runeAt(b, i)
		if m.fold && r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if r < 1<<16 && !m.first[r] || i+n > len(b) {
			i += n
			continue
		}
		end, word := m.at(b, i, r, n, &buf)
		if word >= 0 && f(i, end, word) {
			i = end
		} else {
			i += n
		}
	}
}

// at is the longest word at b[i], whose first character is r of n bytes.
func (m *matcher) at(b []byte, i int, r rune, n int, buf *[MaxKeywordBytes]byte) (int, int) {
	r2 := rune(0)
	if i+n < len(b) {
		if r2, _ = runeAt(b, i+n); m.fold && r2 >= 'A' && r2 <= 'Z' {
			r2 += 'a' - 'A'
		}
	}
	g, ok := m.pairs[pair(r, r2)]
	if ok && g.one >= 0 {
		if w := m.words[g.one]; m.same(b, i, w) {
			return i + len(w), int(g.one)
		}
	} else if ok {
		for _, size := range g.sizes {
			if size > len(buf) || i+size > len(b) {
				continue
			}
			v := buf[:copy(buf[:size], b[i:i+size])]
			if m.fold {
				for k, c := range v {
					if c >= 'A' && c <= 'Z' {
						v[k] = c + 'a' - 'A'
					}
				}
			}
			if w, ok := m.index[string(v)]; ok {
				return i + size, int(w)
			}
		}
	}
	if g, ok = m.pairs[pair(r, 0)]; ok && r2 != 0 { // a word of one character
		return i + n, int(g.one)
	}
	return 0, -1
}

func (m *matcher) same(b []byte, i int, w string) bool {
	if i+len(w) > len(b) {
		return false
	}
	if !m.fold {
		return string(b[i:i+len(w)]) == w
	}
	for k := range len(w) {
		c := b[i+k]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != w[k] {
			return false
		}
	}
	return true
}
