package extract

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// office reads the packages of word processors and spreadsheets (ECMA-376): every XML part, so that nothing hides in a
// header, a comment, a deletion on record or a hidden sheet.
func (b *budget) office(data []byte, depth int) (string, string) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.mark(Broken)
		return "", ""
	}
	parts := map[string]*zip.File{}
	var names []string
	for _, f := range z.File {
		if len(names) >= maxParts {
			b.mark(TooLarge)
			break
		}
		if f.Flags&1 != 0 {
			b.mark(Protected)
			continue
		}
		if parts[f.Name] != nil { // one reader shows the first, another the last
			b.mark(Broken)
			continue
		}
		parts[f.Name] = f
		names = append(names, f.Name)
	}
	var kind string
	switch {
	case parts["word/document.xml"] != nil:
		kind = "docx"
	case parts["xl/workbook.xml"] != nil:
		kind = "xlsx"
	default: // an archive, a presentation
		b.mark(NotText)
		return "", ""
	}
	slices.SortFunc(names, byNumber)
	r := &pack{budget: b, depth: depth}
	if f := parts["xl/sharedStrings.xml"]; f != nil && kind == "xlsx" {
		r.shared(r.unpack(f))
	}
	for _, n := range names {
		r.part(n, parts[n])
	}
	return kind, r.out.String()
}

// byNumber sorts sheet2 before sheet10, and the body before what surrounds it.
func byNumber(a, b string) int {
	if x, y := path.Dir(a), path.Dir(b); x != y {
		return strings.Compare(x, y)
	}
	if len(a) != len(b) && strings.TrimRight(a, "0123456789.xml") == strings.TrimRight(b, "0123456789.xml") {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

type pack struct {
	*budget
	depth   int
	out     strings.Builder
	strings []string // of a workbook
}

func (r *pack) write(s string) { r.out.WriteString(r.take(s)) }

// unpack reads a part within what is left of the bounds.
func (r *pack) unpack(f *zip.File) []byte {
	rc, err := f.Open()
	if err != nil {
		r.mark(Broken)
		return nil
	}
	defer func() { _ = rc.Close() }()
	out, err := io.ReadAll(io.LimitReader(rc, int64(r.unpacked)+1))
	if len(out) > r.unpacked {
		r.mark(TooLarge)
		r.unpacked = 0
		return nil
	}
	r.unpacked -= len(out)
	var corrupt flate.CorruptInputError
	if err != nil || errors.As(err, &corrupt) {
		r.mark(Broken)
	}
	return out
}

func (r *pack) part(name string, f *zip.File) {
	low := strings.ToLower(name)
	switch ext := path.Ext(low); {
	case strings.HasSuffix(low, "/"):
	case strings.Contains(low, "vbaproject"), strings.Contains(low, "activex"), strings.Contains(low, "macrosheets"):
		r.mark(Macros)
	case low == "[content_types].xml":
		if bytes.Contains(bytes.ToLower(r.unpack(f)), []byte("macroenabled")) {
			r.mark(Macros)
		}
	case strings.Contains(low, "/embeddings/"):
		if raw := r.unpack(f); len(raw) > 0 {
			_, text := r.read(raw, r.depth+1)
			r.out.WriteString(text + "\n") // taken already
		}
	case ext == ".rels":
		r.links(r.unpack(f))
	case low == "xl/sharedstrings.xml", low == "xl/styles.xml", strings.Contains(low, "/theme/"), low == "word/styles.xml", low == "word/fonttable.xml":
	case strings.HasPrefix(low, "xl/worksheets/") && ext == ".xml":
		r.sheet(r.unpack(f))
	case ext == ".xml" || ext == ".vml":
		r.xml(r.unpack(f))
	case strings.Contains(low, "printersettings"), ext == ".odttf", strings.HasPrefix(low, "_xmlsignatures/"):
	case strings.Contains(low, "/media/"):
		r.mark(Pictures)
	default:
		r.mark(Embedded)
	}
}

// tokens walks an XML part, within the bounds. encoding/xml expands no entities of a document's own.
func (r *pack) tokens(raw []byte, f func(t xml.Token)) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	depth := 0
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return
		}
		if r.steps--; err != nil || r.steps < 0 {
			r.mark(Broken)
			return
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				r.mark(TooDeep)
				return
			}
		case xml.EndElement:
			depth--
		case xml.Directive:
			r.mark(Broken) // no office program writes a document type
			return
		}
		f(t)
	}
}

