package paper

import (
	"strings"
	"unicode"

	"github.com/qunbei/qunbei/activities/signing/fonts"
)

// Measures of a page, in points. A4 is 595 by 842.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	left       = 71.0
	right      = pageWidth - 71
	top        = 76.0
	bottom     = pageHeight - 80
	footer     = pageHeight - 44
)

// run is a stretch of text in one face.
type run struct {
	face fonts.Face
	text string
}

// op is one thing on a page: runs on a baseline, or a line.
type op struct {
	x, y, size float64
	grey       uint8
	runs       []run
	x2, y2     float64 // a line's end, when runs is empty
}

type layout struct {
	pages [][]op
	y     float64
}

func newLayout() *layout {
	l := &layout{}
	l.newPage()
	return l
}

func (l *layout) newPage() {
	l.pages = append(l.pages, nil)
	l.y = top
}

// need begins a new page unless height is left on this one.
func (l *layout) need(height float64) {
	if l.y+height > bottom {
		l.newPage()
	}
}

func (l *layout) put(o op) {
	p := len(l.pages) - 1
	l.pages[p] = append(l.pages[p], o)
}

func (l *layout) line(x1, y1, x2, y2 float64, grey uint8) {
	l.put(op{x: x1, y: y1, x2: x2, y2: y2, size: 0.6, grey: grey})
}

// style is how a text stands on the page.
type style struct {
	size, leading float64
	indent        float64 // of the first line
	from, to      float64 // margins; 0 is the page's
	centre        bool
	grey          uint8
	after         float64
	keep          float64 // what must still fit below, so that a heading never stands alone
}

// text sets a text in lines and moves down.
func (l *layout) text(s string, st style) {
	if st.from == 0 {
		st.from = left
	}
	if st.to == 0 {
		st.to = right
	}
	l.need(st.leading + st.keep)
	for i, words := range wrap(s, st.size, st.to-st.from, st.indent) {
		l.need(st.leading)
		x := st.from
		if i == 0 {
			x += st.indent
		}
		if st.centre {
			x = (st.from + st.to - measure(words, st.size)) / 2
		}
		l.put(op{x: x, y: l.y + st.size, size: st.size, grey: st.grey, runs: runs(words)})
		l.y += st.leading
	}
	l.y += st.after
}

// width of a character in thousandths of the size.
func width(r rune) float64 {
	_, w := fonts.Of(r)
	return float64(w)
}

func measure(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		sum += width(r)
	}
	return sum * size / 1000
}

// runs divides a text by the faces that have its characters.
func runs(s string) []run {
	var out []run
	for _, r := range s {
		f, _ := fonts.Of(r)
		if f == fonts.None {
			continue // Render has refused it
		}
		if n := len(out); n > 0 && out[n-1].face == f {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, run{f, string(r)})
	}
	return out
}

const (
	// notFirst may not begin a line, notLast may not end one (the rules of Chinese typesetting).
	notFirst = "，。、；：？！）》」』】〉〕”’…—·％,.;:?!)]}%"
	notLast  = "（《「『【〈〔“‘([{"
)

// wrap divides a text into lines of at most most points. Chinese breaks between any two characters except before
// closing and after opening marks; other scripts break at spaces, and a word that is longer than a line anywhere.
func wrap(s string, size, most, indent float64) []string {
	var lines []string
	runes := []rune(s)
	for from := 0; from < len(runes); {
		room := (most - indent) * 1000 / size
		indent = 0
		sum, end, broken := 0.0, from, 0
		for end < len(runes) {
			sum += width(runes[end])
			if sum > room && end > from {
				break
			}
			end++
			if end < len(runes) && mayBreak(runes[end-1], runes[end]) {
				broken = end
			}
		}
		if end < len(runes) && broken > from {
			end = broken
		}
		lines = append(lines, strings.TrimRight(string(runes[from:end]), " "))
		for from = end; from < len(runes) && runes[from] == ' '; from++ {
		}
	}
	return lines
}

func mayBreak(a, b rune) bool {
	if strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a) || b == ' ' {
		return false
	}
	return a == ' ' || wide(a) || wide(b)
}

func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x30ff || r >= 0xff00 && r <= 0xffef ||
		strings.ContainsRune("“”‘’…—·", r)
}
