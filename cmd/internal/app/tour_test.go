package app_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
)

// TestAGroupIsFiledApprovedAndBornInTheBrowser is the whole way as people go it, in both languages, at a desk and on a
// phone, by day and by night.
func TestAGroupIsFiledApprovedAndBornInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := own(t, nil)
	b := browsertest.Chrome(t)
	const desk, phone = 1280, 390
	for _, x := range []struct {
		lang               string
		dark               bool
		file, admin, audit int64 // how wide
		refused, fits      string
	}{
		{"zh-CN", false, desk, phone, desk, "支付网关重构", "项目-支付网关重构"},
		{"en", true, phone, desk, phone, "客户门户升级", "项目-客户门户升级"},
	} {
		t.Run(x.lang, func(t *testing.T) {
			tab := func(t *testing.T, who string, width int64) *browsertest.Page {
				p := b.Page(t, r.base, browsertest.Look{Lang: x.lang, Width: width, Dark: x.dark})
				p.SignIn(who)
				return p
			}
			w := &walk{r: r}
			w.file(t, tab(t, "E0040", x.file), x.refused, x.fits)
			for _, leader := range []string{"E0006", "E0002"} {
				w.approve(t, tab(t, leader, phone), leader)
			}
			w.confirm(t, tab(t, "E0037", x.admin))
			w.find(t, tab(t, "E0040", x.file))
			w.audit(t, tab(t, "E0021", x.audit))
			w.mail(t, tab(t, "E0006", x.file), tab(t, "E0040", x.file))
		})
	}
}

// walk is one group's way.
type walk struct {
	r     *running
	name  string
	c     service.CaseView
	group string
}

// seen checks a page and takes its picture.
func seen(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	p.Sound()
	p.Shot("tour-" + name)
}

func (w *walk) file(t *testing.T, p *browsertest.Page, refused, fits string) {
	seen(t, p, "1-home")
	nav := ".side"
	if p.Look.Width < 600 {
		nav = ".tabs"
	}
	p.Click(nav + ` a[href="/groups/new"]`)
	p.WaitPath("/groups/new")
	p.Click(`#f-type label:has(input[value=project])`)

	// The name is judged while it is typed; one click takes the suggestion.
	p.Fill("#f-name", refused)
	p.Wait("#name-check .t-bad")
	p.Click("#name-check .suggest")
	p.Wait("#name-check .t-ok")
	if w.name = p.Eval("document.querySelector('#f-name').value"); w.name != fits {
		t.Fatalf("the suggestion %q is not %q", w.name, fits)
	}
	p.Fill("#f-purpose", "支付网关重构的日常协作 "+secretPurpose)

	// People are picked by search.
	pick := func(field, text, number string) {
		t.Helper()
		p.Fill(fmt.Sprintf("[data-picker=%s] .find input", field), text)
		p.WaitText("#found-"+field, number)
		p.Click("#found-" + field + " button")
		p.Wait(fmt.Sprintf("[data-picker=%s] .chip input[value*=%q]", field, number))
	}
	pick("admins", "唐一帆", "E0037")
	pick("admins", "E0038", "E0038")
	pick("members", "王䶮", "E0041")

	// Who decides, in which order, is seen before anything is sent.
	p.WaitText("#route-preview", "陈思齐")
	p.WaitText("#route-preview", "沈致行")
	if n := p.Count("#route-preview .step"); n != "2" {
		t.Errorf("%s steps in the preview", n)
	}
	seen(t, p, "2-file")
	p.Click("button.big[value=file]")
	p.Wait("#h-route")
	p.WaitPath("/cases/")
	w.c = w.r.read(t, "E0040", strings.TrimPrefix(p.Path(), "/cases/"))
	p.WaitText("#live", w.c.Number)
	if w.c.Title != w.name || w.c.Status != domain.CaseInApproval {
		t.Fatalf("filed: %+v", w.c.CaseSummary)
	}
	seen(t, p, "3-filed")
}

