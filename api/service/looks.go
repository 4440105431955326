package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// reconcileEvery is how often a platform is compared with the register when Config says nothing.
const reconcileEvery = 15 * time.Minute

// readable are the platforms that can be compared with the register.
func (s *Service) readable() []chat.Connector {
	var out []chat.Connector
	for _, c := range s.cfg.Connectors {
		if slices.Contains(c.Can(), chat.CanList) {
			out = append(out, c)
		}
	}
	return out
}

// keepScheduled sees to it that each platform is compared with the register from time to time, by a schedule of the engine:
// one comparison at a time, and none made up for that was missed (temporal.md 27). It tries until the engine took it.
func (s *Service) keepScheduled(ctx context.Context) {
	for _, c := range s.readable() {
		pause := time.Second
		for ctx.Err() == nil {
			err := s.schedule(ctx, c.Kind())
			if err == nil {
				break
			}
			s.log.WarnContext(ctx, "a platform's comparisons are scheduled later", "platform", c.Kind(), "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, time.Minute)
		}
	}
}

func (s *Service) schedule(ctx context.Context, platform string) error {
	c, err := s.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callBudget)
	defer cancel()
	every := s.cfg.ReconcileEvery
	if every <= 0 {
		every = reconcileEvery
	}
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}}
	action := &client.ScheduleWorkflowAction{
		ID: workflows.ReconcileID(platform), Workflow: workflows.ReconcileType, Args: []any{workflows.ReconcileInput{Platform: platform}}, TaskQueue: workflows.TaskQueue,
	}
	_, err = c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: workflows.ReconcileID(platform), Spec: spec, Action: action, Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: time.Minute,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		return engineFault(err)
	}
	return engineFault(c.ScheduleClient().GetHandle(ctx, workflows.ReconcileID(platform)).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			d := in.Description.Schedule
			d.Spec, d.Action = &spec, action
			if d.Policy == nil {
				d.Policy = &client.SchedulePolicies{}
			}
			d.Policy.Overlap, d.Policy.CatchupWindow = enums.SCHEDULE_OVERLAP_POLICY_SKIP, time.Minute
			return &client.ScheduleUpdate{Schedule: &d}, nil
		},
	}))
}

// startLook starts a comparison of its own, or joins the one under way.
func (s *Service) startLook(ctx context.Context, id string, in workflows.ReconcileInput, join bool) (client.WorkflowRun, error) {
	c, err := s.engine()
	if err != nil {
		return nil, err
	}
	conflict := enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	if !join {
		conflict = enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL
	}
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, WorkflowIDConflictPolicy: conflict,
		WorkflowExecutionErrorWhenAlreadyStarted: !join, WorkflowExecutionTimeout: time.Hour,
	}, workflows.ReconcileType, in)
	return run, engineFault(err)
}

// lookNow compares one group with its platform, and tells how many findings are open then.
func (s *Service) lookNow(ctx context.Context, groupID string) (int, error) {
	row, err := s.groupRow(ctx, groupID)
	if err != nil {
		return 0, err
	}
	platform := row.Doc.Platform
	if !slices.ContainsFunc(s.readable(), func(c chat.Connector) bool { return c.Kind() == platform }) || row.Doc.PlatformID == "" {
		return 0, ErrUnreadable
	}
	run, err := s.startLook(ctx, workflows.LookID(row.ID), workflows.ReconcileInput{Platform: platform, Group: row.ID}, true)
	if err != nil {
		return 0, err
	}
	var out workflows.ReconcileResult
	if err := run.Get(ctx, &out); err != nil {
		return 0, fmt.Errorf("wait for a look: %w", err)
	}
	switch {
	case out.Away != "":
		return 0, errors.New("the platform does not answer: " + out.Away)
	case out.Gap != "":
		return 0, ErrUnreadable
	}
	for range 50 { // what the group was told is in its row a moment later
		now, err := s.groupRow(ctx, groupID)
		if err != nil {
			return 0, err
		}
		if out.Told == 0 || now.Doc.Seq > row.Doc.Seq {
			row = now
			break
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(40 * time.Millisecond):
		}
	}
	if row.Doc.Life == nil {
		return 0, nil
	}
	return len(row.Doc.Life.Findings), nil
}

// lookSoon looks at a group that something happened to; at the whole platform's list where it is none of ours.
func (s *Service) lookSoon(ctx context.Context, platform, platformID string) error {
	if platformID == "" || !slices.ContainsFunc(s.readable(), func(c chat.Connector) bool { return c.Kind() == platform }) {
		return nil
	}
	id, err := s.cfg.Store.StandingOn(ctx, platform, platformID)
	if err != nil {
		return fmt.Errorf("find a group by its platform: %w", err)
	}
	in, workflow := workflows.ReconcileInput{Platform: platform, Group: id}, workflows.LookID(id)
	if id == "" {
		in.Listed, workflow = true, "discover-"+platform
	}
	_, err = s.startLook(ctx, workflow, in, false)
	return err
}

// relayStartFound begins the workflow of a group that was found on its platform: a draft until it is filed (R6.1). It is
// told at once that nobody filed it, so that whoever keeps it, or security, has a date.
func (s *Service) relayStartFound(ctx context.Context, groupID string) error {
	row, err := s.cfg.Store.Sighting(ctx, groupID)
	if err != nil {
		return fmt.Errorf("read what was found on a platform: %w", err)
	}
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return fmt.Errorf("read the rules for the life of groups: %w", err)
	}
	seen := row.SeenAt.UTC().Truncate(time.Microsecond)
	g := domain.NewDiscovered(row.GroupID, row.Number, row.Platform, row.PlatformID, pol.LifeRules(), seen)
	if err := s.start(ctx, workflows.GroupID(g.ID), workflows.GroupType, workflows.GroupInput{State: g}); err != nil {
		return fmt.Errorf("start the workflow of group %s: %w", g.ID, err)
	}
	var owner domain.EmployeeID
	if row.OwnerID != nil {
		owner = domain.EmployeeID(*row.OwnerID)
	}
	err = s.signal(ctx, time.Now().Add(s.cfg.MaxWait), workflows.GroupID(g.ID), workflows.SignalGroupAct, workflows.FoundAct(owner, seen))
	if errors.Is(err, errNotRunning) {
		return nil // it has ended since
	}
	return err
}
