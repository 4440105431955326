package workflows

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Group is a group's own workflow: it makes the group on its platform, enters it in the register, and lives as long as
// the group does, across continue-as-new (design: decided 1). It alone writes the register row.
//
// What it does follows from its state alone: a group without a life (the first version) is waited for as ever, one with a
// life also has a timer for its next date and the platform asked for its next operation. So no run ever changes version
// under way; rules are taken over by the first act of each run that continues another (temporal.md 25).
func Group(ctx workflow.Context, in GroupInput) error {
	m := newGroupMachine(in)
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (domain.Group, error) { return m.state, nil }); err != nil {
		return fmt.Errorf("register the state query: %w", err)
	}
	acts := workflow.GetSignalChannel(ctx, SignalGroupAct)
	var first domain.GroupAct
	switch {
	case m.state.Seq == 0:
		first = m.system(ctx, domain.GroupBegun, "begun")
	case in.Continued:
		first = m.system(ctx, domain.GroupContinued, ContinuedID(m.state))
	}
	if err := m.apply(ctx, first); err != nil {
		return err
	}
	for m.state.State != domain.GroupDeleted {
		if m.full(ctx) {
			if drained, err := m.drain(ctx, acts); err != nil {
				return err
			} else if drained {
				continue
			}
			if m.op == nil {
				return workflow.NewContinueAsNewError(ctx, GroupType, GroupInput{State: m.state, Continued: m.state.Life != nil, Most: m.most})
			}
			m.leaving = true // the platform's answer is waited for, so that no two runs ask at once
		}
		act, err := m.next(ctx, acts)
		if err != nil {
			return err
		}
		if err := m.apply(ctx, act); err != nil {
			return err
		}
	}
	for {
		if drained, err := m.drain(ctx, acts); err != nil || !drained {
			return err
		}
	}
}

// ContinuedID is the id, without its prefix, of the first act of a run that goes on from a state.
func ContinuedID(g domain.Group) string { return "continued:" + strconv.Itoa(g.Seq) }

type groupMachine struct {
	entity[domain.Group, domain.GroupAct, domain.GroupFacts]
	provisioning workflow.Future // the connector at work; nil otherwise
	cancel       workflow.CancelFunc
	lifeMachine
}

func newGroupMachine(in GroupInput) *groupMachine {
	var a *activities.Activities
	return &groupMachine{entity: entity[domain.Group, domain.GroupAct, domain.GroupFacts]{
		state: in.State, most: in.Most, id: func(act domain.GroupAct) string { return act.ID }, decide: a.DecideGroup, rule: domain.DecideGroup,
	}}
}

// full tells whether the run has become long. A group of the first version waits for its connector first.
func (m *groupMachine) full(ctx workflow.Context) bool {
	if m.state.Life == nil {
		return m.provisioning == nil && workflow.GetInfo(ctx).GetContinueAsNewSuggested()
	}
	return m.entity.full(ctx)
}

// next waits for somebody's act, the connector's answer or a date. While the connector works, people are still heard.
func (m *groupMachine) next(ctx workflow.Context, acts workflow.ReceiveChannel) (domain.GroupAct, error) {
	var act domain.GroupAct
	if m.state.Life != nil && acts.ReceiveAsync(&act) {
		return act, nil
	}
	if act, ok := m.byHand(ctx); ok {
		return act, nil
	}
	wanted := m.state.State == domain.GroupProvisioning && !m.state.ByHand && !m.stuck
	switch {
	case wanted && m.provisioning == nil:
		m.provision(ctx)
	case !wanted && m.provisioning != nil:
		m.cancel() // an admin confirmed by hand meanwhile
		m.provisioning = nil
	}
	m.setTimer(ctx)
	m.operate(ctx)
	var fault error
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(acts, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &act) })
	if m.provisioning != nil {
		sel.AddFuture(m.provisioning, func(f workflow.Future) {
			m.provisioning = nil
			act, fault = m.provisioned(ctx, f)
		})
	}
	if m.op != nil {
		sel.AddFuture(m.op, func(f workflow.Future) { act, fault = m.operated(ctx, f) })
	}
	if m.timer != nil {
		sel.AddFuture(m.timer, func(f workflow.Future) { act, fault = m.due(ctx, f) })
	}
	sel.Select(ctx)
	return act, fault
}

// provision asks the connector, for as long as trying again can help.
func (m *groupMachine) provision(ctx workflow.Context) {
	actx, cancel := workflow.WithCancel(ctx)
	actx = workflow.WithActivityOptions(actx, workflow.ActivityOptions{
		StartToCloseTimeout:    10 * time.Minute, // hundreds of people are brought in one by one
		HeartbeatTimeout:       silence,
		ScheduleToCloseTimeout: 48 * time.Hour,                                                                                                                            // a platform may be down for a day and more
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute, MaximumAttempts: 1_000_000}, // see operate
	})
	var a *activities.Activities
	m.provisioning, m.cancel = workflow.ExecuteActivity(actx, a.Provision, m.state), cancel
}

// provisioned turns the connector's answer into the act that records it.
func (m *groupMachine) provisioned(ctx workflow.Context, f workflow.Future) (domain.GroupAct, error) {
	var made chat.Created
	attempt := strconv.Itoa(m.state.Attempts)
	switch err := f.Get(ctx, &made); {
	case temporal.IsCanceledError(err):
		return domain.GroupAct{}, err
	case err != nil:
		act := m.system(ctx, domain.GroupFailed, "failed:"+attempt)
		act.Code = FaultCode(err)
		return act, nil
	case made.ByHand:
		return m.system(ctx, domain.GroupAskedByHand, "asked:"+attempt), nil
	}
	act := m.system(ctx, domain.GroupProvisioned, "provisioned:"+attempt)
	act.Receipt = &made.Receipt
	return act, nil
}

// FaultCode is the connector's stable word for what went wrong.
func FaultCode(err error) string {
	var app *temporal.ApplicationError
	var code string
	if errors.As(err, &app) && app.HasDetails() && app.Details(&code) == nil {
		return code
	}
	var late *temporal.TimeoutError
	if errors.As(err, &late) {
		return "timeout"
	}
	return "unavailable"
}

// system makes an act of the system, whose id is derived so that it happens once.
func (m *groupMachine) system(ctx workflow.Context, kind domain.GroupActKind, id string) domain.GroupAct {
	return domain.GroupAct{ID: "sys:" + id, Kind: kind, At: workflow.Now(ctx).UTC().Truncate(time.Microsecond)}
}
