package service

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
)

// policyOf is a version of the policy, in force or not: a case stays under the one it began with (R6.2).
func (s *Service) policyOf(ctx context.Context, version string) (*policy.Policy, error) {
	p, err := s.cfg.Rules.Version(ctx, version)
	if err != nil {
		return nil, fmt.Errorf("read version %s of the policy: %w", version, err)
	}
	return p, nil
}

// rulesOf is what an open case is judged by: the policy version it began with, the calendar in force, the newest
// directory.
func (s *Service) rulesOf(ctx context.Context, c *domain.Case) (rulebook, error) {
	pol, err := s.policyOf(ctx, c.Policy)
	if err != nil {
		return rulebook{}, err
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
