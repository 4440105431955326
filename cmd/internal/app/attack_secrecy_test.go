package app_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
)

func containsText(s, part string) bool { return strings.Contains(s, part) }

// attackSecrecy looks for a confidential group from outside: by name, number, id, search, lists, pages, news and mail. All
// that may be learned is that a name is taken (semantics 2: uniqueness).
func attackSecrecy(t *testing.T, r *running) {
	const secret = "玄武并购"
	name := "平台部-" + secret
	f := r.filing(t, name, confidential)
	f.Purpose = "收购对象的尽职调查"
	c := r.file(t, "E0040", f)
	r.hidden(t, "while it is decided", c, "", secret)

	a := r.approve(t, "E0006", c)
	if a.Case == nil {
		t.Fatalf("no case in %+v", a)
	}
	r.approve(t, "E0292", c)
	until(t, "the group is asked for", func() bool { return r.waits(t, "E0037", c.ID) })
	var gid string
	r.sql(t, &gid, `SELECT id FROM groups WHERE case_id = '`+c.ID+`'`)
	r.upload(t, "E0037", "/groups/"+gid+"/confirmations", "screenshot", "s.png", "image/png", picture(t, ""), map[string]string{"decision_id": act(), "name": name, "platform_id": "wx-9"}).answer(t)
	r.hidden(t, "once it is there", c, gid, secret)

	t.Run("the name is taken, and nothing more", func(t *testing.T) {
		probe := r.filing(t, name, department)
		for _, path := range []string{"/groups", "/groups/previews", "/groups/name-checks"} {
			x := r.post(t, attacker, path, probe)
			for _, told := range []string{c.ID, c.Number, gid, "confidential", "E0040", "尽职"} {
				if strings.Contains(string(x.body), told) {
					t.Errorf("%s tells %q: %s", path, told, x.body)
				}
			}
			if !strings.Contains(string(x.body), `"name_taken"`) {
				t.Errorf("%s: %s", path, x.body)
			}
		}
	})
	t.Run("offices need a purpose", func(t *testing.T) {
		for _, who := range []string{auditing, "E0034"} {
			for _, path := range []string{"/cases/" + c.ID, "/cases/" + c.ID + "?purpose=", "/cases/" + c.ID + "/timeline"} {
				x := r.get(t, who, path)
				if x.status != 403 && x.status != 422 || strings.Contains(string(x.body), secret) {
					t.Errorf("%s without a purpose: %d %s", x.what, x.status, x.body)
				}
			}
		}
		for _, path := range []string{"/groups/" + gid, "/groups/" + gid + "/evidence", "/audit/workflows/case-" + c.ID + "/history", "/audit/cases/" + c.ID + "/history", "/audit/workflows/group-" + gid + "/history"} {
			x := r.get(t, auditing, path)
			if x.status < 400 || x.status >= 500 || strings.Contains(string(x.body), secret) {
				t.Errorf("%s without a purpose: %d %.300s", x.what, x.status, x.body)
			}
		}
		for _, q := range []string{"", "?q=" + url.QueryEscape(secret), "?q=" + c.Number} {
			if x := r.get(t, auditing, "/audit/cases"+q).is(t, 200); strings.Contains(string(x.body), secret) {
				t.Errorf("the auditor's list shows a confidential title without a purpose: %.300s", x.body)
			}
		}
		var n int
		r.get(t, auditing, "/cases/"+c.ID+"?purpose="+url.QueryEscape("例行审计")).is(t, 200)
		r.sql(t, &n, `SELECT count(*) FROM api_events WHERE kind = 'read_case' AND subject_id = '`+c.ID+`' AND actor_id = '`+string(r.id(t, auditing))+`'`)
		if n == 0 {
			t.Error("the reading was not recorded")
		}
	})
}

