package web_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

var (
	wide  = browsertest.Look{Lang: "zh-CN", Width: 1280}
	phone = browsertest.Look{Lang: "zh-CN", Width: 390}
)

// A leader approves with two taps from the inbox on a phone, with scripts and without.
func TestTwoTapsFromTheInbox(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for _, noScript := range []bool{false, true} {
		s := newScript(monday)
		look := phone
		look.NoScript = noScript
		p := b.Page(t, serve(t, s), look)
		p.SignIn("E0001")
		p.Open("/inbox")
		p.Click(".on-phone .act-approve > summary")
		if look.NoScript {
			p.Sound()
		}
		p.Shot("inbox-tap")
		p.Click(".on-phone .act-approve button.confirm")
		p.WaitText("#live", "G-2026-00042 已同意")
		if n := p.Count(".inbox-item"); n != "1" {
			t.Errorf("without scripts %v: %s things still wait, want 1", noScript, n)
		}
		if s.decided[id(201)] != domain.Approve {
			t.Errorf("without scripts %v: no approval arrived: %v", noScript, s.decided)
		}
		if n := p.Text("#tabs .count"); n != "1" {
			t.Errorf("without scripts %v: the navigation still counts %q", noScript, n)
		}
	}
}

// Somebody who was too late learns who decided; when the service is away, what was kept.
func TestActsAreAnsweredHonestly(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	at := monday.Add(-2 * time.Minute)
	for _, x := range []struct {
		err  *service.Error
		want string
	}{
		{&service.Error{Kind: service.Conflict, Code: "step_settled", Answer: &service.ActAnswer{Result: domain.TooLate, Reason: domain.ReasonSettled, DecidedBy: &people[1], DecidedAt: &at, Status: domain.CaseApproved}}, "李雪梅已于2 分钟前作出决定"},
		{&service.Error{Kind: service.Unavailable, Code: "engine_unavailable", RetryAfter: 5}, "请"},
		{&service.Error{Kind: service.Conflict, Code: "material_changed", Answer: &service.ActAnswer{Result: domain.Refused, Reason: domain.ReasonStale}}, "最新内容"},
	} {
		s := newScript(monday)
		s.broken = x.err
		base := serve(t, s)
		for _, from := range []string{"/inbox", "/cases/" + id(201)} {
			p := b.Page(t, base, wide)
			p.Allow("status of 409")
			p.Allow("status of 503")
			p.Allow("Response Status Error Code") // htmx says so too
			p.SignIn("E0001")
			p.Open(from)
			p.Click(".dock .act-reject > summary")
			p.Fill(".dock .act-reject textarea", "范围过大")
			key := p.Eval("document.querySelector('.dock .act-reject [name=decision_id]').value")
			p.Click(".dock .act-reject button.confirm")
			p.WaitText("#live", x.want)
			if got := p.Eval("document.querySelector('.dock .act-reject textarea').value"); got != "范围过大" {
				t.Errorf("%s: the reason typed is lost: %q", x.err.Code, got)
			}
			same := key == p.Eval("document.querySelector('.dock .act-reject [name=decision_id]').value")
			if away := x.err.Kind == service.Unavailable; same != away {
				t.Errorf("%s: the same key again %v, want %v", x.err.Code, same, away)
			}
			p.Sound()
			p.Shot("answer-" + string(x.err.Kind))
		}
	}
}

