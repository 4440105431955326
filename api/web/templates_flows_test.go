package web_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/deploy/nda"
)

var agreementLooks = []browsertest.Look{{Lang: "zh-CN", Width: 1280}, {Lang: "en", Width: 390, Dark: true}, {Lang: "zh-CN", Width: 390}, {Lang: "en", Width: 1280}}

// Every page of agreements' texts is sound in both languages, wide and narrow.
func TestTemplatePagesInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base, b := serve(t, newScript(monday)), browsertest.Chrome(t)
	for _, look := range agreementLooks {
		p := b.Page(t, base, look)
		p.SignIn("E0006")
		for _, x := range []struct{ path, name string }{
			{"/nda-templates", "texts"}, {"/nda-templates?from=" + textInForce, "text-from"}, {"/nda-templates/" + textDraft, "text-review"}, {"/nda-templates/" + textMine, "text-mine"},
			{"/nda-templates/" + textApproved, "text-publish"}, {"/nda-templates/" + textReturned, "text-returned"}, {"/nda-templates/" + textScheduled, "text-scheduled"}, {"/nda-templates/" + textBoth, "text-both"},
		} {
			p.Open(x.path)
			p.Sound()
			p.Shot(x.name)
		}
		p = b.Page(t, base, look)
		p.SignIn("E0005")
		p.Open("/nda-templates/" + textDraft)
		p.Sound()
	}
}

