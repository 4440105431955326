package replay_test

import (
	"context"
	"slices"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/replay"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// forger has the engine's keys, as whoever operates it may have them, and not the person's proof.
type forger struct {
	t *testing.T
	c *company.Company
	h *historypb.History
}

func (f forger) of(kind enumspb.EventType) []*historypb.HistoryEvent {
	var out []*historypb.HistoryEvent
	for _, e := range f.h.Events {
		if e.EventType == kind {
			out = append(out, e)
		}
	}
	return out
}

func forge[T any](f forger, p **commonpb.Payloads, change func(*T)) {
	f.t.Helper()
	dc := codec.DataConverter(f.c.Keys, f.c.Namespace)
	var v T
	if err := dc.FromPayloads(*p, &v); err != nil {
		f.t.Fatal(err)
	}
	change(&v)
	out, err := dc.ToPayloads(v)
	if err != nil {
		f.t.Fatal(err)
	}
	*p = out
}

func (f forger) signal(n int, change func(*domain.Act)) {
	forge(f, &f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[n].GetWorkflowExecutionSignaledEventAttributes().Input, change)
}

func (f forger) marker(n int, change func(*activities.CaseOutput)) {
	d := f.of(enumspb.EVENT_TYPE_MARKER_RECORDED)[n].GetMarkerRecordedEventAttributes().Details
	p := d["result"]
	forge(f, &p, change)
	d["result"] = p
}

// redo decides the acts from the n-th on again, as a careful forger would, so that every digest and the result fit.
func (f forger) redo(from int, state domain.Case, acts []domain.Act) {
	for i, a := range acts {
		f.marker(from+i, func(o *activities.CaseOutput) {
			after, v := domain.Decide(state, a, o.Facts)
			if v.Need != nil {
				f.t.Fatal("the forger lacks facts")
			}
			state, o.Digest = after, domain.StateDigest(after)
		})
	}
	done := f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)[0].GetWorkflowExecutionCompletedEventAttributes()
	forge(f, &done.Result, func(r *workflows.CaseResult) {
		*r = workflows.CaseResult{Status: state.Status, Digest: domain.StateDigest(state), Seq: state.Seq}
	})
}

func (f forger) renumber() {
	for i, e := range f.h.Events {
		e.EventId = int64(i) + 1
	}
}

