package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The bounds of what a deputy is told when a delegation begins.
const (
	mostWaiting = 200 // counted
	mostLines   = 10  // named in the mail
)

// delegationBegins tells the deputy, once, what waits already when a delegation begins: what comes later is told as it
// comes. A delegation that ended before it began, or under which nothing waits, is told of no more.
func (s *Service) delegationBegins(ctx context.Context, id string) error {
	d, rows, err := s.waitsUnder(ctx, id)
	if err != nil || len(rows) == 0 {
		return err
	}
	return s.cfg.Store.TellOfWaiting(ctx, d, len(rows))
}

// delegationOver closes the cards that still ask the deputy, or whoever stood in for the deputy in turn, though nobody's place
// is theirs any more.
func (s *Service) delegationOver(ctx context.Context, id string) error {
	rec, err := s.cfg.Store.Delegation(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a delegation: %w", err)
	}
	all, err := s.cfg.Store.Delegations(ctx)
	if err != nil {
		return fmt.Errorf("read delegations: %w", err)
	}
	people := []domain.EmployeeID{rec.To}
	for i := 0; i < len(people); i++ {
		for _, d := range all {
			if d.From == people[i] && !slices.Contains(people, d.To) {
				people = append(people, d.To)
			}
		}
	}
	cases, err := s.cfg.Store.CasesWithCards(ctx, people)
	if err != nil {
		return fmt.Errorf("read whom cards still ask: %w", err)
	}
	for _, c := range cases {
		if err := s.showOutcomes(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// waitsUnder lists what waits for a deputy under a delegation in force; nothing under one that is not.
func (s *Service) waitsUnder(ctx context.Context, id string) (domain.Delegation, []store.InboxRec, error) {
	rec, err := s.cfg.Store.Delegation(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return domain.Delegation{}, nil, nil
	}
	if err != nil {
		return domain.Delegation{}, nil, fmt.Errorf("read a delegation: %w", err)
	}
	d, now := rec.Delegation, s.now()
	dir, err := s.wording(ctx)
	if err != nil || !d.Revoked.IsZero() || now.Before(d.Start) || !now.Before(d.Until) || !dir.Active(d.To) {
		return d, nil, err
	}
	ds, err := s.cfg.Store.Delegations(ctx)
	if err != nil {
		return d, nil, fmt.Errorf("read delegations: %w", err)
	}
	if !slices.ContainsFunc(ds, func(x domain.Delegation) bool { return x.ID == d.ID }) {
		ds = append(slices.Clone(ds), d) // another process made it a moment ago
	}
	rows, err := s.cfg.Store.WaitsUnder(ctx, d, ds, mostWaiting)
	if err != nil {
		return d, nil, fmt.Errorf("read what waits under a delegation: %w", err)
	}
	return d, rows, nil
}

// digest lists in a mail what waits under a delegation, as it is when the mail goes out: the nearest deadline first, of
// confidential matter not even the title. False: nothing waits any more.
func (s *Service) digest(ctx context.Context, n store.MailNotice, notice *mail.Notice) (bool, error) {
	_, rows, err := s.waitsUnder(ctx, n.SubjectID)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	notice.Link, notice.N = s.link("inbox"), len(rows)
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return false, fmt.Errorf("read the calendar: %w", err)
	}
	for _, r := range rows[:min(len(rows), mostLines)] {
		x := mail.Waiting{Number: r.Case.Number}
		if !r.Case.State.Tier.Confidential() {
			x.Title = r.Case.Title
		}
		if r.Due != nil {
			if x.Due = r.Due.UTC(); cal.Zone != nil {
				x.Due = r.Due.In(cal.Zone)
			}
		}
		notice.Waiting = append(notice.Waiting, x)
	}
	return true, nil
}
