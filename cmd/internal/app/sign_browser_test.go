package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// A member signs on a phone: from the first page to the sealed document, with a drawn signature; and another without
// scripts, by typing.
func TestAnAgreementIsSignedOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := shared(t)
	gid := r.secretGroup(t, "平台部-远望核心", domain.TierConfidential)
	b := browsertest.Chrome(t)
	n := r.asked(t, "E0037", gid)
	p := b.Page(t, r.base, browsertest.Look{Lang: "zh-CN", Width: 390})
	p.SignIn("E0037")
	p.Click(`.ndanote a[href="/ndas?scope=mine"]`)
	p.WaitPath("/ndas")
	seen(t, p, "20-ndas")
	p.Click(`a.btn[href="/ndas/` + n.ID + `"]`)
	p.WaitPath("/ndas/" + n.ID)
	seen(t, p, "21-nda")
	p.Eval("document.querySelector('#sign').scrollIntoView()")
	p.Wait(".signform")
	p.Eval("document.querySelector('[data-pad-canvas]').scrollIntoView({block:'center'})")
	p.Eval(`(()=>{const c=document.querySelector('[data-pad-canvas]'),b=c.getBoundingClientRect();c.setPointerCapture=()=>{};
		const ev=(k,x,y)=>c.dispatchEvent(new PointerEvent(k,{bubbles:true,cancelable:true,pointerId:1,clientX:b.left+x*b.width,clientY:b.top+y*b.height,button:0}));
		ev('pointerdown',.1,.5);for(let i=1;i<20;i++){ev('pointermove',.1+i*.04,.5+.3*Math.sin(i))}ev('pointerup',.9,.5)})()`)
	p.Click(".consent-tick input")
	seen(t, p, "22-sign")
	// The phone's clock is wrong by decades: the server's counts.
	p.Eval(`(()=>{const D=Date;window.Date=class extends D{constructor(...a){if(a.length){super(...a)}else{super(0)}}static now(){return 0}}})()`)
	p.Click(".signform button.big")
	p.Wait(`#sign a[href$="/document"]`)
	seen(t, p, "23-signed")
	if v := r.nda(t, "E0037", n.ID); v.State != domain.NDASealed || v.Signed == nil || v.Signed.How != "drawn" {
		t.Errorf("signed: %s %+v", v.State, v.Signed)
	} else if off := time.Since(v.Signed.At); off < 0 || off > 2*time.Minute {
		t.Errorf("signed at %v by a wrong clock", v.Signed.At)
	}
	r.get(t, "E0037", "/ndas/"+n.ID+"/document").is(t, http.StatusOK)

	m := r.asked(t, "E0038", gid)
	q := b.Page(t, r.base, browsertest.Look{Lang: "en", Width: 390, NoScript: true})
	q.SignIn("E0038")
	q.Open("/ndas/" + m.ID)
	q.Click("#sign button.big")
	q.Wait(".signform")
	q.Click(".consent-tick input")
	q.Fill("#f-name", m.Person.Name)
	q.Click(".signform button.big")
	until(t, "the second is sealed", func() bool { return r.nda(t, "E0038", m.ID).State == domain.NDASealed })
}
