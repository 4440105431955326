package extract

import (
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// pdfFont turns the codes of a font into text.
type pdfFont struct {
	width int               // bytes of a code
	to    map[uint32]string // from its table
	wide  bool              // codes are UTF-16
	gbk   bool              // codes are GBK
	plain bool              // codes are Windows' Latin
}

func (f *pdfFile) font(v any) *pdfFont {
	r, _ := v.(pdfRef)
	if r != 0 && f.fonts[r] != nil {
		return f.fonts[r]
	}
	d := f.dict(v)
	if d == nil {
		return nil
	}
	out := &pdfFont{width: 1}
	enc, _ := f.get(d["Encoding"]).(pdfName)
	if d["Subtype"] == pdfName("Type0") {
		out.width = 2
		switch {
		case strings.Contains(string(enc), "UTF16"), strings.Contains(string(enc), "UCS2"):
			out.wide = true
		case strings.HasPrefix(string(enc), "GBK"), strings.HasPrefix(string(enc), "GB-EUC"):
			out.gbk = true
		}
	} else if d["Subtype"] != pdfName("Type3") {
		out.plain = true
		f.differences(out, f.dict(d["Encoding"]))
	}
	if s, ok := f.get(d["ToUnicode"]).(pdfData); ok {
		f.table(out, f.decode(s))
	}
	if r != 0 {
		f.fonts[r] = out
	}
	return out
}

// glyphs are names of glyphs that are no letters themselves.
var glyphs = func() map[string]string {
	m := map[string]string{}
	for i, n := range strings.Fields("space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at") {
		m[n] = string(rune(0x20 + i))
	}
	for n, s := range map[string]string{"underscore": "_", "bracketleft": "[", "bracketright": "]", "braceleft": "{", "braceright": "}", "bar": "|", "backslash": `\`, "minus": "-", "endash": "-", "emdash": "—"} {
		m[n] = s
	}
	return m
}()

// differences reads the names that a font gives its codes.
func (f *pdfFile) differences(font *pdfFont, enc pdfDict) {
	code := uint32(0)
	for _, v := range f.list(enc["Differences"]) {
		switch v := f.get(v).(type) {
		case float64:
			code = uint32(v)
		case pdfName:
			s := string(v)
			if g, ok := glyphs[s]; ok {
				s = g
			} else if h, ok := strings.CutPrefix(s, "uni"); ok && len(h) >= 4 {
				if n, err := strconv.ParseInt(h[:4], 16, 32); err == nil {
					s = string(rune(n))
				}
			}
			if font.to == nil {
				font.to = map[uint32]string{}
			}
			if len([]rune(s)) == 1 {
				font.to[code] = s
			} else {
				font.to[code] = "" // a name that says nothing
			}
			code++
		}
	}
}

// mostMapped bounds a font's table.
const mostMapped = 1 << 17

// table reads a ToUnicode table (bfchar, bfrange).
func (f *pdfFile) table(font *pdfFont, raw []byte) {
	if font.to == nil {
		font.to = map[uint32]string{}
	}
	l := &lexer{b: raw, steps: &f.steps}
	var args []any
	for {
		v := l.next(0)
		if _, end := v.(pdfEnd); end && l.i >= len(l.b) {
			return
		}
		op, ok := v.(pdfOp)
		if !ok {
			if len(args) < 10_000 {
				args = append(args, v)
			}
			continue
		}
		switch op {
		case "endcodespacerange":
			if s, ok := first(args).(pdfText); ok && len(s) >= 1 && len(s) <= 4 {
				font.width = len(s)
			}
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				from, ok1 := args[i].(pdfText)
				to, ok2 := args[i+1].(pdfText)
				if ok1 && ok2 && len(font.to) < mostMapped {
					font.to[number(from)] = wide([]byte(to), true)
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				a, ok1 := args[i].(pdfText)
				z, ok2 := args[i+1].(pdfText)
				if ok1 && ok2 {
					font.span(number(a), number(z), args[i+2])
				}
			}
		}
		args = args[:0]
	}
}

func first(a []any) any {
	if len(a) == 0 {
		return nil
	}
	return a[0]
}

func (font *pdfFont) span(a, z uint32, to any) {
	if z < a || z-a > 0xFFFF {
		return
	}
	switch to := to.(type) {
	case pdfText:
		start := []rune(wide([]byte(to), true))
		if len(start) == 0 {
			return
		}
		for c := a; c <= z && len(font.to) < mostMapped; c++ {
			font.to[c] = string(start[:len(start)-1]) + string(start[len(start)-1]+rune(c-a)) //nolint:gosec // below 0x10000
		}
	case pdfArray:
		for i, v := range to {
			if s, ok := v.(pdfText); ok && a+uint32(i) <= z && len(font.to) < mostMapped {
				font.to[a+uint32(i)] = wide([]byte(s), true)
			}
		}
	}
}

func number(s pdfText) (n uint32) {
	for i := range min(len(s), 4) {
		n = n<<8 | uint32(s[i])
	}
	return n
}

// text reads a string of the font's codes; false if one of them cannot be told.
func (font *pdfFont) text(s pdfText) (string, bool) {
	if len(font.to) == 0 {
		switch {
		case font.wide:
			return wide([]byte(s), true), true
		case font.gbk:
			out, err := simplifiedchinese.GBK.NewDecoder().Bytes([]byte(s))
			return string(out), err == nil
		case font.plain:
			out, err := charmap.Windows1252.NewDecoder().Bytes([]byte(s))
			return string(out), err == nil
		}
		return "", len(s) == 0
	}
	var b strings.Builder
	all := true
	for i := 0; i < len(s); i += font.width {
		code := number(s[i:min(len(s), i+font.width)])
		t, ok := font.to[code]
		if !ok && font.plain && font.width == 1 {
			t, ok = string(charmap.Windows1252.DecodeByte(byte(code))), true //nolint:gosec // one byte
		}
		if !ok || t == "" {
			all = all && ok && code == 0
			continue
		}
		b.WriteString(t)
	}
	return b.String(), all
}
