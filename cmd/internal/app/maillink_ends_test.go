package app_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// act does something to a case by API and expects success.
func (p posted) act(t *testing.T, who, id, what string, body map[string]any) {
	t.Helper()
	body["decision_id"] = uuid.NewString()
	if a := p.post(t, who, "/cases/"+id+"/"+what, body).answer(t); a.Result != domain.Accepted {
		t.Fatalf("%s by %s: %+v", what, who, a)
	}
}

// dead checks that a link opens with an explanation, decides nothing, and that the try is on record.
func (p posted) dead(t *testing.T, link, caseID string, status int, title, state string, hidden ...string) {
	t.Helper()
	v := p.visitor(t, "")
	x := v.open(t, link)
	x.says(t, status, title)
	x.hides(t, append(hidden, `value="approve"`)...)
	seq := p.seq(t, caseID)
	y, err := v.do(http.MethodPost, link, url.Values{"_csrf": {v.form0(t)}, "outcome": {"approve"}})
	if err != nil {
		t.Fatal(err)
	}
	y.says(t, status, title)
	if now := p.seq(t, caseID); now != seq {
		t.Errorf("%s: the link moved the case from %d to %d", state, seq, now)
	}
	var n int
	if p.sql(t, &n, "SELECT count(*) FROM api_events WHERE kind = 'mail_link_refused' AND subject_id = $1 AND rule = $2", caseID, state); n != 1 {
		t.Errorf("%s: %d refusals on record", state, n)
	}
}

// again is the body of a resubmission.
func again(t *testing.T, f domain.Filing, comment string) map[string]any {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	body["comment"] = comment
	return body
}

// alter changes the database behind the program's back.
func (p posted) alter(t *testing.T, query string, args ...any) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	_, err = conn.Exec(t.Context(), query, args...)
	return err
}

func (p posted) seq(t *testing.T, caseID string) int {
	t.Helper()
	var n int
	p.sql(t, &n, "SELECT seq FROM cases WHERE id = $1", caseID)
	return n
}

