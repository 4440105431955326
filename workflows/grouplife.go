package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// opPatience is for how long a platform is asked for an operation before a person must look.
const opPatience = 7 * 24 * time.Hour

// silence is after how long without a sign of life a worker that asks a platform is taken for dead, and another one asks:
// with the same key, so that one which only was slow does no harm.
const silence = 20 * time.Second

// lifeMachine is what a living group waits for besides people: its next date, and the platform.
type lifeMachine struct {
	leaving bool // the run is about to be continued: nothing new is begun

	date    domain.GroupDate // what the timer stands for
	timer   workflow.Future
	unset   workflow.CancelFunc
	passed  string // the act of the date that came last: it comes once
	op      workflow.Future
	asked   domain.PlatformOp // what the platform is being asked for
	dropped bool              // … and need not be any more
	drop    workflow.CancelFunc
}

// setTimer keeps exactly one timer, for the first date, and sets it anew only when that date is another (temporal.md 10).
func (m *groupMachine) setTimer(ctx workflow.Context) {
	var next domain.GroupDate
	if l := m.state.Life; l != nil && len(l.Dates) > 0 && !m.stuck && l.Dates[0].DateActID() != m.passed {
		next = l.Dates[0]
	}
	if m.timer != nil && next.At.Equal(m.date.At) {
		m.date = next
		return
	}
	if m.timer != nil {
		m.unset()
		m.timer, m.unset = nil, nil
	}
	if next.At.IsZero() {
		return
	}
	tctx, cancel := workflow.WithCancel(ctx)
	m.date, m.unset = next, cancel
	// Never early: the engine's clock and the database's may differ by a little.
	m.timer = workflow.NewTimer(tctx, max(next.At.Sub(workflow.Now(ctx)), 0)+time.Second)
}

// due turns a date that has come into the act that says so.
func (m *groupMachine) due(ctx workflow.Context, f workflow.Future) (domain.GroupAct, error) {
	m.timer, m.unset = nil, nil
	if err := f.Get(ctx, nil); err != nil {
		return domain.GroupAct{}, fmt.Errorf("wait for a date: %w", err)
	}
	m.passed = m.date.DateActID()
	act := m.system(ctx, domain.GroupDateDue, "")
	act.ID, act.Life = m.passed, &domain.LifeAct{Date: m.date.Kind, DateAt: m.date.At}
	return act, nil
}

// operate keeps the platform asked for the first operation that waits: one at a time, in order. One that is void by now is
// cancelled, and its end waited for, so that the platform never gets a later word before an earlier one.
func (m *groupMachine) operate(ctx workflow.Context) {
	if m.op != nil {
		if (m.leaving || !m.stillAsked()) && !m.dropped {
			m.dropped = true
			m.drop()
		}
		return
	}
	op, ok := domain.NextOp(m.state)
	if !ok || m.stuck || m.leaving {
		return
	}
	octx, cancel := workflow.WithCancel(ctx)
	octx = workflow.WithActivityOptions(octx, workflow.ActivityOptions{
		StartToCloseTimeout:    10 * time.Minute,
		HeartbeatTimeout:       silence,
		ScheduleToCloseTimeout: opPatience, // a platform may be away for days
		WaitForCancellation:    true,
		// The attempts are bounded by the patience; the number is there because time-skipping tests stop at ten without one.
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute, MaximumAttempts: 1_000_000},
	})
	var a *activities.Activities
	m.asked, m.drop, m.dropped = op, cancel, false
	m.op = workflow.ExecuteActivity(octx, a.PlatformOp, activities.OpInputOf(m.state, op))
}

// operated turns the platform's answer into the act that records it. What was cancelled is asked again later, if it still
// waits; an answer to what is void changes nothing.
func (m *groupMachine) operated(ctx workflow.Context, f workflow.Future) (domain.GroupAct, error) {
	m.op = nil
	var out activities.OpOutput
	err := f.Get(ctx, &out)
	switch {
	case err != nil && ctx.Err() != nil:
		return domain.GroupAct{}, fmt.Errorf("wait for the platform: %w", err)
	case temporal.IsCanceledError(err), !m.stillAsked():
		return domain.GroupAct{}, nil
	}
	return OpAct(m.system(ctx, "", ""), m.asked, out, err), nil
}

// stillAsked tells whether what the platform is being asked for still waits.
func (m *groupMachine) stillAsked() bool {
	return slices.ContainsFunc(m.state.Life.Ops, func(o domain.PlatformOp) bool {
		return o.ID == m.asked.ID && o.State == domain.OpPending && o.Tries == m.asked.Tries
	})
}

// byHand is the act that asks the admins for the next operation, when people keep the group on its platform.
func (m *groupMachine) byHand(ctx workflow.Context) (domain.GroupAct, bool) {
	op, ok := domain.NextOp(m.state)
	if !ok || !m.state.ByHand || m.stuck {
		return domain.GroupAct{}, false
	}
	return OpAct(m.system(ctx, "", ""), op, activities.OpOutput{ByHand: true}, nil), true
}

// OpAct fills in the act that records what a platform answered to an operation, or why it did not. The auditor makes the
// same of the history's own events.
func OpAct(act domain.GroupAct, op domain.PlatformOp, out activities.OpOutput, err error) domain.GroupAct {
	act.Life = &domain.LifeAct{Op: op.ID}
	var word string
	switch {
	case err != nil:
		act.Kind, word, act.Code = domain.GroupOpFailed, "failed", FaultCode(err)
	case out.ByHand:
		act.Kind, word = domain.GroupOpByHand, "by_hand"
	case out.Gap != "":
		act.Kind, word, act.Code = domain.GroupOpGap, "gap", out.Gap
	default:
		act.Kind, word, act.Receipt = domain.GroupOpDone, "done", out.Receipt
	}
	act.ID = "sys:op:" + op.ID + ":" + word + ":" + strconv.Itoa(op.Tries)
	return act
}
