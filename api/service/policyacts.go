package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// The bounds of what the acts take.
const (
	maxNote     = 500
	mostAhead   = 2 * 366 * 24 * time.Hour
	openCasesOf = 10 * time.Second // how old the count of open cases may be
)

// openCount keeps the count of open cases by policy for a moment: it reads every open case.
type openCount struct {
	mu sync.Mutex
	at time.Time
	n  map[string]int
}

func (s *Service) openByPolicy(ctx context.Context) (map[string]int, error) {
	s.openCases.mu.Lock()
	defer s.openCases.mu.Unlock()
	if s.openCases.n != nil && time.Since(s.openCases.at) < openCasesOf {
		return s.openCases.n, nil
	}
	n, err := s.cfg.Store.OpenCasesByPolicy(ctx)
	if err == nil {
		s.openCases.n, s.openCases.at = n, time.Now()
	}
	return n, err
}

// once carries out a write on a version under an idempotency key. The acts are idempotent by themselves too, so that a
// process that died between act and key does no harm.
func (s *Service) once(ctx context.Context, a Actor, key, route string, request any, act func() (status int, err error)) (int, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	sum, err := requestHash(route, request)
	if err != nil {
		return 0, err
	}
	ref := store.IdempotencyRef{Employee: a.ID, Key: key, Route: route, Request: sum}
	before, err := s.cfg.Store.Replayed(ctx, ref)
	switch {
	case err != nil:
		return 0, fmt.Errorf("look up an idempotency key: %w", err)
	case before.Known && !before.Same:
		return 0, errKeyReused()
	case before.Done:
		return before.Status, nil
	}
	status, err := act()
	if err != nil {
		return 0, err
	}
	if err := s.cfg.Store.CompleteKey(ctx, ref, status, map[string]string{}); err != nil {
		return 0, fmt.Errorf("keep an idempotency key: %w", err)
	}
	return status, nil
}

// rulesEvent is what goes on record with an act on a version, in its transaction.
func (s *Service) rulesEvent(a Actor, what string, kind RulesKind, version string, more map[string]any) *store.Event {
	detail := map[string]any{"version": version}
	for k, v := range more {
		detail[k] = v
	}
	word := "policy_"
	if kind == Calendars {
		word = "calendar_"
	}
	return &store.Event{At: s.now(), Actor: string(a.ID), Kind: word + what, Rule: "process_admin", Result: "allowed", Detail: detail}
}

// DraftRules stores a file as a draft (R6.2). Its version is the declared one with the start of its digest, so that the
// same file is stored once, whoever sends it.
func (s *Service) DraftRules(ctx context.Context, a Actor, key string, kind RulesKind, file Upload, note string) (RulesVersion, bool, error) {
	if err := mayChangeRules(a); err != nil {
		return RulesVersion{}, false, err
	}
	if err := checkKey(key); err != nil {
		return RulesVersion{}, false, err
	}
	note = strings.TrimSpace(note)
	if faults := domain.CheckText("note", note, maxNote, false); len(faults) > 0 {
		return RulesVersion{}, false, invalid(faults...)
	}
	d := store.Draft{Body: string(file.Data), Actor: string(a.ID), Note: note}
	var err error
	if kind == Calendars {
		var c *domain.Calendar
		if c, err = policy.ParseCalendar(file.Data); err == nil {
			d.Version = c.Version
		}
	} else {
		var p *policy.Policy
		if p, err = policy.Parse(file.Data); err == nil {
			d.Version, d.Title = p.Version, p.Title
		}
	}
	var faulty *policy.FileError
	switch {
	case errors.As(err, &faulty):
		return RulesVersion{}, false, &Error{Kind: Invalid, Code: "rules_faulty", Params: map[string]string{"n": fmt.Sprint(len(faulty.Defects))}, Defects: faulty.Defects}
	case err != nil:
		return RulesVersion{}, false, fail(err)
	}
	status, err := s.once(ctx, a, key, "POST /"+string(kind), []string{d.Version, note}, func() (int, error) {
		d.Event = s.rulesEvent(a, "drafted", kind, d.Version, nil)
		fresh, err := s.cfg.Store.PutRules(ctx, kind, d)
		if fresh {
			return 201, err
		}
		return 200, err
	})
	if err != nil {
		return RulesVersion{}, false, fail(err)
	}
	v, err := s.rulesVersion(ctx, a, kind, d.Version)
	return v.RulesVersion, status == 201, fail(err)
}

// ProposeRules asks a second person to put a version into force, from a moment on or as soon as they do.
func (s *Service) ProposeRules(ctx context.Context, a Actor, key string, kind RulesKind, version string, effective *time.Time) (RulesVersion, error) {
	if err := mayChangeRules(a); err != nil {
		return RulesVersion{}, err
	}
	if effective != nil {
		at := effective.UTC().Truncate(time.Microsecond)
		if at.Before(s.now()) {
			return RulesVersion{}, invalid(domain.Fault{Field: "effective_at", Code: "in_the_past"})
		}
		if at.After(s.now().Add(mostAhead)) {
			return RulesVersion{}, invalid(domain.Fault{Field: "effective_at", Code: "too_far_ahead"})
		}
		effective = &at
	}
	return s.actOnRules(ctx, a, key, kind, version, "proposals", effective, func() error {
		return s.cfg.Store.ProposeRules(ctx, store.Proposal{Kind: kind, Version: version, By: a.ID, Effective: effective,
			Event: s.rulesEvent(a, "proposed", kind, version, map[string]any{"effective_at": effective})})
	})
}

