package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/engine"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/guard"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// ready is the line that tells whoever started us where everything is.
type ready struct {
	Temporal string `json:"temporal"`
	UI       string `json:"ui,omitempty"`
	// Postgres is the superuser's address, in the database "postgres".
	Postgres string `json:"postgres,omitempty"`
	PID      int    `json:"pid"`
	Data     string `json:"data,omitempty"`
	// OperatorToken lets the caller make namespaces.
	OperatorToken string `json:"operator_token,omitempty"`
}

// engineFlags are the command line of "engine".
type engineFlags struct {
	stackConfig
	temporary, untilStdinCloses  bool
	readyFile, postgresURL       string
	operatorToken, serviceToken  string
	bind, advert                 string
	services, frontend, logLevel string
	retention                    time.Duration
}

// engineCommand is the database and the engine alone: for tests, and for production by role.
func engineCommand() *cobra.Command {
	var f engineFlags
	cmd := &cobra.Command{
		Use:   "engine",
		Short: "Only the database and the engine: for tests, or, with --postgres-url and --services, for production",
		Long: `Starts the private PostgreSQL and the engine, and writes one line of JSON that says where they are.

With --postgres-url it uses that server instead of a private one (databases temporal and temporal_visibility must
be there), and with --services it runs only some of frontend, history, matching and worker.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			tuneMemory()
			ctx := cmd.Context()
			if f.untilStdinCloses {
				var cancel context.CancelFunc
				ctx, cancel = context.WithCancel(ctx)
				go func() {
					// The pipe closes when our parent ends, however it ends, so nothing is left behind.
					_, _ = io.Copy(io.Discard, os.Stdin)
					cancel()
				}()
			}
			return runEngine(ctx, f)
		},
	}
	p := cmd.Flags()
	p.StringVar(&f.data, "data", "", "folder that keeps everything")
	p.BoolVar(&f.temporary, "temporary", false, "use a fresh folder and delete it afterwards; faster, survives kills but not power cuts")
	p.IntVar(&f.engine.Port, "temporal-port", 0, "port of the engine, 0 for any")
	p.IntVar(&f.engine.UIPort, "ui-port", -1, "port of the engine's web page, 0 for any, -1 for none")
	p.IntVar(&f.postgresPort, "postgres-port", 0, "port of the private PostgreSQL, 0 for any")
	p.StringVar(&f.engine.Namespace, "namespace", namespace, "namespace to make")
	p.DurationVar(&f.retention, "retention", 0, "how long the engine keeps closed runs (default 2160h)")
	p.StringVar(&f.readyFile, "ready-file", "", "write the line of JSON to this file too")
	p.BoolVar(&f.untilStdinCloses, "until-stdin-closes", false, "stop when standard input ends")
	p.StringVar(&f.postgresURL, "postgres-url", "", "use this PostgreSQL (postgres://user:password@host:port/?sslmode=…)")
	p.StringVar(&f.services, "services", "", "comma-separated roles to run: frontend,history,matching,worker (default all)")
	p.StringVar(&f.frontend, "frontend", "", "host:port of the frontend, when this process does not run it")
	p.StringVar(&f.bind, "bind", "127.0.0.1", "IP address to listen on")
	p.StringVar(&f.advert, "broadcast", "", "IP address the other roles reach this process at")
	p.StringVar(&f.operatorToken, "operator-token-file", "", "file with the operator's token (with --postgres-url)")
	p.StringVar(&f.serviceToken, "service-token-file", "", "file with the token that API and workers must show (default: none needed)")
	p.StringVar(&f.logLevel, "log-level", "warn", "debug, info, warn or error")
	return cmd
}

func runEngine(ctx context.Context, f engineFlags) (err error) {
	f.engine.Retention, f.engine.LogLevel, f.engine.BindIP = f.retention, f.logLevel, f.bind
	f.engine.BroadcastIP, f.engine.Frontend = f.advert, f.frontend
	for _, s := range strings.FieldsFunc(f.services, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !strings.Contains(" frontend history matching worker ", " "+s+" ") {
			return say.Fault(fmt.Sprintf("--services names %q", s), "choose from frontend, history, matching and worker")
		}
		f.engine.Services = append(f.engine.Services, s)
	}
	if f.postgresURL != "" {
		return runOnPostgres(ctx, f)
	}
	if len(f.engine.Services) > 0 {
		return say.Fault("--services is for a cluster on one database", "name that database with --postgres-url")
	}
	if f.temporary {
		dir, err := os.MkdirTemp("", "qunbei-engine-")
		if err != nil {
			return say.Because(err, "no temporary folder can be made", "set TMPDIR to a folder that can be written")
		}
		defer os.RemoveAll(dir)
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // the database's account has to enter it; what is secret lies in closed folders
			return fmt.Errorf("opening the temporary folder to the database's account: %w", err)
		}
		f.data, f.throwaway = dir, true
	}
	s, err := startStack(ctx, f.stackConfig)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if err := tell(f.readyFile, ready{Temporal: s.engine.HostPort(), UI: s.engine.UI(), Postgres: s.db.URL("postgres"),
		PID: os.Getpid(), Data: s.dir.Path, OperatorToken: s.tokens.Operator}); err != nil {
		return err
	}
	return s.wait(ctx)
}

// runOnPostgres runs the engine, or some of its roles, on a server that is not ours to start.
func runOnPostgres(ctx context.Context, f engineFlags) (err error) {
	u, err := url.Parse(f.postgresURL)
	if err != nil || u.Host == "" || u.User == nil {
		return say.Because(err, "--postgres-url is not an address", "write postgres://user:password@host:port/?sslmode=verify-full")
	}
	if u.Port() == "" {
		u.Host += ":5432"
	}
	password, _ := u.User.Password()
	f.engine.Database = engine.Database{Addr: u.Host, User: u.User.Username(), Password: password,
		TLS: u.Query().Get("sslmode") != "disable"}
	if f.engine.Tokens, err = tokens(f.operatorToken, f.serviceToken); err != nil {
		return err
	}
	e, err := engine.Start(ctx, f.engine)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Stop()) }()
	if err := tell(f.readyFile, ready{Temporal: e.HostPort(), UI: e.UI(), PID: os.Getpid()}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// tokens reads the files that name operator and service.
func tokens(operatorFile, serviceFile string) (guard.Tokens, error) {
	if operatorFile == "" {
		return guard.Tokens{}, say.Fault("there is no operator's token", "name a file with 32 or more characters with --operator-token-file")
	}
	var t guard.Tokens
	for file, into := range map[string]*string{operatorFile: &t.Operator, serviceFile: &t.Service} {
		if file == "" {
			continue
		}
		text, err := os.ReadFile(file)
		*into = strings.TrimSpace(string(text))
		if err != nil || len(*into) < 32 {
			return t, say.Because(err, "the token file "+file+" cannot be read or holds fewer than 32 characters", "put a random token into it")
		}
	}
	return t, nil
}

// tell writes the line to standard output and, complete or not at all, to file.
func tell(file string, r ready) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if file != "" {
		part := filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".part")
		if err := os.WriteFile(part, line, 0o600); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
		if err := os.Rename(part, file); err != nil {
			return fmt.Errorf("writing %s: %w", file, err)
		}
	}
	_, err = os.Stdout.Write(line)
	return err
}
