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

// ReconcileInput says what to compare: one group, or a platform whole.
type ReconcileInput struct {
	Platform string `json:"platform"`
	Group    string `json:"group,omitempty"`  // only this one
	After    string `json:"after,omitempty"`  // carried over: groups up to this one are done
	Listed   bool   `json:"listed,omitempty"` // the register's groups are done: discovery is left
	Cursor   string `json:"cursor,omitempty"` // … from here on
	// Result is what earlier runs came to.
	Result ReconcileResult `json:"result,omitzero"`
}

// ReconcileResult is what a comparison came to.
type ReconcileResult struct {
	Looked int    `json:"looked"`
	Told   int    `json:"told,omitempty"`  // acts that groups were told: differences, and activity
	Blind  int    `json:"blind,omitempty"` // groups that could not be looked at
	New    int    `json:"new,omitempty"`   // groups that nobody filed
	Gap    string `json:"gap,omitempty"`   // what the platform cannot do
	Away   string `json:"away,omitempty"`  // the platform did not answer in time: the connector's word. Nothing follows from that
}

// ReconcileID is the workflow id of a platform's comparison; LookID that of a look at one group.
func ReconcileID(platform string) string { return "reconcile-" + platform }

// LookID is the workflow id of a look at one group.
func LookID(groupID string) string { return "look-" + groupID }

// mostTold bounds the groups that one run tells, so that its history stays short.
const mostTold = 1000

// Reconcile compares the groups on a platform with the register and tells each group what differs; each decides for itself
// what becomes of it, as of any act (semantics 2). Then it looks for groups that nobody filed. It holds no state worth
// keeping: one that was cut off is made up for by the next.
func Reconcile(ctx workflow.Context, in ReconcileInput) (ReconcileResult, error) {
	r := &reconciler{in: in, out: in.Result, act: workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    10 * time.Minute,
		HeartbeatTimeout:       time.Minute,
		ScheduleToCloseTimeout: 20 * time.Minute, // a platform that is away longer is looked at next time
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute},
	})}
	if !r.in.Listed {
		if err := r.look(ctx); err != nil || r.out.Away != "" || r.in.Group != "" {
			return r.out, err
		}
		r.in.Listed = true
	}
	return r.out, r.discover(ctx)
}

type reconciler struct {
	in   ReconcileInput
	out  ReconcileResult
	act  workflow.Context
	told int
}

// onward carries the run over when it has become long.
func (r *reconciler) onward(ctx workflow.Context) error {
	if r.told < mostTold && !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		return nil
	}
	r.in.Result = r.out
	return workflow.NewContinueAsNewError(ctx, ReconcileType, r.in)
}

// look looks at the register's groups, page by page.
func (r *reconciler) look(ctx workflow.Context) error {
	var a *activities.Activities
	for {
		var out activities.LookOutput
		err := workflow.ExecuteActivity(r.act, a.LookAt, activities.LookInput{Platform: r.in.Platform, Group: r.in.Group, After: r.in.After}).Get(ctx, &out)
		if err != nil {
			return r.away(ctx, err)
		}
		r.out.Looked += out.Looked
		r.out.Blind += out.Blind
		if out.Gap != "" {
			r.out.Gap = out.Gap
		}
		r.tell(ctx, out.Tell)
		if out.Next == "" {
			return nil
		}
		r.in.After = out.Next
		if err := r.onward(ctx); err != nil {
			return err
		}
	}
}

// tell signals the groups. One that is gone by now has nothing to hear.
func (r *reconciler) tell(ctx workflow.Context, told []activities.Told) {
	run := workflow.GetInfo(ctx).WorkflowExecution.RunID
	var sent []workflow.Future
	for _, t := range told {
		act := t.Act
		act.ID = "sys:look:" + run + ":" + strconv.Itoa(r.told)
		r.told++
		sent = append(sent, workflow.SignalExternalWorkflow(ctx, GroupID(t.Group), "", SignalGroupAct, act))
	}
	for _, f := range sent {
		if f.Get(ctx, nil) == nil {
			r.out.Told++
		}
	}
}

// discover looks for groups that nobody filed.
func (r *reconciler) discover(ctx workflow.Context) error {
	var a *activities.Activities
	for {
		var out activities.DiscoverOutput
		err := workflow.ExecuteActivity(r.act, a.Discover, activities.DiscoverInput{Platform: r.in.Platform, Cursor: r.in.Cursor}).Get(ctx, &out)
		if err != nil {
			return r.away(ctx, err)
		}
		r.out.New += len(out.New)
		if out.Next == "" || out.Next == r.in.Cursor {
			return nil
		}
		r.in.Cursor = out.Next
		if err := r.onward(ctx); err != nil {
			return err
		}
	}
}

// away ends a run whose platform does not answer: that says nothing about any group.
func (r *reconciler) away(ctx workflow.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("compare a platform with the register: %w", err)
	}
	r.out.Away = FaultCode(err)
	return nil
}

// FoundID is the id of the act by which a discovered group learns that nobody filed it.
const FoundID = "sys:found"

// FoundAct tells a discovered group that nobody filed it, and who keeps it on its platform, if that is somebody of ours.
func FoundAct(owner domain.EmployeeID, at time.Time) domain.GroupAct {
	return domain.GroupAct{ID: FoundID, Kind: domain.GroupReconciled, At: at, Life: &domain.LifeAct{
		Findings: []domain.Finding{{Kind: domain.FindUnfiled, Owner: owner}}, Looked: []domain.FindingKind{domain.FindUnfiled},
	}}
}
