// Package guard decides what a caller of the engine may do. The engine's own authorizer lets every writer reset,
// terminate and delete workflows, which would rewrite or end a case behind the back of its history; here only the
// operator may, and the API, the workers and the engine's web page hold the service's rights, which do not include it.
//
// It knows nothing of the engine's server, so that it can be tested without building that.
package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	schedulepb "go.temporal.io/api/schedule/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// Role is what a caller is known as.
type Role int

const (
	// Nobody is a caller without a valid token where one is demanded.
	Nobody Role = iota
	// Service is the API, a worker, the web page, and the engine's own workers.
	Service
	// Operator may do everything.
	Operator
)

// String names the role as the engine's log and events do.
func (r Role) String() string { return [...]string{"nobody", "service", "operator"}[r] }

// Tokens says who is who. An empty ServiceToken means that whoever reaches the port is the service, which is right on
// loopback alone.
type Tokens struct {
	Operator, Service string
}

// Identify turns the Authorization header of a call into a role.
func (t Tokens) Identify(authorization string) Role {
	token, _ := strings.CutPrefix(authorization, "Bearer ")
	switch {
	case same(token, t.Operator):
		return Operator
	case t.Service == "" || same(token, t.Service):
		return Service
	}
	return Nobody
}

// same compares in constant time; an empty secret matches nothing.
func same(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return secret != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

const (
	workflows = "/temporal.api.workflowservice.v1.WorkflowService/"
	operators = "/temporal.api.operatorservice.v1.OperatorService/"
)

// service lists the writes the service needs; reads are told by their names. What is not listed is denied, so that a
// newer engine's new powers are denied too until someone has thought about them.
var service = set(
	"StartWorkflowExecution", "SignalWorkflowExecution", "SignalWithStartWorkflowExecution", "UpdateWorkflowExecution",
	"ExecuteMultiOperation", "RequestCancelWorkflowExecution", "QueryWorkflow",
	"PollWorkflowTaskQueue", "RespondWorkflowTaskCompleted", "RespondWorkflowTaskFailed", "RespondQueryTaskCompleted",
	"PollActivityTaskQueue", "RecordActivityTaskHeartbeat", "RecordActivityTaskHeartbeatById",
	"RespondActivityTaskCompleted", "RespondActivityTaskCompletedById", "RespondActivityTaskFailed",
	"RespondActivityTaskFailedById", "RespondActivityTaskCanceled", "RespondActivityTaskCanceledById",
	"PollNexusTaskQueue", "RespondNexusTaskCompleted", "RespondNexusTaskFailed",
	"PollWorkflowExecutionUpdate", "PollWorkflowExecutionTimeSkipping",
	"ResetStickyTaskQueue", // forgets a cache, not a history
	"ShutdownWorker", "RecordWorkerHeartbeat", "FetchWorkerConfig",
	"CreateSchedule", "UpdateSchedule", "PatchSchedule", "DeleteSchedule",
)

var reads = []string{"Get", "List", "Describe", "Count", "Scan"}

// Allows says whether role may make the call, and if not, why. method is the full gRPC name, request its decoded
// message or nil.
func Allows(role Role, method string, request any) (bool, string) {
	if role == Operator || strings.HasPrefix(method, "/grpc.health.v1.Health/") || method == workflows+"GetSystemInfo" {
		return true, ""
	}
	if role != Service {
		return false, "no valid token"
	}
	if name, ok := strings.CutPrefix(method, operators); ok {
		if name == "ListSearchAttributes" {
			return true, ""
		}
		return false, "only the operator changes the engine"
	}
	name, ok := strings.CutPrefix(method, workflows)
	if !ok {
		return false, "only the operator administers the engine"
	}
	for _, r := range reads {
		if strings.HasPrefix(name, r) {
			return true, ""
		}
	}
	if !service[name] {
		return false, "only the operator may " + name
	}
	if hidden(request) {
		return false, "ending a running workflow by starting another is the operator's"
	}
	return true, ""
}

// hidden finds the requests that terminate a workflow under another name.
func hidden(request any) bool {
	switch r := request.(type) {
	case *workflowservice.StartWorkflowExecutionRequest:
		return ends(r.GetWorkflowIdReusePolicy(), r.GetWorkflowIdConflictPolicy())
	case *workflowservice.SignalWithStartWorkflowExecutionRequest:
		return ends(r.GetWorkflowIdReusePolicy(), r.GetWorkflowIdConflictPolicy())
	case *workflowservice.ExecuteMultiOperationRequest:
		for _, op := range r.GetOperations() {
			if s := op.GetStartWorkflow(); s != nil && hidden(s) {
				return true
			}
		}
	case *workflowservice.CreateScheduleRequest:
		return overlaps(r.GetSchedule()) || fires(r.GetInitialPatch())
	case *workflowservice.UpdateScheduleRequest:
		return overlaps(r.GetSchedule())
	case *workflowservice.PatchScheduleRequest:
		return fires(r.GetPatch())
	}
	return false
}

func ends(reuse enumspb.WorkflowIdReusePolicy, conflict enumspb.WorkflowIdConflictPolicy) bool {
	//lint:ignore SA1019 the old policy is deprecated and still obeyed by the engine
	return reuse == enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING ||
		conflict == enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
}

func overlaps(s *schedulepb.Schedule) bool {
	return s.GetPolicies().GetOverlapPolicy() == enumspb.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER
}

func fires(p *schedulepb.SchedulePatch) bool {
	if p.GetTriggerImmediately().GetOverlapPolicy() == enumspb.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER {
		return true
	}
	for _, b := range p.GetBackfillRequest() {
		if b.GetOverlapPolicy() == enumspb.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER {
			return true
		}
	}
	return false
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
