package web_test

import (
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// The pages of agreements are sound in both languages, wide and narrow, light and dark.
func TestSignPagesInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	quiet := newScript(monday)
	quiet.empty = true
	calm := serve(t, quiet)
	b := browsertest.Chrome(t)
	pages := []struct {
		who  string
		n    int
		name string
	}{
		{"E0003", ndaUnread, "nda-read"}, {"E0003", ndaTwoLanguages, "nda-bilingual"}, {"E0003", ndaAsksCode, "nda-ask-code"}, {"E0003", ndaCodeSent, "nda-code"}, {"E0003", ndaToSign, "nda-sign"},
		{"E0003", ndaPaper, "nda-paper"}, {"E0003", ndaSigned, "nda-signed"}, {"E0003", ndaSealed, "nda-sealed"}, {"E0003", ndaReturn, "nda-return"},
		{"E0006", ndaPaper, "nda-scan"}, {"E0006", ndaSigned, "nda-countersign"}, {"E0006", ndaFault, "nda-fault"},
	}
	for _, look := range browsertest.Looks() {
		t.Run(look.String(), func(t *testing.T) {
			for _, who := range []string{"E0003", "E0006"} {
				p := b.Page(t, base, look)
				p.SignIn(who)
				for _, x := range pages {
					if x.who != who {
						continue
					}
					p.Open("/ndas/" + id(x.n))
					p.Sound()
					p.Shot(x.name)
				}
				for _, path := range []string{"/", "/inbox", "/ndas", "/ndas?scope=countersign", "/ndas?scope=all"} {
					p.Open(path)
					p.Sound()
					p.Shot("ndas" + strings.NewReplacer("/ndas", "", "/", "-home", "?scope=", "-", "inbox", "-inbox").Replace(path) + "-" + who)
				}
			}
			q := b.Page(t, calm, look)
			q.SignIn("E0003")
			q.Open("/ndas")
			q.Sound()
			q.Shot("ndas-none")
		})
	}
}

