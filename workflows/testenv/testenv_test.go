package testenv

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// echo waits for one signal and returns it.
func echo(ctx workflow.Context) (string, error) {
	var said string
	workflow.GetSignalChannel(ctx, "say").Receive(ctx, &said)
	return said, nil
}

func TestARealEngineAndARealDatabase(t *testing.T) {
	env := Start(t)
	ctx := context.Background()
	c := env.Client(t)
	w := worker.New(c, "q", worker.Options{})
	w.RegisterWorkflow(echo)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "e", TaskQueue: "q"}, echo)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SignalWorkflow(ctx, "e", "", "say", "群备"); err != nil {
		t.Fatal(err)
	}
	var got string
	if err := run.Get(ctx, &got); err != nil || got != "群备" {
		t.Fatalf("%q %v", got, err)
	}

	conn, err := pgx.Connect(ctx, env.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var tables int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables in a fresh database, %v", tables, err)
	}
	if other := env.NewDatabase(t); other == env.DatabaseURL {
		t.Error("a new database is the old one")
	}
	if again := Start(t); again.Namespace != env.Namespace {
		t.Error("one package, two namespaces")
	}
}

func TestOnlyTheOperatorEndsWorkflows(t *testing.T) {
	env := Start(t)
	ctx := context.Background()
	service, operator := env.Client(t), env.Operator(t)
	run, err := service.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "t", TaskQueue: "nobody"}, "echo")
	if err != nil {
		t.Fatal(err)
	}
	var denied *serviceerror.PermissionDenied
	if err := service.TerminateWorkflow(ctx, "t", run.GetRunID(), "no"); !errors.As(err, &denied) {
		t.Errorf("the service's identity terminated a workflow: %v", err)
	}
	if err := operator.TerminateWorkflow(ctx, "t", run.GetRunID(), "yes"); err != nil {
		t.Errorf("the operator: %v", err)
	}
}

func TestAMissingEngineNamesTheRemedy(t *testing.T) {
	t.Setenv(EngineVariable, "/nowhere/qunbei-solo")
	if _, err := Program(); err == nil || !strings.Contains(err.Error(), "make engine") {
		t.Errorf("%v", err)
	}
}
