package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// routeFile is the route's name under which filings' idempotency keys are kept.
const routeFile = "POST /groups"

// rules reads what a filing is judged by: the policy and calendar in force, and the newest directory.
func (s *Service) rules(ctx context.Context) (rulebook, error) {
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return rulebook{}, fmt.Errorf("read the policy in force: %w", err)
	}
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return rulebook{}, fmt.Errorf("read the calendar in force: %w", err)
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return rulebook{}, err
	}
	return rulebook{policy: pol, calendar: cal, dir: dir}, nil
}

// PreviewFiling shows what a filing would lead to, by the functions that run it, and every fault at once.
func (s *Service) PreviewFiling(ctx context.Context, a Actor, f domain.Filing) (Preview, error) {
	b, err := s.rules(ctx)
	if err != nil {
		return Preview{}, fail(err)
	}
	v, err := s.preview(ctx, b, a, f, holder{})
	return v, fail(err)
}

// preview plans a filing; own is the case whose it is, if any.
func (s *Service) preview(ctx context.Context, b rulebook, a Actor, f domain.Filing, own holder) (Preview, error) {
	p, err := b.plan(f, a.ID, s.now())
	if err != nil {
		return Preview{}, err
	}
	name, err := s.checkName(ctx, b, p.filing, own)
	if err != nil {
		return Preview{}, err
	}
	v := Preview{Name: name, Faults: readable(append(append([]domain.Fault{}, name.Faults...), p.faults...)), Digest: p.filing.Digest()}
	if p.route != nil {
		v.Route = names{b.dir}.previewOf(p, b.policy, a.words(b.policy.RouteLabel(p.route.Route)))
	}
	return v, nil
}

// CheckName judges a name while it is typed.
func (s *Service) CheckName(ctx context.Context, _ Actor, f domain.Filing) (NameCheck, error) {
	b, err := s.rules(ctx)
	if err != nil {
		return NameCheck{}, fail(err)
	}
	c, err := s.checkName(ctx, b, tidy(f), holder{})
	return c, fail(err)
}

// FileGroup submits a filing (R2.1, R2.2.1, R4.1.1, R6.1). The case is stored first, with everything that must follow;
// then its workflow is started at once. When the engine is away the case stays submitted and the relay starts it.
func (s *Service) FileGroup(ctx context.Context, a Actor, key string, f domain.Filing) (CaseSummary, error) {
	if err := checkKey(key); err != nil {
		return CaseSummary{}, err
	}
	b, err := s.rules(ctx)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	return s.file(ctx, b, a, key, f)
}

func (s *Service) file(ctx context.Context, b rulebook, a Actor, key string, f domain.Filing) (CaseSummary, error) {
	request, err := requestHash(routeFile, tidy(f))
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	return s.fileKeyed(ctx, b, a, key, request, "", f)
}

