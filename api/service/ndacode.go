package service

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// One-time codes show who signs: they are mailed to the signer after the agreement was opened, in the session that will
// sign (semantics 4). A code is nowhere stored: it follows from its row and the installation's hash key.

// codeDigits is how long a code is. With five tries a code and twenty a day, one in fifty thousand is guessed.
const codeDigits = 6

// codeText is the code of a row. The same row gives the same code, so that a mail sent twice says the same.
func (s *Service) codeText(c store.NDACode) string {
	sum := s.cfg.Keyring.KeyedHash("nda_code", []byte(strings.Join([]string{c.ID, c.NDA, string(c.Person), c.Session, c.Digest}, "\n")))
	return fmt.Sprintf("%0*d", codeDigits, binary.BigEndian.Uint64(sum)%1_000_000) // 2^64 is so much more that the bias is nothing
}

// codeFits compares what was typed with the code, in the same time whatever differs. Spaces between the digits are a
// person's way of reading.
func (s *Service) codeFits(c store.NDACode, typed string) bool {
	return subtle.ConstantTimeCompare([]byte(s.codeText(c)), []byte(typed)) == 1
}

// plainCode is what was typed without blanks; false when it can be no code: that is a slip, and costs no try.
func plainCode(typed string) (string, bool) {
	if len(typed) > 40 {
		return "", false
	}
	var b strings.Builder
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９': // a Chinese keyboard's
			b.WriteRune(r - '０' + '0')
		case r == ' ' || r == '\u3000' || r == '-':
		default:
			return "", false
		}
	}
	return b.String(), b.Len() == codeDigits
}

// sendNDACode mails a code. One that is over, spent or replaced by a newer one is not sent: after an hour without a mail
// server nobody gets a code that no longer works.
func (s *Service) sendNDACode(ctx context.Context, p store.NDACodeMail) error {
	c, err := s.cfg.Store.NDACode(ctx, p.Code)
	if errors.Is(err, store.ErrNotFound) || s.cfg.Mail == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a one-time code: %w", err)
	}
	now := s.now()
	newest, err := s.cfg.Store.NDACodeNow(ctx, c.NDA, c.Person)
	if err != nil {
		return fmt.Errorf("read a one-time code: %w", err)
	}
	if !now.Before(c.Expires) || !c.Used.IsZero() || newest.ID != c.ID {
		return nil
	}
	to, err := s.cfg.Store.AddressOf(ctx, c.Person)
	if err != nil {
		return fmt.Errorf("read where a one-time code goes: %w", err)
	}
	if !to.Active || to.Address == "" {
		return nil
	}
	notice := mail.Code{Code: s.codeText(c), Until: c.Expires, Lang: to.Lang, Link: s.link("ndas", c.NDA)}
	if cal, err := s.cfg.Rules.Calendar(ctx); err == nil && cal.Zone != nil {
		notice.Until = c.Expires.In(cal.Zone)
	}
	text := mail.RenderCode(notice)
	switch err := s.cfg.Mail.Send(ctx, mail.Message{ID: c.ID, To: to.Address, Subject: text.Subject, Body: text.Body, HTML: text.HTML}); {
	case errors.Is(err, mail.ErrAddress):
		s.log.WarnContext(ctx, "a mail address cannot be used", "code", c.ID)
		return nil
	case err != nil:
		return &fate{code: "mail_unavailable", cause: err}
	}
	if err := s.cfg.Store.NDACodeSent(ctx, c.ID, now); err != nil {
		s.log.WarnContext(ctx, "it is not noted that a code went out", "code", store.Code(err)) // it did
	}
	return nil
}

// masked shows enough of an address for its owner to know it: w***@example.com.
func masked(address string) string {
	name, host, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return ""
	}
	first := []rune(name)[:1]
	return string(first) + "***@" + host
}

