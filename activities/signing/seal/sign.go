package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/qunbei/qunbei/activities/signing/paper"
)

const (
	// MaxBytes bounds a PDF that is signed or verified.
	MaxBytes = 8 << 20
	// room is how many bytes a signature with its certificates may have.
	room = 8 << 10
	// marker begins what a signature appends; what stands before the first one is the document as it was drawn.
	marker = "%qunbei signature "
	// maxSignatures is how many places a document has at most.
	maxSignatures = 2
	maxReason     = 200 // characters
)

// Errors of [Sign].
var (
	ErrNotOurs = errors.New("not a document drawn by this service")
	ErrNoPlace = errors.New("every place for a signature is taken")
	ErrReason  = errors.New("name and reason have at most 200 characters")
)

// Act is what a signature is for. It is shown by PDF readers.
type Act struct {
	// Name is whose signature it is: the company's, or the countersigner's.
	Name string
	// Reason is why it is made.
	Reason string
	// At is the time shown; the signature itself carries the clock's time.
	At time.Time
}

// facts are what the catalog of a document says (paper.Facts).
type facts struct {
	document, evidence, level, id string
	field, page, size, places     int
	base                          []byte
	startxref                     int
}

var (
	factLine  = regexp.MustCompile(`/Qunbei << /Document <([0-9a-f]{64})> /Evidence <([0-9a-f]{64})> /Level /([a-z_]{1,20}) /Number <FEFF([0-9A-F]*)> /Field ([0-9]{1,6}) /Page ([0-9]{1,6}) >>\n`)
	fieldList = regexp.MustCompile(`/AcroForm << /Fields \[((?:[0-9]{1,6} 0 R ?){1,2})\] /SigFlags 3 >>\n`)
	tailLine  = regexp.MustCompile(`trailer\n<< /Size ([0-9]{1,6}) /Root 1 0 R /Info [0-9]{1,6} 0 R /ID \[<([0-9a-f]{32})> <[0-9a-f]{32}>\] >>\nstartxref\n([0-9]{1,9})\n%%EOF\n$`)
)

// read finds the facts of a document as it was drawn. The catalog is the first object, so only the file's beginning and
// end are looked at.
func read(base []byte) (f facts, err error) {
	head := base[:min(len(base), 8<<10)]
	end := bytes.Index(head, []byte("endobj\n"))
	if end < 0 {
		return f, ErrNotOurs
	}
	m, l, t := factLine.FindSubmatch(head[:end]), fieldList.FindSubmatch(head[:end]), tailLine.FindSubmatch(base[max(0, len(base)-400):])
	if m == nil || l == nil || t == nil {
		return f, ErrNotOurs
	}
	number := func(b []byte) int { n, _ := strconv.Atoi(string(b)); return n }
	f = facts{document: string(m[1]), evidence: string(m[2]), level: string(m[3]), id: fromUTF16(string(m[4])), field: number(m[5]), page: number(m[6]),
		size: number(t[1]), startxref: number(t[3]), places: bytes.Count(l[1], []byte("R")), base: base}
	return f, nil
}

// Sign adds the platform's signature to a document that package paper drew, or to one that it has signed before: the
// second one is the countersignature. What was there stays as it is, byte for byte. It refuses to put the platform's name
// under anything else: bytes that were added or changed, an evidence page that is not the document's, another's signature.
func Sign(pdf []byte, k *Key, a Act) ([]byte, error) {
	if r := Verify(pdf, k.Known()); r.Verdict != Intact && r.Verdict != Unsigned || !r.EvidenceIntact {
		return nil, ErrNotOurs
	}
	return add(pdf, k, a)
}

// add signs without asking what was there.
func add(pdf []byte, k *Key, a Act) ([]byte, error) {
	if len(a.Name) == 0 || len([]rune(a.Name)) > maxReason || len([]rune(a.Reason)) > maxReason {
		return nil, ErrReason
	}
	base, parts := divide(pdf)
	f, err := read(base)
	if err != nil {
		return nil, err
	}
	if len(parts) >= min(f.places, maxSignatures) {
		return nil, ErrNoPlace
	}
	prev := f.startxref
	for i, p := range parts {
		s, ok := parse(p)
		if !ok {
			return nil, ErrNotOurs
		}
		at := len(pdf) - len(p)
		if i == 0 && len(parts) == 2 {
			at -= len(parts[1])
		}
		prev = at + s.xref
	}
	w := section{n: len(parts) + 1, name: utf16Text(a.Name), reason: utf16Text(a.Reason), date: a.At.UTC().Format(pdfDate), contents: make([]byte, room)}
	out, from, to := w.write(f, len(pdf), prev)
	whole := append(bytes.Clone(pdf), out...)
	signed := append(bytes.Clone(whole[:from]), whole[to:]...)
	sig, err := signCMS(k, signed)
	if err != nil {
		return nil, fmt.Errorf("sign document: %w", err)
	}
	if len(sig) > room {
		return nil, fmt.Errorf("sign document: signature and certificates have %d bytes, more than %d: leave out the root's certificate", len(sig), room)
	}
	hex.Encode(whole[from+1:], sig)
	return whole, nil
}

