package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// TestPasskeyOffline takes the evidence of a signature from a running service and verifies it with the tool alone; what
// it is not about, and what was altered, is found.
func TestPasskeyOffline(t *testing.T) {
	c := company.Open(t, company.Options{})
	svc := service.New(service.Config{Store: c.Store, Temporal: c.Client, Namespace: c.Namespace, Keyring: c.Keys, Demo: true, BaseURL: "http://localhost:8080"})
	ctx := t.Context()
	a, err := svc.ByToken(ctx, "demo:E0002")
	if err != nil {
		t.Fatal(err)
	}
	d := passkeytest.New("localhost", "http://localhost:8080")
	asked, err := svc.BeginEnrolment(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	made, err := d.Create(asked.Options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := svc.FinishEnrolment(ctx, a, "x", service.PasskeyAnswer{Challenge: asked.ID, Credential: made}); err != nil {
		t.Fatal(err)
	}
	const agreement = "0195f9a2-7b1c-7d40-8f6e-0123456789ab"
	digest := "sha256:" + strings.Repeat("ab", 32)
	if asked, err = svc.BeginNDASignature(ctx, a, agreement, digest); err != nil {
		t.Fatal(err)
	}
	if made, err = d.Get(asked.Options); err != nil {
		t.Fatal(err)
	}
	answer, err := json.Marshal(service.PasskeyAnswer{Challenge: asked.ID, Credential: made})
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := svc.NDAEvidence(ctx, a, agreement, digest, answer)
	if err != nil {
		t.Fatal(err)
	}
	public, err := c.Keys.PublicKeysJSON()
	if err != nil {
		t.Fatal(err)
	}
	file, keys := write(t, "evidence.json", evidence), write(t, "keys.json", public)
	about := func(person, agreement, digest string) []string {
		return []string{"--lang", "en", "--proof-keys", keys, "--person", person, "--agreement", agreement, "--digest", digest}
	}
	good := about(string(a.ID), agreement, digest)
	if status, out, errs := call(t, nil, append([]string{"passkey", file, "--site", "localhost", "--origin", "http://localhost:8080"}, good...)...); status != exitOK || !strings.Contains(out, "everything agrees") {
		t.Errorf("%d %s%s", status, out, errs)
	}
	for name, args := range map[string][]string{
		"other_matter": append([]string{"passkey", file}, about(string(a.ID), agreement, "sha256:"+strings.Repeat("cd", 32))...),
		"site":         append([]string{"passkey", file, "--site", "other.example"}, good...),
		"origin":       append([]string{"passkey", file, "--origin", "https://other.example"}, good...),
		"enrolment":    append([]string{"passkey", ""}, good...),
		"malformed":    append([]string{"passkey", write(t, "m.json", []byte("{}x"))}, good...),
	} {
		if name == "enrolment" { // a key that the company never enrolled
			var e map[string]any
			if err := json.Unmarshal(evidence, &e); err != nil {
				t.Fatal(err)
			}
			key, ok := e["key"].(map[string]any)
			if !ok {
				t.Fatal("the evidence names no key")
			}
			key["id"] = "another"
			b, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			args[1] = write(t, "e.json", b)
		}
		if status, out, _ := call(t, nil, args...); status != exitDiffers || !strings.Contains(out, name+":") {
			t.Errorf("%s: %d %s", name, status, out)
		}
	}
	if status, _, errs := call(t, nil, "passkey", file, "--proof-keys", keys); status != exitUsage || !strings.Contains(errs, "--digest") {
		t.Errorf("without a matter: %d %s", status, errs)
	}
}
