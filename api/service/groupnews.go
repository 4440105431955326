package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// gathered are the news of groups' lives that can wait for the morning: one mail a person a day, not one a group. What
// needs somebody at once goes out at once.
var gathered = map[domain.EffectKind]bool{
	domain.EffectNotice: true, domain.EffectRenewalDue: true, domain.EffectGrace: true, domain.EffectRenewed: true, domain.EffectLeft: true,
	domain.EffectFinding: true, domain.EffectGap: true, domain.EffectOpDone: true, domain.EffectOpFailed: true, domain.EffectTightened: true,
	domain.EffectChanged: true, domain.EffectAdmitted: true, domain.EffectRemoved: true, domain.EffectReleased: true, domain.EffectConsentOver: true,
	domain.EffectUnfiled: true, domain.EffectAdopted: true,
	domain.EffectJoinAsked: true, domain.EffectDeclined: true, domain.EffectTraining: true, domain.EffectMembersOut: true, domain.EffectPlaceOver: true,
	domain.EffectOutsiderAsked: true, domain.EffectOutsiderAnswered: true, domain.EffectOutsiderNotice: true, domain.EffectOutsiderOver: true, domain.EffectSponsorLost: true,
	domain.EffectIdleNotice: true, domain.EffectIdleTold: true, domain.EffectIdleRemoved: true,
}

// newsHour and newsMinute are when the morning's mail goes out, in the company's zone: the dates of groups fall at nine.
const (
	newsHour   = 9
	newsMinute = 30
)

// newsMost bounds the lines of one mail; what is beyond is counted.
const newsMost = 30

// gatherNews puts a notification into its person's next morning mail.
func (s *Service) gatherNews(ctx context.Context, n store.MailNotice) error {
	zone, err := s.zone(ctx)
	if err != nil {
		return err
	}
	due := nextNews(s.now(), zone)
	for range 2 { // today's may be closing at this very moment: then tomorrow's
		ok, err := s.cfg.Store.GatherNews(ctx, n.Person, n.ID, due)
		if err != nil {
			return fmt.Errorf("gather news of groups: %w", err)
		}
		if ok || due.After(s.now().Add(time.Minute)) { // it is in, or was put in before
			return nil
		}
		due = nextNews(due, zone)
	}
	return nil
}

// nextNews is when the next morning mail goes out, after a moment.
func nextNews(now time.Time, zone *time.Location) time.Time {
	y, m, d := now.In(zone).Date()
	at := time.Date(y, m, d, newsHour, newsMinute, 0, 0, zone)
	if !at.After(now) {
		at = time.Date(y, m, d+1, newsHour, newsMinute, 0, 0, zone)
	}
	return at.UTC()
}

// sendGroupNews mails what was gathered: a line for each notice, of confidential groups without their names, and the way
// to where all of it is seen to.
func (s *Service) sendGroupNews(ctx context.Context, p store.GroupNews) error {
	if s.cfg.Mail == nil || len(p.Notifications) == 0 {
		return nil
	}
	slices.Sort(p.Notifications)
	var first store.MailNotice
	notice := mail.Notice{Kind: "groups", Link: s.link("notifications")}
	for _, id := range slices.Compact(p.Notifications) {
		n, err := s.cfg.Store.MailOf(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read what a mail is about: %w", err)
		}
		if first.ID == "" {
			first = n
		}
		if domain.EffectKind(n.Kind) == domain.EffectRenewalDue || domain.EffectKind(n.Kind) == domain.EffectGrace {
			notice.Link = s.link("renewals")
		}
		if domain.EffectKind(n.Kind) == domain.EffectIdleNotice && notice.Link == s.link("notifications") {
			notice.Link = s.link("memberships")
		}
		if notice.N++; len(notice.Groups) == newsMost {
			continue
		}
		line := mail.GroupLine{Kind: n.Kind, Number: n.Number, Title: n.Title}
		if domain.EffectKind(n.Kind) == domain.EffectIdleNotice {
			if line.By, err = s.companyDay(ctx, n.Slot); err != nil {
				return err
			}
		}
		if n.Tier.Confidential() {
			line.Title = ""
		}
		notice.Groups = append(notice.Groups, line)
	}
	if first.ID == "" || !first.Active || first.Address == "" {
		return nil
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
