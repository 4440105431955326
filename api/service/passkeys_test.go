package service_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

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
