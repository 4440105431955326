package codec

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestProofSignAndVerify(t *testing.T) {
	k := mustGenerate(t)
	payload := []byte(`qunbei-decision/1 {"case":"1"}`)
	oldID, oldSig := k.Signer().Sign(payload)
	if err := k.Rotate(PartProof); err != nil {
		t.Fatal(err)
	}
	newID, newSig := k.Signer().Sign(payload)
	if newID == oldID || newID != k.ProofKeyID() {
		t.Fatalf("ids %s, %s", oldID, newID)
	}
	exported, err := k.PublicKeysJSON()
	if err != nil {
		t.Fatal(err)
	}
	offline, err := ParsePublicKeys(exported)
	if err != nil {
		t.Fatal(err)
	}
	otherID, otherSig := mustGenerate(t).Signer().Sign(payload)
	for name, v := range map[string]Verifier{"keyring": k.Verifier(), "offline": offline} {
		for _, tc := range []struct {
			what, id string
			payload  []byte
			sig      []byte
			want     error
		}{
			{"current key", newID, payload, newSig, nil},
			{"retired key", oldID, payload, oldSig, nil},
			{"altered payload", newID, flip(payload, 3), newSig, ErrBadSignature},
			{"altered signature", newID, payload, flip(newSig, 3), ErrBadSignature},
			{"no signature", newID, payload, nil, ErrBadSignature},
			{"signature of another key", newID, payload, oldSig, ErrBadSignature},
			{"unknown key", otherID, payload, otherSig, ErrUnknownKey},
			{"no key", "", payload, newSig, ErrUnknownKey},
		} {
			if err := v.Verify(tc.id, tc.payload, tc.sig); !errors.Is(err, tc.want) {
				t.Errorf("%s, %s: got %v, want %v", name, tc.what, err, tc.want)
			}
		}
	}
	if err := (Verifier{}).Verify(newID, payload, newSig); err == nil {
		t.Error("a verifier without keys verified")
	}
}

func TestPublicKeys(t *testing.T) {
	k := mustGenerate(t)
	if err := k.Rotate(PartProof); err != nil {
		t.Fatal(err)
	}
	list := k.PublicKeys()
	if len(list) != 2 || list[0].RetiredAt == nil || list[1].RetiredAt != nil || list[1].KeyID != k.ProofKeyID() {
		t.Fatalf("list %+v", list)
	}
	sum := sha256.Sum256(list[0].PublicKey)
	if want := hex.EncodeToString(sum[:])[:16]; list[0].KeyID != want {
		t.Errorf("key id %s, want %s", list[0].KeyID, want)
	}
	b, _ := k.PublicKeysJSON()
	seed, _ := json.Marshal(k.cur.Load().proof.private.Seed())
	if strings.Contains(string(b), strings.Trim(string(seed), `"`)) {
		t.Error("private key exported")
	}
	for name, change := range map[string]func(*PublicKey){
		"swapped key":     func(p *PublicKey) { p.PublicKey = flip(p.PublicKey, 0) },
		"other algorithm": func(p *PublicKey) { p.Algorithm = "none" },
		"short key":       func(p *PublicKey) { p.PublicKey = p.PublicKey[:31] },
	} {
		pk := list[0]
		change(&pk)
		b, _ := json.Marshal(publicKeysFile{Keys: []PublicKey{pk}})
		if _, err := ParsePublicKeys(b); err == nil {
			t.Errorf("%s accepted", name)
		}
	}
	for _, bad := range []string{"", "{", "{}", `{"keys":[]}`} {
		if _, err := ParsePublicKeys([]byte(bad)); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}
