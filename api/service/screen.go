package service

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/screening"
)

// Screening is looking through texts for what must not be posted (R3.3.1, R5.1.2). Nothing of a text is stored or logged.
type Screening interface {
	// ScreenText screens a text by the rules in force, and desensitises it.
	ScreenText(ctx context.Context, a Actor, text string) (ScreeningView, error)
	// VerifyHook holds a message from a chat platform to its signature (Standard Webhooks), CheckMessage tells whether it may
	// be shown where matter up to carries is.
	VerifyHook(h SignedHook) error
	CheckMessage(ctx context.Context, text string, carries domain.Class) (MessageVerdict, error)
}

// ScreeningView is what screening found in a text, and the text without it.
type ScreeningView struct {
	Policy     string          `json:"policy"` // the version that judged
	Class      domain.Class    `json:"class"`
	ClassLabel domain.Label    `json:"class_label"`
	Truncated  bool            `json:"truncated,omitempty"`
	Findings   []ScreenedPlace `json:"findings"`
	// Clean is missing when more was found than is kept.
	Clean *CleanView `json:"desensitised,omitempty"`
}

// ScreenedPlace is one place in a text. Offsets count bytes of UTF-8 and, for browsers, units of UTF-16; ends are exclusive.
type ScreenedPlace struct {
	Kind       screening.Kind     `json:"kind"`
	Label      domain.Label       `json:"label"`
	List       string             `json:"list,omitempty"`
	Start      int                `json:"start"`
	End        int                `json:"end"`
	UTF16Start int                `json:"utf16_start"`
	UTF16End   int                `json:"utf16_end"`
	Score      int                `json:"score"`
	Class      domain.Class       `json:"class"`
	Why        []screening.Reason `json:"why"`
	Text       domain.Label       `json:"text"` // why, in words
}

// CleanView is a desensitised text.
type CleanView struct {
	Text         string            `json:"text"`
	Replacements []ReplacementView `json:"replacements"`
	Remaining    []ScreenedPlace   `json:"remaining"` // what screening finds in it: to be exempted one by one
}

// ReplacementView is what took a finding's place: units of UTF-16 of the desensitised text.
type ReplacementView struct {
	Finding    int                `json:"finding"` // index into the findings
	Operator   screening.Operator `json:"operator"`
	UTF16Start int                `json:"utf16_start"`
	UTF16End   int                `json:"utf16_end"`
}

// MostScreened bounds a text that is screened while somebody waits, in bytes.
const MostScreened = 1 << 20

// ScreenText screens a text by the rules in force (R3.3.1).
func (s *Service) ScreenText(ctx context.Context, _ Actor, text string) (ScreeningView, error) {
	v, err := s.screenText(ctx, text)
	return v, fail(err)
}

func (s *Service) screenText(ctx context.Context, text string) (ScreeningView, error) {
	if len(text) > MostScreened {
		return ScreeningView{}, invalid(domain.Fault{Field: "text", Code: "too_long", Params: map[string]string{"max": strconv.Itoa(MostScreened)}})
	}
	p, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return ScreeningView{}, fmt.Errorf("read the policy in force: %w", err)
	}
	sc := p.Screener()
	r, err := sc.Screen(text)
	if err != nil {
		return ScreeningView{}, err
	}
	v := ScreeningView{Policy: p.Version, Class: r.Class, ClassLabel: r.Class.Label(), Truncated: r.Truncated, Findings: findingViews(r)}
	key := make([]byte, 32) // a preview's hashes stand for nothing elsewhere
	if _, err := rand.Read(key); err != nil {
		return ScreeningView{}, fmt.Errorf("make a preview's key: %w", err)
	}
	switch c, err := sc.Desensitise(text, r, screening.Options{Key: key}); {
	case errors.Is(err, screening.ErrTruncated), errors.Is(err, screening.ErrTooLong):
	case err != nil:
		return ScreeningView{}, err
	default:
		v.Clean = &CleanView{Text: c.Text, Replacements: replacementViews(c), Remaining: findingViews(c.Remaining)}
	}
	return v, nil
}

