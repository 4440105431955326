package service

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/api/enums/v1"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// maintainEvery is how often groups are looked for that began under an older version of the program.
const maintainEvery = time.Hour

// maintain brings what an older version of the program left up to date, at the start and from time to time.
func (s *Service) maintain(ctx context.Context) {
	for ctx.Err() == nil {
		after := maintainEvery
		n, err := s.cfg.Store.GiveLives(ctx)
		switch {
		case err != nil:
			after = relayMost
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "groups without rules for their lives are looked for later", "code", store.Code(err))
			}
		case n > 0:
			s.log.InfoContext(ctx, "groups of the first version take over the rules for their lives", "groups", n)
		}
		if _, err := s.cfg.Store.SweepClearances(ctx); err != nil && ctx.Err() == nil {
			after = relayMost
			s.log.WarnContext(ctx, "agreements and trainings that ran out are looked for later", "code", store.Code(err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(after):
		}
	}
}

// relayGroup tells a group what the system has learnt. A deleted one has nothing to find out again.
func (s *Service) relayGroup(ctx context.Context, p store.SignalGroup) error {
	act := domain.GroupAct{ID: "sys:" + p.Act + ":" + p.Ref, Kind: domain.GroupActKind(p.Act), At: s.now()}
	switch act.Kind {
	case domain.GroupDirectory:
		revision, err := strconv.ParseInt(p.Ref, 10, 64)
		if err != nil {
			return &fate{code: "unreadable", after: relayMost, cause: err}
		}
		act.Life = &domain.LifeAct{Revision: revision}
	case domain.GroupClearance:
		act.Life = &domain.LifeAct{People: p.People}
	case domain.GroupInactive:
		act.Life = &domain.LifeAct{People: p.People, Rule: p.Rule}
	case domain.GroupCalendar, domain.GroupContinued:
	default:
		return &fate{code: "unknown_act", after: relayMost, cause: fmt.Errorf("no hand for %s", p.Act)}
	}
	err := s.signal(ctx, act.At.Add(callBudget), workflows.GroupID(p.GroupID), workflows.SignalGroupAct, act)
	if !errors.Is(err, errNotRunning) {
		return err
	}
	row, missing := s.groupRow(ctx, p.GroupID)
	switch {
	case missing != nil && !errors.Is(missing, store.ErrNotFound):
		return missing
	case missing == nil && row.Doc.State != domain.GroupDeleted:
		return &fate{code: "not_running", after: relayMost, cause: err}
	}
	return nil
}

// exportEarlier keeps the histories of the runs that an open workflow's newest run goes on from (temporal.md 22), back to
// the first that is kept already.
func (s *Service) exportEarlier(ctx context.Context, workflow string) error {
	_, subject, ok := workflows.Subject(workflow)
	if !ok {
		return &fate{code: "unknown_workflow", after: relayMost, cause: errors.New("no workflow of ours")}
	}
	newest, err := s.newestRun(ctx, workflow)
	if err != nil || newest == "" {
		return err
	}
	run, err := s.runBefore(ctx, workflow, newest)
	for range maxRuns {
		if err != nil || run == "" {
			return err
		}
		kept, missing := s.cfg.Store.ExportOf(ctx, workflow, run)
		switch {
		case missing == nil && kept.Closed:
			return nil
		case missing != nil && !errors.Is(missing, store.ErrNotFound):
			return missing
		}
		run, err = s.exportRun(ctx, workflow, run, subject)
	}
	return nil
}

// runBefore is the run that a run goes on from; empty: none.
func (s *Service) runBefore(ctx context.Context, workflow, run string) (string, error) {
	c, err := s.engine()
	if err != nil {
		return "", err
	}
	it := c.GetWorkflowHistory(ctx, workflow, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	if !it.HasNext() {
		return "", nil
	}
	first, err := it.Next()
	if err != nil {
		return "", fmt.Errorf("read the beginning of %s: %w", workflow, engineFault(err))
	}
	return first.GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId(), nil
}
