package replay

import (
	"errors"
	"fmt"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
)

// Event is one event of a history, decoded: what happened, and the state it left.
type Event struct {
	Run     string    `json:"run"`
	ID      int64     `json:"id"`
	Type    string    `json:"type"`    // as the engine names it
	Time    time.Time `json:"at"`      // by the engine's clock
	Summary string    `json:"summary"` // a code for the page's sentence: started, act.decide, decided.accepted, timer.started …
	Detail  any       `json:"detail,omitempty"`
	State   any       `json:"state,omitempty"` // domain.Case or domain.Group, where the event changed it
}

// Detail is what an event says, in plain fields. Which are set depends on the event.
type Detail struct {
	Workflow  string          `json:"workflow_type,omitempty"`
	Continues string          `json:"continued_from,omitempty"` // run id
	Next      string          `json:"continued_by,omitempty"`   // run id
	GroupID   string          `json:"group_id,omitempty"`
	Signal    string          `json:"signal,omitempty"`
	Act       any             `json:"act,omitempty"`
	Activity  string          `json:"activity,omitempty"`
	Attempt   int32           `json:"attempt,omitempty"`
	Of        int64           `json:"act_event,omitempty"`       // the event that brought the decided act
	Scheduled int64           `json:"scheduled_event,omitempty"` // of an activity's or timer's later events
	Result    domain.Result   `json:"result,omitempty"`
	Reason    domain.Reason   `json:"reason,omitempty"`
	Proof     *bool           `json:"proof,omitempty"` // a person's act: whether its proof holds, checked now
	Facts     any             `json:"facts,omitempty"`
	Digest    string          `json:"digest,omitempty"`
	Stuck     bool            `json:"stuck,omitempty"`
	Timer     string          `json:"timer,omitempty"`
	Duration  string          `json:"duration,omitempty"`
	Due       *time.Time      `json:"due,omitempty"`
	Why       domain.ActKind  `json:"why,omitempty"` // what a timer waits to do: remind, expire
	Slot      string          `json:"slot,omitempty"`
	Outcome   any             `json:"outcome,omitempty"` // of the workflow
	Receipt   *domain.Receipt `json:"receipt,omitempty"`
	ByHand    bool            `json:"by_hand,omitempty"`
	Failure   string          `json:"failure,omitempty"`
	Cause     string          `json:"cause,omitempty"`
	Fault     string          `json:"fault,omitempty"` // why a payload could not be read
}

// Decode makes a workflow's runs readable, event by event, with the state after each. A payload that cannot be read
// says why in its place; everything else is still decoded.
func (r *Reader) Decode(workflowID string, runs []Run) ([]Event, Verdict) {
	v := r.read(workflowID, runs, false)
	acts := map[At]Applied{}
	for _, a := range v.Acts {
		acts[a.Decided] = a
	}
	var out []Event
	for _, run := range runs {
		for _, e := range run.History.GetEvents() {
			at := At{run.ID, e.GetEventId()}
			d := &decoder{r: r, v: &v, at: at, acts: acts}
			ev := Event{
				Run: run.ID, ID: e.GetEventId(), Type: strings.TrimPrefix(e.GetEventType().String(), "EVENT_TYPE_"),
				Time: e.GetEventTime().AsTime().UTC(), State: v.States[at],
			}
			ev.Summary = d.event(e)
			if d.d != (Detail{}) {
				ev.Detail = d.d
			}
			out = append(out, ev)
		}
	}
	return out, v
}

type decoder struct {
	r    *Reader
	v    *Verdict
	at   At
	acts map[At]Applied
	d    Detail
}

// read decodes a payload, or notes why it cannot be.
func (d *decoder) read(p *commonpb.Payloads, to any) bool {
	err := d.r.data.FromPayloads(p, to)
	var unknown *codec.UnknownKeyError
	switch {
	case err == nil:
		return true
	case errors.As(err, &unknown):
		d.d.Fault = fmt.Sprintf("key %s is not in the keyring", unknown.KeyID)
	case errors.Is(err, codec.ErrUnknownKey):
		d.d.Fault = "its key is not in the keyring"
	default:
		d.d.Fault = firstLine(err)
	}
	return false
}

