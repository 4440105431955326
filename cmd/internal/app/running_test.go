// Package app_test holds the end-to-end tests: the whole program in one process, on a real engine and a real database,
// used by people in a real browser and by callers over HTTP.
package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/directory"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// running is the program at work.
type running struct {
	base string // http://127.0.0.1:port
	c    app.Config
	log  *sink
	dir  *domain.Directory // as it was at the start
	stop context.CancelFunc
	done chan error
}

// sink keeps everything the program logs or announces.
type sink struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// launch starts the program with the demo company and waits until it serves.
func launch(env testenv.Env, change func(*app.Config)) (*running, error) {
	data, err := os.MkdirTemp("", "qunbei-e2e-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	r := &running{log: &sink{}, done: make(chan error, 1), dir: directory.DemoDirectory(app.DemoSeed)}
	ready := make(chan struct{})
	var once sync.Once
	r.c = app.Config{
		DatabaseURL: env.DatabaseURL, TemporalHostPort: env.HostPort, Namespace: env.Namespace, DataDir: data,
		Listen: fmt.Sprintf("127.0.0.1:%d", port), Demo: true, Serve: true, Work: true, Alone: true,
		Log: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Announce: func(text string) {
			fmt.Fprintln(r.log, text)
			if len(text) > 0 && text[0] == '\n' { // the welcome, said once everything answers
				once.Do(func() { close(ready) })
			}
		},
	}
	if change != nil {
		change(&r.c)
	}
	r.base = "http://" + r.c.Listen
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.done <- app.Run(ctx, r.c) }()
	select {
	case <-ready:
		return r, nil
	case err := <-r.done:
		stop()
		return nil, errors.Join(errors.New("the program ended before it was ready"), err)
	case <-time.After(time.Minute):
		stop()
		return nil, fmt.Errorf("the program is not ready: %s", r.log)
	}
}

// end stops the program in order and removes its keys.
func (r *running) end() error {
	r.stop()
	defer func() { _ = os.RemoveAll(r.c.DataDir) }()
	select {
	case err := <-r.done:
		return err
	case <-time.After(time.Minute):
		return errors.New("the program does not stop")
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// own starts a program of the test's own, on a namespace and a database that nobody else uses.
func own(t *testing.T, change func(*app.Config)) *running {
	t.Helper()
	env := testenv.Start(t)
	env.Namespace, env.DatabaseURL = env.NewNamespace(t), env.NewDatabase(t)
	r, err := launch(env, change)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.end(); err != nil {
			t.Errorf("the program's end: %v", err)
		}
	})
	return r
}

// common is the program that most tests share; it starts with the first of them.
var common = sync.OnceValues(func() (*running, error) {
	env, err := testenv.StartMain()
	if err != nil {
		return nil, err
	}
	return launch(env, nil)
})

func shared(t *testing.T) *running {
	t.Helper()
	started = true
	r, err := common()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var started bool

func TestMain(m *testing.M) {
	// Many people at once from one address, which a company behind its proxy is not.
	_ = os.Setenv("QUNBEI_RATE_LIMIT", "off")
	status := m.Run()
	if started {
		if r, err := common(); err == nil {
			if err := r.end(); err != nil {
				fmt.Fprintln(os.Stderr, "the program's end:", err)
				status = 1
			}
		}
	}
	http.DefaultClient.CloseIdleConnections()
	os.Exit(status)
}

// id finds a person of the demo company by staff number.
func (r *running) id(t *testing.T, number string) domain.EmployeeID {
	t.Helper()
	for id, e := range r.dir.Employees {
		if e.Number == number {
			return id
		}
	}
	t.Fatalf("nobody has the number %s", number)
	return ""
}

// department finds a department by its code.
func (r *running) department(t *testing.T, code string) domain.DepartmentID {
	t.Helper()
	for id, d := range r.dir.Departments {
		if d.Code == code {
			return id
		}
	}
	t.Fatalf("no department has the code %s", code)
	return ""
}

// sql asks the program's database for one value.
func (r *running) sql(t *testing.T, into any, query string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), r.c.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), query, args...).Scan(into); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// until waits for something that another part must do first.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}
