package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// more opens one of the rarer acts on a case's page.
func more(p *browsertest.Page, act string) {
	p.Click(".act-more > summary")
	p.Click(fmt.Sprintf(".more-act[data-more=%q] > summary", act))
}

// choose picks somebody by search in the open act's form.
func choose(p *browsertest.Page, field, text, number string) {
	p.Fill(fmt.Sprintf("[data-picker=%s] .find input", field), text)
	p.WaitText("#found-"+field, number)
	p.Click("#found-" + field + " button")
	p.Wait(fmt.Sprintf("[data-picker=%s] .chip input[value*=%q]", field, number))
}

// Every act has its form in the one place to act, is sent with what it binds to, and says that it was done.
func TestEveryActHasItsForm(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	submit := func(act string) string { return fmt.Sprintf(".more-act[data-more=%q] .more-form > .btn", act) }
	reason := func(p *browsertest.Page, act, text string) {
		p.Fill(fmt.Sprintf(".more-act[data-more=%q] textarea[name=comment]", act), text)
	}
	for _, x := range []struct {
		name, who string
		n         int
		do        func(p *browsertest.Page)
		did, said string
	}{
		{"return", "E0001", 207, func(p *browsertest.Page) {
			more(p, "returns")
			p.Click("input[name=step][value='1']")
			reason(p, "returns", "请补充范围")
			p.Shot("act-return")
			p.Sound()
			p.Click(submit("returns"))
		}, `return 207 to 1 for "": 请补充范围`, "G-2026-00052 已退回"},
		{"transfer", "E0001", 207, func(p *browsertest.Page) {
			more(p, "transfers")
			choose(p, "to", "陈", "E0004")
			choose(p, "to", "孙", "E0008") // one person only: the later choice replaces
			reason(p, "transfers", "由其分管")
			p.Shot("act-transfer")
			p.Sound()
			p.Click(submit("transfers"))
		}, "transfer 207 to 008: 由其分管", "已转交"},
		{"add", "E0001", 207, func(p *browsertest.Page) {
			more(p, "added-signers")
			p.Click("input[name=mode][value=after]")
			choose(p, "added", "陈", "E0004")
			choose(p, "added", "孙", "E0008")
			p.Shot("act-add")
			p.Sound()
			p.Click(submit("added-signers"))
		}, "add 207 after 2 people, saw true: ", "已加签"},
		{"copy", "E0003", 207, func(p *browsertest.Page) {
			more(p, "copies")
			choose(p, "copied", "刘", "E0005")
			p.Click(submit("copies"))
		}, "copy 207 to 1", "已抄送"},
		{"urge", "E0003", 207, func(p *browsertest.Page) { p.Click(".urge button") }, "urge 207", "已催办"},
		{"assign", "E0006", 209, func(p *browsertest.Page) {
			more(p, "assignments")
			choose(p, "assignee", "陈", "E0004")
			reason(p, "assignments", "算法部暂无负责人")
			p.Shot("act-assign")
			p.Click(submit("assignments"))
		}, `assign 209 "" to 004: 算法部暂无负责人`, "已指定审批人"},
		{"revoke", "E0003", 203, func(p *browsertest.Page) {
			more(p, "revocations")
			reason(p, "revocations", "不再需要")
			p.Shot("act-revoke")
			p.Sound()
			p.Click(submit("revocations"))
		}, "revoke 203 keyed true: 不再需要", "R-2026-00001 撤销申请已提交"},
		{"revocation again", "E0003", 210, func(p *browsertest.Page) {
			p.Click(".act-approve > summary")
			p.Fill(".act-approve textarea", "群已无人使用")
			p.Sound()
			p.Click(".act-approve button.confirm")
		}, "resubmit 210 研发中心-架构评审: 群已无人使用", "R-2026-00002 已重新提交"},
		{"for another", "E0004", 207, func(p *browsertest.Page) {
			p.WaitText(".capacity-note", "代王建国、李雪梅决定")
			more(p, "returns")
			p.Click(fmt.Sprintf(".more-act input[name=for][value=%q]", people[1].ID))
			reason(p, "returns", "缺材料")
			p.Click(submit("returns"))
		}, fmt.Sprintf("return 207 to 0 for %q: 缺材料", people[1].ID), "已退回"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s := newScript(monday)
			look := phone
			if x.name == "transfer" || x.name == "revoke" {
				look = wide
			}
			p := browsertest.Chrome(t).Page(t, serve(t, s), look)
			p.SignIn(x.who)
			p.Open("/cases/" + id(x.n))
			x.do(p)
			p.WaitText("#live", x.said)
			if !slices.Equal(s.did, []string{x.did}) {
				t.Errorf("done: %q, want %q", s.did, x.did)
			}
		})
	}
}

