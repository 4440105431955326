package service

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// sendMail mails a notification. It says that something waits and where; of confidential matter not even the title. Who
// is asked to decide gets a link for it.
// Whoever left, or has no address, gets none; the notification stands in the page all the same. The outbox holds one
// entry a mail; a crash between sending and settling it sends the mail twice, under the same Message-ID: better than not
// at all.
func (s *Service) sendMail(ctx context.Context, notification string) error {
	n, err := s.cfg.Store.MailOf(ctx, notification)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what a mail is about: %w", err)
	}
	if err := s.tellDeputies(ctx, n); err != nil {
		return err
	}
	if s.cfg.Mail == nil || !n.Active || n.Address == "" {
		return nil
	}
	if chat, err := s.onlyChat(ctx, n); err != nil || chat {
		return err
	}
	if gathered[domain.EffectKind(n.Kind)] && n.Subject == "group" && !n.Outside || n.Subject == subjectTraining {
		return s.gatherNews(ctx, n)
	}
	if n.Subject == subjectNDA {
		return s.gatherNDANews(ctx, n)
	}
	notice := mail.Notice{Kind: n.Kind, Status: n.Status, Number: n.Number, Title: n.Title, Link: s.link(n.Subject+"s", n.SubjectID), Lang: n.Lang}
	if n.Other != "" {
		dir, err := s.wording(ctx)
		if err != nil {
			return err
		}
		notice.Person = dir.NameOf(n.Other)
	}
	if n.Outside { // of the group's pages only that of their own place is theirs
		if notice.Link = s.link("memberships"); n.Kind == string(domain.EffectOutsiderOver) || n.Kind == string(domain.EffectRemoved) {
			notice.Link = ""
		}
	}
	if n.Subject == subjectPost {
		notice.Link = s.link("publications", n.SubjectID)
	}
	if n.Subject == subjectDelegate || n.Subject == subjectAbsence {
		notice.Link = s.link("delegations")
	}
	if n.Subject == subjectPasskey {
		notice.Link = s.link("me")
	}
	if n.Kind == store.NewsWaiting {
		if waits, err := s.digest(ctx, n, &notice); err != nil || !waits {
			return err
		}
	}
	if n.Tier.Confidential() {
		notice.Title = ""
	}
	tap, err := s.oneTapFor(ctx, n)
	if err != nil {
		return fmt.Errorf("make a mail's link: %w", err)
	}
	if tap != nil {
		notice.Decide, notice.SignIn, notice.Until = tap.address, tap.signIn, tap.until
		if cal, err := s.cfg.Rules.Calendar(ctx); err == nil && cal.Zone != nil {
			notice.Until = tap.until.In(cal.Zone)
		}
	}
	text := mail.Render(notice)
	switch err := s.cfg.Mail.Send(ctx, mail.Message{ID: n.ID, To: n.Address, Subject: text.Subject, Body: text.Body, HTML: text.HTML}); {
	case errors.Is(err, mail.ErrAddress):
		s.log.WarnContext(ctx, "a mail address cannot be used", "notification", n.ID)
	case err != nil:
		return &fate{code: "mail_unavailable", cause: err}
	}
	return nil
}

func (s *Service) link(parts ...string) string {
	if s.cfg.BaseURL == "" {
		return ""
	}
	u, err := url.JoinPath(s.cfg.BaseURL, parts...)
	if err != nil {
		return strings.TrimRight(s.cfg.BaseURL, "/")
	}
	return u
}
