package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// How long keys hold.
const (
	sessionIdle  = 12 * time.Hour
	sessionMost  = 7 * 24 * time.Hour
	sessionSeen  = 5 * time.Minute // seen_at is written at most this often
	sessionFresh = 2 * time.Second
)

func unsigned(code string) *Error { return &Error{Kind: Unsigned, Code: code} }

// SignInDemo signs in as a chosen identity. It runs only where the demo was asked for, on loopback.
func (s *Service) SignInDemo(ctx context.Context, number, agent string) (string, Actor, error) {
	if !s.cfg.Demo {
		return "", Actor{}, notFound()
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return "", Actor{}, fail(err)
	}
	e, ok := byNumber(dir, number)
	if !ok || !e.Active {
		return "", Actor{}, invalid(domain.Fault{Field: "number", Code: "unknown_employee"})
	}
	secret, now := newSecret(), s.now()
	row := store.Session{
		ID: newID(), SecretHash: secretHash(secret), Employee: e.ID, CSRF: newSecret(), CreatedAt: now, SeenAt: now,
		ExpiresAt: now.Add(sessionMost), Agent: clipText(agent, 200), Method: "demo",
	}
	if err := s.cfg.Store.CreateSession(ctx, row); err != nil {
		return "", Actor{}, fail(fmt.Errorf("keep a session: %w", err))
	}
	a, err := s.actor(ctx, dir, e.ID, row.ID, "demo", row.CSRF)
	if err != nil {
		return "", Actor{}, fail(err)
	}
	return secret, a, fail(s.record(ctx, a, "sign_in", "", "demo", "allowed", nil))
}

// byNumber finds an employee by staff number, in any case.
func byNumber(dir *domain.Directory, number string) (domain.Employee, bool) {
	number = strings.TrimSpace(number)
	for _, e := range dir.Employees {
		if strings.EqualFold(e.Number, number) && number != "" {
			return e, true
		}
	}
	return domain.Employee{}, false
}

// actor is who acts, with the roles of this moment. Somebody who left, or whose account is disabled, is nobody: not even
// an old session or link brings them in (semantics 1).
func (s *Service) actor(ctx context.Context, dir *domain.Directory, id domain.EmployeeID, session, method, csrf string) (Actor, error) {
	e := dir.Employees[id]
	p, outside := dir.Outsider(id)
	if !e.Active && !p.Active {
		return Actor{}, unsigned("account_disabled")
	}
	lang, err := s.cfg.Store.Language(ctx, id)
	if err != nil {
		return Actor{}, fmt.Errorf("read a person's language: %w", err)
	}
	a := Actor{ID: id, Number: e.Number, Name: e.Name, Lang: lang, Session: session, Method: method, CSRF: csrf}
	if outside {
		a.Number, a.Name, a.Outside = p.Number, p.Name, true
	}
	a.Roles, a.Leads = rolesOf(dir, id)
	return a, nil
}

// standsIn tells whether somebody may act at all now: works here, or comes from outside and has a place.
func standsIn(dir *domain.Directory, id domain.EmployeeID) bool {
	p, _ := dir.Outsider(id)
	return dir.Active(id) || p.Active
}

// BySession finds the actor of a cookie's secret. Sessions end after 12 hours without use, and after 7 days at the
// latest.
func (s *Service) BySession(ctx context.Context, secret string) (Actor, error) {
	a, err := s.bySession(ctx, secret)
	return a, fail(err)
}

func (s *Service) bySession(ctx context.Context, secret string) (Actor, error) {
	if len(secret) != 43 { // 32 bytes in base64
		return Actor{}, unsigned("not_signed_in")
	}
	hash, now := secretHash(secret), s.now()
	dir, err := s.directory(ctx)
	if err != nil {
		return Actor{}, err
	}
	if a, ok := s.sessions.get(string(hash), now); ok && standsIn(dir, a.ID) {
		a.Roles, a.Leads = rolesOf(dir, a.ID) // roles may have changed since; the directory is at hand
		return a, nil
	}
	row, err := s.cfg.Store.SessionBy(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Actor{}, unsigned("not_signed_in")
	}
	if err != nil {
		return Actor{}, fmt.Errorf("look up a session: %w", err)
	}
	if row.EndedAt != nil || !now.Before(row.ExpiresAt) || now.Sub(row.SeenAt) >= sessionIdle {
		return Actor{}, unsigned("session_expired")
	}
	a, err := s.actor(ctx, dir, row.Employee, row.ID, "session", row.CSRF)
	if err != nil {
		return Actor{}, err
	}
	if now.Sub(row.SeenAt) >= sessionSeen {
		if err := s.cfg.Store.TouchSession(ctx, row.ID, now); err != nil {
			return Actor{}, fmt.Errorf("keep a session alive: %w", err)
		}
	}
	s.sessions.put(string(hash), a, now)
	return a, nil
}

