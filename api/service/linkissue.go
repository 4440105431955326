package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// asking are the kinds of notification that ask somebody to decide; their mails carry a link.
var asking = map[string]bool{
	string(domain.EffectAsk): true, string(domain.EffectUrge): true, string(domain.EffectRemind): true, string(domain.EffectEscalate): true,
	"ask_for": true, "urge_for": true, "remind_for": true, // to whoever stands in
}

// oneTap is what a mail says of its link.
type oneTap struct {
	address string
	until   time.Time
	signIn  bool // reading and deciding by it takes signing in
}

// oneTapFor makes the link of a notification's mail, or finds it again when the mail is tried again. Nil where there is
// nothing to decide for this person now, or the policy wants no links.
func (s *Service) oneTapFor(ctx context.Context, n store.MailNotice) (*oneTap, error) {
	if !asking[n.Kind] || s.cfg.BaseURL == "" || n.Subject != "case" || n.Slot == "" {
		return nil, nil
	}
	row, err := s.caseRow(ctx, n.SubjectID)
	if err != nil {
		return nil, err
	}
	rules, err := s.linkRules(ctx, row)
	if err != nil || rules.Valid <= 0 {
		return nil, err
	}
	now := s.now()
	l := domain.MailLink{
		ID: uuid.NewString(), Person: n.Person, Case: row.ID, Slot: n.Slot, Digest: row.State.Digest, Version: row.State.Version,
		Expires: now.Add(rules.Valid),
	}
	l.Act = derivedID("mail_link", l.ID)
	st := l.Standing(row.State, now)
	if st.State != domain.LinkOpen {
		return nil, nil
	}
	if may, err := s.mayDecideIn(ctx, &row.State, st.Holder, n.Person); err != nil || !may {
		return nil, err
	}
	text, l, err := s.keepLink(ctx, l, n.ID)
	if err != nil {
		return nil, err
	}
	return &oneTap{address: s.link("l", text), until: l.Expires, signIn: rules.Asks(row.State.Tier)}, nil
}

// linkRules are the policy's words on links, of the version the case began with (R6.2).
func (s *Service) linkRules(ctx context.Context, row *store.CaseRec) (policy.MailLinks, error) {
	pol, err := s.cfg.Rules.Version(ctx, row.State.Policy)
	if err != nil {
		return policy.MailLinks{}, fmt.Errorf("read the policy of case %s: %w", row.ID, err)
	}
	return pol.Approval.MailLinks, nil
}

// keepLink puts a link on record, or takes the one that the mail has already: a mail that is sent twice carries the same
// link, since the signature follows from what is on record.
func (s *Service) keepLink(ctx context.Context, l domain.MailLink, notification string) (string, domain.MailLink, error) {
	text, key := s.signLink(l)
	known, err := s.cfg.Store.MailLinkOf(ctx, notification, key)
	if errors.Is(err, store.ErrNotFound) {
		var put bool
		if put, err = s.cfg.Store.PutMailLink(ctx, store.MailLinkRec{MailLink: l, Key: key, Hash: linkHash(text), Notification: notification, Created: s.now()}); err != nil {
			return "", l, fmt.Errorf("put a link on record: %w", err)
		}
		if put {
			return text, l, nil
		}
		known, err = s.cfg.Store.MailLinkOf(ctx, notification, key) // another process sends the same mail
	}
	if err != nil {
		return "", l, fmt.Errorf("find a mail's link: %w", err)
	}
	if text, again := s.signLink(known.MailLink); again == key {
		return text, known.MailLink, nil
	}
	return "", l, &fate{code: "keys_rotated", after: relayFirst, cause: errors.New("another key signs since a moment ago")}
}

// mayDecideIn tells whether somebody may decide in a place now: in their own, or in that of whom they stand in for.
func (s *Service) mayDecideIn(ctx context.Context, c *domain.Case, holder, person domain.EmployeeID) (bool, error) {
	if holder == person {
		return true, nil
	}
	whom, err := s.standInsOf(ctx, c, person)
	return slices.Contains(whom, holder), err
}
