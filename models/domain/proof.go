package domain

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Proof shows that a decision is the person's: who signed, how, and over what (design: decided 3).
type Proof struct {
	Signer    string `json:"signer"`    // "service": the service on the person's behalf; later "passkey"
	Algorithm string `json:"algorithm"` // "ed25519"
	Key       string `json:"key"`       // key id
	Signature string `json:"signature"` // base64
}

// Signed returns the bytes a proof signs: every field that says what the person does, each with its length so that no
// two acts share a text. An act with none of the fields that came later signs as it always did, so that old proofs hold.
func (a Act) Signed(caseID string) []byte {
	comment := ""
	if a.Comment != nil {
		// The object too: a reference without a digest would sign like no comment at all.
		comment = a.Comment.Object + ":" + a.Comment.SHA256
	}
	header := "qunbei-act-v1\n"
	fields := []string{caseID, a.ID, string(a.Kind), string(a.Actor), string(a.Outcome), a.Digest,
		strconv.Itoa(a.Version), comment, a.At.UTC().Format(time.RFC3339Nano)}
	if later := a.signedLater(); later != nil {
		header, fields = "qunbei-act-v2\n", append(fields, later...)
	}
	var b strings.Builder
	b.WriteString(header)
	for _, f := range fields {
		fmt.Fprintf(&b, "%d:%s\n", len(f), f)
	}
	return []byte(b.String())
}

// signedLater are the fields beyond the first version, lists with their length before them; nil when the act has none.
func (a Act) signedLater() []string {
	place := a.Slot
	if !a.Kind.Person() {
		place = "" // the system's acts carry no proof
	}
	if a.For == "" && len(a.To) == 0 && a.Mode == "" && a.Step == 0 && len(a.Attachments) == 0 && a.Material == nil && a.Via == "" && place == "" {
		return nil
	}
	out := []string{string(a.For), strconv.Itoa(len(a.To))}
	for _, p := range a.To {
		out = append(out, string(p))
	}
	out = append(out, string(a.Mode), strconv.Itoa(a.Step), strconv.Itoa(len(a.Attachments)))
	for _, r := range a.Attachments {
		out = append(out, r.Object, r.SHA256)
	}
	if m := a.Material; m != nil {
		out = append(out, "material", m.Object, m.Digest, string(m.Tier), m.NameKey)
	}
	if place != "" {
		out = append(out, "slot", place)
	}
	return append(out, a.Via)
}

// Errors of VerifyProof.
var (
	ErrProofMissing = errors.New("the act carries no proof")
	ErrProofKey     = errors.New("the proof's key is not known")
	ErrProofWrong   = errors.New("the proof does not fit the act")
)

// VerifyProof checks a person's act against the public keys the company published.
func VerifyProof(keys map[string]ed25519.PublicKey, caseID string, a Act) error {
	if a.Proof == nil {
		return ErrProofMissing
	}
	key, ok := keys[a.Proof.Key]
	if !ok || a.Proof.Algorithm != "ed25519" || len(key) != ed25519.PublicKeySize {
		return ErrProofKey
	}
	sig, err := base64.StdEncoding.DecodeString(a.Proof.Signature)
	if err != nil || !ed25519.Verify(key, a.Signed(caseID), sig) {
		return ErrProofWrong
	}
	return nil
}