// What ends a link before it is used: each end has a page of its own, and none lets anything be decided.
func TestLinksThatEnded(t *testing.T) {
	p := withMail(t, nil)

	t.Run("transferred", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-已转交", department))
		old := p.linkTo(t, "E0006", c)
		p.act(t, "E0006", c.ID, "transfers", map[string]any{"to": "E0002", "comment": "由您决定"})
		next := p.linkTo(t, "E0002", c)
		p.dead(t, old, c.ID, http.StatusConflict, "此项已改由他人审批", "handed_on")
		p.visitor(t, "").tap(t, next, domain.Approve, "").says(t, http.StatusOK, "已同意")
		if got := p.read(t, "E0040", c.ID); got.Status != domain.CaseApproved {
			t.Errorf("the new one's link: %s", got.Status)
		}
	})
	t.Run("returned", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-已退回", department))
		old := p.linkTo(t, "E0006", c)
		p.act(t, "E0006", c.ID, "returns", map[string]any{"step": 0, "comment": "请改用途", "material_digest": c.Digest})
		p.dead(t, old, c.ID, http.StatusConflict, "申请已被退回", "returned")
		// The same material again: a new round, a new mail, a new link; the old one stays dead.
		p.act(t, "E0040", c.ID, "resubmissions", again(t, p.filing(t, "平台部-已退回", department), "照旧"))
		until(t, "the leader is asked again", func() bool { return p.waits(t, "E0006", c.ID) })
		var next string
		until(t, "a second mail", func() bool { next = p.linkTo(t, "E0006", c); return next != old })
		p.visitor(t, "").open(t, old).says(t, http.StatusConflict, "申请已被退回")
		p.visitor(t, "").tap(t, next, domain.Reject, "不必").says(t, http.StatusOK, "已作出“不同意”的决定")
	})
	t.Run("changed", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-已变更", department))
		old := p.linkTo(t, "E0006", c)
		f := p.filing(t, "平台部-已变更", department)
		f.Purpose = "另一个用途"
		p.act(t, "E0040", c.ID, "resubmissions", again(t, f, "改了用途"))
		p.dead(t, old, c.ID, http.StatusConflict, "申请内容已变更", "superseded")
	})
	t.Run("withdrawn", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-已撤", department))
		old := p.linkTo(t, "E0006", c)
		p.act(t, "E0040", c.ID, "withdrawals", map[string]any{})
		p.dead(t, old, c.ID, http.StatusGone, "事项已结束", "ended")
	})
	t.Run("decided on the page", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-网页已批", department))
		old := p.linkTo(t, "E0006", c)
		p.approve(t, "E0006", c)
		p.dead(t, old, c.ID, http.StatusConflict, "已经作出决定", "decided")
	})
	t.Run("urged: both mails' links are for one decision", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-提醒两封", department))
		first := p.linkTo(t, "E0006", c)
		p.act(t, "E0040", c.ID, "urges", map[string]any{})
		m := p.mailTo(t, "E0006", c.Number, "催办")
		found := oneTap.FindStringSubmatch(m.Body)
		if found == nil || found[1] == first {
			t.Fatalf("the urging mail has no link of its own: %s", m.Body)
		}
		p.visitor(t, "").tap(t, found[1], domain.Approve, "").says(t, http.StatusOK, "已同意")
		p.dead(t, first, c.ID, http.StatusConflict, "已经作出决定", "decided")
	})
	t.Run("forged", func(t *testing.T) {
		c := p.file(t, "E0040", p.filing(t, "平台部-伪造", department))
		good := p.linkTo(t, "E0006", c)
		raw, err := base64.RawURLEncoding.DecodeString(good)
		if err != nil {
			t.Fatal(err)
		}
		bad := map[string]string{"cut": good[:len(good)-9], "longer": good + "A", "one letter": strings.Repeat("A", len(good)), "none": "x", "script": "%3Cscript%3E"}
		for name, at := range map[string]int{"another version": 0, "another key": 3, "another id": 12, "another signature": 40, "its end": len(raw) - 1} {
			b := append([]byte(nil), raw...)
			b[at] ^= 1
			bad[name] = base64.RawURLEncoding.EncodeToString(b)
		}
		var same string
		for name, link := range bad {
			v := p.visitor(t, "")
			x := v.open(t, link)
			x.says(t, http.StatusNotFound, "此链接无法识别")
			x.hides(t, c.Number, "平台部-伪造", "陈思齐")
			if y, err := v.do(http.MethodPost, link, url.Values{"_csrf": {v.form0(t)}, "outcome": {"approve"}}); err != nil || y.status != http.StatusNotFound {
				t.Errorf("%s: posted %d %v", name, y.status, err)
			}
			// No forged link differs from another on the page, beyond the address it was asked by.
			_, main, _ := strings.Cut(x.text, "<main")
			if same == "" {
				same = main
			} else if main != same {
				t.Errorf("%s is answered in another way than the others", name)
			}
		}
		if !p.waits(t, "E0006", c.ID) {
			t.Error("a forged link decided")
		}
		// A row that somebody altered opens nothing, and the database lets nobody alter it quietly.
		if err := p.alter(t, "UPDATE mail_links SET person_id = (SELECT id FROM employees WHERE number = 'E0002') WHERE case_id = $1", c.ID); err == nil {
			t.Error("the link's row was altered")
		}
		if err := p.alter(t, "ALTER TABLE mail_links DISABLE TRIGGER mail_links_change"); err != nil {
			t.Fatal(err)
		}
		if err := p.alter(t, "UPDATE mail_links SET person_id = (SELECT id FROM employees WHERE number = 'E0002') WHERE case_id = $1", c.ID); err != nil {
			t.Fatal(err)
		}
		p.visitor(t, "").open(t, good).says(t, http.StatusNotFound, "此链接无法识别")
	})
}

