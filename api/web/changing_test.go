package web_test

import (
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// An admin changes a group on the filing's form: it begins with what holds now, what differs is marked and listed, a
// change without a reason comes back with everything typed, and in the end there is a case.
func TestChangingAGroup(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for _, look := range []browsertest.Look{wide, phone, {Lang: "en", Width: 390, NoScript: true}} {
		s := newScript(monday)
		p := b.Page(t, serve(t, s), look)
		p.Allow("status of 422")
		p.Allow("Response Status Error Code")
		p.SignIn("E0007")
		p.Open("/groups/" + id(302) + "/change")
		if got := p.Eval("document.querySelector('#f-name').value"); got != "研发中心-架构评审" {
			t.Errorf("the form begins with %q", got)
		}
		if !look.NoScript {
			if n := p.Count(".field.changed"); n != "0" {
				t.Errorf("%s fields are marked before anything was changed", n)
			}
		}
		p.Fill("#f-purpose", "评审涉密设计。")
		p.Eval("document.querySelector('input[name=tier][value=confidential]').click()")
		p.Click("input[name=see_contacts]")
		if !look.NoScript {
			p.WaitText("#route-preview", "评审涉密设计。")
			p.WaitText("#route-preview", "涉密")
			for _, f := range []string{".changed #f-purpose", "#f-tier.changed", "#f-permissions.changed"} {
				p.Wait(f)
			}
			if p.Eval("String(!!document.querySelector('#f-name').closest('.field.changed'))") != "false" {
				t.Error("a field that stays is marked")
			}
			p.Sound()
			p.Shot("change-form-marked")
		}
		p.Click("button[value=file]")
		p.WaitText("#main", map[string]string{"en": "Why (required"}[look.Lang]+map[string]string{"zh-CN": "为什么变更"}[look.Lang])
		p.Wait(".field-error")
		if got := p.Eval("document.querySelector('#f-purpose').value"); !strings.HasPrefix(got, "评审涉密") {
			t.Errorf("what was typed is lost: %q", got)
		}
		p.Fill("#f-reason", "评审内容涉密")
		p.Click("button[value=file]")
		p.WaitText("#main", "C-2026-00004")
		if s.asked.Reason != "评审内容涉密" || s.asked.Filing.Tier != domain.TierConfidential || s.asked.Filing.Platform != "byhand" || len(s.asked.Filing.Admins) != 2 {
			t.Errorf("asked for %+v", s.asked)
		}
	}
}

// A change that cannot be asked for says why and by whom.
func TestAChangeUnderWay(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	p := browsertest.Chrome(t).Page(t, serve(t, s), wide)
	p.Allow("status of 409")
	p.SignIn("E0007")
	p.Open("/groups/" + id(303) + "/change")
	p.WaitText("#main", "变更 C-2026-00004（")
	if p.Eval("String(document.querySelector('button[value=file]').disabled)") != "true" {
		t.Error("another change can be submitted")
	}
	p.Open("/groups/" + id(304) + "/change")
	p.WaitText("#main", "已冻结")
	s.broken = &service.Error{Kind: service.Conflict, Code: "change_under_way", Params: map[string]string{"number": "C-2026-00009"}}
	p.Open("/groups/" + id(302) + "/change")
	p.Fill("#f-reason", "人员变动")
	p.Click("button[value=file]")
	p.WaitText("#live", "C-2026-00009")
}
