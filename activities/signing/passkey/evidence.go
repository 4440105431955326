package passkey

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Version names the form of an Evidence and of the statement and challenge that it holds.
const Version = "qunbei-passkey-1"

// Most is the most that an evidence's JSON may be, in bytes; real ones are about 2 KiB.
const Most = 64 << 10

// What a passkey is asked for. A signature made for one purpose is none for another.
const (
	Enrol     = "enrol"    // the key is shown for the first time
	SignIn    = "sign_in"  // nobody is signed in yet
	Confirm   = "confirm"  // the person at a session shows that it is still they
	SignNDA   = "nda_sign" // Digest is that of the agreement as it was shown
	SignCase  = "decide"   // reserved: a decision in a case
	NonceSize = 32         // random bytes of a challenge
)

// Matter is what a signature is for.
type Matter struct {
	Purpose string `json:"purpose"`
	Person  string `json:"person,omitempty"`  // id; empty only for SignIn
	Subject string `json:"subject,omitempty"` // id of what is signed: the agreement
	Digest  string `json:"digest,omitempty"`  // of what is signed, as the subject's process writes it: sha256:… or plain hex
}

// Challenge is what the passkey is given to sign: SHA-256 over the version and the matter, a line each, and the nonce in
// hex. Anybody can compute it again with printf and sha256sum.
func Challenge(m Matter, nonce []byte) [32]byte {
	lines := []string{Version, m.Purpose, m.Person, m.Subject, m.Digest, hex.EncodeToString(nonce), ""}
	return sha256.Sum256([]byte(strings.Join(lines, "\n")))
}

// Key is the passkey that signed, as it was enrolled.
type Key struct {
	ID         string    `json:"id"`         // of the enrolment, ours
	Person     string    `json:"person"`     // id of who enrolled it
	Credential []byte    `json:"credential"` // id that the authenticator gave
	Algorithm  string    `json:"algorithm"`  // ES256, RS256, EdDSA
	PublicKey  []byte    `json:"public_key"` // PKIX, DER: openssl pkey -pubin -inform DER reads it
	Synced     bool      `json:"synced"`     // the authenticator may copy it to other devices of the person
	Enrolled   time.Time `json:"enrolled"`
	// Proof is the service's signature over Statement, made when the key was enrolled: that this key is this person's is
	// no claim of whoever holds the evidence. ProofKey is the id of the service's key.
	ProofKey string `json:"proof_key"`
	Proof    []byte `json:"proof"`
}

// Statement is what the service signs at an enrolment: whose key it is, and since when.
func (k Key) Statement(site string) []byte {
	sum := sha256.Sum256(k.PublicKey)
	lines := []string{
		Version + " enrolment", k.Person, k.ID, hex.EncodeToString(k.Credential), k.Algorithm, hex.EncodeToString(sum[:]), site,
		k.Enrolled.UTC().Format(time.RFC3339Nano), "",
	}
	return []byte(strings.Join(lines, "\n"))
}

// Evidence is everything there is of one signature. It holds no name; the person is an id.
type Evidence struct {
	Version string `json:"version"`
	Matter
	Nonce  []byte    `json:"nonce"`
	Site   string    `json:"site"`   // relying party id: the host name that the key was made for
	Origin string    `json:"origin"` // address of the page that was open
	Asked  time.Time `json:"asked"`  // server's clock
	At     time.Time `json:"at"`
	Key    Key       `json:"key"`
	// The three parts of an assertion, as the browser sent them (WebAuthn, section 5.2.2).
	ClientData        []byte `json:"client_data"`
	AuthenticatorData []byte `json:"authenticator_data"`
	Signature         []byte `json:"signature"`
}

// Parse reads an evidence's JSON strictly: unknown members and anything after it are faults.
func Parse(b []byte) (Evidence, error) {
	var e Evidence
	if len(b) > Most {
		return Evidence{}, fault(Malformed, "an evidence of %d bytes: at most %d", len(b), Most)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return Evidence{}, fault(Malformed, "not an evidence: %v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Evidence{}, fault(Malformed, "something follows the evidence")
	}
	return e, nil
}

// Bytes is the evidence as it is kept.
func (e Evidence) Bytes() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write an evidence: %w", err)
	}
	return b, nil
}
