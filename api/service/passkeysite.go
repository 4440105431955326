package service

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// siteName is what authenticators show as the name of who asks.
const siteName = "Qunbei 群备"

// PasskeySite is whether and where passkeys can be used. They belong to a host name: browsers give them to no address that
// is a number, and to none without https, localhost excepted.
type PasskeySite struct {
	ID     string `json:"rp_id,omitempty"`  // relying party id: the host name; empty: passkeys cannot be used
	Origin string `json:"origin,omitempty"` // address at which pages must be open
	// Why passkeys cannot be used: address_is_number, no_https, no_address.
	Why string `json:"why,omitempty"`
}

// passkeySite reads the site from the address that people reach. An address of this machine by number (the demo's) stands
// for localhost, which browsers take.
func passkeySite(base string) PasskeySite {
	u, err := url.Parse(strings.ToLower(base))
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return PasskeySite{Why: "no_address"}
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	switch ip := net.ParseIP(host); {
	case ip != nil && ip.IsLoopback():
		host = "localhost"
	case ip != nil:
		return PasskeySite{Why: "address_is_number"}
	case u.Scheme == "http" && host != "localhost" && !strings.HasSuffix(host, ".localhost"):
		return PasskeySite{Why: "no_https"}
	case protocol.ValidateRPID(host) != nil:
		return PasskeySite{Why: "no_address"}
	}
	origin := u.Scheme + "://" + host
	if p := u.Port(); p != "" && (u.Scheme != "http" || p != "80") && (u.Scheme != "https" || p != "443") {
		origin += ":" + p // as browsers write it: without the scheme's own
	}
	return PasskeySite{ID: host, Origin: origin}
}

// usable refuses where passkeys cannot be used.
func (p PasskeySite) usable() error {
	if p.ID == "" {
		return &Error{Kind: Conflict, Code: "passkeys_unusable", Params: map[string]string{"why": p.Why}}
	}
	return nil
}

// relyingParty is the library's side of the site; nil where passkeys cannot be used.
func (p PasskeySite) relyingParty() (*webauthn.WebAuthn, error) {
	if p.ID == "" {
		return nil, nil //nolint:nilnil // usable is asked first
	}
	return webauthn.New(&webauthn.Config{RPID: p.ID, RPDisplayName: siteName, RPOrigins: []string{p.Origin}})
}

// passkeyAlgorithms are the keys that are taken, the liked first.
var passkeyAlgorithms = []protocol.CredentialParameter{
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgEdDSA},
	{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgRS256},
}

// pkixOf writes an authenticator's public key in the form that needs no CBOR, and names its algorithm.
func pkixOf(cose []byte) ([]byte, string, error) {
	parsed, err := webauthncose.ParsePublicKey(cose)
	if err != nil {
		return nil, "", err
	}
	var key any
	var alg int64
	switch k := parsed.(type) {
	case webauthncose.EC2PublicKeyData:
		alg = k.Algorithm
		key, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, k.XCoord, k.YCoord))
	case webauthncose.RSAPublicKeyData:
		alg = k.Algorithm
		var e int
		e, err = webauthncose.ParseRSAPublicKeyDataExponent(&k)
		key = &rsa.PublicKey{N: new(big.Int).SetBytes(k.Modulus), E: e}
	case webauthncose.OKPPublicKeyData:
		alg, key = k.Algorithm, ed25519.PublicKey(k.XCoord)
	default:
		err = fmt.Errorf("a key of the kind %T", parsed)
	}
	if err != nil {
		return nil, "", err
	}
	if !slices.ContainsFunc(passkeyAlgorithms, func(p protocol.CredentialParameter) bool { return int64(p.Algorithm) == alg }) {
		return nil, "", fmt.Errorf("a key of the algorithm %d", alg)
	}
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, "", err
	}
	_, name, err := passkey.PublicKey(der) // what could not be checked later is not taken now
	return der, name, err
}

// userHandle is what an authenticator knows of a person: the id's bytes, which say nothing to anybody else.
func userHandle(id domain.EmployeeID) []byte {
	u, err := uuid.Parse(string(id))
	if err != nil {
		return []byte(id)
	}
	return u[:]
}

// passkeyHolder is a person and their keys, as the library wants to see them.
type passkeyHolder struct {
	id   domain.EmployeeID
	keys []webauthn.Credential
}

func keyHolder(id domain.EmployeeID, keys ...store.Passkey) passkeyHolder {
	h := passkeyHolder{id: id}
	for _, k := range keys {
		h.keys = append(h.keys, webauthn.Credential{
			ID: k.Credential, PublicKey: k.COSE, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.Synced},
			Authenticator: webauthn.Authenticator{AAGUID: k.AAGUID, SignCount: k.Counter},
		})
	}
	return h
}

func (h passkeyHolder) WebAuthnID() []byte                         { return userHandle(h.id) }
func (h passkeyHolder) WebAuthnName() string                       { return string(h.id) }
func (h passkeyHolder) WebAuthnDisplayName() string                { return string(h.id) }
func (h passkeyHolder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// descriptors name the keys that belong to this site.
func (s *Service) descriptors(keys []store.Passkey) []protocol.CredentialDescriptor {
	var out []protocol.CredentialDescriptor
	for _, k := range keys {
		if k.Site != s.site.ID {
			continue
		}
		d := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: k.Credential}
		for _, t := range k.Transports {
			d.Transport = append(d.Transport, protocol.AuthenticatorTransport(t))
		}
		out = append(out, d)
	}
	return out
}
