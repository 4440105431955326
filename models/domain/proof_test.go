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
			"in whose name": func(a *Act) { a.For = "F" }, "whom": func(a *Act) { a.To = []EmployeeID{"T"} }, "place": func(a *Act) { a.Slot = "r1.s1.p1" },
			"way": func(a *Act) { a.Via = ViaMailLink }, "step": func(a *Act) { a.Step = 1 }, "mode": func(a *Act) { a.Mode = AddBefore },
			"file": func(a *Act) { a.Attachments = []Ref{{Object: "o"}} }, "material": func(a *Act) { a.Material = &Material{Digest: "m"} },
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

// Acts with what came later sign under another header, every field of it; acts without sign as they always did.
func TestProofCoversLaterFields(t *testing.T) {
	old := Act{ID: "1", Kind: ActDecide, Actor: "A", Outcome: Approve, Digest: "d", Version: 1, At: t0, Comment: &Ref{Object: "o", SHA256: "s"}}
	const want = "qunbei-act-v1\n1:c\n1:1\n6:decide\n1:A\n7:approve\n1:d\n1:1\n3:o:s\n20:2026-03-02T01:00:00Z\n"
	if got := string(old.Signed("c")); got != want {
		t.Fatalf("%q", got)
	}
	base := old
	base.For, base.To, base.Mode, base.Step, base.Via = "B", []EmployeeID{"X", "Y"}, AddBefore, 2, "mail_link"
	base.Attachments, base.Material = []Ref{{Object: "a", SHA256: "b"}}, &Material{Object: "m", Digest: "n", Tier: TierSecret, NameKey: "k"}
	seen := map[string]string{want: "none"}
	for name, alter := range map[string]func(*Act){
		"base": func(*Act) {}, "for": func(a *Act) { a.For = "C" }, "to": func(a *Act) { a.To = []EmployeeID{"X"} },
		"order": func(a *Act) { a.To = []EmployeeID{"Y", "X"} }, "mode": func(a *Act) { a.Mode = AddAfter }, "step": func(a *Act) { a.Step = 3 },
		"via": func(a *Act) { a.Via = "" }, "attachment": func(a *Act) { a.Attachments = []Ref{{Object: "a", SHA256: "c"}} },
		"no attachment": func(a *Act) { a.Attachments = nil }, "no material": func(a *Act) { a.Material = nil },
		"material": func(a *Act) { a.Material = &Material{Object: "m", Digest: "n", Tier: TierSecret, NameKey: "l"} },
		"tier":     func(a *Act) { a.Material = &Material{Object: "m", Digest: "n", Tier: TierOrdinary, NameKey: "k"} },
		"only for": func(a *Act) { *a = old; a.For = "B" }, "only via": func(a *Act) { *a = old; a.Via = "B" },
		"only to": func(a *Act) { *a = old; a.To = []EmployeeID{"B"} },
	} {
		a := base
		alter(&a)
		text := string(a.Signed("c"))
		if other, ok := seen[text]; ok {
			t.Errorf("%s signs the same as %s", name, other)
		}
		seen[text] = name
	}
}
