package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The ways by which somebody may want to be asked to decide.
const (
	NotifyBoth = "both"
	NotifyMail = "mail"
	NotifyChat = "chat" // and by mail where the chat cannot reach them
)

// cardPatience is for how long a card is tried that its platform does not take. The mail went all the same.
const cardPatience = 24 * time.Hour

// The states that a closed card may show beside the outcomes of domain.LinkState.
const (
	cardNewer  = "newer"   // a reminder stands below it
	cardUnsent = "unsent:" // and the connector's word
	cardStale  = "stale:"  // it could not be replaced, and the connector's word
)

// directPlatforms are the connectors that can send to one person, always in the same order.
func (s *Service) directPlatforms() []chat.Connector {
	var out []chat.Connector
	for _, c := range s.cfg.Connectors {
		if slices.Contains(c.Can(), chat.CanDirect) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b chat.Connector) int {
		switch {
		case a.Kind() < b.Kind():
			return -1
		case a.Kind() > b.Kind():
			return 1
		}
		return 0
	})
	return out
}

// AnnounceChat says on which platforms this process can send to one person, so that acts leave entries for it from now on.
// The relay says it again from time to time.
func (s *Service) AnnounceChat(ctx context.Context) error {
	var kinds []string
	for _, c := range s.directPlatforms() {
		kinds = append(kinds, c.Kind())
	}
	return s.cfg.Store.ChatPlatforms(ctx, kinds)
}

// sendCard sends the card beside a notification's mail: who is asked to decide learns in the chat what waits, and gets the
// mail's link; of confidential matter number and link only. The key is the notification's, so that a card whose answer was
// lost is not sent twice.
func (s *Service) sendCard(ctx context.Context, notification string) error {
	n, err := s.cfg.Store.MailOf(ctx, notification)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read what a card is about: %w", err)
	}
	platforms := s.directPlatforms()
	if !n.Active || n.Notify == NotifyMail || n.Subject != "case" || n.Slot == "" || len(platforms) == 0 {
		return nil
	}
	row, err := s.caseRow(ctx, n.SubjectID)
	if err != nil {
		return err
	}
	card, err := s.cfg.Store.CardOf(ctx, n.ID)
	if errors.Is(err, store.ErrNotFound) {
		if asks, err := s.stillAsks(ctx, cardLink(n, row), row, s.now()); err != nil || !asks {
			return err // decided before anybody was asked
		}
		card, err = s.cfg.Store.BeginCard(ctx, store.CardRow{
			ID: n.ID, PersonID: string(n.Person), CaseID: row.ID, Slot: n.Slot, Digest: row.State.Digest, Version: int32(row.State.Version), //nolint:gosec // counted from 1
			Platform: platforms[0].Kind(),
		})
	}
	if err != nil {
		return fmt.Errorf("put a card on record: %w", err)
	}
	if card.ClosedAt != nil {
		return nil
	}
	if card.SentAt == nil {
		if card, err = s.deliverCard(ctx, platforms, n, row, card); err != nil || card.SentAt == nil {
			return err
		}
	}
	// The case may have moved on while the card was under way.
	return s.showOutcomes(ctx, card.CaseID)
}

// stillAsks tells whether a place waits for the person now.
func (s *Service) stillAsks(ctx context.Context, l domain.MailLink, row *store.CaseRec, now time.Time) (bool, error) {
	st := l.Standing(row.State, now)
	if st.State != domain.LinkOpen {
		return false, nil
	}
	return s.mayDecideIn(ctx, &row.State, st.Holder, l.Person)
}

// cardLink is what a card asks for, in the form of a link that never expires: what became of it is judged as a link is.
func cardLink(n store.MailNotice, row *store.CaseRec) domain.MailLink {
	return domain.MailLink{ID: n.ID, Person: n.Person, Case: row.ID, Slot: n.Slot, Digest: row.State.Digest, Version: row.State.Version, Expires: farOff}
}

