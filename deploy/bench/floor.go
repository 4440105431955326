package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// floor is the least that could be done: 14 events, three billed actions and one row a case.
type floor struct {
	client client.Client
	worker worker.Worker
	pool   *pgxpool.Pool
	steps  sync.Map // workflow id → chan int: the driver waits for each step, since signals that coalesce flatter a bench
}

const floorQueue = "floor"

func newFloor(ctx context.Context, st *stack) (*floor, error) {
	f := &floor{}
	var err error
	if f.pool, err = pgxpool.New(ctx, st.database("floor")); err != nil {
		return nil, err
	}
	if _, err = f.pool.Exec(ctx, "CREATE TABLE IF NOT EXISTS done (id text PRIMARY KEY, signals int NOT NULL, at timestamptz NOT NULL)"); err != nil {
		return nil, err
	}
	if f.client, err = client.Dial(client.Options{HostPort: st.ready.Temporal, Namespace: st.namespace, Logger: quiet{}}); err != nil {
		return nil, err
	}
	f.worker = worker.New(f.client, floorQueue, worker.Options{MaxConcurrentWorkflowTaskPollers: pollers})
	f.worker.RegisterWorkflowWithOptions(f.workflow, workflow.RegisterOptions{Name: "Floor"})
	return f, f.worker.Start()
}

func (f *floor) stop() {
	f.worker.Stop()
	f.client.Close()
	f.pool.Close()
}

func (f *floor) workflow(ctx workflow.Context) error {
	id := workflow.GetInfo(ctx).WorkflowExecution.ID
	ch := workflow.GetSignalChannel(ctx, "act")
	ch.Receive(ctx, nil)
	f.step(id, 1) // to the driver, outside the engine: the workflow itself does not depend on it
	ch.Receive(ctx, nil)
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	return workflow.ExecuteLocalActivity(ctx, f.write, id).Get(ctx, nil)
}

func (f *floor) step(id string, n int) {
	if c, ok := f.steps.Load(id); ok {
		select {
		case c.(chan int) <- n:
		default:
		}
	}
}

func (f *floor) write(ctx context.Context, id string) error {
	_, err := f.pool.Exec(ctx, "INSERT INTO done VALUES ($1, 2, now()) ON CONFLICT DO NOTHING", id)
	f.step(id, 2)
	return err
}

// one runs one case through the floor.
func (f *floor) one(ctx context.Context) error {
	id := "floor-" + uuid.NewString()
	steps := make(chan int, 4)
	f.steps.Store(id, steps)
	defer f.steps.Delete(id)
	if _, err := f.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: floorQueue, EnableEagerStart: true}, "Floor"); err != nil {
		return err
	}
	for want := 1; want <= 2; want++ {
		if err := f.client.SignalWorkflow(ctx, id, "", "act", want); err != nil {
			return err
		}
		for got := 0; got < want; {
			select {
			case got = <-steps:
			case <-time.After(30 * time.Second):
				return fmt.Errorf("floor: step %d was not reached", want)
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}
