package acceptance

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qunbei/qunbei/workflows/testenv"
)

// command prepares qunbei-solo with args.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	program, err := testenv.Program()
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(program, args...)
}

// refused runs the program, which must end by itself with status 1 and one line, and returns that line.
func refused(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(60 * time.Second):
		_ = cmd.Process.Kill()
		t.Fatal("still running")
	}
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	line := strings.TrimSuffix(stderr.String(), "\n")
	if strings.Contains(line, "\n") || strings.Contains(line, "goroutine") || !strings.HasPrefix(line, "qunbei-solo: ") || !strings.HasSuffix(line, ".") {
		t.Errorf("not one sentence: %q", line)
	}
	return line
}

func says(t *testing.T, line string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(line, w) {
			t.Errorf("%q does not say %q", line, w)
		}
	}
}

func TestWhatCannotBeIsOneSentenceWithARemedy(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	port := strconv.Itoa(busy.Addr().(*net.TCPAddr).Port)
	file := filepath.Join(testenv.Folder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		env  string
		want []string
	}{
		"pages' port in use":  {args: []string{"--listen", "127.0.0.1:" + port}, want: []string{port, "in use", "--listen"}},
		"not an address":      {args: []string{"--listen", "here"}, want: []string{"here", "127.0.0.1:8080"}},
		"engine's port":       {args: []string{"engine", "--temporal-port", port}, want: []string{"port " + port + " is in use", "--temporal-port"}},
		"web page's port":     {args: []string{"engine", "--ui-port", port}, want: []string{"port " + port + " is in use", "--ui-port"}},
		"database's port":     {args: []string{"engine", "--postgres-port", port}, want: []string{"port " + port + " is in use", "--postgres-port"}},
		"no PostgreSQL":       {args: []string{"engine"}, env: "QUNBEI_POSTGRES_BIN=/nowhere", want: []string{"/nowhere", "no PostgreSQL"}},
		"a file for a folder": {args: []string{"engine", "--data", file}, want: []string{file, "cannot be written", "not a directory", "--data"}},
		"a folder nobody can write": {args: []string{"engine", "--data", "/proc/qunbei"},
			want: []string{"/proc/qunbei", "cannot be written", "--data"}},
		"an unknown role":      {args: []string{"engine", "--services", "frontend,mars"}, want: []string{"mars", "matching"}},
		"roles without a base": {args: []string{"engine", "--services", "history"}, want: []string{"--postgres-url"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			args := test.args
			if !strings.Contains(strings.Join(args, " "), "--data") {
				args = append(args, "--data", testenv.Folder(t))
			}
			cmd := command(t, args...)
			if test.env != "" {
				cmd.Env = append(os.Environ(), test.env)
			}
			says(t, refused(t, cmd), test.want...)
		})
	}
}

func TestAFolderOnlyRootMayEnterIsRefusedWhenNamed(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs the database as someone else")
	}
	dir := testenv.Folder(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	line := refused(t, command(t, "engine", "--data", filepath.Join(dir, "data")))
	says(t, line, dir, "cannot enter", "--data /var/lib/qunbei/demo")
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTwoOnOneFolder(t *testing.T) {
	dir := testenv.Folder(t)
	first := testenv.Launch(t, "--data", dir)
	says(t, refused(t, command(t, "engine", "--data", dir)),
		dir, "in use by another qunbei-solo", strconv.Itoa(first.Ready.PID), "stop it first")
}

func TestATemporaryFolderIsRemoved(t *testing.T) {
	p := testenv.Launch(t, "--temporary")
	if _, err := os.Stat(p.Ready.Data); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p.Ready.Data); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

// alive says whether a process runs (a zombie, left by an init that does not reap, does not).
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || !strings.Contains(string(stat), ") Z ")
}

// postmaster is the process of the private database of a data folder.
func postmaster(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestEverythingStopsOnASignal(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := testenv.Folder(t)
			cmd := command(t, "engine", "--data", dir, "--ready-file", filepath.Join(dir, "ready"))
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 1)); err != nil {
				t.Fatalf("not ready: %v", err)
			}
			database := postmaster(t, dir)
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, out)
			if err := cmd.Wait(); err != nil {
				t.Errorf("a clean stop is no fault: %v", err)
			}
			if alive(database) {
				t.Error("the database outlived a clean stop")
			}
		})
	}
}

func TestAnOrdinaryUserNeedsNoRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("every other test here is this one")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("no account nobody")
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	dir := testenv.Folder(t)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "engine", "--data", dir, "--until-stdin-closes")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Skipf("the program cannot be run by nobody here: %v", err)
	}
	first := make([]byte, 1)
	_, err = io.ReadFull(out, first)
	in.Close()
	_, _ = io.Copy(io.Discard, out)
	if wait := cmd.Wait(); err != nil || wait != nil {
		t.Errorf("%v %v %s", err, wait, stderr.String())
	}
}