// hidden checks from outside that a case and its group cannot be found.
func (r *running) hidden(t *testing.T, when string, c service.CaseSummary, gid, secret string) {
	t.Run(when, func(t *testing.T) {
		in := r.enter(t, attacker)
		for _, q := range []string{secret, c.Number, "平台部", "%", "_", "%%", `\`, `%' OR '1'='1`, ".*", "玄", "wx-9"} {
			for _, path := range []string{"/groups?q=", "/groups?mine=false&q=", "/people?q="} {
				x := r.get(t, attacker, path+url.QueryEscape(q)).is(t, 200)
				if strings.Contains(string(x.body), secret) || strings.Contains(string(x.body), c.ID) {
					t.Errorf("%s%s finds it", path, q)
				}
			}
			if strings.Contains(strings.ReplaceAll(in.page(t, "/groups?q="+url.QueryEscape(q)), "value=\""+secret, ""), secret+"</") {
				t.Errorf("the register's page finds it by %q", q)
			}
		}
		for _, path := range []string{"/groups?tier=confidential", "/groups?tier=secret", "/groups?mine=true", "/inbox", "/cases", "/notifications", "/me"} {
			if x := r.get(t, attacker, path).is(t, 200); strings.Contains(string(x.body), secret) || gid != "" && strings.Contains(string(x.body), gid) {
				t.Errorf("%s shows it", path)
			}
		}
		for _, path := range []string{"/", "/inbox", "/cases", "/groups", "/groups?tier=confidential", "/notifications", "/demo/mail"} {
			if strings.Contains(in.page(t, path), secret) {
				t.Errorf("the page %s shows it", path)
			}
		}
		if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(in.page(t, "/groups.csv"), "\ufeff"))).ReadAll(); err != nil || strings.Contains(fmt.Sprint(rows), secret) {
			t.Errorf("the export shows it: %v", err)
		}
		// What exists and may not be known answers as what does not exist.
		same := func(method, path, missing, body string) {
			one, err := r.try(attacker, method, path, "application/json", []byte(body))
			two, err2 := r.try(attacker, method, missing, "application/json", []byte(body))
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			p, q := one.problem(t), two.problem(t)
			p.RequestID, q.RequestID = "", ""
			if one.status != two.status || jsonText(t, p) != jsonText(t, q) {
				t.Errorf("%s %s: %d %s, and for what is not there %d %s", method, path, one.status, one.body, two.status, two.body)
			}
		}
		type way struct{ method, path, body string }
		ways := []way{{"GET", "/cases/ID", ""}, {"GET", "/cases/ID?purpose=x", ""}, {"GET", "/cases/ID/timeline", ""}, {"GET", "/cases/ID/acts/" + act(), ""},
			{"POST", "/cases/ID/decisions", `{"decision_id":"` + act() + `","outcome":"approve","material_digest":"` + c.Digest + `"}`},
			{"POST", "/cases/ID/comments", `{"decision_id":"` + act() + `","text":"x"}`}, {"POST", "/cases/ID/withdrawals", `{"decision_id":"` + act() + `"}`},
			{"GET", "/audit/cases/ID/history", ""}, {"POST", "/audit/cases/ID/replays", `{"purpose":"x"}`}, {"GET", "/audit/workflows/case-ID/history", ""}}
		for _, w := range ways {
			same(w.method, strings.Replace(w.path, "ID", c.ID, 1), strings.Replace(w.path, "ID", act(), 1), w.body)
		}
		if gid != "" {
			shot := `{"decision_id":"` + act() + `","name":"x","platform_id":"y","screenshot":"iVBORw0KGgo="}`
			for _, w := range []way{{"GET", "/groups/ID", ""}, {"GET", "/groups/ID?purpose=x", ""}, {"GET", "/groups/ID/evidence", ""},
				{"POST", "/groups/ID/confirmations", shot}, {"POST", "/groups/ID/retries", `{"decision_id":"` + act() + `"}`}, {"GET", "/audit/workflows/group-ID/history", ""}} {
				same(w.method, strings.Replace(w.path, "ID", gid, 1), strings.Replace(w.path, "ID", act(), 1), w.body)
			}
			if x := in.do(t, http.MethodGet, "/groups/"+gid, nil); x.status != 404 || strings.Contains(string(x.body), secret) {
				t.Errorf("the group's page: %d", x.status)
			}
		}
		if x := in.do(t, http.MethodGet, "/cases/"+c.ID, nil); x.status != 404 || strings.Contains(string(x.body), secret) {
			t.Errorf("the case's page: %d", x.status)
		}
	})
}

// calmLog checks that all the attacks together made no error of ours, and that the log tells nothing that was said.
func calmLog(t *testing.T, r *running) {
	text := r.log.String()
	for line := range strings.Lines(text) {
		if strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "panic") {
			t.Errorf("logged: %.500s", line)
		}
	}
	for _, told := range []string{"玄武并购", "尽职调查", "<script>", "攻击演练", "Bearer demo:E0041", "qb_"} {
		if strings.Contains(text, told) {
			i := strings.Index(text, told)
			t.Errorf("the log tells %q: %.300s", told, text[max(0, i-200):min(len(text), i+100)])
		}
	}
}
