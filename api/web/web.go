package web

import (
	"context"
	"log/slog"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Deps is what the pages need of the program that serves them.
type Deps struct {
	Service service.API
	Door    Door
	Mailbox Mailbox // nil: no demo mailbox
	Demo    bool    // identities can be chosen on the sign-in page
	Zone    *time.Location
	Now     func() time.Time
	Log     *slog.Logger
}

// Door is how pages learn who asks, and how they let somebody in or out; *auth.Door is the one that runs.
type Door interface {
	// Actor is who is signed in by the session cookie; false when nobody is.
	Actor(c echo.Context) (service.Actor, bool)
	// CSRF is the token that forms carry in _csrf: of the session, or of the visitor before signing in.
	CSRF(c echo.Context) string
	// SignedIn sets the session cookie, SignedOut removes it.
	SignedIn(c echo.Context, secret string)
	SignedOut(c echo.Context)
}

// Mailbox shows the mails that the demo company was sent (issue: solo shows them at /demo/mail).
type Mailbox interface {
	List(ctx context.Context, person domain.EmployeeID) ([]Mail, error)
	Get(ctx context.Context, id string) (Mail, error)
}

// Mail is one mail of the demo.
type Mail struct {
	ID      string
	Person  domain.EmployeeID
	Outside bool // to somebody from outside: in the demo in everybody's box
	To      string
	Subject string
	Text    string
	At      time.Time
}

// Web holds the pages' handlers.
type Web struct {
	Deps
	assets *assets
}

// Register adds every page to e. Each one's permission is a row of the server's table, which refuses to start without it.
func Register(e *echo.Echo, d Deps) *Web {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Zone == nil {
		d.Zone = time.FixedZone("CST", 8*3600) // China has had one zone without summer time since 1991
	}
	w := &Web{Deps: d, assets: loadAssets()}
	for _, r := range Routes {
		if r.Demo && !d.Demo {
			continue
		}
		e.Add(r.Method, r.Path, w.handler(r))
	}
	return w
}
