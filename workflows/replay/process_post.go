package replay

import (
	"errors"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

type postTale = tale[domain.Post, domain.PostAct, domain.PostFacts]

var postRules = rules[domain.Post, domain.PostAct, domain.PostFacts]{
	signal: workflows.SignalPostAct,
	start: func(r *Reader, in *commonpb.Payloads) (opening[domain.Post], error) {
		var n workflows.PostInput
		err := r.data.FromPayloads(in, &n)
		out := opening[domain.Post]{state: n.State}
		if n.First != nil {
			out.first = *n.First
		}
		return out, err
	},
	begins: func(p domain.Post, workflow string) string {
		switch {
		case workflows.PostID(p.ID) != workflow:
			return "the state is another publication's"
		case p.State != domain.PostApproved || p.Seq != 0 || len(p.Answers) > 0 || len(p.Postings) > 0 || !p.Until.IsZero():
			return "the publication begins with acts already counted"
		case p.Digest != p.Request().Digest():
			return "what was approved is not what the state says"
		}
		return ""
	},
	decide:   domain.DecidePost,
	answered: domain.Post.Answered,
	act:      domain.PostAct.AsAct,
	person:   domain.PostAct.Person,
	facts:    func(f domain.PostFacts) (time.Time, bool) { return f.At, f.Proof },
	subject:  func(p domain.Post) string { return p.ID },
	system:   systemPost,
	final:    func(p domain.Post) bool { return !p.Waits() },
	result: func(r *Reader, out *commonpb.Payloads, p domain.Post) string {
		var res workflows.PostResult
		if err := r.data.FromPayloads(out, &res); err != nil {
			return "the result cannot be read"
		}
		if want := (workflows.PostResult{State: p.State, Digest: domain.StateDigest(p), Seq: p.Seq}); res != want {
			return fmt.Sprintf("the result says %s after %d acts, the acts lead to %s after %d", res.State, res.Seq, want.State, want.Seq)
		}
		return ""
	},
	keep: func(v *Verdict, p domain.Post) { v.Post = &p },
}

// systemPost are the acts that the system itself may do next.
func systemPost(t *postTale) []arrival[domain.PostAct] {
	p := t.state
	if p.Seq == 0 {
		return []arrival[domain.PostAct]{{act: domain.PostAct{ID: "sys:plan", Kind: domain.PostActPlan}}}
	}
	var out []arrival[domain.PostAct]
	if t.answer != nil {
		out = append(out, *t.answer)
	}
	if w, ok := p.NextWake(); ok && t.fired > 0 {
		out = append(out, arrival[domain.PostAct]{event: t.fired, act: domain.PostAct{ID: w.ID, Kind: w.Kind}})
	}
	return out
}

// posted takes what a platform answered to a posting or a recall.
func (t *tale[S, A, F]) posted(post *postTale, e *historypb.HistoryEvent) {
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
	default:
		return
	}
	op, ok := t.postings[of]
	if !ok {
		return
	}
	in := arrival[domain.PostAct]{event: e.GetEventId()}
	if failure != nil {
		in.act = workflows.PostOpAct(domain.PostAct{}, op, activities.OpOutput{}, errors.New(""))
		in.act.Code = t.faultCode(failure)
	} else {
		var out activities.OpOutput
		if err := t.r.data.FromPayloads(result, &out); err != nil {
			t.unreadable(in.event, err)
			return
		}
		in.act = workflows.PostOpAct(domain.PostAct{}, op, out, nil)
	}
	post.answer = &in
}
