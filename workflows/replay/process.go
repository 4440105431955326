package replay

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// The two processes so far, each as the pure rules see it. Nothing here calls workflow code: what it did is what is
// to be checked.

type caseTale = tale[domain.Case, domain.Act, domain.Facts]

var caseRules = rules[domain.Case, domain.Act, domain.Facts]{
	signal: workflows.SignalAct,
	start: func(r *Reader, in *commonpb.Payloads) (domain.Case, string, error) {
		var c workflows.CaseInput
		if err := r.data.FromPayloads(in, &c); err != nil {
			return domain.Case{}, "", err
		}
		return c.State, c.GroupID, nil
	},
	begins: func(c domain.Case, workflow string) string {
		i := c.Current()
		switch {
		case workflows.CaseID(c.ID) != workflow:
			return "the state is another case's"
		case c.Status != domain.CaseInApproval || c.Seq != 0 || len(c.Answers) > 0 || len(c.Past) > 0:
			return "the case begins with acts already counted"
		case i != 0:
			return "the case begins elsewhere than at its first step"
		}
		for _, st := range c.Steps {
			for _, s := range st.Slots {
				if s.Decision != nil || (s.Status != domain.SlotOpen && s.Status != domain.SlotWaiting) {
					return "the case begins with a place already decided"
				}
			}
		}
		return ""
	},
	decide:   domain.Decide,
	answered: func(c domain.Case, id string) bool { _, ok := c.Answered(id); return ok },
	act:      func(a domain.Act) domain.Act { return a },
	person:   func(a domain.Act) bool { return a.Kind.Person() },
	facts:    func(f domain.Facts) (time.Time, bool) { return f.At, f.Proof },
	subject:  func(c domain.Case) string { return c.ID },
	system: func(t *caseTale) []arrival[domain.Act] {
		// A reminder or expiry needs a timer that fired, and is what the state says is due next.
		if wake, ok := t.state.NextWake(); ok && t.fired > 0 {
			return []arrival[domain.Act]{{event: t.fired, act: wake.Act}}
		}
		return nil
	},
	final: func(c domain.Case) bool { return c.Status.Final() },
	result: func(r *Reader, out *commonpb.Payloads, c domain.Case) string {
		var res workflows.CaseResult
		if err := r.data.FromPayloads(out, &res); err != nil {
			return "the result cannot be read"
		}
		if want := (workflows.CaseResult{Status: c.Status, Digest: domain.StateDigest(c), Seq: c.Seq}); res != want {
			return fmt.Sprintf("the result says %s after %d acts, the acts lead to %s after %d", res.Status, res.Seq, want.Status, want.Seq)
		}
		return ""
	},
	keep: func(v *Verdict, c domain.Case) { v.Case = &c },
}

type groupTale = tale[domain.Group, domain.GroupAct, domain.GroupFacts]

var groupRules = rules[domain.Group, domain.GroupAct, domain.GroupFacts]{
	signal: workflows.SignalGroupAct,
	start: func(r *Reader, in *commonpb.Payloads) (domain.Group, string, error) {
		var g workflows.GroupInput
		if err := r.data.FromPayloads(in, &g); err != nil {
			return domain.Group{}, "", err
		}
		return g.State, g.State.ID, nil
	},
	begins: func(g domain.Group, workflow string) string {
		switch {
		case workflows.GroupID(g.ID) != workflow:
			return "the state is another group's"
		case g.Seq != 0 || len(g.Answers) > 0 || g.State != domain.GroupProvisioning || g.Receipt != nil || g.PlatformID != "":
			return "the group begins with acts already counted"
		}
		return ""
	},
	decide: domain.DecideGroup,
	answered: func(g domain.Group, id string) bool {
		for _, a := range g.Answers {
			if a.Act == id {
				return true
			}
		}
		return false
	},
	act:     domain.GroupAct.AsAct,
	person:  func(a domain.GroupAct) bool { return a.Actor != "" },
	facts:   func(f domain.GroupFacts) (time.Time, bool) { return f.At, f.Proof },
	subject: func(g domain.Group) string { return g.ID },
	system: func(t *groupTale) []arrival[domain.GroupAct] {
		switch {
		case t.state.Seq == 0:
			return []arrival[domain.GroupAct]{{act: domain.GroupAct{ID: "sys:begun", Kind: domain.GroupBegun}}}
		case t.answer != nil:
			// The act's id counts the attempts, as the workflow does.
			in := *t.answer
			in.act.ID = "sys:" + in.act.ID + ":" + strconv.Itoa(t.state.Attempts)
			return []arrival[domain.GroupAct]{in}
		}
		return nil
	},
	final:  func(g domain.Group) bool { return g.State == domain.GroupDeleted },
	result: func(*Reader, *commonpb.Payloads, domain.Group) string { return "" },
	keep:   func(v *Verdict, g domain.Group) { v.Group = &g },
}

// answered takes the connector's answer: what it made, or why not.
func (t *tale[S, A, F]) answered(e *historypb.HistoryEvent) {
	group, ok := any(t).(*groupTale)
	if !ok {
		return
	}
	in := arrival[domain.GroupAct]{event: e.GetEventId()}
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		var made chat.Created
		if err := t.r.data.FromPayloads(e.GetActivityTaskCompletedEventAttributes().GetResult(), &made); err != nil {
			t.unreadable(in.event, err)
			return
		}
		in.act.ID, in.act.Kind = "provisioned", domain.GroupProvisioned
		in.act.Receipt = &made.Receipt
		if made.ByHand {
			in.act = domain.GroupAct{ID: "asked", Kind: domain.GroupAskedByHand}
		}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		in.act = domain.GroupAct{ID: "failed", Kind: domain.GroupFailed, Code: t.faultCode(e.GetActivityTaskFailedEventAttributes().GetFailure())}
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		in.act = domain.GroupAct{ID: "failed", Kind: domain.GroupFailed, Code: t.faultCode(e.GetActivityTaskTimedOutEventAttributes().GetFailure())}
	}
	group.answer = &in
}

// faultCode is the connector's stable word in a recorded failure.
func (t *tale[S, A, F]) faultCode(f *failurepb.Failure) string {
	err := t.r.failure.FailureToError(f)
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