// codeView is how a signer's code stands; nil when there is none to be used.
func (s *Service) codeView(ctx context.Context, nda string, a Actor) (*NDACode, error) {
	c, err := s.cfg.Store.NDACodeNow(ctx, nda, a.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a one-time code: %w", err)
	}
	if !s.now().Before(c.Expires) || !c.Used.IsZero() || c.Session != a.Session {
		return nil, nil
	}
	to, err := s.cfg.Store.AddressOf(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("read where a one-time code goes: %w", err)
	}
	v := &NDACode{Until: c.Expires, Address: masked(to.Address), Tries: store.NDACodeTries - c.Tries, Again: c.Created.Add(store.NDACodePause)}
	if !c.Sent.IsZero() {
		v.Sent = timeOf(c.Sent)
	}
	return v, nil
}

// newNDACode puts a code on record and its mail on the way.
func (s *Service) newNDACode(ctx context.Context, a Actor, nda, digest string) (*NDACode, error) {
	to, err := s.cfg.Store.AddressOf(ctx, a.ID)
	if err != nil {
		return nil, fmt.Errorf("read where a one-time code goes: %w", err)
	}
	if to.Address == "" {
		return nil, &Error{Kind: Conflict, Code: "no_mail_address"}
	}
	now := s.now()
	c := store.NDACode{ID: newID(), NDA: nda, Person: a.ID, Session: a.Session, Digest: digest, Created: now, Expires: now.Add(store.NDACodeHolds)}
	switch err := s.cfg.Store.PutNDACode(ctx, c); {
	case errors.Is(err, store.ErrCodeTooSoon):
		return nil, &Error{Kind: TooMany, Code: "code_too_soon", RetryAfter: int(store.NDACodePause.Seconds())}
	case errors.Is(err, store.ErrCodeTooMany):
		return nil, &Error{Kind: TooMany, Code: "code_too_many", RetryAfter: 3600}
	case err != nil:
		return nil, err
	}
	return s.codeView(ctx, nda, a)
}

// checkNDACode spends a code on one act, or says why it does not fit: the field and what would help.
func (s *Service) checkNDACode(ctx context.Context, a Actor, nda, digest, typed, act string) error {
	wrong := func(code string, kv ...string) error {
		f := domain.Fault{Field: "code", Code: code}
		if len(kv) == 2 {
			f.Params = map[string]string{kv[0]: kv[1]}
		}
		return invalid(f)
	}
	plain, ok := plainCode(typed)
	if !ok {
		return wrong("not_a_code", "n", fmt.Sprint(codeDigits))
	}
	c, err := s.cfg.Store.NDACodeNow(ctx, nda, a.ID)
	if errors.Is(err, store.ErrNotFound) {
		return wrong("code_not_asked")
	}
	if err != nil {
		return fmt.Errorf("read a one-time code: %w", err)
	}
	now := s.now()
	switch {
	case c.Session != a.Session || c.Digest != digest:
		return wrong("code_not_asked") // asked for elsewhere, or for what is no longer shown
	case !c.Used.IsZero() && (c.UsedBy != act || !s.codeFits(c, plain)):
		return wrong("code_used")
	case !c.Used.IsZero():
		return nil // the same act, sent again
	case !now.Before(c.Expires):
		return wrong("code_expired")
	}
	left, ok, err := s.cfg.Store.TryNDACode(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("count a try of a one-time code: %w", err)
	}
	if !ok {
		return wrong("code_dead")
	}
	if !s.codeFits(c, plain) {
		if err := s.record(ctx, a, "nda_code_wrong", nda, "mail_code", "refused", nil); err != nil {
			return err
		}
		if left == 0 {
			return wrong("code_dead")
		}
		return wrong("code_wrong", "n", fmt.Sprint(left))
	}
	used, err := s.cfg.Store.UseNDACode(ctx, c.ID, act, now)
	if err != nil {
		return fmt.Errorf("use a one-time code: %w", err)
	}
	if !used {
		return wrong("code_used")
	}
	return nil
}
