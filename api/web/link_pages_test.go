package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web/browsertest"
	"github.com/qunbei/qunbei/models/domain"
)

// MailLink answers by the state that the link's text names.
func (s *script) MailLink(_ context.Context, a service.Actor, text string) (service.LinkView, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due, at := s.now.Add(26*time.Hour), s.now.Add(-20*time.Minute)
	v := service.LinkView{State: domain.LinkState(strings.TrimPrefix(text, "for-")), Lang: s.lang["link"], Number: "G-2026-00042", CaseID: id(201)}
	if o := s.decided["link"]; o != "" && text == "open" {
		v.State, v.Outcome = domain.LinkUsed, o
	}
	switch v.State {
	case service.LinkUnknown, service.LinkNotYours, service.LinkDisabled:
		return service.LinkView{State: v.State}, nil
	case service.LinkSignIn, domain.LinkExpired:
		return v, nil
	}
	v.Readable, v.Title, v.Kind, v.Tier, v.Status = true, "项目-支付网关重构与清结算系统迁移", domain.KindFiling, domain.TierOrdinary, domain.CaseInApproval
	v.Requester, v.Person, v.Waiting, v.Due = people[2], people[0], []service.PersonRef{people[0], people[3]}, &due
	if strings.HasPrefix(text, "for-") {
		v.For = &people[6]
	}
	switch v.State {
	case domain.LinkUsed, domain.LinkDecided, domain.LinkSettled:
		v.By, v.At, v.Waiting = &people[3], &at, nil
		if v.Outcome == "" {
			v.Outcome = domain.Approve
		}
	case domain.LinkEnded:
		v.Status, v.Waiting = domain.CaseWithdrawn, nil
	}
	return v, nil
}

func (s *script) DecideByLink(ctx context.Context, a service.Actor, text string, in service.LinkDecision) (service.LinkView, error) {
	s.mu.Lock()
	if s.broken != nil {
		defer s.mu.Unlock()
		return service.LinkView{}, s.broken
	}
	repeated := s.decided["link"] == in.Outcome
	s.decided["link"] = in.Outcome
	s.mu.Unlock()
	v, err := s.MailLink(ctx, a, text)
	v.Repeated = repeated
	return v, err
}

// Every page that a link can open is sound in both languages, wide and narrow, light and dark.
func TestLinkPages(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	s := newScript(monday)
	base, b := serve(t, s), browsertest.Chrome(t)
	for _, look := range browsertest.Looks() {
		s.mu.Lock()
		s.lang["link"] = look.Lang
		s.mu.Unlock()
		p := b.Page(t, base, look)
		p.Allow("status of 4")
		for _, state := range []string{"open", "for-open", "used", "expired", "decided", "settled", "handed_on", "returned", "superseded", "ended", "waiting", "not_allowed", "unknown", "disabled", "sign_in", "pending"} {
			p.Open("/l/" + state)
			if state == "pending" {
				p.Eval("window.stop()")
			}
			p.Sound()
			p.Shot("link-" + state)
		}
		q := b.Page(t, base, look)
		q.Allow("status of 4")
		q.SignIn("E0001")
		for _, state := range []string{"open", "not_yours"} {
			q.Open("/l/" + state)
			q.Sound()
			q.Shot("link-signed-in-" + state)
		}
	}
}

// One tap decides in a real browser, with scripts and without: the page tells no referrer, so browsers hide its origin,
// and the form must come through all the same. Both buttons are within a thumb's reach before anything is scrolled.
func TestOneTapOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	b := browsertest.Chrome(t)
	for _, noScript := range []bool{false, true} {
		for _, outcome := range []domain.Outcome{domain.Approve, domain.Reject} {
			s := newScript(monday)
			look := phone
			look.NoScript = noScript
			p := b.Page(t, serve(t, s), look)
			p.Allow("status of 4")
			p.Open("/l/open")
			button := ".taps button[value=" + string(outcome) + "]"
			if y := p.Eval("(r=>r.top>innerHeight/2&&r.bottom<=innerHeight&&r.height>=44)(document.querySelector('" + button + "').getBoundingClientRect())"); y != "true" {
				t.Errorf("%s is out of a thumb's reach", outcome)
			}
			p.Fill("#link-comment", "手机上看过")
			p.Click(button)
			p.Wait(".linkstate.t-ok")
			s.mu.Lock()
			got := s.decided["link"]
			s.mu.Unlock()
			if got != outcome {
				t.Errorf("without scripts %v: decided %q, want %s", noScript, got, outcome)
			}
			p.Sound()
			p.Shot("link-done-" + string(outcome))
			p.Open("/l/open")
			p.Wait(".linkstate.t-ok")
		}
	}
}

// The demo's mailbox shows a mail's addresses as links.
func TestAddressesInAMailAreLinks(t *testing.T) {
	_, get := visit(t, serve(t, newScript(monday)), "E0001")
	if status, page := get("/demo/mail/m1"); status != 200 || !strings.Contains(page, `<a href="http`) {
		t.Errorf("%d %s", status, page)
	}
}
