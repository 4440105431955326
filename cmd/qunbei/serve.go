package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/internal/app"
)

// serveCommand runs API and pages, and with --work the worker beside them.
func serveCommand() *cobra.Command {
	var listen, base string
	var work, demo, untilStdin bool
	cmd := &cobra.Command{
		Use: "serve", Short: "API and pages; with --work the worker too", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := app.Config{Listen: "127.0.0.1:8080", Serve: true, Work: work, Demo: demo}
			c.FromEnv()
			if listen != "" {
				c.Listen = listen
			}
			if base != "" {
				c.BaseURL = base
			}
			return start(cmd.Context(), c, untilStdin)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "host:port (default 127.0.0.1:8080)")
	cmd.Flags().StringVar(&base, "base-url", "", "the address as people reach it")
	cmd.Flags().BoolVar(&work, "work", false, "run worker and relay in this process too")
	cmd.Flags().BoolVar(&demo, "demo", false, "the demo company, and identities to choose; on loopback only")
	cmd.Flags().BoolVar(&untilStdin, "until-stdin-closes", false, "stop when standard input ends")
	return cmd
}

// workCommand runs worker and relay alone.
func workCommand() *cobra.Command {
	return &cobra.Command{
		Use: "work", Short: "Worker and relay: decides acts, starts workflows, sends mail", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c := app.Config{Work: true}
			c.FromEnv()
			return start(cmd.Context(), c, false)
		},
	}
}

func start(ctx context.Context, c app.Config, untilStdin bool) error {
	c.Log = logger()
	c.Announce = func(text string) { fmt.Println(text) }
	if untilStdin {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go func() {
			// The pipe closes when our parent ends, however it ends.
			_, _ = io.Copy(io.Discard, os.Stdin)
			cancel()
		}()
	}
	return app.Run(ctx, c)
}
