package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// notYet is how long an approved change waits for a group of the first version to learn of its life.
const notYet = 30 * time.Second

// relayApplyChange tells a group that its change was approved, and sees to what it answers: the entry is done when the
// group took it, or when it is on record that it did not. The act has its id, so that telling it twice changes nothing.
func (s *Service) relayApplyChange(ctx context.Context, p store.ApplyChange) error {
	row, err := s.caseRow(ctx, p.CaseID)
	if err != nil {
		return err
	}
	if e, err := s.appliedBy(ctx, row); err != nil || e != nil {
		if err != nil {
			return err
		}
		return s.changeAnswered(ctx, row, e)
	}
	g, err := s.groupRow(ctx, p.GroupID)
	switch {
	case err != nil:
		return err
	case g.Doc.State == domain.GroupDeleted:
		return s.changeAnswered(ctx, row, nil)
	case g.Doc.Life == nil:
		return &fate{code: "group_not_continued", after: notYet, cause: fmt.Errorf("group %s knows no life yet", g.ID), expected: true}
	}
	m, err := s.matterOf(ctx, row, row.MaterialID)
	if err != nil {
		return err
	}
	if m == nil {
		return s.changeAnswered(ctx, row, nil) // nobody can read any more what was approved
	}
	d := domain.DeltaOf(*m.change, row.ID, g.Doc)
	act := domain.GroupAct{ID: domain.ChangeActID(row.ID), Kind: domain.GroupChanged, At: s.now(), Life: &domain.LifeAct{Delta: &d}}
	waiter := s.cfg.Store.Hub().Expect(workflows.GroupID(g.ID), act.ID)
	defer waiter.Close()
	s.at("apply_change.before_call")
	if err := s.signal(ctx, act.At.Add(callBudget), workflows.GroupID(g.ID), workflows.SignalGroupAct, act); err != nil {
		return fmt.Errorf("tell group %s that its change was approved: %w", g.ID, err)
	}
	s.at("apply_change.after_call")
	wait, cancel := context.WithTimeout(ctx, s.cfg.MaxWait)
	defer cancel()
	e, err := waiter.Wait(wait)
	if errors.Is(err, context.DeadlineExceeded) {
		return &fate{code: "change_not_answered", cause: err, expected: true}
	}
	if err != nil {
		return fmt.Errorf("wait for what group %s makes of its change: %w", g.ID, err)
	}
	return s.changeAnswered(ctx, row, e)
}

// changeAnswered follows the group's answer to a change or, of a found group, to its filing; nil: it has ended, and will never answer.
func (s *Service) changeAnswered(ctx context.Context, row *store.CaseRec, e *store.AuditRow) error {
	if e != nil && e.Result == string(domain.Accepted) {
		return nil
	}
	if err := s.cfg.Store.RefuseChange(ctx, row.State); err != nil {
		return fmt.Errorf("put a change that its group refused in the queue of those that need a hand: %w", err)
	}
	return nil
}
