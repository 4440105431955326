package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// mailsTo are the mails that went to somebody and hold a word, the newest first.
func (p posted) mailsTo(who, word string) (out []string) {
	for _, m := range p.box.List(500) {
		if strings.HasPrefix(m.To, strings.ToLower(who)+"@") && (strings.Contains(m.Body, word) || strings.Contains(m.Subject, word)) {
			out = append(out, m.Subject+"\n"+m.Body)
		}
	}
	return out
}

// due makes what waits in the outbox due now: an hour passes.
func (r *running) due(t *testing.T, kind string) {
	t.Helper()
	var n int
	r.sql(t, &n, `WITH x AS (UPDATE outbox SET due_at = now() WHERE done_at IS NULL AND kind LIKE $1 RETURNING 1) SELECT count(*) FROM x`, kind)
}

// byCode signs a secret group's agreement as its signer.
func (p posted) byCode(t *testing.T, who string, n service.NDAView) {
	t.Helper()
	at := "/ndas/" + n.ID
	p.post(t, who, at+"/views", with("end", true)).answer(t)
	p.post(t, who, at+"/codes", map[string]any{}).is(t, http.StatusCreated)
	p.post(t, who, at+"/verifications", with("code", p.codeTo(t, who))).answer(t)
	p.post(t, who, at+"/signatures", with("shown", n.Digest, "consent", n.Consent, "name", n.Person.Name)).answer(t)
}

