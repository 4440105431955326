package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// Revision is the number of the directory's newest change; 0 when it is empty.
func (s *Store) Revision(ctx context.Context) (int64, error) {
	var r int64
	err := s.pool.QueryRow(ctx, `SELECT coalesce(max(revision), 0) FROM directory_revisions`).Scan(&r)
	return r, clean("reading the directory's revision", err)
}

// LoadDirectory reads the whole company at one revision.
func (s *Store) LoadDirectory(ctx context.Context) (*domain.Directory, error) {
	var d *domain.Directory
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		d, err = loadDirectory(ctx, tx)
		return err
	})
	return d, clean("reading the directory", err)
}

func loadDirectory(ctx context.Context, tx pgx.Tx) (*domain.Directory, error) {
	var revision int64
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(revision), 0) FROM directory_revisions`).Scan(&revision); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT id::text, code, name, coalesce(parent_id::text, ''), coalesce(leader_id::text, ''), active FROM departments`)
	if err != nil {
		return nil, err
	}
	var deps []domain.Department
	var d domain.Department
	if _, err := pgx.ForEachRow(rows, []any{&d.ID, &d.Code, &d.Name, &d.Parent, &d.Leader, &d.Active}, func() error {
		deps = append(deps, d)
		return nil
	}); err != nil {
		return nil, err
	}
	if rows, err = tx.Query(ctx, `SELECT id::text, number, name, department_id::text, post, email, mobile, active, roles FROM employees WHERE kind = 'employee'`); err != nil {
		return nil, err
	}
	var people []domain.Employee
	var e domain.Employee
	var roles []string
	_, err = pgx.ForEachRow(rows, []any{&e.ID, &e.Number, &e.Name, &e.Department, &e.Post, &e.Email, &e.Mobile, &e.Active, &roles}, func() error {
		p := e
		p.Roles = make([]domain.Role, len(roles))
		for i, r := range roles {
			p.Roles[i] = domain.Role(r)
		}
		people = append(people, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rows, err = tx.Query(ctx, `SELECT e.id::text, e.number, e.name, o.organisation, e.email, e.mobile, e.active FROM outsiders o JOIN employees e ON e.id = o.person_id`); err != nil {
		return nil, err
	}
	outside, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p domain.Outsider, err error) {
		err = row.Scan(&p.ID, &p.Number, &p.Name, &p.Organisation, &p.Email, &p.Mobile, &p.Active)
		return p, err
	})
	if err != nil {
		return nil, err
	}
	return domain.NewDirectory(revision, people, deps).WithOutsiders(outside), nil
}

// directoryCache keeps the newest snapshot; loading is one at a time.
type directoryCache struct {
	mu      sync.RWMutex
	now     *domain.Directory
	asked   time.Time // when the database was last asked for the revision; zero after a change of this process
	changes int       // of this process
	loading sync.Mutex
}

func (c *directoryCache) get() *domain.Directory {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now
}

// DirectoryAt returns a snapshot at least as new as the revision, and is free when the kept one is. Several callers
// that need a newer one share one load. A revision of 0 takes whatever is kept; the newest is what Directory gives.
func (s *Store) DirectoryAt(ctx context.Context, revision int64) (*domain.Directory, error) {
	fits := func() *domain.Directory {
		if d := s.dir.get(); d != nil && d.Revision >= revision {
			return d
		}
		return nil
	}
	if d := fits(); d != nil {
		return d, nil
	}
	s.dir.loading.Lock()
	defer s.dir.loading.Unlock()
	if d := fits(); d != nil {
		return d, nil
	}
	d, err := s.LoadDirectory(ctx)
	if err != nil {
		return nil, err
	}
	s.dir.mu.Lock()
	defer s.dir.mu.Unlock()
	if s.dir.now == nil || d.Revision > s.dir.now.Revision {
		s.dir.now = d
	}
	return d, nil
}

// directoryFresh is how long pages may not see what another process changed in the directory. Acts are decided on the
// revision that the decision's own statement reads, and changes of this process show at once.
const directoryFresh = 300 * time.Millisecond

// Directory returns the newest snapshot, at most directoryFresh old: it asks the database for the revision, and loads
// only when that moved on.
func (s *Store) Directory(ctx context.Context) (*domain.Directory, error) {
	s.dir.mu.RLock()
	d, asked, changes := s.dir.now, s.dir.asked, s.dir.changes
	s.dir.mu.RUnlock()
	if d != nil && time.Since(asked) < directoryFresh {
		return d, nil
	}
	asked = time.Now()
	r, err := s.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if d, err = s.DirectoryAt(ctx, r); err != nil {
		return nil, err
	}
	s.dir.mu.Lock()
	defer s.dir.mu.Unlock()
	if s.dir.changes == changes { // else what was asked may be older than the change
		s.dir.asked = asked
	}
	return d, nil
}

// changed makes the next reader ask.
func (c *directoryCache) changed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = time.Time{}
	c.changes++
}
