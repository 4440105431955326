package passkey_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/passkey"
)

var matter = passkey.Matter{
	Purpose: passkey.SignNDA, Person: "0195f9a2-0000-7000-8000-000000000001", Subject: "0195f9a2-0000-7000-8000-000000000002",
	Digest: "sha256:" + strings.Repeat("0f", 32),
}

const (
	site   = "qunbei.example.com"
	origin = "https://qunbei.example.com"
)

// maker makes evidence by hand, with no library: what WebAuthn says the bytes are.
type maker struct {
	flags  byte
	count  uint32
	rp     string
	client map[string]any
	more   []byte // after the authenticator data
	nonce  []byte
}

func fresh() *maker {
	return &maker{flags: 0x05, count: 3, rp: site, nonce: bytes.Repeat([]byte{7}, 32), client: map[string]any{
		"type": "webauthn.get", "origin": origin, "crossOrigin": false,
	}}
}

func (m *maker) make(t testing.TB, private any) passkey.Evidence {
	t.Helper()
	if _, ok := m.client["challenge"]; !ok {
		c := passkey.Challenge(matter, m.nonce)
		m.client["challenge"] = base64.RawURLEncoding.EncodeToString(c[:])
	}
	client, err := json.Marshal(m.client)
	if err != nil {
		t.Fatal(err)
	}
	rp := sha256.Sum256([]byte(m.rp))
	auth := append(rp[:], m.flags, byte(m.count>>24), byte(m.count>>16), byte(m.count>>8), byte(m.count))
	auth = append(auth, m.more...)
	hash := sha256.Sum256(client)
	signed := append(bytes.Clone(auth), hash[:]...)
	sum := sha256.Sum256(signed)
	e := passkey.Evidence{
		Version: passkey.Version, Matter: matter, Nonce: m.nonce, Site: site, Origin: origin, Asked: time.Unix(1e9, 0).UTC(), At: time.Unix(1e9+9, 0).UTC(),
		Key:        passkey.Key{ID: "k", Person: matter.Person, Credential: []byte("0123456789abcdef"), Enrolled: time.Unix(1e9-99, 0).UTC(), ProofKey: "p"},
		ClientData: client, AuthenticatorData: auth,
	}
	var public any
	switch k := private.(type) {
	case *ecdsa.PrivateKey:
		public, e.Key.Algorithm = &k.PublicKey, "ES256"
		e.Signature, err = ecdsa.SignASN1(rand.Reader, k, sum[:])
	case *rsa.PrivateKey:
		public, e.Key.Algorithm = &k.PublicKey, "RS256"
		e.Signature, err = rsa.SignPKCS1v15(rand.Reader, k, 5, sum[:])
	case ed25519.PrivateKey:
		public, e.Key.Algorithm = k.Public(), "EdDSA"
		e.Signature = ed25519.Sign(k, signed)
	}
	if err != nil {
		t.Fatal(err)
	}
	if e.Key.PublicKey, err = x509.MarshalPKIXPublicKey(public); err != nil {
		t.Fatal(err)
	}
	return e
}

func want() passkey.Want {
	return passkey.Want{Matter: matter, Site: site, Origins: []string{origin}, Enrolled: func(string, []byte, []byte) error { return nil }}
}

