package seal

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// KeyFile is the platform key's name in its folder.
const KeyFile = "platform-key.json"

const (
	keyFormat = "qunbei-platform-key/1"
	keyYears  = 10
	maxKey    = 1 << 20
)

// Key is the platform's key with its certificate. Get one from [OpenKey] or [LoadPEM].
type Key struct {
	Cert    *x509.Certificate
	signer  crypto.Signer
	chain   []*x509.Certificate
	retired []*x509.Certificate
}

// Fingerprint is the SHA-256 of a certificate's public key (SubjectPublicKeyInfo), in hex: what an evidence page names
// and a verifier compares. It stays when a certificate is issued again for the same key.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return hex.EncodeToString(sum[:])
}

// Fingerprint is that of the key that signs now.
func (k *Key) Fingerprint() string { return Fingerprint(k.Cert) }

// Serial is the certificate's serial in hex.
func (k *Key) Serial() string { return k.Cert.SerialNumber.Text(16) }

// Known are the fingerprints of this key and of those it followed, for [Verify].
func (k *Key) Known() []string {
	out := []string{k.Fingerprint()}
	for _, c := range k.retired {
		out = append(out, Fingerprint(c))
	}
	return out
}

type keyFile struct {
	Format string `json:"format"`
	Cert   []byte `json:"certificate"` // DER
	// Retired are certificates of earlier keys; their private halves are gone.
	Retired [][]byte `json:"retired,omitempty"`
	Private []byte   `json:"private,omitempty"` // PKCS#8, in the clear
	Sealed  []byte   `json:"sealed,omitempty"`  // the same under the key-encryption key
}

// OpenKey loads the platform's key of a folder, making folder and key when there are none, as the keyring does
// (workflows/codec): mode 0600 in a folder of mode 0700. kek are the 32 bytes of the key-encryption key (QUNBEI_KEK);
// without them the file holds the key in the clear, which is for a single machine with a trusted disk. Several processes
// may do so at once: all get the same key. company stands in the certificate.
func OpenKey(dir string, kek []byte, company string, now time.Time) (*Key, error) {
	k, err := openKey(dir, kek, company, now)
	if err != nil {
		return nil, fmt.Errorf("open platform key in %s: %w", dir, err)
	}
	return k, nil
}

func openKey(dir string, kek []byte, company string, now time.Time) (*Key, error) {
	if len(kek) != 0 && len(kek) != 32 {
		return nil, errors.New("a key-encryption key has 32 bytes")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	for _, p := range []string{dir, filepath.Join(dir, KeyFile)} {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m := info.Mode().Perm(); m&0o077 != 0 {
			return nil, fmt.Errorf("%s is open to other users (mode %04o): run `chmod go-rwx` on it, and rotate the key if others had access", filepath.Base(p), m)
		}
	}
	path := filepath.Join(dir, KeyFile)
	k, err := readKey(path, kek)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	b, err := newKeyFile(kek, company, now, nil)
	if err != nil {
		return nil, err
	}
	// The link fails when another process was first; then its key is the platform's.
	if err := place(path, b, os.Link); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return readKey(path, kek)
}

// Rotate replaces the key of a folder by a new one. Documents sealed before keep verifying: the old certificate stays
// among the known ones. Other processes go on with the old key until they are started again.
func Rotate(dir string, kek []byte, company string, now time.Time) (*Key, error) {
	old, err := OpenKey(dir, kek, company, now)
	if err != nil {
		return nil, err
	}
	b, err := newKeyFile(kek, company, now, append([]*x509.Certificate{old.Cert}, old.retired...))
	if err == nil {
		err = place(filepath.Join(dir, KeyFile), b, os.Rename)
	}
	if err != nil {
		return nil, fmt.Errorf("rotate platform key: %w", err)
	}
	return OpenKey(dir, kek, company, now)
}

// place writes b to a new file and puts it at path, so that a crash leaves the old or the new one, never a part.
func place(path string, b []byte, put func(from, to string) error) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".platform-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = put(tmp.Name(), path)
	}
	return err
}

