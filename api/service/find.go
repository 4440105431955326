package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
)

// FindPeople finds active people by the beginning or a part of name or staff number, by exact matches first. It reads the
// snapshot at hand: a company fits.
func (s *Service) FindPeople(ctx context.Context, _ Actor, text string, limit int) ([]PersonRef, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	return findPeople(dir, text, limit), nil
}

// maxFound bounds a list of people found.
const maxFound = 50

func findPeople(dir *domain.Directory, text string, limit int) []PersonRef {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || len(text) > 200 {
		return []PersonRef{}
	}
	if limit <= 0 || limit > maxFound {
		limit = maxFound
	}
	type hit struct {
		e    domain.Employee
		rank int
	}
	var hits []hit
	for _, e := range dir.Employees {
		if !e.Active {
			continue
		}
		name, number := strings.ToLower(e.Name), strings.ToLower(e.Number)
		switch {
		case name == text || number == text:
			hits = append(hits, hit{e, 0})
		case strings.HasPrefix(name, text) || strings.HasPrefix(number, text):
			hits = append(hits, hit{e, 1})
		case strings.Contains(name, text) || strings.Contains(number, text):
			hits = append(hits, hit{e, 2})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(a.rank-b.rank, strings.Compare(a.e.Number, b.e.Number)) })
	n := names{dir}
	out := make([]PersonRef, 0, min(limit, len(hits)))
	for _, h := range hits[:min(limit, len(hits))] {
		out = append(out, n.person(h.e.ID))
	}
	return out
}

// Departments lists the active departments, by path.
func (s *Service) Departments(ctx context.Context, _ Actor) ([]DepartmentRef, error) {
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	n := names{dir}
	out := make([]DepartmentRef, 0, len(dir.Departments))
	for id, d := range dir.Departments {
		if d.Active {
			out = append(out, n.department(id))
		}
	}
	slices.SortFunc(out, func(a, b DepartmentRef) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(string(a.ID), string(b.ID)))
	})
	return out, nil
}

// Tiers lists the tiers with what they allow, for the form.
func (s *Service) Tiers(ctx context.Context, _ Actor) ([]TierView, error) {
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return nil, fail(fmt.Errorf("read the policy in force: %w", err))
	}
	rules := pol.FilingRules()
	out := make([]TierView, 0, len(domain.Tiers))
	for _, t := range domain.Tiers {
		out = append(out, TierView{Tier: t, Ceiling: rules.Ceilings[t], Defaults: pol.TierDefaults(t)})
	}
	return out, nil
}

// Platforms lists the kinds of platform in use.
func (s *Service) Platforms(ctx context.Context, _ Actor) ([]string, error) {
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return nil, fail(fmt.Errorf("read the policy in force: %w", err))
	}
	return pol.FilingRules().Platforms, nil
}

// DemoCast lists identities to try, with what waits for each.
func (s *Service) DemoCast(ctx context.Context) ([]CastMember, error) {
	if !s.cfg.Demo {
		return nil, notFound()
	}
	dir, err := s.directory(ctx)
	if err != nil {
		return nil, fail(err)
	}
	n, out := names{dir}, []CastMember{}
	for _, p := range directory.DemoCast {
		e, ok := byNumber(dir, p.Number)
		if !ok || !e.Active {
			continue
		}
		m := CastMember{Person: n.person(e.ID), Label: domain.Label{ZH: p.ZH, EN: p.EN}}
		m.Roles, _ = rolesOf(dir, e.ID)
		if m.Waiting, err = s.waitingFor(ctx, e.ID); err != nil {
			return nil, fail(err)
		}
		out = append(out, m)
	}
	return out, nil
}
