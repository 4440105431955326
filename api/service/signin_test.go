package service_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func TestSessionsHoldAndEnd(t *testing.T) {
	var ahead atomic.Int64
	h := open(t, func(c *service.Config) {
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	ctx := t.Context()
	secret, a, err := h.s.SignInDemo(ctx, "E0002", "浏览器\x00\n"+strings.Repeat("x", 500))
	if err != nil || a.ID != h.LeadA || !a.Has(domain.RoleLeader) || !a.Has(domain.RoleEmployee) || a.CSRF == "" || len(a.Leads) != 1 {
		t.Fatalf("%v %+v", err, a)
	}
	b, err := h.s.BySession(ctx, secret)
	if err != nil || b.ID != a.ID || b.CSRF != a.CSRF {
		t.Fatalf("%v %+v", err, b)
	}
	var stored int
	if err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM sessions WHERE encode(secret_hash, 'escape') LIKE '%' || $1 || '%'`, secret).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("the secret is stored: %v", err)
	}
	for _, forged := range []string{"", secret[1:], strings.Repeat("A", 43), secret + "A", "qb_" + secret} {
		_, err := h.s.BySession(ctx, forged)
		wants(t, err, service.Unsigned, "")
		_, err = h.s.ByToken(ctx, forged)
		wants(t, err, service.Unsigned, "")
	}
	other, oa, err := h.s.SignInDemo(ctx, "e0003", "")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, h.s.SignOut(ctx, oa, a.Session), service.NotFound, "") // not theirs
	if err := h.s.SignOut(ctx, a, ""); err != nil {
		t.Fatal(err)
	}
	_, err = h.s.BySession(ctx, secret) // at once, cache or not
	wants(t, err, service.Unsigned, "")
	ahead.Store(int64(11 * time.Hour))
	if _, err = h.s.BySession(ctx, other); err != nil {
		t.Errorf("after 11 hours: %v", err)
	}
	ahead.Store(int64(24 * time.Hour))
	_, err = h.s.BySession(ctx, other)
	wants(t, err, service.Unsigned, "session_expired")
	ahead.Store(0)
	off := open(t, func(c *service.Config) { c.Demo = false })
	_, _, err = off.s.SignInDemo(ctx, "E0002", "")
	wants(t, err, service.NotFound, "")
	_, err = off.s.ByToken(ctx, "demo:E0002")
	wants(t, err, service.Unsigned, "")
	_, err = off.s.DemoCast(ctx)
	wants(t, err, service.NotFound, "")
}

func TestTokensAreShownOnceAndEnd(t *testing.T) {
	h := open(t)
	ctx, a, key := t.Context(), h.as(t, h.People[0]), uuid.NewString()
	v, secret, err := h.s.CreateToken(ctx, a, key, "脚本", 30)
	if err != nil || !strings.HasPrefix(secret, "qb_") || v.Expires.Sub(v.Created) != 30*24*time.Hour {
		t.Fatalf("%v %+v", err, v)
	}
	b, err := h.s.ByToken(ctx, secret)
	if err != nil || b.ID != a.ID || b.Method != "token" {
		t.Fatalf("%v %+v", err, b)
	}
	_, again, err := h.s.CreateToken(ctx, a, key, "脚本", 30)
	if wants(t, err, service.Conflict, "token_already_made"); again != "" {
		t.Error("the secret is shown twice")
	}
	_, _, err = h.s.CreateToken(ctx, a, key, "脚本", 31)
	wants(t, err, service.Conflict, "idempotency_key_reused")
	for _, days := range []int{0, -1, 366, 1 << 40} {
		_, _, err := h.s.CreateToken(ctx, a, uuid.NewString(), "脚本", days)
		fault(t, err, "days")
	}
	wants(t, h.s.EndToken(ctx, h.as(t, h.People[1]), v.ID), service.NotFound, "")
	me, err := h.s.Me(ctx, a)
	if err != nil || len(me.Tokens) != 1 || me.Tokens[0].ID != v.ID {
		t.Fatalf("%v %+v", err, me)
	}
	if err := h.s.EndToken(ctx, a, v.ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.s.ByToken(ctx, secret)
	wants(t, err, service.Unsigned, "")
}

func TestLanguageIsKept(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	secret, a, err := h.s.SignInDemo(ctx, "E0007", "")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, h.s.SetLanguage(ctx, a, "fr"), service.Invalid, "")
	if err := h.s.SetLanguage(ctx, a, "en"); err != nil {
		t.Fatal(err)
	}
	if b, err := h.s.BySession(ctx, secret); err != nil || b.Lang != "en" {
		t.Errorf("%v %+v", err, b)
	}
}
