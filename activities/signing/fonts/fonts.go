// Package fonts holds the typefaces of the documents that people sign, and knows which characters they have.
//
// Three faces stand behind each other: Noto Sans SC for ordinary text, Droid Sans Fallback for the rest of the basic
// plane, and a few hundred kilobytes of rare characters of names beyond it. A character that none of them has is never
// drawn as a box: [Missing] says so beforehand, and the document goes the way on paper (semantics 4).
// README.md beside this file says where they come from and under which licences.
package fonts

import (
	_ "embed"
	"fmt"
	"sync"
	"unicode"

	"github.com/signintech/gopdf"
	"github.com/signintech/gopdf/fontmaker/core"
)

//go:embed NotoSansSC-Regular.ttf
var noto []byte

//go:embed DroidSansFallback-rest.ttf
var droid []byte

//go:embed QunbeiRare-Regular.ttf
var rare []byte

// Version names the set of faces; it changes when a file does, because the same text then makes other bytes.
const Version = "1"

// Face is one of the typefaces, in the order in which they are asked for a character.
type Face int

// The faces.
const (
	Noto Face = iota
	Droid
	Rare
	faces
)

// None is the face of a character that no face has.
const None Face = -1

// Family is the name under which the face is known in a document.
func (f Face) Family() string { return [...]string{"NotoSansSC", "DroidSansFallback", "QunbeiRare"}[f] }

type loaded struct {
	container gopdf.FontContainer
	width     [faces]map[rune]int // thousandths of the type size
}

var load = sync.OnceValues(func() (*loaded, error) {
	l := &loaded{}
	for f, data := range [faces][]byte{noto, droid, rare} {
		var p core.TTFParser
		if err := p.ParseFontData(data); err != nil {
			return nil, fmt.Errorf("embedded font %s: %w", Face(f).Family(), err)
		}
		if err := l.container.AddTTFFontData(Face(f).Family(), data); err != nil {
			return nil, fmt.Errorf("embedded font %s: %w", Face(f).Family(), err)
		}
		l.width[f] = widths(&p)
	}
	return l, nil
})

// widths reads which characters a face has, and how wide they are.
func widths(p *core.TTFParser) map[rune]int {
	out := map[rune]int{}
	advance, em := p.Widths(), p.UnitsPerEm()
	add := func(r rune, glyph uint) {
		if glyph == 0 {
			return
		}
		out[r] = int(advance[min(glyph, uint(len(advance))-1)] * 1000 / em)
	}
	for r, glyph := range p.Chars() {
		add(rune(r), glyph) //nolint:gosec // 16 bits in the file
	}
	for _, g := range p.GroupingTables() {
		for r := g.StartCharCode; r <= g.EndCharCode; r++ {
			add(rune(r), g.GlyphID+r-g.StartCharCode) //nolint:gosec // a character's code, of our own file
		}
	}
	return out
}

// Load gives a document's writer the faces it uses. They are parsed once in the life of a process.
func Load(doc *gopdf.GoPdf, used [3]bool) error {
	l, err := load()
	if err != nil {
		return err
	}
	for f := range faces {
		if !used[f] {
			continue
		}
		if err := doc.AddTTFFontFromFontContainer(f.Family(), &l.container); err != nil {
			return fmt.Errorf("font %s: %w", f.Family(), err)
		}
	}
	return nil
}

// Of returns the first face that has r, and r's width in thousandths of the type size; [None] when none has.
func Of(r rune) (Face, int) {
	l, err := load()
	if err != nil {
		return None, 0
	}
	for f := range faces {
		if w, ok := l.width[f][r]; ok {
			return f, w
		}
	}
	return None, 0
}

// Missing lists the characters of the texts that no face can draw, each once, in their order.
func Missing(texts ...string) []rune {
	var out []rune
	seen := map[rune]bool{}
	for _, t := range texts {
		for _, r := range t {
			if seen[r] || r == '\n' {
				continue
			}
			seen[r] = true
			if f, _ := Of(r); f == None || !unicode.IsPrint(r) && r != '\u3000' && r != '\u00a0' {
				out = append(out, r)
			}
		}
	}
	return out
}
