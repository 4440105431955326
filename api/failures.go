package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Pages answer in HTML; the web package's are given to New.
type Pages interface {
	// Fail answers a page's request with an error page, or sends a stranger to the sign-in. It is given only errors
	// that AsError knows.
	Fail(c echo.Context, err error) error
}

// failures turns every error that handlers and Echo leave behind into an answer.
type failures struct {
	log   *slog.Logger
	guard *guard
	pages Pages
}

func (f *failures) handle(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e := translate(err)
	if e.Kind == service.Internal {
		f.log.Error("request failed", "request_id", requestID(c), "route", c.Path(), "cause", cause(e))
	}
	row, known := f.guard.row(c)
	if f.pages != nil && (known && row.Page || !known && wantsPage(c)) {
		if f.pages.Fail(c, e) == nil {
			return
		}
	}
	if c.Response().Committed {
		return
	}
	_ = problem.Write(c.Response(), e, auth.Language(c), requestID(c)) // the caller went away: nobody to tell
}

// wantsPage tells whether a browser asks for an address that no row knows, outside the API.
func wantsPage(c echo.Context) bool {
	p := c.Request().URL.Path
	return !strings.HasPrefix(p, "/api/") && strings.Contains(c.Request().Header.Get("Accept"), "text/html")
}

// cause is what the log may say of our own fault: the chain of what was being done, never more than a line.
func cause(e *service.Error) string {
	if e.Cause == nil {
		return e.Code
	}
	s := strings.ReplaceAll(e.Cause.Error(), "\n", " ")
	if len(s) > 300 {
		s = s[:300]
	}
	return fmt.Sprintf("%T: %s", e.Cause, s)
}

var parameter = regexp.MustCompile(`(?:parameter|value for) ([A-Za-z_-]+)`)

// translate makes the service's error out of Echo's, the generated code's and net/http's.
func translate(err error) *service.Error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return tooLarge(big.Limit)
	}
	var own *service.Error
	if errors.As(err, &own) {
		return own
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &service.Error{Kind: service.Unavailable, Code: "timeout", RetryAfter: 2, Cause: err}
	}
	if errors.Is(err, http.ErrMissingBoundary) || errors.Is(err, http.ErrNotMultipart) {
		return &service.Error{Kind: service.Malformed, Code: "not_multipart"}
	}
	var he *echo.HTTPError
	if !errors.As(err, &he) {
		return service.AsError(err)
	}
	switch he.Code {
	case http.StatusNotFound:
		return &service.Error{Kind: service.NotFound, Code: "unknown_address"}
	case http.StatusMethodNotAllowed:
		return problem.MethodNotAllowed()
	case http.StatusRequestEntityTooLarge:
		return tooLarge(maxJSON)
	case http.StatusUnsupportedMediaType:
		return unsupported("", "application/json")
	}
	if he.Code >= 500 {
		return &service.Error{Kind: service.Internal, Code: "internal", Cause: err}
	}
	return badParameter(fmt.Sprint(he.Message))
}

// badParameter names the parameter that the generated code could not read.
func badParameter(message string) *service.Error {
	e := &service.Error{Kind: service.Malformed, Code: "bad_parameter"}
	m := parameter.FindStringSubmatch(message)
	switch {
	case m == nil:
		e.Code = "malformed"
	case strings.Contains(message, "not found"), m[1] == "Idempotency-Key" && !strings.HasPrefix(message, "Expected one value"): // an empty one is none
		e.Code, e.Faults = "idempotency_key_missing", []domain.Fault{{Field: m[1], Code: "missing_header"}}
	case strings.HasPrefix(message, "Expected one value"):
		e.Faults = []domain.Fault{{Field: m[1], Code: "given_twice"}}
	default:
		e.Faults = []domain.Fault{{Field: m[1], Code: "wrong_type", Params: map[string]string{"expected": expected(m[1])}}}
	}
	return e
}

func expected(name string) string {
	switch name {
	case "limit":
		return "1 … 100"
	case "number":
		return "1 … 100000"
	}
	return "true, false"
}

// recovered turns a panic into an error: the stack is logged, the value is not, for it may hold content.
func (f *failures) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // it is panicked with as it is
				panic(v)
			}
			f.log.Error("panic", "request_id", requestID(c), "route", c.Path(), "kind", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			err = &service.Error{Kind: service.Internal, Code: "internal", Cause: errors.New("panic")}
		}()
		return next(c)
	}
}
