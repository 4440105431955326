package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// What the engine can say to a call, in our terms. Everything else is "away": try again.
var (
	errEngineAway   = errors.New("the engine does not answer")
	errNotRunning   = errors.New("no such workflow runs") // closed or unknown: the engine says the same to both (temporal.md 6)
	errSignalsFull  = errors.New("the run takes no more signals")
	errEngineBusy   = errors.New("the workflow is busy")
	errStartedTwice = errors.New("the workflow was started before")
)

// Budgets of a single call; the caller's own wait is bounded apart (Config.MaxWait).
const (
	callBudget = 3 * time.Second
	busyPause  = 20 * time.Millisecond
	busyMost   = 500 * time.Millisecond
)

// engine gives the client, or says that there is none.
func (s *Service) engine() (client.Client, error) {
	if c := s.temporal.Load(); c != nil {
		return *c, nil
	}
	return nil, errEngineAway
}

// UseEngine takes the engine's client once it is there; until then whoever needs it hears Unavailable.
func (s *Service) UseEngine(c client.Client) {
	if c == nil {
		s.temporal.Store(nil)
		return
	}
	s.temporal.Store(&c)
}

// engineFault sorts the engine's errors.
func engineFault(err error) error {
	var (
		missing *serviceerror.NotFound
		busy    *serviceerror.ResourceExhausted
		limit   *serviceerror.InvalidArgument
		already *serviceerror.WorkflowExecutionAlreadyStarted
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return fmt.Errorf("%w: %w", errNotRunning, err)
	case errors.As(err, &busy):
		return fmt.Errorf("%w: %w", errEngineBusy, err)
	case errors.As(err, &limit):
		return fmt.Errorf("%w: %w", errSignalsFull, err)
	case errors.As(err, &already):
		return errStartedTwice
	}
	return fmt.Errorf("%w: %w", errEngineAway, err)
}

// start starts a workflow once: an id that ever ran is not started again (temporal.md 8). Started before is success.
func (s *Service) start(ctx context.Context, id, kind string, input any) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	_, err = c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                                       id,
		TaskQueue:                                workflows.TaskQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         true,
	}, kind, input)
	if err = engineFault(err); errors.Is(err, errStartedTwice) {
		return nil
	}
	return err
}

// startCase starts the workflow of a submitted case.
func (s *Service) startCase(ctx context.Context, state domain.Case, groupID string) error {
	err := s.start(ctx, workflows.CaseID(state.ID), workflows.CaseType, workflows.CaseInput{State: state, GroupID: groupID, KeepTimer: true})
	if err != nil {
		return fmt.Errorf("start the workflow of case %s: %w", state.ID, err)
	}
	return nil
}

// signal sends an act to the newest run. A workflow whose buffer is full is tried again until the deadline: a caller is
// told the outcome, not that others were faster (design: answers to an act).
func (s *Service) signal(ctx context.Context, deadline time.Time, workflow, name string, act any) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	left := 3
	for pause := busyPause; ; pause = min(2*pause, busyMost) {
		call, cancel := context.WithTimeout(ctx, callBudget)
		s.at("signal.before_call")
		err = engineFault(c.SignalWorkflow(call, workflow, "", name, act))
		// An engine with more to do than it can, or that changes hands, is asked again a few times, after a whole call in
		// vain only once: the act has its id, twice is once.
		if left--; errors.Is(call.Err(), context.DeadlineExceeded) {
			left = min(left, 2) - 1
		}
		cancel()
		s.at("signal.after_call")
		if again := errors.Is(err, errEngineBusy) || (left > 0 && errors.Is(err, errEngineAway)); !again || time.Now().Add(pause).After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errEngineAway, ctx.Err())
		case <-time.After(pause):
		}
	}
}

// queryState asks the running workflow for its state: the fallback when the projection is late (temporal.md 11).
func (s *Service) queryState(ctx context.Context, workflow string, into any) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	v, err := c.QueryWorkflow(ctx, workflow, "", workflows.QueryState)
	if err != nil {
		return engineFault(err)
	}
	if err := v.Get(into); err != nil {
		return fmt.Errorf("read the state of %s: %w", workflow, err)
	}
	return nil
}

// engineAway is what a caller hears when the engine cannot be asked.
func engineAway(err error) *Error { return unavailable("engine_unavailable", 5, err) }
