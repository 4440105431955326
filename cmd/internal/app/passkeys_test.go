package app_test

import (
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/web/browsertest"
)

// A person adds a passkey in a real browser, signs in with it, shows with it that it is still they, and removes it; where
// passkeys cannot work the page says where they do.
func TestPasskeysInTheBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	r := own(t, nil)
	name := strings.Replace(r.base, "127.0.0.1", "localhost", 1)
	b := browsertest.Chrome(t)
	for _, x := range []struct {
		look                      browsertest.Look
		who, elsewhere, cancelled string
		unverified, bogus, last   string
	}{
		{browsertest.Look{Lang: "zh-CN", Width: 390, Dark: true}, "E0040", "在 " + name + " 打开", "没有完成", "设备没有验证您的身份", "签名未通过校验", "最后一个通行密钥"},
		{browsertest.Look{Lang: "en", Width: 1280}, "E0037", "Open it at " + name, "Not done", "did not verify that it is you", "did not hold", "last passkey"},
	} {
		t.Run(x.look.Lang, func(t *testing.T) {
			by := b.Page(t, r.base, x.look) // by number
			by.SignIn(x.who)
			by.Open("/me")
			by.WaitText("#passkeys", x.elsewhere)
			if by.Count("#passkeys form[data-passkey]") != "0" {
				t.Error("a passkey is offered where browsers give none")
			}
			seen(t, by, "passkeys-elsewhere")

			p := b.Page(t, name, x.look)
			p.Allow("status of 403")
			a := p.Authenticator()
			p.SignIn(x.who)
			p.Open("/me")
			p.Wait("#passkeys form[data-passkey=create]")
			seen(t, p, "passkeys-none")

			// The device does not know the person: nothing is added, and the page says so.
			a.Verifies(false)
			p.Click("#passkeys form[data-passkey=create] button")
			p.WaitText("#passkeys .passkey-say", x.cancelled)
			seen(t, p, "passkeys-cancelled")
			a.Verifies(true)
			p.Fill("#f-passkey input", "我的手机")
			p.Click("#passkeys form[data-passkey=create] button")
			p.WaitText(".passkey-list", "我的手机")
			seen(t, p, "passkeys-added")
			p.Click(".passkey-list details:first-of-type > summary")
			p.Fill(".passkey-list details:first-of-type input[name=name]", "备用")
			seen(t, p, "passkeys-rename")
			p.Click(".passkey-list details:first-of-type form button")
			p.WaitText(".passkey-list", "备用")
			if p.Text(".passkey-list strong") != "备用" {
				t.Errorf("the name is %q", p.Text(".passkey-list strong"))
			}

			// Signing in by it; a device that lies is found out.
			p.Click(`.head-acts form[action="/signout"] button`)
			p.WaitPath("/signin")
			seen(t, p, "passkeys-door")
			a.Lie(true, false)
			p.Click("form[data-passkey=get] button")
			p.WaitText("#live", x.unverified)
			a.Lie(false, true)
			p.Click("form[data-passkey=get] button")
			p.WaitText("#live", x.bogus)
			seen(t, p, "passkeys-refused")
			a.Lie(false, false)
			p.Click("form[data-passkey=get] button")
			p.WaitPath("/")
			p.Wait("body.signed-in")
			var method string
			r.sql(t, &method, `SELECT method FROM sessions WHERE employee_id = $1 ORDER BY created_at DESC LIMIT 1`, string(r.id(t, x.who)))
			if method != "passkey" {
				t.Errorf("signed in by %q", method)
			}

			// A browser that was left open.
			var n int
			r.sql(t, &n, `WITH old AS (UPDATE sessions SET created_at = created_at - interval '1 hour' WHERE employee_id = $1 RETURNING 1) SELECT count(*) FROM old`, string(r.id(t, x.who)))
			p.Open("/me")
			p.Wait("#passkeys form[data-passkey=get]")
			if p.Count("#passkeys form[data-passkey=create]") != "0" || p.Count(`#passkeys form[action$="/end"]`) != "0" {
				t.Error("keys are changed at a browser that was left open")
			}
			seen(t, p, "passkeys-again")
			p.Click("#passkeys form[data-passkey=get] button")
			p.Wait("#passkeys form[data-passkey=create]")
			// Adding the same device twice is nothing.
			p.Click("#passkeys form[data-passkey=create] button")
			p.Wait("#passkeys .passkey-say .boxed.t-warn")
			p.Click(".passkey-list details:last-of-type > summary")
			p.WaitText(".passkey-list", x.last)
			seen(t, p, "passkeys-remove")
			p.Click(".passkey-list details:last-of-type form button")
			p.Wait("#passkeys .quiet")
			seen(t, p, "passkeys-removed")
		})
	}
}
