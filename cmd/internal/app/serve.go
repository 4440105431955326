package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api"
	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/web"
	"github.com/qunbei/qunbei/deploy/courses"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/directory"
)

// stopWithin bounds the stop of the intake: requests under way are answered, an act waits at most 10 s.
const stopWithin = 12 * time.Second

// run starts the parts, waits for the end, and stops them in order: intake, relay, worker; close does client and
// database.
func (h *house) run(ctx context.Context) error {
	first := defaultpolicy.Policy
	if h.c.Demo && h.c.Matrix.Used() {
		first = withMatrix(first)
	}
	rules, err := newRules(ctx, h.store, h.c.WorkingMinute, first)
	if err != nil {
		return err
	}
	if err := service.SeedCourse(ctx, h.store, courses.Secrecy); err != nil {
		return err
	}
	if h.c.Matrix.Used() {
		if err := h.hintMatrix(ctx, rules); err != nil {
			return err
		}
	}
	if h.c.Demo {
		made, err := seedDemo(ctx, h.store)
		if err != nil {
			return err
		}
		if made {
			h.c.Announce(fmt.Sprintf("The demo company was set up: %d people in 20 departments.", directory.DemoPeople))
		}
	}
	if err := setUpTemplates(ctx, h.store); err != nil {
		return err
	}
	if h.seal, err = sealKey(ctx, h.c, h.store); err != nil {
		return err
	}
	sender, sink, err := mailing(h.c)
	if err != nil {
		return err
	}
	if sink != nil {
		defer func() { _ = sink.Close(context.WithoutCancel(ctx)) }()
	}
	if sender != nil {
		defer sender.Close()
	}
	hook, err := h.c.hookSecret()
	if err != nil {
		return err
	}
	svc := service.New(service.Config{
		Store: h.store, Temporal: h.client, Namespace: h.c.Namespace, Keyring: h.keys, Rules: rules, PolicySchema: defaultpolicy.Schema, SealKeys: h.seal.Known(), Demo: h.c.Demo,
		Log: h.c.Log, BaseURL: h.base(), Mail: sender, Connectors: h.connectors(), ReconcileEvery: h.c.ReconcileEvery, InactiveEvery: h.c.InactiveEvery, Alone: h.c.Alone, Boundary: h.c.Boundary, Hold: h.c.Hold, Clock: h.c.Clock,
		HookSecret: hook,
	})
	var stops []func()
	defer func() {
		for i := len(stops) - 1; i >= 0; i-- {
			stops[i]()
		}
	}()
	failed := make(chan error, 1)
	if h.c.Alone {
		if err := h.store.ReleaseOutbox(ctx); err != nil {
			return err
		}
	}
	if h.c.Work {
		if err := svc.AnnounceChat(ctx); err != nil {
			return err
		}
		w := h.newWorker(h.activities(svc.FilingOf, rules, svc, svc, svc, time.Now))
		if err := w.Start(); err != nil {
			return fmt.Errorf("start the worker on engine %s, namespace %s: %w", h.c.TemporalHostPort, h.c.Namespace, err)
		}
		stops = append(stops, w.Stop, h.background(ctx, func(ctx context.Context) {
			if err := svc.Relay(ctx); err != nil {
				report(failed, fmt.Errorf("the relay ended: %w", err))
			}
		}))
	}
	if h.c.Work {
		stop, err := h.serveMatrix(failed)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	if h.c.Serve {
		var box web.Mailbox
		if sink != nil {
			box = demoMailbox{sink: sink, people: h.store.Directory}
		}
		stop, err := h.serve(svc, box, failed)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
		h.c.Announce(h.welcome() + h.c.Welcome)
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// background runs f until the returned function is called, which waits for it to end.
func (h *house) background(ctx context.Context, f func(context.Context)) func() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // ended by us in order, not by the signal
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		f(ctx)
	}()
	return func() {
		cancel()
		wg.Wait()
	}
}

func report(to chan error, err error) {
	select {
	case to <- err:
	default:
	}
}

// serve listens and answers; the returned function stops the intake.
func (h *house) serve(svc *service.Service, box web.Mailbox, failed chan error) (func(), error) {
	limits := auth.Limits{}
	if os.Getenv("QUNBEI_RATE_LIMIT") == "off" { // benches: many clients as one person
		limits = auth.Limits{WritesPerSecond: 1e6, WriteBurst: 1e6, TriesPerSecond: 1e6, TryBurst: 1e6}
	}
	e, err := api.New(api.Config{
		Service: svc, Log: h.c.Log, Loopback: h.c.Demo,
		Door: auth.Options{HTTPS: strings.HasPrefix(h.c.BaseURL, "https://"), Limits: limits},
		Pages: func(e *echo.Echo, door *auth.Door) api.Pages {
			return web.Register(e, web.Deps{Service: svc, Door: door, Mailbox: box, Demo: h.c.Demo, Now: h.c.Clock, Log: h.c.Log})
		},
	})
	if err != nil {
		return nil, fmt.Errorf("build the server: %w", err)
	}
	l, err := net.Listen("tcp", h.c.Listen)
	if err != nil {
		return nil, fmt.Errorf("the address %s cannot be had (is the port in use?): stop what uses it, or choose another with --listen", h.c.Listen)
	}
	srv := api.HTTPServer(e, h.c.Log)
	go func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			report(failed, fmt.Errorf("the server ended: %w", err))
		}
	}()
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
	}, nil
}

// base is the address people reach, for links.
func (h *house) base() string {
	if h.c.BaseURL != "" {
		return strings.TrimSuffix(h.c.BaseURL, "/")
	}
	if h.c.Listen != "" {
		return "http://" + h.c.Listen
	}
	return ""
}

// welcome says what to open and whom to be.
func (h *house) welcome() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nQunbei 群备 is ready: open %s\n", h.base())
	if !h.c.Demo {
		return b.String()
	}
	fmt.Fprintf(&b, "\nChoose whom to be on the sign-in page, or use curl with  -H 'Authorization: Bearer demo:E0040'\n")
	for _, m := range directory.DemoCast {
		fmt.Fprintf(&b, "  %s  %s %s\n", m.Number, m.ZH, "· "+m.EN)
	}
	fmt.Fprintf(&b, "\nMail of the demo: %s/demo/mail   API: %s/docs", h.base(), h.base())
	if h.c.TemporalUI != "" {
		fmt.Fprintf(&b, "   Engine: %s", h.c.TemporalUI)
	}
	if base := h.base(); strings.Contains(base, "127.0.0.1") {
		fmt.Fprintf(&b, "\nPasskeys: open %s/me instead, for browsers give none to an address by number", strings.Replace(base, "127.0.0.1", "localhost", 1))
	}
	fmt.Fprintf(&b, "\nNext: be E0040, file a group, then approve it as E0006. Ctrl-C stops; the next start finds everything as it was.\n")
	return b.String()
}
