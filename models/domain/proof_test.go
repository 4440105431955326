package domain

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"testing"
	"time"
)

// TestProofCoversEveryField alters each field that says what a person did; the proof must not hold for any other act.
func TestProofCoversEveryField(t *testing.T) {
	pub, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]ed25519.PublicKey{"k": pub}
	sign := func(a Act) Act {
		a.Proof = &Proof{Signer: "service", Algorithm: "ed25519", Key: "k", Signature: base64.StdEncoding.EncodeToString(ed25519.Sign(private, a.Signed("c")))}
		return a
	}
	plain := sign(Act{ID: "1", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "d", Version: 1, At: t0})
	said := plain
	said.Comment = &Ref{Object: "o", SHA256: "s"}
	said = sign(said)
	for _, a := range []Act{plain, said} {
		if err := VerifyProof(keys, "c", a); err != nil {
			t.Fatal(err)
		}
		if err := VerifyProof(keys, "another", a); !errors.Is(err, ErrProofWrong) {
			t.Errorf("the proof holds for another case: %v", err)
		}
		for name, alter := range map[string]func(*Act){
			"id": func(a *Act) { a.ID = "2" }, "kind": func(a *Act) { a.Kind = ActWithdraw }, "actor": func(a *Act) { a.Actor = "B" },
			"outcome": func(a *Act) { a.Outcome = Reject }, "digest": func(a *Act) { a.Digest = "e" }, "version": func(a *Act) { a.Version = 2 },
			"time": func(a *Act) { a.At = a.At.Add(time.Microsecond) }, "another comment": func(a *Act) { a.Comment = &Ref{Object: "o", SHA256: "x"} },
			"another object": func(a *Act) { a.Comment = &Ref{Object: "p", SHA256: "s"} }, "a comment without digest": func(a *Act) { a.Comment = &Ref{Object: "o"} },
		} {
			b := a
			alter(&b)
			if err := VerifyProof(keys, "c", b); !errors.Is(err, ErrProofWrong) {
				t.Errorf("%s altered, and the proof holds: %v", name, err)
			}
		}
	}
	// Lengths stand before the fields, so that no text can move from one field into the next.
	a, b := Act{ID: "1", Kind: "x", Actor: "ab", Outcome: "c"}, Act{ID: "1", Kind: "x", Actor: "a", Outcome: "bc"}
	if string(a.Signed("c")) == string(b.Signed("c")) {
		t.Error("two acts sign the same bytes")
	}
}