// approve decides from the inbox on a phone, in two taps.
func (w *walk) approve(t *testing.T, p *browsertest.Page, who string) {
	if !w.r.waits(t, who, w.c.ID) {
		t.Fatalf("the case does not wait for %s", who)
	}
	p.Open("/inbox")
	mine := fmt.Sprintf(`.inbox-item:has(form[action="/cases/%s/decisions"])`, w.c.ID)
	p.Wait(mine)
	seen(t, p, "4-inbox-"+who)
	p.Click(mine + " details.act-approve > summary") // one
	seen(t, p, "5-decide-"+who)
	p.Click(mine + " details.act-approve button.confirm") // two
	p.WaitText("#live", w.c.Number)
	if n := p.Count(mine); n != "0" {
		t.Errorf("%s: the case still stands in the inbox", who)
	}
	seen(t, p, "6-decided-"+who)
	if w.r.waits(t, who, w.c.ID) {
		t.Errorf("%s approved, and the case still waits", who)
	}
}

// confirm creates the group by hand and shows it.
func (w *walk) confirm(t *testing.T, p *browsertest.Page) {
	until(t, "the admin is asked to create the group", func() bool {
		v := w.r.read(t, "E0037", w.c.ID)
		w.group = v.GroupID
		return v.Group != nil && v.Group.ByHand && w.r.waits(t, "E0037", w.c.ID)
	})
	p.Open("/inbox")
	way := `.inbox-item .on-phone .btn.primary`
	if p.Look.Width >= 1000 { // the first is shown beside the list
		way = `#preview .btn.primary`
	}
	p.Click(fmt.Sprintf(`%s[href^="/groups/%s"]`, way, w.group))
	p.WaitPath("/groups/" + w.group)
	seen(t, p, "7-confirm")
	file := filepath.Join(t.TempDir(), "screenshot.png")
	if err := os.WriteFile(file, picture(t, secretPicture), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Fill("#f-confirm-name", w.name)
	p.Fill(".confirmpart input[name=platform_id]", "wr-"+w.c.Number)
	p.Upload(".confirmpart input[name=screenshot]", file)
	p.Click(".confirmpart button.primary")
	p.Wait("#live .notice.t-ok")
	if n := p.Count(".confirmpart"); n != "0" {
		t.Error("the confirmed group still asks to be confirmed")
	}
	seen(t, p, "8-confirmed")
	var g service.GroupView
	w.r.get(t, "E0037", "/groups/"+w.group).is(t, http.StatusOK).into(t, &g)
	if g.State != domain.GroupActive || g.PlatformID != "wr-"+w.c.Number {
		t.Errorf("%+v", g.GroupRow)
	}
}

// find looks the group up in the register.
func (w *walk) find(t *testing.T, p *browsertest.Page) {
	p.Open("/groups")
	p.Fill("main input[name=q]", w.name)
	p.Key("\r")
	p.WaitSearch(w.name)
	p.Wait(fmt.Sprintf(`main a.title[href="/groups/%s"]`, w.group))
	seen(t, p, "9-register")
	p.Click(fmt.Sprintf(`main a.title[href="/groups/%s"]`, w.group))
	p.WaitText("h1", w.name)
	seen(t, p, "10-group")
}

// audit steps through the history and replays it.
func (w *walk) audit(t *testing.T, p *browsertest.Page) {
	p.Open("/audit")
	p.Fill("main input[name=q]", w.c.Number)
	p.Key("\r")
	p.WaitSearch(w.c.Number)
	p.WaitText("tbody", w.c.Number)
	seen(t, p, "11-audit")
	p.Click("tbody a.title")
	p.Wait("[data-stepper]")
	events := p.Eval("document.querySelectorAll('.events > li').length")
	for range 4 {
		p.Click(`[data-step="1"]`)
	}
	if at := p.Text(".slider output"); at != "5 / "+events {
		t.Errorf("after four steps: %s of %s events", at, events)
	}
	if n := p.Count(".events > li[data-at] details[open]"); n != "1" {
		t.Errorf("%s events are open", n)
	}
	if text := p.Eval("document.querySelector('.events').textContent"); !strings.Contains(text, w.c.Digest) {
		t.Error("the decoded history does not show the digest that was decided on")
	}
	seen(t, p, "12-history")
	p.Click(`form[action$="/replays"] button`)
	p.Wait(".verdict.good")
	seen(t, p, "13-verdict")
	p.Open("/audit/workflows/group-" + w.group)
	p.Click(`form[action$="/replays"] button`)
	p.Wait(".verdict.good")
}

// mail looks into the demo's mailbox.
func (w *walk) mail(t *testing.T, leader, requester *browsertest.Page) {
	for who, p := range map[string]*browsertest.Page{"e0006@": leader, "e0040@": requester} {
		link := fmt.Sprintf("[...document.querySelectorAll('main li')].find(x=>x.textContent.includes(%q)&&x.textContent.includes('%s'))", w.c.Number, who)
		until(t, "mail to "+who, func() bool { p.Open("/demo/mail"); return p.Eval(link+"!==undefined") == "true" })
		seen(t, p, "14-mails")
		p.Open(p.Eval("new URL(" + link + ".querySelector('a').href).pathname"))
		p.WaitText(".letter", w.r.base+"/")
		if text := p.Text(".letter"); !strings.Contains(text, "/cases/"+w.c.ID) && !strings.Contains(text, "/groups/"+w.group) {
			t.Errorf("the mail leads nowhere: %s", text)
		}
		seen(t, p, "15-mail")
	}
}

// TestASheetAndAnAddressBookInTheBrowser files the existing groups and imports an address book by page.
func TestASheetAndAnAddressBookInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := own(t, nil)
	b := browsertest.Chrome(t)
	t.Run("sheet", func(t *testing.T) { sheetByPage(t, r, b.Page(t, r.base, browsertest.Look{Lang: "zh-CN", Width: 1280})) })
	t.Run("address book", func(t *testing.T) {
		bookByPage(t, r, b.Page(t, r.base, browsertest.Look{Lang: "en", Width: 390, Dark: true}))
	})
}

