package codec

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	// KeyringFile is the keyring's name in its folder.
	KeyringFile = "keyring.json"

	lockFile   = "keyring.lock"
	tempPrefix = ".keyring-"
	fileFormat = "qunbei-keyring/1"
	// maxFile bounds what is read into memory; a keyring with a thousand
	// rotations is far below it.
	maxFile = 4 << 20
)

// keyringFile is the JSON on disk: either Keys or Sealed.
type keyringFile struct {
	Format string    `json:"format"`
	Keys   *fileKeys `json:"keys,omitempty"`
	KEKID  string    `json:"kek_id,omitempty"`
	Sealed []byte    `json:"sealed,omitempty"`
}

type fileKeys struct {
	Codec     json.RawMessage `json:"codec"`  // tink keyset
	Master    json.RawMessage `json:"master"` // tink keyset
	ProofSeed []byte          `json:"proof_seed"`
	Proof     []PublicKey     `json:"proof_public_keys"`
	Hash      []byte          `json:"keyed_hash"`
}

// Options say how [Open] treats a folder.
type Options struct {
	// KEK seals the file; nil leaves it in the clear.
	KEK *KEK
	// MustExist refuses to make new keys. Set it where data encrypted with
	// the old ones exists: new keys would only hide that they were lost.
	MustExist bool
}

// Open loads the keyring of a folder, making folder and keys when there are
// none. Any number of processes may do so at once: all get the same keys. A
// folder or file that others can read is refused with the remedy.
func Open(dir string, opt Options) (*Keyring, error) {
	k := &Keyring{path: filepath.Join(dir, KeyringFile), kek: opt.KEK, writable: true}
	if err := k.open(dir, opt.MustExist); err != nil {
		return nil, fmt.Errorf("open keys folder %s: %w", dir, err)
	}
	return k, nil
}

func (k *Keyring) open(dir string, mustExist bool) error {
	if !mustExist {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return remedy(err)
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return remedy(err)
	}
	if !info.IsDir() {
		return errors.New("it is not a folder: name another one, or move the file away")
	}
	if p := info.Mode().Perm(); p&0o077 != 0 {
		return fmt.Errorf("other users may enter it (mode %04o): run `chmod 700` on it, and rotate the keys if others had access", p)
	}
	unlock, err := lock(filepath.Join(dir, lockFile))
	if err != nil {
		return fmt.Errorf("lock: %w", remedy(err))
	}
	defer unlock()
	removeLeftovers(dir)

	ks, sealed, err := readFile(k.path, k.kek, 0o077)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mustExist:
		return fmt.Errorf("%s is missing although there is data encrypted with it: restore it from its backup", KeyringFile)
	case errors.Is(err, fs.ErrNotExist):
		if ks, err = generateKeys(time.Now()); err != nil {
			return err
		}
		if err := writeFile(k.path, ks, k.kek); err != nil {
			return err
		}
	case err != nil:
		return err
	case k.kek != nil && !sealed:
		// A KEK was introduced: leave no clear file behind.
		if err := writeFile(k.path, ks, k.kek); err != nil {
			return err
		}
	}
	k.cur.Store(ks)
	return nil
}

// LoadFile loads a keyring file that is mounted read-only, as an orchestrator
// does with secrets; it may be readable by its group but by nobody else.
// A replaced file is noticed; [Keyring.Rotate] is refused.
func LoadFile(path string, kek *KEK) (*Keyring, error) {
	ks, _, err := readFile(path, kek, 0o037)
	if err != nil {
		return nil, fmt.Errorf("load keyring %s: %w", path, err)
	}
	k := &Keyring{path: path, kek: kek}
	k.cur.Store(ks)
	return k, nil
}