// fileKeyed files under a key; request tells one request under the key from another. found is the group that is filed when
// it was found on a platform; empty: a new one.
func (s *Service) fileKeyed(ctx context.Context, b rulebook, a Actor, key, request, found string, f domain.Filing) (CaseSummary, error) {
	now := s.now()
	p, faults, err := s.judged(ctx, b, a, f, holder{}, now)
	if err != nil || len(faults) > 0 {
		// An answer given before comes first: what was valid then may not be so now, and the name is held by that very
		// filing. A filing without a fault finds out when it is stored.
		if id, kerr := s.filedBefore(ctx, a, routeFile, key, request); kerr != nil || id != "" {
			if kerr != nil {
				return CaseSummary{}, fail(kerr)
			}
			return s.summary(ctx, id)
		}
		if err != nil {
			return CaseSummary{}, fail(err)
		}
		return CaseSummary{}, invalid(faults...)
	}
	sub, err := s.submission(b, p, now)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	if found != "" {
		sub.GroupID, sub.Found = found, true
	}
	sub.Idempotency = &store.IdempotencyRef{Employee: a.ID, Key: key, Route: routeFile, Request: request}
	sub.Answer = func(c domain.Case) (int, any) { return 201, filed{Case: c.ID} }
	s.at("submit.before_commit")
	state, err := s.cfg.Store.Submit(ctx, sub)
	var taken *store.NameTaken
	var other *store.ChangeUnderWay
	if lost, late := errors.As(err, &taken), errors.As(err, &other); lost || late || errors.Is(err, store.ErrKeyInUse) {
		// The same call twice at once competes with itself: whoever lost to its own twin gets the twin's answer.
		switch id, err := s.filedBefore(ctx, a, routeFile, key, request); {
		case err != nil:
			return CaseSummary{}, fail(err)
		case id != "":
			return s.summary(ctx, id)
		case lost:
			return CaseSummary{}, s.lostName(ctx, b, p.filing)
		case late:
			return CaseSummary{}, s.filedAlready(ctx, found)
		}
		return CaseSummary{}, &Error{Kind: Conflict, Code: "request_under_way", RetryAfter: 1}
	}
	if err != nil {
		return CaseSummary{}, fail(fmt.Errorf("store a filing: %w", err))
	}
	s.at("submit.after_commit")
	// The filing is taken: a caller who goes away now leaves a case that runs, not one that waits for the relay.
	s.begin(context.WithoutCancel(ctx), state, sub.GroupID)
	return s.summary(ctx, state.ID)
}

// judged is what the rules say of a filing that is to be submitted. Who holds the name is asked only of a faulty one, so
// that every fault is told at once; otherwise the store finds out when it takes the name.
// own is the case that is submitted again.
func (s *Service) judged(ctx context.Context, b rulebook, a Actor, f domain.Filing, own holder, now time.Time) (*plan, []domain.Fault, error) {
	p, err := b.plan(f, a.ID, now)
	if err != nil {
		return nil, nil, err
	}
	if own == (holder{}) && len(p.faults) == 0 && len(b.policy.CheckName(p.filing.Name, b.nameContext(p.filing))) == 0 {
		return p, nil, nil
	}
	name, err := s.checkName(ctx, b, p.filing, own)
	if err != nil {
		return nil, nil, err
	}
	return p, append(withSuggestion(name.Faults, name.Suggestion), p.faults...), nil
}

// begin starts the workflow of a case just submitted. Whatever goes wrong is the relay's to put right.
func (s *Service) begin(ctx context.Context, state domain.Case, groupID string) {
	s.at("start_case.before_call")
	if err := s.startCase(ctx, state, groupID); err != nil {
		s.log.WarnContext(ctx, "the case's workflow starts later", "case", state.ID, "error", err)
		s.poke()
		return
	}
	s.at("start_case.after_call")
	if err := s.cfg.Store.MarkStarted(ctx, state.ID); err != nil {
		s.log.WarnContext(ctx, "the case is marked as started later", "case", state.ID, "code", store.Code(err))
		s.poke()
		return
	}
	s.at("mark_started.after_commit")
}

// lostName answers a filing whose name somebody took between check and commit: exactly one wins.
func (s *Service) lostName(ctx context.Context, b rulebook, f domain.Filing) error {
	suggestion, err := s.suggestName(ctx, b, f, holder{})
	if err != nil {
		return fail(err)
	}
	return invalid(withSuggestion([]domain.Fault{{Field: "name", Code: "name_taken"}}, suggestion)...)
}

// withSuggestion hands the valid name on with the faults of the refused one.
func withSuggestion(faults []domain.Fault, suggestion string) []domain.Fault {
	if suggestion == "" {
		return faults
	}
	out := make([]domain.Fault, len(faults))
	for i, f := range faults {
		params := map[string]string{"suggestion": suggestion}
		for k, v := range f.Params {
			params[k] = v
		}
		out[i] = domain.Fault{Field: f.Field, Code: f.Code, Params: params}
	}
	return out
}
