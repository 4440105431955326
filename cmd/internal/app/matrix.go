package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
)

// Matrix says where the company's Matrix homeserver is. Empty: there is none.
type Matrix struct {
	Homeserver string        // URL of its client API
	Server     string        // its server_name
	AS, HS     matrix.Secret // as_token and hs_token of our registration
	Admin      matrix.Secret // of a server administrator; empty: nothing is discovered, adopted or erased
	Accounts   string        // whose account is whose: @{number}:{server}
	Listen     string        // host:port where the homeserver reaches the worker; empty: it pushes nothing
}

// Environment names of Matrix. Each token may also be read from a file: the name with _FILE at its end.
const (
	EnvMatrixHomeserver = "QUNBEI_MATRIX_HOMESERVER"
	EnvMatrixServer     = "QUNBEI_MATRIX_SERVER"
	EnvMatrixAS         = "QUNBEI_MATRIX_AS_TOKEN"
	EnvMatrixHS         = "QUNBEI_MATRIX_HS_TOKEN"
	EnvMatrixAdmin      = "QUNBEI_MATRIX_ADMIN_TOKEN"
	EnvMatrixAccounts   = "QUNBEI_MATRIX_ACCOUNTS"
	EnvMatrixListen     = "QUNBEI_MATRIX_LISTEN"
	fileSuffix          = "_FILE"
)

// FromEnv fills what the environment sets. A file that cannot be read leaves its token empty, which check then reports.
func (m *Matrix) FromEnv() {
	set := func(to *string, name string) {
		if v := os.Getenv(name); v != "" {
			*to = v
		}
	}
	secret := func(to *matrix.Secret, name string) {
		text := string(*to)
		if file := os.Getenv(name + fileSuffix); file != "" {
			raw, err := os.ReadFile(file) //nolint:gosec // where the operator says
			if err == nil {
				text = strings.TrimSpace(string(raw))
			}
		}
		set(&text, name)
		*to = matrix.Secret(text)
	}
	set(&m.Homeserver, EnvMatrixHomeserver)
	set(&m.Server, EnvMatrixServer)
	set(&m.Accounts, EnvMatrixAccounts)
	set(&m.Listen, EnvMatrixListen)
	secret(&m.AS, EnvMatrixAS)
	secret(&m.HS, EnvMatrixHS)
	secret(&m.Admin, EnvMatrixAdmin)
}

// Used tells whether there is a homeserver.
func (m Matrix) Used() bool { return m.Homeserver != "" }

// check lists the faults, and the names of what is missing.
func (m Matrix) check() error {
	if !m.Used() {
		return nil
	}
	var faults []error
	for _, s := range []struct {
		secret matrix.Secret
		name   string
	}{{m.AS, EnvMatrixAS}, {m.HS, EnvMatrixHS}} {
		if s.secret == "" {
			faults = append(faults, fmt.Errorf("a token of the Matrix registration is missing: set %s, or %s to a file that can be read", s.name, s.name+fileSuffix))
		}
	}
	if err := m.config(nobody{}).Check(); err != nil && len(faults) == 0 {
		faults = append(faults, fmt.Errorf("the Matrix homeserver's settings (%s…): %w", strings.TrimSuffix(EnvMatrixHomeserver, "HOMESERVER"), err))
	}
	if err := m.people(nil).Check(); err != nil {
		faults = append(faults, fmt.Errorf("%s: %w", EnvMatrixAccounts, err))
	}
	if m.Listen != "" {
		if _, _, err := net.SplitHostPort(m.Listen); err != nil {
			faults = append(faults, fmt.Errorf("the address for the homeserver is not host:port: set %s, for instance 127.0.0.1:9009", EnvMatrixListen))
		}
	}
	return errors.Join(faults...)
}

func (m Matrix) config(p matrix.People) matrix.Config {
	return matrix.Config{Homeserver: m.Homeserver, Server: m.Server, AS: m.AS, HS: m.HS, Admin: m.Admin, People: p}
}

func (m Matrix) people(n matrix.Numbers) matrix.Template {
	return matrix.Template{Pattern: m.Accounts, Server: m.Server, Numbers: n}
}

// nobody stands for the directory while the settings are checked.
type nobody struct{}

// Account implements matrix.People.
func (nobody) Account(context.Context, domain.EmployeeID) (string, error) { return "", nil }

// Employee implements matrix.People.
func (nobody) Employee(context.Context, string) (domain.EmployeeID, error) { return "", nil }

// numbers gives the connector the employees' numbers.
type numbers struct {
	store *store.Store

	mu       sync.Mutex
	revision int64
	by       map[string]domain.EmployeeID // in small letters
}

// Number implements matrix.Numbers. Whoever left keeps their number, so that they can be removed.
func (n *numbers) Number(ctx context.Context, e domain.EmployeeID) (string, error) {
	d, err := n.store.Directory(ctx)
	if err != nil {
		return "", err
	}
	return d.NumberOf(e), nil
}

// ByNumber implements matrix.Numbers.
func (n *numbers) ByNumber(ctx context.Context, number string) (domain.EmployeeID, error) {
	d, err := n.store.Directory(ctx)
	if err != nil {
		return "", err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.by == nil || n.revision != d.Revision {
		n.by, n.revision = make(map[string]domain.EmployeeID, len(d.Employees)), d.Revision
		for id, e := range d.Employees {
			n.by[strings.ToLower(e.Number)] = id
		}
	}
	if id, ok := n.by[strings.ToLower(number)]; ok {
		return id, nil
	}
	id, _ := d.OutsiderByNumber(strings.ToUpper(number)) // "" for nobody's
	return id, nil
}

// connectMatrix makes the connector, where there is a homeserver.
func (h *house) connectMatrix() error {
	if !h.c.Matrix.Used() {
		return nil
	}
	c, err := matrix.New(h.c.Matrix.config(h.c.Matrix.people(&numbers{store: h.store})))
	if err != nil {
		return err
	}
	h.matrix = c
	return nil
}

// serveMatrix answers the homeserver, at an address of its own: its token is no person's, and the pages' address may be
// open to many. What it tells goes to whoever watches the connector, in this process. The returned function ends it.
func (h *house) serveMatrix(failed chan error) (func(), error) {
	if h.matrix == nil || h.c.Matrix.Listen == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", h.c.Matrix.Listen)
	if err != nil {
		return nil, fmt.Errorf("the address %s for the homeserver cannot be had (is the port in use?): set %s to another, and the registration's url with it", h.c.Matrix.Listen, EnvMatrixListen)
	}
	srv := &http.Server{Handler: h.matrix.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	go func() {
		if err := srv.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
			report(failed, fmt.Errorf("the homeserver's door ended: %w", err))
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

// byHandLine is where the default policy names its one platform.
const byHandLine = "platforms:\n  - {kind: byhand, "

// withMatrix is the default policy with Matrix as a platform, for a demo that has a homeserver.
func withMatrix(p []byte) []byte {
	return bytes.Replace(p, []byte(byHandLine), []byte("platforms:\n  - {kind: matrix, label: {zh: Matrix 聊天, en: Matrix}}\n  - {kind: byhand, "), 1)
}

// hintMatrix says when the policy in force names no Matrix: then nothing can be filed there.
func (h *house) hintMatrix(ctx context.Context, r *rules) error {
	p, err := r.Policy(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.Platforms, func(x policy.Platform) bool { return x.Kind == matrix.Kind }) {
		h.c.Announce("The policy in force names no platform of the kind matrix: activate a version that does, before groups can be filed there.")
	}
	return nil
}
