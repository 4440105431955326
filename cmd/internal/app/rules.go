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

// rulesFresh is how long another process's activation may stay unseen.
const rulesFresh = 2 * time.Second

// rules gives the company's policy and calendar in force. Versions never change, so each is parsed once; which one is in
// force is asked of the database again after a moment.
type rules struct {
	store *store.Store

	mu       sync.Mutex
	looked   time.Time
	policy   *policy.Policy
	calendar *domain.Calendar
}

// newRules puts the default rules into force in a database that has none.
func newRules(ctx context.Context, st *store.Store) (*rules, error) {
	r := &rules{store: st}
	if _, err := st.ActivePolicy(ctx); errors.Is(err, store.ErrNotFound) {
		p, err := policy.Parse(defaultpolicy.Policy)
		if err != nil {
			return nil, fmt.Errorf("the default policy: %w", err)
		}
		if err := st.PutPolicy(ctx, p.Version, string(defaultpolicy.Policy), ""); err != nil {
			return nil, err
		}
		if err := st.ActivatePolicy(ctx, p.Version); err != nil {
			return nil, err
		}
	}
	if _, err := st.ActiveCalendar(ctx); errors.Is(err, store.ErrNotFound) {
		c, err := policy.ParseCalendar(defaultpolicy.Calendar)
		if err != nil {
			return nil, fmt.Errorf("the default calendar: %w", err)
		}
		if err := st.PutCalendar(ctx, c.Version, string(defaultpolicy.Calendar)); err != nil {
			return nil, err
		}
		if err := st.ActivateCalendar(ctx, c.Version); err != nil {
			return nil, err
		}
	}
	return r, r.look(ctx)
}

// look asks what is in force, when the last answer is old. With the database away the last answer stands: an act that
// needs it will be refused by the database itself.
func (r *rules) look(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.looked) < rulesFresh {
		return nil
	}
	prow, err := r.store.ActivePolicy(ctx)
	if err != nil {
		return r.stale(err)
	}
	crow, err := r.store.ActiveCalendar(ctx)
	if err != nil {
		return r.stale(err)
	}
	if r.policy == nil || r.policy.Version != prow.Version {
		p, err := policy.Parse([]byte(prow.Body))
		if err != nil {
			return fmt.Errorf("the policy in force cannot be read: %w", err)
		}
		r.policy = p
	}
	if r.calendar == nil || r.calendar.Version != crow.Version {
		c, err := policy.ParseCalendar([]byte(crow.Body))
		if err != nil {
			return fmt.Errorf("the calendar in force cannot be read: %w", err)
		}
		r.calendar = c
	}
	r.looked = time.Now()
	return nil
}

func (r *rules) stale(err error) error {
	if r.policy != nil && r.calendar != nil {
		return nil
	}
	return fmt.Errorf("look up the rules in force: %w", err)
}

// Policy implements service.Rules.
func (r *rules) Policy(ctx context.Context) (*policy.Policy, error) {
	err := r.look(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.policy, err
}

// Calendar implements service.Rules.
func (r *rules) Calendar(ctx context.Context) (*domain.Calendar, error) {
	err := r.look(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calendar, err
}

// Active implements activities.Calendars.
func (r *rules) Active(ctx context.Context) (*domain.Calendar, error) { return r.Calendar(ctx) }
