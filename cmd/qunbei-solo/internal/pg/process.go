package pg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

var errPortTaken = errors.New("the port is taken")

// defaults suit one machine that also runs the engine: little memory, nothing lost when the power goes (fsync,
// full_page_writes and synchronous_commit keep their safe defaults and are stated, so that a test can hold them).
var defaults = map[string]string{
	"fsync":                        "on",
	"full_page_writes":             "on",
	"synchronous_commit":           "on",
	"shared_buffers":               "64MB",
	"max_connections":              "300",
	"work_mem":                     "8MB",
	"maintenance_work_mem":         "64MB",
	"effective_cache_size":         "512MB",
	"random_page_cost":             "1.1",
	"jit":                          "off", // short queries: compiling costs more than it saves
	"wal_level":                    "minimal",
	"max_wal_senders":              "0",
	"max_wal_size":                 "512MB",
	"checkpoint_timeout":           "10min",
	"max_parallel_workers":         "2",
	"autovacuum_naptime":           "20s",
	"autovacuum_vacuum_cost_limit": "1000",
	"log_min_messages":             "warning",
	"log_error_verbosity":          "terse", // a fault's details hold the values of its row
	"log_min_error_statement":      "panic", // and so may its statement
	"log_checkpoints":              "off",
	"timezone":                     "UTC",
	"log_timezone":                 "UTC",
	"lc_messages":                  "C",
}

// launch starts the server's process and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	s.port = s.cfg.Port
	if s.port == 0 {
		p, err := freePort()
		if err != nil {
			return err
		}
		s.port = p
	} else if l, err := net.Listen("tcp", s.Addr()); err != nil {
		return errPortTaken
	} else {
		l.Close()
	}
	settings := map[string]string{
		"port":                    strconv.Itoa(s.port),
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": s.sockets,
		"unix_socket_permissions": "0700",
	}
	for _, more := range []map[string]string{defaults, s.cfg.Settings} {
		for k, v := range more {
			settings[k] = v
		}
	}
	keys := make([]string, 0, len(settings))
	for k := range settings {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	args := []string{"-D", s.data()}
	for _, k := range keys {
		args = append(args, "-c", k+"="+settings[k])
	}
	log, from, err := s.openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(s.bin.program("postgres"), args...) //nolint:noctx // it outlives ctx: Stop ends it in order
	as(cmd, s.cfg.Account)
	cmd.Dir = s.home()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	s.pid = cmd.Process.Pid
	s.done = make(chan struct{})
	go func() {
		err := cmd.Wait()
		if err != nil {
			s.exit = fmt.Errorf("the database ended: %w: %s", err, s.logSince(from))
		}
		close(s.done)
	}()
	err = s.await(ctx)
	if err == nil {
		return nil
	}
	// Not ours to leave behind half started.
	_ = syscall.Kill(s.pid, syscall.SIGQUIT)
	<-s.done
	tail := s.logSince(from)
	if strings.Contains(tail, "could not bind IPv4") || strings.Contains(tail, "Address already in use") {
		return errPortTaken
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return say.Because(err, "the private PostgreSQL did not start ("+oneLine(tail)+")", "see "+s.LogFile())
}

// await polls until the server answers a query with our password, or has ended, or the limit has passed.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	var last error
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			_, err = conn.Exec(ctx, "SELECT 1")
			conn.Close(ctx)
		}
		if err == nil {
			return nil
		}
		last = err
		select {
		case <-s.done:
			return fmt.Errorf("the database ended while starting: %w", last)
		case <-ctx.Done():
			return fmt.Errorf("waiting for the database: %w", last)
		case <-time.After(15 * time.Millisecond):
		}
	}
}

// adopt takes over a server that outlived its parent. Only a process that works in our folder and accepts our password
// is ours; a pid file whose process is something else is left from a crash and removed.
func (s *Server) adopt(ctx context.Context) (bool, error) {
	name := filepath.Join(s.data(), "postmaster.pid")
	file, ok := readPidFile(name)
	if !ok {
		return false, nil
	}
	if !s.works(file.pid) {
		if err := syscall.Kill(file.pid, 0); err == nil || errors.Is(err, syscall.EPERM) {
			// The number was given to another process; the server itself would take that for a rival.
			if err := os.Remove(name); err != nil {
				return false, fmt.Errorf("removing a stale %s: %w", name, err)
			}
		}
		return false, nil
	}
	s.pid, s.port, s.sockets, s.adopted = file.pid, file.port, file.sockets, true
	go func() {
		for syscall.Kill(file.pid, 0) == nil {
			time.Sleep(50 * time.Millisecond)
		}
		s.exit = errors.New("the database ended")
		close(s.done)
	}()
	if err := s.await(ctx); err != nil {
		select {
		case <-s.done: // it was on its way out: start a new one
			s.adopted = false
			return false, nil
		default:
		}
		return false, say.Because(err, fmt.Sprintf("a database server (process %d) works in %s but does not answer", file.pid, s.data()),
			fmt.Sprintf("stop it with kill -INT %d and start again", file.pid))
	}
	return true, nil
}

// works says whether pid is a PostgreSQL server whose working directory is our cluster. Where the system does not tell
// (no /proc), being alive and then accepting our password must do.
func (s *Server) works(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	if _, err := os.Stat("/proc/self/cwd"); err != nil {
		return true
	}
	cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(s.data())
	return err == nil && cwd == real
}

type pidFile struct {
	pid, port int
	sockets   string
}

// readPidFile reads the lines pid, data folder, start time, port, socket folder.
func readPidFile(name string) (pidFile, bool) {
	f, err := os.Open(name)
	if err != nil {
		return pidFile{}, false
	}
	defer f.Close()
	var lines []string
	for scan := bufio.NewScanner(f); scan.Scan(); {
		lines = append(lines, strings.TrimSpace(scan.Text()))
	}
	var p pidFile
	if len(lines) > 0 {
		p.pid, err = strconv.Atoi(lines[0])
	}
	if len(lines) < 5 || err != nil || p.pid <= 1 {
		// Written only in part: the server was just starting, or the disk was full.
		return p, p.pid > 1
	}
	p.port, _ = strconv.Atoi(lines[3])
	p.sockets = lines[4]
	return p, true
}

// Stop ends the server: open transactions are rolled back, everything is written, nobody new is let in.
func (s *Server) Stop() error {
	if s == nil {
		return nil
	}
	signals := []struct {
		sig  syscall.Signal
		wait time.Duration
	}{{syscall.SIGINT, stopLimit}, {syscall.SIGQUIT, 10 * time.Second}}
	for _, next := range signals {
		select {
		case <-s.done:
			return nil
		default:
		}
		if err := syscall.Kill(s.pid, next.sig); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("telling the database to stop: %w", err)
		}
		select {
		case <-s.done:
			return nil
		case <-time.After(next.wait):
		}
	}
	return fmt.Errorf("the database (process %d) does not stop", s.pid)
}

const logLimit = 8 << 20

// openLog opens the log for appending, emptied when it has grown large, and says where this start's lines begin.
func (s *Server) openLog() (*os.File, int64, error) {
	f, err := os.OpenFile(s.LogFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the database's log: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() > logLimit {
		err = f.Truncate(0)
		return f, 0, err
	}
	if err != nil {
		return f, 0, err
	}
	return f, info.Size(), nil
}

func (s *Server) logSince(from int64) string {
	text, err := os.ReadFile(s.LogFile())
	if err != nil || int64(len(text)) < from {
		return ""
	}
	return lastLines(string(text[from:]), 5)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "\n")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
