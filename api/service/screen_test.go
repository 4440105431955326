package service

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// byDefault are the default rules, without a database.
type byDefault struct{ p *policy.Policy }

func (r byDefault) Policy(context.Context) (*policy.Policy, error)          { return r.p, nil }
func (r byDefault) Calendar(context.Context) (*domain.Calendar, error)      { return nil, nil }
func (r byDefault) Version(context.Context, string) (*policy.Policy, error) { return r.p, nil }

func screeningService(t *testing.T, secret string) *Service {
	t.Helper()
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Rules: byDefault{p}, HookSecret: []byte(secret), Clock: func() time.Time { return time.Unix(1_800_000_000, 0) }})
}

// A notice with a person's number, a phone and a codename: found in both counts of offsets, explained, raised to sensitive,
// and taken out.
func TestScreenText(t *testing.T) {
	s := screeningService(t, "")
	text := "😀青鸾项目的合同，身份证11010519491231002X，电话138-0013-8000。"
	v, err := s.ScreenText(t.Context(), Actor{}, text)
	if err != nil || v.Class != domain.ClassSensitive || len(v.Findings) != 3 || v.Clean == nil {
		t.Fatal(v, err)
	}
	if f := v.Findings[0]; string(f.Kind) != "codename" || f.UTF16Start != 2 || f.Start != 4 || text[f.Start:f.End] != "青鸾项目" || f.Text.ZH == "" {
		t.Errorf("%+v", f)
	}
	for _, secret := range []string{"青鸾", "11010519491231002X", "0013"} {
		if strings.Contains(v.Clean.Text, secret) {
			t.Errorf("%q is left in %q", secret, v.Clean.Text)
		}
	}
	if len(v.Clean.Replacements) != 3 || v.Clean.Replacements[0].UTF16Start != 2 || len(v.Clean.Remaining) != 0 {
		t.Errorf("%+v", v.Clean)
	}
	if _, err := s.ScreenText(t.Context(), Actor{}, strings.Repeat("x", MostScreened+1)); AsError(err).Kind != Invalid {
		t.Errorf("too long: %v", err)
	}
}

func TestMessagesAreJudged(t *testing.T) {
	s := screeningService(t, "")
	for _, c := range []struct {
		text    string
		carries domain.Class
		want    string
	}{
		{"下午三点开会", "", MessageAllowed}, {"电话13800138000", domain.ClassStrategic, MessageBlocked}, {"电话13800138000", domain.ClassSensitive, MessageAllowed}, {"他们在集体讨薪", domain.ClassSensitive, MessageBlocked},
	} {
		v, err := s.CheckMessage(t.Context(), c.text, c.carries)
		if err != nil || v.Decision != c.want || (v.Class == domain.ClassGeneral) != (len(v.Reasons) == 0) || v.Policy == "" {
			t.Errorf("%q where %q is carried: %+v %v, want %s", c.text, c.carries, v, err, c.want)
		}
	}
	if _, err := s.CheckMessage(t.Context(), "x", domain.ClassTopic); AsError(err).Kind != Invalid {
		t.Errorf("a place that carries topics at risk: %v", err)
	}
}

// The signature is that of Standard Webhooks; any byte changed, an old message, or no secret, and nobody is heard.
func TestHookSignature(t *testing.T) {
	const secret = "0123456789abcdef0123456789abcdef"
	s := screeningService(t, secret)
	sign := func(id, at, body string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write([]byte(id + "." + at + "." + body))
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	now := strconv.FormatInt(1_800_000_000, 10)
	old := strconv.FormatInt(1_800_000_000-301, 10)
	good := SignedHook{ID: "msg_1", Timestamp: now, Signature: "v1,AAAA " + sign("msg_1", now, "{}"), Body: []byte("{}")}
	if err := s.VerifyHook(good); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]SignedHook{
		"another body": {good.ID, good.Timestamp, good.Signature, []byte("{ }")}, "another id": {"msg_2", now, good.Signature, good.Body},
		"another time": {good.ID, strconv.FormatInt(1_800_000_001, 10), good.Signature, good.Body}, "old": {"msg_1", old, sign("msg_1", old, "{}"), good.Body},
		"no signature": {good.ID, now, "", good.Body}, "another version": {good.ID, now, "v2" + strings.TrimPrefix(sign("msg_1", now, "{}"), "v1"), good.Body},
		"no time": {good.ID, "", sign(good.ID, "", "{}"), good.Body}, "no id": {"", now, sign("", now, "{}"), good.Body},
	} {
		if err := s.VerifyHook(h); AsError(err).Kind != Unsigned {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := screeningService(t, "").VerifyHook(good); AsError(err).Kind != NotFound {
		t.Errorf("without a secret: %v", err)
	}
}
