package codec

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// KEKEnv names the environment variable with the key-encryption key.
const KEKEnv = "QUNBEI_KEK"

// kekSize is the length of a key-encryption key in bytes (AES-256).
const kekSize = 32

// sealLabel is bound into a sealed keyring, so that no other AES-GCM
// ciphertext under the same key can pass for one.
const sealLabel = fileFormat

// KEK is the key-encryption key that seals the keyring file. A nil *KEK means
// that the file is in the clear. It never prints its value.
type KEK struct {
	id   string
	aead cipher.AEAD
}

// ParseKEK reads a KEK from 64 hex digits. The error never repeats the input.
func ParseKEK(s string) (*KEK, error) {
	raw, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(raw) != kekSize {
		return nil, fmt.Errorf("%s must be %d bytes as %d hex digits: make one with `openssl rand -hex %d`", KEKEnv, kekSize, 2*kekSize, kekSize)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, fmt.Errorf("use key-encryption key: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("use key-encryption key: %w", err)
	}
	// The id only tells a wrong KEK from a damaged file; it reveals nothing
	// usable about 256 random bits.
	sum := sha256.Sum256(append([]byte("qunbei-kek-id\x00"), raw...))
	return &KEK{id: hex.EncodeToString(sum[:4]), aead: aead}, nil
}

// KEKFromEnv reads [KEKEnv] by getenv (os.Getenv outside tests); nil, nil when
// it is not set.
func KEKFromEnv(getenv func(string) string) (*KEK, error) {
	v := getenv(KEKEnv)
	if v == "" {
		return nil, nil
	}
	return ParseKEK(v)
}

// ID is a short public name of the KEK, to tell two apart.
func (k *KEK) ID() string { return k.id }

// String hides the key.
func (k *KEK) String() string {
	if k == nil {
		return "KEK(none)"
	}
	return "KEK(" + k.id + ")"
}

// GoString hides the key from %#v.
func (k *KEK) GoString() string { return k.String() }

// LogValue hides the key from slog.
func (k *KEK) LogValue() slog.Value { return slog.StringValue(k.String()) }

func (k *KEK) seal(plain []byte) []byte {
	return k.aead.Seal(nil, nil, plain, []byte(sealLabel)) //nolint:gosec // this cipher draws its nonce itself
}

func (k *KEK) open(sealed []byte) ([]byte, error) {
	plain, err := k.aead.Open(nil, nil, sealed, []byte(sealLabel))
	if err != nil {
		return nil, errors.New("sealed keyring is damaged: restore it from its backup")
	}
	return plain, nil
}
