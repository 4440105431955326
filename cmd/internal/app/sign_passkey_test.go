package app_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/signing/passkey"
	"github.com/qunbei/qunbei/activities/signing/passkey/passkeytest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// An agreement is signed by the signer's own key: what the key signed for another text, without knowing its person, or for
// somebody else is refused, and the sealed document names the level that is true.
func TestAnAgreementIsSignedByPasskey(t *testing.T) {
	r := shared(t)
	gid := r.secretGroup(t, "平台部-钥匙试验", domain.TierConfidential)
	n := r.asked(t, "E0041", gid)
	at := "/ndas/" + n.ID
	origin := strings.Replace(r.base, "127.0.0.1", "localhost", 1)
	d := passkeytest.New("localhost", origin)
	ask := func(who string, body map[string]any) service.PasskeyRequest {
		t.Helper()
		var q service.PasskeyRequest
		r.post(t, who, "/passkeys/requests", body).is(t, http.StatusCreated).into(t, &q)
		return q
	}
	q := ask("E0041", map[string]any{"purpose": "enrol"})
	made, err := d.Create(q.Options)
	if err != nil {
		t.Fatal(err)
	}
	var key service.PasskeyView
	r.post(t, "E0041", "/passkeys", map[string]any{"challenge_id": q.ID, "credential": made, "name": "手机"}).is(t, http.StatusCreated).into(t, &key)
	told := func(kind string) {
		t.Helper()
		until(t, "the person is mailed of "+kind, func() bool {
			var n int
			r.sql(t, &n, `SELECT count(*) FROM outbox o JOIN notifications n ON o.key = 'mail:' || n.key WHERE n.kind = $1 AND n.subject_id = $2 AND n.person_id = $3 AND o.done_at IS NOT NULL`,
				kind, key.ID, string(r.id(t, "E0041")))
			return n == 1
		})
	}
	told(store.NewsPasskeyAdded)
	r.post(t, "E0041", at+"/views", with("end", true)).answer(t)

	answer := func(subject, digest string) string {
		t.Helper()
		q := ask("E0041", map[string]any{"purpose": "nda_sign", "subject": subject, "digest": digest})
		got, err := d.Get(q.Options)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(service.PasskeyAnswer{Challenge: q.ID, Credential: got})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	sign := func(key string) map[string]any {
		return with("shown", n.Digest, "consent", n.Consent, "name", n.Person.Name, "passkey", key)
	}
	other := strings.Repeat("ab", 32)
	if p := r.post(t, "E0041", at+"/signatures", sign(answer(n.ID, other))).is(t, http.StatusConflict).problem(t); p.Code != "challenge_unknown" {
		t.Errorf("another text: %s", p.Code)
	}
	if p := r.post(t, "E0041", at+"/signatures", sign(answer("0198c0de-0000-7000-8000-000000000001", n.Digest))).is(t, http.StatusConflict).problem(t); p.Code != "challenge_unknown" {
		t.Errorf("another agreement: %s", p.Code)
	}
	d.Unverified = true
	if p := r.post(t, "E0041", at+"/signatures", sign(answer(n.ID, n.Digest))).is(t, http.StatusForbidden).problem(t); p.Code != "passkey_refused" {
		t.Errorf("unverified: %s", p.Code)
	}
	d.Unverified = false
	d.Origin = r.base // by number
	if p := r.post(t, "E0041", at+"/signatures", sign(answer(n.ID, n.Digest))).is(t, http.StatusForbidden).problem(t); p.Code != "passkey_refused" {
		t.Errorf("another address: %s", p.Code)
	}
	d.Origin = origin
	if p := r.post(t, "E0041", at+"/signatures", sign("{}")).problem(t); p.Status != 409 && p.Status != 422 {
		t.Errorf("nothing: %d %s", p.Status, p.Code)
	}
	body := sign(answer(n.ID, n.Digest))
	r.post(t, "E0041", at+"/signatures", body).answer(t)
	r.post(t, "E0041", at+"/signatures", body).answer(t) // the answer was lost
	var v service.NDAView
	until(t, "the agreement is sealed", func() bool { v = r.nda(t, "E0041", n.ID); return v.State == domain.NDASealed })
	if v.Seal == nil || v.Seal.Level != "signer_key" || v.Signed == nil || !v.Signed.Passkey || v.Check != domain.NDAByPasskey {
		t.Errorf("sealed: %+v %+v %s", v.Seal, v.Signed, v.Check)
	}
	text := pdfText(t, r.get(t, "E0041", at+"/document").is(t, http.StatusOK).body)
	if !strings.Contains(text, "signer_key") || strings.Contains(text, "platform_seal") || !strings.Contains(text, "通行密钥断言摘要") {
		t.Errorf("the document names another level: %.600s", text)
	}
	if status, _, page := r.page(t, "E0041", "/ndas/"+n.ID); status != http.StatusOK || !strings.Contains(page, "passkey") {
		t.Errorf("the page does not say by what it was signed: %d", status)
	}
	if v := r.verdict(t, "nda-"+n.ID); !v.OK {
		t.Errorf("the replay: %+v", v)
	}
	// The evidence comes out of the service and holds without it, for this person, agreement and text alone.
	r.get(t, "E0260", at+"/assertion").is(t, http.StatusNotFound)
	raw := r.get(t, "E0021", at+"/assertion").is(t, http.StatusOK).body
	e, err := passkey.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := codec.Open(filepath.Join(r.c.DataDir, app.KeysFolder), codec.Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	want := passkey.Want{Matter: passkey.Matter{Purpose: passkey.SignNDA, Person: string(n.Person.ID), Subject: n.ID, Digest: n.Digest}, Site: "localhost", Origins: []string{origin}, Enrolled: ring.Verifier().Verify}
	if err := passkey.Verify(e, want); err != nil {
		t.Errorf("offline: %v", err)
	}
	if want.Digest = other; passkey.Verify(e, want) == nil {
		t.Error("offline it holds for another text")
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(raw)); !strings.Contains(text, sum[:40]) { // the rest stands in the next line
		t.Errorf("the evidence page names another assertion than %s", sum)
	}
	x, err := r.try("E0041", http.MethodDelete, "/passkeys/"+key.ID, "", nil)
	if err != nil || x.status >= 300 {
		t.Fatalf("removing the key: %d %s %v", x.status, x.body, err)
	}
	told(store.NewsPasskeyRemoved)
}

// Where the rules ask for a passkey, a member signs with it in a real browser, on a phone.
func TestAnAgreementIsSignedByPasskeyInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := own(t, nil)
	rules := r.draft(t, admin1, edited(t, "2026.5", "confidential: {check: session", "confidential: {check: passkey", "secret: {check: mail_code", "secret: {check: passkey"))
	r.propose(t, admin1, "policies", rules.Version, nil)
	r.activate(t, admin2, "policies", rules.Version).is(t, http.StatusOK)
	until(t, "the rules hold", func() bool { return r.version(t, "policies", rules.Version).State == service.RulesActive })
	gid := r.secretGroup(t, "平台部-钥匙浏览", domain.TierConfidential)
	n := r.asked(t, "E0037", gid)
	if n.Needs != domain.NDAByPasskey {
		t.Fatalf("needs %s", n.Needs)
	}
	b := browsertest.Chrome(t)
	p := b.Page(t, strings.Replace(r.base, "127.0.0.1", "localhost", 1), browsertest.Look{Lang: "zh-CN", Width: 390})
	p.Authenticator()
	p.SignIn("E0037")
	p.Open("/me")
	p.Fill("#f-passkey input", "手机")
	p.Click("#passkeys form[data-passkey=create] button")
	p.WaitText(".passkey-list", "手机")
	p.Open("/ndas/" + n.ID)
	p.Eval("document.querySelector('#sign').scrollIntoView()")
	p.Wait(".signform")
	p.Click(".signform .consent-tick input")
	p.Fill("#f-name", n.Person.Name)
	seen(t, p, "key-1-sign")
	p.Click(".signform button.big")
	p.Wait(`#sign a[href$="/document"]`)
	seen(t, p, "key-2-sealed")
	if v := r.nda(t, "E0037", n.ID); v.Seal == nil || v.Seal.Level != "signer_key" || v.Check != domain.NDAByPasskey || v.Signed == nil || !v.Signed.Passkey {
		t.Errorf("sealed: %+v %s", v.Seal, v.Check)
	}
	p.Open("/ndas/" + n.ID)
	p.WaitText("main", "签署人密钥")
}
