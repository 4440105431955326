package pg

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/datadir"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// User is the role that owns everything in the private server.
const User = "qunbei"

const (
	startLimit = 60 * time.Second // recovery after a crash replays at most max_wal_size
	stopLimit  = 60 * time.Second
	portTries  = 5
)

// Config says where the server lives.
type Config struct {
	// Dir is the data folder; the server keeps to its sub-folder "postgres".
	Dir string
	// Account is whom the server runs as (see Account); nil is the user we are.
	Account *datadir.Account
	// Port is the port on 127.0.0.1; 0 picks a free one at each start.
	Port int
	// Settings are added to, and override, the ones for a small machine.
	Settings map[string]string
}

// Server is a running private server.
type Server struct {
	cfg      Config
	bin      binaries
	password string
	port     int
	sockets  string
	pid      int
	adopted  bool
	done     chan struct{} // closed when the server has ended, whoever ended it
	exit     error
}

// Start makes the database cluster when there is none, adopts a server of ours that is still running, or starts one,
// and returns when it answers. Faults a person can remedy come as say.Plain.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, done: make(chan struct{})}
	if err := os.MkdirAll(s.home(), 0o700); err != nil {
		return nil, fmt.Errorf("making the database's folder: %w", err)
	}
	if err := give(s.home(), cfg.Account); err != nil {
		return nil, err
	}
	major, err := s.major()
	if err != nil {
		return nil, err
	}
	if s.bin, err = find(ctx, major); err != nil {
		return nil, err
	}
	if err := s.readPassword(); err != nil {
		return nil, err
	}
	if major == 0 {
		if err := s.initialise(ctx); err != nil {
			return nil, err
		}
	}
	if ok, err := s.adopt(ctx); ok || err != nil {
		return s, err
	}
	if err := s.makeSocketDir(); err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		err := s.launch(ctx)
		if err == nil {
			return s, nil
		}
		// A free port may be taken between our choosing and the server's binding it; a chosen one is the person's.
		if !errors.Is(err, errPortTaken) {
			return nil, err
		}
		if cfg.Port != 0 || try == portTries {
			return nil, say.Because(err, fmt.Sprintf("port %d is in use, which the database was to have", s.port),
				"stop what uses it, or choose another with --postgres-port")
		}
	}
}

func (s *Server) home() string { return filepath.Join(s.cfg.Dir, "postgres") }
func (s *Server) data() string { return filepath.Join(s.home(), "data") }

// LogFile is where the server writes its log.
func (s *Server) LogFile() string { return filepath.Join(s.cfg.Dir, "postgres.log") }

// major is the version that made the cluster, 0 when there is none.
func (s *Server) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(s.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the database's version: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, say.Because(err, "the file PG_VERSION in "+s.data()+" is damaged", "restore the folder from a backup, or start with a new one (--data)")
	}
	return n, nil
}

// readPassword reads the cluster's password or makes one. It lies outside the server's own folder, readable by us alone.
func (s *Server) readPassword() error {
	name := filepath.Join(s.cfg.Dir, "postgres.password")
	text, err := os.ReadFile(name)
	if err == nil && len(text) > 0 {
		s.password = strings.TrimSpace(string(text))
		return nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("reading the database's password: %w", err)
	}
	raw := make([]byte, 24)
	if _, err := rand.Read(raw); err != nil {
		return err
	}
	s.password = hex.EncodeToString(raw)
	if err := os.WriteFile(name, []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("keeping the database's password: %w", err)
	}
	return nil
}

// initialise makes the cluster beside its place and moves it there when complete, so that a kill half way leaves
// nothing that looks like a database.
func (s *Server) initialise(ctx context.Context) error {
	fresh := s.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clearing a half-made database: %w", err)
	}
	secret := filepath.Join(s.home(), "initial-password")
	defer os.Remove(secret)
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return fmt.Errorf("handing over the database's password: %w", err)
	}
	if err := give(secret, s.cfg.Account); err != nil {
		return err
	}
	run := func(locale ...string) ([]byte, error) {
		args := append([]string{"--pgdata", fresh, "--username", User, "--pwfile", secret,
			"--auth", "scram-sha-256", "--encoding", "UTF8", "--data-checksums"}, locale...)
		cmd := exec.CommandContext(ctx, s.bin.program("initdb"), args...)
		as(cmd, s.cfg.Account)
		cmd.Dir = s.home()
		return cmd.CombinedOutput()
	}
	// Text sorts by bytes, so that indexes serve prefixes and no library's update can reorder them; lower() and
	// upper() still know Unicode. Pages sort Chinese names themselves.
	out, err := run("--lc-collate", "C", "--lc-ctype", "C.UTF-8")
	if err != nil && ctx.Err() == nil {
		_ = os.RemoveAll(fresh)
		out, err = run("--locale", "C")
	}
	if err != nil {
		return fmt.Errorf("making the database in %s: %w: %s", s.data(), err, lastLines(string(out), 5))
	}
	if err := os.Rename(fresh, s.data()); err != nil {
		return fmt.Errorf("moving the new database into place: %w", err)
	}
	return nil
}

// makeSocketDir chooses a private folder for the socket, whose whole path must fit the 107 bytes of a socket address.
func (s *Server) makeSocketDir() error {
	s.sockets = filepath.Join(s.home(), "socket")
	if len(s.sockets)+len("/.s.PGSQL.65535.lock") > 100 {
		sum := sha256.Sum256([]byte(s.cfg.Dir))
		s.sockets = filepath.Join(os.TempDir(), "qunbei-"+hex.EncodeToString(sum[:6]))
	}
	if err := os.Mkdir(s.sockets, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("making the database's socket folder: %w", err)
	}
	if err := give(s.sockets, s.cfg.Account); err != nil {
		return err
	}
	info, err := os.Lstat(s.sockets)
	if err != nil {
		return fmt.Errorf("looking at the database's socket folder: %w", err)
	}
	owner := uint32(os.Geteuid()) //nolint:gosec // an account's number
	if s.cfg.Account != nil {
		owner = s.cfg.Account.UID
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !info.IsDir() || !ok || stat.Uid != owner {
		return say.Fault(s.sockets+" is there already and belongs to someone else", "remove it, or choose a shorter --data path")
	}
	return os.Chmod(s.sockets, 0o700) //nolint:gosec // a folder: 0700 is its owner alone
}

// URL is the address of a database of this server over TCP, for programs and for psql.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, s.password),
		Host: s.Addr(), Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Addr is host and port on loopback.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// SocketDir is the folder of the server's socket, which is a little faster than TCP.
func (s *Server) SocketDir() string { return s.sockets }

// Port is the TCP port.
func (s *Server) Port() int { return s.port }

// Password is that of User.
func (s *Server) Password() string { return s.password }

// PID is the server's process.
func (s *Server) PID() int { return s.pid }

// Adopted says whether the server had outlived an earlier parent.
func (s *Server) Adopted() bool { return s.adopted }

// Done is closed when the server has ended; Err then says why, if it was not by Stop.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is the reason of the end, with the last lines of the log.
func (s *Server) Err() error { return s.exit }

// CreateDatabase makes the database unless it is there.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to make database %s: %w", name, err)
	}
	defer conn.Close(ctx)
	var there bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil {
		return fmt.Errorf("looking for database %s: %w", name, err)
	}
	if there {
		return nil
	}
	// The engine's schema tool and ours both begin from an empty database.
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return fmt.Errorf("making database %s: %w", name, err)
	}
	return nil
}
