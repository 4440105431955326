// Package passkeytest is an authenticator in software, for tests: it answers the options that the service sends as a
// browser and its passkey would, and lies where it is told to.
package passkeytest

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/descope/virtualwebauthn"
)

// Device is one authenticator with one key, behind one browser. Every field may be changed between two answers.
type Device struct {
	Site   string // relying party id that it signs for
	Origin string // of the page that the browser says is open
	// Lies: what the authenticator says of the person.
	Absent, Unverified bool
	Synced             bool   // may be copied: told at the enrolment and after
	Counter            uint32 // of the next answer less one
	Still              bool   // does not count
	UserHandle         []byte // from the enrolment

	key virtualwebauthn.Credential
}

// New is an authenticator with an ES256 key.
func New(site, origin string) *Device { return of(virtualwebauthn.KeyTypeEC2, site, origin) }

// NewRSA is an authenticator with an RS256 key.
func NewRSA(site, origin string) *Device { return of(virtualwebauthn.KeyTypeRSA, site, origin) }

func of(kind virtualwebauthn.KeyType, site, origin string) *Device {
	for {
		d := &Device{Site: site, Origin: origin, key: virtualwebauthn.NewCredential(kind)}
		if d.whole() {
			return d
		}
	}
}

// whole tells whether the key's coordinates have their full length: the library writes them without leading zeros, which
// no authenticator does.
func (d *Device) whole() bool {
	if d.key.Key.Type != virtualwebauthn.KeyTypeEC2 {
		return true
	}
	_, err := x509.ParsePKCS8PrivateKey(d.key.Key.Data)
	return err == nil && len(d.key.Key.AttestationData()) == 77
}

// ID is the key's id.
func (d *Device) ID() []byte { return d.key.ID }

// TakeID makes the key call itself by another's id.
func (d *Device) TakeID(id []byte) { d.key.ID = id }

func (d *Device) rp() virtualwebauthn.RelyingParty {
	return virtualwebauthn.RelyingParty{ID: d.Site, Name: d.Site, Origin: d.Origin}
}

func (d *Device) authenticator() virtualwebauthn.Authenticator {
	return virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{
		UserHandle: d.UserHandle, UserNotPresent: d.Absent, UserNotVerified: d.Unverified, BackupEligible: d.Synced, BackupState: d.Synced,
	})
}

func (d *Device) count() {
	if !d.Still {
		d.Counter++
	}
	d.key.Counter = d.Counter
}

// Create answers the options of an enrolment.
func (d *Device) Create(options []byte) (json.RawMessage, error) {
	o, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		return nil, fmt.Errorf("read the options of an enrolment: %w", err)
	}
	d.UserHandle = []byte(o.UserID)
	d.count()
	return json.RawMessage(virtualwebauthn.CreateAttestationResponse(d.rp(), d.authenticator(), d.key, *o)), nil
}

// Get answers the options of a signature.
func (d *Device) Get(options []byte) (json.RawMessage, error) {
	o, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		return nil, fmt.Errorf("read the options of a signature: %w", err)
	}
	d.count()
	return json.RawMessage(virtualwebauthn.CreateAssertionResponse(d.rp(), d.authenticator(), d.key, *o)), nil
}

// Part returns one of a credential's binary parts, by its name in the response.
func Part(credential json.RawMessage, name string) ([]byte, error) {
	var c struct {
		Response map[string]any `json:"response"`
	}
	if err := json.Unmarshal(credential, &c); err != nil {
		return nil, err
	}
	s, _ := c.Response[name].(string)
	return base64.RawURLEncoding.DecodeString(s)
}

// WithPart returns a credential with one of its binary parts replaced.
func WithPart(credential json.RawMessage, name string, part []byte) (json.RawMessage, error) {
	var c map[string]any
	if err := json.Unmarshal(credential, &c); err != nil {
		return nil, err
	}
	r, ok := c["response"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the credential has no response")
	}
	r[name] = base64.RawURLEncoding.EncodeToString(part)
	return json.Marshal(c)
}
