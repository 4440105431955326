package mail

import (
	"html"
	"strings"
	"testing"
	"time"
)

func TestRenderNamesNumberAndLinkInBothLanguages(t *testing.T) {
	for kind := range zh {
		if _, ok := en[kind]; !ok {
			t.Errorf("kind %s has no English words", kind)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			x := Render(Notice{Kind: kind, Number: "G-2026-00042", Status: "approved", Link: "https://q.example/cases/1", Lang: lang})
			for what, text := range map[string]string{"subject": x.Subject, "text": x.Body, "HTML": x.HTML} {
				if !strings.Contains(text, "G-2026-00042") || what != "subject" && !strings.Contains(text, "https://q.example/cases/1") {
					t.Errorf("%s %s: the %s says too little: %q", kind, lang, what, text)
				}
				if strings.Contains(text, "%!") || strings.Contains(text, "/l/") {
					t.Errorf("%s %s: the %s is badly worded: %q", kind, lang, what, text)
				}
			}
		}
	}
	if x := Render(Notice{Kind: "ask", Number: "G-1", Title: "研发-备份", Lang: "zh-CN"}); !strings.Contains(x.Subject, "研发-备份") {
		t.Errorf("the title is missing: %q", x.Subject)
	}
	if x := Render(Notice{Kind: "no such kind", Number: "G-1"}); x.Subject == "" || x.Body == "" || x.HTML == "" {
		t.Error("an unknown kind is not worded")
	}
}

// A mail that asks carries the link in both forms, says until when it holds and, of confidential matter, that one signs in.
func TestRenderTheLink(t *testing.T) {
	until := time.Date(2026, 11, 26, 16, 30, 0, 0, time.FixedZone("CST", 8*3600))
	for lang, want := range map[string][2]string{"zh-CN": {"2026年11月26日 16:30", "登录"}, "en": {"26 Nov 2026, 16:30 (UTC+08:00)", "sign in"}} {
		for _, signIn := range []bool{true, false} {
			x := Render(Notice{Kind: "ask", Number: "G-1", Link: "https://q.example/cases/1", Decide: "https://q.example/l/Ab-_9", Until: until, SignIn: signIn, Lang: lang})
			for _, text := range []string{x.Body, html.UnescapeString(x.HTML)} {
				if strings.Count(text, "https://q.example/l/Ab-_9") != 1 || !strings.Contains(text, want[0]) || strings.Contains(text, want[1]) != signIn {
					t.Errorf("%s, sign-in %v: %s", lang, signIn, text)
				}
			}
		}
	}
	x := Render(Notice{Kind: "ask", Number: "G-1", Title: "<script>alert(1)</script>", Link: "javascript:alert(1)", Lang: "en"})
	if strings.Contains(x.HTML, "<script") || strings.Contains(x.HTML, `href="javascript`) {
		t.Errorf("a title becomes markup: %s", x.HTML)
	}
}

// A digest about groups has a line for each notice, in the reader's language; confidential ones without their names.
func TestGroupsDigest(t *testing.T) {
	n := Notice{Kind: "groups", N: 4, Link: "https://q/renewals", Groups: []GroupLine{{Kind: "renewal_due", Number: "G-1", Title: "平台部-值班"}, {Kind: "finding", Number: "G-2"}, {Kind: "nobody_knows", Number: "G-3"}}}
	zh := Render(n)
	for _, want := range []string{"（4 项）", "请续期：G-1「平台部-值班」", "与平台不一致：G-2", "- G-3", "另有 1 项", "https://q/renewals"} {
		if !strings.Contains(zh.Subject+zh.Body, want) {
			t.Errorf("%q is missing: %s\n%s", want, zh.Subject, zh.Body)
		}
	}
	n.Lang = "en"
	if en := Render(n); !strings.Contains(en.Subject, "Your groups (4)") || !strings.Contains(en.Body, `Please renew: G-1 "平台部-值班"`) {
		t.Errorf("%s\n%s", en.Subject, en.Body)
	}
	for k := range lifeZH {
		if _, ok := lifeEN[k]; !ok {
			t.Errorf("no English for %s", k)
		}
	}
	if len(lifeEN) != len(lifeZH) {
		t.Error("the languages have other kinds")
	}
}
