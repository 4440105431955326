package web_test

import (
	"testing"

	"github.com/qunbei/qunbei/api/web/browsertest"
)

// The pages of a group's life are sound in both languages, wide and narrow, light and dark.
func TestGroupPagesInEveryLook(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	base := serve(t, newScript(monday))
	quiet := newScript(monday)
	quiet.empty = true
	calm := serve(t, quiet)
	b := browsertest.Chrome(t)
	pages := []struct{ who, path, name string }{
		{"E0007", "/groups/" + id(307), "group-due"}, {"E0007", "/groups/" + id(307) + "/timeline", "group-history"}, {"E0007", "/renewals", "renewals"},
		{"E0007", "/", "home-admin"}, {"E0002", "/groups/" + id(307), "group-security"}, {"E0002", "/groups/overview", "overview"}, {"E0002", "/groups", "register-flags"},
		{"E0006", "/groups/" + id(304), "group-frozen"}, {"E0008", "/groups/" + id(305), "group-outside"},
	}
	for _, look := range browsertest.Looks() {
		t.Run(look.String(), func(t *testing.T) {
			var p *browsertest.Page
			who := ""
			for _, x := range pages {
				if x.who != who {
					p = b.Page(t, base, look)
					p.SignIn(x.who)
					who = x.who
				}
				p.Open(x.path)
				p.Sound()
				p.Shot(x.name)
			}
			q := b.Page(t, calm, look)
			q.SignIn("E0007")
			q.Open("/renewals")
			q.Sound()
			q.Shot("renewals-none")
		})
	}
}
