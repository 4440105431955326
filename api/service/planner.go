package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// PlanFor plans the route of material that is put up again, under the policy version the case began with (R6.2). The
// door has checked the material; here counts what may have changed since: the name was taken, the key was destroyed.
func (s *Service) PlanFor(ctx context.Context, caseID, version string, m domain.Material) (*domain.RoutePlan, domain.Reason, error) {
	row, err := s.cfg.Store.Case(ctx, caseID)
	if err != nil {
		return nil, "", fmt.Errorf("read the case: %w", err)
	}
	if m.NameKey != "" {
		own := holder{caseID: caseID}
		if row.State.Kind == domain.KindChange {
			own.groupID = row.GroupID
		}
		held, err := s.cfg.Store.NameHeld(ctx, m.NameKey)
		if err != nil {
			return nil, "", fmt.Errorf("look up who holds the name: %w", err)
		}
		if held != nil && !own.holds(held) {
			return nil, domain.ReasonNameTaken, nil
		}
	}
	put, err := s.matterOf(ctx, row, m.Object)
	switch {
	case errors.Is(err, store.ErrNotFound) || (err == nil && put == nil):
		return nil, domain.ReasonNotAllowed, nil // no such object of the case, or shredded
	case err != nil:
		return nil, "", err
	case !put.is(row, m):
		return nil, domain.ReasonStale, nil
	}
	f := put.filing // nil: a publication
	p, err := s.cfg.Rules.Version(ctx, version)
	if err != nil {
		return nil, "", fmt.Errorf("load the policy of the case: %w", err)
	}
	dir, err := s.cfg.Store.Directory(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("load the directory: %w", err)
	}
	var route domain.RoutePlan
	switch by := row.State.Parties.Requester; {
	case put.post != nil:
		route, err = s.planAgain(ctx, p, *put.post, dir)
	case put.change != nil:
		route, err = p.PlanChange(put.change.Was, *f, by, dir)
	case row.State.Kind == domain.KindRevocation:
		route, err = p.PlanRevocation(*f, by, dir)
	default:
		route, err = p.Plan(*f, by, dir)
	}
	var unplanned *policy.PlanError
	if errors.As(err, &unplanned) {
		return nil, domain.ReasonNotAllowed, nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("plan the route: %w", err)
	}
	return &route, "", nil
}

// is tells whether the material is what the act says it is. What a revocation is about never changes.
func (m *matter) is(row *store.CaseRec, said domain.Material) bool {
	switch {
	case row.State.Kind == domain.KindRevocation:
		return true
	case m.post != nil:
		return m.post.Tier() == said.Tier && m.digest == said.Digest
	case m.change != nil && (m.change.Group != row.GroupID || m.change.Secrecy() != said.Tier):
		return false
	case m.change == nil && m.filing.Tier != said.Tier:
		return false
	}
	return m.digest == said.Digest
}

// planAgain plans the route of a publication that is put up again.
func (s *Service) planAgain(ctx context.Context, p *policy.Policy, r domain.PostRequest, dir *domain.Directory) (domain.RoutePlan, error) {
	var owners []domain.DepartmentID
	for _, id := range r.Groups {
		g, err := s.groupRow(ctx, id)
		if err != nil {
			return domain.RoutePlan{}, err
		}
		for _, d := range g.Doc.Departments {
			if !slices.Contains(owners, d) && dir.Departments[d].Active {
				owners = append(owners, d)
			}
		}
	}
	return p.PlanPost(r.Class, r.Parties, owners, r.Author, dir)
}