func p256(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestEvidenceHolds(t *testing.T) {
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []any{p256(t), r, ed} {
		e := fresh().make(t, k)
		if err := passkey.Verify(e, want()); err != nil {
			t.Errorf("%T: %v", k, err)
		}
		if e.Counter() != 3 {
			t.Errorf("counter %d", e.Counter())
		}
		b, err := e.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := passkey.Parse(b)
		if err != nil || passkey.Verify(again, want()) != nil {
			t.Errorf("%T: not after JSON: %v", k, err)
		}
	}
}

// Each lie is found, and named for what it is.
func TestEvidenceLies(t *testing.T) {
	key := p256(t)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		make func(*maker)
		edit func(*passkey.Evidence)
		want func(*passkey.Want)
		code passkey.Code
	}{
		"version":        {edit: func(e *passkey.Evidence) { e.Version = "2" }, code: passkey.Malformed},
		"short nonce":    {make: func(m *maker) { m.nonce = m.nonce[:15] }, code: passkey.Malformed},
		"other digest":   {want: func(w *passkey.Want) { w.Digest = "sha256:00" }, code: passkey.OtherMatter},
		"other person":   {want: func(w *passkey.Want) { w.Person = "x" }, code: passkey.OtherMatter},
		"other subject":  {want: func(w *passkey.Want) { w.Subject = "x" }, code: passkey.OtherMatter},
		"other purpose":  {want: func(w *passkey.Want) { w.Purpose = passkey.SignIn }, code: passkey.OtherMatter},
		"claims another": {edit: func(e *passkey.Evidence) { e.Digest = "x" }, want: func(w *passkey.Want) { w.Digest = "x" }, code: passkey.BadNonce},
		"line break":     {edit: func(e *passkey.Evidence) { e.Subject = "a\nb" }, want: func(w *passkey.Want) { w.Subject = "a\nb" }, code: passkey.Malformed},
		"nonce swapped":  {edit: func(e *passkey.Evidence) { e.Nonce = bytes.Repeat([]byte{8}, 32) }, code: passkey.BadNonce},
		"enrolment":      {make: func(m *maker) { m.client["type"] = "webauthn.create" }, code: passkey.WrongType},
		"no type":        {make: func(m *maker) { delete(m.client, "type") }, code: passkey.WrongType},
		"type by case":   {make: func(m *maker) { delete(m.client, "type"); m.client["Type"] = "webauthn.get" }, code: passkey.WrongType},
		"challenge":      {make: func(m *maker) { m.client["challenge"] = "AAAA" }, code: passkey.BadNonce},
		"challenge padded": {make: func(m *maker) {
			c := passkey.Challenge(matter, m.nonce)
			m.client["challenge"] = base64.URLEncoding.EncodeToString(c[:])
		}, code: passkey.BadNonce},
		"origin":           {make: func(m *maker) { m.client["origin"] = "https://evil.example" }, code: passkey.WrongOrigin},
		"origin longer":    {make: func(m *maker) { m.client["origin"] = origin + ".evil.example" }, code: passkey.WrongOrigin},
		"origin claimed":   {make: func(m *maker) { m.client["origin"] = "https://evil.example" }, edit: func(e *passkey.Evidence) { e.Origin = "https://evil.example" }, code: passkey.WrongOrigin},
		"in a frame":       {make: func(m *maker) { m.client["crossOrigin"] = true }, code: passkey.WrongOrigin},
		"frame by text":    {make: func(m *maker) { m.client["crossOrigin"] = "true" }, code: passkey.WrongOrigin},
		"top origin":       {make: func(m *maker) { m.client["topOrigin"] = origin }, code: passkey.WrongOrigin},
		"site":             {make: func(m *maker) { m.rp = "evil.example" }, code: passkey.WrongSite},
		"site claimed":     {make: func(m *maker) { m.rp = "evil.example" }, edit: func(e *passkey.Evidence) { e.Site = "evil.example" }, code: passkey.WrongSite},
		"absent":           {make: func(m *maker) { m.flags = 0x04 }, code: passkey.NotPresent},
		"unverified":       {make: func(m *maker) { m.flags = 0x01 }, code: passkey.NotVerified},
		"trailing bytes":   {make: func(m *maker) { m.more = []byte{0xa0} }, code: passkey.Malformed},
		"cut short":        {edit: func(e *passkey.Evidence) { e.AuthenticatorData = e.AuthenticatorData[:36] }, code: passkey.Malformed},
		"counter changed":  {edit: func(e *passkey.Evidence) { e.AuthenticatorData[36]++ }, code: passkey.BadSign},
		"client no JSON":   {edit: func(e *passkey.Evidence) { e.ClientData = e.ClientData[1:] }, code: passkey.Malformed},
		"client with more": {edit: func(e *passkey.Evidence) { e.ClientData = append(e.ClientData, ' ') }, code: passkey.BadSign},
		"signature":        {edit: func(e *passkey.Evidence) { e.Signature[8] ^= 1 }, code: passkey.BadSign},
		"no signature":     {edit: func(e *passkey.Evidence) { e.Signature = nil }, code: passkey.BadSign},
		"signature longer": {edit: func(e *passkey.Evidence) { e.Signature = append(e.Signature, 0) }, code: passkey.BadSign},
		"other key":        {edit: func(e *passkey.Evidence) { e.Key.PublicKey = pkix(t, &p256(t).PublicKey) }, code: passkey.BadSign},
		"other curve":      {edit: func(e *passkey.Evidence) { e.Key.PublicKey = pkix(t, &p384.PublicKey) }, code: passkey.BadKey},
		"other algorithm":  {edit: func(e *passkey.Evidence) { e.Key.Algorithm = "RS256" }, code: passkey.BadKey},
		"no key":           {edit: func(e *passkey.Evidence) { e.Key.PublicKey = nil }, code: passkey.BadKey},
		"key of another":   {edit: func(e *passkey.Evidence) { e.Key.Person = "y" }, code: passkey.NotEnrolled},
		"key of nobody":    {edit: func(e *passkey.Evidence) { e.Key.Person = "" }, code: passkey.NotEnrolled},
		"not enrolled":     {want: func(w *passkey.Want) { w.Enrolled = func(string, []byte, []byte) error { return errors.New("no") } }, code: passkey.NotEnrolled},
		"before enrolment": {edit: func(e *passkey.Evidence) { e.At = e.Key.Enrolled.Add(-time.Second) }, code: passkey.NotEnrolled},
	} {
		t.Run(name, func(t *testing.T) {
			m, w := fresh(), want()
			if c.make != nil {
				c.make(m)
			}
			e := m.make(t, key)
			if c.edit != nil {
				c.edit(&e)
			}
			if c.want != nil {
				c.want(&w)
			}
			var f *passkey.Fault
			if err := passkey.Verify(e, w); !errors.As(err, &f) || f.Code != c.code {
				t.Errorf("want %s, got %v", c.code, err)
			}
		})
	}
}

