package service

import (
	"encoding/base64"

	"github.com/qunbei/qunbei/models/domain"
)

// sign puts the service's proof on a person's act: the session said who it is, the key says that we saw it (design:
// decided 3). Later kinds of proof are the person's own.
func (s *Service) sign(subject string, act domain.Act) *domain.Proof {
	key, sig := s.cfg.Keyring.Signer().Sign(act.Signed(subject))
	return &domain.Proof{Signer: "service", Algorithm: "ed25519", Key: key, Signature: base64.StdEncoding.EncodeToString(sig)}
}

// proofHolds verifies the proof an act carries.
func (s *Service) proofHolds(subject string, act domain.Act) bool {
	if act.Proof == nil || act.Proof.Algorithm != "ed25519" {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(act.Proof.Signature)
	return err == nil && s.cfg.Keyring.Verifier().Verify(act.Proof.Key, act.Signed(subject), sig) == nil
}

// sameProof tells whether two acts are one and the same call: ids are the caller's, but time and signature are ours.
func sameProof(a, b *domain.Proof) bool {
	return a != nil && b != nil && a.Key == b.Key && a.Signature == b.Signature
}

// Holds verifies an act's proof for the decision activity, by the rule that made it.
func (s *Service) Holds(subject string, act domain.Act) bool { return s.proofHolds(subject, act) }
