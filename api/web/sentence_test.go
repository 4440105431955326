package web

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Every act, however done, has a sentence of its own in both languages, with nothing left open in it.
func TestEveryActHasItsSentence(t *testing.T) {
	chen, li, wang := service.PersonRef{Name: "陈"}, service.PersonRef{Name: "李"}, service.PersonRef{Name: "王"}
	base := service.TimelineEntry{Workflow: "case-1", Actor: &chen, Result: domain.Accepted, To: []service.PersonRef{li}}
	var all []service.TimelineEntry
	add := func(kind domain.ActKind, change func(*service.TimelineEntry)) {
		for _, people := range [][]service.PersonRef{nil, {wang}} {
			e := base
			e.Kind, e.People = string(kind), people
			if change != nil {
				change(&e)
			}
			all = append(all, e)
		}
	}
	for _, o := range []domain.Outcome{domain.Approve, domain.Reject} {
		add(domain.ActDecide, func(e *service.TimelineEntry) { e.Outcome = o })
		add(domain.ActDecide, func(e *service.TimelineEntry) { e.Outcome, e.For = o, &wang })
	}
	for _, step := range []int{0, 2} {
		add(domain.ActReturn, func(e *service.TimelineEntry) { e.Step = step })
		add(domain.ActReturn, func(e *service.TimelineEntry) { e.Step, e.For = step, &wang })
	}
	for _, m := range []domain.AddMode{domain.AddBefore, domain.AddAfter, domain.AddParallel} {
		add(domain.ActAdd, func(e *service.TimelineEntry) { e.Mode = m })
	}
	for _, k := range []domain.ActKind{domain.ActWithdraw, domain.ActComment, domain.ActResubmit, domain.ActTransfer, domain.ActUrge, domain.ActCopy, domain.ActAssign,
		domain.ActRemind, domain.ActEscalate, domain.ActExpire, domain.ActDirectory, domain.ActCalendar} {
		add(k, nil)
		add(k, func(e *service.TimelineEntry) { e.Result, e.Reason = domain.Refused, domain.ReasonNotAllowed })
		add(k, func(e *service.TimelineEntry) { e.Result, e.Reason = domain.TooLate, domain.ReasonEnded })
	}
	add(domain.ActExpire, func(e *service.TimelineEntry) { e.Reason = domain.ReasonTimedOut })
	for _, kind := range []domain.ActKind{"revocation_asked", "revoked"} {
		add(kind, func(e *service.TimelineEntry) { e.Case = &service.CaseSummary{Number: "R-2026-00001"} })
	}
	for _, lang := range []string{Chinese, English} {
		v := &View{Lang: lang, Zone: time.UTC}
		seen := map[string]string{}
		for _, e := range all {
			s := v.Sentence(e)
			if s == "" || s == e.Kind || strings.ContainsAny(s, "{}") || strings.Contains(s, "tl.") || strings.Contains(s, "act.") || strings.Contains(s, "reason.") || len(s) < 6 {
				t.Errorf("%s %s: %q", lang, e.Kind, s)
			}
			if e.For != nil && !strings.Contains(s, "王") {
				t.Errorf("%s %s: in whose name is not told: %q", lang, e.Kind, s)
			}
			if other, twice := seen[s]; twice && other != e.Kind {
				t.Errorf("%s: %s and %s read the same: %q", lang, other, e.Kind, s)
			}
			seen[s] = e.Kind
		}
	}
}

// Every reason of the rules has words on the pages, and every kind of news.
func TestReasonsAndNewsHaveWords(t *testing.T) {
	b, err := os.ReadFile("../../models/domain/reasons.go")
	if err != nil {
		t.Fatal(err)
	}
	reasons := regexp.MustCompile(`Reason\s+= "([a-z_]+)"`).FindAllStringSubmatch(string(b), -1)
	if len(reasons) < 35 {
		t.Fatalf("only %d reasons found: the expression has gone stale", len(reasons))
	}
	kinds := []domain.EffectKind{domain.EffectAsk, domain.EffectRemind, domain.EffectInform, domain.EffectComment, domain.EffectHand, domain.EffectUrge, domain.EffectCopy,
		domain.EffectEscalate, domain.EffectReturn, domain.EffectActedFor, "delegated", "delegation_ended", "delegation_waits"}
	for _, lang := range []string{Chinese, English} {
		v := &View{Lang: lang, Zone: time.UTC}
		for _, m := range reasons {
			if v.Reason(domain.Reason(m[1])) == m[1] {
				t.Errorf("%s: the reason %s has no words", lang, m[1])
			}
		}
		other := v.News(service.NotificationView{Kind: "none of ours"})
		for _, k := range kinds {
			if v.News(service.NotificationView{Kind: string(k)}) == other {
				t.Errorf("%s: news of the kind %s have no words", lang, k)
			}
		}
	}
}

// In whose name a round was sent back, and by which way a decision came, is told in both languages.
func TestInWhoseNameAndByWhichWay(t *testing.T) {
	b, a := service.PersonRef{Name: "陈静"}, service.PersonRef{Name: "王建国"}
	for lang, want := range map[string][3]string{
		Chinese: {"第 1 轮：陈静代王建国", "通过邮件链接", "批量审批"},
		English: {"Round 1: sent back by 陈静 for 王建国", "by a link in a mail", "with others at once"},
	} {
		v := &View{Lang: lang, Zone: time.UTC}
		r := service.RouteView{Round: 1, Ended: domain.ReasonReturned, EndedBy: &b, EndedFor: &a}
		if got := v.Ended(r); !strings.HasPrefix(got, want[0]) || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: %q", lang, got)
		}
		r.EndedFor = nil
		if got := v.Ended(r); strings.Contains(got, a.Name) {
			t.Errorf("%s: %q", lang, got)
		}
		for i, via := range []string{domain.ViaMailLink, domain.ViaBatch, ""} {
			var out strings.Builder
			e := service.TimelineEntry{Kind: "decide", Actor: &b, Outcome: domain.Approve, Result: domain.Accepted, Via: via}
			if err := timeline(v, "", []service.TimelineEntry{e}).Render(t.Context(), &out); err != nil {
				t.Fatal(err)
			}
			for k, w := range want[1:] {
				if strings.Contains(out.String(), w) != (k == i) {
					t.Errorf("%s, %q: %s", lang, via, out.String())
				}
			}
		}
	}
}
