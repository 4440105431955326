package service

import (
	"context"
	"fmt"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// holder is a case, or a group, that may hold a name already; empty: neither.
type holder struct{ caseID, groupID string }

func (h holder) holds(t *store.NameTaken) bool {
	return (h.caseID != "" && t.CaseID == h.caseID) || (h.groupID != "" && t.GroupID == h.groupID)
}

// nameContext is what a name is judged by beside the policy.
func (b rulebook) nameContext(f domain.Filing) policy.NameContext {
	return policy.NameContextOf(f, b.dir)
}

// checkName judges a name by the policy and by who holds it, and suggests a valid, free one when it is refused
// (R2.2.1). The suggestion is not reserved: somebody may take it first.
// own is whose name it would be, whose hold on it is none.
func (s *Service) checkName(ctx context.Context, b rulebook, f domain.Filing, own holder) (NameCheck, error) {
	nc := b.nameContext(f)
	c := NameCheck{Name: f.Name, Faults: b.policy.CheckName(f.Name, nc)}
	if len(c.Faults) == 0 {
		held, err := s.nameHeld(ctx, policy.NameKey(f.Name), own)
		if err != nil {
			return NameCheck{}, err
		}
		if held != nil {
			c.Faults = append(c.Faults, *held)
		}
	}
	c.OK = len(c.Faults) == 0
	if !c.OK {
		var err error
		if c.Suggestion, err = s.suggestName(ctx, b, f, own); err != nil {
			return NameCheck{}, err
		}
	}
	return c, nil
}

// nameHeld is the fault of a name that somebody holds. It says no more than that: what holds it may be confidential.
func (s *Service) nameHeld(ctx context.Context, key string, own holder) (*domain.Fault, error) {
	held, err := s.cfg.Store.NameHeld(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("look up a name: %w", err)
	}
	if held == nil || own.holds(held) {
		return nil, nil
	}
	return &domain.Fault{Field: "name", Code: "name_taken"}, nil
}

// suggestName finds a valid, free name near the one refused. The policy asks for a bounded number of candidates.
func (s *Service) suggestName(ctx context.Context, b rulebook, f domain.Filing, own holder) (string, error) {
	var fault error
	name := b.policy.SuggestName(f.Name, b.nameContext(f), func(key string) bool {
		if fault != nil {
			return false // give up quickly; the suggestion is void anyway
		}
		held, err := s.cfg.Store.NameHeld(ctx, key)
		fault = err
		return held != nil && !own.holds(held)
	})
	if fault != nil {
		return "", fmt.Errorf("look up a name: %w", fault)
	}
	return name, nil
}
