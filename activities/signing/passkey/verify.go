package passkey

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Code names why an evidence does not hold.
type Code string

// The codes, in the order in which they are looked for.
const (
	Malformed   Code = "malformed"    // cannot be read
	OtherMatter Code = "other_matter" // signed for another purpose, person, subject or digest
	WrongType   Code = "wrong_type"   // not an assertion but, say, an enrolment
	BadNonce    Code = "challenge"    // the challenge signed is not that of the matter
	WrongOrigin Code = "origin"       // signed on another site's page, or inside another site's frame
	WrongSite   Code = "site"         // the authenticator signed for another relying party
	NotPresent  Code = "presence"     // nobody touched the authenticator
	NotVerified Code = "verification" // the authenticator did not check who touched it
	BadKey      Code = "key"          // no public key of a kind that we take
	BadSign     Code = "signature"    // the key did not sign this
	NotEnrolled Code = "enrolment"    // the service did not enrol this key for this person
)

// Fault is why an evidence does not hold.
type Fault struct {
	Code Code
	Text string // for people, English
}

func (f *Fault) Error() string { return string(f.Code) + ": " + f.Text }

func fault(c Code, format string, a ...any) error {
	return &Fault{Code: c, Text: fmt.Sprintf(format, a...)}
}

// Want is what an evidence is checked against: what the one who checks knows from elsewhere.
type Want struct {
	Matter         // all of it is compared; nothing is taken from the evidence
	Site    string // relying party id; empty: the evidence's own word is taken, as an auditor may who knows no other
	Origins []string
	// Enrolled verifies the service's signature over the key's statement, with keys that the auditor trusts; nil: whose
	// key it is stays unproved, and is the caller's to know.
	Enrolled func(key string, statement, signature []byte) error
}

// Verify checks one evidence and returns the first *Fault, or nil when it holds: the person's key signed this matter on
// our page, with the person present and verified by the authenticator. It uses nothing but its arguments.
func Verify(e Evidence, w Want) error {
	if e.Version != Version {
		return fault(Malformed, "version %q is not known", e.Version)
	}
	if len(e.Nonce) < 16 || len(e.ClientData) > 8<<10 || len(e.AuthenticatorData) > 8<<10 || len(e.Signature) > 2<<10 {
		return fault(Malformed, "a part is too short or too long")
	}
	if e.Matter != w.Matter {
		return fault(OtherMatter, "signed was %s of %s, digest %s, by %s", e.Purpose, e.Subject, e.Digest, e.Person)
	}
	for _, part := range []string{e.Purpose, e.Person, e.Subject, e.Digest} {
		if strings.ContainsAny(part, "\n\r") {
			return fault(Malformed, "a part of the matter has a line break")
		}
	}
	if e.Key.Person == "" || e.Person != "" && e.Key.Person != e.Person {
		return fault(NotEnrolled, "the key is another person's")
	}
	if w.Site != "" && e.Site != w.Site {
		return fault(WrongSite, "made for %s", e.Site)
	}
	if err := checkClient(e, w); err != nil {
		return err
	}
	if err := checkAuthenticator(e); err != nil {
		return err
	}
	if err := checkSignature(e); err != nil {
		return err
	}
	if w.Enrolled != nil {
		if err := w.Enrolled(e.Key.ProofKey, e.Key.Statement(e.Site), e.Key.Proof); err != nil {
			return fault(NotEnrolled, "the enrolment's proof does not hold: %v", err)
		}
		if e.At.Before(e.Key.Enrolled) {
			return fault(NotEnrolled, "signed before the key was enrolled")
		}
	}
	return nil
}

