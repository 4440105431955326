package acceptance

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunbei/qunbei/workflows/testenv"
)

// boundaries are the moments of a case at which the whole of qunbei-solo is killed: before and after each commit and each
// call of the engine or a platform, in the order a case meets them.
var boundaries = []string{
	"submit.before_commit", "submit.after_commit",
	"start_case.before_call", "start_case.after_call", "mark_started.after_commit",
	"signal.before_call", "signal.after_call",
	"decide.before_commit", "decide.after_commit",
	"start_group.before_call", "start_group.after_call",
	"group.before_commit", "group.after_commit",
	"export.before_commit", "export.after_commit",
}

// TestKilledAtEveryBoundary kills qunbei-solo with -9 at each boundary of a case, starts it again on the same folder, and
// goes on where the callers were: nothing that was acknowledged is lost, and nothing happens twice.
func TestKilledAtEveryBoundary(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and starts the whole program many times")
	}
	data := testenv.Folder(t) // one company for all, as it would be: each kill meets what the earlier ones left
	for n, name := range boundaries {
		t.Run(name, func(t *testing.T) {
			s := &killed{t: t, data: data, kill: name, n: n}
			s.start()
			s.story()
			if !s.hit {
				t.Fatalf("the boundary %s was never reached", name)
			}
			s.verify()
			s.stop()
		})
	}
}

// killed is a qunbei-solo that dies once, and its callers, who try again with the same keys.
type killed struct {
	t          *testing.T
	data, kill string
	env        []string    // more of it
	shot       atomic.Bool // killed by the test itself
	n          int         // of the story
	addr       string
	cmd        *exec.Cmd
	out        *lockedBuffer
	ended      chan struct{}
	hit        bool
	caseID     string
	groupID    string
	name       string
	leaders    []string
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (s *killed) start() {
	s.t.Helper()
	if s.addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			s.t.Fatal(err)
		}
		s.addr = l.Addr().String()
		l.Close()
	}
	program, err := testenv.Program()
	if err != nil {
		s.t.Fatal(err)
	}
	s.out, s.ended = &lockedBuffer{}, make(chan struct{})
	s.cmd = exec.Command(program, "--data", s.data, "--listen", s.addr, "--temporal-port", "0", "--ui-port", "-1")
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.Env = slices.Concat(os.Environ(), []string{"QUNBEI_RATE_LIMIT=off"}, s.env)
	if !s.hit && s.kill != "" {
		s.cmd.Env = append(s.cmd.Env, "QUNBEI_TEST_KILL_AT="+s.kill)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = s.cmd.Wait(); close(s.ended) }()
	s.t.Cleanup(func() { _ = s.cmd.Process.Kill(); <-s.ended })
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if resp, err := http.Get("http://" + s.addr + "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if s.gone() {
			if s.again() { // killed while what was left over was carried out
				return
			}
			s.t.Fatalf("ended before it was ready:\n%s", s.out)
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not ready:\n%s", s.out)
		}
	}
}

func (s *killed) gone() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// again starts it anew when it was killed at the boundary, and tells whether it did.
func (s *killed) again() bool {
	if s.hit || !s.gone() || !s.shot.Load() && (s.kill == "" || !strings.Contains(s.out.String(), "killed at "+s.kill)) {
		return false
	}
	s.hit = true
	s.start()
	return true
}

func (s *killed) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.ended:
	case <-time.After(30 * time.Second):
		s.t.Errorf("does not stop:\n%s", s.out)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("ended with status %d:\n%s", code, s.out)
	}
}

// call asks until there is an answer, always the same question with the same key; the program may die meanwhile.
func (s *killed) call(as, method, path, key, contentType string, body []byte, out any) int {
	s.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(30 * time.Millisecond) {
		s.again()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		req, err := http.NewRequestWithContext(ctx, method, "http://"+s.addr+"/api/v1"+path, bytes.NewReader(body))
		if err != nil {
			s.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer demo:"+as)
		if body != nil {
			req.Header.Set("Content-Type", contentType)
		}
		if key != "" {
			req.Header.Set("Idempotency-Key", key)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			cancel()
			continue
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		cancel()
		if err != nil || resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusAccepted {
			continue
		}
		if out != nil {
			if err := json.Unmarshal(raw, out); err != nil {
				s.t.Fatalf("%s %s: %d %s", method, path, resp.StatusCode, raw)
			}
		}
		if resp.StatusCode >= 400 {
			s.t.Fatalf("%s %s as %s: %d %s", method, path, as, resp.StatusCode, raw)
		}
		return resp.StatusCode
	}
	s.t.Fatalf("%s %s: no answer\n%s", method, path, s.out)
	return 0
}

func (s *killed) get(as, path string, out any) { s.call(as, "GET", path, "", "", nil, out) }

func (s *killed) post(as, path, key string, in, out any) {
	s.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	s.call(as, "POST", path, key, "application/json", raw, out)
}
