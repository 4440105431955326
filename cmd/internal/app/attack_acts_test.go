package app_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// attackActs tries acts without right, out of turn, on other matter, and with ids that were used before.
func attackActs(t *testing.T, r *running) {
	c := r.file(t, "E0040", r.filing(t, "平台部-行为演练", department))
	other := r.file(t, "E0040", r.filing(t, "平台部-旁案演练", department))
	at := "/cases/" + c.ID
	body := func(change ...any) string {
		m := map[string]any{"decision_id": act(), "outcome": "approve", "material_digest": c.Digest}
		for i := 0; i+1 < len(change); i += 2 {
			m[change[i].(string)] = change[i+1]
		}
		return jsonText(t, m)
	}
	r.settle(t)
	before := r.footprint(t)
	for _, b := range []blow{
		{name: "a stranger reads", who: attacker, method: "GET", path: at, status: 404, code: "not_found"},
		{name: "a stranger reads what happened", who: attacker, method: "GET", path: at + "/timeline", status: 404, code: "not_found"},
		{name: "a stranger asks for an act", who: attacker, method: "GET", path: at + "/acts/" + act(), status: 404, code: "not_found"},
		{name: "a stranger decides", who: attacker, path: at + "/decisions", body: body(), status: 404, code: "not_found"},
		{name: "a stranger withdraws", who: attacker, path: at + "/withdrawals", body: `{"decision_id":"` + act() + `"}`, status: 404, code: "not_found"},
		{name: "a stranger comments", who: attacker, path: at + "/comments", body: `{"decision_id":"` + act() + `","text":"x"}`, status: 404, code: "not_found"},
		{name: "a case that is none", who: "E0006", path: "/cases/" + act() + "/decisions", body: body(), status: 404, code: "not_found"},
		{name: "the requester decides", who: "E0040", path: at + "/decisions", body: body(), status: 403, code: "separation_of_duties"},
		{name: "the named admin decides", who: "E0037", path: at + "/decisions", body: body(), status: 403, code: "not_an_approver"},
		{name: "the auditor decides", who: auditing, path: at + "/decisions", body: body(), status: 403, code: "not_an_approver"},
		{name: "the process administrator decides", who: "E0034", path: at + "/decisions", body: body(), status: 403, code: "not_an_approver"},
		{name: "the approver withdraws", who: "E0006", path: at + "/withdrawals", body: `{"decision_id":"` + act() + `"}`, status: 403, code: "not_the_requester"},
		{name: "the auditor comments", who: auditing, path: at + "/comments", body: `{"decision_id":"` + act() + `","text":"x"}`, status: 403},
		{name: "unknown outcome", who: "E0006", path: at + "/decisions", body: body("outcome", "maybe"), status: 422, code: "invalid", field: "outcome", fault: "unknown_value"},
		{name: "outcome null", who: "E0006", path: at + "/decisions", body: body("outcome", nil), status: 422, code: "invalid", field: "outcome", fault: "required"},
		{name: "id is none", who: "E0006", path: at + "/decisions", body: body("decision_id", "1"), status: 422, code: "invalid", field: "decision_id", fault: "not_an_id"},
		{name: "id is the zero id", who: "E0006", path: at + "/decisions", body: body("decision_id", uuid.Nil.String()), status: 422, code: "invalid", field: "decision_id", fault: "not_a_uuid"},
		{name: "id is a number", who: "E0006", path: at + "/decisions", body: body("decision_id", 1), status: 400, code: "invalid", field: "decision_id", fault: "wrong_type"},
		{name: "hidden comment", who: "E0006", path: at + "/decisions", body: body("comment", "同\u202e意"), status: 422, code: "invalid", field: "comment", fault: "hidden_character"},
		{name: "deciding for somebody else", who: "E0006", path: at + "/decisions", body: body("actor", string(r.id(t, "E0002"))), status: 400, code: "invalid", field: "actor", fault: "unknown_field"},
		{name: "bringing a proof", who: "E0006", path: at + "/decisions", body: body("proof", map[string]any{"sig": "x"}), status: 400, code: "invalid", field: "proof", fault: "unknown_field"},
	} {
		if b.method == "" {
			b.method = http.MethodPost
		}
		if b.code == "" {
			b.code = "relation_missing"
		}
		r.strike(t, b)
	}
	r.unchanged(t, before)
	t.Run("on other material", func(t *testing.T) {
		for _, digest := range []string{"sha256:" + "0000000000000000000000000000000000000000000000000000000000000000", other.Digest, "x"} {
			d := decision(c, domain.Approve)
			d["material_digest"] = digest
			if p := r.post(t, "E0006", at+"/decisions", d).refused(t, 409, "material_changed", "", ""); p.Result != domain.Refused {
				t.Errorf("result %q", p.Result)
			}
		}
		d := decision(c, domain.Approve)
		d["version"] = 99
		r.post(t, "E0006", at+"/decisions", d).refused(t, 409, "material_changed", "", "")
	})
	if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseInApproval {
		t.Fatalf("the attacks moved the case to %s", v.Status)
	}
	attackIDs(t, r, c, other)
	attackAnew(t, r, other)
	attackBirth(t, r, c)
}