// Confidential matter is read and decided by link only by who signs in as the person it was sent to.
func TestALinkToConfidentialMatter(t *testing.T) {
	p := withMail(t, nil)
	const name = "平台部-密不外传"
	c := p.file(t, "E0040", p.filing(t, name, confidential))
	m := p.mailTo(t, "E0006", c.Number, "")
	if strings.Contains(m.Subject+m.Body+m.HTML, name) || !strings.Contains(m.Body, "登录") {
		t.Errorf("the mail: %s %s", m.Subject, m.Body)
	}
	link := p.linkTo(t, "E0006", c)
	secret := []string{name, "李晓雯", "陈思齐"}

	v := p.visitor(t, "")
	x := v.open(t, link)
	x.says(t, http.StatusOK, "登录后才能查看")
	x.hides(t, append(secret, `value="approve"`)...)
	if !strings.Contains(x.text, "/signin?next="+url.QueryEscape("/l/"+link)) || !strings.Contains(x.text, c.Number) {
		t.Error("the page does not lead to the sign-in and back")
	}
	if y, err := v.do(http.MethodPost, link, url.Values{"_csrf": {v.form0(t)}, "outcome": {"approve"}}); err != nil || y.status != http.StatusForbidden {
		t.Errorf("posted without signing in: %d %v", y.status, err)
	}

	// Forwarded: whoever else is signed in learns that it is not theirs, and nothing more.
	for _, who := range []string{"E0002", "E0040", "E0021"} {
		other := p.visitor(t, who)
		y := other.open(t, link)
		y.says(t, http.StatusForbidden, "此链接不是发给您的")
		y.hides(t, name, c.Number, "陈思齐", `value="approve"`)
		if z, err := other.do(http.MethodPost, link, url.Values{"outcome": {"approve"}}); err != nil || z.status != http.StatusForbidden {
			t.Errorf("%s decides by another's link: %d %v", who, z.status, err)
		}
	}
	if !p.waits(t, "E0006", c.ID) {
		t.Fatal("the link decided for somebody else")
	}
	me := p.visitor(t, "E0006")
	me.open(t, link).says(t, http.StatusOK, name)
	if z, err := me.do(http.MethodPost, link, url.Values{"outcome": {"approve"}}); err != nil || z.status != http.StatusOK {
		t.Errorf("the person decides: %d %v", z.status, err)
	}

	// Any security officer may decide the next step: the others' links say that it is settled, after signing in by whom.
	officers := p.officers(t)
	first, second := p.linkTo(t, officers[0], c), p.linkTo(t, officers[1], c)
	me = p.visitor(t, officers[0])
	if z, err := me.do(http.MethodPost, first, url.Values{"outcome": {"reject"}}); err != nil || z.status != http.StatusOK {
		t.Fatalf("an officer decides: %d %v", z.status, err)
	}
	y := p.visitor(t, "").open(t, second)
	y.says(t, http.StatusConflict, "不再需要您的决定")
	y.hides(t, secret...)
	p.visitor(t, officers[1]).open(t, second).says(t, http.StatusConflict, "不再需要您的决定")
	if got := p.read(t, "E0040", c.ID); got.Status != domain.CaseRejected {
		t.Errorf("%s", got.Status)
	}
}

// An account that is disabled decides nothing, not even by an old link (semantics 1).
func TestALinkOfOneWhoLeft(t *testing.T) {
	p := withMail(t, nil)
	c := p.file(t, "E0040", p.filing(t, "平台部-负责人离职", department))
	link := p.linkTo(t, "E0006", c)
	p.importBook(t, "E0260", "full=true", changed(t).csv()).is(t, http.StatusOK)
	v := p.visitor(t, "")
	x := v.open(t, link)
	x.says(t, http.StatusForbidden, "账号已停用")
	x.hides(t, "平台部-负责人离职", "陈思齐", c.Number)
	if y, err := v.do(http.MethodPost, link, url.Values{"_csrf": {v.form0(t)}, "outcome": {"approve"}}); err != nil || y.status != http.StatusForbidden {
		t.Errorf("posted: %d %v", y.status, err)
	}
	until(t, "the new leader is asked", func() bool { return p.waits(t, "E0042", c.ID) })
	p.visitor(t, "").tap(t, p.linkTo(t, "E0042", c), domain.Approve, "").says(t, http.StatusOK, "已同意")
}