// ActivateRules puts a proposed version into force: the second person's act (issue 3). A policy whose routes the present
// directory cannot carry is refused with the list.
func (s *Service) ActivateRules(ctx context.Context, a Actor, key string, kind RulesKind, version, against string) (RulesVersion, error) {
	if err := mayChangeRules(a); err != nil {
		return RulesVersion{}, err
	}
	return s.actOnRules(ctx, a, key, kind, version, "activations", against, func() error {
		const tries = 3 // the directory may move on between look and act
		var err error
		for range tries {
			if err = s.activateRules(ctx, a, kind, version, against); !errors.Is(err, store.ErrBehind) {
				return err
			}
		}
		return &Error{Kind: Conflict, Code: "directory_moved_on", Cause: err}
	})
}

func (s *Service) activateRules(ctx context.Context, a Actor, kind RulesKind, version, against string) error {
	in := store.Activation{Kind: kind, Version: version, By: a.ID, Against: against, Revision: -1,
		Event: s.rulesEvent(a, "activated", kind, version, map[string]any{"against": against})}
	if kind == Policies {
		row, err := s.cfg.Store.RulesByVersion(ctx, kind, version)
		if err != nil {
			return err
		}
		p, err := policy.Parse([]byte(row.Body))
		if err != nil {
			return &Error{Kind: Conflict, Code: "rules_unreadable", Cause: err}
		}
		dir, err := s.directory(ctx)
		if err != nil {
			return err
		}
		if problems := (names{dir}).problems(p); len(problems) > 0 {
			return &Error{Kind: Conflict, Code: "policy_unresolvable", Params: map[string]string{"n": fmt.Sprint(len(problems))}, Problems: problems}
		}
		in.Revision = dir.Revision
	}
	_, err := s.cfg.Store.ActivateRules(ctx, in)
	if err == nil {
		s.poke()
	}
	return err
}

// WithdrawRules gives up a draft or proposal, or stops a change that has not come yet.
func (s *Service) WithdrawRules(ctx context.Context, a Actor, key string, kind RulesKind, version string) (RulesVersion, error) {
	if err := mayChangeRules(a); err != nil {
		return RulesVersion{}, err
	}
	return s.actOnRules(ctx, a, key, kind, version, "withdrawals", nil, func() error {
		return s.cfg.Store.WithdrawRules(ctx, kind, version, a.ID, s.rulesEvent(a, "withdrawn", kind, version, nil))
	})
}

// actOnRules carries an act out once and shows the version as it then is. Refusals are recorded: who tried to do alone
// what takes two is worth knowing.
func (s *Service) actOnRules(ctx context.Context, a Actor, key string, kind RulesKind, version, what string, request any, act func() error) (RulesVersion, error) {
	route := "POST /" + string(kind) + "/" + version + "/" + what
	_, err := s.once(ctx, a, key, route, request, func() (int, error) {
		err := act()
		if s.didBefore(ctx, a, kind, version, what, err) {
			err = nil
		}
		return 200, err
	})
	if err != nil {
		e := rulesFault(err)
		var known *Error
		if errors.As(e, &known) && (known.Kind == Conflict || known.Kind == Forbidden) && known.Code != errKeyReused().Code {
			if err := s.record(ctx, a, "rules_refused", "", known.Code, "refused", map[string]any{"version": version, "act": what}); err != nil {
				return RulesVersion{}, fail(err)
			}
		}
		return RulesVersion{}, e
	}
	v, err := s.rulesVersion(ctx, a, kind, version)
	return v.RulesVersion, fail(err)
}

// didBefore tells whether an act failed only because this person did it already: their process died before the key was kept.
func (s *Service) didBefore(ctx context.Context, a Actor, kind RulesKind, version, what string, err error) bool {
	var state *store.RulesStateError
	if !errors.As(err, &state) {
		return false
	}
	row, err := s.cfg.Store.RulesByVersion(ctx, kind, version)
	if err != nil {
		return false
	}
	me := func(id *string) bool { return id != nil && *id == string(a.ID) }
	return what == "activations" && store.RulesState(row.State) == store.RulesActivated && me(row.ActivatedBy) ||
		what == "withdrawals" && store.RulesState(row.State) == store.RulesWithdrawn && me(row.WithdrawnBy)
}

// rulesFault says what the store's refusal means to the person who acts.
func rulesFault(err error) error {
	var state *store.RulesStateError
	switch {
	case errors.As(err, &state):
		return &Error{Kind: Conflict, Code: "rules_state", Params: map[string]string{"state": string(state.State)}}
	case errors.Is(err, store.ErrOnePerson):
		return &Error{Kind: Forbidden, Code: "two_people_needed"}
	case errors.Is(err, store.ErrStale):
		return &Error{Kind: Conflict, Code: "rules_stale"}
	case errors.Is(err, store.ErrIllegal):
		return &Error{Kind: Conflict, Code: "rules_refused"}
	}
	return fail(err)
}
