package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pdfFile is the objects of a PDF. Its table of contents is not trusted: objects are found where they stand, a
// later one in place of an earlier of the same number.
type pdfFile struct {
	*budget
	objects map[pdfRef]any
	order   []pdfRef
	fonts   map[pdfRef]*pdfFont
	out     strings.Builder
	seen    map[pdfRef]bool // forms being drawn
}

var pdfObject = regexp.MustCompile(`(\d{1,9})[\x00\t\n\f\r ]+(\d{1,5})[\x00\t\n\f\r ]+obj\b`)

func (b *budget) pdf(data []byte) string {
	f := &pdfFile{budget: b, objects: map[pdfRef]any{}, fonts: map[pdfRef]*pdfFont{}, seen: map[pdfRef]bool{}}
	var packed []pdfData
	for _, m := range pdfObject.FindAllSubmatchIndex(data, maxParts*50) {
		if b.steps < 0 {
			b.mark(TooLarge)
			break
		}
		n, _ := strconv.Atoi(string(data[m[2]:m[3]]))
		l := &lexer{b: data, i: m[1], steps: &b.steps}
		v := l.value(0)
		if d, ok := v.(pdfDict); ok {
			if raw, ok := streamAt(data, l, d); ok {
				s := pdfData{d, raw}
				if v = s; d["Type"] == pdfName("ObjStm") {
					packed = append(packed, s)
				}
			}
		}
		f.put(pdfRef(n), v)
	}
	if encrypted(data) || f.anyKey("Encrypt") {
		b.mark(Protected)
		return ""
	}
	for _, s := range packed {
		f.unpackObjects(s)
	}
	f.suspects()
	pages := f.pages()
	if len(pages) == 0 {
		b.mark(Broken)
	}
	for _, p := range pages {
		f.page(p)
	}
	f.strings()
	return f.out.String()
}

func (f *pdfFile) put(n pdfRef, v any) {
	if _, ok := f.objects[n]; !ok {
		f.order = append(f.order, n)
	}
	f.objects[n] = v // a later one replaces an earlier
}

func encrypted(data []byte) bool {
	for from := 0; ; {
		i := bytes.Index(data[from:], []byte("trailer"))
		if i < 0 {
			return false
		}
		from += i + 7
		if bytes.Contains(data[from:min(len(data), from+4096)], []byte("/Encrypt")) {
			return true
		}
	}
}

func (f *pdfFile) anyKey(k pdfName) bool {
	for _, n := range f.order {
		if d := f.dict(f.objects[n]); d != nil && d["Type"] == pdfName("XRef") && d[k] != nil {
			return true
		}
	}
	return false
}

// streamAt is the data behind a dictionary.
func streamAt(data []byte, l *lexer, d pdfDict) ([]byte, bool) {
	l.skip()
	if !bytes.HasPrefix(data[l.i:], []byte("stream")) {
		return nil, false
	}
	i := l.i + 6
	if i < len(data) && data[i] == '\r' {
		i++
	}
	if i < len(data) && data[i] == '\n' {
		i++
	}
	if n, ok := d["Length"].(float64); ok && n >= 0 && i+int(n) <= len(data) {
		if end := bytes.TrimLeft(data[i+int(n):min(len(data), i+int(n)+20)], "\r\n "); bytes.HasPrefix(end, []byte("endstream")) {
			return data[i : i+int(n)], true
		}
	}
	end := bytes.Index(data[i:], []byte("endstream"))
	if end < 0 {
		*l.steps -= (len(data) - i) / 4
		return nil, true
	}
	*l.steps -= end / 16
	return data[i : i+end], true
}

// get follows references.
func (f *pdfFile) get(v any) any {
	for range 20 {
		r, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.objects[r]
	}
	return nil
}

func (f *pdfFile) dict(v any) pdfDict {
	switch v := f.get(v).(type) {
	case pdfDict:
		return v
	case pdfData:
		return v.dict
	}
	return nil
}

func (f *pdfFile) list(v any) pdfArray {
	switch v := f.get(v).(type) {
	case pdfArray:
		return v
	case nil:
		return nil
	default:
		return pdfArray{v}
	}
}

// decode undoes a stream's filters, within the bounds; nil if it is a picture or cannot be undone.
func (f *pdfFile) decode(s pdfData) []byte {
	raw := s.raw
	params := f.list(s.dict["DecodeParms"])
	for i, fl := range f.list(s.dict["Filter"]) {
		var r io.Reader
		switch f.get(fl) {
		case pdfName("FlateDecode"), pdfName("Fl"):
			if i < len(params) {
				if p, ok := f.dict(params[i])["Predictor"].(float64); ok && p > 1 {
					f.mark(Unreadable)
					return nil
				}
			}
			z, err := zlib.NewReader(bytes.NewReader(raw))
			if err != nil {
				f.mark(Broken)
				return nil
			}
			r = z
		case pdfName("ASCIIHexDecode"), pdfName("AHx"):
			l := &lexer{b: append([]byte("<"), raw...), steps: &f.steps}
			raw = []byte(l.hex())
			continue
		case pdfName("ASCII85Decode"), pdfName("A85"):
			raw = bytes.TrimPrefix(bytes.TrimSpace(raw), []byte("<~"))
			if k := bytes.Index(raw, []byte("~>")); k >= 0 {
				raw = raw[:k]
			}
			r = ascii85.NewDecoder(bytes.NewReader(raw))
		default:
			f.mark(Unreadable)
			return nil
		}
		out, err := io.ReadAll(io.LimitReader(r, int64(f.unpacked)+1))
		if len(out) > f.unpacked {
			f.mark(TooLarge)
			f.unpacked = 0
			return nil
		}
		f.unpacked -= len(out)
		if err != nil && len(out) == 0 {
			f.mark(Broken)
			return nil
		}
		raw = out
	}
	return raw
}

