package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/store"
)

// News of agreements come in one mail a person a day: the first of a day goes out after a moment, in which others may join
// it; what comes later waits for the next morning. So a bulk of five hundred agreements is one mail for each signer, and
// one for whoever signs them for the company.

// subjectNDA is what notifications about agreements are about.
const subjectNDA = "nda"

// ndaGather is how long the first news of a day waits for more.
const ndaGather = time.Minute

// gatherNDANews puts a notification into its person's mail of the day, or the next day's when that is closed.
func (s *Service) gatherNDANews(ctx context.Context, n store.MailNotice) error {
	zone, err := s.zone(ctx)
	if err != nil {
		return err
	}
	due := s.now().Add(ndaGather)
	for range 3 {
		ok, err := s.cfg.Store.GatherNDANews(ctx, n.Person, n.ID, due.In(zone).Format(time.DateOnly), due)
		if err != nil {
			return fmt.Errorf("gather news of agreements: %w", err)
		}
		if ok {
			return nil
		}
		due = nextMorning(due, zone)
	}
	return &fate{code: "mail_closing", after: time.Minute, cause: errors.New("the mails of two days are closing at once")}
}

// nextMorning is the hour of mails on the day after.
func nextMorning(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, newsHour, newsMinute, 0, 0, zone).UTC()
}

// sendNDANews mails what was gathered: a line for each, at most thirty, without the names of confidential groups.
func (s *Service) sendNDANews(ctx context.Context, p store.NDANews) error {
	if s.cfg.Mail == nil || len(p.Notifications) == 0 {
		return nil
	}
	slices.Sort(p.Notifications)
	var first store.MailNotice
	notice := mail.Notice{Kind: "ndas", Link: s.link("ndas")}
	only := "" // the one agreement that all of it is about
	for _, id := range slices.Compact(p.Notifications) {
		n, err := s.cfg.Store.MailOf(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read what a mail is about: %w", err)
		}
		switch {
		case first.ID == "":
			first, only = n, n.SubjectID
		case only != n.SubjectID:
			only = ""
		}
		if notice.N++; len(notice.Groups) == newsMost {
			continue
		}
		line := mail.GroupLine{Kind: n.Kind, Number: n.Number, Title: n.Title}
		if n.Tier.Confidential() {
			line.Title = ""
		}
		notice.Groups = append(notice.Groups, line)
	}
	if first.ID == "" || !first.Active || first.Address == "" {
		return nil
	}
	if only != "" {
		notice.Link = s.link("ndas", only)
	}
	notice.Lang = first.Lang
	text := mail.Render(notice)
	switch err := s.cfg.Mail.Send(ctx, mail.Message{ID: first.ID, To: first.Address, Subject: text.Subject, Body: text.Body, HTML: text.HTML}); {
	case errors.Is(err, mail.ErrAddress):
		s.log.WarnContext(ctx, "a mail address cannot be used", "notification", first.ID)
	case err != nil:
		return &fate{code: "mail_unavailable", cause: err}
	}
	return nil
}