// An act that is refused says why and what would work, and keeps its form as it was.
func TestARefusedActKeepsItsForm(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), phone)
	p.Allow("status of 4")
	p.SignIn("E0001")
	p.Open("/cases/" + id(207))
	more(p, "transfers")
	choose(p, "to", "张", "E0003") // who asked for it
	p.Fill(".more-act[data-more=transfers] textarea[name=comment]", "由其处理")
	p.Click(".more-act[data-more=transfers] .more-form > .btn")
	p.WaitText("#live", "当事人")
	p.Wait("[data-picker=to] .chip input[value*=E0003]")
	if got := p.Eval("document.querySelector('.more-act[data-more=transfers] textarea[name=comment]').value"); got != "由其处理" {
		t.Errorf("the reason typed is lost: %q", got)
	}
	p.Sound()
	p.Shot("act-refused")
}

// Everything of the rarer acts works without scripts, people by staff number.
func TestActsWithoutScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	look := phone
	look.NoScript, look.Lang = true, "en"
	p := browsertest.Chrome(t).Page(t, serve(t, s), look)
	p.Allow("status of 4")
	p.SignIn("E0001")
	p.Open("/cases/" + id(207))
	more(p, "added-signers")
	p.Click("[data-picker=added] .by-number summary")
	p.Fill("textarea[name=added_numbers]", "E0004 E9999")
	p.Click(".more-act[data-more=added-signers] .more-form > .btn")
	p.WaitText("#live", "E9999")
	p.Fill("textarea[name=added_numbers]", "E0004, E0008")
	p.Click(".more-act[data-more=added-signers] .more-form > .btn")
	p.WaitText("#live", "approvers added")
	if want := []string{"add 207 before 2 people, saw true: "}; !slices.Equal(s.did, want) {
		t.Errorf("done: %q, want %q", s.did, want)
	}
}

// What cannot be done now is not offered, and the reason stands in its place.
func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	s := newScript(monday)
	base := serve(t, s)
	if _, get := visit(t, base, "E0003"); !strings.Contains(second(get("/cases/"+id(207))), "/urges") || strings.Contains(second(get("/cases/"+id(207))), "再次催办") {
		t.Error("who can urge is not offered it, or told to wait")
	}
	s.did = []string{"urge 207"}
	for _, x := range []struct {
		who  string
		n    int
		want []string
		not  []string
	}{
		{"E0003", 207, []string{"起可以再次催办", "修改内容", "/again"}, []string{"/urges", "/decisions", "data-more=\"returns\""}},
		{"E0007", 207, []string{"孙丽9 小时前已代您同意", "代欧阳文轩决定"}, []string{"/decisions"}},
		{"E0002", 207, []string{"由赵敏转交", "法务 0 人", "已转交给李雪梅", "并加签", "上级也可以决定"}, []string{"data-more=\"transfers\""}},
		{"E0006", 209, []string{"按规则找不到人的席位", "如 11月27日", "指定审批人"}, []string{"data-more=\"copies\""}},
		{"E0005", 203, []string{"平台部-值班交接"}, []string{"data-more=\"revocations\""}},
	} {
		_, get := visit(t, base, x.who)
		status, page := get("/cases/" + id(x.n))
		if status != http.StatusOK {
			t.Fatalf("%s on %d: %d", x.who, x.n, status)
		}
		for _, w := range x.want {
			if !strings.Contains(page, w) {
				t.Errorf("%s on %d: the page lacks %q", x.who, x.n, w)
			}
		}
		for _, w := range x.not {
			if strings.Contains(page, w) {
				t.Errorf("%s on %d: the page offers %q", x.who, x.n, w)
			}
		}
	}
}

