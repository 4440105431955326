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

// sendMail mails a notification once. It says that something waits and where; of confidential matter not even the title.
// Whoever left, or has no address, gets none; the notification stands in the page all the same.
func (s *Service) sendMail(ctx context.Context, notification string) error {
	if s.cfg.Mail == nil {
		return nil
	}
	n, err := s.cfg.Store.Notification(ctx, notification)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a notification: %w", err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return err
	}
	to := dir.Employees[n.Person]
	if !to.Active || to.Email == "" {
		return nil
	}
	notice, err := s.noticeOf(ctx, n)
	if err != nil {
		return err
	}
	if notice.Lang, err = s.cfg.Store.Language(ctx, to.ID); err != nil {
		return err
	}
	subject, body := mail.Render(notice)
	fresh, err := s.cfg.Store.ClaimMail(ctx, n.Person, n.Key)
	if err != nil || !fresh {
		return err
	}
	switch err := s.cfg.Mail.Send(ctx, mail.Message{ID: n.ID, To: to.Email, Subject: subject, Body: body}); {
	case errors.Is(err, mail.ErrAddress):
		s.log.WarnContext(ctx, "a mail address cannot be used", "employee", to.ID)
	case err != nil:
		return &fate{code: "mail_unavailable", cause: err}
	}
	// A crash between sending and this mark sends a mail twice, under the same Message-ID: better than not at all.
	if err := s.cfg.Store.MailSent(ctx, n.Key); err != nil {
		return fmt.Errorf("note that a mail was sent: %w", err)
	}
	return nil
}

// noticeOf words what a notification is about, in codes.
func (s *Service) noticeOf(ctx context.Context, n store.Notification) (mail.Notice, error) {
	v := mail.Notice{Kind: n.Kind, Status: n.Status}
	var tier domain.Tier
	if n.Subject == "group" {
		g, err := s.groupRow(ctx, n.SubjectID)
		if err != nil {
			return v, err
		}
		v.Number, v.Title, tier = g.Number, g.Name, g.Doc.Tier
		v.Link = s.link("groups", g.ID)
	} else {
		c, err := s.caseRow(ctx, n.SubjectID)
		if err != nil {
			return v, err
		}
		v.Number, v.Title, tier = c.Number, c.Title, c.State.Tier
		v.Link = s.link("cases", c.ID)
	}
	if tier.Confidential() {
		v.Title = ""
	}
	return v, nil
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
