package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// secretGroup files a group of a tier, has everybody who is asked approve it, and confirms it: its people are asked to sign.
func (r *running) secretGroup(t *testing.T, name string, tier domain.Tier) string {
	t.Helper()
	f := r.filing(t, name, func(f *domain.Filing) {
		f.Type, f.Tier = domain.TypeDepartment, tier
		f.Permissions.SeeContacts = false
		if tier == domain.TierSecret {
			f.Permissions.Posting = domain.PostAdmins
		}
	})
	c := r.file(t, "E0040", f)
	until(t, "everybody has approved", func() bool {
		v := r.read(t, "E0040", c.ID)
		for _, st := range v.Route.Steps {
			for _, sl := range st.Slots {
				if sl.Status == domain.SlotOpen {
					r.post(t, sl.Person.Number, "/cases/"+c.ID+"/decisions", decision(v.CaseSummary, domain.Approve))
				}
			}
		}
		return v.Status == domain.CaseApproved
	})
	var gid string
	until(t, "the admin is asked to create the group", func() bool { return r.waits(t, "E0037", c.ID) })
	r.sql(t, &gid, `SELECT id::text FROM groups WHERE case_id = $1`, c.ID)
	r.upload(t, "E0037", "/groups/"+gid+"/confirmations", "screenshot", "s.png", "image/png", picture(t, ""),
		map[string]string{"decision_id": uuid.NewString(), "name": f.Name, "platform_id": "wx-" + gid[:8]}).answer(t)
	return gid
}

// asked is the agreement that somebody is asked to sign for a group.
func (r *running) asked(t *testing.T, who, gid string) service.NDAView {
	t.Helper()
	var v service.NDAView
	until(t, who+" is asked to sign", func() bool {
		var p service.Page[service.NDARow]
		r.get(t, who, "/ndas?group="+gid).is(t, http.StatusOK).into(t, &p)
		for _, n := range p.Items {
			if n.State == domain.NDASent || n.State == domain.NDAViewed {
				r.get(t, who, "/ndas/"+n.ID).is(t, http.StatusOK).into(t, &v)
				return true
			}
		}
		return false
	})
	return v
}

func (r *running) nda(t *testing.T, who, id string) service.NDAView {
	t.Helper()
	var v service.NDAView
	r.get(t, who, "/ndas/"+id).is(t, http.StatusOK).into(t, &v)
	return v
}

func newAct() map[string]any { return map[string]any{"decision_id": uuid.NewString()} }

func with(kv ...any) map[string]any {
	m := newAct()
	for i := 0; i+1 < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1]
	}
	return m
}