// A request that was sent back says what was asked, leads to its form filled in, shows what was changed, and goes up again.
func TestSentBackChangedAndSubmittedAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), phone)
	p.Allow("status of 422")
	p.SignIn("E0003")
	p.Open("/cases/" + id(206))
	p.WaitText(".now", "成员里有外包同事")
	p.Click(".dock a.primary")
	p.WaitPath("/cases/" + id(206) + "/again")
	p.WaitText("main", "成员里有外包同事")
	p.WaitText("#route-preview", "内容没有变化")
	if p.Eval("document.querySelector('#route-preview').getBoundingClientRect().top < document.querySelector('button.big').getBoundingClientRect().top") != "true" {
		t.Error("on a phone the route stands below the button that submits")
	}
	p.Fill("#f-purpose", "")
	p.Click("button.big[value=file]")
	p.WaitText(".errors", "用途")
	p.Fill("#f-purpose", "只讨论发布节奏。")
	p.Eval("(e=>{e.value='2027-03-31';e.dispatchEvent(new Event('change',{bubbles:true}))})(document.querySelector('#f-ends_on'))")
	p.WaitText("#route-preview .diff", "2027年3月31日")
	if n := p.Count("#route-preview .diff .fact"); n != "2" {
		t.Errorf("%s fields are marked as changed, want 2: %s", n, p.Text("#route-preview .diff"))
	}
	p.Fill("textarea[name=comment]", "已按意见修改")
	p.Sound()
	p.Shot("again-changed")
	p.Click("button.big[value=file]")
	p.WaitText("#live", "G-2026-00051 已重新提交")
	if want := []string{"resubmit 206 平台部-灰度发布协调: 已按意见修改"}; !slices.Equal(s.did, want) {
		t.Errorf("done: %q, want %q", s.did, want)
	}
}

// Several are approved at once by keys or by thumb; each is answered for itself, in its place.
func TestManyAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for _, look := range []browsertest.Look{wide, phone, {Lang: "en", Width: 390, NoScript: true}} {
		s := newScript(monday)
		p := b.Page(t, serve(t, s), look)
		p.SignIn("E0001")
		p.Open("/inbox")
		switch {
		case look.NoScript:
			p.Click("input[data-tick][value*='G-2026-00042']")
			p.Click("input[data-tick][value*='G-2026-00043']")
			p.Click(".batchbar summary")
			p.Click(".batchbar .confirm")
		case look.Width < 600:
			p.Click("[data-all]")
			p.Click(".batchbar summary")
			p.WaitText(".batchbar .confirm", "2 件")
			p.Fill(".batchbar textarea", "一并同意")
			p.Sound()
			p.Shot("batch")
			p.Click(".batchbar .confirm")
		default:
			for _, k := range []string{"x", "j", "j", "x", "a"} {
				p.Key(k)
			}
			p.WaitText(".batchbar summary", "2 件")
			p.Shot("batch")
			p.Key("\r")
		}
		p.Wait(".batch-result")
		if got := p.Text(".batch-result"); !strings.Contains(got, "G-2026-00042") || !strings.Contains(got, "陈静") {
			t.Errorf("%s: the results say %q", look, got)
		}
		if p.Count(".batch-result .t-ok") != "1" || p.Count(".batch-result .t-warn") != "1" {
			t.Errorf("%s: %s", look, p.Text(".batch-result"))
		}
		if n := p.Count(".inbox-item"); n != "1" || s.decided[id(201)] != domain.Approve {
			t.Errorf("%s: %s things still wait; decided %v", look, n, s.decided)
		}
		p.Sound()
		p.Shot("batch-result")
	}
}

