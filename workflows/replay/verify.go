package replay

import (
	"context"
	"errors"
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// Verify says what the history by itself shows. closed is what is claimed of the workflow elsewhere: a closed one whose
// history lacks its close event was cut. It does not change the runs given. It stops early, with a fault, when ctx ends.
func (r *Reader) Verify(ctx context.Context, workflowID string, runs []Run, closed bool) Verdict {
	v := r.read(workflowID, runs, closed)
	v.Replayed = true
	if len(runs) == 0 || has(v.Faults, CodeSubject, CodeKeyUnknown) {
		v.Replayed = false
		return v
	}
	for _, run := range runs {
		if err := r.replay(ctx, workflowID, run); err != nil {
			v.Replayed = false
			code := CodeReplay
			if text := err.Error(); strings.Contains(text, "TMPRL1100") || strings.Contains(text, "nondeterministic") {
				code = CodeNondeterminism
			}
			v.fault(code, run.ID, 0, "%s", firstLine(err))
		}
	}
	return v
}

// read is Verify without running workflow code.
func (r *Reader) read(workflowID string, runs []Run, closed bool) Verdict {
	v := Verdict{Workflow: workflowID, States: map[At]any{}, wakes: map[At]domain.Wake{}, Faults: []Fault{}, Runs: []string{}}
	v.whole(runs, closed, r.Before)
	v.Complete = len(v.Faults) == 0
	found := len(v.Faults)
	switch kind, _, _ := workflows.Subject(workflowID); kind {
	case "case":
		(&caseTale{r: r, rules: caseRules, v: &v}).tell(runs)
	case "group":
		(&groupTale{r: r, rules: groupRules, v: &v}).tell(runs)
	case "nda":
		(&ndaTale{r: r, rules: ndaRules, v: &v}).tell(runs)
	case "post":
		(&postTale{r: r, rules: postRules, v: &v}).tell(runs)
	default:
		v.fault(CodeSubject, "", 0, "%s", workflowID)
	}
	v.Recomputed = len(v.Faults) == found && (v.Case != nil || v.Group != nil || v.NDA != nil || v.Post != nil)
	// A case that has ended closes its workflow, whatever anybody claims.
	if v.Case != nil && v.Case.Status.Final() && !v.Closed && !has(v.Faults, CodeCut) {
		v.Complete = false
		v.fault(CodeCut, "", 0, "the case has ended, and its history has no close event")
	}
	if (v.NDA != nil && !v.NDA.State.Open() || v.Post != nil && !v.Post.Waits()) && !v.Closed && !has(v.Faults, CodeCut) {
		v.Complete = false
		v.fault(CodeCut, "", 0, "nobody is waited for, and the history has no close event")
	}
	return v
}

// whole checks that nothing was taken out of the histories, or put in.
func (v *Verdict) whole(runs []Run, closed bool, from func(*historypb.History) string) {
	if len(runs) == 0 {
		v.fault(CodeCut, "", 0, "there is no history")
		return
	}
	before := ""
	for i, run := range runs {
		v.Runs = append(v.Runs, run.ID)
		events := run.History.GetEvents()
		v.Events += len(events)
		if len(events) == 0 {
			v.fault(CodeCut, run.ID, 0, "the run has no events")
			continue
		}
		for k, e := range events {
			if e.GetEventId() != int64(k)+1 {
				v.fault(CodeGap, run.ID, e.GetEventId(), "event %d stands where %d belongs", e.GetEventId(), k+1)
				break
			}
		}
		first := events[0].GetWorkflowExecutionStartedEventAttributes()
		switch {
		case first == nil:
			v.fault(CodeCut, run.ID, 1, "the history does not begin with its start")
		case from(run.History) != before:
			v.fault(CodeCut, run.ID, 1, "the run goes on from run %q, which is not the one before it", from(run.History))
		}
		end := -1
		for k, e := range events {
			if end < 0 && closes(e) {
				end = k
			}
		}
		if end >= 0 && end != len(events)-1 {
			v.fault(CodeGap, run.ID, events[end+1].GetEventId(), "there are events after the close event")
		}
		last := i == len(runs)-1
		next := events[len(events)-1].GetWorkflowExecutionContinuedAsNewEventAttributes()
		switch {
		case !last && next == nil && end >= 0 && first.GetContinuedExecutionRunId() == "" && from(runs[i+1].History) == run.ID: // it had ended; the next began with its state
		case !last && (next == nil || next.GetNewExecutionRunId() != runs[i+1].ID):
			v.fault(CodeCut, run.ID, 0, "the run does not lead to the one after it")
		case last && next != nil:
			v.fault(CodeCut, run.ID, 0, "the run was continued by run %q, which is missing", next.GetNewExecutionRunId())
		case last && closed && end < 0:
			v.fault(CodeCut, run.ID, 0, "the workflow is closed, and its history has no close event")
		}
		v.Closed = last && end >= 0
		before = run.ID
	}
}

// closes tells whether an event ends a run.
func closes(e *historypb.HistoryEvent) bool {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return true
	}
	return false
}

// replay runs the code over one run's history. The replayer cannot be stopped, so a history that makes it run on is
// left behind when ctx ends.
func (r *Reader) replay(ctx context.Context, workflowID string, run Run) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- fmt.Errorf("the replayer gave up: %v", p)
			}
		}()
		w, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: r.data, FailureConverter: r.failure})
		if err != nil {
			done <- fmt.Errorf("make the replayer: %w", err)
			return
		}
		workflows.Register(w)
		// Without the original ids the code would see others than it did (temporal.md 20).
		done <- w.ReplayWorkflowHistoryWithOptions(quiet{}, proto.Clone(run.History).(*historypb.History), worker.ReplayWorkflowHistoryOptions{
			OriginalExecution: workflow.Execution{ID: workflowID, RunID: run.ID},
		})
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return errors.New("the replay took too long")
	}
}

func has(faults []Fault, codes ...Code) bool {
	for _, f := range faults {
		for _, c := range codes {
			if f.Code == c {
				return true
			}
		}
	}
	return false
}

// firstLine keeps stack traces out of verdicts.
func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if len(text) > 300 {
		text = text[:300] + "…"
	}
	return text
}

// quiet drops the replayer's log: the verdict says it all.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
