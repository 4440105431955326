package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// rulesFresh is how long another process's activation may stay unseen. Versions begin no sooner than that after their
// activation, so every process changes over at the moment itself.
const rulesFresh = 2 * time.Second

// rules gives the company's policy and calendar in force. Versions never change, so each is parsed once; which will be in
// force when is asked of the database again after a moment.
type rules struct {
	store    *store.Store
	policies book[*policy.Policy]
	cals     book[*domain.Calendar]
}

// newRules puts first, the default policy as a rule, into force in a database that has none. minute is how long a working minute lasts; zero:
// a minute.
func newRules(ctx context.Context, st *store.Store, minute time.Duration, first []byte) (*rules, error) {
	r := &rules{store: st}
	r.policies = book[*policy.Policy]{store: st, kind: store.Policies, word: "policy", parse: policy.Parse, versions: map[string]*policy.Policy{}}
	r.cals = book[*domain.Calendar]{store: st, kind: store.Calendars, word: "calendar", parse: func(raw []byte) (*domain.Calendar, error) {
		c, err := policy.ParseCalendar(raw)
		if err == nil {
			c.Minute = minute
		}
		return c, err
	}, versions: map[string]*domain.Calendar{}}
	p, err := policy.Parse(first)
	if err != nil {
		return nil, fmt.Errorf("the default policy: %w", err)
	}
	if err := setUp(ctx, st, store.Policies, store.Draft{Version: p.Version, Body: string(first), Title: p.Title}); err != nil {
		return nil, err
	}
	c, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		return nil, fmt.Errorf("the default calendar: %w", err)
	}
	if err := setUp(ctx, st, store.Calendars, store.Draft{Version: c.Version, Body: string(defaultpolicy.Calendar)}); err != nil {
		return nil, err
	}
	if _, err := r.Policy(ctx); err != nil {
		return nil, err
	}
	_, err = r.Calendar(ctx)
	return r, err
}

// setUp gives a database without rules its first ones.
func setUp(ctx context.Context, st *store.Store, kind store.RulesKind, first store.Draft) error {
	if _, err := st.RulesInForce(ctx, kind, time.Now()); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if _, err := st.PutRules(ctx, kind, first); err != nil {
		return err
	}
	return st.SetUp(ctx, kind, first.Version)
}

// Policy implements service.Rules.
func (r *rules) Policy(ctx context.Context) (*policy.Policy, error) { return r.policies.now(ctx) }

// Version implements service.Rules.
func (r *rules) Version(ctx context.Context, version string) (*policy.Policy, error) {
	return r.policies.version(ctx, version)
}

// Calendar implements service.Rules.
func (r *rules) Calendar(ctx context.Context) (*domain.Calendar, error) { return r.cals.now(ctx) }

// LifeRules implements activities.Lives: those of the policy in force.
func (r *rules) LifeRules(ctx context.Context) (domain.LifeRules, error) {
	p, err := r.Policy(ctx)
	if err != nil {
		return domain.LifeRules{}, err
	}
	return p.LifeRules(), nil
}

// Active implements activities.Calendars.
func (r *rules) Active(ctx context.Context) (*domain.Calendar, error) { return r.Calendar(ctx) }

// book holds the versions of one kind of rules.
type book[T any] struct {
	store *store.Store
	kind  store.RulesKind
	word  string
	parse func([]byte) (T, error)

	mu       sync.Mutex
	looked   time.Time
	schedule []store.RulesRow // what is in force, then what will be
	versions map[string]T     // parsed, by version
}

// now gives what is in force at this moment. With the database away the last schedule stands: an act that needs more
// will be refused by the database itself.
func (b *book[T]) now(ctx context.Context) (T, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := time.Now()
	if at.Sub(b.looked) >= rulesFresh {
		list, err := b.store.RulesSchedule(ctx, b.kind, at)
		switch {
		case err == nil:
			b.schedule, b.looked = list, at
		case len(b.schedule) == 0:
			var none T
			return none, fmt.Errorf("look up the %s in force: %w", b.word, err)
		}
	}
	var holds *store.RulesRow
	for i := range b.schedule {
		if row := &b.schedule[i]; row.EffectiveAt != nil && !row.EffectiveAt.After(at) {
			holds = row
		}
	}
	if holds == nil {
		var none T
		return none, fmt.Errorf("no %s is in force: %w", b.word, store.ErrNotFound)
	}
	return b.read(*holds)
}

// version gives one version, in force or not.
func (b *book[T]) version(ctx context.Context, version string) (T, error) {
	b.mu.Lock()
	x, ok := b.versions[version]
	b.mu.Unlock()
	if ok {
		return x, nil
	}
	row, err := b.store.RulesByVersion(ctx, b.kind, version)
	if err != nil {
		var none T
		return none, fmt.Errorf("look up a %s: %w", b.word, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.read(row)
}

// maxVersions bounds what is kept parsed.
const maxVersions = 50

// read parses a version once. Its caller holds the lock.
func (b *book[T]) read(row store.RulesRow) (T, error) {
	if x, ok := b.versions[row.Version]; ok {
		return x, nil
	}
	x, err := b.parse([]byte(row.Body))
	if err != nil {
		return x, fmt.Errorf("%s %s cannot be read by this program: %w", b.word, row.Version, err)
	}
	if len(b.versions) >= maxVersions {
		clear(b.versions)
	}
	b.versions[row.Version] = x
	return x, nil
}