// The form checks the name while it is typed, offers one that fits, finds people, shows the route, keeps what was typed.
func TestFilingInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base := serve(t, s)
	p := browsertest.Chrome(t).Page(t, base, wide)
	p.Allow("status of 422")
	p.SignIn("E0003")
	p.Open("/groups/new")
	p.Fill("#f-name", "值班")
	p.Wait(".suggest")
	p.Click(".suggest")
	p.WaitText("#name-check", "名称可用")
	if got := p.Eval("document.querySelector('#f-name').value"); got != "平台部-值班" {
		t.Errorf("the suggestion was not taken over: %q", got)
	}
	p.WaitText("#route-preview", "王建国")
	p.Fill("[data-picker=admins] .find input", "孙")
	p.Wait("[data-picker=admins] .found button")
	p.Shot("file-pick")
	p.Click("[data-picker=admins] .found button")
	if n := p.Count("[data-picker=admins] .chip"); n != "2" {
		t.Errorf("%s admins chosen, want 2", n)
	}
	p.Click("input[name=tier][value=confidential]")
	if p.Eval("document.querySelector('input[name=see_contacts]').disabled") != "true" {
		t.Error("a confidential group may still show contact data")
	}
	p.Click("button[value=file]")
	p.WaitText(".errors", "用途")
	p.Sound()
	p.Shot("file-errors")
	if got := p.Eval("document.querySelector('#f-name').value + document.querySelectorAll('[data-picker=admins] .chip').length"); got != "平台部-值班2" {
		t.Errorf("what was typed is lost: %q", got)
	}
	p.Click(".errors a")
	if got := p.Eval("location.hash"); got != "#f-purpose" {
		t.Errorf("the summary leads to %q", got)
	}
	p.Fill("#f-purpose", "值班交接与告警同步。")
	p.Click("button[value=file]")
	p.WaitPath("/cases/")
	p.WaitText("#live", "G-2026-00099 已提交")
	if len(s.filed) != 1 {
		t.Errorf("%d cases filed, want 1", len(s.filed))
	}
}

// Everything of the form works without scripts: a suggested name, staff numbers, the preview, the filing.
func TestFilingWithoutScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), browsertest.Look{Lang: "en", Width: 390, NoScript: true})
	p.Allow("status of 422")
	p.SignIn("E0003")
	p.Open("/groups/new")
	p.Fill("#f-name", "值班")
	p.Fill("#f-purpose", "值班交接")
	p.Click("[data-picker=admins] .by-number summary")
	p.Fill("textarea[name=admin_numbers]", "E0008，E9999")
	p.Click("button.nojs[value=preview]")
	p.WaitText(".errors", "E9999")
	p.Click(".suggest")
	p.WaitText("#name-check", "free")
	p.Sound()
	p.Fill("textarea[name=admin_numbers]", "")
	p.Click("button.big[value=file]")
	p.WaitPath("/cases/")
	if len(s.filed) != 1 {
		t.Errorf("%d cases filed, want 1", len(s.filed))
	}
}

// A case prints with its route and timeline, and without what can only be clicked.
func TestPaper(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	p := browsertest.Chrome(t).Page(t, serve(t, newScript(monday)), wide)
	p.SignIn("E0001")
	p.Open("/cases/" + id(201))
	if n := p.Paper("case"); n < 10_000 {
		t.Errorf("the paper has %d bytes", n)
	}
	p.Print(true)
	for _, css := range []string{".topbar", ".side", ".decide", ".say"} {
		if n := p.Count(css); n != "0" {
			t.Errorf("%s stands on paper", css)
		}
	}
	for _, css := range []string{".route", ".timeline", ".facts"} {
		if n := p.Count(css); n == "0" {
			t.Errorf("%s is missing on paper", css)
		}
	}
}

// Keys decide with a confirmation: a opens, Enter confirms.
func TestKeyboard(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), wide)
	p.SignIn("E0001")
	p.Open("/inbox")
	p.Key("j")
	p.Key("j")
	p.WaitText("#preview h2", "星海")
	p.Key("r")
	p.Key("\r")
	p.WaitText("#live", "G-2026-00043")
	if s.decided[id(202)] != domain.Reject {
		t.Errorf("r and Enter decided %v", s.decided)
	}
	p.Key("?")
	p.Wait("#keys[open]")
	p.Sound()
}

