package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/cmd/internal/app"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
)

// What is planted in a contract notice. The codename is one of the default policy's.
const (
	noticeID      = "11010519491231002X"
	noticePhone   = "13812345678"
	noticeCode    = "青鸾项目"
	noticePlanted = "planted-notice-5d21c8"
)

// draftOf is a contract notice that screening finds something in.
func draftOf(group string) map[string]any {
	return map[string]any{
		"subject": "合同签订通知", "text": "与供应商的合同已签订，联系人身份证号" + noticeID + "，电话" + noticePhone + "，涉及" + noticeCode + "，请按约执行。",
		"source": "法务部", "application": "平台部", "demands": "限群内阅知 " + noticePlanted, "class": "general", "urgent": true, "reason": "当日生效",
		"groups": []string{group}, "scope": map[string]any{"groups": []string{group}},
	}
}

func (c compared) publication(t *testing.T, who, id string) (v service.PostView) {
	t.Helper()
	c.get(t, who, "/publications/"+id).is(t, http.StatusOK).into(t, &v)
	return v
}

// replayed waits until the auditor finds that a publication's history and its rows agree.
func (c compared) replayed(t *testing.T, id string) {
	t.Helper()
	var v service.ReplayVerdict
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if v = c.verdict(t, "post-"+id); v.OK {
			return
		}
	}
	t.Errorf("the replay of the publication: %+v", v)
}

