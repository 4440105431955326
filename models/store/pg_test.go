package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The tests run against a real PostgreSQL: that of the engine `make test` shares (QUNBEI_ENGINE_ADDR), or a private one
// started for this package in a folder of its own, since these tests need no engine.
var (
	testURL string
	dbCount atomic.Int64
	// template is a migrated database that each test's own is copied from.
	template = fmt.Sprintf("qb_store_%d", os.Getpid())
)

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	var shared struct {
		Postgres string `json:"postgres"`
	}
	if line := os.Getenv("QUNBEI_ENGINE_ADDR"); line != "" {
		if err := json.Unmarshal([]byte(line), &shared); err != nil {
			fmt.Fprintln(os.Stderr, "QUNBEI_ENGINE_ADDR is not the line that qunbei-solo engine writes:", err)
			return 1
		}
	}
	testURL = shared.Postgres
	if testURL == "" {
		stop, err := startPostgres()
		if err != nil {
			fmt.Fprintln(os.Stderr, "no PostgreSQL for the tests:", err)
			return 1
		}
		defer stop()
	}
	if err := makeTemplate(); err != nil {
		fmt.Fprintln(os.Stderr, "the template database:", err)
		return 1
	}
	defer admin(`DROP DATABASE IF EXISTS ` + template) //nolint:errcheck // the server may be gone
	return m.Run()
}

func startPostgres() (stop func(), err error) {
	dir, err := os.MkdirTemp("/tmp", "qb-store-pg")
	if err != nil {
		return nil, err
	}
	bin := ""
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb"); len(found) > 0 {
		bin = filepath.Dir(found[len(found)-1])
	} else if p, err := exec.LookPath("initdb"); err == nil {
		bin = filepath.Dir(p)
	} else {
		return nil, fmt.Errorf("initdb is not installed")
	}
	attr := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 { // initdb refuses root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	run := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.SysProcAttr, c.Dir = attr, dir
		return c
	}
	if out, err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	server := run("postgres", "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=128MB")
	if err := server.Start(); err != nil {
		return nil, err
	}
	testURL = "postgres://postgres@/postgres?host=" + dir
	stop = func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait()
		_ = os.RemoveAll(dir)
	}
	for range 200 {
		if c, err := pgx.Connect(context.Background(), testURL); err == nil {
			return stop, c.Close(context.Background())
		}
		time.Sleep(25 * time.Millisecond)
	}
	stop()
	return nil, fmt.Errorf("PostgreSQL did not come up")
}

func urlOf(db string) string {
	cfg, err := pgx.ParseConfig(testURL)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("host=%s port=%d user=%s password='%s' dbname=%s", cfg.Host, cfg.Port, cfg.User, cfg.Password, db)
}

func makeTemplate() error {
	ctx := context.Background()
	if err := admin(`DROP DATABASE IF EXISTS `+template, `CREATE DATABASE `+template); err != nil {
		return err
	}
	s, err := Open(ctx, urlOf(template), Options{MaxConns: 4})
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // a test's
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Migrate(ctx) // again: wants nothing
}

func admin(statements ...string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, testURL)
	if err != nil {
		return err
	}
	defer c.Close(ctx) //nolint:errcheck // a test's
	for _, q := range statements {
		if _, err := c.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// fresh opens a migrated database of the test's own.
func fresh(t testing.TB) *Store {
	t.Helper()
	name := fmt.Sprintf("qb_store_%d_%d", os.Getpid(), dbCount.Add(1))
	if err := admin(`CREATE DATABASE ` + name + ` TEMPLATE ` + template); err != nil {
		t.Fatal(err)
	}
	s, err := Open(context.Background(), urlOf(name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.Close()
		_ = admin(`DROP DATABASE ` + name + ` WITH (FORCE)`)
	})
	return s
}
