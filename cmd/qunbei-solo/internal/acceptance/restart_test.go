package acceptance

import (
	"context"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/workflows/testenv"
)

// waits is the least process with a decision: it ends when told how.
func waits(ctx workflow.Context) (string, error) {
	var outcome string
	workflow.GetSignalChannel(ctx, "decide").Receive(ctx, &outcome)
	return outcome, nil
}

// dial connects to p's namespace as the service does.
func dial(t *testing.T, p *testenv.Process) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: p.Ready.Temporal, Namespace: "qunbei"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTheNextStartFindsEverything runs a process across a clean stop and across a kill -9.
func TestTheNextStartFindsEverything(t *testing.T) {
	dir := testenv.Folder(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()

	p := testenv.Launch(t, "--data", dir)
	c := dial(t, p)
	for _, id := range []string{"a", "b"} {
		if _, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "q"}, waits); err != nil {
			t.Fatal(err)
		}
	}
	decide(ctx, t, c, "a", "approved")
	conn, err := pgx.Connect(ctx, p.Ready.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE ours AS SELECT 42 AS answer"); err != nil {
		t.Fatal(err)
	}
	conn.Close(ctx)
	c.Close()
	if err := p.Stop(); err != nil {
		t.Fatalf("clean stop: %v", err)
	}

	p = testenv.Launch(t, "--data", dir)
	c = dial(t, p)
	if err := c.SignalWorkflow(ctx, "b", "", "decide", "rejected"); err != nil {
		t.Fatalf("a process that waited is gone: %v", err)
	}
	c.Close()
	database := postmaster(t, dir)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if !alive(database) {
		t.Fatal("the database should outlive a killed parent")
	}

	p = testenv.Launch(t, "--data", dir)
	if now := postmaster(t, dir); now != database {
		t.Errorf("the database was started anew (process %d, then %d), not taken over", database, now)
	}
	c = dial(t, p)
	defer c.Close()
	finish(ctx, t, c, "b", "rejected")
	var outcome string
	if err := c.GetWorkflow(ctx, "a", "").Get(ctx, &outcome); err != nil || outcome != "approved" {
		t.Errorf("the process that had ended: %q %v", outcome, err)
	}
	if conn, err = pgx.Connect(ctx, p.Ready.Postgres); err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var answer int
	if err := conn.QueryRow(ctx, "SELECT answer FROM ours").Scan(&answer); err != nil || answer != 42 {
		t.Errorf("our table: %d %v", answer, err)
	}
}

func decide(ctx context.Context, t *testing.T, c client.Client, id, outcome string) {
	t.Helper()
	if err := c.SignalWorkflow(ctx, id, "", "decide", outcome); err != nil {
		t.Fatal(err)
	}
	finish(ctx, t, c, id, outcome)
}

// finish runs a worker until the process has ended with outcome.
func finish(ctx context.Context, t *testing.T, c client.Client, id, outcome string) {
	t.Helper()
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(waits)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	var got string
	if err := c.GetWorkflow(ctx, id, "").Get(ctx, &got); err != nil || got != outcome {
		t.Fatalf("%s ended with %q, %v; want %q", id, got, err, outcome)
	}
}
