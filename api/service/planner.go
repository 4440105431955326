package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// PlanFor plans the route of material that is put up again, under the policy version the case began with (R6.2). The
// door has checked the material; here counts what may have changed since: the name was taken, the key was destroyed.
func (s *Service) PlanFor(ctx context.Context, caseID, version string, m domain.Material) (*domain.RoutePlan, domain.Reason, error) {
	if m.NameKey != "" {
		held, err := s.cfg.Store.NameHeld(ctx, m.NameKey)
		if err != nil {
			return nil, "", fmt.Errorf("look up who holds the name: %w", err)
		}
		if held != nil && held.CaseID != caseID {
			return nil, domain.ReasonNameTaken, nil
		}
	}
	row, err := s.cfg.Store.Case(ctx, caseID)
	if err != nil {
		return nil, "", fmt.Errorf("read the case: %w", err)
	}
	f, err := s.filing(ctx, caseID, m.Object)
	switch {
	case errors.Is(err, store.ErrNotFound) || (err == nil && f == nil):
		return nil, domain.ReasonNotAllowed, nil // no such object of the case, or shredded
	case err != nil:
		return nil, "", err
	case row.State.Kind == domain.KindFiling && (f.Digest() != m.Digest || f.Tier != m.Tier):
		return nil, domain.ReasonStale, nil
	}
	p, err := s.cfg.Rules.Version(ctx, version)
	if err != nil {
		return nil, "", fmt.Errorf("load the policy of the case: %w", err)
	}
	dir, err := s.cfg.Store.Directory(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("load the directory: %w", err)
	}
	plan := p.Plan
	if row.State.Kind == domain.KindRevocation {
		plan = p.PlanRevocation
	}
	route, err := plan(*f, row.State.Parties.Requester, dir)
	var unplanned *policy.PlanError
	if errors.As(err, &unplanned) {
		return nil, domain.ReasonNotAllowed, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("plan the route: %w", err)
	}
	return &route, "", nil
}
