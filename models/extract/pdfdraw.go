package extract

import (
	"bytes"
	"slices"
)

var pdfShows = []pdfOp{"Tj", "'", `"`}

// draw follows a content stream and writes the text it shows.
func (f *pdfFile) draw(raw []byte, res pdfDict, depth int) {
	if depth > 8 {
		f.mark(TooDeep)
		return
	}
	fonts, forms := f.dict(res["Font"]), f.dict(res["XObject"])
	var font *pdfFont
	var args pdfArray
	y := 0.0
	l := &lexer{b: raw, steps: &f.steps}
	for {
		v := l.next(0)
		op, isOp := v.(pdfOp)
		if _, end := v.(pdfEnd); end && l.i >= len(l.b) {
			if f.steps < 0 {
				f.mark(TooLarge)
			}
			return
		}
		if !isOp {
			if len(args) < 1000 {
				args = append(args, v)
			}
			continue
		}
		num := func(i int) float64 {
			if i < 0 || i >= len(args) {
				return 0
			}
			n, _ := args[i].(float64)
			return n
		}
		switch {
		case op == "Tf" && len(args) > 1:
			name, _ := args[0].(pdfName)
			font = f.font(fonts[name])
		case slices.Contains(pdfShows, op) && len(args) > 0:
			if op != "Tj" {
				f.write("\n")
			}
			if s, ok := args[len(args)-1].(pdfText); ok {
				f.show(font, s)
			}
		case op == "TJ" && len(args) > 0:
			list, _ := args[0].(pdfArray)
			for _, part := range list {
				switch part := part.(type) {
				case pdfText:
					f.show(font, part)
				case float64:
					if part < -250 {
						f.write(" ")
					}
				}
			}
		case op == "Td" || op == "TD":
			f.gap(num(1) != 0)
		case op == "T*" || op == "ET":
			f.write("\n")
		case op == "Tm":
			f.gap(num(5) != y)
			y = num(5)
		case op == "Do" && len(args) > 0:
			name, _ := args[0].(pdfName)
			f.form(forms[name], res, depth)
		case op == "BI":
			f.mark(Pictures)
			if k := bytes.Index(l.b[l.i:], []byte("EI")); k >= 0 {
				l.i += k + 2
			}
		}
		args = args[:0]
	}
}

func (f *pdfFile) gap(line bool) {
	if line {
		f.write("\n")
	} else {
		f.write(" ")
	}
}

func (f *pdfFile) form(v any, res pdfDict, depth int) {
	r, _ := v.(pdfRef)
	s, ok := f.get(v).(pdfData)
	switch {
	case !ok:
	case s.dict["Subtype"] == pdfName("Image"):
		f.mark(Pictures)
	case f.seen[r]: // drawn within itself
	default:
		own := f.dict(s.dict["Resources"])
		if own == nil {
			own = res
		}
		f.seen[r] = true
		f.draw(f.decode(s), own, depth+1)
		delete(f.seen, r)
	}
}

func (f *pdfFile) show(font *pdfFont, s pdfText) {
	if font == nil {
		f.mark(Unreadable)
		return
	}
	text, ok := font.text(s)
	if !ok {
		f.mark(Unreadable)
	}
	f.write(text)
}
