package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/datadir"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/engine"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/guard"
	"github.com/qunbei/qunbei/cmd/qunbei-solo/internal/pg"
)

// qunbeiDatabase is the application's own.
const qunbeiDatabase = "qunbei"

// stackConfig is what both commands ask of the machine.
type stackConfig struct {
	data         string // --data; empty is the default place
	postgresPort int
	throwaway    bool // the data is deleted afterwards, so it need not survive a power cut
	databases    []string
	engine       engine.Config
}

// stack is the running data folder, database and engine.
type stack struct {
	dir    *datadir.Dir
	db     *pg.Server
	engine *engine.Engine
	tokens guard.Tokens
}

// startStack starts folder, database and engine in that order. On a fault it stops what it had started.
func startStack(ctx context.Context, cfg stackConfig) (_ *stack, err error) {
	s := &stack{}
	defer func() {
		if err != nil {
			_ = s.stop()
		}
	}()
	if err := cfg.engine.Check(); err != nil {
		return nil, err
	}
	account, err := pg.Account()
	if err != nil {
		return nil, err
	}
	if _, err := pg.Found(ctx); err != nil {
		return nil, err // before a folder is made that could not be used
	}
	if s.dir, err = datadir.Open(cfg.data, account); err != nil {
		return nil, err
	}
	if s.tokens.Operator, err = secret(filepath.Join(s.dir.Path, "operator.token")); err != nil {
		return nil, err
	}
	settings := map[string]string{}
	if cfg.throwaway {
		settings["fsync"], settings["full_page_writes"] = "off", "off"
	}
	if s.db, err = pg.Start(ctx, pg.Config{Dir: s.dir.Path, Account: account, Port: cfg.postgresPort, Settings: settings}); err != nil {
		return nil, err
	}
	for _, name := range append([]string{engine.MainDatabase, engine.VisibilityDatabase}, cfg.databases...) {
		if err := s.db.CreateDatabase(ctx, name); err != nil {
			return nil, err
		}
	}
	cfg.engine.Database = engine.Database{Addr: s.db.Addr(), SocketDir: s.db.SocketDir(), User: pg.User, Password: s.db.Password()}
	cfg.engine.Tokens = s.tokens
	if cfg.engine.LogFile, err = logFile(filepath.Join(s.dir.Path, "engine.log")); err != nil {
		return nil, err
	}
	if s.engine, err = engine.Start(ctx, cfg.engine); err != nil {
		return nil, err
	}
	return s, nil
}

// wait returns when ctx ends (nil) or the database does (why).
func (s *stack) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.db.Done():
		return fmt.Errorf("the private PostgreSQL stopped, see %s: %w", s.db.LogFile(), s.db.Err())
	}
}

// stop ends engine, database and folder, in that order, whichever of them had started.
func (s *stack) stop() error {
	var faults []error
	if s.engine != nil {
		faults = append(faults, s.engine.Stop())
	}
	if s.db != nil {
		faults = append(faults, s.db.Stop())
	}
	if s.dir != nil {
		faults = append(faults, s.dir.Close())
	}
	return errors.Join(faults...)
}

// secret reads a token from file, or makes one that only we can read.
func secret(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err == nil && len(strings.TrimSpace(string(text))) >= 32 {
		return strings.TrimSpace(string(text)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("reading a token: %w", err)
	}
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	token := hex.EncodeToString(raw)
	if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keeping a token: %w", err)
	}
	return token, nil
}

const logLimit = 8 << 20

// logFile keeps one earlier file when the log has grown large.
func logFile(name string) (string, error) {
	if info, err := os.Stat(name); err == nil && info.Size() > logLimit {
		if err := os.Rename(name, name+".old"); err != nil {
			return "", fmt.Errorf("putting the old log aside: %w", err)
		}
	}
	return name, nil
}

func seconds(since time.Time) string { return fmt.Sprintf("%.1f s", time.Since(since).Seconds()) }