// The auditor replays and sees every difference; the confidential asks for a purpose first.
func TestAuditing(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	p := browsertest.Chrome(t).Page(t, serve(t, newScript(monday)), wide)
	p.Allow("status of 403")
	p.SignIn("E0005")
	p.Open("/audit/workflows/case-" + id(204))
	p.Click(".head-acts .primary")
	p.WaitText(".verdict", "数据库有出入")
	p.WaitText(".verdict table", "decided_by")
	p.Sound()
	p.Shot("verdict")
	p.Click("[data-step='1']")
	p.WaitText(".slider output", "2 / 8")
	p.Open("/audit/workflows/case-" + id(202))
	p.Fill("#purpose", "年度抽查")
	p.Click("main form .primary")
	p.WaitText("main", "逐个事件")
}

// A spreadsheet is checked, then filed; an address book is tried, then applied; a screenshot confirms a group.
func TestUploads(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	b, base := browsertest.Chrome(t), serve(t, newScript(monday))
	p := b.Page(t, base, wide)
	p.Allow("status of 4")
	p.SignIn("E0003")
	p.Open("/groups/import")
	p.Upload("#f-file", file("bad.xlsx", "not a workbook"))
	p.Click("button[value=check]")
	p.WaitText("main", "文件")
	p.Upload("#f-file", file("groups.xlsx", "PK\x03\x04"))
	p.Click("button[value=check]")
	p.WaitText("main", "2 行可以提交，1 行有误")
	p.Sound()
	p.Shot("bulk-checked")
	p.Click("button[value=file]")
	p.WaitText("main", "已提交 2 行")
	hr := b.Page(t, base, wide)
	hr.SignIn("E0006")
	hr.Open("/directory")
	hr.Upload("#f-file", file("book.csv", "姓名"))
	hr.Click("button[value=check]")
	hr.WaitText("main", "应用后将会有的变化")
	hr.Sound()
	hr.Shot("directory-dry")
	hr.Click(".danger-zone summary")
	hr.Click("button[value=apply]")
	hr.WaitText("main", "已应用")
	admin := b.Page(t, base, phone)
	admin.Allow("status of 409")
	admin.SignIn("E0007")
	png, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	for _, name := range []string{"另一个名字", "平台部-值班交接"} {
		admin.Open("/groups/" + id(301))
		admin.Fill("input[name=name]", name)
		admin.Fill("input[name=platform_id]", "wr123")
		admin.Upload("input[name=screenshot]", file("shot.png", string(png)))
		admin.Click(".confirmpart .primary")
		if name == "另一个名字" {
			admin.WaitText("#live", "批准的名称一致")
			continue
		}
		admin.WaitText("#live", "群组已生效")
	}
}

// The first page of somebody who was never here stays light, and moves nothing after it is drawn.
func TestFirstPageIsLight(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b, base := browsertest.Chrome(t), serve(t, newScript(monday))
	p := b.Page(t, base, phone)
	p.Open("/signin")
	p.Eval("new Promise(r=>setTimeout(r,300))")
	t.Logf("sign-in page: %d bytes", p.Received())
	if n := p.Received(); n > 150_000 || n < 10_000 {
		t.Errorf("the first page takes %d bytes, want at most 150,000", n)
	}
	p.SignIn("E0001")
	for _, path := range []string{"/", "/inbox", "/cases/" + id(201), "/groups/new", "/groups"} {
		p.Open(path)
		shift := p.Eval("new Promise(r=>{let s=0;new PerformanceObserver(l=>{for(const e of l.getEntries())s+=e.value}).observe({type:'layout-shift',buffered:true});setTimeout(()=>r(s.toFixed(3)),500)})")
		if shift > "0.020" {
			t.Errorf("%s moves by %s while it loads", path, shift)
		}
	}
}

// Who helps cases that cannot go on finds them on the first page; nobody else is shown the queue.
func TestTheQueueIsOnTheFirstPage(t *testing.T) {
	base := serve(t, newScript(monday))
	_, get := visit(t, base, "E0006")
	if _, page := get("/"); !strings.Contains(page, `id="hand"`) || !strings.Contains(page, "按规则找不到可审批的人") {
		t.Error("the process administrator's first page does not show what needs a hand")
	}
	_, get = visit(t, base, "E0003")
	if _, page := get("/"); strings.Contains(page, `id="hand"`) {
		t.Error("an employee's first page shows the queue")
	}
}
