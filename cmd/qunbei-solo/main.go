// Command qunbei-solo is everything on one machine: a private PostgreSQL, the Temporal engine with its web page, and
// Qunbei itself with the demo company. It is also what tests run against ("qunbei-solo engine") and, with --services,
// the engine of a production cluster. It alone links the Temporal server, so it is a Go module of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is main with an exit status: 0 after a clean stop, 1 after a fault, which is told in one sentence.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		// After the first Ctrl-C the next one kills at once, for whoever cannot wait for a clean stop.
		<-ctx.Done()
		stop()
	}()
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	fmt.Fprintln(os.Stderr, "qunbei-solo: "+say.Line(err))
	return 1
}

func rootCommand() *cobra.Command {
	root := runCommand()
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(engineCommand())
	return root
}
