package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

// KeysFolder is the folder with the keys, below the data folder.
const KeysFolder = "keys"

// Run runs what the configuration asks for until ctx ends, then stops it in order: intake, relay, worker, client,
// database (temporal.md 30).
func Run(ctx context.Context, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	profile()
	if c.Announce == nil {
		c.Announce = func(string) {}
	}
	h, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer h.close()
	return h.run(ctx)
}

// Migrate brings the database to this program's schema.
func Migrate(ctx context.Context, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	st, err := store.Open(ctx, c.DatabaseURL, store.Options{MaxConns: 2, Log: c.Log})
	if err != nil {
		return err
	}
	defer st.Close()
	return st.Migrate(ctx)
}

// keys opens the keys. Where the database holds cases already, missing keys are a fault and never made anew: what was
// encrypted would be lost, and silently.
func keys(ctx context.Context, c Config, st *store.Store) (*codec.Keyring, error) {
	kek, err := codec.KEKFromEnv(os.Getenv)
	if err != nil {
		return nil, err
	}
	var cases bool
	if err := st.Pool().QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM case_keys)").Scan(&cases); err != nil {
		return nil, fmt.Errorf("look whether there are cases: %w", err)
	}
	if err := os.MkdirAll(c.DataDir, 0o755); err != nil { //nolint:gosec // the database of qunbei-solo lies in it too; the keys' folder is closed
		return nil, fmt.Errorf("the data folder %s cannot be made: %w", c.DataDir, errors.Unwrap(err))
	}
	ring, err := codec.Open(filepath.Join(c.DataDir, KeysFolder), codec.Options{KEK: kek, MustExist: cases})
	if err != nil {
		return nil, fmt.Errorf("open the keys: %w", err)
	}
	return ring, nil
}
