package workflows

import (
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// NDA is an agreement's own workflow (semantics 4). It lives while somebody is waited for: the signer, with reminders and an
// end, the company, the platform's seal. Once the agreement is in force or over the run ends, since nothing is waited for; what
// happens to it later (a new version, another agreement in its place, the signer leaves) starts it again with its state and
// that act. It alone writes the row after the first.
func NDA(ctx workflow.Context, in NDAInput) (NDAResult, error) {
	m := newNDAMachine(in)
	if err := workflow.SetQueryHandler(ctx, QueryState, func() (domain.NDA, error) { return m.state, nil }); err != nil {
		return NDAResult{}, fmt.Errorf("register the state query: %w", err)
	}
	acts := workflow.GetSignalChannel(ctx, SignalNDAAct)
	first := domain.NDAAct{}
	switch {
	case in.First != nil:
		first = *in.First
	case m.state.State == domain.NDACreated:
		first = m.system(ctx, domain.NDAActSent, "sent")
	}
	if err := m.apply(ctx, first); err != nil {
		return NDAResult{}, err
	}
	for m.state.State.Open() {
		if m.sealing == nil && m.full(ctx) {
			if drained, err := m.drain(ctx, acts); err != nil {
				return NDAResult{}, err
			} else if drained {
				continue
			}
			return NDAResult{}, workflow.NewContinueAsNewError(ctx, NDAType, NDAInput{State: m.state, Most: m.most})
		}
		act, err := m.next(ctx, acts)
		if err != nil {
			return NDAResult{}, err
		}
		if err := m.apply(ctx, act); err != nil {
			return NDAResult{}, err
		}
	}
	for {
		if drained, err := m.drain(ctx, acts); err != nil {
			return NDAResult{}, err
		} else if !drained {
			return NDAResult{State: m.state.State, Digest: domain.StateDigest(m.state), Seq: m.state.Seq}, nil
		}
	}
}

type ndaMachine struct {
	entity[domain.NDA, domain.NDAAct, domain.NDAFacts]
	sealing workflow.Future // the document is being made; nil otherwise
	cancel  workflow.CancelFunc
	timer   workflow.Future
	wake    domain.NDAWake // what the timer stands for
	unset   workflow.CancelFunc
	passed  string // the act of the time that came last: it comes once
}

func newNDAMachine(in NDAInput) *ndaMachine {
	var a *activities.Activities
	return &ndaMachine{entity: entity[domain.NDA, domain.NDAAct, domain.NDAFacts]{
		state: in.State, most: in.Most, id: func(act domain.NDAAct) string { return act.ID }, decide: a.DecideNDA, rule: domain.DecideNDA,
	}}
}

// next waits for somebody's act, the document or the time. While the document is made, people are still heard.
func (m *ndaMachine) next(ctx workflow.Context, acts workflow.ReceiveChannel) (domain.NDAAct, error) {
	var act domain.NDAAct
	if acts.ReceiveAsync(&act) {
		return act, nil
	}
	m.setTimer(ctx)
	m.seal(ctx)
	var fault error
	sel := workflow.NewSelector(ctx)
	sel.AddReceive(acts, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &act) })
	if m.sealing != nil {
		sel.AddFuture(m.sealing, func(f workflow.Future) { act, fault = m.sealed(ctx, f) })
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
func (m *ndaMachine) setTimer(ctx workflow.Context) {
	next, ok := m.state.NextWake()
	if ok = ok && !m.stuck && next.ID != m.passed; !ok {
		next = domain.NDAWake{}
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
	// Never early: the engine's clock and the database's may differ by a little.
	m.timer = workflow.NewTimer(tctx, max(next.At.Sub(workflow.Now(ctx)), 0)+time.Second)
}

// seal has the document made as soon as everybody signed, for as long as trying again can help.
func (m *ndaMachine) seal(ctx workflow.Context) {
	wanted := m.state.Sealable() && !m.stuck
	switch {
	case wanted && m.sealing == nil:
		actx, cancel := workflow.WithCancel(ctx)
		actx = workflow.WithActivityOptions(actx, workflow.ActivityOptions{
			// A worker that was killed is waited for so long: drawing and signing take a twentieth of a second, and an attempt that was
			// given up may still keep its document, which the next one finds.
			StartToCloseTimeout:    8 * time.Second,
			ScheduleToCloseTimeout: 7 * 24 * time.Hour,
			// The attempts are bounded by the time; the number is there because time-skipping tests stop at ten without one.
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute, MaximumAttempts: 1_000_000},
		})
		var a *activities.Activities
		m.sealing, m.cancel = workflow.ExecuteActivity(actx, a.SealNDA, m.state), cancel
	case !wanted && m.sealing != nil:
		m.cancel() // it was voided meanwhile
		m.sealing = nil
	}
}

// sealed turns the answer into the act that records it.
func (m *ndaMachine) sealed(ctx workflow.Context, f workflow.Future) (domain.NDAAct, error) {
	m.sealing = nil
	var made domain.NDASeal
	err := f.Get(ctx, &made)
	if temporal.IsCanceledError(err) {
		return domain.NDAAct{}, err
	}
	return SealAct(m.system(ctx, "", ""), m.state, made, err), nil
}

// SealAct fills in the act that records the sealed document, or why there is none. The auditor makes the same of the history's
// own events.
func SealAct(act domain.NDAAct, n domain.NDA, made domain.NDASeal, err error) domain.NDAAct {
	act.ID = "sys:seal:" + strconv.Itoa(n.Tries)
	if act.Kind = domain.NDAActSeal; err == nil {
		act.Seal = &made
		return act
	}
	act.ID, act.Kind, act.Code = "sys:seal_failed:"+strconv.Itoa(n.Tries), domain.NDAActSealFailed, FaultCode(err)
	return act
}

// system makes an act of the system, whose id is derived so that it happens once.
func (m *ndaMachine) system(ctx workflow.Context, kind domain.NDAActKind, id string) domain.NDAAct {
	return domain.NDAAct{ID: "sys:" + id, Kind: kind, At: workflow.Now(ctx).UTC().Truncate(time.Microsecond)}
}
