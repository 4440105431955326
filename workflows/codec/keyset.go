package codec

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Part names the keys of a keyring that can be rotated.
type Part string

// The parts. The key of [Keyring.KeyedHash] is none of them: rotating it would
// make every stored hash useless.
const (
	// PartCodec encrypts the engine's payloads.
	PartCodec Part = "codec"
	// PartMaster wraps the data keys of cases.
	PartMaster Part = "master"
	// PartProof signs decisions.
	PartProof Part = "proof"
)

const (
	hashKeySize = 32
	// reloadEvery bounds how often an unknown key id, which anybody may send,
	// makes the keyring look at its file again.
	reloadEvery = time.Second
)

// Keyring holds all keys of one installation. It is safe for concurrent use.
// Get one from [Open], [LoadFile], [FromBytes] or [Generate].
//
// Processes that share a file can read what each other wrote right after a
// rotation: whoever meets a key id it does not know reads the file again, at
// most once a second. Until then, or until [Keyring.Reload], a process goes on
// writing and signing with the key it has.
type Keyring struct {
	path     string // "" when it lives in memory only
	kek      *KEK
	writable bool

	cur        atomic.Pointer[keys]
	mu         sync.Mutex // guards kek and lastReload, orders reload against rotation
	lastReload time.Time
}

// keys is one immutable state of a keyring; rotation and reload replace it.
type keys struct {
	codec, master *aeadKeys
	proof         proofKeys
	hash          []byte
}

// aeadKeys is a tink keyset with its AEAD and the ids it can decrypt.
type aeadKeys struct {
	handle  *keyset.Handle
	aead    tink.AEAD
	primary uint32
	ids     map[uint32]bool
}

type proofKeys struct {
	private ed25519.PrivateKey
	id      string
	public  []PublicKey // oldest first, the current key last
	byID    map[string]ed25519.PublicKey
}

// Generate makes a fresh keyring in memory, for tests and for [Keyring.Marshal].
func Generate() (*Keyring, error) {
	ks, err := generateKeys(time.Now())
	if err != nil {
		return nil, err
	}
	k := &Keyring{writable: true}
	k.cur.Store(ks)
	return k, nil
}

// FromBytes loads a keyring from the bytes of a keyring file, for instance a
// secret handed over by the platform. kek may be nil when they are in the
// clear. Rotating it changes this process only: keep [Keyring.Marshal]'s result.
func FromBytes(b []byte, kek *KEK) (*Keyring, error) {
	ks, _, err := decodeFile(b, kek)
	if err != nil {
		return nil, fmt.Errorf("load keyring: %w", err)
	}
	k := &Keyring{kek: kek, writable: true}
	k.cur.Store(ks)
	return k, nil
}

// Marshal returns the keyring as the bytes of its file: sealed when it was
// loaded with a KEK, else IN THE CLEAR.
func (k *Keyring) Marshal() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return encodeFile(k.cur.Load(), k.kek)
}

// Rotate adds a new key to each part (all three when none is named) and uses
// it from now on. Old codec and master keys stay for reading; of old proof
// keys only the public half stays, for verification. With a folder the change
// is on disk before it is in use.
func (k *Keyring) Rotate(parts ...Part) error {
	if !k.writable {
		return ErrReadOnly
	}
	if len(parts) == 0 {
		parts = []Part{PartCodec, PartMaster, PartProof}
	}
	return k.change("rotate keys", k.kek, func(old *keys) (*keys, error) { return old.rotated(time.Now(), parts) })
}

// Reseal writes the file again under another KEK (nil: in the clear). It does
// not change the keys: after a KEK has leaked, rotate them as well. Other
// running processes cannot read the file again until they restart with the new
// KEK.
func (k *Keyring) Reseal(kek *KEK) error {
	if !k.writable {
		return ErrReadOnly
	}
	return k.change("reseal keyring", kek, func(old *keys) (*keys, error) { return old, nil })
}

// CodecKeyID is the id of the key that encrypts payloads now.
func (k *Keyring) CodecKeyID() string { return formatID(k.cur.Load().codec.primary) }

// MasterKeyID is the id of the key that wraps new case keys now.
func (k *Keyring) MasterKeyID() string { return formatID(k.cur.Load().master.primary) }

// ProofKeyID is the id of the key that signs proofs now.
func (k *Keyring) ProofKeyID() string { return k.cur.Load().proof.id }

