package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/say"
)

// TestMain doubles as the parent that is killed in TestAdoptsWhatOutlivedItsParent.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PG_TEST_PARENT"); dir != "" {
		account, err := Account()
		if err == nil {
			var s *Server
			if s, err = Start(context.Background(), Config{Dir: dir, Account: account}); err == nil {
				fmt.Println("pid", s.PID())
				time.Sleep(time.Hour)
			}
		}
		fmt.Println("failed", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// folder is a data folder that the database's account can enter; t.TempDir may be under a private home.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func start(t *testing.T, cfg Config) *Server {
	t.Helper()
	account, err := Account()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Account = account
	s, err := Start(context.Background(), cfg)
	if err != nil {
		t.Fatalf("starting: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	return s
}

func ask(t *testing.T, s *Server, database, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), s.URL(database))
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	defer conn.Close(context.Background())
	var answer string
	if err := conn.QueryRow(context.Background(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

func TestKeepsEverythingAcrossStops(t *testing.T) {
	dir := folder(t)
	s := start(t, Config{Dir: dir})
	ctx := context.Background()
	for range 2 { // making it twice is one database
		if err := s.CreateDatabase(ctx, "qunbei"); err != nil {
			t.Fatal(err)
		}
	}
	for setting, want := range map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"listen_addresses": "127.0.0.1", "server_encoding": "UTF8"} {
		if got := ask(t, s, "qunbei", "SELECT current_setting('"+setting+"')"); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
	ask(t, s, "qunbei", "WITH x AS (SELECT 1) SELECT lower('ÀÉ')")
	conn, err := pgx.Connect(ctx, s.URL("qunbei"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE kept AS SELECT '群备' AS word"); err != nil {
		t.Fatal(err)
	}
	conn.Close(ctx)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, Config{Dir: dir})
	if again.Adopted() {
		t.Error("a server that was stopped cannot be adopted")
	}
	if got := ask(t, again, "qunbei", "SELECT word FROM kept"); got != "群备" {
		t.Errorf("kept %q", got)
	}
}

func TestRefusesStrangers(t *testing.T) {
	s := start(t, Config{Dir: folder(t)})
	for _, url := range []string{
		strings.Replace(s.URL("postgres"), s.Password(), "wrong", 1),
		fmt.Sprintf("postgres://%s@/postgres?host=%s&port=%d", User, s.SocketDir(), s.Port()),
	} {
		if conn, err := pgx.Connect(context.Background(), url); err == nil {
			conn.Close(context.Background())
			t.Errorf("let in without the password by %s", strings.SplitN(url, "?", 2)[0])
		}
	}
	if info, err := os.Stat(s.SocketDir()); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("socket folder: %v %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Join(s.cfg.Dir, "postgres.password")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("password file: %v %v", info.Mode(), err)
	}
}

func TestAdoptsWhatOutlivedItsParent(t *testing.T) {
	dir := folder(t)
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "PG_TEST_PARENT="+dir)
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(out, "pid %d\n", &pid); err != nil {
		t.Fatalf("the parent did not start a server: %v", err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	if err := syscall.Kill(pid, 0); err != nil {
		t.Fatalf("the server did not outlive its parent: %v", err)
	}
	s := start(t, Config{Dir: dir})
	if !s.Adopted() || s.PID() != pid {
		t.Fatalf("adopted %v, process %d, want %d", s.Adopted(), s.PID(), pid)
	}
	if got := ask(t, s, "postgres", "SELECT 'alive'"); got != "alive" {
		t.Error(got)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); err == nil {
		t.Error("the adopted server still runs after Stop")
	}
}

func TestRecoversAfterAKill(t *testing.T) {
	dir := folder(t)
	s := start(t, Config{Dir: dir})
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "CREATE TABLE kept AS SELECT 'still here' AS word"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(s.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Done does not tell of the end")
	}
	if s.Err() == nil {
		t.Error("a server that was killed must say so")
	}
	// A pid file that now names an innocent process must neither stop us nor be adopted.
	name := filepath.Join(s.data(), "postmaster.pid")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(name, []byte(fmt.Sprintf("%d\n%s", os.Getpid(), rest)), 0o600); err != nil {
		t.Fatal(err)
	}
	again := start(t, Config{Dir: dir})
	if again.Adopted() {
		t.Error("adopted a process that is not a database")
	}
	if got := ask(t, again, "postgres", "SELECT word FROM kept"); got != "still here" {
		t.Error(got)
	}
}

func TestAHalfMadeDatabaseIsMadeAgain(t *testing.T) {
	dir := folder(t)
	half := filepath.Join(dir, "postgres", "data.new")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Config{Dir: dir})
}

func TestFaultsAreOneSentence(t *testing.T) {
	account, err := Account()
	if err != nil {
		t.Fatal(err)
	}
	taken := start(t, Config{Dir: folder(t)}).Port()
	tests := map[string]struct {
		set  func(t *testing.T, dir string)
		port int
		want []string
	}{
		"no PostgreSQL where it is said to be": {
			set: func(t *testing.T, _ string) { t.Setenv(BinEnv, "/nowhere") }, want: []string{BinEnv, "/nowhere"}},
		"none installed": {
			set: func(t *testing.T, _ string) {
				t.Setenv("PATH", "/nowhere")
				saved := places
				places = nil
				t.Cleanup(func() { places = saved })
			}, want: []string{"no PostgreSQL server is installed", "apt-get install postgresql"}},
		"port in use": {set: func(*testing.T, string) {}, port: taken,
			want: []string{fmt.Sprintf("port %d is in use", taken), "--postgres-port"}},
		"made by another version": {
			set: func(t *testing.T, dir string) {
				data := filepath.Join(dir, "postgres", "data")
				if err := os.MkdirAll(data, 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("99\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}, want: []string{"made by PostgreSQL 99", "postgresql-99"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			dir := folder(t)
			test.set(t, dir)
			s, err := Start(context.Background(), Config{Dir: dir, Account: account, Port: test.port})
			if err == nil {
				_ = s.Stop()
				t.Fatal("started")
			}
			var plain *say.Plain
			if !errors.As(err, &plain) {
				t.Fatalf("not a sentence: %v", err)
			}
			line := say.Line(err)
			for _, want := range test.want {
				if !strings.Contains(line, want) {
					t.Errorf("%q does not say %q", line, want)
				}
			}
			if strings.Contains(line, "\n") {
				t.Errorf("more than one line: %q", line)
			}
		})
	}
}
