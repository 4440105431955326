package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

var sixDigits = regexp.MustCompile(`(?m)^([0-9]{6})\r?$`)

// codeTo waits for the newest one-time code mailed to somebody.
func (p posted) codeTo(t *testing.T, who string) string {
	t.Helper()
	code := ""
	until(t, who+" gets a code", func() bool {
		for _, m := range p.box.List(500) {
			if x := sixDigits.FindStringSubmatch(m.Body); x != nil && strings.HasPrefix(m.To, strings.ToLower(who)+"@") {
				code = x[1]
				return true
			}
		}
		return false
	})
	return code
}

// A secret group's agreement asks for a one-time code: mailed after it was opened, good for one act, five tries and the
// session that asked; the company signs too.
func TestAnAgreementBySecretCode(t *testing.T) {
	r := withMail(t, nil)
	gid := r.secretGroup(t, "平台部-深空核心", domain.TierSecret)
	n := r.asked(t, "E0041", gid)
	at := "/ndas/" + n.ID
	fault := func(x reply) string {
		p := x.is(t, http.StatusUnprocessableEntity).problem(t)
		if len(p.Faults) != 1 || p.Faults[0].Field != "code" {
			t.Fatalf("%s: %+v", x.what, p)
		}
		return p.Faults[0].Code
	}
	if n.Needs != domain.NDAByCode || n.Countersign != domain.RoleLegal {
		t.Fatalf("asked: %+v", n)
	}
	if p := r.post(t, "E0041", at+"/codes", map[string]any{}).is(t, http.StatusConflict).problem(t); p.Code != "not_read_to_the_end" {
		t.Errorf("a code before it was opened: %s", p.Code)
	}
	r.post(t, "E0041", at+"/views", with("end", true)).answer(t)
	sign := func() map[string]any { return with("shown", n.Digest, "consent", n.Consent, "name", n.Person.Name) }
	if p := r.post(t, "E0041", at+"/signatures", sign()).is(t, http.StatusConflict).problem(t); p.Code != "identity_check_too_weak" {
		t.Errorf("without a check: %s", p.Code)
	}
	if c := fault(r.post(t, "E0041", at+"/verifications", with("code", "123456"))); c != "code_not_asked" {
		t.Errorf("a code that nobody asked for: %s", c)
	}
	r.post(t, "E0041", at+"/codes", map[string]any{}).is(t, http.StatusCreated)
	if p := r.post(t, "E0041", at+"/codes", map[string]any{}).is(t, http.StatusTooManyRequests).problem(t); p.Code != "code_too_soon" {
		t.Errorf("a second code: %s", p.Code)
	}
	code := r.codeTo(t, "E0041")
	other := "000000"
	if code == other {
		other = "000001"
	}
	if c := fault(r.post(t, "E0041", at+"/verifications", with("code", other))); c != "code_wrong" {
		t.Errorf("a wrong code: %s", c)
	}
	used := with("code", code[:3]+" "+code[3:])
	r.post(t, "E0041", at+"/verifications", used).answer(t)
	if a := r.post(t, "E0041", at+"/verifications", used).answer(t); a.Result != domain.Duplicate {
		t.Errorf("the same act again: %+v", a)
	}
	if c := fault(r.post(t, "E0041", at+"/verifications", with("code", code))); c != "code_used" {
		t.Errorf("the code once more: %s", c)
	}
	r.post(t, "E0041", at+"/signatures", sign()).answer(t)
	var legal string
	r.sql(t, &legal, `SELECT number FROM employees WHERE active AND 'legal' = ANY (roles) ORDER BY number LIMIT 1`)
	if p := r.post(t, "E0037", at+"/countersignatures", with("shown", n.Digest)).is(t, http.StatusForbidden).problem(t); p.Code != "not_the_countersigner" {
		t.Errorf("an admin for the company: %s", p.Code)
	}
	r.post(t, legal, at+"/countersignatures", with("shown", strings.Repeat("0", 64))).is(t, http.StatusConflict)
	r.post(t, legal, at+"/countersignatures", with("shown", n.Digest)).answer(t)
	until(t, "it is sealed", func() bool { return r.nda(t, legal, n.ID).State == domain.NDASealed })
}
