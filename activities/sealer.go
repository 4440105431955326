package activities

import "time"

// Sealer draws agreements and signs them with the platform's key (semantics 4). It speaks in bytes and plain values, so
// that workflows, which link this package, and the auditor's tool with them, link no typefaces and no writer of PDF.
type Sealer interface {
	// Draw makes the pages of what was recorded: the JSON of a paper.Input (activities/signing/paper). The same input gives
	// the same bytes. The error is an *UndrawableError when trying again cannot help: a character without a typeface, or an
	// input that is not complete.
	Draw(input []byte) (pdf []byte, err error)
	// Sign adds the platform's signature to a document that Draw made, or its second one. It refuses anything else with an
	// *UndrawableError.
	Sign(pdf []byte, act SealAct) ([]byte, error)
	// Check says what is true of a document, for an activity's own work and for what lies in store.
	Check(pdf []byte) SealCheck
	// Drawable tells whether the typefaces have every character of a text.
	Drawable(text string) bool
	// Name names the platform's key, for the evidence page: it stands there before the signature does.
	Name() SealKey
}

// SealAct is what a signature is for; PDF readers show it.
type SealAct struct {
	Name   string // whose signature it is: the company's, or the countersigner's
	Reason string
	At     time.Time // of the act; the signature itself carries the clock's time
}

// SealKey names the platform's key.
type SealKey struct {
	Serial      string // of its certificate, in hex
	Fingerprint string // SHA-256 of the public key, in hex
	// Licensed: the certificate is one of a licensed authority; only then may the level licensed_ca be written.
	Licensed bool
	Drawing  string // the way of drawing: an auditor draws a document again with the same (paper.Version)
}

// SealCheck is what is true of a document.
type SealCheck struct {
	Intact   bool   // as the platform sealed it, to the last byte
	Complete bool   // … and with every signature that it was drawn for
	Level    string // as it says of itself
	Document string // SHA-256 of the agreement's text, hex
	SHA256   string // of the file, hex
}

// UndrawableError says that a document cannot be drawn or signed, however often it is tried.
type UndrawableError struct {
	Code  string // no_typeface, input, too_long, not_ours, no_place
	Cause error
}

func (e *UndrawableError) Error() string { return "the document cannot be made (" + e.Code + ")" }

// Unwrap gives the cause, which may hold names: not for logs.
func (e *UndrawableError) Unwrap() error { return e.Cause }
