package guard

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	schedulepb "go.temporal.io/api/schedule/v1"
	"go.temporal.io/api/workflowservice/v1"
)

func TestWhoIsWho(t *testing.T) {
	open, closed := Tokens{Operator: "op"}, Tokens{Operator: "op", Service: "sv"}
	tests := []struct {
		tokens Tokens
		header string
		want   Role
	}{
		{open, "", Service}, {open, "Bearer op", Operator}, {open, "op", Operator}, {open, "Bearer guess", Service},
		{closed, "", Nobody}, {closed, "Bearer sv", Service}, {closed, "Bearer op", Operator}, {closed, "Bearer guess", Nobody},
		{Tokens{}, "", Service}, {Tokens{}, "Bearer ", Service},
	}
	for _, test := range tests {
		if got := test.tokens.Identify(test.header); got != test.want {
			t.Errorf("%+v, %q: %v, want %v", test.tokens, test.header, got, test.want)
		}
	}
}

func TestTheServicesRights(t *testing.T) {
	const admin = "/temporal.server.api.adminservice.v1.AdminService/"
	tests := map[string]struct {
		request any
		want    bool
	}{
		workflows + "StartWorkflowExecution":         {want: true},
		workflows + "SignalWorkflowExecution":        {want: true},
		workflows + "QueryWorkflow":                  {want: true},
		workflows + "PollWorkflowTaskQueue":          {want: true},
		workflows + "RespondWorkflowTaskCompleted":   {want: true},
		workflows + "GetWorkflowExecutionHistory":    {want: true},
		workflows + "ListWorkflowExecutions":         {want: true},
		workflows + "DescribeNamespace":              {want: true},
		workflows + "ResetStickyTaskQueue":           {want: true},
		operators + "ListSearchAttributes":           {want: true},
		"/grpc.health.v1.Health/Check":               {want: true},
		workflows + "ResetWorkflowExecution":         {},
		workflows + "TerminateWorkflowExecution":     {},
		workflows + "DeleteWorkflowExecution":        {},
		workflows + "StartBatchOperation":            {},
		workflows + "RegisterNamespace":              {},
		workflows + "UpdateNamespace":                {},
		workflows + "DeprecateNamespace":             {},
		workflows + "PauseWorkflowExecution":         {},
		workflows + "ResetActivity":                  {},
		workflows + "UpdateWorkflowExecutionOptions": {},
		workflows + "SomethingOfNextYear":            {},
		operators + "DeleteNamespace":                {},
		operators + "AddSearchAttributes":            {},
		admin + "DescribeMutableState":               {},
		admin + "DeleteWorkflowExecution":            {},
		"/of.someone.Else/GetWhatever":               {},
		"":                                           {},
	}
	for method, test := range tests {
		if got, why := Allows(Service, method, test.request); got != test.want || got != (why == "") {
			t.Errorf("service, %s: %v %q, want %v", method, got, why, test.want)
		}
		if got, _ := Allows(Operator, method, test.request); !got {
			t.Errorf("operator, %s: denied", method)
		}
		wantNobody := method == "/grpc.health.v1.Health/Check"
		if got, _ := Allows(Nobody, method, test.request); got != wantNobody {
			t.Errorf("nobody, %s: %v", method, got)
		}
	}
}

func TestEndingAWorkflowUnderAnotherName(t *testing.T) {
	start := &workflowservice.StartWorkflowExecutionRequest{WorkflowIdConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING}
	other := schedulepb.Schedule{Policies: &schedulepb.SchedulePolicies{OverlapPolicy: enumspb.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER}}
	denied := map[string]any{
		"StartWorkflowExecution": start,
		"SignalWithStartWorkflowExecution": &workflowservice.SignalWithStartWorkflowExecutionRequest{
			//lint:ignore SA1019 deprecated and still obeyed
			WorkflowIdReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING},
		"ExecuteMultiOperation": &workflowservice.ExecuteMultiOperationRequest{Operations: []*workflowservice.ExecuteMultiOperationRequest_Operation{
			{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: start}}}},
		"CreateSchedule": &workflowservice.CreateScheduleRequest{Schedule: &other},
		"UpdateSchedule": &workflowservice.UpdateScheduleRequest{Schedule: &other},
		"PatchSchedule": &workflowservice.PatchScheduleRequest{Patch: &schedulepb.SchedulePatch{TriggerImmediately: &schedulepb.TriggerImmediatelyRequest{
			OverlapPolicy: enumspb.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER}}},
	}
	for name, request := range denied {
		if ok, _ := Allows(Service, workflows+name, request); ok {
			t.Errorf("%s may terminate another workflow", name)
		}
		if ok, _ := Allows(Operator, workflows+name, request); !ok {
			t.Errorf("%s is denied to the operator", name)
		}
	}
	fine := map[string]any{
		"StartWorkflowExecution": &workflowservice.StartWorkflowExecutionRequest{
			WorkflowIdReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE},
		"CreateSchedule": &workflowservice.CreateScheduleRequest{Schedule: &schedulepb.Schedule{}},
	}
	for name, request := range fine {
		if ok, why := Allows(Service, workflows+name, request); !ok {
			t.Errorf("%s is denied: %s", name, why)
		}
	}
}
