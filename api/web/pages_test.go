package web_test

import (
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/web"
	"github.com/qunbei/qunbei/api/web/browsertest"
)

// serve runs the real server, its door and its table over the scripted company.
func serve(t testing.TB, s *script) string {
	t.Helper()
	e, err := api.New(api.Config{Service: s, Log: slog.New(slog.DiscardHandler), Door: auth.Options{Limits: auth.Limits{TriesPerSecond: -1, WritesPerSecond: -1}},
		Pages: func(e *echo.Echo, door *auth.Door) api.Pages {
			return web.Register(e, web.Deps{Service: s, Door: door, Demo: true, Mailbox: mailbox{s.now}, Now: func() time.Time { return s.now }})
		}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(e)
	t.Cleanup(srv.Close)
	return srv.URL
}

// monday is a working morning in Shanghai.
var monday = time.Date(2026, 11, 23, 2, 30, 0, 0, time.UTC)

// Every page is sound in both languages, wide and narrow, light and dark.
func TestEveryPageInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	quiet := newScript(monday)
	quiet.empty = true
	calm := serve(t, quiet)
	b := browsertest.Chrome(t)
	pages := []struct{ who, path, name string }{
		{"E0001", "/", "home"}, {"E0001", "/inbox", "inbox"}, {"E0001", "/cases/" + id(201), "case"}, {"E0003", "/cases/" + id(202), "case-mine"},
		{"E0001", "/cases/" + id(207), "case-rich"}, {"E0001", "/cases/" + id(208), "case-revocation"}, {"E0001", "/cases/" + id(211), "case-change"},
		{"E0003", "/cases/" + id(212), "case-change-refused"}, {"E0007", "/groups/" + id(302) + "/change", "change"}, {"E0007", "/groups/" + id(303) + "/change", "change-under-way"}, {"E0001", "/cases?scope=decided", "decided"},
		{"E0001", "/cases?scope=copied", "copied"}, {"E0003", "/cases/" + id(206), "case-returned"}, {"E0003", "/cases/" + id(206) + "/again", "again"},
		{"E0003", "/cases/" + id(207), "case-rich-mine"}, {"E0004", "/cases/" + id(207), "case-delegate"}, {"E0006", "/cases/" + id(209), "case-stuck"},
		{"E0003", "/cases/" + id(203), "case-approved"}, {"E0003", "/groups/new", "file"}, {"E0003", "/groups/import", "bulk"}, {"E0003", "/cases", "cases"},
		{"E0001", "/cases?all=1", "cases-none"}, {"E0003", "/groups", "register"}, {"E0007", "/groups/" + id(301), "group-confirm"}, {"E0003", "/groups/" + id(302), "group"},
		{"E0002", "/groups/" + id(307), "group-security"}, {"E0002", "/groups/overview", "overview"}, {"E0006", "/groups/" + id(304), "group-frozen"}, {"E0008", "/groups/" + id(305), "group-outside"},
		{"E0001", "/notifications", "news"}, {"E0003", "/me", "me"}, {"E0006", "/directory", "directory"},
		{"E0006", "/policies", "policies"}, {"E0006", "/policies/" + versionDraft, "policy-draft"}, {"E0006", "/policies/" + versionProposed, "policy-proposed"},
		{"E0006", "/policies/" + versionNow, "policy-now"}, {"E0006", "/calendars", "calendars"}, {"E0006", "/hand", "hand"}, {"E0006", "/hand/" + handID, "hand-case"}, {"E0005", "/audit", "audit"},
		{"E0005", "/audit/workflows/case-" + id(201), "history"}, {"E0005", "/audit/workflows/case-" + id(202), "purpose"}, {"E0005", "/audit/events", "events"},
		{"E0001", "/demo/mail", "mails"}, {"E0001", "/demo/mail/m1", "mail"}, {"E0001", "/help", "help"}, {"E0001", "/cases/" + id(999), "error"}, {"E0001", "/groups?q=none", "register-none"},
	}
	for _, look := range browsertest.Looks() {
		t.Run(look.String(), func(t *testing.T) {
			p := b.Page(t, base, look)
			p.Allow("status of 4")
			p.Open("/signin")
			p.Sound()
			p.Shot("signin")
			who := ""
			for _, x := range pages {
				if x.who != who {
					p = b.Page(t, base, look)
					p.Allow("status of 4")
					p.SignIn(x.who)
					who = x.who
				}
				p.Open(x.path)
				p.Sound()
				p.Shot(x.name)
			}
			q := b.Page(t, calm, look)
			q.SignIn("E0001")
			for _, path := range []string{"/", "/inbox", "/notifications"} {
				q.Open(path)
				q.Sound()
			}
			q.Shot("empty")
		})
	}
}
