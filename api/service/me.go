package service

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// Bounds of personal access tokens.
const (
	tokenMostDays = 365
	tokenMostHeld = 20
	tokenMostName = 60
)

// routeToken is the name under which the keys of token creations are kept.
const routeToken = "POST /tokens"

// CreateToken makes a personal access token. Its secret is shown this once: the same request sent again gets the token,
// but never the secret again.
func (s *Service) CreateToken(ctx context.Context, a Actor, key, name string, days int) (TokenView, string, error) {
	v, secret, err := s.createToken(ctx, a, key, name, days)
	return v, secret, fail(err)
}

func (s *Service) createToken(ctx context.Context, a Actor, key, name string, days int) (TokenView, string, error) {
	if err := checkKey(key); err != nil {
		return TokenView{}, "", err
	}
	faults := domain.CheckText("name", name, tokenMostName, true)
	if days < 1 || days > tokenMostDays {
		faults = append(faults, domain.Fault{Field: "days", Code: "out_of_range", Params: map[string]string{"min": "1", "max": strconv.Itoa(tokenMostDays)}})
	}
	if len(faults) > 0 {
		return TokenView{}, "", invalid(faults...)
	}
	request, err := requestHash(routeToken, []string{name, strconv.Itoa(days)})
	if err != nil {
		return TokenView{}, "", err
	}
	ref := store.IdempotencyRef{Employee: a.ID, Key: key, Route: routeToken, Request: request}
	switch before, err := s.cfg.Store.Replayed(ctx, ref); {
	case err != nil:
		return TokenView{}, "", err
	case before.Known && !before.Same:
		return TokenView{}, "", errKeyReused()
	case before.Done:
		return TokenView{}, "", &Error{Kind: Conflict, Code: "token_already_made"}
	}
	held, err := s.cfg.Store.TokensOf(ctx, a.ID)
	if err != nil {
		return TokenView{}, "", err
	}
	if len(held) >= tokenMostHeld {
		return TokenView{}, "", &Error{Kind: Conflict, Code: "too_many_tokens", Params: map[string]string{"max": strconv.Itoa(tokenMostHeld)}}
	}
	secret, now := tokenPrefix+newSecret(), s.now()
	row := store.Token{
		ID: newID(), SecretHash: secretHash(secret), Employee: a.ID, Name: name, CreatedAt: now, ExpiresAt: now.Add(time.Duration(days) * 24 * time.Hour),
	}
	if err := s.cfg.Store.CreateToken(ctx, row); err != nil {
		return TokenView{}, "", err
	}
	if err := s.cfg.Store.CompleteKey(ctx, ref, 201, map[string]string{"token_id": row.ID}); err != nil {
		return TokenView{}, "", err
	}
	if err := s.record(ctx, a, "token_created", "", "own", "allowed", map[string]any{"token": row.ID, "days": days}); err != nil {
		return TokenView{}, "", err
	}
	return tokenView(row), secret, nil
}

// EndToken ends one of the actor's tokens.
func (s *Service) EndToken(ctx context.Context, a Actor, id string) error {
	id, ok := canonicalID(id)
	if !ok {
		return notFound()
	}
	if err := s.cfg.Store.EndToken(ctx, a.ID, id, s.now()); err != nil {
		return fail(fmt.Errorf("end a token: %w", err))
	}
	return fail(s.record(ctx, a, "token_ended", "", "own", "allowed", map[string]any{"token": id}))
}

func tokenView(r store.Token) TokenView {
	v := TokenView{ID: r.ID, Name: r.Name, Created: r.CreatedAt.UTC(), Expires: r.ExpiresAt.UTC()}
	if r.UsedAt != nil {
		v.Used = timeOf(*r.UsedAt)
	}
	return v
}

// Me tells who I am, what waits for me, and where I am signed in.
func (s *Service) Me(ctx context.Context, a Actor) (MeView, error) {
	v, err := s.me(ctx, a)
	return v, fail(err)
}

