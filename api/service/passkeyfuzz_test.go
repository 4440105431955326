package service

import (
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/models/store"
)

// Whatever a browser sends for a passkey is read or refused: truncated and bent CBOR, keys of no curve, lengths that lie.
// What is taken for a new key can be checked later without CBOR.
func FuzzPasskeyCBOR(f *testing.F) {
	site := passkeySite("http://localhost:8080")
	rp, err := site.relyingParty()
	if err != nil {
		f.Fatal(err)
	}
	const person = "0195f9a2-0000-7000-8000-000000000001"
	session := webauthn.SessionData{Challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", RelyingPartyID: site.ID, UserID: userHandle(person),
		UserVerification: protocol.VerificationRequired, CredParams: passkeyAlgorithms}
	options := []byte(`{"challenge":"` + session.Challenge + `","user":{"id":"AAAA"},"rp":{"id":"localhost","name":"x"}}`)
	var created, got []byte
	for _, d := range []*passkeytest.Device{passkeytest.New(site.ID, site.Origin), passkeytest.NewRSA(site.ID, site.Origin)} {
		if created, err = d.Create(options); err != nil {
			f.Fatal(err)
		}
		object, err := passkeytest.Part(created, "attestationObject")
		if err != nil {
			f.Fatal(err)
		}
		if got, err = d.Get(options); err != nil {
			f.Fatal(err)
		}
		data, err := passkeytest.Part(got, "authenticatorData")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(object, data)
	}
	f.Add([]byte{0xbf, 0xff}, []byte{})
	f.Fuzz(func(t *testing.T, object, data []byte) {
		raw, err := passkeytest.WithPart(created, "attestationObject", object)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := protocol.ParseCredentialCreationResponseBytes(raw); err == nil {
			if made, err := rp.CreateCredential(keyHolder(person), session, p); err == nil {
				_, _, _ = pkixOf(made.PublicKey)
			}
			_, _, _ = pkixOf(p.Response.AttestationObject.AuthData.AttData.CredentialPublicKey)
		}
		_, _, _ = pkixOf(object)
		if raw, err = passkeytest.WithPart(got, "authenticatorData", data); err != nil {
			t.Fatal(err)
		}
		if p, err := parseAssertion(raw); err == nil {
			_, err := rp.ValidateLogin(keyHolder(person, store.Passkey{Credential: p.RawID, COSE: object}), session, p)
			if err == nil {
				t.Error("a key that nobody enrolled signs")
			}
		}
	})
}
