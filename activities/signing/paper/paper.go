// Package paper draws an agreement and its evidence page as a PDF (semantics 4). The bytes follow from the input alone:
// the same input gives the same bytes on every machine that runs the same build, so that an auditor can draw a sealed
// document again. The signatures come later, by package seal, into the places left here.
//
// The writer is signintech/gopdf; finish.go then sets right what it gets wrong (text that can be copied out, for
// characters beyond the basic plane too) and adds the signature fields.
package paper

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunbei/qunbei/activities/signing/fonts"
	"github.com/qunbei/qunbei/activities/signing/template"
	"github.com/qunbei/qunbei/models/domain"
)

// Version names this way of drawing. It changes when the same input makes other bytes.
const Version = "qunbei-paper/1, fonts " + fonts.Version

// Level is how far a document is secured. Only what is true is written on it (semantics 4).
type Level string

// The levels.
const (
	// PlatformSeal: the platform's key alone signs. It is never called a reliable signature.
	PlatformSeal Level = "platform_seal"
	// SignerKey: besides, the signer's own passkey signed the document's digest.
	SignerKey Level = "signer_key"
	// LicensedCA: the certificate is of a licensed certification authority.
	LicensedCA Level = "licensed_ca"
)

// Check is how the signer's identity was checked.
type Check string

// The checks.
const (
	ByPasskey Check = "passkey"
	ByCode    Check = "mail_code"
	BySession Check = "session"
	ByPaper   Check = "paper"
)

// Strokes is a drawn signature: lines through points with 0 ≤ x, y ≤ 1, y downwards.
type Strokes [][][2]float64

// Signer is who signs.
type Signer struct {
	Name   string `json:"name"` // as it was at that time
	Number string `json:"number"`
	Unit   string `json:"unit,omitempty"`
	// Drawn is the drawn signature; without it the typed name stands there.
	Drawn Strokes `json:"drawn,omitempty"`
}

// Evidence is what was recorded of the signing (semantics 4). Times are shown in [China]'s zone.
type Evidence struct {
	ID              string        `json:"id"` // the request's number
	TemplateVersion string        `json:"template_version"`
	Sent            time.Time     `json:"sent,omitzero"`
	ViewedFrom      time.Time     `json:"viewed_from,omitzero"`
	ViewedUntil     time.Time     `json:"viewed_until,omitzero"`
	Signed          time.Time     `json:"signed"` // by the server's clock
	Check           Check         `json:"check"`
	Address         string        `json:"address,omitempty"`
	UserAgent       string        `json:"user_agent,omitempty"`
	Reminders       int           `json:"reminders,omitempty"`
	Level           Level         `json:"level"`
	Countersigner   string        `json:"countersigner,omitempty"` // a person's name, or empty for the seal
	Countersigned   time.Time     `json:"countersigned,omitzero"`
	Certificate     string        `json:"certificate"` // serial of the platform's certificate, hex
	Key             string        `json:"key"`         // its fingerprint, as seal.Verify shows it
	Passkey         *PasskeyProof `json:"passkey,omitempty"`
	// Of a copy that was signed by hand: the scan's SHA-256, and that of the agreement's text with the characters that no
	// typeface has.
	Scan     string `json:"scan,omitempty"`
	Original string `json:"original,omitempty"`
}

// PasskeyProof is a signer's assertion over the document's digest.
type PasskeyProof struct {
	Credential string `json:"credential"` // id, base64url
	Assertion  string `json:"assertion"`  // SHA-256 of clientData and authenticator data with the signature, hex
}

// Input is all that the pages follow from.
type Input struct {
	Document *template.Document `json:"document"`
	Company  string             `json:"company"`
	Signer   Signer             `json:"signer"`
	// Evidence is nil for a preview or for the copy that is signed on paper; then there is no evidence page and no
	// place for electronic signatures.
	Evidence *Evidence `json:"evidence,omitempty"`
	// OnPaper draws the copy that is printed and signed by hand: a character that no typeface has becomes a line to
	// write it on, with its code point.
	OnPaper bool `json:"on_paper,omitempty"`
	// Signatures is how many places for electronic signatures there are: 1, or 2 with a countersignature.
	Signatures int `json:"signatures,omitempty"`
}

// MissingError says that no typeface has some characters. The way on is paper: draw with OnPaper, have it signed by
// hand, scan it, countersign it.
type MissingError struct{ Runes []rune }

func (e *MissingError) Error() string {
	codes := make([]string, len(e.Runes))
	for i, r := range e.Runes {
		codes[i] = fmt.Sprintf("U+%04X", r)
	}
	return "no typeface has " + strings.Join(codes, ", ") + ": sign this document on paper"
}

// Errors of an input that cannot be drawn.
var (
	ErrInput   = errors.New("the input of the document is not complete")
	ErrTooLong = errors.New("the document has too many pages: shorten it")
)