func sheetByPage(t *testing.T, r *running, p *browsertest.Page) {
	file := filepath.Join(t.TempDir(), "现有群组.xlsx")
	if err := os.WriteFile(file, existing(t), 0o600); err != nil {
		t.Fatal(err)
	}
	const good = directory.DemoGroups - directory.DemoGroupsFaulty
	fate := func() {
		t.Helper()
		for _, n := range []int{good, directory.DemoGroupsFaulty} {
			if !strings.Contains(p.Text("#h-result"), fmt.Sprint(n)) {
				t.Errorf("%q does not say %d", p.Text("#h-result"), n)
			}
		}
	}
	p.SignIn("E0034")
	for range 2 { // the same sheet again files nothing twice
		p.Open("/groups/import")
		p.Upload("#f-file", file)
		p.Click("button[value=check]")
		p.Wait("button[value=file]")
		fate()
		p.Sound()
		p.Click("button[value=file]")
		p.Wait("button[value=result]")
		fate()
		if n := p.Count(`tbody a[href^="/cases/"]`); n != fmt.Sprint(good) {
			t.Errorf("%s cases on the page", n)
		}
		if n := p.Count("tbody .reasons"); n == "0" {
			t.Error("no reasons on the page")
		}
		var n int
		if r.sql(t, &n, "SELECT count(*) FROM cases"); n != good {
			t.Errorf("%d cases", n)
		}
	}
	seen(t, p, "16-sheet")
	// What the button downloads, asked for as the button does.
	sheet, err := base64.StdEncoding.DecodeString(p.Eval(`(async()=>{const s=document.querySelector('button[value=result]');
		const a=await fetch(s.form.action,{method:'POST',body:new FormData(s.form,s)});
		return btoa(String.fromCharCode(...new Uint8Array(await a.arrayBuffer())));})()`))
	if err != nil {
		t.Fatal(err)
	}
	results(t, sheet, good, directory.DemoGroupsFaulty)
}