// attackIDs uses one decision's id for another decision.
func attackIDs(t *testing.T, r *running, c, other service.CaseSummary) {
	first := decision(c, domain.Approve)
	r.post(t, "E0006", "/cases/"+c.ID+"/decisions", first).answer(t)
	if a := r.post(t, "E0006", "/cases/"+c.ID+"/decisions", first).answer(t); a.Result != domain.Duplicate {
		t.Errorf("the same click twice: %+v", a)
	}
	turned := map[string]any{"decision_id": first["decision_id"], "outcome": "reject", "material_digest": c.Digest}
	r.post(t, "E0006", "/cases/"+c.ID+"/decisions", turned).refused(t, 409, "decision_id_reused", "", "")
	moved := map[string]any{"decision_id": first["decision_id"], "outcome": "approve", "material_digest": other.Digest}
	r.post(t, "E0006", "/cases/"+other.ID+"/decisions", moved).refused(t, 409, "decision_id_reused", "", "")
	r.post(t, "E0040", "/cases/"+other.ID+"/withdrawals", map[string]any{"decision_id": first["decision_id"]}).refused(t, 409, "decision_id_reused", "", "")
	r.get(t, "E0040", "/cases/"+c.ID+"/acts/"+first["decision_id"].(string)).refused(t, 404, "not_found", "", "")
	r.post(t, "E0006", "/cases/"+c.ID+"/decisions", decision(c, domain.Reject)).refused(t, 409, "case_ended", "", "")

	t.Run("one id for two acts at once", func(t *testing.T) {
		x := r.file(t, "E0040", r.filing(t, "平台部-同号演练", department))
		id := act()
		var wg sync.WaitGroup
		status := make([]int, 6)
		for i := range status {
			wg.Go(func() {
				who, path, b := "E0006", "/decisions", map[string]any{"decision_id": id, "outcome": []string{"approve", "reject"}[i%2], "material_digest": x.Digest}
				if i >= 4 {
					who, path, b = "E0040", "/withdrawals", map[string]any{"decision_id": id}
				}
				y, err := r.try(who, "POST", "/cases/"+x.ID+path, "application/json", []byte(jsonText(t, b)))
				if err == nil {
					status[i] = y.status
				}
			})
		}
		wg.Wait()
		for i, s := range status {
			if s != 200 && s != 409 {
				t.Errorf("act %d: %d", i, s)
			}
		}
		var n int
		r.sql(t, &n, `SELECT count(*) FROM audit_entries WHERE act_id = '`+id+`'`)
		if n != 1 {
			t.Errorf("%d entries under one id", n)
		}
	})
}