// change replaces the keys, on disk first when there is a folder. It starts
// from the file, not from memory, so that no other process's rotation is lost.
func (k *Keyring) change(what string, kek *KEK, f func(*keys) (*keys, error)) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	old := k.cur.Load()
	if k.path != "" {
		unlock, err := lock(filepath.Join(filepath.Dir(k.path), lockFile))
		if err != nil {
			return fmt.Errorf("%s: lock: %w", what, remedy(err))
		}
		defer unlock()
		if old, _, err = readFile(k.path, k.kek, 0o077); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	next, err := f(old)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if k.path != "" {
		if err := writeFile(k.path, next, kek); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	k.kek = kek
	k.cur.Store(next)
	return nil
}

// Reload reads the file again, so that this process writes and signs with the
// newest keys. On an error the keys stay as they were. Without a file it does
// nothing.
func (k *Keyring) Reload() error {
	if k.path == "" {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.reloadLocked()
}

func (k *Keyring) reloadLocked() error {
	k.lastReload = time.Now()
	forbidden := fs.FileMode(0o077)
	if !k.writable {
		forbidden = 0o037
	}
	ks, _, err := readFile(k.path, k.kek, forbidden)
	if err != nil {
		return fmt.Errorf("reload keyring %s: %w", k.path, err)
	}
	k.cur.Store(ks)
	return nil
}

// reload is Reload at most once a second; it reports whether the keys may have
// changed. A file that cannot be read now makes the caller's "unknown key" the
// truth as far as this process can know it.
func (k *Keyring) reload() bool {
	if k.path == "" {
		return false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.lastReload) < reloadEvery {
		// Somebody else may have reloaded while this caller waited.
		return true
	}
	return k.reloadLocked() == nil
}

func readFile(path string, kek *KEK, forbidden fs.FileMode) (*keys, bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, false, remedy(err)
	}
	if !info.Mode().IsRegular() {
		return nil, false, fmt.Errorf("%s is not a regular file", filepath.Base(path))
	}
	if p := info.Mode().Perm(); p&forbidden != 0 {
		return nil, false, fmt.Errorf("%s is open to other users (mode %04o): run `chmod 600` on it, and rotate the keys if others had access", filepath.Base(path), p)
	}
	if info.Size() > maxFile {
		return nil, false, fmt.Errorf("%s is too big to be a keyring", filepath.Base(path))
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, false, remedy(err)
	}
	return decodeFile(b, kek)
}

// writeFile replaces the file so that a crash leaves the old or the new one,
// never a part: the new bytes are on disk before the name points at them.
func writeFile(path string, ks *keys, kek *KEK) error {
	b, err := encodeFile(ks, kek)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, tempPrefix+"*") // mode 0600
	if err != nil {
		return fmt.Errorf("write keyring: %w", remedy(err))
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // fails, as it should, after the rename
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("write keyring: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// removeLeftovers deletes what a crash in writeFile left: it holds keys. The
// caller holds the lock, so none of them is in use.
func removeLeftovers(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	for _, n := range names {
		_ = os.Remove(n)
	}
}

func encodeFile(ks *keys, kek *KEK) ([]byte, error) {
	codec, err := ks.codec.marshal()
	if err != nil {
		return nil, fmt.Errorf("write codec keyset: %w", err)
	}
	master, err := ks.master.marshal()
	if err != nil {
		return nil, fmt.Errorf("write master keyset: %w", err)
	}
	fk := &fileKeys{Codec: codec, Master: master, ProofSeed: ks.proof.private.Seed(), Proof: ks.proof.public, Hash: ks.hash}
	out := keyringFile{Format: fileFormat, Keys: fk}
	if kek != nil {
		plain, err := json.Marshal(fk)
		if err != nil {
			return nil, fmt.Errorf("write keyring: %w", err)
		}
		out = keyringFile{Format: fileFormat, KEKID: kek.id, Sealed: kek.seal(plain)}
	}
	return json.MarshalIndent(out, "", "  ")
}

func decodeFile(b []byte, kek *KEK) (ks *keys, sealed bool, err error) {
	var f keyringFile
	// json's own messages may quote the input, which here is key material.
	if json.Unmarshal(b, &f) != nil || f.Format != fileFormat {
		return nil, false, fmt.Errorf("not a keyring of format %s: restore it from its backup", fileFormat)
	}
	fk := f.Keys
	if len(f.Sealed) > 0 {
		switch {
		case kek == nil:
			return nil, true, fmt.Errorf("the keyring is sealed: set %s to the key-encryption key with id %s", KEKEnv, f.KEKID)
		case kek.id != f.KEKID:
			return nil, true, fmt.Errorf("the keyring is sealed with another key-encryption key (id %.16q) than the one given (id %s): correct %s", f.KEKID, kek.id, KEKEnv)
		}
		plain, err := kek.open(f.Sealed)
		if err != nil {
			return nil, true, err
		}
		fk = new(fileKeys)
		if json.Unmarshal(plain, fk) != nil {
			return nil, true, errors.New("the sealed keyring does not hold keys: restore it from its backup")
		}
	}
	if fk == nil {
		return nil, false, errors.New("the keyring holds no keys: restore it from its backup")
	}
	ks, err = fk.keys()
	return ks, len(f.Sealed) > 0, err
}

func (fk *fileKeys) keys() (*keys, error) {
	codec, err := parseAEADKeys(fk.Codec)
	if err != nil {
		return nil, fmt.Errorf("codec keyset: %w", err)
	}
	master, err := parseAEADKeys(fk.Master)
	if err != nil {
		return nil, fmt.Errorf("master keyset: %w", err)
	}
	if len(fk.Hash) != hashKeySize {
		return nil, fmt.Errorf("keyed-hash key must have %d bytes", hashKeySize)
	}
	if len(fk.ProofSeed) != ed25519.SeedSize {
		return nil, fmt.Errorf("proof key must have %d bytes", ed25519.SeedSize)
	}
	byID, err := indexPublicKeys(fk.Proof)
	if err != nil {
		return nil, fmt.Errorf("proof keys: %w", err)
	}
	private := ed25519.NewKeyFromSeed(fk.ProofSeed)
	public := private.Public().(ed25519.PublicKey)
	id := proofKeyID(public)
	if !bytes.Equal(byID[id], public) {
		return nil, fmt.Errorf("proof key %s is not among its public keys", id)
	}
	return &keys{
		codec: codec, master: master, hash: fk.Hash,
		proof: proofKeys{private: private, id: id, public: fk.Proof, byID: byID},
	}, nil
}

// remedy adds what to do to an error of the file system.
func remedy(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: start as the user that owns it, or give it to this user with `chown`", err)
	case isReadOnlyFS(err):
		return fmt.Errorf("%w: choose a data folder on a disk that can be written", err)
	}
	return err
}
