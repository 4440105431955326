package replay

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

type groupTale = tale[domain.Group, domain.GroupAct, domain.GroupFacts]

var groupRules = rules[domain.Group, domain.GroupAct, domain.GroupFacts]{
	signal: workflows.SignalGroupAct,
	start: func(r *Reader, in *commonpb.Payloads) (opening[domain.Group], error) {
		var g workflows.GroupInput
		err := r.data.FromPayloads(in, &g)
		return opening[domain.Group]{state: g.State, group: g.State.ID, continued: g.Continued}, err
	},
	begins: func(g domain.Group, workflow string) string {
		switch {
		case workflows.GroupID(g.ID) != workflow:
			return "the state is another group's"
		case g.Seq != 0 || len(g.Answers) > 0 || g.Receipt != nil:
			return "the group begins with acts already counted"
		case g.State == domain.GroupDraft && g.Case == "" && g.PlatformID != "" && g.Life != nil: // found on its platform
		case g.State != domain.GroupProvisioning || g.PlatformID != "":
			return "the group begins elsewhere than at its making"
		}
		if l := g.Life; l != nil && (len(l.Dates)+len(l.Ops)+len(l.Findings)+len(l.Holds)+len(l.Gaps) > 0 || l.Frozen != nil || l.Orphan != nil || l.Changed > 0 || l.Due != nil) {
			return "the group begins with a life already lived"
		}
		return ""
	},
	decide:   domain.DecideGroup,
	answered: domain.Group.Answered,
	act:      domain.GroupAct.AsAct,
	person:   func(a domain.GroupAct) bool { return a.Actor != "" },
	facts:    func(f domain.GroupFacts) (time.Time, bool) { return f.At, f.Proof },
	subject:  func(g domain.Group) string { return g.ID },
	system:   systemActs,
	final:    func(g domain.Group) bool { return g.State == domain.GroupDeleted },
	result:   func(*Reader, *commonpb.Payloads, domain.Group) string { return "" },
	keep:     func(v *Verdict, g domain.Group) { v.Group = &g },
}

// systemActs are the acts that the system itself may do next, in the order of the events that brought them.
func systemActs(t *groupTale) []arrival[domain.GroupAct] {
	g := t.state
	switch {
	case g.Seq == 0:
		return []arrival[domain.GroupAct]{{act: domain.GroupAct{ID: "sys:begun", Kind: domain.GroupBegun}}}
	case t.continued && !t.went:
		return []arrival[domain.GroupAct]{{act: domain.GroupAct{ID: "sys:" + workflows.ContinuedID(g), Kind: domain.GroupContinued}}}
	}
	var out []arrival[domain.GroupAct]
	if t.answer != nil {
		in := *t.answer
		if in.act.Life == nil { // of the group's making: the act's id counts the attempts, as the workflow does
			in.act.ID = "sys:" + in.act.ID + ":" + strconv.Itoa(g.Attempts)
		}
		out = append(out, in)
	}
	if l := g.Life; l != nil && len(l.Dates) > 0 && t.fired > 0 {
		d := l.Dates[0]
		out = append(out, arrival[domain.GroupAct]{event: t.fired, act: domain.GroupAct{ID: d.DateActID(), Kind: domain.GroupDateDue, Life: &domain.LifeAct{Date: d.Kind, DateAt: d.At}}})
	}
	if op, ok := domain.NextOp(g); ok && g.ByHand { // in the same task as the decision before it
		out = append(out, arrival[domain.GroupAct]{event: t.last - 1, act: workflows.OpAct(domain.GroupAct{}, op, activities.OpOutput{ByHand: true}, nil)})
	}
	slices.SortStableFunc(out, func(a, b arrival[domain.GroupAct]) int { return cmp.Compare(a.event, b.event) })
	return out
}

// answered takes the connector's answer: what it made, or why not.
func (t *tale[S, A, F]) answered(e *historypb.HistoryEvent) {
	if nda, ok := any(t).(*ndaTale); ok {
		t.sealAnswered(nda, e)
		return
	}
	if post, ok := any(t).(*postTale); ok {
		t.posted(post, e)
		return
	}
	group, ok := any(t).(*groupTale)
	if !ok {
		return
	}
	in := arrival[domain.GroupAct]{event: e.GetEventId()}
	if op, ok := t.operation(e); ok {
		in.act = op
		group.answer = &in
		return
	}
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

// operation is the act that an answer to an operation leads to; false for the group's making.
func (t *tale[S, A, F]) operation(e *historypb.HistoryEvent) (domain.GroupAct, bool) {
	var of int64
	var result *commonpb.Payloads
	var failure *failurepb.Failure
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		a := e.GetActivityTaskCompletedEventAttributes()
		of, result = a.GetScheduledEventId(), a.GetResult()
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		a := e.GetActivityTaskFailedEventAttributes()
		of, failure = a.GetScheduledEventId(), a.GetFailure()
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		a := e.GetActivityTaskTimedOutEventAttributes()
		of, failure = a.GetScheduledEventId(), a.GetFailure()
	}
	asked, ok := t.asked[of]
	if !ok {
		return domain.GroupAct{}, false
	}
	if failure != nil {
		act := workflows.OpAct(domain.GroupAct{}, asked, activities.OpOutput{}, errors.New(""))
		act.Code = t.faultCode(failure)
		return act, true
	}
	var out activities.OpOutput
	if err := t.r.data.FromPayloads(result, &out); err != nil {
		t.unreadable(e.GetEventId(), err)
	}
	return workflows.OpAct(domain.GroupAct{}, asked, out, nil), true
}

// scheduled notes what a platform was asked for.
func (t *tale[S, A, F]) scheduled(e *historypb.HistoryEvent) {
	a := e.GetActivityTaskScheduledEventAttributes()
	t.activities[e.GetEventId()] = a.GetActivityType().GetName()
	switch a.GetActivityType().GetName() {
	case workflows.PlatformOpType:
	case workflows.PostOpType:
		var in activities.PostOpInput
		if err := t.r.data.FromPayloads(a.GetInput(), &in); err != nil {
			t.unreadable(e.GetEventId(), err)
			return
		}
		t.postings[e.GetEventId()] = in.Op
		return
	default:
		return
	}
	var in activities.OpInput
	if err := t.r.data.FromPayloads(a.GetInput(), &in); err != nil {
		t.unreadable(e.GetEventId(), err)
		return
	}
	t.asked[e.GetEventId()] = in.Op
}

// faultCode is the connector's stable word in a recorded failure.
func (t *tale[S, A, F]) faultCode(f *failurepb.Failure) string {
	return workflows.FaultCode(t.r.failure.FailureToError(f))
}
