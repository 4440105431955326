package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/engine"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// namespace is the engine's namespace for Qunbei.
const namespace = "qunbei"

// The garbage collector's settings for a machine with everything on it. About 110 MB are alive after
// thousands of cases (measured); a limit near that would let the collector take the processors from the work.
const (
	gcPercent   = 80
	memoryLimit = 280 << 20
)

// tuneMemory sets both, unless the environment says otherwise.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// runCommand is the program without a sub-command: everything, with the demo company.
func runCommand() *cobra.Command {
	var (
		data, listen                       string
		temporalPort, uiPort, postgresPort int
		demo, synapse                      bool
		synapsePort                        int
	)
	cmd := &cobra.Command{
		Use:   "qunbei-solo",
		Short: "Qunbei on one machine: database, engine, service, pages and the demo company",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			tuneMemory()
			if err := freeAddress(listen); err != nil {
				return err
			}
			if synapse && !demo {
				return say.Fault("--synapse is a homeserver for the demo, whose passwords everybody knows", "leave --demo=false out, or connect the company's own homeserver (QUNBEI_MATRIX_HOMESERVER, see deploy/recipes/add-a-connector.md)")
			}
			cfg := stackConfig{data: data, postgresPort: postgresPort, databases: []string{qunbeiDatabase},
				engine: engine.Config{Port: temporalPort, UIPort: uiPort, Namespace: namespace, Small: true}}
			port := -1
			if synapse {
				port = synapsePort
			}
			return runAll(cmd.Context(), cfg, listen, demo, port)
		},
	}
	f := cmd.Flags()
	f.StringVar(&data, "data", "", "folder that keeps everything (default .qunbei here, or a stated other place)")
	f.StringVar(&listen, "listen", "127.0.0.1:8080", "address of the pages and the API")
	f.IntVar(&temporalPort, "temporal-port", 7233, "port of the engine, 0 for any")
	f.IntVar(&uiPort, "ui-port", 8233, "port of the engine's web page, 0 for any, -1 for none")
	f.IntVar(&postgresPort, "postgres-port", 0, "port of the private PostgreSQL, 0 for any")
	f.BoolVar(&demo, "demo", true, "set up the demo company and let people choose an identity")
	f.BoolVar(&synapse, "synapse", false, "run a Matrix homeserver beside the demo (make demo-matrix makes one first)")
	f.IntVar(&synapsePort, "synapse-port", 8008, "port of that homeserver, 0 for any")
	return cmd
}

// runAll runs everything; synapsePort below 0 is no homeserver.
func runAll(ctx context.Context, cfg stackConfig, listen string, demo bool, synapsePort int) (err error) {
	began := time.Now()
	s, err := startStack(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() {
		fmt.Println("Stopping the engine, then the database …")
		stopped := time.Now()
		if fault := s.stop(); fault != nil {
			err = errors.Join(err, fault)
			return
		}
		fmt.Printf("Stopped cleanly in %s. The next start finds everything as it was.\n", seconds(stopped))
	}()
	if s.dir.Note != "" {
		fmt.Println(s.dir.Note)
	}
	if s.db.Adopted() {
		fmt.Println("The database of an earlier start was still running and was taken over.")
	}
	fmt.Printf("Database and engine are ready after %s. Engine: %s, its web page: %s, data: %s\n",
		seconds(began), s.engine.HostPort(), orNone(s.engine.UI()), s.dir.Path)
	if runApplication == nil {
		return s.wait(ctx)
	}
	a := application{
		DatabaseURL: s.db.URL(qunbeiDatabase), TemporalHostPort: s.engine.HostPort(), Namespace: s.engine.Namespace(),
		TemporalUI: s.engine.UI(), DataDir: s.dir.Path, Listen: listen, Demo: demo,
	}
	a.Matrix.FromEnv()
	if synapsePort >= 0 {
		server, m, err := startMatrix(ctx, s.dir.Path, synapsePort)
		if err != nil {
			return err
		}
		defer server.Stop()
		a.Matrix, a.Welcome = m, matrixWelcome(m)
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() { cancel(s.wait(inner)) }()
	err = runApplication(inner, a)
	if err == nil && ctx.Err() == nil {
		err = context.Cause(inner)
	}
	return err
}

// freeAddress refuses a taken web address before anything has been started.
func freeAddress(listen string) error {
	host, port, err := net.SplitHostPort(listen)
	number, errPort := strconv.Atoi(port)
	if err != nil || errPort != nil || number < 0 || number > 65535 {
		return say.Fault(fmt.Sprintf("--listen is %q, which is not an address", listen), "give host and port, for instance 127.0.0.1:8080")
	}
	if number == 0 {
		return nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return say.Because(err, fmt.Sprintf("the address %s of the pages cannot be had (is the port in use?)", listen),
			"stop what uses it, or choose another with --listen")
	}
	return l.Close()
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
