package service

import (
	"context"

	"github.com/qunbei/qunbei/models/domain"
)

// Acting in another's name (semantics 1: 委托): who may is the rules' to say, over the delegations in force.

// standInsOf lists in whose name somebody can decide on a case now. Delegations are read only when one could matter.
func (s *Service) standInsOf(_ context.Context, c *domain.Case, me domain.EmployeeID) ([]domain.EmployeeID, error) {
	_, _ = c, me // until delegations are stored
	return nil, nil
}

// standsIn tells whether somebody can decide in another's name. Who is asked decides in their own.
func (s *Service) standsIn(ctx context.Context, c *domain.Case, me domain.EmployeeID, rel []Relation) (bool, error) {
	for _, r := range rel {
		if r == RelAsked || r == RelRequester {
			return false, nil
		}
	}
	whom, err := s.standInsOf(ctx, c, me)
	return len(whom) > 0, err
}

// offersOf lists what the rules would take from somebody, in their own name or another's.
func (s *Service) offersOf(_ context.Context, c *domain.Case, me domain.EmployeeID, f domain.Facts, _ []Relation) ([]domain.Offer, error) {
	return domain.Offers(*c, me, f), nil
}