// The end of the text, once seen, is told by itself; the box below then asks for what comes next. A drawn signature is sent
// as lines between 0 and 1, the tick is needed, and everything works without scripts too.
func TestSigningInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base := serve(t, s)
	b := browsertest.Chrome(t)
	last := func() service.NDAInput {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.ndaActs) == 0 {
			return service.NDAInput{}
		}
		return s.ndaActs[len(s.ndaActs)-1]
	}
	t.Run("with scripts", func(t *testing.T) {
		p := b.Page(t, base, browsertest.Look{Lang: "zh-CN", Width: 390})
		p.SignIn("E0003")
		p.Open("/ndas/" + id(ndaUnread))
		p.Eval("new Promise(r=>setTimeout(r,400))")
		if last().Kind != "" {
			t.Fatalf("the end was not seen, and yet: %+v", last())
		}
		p.Eval("document.querySelector('#sign').scrollIntoView()")
		p.Eval("new Promise(r=>setTimeout(r,700))")
		if x := last(); x.Kind != domain.NDAActView || !x.End || x.ID == "" {
			t.Fatalf("at the end: %+v", x)
		}

		p.Open("/ndas/" + id(ndaToSign))
		p.Eval("document.querySelector('[data-pad-canvas]').scrollIntoView({block:'center'})")
		p.Eval(`(()=>{const c=document.querySelector('[data-pad-canvas]'),b=c.getBoundingClientRect();
			const ev=(k,x,y)=>c.dispatchEvent(new PointerEvent(k,{bubbles:true,cancelable:true,pointerId:1,clientX:b.left+x*b.width,clientY:b.top+y*b.height,button:0}));
			c.setPointerCapture=()=>{};
			ev('pointerdown',.1,.5);for(let i=1;i<20;i++){ev('pointermove',.1+i*.04,.5+.3*Math.sin(i))}ev('pointerup',.9,.5)})()`)
		if v := p.Eval("document.querySelector('[data-pad-strokes]').value"); !strings.HasPrefix(v, "[[[0.1,0.5]") {
			t.Fatalf("the drawn signature is kept as %.80q", v)
		}
		p.Sound()
		p.Shot("nda-drawn")
		p.Click(".signform button.big") // the browser asks for the tick
		p.Eval("new Promise(r=>setTimeout(r,300))")
		if last().Kind == domain.NDAActSign {
			t.Fatal("signed without the tick")
		}
		p.Click(".consent-tick input")
		p.Click(".signform button.big")
		p.WaitText("#live", "已签署")
		x := last()
		if x.Kind != domain.NDAActSign || len(x.Strokes) != 1 || len(x.Strokes[0]) < 10 || x.Name != "" || x.Shown == "" || x.Consent == "" || x.Agent == "" || x.Address == "" {
			t.Errorf("signed: %+v", x)
		}
		for _, l := range x.Strokes {
			for _, q := range l {
				if q[0] < 0 || q[0] > 1 || q[1] < 0 || q[1] > 1 {
					t.Errorf("a point outside: %v", q)
				}
			}
		}
		// Clearing takes all of it away.
		p.Open("/ndas/" + id(ndaToSign))
		p.Eval(`(()=>{const c=document.querySelector('[data-pad-canvas]'),b=c.getBoundingClientRect();c.setPointerCapture=()=>{};
			for(const k of ['pointerdown','pointerup'])c.dispatchEvent(new PointerEvent(k,{bubbles:true,pointerId:1,clientX:b.left+9,clientY:b.top+9}))})()`)
		p.Click("[data-pad-clear]")
		if v := p.Eval("document.querySelector('[data-pad-strokes]').value"); v != "" {
			t.Errorf("cleared: %q", v)
		}
	})
	t.Run("without scripts", func(t *testing.T) {
		p := b.Page(t, base, browsertest.Look{Lang: "en", Width: 390, NoScript: true})
		p.SignIn("E0003")
		p.Open("/ndas/" + id(ndaUnread))
		p.Sound()
		p.Click("#sign button.big")
		p.WaitText("#live", "Read to the end")
		if x := last(); x.Kind != domain.NDAActView || !x.End {
			t.Errorf("at the end: %+v", x)
		}
		p.Open("/ndas/" + id(ndaAsksCode))
		p.Click("#sign button.big")
		p.WaitText("#live", "on its way")
		p.Open("/ndas/" + id(ndaCodeSent))
		p.Fill("#f-code", "123 456")
		p.Click("#sign .codeform button.big")
		p.WaitText("#live", "checked")
		if x := last(); x.Kind != domain.NDAActVerify || x.Code != "123 456" {
			t.Errorf("the code: %+v", x)
		}
		p.Open("/ndas/" + id(ndaToSign))
		if n := p.Count("[data-pad]"); n != "0" {
			t.Error("the box to draw in is there without scripts")
		}
		p.Click(".consent-tick input")
		p.Fill("#f-name", "张伟")
		p.Click(".signform button.big")
		p.WaitText("#live", "Signed")
		if x := last(); x.Kind != domain.NDAActSign || x.Name != "张伟" || x.Strokes != nil {
			t.Errorf("typed: %+v", x)
		}
	})
	// What the workflow refuses is told on the page, and what was typed stays.
	s.broken = &service.Error{Kind: service.Conflict, Code: "identity_check_too_old", Answer: &service.ActAnswer{Result: domain.Refused, Reason: "identity_check_too_old"}}
	p := b.Page(t, base, browsertest.Look{Lang: "en", Width: 1280})
	p.Allow("status of 4")
	p.SignIn("E0003")
	p.Open("/ndas/" + id(ndaToSign))
	p.Click(".consent-tick input")
	p.Fill("#f-name", "张伟")
	p.Click(".signform button.big")
	p.WaitText("#live", "once more")
	if v := p.Eval("document.querySelector('#f-name').value"); v != "张伟" {
		t.Errorf("the name that was typed is %q", v)
	}
}

// An agreement prints on A4 with lines to sign on, without what can only be clicked.
func TestAnAgreementPrints(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	p := browsertest.Chrome(t).Page(t, base, browsertest.Look{Lang: "zh-CN", Width: 1280})
	p.SignIn("E0003")
	p.Open("/ndas/" + id(ndaUnread))
	p.Print(true)
	if p.Count(".signing") != "0" || p.Count(".deed-lines") != "1" || p.Count(".side") != "0" {
		t.Error("the printed page has what is for the screen, or lacks the lines")
	}
	if n := p.Paper("nda-print"); n < 5000 {
		t.Errorf("%d bytes of paper", n)
	}
	p.Print(false)
}
