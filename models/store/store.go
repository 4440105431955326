// Package store is Qunbei's PostgreSQL: rows, projections, the outbox and every list a page or the API shows.
//
// What is hot (an act's projection, a submission) goes to the driver as one statement, so that an act costs one round
// trip and one commit; everything else goes through GORM on the same pool. The database is the authority for the
// directory, policies and reading; for an open case its workflow is, and a projection here is guarded by the act's
// number (temporal.md 12, 13). Texts, names and values never reach a log or an error of this package.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/qunbei/qunbei/models/migrations"
)

// Options tune a Store. The zero value serves.
type Options struct {
	MaxConns int32         // connections at most; 0: 16
	Log      *slog.Logger  // nil: slog.Default
	Slow     time.Duration // statements slower than this are logged, without values; 0: 500 ms
	// NotifyOthers announces decided acts to other processes by LISTEN/NOTIFY. Leave it off where API and worker share a
	// process: NOTIFY takes a lock of the whole database at commit.
	NotifyOthers bool
}

// Store is one database. It is safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	sql  *sql.DB
	gorm *gorm.DB
	log  *slog.Logger
	hub  *Hub
	dir  directoryCache
	// deleg is who may act for whom, now and soon.
	deleg delegationCache
	// recent is what this process wrote a moment ago; alone says that no other process writes, so that a case may be
	// taken from there.
	recent  recent
	alone   bool
	starts  starts
	submits submits
}

// Open connects to the database at url and checks that it answers. It does not migrate.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database's address cannot be read: check QUNBEI_DATABASE") // the cause holds the password
	}
	if o.MaxConns == 0 {
		o.MaxConns = 16
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Slow == 0 {
		o.Slow = 500 * time.Millisecond
	}
	cfg.MaxConns, cfg.MinConns = o.MaxConns, min(2, o.MaxConns)
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	// Times are compared as text in digests and tests: one zone everywhere.
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "qunbei"
	// Every statement here is written for one plan, whatever its values (a test holds the hot ones to it); planning the
	// large ones anew at each call would cost more than running them.
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	cfg.ConnConfig.RuntimeParams["jit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, clean("opening the database", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, clean("reaching the database", err)
	}
	// The driver keeps prepared statements for each connection by itself. GORM's PrepareStmt on top would prepare once
	// more for every connection it borrows, which costs a round trip instead of saving one.
	db := stdlib.OpenDBFromPool(pool)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), &gorm.Config{
		SkipDefaultTransaction: true,
		Logger:                 quietLog{log: o.Log, slow: o.Slow},
		NowFunc:                func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	})
	if err != nil {
		pool.Close()
		return nil, clean("opening the database", err)
	}
	s := &Store{pool: pool, sql: db, gorm: g, log: o.Log, alone: !o.NotifyOthers}
	s.hub = newHub(s, o.NotifyOthers)
	return s, nil
}

// Close ends the pool; calls under way fail.
func (s *Store) Close() error {
	s.hub.close()
	err := s.sql.Close()
	s.pool.Close()
	return err
}

// Migrate brings the schema to the newest version. Several processes may call it at once: one does it, under an
// advisory lock, the others wait.
func (s *Store) Migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, s.sql, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return clean("reading the migrations", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return clean("migrating the database", err)
	}
	return nil
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return clean("reaching the database", s.pool.Ping(ctx))
}

// Pool is the driver's pool, for seeding, benches and tests; the service has no use for it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Hub is where callers wait for the answer to an act.
func (s *Store) Hub() *Hub { return s.hub }

func (s *Store) db(ctx context.Context) *gorm.DB { return s.gorm.WithContext(ctx) }