func findingViews(r screening.Result) []ScreenedPlace {
	out := make([]ScreenedPlace, 0, len(r.Findings))
	for _, f := range r.Findings {
		out = append(out, ScreenedPlace{
			Kind: f.Kind, Label: f.Kind.Label(), List: f.Label, Start: f.Start, End: f.End, UTF16Start: f.UTF16Start, UTF16End: f.UTF16End,
			Score: f.Score, Class: f.Class, Why: f.Why, Text: f.Explain(),
		})
	}
	return out
}

func replacementViews(c screening.Clean) []ReplacementView {
	out := make([]ReplacementView, 0, len(c.Replacements))
	at, units := 0, 0
	for _, r := range c.Replacements {
		units += screening.UTF16Len(c.Text[at:r.Start])
		v := ReplacementView{Finding: r.Finding, Operator: r.Operator, UTF16Start: units}
		units += screening.UTF16Len(c.Text[r.Start:r.End])
		v.UTF16End, at = units, r.End
		out = append(out, v)
	}
	return out
}

// SignedHook is a message as it came, with the headers of Standard Webhooks.
type SignedHook struct {
	ID, Timestamp, Signature string
	Body                     []byte
}

// HookSlack is how far the sender's clock may be off.
const HookSlack = 5 * time.Minute

// VerifyHook holds a message to its signature: HMAC-SHA256 over id, time and body, "v1," and base64, several by blanks
// (Standard Webhooks). The secret opens this one door and nothing else.
func (s *Service) VerifyHook(h SignedHook) error {
	if len(s.cfg.HookSecret) == 0 {
		return &Error{Kind: NotFound, Code: "hooks_not_set_up"}
	}
	bad := &Error{Kind: Unsigned, Code: "bad_hook_signature"}
	sent, err := strconv.ParseInt(h.Timestamp, 10, 64)
	if err != nil || h.ID == "" || len(h.ID) > 200 || len(h.Signature) > 1000 {
		return bad
	}
	if off := s.now().Sub(time.Unix(sent, 0)); off > HookSlack || off < -HookSlack {
		return &Error{Kind: Unsigned, Code: "hook_clock", Params: map[string]string{"minutes": strconv.Itoa(int(HookSlack.Minutes()))}}
	}
	mac := hmac.New(sha256.New, s.cfg.HookSecret)
	_, _ = mac.Write([]byte(h.ID + "." + h.Timestamp + "."))
	_, _ = mac.Write(h.Body)
	want := mac.Sum(nil)
	for _, one := range strings.Fields(h.Signature) {
		got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(one, "v1,"))
		if strings.HasPrefix(one, "v1,") && err == nil && hmac.Equal(got, want) {
			return nil
		}
	}
	return bad
}

// MessageVerdict tells a chat platform whether to show a message. It quotes nothing of it.
type MessageVerdict struct {
	Decision string       `json:"decision"` // allow or block
	Class    domain.Class `json:"class"`
	Reasons  []string     `json:"reasons"` // kinds of what was found, each once
	Policy   string       `json:"policy"`
}

// The decisions about a message.
const (
	MessageAllowed = "allow"
	MessageBlocked = "block"
)

// CheckMessage tells whether a message may be shown where matter up to carries is. Nothing of it is kept.
func (s *Service) CheckMessage(ctx context.Context, text string, carries domain.Class) (MessageVerdict, error) {
	if len(text) > MostScreened {
		return MessageVerdict{}, invalid(domain.Fault{Field: "text", Code: "too_long", Params: map[string]string{"max": strconv.Itoa(MostScreened)}})
	}
	if carries == "" {
		carries = domain.ClassGeneral
	}
	if !carries.Known() || carries == domain.ClassTopic {
		return MessageVerdict{}, invalid(domain.Fault{Field: "carries", Code: "unknown_value", Params: map[string]string{"allowed": "general, important_business, important_strategic, sensitive"}})
	}
	p, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return MessageVerdict{}, fail(fmt.Errorf("read the policy in force: %w", err))
	}
	r, err := p.Screener().Screen(text)
	if err != nil {
		return MessageVerdict{}, fail(err)
	}
	v := MessageVerdict{Decision: MessageAllowed, Class: r.Class, Policy: p.Version, Reasons: []string{}}
	for _, f := range r.Findings {
		if k := string(f.Kind); !slices.Contains(v.Reasons, k) {
			v.Reasons = append(v.Reasons, k)
		}
	}
	if r.Class.Rank() > carries.Rank() {
		v.Decision = MessageBlocked
	}
	return v, nil
}
