package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Verdict is what is true of a PDF, in one word.
type Verdict string

// The verdicts, best first.
const (
	// Intact: as this platform sealed it, to the last byte.
	Intact Verdict = "intact"
	// Unsigned: drawn in this platform's form, and signed by nobody.
	Unsigned Verdict = "unsigned"
	// OtherKey: in good order, but signed by a key that is none of the platform's: a copy that somebody else signed.
	OtherKey Verdict = "other_key"
	// Altered: bytes were changed or added after a signature.
	Altered Verdict = "altered"
	// Foreign: not a document of this service at all.
	Foreign Verdict = "foreign"
	// TooLarge: larger than [MaxBytes]; it was not looked at.
	TooLarge Verdict = "too_large"
)

// Report says what is true of a PDF, from its bytes alone.
type Report struct {
	Verdict    Verdict     `json:"verdict"`
	Signatures []Signature `json:"signatures,omitempty"`
	// Places is how many signatures it was drawn for. With fewer than that a document is intact and not complete: the
	// countersignature is still to come, or somebody took it off again.
	Places int `json:"places,omitempty"`
	// Appended is how many bytes stand behind the last signature's end.
	Appended int `json:"appended,omitempty"`
	// EvidenceIntact: the evidence page is the one whose digest the document names. It proves something only together
	// with a valid signature.
	EvidenceIntact bool `json:"evidence_intact"`
	// Document is the agreement's text, SHA-256 in hex; Level the assurance level; ID the number: as the document says.
	// Show them for [Intact] only.
	Document string `json:"document,omitempty"`
	Level    string `json:"level,omitempty"`
	ID       string `json:"id,omitempty"`
	// SHA256 is the file's digest in hex, to compare with the record.
	SHA256 string `json:"sha256"`
}

// Signature is one signature in it.
type Signature struct {
	Valid bool `json:"valid"` // fits the bytes it covers, and stands in the form this platform writes
	// Known: the key is one of the platform's.
	Known       bool      `json:"known"`
	Fingerprint string    `json:"fingerprint,omitempty"` // of the key
	Serial      string    `json:"serial,omitempty"`      // of the certificate, hex
	Subject     string    `json:"subject,omitempty"`     // as the certificate says; anybody can write anything in one of their own
	At          time.Time `json:"at,omitzero"`           // the signer's clock
	Name        string    `json:"name,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	// Whole: it covers the file to its last byte; a first signature does not once there is a second.
	Whole bool `json:"whole"`
}

// Verify says what is true of a PDF. known are the fingerprints of the platform's keys ([Key.Known]). It takes any bytes,
// and its work is bounded by [MaxBytes] and two signatures: it never unpacks a stream, follows a reference or believes an
// offset. Instead it writes anew what a signature of ours would have appended and compares, so that whatever else somebody
// adds, even in a way that PDF readers would accept, is found out.
func Verify(pdf []byte, known []string) Report {
	if len(pdf) > MaxBytes {
		return Report{Verdict: TooLarge}
	}
	sum := sha256.Sum256(pdf)
	r := Report{Verdict: Foreign, SHA256: hex.EncodeToString(sum[:])}
	base, parts := divide(pdf)
	f, err := read(base)
	if err != nil {
		if bytes.Contains(pdf, []byte("/Qunbei << /Document <")) {
			r.Verdict = Altered
		}
		return r
	}
	r.Document, r.Level, r.ID, r.Places = f.document, f.level, f.id, f.places
	r.EvidenceIntact = f.evidencePage()
	if len(parts) == 0 {
		r.Verdict = Unsigned
		if bytes.Contains(pdf, []byte("/ByteRange")) {
			r.Verdict = Altered // signed by other means than ours
		}
		return r
	}
	good, ours := r.EvidenceIntact && len(parts) <= min(f.places, maxSignatures), true
	at, prev := len(base), f.startxref
	for i, p := range parts[:min(len(parts), maxSignatures)] {
		s, appended, next := f.check(pdf, p, i+1, at, prev)
		s.Known = s.Fingerprint != "" && slices.Contains(known, s.Fingerprint)
		s.Whole = s.Valid && at+len(p)-appended == len(pdf)
		good, ours = good && s.Valid && appended == 0, ours && s.Known
		r.Signatures = append(r.Signatures, s)
		r.Appended = appended
		at, prev = at+len(p), next
	}
	switch {
	case !good:
		r.Verdict = Altered
	case !ours:
		r.Verdict = OtherKey
	default:
		r.Verdict = Intact
	}
	return r
}

// check verifies the n-th signature: the section p, which begins at at. It returns how many bytes follow it, and where
// its table of objects stands.
func (f facts) check(pdf, p []byte, n, at, prev int) (out Signature, appended, next int) {
	s, ok := parse(p)
	if !ok {
		return out, 0, 0
	}
	out.Name, out.Reason = fromUTF16(s.name), fromUTF16(s.reason)
	// The same digits in capitals would be another file with the same signature: written again, they differ.
	again, from, to := s.write(f, at, prev)
	if s.n != n || !bytes.HasPrefix(p, again) {
		return out, 0, 0
	}
	der, ok := unpad(s.contents)
	if !ok {
		return out, 0, 0
	}
	end := at + len(again)
	signed := append(bytes.Clone(pdf[:from]), pdf[to:end]...)
	c, err := verifyCMS(der, signed)
	if c.cert != nil {
		out.Fingerprint, out.Serial, out.Subject = Fingerprint(c.cert), c.cert.SerialNumber.Text(16), c.cert.Subject.String()
	}
	out.At, out.Valid = c.at, err == nil
	return out, len(p) - len(again), at + s.xref
}

// unpad cuts the zeroes behind a signature; anything else there is not ours.
func unpad(b []byte) ([]byte, bool) {
	var v asn1.RawValue
	rest, err := asn1.Unmarshal(b, &v)
	if err != nil || len(bytes.Trim(rest, "\x00")) > 0 {
		return nil, false
	}
	return v.FullBytes, true
}

var pageContent = regexp.MustCompile(`/Contents +([0-9]{1,6}) 0 R`)

// evidencePage compares what stands on the evidence page with the digest that the catalog names.
func (f facts) evidencePage() bool {
	page, ok := f.object(f.page)
	if !ok {
		return false
	}
	m := pageContent.FindSubmatch(page)
	if m == nil {
		return false
	}
	n, _ := strconv.Atoi(string(m[1]))
	content, ok := f.object(n)
	if !ok {
		return false
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]) == f.evidence
}

// object finds an object of the document as drawn by the table at its end.
func (f facts) object(n int) ([]byte, bool) {
	const header, line = len("xref\n"), 20
	first := f.startxref + header + len("0 "+strconv.Itoa(f.size)+"\n")
	at := func(n int) (int, bool) {
		from := first + n*line
		if n < 1 || n >= f.size || from < 0 || from+10 > len(f.base) {
			return 0, n == f.size // behind the last object the table begins
		}
		o, err := strconv.Atoi(string(f.base[from : from+10]))
		return o, err == nil
	}
	from, ok1 := at(n)
	to, ok2 := at(n + 1)
	if to == 0 {
		to = f.startxref
	}
	head := []byte(strconv.Itoa(n) + " 0 obj\n")
	if !ok1 || !ok2 || from < 0 || to > len(f.base) || from > to || !bytes.HasPrefix(f.base[from:to], head) {
		return nil, false
	}
	o, ok := bytes.CutSuffix(f.base[from+len(head):to], []byte("endobj\n"))
	return o, ok
}