// An agreement is signed after it was read to the end; what others try, what comes twice, and what is other than shown is
// refused; the sealed document is a PDF that verifies outside our program.
func TestAnAgreementIsSignedAndSealed(t *testing.T) {
	r := shared(t)
	gid := r.secretGroup(t, "平台部-星图核心", domain.TierConfidential)
	n := r.asked(t, "E0041", gid)
	at := "/ndas/" + n.ID
	if n.Needs != domain.NDABySession || len(n.Blocks) < 20 || n.Consent == "" || n.Person.Number != "E0041" {
		t.Fatalf("asked: %+v", n)
	}
	sign := func() map[string]any { return with("shown", n.Digest, "consent", n.Consent, "name", n.Person.Name) }

	// Other people: for somebody outside there is no agreement, an admin may see it and not sign it.
	for _, who := range []string{"E0040", "E0260"} {
		r.get(t, who, at).is(t, http.StatusNotFound)
		r.post(t, who, at+"/signatures", sign()).is(t, http.StatusNotFound)
	}
	r.get(t, "E0037", at).is(t, http.StatusOK)
	for _, what := range []string{"/signatures", "/views", "/codes", "/declines"} {
		body := sign()
		if what != "/signatures" {
			body = newAct()
		}
		if what == "/declines" {
			body["comment"] = "x"
		}
		if what == "/codes" {
			body = map[string]any{}
		}
		if p := r.post(t, "E0037", at+what, body).is(t, http.StatusForbidden).problem(t); p.Code != "not_the_signer" {
			t.Errorf("an admin at %s: %s", what, p.Code)
		}
	}

	// Not read, another text, another clause, another name, no signature, too much of one.
	if p := r.post(t, "E0041", at+"/signatures", sign()).is(t, http.StatusConflict).problem(t); p.Code != "not_read_to_the_end" {
		t.Errorf("unread: %s", p.Code)
	}
	r.post(t, "E0041", at+"/views", with("end", true)).answer(t)
	huge := make([][][2]float64, 300)
	for i := range huge {
		huge[i] = make([][2]float64, 20)
	}
	for _, x := range []struct {
		what, field, code string
		body              map[string]any
		status            int
	}{
		{"another text", "", "material_changed", with("shown", strings.Repeat("0", 64), "consent", n.Consent, "name", n.Person.Name), http.StatusConflict},
		{"another clause", "consent", "consent_needed", with("shown", n.Digest, "consent", strings.Repeat("0", 64), "name", n.Person.Name), 422},
		{"another name", "name", "name_differs", with("shown", n.Digest, "consent", n.Consent, "name", "王五"), 422},
		{"nothing", "name", "sign_or_type", with("shown", n.Digest, "consent", n.Consent), 422},
		{"a dot", "strokes", "too_little", with("shown", n.Digest, "consent", n.Consent, "strokes", [][][2]float64{{{.5, .5}}}), 422},
		{"too many points", "strokes", "too_many", with("shown", n.Digest, "consent", n.Consent, "strokes", huge), 422},
		{"outside", "strokes", "out_of_range", with("shown", n.Digest, "consent", n.Consent, "strokes", [][][2]float64{{{-1, 2}, {.1, .1}, {.2, .2}, {.3, .3}, {.4, .4}}}), 422},
	} {
		p := r.post(t, "E0041", at+"/signatures", x.body).is(t, x.status).problem(t)
		if x.field == "" && p.Code != x.code || x.field != "" && (len(p.Faults) != 1 || p.Faults[0].Field != x.field || p.Faults[0].Code != x.code) {
			t.Errorf("%s: %s %+v", x.what, p.Code, p.Faults)
		}
	}

	// Two tabs at once: one signs, the other hears that it is signed.
	var mu sync.Mutex
	var wg sync.WaitGroup
	results := map[int]int{}
	told := ""
	first := with("shown", n.Digest, "consent", n.Consent, "strokes", [][][2]float64{{{.1, .5}, {.2, .4}, {.3, .6}, {.4, .4}, {.5, .6}, {.9, .5}}})
	for _, body := range []map[string]any{first, sign()} {
		wg.Go(func() {
			x := r.post(t, "E0041", at+"/signatures", body)
			mu.Lock()
			defer mu.Unlock()
			if results[x.status]++; x.status == http.StatusConflict {
				told = x.problem(t).Code
			}
		})
	}
	wg.Wait()
	if results[http.StatusOK] != 1 || results[http.StatusConflict] != 1 || told != "already_decided" {
		t.Errorf("two tabs: %v, the other is told %q", results, told)
	}
	var signed int
	r.sql(t, &signed, `SELECT count(*) FROM audit_entries WHERE subject_id = $1 AND kind = 'nda.sign' AND result = 'accepted'`, n.ID)
	if signed != 1 {
		t.Errorf("signed %d times", signed)
	}
	var v service.NDAView
	until(t, "the document is sealed", func() bool { v = r.nda(t, "E0041", n.ID); return v.State == domain.NDASealed })
	if v.Seal == nil || v.Seal.Level != "platform_seal" || v.Signed == nil || v.Check != domain.NDABySession {
		t.Fatalf("sealed: %+v", v)
	}
	if p := r.post(t, "E0041", at+"/signatures", sign()).is(t, http.StatusConflict).problem(t); p.Code != "too_late" && p.Code != "already_decided" && p.Code != "decided" {
		t.Logf("too late: %s", p.Code)
	}
	if p := r.post(t, "E0041", at+"/declines", with("comment", "晚了")).is(t, http.StatusConflict); p.status == 0 {
		t.Error("declined after signing")
	}
	pdf := r.get(t, "E0041", at+"/document").is(t, http.StatusOK).body
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) > 200<<10 {
		t.Errorf("a document of %d bytes", len(pdf))
	}
	r.get(t, "E0040", at+"/document").is(t, http.StatusNotFound)
	r.outside(t, n.ID, pdf)
}
