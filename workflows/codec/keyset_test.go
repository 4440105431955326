package codec

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
)

func mustOpen(t *testing.T, dir string, opt Options) *Keyring {
	t.Helper()
	k, err := Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q does not say %q", err, p)
		}
	}
}

// sameKeys holds when b reads what a wrote, in every part.
func sameKeys(t *testing.T, a, b *Keyring) {
	t.Helper()
	if _, err := NewPayloadCodec(b, "ns").Decode([]*commonpb.Payload{encodeOne(t, a, "ns", plainPayload())}); err != nil {
		t.Error(err)
	}
	w, ct, digest := sealed(t, a)
	if _, err := b.Open(w, "case-1", "obj-1", digest, ct); err != nil {
		t.Error(err)
	}
	id, sig := a.Signer().Sign([]byte("x"))
	if err := b.Verifier().Verify(id, []byte("x"), sig); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(a.KeyedHash("p", []byte("v")), b.KeyedHash("p", []byte("v"))) {
		t.Error("keyed hashes differ")
	}
}

func TestOpenCreatesOnceAndKeeps(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "keys")
	first := mustOpen(t, dir, Options{})
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, KeyringFile): 0o600, filepath.Join(dir, lockFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	second := mustOpen(t, dir, Options{MustExist: true})
	sameKeys(t, first, second)
	sameKeys(t, second, first)
}

func TestOpenAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	const n = 8
	ids := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			k, err := Open(dir, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = k.CodecKeyID() + k.MasterKeyID() + k.ProofKeyID()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("different keys: %v", ids)
		}
	}
}

func TestMustExist(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, Options{MustExist: true})
	wantError(t, err, "missing", "backup")
	if _, err := os.Stat(filepath.Join(dir, KeyringFile)); err == nil {
		t.Error("made new keys all the same")
	}
}

func TestRotationsOfTwoProcessesAddUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	a, b := mustOpen(t, dir, Options{}), mustOpen(t, dir, Options{})
	start := encodeOne(t, a, "ns", plainPayload())
	if err := a.Rotate(); err != nil {
		t.Fatal(err)
	}
	fromA := encodeOne(t, a, "ns", plainPayload())
	sameKeys(t, a, b) // b has not rotated: it reads the file again
	if b.CodecKeyID() != a.CodecKeyID() {
		t.Error("b did not take up a's rotation")
	}
	stale, told := mustOpen(t, dir, Options{}), mustOpen(t, dir, Options{})
	if err := a.Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := told.Reload(); err != nil || told.ProofKeyID() != a.ProofKeyID() {
		t.Errorf("reload: %v", err)
	}
	if err := stale.Rotate(); err != nil { // starts from the file, not from memory
		t.Fatal(err)
	}
	all := []*commonpb.Payload{start, fromA, encodeOne(t, a, "ns", plainPayload()), encodeOne(t, stale, "ns", plainPayload())}
	if _, err := NewPayloadCodec(mustOpen(t, dir, Options{}), "ns").Decode(all); err != nil {
		t.Fatal(err)
	}
	if err := a.Rotate("nonsense"); err == nil {
		t.Error("unknown part rotated")
	}
}

func TestReloadIsBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := mustOpen(t, dir, Options{})
	stranger := encodeOne(t, mustGenerate(t), "ns", plainPayload())
	_, _ = NewPayloadCodec(k, "ns").Decode([]*commonpb.Payload{stranger})
	first := k.lastReload
	for range 50 {
		_, _ = NewPayloadCodec(k, "ns").Decode([]*commonpb.Payload{stranger})
	}
	// Not measured against reloadEvery itself, which is what is tested; a
	// machine that took half a second for 50 look-ups proves nothing.
	if first.IsZero() || (k.lastReload != first && time.Since(first) < time.Second/2) {
		t.Errorf("file read at %v and %v", first, k.lastReload)
	}
}

func TestOpenToOthersIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	mustOpen(t, dir, Options{})
	file := filepath.Join(dir, KeyringFile)
	for _, mode := range []os.FileMode{0o644, 0o640, 0o606, 0o660} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, Options{})
		wantError(t, err, "open to other users", "chmod 600")
	}
	_ = os.Chmod(file, 0o600)
	for _, mode := range []os.FileMode{0o755, 0o750, 0o701} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, Options{})
		wantError(t, err, dir, "chmod 700")
	}
}

func TestNotAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(file, Options{})
	wantError(t, err, "keys")
}

func TestDamagedFileIsRefused(t *testing.T) {
	clear, err := mustGenerate(t).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"empty":           nil,
		"cut":             clear[:len(clear)/2],
		"other format":    bytes.Replace(clear, []byte(fileFormat), []byte("qunbei-keyring/9"), 1),
		"no keys":         []byte(`{"format":"` + fileFormat + `"}`),
		"no codec":        bytes.Replace(clear, []byte(`"codec"`), []byte(`"kodec"`), 1),
		"no master":       bytes.Replace(clear, []byte(`"master"`), []byte(`"mister"`), 1),
		"no hash key":     bytes.Replace(clear, []byte(`"keyed_hash"`), []byte(`"other_hash"`), 1),
		"no proof seed":   bytes.Replace(clear, []byte(`"proof_seed"`), []byte(`"other_seed"`), 1),
		"no public keys":  bytes.Replace(clear, []byte(`"proof_public_keys"`), []byte(`"other_public_keys"`), 1),
		"other seed":      bytes.Replace(clear, []byte(`"proof_seed": "`), []byte(`"proof_seed": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "x": "`), 1),
		"other key class": bytes.ReplaceAll(clear, []byte("AesGcmKey"), []byte("AesSivKey")),
	} {
		if _, err := FromBytes(b, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	k, err := FromBytes(clear, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Rotate(); err != nil {
		t.Fatal(err)
	}
	again, err := k.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, err := FromBytes(again, nil)
	if err != nil {
		t.Fatal(err)
	}
	sameKeys(t, k, back)
}

func TestLoadFileIsReadOnlyAndFollows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	owner := mustOpen(t, dir, Options{})
	file := filepath.Join(dir, KeyringFile)
	if err := os.Chmod(file, 0o440); err != nil { // as an orchestrator mounts it
		t.Fatal(err)
	}
	mounted, err := LoadFile(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := mounted.Rotate(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("rotated a mounted keyring: %v", err)
	}
	_ = os.Chmod(file, 0o600)
	if err := owner.Rotate(); err != nil {
		t.Fatal(err)
	}
	sameKeys(t, owner, mounted)
	_ = os.Chmod(file, 0o604)
	_, err = LoadFile(file, nil)
	wantError(t, err, "open to other users")
}

func TestLeftoversOfACrashAreRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	mustOpen(t, dir, Options{})
	left := filepath.Join(dir, tempPrefix+"123")
	if err := os.WriteFile(left, []byte("keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, dir, Options{})
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Error("left in place")
	}
}

func TestKeyedHash(t *testing.T) {
	a, b := mustGenerate(t), mustGenerate(t)
	base := a.KeyedHash("search", []byte("张三"))
	if len(base) != 32 || !bytes.Equal(base, a.KeyedHash("search", []byte("张三"))) {
		t.Error("not repeatable")
	}
	for name, h := range map[string][]byte{
		"other value":   a.KeyedHash("search", []byte("李四")),
		"other purpose": a.KeyedHash("mask", []byte("张三")),
		"other split":   a.KeyedHash("searc", []byte("h张三")),
		"other key":     b.KeyedHash("search", []byte("张三")),
	} {
		if bytes.Equal(h, base) {
			t.Errorf("%s: same hash", name)
		}
	}
	if err := a.Rotate(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(base, a.KeyedHash("search", []byte("张三"))) {
		t.Error("rotation changed stored hashes")
	}
}

// The auditor's program links this package: it must not bring in the
// database or the web framework.
func TestLinksNeitherDatabaseNorWebFramework(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "tink-go") {
		t.Fatal("the list cannot be right")
	}
	for _, banned := range []string{"gorm.io/", "labstack/echo", "jackc/pgx"} {
		if strings.Contains(string(out), banned) {
			t.Errorf("links %s", banned)
		}
	}
}
