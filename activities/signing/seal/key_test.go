package seal

import (
	"bytes"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestKeys(t *testing.T) {
	dir, kek := filepath.Join(t.TempDir(), "keys"), bytes.Repeat([]byte{7}, 32)
	var group sync.WaitGroup
	prints := make([]string, 8)
	for i := range prints {
		group.Go(func() {
			if k, err := OpenKey(dir, kek, "群山", now); err == nil {
				prints[i] = k.Fingerprint()
			}
		})
	}
	group.Wait()
	for _, p := range prints {
		if p == "" || p != prints[0] {
			t.Fatalf("processes got different keys: %v", prints)
		}
	}
	k, err := OpenKey(dir, kek, "群山", now)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(filepath.Join(dir, KeyFile))
	if !bytes.Contains(b, []byte(`"sealed"`)) || bytes.Contains(b, []byte(`"private"`)) {
		t.Error("the key lies in the clear")
	}
	if _, err := OpenKey(dir, nil, "群山", now); err == nil || !strings.Contains(err.Error(), "QUNBEI_KEK") {
		t.Errorf("without key: %v", err)
	}
	if _, err := OpenKey(dir, bytes.Repeat([]byte{8}, 32), "群山", now); err == nil {
		t.Error("another key opens it")
	}
	doc := sign(t, drawn(t, 1), k, first)
	next, err := Rotate(dir, kek, "群山", now)
	if err != nil || next.Fingerprint() == k.Fingerprint() {
		t.Fatalf("rotate: %v", err)
	}
	if r := Verify(doc, next.Known()); r.Verdict != Intact {
		t.Errorf("after rotation: %s", r.Verdict)
	}
	if err := os.Chmod(filepath.Join(dir, KeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKey(dir, kek, "群山", now); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("open to others: %v", err)
	}
}

// A key made elsewhere, RSA as licensed authorities issue them.
func TestLoadPEM(t *testing.T) {
	dir := t.TempDir()
	key, cert := filepath.Join(dir, "k.pem"), filepath.Join(dir, "c.pem")
	if out, err := run(t, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-subj", "/CN=x", "-days", "30"); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	kb, _ := os.ReadFile(key)
	cb, _ := os.ReadFile(cert)
	k, err := LoadPEM(kb, cb, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc := sign(t, drawn(t, 1), k, first)
	if r := Verify(doc, k.Known()); r.Verdict != Intact {
		t.Errorf("%+v", r)
	}
	if out, _ := run(t, "pdfsig", "-nocert", keep(t, "rsa.pdf", doc)); !strings.Contains(out, "Signature is Valid.") {
		t.Error(out)
	}
	other := newTestKey(t)
	if _, err := LoadPEM(kb, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: other.Cert.Raw}), nil); err == nil {
		t.Error("a certificate of another key is taken")
	}
}
