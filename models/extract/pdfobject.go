package extract

import (
	"bytes"
	"strconv"
)

// The objects of PDF (ISO 32000-1, 7.3), as far as text needs them.
type (
	pdfName  string
	pdfRef   int
	pdfDict  map[pdfName]any
	pdfArray []any
	pdfOp    string // a word of a content stream
	pdfText  string // a string's bytes
	pdfData  struct {
		dict pdfDict
		raw  []byte
	}
)

// lexer reads objects; whatever is broken reads as nothing and moves on.
type lexer struct {
	b     []byte
	i     int
	steps *int
}

func pdfSpace(c byte) bool {
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' '
}
func pdfDelim(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) skip() {
	for l.i < len(l.b) {
		switch c := l.b[l.i]; {
		case pdfSpace(c):
			l.i++
		case c == '%':
			for l.i < len(l.b) && l.b[l.i] != '\n' && l.b[l.i] != '\r' {
				l.i++
			}
		default:
			return
		}
	}
}

type pdfEnd struct{} // of the input, an array or a dictionary

// next reads one object; float64 for numbers, pdfEnd at the end.
func (l *lexer) next(depth int) any {
	from := l.i
	l.skip()
	*l.steps--
	defer func() { *l.steps -= (l.i - from) / 16 }()
	if l.i >= len(l.b) || depth > 60 || *l.steps < 0 {
		l.i = len(l.b)
		return pdfEnd{}
	}
	switch c := l.b[l.i]; {
	case c == '/':
		l.i++
		return pdfName(l.word(true))
	case c == '(':
		return l.literal()
	case c == '<' && l.i+1 < len(l.b) && l.b[l.i+1] == '<':
		l.i += 2
		d := pdfDict{}
		for {
			k := l.next(depth + 1)
			name, ok := k.(pdfName)
			if !ok {
				if _, end := k.(pdfEnd); end {
					return d
				}
				continue
			}
			v := l.value(depth + 1)
			if _, end := v.(pdfEnd); end {
				return d
			}
			d[name] = v
		}
	case c == '<':
		return l.hex()
	case c == '>':
		if l.i++; l.i < len(l.b) && l.b[l.i] == '>' {
			l.i++
		}
		return pdfEnd{}
	case c == '[':
		l.i++
		var a pdfArray
		for {
			v := l.value(depth + 1)
			if _, end := v.(pdfEnd); end {
				return a
			}
			a = append(a, v)
		}
	case c == ']':
		l.i++
		return pdfEnd{}
	case c == '{' || c == '}' || c == ')':
		l.i++
		return pdfOp(string(c))
	}
	w := l.word(false)
	if c := w[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' {
		if f, err := strconv.ParseFloat(w, 64); err == nil {
			return f
		}
	}
	return pdfOp(w)
}

// value is next with references put together: 12 0 R.
func (l *lexer) value(depth int) any {
	v := l.next(depth)
	n, ok := v.(float64)
	if !ok || n < 0 || n != float64(int(n)) || n > 1e8 {
		return v
	}
	at, digits := l.i, 0
	l.skip()
	for l.i < len(l.b) && l.b[l.i] >= '0' && l.b[l.i] <= '9' && digits < 6 {
		l.i++
		digits++
	}
	l.skip()
	if digits > 0 && l.i < len(l.b) && l.b[l.i] == 'R' && (l.i+1 == len(l.b) || pdfSpace(l.b[l.i+1]) || pdfDelim(l.b[l.i+1])) {
		l.i++
		return pdfRef(int(n))
	}
	l.i = at
	return v
}

func (l *lexer) word(name bool) string {
	from := l.i
	for l.i < len(l.b) && !pdfSpace(l.b[l.i]) && !pdfDelim(l.b[l.i]) {
		l.i++
	}
	if l.i == from && !name {
		l.i++
	}
	w := l.b[from:l.i]
	if name && bytes.IndexByte(w, '#') >= 0 {
		var out []byte
		for i := 0; i < len(w); i++ {
			if w[i] == '#' && i+2 < len(w) {
				if n, err := strconv.ParseUint(string(w[i+1:i+3]), 16, 8); err == nil {
					out, i = append(out, byte(n)), i+2
					continue
				}
			}
			out = append(out, w[i])
		}
		w = out
	}
	return string(w)
}

func (l *lexer) literal() pdfText {
	var out []byte
	deep := 0
	for l.i < len(l.b) {
		c := l.b[l.i]
		l.i++
		switch c {
		case '(':
			if deep++; deep == 1 {
				continue
			}
		case ')':
			if deep--; deep == 0 {
				return pdfText(out)
			}
		case '\\':
			if l.i >= len(l.b) {
				return pdfText(out)
			}
			c = l.b[l.i]
			l.i++
			switch {
			case c == 'n':
				c = '\n'
			case c == 'r':
				c = '\r'
			case c == 't':
				c = '\t'
			case c == 'b' || c == 'f':
				c = ' '
			case c >= '0' && c <= '7':
				n := int(c - '0')
				for k := 0; k < 2 && l.i < len(l.b) && l.b[l.i] >= '0' && l.b[l.i] <= '7'; k++ {
					n = n*8 + int(l.b[l.i]-'0')
					l.i++
				}
				c = byte(n) //nolint:gosec // PDF says: what overflows is dropped
			case c == '\r' || c == '\n':
				if c == '\r' && l.i < len(l.b) && l.b[l.i] == '\n' {
					l.i++
				}
				continue
			}
		}
		out = append(out, c)
	}
	return pdfText(out)
}

func (l *lexer) hex() pdfText {
	l.i++
	var out []byte
	half, n := byte(0), 0
	for l.i < len(l.b) {
		c := l.b[l.i]
		l.i++
		switch {
		case c == '>':
			if n%2 == 1 {
				out = append(out, half<<4)
			}
			return pdfText(out)
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			continue
		}
		if n++; n%2 == 1 {
			half = c
		} else {
			out = append(out, half<<4|c)
		}
	}
	return pdfText(out)
}
