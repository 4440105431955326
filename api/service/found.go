package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// Filing a group that was found on a platform (R6.1: a group that exists is filed late). The filing goes its usual way; its
// approval adopts the group instead of beginning one.

// FileFound files a group that was found. It stays on its platform, and is no new one.
func (s *Service) FileFound(ctx context.Context, a Actor, groupID, key string, f domain.Filing) (CaseSummary, error) {
	if err := checkKey(key); err != nil {
		return CaseSummary{}, err
	}
	row, _, _, err := s.readGroup(ctx, a, groupID)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	request, err := requestHash(routeFile, []any{row.ID, tidy(f)})
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	if id, err := s.filedBefore(ctx, a, routeFile, key, request); err != nil || id != "" {
		if err != nil {
			return CaseSummary{}, fail(err)
		}
		return s.summary(ctx, id)
	}
	if !row.Doc.Unfiled() {
		return CaseSummary{}, &Error{Kind: Conflict, Code: string(domain.ReasonState)}
	}
	if f.Platform != row.Doc.Platform {
		return CaseSummary{}, invalid(domain.Fault{Field: "platform", Code: "cannot_change", Params: map[string]string{"now": row.Doc.Platform}})
	}
	f.Existing = true
	b, err := s.rules(ctx)
	if err != nil {
		return CaseSummary{}, fail(err)
	}
	return s.fileKeyed(ctx, b, a, key, request, row.ID, f)
}

// filedAlready names the case that files a found group.
func (s *Service) filedAlready(ctx context.Context, groupID string) error {
	e := &Error{Kind: Conflict, Code: "filing_under_way", Params: map[string]string{"number": ""}}
	if other, err := s.cfg.Store.FiledBy(ctx, groupID); err == nil && other != nil {
		e.Params["number"] = other.Number
	}
	return e
}

// adopt tells a group that was found that its filing was approved, and sees to what it answers. False: it was not found,
// but is to begin.
func (s *Service) adopt(ctx context.Context, row *store.CaseRec, groupID string, f domain.Filing) (bool, error) {
	if !f.Existing {
		return false, nil
	}
	seen, err := s.cfg.Store.Sighting(ctx, groupID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return true, fmt.Errorf("read what was found on the platform: %w", err)
	}
	g, err := s.groupRow(ctx, groupID)
	if err != nil {
		return true, err
	}
	if g.Doc.State == domain.GroupDeleted { // it has ended, and will never answer
		return true, s.changeAnswered(ctx, row, nil)
	}
	d := domain.AdoptionOf(f, row.ID, g.Doc, policy.NameKey(f.Name) != policy.NameKey(seen.Name))
	act := domain.GroupAct{ID: domain.AdoptionActID(row.ID), Kind: domain.GroupAdopted, At: s.now(), Life: &domain.LifeAct{Delta: &d}}
	workflow := workflows.GroupID(groupID)
	waiter := s.cfg.Store.Hub().Expect(workflow, act.ID)
	defer waiter.Close()
	e, err := s.cfg.Store.AnswerOf(ctx, workflow, act.ID)
	if errors.Is(err, store.ErrNotFound) {
		if err := s.signal(ctx, act.At.Add(callBudget), workflow, workflows.SignalGroupAct, act); err != nil && !errors.Is(err, errNotRunning) {
			return true, fmt.Errorf("tell group %s that it was filed: %w", groupID, err)
		}
		wait, cancel := context.WithTimeout(ctx, min(s.cfg.MaxWait, 10*time.Second))
		defer cancel()
		e, err = waiter.Wait(wait)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return true, &fate{code: "adoption_not_answered", cause: err, expected: true}
	case err != nil:
		return true, fmt.Errorf("wait for what group %s makes of its filing: %w", groupID, err)
	}
	return true, s.changeAnswered(ctx, row, e)
}
