// Package extract takes the text out of attachments, so that it can be screened (R3.3.1): texts, .docx, .xlsx and .pdf.
// What it cannot read it says: a picture, a scan, a password, a macro, an attachment within. Such a file is never taken for
// general matter, whatever else of it could be read.
//
// Files are hostile: nothing is executed or fetched, and every bound is one on bytes read, unpacked and written, on depth
// and on steps, so that time and memory follow from the size of the file.
package extract

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// The bounds of a file.
const (
	MaxFile     = 20 << 20 // bytes of the file itself
	MaxText     = 8 << 20  // bytes of the text taken out of it
	maxUnpacked = 64 << 20 // bytes of everything in it, unpacked
	maxParts    = 4_000    // files in a package, objects in a PDF times ten
	maxNesting  = 3        // documents within documents
	maxDepth    = 200      // elements within elements
)

// Opaque says why a file, or a part of it, cannot be screened. Empty: all of it was read.
type Opaque string

// The reasons.
const (
	NotText    Opaque = "not_text"   // a picture, a sound, a format that is not read
	Broken     Opaque = "broken"     // it does not hold together
	Protected  Opaque = "protected"  // by a password or rights
	Macros     Opaque = "macros"     // it holds a program
	TooLarge   Opaque = "too_large"  // more than the bounds once unpacked
	TooDeep    Opaque = "too_deep"   // documents within documents
	Pictures   Opaque = "pictures"   // its text was read, pictures in it were not
	Unreadable Opaque = "unreadable" // its letters cannot be told: a font without a table
	Embedded   Opaque = "embedded"   // it carries something else that is not read
)

// Document is what was taken out of a file.
type Document struct {
	Kind   string // text, docx, xlsx, pdf; empty for anything else
	Text   string // valid UTF-8
	Opaque Opaque
}

// budget is what is left of the bounds while a file is read.
type budget struct {
	unpacked int // bytes
	text     int // bytes
	steps    int
	opaque   Opaque
}

// mark notes why something cannot be screened; the first reason stays.
func (b *budget) mark(o Opaque) {
	if b.opaque == "" {
		b.opaque = o
	}
}

// Text takes the text out of a file. The name is used for nothing but telling texts from what only looks like one.
func Text(name string, data []byte) Document {
	b := &budget{unpacked: maxUnpacked, text: MaxText, steps: 20_000_000}
	if len(data) > MaxFile {
		return Document{Opaque: TooLarge}
	}
	kind, text := b.read(data, 0)
	text = strings.ToValidUTF8(text, "\uFFFD")
	_ = name
	return Document{Kind: kind, Text: text, Opaque: b.opaque}
}

// read looks what a file is by its content, never by its name.
func (b *budget) read(data []byte, depth int) (kind, text string) {
	if depth > maxNesting {
		b.mark(TooDeep)
		return "", ""
	}
	switch head := data[:min(len(data), 1024)]; {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return b.office(data, depth)
	case bytes.Contains(head, []byte("%PDF-")):
		return "pdf", b.pdf(data)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")): // the container of old formats, and of locked new ones
		if bytes.Contains(data, wideASCII("EncryptedPackage")) {
			b.mark(Protected)
		} else {
			b.mark(NotText)
		}
		return "", ""
	}
	return b.plain(data)
}

func wideASCII(s string) []byte {
	var out []byte
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}

// plain reads UTF-8, UTF-16 with its mark, and GB 18030.
func (b *budget) plain(data []byte) (string, string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return "text", b.take(wide(data[2:], data[0] == 0xFE))
	}
	if bytes.IndexByte(data, 0) >= 0 {
		b.mark(NotText)
		return "", ""
	}
	if utf8.Valid(data) {
		return "text", b.take(string(data))
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data[:min(len(data), MaxText)])
	if err != nil || bytes.Count(out, []byte("\uFFFD"))*100 > len(out) {
		b.mark(NotText)
		return "", ""
	}
	if bytes.Contains(out, []byte("\uFFFD")) {
		b.mark(Broken)
	}
	return "text", b.take(string(out))
}

func wide(data []byte, big bool) string {
	u := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		if big {
			u = append(u, uint16(data[i])<<8|uint16(data[i+1]))
		} else {
			u = append(u, uint16(data[i+1])<<8|uint16(data[i]))
		}
	}
	return string(utf16.Decode(u))
}

// take counts a text against what may still be taken.
func (b *budget) take(s string) string {
	if len(s) > b.text {
		b.mark(TooLarge)
		s = s[:b.text]
	}
	b.text -= len(s)
	return s
}
