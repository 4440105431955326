package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// local is how decisions run: in the worker itself, tried again for as long as the database is away.
func local(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: 20 * time.Second,
		// Left out, it would be the length of one attempt, and a database away for longer would end the workflow.
		ScheduleToCloseTimeout: 10 * 365 * 24 * time.Hour,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 5 * time.Second,
			NonRetryableErrorTypes: []string{activities.ErrTypeUnprojectable},
		},
	})
}

// Case runs one request's approval: it waits for acts and deadlines, has each decided by the decision activity, and
// computes the outcome again from the recorded facts by the same pure function. It ends when the case does, after the
// last signal was answered.
func Case(ctx workflow.Context, in CaseInput) (CaseResult, error) {
	m := &caseMachine{state: in.State, groupID: in.GroupID, keep: in.KeepTimer}
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (domain.Case, error) { return m.state, nil }); err != nil {
		return CaseResult{}, fmt.Errorf("register the state query: %w", err)
	}
	acts := workflow.GetSignalChannel(ctx, SignalAct)
	for !m.state.Status.Final() {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			if drained, err := m.drain(ctx, acts); err != nil || drained {
				if err != nil {
					return CaseResult{}, err
				}
				continue // acting may have ended the case
			}
			m.endTimer()
			return CaseResult{}, workflow.NewContinueAsNewError(ctx, CaseType, CaseInput{State: m.state, GroupID: m.groupID, KeepTimer: m.keep})
		}
		act, err := m.next(ctx, acts)
		if err != nil {
			return CaseResult{}, err
		}
		if err := m.apply(ctx, act); err != nil {
			return CaseResult{}, err
		}
	}
	m.endTimer()
	// Whoever decided while the last act was written gets an answer too (temporal.md 2).
	for {
		drained, err := m.drain(ctx, acts)
		if err != nil {
			return CaseResult{}, err
		}
		if !drained {
			break
		}
	}
	return CaseResult{Status: m.state.Status, Digest: domain.StateDigest(m.state), Seq: m.state.Seq}, nil
}

// caseMachine is the state of one run.
type caseMachine struct {
	state   domain.Case
	groupID string
	keep    bool        // CaseInput.KeepTimer
	wake    domain.Wake // what is due next, when the timer was set or kept for it
	rings   time.Time   // what the timer was set for: no later than wake
	timer   workflow.Future
	cancel  workflow.CancelFunc
	stuck   bool // the database refused a projection: nothing by itself until somebody acted
}

// next waits for an act: somebody's signal, or the system's own when a reminder or deadline is due. An act without an id
// is none: a timer rang for what was settled before.
func (m *caseMachine) next(ctx workflow.Context, acts workflow.ReceiveChannel) (domain.Act, error) {
	var act domain.Act
	if acts.ReceiveAsync(&act) {
		return act, nil
	}
	m.setTimer(ctx)
	var fault error
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(acts, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &act) })
	if m.timer != nil {
		sel.AddFuture(m.timer, func(f workflow.Future) {
			if err := f.Get(ctx, nil); err != nil {
				fault = err
				return
			}
			m.timer, m.cancel = nil, nil
			if m.keep && (m.stuck || m.wake.Act.ID == "" || m.wake.At.After(m.rings)) {
				return
			}
			act = m.wake.Act
			act.At = workflow.Now(ctx).UTC().Truncate(time.Microsecond)
		})
	}
	sel.Select(ctx)
	return act, fault
}

// setTimer keeps exactly one timer, for the next reminder or deadline (temporal.md 10: a cancelled timer, no stray events).
func (m *caseMachine) setTimer(ctx workflow.Context) {
	wake, ok := m.state.NextWake()
	ok = ok && !m.stuck // a refused projection is not retried for ever
	if m.timer != nil && (ok && wake.At.Equal(m.rings) || m.keep && !(ok && wake.At.Before(m.rings))) {
		m.wake = wake
		return
	}
	m.stopTimer()
	if !ok {
		return
	}
	tctx, cancel := workflow.WithCancel(ctx)
	m.wake, m.rings, m.cancel = wake, wake.At, cancel
	// Never early: the engine's clock and the database's may differ by a little, and an act before its time is refused.
	m.timer = workflow.NewTimer(tctx, max(wake.At.Sub(workflow.Now(ctx)), 0)+time.Second)
}

// endTimer is for the end of a run: the engine drops a closed run's timer by itself, and cancelling it would be one more
// event.
func (m *caseMachine) endTimer() {
	if !m.keep {
		m.stopTimer()
	}
}

func (m *caseMachine) stopTimer() {
	if m.cancel != nil {
		m.cancel()
	}
	m.timer, m.cancel = nil, nil
}

// apply has one act decided and recorded, and follows it. An act that was answered before needs no activity. Acts that are on
// record before it, decided by an attempt that was lost, are taken first.
func (m *caseMachine) apply(ctx workflow.Context, act domain.Act) error {
	for {
		if _, done := m.state.Answered(act.ID); done || act.ID == "" {
			return nil
		}
		var out activities.CaseOutput
		var a *activities.Activities
		if err := workflow.ExecuteLocalActivity(local(ctx), a.DecideCase, activities.CaseInput{State: m.state, Act: act}).Get(ctx, &out); err != nil {
			return fmt.Errorf("decide act: %w", err)
		}
		if m.stuck = out.Stuck; m.stuck {
			return nil
		}
		next := act
		if out.First != nil {
			next = *out.First
		}
		after, verdict := domain.Decide(m.state, next, out.Facts)
		if verdict.Need != nil || domain.StateDigest(after) != out.Digest {
			// The history would say one thing and the database another: stop here, loudly, until a person looked.
			panic("the recorded facts lead to another state than the projection stored")
		}
		m.state = after
		if out.First == nil {
			return nil
		}
	}
}

// drain answers everything that has arrived, and tells whether there was anything.
func (m *caseMachine) drain(ctx workflow.Context, acts workflow.ReceiveChannel) (bool, error) {
	drained := false
	for {
		var act domain.Act
		if !acts.ReceiveAsync(&act) {
			return drained, nil
		}
		drained = true
		if err := m.apply(ctx, act); err != nil {
			return drained, err
		}
	}
}
