package replay

import (
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

type ndaTale = tale[domain.NDA, domain.NDAAct, domain.NDAFacts]

var ndaRules = rules[domain.NDA, domain.NDAAct, domain.NDAFacts]{
	signal: workflows.SignalNDAAct,
	start: func(r *Reader, in *commonpb.Payloads) (opening[domain.NDA], error) {
		var n workflows.NDAInput
		err := r.data.FromPayloads(in, &n)
		out := opening[domain.NDA]{state: n.State}
		if n.First != nil {
			out.first = *n.First
		}
		return out, err
	},
	begins: func(n domain.NDA, workflow string) string {
		switch {
		case workflows.NDAID(n.ID) != workflow:
			return "the state is another agreement's"
		case n.State != domain.NDACreated || n.Seq != 0 || len(n.Answers) > 0 || n.Signed != nil || n.Sealed != nil || !n.Sent.IsZero():
			return "the agreement begins with acts already counted"
		}
		return ""
	},
	decide:   domain.DecideNDA,
	answered: domain.NDA.Answered,
	act:      domain.NDAAct.AsAct,
	person:   domain.NDAAct.Person,
	facts:    func(f domain.NDAFacts) (time.Time, bool) { return f.At, f.Proof },
	subject:  func(n domain.NDA) string { return n.ID },
	system:   systemNDA,
	final:    func(n domain.NDA) bool { return !n.State.Open() },
	result: func(r *Reader, out *commonpb.Payloads, n domain.NDA) string {
		var res workflows.NDAResult
		if err := r.data.FromPayloads(out, &res); err != nil {
			return "the result cannot be read"
		}
		if want := (workflows.NDAResult{State: n.State, Digest: domain.StateDigest(n), Seq: n.Seq}); res != want {
			return fmt.Sprintf("the result says %s after %d acts, the acts lead to %s after %d", res.State, res.Seq, want.State, want.Seq)
		}
		return ""
	},
	keep: func(v *Verdict, n domain.NDA) { v.NDA = &n },
}

// systemNDA are the acts that the system itself may do next.
func systemNDA(t *ndaTale) []arrival[domain.NDAAct] {
	n := t.state
	if n.State == domain.NDACreated && n.Seq == 0 {
		return []arrival[domain.NDAAct]{{act: domain.NDAAct{ID: "sys:sent", Kind: domain.NDAActSent}}}
	}
	var out []arrival[domain.NDAAct]
	if t.answer != nil {
		in := *t.answer
		made, err := domain.NDASeal{}, errors.New("")
		if in.act.Seal != nil {
			made, err = *in.act.Seal, nil
		}
		act := workflows.SealAct(domain.NDAAct{}, n, made, err)
		if err != nil {
			act.Code = in.act.Code
		}
		in.act = act
		out = append(out, in)
	}
	if w, ok := n.NextWake(); ok && t.fired > 0 {
		out = append(out, arrival[domain.NDAAct]{event: t.fired, act: domain.NDAAct{ID: w.ID, Kind: w.Kind}})
	}
	return out
}

// sealAnswered takes what the making of the document came to.
func (t *tale[S, A, F]) sealAnswered(nda *ndaTale, e *historypb.HistoryEvent) {
	in := arrival[domain.NDAAct]{event: e.GetEventId()}
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		var made domain.NDASeal
		if err := t.r.data.FromPayloads(e.GetActivityTaskCompletedEventAttributes().GetResult(), &made); err != nil {
			t.unreadable(in.event, err)
			return
		}
		in.act.Seal = &made
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		in.act.Code = t.faultCode(e.GetActivityTaskFailedEventAttributes().GetFailure())
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		in.act.Code = t.faultCode(e.GetActivityTaskTimedOutEventAttributes().GetFailure())
	default:
		return
	}
	nda.answer = &in
}

// Before names the run that a run goes on from; empty: none. An agreement's later runs say so in their input: the run before had
// ended, and what happened then started another.
func (r *Reader) Before(h *historypb.History) string {
	if len(h.GetEvents()) == 0 {
		return ""
	}
	a := h.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	if run := a.GetContinuedExecutionRunId(); run != "" {
		return run
	}
	switch a.GetWorkflowType().GetName() {
	case workflows.NDAType:
	case workflows.PostType:
		var in workflows.PostInput
		if r.data.FromPayloads(a.GetInput(), &in) != nil {
			return ""
		}
		return in.Before
	default:
		return ""
	}
	var in workflows.NDAInput
	if r.data.FromPayloads(a.GetInput(), &in) != nil {
		return "" // the walk says that it cannot be read
	}
	return in.Before
}
