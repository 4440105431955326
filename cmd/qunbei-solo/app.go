package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"syscall"

	"github.com/qunbei/qunbei/cmd/internal/app"
)

// application is what this program tells Qunbei proper: where its parts are.
type application struct {
	// DatabaseURL is Qunbei's own database, empty at the first start.
	DatabaseURL string
	// TemporalHostPort and Namespace are the engine's; TemporalUI is its web page.
	TemporalHostPort, Namespace, TemporalUI string
	// DataDir is the folder for keys and documents.
	DataDir string
	// Listen is the web address to serve, host:port.
	Listen string
	// Demo asks for the demo company.
	Demo bool
	// Matrix is the homeserver, if there is one; Welcome says more to the person at the terminal.
	Matrix  app.Matrix
	Welcome string
}

// runApplication migrates, then runs worker, API and pages until ctx ends, and stops intake, relay, worker and client,
// in that order, before it returns. It is the one place where this program and the application meet; nil leaves the
// engine running alone.
var runApplication = func(ctx context.Context, a application) error {
	level := slog.LevelWarn
	if err := level.UnmarshalText([]byte(os.Getenv("QUNBEI_LOG_LEVEL"))); err != nil {
		level = slog.LevelWarn
	}
	return app.Run(ctx, app.Config{
		DatabaseURL: a.DatabaseURL, TemporalHostPort: a.TemporalHostPort, Namespace: a.Namespace, TemporalUI: a.TemporalUI,
		DataDir: a.DataDir, Listen: a.Listen, Demo: a.Demo, Matrix: a.Matrix, Welcome: a.Welcome, Serve: true, Work: true, Alone: true, BaseURL: os.Getenv(app.EnvBaseURL),
		SMTP: os.Getenv(app.EnvSMTP), MailFrom: os.Getenv(app.EnvMailFrom),
		Log:      slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})),
		Announce: func(text string) { fmt.Println(text) },
		Boundary: killAt(os.Getenv("QUNBEI_TEST_KILL_AT")),
	})
}

// killAt makes the process end as by kill -9 when it reaches the named boundary, for the tests that prove that nothing is
// lost or repeated. Nil without a name.
func killAt(name string) func(string) {
	if name == "" {
		return nil
	}
	return func(at string) {
		if at != name {
			return
		}
		// The test must see that the boundary was hit, not merely that the process ended.
		_, _ = fmt.Fprintf(os.Stderr, "\nkilled at %s\n", name)
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