// A link expires by the clock, to the moment the policy says, and shows nothing to whoever finds it later.
func TestALinkExpires(t *testing.T) {
	var ahead atomic.Int64
	p := withMail(t, func(c *app.Config) {
		c.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	c := p.file(t, "E0040", p.filing(t, "平台部-过期", department))
	link := p.linkTo(t, "E0006", c)
	var at time.Time
	p.sql(t, &at, "SELECT expires_at FROM mail_links WHERE case_id = $1", c.ID)
	if left := time.Until(at); left < 71*time.Hour || left > 72*time.Hour {
		t.Errorf("the link holds for %s", left)
	}
	ahead.Store(int64(time.Until(at) - 20*time.Second))
	p.visitor(t, "").open(t, link).says(t, http.StatusOK, "平台部-过期")
	ahead.Store(int64(time.Until(at) + time.Second))
	p.dead(t, link, c.ID, http.StatusGone, "此链接已过期", "expired", "平台部-过期", "陈思齐")
	if !p.waits(t, "E0006", c.ID) {
		t.Error("the case is touched by its link's end")
	}
}

// Who stands in gets a link of their own, decides in the other's name by it, and no longer than the delegation holds; the
// link of whom they stand in for then says who decided.
func TestALinkOfWhoStandsIn(t *testing.T) {
	p := withMail(t, nil)
	delegate := func() string {
		t.Helper()
		var d struct {
			ID string `json:"id"`
		}
		p.post(t, "E0006", "/delegations", map[string]any{"to": p.id(t, "E0002"), "until": time.Now().Add(48 * time.Hour)}).
			is(t, http.StatusCreated).into(t, &d)
		return d.ID
	}
	id := delegate()
	c := p.file(t, "E0040", p.filing(t, "平台部-代为审批", department))
	theirs, own := p.linkTo(t, "E0002", c), p.linkTo(t, "E0006", c)
	v := p.visitor(t, "")
	x := v.open(t, theirs)
	x.says(t, http.StatusOK, "平台部-代为审批")
	if !strings.Contains(x.text, "代陈思齐作出决定") {
		t.Error("the page does not say in whose name")
	}
	v.tap(t, theirs, domain.Approve, "").says(t, http.StatusOK, "已同意")
	p.dead(t, own, c.ID, http.StatusConflict, "已经作出决定", "decided")
	if y := p.visitor(t, "").open(t, own); !strings.Contains(y.text, "沈致行") {
		t.Error("the page does not say who decided")
	}
	var by string
	p.sql(t, &by, "SELECT (act->>'for' = $2)::text || ' ' || (actor_id::text = $3)::text FROM audit_entries WHERE workflow_id = $1 AND kind = 'decide'",
		"case-"+c.ID, string(p.id(t, "E0006")), string(p.id(t, "E0002")))
	if by != "true true" {
		t.Errorf("on record: %s", by)
	}

	c = p.file(t, "E0040", p.filing(t, "平台部-委托已结束", department))
	theirs, own = p.linkTo(t, "E0002", c), p.linkTo(t, "E0006", c)
	if x := p.post(t, "E0006", "/delegations/"+id+"/ends", map[string]any{}); x.status >= 300 {
		t.Fatalf("end the delegation: %d %s", x.status, x.body)
	}
	p.dead(t, theirs, c.ID, http.StatusForbidden, "您不能在这里作出决定", "not_allowed")
	p.visitor(t, "").tap(t, own, domain.Reject, "").says(t, http.StatusOK, "已作出“不同意”的决定")
}