// Legal drafts a text, is shown each fault at its line, corrects it; a colleague reviews, publishes and withdraws.
func TestATextOnThePages(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base, b := serve(t, s), browsertest.Chrome(t)
	file := filepath.Join(t.TempDir(), "agreement.md")
	faulty := strings.Replace(string(nda.Chinese), "{{law}}", "**{{laws}}**", 1)
	if err := os.WriteFile(file, []byte(faulty), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, look := range agreementLooks[:2] {
		s.did = nil
		say := map[string]string{"defect": "没有字段 laws", "drafted": "已保存，等待法务审核", "comment": "必填", "returned": "已退回起草人", "approved": "审核通过", "material": "必填", "published": "已发布", "withdrawn": "已撤回"}
		if look.Lang == "en" {
			say = map[string]string{"defect": "no field laws", "drafted": "Stored: legal reviews it", "comment": "required", "returned": "Sent back to its author", "approved": "Approved", "material": "required", "published": "Published", "withdrawn": "Withdrawn"}
		}
		p := b.Page(t, base, look)
		p.Allow("status of 422")
		p.SignIn("E0006")
		p.Open("/nda-templates")
		p.Upload("#f-file", file)
		p.Click("#upload button")
		p.WaitText(".defects", say["defect"])
		p.Sound()
		p.Shot("text-faults")
		if got := p.Eval("document.querySelector('#f-text').value"); !strings.Contains(got, "{{laws}}") {
			t.Error("the text to correct is lost")
		}
		p.Fill("#f-text", string(nda.Chinese))
		p.Fill("#f-note", "新的责任条款")
		p.Click("#upload button")
		p.WaitPath("/nda-templates/" + textMine)
		p.WaitText("#live", say["drafted"])

		p.Open("/nda-templates/" + textDraft)
		p.Click("button[value=return]")
		p.Wait(".errors")
		p.Sound()
		p.Fill("#f-comment", "第四条须写明依据")
		p.Click("button[value=return]")
		p.WaitText("#live", say["returned"])
		p.Click("button[value=approve]")
		p.WaitText("#live", say["approved"])
		p.Open("/nda-templates/" + textApproved)
		p.Click("input[name=material][value=yes]")
		p.Click("form[action$=publications] button")
		p.WaitText("#live", say["published"])
		p.Open("/nda-templates/" + textInForce)
		p.Click(".danger-zone > summary")
		p.Fill("#f-reason", "与新法不符")
		p.Click("form[action$=withdrawals] button")
		p.WaitText("#live", say["withdrawn"])
		if want := []string{"draft 新的责任条款", "review return: 第四条须写明依据", "review approve", "publish material", "withdraw: 与新法不符"}; !slices.Equal(s.did, want) {
			t.Errorf("done: %q", s.did)
		}
	}
}

// Without a script: what is refused stays on the version's own page with what was typed; nobody presumes whether a change
// is material; a date is read in the company's zone; an auditor is offered no act.
func TestTextsAtTheBoundary(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	post, get := poster(t, base, "E0006")
	for _, c := range []struct {
		path   string
		kv     []string
		status int
		says   string
	}{
		{"/" + textDraft + "/reviews", []string{"comment", "改<b>"}, 422, "改&lt;b&gt;"},
		{"/" + textApproved + "/publications", []string{"effective_at", "soon", "material", "yes"}, 422, "f-effective_at"},
		{"/" + textApproved + "/publications", []string{"effective_at", "2027-01-01T00:00"}, 422, "f-material"},
		{"/" + textApproved + "/publications", []string{"effective_at", "2027-01-01T00:00", "material", "no"}, 303, ""},
		{"", []string{"text", "  "}, 422, "f-text"},
	} {
		if status, page := post("/nda-templates"+c.path, c.kv...); status != c.status || !strings.Contains(page, c.says) {
			t.Errorf("%s %v: %d, want %d with %q", c.path, c.kv, status, c.status, c.says)
		}
	}
	if !slices.Equal(s.did, []string{"publish 2026-12-31T16:00:00Z"}) {
		t.Errorf("done: %q", s.did)
	}
	s.broken = &service.Error{Kind: service.Forbidden, Code: "template_own_text"}
	if status, page := post("/nda-templates/"+textMine+"/reviews", "outcome", "approve"); status != 409 || !strings.Contains(page, "不能由自己审核") || !strings.Contains(page, "zh/6") {
		t.Errorf("%d: their own text", status)
	}
	if status, page := get("/nda-templates/" + textBoth); status != 200 || !strings.Contains(page, "<mark>{{party}}</mark>") || strings.Contains(page, "/withdrawals") {
		t.Errorf("%d: the last one in force", status)
	}
	_, get = visit(t, base, "E0005")
	if status, page := get("/nda-templates/" + textDraft); status != 200 || strings.Contains(page, "/reviews") || strings.Contains(page, "from=") {
		t.Errorf("%d: an auditor is offered acts", status)
	}
	_, get = visit(t, base, "E0003")
	if status, _ := get("/nda-templates"); status != 403 {
		t.Errorf("an employee reads drafts: %d", status)
	}
}

// Anybody has a document checked, without signing in; each verdict says plainly what it means.
func TestVerifyInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base, b := serve(t, newScript(monday)), browsertest.Chrome(t)
	dir := t.TempDir()
	words := map[string][2]string{"intact": {"文件完好", "The document is intact"}, "unknown": {"不在存档中", "not on record"}, "incomplete": {"签名不全", "A signature is missing"},
		"unsigned": {"没有签名", "Not signed"}, "other_key": {"不是本平台的签章", "Not this platform's seal"}, "altered": {"文件已被改动", "The document was altered"}, "foreign": {"不是本系统的文件", "No document of this service"}}
	for i, look := range agreementLooks {
		p := b.Page(t, base, look)
		p.Open("/verify")
		p.Sound()
		p.Shot("verify")
		for _, word := range []string{"intact", "unknown", "incomplete", "unsigned", "other_key", "altered", "foreign"} {
			if i > 1 && word != "intact" {
				continue
			}
			file := filepath.Join(dir, word+".pdf")
			if err := os.WriteFile(file, []byte(word), 0o600); err != nil {
				t.Fatal(err)
			}
			p.Upload("#f-file", file)
			p.Click("main form button")
			p.WaitText(".verdict", words[word][map[string]int{"zh-CN": 0, "en": 1}[look.Lang]])
			p.Click(".verdict summary")
			p.Sound()
			p.Shot("verify-" + word)
			if text := p.Text(".verdict"); word == "intact" && !strings.Contains(text, map[string]string{"zh-CN": "不是《电子签名法》意义上的可靠电子签名", "en": "not a reliable signature"}[look.Lang]) {
				t.Error("the level is not told:", text)
			}
		}
	}
}