func TestATamperedHistoryIsNamed(t *testing.T) {
	c := company.Open(t, company.Options{})
	f := c.File(t, c.FilingOn("test"), 48*time.Hour, company.Step(domain.Countersign, c.DepA, c.DepB))
	c.Decide(t, f, c.LeadA, domain.Approve)
	c.Decide(t, f, c.LeadB, domain.Approve)
	c.Closed(t, f.Workflow())
	run, whole := c.History(t, f.Workflow())
	start := f.State

	for _, tc := range []struct {
		name  string
		want  replay.Code
		event func(forger) int64
		alter func(forger)
	}{
		{"untouched", "", nil, func(forger) {}},
		// The outcome is turned and everything after it made to fit: replay alone is content with it (temporal.md 19).
		{"a forged decision, all digests made to fit", replay.CodeForgedAct, func(f forger) int64 { return f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[1].EventId }, func(f forger) {
			f.signal(1, func(a *domain.Act) { a.Comment = &domain.Ref{Object: "x", SHA256: "y"} })
			var acts []domain.Act
			for i := range 2 {
				f.signal(i, func(a *domain.Act) { acts = append(acts, *a) })
			}
			f.redo(0, start, acts)
		}},
		{"a forged outcome", replay.CodeForgedAct, nil, func(f forger) {
			f.signal(1, func(a *domain.Act) { a.Outcome = domain.Reject })
		}},
		{"another actor", replay.CodeForgedAct, nil, func(f forger) {
			f.signal(0, func(a *domain.Act) { a.Actor = c.Head })
		}},
		{"a decision without proof", replay.CodeForgedAct, nil, func(f forger) {
			f.signal(0, func(a *domain.Act) { a.Proof = nil })
		}},
		{"a proof by a key nobody published", replay.CodeProofKeyUnknown, nil, func(f forger) {
			other, _ := codec.Generate()
			f.signal(0, func(a *domain.Act) { a.Proof = (&company.Company{Keys: other}).Sign(start.ID, *a) })
		}},
		{"facts altered", replay.CodeFacts, func(f forger) int64 { return f.of(enumspb.EVENT_TYPE_MARKER_RECORDED)[1].EventId }, func(f forger) {
			f.marker(1, func(o *activities.CaseOutput) { o.Facts.At = o.Facts.At.Add(-time.Hour) })
		}},
		{"a valid proof recorded as invalid", replay.CodeFacts, nil, func(f forger) {
			var acts []domain.Act
			for i := range 2 {
				f.signal(i, func(a *domain.Act) { acts = append(acts, *a) })
			}
			f.marker(1, func(o *activities.CaseOutput) { o.Facts.Proof = false })
			f.redo(0, start, acts)
		}},
		{"a digest altered", replay.CodeFacts, nil, func(f forger) {
			f.marker(0, func(o *activities.CaseOutput) { o.Digest = "sha256:0" })
		}},
		{"the first state altered", replay.CodeFacts, nil, func(f forger) {
			forge(f, &f.h.Events[0].GetWorkflowExecutionStartedEventAttributes().Input, func(in *workflows.CaseInput) { in.State.Digest = "sha256:0" })
		}},
		{"the first state decided already", replay.CodeStart, nil, func(f forger) {
			forge(f, &f.h.Events[0].GetWorkflowExecutionStartedEventAttributes().Input, func(in *workflows.CaseInput) {
				in.State.Steps[0].Slots[0].Decision = &domain.Decision{}
			})
		}},
		{"the result altered", replay.CodeResult, nil, func(f forger) {
			done := f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED)[0].GetWorkflowExecutionCompletedEventAttributes()
			forge(f, &done.Result, func(r *workflows.CaseResult) { r.Status = domain.CaseRejected })
		}},
		{"cut at the end", replay.CodeCut, nil, func(f forger) { f.h.Events = f.h.Events[:len(f.h.Events)-1] }},
		{"cut after a decision", replay.CodeCut, nil, func(f forger) { f.h.Events = f.h.Events[:len(f.h.Events)/2] }},
		{"an event taken out", replay.CodeGap, nil, func(f forger) { f.h.Events = slices.Delete(f.h.Events, 4, 5) }},
		{"events in another order", replay.CodeGap, nil, func(f forger) { f.h.Events[3], f.h.Events[4] = f.h.Events[4], f.h.Events[3] }},
		{"decisions in another order, numbers made to fit", replay.CodeFacts, nil, func(f forger) {
			s := f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
			s[0].Attributes, s[1].Attributes = s[1].Attributes, s[0].Attributes
		}},
		{"a decision taken out, numbers made to fit", replay.CodeNoAct, nil, func(f forger) {
			i := slices.Index(f.h.Events, f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[1])
			f.h.Events = slices.Delete(f.h.Events, i, i+1)
			f.renumber()
		}},
		{"a decision that was never answered", replay.CodeUnanswered, nil, func(f forger) {
			s := f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[1]
			extra := proto.Clone(s).(*historypb.HistoryEvent)
			f.h.Events = slices.Insert(f.h.Events, slices.Index(f.h.Events, s)+1, extra)
			f.renumber()
			f.signal(2, func(a *domain.Act) { a.ID = "another" })
		}},
		{"events behind the end", replay.CodeGap, nil, func(f forger) {
			extra := proto.Clone(f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[1]).(*historypb.HistoryEvent)
			f.h.Events = append(f.h.Events, extra)
			f.renumber()
		}},
		{"a payload altered without the key", replay.CodeUnreadable, nil, func(f forger) {
			p := f.of(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)[0].GetWorkflowExecutionSignaledEventAttributes().Input.Payloads[0]
			p.Data[len(p.Data)-1] ^= 1
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			fo := forger{t, c, proto.Clone(whole).(*historypb.History)}
			tc.alter(fo)
			v := replay.NewReader(c.Keys, c.Namespace).Verify(context.Background(), f.Workflow(), []replay.Run{{ID: run, History: fo.h}}, true)
			got := v.Failure()
			switch {
			case tc.want == "" && got != nil:
				t.Errorf("a sound history: %v", v.Faults)
			case tc.want != "" && (got == nil || got.Code != tc.want):
				t.Errorf("want %s, the verdict names %v", tc.want, v.Faults)
			case tc.event != nil && got.Event != tc.event(fo):
				t.Errorf("want event %d, the verdict names %v", tc.event(fo), got)
			}
		})
	}

	t.Run("the replayer alone is content with a forged decision", func(t *testing.T) {
		fo := forger{t, c, proto.Clone(whole).(*historypb.History)}
		fo.signal(1, func(a *domain.Act) { a.Comment = &domain.Ref{Object: "x"} })
		var acts []domain.Act
		for i := range 2 {
			fo.signal(i, func(a *domain.Act) { acts = append(acts, *a) })
		}
		fo.redo(0, start, acts)
		v := replay.NewReader(c.Keys, c.Namespace).Verify(context.Background(), f.Workflow(), []replay.Run{{ID: run, History: fo.h}}, true)
		if !v.Replayed || v.Recomputed {
			t.Errorf("replayed %v, recomputed %v: %v", v.Replayed, v.Recomputed, v.Faults)
		}
	})
	t.Run("other code is nondeterminism", func(t *testing.T) {
		fo := forger{t, c, proto.Clone(whole).(*historypb.History)}
		for _, e := range fo.of(enumspb.EVENT_TYPE_TIMER_STARTED) {
			e.GetTimerStartedEventAttributes().TimerId = "999"
		}
		v := replay.NewReader(c.Keys, c.Namespace).Verify(context.Background(), f.Workflow(), []replay.Run{{ID: run, History: fo.h}}, true)
		if got := v.Failure(); v.Replayed || got == nil || got.Code != replay.CodeNondeterminism {
			t.Errorf("replayed %v: %v", v.Replayed, v.Faults)
		}
	})
	t.Run("without the key it says so", func(t *testing.T) {
		other, err := codec.Generate()
		if err != nil {
			t.Fatal(err)
		}
		r := replay.NewReader(other, c.Namespace)
		v := r.Verify(context.Background(), f.Workflow(), []replay.Run{{ID: run, History: whole}}, true)
		if got := v.Failure(); got == nil || got.Code != replay.CodeKeyUnknown {
			t.Errorf("%v", v.Faults)
		}
		events, _ := r.Decode(f.Workflow(), []replay.Run{{ID: run, History: whole}})
		if d, ok := events[0].Detail.(replay.Detail); !ok || d.Fault == "" {
			t.Errorf("the first event does not say why it cannot be read: %+v", events[0])
		}
	})
}

