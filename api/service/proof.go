package service

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"

	"github.com/qunbei/qunbei/models/domain"
)

// sign puts the service's proof on a person's act: the session said who it is, the key says that we saw it (design:
// decided 3). Later kinds of proof are the person's own.
func (s *Service) sign(subject string, act domain.Act) *domain.Proof {
	payload := act.Signed(subject)
	key, sig := s.cfg.Keyring.Signer().Sign(payload)
	s.signed.add(key, payload, sig)
	return &domain.Proof{Signer: "service", Algorithm: "ed25519", Key: key, Signature: base64.StdEncoding.EncodeToString(sig)}
}

// proofHolds verifies the proof an act carries.
func (s *Service) proofHolds(subject string, act domain.Act) bool {
	if act.Proof == nil || act.Proof.Algorithm != "ed25519" {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(act.Proof.Signature)
	if err != nil {
		return false
	}
	payload := act.Signed(subject)
	return s.signed.has(act.Proof.Key, payload, sig) || s.cfg.Keyring.Verifier().Verify(act.Proof.Key, payload, sig) == nil
}

// sameProof tells whether two acts are one and the same call: ids are the caller's, but time and signature are ours.
func sameProof(a, b *domain.Proof) bool {
	return a != nil && b != nil && a.Key == b.Key && a.Signature == b.Signature
}

// Holds verifies an act's proof for the decision activity, by the rule that made it.
func (s *Service) Holds(subject string, act domain.Act) bool { return s.proofHolds(subject, act) }

// signed remembers what this process signed a moment ago: the very key, words and signature need not be verified again
// where API and worker share a process. Anything else is.
type signed struct {
	mu    sync.Mutex
	seen  map[[sha256.Size]byte]struct{}
	order [][sha256.Size]byte // oldest first
}

// signedMost bounds what is remembered.
const signedMost = 2000

func signedSum(key string, payload, sig []byte) [sha256.Size]byte {
	b := make([]byte, 0, len(key)+1+sha256.Size+len(sig))
	sum := sha256.Sum256(payload)
	b = append(append(append(append(b, key...), 0), sum[:]...), sig...)
	return sha256.Sum256(b)
}

func (l *signed) add(key string, payload, sig []byte) {
	sum := signedSum(key, payload, sig)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[[sha256.Size]byte]struct{}{}
	}
	if len(l.order) >= signedMost {
		delete(l.seen, l.order[0])
		l.order = l.order[1:]
	}
	l.seen[sum], l.order = struct{}{}, append(l.order, sum)
}

func (l *signed) has(key string, payload, sig []byte) bool {
	sum := signedSum(key, payload, sig)
	l.mu.Lock()
	defer l.mu.Unlock()
	_, ok := l.seen[sum]
	return ok
}
