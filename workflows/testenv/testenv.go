// Package testenv gives a test package a real engine and a real database: one namespace and one database of its own, on
// an engine shared by all packages of one `make test`, or started here when a single package is tested.
//
//	func TestSomething(t *testing.T) {
//		env := testenv.Start(t)
//		c := env.Client(t)
//		…
//
// Nothing is mocked and nothing is left behind: an engine started here ends with the test process, however that ends.
package testenv

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// AddrVariable holds the JSON line of an engine that is running already; EngineVariable the path of qunbei-solo.
const (
	AddrVariable   = "QUNBEI_ENGINE_ADDR"
	EngineVariable = "QUNBEI_ENGINE"
)

// Ready is the line that `qunbei-solo engine` writes when it can be used.
type Ready struct {
	// Temporal is the frontend's host:port.
	Temporal string `json:"temporal"`
	// Postgres is the superuser's address, in the database "postgres".
	Postgres string `json:"postgres"`
	// PID is the engine's process, Data its folder.
	PID  int    `json:"pid"`
	Data string `json:"data"`
	// OperatorToken allows making namespaces; the service's callers have none.
	OperatorToken string `json:"operator_token"`
}

// Env is what one test package has to itself.
type Env struct {
	// HostPort is the engine's, for client.Options.
	HostPort string
	// Namespace is fresh.
	Namespace string
	// DatabaseURL is an empty database, owned by a superuser.
	DatabaseURL string

	ready Ready
}

var shared = sync.OnceValues(open)

// Start returns the package's environment, made at the first call and the same at every later one.
func Start(t testing.TB) Env {
	t.Helper()
	env, err := shared()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return env
}

// StartMain is Start for a TestMain.
func StartMain() (Env, error) { return shared() }

// open finds or starts the engine, and makes namespace and database.
func open() (Env, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var ready Ready
	if line := os.Getenv(AddrVariable); line != "" {
		if err := json.Unmarshal([]byte(line), &ready); err != nil {
			return Env{}, fmt.Errorf("%s is not the line of an engine: %w", AddrVariable, err)
		}
	} else {
		own, err := launch(ctx, "--temporary")
		if err != nil {
			return Env{}, err
		}
		ready = own.Ready
	}
	env := Env{HostPort: ready.Temporal, ready: ready}
	var err error
	if env.Namespace, err = env.makeNamespace(ctx); err != nil {
		return Env{}, err
	}
	if env.DatabaseURL, err = env.makeDatabase(ctx); err != nil {
		return Env{}, err
	}
	return env, nil
}

// Client connects to the package's namespace with the service's rights, as API and workers do, and closes with the test.
func (e Env) Client(t testing.TB) client.Client {
	t.Helper()
	return e.ClientWith(t, client.Options{})
}

// ClientWith is Client with other options, for instance a data converter.
func (e Env) ClientWith(t testing.TB, options client.Options) client.Client {
	t.Helper()
	options.HostPort = e.HostPort
	if options.Namespace == "" {
		options.Namespace = e.Namespace
	}
	if options.Logger == nil {
		options.Logger = quiet{}
	}
	c, err := client.Dial(options)
	if err != nil {
		t.Fatalf("connecting to the engine: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

// Operator connects with the operator's rights, which may reset, terminate and delete.
func (e Env) Operator(t testing.TB) client.Client {
	t.Helper()
	return e.ClientWith(t, client.Options{HeadersProvider: bearer(e.ready.OperatorToken)})
}

// NewNamespace makes one more namespace, for a test that must not share.
func (e Env) NewNamespace(t testing.TB) string {
	t.Helper()
	name, err := e.makeNamespace(context.Background())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return name
}

// NewDatabase makes one more empty database, for a test that must not share.
func (e Env) NewDatabase(t testing.TB) string {
	t.Helper()
	address, err := e.makeDatabase(context.Background())
	if err != nil {
		t.Fatalf("%v", err)
	}
	return address
}

func (e Env) makeNamespace(ctx context.Context) (string, error) {
	name := unique("-")
	c, err := client.NewLazyClient(client.Options{HostPort: e.HostPort, HeadersProvider: bearer(e.ready.OperatorToken), Logger: quiet{}})
	if err != nil {
		return "", fmt.Errorf("connecting to the engine: %w", err)
	}
	defer c.Close()
	service := c.WorkflowService()
	if _, err := service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour)}); err != nil {
		return "", fmt.Errorf("making namespace %s: %w", name, err)
	}
	// The frontend learns of it a moment later.
	for {
		_, err := service.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: name, PageSize: 1})
		if err == nil {
			return name, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for namespace %s: %w", name, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (e Env) makeDatabase(ctx context.Context) (string, error) {
	name := unique("_")
	conn, err := pgx.Connect(ctx, e.ready.Postgres)
	if err != nil {
		return "", fmt.Errorf("connecting to the tests' PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", fmt.Errorf("making database %s: %w", name, err)
	}
	u, err := url.Parse(e.ready.Postgres)
	if err != nil {
		return "", fmt.Errorf("reading the tests' PostgreSQL address: %w", err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// unique names a package's own things: its folder, so that a person can tell them apart, and six random bytes.
func unique(separator string) string {
	dir, _ := os.Getwd()
	raw := make([]byte, 6)
	_, _ = rand.Read(raw)
	base := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(filepath.Base(dir)))
	return "test" + separator + base + separator + hex.EncodeToString(raw)
}

// bearer sends a token with each call.
type bearer string

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// quiet drops the client's log; tests look at results.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
