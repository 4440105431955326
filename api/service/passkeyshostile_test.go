package service_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/api/service"
)

func TestPasskeyHostileAnswers(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	a, _ := h.signedIn(t, h.People[0])
	d := passkeytest.New(keySite, keyOrigin)
	h.enrols(t, a, d)
	lies := map[string]struct {
		lie, truth func()
		why        string
	}{
		"another site's page":   {func() { d.Origin = "https://evil.example" }, func() { d.Origin = keyOrigin }, "origin"},
		"another port":          {func() { d.Origin = "http://localhost:8081" }, func() { d.Origin = keyOrigin }, "origin"},
		"by number":             {func() { d.Origin = "http://127.0.0.1:8080" }, func() { d.Origin = keyOrigin }, "origin"},
		"another relying party": {func() { d.Site = "evil.example" }, func() { d.Site = keySite }, "site"},
		"nobody verified":       {func() { d.Unverified = true }, func() { d.Unverified = false }, "verification"},
		"nobody there":          {func() { d.Absent = true }, func() { d.Absent = false }, "presence"},
		"became synced":         {func() { d.Synced = true }, func() { d.Synced = false }, "webauthn"},
	}
	for name, l := range lies {
		l.lie()
		_, _, err := h.signs(t, a, d, agreement)
		l.truth()
		t.Run(name, func(t *testing.T) { refusedBecause(t, err, l.why) })
	}

	// A challenge is answered once, for what it was asked, by whom it was asked.
	r, err := h.s.BeginAssertion(ctx, a, agreement)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Get(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	in := service.PasskeyAnswer{Challenge: r.ID, Credential: c}
	for name, other := range map[string]service.AssertionFor{
		"another agreement": {Purpose: passkey.SignNDA, Subject: "0195f9a2-7b1c-7d40-8f6e-0123456789ac", Digest: agreement.Digest},
		"another text":      {Purpose: passkey.SignNDA, Subject: agreement.Subject, Digest: "sha256:" + strings.Repeat("cd", 32)},
		"another purpose":   {Purpose: passkey.Confirm},
	} {
		if _, err := h.s.FinishAssertion(ctx, a, other, in); service.AsError(err).Code != "challenge_unknown" {
			t.Errorf("%s: %v", name, err)
		}
	}
	elsewhere, _ := h.signedIn(t, h.People[0])
	_, err = h.s.FinishAssertion(ctx, elsewhere, agreement, in)
	wants(t, err, service.Conflict, "challenge_unknown")
	b, _ := h.signedIn(t, h.People[1])
	_, err = h.s.FinishAssertion(ctx, b, agreement, in)
	wants(t, err, service.Conflict, "challenge_unknown")
	if _, err = h.s.FinishAssertion(ctx, a, agreement, in); err != nil {
		t.Fatal(err)
	}
	otherAnswer, err := d.Get(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.s.FinishAssertion(ctx, a, agreement, service.PasskeyAnswer{Challenge: r.ID, Credential: otherAnswer})
	wants(t, err, service.Conflict, "challenge_used")

	// Cut short at every byte, and with every byte of what the authenticator says bent.
	whole, err := passkeytest.Part(c, "authenticatorData")
	if err != nil {
		t.Fatal(err)
	}
	cutAt, err := h.s.BeginAssertion(ctx, a, agreement)
	if err != nil {
		t.Fatal(err)
	}
	own, err := d.Get(cutAt.Options)
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		bent := bytes.Clone(whole)
		bent[n] ^= 0x10
		for _, part := range [][]byte{whole[:n], bent} {
			raw, err := passkeytest.WithPart(own, "authenticatorData", part)
			if err != nil {
				t.Fatal(err)
			}
			_, err = h.s.FinishAssertion(ctx, a, agreement, service.PasskeyAnswer{Challenge: cutAt.ID, Credential: raw})
			if k := service.AsError(err).Kind; k != service.Invalid && k != service.Forbidden {
				t.Fatalf("byte %d: %v", n, err)
			}
		}
	}

	// An old answer to a new challenge.
	fresh, err := h.s.BeginAssertion(ctx, a, agreement)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.s.FinishAssertion(ctx, a, agreement, service.PasskeyAnswer{Challenge: fresh.ID, Credential: c})
	refusedBecause(t, err, "challenge")

	// Another person's key, and one that steals an id.
	db := passkeytest.New(keySite, keyOrigin)
	h.enrols(t, b, db)
	_, _, err = h.signs(t, a, db, agreement)
	refusedBecause(t, err, "not_yours")
	db.TakeID(d.ID())
	_, _, err = h.signs(t, a, db, agreement)
	refusedBecause(t, err, "signature")
	stolen, err := h.s.BeginEnrolment(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = db.Create(stolen.Options); err != nil {
		t.Fatal(err)
	}
	_, err = h.s.FinishEnrolment(ctx, b, "x", service.PasskeyAnswer{Challenge: stolen.ID, Credential: c})
	wants(t, err, service.Conflict, "passkey_known")

	// Refusals are on record, by reason, without content.
	var n int
	if err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM api_events WHERE kind = 'passkey_refused' AND rule <> 'signature' AND actor_id = $1`, string(a.ID)).Scan(&n); err != nil || n < len(lies)+2 {
		t.Errorf("%d refusals on record: %v", n, err)
	}
}

func TestPasskeyThatCountsBackEnds(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	a, _ := h.signedIn(t, h.People[0])
	d := passkeytest.New(keySite, keyOrigin)
	d.Counter = 40
	h.enrols(t, a, d)
	d.Counter = 7
	_, _, err := h.signs(t, a, d, agreement)
	wants(t, err, service.Forbidden, "passkey_copied")
	if v, err := h.s.MyPasskeys(ctx, a); err != nil || len(v.Items) != 0 {
		t.Errorf("%v %+v", err, v)
	}
	_, err = h.s.BeginAssertion(ctx, a, agreement)
	wants(t, err, service.Conflict, "no_passkey")
	// One that does not count at all, as synced ones do not, goes on.
	still := passkeytest.New(keySite, keyOrigin)
	still.Still, still.Synced = true, true
	if v := h.enrols(t, a, still); !v.Synced {
		t.Errorf("%+v", v)
	}
	for range 2 {
		if _, _, err := h.signs(t, a, still, agreement); err != nil {
			t.Error(err)
		}
	}
}