// Several are rejected at once, by keys or by thumb, with the reason they have in common: without it nothing happens, and
// the ticks stay.
func TestManyAreRejectedAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for _, look := range []browsertest.Look{wide, phone, {Lang: "en", Width: 390, NoScript: true}} {
		s := newScript(monday)
		p := b.Page(t, serve(t, s), look)
		p.Allow("status of 422")
		p.SignIn("E0001")
		p.Open("/inbox")
		p.Click("input[data-tick][value*='G-2026-00042']")
		p.Click("input[data-tick][value*='G-2026-00043']")
		if look.NoScript || look.Width < 600 {
			p.Click(".batchbar .act-reject > summary")
		} else {
			p.Key("r")
		}
		p.Fill(".batchbar [name=reason]", " ") // the browser lets it through; the server does not
		p.Click(".batchbar .act-reject .confirm")
		want := "没有填写理由"
		if look.Lang == "en" {
			want = "No reason was given"
		}
		p.WaitText("#live", want)
		if len(s.decided) != 0 || p.Count("input[data-tick]:checked") != "2" {
			t.Errorf("%s: without a reason %v are decided, %s ticks stand", look, s.decided, p.Count("input[data-tick]:checked"))
		}
		p.Sound()
		p.Shot("batch-reject")
		p.Fill(".batchbar [name=reason]", "与现有群重复")
		p.Click(".batchbar .act-reject .confirm")
		p.Wait(".batch-result")
		if p.Count(".batch-result .t-ok") != "1" || p.Count(".batch-result .t-warn") != "1" || s.decided[id(201)] != domain.Reject {
			t.Errorf("%s: %s; decided %v", look, p.Text(".batch-result"), s.decided)
		}
		if want := []string{"batch 201: 与现有群重复"}; !slices.Equal(s.did, want) {
			t.Errorf("%s: did %q", look, s.did)
		}
	}
}

// A comment brings files; they are listed, and come back only as downloads.
func TestCommentsBringFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base := serve(t, s)
	p := browsertest.Chrome(t).Page(t, base, wide)
	p.SignIn("E0001")
	p.Open("/cases/" + id(207))
	p.WaitText(".files", "成员名单.pdf")
	p.WaitText(".files", "226 kB")
	file := filepath.Join(t.TempDir(), "说明.txt")
	if err := os.WriteFile(file, []byte("说明"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Fill("#say", "见附件")
	p.Upload("input[name=files]", file)
	p.Click(".say .btn")
	p.WaitText("#live", "评论")
	if want := []string{"comment 207 with 1 files, 说明.txt"}; !slices.Equal(s.did, want) {
		t.Errorf("done: %q, want %q", s.did, want)
	}
	c, _ := visit(t, base, "E0001")
	r, err := c.Get(base + "/cases/" + id(207) + "/attachments/" + id(951))
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if d := r.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || r.Header.Get("Content-Type") != "application/octet-stream" {
		t.Errorf("a file comes as %q, %q", d, r.Header.Get("Content-Type"))
	}
}

// A delegate's decision says in whose name, on the button that makes it.
func TestADelegateDecidesInAnothersName(t *testing.T) {
	s := newScript(monday)
	_, get := visit(t, serve(t, s), "E0004")
	_, page := get("/cases/" + id(207))
	for _, want := range []string{"您受委托，代王建国、李雪梅决定", `name="for" value="` + string(people[0].ID) + `"`, "以谁的名义决定"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func second(_ int, page string) string { return page }
