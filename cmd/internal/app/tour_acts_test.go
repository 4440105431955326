package app_test

import (
	"fmt"
	"testing"

	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// TestAnApprovalWithEveryTurnInTheBrowser is one request's long way as people go it: two leaders countersign, one adds an
// approver before deciding, the other is away and their deputy sends it back, the requester changes it and submits it
// again, and it is approved by the leader and, for the other, by the deputy.
func TestAnApprovalWithEveryTurnInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := own(t, nil)
	b := browsertest.Chrome(t)
	tab := func(who, lang string, width int64) *browsertest.Page {
		p := b.Page(t, r.base, browsertest.Look{Lang: lang, Width: width})
		p.SignIn(who)
		return p
	}
	const leader, expert, deputy = "E0006", "E0011", "E0292" // identities that the demo offers
	c := r.file(t, "E0040", r.filing(t, "跨部门-数据治理", func(f *domain.Filing) {
		f.Type = domain.TypeCrossDepartment
		f.Departments = append(f.Departments, r.department(t, "RD"))
	}))
	away := ""
	for _, p := range r.read(t, "E0040", c.ID).Waiting {
		if p.Number != leader {
			away = p.Number
		}
	}
	if away == "" {
		t.Fatalf("nobody beside %s is asked", leader)
	}
	r.delegate(t, away, deputy)
	page := "/cases/" + c.ID

	// The leader, on a phone, wants somebody's word first.
	p := tab(leader, "zh-CN", 390)
	p.Open(page)
	more(p, "added-signers")
	p.Click("input[name=mode][value=before]")
	p.Fill("[data-picker=added] .find input", expert)
	p.WaitText("#found-added", expert)
	p.Click("#found-added button")
	seen(t, p, "acts-1-add")
	p.Click(`[data-more="added-signers"] .more-form > .btn`)
	p.WaitText("#live", c.Number+" 已加签")
	p.WaitText(".stand", "先审批")
	if n := p.Count(".act-approve"); n != "0" {
		t.Error("who waits for an added approver is offered a decision")
	}
	seen(t, p, "acts-2-added")

	// The added approver agrees, from the inbox.
	q := tab(expert, "en", 1280)
	q.Open("/inbox")
	q.WaitText("#preview", c.Number)
	q.Click(".dock .act-approve > summary")
	q.Click(".dock .act-approve button.confirm")
	q.WaitText("#live", c.Number+" approved")

	// The deputy sees for whom, and sends it back.
	d := tab(deputy, "zh-CN", 390)
	d.Open("/inbox")
	d.WaitText(".tag-for", "代"+r.name(t, away))
	seen(t, d, "acts-3-deputy-inbox")
	d.Open(page)
	d.WaitText(".capacity-note", "代"+r.name(t, away)+"决定")
	more(d, "returns")
	d.Fill(`[data-more="returns"] textarea[name=comment]`, "请写明数据范围")
	seen(t, d, "acts-4-return")
	d.Click(`[data-more="returns"] .more-form > .btn`)
	d.WaitText("#live", c.Number+" 已退回")

	// The requester reads why, changes it beside the new route, and submits it again.
	own := tab("E0040", "zh-CN", 390)
	own.Open(page)
	own.WaitText(".now", "请写明数据范围")
	seen(t, own, "acts-5-returned")
	own.Click(".dock a.primary")
	own.WaitPath(page + "/again")
	own.Fill("#f-purpose", "客户主数据的治理规则与例会，不含交易数据。")
	own.Eval("document.querySelector('#f-purpose').dispatchEvent(new Event('change',{bubbles:true}))")
	own.WaitText("#route-preview .diff", "不含交易数据")
	own.WaitText("#route-preview", r.name(t, leader))
	own.Fill("textarea[name=comment]", "已写明范围")
	seen(t, own, "acts-6-again")
	own.Click("button.big[value=file]")
	own.WaitText("#live", c.Number+" 已重新提交")
	seen(t, own, "acts-7-second-round")
	own.Click(".urge button")
	own.WaitText("#live", "已催办")
	own.WaitText(".stand", "可以再次催办")

	// Both decide on the second version, seeing what changed.
	p.Open(page)
	p.WaitText(".changes", "不含交易数据")
	p.Click(".act-approve > summary")
	p.Click(".act-approve button.confirm")
	p.WaitText("#live", c.Number+" 已同意")
	d.Open("/inbox")
	d.Click(".on-phone .act-approve > summary")
	d.Click(".on-phone .act-approve button.confirm")
	d.WaitText("#live", c.Number+" 已同意")

	own.Open(page)
	for _, want := range []string{"先审批", "退回申请人", "重新提交", "催办", "代" + r.name(t, away) + "同意"} {
		own.WaitText(".timeline", want)
	}
	own.WaitText(".round > summary", "意见作废")
	seen(t, own, "acts-8-approved")
	q.Open("/cases?scope=decided")
	q.WaitText("tbody", c.Number)
	v := r.read(t, "E0040", c.ID)
	if v.Status != domain.CaseApproved || v.Version != 2 || v.Route.Round != 2 {
		t.Errorf("%s, version %d, round %d", v.Status, v.Version, v.Route.Round)
	}
	r.sound(t, c.ID)
}

// more opens one of the rarer acts on a case's page.
func more(p *browsertest.Page, act string) {
	p.Click(".act-more > summary")
	p.Click(fmt.Sprintf(".more-act[data-more=%q] > summary", act))
}

// name is what somebody of the demo company is called.
func (r *running) name(t *testing.T, number string) string {
	t.Helper()
	return r.dir.Employees[r.id(t, number)].Name
}
