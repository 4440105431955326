package testenv

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Process is a qunbei-solo of the test's own, to be killed and started again.
type Process struct {
	Ready Ready

	cmd    *exec.Cmd
	stdin  io.Closer
	stderr *bytes.Buffer
	ended  chan struct{}
	err    error
}

// Launch starts `qunbei-solo engine` with flags (for instance --data, a folder that is kept) and waits until it is ready.
// It is stopped when the test ends, unless it was before.
func Launch(t testing.TB, flags ...string) *Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := launch(ctx, flags...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	return p
}

// Folder makes a data folder that the database's account can enter, which t.TempDir's parents may forbid.
func Folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "qunbei-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func launch(ctx context.Context, flags ...string) (*Process, error) {
	program, err := Program()
	if err != nil {
		return nil, err
	}
	p := &Process{stderr: &bytes.Buffer{}, ended: make(chan struct{})}
	p.cmd = exec.Command(program, append([]string{"engine", "--until-stdin-closes"}, flags...)...)
	p.cmd.Stderr = p.stderr
	// The engine ends when this pipe does, that is with this process, even if that is killed.
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	line := make(chan []byte, 1)
	go func() {
		text, _ := bufio.NewReader(out).ReadBytes('\n')
		line <- text
		_, _ = io.Copy(io.Discard, out)
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	select {
	case text := <-line:
		if err := json.Unmarshal(text, &p.Ready); err != nil {
			_ = p.Kill()
			return nil, fmt.Errorf("the engine did not start: %s", strings.TrimSpace(p.stderr.String()))
		}
		return p, nil
	case <-ctx.Done():
		_ = p.Kill()
		return nil, fmt.Errorf("the engine was not ready in time: %s", strings.TrimSpace(p.stderr.String()))
	}
}

// Stop asks for a clean end and waits for it.
func (p *Process) Stop() error {
	_ = p.stdin.Close()
	select {
	case <-p.ended:
		return p.err
	case <-time.After(90 * time.Second):
		return errors.Join(errors.New("the engine does not stop"), p.Kill())
	}
}

// Kill is kill -9; the engine's PostgreSQL lives on until the next start on the same folder takes it over.
func (p *Process) Kill() error {
	err := p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.ended
	return err
}

// Program is the path of qunbei-solo: QUNBEI_ENGINE, else bin/qunbei-solo at the root of the repository.
func Program() (string, error) {
	named := os.Getenv(EngineVariable)
	if named == "" {
		root, err := Root()
		if err != nil {
			return "", err
		}
		named = filepath.Join(root, "bin", "qunbei-solo")
	}
	if _, err := os.Stat(named); err != nil {
		return "", fmt.Errorf("tests need the engine, and %s is not there: run `make engine` once, then test again", named)
	}
	return named, nil
}

// Root is the folder of the main module's go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && strings.Contains(string(text), "module github.com/qunbei/qunbei\n") {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod of Qunbei above %s", dir)
		}
	}
}
