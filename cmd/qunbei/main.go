// Command qunbei is the service: API and pages (serve), worker and relay (work), and what an operator needs beside them.
// For everything on one machine, with database and engine, see qunbei-solo.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:])) }

// run is main with an exit status: 0 after a clean stop, 1 after a fault, told in plain sentences; screen has its own.
func run(args []string) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a small heap, many short-lived answers: collecting half as often is cheap here
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := &cobra.Command{ //nolint:gosec // the addresses in the help are examples
		Use: "qunbei", Short: "Work groups: filed, approved, on record (群备)",
		Long: `Qunbei files a company's chat work groups, has them approved, and keeps them on record.

Settings come from the environment, flags win:
  QUNBEI_DATABASE      postgres://user:password@host/qunbei
  QUNBEI_TEMPORAL      host:port of the engine's frontend
  QUNBEI_NAMESPACE     the engine's namespace
  QUNBEI_ENGINE_TOKEN  shown to the engine, when it asks for one
  QUNBEI_DATA          folder with the keys
  QUNBEI_KEK           64 hex digits that seal the keys on disk
  QUNBEI_LISTEN        host:port of API and pages
  QUNBEI_BASE_URL      https://… as people reach it; serve and work must agree on it
  QUNBEI_SMTP          host:port or smtp://user:password@host:port
  QUNBEI_MAIL_FROM     sender of mail
  QUNBEI_HOLD          what the relay leaves alone here, by commas: mail, export_history, start_group, …
  QUNBEI_MATRIX_HOMESERVER   https://… of the Matrix homeserver's client API; empty: none
  QUNBEI_MATRIX_SERVER       its server_name
  QUNBEI_MATRIX_AS_TOKEN     as_token of our registration there, or …_AS_TOKEN_FILE
  QUNBEI_MATRIX_HS_TOKEN     hs_token of it, or …_HS_TOKEN_FILE
  QUNBEI_MATRIX_ADMIN_TOKEN  of a server administrator, to find, adopt and erase rooms, or …_ADMIN_TOKEN_FILE
  QUNBEI_MATRIX_ACCOUNTS     whose account is whose: @{number}:{server}
  QUNBEI_MATRIX_LISTEN       host:port where the homeserver reaches the worker
  QUNBEI_HOOK_SECRET   whsec_… that chat platforms sign with when they ask before showing a message; empty: none may
  QUNBEI_LOG_LEVEL     debug, info, warn or error`,
		SilenceErrors: true, SilenceUsage: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(serveCommand(), workCommand(), migrateCommand(), directoryCommand(), policyCommand(), keysCommand(), screenCommand())
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil || (ctx.Err() != nil && errors.Is(err, context.Canceled)) {
		return 0
	}
	if errors.Is(err, errFound) {
		return 1
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(os.Stderr, "qunbei: "+line)
	}
	if errors.As(err, new(errScreen)) {
		return 2
	}
	return 1
}

// logger writes JSON lines to standard error, at QUNBEI_LOG_LEVEL.
func logger() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(os.Getenv("QUNBEI_LOG_LEVEL"))); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
