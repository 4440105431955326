package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// Rules gives the company's rules in force.
type Rules interface {
	Policy(ctx context.Context) (*policy.Policy, error)
	Calendar(ctx context.Context) (*domain.Calendar, error)
	// Version gives one version of the policy, in force or not: a case stays under the one it began with (R6.2).
	Version(ctx context.Context, version string) (*policy.Policy, error)
}

// Config is what the service stands on.
type Config struct {
	Store     *store.Store
	Temporal  client.Client // nil until UseEngine: acts answer Unavailable, filings wait for the relay
	Namespace string
	Keyring   *codec.Keyring
	Rules     Rules
	Clock     func() time.Time // nil: time.Now
	Demo      bool             // identities may be chosen; only on loopback
	Log       *slog.Logger     // nil: slog.Default
	MaxWait   time.Duration    // for an act's answer; 0: 10 s
	// SealKeys are the fingerprints of the platform's keys, this one and those it followed, for documents that are checked.
	SealKeys []string
	// PolicySchema is the JSON Schema of policy files, for editors.
	PolicySchema []byte
	BaseURL      string       // links in mails: https://qunbei.example.com
	Mail         *mail.Sender // nil: mails are not sent
	// Connectors are the chat platforms, by kind: cards are sent by those that can send to one person.
	Connectors map[string]chat.Connector
	// ReconcileEvery is how often each platform is compared with the register; 0: every quarter of an hour.
	ReconcileEvery time.Duration
	// InactiveEvery is how often groups are looked for that nobody looked at today for inactive members; 0: every ten minutes.
	InactiveEvery time.Duration
	Alone         bool // no other relay works on this database
	// Hold names kinds of outbox entries that this process's relay leaves alone: for maintenance of a mail server, say, or
	// to measure without what follows a case.
	Hold []string
	// Look compares a group with its platform now and tells how many findings stand open; ErrUnreadable where the platform
	// lets nothing be read. nil: no platform does.
	Look func(ctx context.Context, groupID string) (int, error)
	// HookSecret signs what chat platforms ask about messages (Standard Webhooks); empty: they may not ask.
	HookSecret []byte
	// Boundary is called before and after each commit and engine call of a case, by name; tests kill the process there.
	Boundary func(name string)
}

// ErrUnreadable: the group's platform gives no list of who is in it.
var ErrUnreadable = errors.New("the platform cannot be read")

// Service runs the API that handlers call. It is safe for concurrent use.
type Service struct {
	cfg        Config
	log        *slog.Logger
	temporal   atomic.Pointer[client.Client]
	sessions   sessionCache
	handed     handoff
	signed     signed
	openCases  openCount
	bot        botAsked
	ears       ears
	site       PasskeySite
	rp         *webauthn.WebAuthn // nil where passkeys cannot be used
	checks     chan struct{}      // documents being checked
	astray     atomic.Bool        // the relay lost sight of entries that it may hold
	courseBook courseBook
}

var _ API = (*Service)(nil)

// New makes the service. It connects to nothing.
func New(cfg Config) *Service {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.MaxWait == 0 {
		cfg.MaxWait = 10 * time.Second
	}
	s := &Service{cfg: cfg, log: cfg.Log, site: passkeySite(cfg.BaseURL), checks: make(chan struct{}, mostChecks)}
	var err error
	if s.rp, err = s.site.relyingParty(); err != nil {
		s.site = PasskeySite{Why: "no_address"}
	}
	if s.cfg.Look == nil {
		s.cfg.Look = s.lookNow
	}
	s.UseEngine(cfg.Temporal)
	return s
}

// at passes a named boundary.
func (s *Service) at(name string) {
	if s.cfg.Boundary != nil {
		s.cfg.Boundary(name)
	}
}

// now is the time of a fact: UTC in microseconds, so that JSON, PostgreSQL and history agree.
func (s *Service) now() time.Time { return s.cfg.Clock().UTC().Truncate(time.Microsecond) }

// directory is the company at the newest revision.
func (s *Service) directory(ctx context.Context) (*domain.Directory, error) {
	dir, err := s.cfg.Store.Directory(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return dir, nil
}

// wording is the snapshot at hand, to put names to ids with: it costs nothing, and may be a moment old.
func (s *Service) wording(ctx context.Context) (*domain.Directory, error) {
	dir, err := s.cfg.Store.DirectoryAt(ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return dir, nil
}

// poke tells the relay of this process that there is work.
func (s *Service) poke() { s.cfg.Store.Hub().WakeRelay() }

// storeFault maps the database's errors: unknown rows are not found, a database that is away can be tried again, the
// rest is our fault.
func storeFault(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound()
	case store.Unavailable(err):
		return databaseAway(err)
	}
	return &Error{Kind: Internal, Code: "internal", Cause: err}
}

// record appends to stream two; evidence that cannot be written stops what it is about.
func (s *Service) record(ctx context.Context, a Actor, kind, subject, rule, result string, detail map[string]any) error {
	err := s.cfg.Store.RecordEvent(ctx, store.Event{
		At: s.now(), Actor: string(a.ID), Kind: kind, Subject: subject, Rule: rule, Result: result, Detail: detail,
	})
	if err != nil {
		return fmt.Errorf("record what was done: %w", err)
	}
	return nil
}

// Health asks database and engine, each within a second.
func (s *Service) Health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	engine := make(chan bool, 1)
	go func() {
		c, err := s.engine()
		if err == nil {
			_, err = c.CheckHealth(ctx, &client.CheckHealthRequest{})
		}
		engine <- err == nil
	}()
	h := Health{Database: s.cfg.Store.Ping(ctx) == nil}
	select {
	case h.Engine = <-engine:
	case <-ctx.Done():
	}
	return h
}
