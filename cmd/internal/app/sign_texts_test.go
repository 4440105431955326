package app_test

import (
	"net/http"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// publishText brings another text through legal's review into force.
func (r *running) publishText(t *testing.T, law string, material bool) (v service.NDATemplate) {
	t.Helper()
	r.post(t, legal1, "/nda-templates", map[string]string{"text": textWith(law), "note": law}).is(t, http.StatusCreated).into(t, &v)
	r.post(t, r.legal2(t), "/nda-templates/"+v.ID+"/reviews", map[string]any{"outcome": "approve"}).is(t, http.StatusOK)
	r.post(t, legal1, "/nda-templates/"+v.ID+"/publications", map[string]any{"material": material}).is(t, http.StatusOK).into(t, &v)
	return v
}

// signs reads and signs an agreement that asks for the session alone, and waits for the seal.
func (r *running) signs(t *testing.T, who string, n service.NDAView) {
	t.Helper()
	at := "/ndas/" + n.ID
	r.post(t, who, at+"/views", with("end", true)).answer(t)
	r.post(t, who, at+"/signatures", with("shown", n.Digest, "consent", n.Consent, "name", n.Person.Name)).answer(t)
	until(t, n.Number+" is sealed", func() bool { return r.nda(t, who, n.ID).State == domain.NDASealed })
}

// The text changes under people who read and people who signed. Withdrawn: what is read is void and asked for anew under the text
// in force, what is sealed stays. Followed by a material version: the sealed ones hold for the grace, in which the signer stays
// in the group; who signs again stays for good, who does not is suspended when the grace ends, and comes back by signing.
func TestATextChangesUnderItsSigners(t *testing.T) {
	r := own(t, nil)
	for _, who := range []string{"E0038", "E0041"} {
		a := r.begin(t, who)
		r.post(t, who, "/training-attempts/"+a.ID+"/answers", rightly(t, a, 0)).is(t, http.StatusOK)
	}
	gid := r.secretGroup(t, "平台部-长庚核心", domain.TierConfidential)
	sealed, reading := r.asked(t, "E0041", gid), r.asked(t, "E0038", gid)
	r.signs(t, "E0041", sealed)
	r.post(t, "E0038", "/ndas/"+reading.ID+"/views", with("end", true)).answer(t)

	next := r.publishText(t, "甲法", false)
	first := r.texts(t)["zh/1"]
	r.post(t, legal1, "/nda-templates/"+first.ID+"/withdrawals", map[string]any{"reason": "与新法不符"}).is(t, http.StatusOK)
	until(t, "what was being read is void", func() bool { return r.nda(t, "E0038", reading.ID).State == domain.NDAVoided })
	late := with("shown", reading.Digest, "consent", reading.Consent, "name", reading.Person.Name)
	if p := r.post(t, "E0038", "/ndas/"+reading.ID+"/signatures", late).is(t, http.StatusConflict).problem(t); p.Code != string(domain.ReasonEnded) {
		t.Errorf("signing what was withdrawn: %s", p.Code)
	}
	if v := r.nda(t, "E0038", reading.ID); v.EndedBy != domain.NDARuleWithdrawn {
		t.Errorf("ended by %q", v.EndedBy)
	}
	anew := r.asked(t, "E0038", gid)
	if anew.ID == reading.ID || anew.Template != next.SHA256 {
		t.Fatalf("asked anew under %s, in force is %s", anew.Template, next.SHA256)
	}
	if v := r.nda(t, "E0041", sealed.ID); v.State != domain.NDASealed || v.LapsesAt != nil {
		t.Errorf("what was sealed: %s, %v", v.State, v.LapsesAt)
	}
	r.signs(t, "E0038", anew)
	is := func(who string, want domain.MemberState) {
		t.Helper()
		until(t, who+" is "+string(want), func() bool { return r.place(t, "E0037", gid, who) == want })
	}
	is("E0038", domain.MemberActive)
	is("E0041", domain.MemberActive)

	material := r.publishText(t, "乙法", true)
	for who, old := range map[string]service.NDAView{"E0041": sealed, "E0038": anew} {
		until(t, who+"'s agreement lapses", func() bool { v := r.nda(t, who, old.ID); return v.LapsesAt != nil && v.State == domain.NDASealed })
	}
	again, slow := r.asked(t, "E0041", gid), r.asked(t, "E0038", gid)
	if again.Template != material.SHA256 || slow.Template != material.SHA256 {
		t.Errorf("asked again under %s and %s", again.Template, slow.Template)
	}
	is("E0038", domain.MemberActive) // in grace
	r.signs(t, "E0041", again)
	until(t, "the new one takes the old one's place", func() bool { return r.nda(t, "E0041", sealed.ID).State == domain.NDASuperseded })

	// The grace is over: the day is moved here, and the daily look finds it.
	var moved int
	r.sql(t, &moved, `WITH x AS (UPDATE ndas SET lapses_at = now() WHERE id = $1 RETURNING 1) SELECT count(*) FROM x`, anew.ID)
	st, err := store.Open(t.Context(), r.c.DatabaseURL, store.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = st.Close() }()
	r.sql(t, &moved, `WITH x AS (DELETE FROM outbox WHERE key LIKE 'clearance:sweep:%' RETURNING 1) SELECT count(*) FROM x`) // today's look may have been
	// Unless the group looked at everybody's papers in this very moment, for the other's sake.
	if n, err := st.SweepClearances(t.Context()); err != nil || n == 0 && r.place(t, "E0037", gid, "E0038") != domain.MemberSuspended {
		t.Fatalf("the daily look finds %d groups: %v", n, err)
	}
	is("E0038", domain.MemberSuspended)
	is("E0041", domain.MemberActive)
	r.signs(t, "E0038", slow)
	is("E0038", domain.MemberActive)
	for _, n := range []service.NDAView{sealed, reading, anew, again, slow} {
		if n.ID == anew.ID {
			continue // its day was moved by hand
		}
		until(t, "the replay of "+n.Number+" agrees", func() bool { return r.verdict(t, "nda-"+n.ID).OK })
	}
}
