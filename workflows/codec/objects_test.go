package codec

import (
	"bytes"
	"errors"
	"testing"
)

func sealed(t testing.TB, k *Keyring) (wrapped, ct []byte, digest string) {
	t.Helper()
	wrapped, err := k.NewCaseKey("case-1")
	if err != nil {
		t.Fatal(err)
	}
	ct, digest, err = k.Seal(wrapped, "case-1", "obj-1", []byte(secretText))
	if err != nil {
		t.Fatal(err)
	}
	return wrapped, ct, digest
}

func flip(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

func TestObjectRoundTripAndRotation(t *testing.T) {
	k := mustGenerate(t)
	wrapped, ct, digest := sealed(t, k)
	if bytes.Contains(ct, []byte("张三")) {
		t.Error("plaintext in the object")
	}
	oldMaster := k.MasterKeyID()
	if err := k.Rotate(PartMaster); err != nil {
		t.Fatal(err)
	}
	rewrapped, err := k.RewrapCaseKey(wrapped, "case-1")
	if err != nil {
		t.Fatal(err)
	}
	if id, _ := prefixID(rewrapped); formatID(id) != k.MasterKeyID() || formatID(id) == oldMaster {
		t.Errorf("rewrapped under %s", formatID(id))
	}
	for _, w := range [][]byte{wrapped, rewrapped} {
		plain, err := k.Open(w, "case-1", "obj-1", digest, ct)
		if err != nil || string(plain) != secretText {
			t.Fatalf("got %q, %v", plain, err)
		}
	}
}

func TestEmptyObject(t *testing.T) {
	k := mustGenerate(t)
	w, _ := k.NewCaseKey("c")
	ct, digest, err := k.Seal(w, "c", "o", nil)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := k.Open(w, "c", "o", digest, ct); err != nil || len(plain) != 0 {
		t.Fatalf("%q %v", plain, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	k := mustGenerate(t)
	wrapped, ct, digest := sealed(t, k)
	otherKey, err := k.NewCaseKey("case-2")
	if err != nil {
		t.Fatal(err)
	}
	older, olderDigest, err := k.Seal(wrapped, "case-1", "obj-1", []byte("older"))
	if err != nil {
		t.Fatal(err)
	}
	open := func(w []byte, c, o, d string, b []byte) error {
		_, err := k.Open(w, c, o, d, b)
		return err
	}
	last := flip(ct, len(ct)-1)
	version := flip(ct, 0)
	for name, tc := range map[string]struct {
		err  error
		want error
	}{
		"altered byte":            {open(wrapped, "case-1", "obj-1", digest, last), ErrNotAuthentic},
		"altered, digest too":     {open(wrapped, "case-1", "obj-1", ObjectDigest(last), last), ErrNotAuthentic},
		"other version":           {open(wrapped, "case-1", "obj-1", ObjectDigest(version), version), ErrNotAuthentic},
		"other object":            {open(wrapped, "case-1", "obj-2", digest, ct), ErrNotAuthentic},
		"other case":              {open(wrapped, "case-2", "obj-1", digest, ct), ErrNotAuthentic},
		"other case and its key":  {open(otherKey, "case-2", "obj-1", digest, ct), ErrNotAuthentic},
		"key of another case":     {open(otherKey, "case-1", "obj-1", digest, ct), ErrNotAuthentic},
		"older version":           {open(wrapped, "case-1", "obj-1", digest, older), ErrNotAuthentic},
		"no digest":               {open(wrapped, "case-1", "obj-1", "", ct), ErrNotAuthentic},
		"cut to nothing":          {open(wrapped, "case-1", "obj-1", ObjectDigest(nil), nil), ErrNotAuthentic},
		"cut to version":          {open(wrapped, "case-1", "obj-1", ObjectDigest(ct[:1]), ct[:1]), ErrNotAuthentic},
		"wrapped key altered":     {open(flip(wrapped, len(wrapped)-1), "case-1", "obj-1", digest, ct), ErrNotAuthentic},
		"wrapped key garbage":     {open([]byte("x"), "case-1", "obj-1", digest, ct), ErrNotAuthentic},
		"master key unknown":      {open(flip(wrapped, 2), "case-1", "obj-1", digest, ct), ErrUnknownKey},
		"shredded":                {open(nil, "case-1", "obj-1", digest, ct), ErrShredded},
		"shredded, empty":         {open([]byte{}, "case-1", "obj-1", digest, ct), ErrShredded},
		"older version is itself": {open(wrapped, "case-1", "obj-1", olderDigest, older), nil},
	} {
		if !errors.Is(tc.err, tc.want) {
			t.Errorf("%s: got %v, want %v", name, tc.err, tc.want)
		}
	}
	if _, _, err := k.Seal(nil, "case-1", "obj-1", nil); !errors.Is(err, ErrShredded) {
		t.Errorf("sealing into a shredded case: %v", err)
	}
	if _, err := k.NewCaseKey(""); err == nil {
		t.Error("case key without a case")
	}
	if _, _, err := k.Seal(wrapped, "case-1", "", nil); err == nil {
		t.Error("object without id")
	}
}

func FuzzOpen(f *testing.F) {
	k := mustGenerate(f)
	wrapped, ct, digest := sealed(f, k)
	f.Add(wrapped, "case-1", "obj-1", digest, ct)
	f.Add([]byte{}, "case-1", "obj-1", digest, ct)
	f.Add(wrapped[:tinkPrefixLen], "case-1", "obj-1", digest, ct)
	f.Add(wrapped, "case-", "1obj-1", digest, ct)
	f.Add(wrapped, "", "", "", []byte(nil))
	f.Fuzz(func(t *testing.T, w []byte, caseID, objectID, d string, b []byte) {
		original := bytes.Equal(w, wrapped) && caseID == "case-1" && objectID == "obj-1" && bytes.Equal(b, ct)
		// The right digest each time, so that fuzzing reaches the cipher.
		plain, err := k.Open(w, caseID, objectID, ObjectDigest(b), b)
		if original != (err == nil) || (original && string(plain) != secretText) {
			t.Fatalf("original %v, error %v", original, err)
		}
		if _, err := k.Open(w, caseID, objectID, d, b); err == nil && (d != digest || !original) {
			t.Fatal("a wrong digest was accepted")
		}
	})
}