func (s *Service) me(ctx context.Context, a Actor) (MeView, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return MeView{}, err
	}
	n := names{dir}
	v := MeView{Person: n.person(a.ID), Roles: a.Roles, Leads: n.departments(a.Leads), Lang: a.Lang}
	if v.Notify, err = s.cfg.Store.Notify(ctx, a.ID); err != nil {
		return MeView{}, fmt.Errorf("read how somebody is told: %w", err)
	}
	v.Chat = len(s.directPlatforms()) > 0
	if v.Waiting, err = s.waitingFor(ctx, a.ID); err != nil {
		return MeView{}, err
	}
	if v.Unread, err = s.cfg.Store.UnreadCount(ctx, a.ID, waitingMost); err != nil {
		return MeView{}, fmt.Errorf("count unread news: %w", err)
	}
	agreements, err := s.cfg.Store.NDACountsOf(ctx, a.ID, a.Roles)
	if err != nil {
		return MeView{}, err
	}
	v.ToSign, v.ToCountersign, v.ToReturn = agreements.Sign, agreements.Countersign, agreements.Return
	v.ToConfirm, v.NDAsInHand = agreements.Left, agreements.Hand
	sessions, err := s.cfg.Store.SessionsOf(ctx, a.ID)
	if err != nil {
		return MeView{}, err
	}
	for _, r := range sessions {
		v.Sessions = append(v.Sessions, SessionView{
			ID: r.ID, Created: r.CreatedAt.UTC(), Seen: r.SeenAt.UTC(), Expires: r.ExpiresAt.UTC(), Agent: r.Agent, Current: r.ID == a.Session,
		})
	}
	tokens, err := s.cfg.Store.TokensOf(ctx, a.ID)
	if err != nil {
		return MeView{}, err
	}
	for _, r := range tokens {
		v.Tokens = append(v.Tokens, tokenView(r))
	}
	return v, nil
}

// SetLanguage keeps the language a person chose; empty: by the browser.
func (s *Service) SetLanguage(ctx context.Context, a Actor, lang string) error {
	if lang != "" && lang != "zh-CN" && lang != "en" {
		return invalid(domain.Fault{Field: "language", Code: "unknown_value", Params: map[string]string{"allowed": "zh-CN, en"}})
	}
	if err := s.cfg.Store.SetLanguage(ctx, a.ID, lang); err != nil {
		return fail(fmt.Errorf("keep a language: %w", err))
	}
	s.sessions.forget(a.ID)
	return nil
}

// SetNotify keeps by which ways a person wants to be asked to decide.
func (s *Service) SetNotify(ctx context.Context, a Actor, ways string) error {
	if ways != NotifyBoth && ways != NotifyMail && ways != NotifyChat {
		return invalid(domain.Fault{Field: "ways", Code: "unknown_value", Params: map[string]string{"allowed": "both, mail, chat"}})
	}
	if err := s.cfg.Store.SetNotify(ctx, a.ID, ways); err != nil {
		return fail(fmt.Errorf("keep how somebody is told: %w", err))
	}
	return nil
}

// CaseRelations says what the actor is to a case, for the permission table.
func (s *Service) CaseRelations(ctx context.Context, a Actor, id string) ([]Relation, error) {
	row, err := s.caseRow(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	rel, err := s.relationsTo(ctx, row, a)
	if err != nil {
		return nil, fail(err)
	}
	s.handed.put(a.ID, row, rel)
	return rel, nil
}

// GroupRelations says what the actor is to a group, for the permission table.
func (s *Service) GroupRelations(ctx context.Context, a Actor, id string) ([]Relation, error) {
	row, err := s.groupRow(ctx, id)
	if err != nil {
		return nil, fail(err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	rel, err := s.relationsToGroup(ctx, row, dir, a)
	return rel, fail(err)
}

// Refused records that the door refused a request. The refusal stands whether or not it could be written.
func (s *Service) Refused(ctx context.Context, a Actor, route, rule, subject string) {
	if err := s.record(ctx, a, "door_refused", subject, rule, "refused", map[string]any{"route": route}); err != nil {
		s.log.ErrorContext(ctx, "a refusal could not be recorded", "route", route, "code", store.Code(err))
	}
}

// clipText bounds a text that others wrote, and takes out what cannot be stored or seen.
func clipText(text string, most int) string {
	out := make([]rune, 0, most)
	for _, r := range text {
		if r < 0x20 || r == 0x7f || r == 0xfffd {
			continue
		}
		if len(out) == most {
			break
		}
		out = append(out, r)
	}
	return string(out)
}