func pkix(t testing.TB, k *ecdsa.PublicKey) []byte {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The statement that the service signs at the enrolment names every part of the key.
func TestStatementNamesTheKey(t *testing.T) {
	k := fresh().make(t, p256(t)).Key
	base := string(k.Statement(site))
	for name, edit := range map[string]func(*passkey.Key){
		"id": func(k *passkey.Key) { k.ID = "z" }, "person": func(k *passkey.Key) { k.Person = "z" },
		"credential": func(k *passkey.Key) { k.Credential = []byte("z") }, "algorithm": func(k *passkey.Key) { k.Algorithm = "z" },
		"public key": func(k *passkey.Key) { k.PublicKey = []byte("z") }, "time": func(k *passkey.Key) { k.Enrolled = k.Enrolled.Add(time.Microsecond) },
	} {
		other := k
		edit(&other)
		if string(other.Statement(site)) == base {
			t.Errorf("%s is not in the statement", name)
		}
	}
	if string(k.Statement("z")) == base {
		t.Error("the site is not in the statement")
	}
}

// An auditor needs none of our code: openssl and sha256sum come to the same verdict.
func TestEvidenceHoldsOutside(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Fatal("openssl is not here: .ci/need test installs it")
	}
	e := fresh().make(t, p256(t))
	dir := t.TempDir()
	client := sha256.Sum256(e.ClientData)
	for name, b := range map[string][]byte{"key": e.Key.PublicKey, "sig": e.Signature, "data": append(bytes.Clone(e.AuthenticatorData), client[:]...)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), "openssl", "dgst", "-sha256", "-verify", filepath.Join(dir, "key"), "-keyform", "DER",
		"-signature", filepath.Join(dir, "sig"), filepath.Join(dir, "data")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Verified OK") {
		t.Errorf("%v: %s", err, out)
	}
	script := fmt.Sprintf(`printf '%%s\n' %s %s %s %s %s %s | sha256sum`, passkey.Version, e.Purpose, e.Person, e.Subject, e.Digest, hex.EncodeToString(e.Nonce))
	out, err = exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput()
	c := passkey.Challenge(e.Matter, e.Nonce)
	if err != nil || !strings.HasPrefix(string(out), hex.EncodeToString(c[:])) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestParseIsStrict(t *testing.T) {
	good, err := fresh().make(t, p256(t)).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{nil, []byte("{"), []byte(`{"more":1}`), append(bytes.Clone(good), 'x'), append(bytes.Clone(good), good...), bytes.Repeat([]byte(" "), passkey.Most+1)} {
		if _, err := passkey.Parse(b); err == nil {
			t.Errorf("taken: %.40q", b)
		}
	}
}

// Whatever somebody shows for evidence, the verifier answers, and a change of any byte of what was signed is found. The key
// is the same in every process, as the fuzzer's workers are several.
func FuzzVerify(f *testing.F) {
	good := fresh().make(f, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32)))
	f.Add(good.ClientData, good.AuthenticatorData, good.Signature, good.Key.PublicKey)
	f.Add([]byte(`{"type":"webauthn.get"}`), []byte{}, []byte{0x30}, []byte{0x30, 0x59})
	f.Fuzz(func(t *testing.T, client, auth, sig, public []byte) {
		e := good
		e.ClientData, e.AuthenticatorData, e.Signature = client, auth, sig
		if err := passkey.Verify(e, want()); err == nil && (!bytes.Equal(client, good.ClientData) || !bytes.Equal(auth, good.AuthenticatorData)) {
			t.Error("something else holds too")
		}
		e.Key.PublicKey = public
		_ = passkey.Verify(e, want())
		_ = e.Counter()
	})
}
