package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// What seal relies on in a finished document: these lines stand in it exactly once, the numbers being objects.
const (
	// RootLine is the catalog's object; it is always the first.
	RootObject = 1
	// FieldName is the name of the n-th place for a signature, from 1.
	FieldName = "Signature%d"
)

var (
	objectHead  = regexp.MustCompile(`^[0-9]+ 0 obj\n`)
	unicodeLine = regexp.MustCompile(`<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]{4,6})>`)
	contentsRef = regexp.MustCompile(`/Contents +([0-9]+) 0 R`)
	xrefAt      = regexp.MustCompile(`startxref\n([0-9]+)\n%%EOF\n$`)
)

var errWriter = errors.New("the PDF writer's output is not as expected")

// finish turns what gopdf wrote into the document: text that can be copied out for every character, a title and a
// language, an identifier made of the content, and places for the signatures. agreement is how many pages the agreement
// has; the evidence page follows.
func finish(raw []byte, in Input, agreement int) ([]byte, error) {
	objects, err := split(raw)
	if err != nil {
		return nil, err
	}
	var pages []int
	for i, o := range objects {
		switch {
		case bytes.Contains(o, []byte("/CIDInit /ProcSet")):
			if objects[i], err = readable(o); err != nil {
				return nil, err
			}
		case bytes.Contains(o, []byte("/Type /Page\n")):
			pages = append(pages, i)
		}
	}
	if len(pages) < agreement || len(pages) == 0 {
		return nil, fmt.Errorf("%w: pages", errWriter)
	}
	catalog := "<<\n/Type /Catalog\n/Pages 2 0 R\n/Lang (zh-CN)\n/ViewerPreferences << /DisplayDocTitle true >>\n"
	if in.Evidence != nil {
		evidence, err := contentOf(objects, pages[agreement])
		if err != nil {
			return nil, err
		}
		first := len(objects) + 1
		var fields strings.Builder
		for n := range in.Signatures {
			fmt.Fprintf(&fields, "%d 0 R ", first+n)
			objects = append(objects, []byte(Field(n+1, pages[agreement]+1, 0)))
		}
		refs := strings.TrimSpace(fields.String())
		o := objects[pages[agreement]]
		objects[pages[agreement]] = append(bytes.TrimSuffix(slices.Clone(o), []byte(">>\n")), []byte("/Annots ["+refs+"]\n>>\n")...)
		catalog += "/AcroForm << /Fields [" + refs + "] /SigFlags 3 >>\n"
		catalog += Facts(in.Document.SHA256(), evidence, string(in.Evidence.Level), in.Evidence.ID, first, pages[agreement]+1)
	}
	objects[0] = []byte(catalog + ">>\n")
	title := in.Document.Blocks[0].Text.ZH
	info := fmt.Sprintf("<<\n/Title %s\n/Producer (Qunbei %s)\n", hexText(title), Version)
	if in.Evidence != nil {
		info += "/CreationDate (" + in.Evidence.Signed.UTC().Format("D:20060102150405Z") + ")\n"
	}
	objects = append(objects, []byte(info+">>\n"))
	return assemble(objects), nil
}

// Facts are the lines of the catalog by which seal finds its way, and an auditor the digests, without drawing.
func Facts(document, evidence, level, id string, field, page int) string {
	return fmt.Sprintf("/Qunbei << /Document <%s> /Evidence <%s> /Level /%s /Number %s /Field %d /Page %d >>\n",
		document, evidence, level, hexText(id), field, page)
}

// Field is the n-th place for a signature on the page that is object page. value is the signature's object, or 0 while
// nobody signed there.
func Field(n, page, value int) string {
	s := fmt.Sprintf("<<\n/Type /Annot /Subtype /Widget /FT /Sig /Rect [0 0 0 0] /F 132\n/T ("+FieldName+")\n/P %d 0 R\n", n, page)
	if value > 0 {
		s += fmt.Sprintf("/V %d 0 R\n", value)
	}
	return s + ">>\n"
}

// split divides gopdf's output into its objects, the first being number 1.
func split(raw []byte) ([][]byte, error) {
	m := xrefAt.FindSubmatch(raw)
	if m == nil {
		return nil, fmt.Errorf("%w: no startxref", errWriter)
	}
	at, _ := strconv.Atoi(string(m[1]))
	if at <= 0 || at >= len(raw) {
		return nil, fmt.Errorf("%w: startxref", errWriter)
	}
	lines := strings.Split(string(raw[at:]), "\n")
	if len(lines) < 4 || lines[0] != "xref" {
		return nil, fmt.Errorf("%w: no xref", errWriter)
	}
	var offsets []int
	for _, l := range lines[3:] {
		if !strings.HasSuffix(l, " n ") {
			break
		}
		n, _ := strconv.Atoi(l[:10])
		offsets = append(offsets, n)
	}
	offsets = append(offsets, at)
	var out [][]byte
	for i := range len(offsets) - 1 {
		if offsets[i] > offsets[i+1] || offsets[i+1] > len(raw) {
			return nil, fmt.Errorf("%w: offsets", errWriter)
		}
		o := bytes.TrimSuffix(raw[offsets[i]:offsets[i+1]], []byte("endobj\n\n"))
		head := objectHead.Find(o)
		if head == nil {
			return nil, fmt.Errorf("%w: object %d", errWriter, i+1)
		}
		out = append(out, o[len(head):])
	}
	return out, nil
}

// readable rewrites a face's table from glyphs to characters: gopdf writes characters beyond the basic plane as five hex
// digits, which readers do not understand, and a range of codes that is none.
func readable(o []byte) ([]byte, error) {
	pairs := unicodeLine.FindAllSubmatch(o, -1)
	if len(pairs) == 0 {
		return nil, fmt.Errorf("%w: a face without characters", errWriter)
	}
	slices.SortFunc(pairs, func(a, b [][]byte) int { return bytes.Compare(a[1], b[1]) })
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(pairs, 100) { // the most that the format allows in one list
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, p := range part {
			r, err := strconv.ParseUint(string(p[2]), 16, 32)
			if err != nil {
				return nil, fmt.Errorf("%w: a character", errWriter)
			}
			fmt.Fprintf(&b, "<%s> <%s>\n", p[1], utf16hex(string(rune(r)))) //nolint:gosec // at most six hex digits
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte(b.String()))
	_ = w.Close()
	return fmt.Appendf(nil, "<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream\n", z.Len(), z.Bytes()), nil
}

// contentOf is the digest of what stands on a page, in hex.
func contentOf(objects [][]byte, page int) (string, error) {
	m := contentsRef.FindSubmatch(objects[page])
	if m == nil {
		return "", fmt.Errorf("%w: a page without content", errWriter)
	}
	n, _ := strconv.Atoi(string(m[1]))
	if n < 1 || n > len(objects) {
		return "", fmt.Errorf("%w: a page's content", errWriter)
	}
	sum := sha256.Sum256(objects[n-1])
	return hex.EncodeToString(sum[:]), nil
}

func utf16hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// hexText writes a text so that no character of it can end it.
func hexText(s string) string { return "<FEFF" + utf16hex(s) + ">" }

// assemble writes the objects as a file; the last one is the document's information.
func assemble(objects [][]byte) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe7\xbe\xa4\xe5\xa4\x87\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%sendobj\n", i+1, o)
	}
	at := b.Len()
	sum := sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(objects)+1, RootObject, len(objects), sum[:16], sum[:16], at)
	return b.Bytes()
}