// event fills the detail and gives the summary code.
func (d *decoder) event(e *historypb.HistoryEvent) string {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
		a := e.GetWorkflowExecutionStartedEventAttributes()
		d.d.Workflow, d.d.Continues = a.GetWorkflowType().GetName(), a.GetContinuedExecutionRunId()
		d.input(a.GetInput())
		if d.d.Continues != "" {
			return "continued"
		}
		return "started"
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
		return "task.scheduled"
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:
		return "task.started"
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
		return "task.completed"
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		return "task.timed_out"
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
		a := e.GetWorkflowTaskFailedEventAttributes()
		d.d.Cause, d.d.Failure = a.GetCause().String(), d.failure(a.GetFailure())
		return "task.failed"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
		return d.signal(e.GetWorkflowExecutionSignaledEventAttributes())
	case enumspb.EVENT_TYPE_MARKER_RECORDED:
		return d.marker(e.GetMarkerRecordedEventAttributes())
	case enumspb.EVENT_TYPE_TIMER_STARTED:
		a := e.GetTimerStartedEventAttributes()
		d.d.Timer, d.d.Duration = a.GetTimerId(), a.GetStartToFireTimeout().AsDuration().String()
		if w, ok := d.v.wakes[d.at]; ok {
			due := w.At
			d.d.Due, d.d.Why, d.d.Slot = &due, w.Act.Kind, w.Act.Slot
		}
		return "timer.started"
	case enumspb.EVENT_TYPE_TIMER_FIRED:
		a := e.GetTimerFiredEventAttributes()
		d.d.Timer, d.d.Scheduled = a.GetTimerId(), a.GetStartedEventId()
		return "timer.fired"
	case enumspb.EVENT_TYPE_TIMER_CANCELED:
		a := e.GetTimerCanceledEventAttributes()
		d.d.Timer, d.d.Scheduled = a.GetTimerId(), a.GetStartedEventId()
		return "timer.canceled"
	}
	if code, ok := d.activity(e); ok {
		return code
	}
	return d.end(e)
}

func (d *decoder) input(in *commonpb.Payloads) {
	switch kind, _, _ := workflows.Subject(d.v.Workflow); kind {
	case "case":
		var c workflows.CaseInput
		d.read(in, &c)
		d.d.GroupID = c.GroupID
		return
	case "nda":
		var n workflows.NDAInput
		if d.read(in, &n); n.First != nil {
			d.d.Act, d.d.Continues = *n.First, n.Before
			d.proof(n.First.Person(), n.First.AsAct())
		}
		return
	}
	if kind, _, _ := workflows.Subject(d.v.Workflow); kind == "post" {
		var p workflows.PostInput
		if d.read(in, &p); p.First != nil {
			d.d.Act, d.d.Continues = *p.First, p.Before
			d.proof(p.First.Person(), p.First.AsAct())
		}
		return
	}
	var g workflows.GroupInput
	d.read(in, &g)
}

func (d *decoder) signal(a *historypb.WorkflowExecutionSignaledEventAttributes) string {
	d.d.Signal = a.GetSignalName()
	switch d.d.Signal {
	case workflows.SignalAct:
		var act domain.Act
		if d.read(a.GetInput(), &act) {
			d.d.Act = act
			d.proof(act.Kind.Person(), act)
		}
		return "act." + string(act.Kind)
	case workflows.SignalGroupAct:
		var act domain.GroupAct
		if d.read(a.GetInput(), &act) {
			d.d.Act = act
			d.proof(act.Actor != "", act.AsAct())
		}
		return "group_act." + string(act.Kind)
	case workflows.SignalNDAAct:
		var act domain.NDAAct
		if d.read(a.GetInput(), &act) {
			d.d.Act = act
			d.proof(act.Person(), act.AsAct())
		}
		return "nda_act." + string(act.Kind)
	case workflows.SignalPostAct:
		var act domain.PostAct
		if d.read(a.GetInput(), &act) {
			d.d.Act = act
			d.proof(act.Person(), act.AsAct())
		}
		return "post_act." + string(act.Kind)
	}
	return "signal.unknown"
}

func (d *decoder) proof(person bool, act domain.Act) {
	if !person {
		return
	}
	_, subject, _ := workflows.Subject(d.v.Workflow)
	ok := d.r.holds(subject, act) == nil
	d.d.Proof = &ok
}

