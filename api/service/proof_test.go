package service

import (
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

// What this process signed holds for the very act alone, remembered or verified; another process verifies.
func TestProofHolds(t *testing.T) {
	keys, err := codec.Generate()
	if err != nil {
		t.Fatal(err)
	}
	here, there := &Service{cfg: Config{Keyring: keys}}, &Service{cfg: Config{Keyring: keys}}
	signed := func(id string) domain.Act {
		a := domain.Act{ID: id, Kind: domain.ActDecide, Actor: "A", Outcome: domain.Approve, Digest: "sha256:m", At: time.Unix(1, 0)}
		a.Proof = here.sign("c1", a)
		return a
	}
	first := signed("d0")
	for name, alter := range map[string]func(a *domain.Act, subject *string){
		"outcome":   func(a *domain.Act, _ *string) { a.Outcome = domain.Reject },
		"actor":     func(a *domain.Act, _ *string) { a.Actor = "B" },
		"case":      func(_ *domain.Act, s *string) { *s = "c2" },
		"key":       func(a *domain.Act, _ *string) { a.Proof.Key = "0000000000000000" },
		"algorithm": func(a *domain.Act, _ *string) { a.Proof.Algorithm = "none" },
		"signature": func(a *domain.Act, _ *string) {
			a.Proof.Signature = base64.StdEncoding.EncodeToString(make([]byte, 64))
		},
		"no base64": func(a *domain.Act, _ *string) { a.Proof.Signature = "*" },
		"none":      func(a *domain.Act, _ *string) { a.Proof = nil },
	} {
		a, subject := signed("d1"), "c1"
		alter(&a, &subject)
		if here.Holds(subject, a) || there.Holds(subject, a) {
			t.Errorf("another %s: the proof holds", name)
		}
	}
	for i := range signedMost {
		signed(fmt.Sprint("x", i))
	}
	if n := len(here.signed.seen); n != signedMost || len(here.signed.order) != n {
		t.Errorf("%d are remembered", n)
	}
	last := signed("d2")
	sig, _ := base64.StdEncoding.DecodeString(last.Proof.Signature)
	if !here.signed.has(last.Proof.Key, last.Signed("c1"), sig) {
		t.Error("the last one is not remembered")
	}
	for _, a := range []domain.Act{first, last} { // forgotten, and remembered
		if !here.Holds("c1", a) || !there.Holds("c1", a) {
			t.Errorf("%s: the proof does not hold", a.ID)
		}
	}
}
