package service_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

const (
	keySite   = "localhost"
	keyOrigin = "http://localhost:8080"
)

// signedIn is a person at a browser of their own.
func (h *house) signedIn(t *testing.T, id domain.EmployeeID) (service.Actor, string) {
	t.Helper()
	secret, _, err := h.s.SignInDemo(t.Context(), h.as(t, id).Number, "browser")
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.s.BySession(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return a, secret
}

// enrols gives a person a key.
func (h *house) enrols(t *testing.T, a service.Actor, d *passkeytest.Device) service.PasskeyView {
	t.Helper()
	r, err := h.s.BeginEnrolment(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Create(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	v, err := h.s.FinishEnrolment(t.Context(), a, "手机 Phone", service.PasskeyAnswer{Challenge: r.ID, Credential: c})
	if err != nil {
		t.Fatalf("enrol: %v", err)
	}
	return v
}

func (h *house) signs(t *testing.T, a service.Actor, d *passkeytest.Device, what service.AssertionFor) (passkey.Evidence, service.PasskeyAnswer, error) {
	t.Helper()
	r, err := h.s.BeginAssertion(t.Context(), a, what)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Get(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	in := service.PasskeyAnswer{Challenge: r.ID, Credential: c}
	e, err := h.s.FinishAssertion(t.Context(), a, what, in)
	return e, in, err
}

var agreement = service.AssertionFor{Purpose: passkey.SignNDA, Subject: "0195f9a2-7b1c-7d40-8f6e-0123456789ab", Digest: "sha256:" + strings.Repeat("ab", 32)}

// refusedBecause holds that a key's answer was refused, for a reason, and that it is on record.
func refusedBecause(t *testing.T, err error, why string) {
	t.Helper()
	var e *service.Error
	if !errors.As(err, &e) || e.Kind != service.Forbidden || e.Code != "passkey_refused" || e.Params["why"] != why {
		t.Errorf("want a refusal because of %s, got %v %+v", why, err, e)
	}
}

func TestPasskeySignsAnAgreement(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	for name, d := range map[string]*passkeytest.Device{"ES256": passkeytest.New(keySite, keyOrigin), "RS256": passkeytest.NewRSA(keySite, keyOrigin)} {
		a, _ := h.signedIn(t, h.People[0])
		v := h.enrols(t, a, d)
		if v.Algorithm != name || v.Name != "手机 Phone" || v.Used != nil {
			t.Errorf("%+v", v)
		}
		e, in, err := h.signs(t, a, d, agreement)
		if err != nil {
			t.Fatal(err)
		}
		// What is kept holds by itself, after a way through JSON.
		kept, err := e.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := passkey.Parse(kept)
		if err != nil {
			t.Fatal(err)
		}
		want := passkey.Want{
			Matter: passkey.Matter{Purpose: passkey.SignNDA, Person: string(a.ID), Subject: agreement.Subject, Digest: agreement.Digest},
			Site:   keySite, Origins: []string{keyOrigin}, Enrolled: h.Keys.Verifier().Verify,
		}
		if err := passkey.Verify(again, want); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// A lost answer is sent again: the same outcome, and no second count.
		twice, err := h.s.FinishAssertion(ctx, a, agreement, in)
		if b, _ := twice.Bytes(); err != nil || string(b) != string(kept) {
			t.Errorf("%s: sent again: %v", name, err)
		}
		list, err := h.s.MyPasskeys(ctx, a)
		if err != nil || len(list.Items) == 0 || list.Items[len(list.Items)-1].Used == nil || !list.Fresh {
			t.Errorf("%v %+v", err, list)
		}
	}
}

// What a form carries becomes the evidence that is kept of an agreement's signature.
func TestPasskeyEvidenceOfAnAgreement(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	a, _ := h.signedIn(t, h.People[0])
	d := passkeytest.New(keySite, keyOrigin)
	h.enrols(t, a, d)
	for _, bad := range [][2]string{{"x", agreement.Digest}, {agreement.Subject, ""}, {agreement.Subject, "sha256:00"}, {agreement.Subject, agreement.Digest + "\n"}} {
		_, err := h.s.BeginNDASignature(ctx, a, bad[0], bad[1])
		wants(t, err, service.Invalid, "")
	}
	r, err := h.s.BeginNDASignature(ctx, a, strings.ToUpper(agreement.Subject), agreement.Digest)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Get(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	form, err := json.Marshal(service.PasskeyAnswer{Challenge: r.ID, Credential: c})
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"", "x", "{}", "[]", strings.Repeat(" ", 40000) + string(form)} {
		if _, err := h.s.NDAEvidence(ctx, a, agreement.Subject, agreement.Digest, []byte(raw)); err == nil {
			t.Errorf("taken: %.20q", raw)
		} else if k := service.AsError(err).Kind; k != service.Invalid && k != service.Conflict {
			t.Errorf("%.20q: %v", raw, err)
		}
	}
	kept, err := h.s.NDAEvidence(ctx, a, agreement.Subject, agreement.Digest, form)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.s.NDAEvidence(ctx, a, agreement.Subject, agreement.Digest, form)
	if err != nil || string(again) != string(kept) {
		t.Errorf("sent again: %v", err)
	}
}

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

func TestPasskeyEnrolmentIsGuarded(t *testing.T) {
	var ahead atomic.Int64
	h := open(t, func(c *service.Config) {
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	ctx := t.Context()
	a, _ := h.signedIn(t, h.People[0])
	d := passkeytest.New(keySite, keyOrigin)
	r, err := h.s.BeginEnrolment(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	d.Unverified = true
	c, err := d.Create(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.s.FinishEnrolment(ctx, a, "x", service.PasskeyAnswer{Challenge: r.ID, Credential: c})
	refusedBecause(t, err, "enrolment")
	d.Unverified = false
	if c, err = d.Create(r.Options); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", " ", strings.Repeat("长", 61), "a\x00b"} {
		_, err := h.s.FinishEnrolment(ctx, a, name, service.PasskeyAnswer{Challenge: r.ID, Credential: c})
		fault(t, err, "name")
	}
	in := service.PasskeyAnswer{Challenge: r.ID, Credential: c}
	v, err := h.s.FinishEnrolment(ctx, a, "x", in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := h.s.FinishEnrolment(ctx, a, "x", in); err != nil || again.ID != v.ID {
		t.Errorf("sent again: %v %+v", err, again)
	}
	// Truncated at every byte: refused, never a fault of ours.
	object, err := passkeytest.Part(c, "attestationObject")
	if err != nil {
		t.Fatal(err)
	}
	next, err := h.s.BeginEnrolment(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	for n := range object {
		cut, err := passkeytest.WithPart(c, "attestationObject", object[:n])
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.s.FinishEnrolment(ctx, a, "x", service.PasskeyAnswer{Challenge: next.ID, Credential: cut})
		if k := service.AsError(err).Kind; k != service.Invalid && k != service.Forbidden {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	for _, raw := range []string{"", "null", "[]", "{}", `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`, strings.Repeat("[", 40000)} {
		_, err := h.s.FinishEnrolment(ctx, a, "x", service.PasskeyAnswer{Challenge: next.ID, Credential: json.RawMessage(raw)})
		fault(t, err, "credential")
	}

	// Names and removal: one's own alone.
	b, _ := h.signedIn(t, h.People[1])
	wants(t, h.s.RenamePasskey(ctx, b, v.ID, "y"), service.NotFound, "")
	wants(t, h.s.RemovePasskey(ctx, b, v.ID), service.NotFound, "")
	if err := h.s.RenamePasskey(ctx, a, v.ID, "办公室的钥匙"); err != nil {
		t.Error(err)
	}

	// A browser left open changes no keys until the person shows that it is still they.
	ahead.Store(int64(11 * time.Minute))
	_, err = h.s.FinishEnrolment(ctx, a, "x", service.PasskeyAnswer{Challenge: next.ID, Credential: c})
	wants(t, err, service.Conflict, "challenge_expired")
	_, err = h.s.BeginEnrolment(ctx, a)
	wants(t, err, service.Forbidden, "confirm_first")
	wants(t, h.s.RemovePasskey(ctx, a, v.ID), service.Forbidden, "confirm_first")
	q, err := h.s.BeginConfirmation(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = d.Get(q.Options); err != nil {
		t.Fatal(err)
	}
	if err := h.s.ConfirmPasskey(ctx, a, service.PasskeyAnswer{Challenge: q.ID, Credential: c}); err != nil {
		t.Fatal(err)
	}
	if err := h.s.RemovePasskey(ctx, a, v.ID); err != nil {
		t.Error(err)
	}
	wants(t, h.s.RemovePasskey(ctx, a, v.ID), service.NotFound, "")

	// A token is nobody's presence.
	token := a
	token.Session, token.Method = "", "token"
	_, err = h.s.BeginEnrolment(ctx, token)
	wants(t, err, service.Forbidden, "session_needed")
	_, err = h.s.BeginAssertion(ctx, token, agreement)
	wants(t, err, service.Forbidden, "session_needed")

	for base, why := range map[string]string{"http://10.0.0.7:8080": "address_is_number", "https://10.0.0.7": "address_is_number", "http://qunbei.example.com": "no_https", "": "no_address"} {
		off := service.New(service.Config{Store: h.Store, BaseURL: base, Keyring: h.Keys, Demo: true})
		_, err := off.BeginEnrolment(ctx, a)
		if e := service.AsError(err); e.Code != "passkeys_unusable" || e.Params["why"] != why {
			t.Errorf("%s: %+v", base, e)
		}
	}
}

func TestPasskeySignsIn(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	a, _ := h.signedIn(t, h.People[0])
	d := passkeytest.New(keySite, keyOrigin)
	h.enrols(t, a, d)
	enter := func() (string, service.Actor, service.PasskeyAnswer, error) {
		t.Helper()
		r, err := h.s.BeginPasskeySignIn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.Get(r.Options)
		if err != nil {
			t.Fatal(err)
		}
		in := service.PasskeyAnswer{Challenge: r.ID, Credential: c}
		secret, who, err := h.s.SignInPasskey(ctx, in, "browser")
		return secret, who, in, err
	}
	secret, who, in, err := enter()
	if err != nil || who.ID != a.ID || who.CSRF == "" {
		t.Fatalf("%v %+v", err, who)
	}
	if b, err := h.s.BySession(ctx, secret); err != nil || b.ID != a.ID {
		t.Errorf("%v %+v", err, b)
	}
	_, _, err = h.s.SignInPasskey(ctx, in, "thief") // overheard
	wants(t, err, service.Conflict, "challenge_used")

	handle := d.UserHandle
	d.UserHandle = []byte("somebody else")
	_, _, _, err = enter()
	refusedBecause(t, err, "not_yours")
	d.UserHandle = nil
	_, _, _, err = enter()
	refusedBecause(t, err, "not_yours")
	d.UserHandle = handle
	d.Unverified = true
	_, _, _, err = enter()
	refusedBecause(t, err, "verification")
	d.Unverified = false
	stranger := passkeytest.New(keySite, keyOrigin)
	stranger.UserHandle = handle
	own := d
	d = stranger
	_, _, _, err = enter()
	refusedBecause(t, err, "unknown")
	d = own

	// A signature made to sign in signs no agreement, nor the other way round.
	r, err := h.s.BeginAssertion(ctx, a, agreement)
	if err != nil {
		t.Fatal(err)
	}
	c, err := d.Get(r.Options)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.s.SignInPasskey(ctx, service.PasskeyAnswer{Challenge: r.ID, Credential: c}, "x")
	wants(t, err, service.Conflict, "challenge_unknown")

	// Who leaves loses the key, the sessions and the tokens, and has none on coming back.
	_, token, err := h.s.CreateToken(ctx, a, "00000000-0000-4000-8000-000000000001", "脚本", 30)
	if err != nil {
		t.Fatal(err)
	}
	for _, active := range []string{"false", "true"} {
		h.Exec(t, `UPDATE employees SET active = `+active+` WHERE id = $1`, string(a.ID))
		h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
		time.Sleep(2100 * time.Millisecond) // what the caches of directory and sessions hold
		_, _, _, err = enter()
		if active == "false" {
			wants(t, err, service.Unsigned, "account_disabled")
		} else {
			wants(t, err, service.Forbidden, "passkey_ended")
		}
		_, err = h.s.BySession(ctx, secret)
		wants(t, err, service.Unsigned, "")
		_, err = h.s.ByToken(ctx, token)
		wants(t, err, service.Unsigned, "")
	}
	if v, err := h.s.MyPasskeys(ctx, h.as(t, a.ID)); err != nil || len(v.Items) != 0 {
		t.Errorf("%v %+v", err, v)
	}
	if _, err := h.Store.Pool().Exec(ctx, `UPDATE passkeys SET ended_at = NULL, ended_by = '' WHERE employee_id = $1`, string(a.ID)); err == nil {
		t.Error("a key that ended was brought back")
	}
	if _, err := h.Store.Pool().Exec(ctx, `UPDATE passkeys SET employee_id = $2 WHERE employee_id = $1`, string(a.ID), string(h.People[1])); err == nil {
		t.Error("a key was given to somebody else")
	}
}
