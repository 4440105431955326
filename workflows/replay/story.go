package replay

import (
	"errors"
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/codec"
)

// rules is what the telling of a history must know of one process: S its state, A its acts, F their facts.
type rules[S, A, F any] struct {
	signal   string
	start    func(r *Reader, in *commonpb.Payloads) (opening[S], error)
	begins   func(S, string) string // what is wrong with the first state of this workflow; empty: nothing
	decide   func(S, A, F) (S, domain.Verdict)
	answered func(S, string) bool
	act      func(A) domain.Act
	person   func(A) bool
	facts    func(F) (at time.Time, proof bool)
	subject  func(S) string
	system   func(t *tale[S, A, F]) []arrival[A] // the system's own acts that may be next
	final    func(S) bool
	result   func(r *Reader, out *commonpb.Payloads, s S) string // what is wrong with the recorded result
	keep     func(*Verdict, S)
}

// opening is what a run begins with.
type opening[S any] struct {
	state     S
	group     string
	continued bool // the run's first act takes over the rules in force
	first     any  // the act that the run was started with; nil: none
}

// arrival is an act that waits to be decided, and the event that brought it.
type arrival[A any] struct {
	event int64
	act   A
	err   error // could not be read: the workflow never saw it
}

// output is what a decision activity leaves in the history.
type output[F any] struct {
	Facts  F      `json:"facts"`
	Digest string `json:"digest"`
	Stuck  bool   `json:"stuck"`
	Old    bool   `json:"old"` // the act was answered long ago: nothing happened
	First  *struct {
		ID string `json:"id"`
	} `json:"first"` // another act was on record as the next one
}

// local is the SDK's own record in a local activity's marker.
type local struct {
	ActivityID   string
	ActivityType string
	ReplayTime   time.Time
	Attempt      int32
}

// tale tells one workflow's history: it takes the acts in the order in which the workflow took them, and decides each
// again. Which act a decision was for is not recorded; the digest, which covers every answered act's id, settles it.
type tale[S, A, F any] struct {
	r     *Reader
	rules rules[S, A, F]
	v     *Verdict
	run   string

	begun   bool
	state   S
	broken  bool // the state is not known any more: structure and proofs are still checked
	queue   []arrival[A]
	fired   int64 // the timer event that has not been acted on; 0: none
	answer  *arrival[A]
	closing enumspb.EventType

	activities map[int64]string
	asked      map[int64]domain.PlatformOp // operations a platform was asked for, by event
	postings   map[int64]domain.PostOp     // postings and recalls a platform was asked for, by event
	continued  bool                        // the run's first act takes over the rules in force …
	went       bool                        // … and has been decided
	last       int64                       // the last event that decided an act
	clocks     []clock
	lost       int64 // the last workflow task that failed or timed out
}

// clock is what workflow.Now showed from an event on.
type clock struct {
	event int64
	at    time.Time
}

// tell walks all runs, oldest first.
func (t *tale[S, A, F]) tell(runs []Run) {
	for i, run := range runs {
		t.run, t.queue, t.fired, t.answer, t.clocks, t.lost = run.ID, nil, 0, nil, nil, 0
		t.activities, t.asked, t.postings, t.continued, t.went, t.last = map[int64]string{}, map[int64]domain.PlatformOp{}, map[int64]domain.PostOp{}, false, false, 0
		t.closing = enumspb.EVENT_TYPE_UNSPECIFIED
		for _, e := range run.History.GetEvents() {
			t.event(e)
		}
		t.close(i == len(runs)-1)
	}
	if t.begun {
		t.rules.keep(t.v, t.state)
	}
}

