package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// routeRevoke is the route's name under which revocations' idempotency keys are kept.
const routeRevoke = "POST /cases/{id}/revocations"

// Revoke asks for the revocation of an approved case, within the window of the policy version it was approved under, by a
// new approval under the policy in force (semantics 1: revoke). The requester, those who had a place, and security may
// ask. Who filed the case decides on its revocation as little as who asks for it.
func (s *Service) Revoke(ctx context.Context, a Actor, caseID, key, reason string) (CaseSummary, error) {
	if err := checkKey(key); err != nil {
		return CaseSummary{}, err
	}
	if faults := domain.CheckText("comment", reason, domain.MaxCommentRunes, true); len(faults) > 0 {
		return CaseSummary{}, invalid(faults...)
	}
	row, err := s.revocableAtDoor(ctx, a, caseID)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	request, err := requestHash(routeRevoke, []string{row.ID, reason})
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	if id, err := s.filedBefore(ctx, a, routeRevoke, key, request); err != nil || id != "" {
		if err != nil {
			return CaseSummary{}, fail(err)
		}
		return s.summary(ctx, id)
	}
	now := s.now()
	if _, err := s.revocable(ctx, row, now); err != nil {
		return CaseSummary{}, fail(err)
	}
	sub, err := s.revocation(ctx, a, row, reason, now)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	sub.Idempotency = &store.IdempotencyRef{Employee: a.ID, Key: key, Route: routeRevoke, Request: request}
	sub.Answer = func(c domain.Case) (int, any) { return 201, filed{Case: c.ID} }
	state, err := s.cfg.Store.Submit(ctx, sub)
	if errors.Is(err, store.ErrKeyInUse) || errors.Is(err, store.ErrRevoking) {
		switch id, kerr := s.filedBefore(ctx, a, routeRevoke, key, request); { // the same call twice at once
		case kerr != nil:
			return CaseSummary{}, fail(kerr)
		case id != "":
			return s.summary(ctx, id)
		case errors.Is(err, store.ErrRevoking):
			return CaseSummary{}, &Error{Kind: Conflict, Code: "revocation_under_way"}
		}
		return CaseSummary{}, &Error{Kind: Conflict, Code: "request_under_way", RetryAfter: 1}
	}
	if err != nil {
		return CaseSummary{}, fail(fmt.Errorf("store a revocation: %w", err))
	}
	s.begin(context.WithoutCancel(ctx), state, "")
	return s.summary(ctx, state.ID)
}

// revocableAtDoor lets through who may ask for the revocation of a case.
func (s *Service) revocableAtDoor(ctx context.Context, a Actor, id string) (*store.CaseRec, error) {
	row, rel, err := s.caseFor(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if mayRevoke(a, rel) {
		return row, nil
	}
	if err := s.record(ctx, a, "act_refused", row.ID, "revoke", "refused", nil); err != nil {
		return nil, err
	}
	if mayReadCase(a, rel) {
		return nil, forbidden("not_a_party")
	}
	return nil, notFound()
}

// mayRevoke tells who may ask for a revocation.
func mayRevoke(a Actor, rel []Relation) bool {
	return slices.Contains(rel, RelRequester) || slices.Contains(rel, RelApprover) || slices.Contains(rel, RelAsked) || a.Has(domain.RoleSecurity)
}

// revocable says until when a case can be revoked, or why it cannot.
func (s *Service) revocable(ctx context.Context, row *store.CaseRec, now time.Time) (time.Time, error) {
	c := &row.State
	switch {
	case c.Kind == domain.KindChange: // the group may have moved on since: what is to be undone is asked for, and seen, anew
		return time.Time{}, &Error{Kind: Conflict, Code: "change_not_revocable"}
	case c.Kind != domain.KindFiling:
		return time.Time{}, &Error{Kind: Conflict, Code: string(domain.ReasonNotAllowed)}
	case row.Status == domain.CaseRevoked:
		return time.Time{}, &Error{Kind: Conflict, Code: "already_revoked"}
	case c.Status != domain.CaseApproved:
		return time.Time{}, &Error{Kind: Conflict, Code: "not_approved"}
	}
	b, err := s.rulesOf(ctx, c)
	if err != nil {
		return time.Time{}, err
	}
	until, ok := b.policy.RevocableUntil(c.Decided, b.calendar)
	switch {
	case !ok:
		return time.Time{}, &Error{Kind: Conflict, Code: string(domain.ReasonNotAllowed)}
	case !now.Before(until):
		return time.Time{}, &Error{Kind: Conflict, Code: "revocation_over", Params: map[string]string{"until": until.Format(time.RFC3339)}}
	}
	return until, nil
}

// revocation plans and makes the new case.
func (s *Service) revocation(ctx context.Context, a Actor, row *store.CaseRec, reason string, now time.Time) (store.Submission, error) {
	f, err := s.filing(ctx, row.ID, row.MaterialID)
	if err != nil {
		return store.Submission{}, err
	}
	if f == nil {
		return store.Submission{}, &Error{Kind: Conflict, Code: "shredded"}
	}
	b, err := s.rules(ctx)
	if err != nil {
		return store.Submission{}, err
	}
	parties := domain.Parties{Requester: a.ID}
	if filer := row.State.Parties.Requester; filer != a.ID {
		parties.Others = append(parties.Others, filer)
	}
	route, err := b.policy.PlanRevocation(*f, a.ID, b.dir)
	var unplanned *policy.PlanError
	switch {
	case errors.As(err, &unplanned) && unplanned.Reason == "not_revocable":
		return store.Submission{}, &Error{Kind: Conflict, Code: string(domain.ReasonNotAllowed)}
	case errors.As(err, &unplanned):
		return store.Submission{}, invalid(unplanned.Fault())
	case err != nil:
		return store.Submission{}, fmt.Errorf("plan the route of a revocation: %w", err)
	}
	var p plan
	if p.take(b, route, parties, now); len(p.faults) > 0 {
		return store.Submission{}, invalid(p.faults...) // never stuck later
	}
	m := domain.Revocation{Filing: *f, Revokes: domain.Revoked{Case: row.ID, Number: row.Number, Digest: row.State.Digest}, Reason: reason}
	return s.submit(b, route, domain.Case{
		Kind: domain.KindRevocation, Tier: row.State.Tier, Parties: parties, Digest: m.Digest(), Subject: row.ID,
	}, m, row.Title, now)
}
