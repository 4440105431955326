package codec

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testKEK = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

func mustKEK(t *testing.T, s string) *KEK {
	t.Helper()
	k, err := ParseKEK(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKEK(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	file := filepath.Join(dir, KeyringFile)
	kek, other := mustKEK(t, testKEK), mustKEK(t, strings.Repeat("ab", 32))
	read := func() string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}

	clear := mustOpen(t, dir, Options{})
	if !strings.Contains(read(), "AesGcmKey") {
		t.Fatal("the test cannot tell clear from sealed")
	}
	k := mustOpen(t, dir, Options{KEK: kek}) // seals what was clear
	sameKeys(t, clear, k)
	for _, when := range []string{"at the start", "after a rotation"} {
		for _, sign := range []string{"AesGcmKey", "keyed_hash", "proof_seed"} {
			if strings.Contains(read(), sign) {
				t.Errorf("sealed file shows %s %s", sign, when)
			}
		}
		if err := k.Rotate(); err != nil {
			t.Fatal(err)
		}
	}
	sameKeys(t, k, mustOpen(t, dir, Options{KEK: kek}))

	_, err := Open(dir, Options{})
	wantError(t, err, "sealed", KEKEnv, kek.ID())
	_, err = Open(dir, Options{KEK: other})
	wantError(t, err, "another key-encryption key", kek.ID(), other.ID())
	b := []byte(read())
	i := bytes.Index(b, []byte(`"sealed": "`)) + 30
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	_, err = FromBytes(b, kek)
	wantError(t, err, "damaged")

	if err := k.Reseal(other); err != nil {
		t.Fatal(err)
	}
	sameKeys(t, k, mustOpen(t, dir, Options{KEK: other}))
	if _, err := Open(dir, Options{KEK: kek}); err == nil {
		t.Error("the old KEK still opens it")
	}
}

func TestParseKEK(t *testing.T) {
	for _, bad := range []string{"x", testKEK[:62], testKEK + "00", strings.Replace(testKEK, "0", "g", 1)} {
		_, err := ParseKEK(bad)
		wantError(t, err, KEKEnv, "openssl rand -hex 32")
		if len(bad) > 8 && strings.Contains(err.Error(), bad) {
			t.Error("the error shows the key")
		}
	}
	if k, err := KEKFromEnv(func(string) string { return "" }); k != nil || err != nil {
		t.Errorf("unset: %v, %v", k, err)
	}
	k, err := KEKFromEnv(func(name string) string { return map[string]string{KEKEnv: testKEK + "\n"}[name] })
	if err != nil || k == nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "kek", k)
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%#v %+v", k, Options{KEK: k}), log.String()} {
		if strings.Contains(s, testKEK[:16]) {
			t.Errorf("shows the key: %s", s)
		}
	}
}
