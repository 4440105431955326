package service

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
)

// tokenPrefix marks personal access tokens, so that scanners find one that was left lying about.
const tokenPrefix = "qb_"

// newSecret makes 32 random bytes as text; only the hash is ever stored.
func newSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// secretHash is what is stored and looked up of a secret. The secret has 256 random bits, so a plain hash suffices.
func secretHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// newID makes a sortable opaque id.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// canonicalID reads an id from outside; anything but a UUID in its usual form is no id of ours.
func canonicalID(s string) (string, bool) {
	if len(s) != 36 {
		return "", false
	}
	u, err := uuid.Parse(s)
	return strings.ToLower(u.String()), err == nil && u != uuid.Nil
}

// derivedID is an id that follows from the parts, the same at every call: what makes bulk work repeatable.
func derivedID(parts ...string) string {
	b, _ := json.Marshal(parts) // strings always marshal
	return uuid.NewSHA1(uuid.MustParse("6d1f3a0e-5f0c-5b6e-9a53-7f1d2c94b0aa"), b).String()
}

// requestHash tells one request under an Idempotency-Key from another.
func requestHash(route string, body any) (string, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(route+"\n"), b...))
	return hex.EncodeToString(sum[:]), nil
}
