package codec

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// ProofAlgorithm names the signature of a proof: Ed25519 (RFC 8032) over the
// payload's bytes as they are, so that any other program can verify it.
const ProofAlgorithm = "Ed25519"

// PublicKey is the public half of a proof key, as auditors receive it.
type PublicKey struct {
	// KeyID is the first 16 hex digits of SHA-256 over PublicKey.
	KeyID     string `json:"key_id"`
	Algorithm string `json:"algorithm"`
	// PublicKey is the 32 bytes of the key (base64 in JSON).
	PublicKey []byte    `json:"public_key"`
	CreatedAt time.Time `json:"created_at"`
	// RetiredAt is when another key took over. A process that had not noticed
	// yet may have signed a little later; much later deserves a question.
	// Absent for the current key.
	RetiredAt *time.Time `json:"retired_at,omitempty"`
}

// publicKeysFile is the JSON that auditors receive.
type publicKeysFile struct {
	Keys []PublicKey `json:"keys"`
}

// Signer signs proofs with the current proof key.
type Signer struct{ k *Keyring }

// Signer returns the keyring's signer; it follows rotations.
func (k *Keyring) Signer() Signer { return Signer{k} }

// Sign signs payload and says with which key. The payload must say what kind
// of thing it is (a version and a type first), so that a signature over one
// kind can never pass for another.
func (s Signer) Sign(payload []byte) (keyID string, sig []byte) {
	p := s.k.cur.Load().proof
	return p.id, ed25519.Sign(p.private, payload)
}

// Verifier verifies proofs, with a keyring or with public keys alone.
type Verifier struct {
	find func(keyID string) (ed25519.PublicKey, bool)
}

// Verifier returns a verifier over the keyring's current and retired keys.
func (k *Keyring) Verifier() Verifier {
	return Verifier{func(id string) (ed25519.PublicKey, bool) {
		ks, ok := k.lookup(func(ks *keys) bool { return ks.proof.byID[id] != nil })
		if !ok {
			return nil, false
		}
		return ks.proof.byID[id], true
	}}
}

// ParsePublicKeys makes a verifier from [Keyring.PublicKeysJSON]'s bytes: all
// that an auditor needs. Keys whose id does not match are refused.
func ParsePublicKeys(b []byte) (Verifier, error) {
	var f publicKeysFile
	if err := json.Unmarshal(b, &f); err != nil {
		return Verifier{}, fmt.Errorf("read public proof keys: %w", err)
	}
	byID, err := indexPublicKeys(f.Keys)
	if err != nil {
		return Verifier{}, fmt.Errorf("read public proof keys: %w", err)
	}
	return Verifier{func(id string) (ed25519.PublicKey, bool) {
		pub, ok := byID[id]
		return pub, ok
	}}, nil
}

// Verify checks sig over payload. It returns [ErrUnknownKey] when the key is
// not known, [ErrBadSignature] when it is and the signature does not hold.
func (v Verifier) Verify(keyID string, payload, sig []byte) error {
	if v.find == nil {
		return errors.New("verifier without keys: get one from a keyring or from public keys")
	}
	pub, ok := v.find(keyID)
	if !ok {
		return &UnknownKeyError{Purpose: "proof", KeyID: shortID(keyID)}
	}
	if !ed25519.Verify(pub, payload, sig) {
		return fmt.Errorf("verify proof with key %s: %w", keyID, ErrBadSignature)
	}
	return nil
}

// PublicKeys lists every proof key, oldest first; the current one is last.
func (k *Keyring) PublicKeys() []PublicKey {
	return slices.Clone(k.cur.Load().proof.public)
}

// PublicKeysJSON is the list for auditors; it holds nothing secret.
func (k *Keyring) PublicKeysJSON() ([]byte, error) {
	return json.MarshalIndent(publicKeysFile{Keys: k.PublicKeys()}, "", "  ")
}

func (p proofKeys) rotated(now time.Time) (proofKeys, error) {
	pub, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return proofKeys{}, err
	}
	now = now.UTC().Truncate(time.Second)
	all := slices.Clone(p.public)
	for i := range all {
		if all[i].RetiredAt == nil {
			all[i].RetiredAt = &now
		}
	}
	all = append(all, PublicKey{KeyID: proofKeyID(pub), Algorithm: ProofAlgorithm, PublicKey: pub, CreatedAt: now})
	byID, err := indexPublicKeys(all)
	if err != nil {
		return proofKeys{}, err
	}
	return proofKeys{private: private, id: proofKeyID(pub), public: all, byID: byID}, nil
}

func indexPublicKeys(list []PublicKey) (map[string]ed25519.PublicKey, error) {
	if len(list) == 0 {
		return nil, errors.New("there is none")
	}
	byID := make(map[string]ed25519.PublicKey, len(list))
	for _, pk := range list {
		switch {
		case pk.Algorithm != ProofAlgorithm:
			return nil, fmt.Errorf("key %q has another algorithm than %s", shortID(pk.KeyID), ProofAlgorithm)
		case len(pk.PublicKey) != ed25519.PublicKeySize:
			return nil, fmt.Errorf("key %q does not have %d bytes", shortID(pk.KeyID), ed25519.PublicKeySize)
		case proofKeyID(pk.PublicKey) != pk.KeyID:
			return nil, fmt.Errorf("key %q is not the key that its id names", shortID(pk.KeyID))
		}
		byID[pk.KeyID] = ed25519.PublicKey(pk.PublicKey)
	}
	return byID, nil
}

func proofKeyID(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return hex.EncodeToString(sum[:8])
}

// shortID keeps an id from outside from filling a log line.
func shortID(id string) string {
	const most = 32
	if len(id) > most {
		return id[:most] + "…"
	}
	return id
}