// TestDecode reads a history as the page shows it.
func TestDecode(t *testing.T) {
	c := company.Open(t, company.Options{})
	f := c.File(t, c.FilingOn("test"), time.Second, company.Step(domain.Sequence, c.DepA))
	c.Act(t, f, domain.Act{Kind: domain.ActComment, Actor: c.People[0], Comment: c.Keep(t, f.State.ID, "comment", []byte("好"))})
	c.Closed(t, f.Workflow())
	run, h := c.History(t, f.Workflow())
	events, v := replay.NewReader(c.Keys, c.Namespace).Decode(f.Workflow(), []replay.Run{{ID: run, History: h}})
	if len(events) != len(h.Events) || len(v.Faults) > 0 {
		t.Fatalf("%d of %d events, %v", len(events), len(h.Events), v.Faults)
	}
	seen := map[string]replay.Event{}
	for _, e := range events {
		seen[e.Summary] = e
		if e.Summary == "other" || e.Time.IsZero() {
			t.Errorf("event %d %s was not understood", e.ID, e.Type)
		}
	}
	for _, want := range []string{"started", "act.comment", "decided.accepted", "timer.started", "timer.fired", "completed"} {
		if _, ok := seen[want]; !ok {
			t.Errorf("no event %s", want)
		}
	}
	if d := seen["timer.started"].Detail.(replay.Detail); d.Why == "" || d.Due == nil || d.Slot == "" || d.Duration == "" {
		t.Errorf("the timer does not say what for: %+v", d)
	}
	if d := seen["act.comment"].Detail.(replay.Detail); d.Proof == nil || !*d.Proof {
		t.Errorf("the comment's proof: %+v", d)
	}
	if s, ok := seen["started"].State.(domain.Case); !ok || s.Status != domain.CaseInApproval {
		t.Errorf("the state at the start: %+v", seen["started"].State)
	}
	if s, ok := seen["decided.accepted"].State.(domain.Case); !ok || s.Status != domain.CaseExpired {
		t.Errorf("the state at the last decision: %+v", s.Status)
	}
}
