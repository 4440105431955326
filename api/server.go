package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
	v1 "github.com/qunbei/qunbei/api/v1"
)

// Config is what a server is made of.
type Config struct {
	Service service.API
	Log     *slog.Logger // nil: the default
	Door    auth.Options
	// TrustProxy takes the caller's address from X-Forwarded-For, as set by a proxy on a private network.
	TrustProxy bool
	// Loopback answers only to the names of this machine. The demo lets anybody be anybody, so a page elsewhere whose
	// name was made to point here (DNS rebinding) must not be taken for ours.
	Loopback bool
	// Pages registers the pages and answers their errors; nil: API only.
	Pages func(e *echo.Echo, door *auth.Door) Pages
}

// New builds the server's handler: everything registered, guarded and checked against the table.
func New(cfg Config) (*echo.Echo, error) {
	if cfg.Service == nil {
		return nil, errors.New("build the server: no service given")
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(discard{}) // Echo's own logger knows no levels of ours
	e.IPExtractor = echo.ExtractIPDirect()
	if cfg.TrustProxy {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	e.Binder = v1.Binder{}
	door := auth.New(cfg.Service, cfg.Door)
	rows := Routes()
	g := newGuard(rows, cfg.Service, door)
	f := &failures{log: cfg.Log, guard: g}
	e.HTTPErrorHandler = f.handle
	e.Pre(headAsGet, decoded)
	e.Use(identified, logged(cfg.Log), headers(cfg.Door.HTTPS), f.recovered, zipped(g), named(cfg.Loopback), g.find, door.Identify, g.permit)

	v1.Register(e, Base, cfg.Service, door)
	registerService(e, cfg.Service, door)
	if cfg.Pages != nil {
		f.pages = cfg.Pages(e, door)
	} else {
		rows = slices.DeleteFunc(rows, func(r Route) bool { return r.Page })
	}
	if err := checkTable(e.Routes(), rows); err != nil {
		return nil, err
	}
	return e, nil
}

// checkTable holds that routes and table name the same: a route without a row would be nobody's to permit, a row without
// a route is a page that moved.
func checkTable(have []*echo.Route, rows []Route) error {
	registered, wanted := map[string]bool{}, map[string]bool{}
	var faults []error
	for _, r := range have {
		if r.Method == echo.RouteNotFound {
			continue
		}
		registered[r.Method+" "+r.Path] = true
	}
	for _, r := range rows {
		k := r.Method + " " + r.Path
		if wanted[k] {
			faults = append(faults, fmt.Errorf("%s has two rows in the table of routes", k))
		}
		wanted[k] = true
		if !registered[k] && !r.Demo {
			faults = append(faults, fmt.Errorf("%s has a row in the table of routes but no handler", k))
		}
	}
	for k := range registered {
		if !wanted[k] {
			faults = append(faults, fmt.Errorf("%s has no row in the table of routes: add one with its permission", k))
		}
	}
	return errors.Join(faults...)
}

// HTTPServer wraps the handler with the bounds on time and size that keep slow callers from holding it.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second, // an upload of 20 MiB on a slow line
		WriteTimeout:      90 * time.Second, // a decision may wait 10 s, an import longer
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return context.Background() },
	}
}

// decoded routes by the path as it is meant: a caller who writes a version's + as %2B means the same resource. A slash
// that is part of a name stays encoded, and so no other route is reached by it.
func decoded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if u := c.Request().URL; u.RawPath != "" && !strings.Contains(strings.ToLower(u.RawPath), "%2f") {
			u.RawPath = ""
		}
		return next(c)
	}
}

const ctxRequestID = "request_id"

func requestID(c echo.Context) string {
	id, _ := c.Get(ctxRequestID).(string)
	return id
}

// identified gives each request an id of our own making: what a caller sends could be anything.
func identified(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		id := hex.EncodeToString(b[:])
		c.Set(ctxRequestID, id)
		c.Response().Header().Set("X-Request-Id", id)
		return next(c)
	}
}

// logged writes one line for each request: the route's pattern, never the address, which may hold names and searches.
func logged(log *slog.Logger) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start := time.Now()
			if err := next(c); err != nil {
				c.Error(err) // answered here, so that the line has the status
			}
			level := slog.LevelInfo
			if p := c.Path(); p == "/healthz" || p == "/readyz" || strings.HasPrefix(p, "/static/") {
				level = slog.LevelDebug
			}
			log.Log(c.Request().Context(), level, "request", "request_id", requestID(c), "method", method(c.Request().Method), "route", c.Path(),
				"status", c.Response().Status, "bytes", c.Response().Size, "ms", float64(time.Since(start).Microseconds())/1000)
			return nil
		}
	}
}

// method keeps invented methods out of the log.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}

// policyCSP lets a page load and send only to ourselves, and run no script that stands in it.
const policyCSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func headers(https bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set("Content-Security-Policy", policyCSP)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("X-Frame-Options", "DENY")
			h.Set("Referrer-Policy", "same-origin")
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
			h.Set("Cross-Origin-Resource-Policy", "same-origin")
			h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
			h.Set("Cache-Control", "no-store") // whoever serves what may be kept says so
			if https {
				h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
			}
			return next(c)
		}
	}
}

// zipped compresses pages and documents; the API's small answers are not worth the time.
func zipped(g *guard) echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{Level: 5, MinLength: 1400, Skipper: func(c echo.Context) bool {
		row, ok := g.row(c)
		return !ok || strings.HasPrefix(row.Path, Base) || strings.Contains(c.Request().Header.Get("Accept"), "text/event-stream")
	}})
}

// headAsGet answers HEAD as GET does; net/http keeps the body back.
func headAsGet(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.Method != http.MethodHead {
			return next(c)
		}
		get := r.WithContext(r.Context()) // a copy: net/http still knows that it was HEAD
		get.Method = http.MethodGet
		c.Echo().ServeHTTP(c.Response().Writer, get)
		return nil
	}
}

// named refuses requests for another machine's name.
func named(loopback bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if loopback && !ours(c.Request().Host) {
				return &service.Error{Kind: service.Malformed, Code: "unknown_host"}
			}
			return next(c)
		}
	}
}

// ours tells whether a Host header names this machine.
func ours(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
