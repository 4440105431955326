package service

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// People from outside sign in by a link in a mail (decision 0011). Asking for one does the same work and gives the same answer
// whoever has the address, or nobody: a row in the outbox under a keyed hash. Who it is, if anybody, is looked up when the mail
// is made. The link holds for minutes and once; opening it does nothing, a button does.

const (
	outsiderLinkHolds  = 20 * time.Minute
	outsiderLinkWindow = 5 * time.Minute // one mail in it
	outsiderSession    = 12 * time.Hour
	methodOutsider     = "mail_link" // how a session of somebody from outside began
)

// AskOutsiderLink implements Outsiders. An address that is none gets the same answer: it is nobody's.
func (s *Service) AskOutsiderLink(ctx context.Context, address string) error {
	if s.cfg.Mail == nil {
		return &Error{Kind: Conflict, Code: "no_mail_server"}
	}
	plain, ok := plainMail(address)
	if !ok {
		return invalid(domain.Fault{Field: "mail", Code: "not_an_address", Params: map[string]string{"form": "name@example.com"}})
	}
	window := s.now().Unix() / int64(outsiderLinkWindow/time.Second)
	key := s.mailKey(plain)
	// The link's id follows from address and window, so that the same entry carried out twice is one link.
	id := uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "outsider_link\n%s\n%d", key, window)).String()
	if err := s.cfg.Store.AskOutsiderLink(ctx, id, key, window); err != nil {
		return fail(fmt.Errorf("note that a link was asked for: %w", err))
	}
	return nil
}

// outsiderSecret is the secret of a link: it follows from the row and the installation's hash key, so that the same mail sent
// again carries the same link and the table alone opens nothing.
func (s *Service) outsiderSecret(id string, person domain.EmployeeID) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x", s.cfg.Keyring.KeyedHash("outsider_link", []byte(id+"\n"+string(person)))))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// sendOutsiderLink makes a link and mails it; nothing when the address is nobody's, or its person may not sign in.
func (s *Service) sendOutsiderLink(ctx context.Context, p store.OutsiderLinkMail) error {
	person, err := s.cfg.Store.OutsiderByMail(ctx, p.Mail)
	if errors.Is(err, store.ErrNotFound) || s.cfg.Mail == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up whom a link is for: %w", err)
	}
	secret, now := s.outsiderSecret(p.Link, person), s.now()
	hash := secretHash(secret)
	if err := s.cfg.Store.PutOutsiderLink(ctx, store.OutsiderLink{ID: p.Link, Person: person, SecretHash: hash, Created: now, Expires: now.Add(outsiderLinkHolds)}); err != nil {
		return fmt.Errorf("keep a link: %w", err)
	}
	l, err := s.cfg.Store.OutsiderLinkBy(ctx, hash)
	if err != nil {
		return fmt.Errorf("read a link: %w", err)
	}
	if !l.Used.IsZero() || !now.Before(l.Expires) {
		return nil // the mail server was away for longer than the link holds
	}
	to, err := s.cfg.Store.AddressOf(ctx, person)
	if err != nil {
		return fmt.Errorf("read where a link goes: %w", err)
	}
	if !to.Active || to.Address == "" {
		return nil
	}
	notice := mail.Door{Link: s.link("outsiders", "links", secret), Until: l.Expires, Lang: to.Lang}
	if cal, err := s.cfg.Rules.Calendar(ctx); err == nil && cal.Zone != nil {
		notice.Until = l.Expires.In(cal.Zone)
	}
	text := mail.RenderDoor(notice)
	switch err := s.cfg.Mail.Send(ctx, mail.Message{ID: l.ID, To: to.Address, Subject: text.Subject, Body: text.Body, HTML: text.HTML}); {
	case errors.Is(err, mail.ErrAddress):
		s.log.WarnContext(ctx, "a mail address cannot be used", "link", l.ID)
	case err != nil:
		return &fate{code: "mail_unavailable", cause: err}
	}
	return nil
}

// OutsiderLink implements Outsiders.
func (s *Service) OutsiderLink(ctx context.Context, text string) (bool, error) {
	if len(text) != 43 {
		return false, nil
	}
	l, err := s.cfg.Store.OutsiderLinkBy(ctx, secretHash(text))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fail(fmt.Errorf("look a link up: %w", err))
	}
	return l.Used.IsZero() && s.now().Before(l.Expires), nil
}

// SignInOutsider implements Outsiders. A link that was used, is over, forged or cut gets one answer.
func (s *Service) SignInOutsider(ctx context.Context, text, agent string) (string, Actor, error) {
	secret, a, err := s.signInOutsider(ctx, text, agent)
	return secret, a, fail(err)
}

func (s *Service) signInOutsider(ctx context.Context, text, agent string) (string, Actor, error) {
	spent := &Error{Kind: NotFound, Code: "link_spent"}
	if len(text) != 43 {
		return "", Actor{}, spent
	}
	l, err := s.cfg.Store.OutsiderLinkBy(ctx, secretHash(text))
	if errors.Is(err, store.ErrNotFound) {
		return "", Actor{}, spent
	}
	if err != nil {
		return "", Actor{}, fmt.Errorf("look a link up: %w", err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return "", Actor{}, err
	}
	secret, now := newSecret(), s.now()
	row := store.Session{
		ID: newID(), SecretHash: secretHash(secret), Employee: l.Person, CSRF: newSecret(), CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(outsiderSession), Agent: clipText(agent, 200), Method: methodOutsider,
	}
	switch ok, err := s.cfg.Store.UseOutsiderLink(ctx, l.ID, row); {
	case err != nil:
		return "", Actor{}, fmt.Errorf("sign somebody from outside in: %w", err)
	case !ok:
		return "", Actor{}, spent
	}
	a, err := s.actor(ctx, dir, l.Person, row.ID, methodOutsider, row.CSRF)
	if err != nil {
		return "", Actor{}, err
	}
	return secret, a, s.record(ctx, a, "sign_in", "", methodOutsider, "allowed", nil)
}
