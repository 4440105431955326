package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

const (
	defaultRetention = 90 * 24 * time.Hour
	readyLimit       = 90 * time.Second
)

// Engine is a running engine.
type Engine struct {
	cfg    Config
	server temporal.Server
	web    *web
	host   string
	admin  client.Client // the operator's, for namespaces
}

// Start migrates the engine's databases, starts its services and web page, and returns when the namespace can be used.
func Start(ctx context.Context, cfg Config) (_ *Engine, err error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	logger := log.NewZapLogger(log.BuildZapLogger(log.Config{
		Level: orElse(cfg.LogLevel, "warn"), OutputFile: cfg.LogFile, Format: "json"}))
	built, frontend, hosts, err := cfg.build()
	if err != nil {
		return nil, err
	}
	for store, schema := range map[string]string{"main": "postgresql/v12/temporal", "visibility": "postgresql/v12/visibility"} {
		if err := migrate(*built.Persistence.DataStores[store].SQL, schema, logger); err != nil {
			return nil, err
		}
	}
	options := []temporal.ServerOption{
		temporal.WithConfig(built),
		temporal.ForServices(cfg.services()),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(tuned(cfg)),
		temporal.WithAuthorizer(authorizer{}),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return mapper{cfg.Tokens} }),
	}
	if hosts != nil {
		options = append(options, temporal.WithStaticHosts(hosts))
	}
	e := &Engine{cfg: cfg, host: frontend}
	if e.server, err = temporal.NewServer(options...); err != nil {
		return nil, fmt.Errorf("preparing the engine: %w", err)
	}
	if err := e.server.Start(); err != nil {
		_ = e.server.Stop()
		return nil, fmt.Errorf("starting the engine: %w", err)
	}
	defer func() {
		if err != nil {
			_ = e.Stop()
		}
	}()
	if !cfg.whole() && cfg.Frontend == "" {
		return e, nil // a part of a cluster does not make namespaces
	}
	if e.admin, err = client.NewLazyClient(client.Options{
		HostPort: e.host, HeadersProvider: bearer(cfg.Tokens.Operator), Logger: quiet{}}); err != nil {
		return nil, fmt.Errorf("connecting to the engine: %w", err)
	}
	if cfg.Namespace != "" {
		if err := e.EnsureNamespace(ctx, cfg.Namespace); err != nil {
			return nil, err
		}
	}
	if cfg.UIPort >= 0 {
		if e.web, err = serveWeb(cfg, e.host); err != nil {
			return nil, err
		}
	}
	return e, nil
}

// HostPort is the frontend's address.
func (e *Engine) HostPort() string { return e.host }

// Namespace is the one made at start.
func (e *Engine) Namespace() string { return e.cfg.Namespace }

// UI is the web page's address, empty when there is none.
func (e *Engine) UI() string {
	if e.web == nil {
		return ""
	}
	return e.web.url
}

// Stop ends the web page and the services; workers and clients should have stopped before.
func (e *Engine) Stop() error {
	if e == nil {
		return nil
	}
	if e.web != nil {
		e.web.stop()
	}
	if e.admin != nil {
		e.admin.Close()
	}
	if err := e.server.Stop(); err != nil {
		return fmt.Errorf("stopping the engine: %w", err)
	}
	return nil
}

// EnsureNamespace makes a namespace, or adjusts the retention of the one there is, and waits until it can be used. The
// engine refuses at first while its services find each other, so every step is tried again.
func (e *Engine) EnsureNamespace(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	retention := e.cfg.Retention
	if retention == 0 {
		retention = defaultRetention
	}
	service := e.admin.WorkflowService()
	err := again(ctx, func(ctx context.Context) error {
		_, err := service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(retention)})
		var there *serviceerror.NamespaceAlreadyExists
		if !errors.As(err, &there) {
			return err
		}
		_, err = service.UpdateNamespace(ctx, &workflowservice.UpdateNamespaceRequest{
			Namespace: name, Config: &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: durationpb.New(retention)}})
		return err
	})
	if err != nil {
		return fmt.Errorf("making namespace %s: %w", name, err)
	}
	// Known to the frontend's cache, and its history reachable: only then does a start succeed.
	err = again(ctx, func(ctx context.Context) error {
		_, err := service.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: name, PageSize: 1})
		return err
	})
	if err != nil {
		return fmt.Errorf("waiting for namespace %s: %w", name, err)
	}
	return nil
}

// EnsureSearchAttributes adds what is missing of attributes to a namespace. Qunbei uses none so far: lists come from
// its own tables.
func (e *Engine) EnsureSearchAttributes(ctx context.Context, namespace string, attributes map[string]enumspb.IndexedValueType) error {
	if len(attributes) == 0 {
		return nil
	}
	have, err := e.admin.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("listing search attributes of %s: %w", namespace, err)
	}
	missing := map[string]enumspb.IndexedValueType{}
	for name, kind := range attributes {
		if _, ok := have.CustomAttributes[name]; !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if _, err := e.admin.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: missing}); err != nil {
		return fmt.Errorf("adding search attributes to %s: %w", namespace, err)
	}
	return nil
}

// again repeats f until it succeeds or ctx ends, and then returns f's last error.
func again(ctx context.Context, f func(context.Context) error) error {
	for {
		try, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := f(try)
		cancel()
		if err == nil {
			return nil
		}
		var denied *serviceerror.PermissionDenied
		var invalid *serviceerror.InvalidArgument
		if errors.As(err, &denied) || errors.As(err, &invalid) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Check says what can be known to fail before anything has been started: a port in use.
func (c *Config) Check() error {
	if c.Port > 0 {
		if err := Free(c.bindIP(), c.Port, "the engine", "--temporal-port"); err != nil {
			return err
		}
	}
	if c.UIPort > 0 {
		return Free(c.bindIP(), c.UIPort, "the engine's web page", "--ui-port")
	}
	return nil
}

// Free says in a sentence when a port cannot be had for what, and which flag chooses another.
func Free(ip string, port int, what, flag string) error {
	l, err := net.Listen("tcp", net.JoinHostPort(ip, strconv.Itoa(port)))
	if err != nil {
		return say.Because(err, fmt.Sprintf("port %d is in use, which %s was to have", port, what),
			fmt.Sprintf("stop what uses it, or choose another with %s (0 takes any free one)", flag))
	}
	return l.Close()
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// bearer sends the operator's token with each call.
type bearer string

func (b bearer) GetHeaders(context.Context) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

// quiet drops what the client would log: its errors are returned, and retries while the engine starts are expected.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
