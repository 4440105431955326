package service

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

func linkSigner(t testing.TB) *Service {
	t.Helper()
	keys, err := codec.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Keyring: keys})
}

func someLink() domain.MailLink {
	return domain.MailLink{ID: uuid.NewString(), Person: "p", Case: "c", Slot: "r1.s1.p1", Digest: "sha256:1", Version: 1, Expires: time.UnixMicro(1e15), Act: uuid.NewString()}
}

func TestALinkHoldsAsItWasSigned(t *testing.T) {
	s, l := linkSigner(t), someLink()
	text, key := s.signLink(l)
	if again, _ := s.signLink(l); again != text {
		t.Error("the same link has two texts: a mail sent again would carry another")
	}
	got, ok := readLink(text)
	rec := store.MailLinkRec{MailLink: l, Key: key}
	if !ok || got.id != l.ID || !bytes.Equal(got.sum, linkHash(text)) || !s.linkHolds(got, rec) {
		t.Fatalf("%q: %+v %v", text, got, ok)
	}
	for name, alter := range map[string]func(*store.MailLinkRec){
		"person": func(r *store.MailLinkRec) { r.Person = "q" }, "case": func(r *store.MailLinkRec) { r.Case = "d" }, "place": func(r *store.MailLinkRec) { r.Slot = "r1.s1.p2" },
		"material": func(r *store.MailLinkRec) { r.Digest = "sha256:2" }, "version": func(r *store.MailLinkRec) { r.Version = 2 },
		"end": func(r *store.MailLinkRec) { r.Expires = r.Expires.Add(time.Microsecond) }, "act": func(r *store.MailLinkRec) { r.Act = uuid.NewString() },
		"id": func(r *store.MailLinkRec) { r.ID = uuid.NewString() }, "key": func(r *store.MailLinkRec) { r.Key = "0000000000000000" },
	} {
		other := rec
		alter(&other)
		if s.linkHolds(got, other) {
			t.Errorf("another %s, and the link holds", name)
		}
	}
	if linkSigner(t).linkHolds(got, rec) {
		t.Error("a link of another house holds")
	}
	// Keys that were retired go on opening what they signed.
	if err := s.cfg.Keyring.Rotate(); err != nil {
		t.Fatal(err)
	}
	if !s.linkHolds(got, rec) {
		t.Error("the link fell with the rotation of keys")
	}
	if next, _ := s.signLink(l); next == text {
		t.Error("the new key signs like the old one")
	}
}

// What can be no link is refused before anything is asked of the database; a link has one spelling only.
func FuzzReadLink(f *testing.F) {
	s, l := linkSigner(f), someLink()
	good, key := s.signLink(l)
	for _, seed := range []string{good, "", "x", good[1:], good + "=", good + "A", strings.ToUpper(good), strings.Repeat("A", len(good)), good[:len(good)-1] + "\n", "\x00" + good[1:], "名" + good[3:]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := readLink(text)
		if !ok {
			return
		}
		if len(text) != linkChars || len(got.sig) != 64 || len(got.key) != 16 || uuid.Validate(got.id) != nil {
			t.Fatalf("%q: %+v", text, got)
		}
		if s.linkHolds(got, store.MailLinkRec{MailLink: l, Key: key}) != (text == good) {
			t.Fatalf("a second spelling or a forged link holds: %q", text)
		}
	})
}
