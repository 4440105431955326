package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/activities/signing/seal"
)

// MaxDocument bounds a PDF that somebody has checked, in bytes.
const MaxDocument = seal.MaxBytes

// DocumentVerdict is what is true of a PDF, in one word.
type DocumentVerdict string

// The verdicts, best first. Intact is the platform's seal on every place, to the last byte; incomplete is in good order
// with a signature still to come, or taken off again: the bytes cannot tell which.
const (
	DocumentIntact     DocumentVerdict = "intact"
	DocumentIncomplete DocumentVerdict = "incomplete"
	DocumentUnsigned   DocumentVerdict = "unsigned"
	DocumentOtherKey   DocumentVerdict = "other_key"
	DocumentAltered    DocumentVerdict = "altered"
	DocumentForeign    DocumentVerdict = "foreign"
)

// DocumentReport says what is true of a PDF that somebody shows (semantics 4), and nothing that they do not hold already:
// no names, no group, not whether the agreement is still in force.
type DocumentReport struct {
	Verdict DocumentVerdict `json:"verdict"`
	// OnRecord: these very bytes are a document that this service sealed and keeps. Asked for documents in good order only.
	OnRecord bool `json:"on_record"`
	// Level is what the seal proves, as the document says; only for documents in good order.
	Level      string              `json:"level,omitempty"`
	Places     int                 `json:"places"` // for signatures that it was drawn for
	Signatures []DocumentSignature `json:"signatures"`
	// Evidence: the evidence page is the one that the document was sealed with.
	Evidence bool   `json:"evidence_intact"`
	Appended int    `json:"appended,omitempty"` // bytes behind the last signature
	SHA256   string `json:"sha256"`
}

// DocumentSignature is one signature in a PDF. Whose it says it is, is left out: anybody can write anything there.
type DocumentSignature struct {
	Valid       bool       `json:"valid"`        // fits the bytes that it covers
	Known       bool       `json:"platform_key"` // made by a key of this platform
	Whole       bool       `json:"whole"`        // covers the file to its last byte
	At          *time.Time `json:"at,omitempty"` // the signer's clock
	Serial      string     `json:"serial,omitempty"`
	Fingerprint string     `json:"fingerprint,omitempty"`
}

// mostChecks bounds how many documents are checked at once: each is up to 8 MiB, held a few times over.
const mostChecks = 4

// VerifyDocument says what is true of a PDF. Nothing of it is kept, or written to a log.
func (s *Service) VerifyDocument(ctx context.Context, pdf []byte) (DocumentReport, error) {
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return DocumentReport{}, fail(ctx.Err())
	}
	r := seal.Verify(pdf, s.cfg.SealKeys)
	if r.Verdict == seal.TooLarge {
		return DocumentReport{}, &Error{Kind: TooLarge, Code: "body_too_large", Params: map[string]string{"max": "8 MiB"}}
	}
	out := DocumentReport{Verdict: DocumentVerdict(r.Verdict), Places: r.Places, Signatures: []DocumentSignature{}, Evidence: r.EvidenceIntact, Appended: r.Appended, SHA256: r.SHA256}
	for _, x := range r.Signatures {
		d := DocumentSignature{Valid: x.Valid, Known: x.Known && x.Valid, Whole: x.Whole, Serial: x.Serial, Fingerprint: x.Fingerprint}
		if !x.At.IsZero() {
			at := x.At.UTC()
			d.At = &at
		}
		out.Signatures = append(out.Signatures, d)
	}
	if r.Verdict != seal.Intact {
		return out, nil
	}
	if len(r.Signatures) < r.Places {
		out.Verdict = DocumentIncomplete
	}
	out.Level = r.Level
	var err error
	out.OnRecord, err = s.onRecord(ctx, r.SHA256)
	return out, fail(err)
}