func (d *decoder) marker(a *historypb.MarkerRecordedEventAttributes) string {
	if a.GetMarkerName() != markerLocal {
		d.d.Activity = a.GetMarkerName()
		return "marker"
	}
	var lamd local
	if d.read(a.GetDetails()[markerData], &lamd) {
		d.d.Activity, d.d.Attempt = lamd.ActivityType, lamd.Attempt
	}
	if a.GetFailure() != nil {
		d.d.Failure = d.failure(a.GetFailure())
		return "decided.failed"
	}
	if done, ok := d.acts[d.at]; ok {
		d.d.Act, d.d.Of, d.d.Facts, d.d.Digest, d.d.Stuck = done.Act.ID, done.Source, done.Facts, done.Digest, done.Stuck
		d.d.Result, d.d.Reason = done.Verdict.Result, done.Verdict.Reason
		if done.Stuck {
			return "decided.stuck"
		}
		return "decided." + string(done.Verdict.Result)
	}
	// The walk lost its way before: what the marker says by itself.
	var out output[map[string]any]
	if d.read(a.GetDetails()[markerResult], &out) {
		d.d.Facts, d.d.Digest, d.d.Stuck = out.Facts, out.Digest, out.Stuck
	}
	return "decided.unmatched"
}

func (d *decoder) activity(e *historypb.HistoryEvent) (string, bool) {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
		d.d.Activity = e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
		return "activity.scheduled", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
		a := e.GetActivityTaskStartedEventAttributes()
		d.d.Scheduled, d.d.Attempt, d.d.Failure = a.GetScheduledEventId(), a.GetAttempt(), d.failure(a.GetLastFailure())
		return "activity.started", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
		a := e.GetActivityTaskCompletedEventAttributes()
		d.d.Scheduled = a.GetScheduledEventId()
		var made struct { // of the group's making (chat.Created) or of an operation (activities.OpOutput)
			Made    bool `json:"ByHand"`
			Op      bool `json:"by_hand"`
			Receipt *domain.Receipt
			Gap     string `json:"gap"`
		}
		if d.read(a.GetResult(), &made) {
			if d.d.ByHand = made.Made || made.Op; !d.d.ByHand && made.Gap == "" {
				d.d.Receipt = made.Receipt
			}
		}
		return "activity.completed", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
		a := e.GetActivityTaskFailedEventAttributes()
		d.d.Scheduled, d.d.Failure = a.GetScheduledEventId(), d.failure(a.GetFailure())
		return "activity.failed", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
		a := e.GetActivityTaskTimedOutEventAttributes()
		d.d.Scheduled, d.d.Failure = a.GetScheduledEventId(), d.failure(a.GetFailure())
		return "activity.timed_out", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:
		d.d.Scheduled = e.GetActivityTaskCancelRequestedEventAttributes().GetScheduledEventId()
		return "activity.cancel_requested", true
	case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
		d.d.Scheduled = e.GetActivityTaskCanceledEventAttributes().GetScheduledEventId()
		return "activity.canceled", true
	}
	return "", false
}

func (d *decoder) end(e *historypb.HistoryEvent) string {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		if p := e.GetWorkflowExecutionCompletedEventAttributes().GetResult(); len(p.GetPayloads()) > 0 {
			if kind, _, _ := workflows.Subject(d.v.Workflow); kind == "nda" {
				var res workflows.NDAResult
				if d.read(p, &res) {
					d.d.Outcome = res
				}
				return "completed"
			}
			if kind, _, _ := workflows.Subject(d.v.Workflow); kind == "post" {
				var res workflows.PostResult
				if d.read(p, &res) {
					d.d.Outcome = res
				}
				return "completed"
			}
			var res workflows.CaseResult
			if d.read(p, &res) {
				d.d.Outcome = res
			}
		}
		return "completed"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		a := e.GetWorkflowExecutionContinuedAsNewEventAttributes()
		d.d.Next = a.GetNewExecutionRunId()
		d.input(a.GetInput())
		return "continued_as_new"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		d.d.Failure = d.failure(e.GetWorkflowExecutionFailedEventAttributes().GetFailure())
		return "failed"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return "timed_out"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		d.d.Cause = e.GetWorkflowExecutionTerminatedEventAttributes().GetReason()
		return "terminated"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return "canceled"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
		return "cancel_requested"
	}
	return "other"
}

// failure decodes a recorded failure: its message, and those of its causes.
func (d *decoder) failure(f *failurepb.Failure) string {
	if f == nil {
		return ""
	}
	if enc := f.GetEncodedAttributes(); enc != nil && string(enc.GetMetadata()[converter.MetadataEncoding]) == codec.MetadataEncodingEncrypted {
		var any map[string]any
		if err := d.r.data.FromPayload(enc, &any); err != nil {
			d.read(&commonpb.Payloads{Payloads: []*commonpb.Payload{enc}}, &any)
			return "unreadable"
		}
	}
	return firstLine(d.r.failure.FailureToError(f))
}
