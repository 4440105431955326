package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// pollers is the same for the floor's worker and for ours.
const pollers = 8

// stack is one engine with its PostgreSQL and our service, each a process of its own.
type stack struct {
	ready struct {
		Temporal string `json:"temporal"`
		Postgres string `json:"postgres"`
		PID      int    `json:"pid"`
	}
	namespace string
	dir       string
	temporary bool
	procs     []*exec.Cmd
	service   int // pid
	base      string
}

func startStack(ctx context.Context, data string) (*stack, error) {
	st := &stack{namespace: "qunbei", dir: data}
	if data == "" {
		dir, err := folder()
		if err != nil {
			return nil, err
		}
		st.dir, st.temporary = dir, true
	}
	program := enginePath()
	line, err := st.spawn(exec.CommandContext(ctx, program, "engine", "--until-stdin-closes", "--data", st.dir))
	if err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	if err := json.Unmarshal([]byte(line), &st.ready); err != nil {
		return nil, fmt.Errorf("the engine's line: %w", err)
	}
	conn, err := pgx.Connect(ctx, st.ready.Postgres)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	for _, db := range []string{"floor", "bench"} {
		if _, err := conn.Exec(ctx, "CREATE DATABASE "+db); err != nil && !strings.Contains(err.Error(), "already exists") {
			return nil, err
		}
	}
	return st, nil
}

// enginePath is where make build leaves qunbei-solo; qunbei lies beside it.
func enginePath() string {
	if p := os.Getenv("QUNBEI_ENGINE"); p != "" {
		return p
	}
	return filepath.Join(".", "bin", "qunbei-solo")
}

// spawn starts a process that ends when our end of its standard input closes, and returns its first line.
func (st *stack) spawn(cmd *exec.Cmd) (string, error) {
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	st.procs = append(st.procs, cmd)
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return line, err
}

// startService runs API, pages and worker in one process, as a small installation does.
func (st *stack) startService(ctx context.Context, hold string) error {
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	program := filepath.Join(filepath.Dir(enginePath()), "qunbei")
	cmd := exec.CommandContext(ctx, program, "serve", "--work", "--demo", "--until-stdin-closes")
	cmd.Env = append(os.Environ(), "QUNBEI_DATABASE="+st.database("bench"), "QUNBEI_TEMPORAL="+st.ready.Temporal,
		"QUNBEI_NAMESPACE="+st.namespace, "QUNBEI_DATA="+filepath.Join(st.dir, "bench-keys"), "QUNBEI_LISTEN="+addr, "QUNBEI_LOG_LEVEL=warn", "QUNBEI_RATE_LIMIT=off", "QUNBEI_HOLD="+hold)
	if _, err := st.spawn(cmd); err != nil {
		return fmt.Errorf("start the service: %w", err)
	}
	st.service, st.base = cmd.Process.Pid, "http://"+addr
	return nil
}

// stopService ends the service in order.
func (st *stack) stopService() {
	last := st.procs[len(st.procs)-1]
	_ = last.Process.Signal(os.Interrupt)
	_ = last.Wait()
	st.procs = st.procs[:len(st.procs)-1]
	st.service = 0
}

func (st *stack) database(name string) string {
	u, err := url.Parse(st.ready.Postgres)
	if err != nil {
		return st.ready.Postgres
	}
	u.Path = "/" + name
	return u.String()
}

func (st *stack) stop() {
	for i := len(st.procs) - 1; i >= 0; i-- {
		_ = st.procs[i].Process.Signal(os.Interrupt)
		_ = st.procs[i].Wait()
	}
	if st.temporary {
		_ = os.RemoveAll(st.dir)
	}
}

func (st *stack) processes() []string { return []string{"engine", "database", "service", "driver"} }

// cpu is the processor time each process has used; the database's is that of all its processes.
func (st *stack) cpu() map[string]time.Duration {
	out := map[string]time.Duration{"engine": jiffies(st.ready.PID), "driver": jiffies(os.Getpid())}
	if st.service != 0 {
		out["service"] = jiffies(st.service)
	}
	stats, _ := filepath.Glob("/proc/[0-9]*/comm")
	for _, p := range stats {
		if name, _ := os.ReadFile(p); strings.TrimSpace(string(name)) == "postgres" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(p)))
			if pid == st.postmaster() || parent(pid) == st.postmaster() {
				out["database"] += jiffies(pid)
			}
		}
	}
	return out
}

// postmaster is the process of our PostgreSQL: others may run on the machine.
func (st *stack) postmaster() int {
	found, _ := filepath.Glob(filepath.Join(st.dir, "*", "postmaster.pid"))
	if len(found) == 0 {
		found, _ = filepath.Glob(filepath.Join(st.dir, "*", "*", "postmaster.pid"))
	}
	if len(found) == 0 {
		return -1
	}
	raw, _ := os.ReadFile(found[0])
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first))
	return pid
}

func parent(pid int) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return -1
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	n, _ := strconv.Atoi(strings.Fields(rest)[1])
	return n
}

// jiffies reads user and system time of a process, and of the children it has waited for.
func jiffies(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	total := 0
	for _, i := range []int{11, 12, 13, 14} {
		n, _ := strconv.Atoi(f[i])
		total += n
	}
	return time.Duration(total) * 10 * time.Millisecond
}

// measure runs cases by so many clients at once for a while; a case counts when it finished within it.
func measure(ctx context.Context, st *stack, clients int, length time.Duration, one func(context.Context) error) (sample, error) {
	before := st.cpu()
	began := time.Now()
	var n atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, clients)
	for range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Since(began) < length && ctx.Err() == nil {
				if err := one(ctx); err != nil {
					errs <- err
					return
				}
				n.Add(1)
			}
		}()
	}
	wg.Wait()
	s := sample{cases: int(n.Load()), elapsed: time.Since(began), cpu: map[string]time.Duration{}}
	for p, c := range st.cpu() {
		s.cpu[p] = c - before[p]
	}
	select {
	case err := <-errs:
		return s, err
	default:
	}
	if s.cases == 0 {
		return s, fmt.Errorf("no case finished within %s", length)
	}
	return s, nil
}

// quiet keeps the SDK's log out of the report.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