// xml writes the text of a part: what stands in elements of text, and a line for each paragraph.
func (r *pack) xml(raw []byte) {
	in := 0
	any := bytes.Contains(bytes.ToLower(raw[:min(len(raw), 2000)]), []byte("properties")) // of the document: every element is a text
	r.tokens(raw, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t", "delText", "instrText", "delInstrText", "text":
				in++
			case "tab":
				r.write("\t")
			case "br", "cr":
				r.write("\n")
			case "object", "OLEObject":
				r.mark(Embedded)
			case "docPr", "cNvPr": // what a picture is said to show
				for _, a := range t.Attr {
					if a.Name.Local == "descr" || a.Name.Local == "title" {
						r.write(a.Value + "\n")
					}
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t", "delText", "instrText", "delInstrText", "text":
				in--
			case "tc":
				r.write("\t")
			case "p", "tr", "comment", "si":
				r.write("\n")
			default:
				if any {
					r.write("\n")
				}
			}
		case xml.CharData:
			if in > 0 || any {
				r.write(string(t))
			}
		}
	})
	r.write("\n")
}

// links writes where links outside lead: an address may stand there alone.
func (r *pack) links(raw []byte) {
	r.tokens(raw, func(t xml.Token) {
		s, ok := t.(xml.StartElement)
		if !ok || s.Name.Local != "Relationship" {
			return
		}
		target, outside := "", false
		for _, a := range s.Attr {
			switch a.Name.Local {
			case "Target":
				target = a.Value
			case "TargetMode":
				outside = a.Value == "External"
			}
		}
		if outside {
			r.write(strings.TrimPrefix(target, "mailto:") + "\n")
		}
	})
}

func (r *pack) shared(raw []byte) {
	var b strings.Builder
	in, left := false, MaxText
	r.tokens(raw, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			in = in || t.Name.Local == "t"
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "si":
				r.strings = append(r.strings, b.String())
				b.Reset()
			}
		case xml.CharData:
			if in && left > 0 {
				left -= len(t)
				b.Write(t)
			}
		}
	})
	if left <= 0 {
		r.mark(TooLarge)
	}
}

// sheet writes a sheet row by row, cells by tabs: a value keeps its neighbours, and numbers are written out.
func (r *pack) sheet(raw []byte) {
	kind, in := "", false
	var v strings.Builder
	cell := false
	r.tokens(raw, func(t xml.Token) {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "c":
				kind, cell = "", true
				for _, a := range t.Attr {
					if a.Name.Local == "t" {
						kind = a.Value
					}
				}
			case "v", "t", "f", "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				in = true
				v.Reset()
			}
		case xml.CharData:
			if in && v.Len() < 1<<20 {
				v.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				r.write(r.value(kind, v.String()))
				in = false
			case "t", "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
				r.write(v.String())
				in = false
			case "f":
				if strings.ContainsRune(v.String(), '"') { // texts stand in formulas too
					r.write(v.String() + "\t")
				}
				in = false
			case "c":
				if cell {
					r.write("\t")
				}
				cell = false
			case "row":
				r.write("\n")
			}
		}
	})
	r.write("\n")
}

// value is what a cell shows.
func (r *pack) value(kind, v string) string {
	if kind == "s" {
		if i, err := strconv.Atoi(strings.TrimSpace(v)); err == nil && i >= 0 && i < len(r.strings) {
			return r.strings[i]
		}
		r.mark(Broken)
		return ""
	}
	if strings.ContainsAny(v, "eE") && (kind == "" || kind == "n") { // 1.3800138E10
		if f, err := strconv.ParseFloat(v, 64); err == nil && f < 1e20 && f > -1e20 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
	}
	return v
}