// attackBirth confirms groups without right, with what is no picture, and reads another's evidence.
func attackBirth(t *testing.T, r *running, c service.CaseSummary) {
	var gid string
	until(t, "the group is asked for", func() bool {
		return r.waits(t, "E0037", c.ID)
	})
	r.sql(t, &gid, `SELECT id FROM groups WHERE case_id = '`+c.ID+`'`)
	at := "/groups/" + gid + "/confirmations"
	shot := picture(t, "")
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
	body := func(picture []byte, change ...any) string {
		m := map[string]any{"decision_id": act(), "name": "平台部-行为演练", "platform_id": "wx-1", "screenshot": base64.StdEncoding.EncodeToString(picture)}
		for i := 0; i+1 < len(change); i += 2 {
			m[change[i].(string)] = change[i+1]
		}
		return jsonText(t, m)
	}
	r.settle(t)
	before := r.footprint(t)
	for _, b := range []blow{
		{name: "a stranger confirms", who: attacker, path: at, body: body(shot), status: 403, code: "not_an_admin"}, // an ordinary group is everybody's to know of
		{name: "a member confirms", who: "E0041", path: at, body: body(shot), status: 403, code: "not_an_admin"},
		{name: "the requester confirms", who: "E0040", path: at, body: body(shot), status: 403, code: "not_an_admin"},
		{name: "a group that is none", who: "E0037", path: "/groups/" + act() + "/confirmations", body: body(shot), status: 404, code: "not_found"},
		{name: "SVG for a screenshot", who: "E0037", path: at, body: body(svg), status: 415, code: "not_an_image"},
		{name: "HTML for a screenshot", who: "E0037", path: at, body: body([]byte("<html><script>alert(1)</script>")), status: 415, code: "not_an_image"},
		{name: "GIF for a screenshot", who: "E0037", path: at, body: body([]byte("GIF89a<script>alert(1)</script>")), status: 415, code: "not_an_image"},
		{name: "no screenshot", who: "E0037", path: at, body: body(nil), status: 422, code: "invalid", field: "screenshot", fault: "required"},
		{name: "no base64", who: "E0037", path: at, body: body(shot, "screenshot", "***"), status: 422, code: "invalid", field: "screenshot", fault: "not_base64"},
		{name: "a screenshot over the limit", who: "E0037", path: at, body: body(append(shot, make([]byte, 6<<20)...)), status: 413, code: "body_too_large"},
		{name: "hidden name", who: "E0037", path: at, body: body(shot, "name", "平台部\u200b-行为演练"), status: 422, code: "invalid", field: "name", fault: "hidden_character"},
		{name: "a long id", who: "E0037", path: at, body: body(shot, "platform_id", string(make([]byte, 300))), status: 422, code: "invalid", field: "platform_id", fault: "too_long"},
		{name: "a retry that nobody needs", who: attacker, path: "/groups/" + gid + "/retries", body: `{"decision_id":"` + act() + `"}`, status: 403, code: "not_an_admin"},
	} {
		b.method = http.MethodPost
		r.strike(t, b)
	}
	r.unchanged(t, before)
	// A picture with a page behind it is still shown as a picture only.
	trick := append(picture(t, ""), "<script>alert(1)</script>"...)
	up := r.upload(t, "E0037", at, "screenshot", "../../etc/passwd\r\nX-Evil: 1.svg", "image/svg+xml", trick, map[string]string{"decision_id": act(), "name": "平台部-行为演练", "platform_id": "wx-1"})
	if a := up.answer(t); a.Result != domain.Accepted {
		t.Fatalf("confirm: %+v", a)
	}
	for _, path := range []string{"/api/v1/groups/" + gid + "/evidence", "/groups/" + gid + "/evidence"} {
		in := r.enter(t, "E0037")
		x := in.do(t, "GET", path, nil).is(t, 200)
		if x.header.Get("Content-Type") != "image/png" || x.header.Get("X-Content-Type-Options") != "nosniff" || x.header.Get("X-Evil") != "" || x.header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s is sent as %v", path, x.header)
		}
		if x.header.Get("Content-Disposition") == "" {
			t.Errorf("%s has no Content-Disposition: %v", path, x.header)
		}
		if s := r.enter(t, attacker).do(t, "GET", path, nil).status; s != 403 && s != 404 {
			t.Errorf("a stranger gets the evidence: %d", s)
		}
	}
	var stored string
	r.sql(t, &stored, `SELECT file_name FROM objects WHERE kind = 'evidence' AND case_id = '`+c.ID+`'`)
	for _, bad := range []string{"/", "..", "\r", "\n", `\`} {
		if len(stored) > 0 && containsText(stored, bad) {
			t.Errorf("the file's name is kept as %q", stored)
		}
	}
}

// attackAnew files a withdrawn case anew from its form, and tries the same with a case that is open, or another's.
func attackAnew(t *testing.T, r *running, c service.CaseSummary) {
	me, from := r.enter(t, "E0040"), "/groups/new?from="+c.ID
	if x := me.do(t, http.MethodGet, from, nil); x.status != 404 {
		t.Errorf("an open case is filed anew: %d", x.status)
	}
	r.post(t, "E0040", "/cases/"+c.ID+"/withdrawals", map[string]any{"decision_id": act()}).answer(t)
	if page := me.page(t, from); !containsText(page, c.Title) || !containsText(page, "E0041") {
		t.Error("the form does not hold what was filed before")
	}
	if !containsText(me.page(t, "/cases/"+c.ID), from) {
		t.Error("the case's page does not offer it")
	}
	for _, who := range []string{attacker, "E0006", "E0037", auditing} {
		if x := r.enter(t, who).do(t, http.MethodGet, from, nil); x.status != 404 || containsText(string(x.body), c.Title) {
			t.Errorf("%s takes another's filing over: %d", who, x.status)
		}
	}
	for _, bad := range []string{"x", act(), "' OR 1=1"} {
		if x := me.do(t, http.MethodGet, "/groups/new?from="+url.QueryEscape(bad), nil); x.status != 404 {
			t.Errorf("from %q: %d", bad, x.status)
		}
	}
}