// TestAContractNoticeIsPosted takes a notice with a resident ID, a phone number and a codename from its draft to the message in the
// group and back, with a platform that loses answers, and looks for what was planted everywhere else.
func TestAContractNoticeIsPosted(t *testing.T) {
	box, err := mail.NewSink(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = box.Close(context.Background()) })
	// Here ordinary groups carry sensitive matter too, so that nobody has to sign and learn first.
	rules := strings.Replace(string(defaultpolicy.Policy), "carries: {ordinary: important_strategic", "carries: {ordinary: sensitive", 1)
	c := withPlatformUnder(t, time.Hour, rules, func(c *app.Config) {
		s := box.SMTP()
		c.SMTP, c.MailFrom = fmt.Sprintf("%s:%d", s.Host, s.Port), s.From
	})
	group, room := c.stands(t, "平台部-合同通知")
	draft := draftOf(group)

	var shown service.PostPreview
	c.post(t, "E0040", "/publications/previews", draft).is(t, http.StatusOK).into(t, &shown)
	var kinds []string
	for _, f := range shown.Findings {
		kinds = append(kinds, f.Kind)
	}
	for _, k := range []string{"resident_id", "mobile", "codename"} {
		if !slices.Contains(kinds, k) {
			t.Errorf("%s was not found: %v", k, kinds)
		}
	}
	if shown.Class != domain.ClassSensitive || shown.Route == nil || len(shown.Misfits)+len(shown.Faults) > 0 {
		t.Fatalf("preview: %s, misfits %v, faults %v", shown.Class, shown.Misfits, shown.Faults)
	}
	for _, s := range []string{noticeID, noticePhone, noticeCode} {
		if strings.Contains(shown.Clean.Text, s) {
			t.Errorf("%s is left: %s", s, shown.Clean.Text)
		}
	}

	key := uuid.NewString()
	var p, again service.PostView
	c.post(t, "E0040", "/publications", draft, "Idempotency-Key", key).is(t, http.StatusCreated).into(t, &p)
	c.post(t, "E0040", "/publications", draft, "Idempotency-Key", key).is(t, http.StatusCreated).into(t, &again)
	if again.ID != p.ID || p.State != domain.PostDraft {
		t.Fatalf("drafted twice: %s %s, %s", p.ID, again.ID, p.State)
	}
	at := "/publications/" + p.ID
	for _, who := range []string{"E0006", "E0037", "E0041"} { // a draft is its author's alone
		c.get(t, who, at).is(t, http.StatusNotFound)
	}
	c.post(t, "E0041", at+"/submissions", map[string]any{"written": p.Written}).is(t, http.StatusNotFound)
	c.post(t, "E0040", at+"/submissions", map[string]any{"written": "sha256:other"}).is(t, http.StatusConflict)
	c.post(t, "E0040", at+"/submissions", map[string]any{"written": p.Written}).is(t, http.StatusOK).into(t, &p)
	if p.State != domain.PostInApproval || p.Class != domain.ClassSensitive || p.CaseID == "" {
		t.Fatalf("submitted: %s %s %q", p.State, p.Class, p.CaseID)
	}

	// Who is asked reads it, and that is recorded; nobody else does. The case itself says not a word.
	asked := c.publication(t, "E0006", p.ID)
	if asked.Original == nil || asked.Clean == nil || !strings.Contains(asked.Original.Text, noticeID) || strings.Contains(asked.Clean.Text, noticeID) {
		t.Errorf("who is asked to decide reads %+v", asked)
	}
	officer := c.officers(t)[0]
	if v := c.publication(t, officer, p.ID); v.Original != nil || v.Clean != nil {
		t.Error("security reads without a purpose")
	}
	var reads int
	c.sql(t, &reads, `SELECT count(*) FROM api_events WHERE kind = 'read_post' AND subject_id = $1`, p.ID)
	if reads != 1 {
		t.Errorf("%d readings are recorded", reads)
	}
	cs := c.read(t, "E0006", p.CaseID)
	if cs.Post == nil || cs.Post.Post != p.ID || cs.Title != p.Number || cs.Digest != p.Digest {
		t.Errorf("the case: %+v", cs.Post)
	}

	// One character changed: not while it is decided on, and not after.
	changed := draftOf(group)
	changed["text"] = strings.Replace(changed["text"].(string), "已", "未", 1)
	c.put(t, "E0040", at, changed).is(t, http.StatusConflict)
	c.far.ScriptOf(chattest.OpPost, chattest.LoseAnswer, chattest.LoseAnswer)
	c.approve(t, "E0006", cs.CaseSummary)
	c.approve(t, officer, cs.CaseSummary)
	until(t, "it is posted", func() bool { p = c.publication(t, "E0040", p.ID); return p.State == domain.PostPosted })
	c.put(t, "E0040", at, changed).is(t, http.StatusConflict)

	g := p.Groups[0]
	if g.State != domain.PostingDone || g.Receipt == nil || g.Receipt.ID == "" {
		t.Fatalf("posted without a receipt: %+v", g)
	}
	texts, err := c.far.Texts(c.id(t, "E0037"), room)
	if err != nil || len(texts) != 1 || !strings.Contains(texts[0], "合同已签订") {
		t.Fatalf("in the group: %q, %v", texts, err)
	}
	for _, s := range []string{noticeID, noticePhone, noticeCode} {
		if strings.Contains(texts[0], s) {
			t.Errorf("%s was posted", s)
		}
	}
	c.sound(t, p.CaseID)
	c.replayed(t, p.ID)

	act := func() string { return uuid.NewString() }
	c.post(t, "E0041", at+"/recalls", map[string]any{"decision_id": act(), "comment": "发错"}).is(t, http.StatusNotFound)
	recall := act()
	for range 2 { // the same act is answered the same
		c.post(t, "E0040", at+"/recalls", map[string]any{"decision_id": recall, "comment": "发错"}).answer(t)
	}
	until(t, "it is recalled", func() bool { p = c.publication(t, "E0040", p.ID); return p.State == domain.PostRecalled })
	if texts, err := c.far.Texts(c.id(t, "E0037"), room); err != nil || len(texts) > 0 {
		t.Errorf("after the recall: %q, %v", texts, err)
	}
	c.replayed(t, p.ID)

	secrets := []string{noticeID, noticePhone, noticePlanted, "合同已签订"}
	if got := holders(t, c.c.DatabaseURL, secrets); len(got) > 0 {
		t.Errorf("in our database: %v", got)
	}
	for _, name := range []string{"temporal", "temporal_visibility"} {
		u, err := url.Parse(c.c.DatabaseURL)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + name
		got := holders(t, u.String(), append(slices.Clone(secrets), "post-"+p.ID))
		if len(got["post-"+p.ID]) == 0 {
			t.Errorf("%s was not searched", name)
		}
		if delete(got, "post-"+p.ID); len(got) > 0 {
			t.Errorf("in %s: %v", name, got)
		}
	}
	for _, s := range secrets {
		if line := lineWith(c.log.String(), s); line != "" {
			t.Errorf("in the log: %s", line)
		}
		for _, m := range box.List(500) {
			if strings.Contains(m.Subject+m.Body, s) {
				t.Errorf("in a mail: %s", m.Subject)
			}
		}
	}
}
