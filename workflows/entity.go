package workflows

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// entity is the state of what lives in a workflow of its own (a group, an agreement) and the one way in which an act changes
// it: decided and written by a local activity, and computed again here from the facts that the history keeps.
type entity[S interface{ Answered(string) bool }, A, F any] struct {
	state S
	most  int  // events of a run; 0: as many as the engine likes
	stuck bool // the database refused a projection: nothing by itself until a person acted

	id     func(A) string // of an act
	decide func(context.Context, activities.EntityInput[S, A]) (activities.EntityOutput[A, F], error)
	rule   func(S, A, F) (S, domain.Verdict)
}

// full tells whether the run has become long.
func (m *entity[S, A, F]) full(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.GetContinueAsNewSuggested() || (m.most > 0 && info.GetCurrentHistoryLength() >= m.most)
}

// apply has one act decided and recorded. One that was answered before needs no activity. Acts that are on record before it,
// decided by an attempt that was lost, are taken first.
func (m *entity[S, A, F]) apply(ctx workflow.Context, act A) error {
	for id := m.id(act); id != "" && !m.state.Answered(id); {
		var out activities.EntityOutput[A, F]
		if err := workflow.ExecuteLocalActivity(local(ctx), m.decide, activities.EntityInput[S, A]{State: m.state, Act: act}).Get(ctx, &out); err != nil {
			return fmt.Errorf("decide act: %w", err)
		}
		if m.stuck = out.Stuck; m.stuck || out.Old {
			return nil
		}
		next := act
		if out.First != nil {
			next = *out.First
		}
		after, _ := m.rule(m.state, next, out.Facts)
		if domain.StateDigest(after) != out.Digest {
			// The history would say one thing and the database another: stop here, loudly, until a person looked.
			panic("the recorded facts lead to another state than the projection stored")
		}
		m.state = after
		if out.First == nil {
			return nil
		}
	}
	return nil
}

// drain answers everything that has arrived, and tells whether there was anything.
func (m *entity[S, A, F]) drain(ctx workflow.Context, acts workflow.ReceiveChannel) (bool, error) {
	drained := false
	for {
		var act A
		if !acts.ReceiveAsync(&act) {
			return drained, nil
		}
		drained = true
		if err := m.apply(ctx, act); err != nil {
			return drained, err
		}
	}
}
