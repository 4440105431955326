package service_test

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/api/service"
)

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
