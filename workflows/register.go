package workflows

import (
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"github.com/qunbei/qunbei/activities"
)

// WorkflowRegistry is a worker, a replayer or a test environment.
type WorkflowRegistry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// Register makes every workflow of the house known under its stable name. Replayers and workers share it.
func Register(r WorkflowRegistry) {
	r.RegisterWorkflowWithOptions(Case, workflow.RegisterOptions{Name: CaseType})
	r.RegisterWorkflowWithOptions(Group, workflow.RegisterOptions{Name: GroupType})
	r.RegisterWorkflowWithOptions(Reconcile, workflow.RegisterOptions{Name: ReconcileType})
	r.RegisterWorkflowWithOptions(NDA, workflow.RegisterOptions{Name: NDAType})
	r.RegisterWorkflowWithOptions(Post, workflow.RegisterOptions{Name: PostType})
}

// ActivityRegistry is a worker or a test environment.
type ActivityRegistry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// RegisterActivities makes the activities known to a worker.
func RegisterActivities(r ActivityRegistry, a *activities.Activities) {
	r.RegisterActivityWithOptions(a.DecideCase, activity.RegisterOptions{Name: "DecideCase"})
	r.RegisterActivityWithOptions(a.DecideGroup, activity.RegisterOptions{Name: "DecideGroup"})
	r.RegisterActivityWithOptions(a.Provision, activity.RegisterOptions{Name: "Provision"})
	r.RegisterActivityWithOptions(a.LookAt, activity.RegisterOptions{Name: "LookAt"})
	r.RegisterActivityWithOptions(a.Discover, activity.RegisterOptions{Name: "Discover"})
	r.RegisterActivityWithOptions(a.PlatformOp, activity.RegisterOptions{Name: PlatformOpType})
	r.RegisterActivityWithOptions(a.DecideNDA, activity.RegisterOptions{Name: "DecideNDA"})
	r.RegisterActivityWithOptions(a.DecidePost, activity.RegisterOptions{Name: "DecidePost"})
	r.RegisterActivityWithOptions(a.PostOp, activity.RegisterOptions{Name: PostOpType})
	r.RegisterActivityWithOptions(a.SealNDA, activity.RegisterOptions{Name: SealNDAType})
}