var farOff = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// deliverCard sends a card on the first platform where the person has an account.
func (s *Service) deliverCard(ctx context.Context, platforms []chat.Connector, n store.MailNotice, row *store.CaseRec, card store.CardRow) (store.CardRow, error) {
	m, err := s.cardText(ctx, n, row)
	if err != nil {
		return card, err
	}
	from := max(0, slices.IndexFunc(platforms, func(c chat.Connector) bool { return c.Kind() == card.Platform }))
	for i, c := range platforms[from:] {
		if i > 0 {
			if err := s.cfg.Store.MoveCard(ctx, card.ID, c.Kind()); err != nil {
				return card, err
			}
		}
		s.at("card.before_call")
		r, err := c.Direct(ctx, "card:"+card.ID, n.Person, m)
		s.at("card.after_call")
		if err == nil {
			if err := s.cfg.Store.SentCard(ctx, card.ID, r.ID, r); err != nil {
				return card, err
			}
			return s.cfg.Store.CardOf(ctx, card.ID)
		}
		f := chat.AsFault(err)
		switch {
		case f.Code == chat.CodeNoAccount:
			continue
		case (f.Retry || f.Code == chat.CodeTokenRevoked) && s.now().Sub(card.AskedAt) < cardPatience:
			return card, &fate{code: f.Code, after: f.After, cause: err}
		}
		return card, s.cfg.Store.CloseCard(ctx, card.ID, cardUnsent+f.Code, nil)
	}
	return card, s.cfg.Store.CloseCard(ctx, card.ID, cardUnsent+chat.CodeNoAccount, nil)
}

// showOutcomes replaces the cards of a case that ask no more by what became of them.
func (s *Service) showOutcomes(ctx context.Context, caseID string) error {
	cards, err := s.cfg.Store.OpenCards(ctx, caseID)
	if err != nil || len(cards) == 0 {
		return err
	}
	row, err := s.caseRow(ctx, caseID)
	if err != nil {
		return err
	}
	var late error
	for i, card := range cards {
		l := domain.MailLink{
			ID: card.ID, Person: domain.EmployeeID(card.PersonID), Case: caseID, Slot: card.Slot, Digest: card.Digest, Version: int(card.Version), Expires: farOff,
		}
		st := l.Standing(row.State, s.now())
		shows := string(st.State)
		may, err := s.mayDecideIn(ctx, &row.State, st.Holder, l.Person)
		if err != nil {
			return err
		}
		switch {
		case !may && st.State == domain.LinkOpen:
			shows = string(domain.LinkNotAllowed) // a delegation ended
		case st.State != domain.LinkOpen && st.State != domain.LinkWaiting:
		case slices.ContainsFunc(cards[i+1:], func(c store.CardRow) bool { return c.PersonID == card.PersonID && c.Slot == card.Slot }):
			shows = cardNewer
		default:
			continue
		}
		if err := s.replaceCard(ctx, card, row, shows, st); err != nil {
			late = err
		}
	}
	return late
}

// replaceCard has a card show an outcome. What its platform cannot change stays as it is, and the record says so.
func (s *Service) replaceCard(ctx context.Context, card store.CardRow, row *store.CaseRec, shows string, st domain.Standing) error {
	c, ok := s.cfg.Connectors[card.Platform]
	if !ok {
		return s.cfg.Store.CloseCard(ctx, card.ID, cardStale+"unknown_platform", nil)
	}
	m, err := s.outcomeText(ctx, domain.EmployeeID(card.PersonID), row, shows, st)
	if err != nil {
		return err
	}
	m.Replace = card.Message
	s.at("card.before_replace")
	r, err := c.Direct(ctx, "card:"+card.ID+":"+shows, domain.EmployeeID(card.PersonID), m)
	s.at("card.after_replace")
	if err == nil {
		return s.cfg.Store.CloseCard(ctx, card.ID, shows, r)
	}
	f := chat.AsFault(err)
	if (f.Retry || f.Code == chat.CodeTokenRevoked) && s.now().Sub(card.AskedAt) < 7*cardPatience {
		return &fate{code: f.Code, after: f.After, cause: err}
	}
	return s.cfg.Store.CloseCard(ctx, card.ID, cardStale+f.Code, nil)
}

// onlyChat tells whether a mail is not wanted since the card reached the person. While the card is under way the mail waits.
func (s *Service) onlyChat(ctx context.Context, n store.MailNotice) (bool, error) {
	if n.Notify != NotifyChat || !asking[n.Kind] || n.Slot == "" || len(s.cfg.Connectors) == 0 || len(s.directPlatforms()) == 0 {
		return false, nil
	}
	card, err := s.cfg.Store.CardOf(ctx, n.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		if s.now().Sub(n.At) > 2*time.Minute {
			return false, nil
		}
	case err != nil:
		return false, err
	case card.SentAt != nil:
		return true, nil
	case card.ClosedAt != nil || s.now().Sub(card.AskedAt) > 2*time.Minute:
		return false, nil // the chat does not reach them
	}
	return true, &fate{code: "card_first", after: 2 * time.Second, cause: errors.New("the card is under way"), expected: true}
}
