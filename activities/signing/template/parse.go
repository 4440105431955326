package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qunbei/qunbei/models/domain"
)

var (
	articleLine = regexp.MustCompile(`^(.*?)\s*\{#([^}]*)\}$`)
	articleKey  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	clauseLine  = regexp.MustCompile(`^([0-9]{1,3})\.(.*)$`)
	foreignLine = regexp.MustCompile("^(###+|[-*+] |```|~~~|\\||!\\[|===+|---+|<)")
	foreignPart = regexp.MustCompile("\\*\\*|__|`|\\]\\(|</?[A-Za-z]|<!--")
	fieldPlace  = regexp.MustCompile(`\{\{([a-z_]{1,40})\}\}`)
)

type parser struct {
	t       Template
	defects []Defect
	line    int
	lines   []int // the line of each block
	keys    map[string]bool
	clauses int
	article int
	consent int
}

func (p *parser) bad(line, column int, code string, params ...string) {
	if len(p.defects) == maxDefects {
		return
	}
	d := Defect{Line: line, Column: column, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if d.Params == nil {
			d.Params = map[string]string{}
		}
		d.Params[params[i]] = params[i+1]
	}
	p.defects = append(p.defects, d.In("en"))
}

// Parse reads a template. Its error is a *[FileError] with every defect, each with line and column.
func Parse(text []byte) (*Template, error) {
	p := &parser{keys: map[string]bool{}}
	p.parse(text)
	if len(p.defects) > 0 {
		slices.SortStableFunc(p.defects, func(a, b Defect) int { return a.Line - b.Line })
		return nil, &FileError{p.defects}
	}
	return &p.t, nil
}

func (p *parser) parse(text []byte) {
	switch {
	case len(text) > MaxBytes:
		p.bad(0, 0, "file_too_large", "max", strconv.Itoa(MaxBytes>>10))
		return
	case !utf8.Valid(text):
		p.bad(0, 0, "not_utf8")
		return
	case strings.HasPrefix(string(text), "\ufeff"):
		p.bad(1, 1, "byte_order_mark")
		return
	case strings.TrimSpace(string(text)) == "":
		p.bad(0, 0, "file_empty")
		return
	}
	p.t.Canonical = canonical(string(text))
	lines := strings.Split(strings.TrimSuffix(p.t.Canonical, "\n"), "\n")
	if !p.head(lines) {
		return
	}
	for i, l := range lines[4:] {
		p.line = i + 5
		if l != "" {
			p.block(l)
		}
		if len(p.t.Blocks) > maxBlocks {
			p.bad(p.line, 1, "too_many_blocks", "max", strconv.Itoa(maxBlocks))
			return
		}
	}
	p.whole()
}

// canonical is the text whose digest is the template's: how a file's lines end does not matter.
func canonical(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n") + "\n"
}

func (p *parser) head(lines []string) bool {
	at := func(i int) string {
		if i < len(lines) {
			return lines[i]
		}
		return ""
	}
	if at(0) != "---" || at(1) != "format: "+Format {
		p.bad(1, 1, "head_format", "value", Format)
		return false
	}
	if l := at(2); l != "language: zh" && l != "language: zh-en" {
		p.bad(3, 1, "head_language")
		return false
	}
	if at(3) != "---" {
		p.bad(4, 1, "head_format", "value", Format)
		return false
	}
	p.t.Bilingual = lines[2] == "language: zh-en"
	return true
}

// block reads one line that is not empty.
func (p *parser) block(l string) {
	p.characters(l)
	if n := utf8.RuneCountInString(l); n > maxLine {
		p.bad(p.line, maxLine+1, "line_too_long", "max", strconv.Itoa(maxLine))
		return
	}
	if m := foreignLine.FindString(l); m != "" {
		p.bad(p.line, 1, "not_supported", "value", m)
		return
	}
	if m := foreignPart.FindStringIndex(l); m != nil {
		p.bad(p.line, column(l, m[0]), "not_supported", "value", l[m[0]:m[1]])
	}
	switch {
	case strings.HasPrefix(l, "~"):
		p.translation(l)
		return
	case strings.HasPrefix(l, "##"):
		if text, ok := p.behind(l, "##"); ok {
			p.heading(text)
		}
	case strings.HasPrefix(l, "#"):
		if text, ok := p.behind(l, "#"); ok {
			if len(p.t.Blocks) > 0 {
				p.bad(p.line, 1, "title_first")
			}
			p.add(Block{Kind: Title, Text: domain.Label{ZH: text}})
		}
	case strings.HasPrefix(l, ">"):
		if text, ok := p.behind(l, ">"); ok {
			if p.consent++; p.consent > 1 {
				p.bad(p.line, 1, "consent_twice")
			}
			p.add(Block{Kind: Consent, Text: domain.Label{ZH: text}})
		}
	default:
		p.text(l)
	}
	p.fields(l)
}

func (p *parser) text(l string) {
	m := clauseLine.FindStringSubmatch(l)
	if m == nil {
		p.add(Block{Kind: Paragraph, Text: domain.Label{ZH: l}})
		return
	}
	text, ok := p.behind(l, m[1]+".")
	if !ok {
		return
	}
	if p.article == 0 {
		p.bad(p.line, 1, "clause_outside")
		return
	}
	p.clauses++
	if m[1] != strconv.Itoa(p.clauses) {
		p.bad(p.line, 1, "clause_number", "n", strconv.Itoa(p.clauses))
	}
	p.add(Block{Kind: Clause, Number: p.clauses, Text: domain.Label{ZH: text}})
}