const pdfDate = "D:20060102150405Z"

// section is what one signature appends. All of it but the signature follows from these and from what stands before.
type section struct {
	n            int
	name, reason string // UTF-16 in hex
	date         string
	contents     []byte // the signature, with zeroes behind it
	xref         int    // where in the section the table begins
}

// write returns the section, and between which bytes of the whole file the signature stands with its angle brackets.
func (s *section) write(f facts, at, prev int) (out []byte, from, to int) {
	var b bytes.Buffer
	object := f.size + s.n - 1
	fmt.Fprintf(&b, "%s%d\n", marker, s.n)
	fieldAt := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n%sendobj\n", f.field+s.n-1, paper.Field(s.n, f.page, object))
	objectAt := b.Len()
	fmt.Fprintf(&b, "%d 0 obj\n<<\n/Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n/Name <FEFF%s>\n/Reason <FEFF%s>\n/M (%s)\n", object, s.name, s.reason, s.date)
	rangeAt := b.Len()
	const form = "/ByteRange [0 %010d %010d %010d]\n/Contents "
	b.WriteString(fmt.Sprintf(form, 0, 0, 0))
	from = at + b.Len()
	fmt.Fprintf(&b, "<%x>", s.contents)
	to = at + b.Len()
	b.WriteString("\n>>\nendobj\n")
	s.xref = b.Len()
	fmt.Fprintf(&b, "xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \n", f.field+s.n-1, at+fieldAt, object, at+objectAt)
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%[4]s>] /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		object+1, paper.RootObject, f.size-1, f.identifier(), prev, at+s.xref)
	out = b.Bytes()
	copy(out[rangeAt:], fmt.Sprintf(form, from, to, at+len(out)-to))
	return out, from, to
}

func (f facts) identifier() string {
	t := tailLine.FindSubmatch(f.base[max(0, len(f.base)-400):])
	return string(t[2])
}

// divide splits a file into the document as drawn and what the signatures appended. Bytes appended by others belong to
// the last part, where they are found out.
func divide(pdf []byte) (base []byte, parts [][]byte) {
	var at []int
	for from := 0; len(at) <= maxSignatures; {
		i := bytes.Index(pdf[from:], []byte("%%EOF\n"+marker))
		if i < 0 {
			break
		}
		from += i + len("%%EOF\n")
		at = append(at, from)
	}
	if len(at) == 0 {
		return pdf, nil
	}
	for i, a := range at {
		end := len(pdf)
		if i+1 < len(at) {
			end = at[i+1]
		}
		parts = append(parts, pdf[a:end])
	}
	return pdf[:at[0]], parts
}

var sectionParts = regexp.MustCompile(`(?s)^` + marker + `([12])\n.{1,400}?/Name <FEFF([0-9A-F]*)>\n/Reason <FEFF([0-9A-F]*)>\n/M \((D:[0-9]{14}Z)\)\n/ByteRange \[[0-9 ]{34}\]\n/Contents <`)

// parse reads from a section what [section.write] needs to write it again.
func parse(p []byte) (s section, ok bool) {
	m := sectionParts.FindSubmatchIndex(p)
	if m == nil || len(p) < m[1]+2*room {
		return s, false
	}
	s.n = int(p[m[2]] - '0')
	s.name, s.reason, s.date = string(p[m[4]:m[5]]), string(p[m[6]:m[7]]), string(p[m[8]:m[9]])
	s.contents = make([]byte, room)
	if _, err := hex.Decode(s.contents, p[m[1]:m[1]+2*room]); err != nil {
		return s, false
	}
	s.xref = bytes.LastIndex(p, []byte("\nxref\n")) + 1
	return s, s.xref > 0
}

func utf16Text(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

func fromUTF16(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		return ""
	}
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(u))
}