// KeyedHash is HMAC-SHA-256 of value under the installation's hash key: a
// pseudonym that cannot be found by trying values without the key. Hashes of
// different purposes ("search", "desensitise") cannot be compared.
func (k *Keyring) KeyedHash(purpose string, value []byte) []byte {
	mac := hmac.New(sha256.New, k.cur.Load().hash)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(purpose)))
	mac.Write(n[:])
	mac.Write([]byte(purpose))
	mac.Write(value)
	return mac.Sum(nil)
}

// lookup calls find on the current keys and, when it does not succeed, once
// more after reading the file again.
func (k *Keyring) lookup(find func(*keys) bool) (*keys, bool) {
	ks := k.cur.Load()
	if find(ks) {
		return ks, true
	}
	if !k.reload() {
		return nil, false
	}
	ks = k.cur.Load()
	return ks, find(ks)
}

func generateKeys(now time.Time) (*keys, error) {
	empty := &keys{hash: make([]byte, hashKeySize)}
	if _, err := rand.Read(empty.hash); err != nil {
		return nil, fmt.Errorf("make hash key: %w", err)
	}
	return empty.rotated(now, []Part{PartCodec, PartMaster, PartProof})
}

func (ks *keys) rotated(now time.Time, parts []Part) (*keys, error) {
	next := *ks
	var err error
	for _, p := range parts {
		switch p {
		case PartCodec:
			next.codec, err = next.codec.rotated()
		case PartMaster:
			next.master, err = next.master.rotated()
		case PartProof:
			next.proof, err = next.proof.rotated(now)
		default:
			err = errors.New("no such part: codec, master or proof")
		}
		if err != nil {
			return nil, fmt.Errorf("rotate %q key: %w", p, err)
		}
	}
	return &next, nil
}

// rotated works on a nil receiver too: then it makes the first key.
func (a *aeadKeys) rotated() (*aeadKeys, error) {
	m := keyset.NewManager()
	if a != nil {
		m = keyset.NewManagerFromHandle(a.handle)
	}
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
	}
	h, err := m.Handle()
	if err != nil {
		return nil, err
	}
	return newAEADKeys(h)
}

func newAEADKeys(h *keyset.Handle) (*aeadKeys, error) {
	info := h.KeysetInfo()
	a := &aeadKeys{handle: h, primary: info.GetPrimaryKeyId(), ids: map[uint32]bool{}}
	for _, ki := range info.GetKeyInfo() {
		// Only these carry their id in front of the ciphertext, which the
		// payload codec and the error for a missing key rely on.
		if ki.GetOutputPrefixType() != tinkpb.OutputPrefixType_TINK || ki.GetTypeUrl() != aesGCMType {
			return nil, fmt.Errorf("key %s is not an AES-GCM key with tink prefix", formatID(ki.GetKeyId()))
		}
		if ki.GetStatus() == tinkpb.KeyStatusType_ENABLED {
			a.ids[ki.GetKeyId()] = true
		}
	}
	var err error
	if a.aead, err = aead.New(h); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *aeadKeys) marshal() ([]byte, error) {
	var buf bytes.Buffer
	if err := insecurecleartextkeyset.Write(a.handle, keyset.NewJSONWriter(&buf)); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func parseAEADKeys(b []byte) (*aeadKeys, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(b)))
	if err != nil {
		return nil, err
	}
	return newAEADKeys(h)
}

const (
	aesGCMType = "type.googleapis.com/google.crypto.tink.AesGcmKey"
	// tinkPrefixLen: one version byte, then the key id, big endian.
	tinkPrefixLen     = 5
	tinkPrefixVersion = 1
)

// prefixID reads the key id in front of a tink ciphertext.
func prefixID(ciphertext []byte) (uint32, bool) {
	if len(ciphertext) < tinkPrefixLen || ciphertext[0] != tinkPrefixVersion {
		return 0, false
	}
	return binary.BigEndian.Uint32(ciphertext[1:tinkPrefixLen]), true
}

// formatID writes a tink key id as eight hex digits.
func formatID(id uint32) string {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], id)
	return hex.EncodeToString(b[:])
}

func parseID(s string) (uint32, bool) {
	if len(s) != 8 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 16, 32)
	return uint32(n), err == nil
}