func (p *parser) heading(text string) {
	p.article++
	p.clauses = 0
	key := ""
	if m := articleLine.FindStringSubmatch(text); m != nil {
		text, key = m[1], m[2]
		switch {
		case !articleKey.MatchString(key):
			p.bad(p.line, 1, "article_key", "value", strconv.Quote(clip(key)))
		case p.keys[key]:
			p.bad(p.line, 1, "article_twice", "value", key)
		}
		p.keys[key] = true
	}
	if text == "" {
		p.bad(p.line, 1, "text_missing", "value", "##")
	}
	p.add(Block{Kind: Article, Key: key, Number: p.article, Text: domain.Label{ZH: text}})
}

func (p *parser) translation(l string) {
	text, ok := p.behind(l, "~")
	if !ok {
		return
	}
	n := len(p.t.Blocks)
	if !p.t.Bilingual || n == 0 || p.t.Blocks[n-1].Text.EN != "" {
		p.bad(p.line, 1, "translation_alone")
		return
	}
	b := &p.t.Blocks[n-1]
	b.Text.EN = text
	p.fields(l)
	here, there := names(b.Text.EN), names(b.Text.ZH)
	for _, f := range Fields {
		if slices.Contains(here, f.Name) != slices.Contains(there, f.Name) {
			p.bad(p.line, 1, "field_one_language", "value", f.Name)
		}
	}
}

// behind returns the text behind a mark.
func (p *parser) behind(l, mark string) (string, bool) {
	rest := l[len(mark):]
	if rest == "" {
		p.bad(p.line, 1, "text_missing", "value", mark)
		return "", false
	}
	text, ok := strings.CutPrefix(rest, " ")
	if !ok {
		p.bad(p.line, utf8.RuneCountInString(mark)+1, "space_missing", "value", mark)
		return "", false
	}
	return strings.TrimSpace(text), true
}

func (p *parser) add(b Block) {
	if len(p.t.Blocks) == 0 && b.Kind != Title {
		p.bad(p.line, 1, "title_first")
	}
	p.t.Blocks = append(p.t.Blocks, b)
	p.lines = append(p.lines, p.line)
}

// characters finds what a reader would not see.
func (p *parser) characters(l string) {
	n := 0
	for _, r := range l {
		n++
		if hidden(r) {
			p.bad(p.line, n, "hidden_character", "character", fmt.Sprintf("U+%04X", r))
			return
		}
	}
}

func hidden(r rune) bool {
	switch r {
	case ' ', '\u3000':
		return false
	}
	// Variation selectors choose a glyph that the typefaces may lack; private use shows whatever a font likes.
	return !unicode.IsPrint(r) || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Co, r) || r == '\ufffd'
}

// fields finds fields that do not exist and braces that are none.
func (p *parser) fields(l string) {
	rest := fieldPlace.ReplaceAllStringFunc(l, func(m string) string { return strings.Repeat("\x00", len(m)) })
	if m := articleLine.FindStringSubmatchIndex(rest); m != nil && strings.HasPrefix(l, "##") {
		rest = rest[:m[3]]
	}
	if i := strings.IndexAny(rest, "{}"); i >= 0 {
		p.bad(p.line, column(l, i), "field_open")
	}
	for _, m := range fieldPlace.FindAllStringSubmatchIndex(l, -1) {
		name := l[m[2]:m[3]]
		if !slices.ContainsFunc(Fields, func(f Field) bool { return f.Name == name }) {
			p.bad(p.line, column(l, m[0]), "field_unknown", "value", name, "allowed", allowed())
		}
	}
}

// whole checks what only the whole text can show.
func (p *parser) whole() {
	used := map[string]bool{}
	for i, b := range p.t.Blocks {
		if p.t.Bilingual && b.Text.EN == "" {
			p.bad(p.lines[i], 1, "translation_missing")
		}
		if b.Kind == Article && (i+1 == len(p.t.Blocks) || p.t.Blocks[i+1].Kind == Article) {
			p.bad(p.lines[i], 1, "article_empty")
		}
		for _, n := range names(b.Text.ZH) {
			used[n] = true
		}
	}
	if p.consent == 0 {
		p.bad(0, 0, "consent_missing")
	}
	for _, key := range Articles {
		if !p.keys[key] {
			p.bad(0, 0, "article_missing", "value", key)
		}
	}
	for _, f := range Fields {
		if used[f.Name] {
			p.t.Uses = append(p.t.Uses, f.Name)
		} else if f.Must {
			p.bad(0, 0, "field_missing", "value", f.Name, "label", f.Label.ZH+" / "+f.Label.EN)
		}
	}
}

func names(s string) []string {
	var out []string
	for _, m := range fieldPlace.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}

func allowed() string {
	all := make([]string, len(Fields))
	for i, f := range Fields {
		all[i] = f.Name
	}
	return strings.Join(all, ", ")
}

func column(l string, offset int) int { return utf8.RuneCountInString(l[:offset]) + 1 }

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
