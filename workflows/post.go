package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// Post is an approved publication's own workflow (semantics 3): it waits for the working hour, has each target group posted to
// once, and ends when nothing is waited for any more. A recall, or keeping it for later reference, starts it again with its state
// and that act. It alone writes the row after the approval.
func Post(ctx workflow.Context, in PostInput) (PostResult, error) {
	m := newPostMachine(in)
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (domain.Post, error) { return m.state, nil }); err != nil {
		return PostResult{}, fmt.Errorf("register the state query: %w", err)
	}
	acts := workflow.GetSignalChannel(ctx, SignalPostAct)
	first := domain.PostAct{}
	switch {
	case in.First != nil:
		first = *in.First
	case m.state.Seq == 0:
		first = m.system(ctx, domain.PostActPlan, "plan")
	}
	if err := m.apply(ctx, first); err != nil {
		return PostResult{}, err
	}
	for m.state.Waits() {
		if m.op == nil && m.full(ctx) {
			if drained, err := m.drain(ctx, acts); err != nil {
				return PostResult{}, err
			} else if drained {
				continue
			}
			return PostResult{}, workflow.NewContinueAsNewError(ctx, PostType, PostInput{State: m.state, Most: m.most})
		}
		act, err := m.next(ctx, acts)
		if err != nil {
			return PostResult{}, err
		}
		if err := m.apply(ctx, act); err != nil {
			return PostResult{}, err
		}
	}
	for {
		if drained, err := m.drain(ctx, acts); err != nil {
			return PostResult{}, err
		} else if !drained {
			return PostResult{State: m.state.State, Digest: domain.StateDigest(m.state), Seq: m.state.Seq}, nil
		}
	}
}

type postMachine struct {
	entity[domain.Post, domain.PostAct, domain.PostFacts]
	op     workflow.Future // a platform is being asked; nil otherwise
	asked  domain.PostOp
	timer  workflow.Future
	wake   domain.PostWake // what the timer stands for
	unset  workflow.CancelFunc
	passed string // the act of the time that came last: it comes once
}

func newPostMachine(in PostInput) *postMachine {
	var a *activities.Activities
	return &postMachine{entity: entity[domain.Post, domain.PostAct, domain.PostFacts]{
		state: in.State, most: in.Most, id: func(act domain.PostAct) string { return act.ID }, decide: a.DecidePost, rule: domain.DecidePost,
	}}
}

// next waits for somebody's act, a platform or the time. While a platform is asked, people are still heard.
func (m *postMachine) next(ctx workflow.Context, acts workflow.ReceiveChannel) (domain.PostAct, error) {
	var act domain.PostAct
	if acts.ReceiveAsync(&act) {
		return act, nil
	}
	m.setTimer(ctx)
	m.operate(ctx)
	var fault error
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(acts, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &act) })
	if m.op != nil {
		sel.AddFuture(m.op, func(f workflow.Future) { act, fault = m.operated(ctx, f) })
	}
	if m.timer != nil {
		sel.AddFuture(m.timer, func(f workflow.Future) {
			m.timer, m.unset = nil, nil
			if fault = f.Get(ctx, nil); fault == nil {
				m.passed = m.wake.ID
				act = m.system(ctx, m.wake.Kind, "")
				act.ID = m.wake.ID
			}
		})
	}
	sel.Select(ctx)
	return act, fault
}

// setTimer keeps one timer, for what time brings next (temporal.md 10).
func (m *postMachine) setTimer(ctx workflow.Context) {
	next, ok := m.state.NextWake()
	if ok = ok && !m.stuck && next.ID != m.passed; !ok {
		next = domain.PostWake{}
	}
	if m.timer != nil && next.At.Equal(m.wake.At) {
		m.wake = next
		return
	}
	if m.timer != nil {
		m.unset()
		m.timer, m.unset = nil, nil
	}
	if !ok {
		return
	}
	tctx, cancel := workflow.WithCancel(ctx)
	m.wake, m.unset = next, cancel
	wait := max(next.At.Sub(workflow.Now(ctx)), 0)
	if wait > 0 {
		wait += time.Second // never early: the engine's clock and the database's may differ by a little
	}
	m.timer = workflow.NewTimer(tctx, max(wait, time.Millisecond))
}

// operate keeps a platform asked for the first posting or recall that waits, one at a time.
func (m *postMachine) operate(ctx workflow.Context) {
	op, ok := m.state.NextOp()
	if m.op != nil || !ok || m.stuck {
		return
	}
	octx := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    10 * time.Minute,
		HeartbeatTimeout:       silence,
		ScheduleToCloseTimeout: opPatience, // a platform may be away for days
		// The attempts are bounded by the patience; the number is there because time-skipping tests stop at ten without one.
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute, MaximumAttempts: 1_000_000},
	})
	var a *activities.Activities
	m.asked = op
	m.op = workflow.ExecuteActivity(octx, a.PostOp, activities.PostOpInputOf(m.state, op))
}

// operated turns a platform's answer into the act that records it.
func (m *postMachine) operated(ctx workflow.Context, f workflow.Future) (domain.PostAct, error) {
	m.op = nil
	var out activities.OpOutput
	err := f.Get(ctx, &out)
	switch {
	case err != nil && ctx.Err() != nil:
		return domain.PostAct{}, fmt.Errorf("wait for the platform: %w", err)
	case !m.state.StillAsked(m.asked):
		return domain.PostAct{}, nil
	}
	return PostOpAct(m.system(ctx, "", ""), m.asked, out, err), nil
}

// PostOpAct fills in the act that records what a platform answered to a posting or a recall, or why it did not. The auditor
// makes the same of the history's own events.
func PostOpAct(act domain.PostAct, op domain.PostOp, out activities.OpOutput, err error) domain.PostAct {
	act.Group = op.Group
	var word string
	switch {
	case err != nil:
		act.Kind, word, act.Code = domain.PostActFailed, "failed", FaultCode(err)
	case out.ByHand:
		act.Kind, word = domain.PostActByHand, "by_hand"
	case out.Gap != "":
		act.Kind, word, act.Code = domain.PostActGap, "gap", out.Gap
	case op.Recall:
		act.Kind, word, act.Receipt = domain.PostActRecalled, "done", out.Receipt
	default:
		act.Kind, word, act.Receipt = domain.PostActPosted, "done", out.Receipt
	}
	act.ID = op.ActID(word)
	return act
}

// system makes an act of the system, whose id is derived so that it happens once.
func (m *postMachine) system(ctx workflow.Context, kind domain.PostActKind, id string) domain.PostAct {
	return domain.PostAct{ID: "sys:" + id, Kind: kind, At: workflow.Now(ctx).UTC().Truncate(time.Microsecond)}
}