// Limits of an input.
const (
	maxPages  = 60
	maxPoints = 4000
	maxField  = 500
	maxNumber = 64
)

// China is the zone of the times on a document.
var China = time.FixedZone("UTC+8", 8*60*60)

// Missing lists the characters of a document that no typeface has. The service asks before it sends a request, so that
// a person with a rare name is told of the way on paper at once and not after reading.
func Missing(in Input) []rune { return fonts.Missing(in.texts()...) }

// texts are all the texts of an input that come from people.
func (in Input) texts() []string {
	out := []string{in.Company, in.Signer.Name, in.Signer.Number, in.Signer.Unit}
	for _, b := range in.Document.Blocks {
		out = append(out, b.Text.ZH, b.Text.EN)
	}
	if e := in.Evidence; e != nil {
		out = append(out, e.ID, e.TemplateVersion, e.Countersigner)
	}
	return out
}

func (in Input) check() error {
	switch {
	case in.Document == nil || len(in.Document.Blocks) == 0:
		return fmt.Errorf("%w: no document", ErrInput)
	case in.Company == "" || in.Signer.Name == "":
		return fmt.Errorf("%w: company and signer have names", ErrInput)
	case in.Evidence == nil && in.Signatures != 0, in.Evidence != nil && (in.Signatures < 1 || in.Signatures > 2):
		return fmt.Errorf("%w: one or two signatures with evidence, none without", ErrInput)
	}
	if e := in.Evidence; e != nil {
		switch {
		case in.OnPaper:
			return fmt.Errorf("%w: the copy for paper has no evidence yet", ErrInput)
		case utf8.RuneCountInString(e.ID) > maxNumber || utf8.RuneCountInString(e.TemplateVersion) > maxNumber:
			return fmt.Errorf("%w: numbers and versions have at most %d characters", ErrInput, maxNumber)
		case e.ID == "" || e.Signed.IsZero() || e.TemplateVersion == "":
			return fmt.Errorf("%w: evidence has a number, a template's version and a time", ErrInput)
		case levelTexts[e.Level] == (domain.Label{}) || checkTexts[e.Check] == (domain.Label{}):
			return fmt.Errorf("%w: level and check are among the known ones", ErrInput)
		case e.Level == SignerKey && e.Passkey == nil:
			return fmt.Errorf("%w: level signer_key has a passkey's proof", ErrInput)
		}
	}
	points := 0
	for _, s := range in.Signer.Drawn {
		points += len(s)
		for _, p := range s {
			if !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) { // also refuses what is no number
				return fmt.Errorf("%w: a drawn signature's points lie between 0 and 1", ErrInput)
			}
		}
	}
	if points > maxPoints {
		return fmt.Errorf("%w: a drawn signature has at most %d points", ErrInput, maxPoints)
	}
	for _, s := range []string{in.Company, in.Signer.Name, in.Signer.Number, in.Signer.Unit} {
		if utf8.RuneCountInString(s) > maxField || !utf8.ValidString(s) {
			return fmt.Errorf("%w: names have at most %d characters", ErrInput, maxField)
		}
	}
	return nil
}

// Render draws the document. The error is a *[MissingError] when a character cannot be drawn, and wraps [ErrInput] or
// [ErrTooLong] when the input is at fault.
func Render(in Input) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if in.OnPaper {
		in = in.byHand()
	} else if m := Missing(in); len(m) > 0 {
		return nil, &MissingError{m}
	}
	l := newLayout()
	l.agreement(in)
	first := len(l.pages)
	if in.Evidence != nil {
		l.newPage()
		l.evidence(in)
	}
	if len(l.pages) > maxPages {
		return nil, ErrTooLong
	}
	raw, err := l.draw(in)
	if err != nil {
		return nil, fmt.Errorf("draw document: %w", err)
	}
	return finish(raw, in, first)
}

// byHand replaces what cannot be drawn by a line to write on.
func (in Input) byHand() Input {
	line := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			if m := fonts.Missing(string(r)); len(m) > 0 {
				fmt.Fprintf(&b, "____(U+%04X)", r)
				continue
			}
			b.WriteRune(r)
		}
		return b.String()
	}
	in.Company, in.Signer.Name, in.Signer.Number, in.Signer.Unit = line(in.Company), line(in.Signer.Name), line(in.Signer.Number), line(in.Signer.Unit)
	d := *in.Document
	d.Blocks = make([]template.Block, len(in.Document.Blocks))
	for i, b := range in.Document.Blocks {
		b.Text = domain.Label{ZH: line(b.Text.ZH), EN: line(b.Text.EN)}
		d.Blocks[i] = b
	}
	in.Document = &d
	return in
}

// Printable is the same input with every character that no typeface has replaced by its code point: what the sealed record of
// an agreement signed by hand can show.
func (in Input) Printable() Input { return in.byHand() }