// unpackObjects reads the objects that are packed in a stream.
func (f *pdfFile) unpackObjects(s pdfData) {
	raw := f.decode(s)
	n, _ := f.get(s.dict["N"]).(float64)
	first, _ := f.get(s.dict["First"]).(float64)
	if raw == nil || first < 0 || int(first) > len(raw) || n < 0 || n > 1e5 {
		f.mark(Broken)
		return
	}
	l := &lexer{b: raw[:int(first)], steps: &f.steps}
	for range int(n) {
		num, ok := l.next(0).(float64)
		at, ok2 := l.next(0).(float64)
		if !ok || !ok2 || at < 0 || int(first+at) > len(raw) || len(f.objects) > maxParts*50 {
			return
		}
		f.put(pdfRef(int(num)), (&lexer{b: raw, i: int(first + at), steps: &f.steps}).value(0))
	}
}

// suspects marks what a file carries beside text.
func (f *pdfFile) suspects() {
	for _, n := range f.order {
		d := f.dict(f.objects[n])
		switch {
		case d == nil:
		case d["JS"] != nil, d["JavaScript"] != nil, d["S"] == pdfName("JavaScript"), d["S"] == pdfName("Launch"):
			f.mark(Macros)
		case d["EF"] != nil, d["XFA"] != nil, d["Type"] == pdfName("EmbeddedFile"), d["Subtype"] == pdfName("RichMedia"):
			f.mark(Embedded)
		}
	}
}

type pdfPage struct{ dict, resources pdfDict }

// pages lists the pages in their order, then those that no list names.
func (f *pdfFile) pages() []pdfPage {
	var out []pdfPage
	seen := map[pdfRef]bool{}
	var walk func(v any, res pdfDict, depth int)
	walk = func(v any, res pdfDict, depth int) {
		if r, ok := v.(pdfRef); ok {
			if seen[r] {
				return
			}
			seen[r] = true
		}
		d := f.dict(v)
		if d == nil || depth > 60 || len(out) > maxParts*5 {
			return
		}
		if r := f.dict(d["Resources"]); r != nil {
			res = r
		}
		if kids := d["Kids"]; kids != nil {
			for _, k := range f.list(kids) {
				walk(k, res, depth+1)
			}
			return
		}
		out = append(out, pdfPage{d, res})
	}
	for _, n := range f.order {
		if d := f.dict(f.objects[n]); d != nil && d["Type"] == pdfName("Catalog") {
			walk(d["Pages"], nil, 0)
		}
	}
	for _, n := range f.order {
		if d := f.dict(f.objects[n]); d != nil && d["Type"] == pdfName("Page") && !seen[n] {
			walk(n, nil, 0)
		}
	}
	return out
}

func (f *pdfFile) page(p pdfPage) {
	var all []byte
	for _, c := range f.list(p.dict["Contents"]) {
		if s, ok := f.get(c).(pdfData); ok {
			all = append(append(all, f.decode(s)...), '\n')
		}
	}
	f.draw(all, p.resources, 0)
	f.write("\n")
}

func (f *pdfFile) write(s string) { f.out.WriteString(f.take(s)) }

// strings writes what stands beside the pages: notes, fields, titles, addresses.
func (f *pdfFile) strings() {
	keys := []pdfName{"Contents", "V", "TU", "URI", "Title", "Subject", "Author", "Keywords", "Alt", "ActualText", "RC", "DV"}
	for _, n := range f.order {
		d := f.dict(f.objects[n])
		for _, k := range keys {
			if s, ok := f.get(d[k]).(pdfText); ok {
				f.write(unicodeText(s) + "\n")
			}
		}
		for _, a := range []pdfName{"A", "MK"} {
			if s, ok := f.get(f.dict(d[a])["URI"]).(pdfText); ok {
				f.write(unicodeText(s) + "\n")
			}
		}
	}
}

// unicodeText reads a string outside a page.
func unicodeText(s pdfText) string {
	switch {
	case strings.HasPrefix(string(s), "\xFE\xFF"):
		return wide([]byte(s[2:]), true)
	case strings.HasPrefix(string(s), "\xEF\xBB\xBF"):
		return string(s[3:])
	case utf8.ValidString(string(s)):
		return string(s)
	}
	return latin([]byte(s))
}

func latin(b []byte) string {
	r := make([]rune, 0, len(b))
	for _, c := range b {
		r = append(r, rune(c))
	}
	return string(r)
}
