package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// The platform's key is made once, kept under the key-encryption key, and never made anew once documents are sealed with it.
func TestThePlatformsKey(t *testing.T) {
	env := testenv.Start(t)
	st, err := store.Open(t.Context(), env.NewDatabase(t), store.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	if err := st.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv(codec.KEKEnv, strings.Repeat("ab", 32)+"\n")
	c := Config{DataDir: t.TempDir()}
	k, err := sealKey(t.Context(), c, st)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := sealKey(t.Context(), c, st); err != nil || again.Fingerprint() != k.Fingerprint() {
		t.Errorf("opened again it is another: %v", err)
	}
	file := filepath.Join(c.DataDir, KeysFolder, seal.KeyFile)
	if b, err := os.ReadFile(file); err != nil || strings.Contains(string(b), `"private"`) {
		t.Errorf("the key lies in the clear: %v", err)
	}
	if made, err := RotateSeal(t.TempDir(), time.Now()); err != nil || made {
		t.Errorf("a seal that is not there is rotated: %v %v", made, err)
	}
	if made, err := RotateSeal(c.DataDir, time.Now()); err != nil || !made {
		t.Errorf("rotated: %v %v", made, err)
	}
	next, err := sealKey(t.Context(), c, st)
	if err != nil || next.Fingerprint() == k.Fingerprint() || !slices.Contains(next.Known(), k.Fingerprint()) || next.Cert.Subject.Organization[0] != k.Cert.Subject.Organization[0] {
		t.Errorf("after a rotation: %v", err)
	}
	t.Setenv(codec.KEKEnv, strings.Repeat("cd", 32))
	if _, err := sealKey(t.Context(), c, st); err == nil {
		t.Error("another key-encryption key opens it")
	}
	t.Setenv(codec.KEKEnv, "secret")
	if _, err := sealKey(t.Context(), c, st); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no key-encryption key at all: %v", err)
	}
	t.Setenv(codec.KEKEnv, "")
	_, err = st.Pool().Exec(t.Context(), `SET session_replication_role = replica; INSERT INTO ndas (id, number, group_id, person_id, template_sha256, material_object, digest, state, seq, doc, state_digest, document_sha256, since, created_at, changed_at)
VALUES (gen_random_uuid(), 'N', gen_random_uuid(), gen_random_uuid(), '', gen_random_uuid(), 'd', 'sealed', 9, '{}', 'd', 'aa', now(), now(), now()); RESET session_replication_role`)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := sealKey(t.Context(), c, st); err == nil || !strings.Contains(err.Error(), "restore it from its backup") {
		t.Errorf("a lost key is made anew: %v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("… and lies there")
	}
}