func newKeyFile(kek []byte, company string, now time.Time, retired []*x509.Certificate) ([]byte, error) {
	priv, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	tpl := &x509.Certificate{
		SerialNumber: serial.Add(serial, big.NewInt(1)), NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(keyYears, 0, 0),
		Subject:  pkix.Name{CommonName: "Qunbei platform seal", Organization: []string{company}},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, priv.Public(), priv)
	if err != nil {
		return nil, err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		return nil, err
	}
	f := keyFile{Format: keyFormat, Cert: der, Private: plain}
	for _, c := range retired {
		f.Retired = append(f.Retired, c.Raw)
	}
	if len(kek) > 0 {
		aead, err := keyAEAD(kek)
		if err != nil {
			return nil, err
		}
		// The certificate is bound in, so that it cannot be exchanged beside the key.
		f.Private, f.Sealed = nil, aead.Seal(nil, nil, plain, der) //nolint:gosec // this AEAD makes its own nonce
	}
	return json.MarshalIndent(f, "", "  ")
}

// keyAEAD derives a key of its own from the key-encryption key, which also seals the keyring.
func keyAEAD(kek []byte) (cipher.AEAD, error) {
	sub, err := hkdf.Key(sha256.New, kek, nil, keyFormat, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sub)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func readKey(path string, kek []byte) (*Key, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxKey {
		return nil, errors.New("the file is too big to be a key")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var f keyFile
	// json's own messages may quote the input, which here is key material.
	if json.Unmarshal(b, &f) != nil || f.Format != keyFormat {
		return nil, fmt.Errorf("%s is not of format %s: restore it from its backup", KeyFile, keyFormat)
	}
	plain := f.Private
	switch {
	case len(f.Sealed) > 0 && len(kek) == 0:
		return nil, errors.New("the key is sealed: set QUNBEI_KEK to the key-encryption key it was sealed with")
	case len(f.Sealed) > 0:
		aead, err := keyAEAD(kek)
		if err != nil {
			return nil, err
		}
		if plain, err = aead.Open(nil, nil, f.Sealed, f.Cert); err != nil {
			return nil, errors.New("the key does not open: the key-encryption key is another one, or the file was altered")
		}
	}
	priv, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, errors.New("the file holds no private key: restore it from its backup")
	}
	k, err := newKey(priv, f.Cert)
	if err != nil {
		return nil, err
	}
	for _, der := range f.Retired {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("retired certificate: %w", err)
		}
		k.retired = append(k.retired, c)
	}
	return k, nil
}

func newKey(priv any, der ...[]byte) (*Key, error) {
	k := &Key{}
	for i, d := range der {
		c, err := x509.ParseCertificate(d)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		if i == 0 {
			k.Cert = c
		} else {
			k.chain = append(k.chain, c)
		}
	}
	s, ok := priv.(crypto.Signer)
	if !ok || k.Cert == nil {
		return nil, errors.New("a private key that signs and its certificate are needed")
	}
	pub, err := x509.MarshalPKIXPublicKey(s.Public())
	if err != nil || !bytes.Equal(pub, k.Cert.RawSubjectPublicKeyInfo) {
		return nil, errors.New("the private key is not the certificate's")
	}
	k.signer = s
	return k, nil
}

// LoadPEM takes a key that was made elsewhere, for instance by a licensed certification authority: a PKCS#8 private key,
// and its certificate followed by those that issued it. retired are certificates whose seals are still the platform's.
func LoadPEM(private, certs, retired []byte) (*Key, error) {
	block, _ := pem.Decode(private)
	if block == nil {
		return nil, errors.New("platform key: no PEM block with a private key")
	}
	priv, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("platform key: not an unencrypted PKCS#8 private key: convert it with `openssl pkcs8 -topk8 -nocrypt`")
	}
	ders := func(b []byte) (out [][]byte) {
		for {
			var block *pem.Block
			if block, b = pem.Decode(b); block == nil {
				return out
			}
			out = append(out, block.Bytes)
		}
	}
	k, err := newKey(priv, ders(certs)...)
	if err != nil {
		return nil, fmt.Errorf("platform key: %w", err)
	}
	for _, der := range ders(retired) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("platform key: retired certificate: %w", err)
		}
		k.retired = append(k.retired, c)
	}
	return k, nil
}