// checkClient holds what the browser says it was asked, and where.
func checkClient(e Evidence, w Want) error {
	var said map[string]json.RawMessage // by exact name: encoding/json would take any case of it for a struct
	if err := json.Unmarshal(e.ClientData, &said); err != nil {
		return fault(Malformed, "the client data is no JSON object")
	}
	text := func(name string) string {
		var s string
		if json.Unmarshal(said[name], &s) != nil {
			return ""
		}
		return s
	}
	if t := text("type"); t != "webauthn.get" {
		return fault(WrongType, "the client data is of type %q", clip(t))
	}
	sum := Challenge(e.Matter, e.Nonce)
	if subtle.ConstantTimeCompare([]byte(text("challenge")), []byte(base64.RawURLEncoding.EncodeToString(sum[:]))) != 1 {
		return fault(BadNonce, "the challenge is not that of the matter")
	}
	if text("origin") != e.Origin || len(w.Origins) > 0 && !slices.Contains(w.Origins, e.Origin) {
		return fault(WrongOrigin, "signed on %q", clip(text("origin")))
	}
	if cross, ok := said["crossOrigin"]; ok && string(cross) != "false" {
		return fault(WrongOrigin, "signed inside another site's page")
	}
	if _, ok := said["topOrigin"]; ok {
		return fault(WrongOrigin, "signed inside another site's page")
	}
	return nil
}

// Bits of the authenticator data (WebAuthn, section 6.1).
const (
	bitPresent  = 0x01
	bitVerified = 0x04
	bitAttested = 0x40
	bitExtended = 0x80
)

// checkAuthenticator holds what the authenticator says: for which site, and that it saw and knew the person.
func checkAuthenticator(e Evidence) error {
	b := e.AuthenticatorData
	if len(b) < 37 {
		return fault(Malformed, "the authenticator data is cut short")
	}
	flags := b[32]
	if len(b) > 37 && flags&(bitAttested|bitExtended) == 0 {
		return fault(Malformed, "something follows the authenticator data")
	}
	site := sha256.Sum256([]byte(e.Site))
	switch {
	case !bytes.Equal(b[:32], site[:]):
		return fault(WrongSite, "the authenticator signed for another site")
	case flags&bitPresent == 0:
		return fault(NotPresent, "nobody was present")
	case flags&bitVerified == 0:
		return fault(NotVerified, "the authenticator did not verify the person")
	}
	return nil
}

// checkSignature verifies the signature over authenticator data and the hash of the client data.
func checkSignature(e Evidence) error {
	key, alg, err := PublicKey(e.Key.PublicKey)
	if err != nil {
		return err
	}
	if alg != e.Key.Algorithm {
		return fault(BadKey, "a key of %s that calls itself %q", alg, clip(e.Key.Algorithm))
	}
	client := sha256.Sum256(e.ClientData)
	signed := append(bytes.Clone(e.AuthenticatorData), client[:]...)
	sum := sha256.Sum256(signed)
	good := false
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		good = ecdsa.VerifyASN1(k, sum[:], e.Signature)
	case *rsa.PublicKey:
		good = rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], e.Signature) == nil
	case ed25519.PublicKey:
		good = ed25519.Verify(k, signed, e.Signature)
	}
	if !good {
		return fault(BadSign, "the key did not sign this")
	}
	return nil
}

// PublicKey reads a PKIX public key of a kind that we take, and names its algorithm.
func PublicKey(der []byte) (crypto.PublicKey, string, error) {
	if len(der) > 4<<10 {
		return nil, "", fault(BadKey, "a key of %d bytes", len(der))
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, "", fault(BadKey, "no public key")
	}
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return k, "ES256", nil
		}
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n >= 2048 && n <= 8192 {
			return k, "RS256", nil
		}
	case ed25519.PublicKey:
		return k, "EdDSA", nil
	}
	return nil, "", fault(BadKey, "a key of a kind that is not taken")
}

// Counter is how often the authenticator says it signed; 0 where it does not count, as synced passkeys do not.
func (e Evidence) Counter() uint32 {
	if len(e.AuthenticatorData) < 37 {
		return 0
	}
	return binary.BigEndian.Uint32(e.AuthenticatorData[33:37])
}

// clip bounds what a stranger wrote.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}