// The whole of the company's side on a real engine: an hour without a mail server, the way on paper for a name that no typeface
// has, one notice for all that wait to be signed for the company, several signed at once by somebody whose own name cannot be
// drawn, one made void, and the return after leaving the group and after leaving the company.
func TestTheCompanySigns(t *testing.T) {
	var ahead atomic.Int64
	var line *wire
	p := withMail(t, func(c *app.Config) {
		line = newWire(t, c.SMTP)
		c.SMTP = line.addr
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	r, legal2 := p.running, p.legal2(t)
	const rare = "王\U000323af"
	b := demoBook(t)
	b.set(t, "E0041", "姓名", rare)
	b.set(t, legal2, "姓名", "郑\U000323af")
	r.importBook(t, "E0260", "full=true", b.csv()).is(t, http.StatusOK)
	gid := r.secretGroup(t, "平台部-昆仑核心", domain.TierSecret)
	first, second, hand := r.asked(t, "E0037", gid), r.asked(t, "E0038", gid), r.asked(t, "E0041", gid)

	// The mail server is away for an hour: the code that was asked for meanwhile is dead by then, and never sent.
	line.cut()
	at := "/ndas/" + first.ID
	r.post(t, "E0037", at+"/views", with("end", true)).answer(t)
	r.post(t, "E0037", at+"/codes", map[string]any{}).is(t, http.StatusCreated)
	tried := func(n int) func() bool {
		return func() bool {
			var tries int
			r.sql(t, &tries, `SELECT coalesce(max(attempts), 0) FROM outbox WHERE kind = 'nda_code' AND done_at IS NULL AND last_error = 'mail_unavailable'`)
			return tries >= n
		}
	}
	until(t, "the code's mail finds no server", tried(1))
	r.due(t, "nda_news")
	if v := r.nda(t, "E0037", first.ID); v.Code == nil || v.Code.Sent != nil {
		t.Errorf("the page says of the code: %+v", v.Code)
	}
	ahead.Store(int64(time.Hour))
	r.due(t, "nda_code")
	if f := r.post(t, "E0037", at+"/verifications", with("code", "123456")).is(t, http.StatusUnprocessableEntity).problem(t).Faults; len(f) != 1 || f[0].Code != "code_expired" {
		t.Errorf("an hour later: %+v", f)
	}
	r.post(t, "E0037", at+"/codes", map[string]any{}).is(t, http.StatusCreated)
	until(t, "the second code's mail finds no server either", tried(1))
	line.mend()
	r.due(t, "nda_%")
	r.post(t, "E0037", at+"/verifications", with("code", p.codeTo(t, "E0037"))).answer(t)
	r.post(t, "E0037", at+"/signatures", with("shown", first.Digest, "consent", first.Consent, "name", first.Person.Name)).answer(t)
	until(t, "what was to be told is told", func() bool {
		var left int
		r.sql(t, &left, `SELECT count(*) FROM outbox WHERE done_at IS NULL AND kind LIKE 'nda_%' AND due_at <= now() + interval '30 seconds'`)
		return left == 0 && len(p.mailsTo("E0037", "请签署")) > 0
	})
	codes := 0
	for _, m := range p.mailsTo("E0037", "") {
		if sixDigits.MatchString(m) {
			codes++
		}
	}
	if asked := len(p.mailsTo("E0037", "请签署")); codes != 1 || asked != 1 {
		t.Errorf("after the hour: %d codes, %d mails that ask to sign", codes, asked)
	}

	// On paper: printed, signed by hand, scanned by somebody else, looked at by legal.
	at = "/ndas/" + hand.ID
	if !hand.Paper || hand.Person.Name != rare {
		t.Fatalf("a name that no typeface has: %+v", hand.NDARow)
	}
	r.post(t, "E0041", at+"/views", with("end", true)).answer(t)
	if q := r.post(t, "E0041", at+"/signatures", with("shown", hand.Digest, "consent", hand.Consent, "name", rare)).is(t, http.StatusConflict).problem(t); q.Code != "only_on_paper" {
		t.Errorf("on the screen: %s", q.Code)
	}
	if q := r.post(t, "E0041", at+"/codes", map[string]any{}).is(t, http.StatusConflict).problem(t); q.Code != "only_on_paper" {
		t.Errorf("a code: %s", q.Code)
	}
	printed := r.get(t, "E0041", at+"/copy").is(t, http.StatusOK).body
	if text := pdfText(t, printed); !strings.Contains(text, "U+323AF") || strings.Contains(text, "签署证据页") {
		t.Errorf("the copy to sign: %.300s", text)
	}
	scan := func(who, shown string, data []byte) reply {
		return r.upload(t, who, at+"/scans", "file", "scan.pdf", "application/pdf", data, map[string]string{"decision_id": uuid.NewString(), "shown": shown})
	}
	scan("E0041", hand.Digest, printed).is(t, http.StatusForbidden)
	scan("E0037", hand.Digest, []byte("MZ no scan")).is(t, http.StatusUnprocessableEntity)
	if q := scan("E0037", strings.Repeat("0", 64), printed).is(t, http.StatusConflict).problem(t); q.Code != "material_changed" {
		t.Errorf("the scan of another text: %s", q.Code)
	}
	scan("E0037", hand.Digest, printed).answer(t)
	if q := scan("E0037", hand.Digest, printed).is(t, http.StatusConflict).problem(t); q.Code != "already_decided" {
		t.Errorf("a second scan: %s", q.Code)
	}
	if got := r.get(t, legal2, at+"/scan").is(t, http.StatusOK).body; string(got) != string(printed) {
		t.Error("the scan came back another")
	}

	// All three wait for the company: each of legal has one notice and one mail, however many they are.
	p.byCode(t, "E0038", second)
	for _, who := range []string{legal1, legal2} {
		var told int
		r.sql(t, &told, `SELECT count(*) FROM notifications n JOIN employees e ON e.id = n.person_id WHERE e.number = $1 AND n.kind = 'nda_counter'`, who)
		var me service.MeView
		r.get(t, who, "/me").into(t, &me)
		if told != 1 || me.ToCountersign != 3 {
			t.Errorf("%s has %d notices, and %d to sign for the company", who, told, me.ToCountersign)
		}
		until(t, who+"'s mail", func() bool { r.due(t, "nda_news"); return len(p.mailsTo(who, "待您代表公司签署")) > 0 })
		if m := p.mailsTo(who, "待您代表公司签署"); len(m) != 1 || !strings.Contains(m[0], "3 份") || !strings.Contains(m[0], "/ndas?scope=countersign") || strings.Contains(m[0], "昆仑") {
			t.Errorf("%s was mailed %q", who, m)
		}
	}
	if status, _, page := r.page(t, legal1, "/"); status != http.StatusOK || !strings.Contains(page, "/ndas?scope=countersign") {
		t.Errorf("the first page of legal says nothing of it: %d", status)
	}
	var queue service.Page[service.NDARow]
	r.get(t, legal2, "/ndas?scope=countersign").is(t, http.StatusOK).into(t, &queue)
	if len(queue.Items) != 3 {
		t.Fatalf("the queue: %+v", queue.Items)
	}
	items := []map[string]string{{"nda": uuid.NewString(), "decision_id": uuid.NewString(), "shown": first.Digest}, {"nda": first.ID, "decision_id": uuid.NewString(), "shown": strings.Repeat("0", 64)}}
	for _, n := range queue.Items {
		items = append(items, map[string]string{"nda": n.ID, "decision_id": uuid.NewString(), "shown": n.Digest})
	}
	var done struct {
		Items []struct {
			NDA, Result, Code string
			Status            int
		}
	}
	r.post(t, "E0037", "/ndas/countersignatures", map[string]any{"items": items[2:3]}).is(t, http.StatusOK).into(t, &done)
	if s := done.Items[0].Status; s != http.StatusForbidden && s != http.StatusNotFound {
		t.Errorf("an admin signs for the company: %+v", done)
	}
	r.post(t, legal2, "/ndas/countersignatures", map[string]any{"items": items}).is(t, http.StatusOK).into(t, &done)
	for i, want := range []int{http.StatusNotFound, http.StatusConflict, http.StatusOK, http.StatusOK, http.StatusOK} {
		if done.Items[i].Status != want {
			t.Errorf("item %d of the batch: %+v, want %d", i, done.Items[i], want)
		}
	}
	for _, n := range []service.NDAView{first, second, hand} {
		var v service.NDAView
		until(t, n.Number+" is sealed", func() bool { v = r.nda(t, legal2, n.ID); return v.State == domain.NDASealed || v.Fault != "" })
		if v.Fault != "" || v.Seal == nil || v.Seal.Level != "platform_seal" || v.Counter == nil || v.Counter.Number != legal2 {
			t.Fatalf("%s: fault %q, %+v", n.Number, v.Fault, v.Seal)
		}
		pdf := r.get(t, legal2, "/ndas/"+n.ID+"/document").is(t, http.StatusOK).body
		text := strings.Join(strings.Fields(pdfText(t, pdf)), "")
		for _, word := range []string{legal2 + "（姓名有字体缺字，以工号表示", "zh/1", n.Number} { // a name that cannot be drawn holds no document up
			if !strings.Contains(text, word) {
				t.Errorf("%s does not say %q", n.Number, word)
			}
		}
		if strings.Contains(text, "U+323AF") != (n.ID == hand.ID) || strings.Contains(text, "纸质签署") != (n.ID == hand.ID) {
			t.Errorf("%s: how it was signed reads wrong", n.Number)
		}
		if v := r.verdict(t, "nda-"+n.ID); !v.OK {
			t.Errorf("the replay of %s: %+v", n.Number, v)
		}
	}
	until(t, "the next morning's mail has nothing to say", func() bool {
		var left int
		r.due(t, "nda_news")
		r.sql(t, &left, `SELECT count(*) FROM outbox WHERE done_at IS NULL AND kind = 'nda_news'`)
		return left == 0
	})
	if m := p.mailsTo(legal1, "待您代表公司签署"); len(m) != 1 {
		t.Errorf("%s was mailed again: %q", legal1, m)
	}

	r.voided(t, gid, legal1)
	r.returned(t, gid, hand, second, b)
}

// voided has legal make an open agreement void.
func (r *running) voided(t *testing.T, gid, legal string) {
	t.Helper()
	r.post(t, "E0037", "/groups/"+gid+"/members", with("people", []string{string(r.id(t, "E0042"))})).answer(t)
	n := r.asked(t, "E0042", gid)
	at := "/ndas/" + n.ID
	r.post(t, "E0037", at+"/voids", with("comment", "写错了")).is(t, http.StatusForbidden)
	r.post(t, legal, at+"/voids", newAct()).is(t, http.StatusUnprocessableEntity)
	void := with("comment", "写错了")
	r.post(t, legal, at+"/voids", void).answer(t)
	if a := r.post(t, legal, at+"/voids", void).answer(t); a.Result != domain.Duplicate {
		t.Errorf("void once more: %+v", a)
	}
	r.post(t, "E0042", at+"/views", with("end", true)).is(t, http.StatusConflict)
	v := r.nda(t, "E0042", n.ID)
	if v.State != domain.NDAVoided || !slices.ContainsFunc(v.Timeline, func(e service.TimelineEntry) bool { return e.Kind == "nda.void" && e.Comment == "写错了" }) {
		t.Errorf("void: %s %+v", v.State, v.Timeline)
	}
	r.get(t, legal, at+"/document").is(t, http.StatusConflict)
	until(t, "who has no agreement has no place", func() bool { return r.place(t, "E0037", gid, "E0042") == domain.MemberRemoved })
}

// place is where somebody stands in a group; removed when they are not in it.
func (r *running) place(t *testing.T, who, gid, number string) domain.MemberState {
	t.Helper()
	var p service.Page[service.MemberView]
	r.get(t, who, "/groups/"+gid+"/members?limit=100").is(t, http.StatusOK).into(t, &p)
	for _, m := range p.Items {
		if m.Person.Number == number {
			return domain.MemberState(m.State)
		}
	}
	return domain.MemberRemoved
}

// returned has two signers leave: one the group, one the company.
func (r *running) returned(t *testing.T, gid string, out, gone service.NDAView, b *book) {
	t.Helper()
	r.post(t, "E0041", "/ndas/"+out.ID+"/returns", newAct()).is(t, http.StatusConflict) // still in
	r.post(t, "E0037", "/groups/"+gid+"/members/"+string(r.id(t, "E0041"))+"/removals", with("comment", "已转岗")).answer(t)
	var v service.NDAView
	until(t, "the agreement ends with the membership", func() bool { v = r.nda(t, "E0041", out.ID); return v.State == domain.NDATerminated })
	if v.Survives == nil || v.Returned != nil {
		t.Errorf("the duties survive until %v", v.Survives)
	}
	r.post(t, "E0037", "/ndas/"+out.ID+"/returns", newAct()).is(t, http.StatusForbidden)
	r.post(t, "E0041", "/ndas/"+out.ID+"/returns", newAct()).answer(t)
	r.post(t, "E0260", "/ndas/"+out.ID+"/returns", newAct()).is(t, http.StatusConflict)

	b.set(t, "E0038", "状态", "离职")
	r.importBook(t, "E0260", "full=true", b.csv()).is(t, http.StatusOK)
	var list service.Page[service.NDARow]
	until(t, "HR is asked for who left", func() bool {
		r.get(t, "E0260", "/ndas?scope=returns").is(t, http.StatusOK).into(t, &list)
		return len(list.Items) > 0
	})
	if n := list.Items[0]; len(list.Items) != 1 || n.ID != gone.ID || !n.Closed || n.Group.Name != "" || !slices.Contains(n.Can, "return") {
		t.Errorf("HR's list: %+v", list.Items)
	}
	r.get(t, "E0037", "/ndas?scope=returns").is(t, http.StatusForbidden)
	r.get(t, "E0260", "/ndas/"+gone.ID).is(t, http.StatusNotFound) // acts on it, and does not read it
	var news service.Page[service.NotificationView]
	r.get(t, "E0260", "/notifications").is(t, http.StatusOK).into(t, &news)
	if i := slices.IndexFunc(news.Items, func(n service.NotificationView) bool { return n.Kind == "nda_left" && n.SubjectID == gone.ID }); i < 0 || news.Items[i].Title != "" {
		t.Errorf("HR's news: %+v", news.Items)
	}
	status, _, page := r.page(t, "E0260", "/ndas?scope=returns")
	if status != http.StatusOK || !strings.Contains(page, `action="/ndas/`+gone.ID+`/returns"`) || strings.Contains(page, "昆仑") {
		t.Errorf("HR's page: %d of %d bytes", status, len(page))
	}
	hr := r.enter(t, "E0260")
	x := hr.do(t, http.MethodPost, "/ndas/"+gone.ID+"/returns", url.Values{"_csrf": {hr.csrf}, "scope": {"returns"}, "act_id": {uuid.NewString()}}).is(t, http.StatusSeeOther)
	if to := x.header.Get("Location"); !strings.HasPrefix(to, "/ndas?") || !strings.Contains(to, "scope=returns") {
		t.Errorf("confirmed on the page, HR comes to %q", to)
	}
	r.get(t, "E0260", "/ndas?scope=returns").is(t, http.StatusOK).into(t, &list)
	if len(list.Items) != 0 {
		t.Errorf("confirmed, and still asked: %+v", list.Items)
	}
}