// ByToken finds the actor of a bearer: a personal access token, or in the demo demo:E0001.
func (s *Service) ByToken(ctx context.Context, bearer string) (Actor, error) {
	a, err := s.byToken(ctx, bearer)
	return a, fail(err)
}

func (s *Service) byToken(ctx context.Context, bearer string) (Actor, error) {
	if number, ok := strings.CutPrefix(bearer, "demo:"); ok && s.cfg.Demo {
		dir, err := s.directory(ctx)
		if err != nil {
			return Actor{}, err
		}
		e, ok := byNumber(dir, number)
		if !ok {
			return Actor{}, unsigned("token_invalid")
		}
		return s.actor(ctx, dir, e.ID, "", "demo", "")
	}
	if !strings.HasPrefix(bearer, tokenPrefix) || len(bearer) != len(tokenPrefix)+43 {
		return Actor{}, unsigned("token_invalid")
	}
	hash, now := secretHash(bearer), s.now()
	dir, err := s.directory(ctx)
	if err != nil {
		return Actor{}, err
	}
	row, err := s.cfg.Store.TokenBy(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return Actor{}, unsigned("token_invalid")
	}
	if err != nil {
		return Actor{}, fmt.Errorf("look up a token: %w", err)
	}
	if row.EndedAt != nil || !now.Before(row.ExpiresAt) {
		return Actor{}, unsigned("token_expired")
	}
	if row.UsedAt == nil || now.Sub(*row.UsedAt) >= sessionSeen {
		if err := s.cfg.Store.TouchToken(ctx, row.ID, now); err != nil {
			return Actor{}, fmt.Errorf("note the use of a token: %w", err)
		}
	}
	return s.actor(ctx, dir, row.Employee, row.ID, "token", "")
}

// SignOut ends the session the actor names, the present one when none is named; only one's own.
func (s *Service) SignOut(ctx context.Context, a Actor, session string) error {
	if session == "" {
		session = a.Session
	}
	id, ok := canonicalID(session)
	if !ok {
		return notFound()
	}
	if err := s.cfg.Store.EndSession(ctx, a.ID, id, s.now()); err != nil {
		return fail(fmt.Errorf("end a session: %w", err))
	}
	s.sessions.drop(id)
	return fail(s.record(ctx, a, "sign_out", "", "own", "allowed", nil))
}

// sessionCache spares the database the same question within two seconds. Signing out empties it at once in this process;
// another process learns of it after those two seconds at the latest.
type sessionCache struct {
	mu   sync.Mutex
	held map[string]cachedSession
}

type cachedSession struct {
	actor Actor
	until time.Time
}

// sessionsHeld bounds the cache.
const sessionsHeld = 10_000

func (c *sessionCache) get(hash string, now time.Time) (Actor, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.held[hash]
	return s.actor, ok && now.Before(s.until)
}

func (c *sessionCache) put(hash string, a Actor, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil || len(c.held) >= sessionsHeld {
		c.held = map[string]cachedSession{}
	}
	c.held[hash] = cachedSession{actor: a, until: now.Add(sessionFresh)}
}

// drop forgets a session by its id.
func (c *sessionCache) drop(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for h, s := range c.held {
		if s.actor.Session == id {
			delete(c.held, h)
		}
	}
}

// forget drops what is held of a person, whose language changed.
func (c *sessionCache) forget(id domain.EmployeeID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for h, s := range c.held {
		if s.actor.ID == id {
			delete(c.held, h)
		}
	}
}
