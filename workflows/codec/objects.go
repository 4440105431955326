package codec

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// Claim check: free text, documents and personal data never enter a history;
// they are sealed objects, each under the data key of its case, which in turn
// is wrapped by the master key. The history holds the object's id and digest.
// Destroying the wrapped key shreds all of the case's objects at once.

const (
	caseKeySize = 32
	// objectVersion is the first byte of a sealed object, bound by the label.
	objectVersion = 1
	caseKeyLabel  = "qunbei/case-key/1"
	objectLabel   = "qunbei/object/1"
)

// NewCaseKey makes the data key of one case and returns it wrapped by the
// master key and bound to the case: the only form that may be stored.
func (k *Keyring) NewCaseKey(caseID string) (wrapped []byte, err error) {
	if caseID == "" {
		return nil, errors.New("make case key: no case id")
	}
	var key [caseKeySize]byte
	if _, err := rand.Read(key[:]); err != nil {
		return nil, fmt.Errorf("make case key: %w", err)
	}
	return k.wrap(key[:], caseID)
}

// RewrapCaseKey wraps a case's data key again with the current master key, so
// that a retired master key can one day go. The objects stay as they are.
func (k *Keyring) RewrapCaseKey(wrapped []byte, caseID string) ([]byte, error) {
	key, err := k.unwrap(wrapped, caseID)
	if err != nil {
		return nil, err
	}
	return k.wrap(key, caseID)
}

// Seal encrypts an object of a case. sha256hex is the digest of the
// *ciphertext*: a digest of the text itself would let anybody confirm a guess
// at a short comment, even after shredding. Sealing twice gives different
// bytes, so seal once and keep the result.
func (k *Keyring) Seal(wrappedKey []byte, caseID, objectID string, plaintext []byte) (ciphertext []byte, sha256hex string, err error) {
	gcm, ad, err := k.objectCipher(wrappedKey, caseID, objectID)
	if err != nil {
		return nil, "", fmt.Errorf("seal object: %w", err)
	}
	ciphertext = gcm.Seal([]byte{objectVersion}, nil, plaintext, ad) //nolint:gosec // this cipher draws its nonce itself
	return ciphertext, ObjectDigest(ciphertext), nil
}

// Open decrypts an object. It returns [ErrShredded] when the case's key is
// gone (an empty wrappedKey), [ErrUnknownKey] when the master key is not in
// this keyring, [ErrNotAuthentic] when the bytes do not have the digest that
// was recorded, were altered, or belong to another case or object.
func (k *Keyring) Open(wrappedKey []byte, caseID, objectID, sha256hex string, ciphertext []byte) ([]byte, error) {
	gcm, ad, err := k.objectCipher(wrappedKey, caseID, objectID)
	if err != nil {
		return nil, fmt.Errorf("open object: %w", err)
	}
	// The digest also tells an older version of the same object apart.
	if subtle.ConstantTimeCompare([]byte(ObjectDigest(ciphertext)), []byte(sha256hex)) != 1 {
		return nil, fmt.Errorf("open object: digest differs: %w", ErrNotAuthentic)
	}
	if len(ciphertext) == 0 || ciphertext[0] != objectVersion {
		return nil, fmt.Errorf("open object: unknown version: %w", ErrNotAuthentic)
	}
	plain, err := gcm.Open(nil, nil, ciphertext[1:], ad)
	if err != nil {
		return nil, fmt.Errorf("open object: %w", ErrNotAuthentic)
	}
	return plain, nil
}

// ObjectDigest is SHA-256 over a sealed object as hex; it can be checked
// without any key, after shredding too.
func ObjectDigest(ciphertext []byte) string {
	sum := sha256.Sum256(ciphertext)
	return hex.EncodeToString(sum[:])
}

func (k *Keyring) objectCipher(wrapped []byte, caseID, objectID string) (cipher.AEAD, []byte, error) {
	if objectID == "" {
		return nil, nil, errors.New("no object id")
	}
	key, err := k.unwrap(wrapped, caseID)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, nil, err
	}
	return gcm, associated(objectLabel, caseID, objectID), nil
}

func (k *Keyring) wrap(key []byte, caseID string) ([]byte, error) {
	wrapped, err := k.cur.Load().master.aead.Encrypt(key, associated(caseKeyLabel, caseID))
	if err != nil {
		return nil, fmt.Errorf("wrap case key: %w", err)
	}
	return wrapped, nil
}

func (k *Keyring) unwrap(wrapped []byte, caseID string) ([]byte, error) {
	if len(wrapped) == 0 {
		return nil, ErrShredded
	}
	if caseID == "" {
		return nil, errors.New("no case id")
	}
	id, ok := prefixID(wrapped)
	if !ok {
		return nil, fmt.Errorf("unwrap case key: %w", ErrNotAuthentic)
	}
	ks, ok := k.lookup(func(ks *keys) bool { return ks.master.ids[id] })
	if !ok {
		return nil, fmt.Errorf("unwrap case key: %w", &UnknownKeyError{Purpose: "master", KeyID: formatID(id)})
	}
	key, err := ks.master.aead.Decrypt(wrapped, associated(caseKeyLabel, caseID))
	if err != nil || len(key) != caseKeySize {
		return nil, fmt.Errorf("unwrap case key: %w", ErrNotAuthentic)
	}
	return key, nil
}

// associated joins parts with their lengths, so that ("a","bc") and ("ab","c")
// differ.
func associated(parts ...string) []byte {
	var buf bytes.Buffer
	for _, p := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		buf.Write(n[:])
		buf.WriteString(p)
	}
	return buf.Bytes()
}