func bookByPage(t *testing.T, r *running, p *browsertest.Page) {
	c := r.file(t, "E0040", r.filing(t, "项目-通讯录更新"))
	file := filepath.Join(t.TempDir(), "通讯录.csv")
	if err := os.WriteFile(file, changed(t).csv(), 0o600); err != nil {
		t.Fatal(err)
	}
	p.SignIn("E0260")
	p.Open("/directory")
	seen(t, p, "17-directory")
	p.Upload("#f-file", file)
	p.Click("button[value=check]")
	p.Wait("#h-changes")
	if n := p.Count(".errors, #h-faults"); n != "0" {
		t.Fatalf("faults: %s", p.Text("main"))
	}
	p.WaitText("main", "陈思齐")
	seen(t, p, "18-directory-checked")
	if v := r.read(t, "E0040", c.ID); v.Waiting[0].Number != "E0006" {
		t.Fatal("the check changed something")
	}
	p.Click("details.danger-zone > summary")
	p.Click("button[value=apply]")
	p.Wait("#h-dir")
	until(t, "the slot moved", func() bool { return r.waits(t, "E0042", c.ID) })
	seen(t, p, "19-directory-applied")
	_, _, text := r.page(t, "E0042", "/inbox?at="+url.QueryEscape(c.ID))
	if !strings.Contains(text, "项目-通讯录更新") {
		t.Error("the new leader's inbox does not show the case")
	}
}

// TestWhatWasTypedOutlivesAnOutage files while the database is away: the page says so and sends the same again.
func TestWhatWasTypedOutlivesAnOutage(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r, database, _ := wired(t)
	p := browsertest.Chrome(t).Page(t, r.base, browsertest.Look{Lang: "zh-CN", Width: 390})
	p.Allow("status of 503")
	p.SignIn("E0040")
	p.Open("/groups/new")
	p.Fill("#f-name", "平台部-中断时填写")
	p.Wait("#name-check .t-ok")
	p.Fill("#f-purpose", "第一行\n第二行 <b>&amp;</b>")
	p.Fill("[data-picker=admins] .find input", "E0037")
	p.WaitText("#found-admins", "E0037")
	p.Click("#found-admins button")
	// Who asks is remembered for two seconds from the moment it was looked up (decision 0004). Let that pass and have it
	// looked up again, so that it is the form that meets the outage, and not the door.
	time.Sleep(2100 * time.Millisecond)
	p.Eval("(x=>{x.open('GET','/me',false);x.send();return x.status})(new XMLHttpRequest())")
	database.cut()
	p.Click("button.big[value=file]")
	p.WaitText("#live", "数据库")  // the form again, as it was
	time.Sleep(3 * time.Second) // until nothing is remembered any more of who asks
	p.Click("button.big[value=file]")
	p.WaitText(".errorpage", "数据库")
	p.Eval("document.body.dataset.before='1'")
	p.Click(".errorpage form button")
	p.Wait("body:not([data-before]) .errorpage form")
	seen(t, p, "20-away")
	database.mend()
	until(t, "ready again", func() bool { return r.ready(t) == http.StatusOK })
	p.Click(".errorpage form button")
	p.WaitPath("/cases/")
	v := r.read(t, "E0040", strings.TrimPrefix(p.Path(), "/cases/"))
	if v.Title != "平台部-中断时填写" || v.Filing.Purpose != "第一行\r\n第二行 <b>&amp;</b>" && v.Filing.Purpose != "第一行\n第二行 <b>&amp;</b>" || len(v.Filing.Admins) != 2 {
		t.Errorf("%+v", v.Filing)
	}
	var n int
	if r.sql(t, &n, "SELECT count(*) FROM cases"); n != 1 {
		t.Errorf("%d cases", n)
	}

	// The same from the inbox, where the page is not left.
	q := browsertest.Chrome(t).Page(t, r.base, browsertest.Look{Lang: "zh-CN", Width: 390})
	q.Allow("status of 503")
	q.Allow("503")
	q.SignIn("E0006")
	q.Open("/inbox")
	q.Click("details.act-approve > summary")
	q.Fill("details.act-approve textarea", "写好的意见")
	database.cut()
	time.Sleep(3 * time.Second)
	q.Click("details.act-approve button.confirm")
	q.WaitText("body", "数据库")
	seen(t, q, "21-away-inbox")
	database.mend()
	until(t, "ready again", func() bool { return r.ready(t) == http.StatusOK })
	q.Click(".errorpage form button")
	q.WaitText("#live", v.Number)
	if x := r.get(t, "E0040", "/cases/"+v.ID+"/timeline"); strings.Count(string(x.body), "写好的意见") != 1 {
		t.Errorf("%s", x.body)
	}
}
