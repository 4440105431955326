package v1

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/auth"
	"github.com/qunbei/qunbei/api/service"
)

// Server answers the contract's operations.
type Server struct {
	svc  service.API
	door *auth.Door
	base string
}

var _ StrictServerInterface = (*Server)(nil)

// Register adds every operation to e under base. The permissions stand in the table of routes.
func Register(e *echo.Echo, base string, svc service.API, door *auth.Door) {
	s := &Server{svc: svc, door: door, base: base}
	RegisterHandlersWithBaseURL(e, NewStrictHandler(s, []StrictMiddlewareFunc{checked}), base)
}

// actor is who asks. The guard lets nobody else through; the zero actor has no right anywhere.
func actor(ctx context.Context) service.Actor {
	a, _ := auth.FromContext(ctx)
	return a
}

// value is what an optional parameter holds.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// size is how many entries a page has: 20 unless said otherwise.
func size(l *Limit) int {
	if l == nil {
		return 20
	}
	return int(*l)
}

// accept is the request's Accept header.
func accept(ctx context.Context) string {
	if r := auth.Request(ctx); r != nil {
		return r.Header.Get("Accept")
	}
	return ""
}

// agent is the caller's program, as it calls itself.
func agent(ctx context.Context) string {
	r := auth.Request(ctx)
	if r == nil {
		return ""
	}
	ua := r.UserAgent()
	if len(ua) > 200 {
		ua = ua[:200]
	}
	return printable(ua)
}

func printable(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}

// xlsx is a workbook's media type.
const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// attach names a file for the browser that saves it.
func attach(ctx context.Context, name string) {
	auth.Header(ctx).Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
