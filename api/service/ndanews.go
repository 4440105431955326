package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
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

// officeScope is the list where an office acts on what it is told of.
var officeScope = map[domain.EffectKind]string{domain.EffectNDALeft: "returns", domain.EffectHand: "hand"}

// sendNDANews mails what was gathered: a line for each, at most thirty, without the names of confidential groups.
func (s *Service) sendNDANews(ctx context.Context, p store.NDANews) error {
	if s.cfg.Mail == nil || len(p.Notifications) == 0 {
		return nil
	}
	slices.Sort(p.Notifications)
	var first store.MailNotice
	notice := mail.Notice{Kind: "ndas", Link: s.link("ndas")}
	only := ""    // the one agreement that all of it is about
	office := ""  // the list of an office where all of it is seen to
	counter := "" // the first notice that agreements wait for the person to sign for the company
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
		if domain.EffectKind(n.Kind) == domain.EffectNDACounter {
			if counter == "" {
				counter = id
			}
			continue // they are counted below, as they stand when the mail goes out
		}
		switch scope := officeScope[domain.EffectKind(n.Kind)]; {
		case notice.N == 0:
			office = scope
		case scope != office:
			office = ""
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
	waiting, err := s.counterNews(ctx, first.Person, counter, &notice)
	switch {
	case err != nil:
		return err
	case notice.N == 0:
		return nil // what waited was signed meanwhile
	case notice.N == waiting && notice.Link != "":
		notice.Link += "?scope=countersign"
	case office != "" && notice.Link != "":
		notice.Link += "?scope=" + office
	case only != "" && waiting == 0:
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
	if waiting > 0 { // and again every morning until nothing waits
		zone, err := s.zone(ctx)
		if err != nil {
			return err
		}
		due := nextMorning(s.now(), zone)
		if _, err := s.cfg.Store.GatherNDANews(ctx, first.Person, counter, due.In(zone).Format(time.DateOnly), due); err != nil {
			return fmt.Errorf("gather news of agreements: %w", err)
		}
	}
	return nil
}

// counterNews puts into a mail how many agreements wait for its person to sign for the company at this moment: one line,
// however many they are. Nothing when no notice (counter) says that any do, or nothing waits any more.
func (s *Service) counterNews(ctx context.Context, person domain.EmployeeID, counter string, notice *mail.Notice) (int, error) {
	if counter == "" {
		return 0, nil
	}
	dir, err := s.wording(ctx)
	if err != nil {
		return 0, err
	}
	counts, err := s.cfg.Store.NDACountsOf(ctx, person, dir.Employees[person].Roles)
	if err != nil || counts.Countersign == 0 {
		return 0, err
	}
	line := mail.GroupLine{Kind: string(domain.EffectNDACounter), Number: strconv.Itoa(counts.Countersign)}
	notice.Groups = append([]mail.GroupLine{line}, notice.Groups[:min(len(notice.Groups), newsMost-1)]...)
	notice.N += counts.Countersign
	notice.Counted += counts.Countersign - 1
	return counts.Countersign, nil
}