func (t *tale[S, A, F]) event(e *historypb.HistoryEvent) {
	id := e.GetEventId()
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		t.started(id, e.GetWorkflowExecutionStartedEventAttributes())
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:
		t.clocks = append(t.clocks, clock{id, e.GetEventTime().AsTime()})
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		t.lost = id
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		t.signaled(id, e.GetWorkflowExecutionSignaledEventAttributes())
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		if c, ok := any(&t.state).(*domain.Case); ok && t.begun && !t.broken {
			if wake, due := c.NextWake(); due {
				t.v.wakes[At{t.run, id}] = wake
			}
			t.fired = 0 // the one before rang for something settled meanwhile
		}
	case enumspb.EVENT_TYPE_TIMER_FIRED:
		t.fired = id
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		t.scheduled(e)
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED, enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		t.answered(e)
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		if a := e.GetMarkerRecordedEventAttributes(); a.GetMarkerName() == markerLocal {
			t.decided(e, a)
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		t.closing = e.GetEventType()
		if wrong := t.rules.result(t.r, e.GetWorkflowExecutionCompletedEventAttributes().GetResult(), t.state); wrong != "" && !t.broken {
			t.v.fault(CodeResult, t.run, id, "%s", wrong)
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		t.closing = e.GetEventType()
		next, err := t.rules.start(t.r, e.GetWorkflowExecutionContinuedAsNewEventAttributes().GetInput())
		if err != nil {
			t.unreadable(id, err)
		} else if !t.broken && domain.StateDigest(next.state) != domain.StateDigest(t.state) {
			t.v.fault(CodeContinuation, t.run, id, "the state handed on is not the one the acts lead to")
		}
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		t.closing = e.GetEventType()
		t.v.fault(CodeEnded, t.run, id, "%s", e.GetEventType())
	}
}

// markerLocal is the SDK's name of a local activity's marker, with the keys of what it holds.
const (
	markerLocal  = "LocalActivity"
	markerData   = "data"
	markerResult = "result"
)

func (t *tale[S, A, F]) started(id int64, a *historypb.WorkflowExecutionStartedEventAttributes) {
	begun, err := t.rules.start(t.r, a.GetInput())
	state, groupID := begun.state, begun.group
	switch {
	case err != nil:
		t.unreadable(id, err)
		t.broken = true
		return
	case t.begun && !t.broken && domain.StateDigest(state) != domain.StateDigest(t.state):
		t.v.fault(CodeContinuation, t.run, id, "the run begins with another state than the one before it ended with")
	case t.begun && groupID != t.v.GroupID:
		t.v.fault(CodeContinuation, t.run, id, "the run begins with another group")
	case !t.begun && a.GetContinuedExecutionRunId() == "":
		if wrong := t.rules.begins(state, t.v.Workflow); wrong != "" {
			t.v.fault(CodeStart, t.run, id, "%s", wrong)
		}
	}
	t.begun, t.state, t.v.GroupID, t.continued = true, state, groupID, begun.continued
	t.v.States[At{t.run, id}] = state
	if first, ok := begun.first.(A); ok {
		t.queue = append(t.queue, arrival[A]{event: id, act: first})
	}
}

func (t *tale[S, A, F]) signaled(id int64, a *historypb.WorkflowExecutionSignaledEventAttributes) {
	if a.GetSignalName() != t.rules.signal {
		return // the workflow listens to nothing else
	}
	in := arrival[A]{event: id}
	if in.err = t.r.data.FromPayloads(a.GetInput(), &in.act); in.err != nil {
		t.unreadable(id, in.err)
	}
	t.queue = append(t.queue, in)
}

func (t *tale[S, A, F]) unreadable(id int64, err error) {
	code := CodeUnreadable
	if errors.Is(err, codec.ErrUnknownKey) {
		code = CodeKeyUnknown
	}
	t.v.fault(code, t.run, id, "%v", err)
}

// decided decides an act again with what its marker recorded, and compares.
func (t *tale[S, A, F]) decided(e *historypb.HistoryEvent, a *historypb.MarkerRecordedEventAttributes) {
	id := e.GetEventId()
	var lamd local
	if err := t.r.data.FromPayloads(a.GetDetails()[markerData], &lamd); err != nil {
		t.unreadable(id, err)
	} else {
		defer func() { t.clocks = append(t.clocks, clock{id, lamd.ReplayTime}) }()
	}
	if a.GetFailure() != nil {
		return // the workflow failed with it: that is in its close event
	}
	var out output[F]
	if err := t.r.data.FromPayloads(a.GetDetails()[markerResult], &out); err != nil {
		t.unreadable(id, err)
		t.broken = true
	}
	if t.broken || !t.begun {
		return
	}
	t.skip()
	if out.Old && len(t.queue) > 0 && domain.StateDigest(t.state) == out.Digest {
		t.queue = t.queue[1:]
		return
	}
	next := t.candidates()
	if out.First != nil {
		next = t.named(out.First.ID)
	}
	if len(next) == 0 {
		t.v.fault(CodeNoAct, t.run, id, "nobody's act and no deadline stands behind this decision")
		t.broken = true
		return
	}
	for _, in := range next {
		after, verdict := t.rules.decide(t.state, in.act, out.Facts)
		if verdict.Need == nil && !out.Stuck && domain.StateDigest(after) == out.Digest {
			t.apply(e, in, out, after, verdict)
			return
		}
		if out.Stuck && domain.StateDigest(t.state) == out.Digest {
			t.apply(e, in, out, t.state, domain.Verdict{Answer: domain.Answer{Act: t.rules.act(in.act).ID}})
			return
		}
	}
	t.broken = true
	in := next[0]
	if act := t.rules.act(in.act); t.rules.person(in.act) && t.r.holds(t.rules.subject(t.state), act) != nil {
		t.forged(in.event, act, t.r.holds(t.rules.subject(t.state), act))
	}
	t.v.fault(CodeFacts, t.run, id, "the act of event %d with the recorded facts does not lead to the recorded state %.14s…", in.event, out.Digest)
}

// skip drops what the workflow dropped too: acts answered before, and signals it could not read.
func (t *tale[S, A, F]) skip() {
	for len(t.queue) > 0 {
		in := t.queue[0]
		id := t.rules.act(in.act).ID
		if in.err == nil && id != "" && !t.rules.answered(t.state, id) {
			return
		}
		t.queue = t.queue[1:]
	}
}

// candidates are the acts that can be next, in the order in which they came.
func (t *tale[S, A, F]) candidates() []arrival[A] {
	next := t.rules.system(t)
	if len(t.queue) > 0 {
		if len(next) > 0 && next[0].event < t.queue[0].event {
			return append(next, t.queue[0])
		}
		next = append([]arrival[A]{t.queue[0]}, next...)
	}
	return next
}

// named are the acts with an id that have arrived, whatever came before them.
func (t *tale[S, A, F]) named(id string) []arrival[A] {
	return slices.DeleteFunc(slices.Concat(t.rules.system(t), t.queue), func(in arrival[A]) bool { return in.err != nil || t.rules.act(in.act).ID != id })
}

// apply takes an act as decided.
func (t *tale[S, A, F]) apply(e *historypb.HistoryEvent, in arrival[A], out output[F], after S, verdict domain.Verdict) {
	at, recorded := t.rules.facts(out.Facts)
	act := t.rules.act(in.act)
	done := Applied{
		Decided: At{t.run, e.GetEventId()}, Source: in.event, Act: act, Raw: in.act, Facts: out.Facts, When: at,
		Verdict: verdict, Digest: out.Digest, Stuck: out.Stuck,
	}
	if t.rules.person(in.act) {
		err := t.r.holds(t.rules.subject(t.state), act)
		switch done.Proof = err == nil; {
		case err == nil && recorded:
			t.v.Proofs++
		case err == nil:
			t.v.fault(CodeFacts, t.run, e.GetEventId(), "the proof of the act of event %d holds, and was recorded as if it did not", in.event)
		case recorded:
			t.forged(in.event, act, err)
		}
	}
	if i := slices.IndexFunc(t.queue, func(q arrival[A]) bool { return q.event == in.event }); i >= 0 {
		t.queue = slices.Delete(t.queue, i, i+1)
	} else {
		t.stamp(&done, e)
		switch {
		case in.event == 0:
			t.went = true
		case in.event == t.fired:
			t.fired = 0
		case t.answer != nil && in.event == t.answer.event:
			t.answer = nil
		}
	}
	t.last = e.GetEventId()
	t.state = after
	if !out.Stuck {
		done.Seq = t.seq()
		t.v.States[At{t.run, e.GetEventId()}] = after
	}
	t.v.Acts = append(t.v.Acts, done)
}

func (t *tale[S, A, F]) seq() int {
	var v Verdict
	t.rules.keep(&v, t.state)
	return v.Seq()
}

func (t *tale[S, A, F]) forged(event int64, act domain.Act, err error) {
	code := CodeForgedAct
	if errors.Is(err, codec.ErrUnknownKey) {
		code = CodeProofKeyUnknown
	}
	t.v.fault(code, t.run, event, "act %s of kind %s: %v", act.ID, act.Kind, err)
}

// stamp notes what time the system's own act can bear: the workflow's clock since the event that brought it.
func (t *tale[S, A, F]) stamp(done *Applied, e *historypb.HistoryEvent) {
	for _, c := range t.clocks {
		if c.event > done.Source {
			done.clocks = append(done.clocks, c.at.UTC().Truncate(time.Microsecond))
		}
	}
	if t.lost > done.Source && len(done.clocks) > 0 {
		done.from, done.to = done.clocks[0], e.GetEventTime().AsTime()
	}
}

// close looks at a run as a whole.
func (t *tale[S, A, F]) close(last bool) {
	if t.broken || !t.begun {
		return
	}
	switch t.closing {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		if t.skip(); len(t.queue) > 0 {
			t.v.fault(CodeUnanswered, t.run, t.queue[0].event, "the run ended without deciding this act")
		}
	}
	if last && t.closing == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED && !t.rules.final(t.state) {
		t.v.fault(CodeResult, t.run, 0, "the workflow ended, and the acts do not end the matter")
	}
}
