package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// NewOutsider is somebody from outside as a sponsor names them. MailKey is the keyed hash of the normalised address.
type NewOutsider struct {
	Name, Organisation, Email, Mobile, MailKey string
	By                                         domain.EmployeeID
}

// PutOutsider finds somebody from outside by their address, or puts them on record, without any access. Whose place in a group
// still stands, or is asked for, keeps the particulars that were reviewed; else the newest count.
func (s *Store) PutOutsider(ctx context.Context, in NewOutsider) (domain.EmployeeID, error) {
	const doing = "putting somebody from outside on record"
	id, err := uuid.NewV7()
	if err != nil {
		return "", clean(doing, err)
	}
	var out domain.EmployeeID
	changed := true
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE directory_revisions IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		var kept bool
		err := tx.QueryRow(ctx, `SELECT o.person_id::text, EXISTS (SELECT 1 FROM group_members m WHERE m.employee_id = o.person_id AND m.state NOT IN ('leaving', 'removed'))
FROM outsiders o WHERE o.mail_key = $1`, in.MailKey).Scan(&out, &kept)
		switch {
		case err == nil && kept:
			changed = false
			return nil
		case err == nil:
			_, err = tx.Exec(ctx, `WITH o AS (UPDATE outsiders SET organisation = $3 WHERE person_id = $1) UPDATE employees SET name = $2, mobile = $4 WHERE id = $1`,
				string(out), in.Name, in.Organisation, in.Mobile)
		case errors.Is(err, pgx.ErrNoRows):
			out = domain.EmployeeID(id.String())
			_, err = tx.Exec(ctx, `WITH p AS (
  INSERT INTO employees (id, number, name, email, mobile, active, kind, revision)
  SELECT $1, 'X-' || CASE WHEN n < 10000 THEN lpad(n::text, 4, '0') ELSE n::text END, $2, $3, $4, false, 'outsider', 0 FROM nextval('outsider_numbers') n
)
INSERT INTO outsiders (person_id, mail_key, organisation, created_by, created_at) VALUES ($1, $5, $6, $7, now())`,
				id.String(), in.Name, in.Email, in.Mobile, in.MailKey, in.Organisation, string(in.By))
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO directory_revisions (at, actor_id, source) VALUES (now(), $1, 'outsiders')`, string(in.By))
		return err
	})
	if err != nil {
		return "", clean(doing, err)
	}
	if changed {
		s.dir.changed()
	}
	return out, nil
}

// SweepOutsiders forgets people from outside whom nobody let in: asked for, and nothing became of it. It returns how many.
func (s *Store) SweepOutsiders(ctx context.Context, before time.Time) (int, error) {
	if _, err := s.pool.Exec(ctx, `DELETE FROM outsider_links WHERE created_at < $1`, before); err != nil {
		return 0, clean("forgetting links that are over", err)
	}
	tag, err := s.pool.Exec(ctx, `DELETE FROM employees e USING outsiders o
WHERE o.person_id = e.id AND e.kind = 'outsider' AND o.created_at < $1 AND NOT EXISTS (SELECT 1 FROM group_members m WHERE m.employee_id = e.id)`, before)
	return int(tag.RowsAffected()), clean("forgetting people whom nobody let in", err)
}

// OutsiderLink is a link by which somebody from outside signs in. Only the hash of its secret is kept.
type OutsiderLink struct {
	ID         string
	Person     domain.EmployeeID
	SecretHash []byte
	Created    time.Time
	Expires    time.Time
	Used       time.Time // zero: not yet
}

// AskOutsiderLink notes that somebody asked for a link: by the keyed hash of an address, whether or not it is anybody's, so that
// both take the same time and leave the same trace. One in a window, the others are nothing.
func (s *Store) AskOutsiderLink(ctx context.Context, id, mailKey string, window int64) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at)
VALUES ($1, $1 || ':' || $3::text || ':' || $4::bigint, jsonb_build_object('link', $2::text, 'mail', $3::text), now(), now()) ON CONFLICT (key) DO NOTHING`,
		OutboxOutsiderLink, id, mailKey, window)
	if err == nil {
		s.hub.WakeRelay()
	}
	return clean("noting that a link was asked for", err)
}

// OutsiderByMail finds who has an address and may sign in; ErrNotFound for nobody.
func (s *Store) OutsiderByMail(ctx context.Context, mailKey string) (domain.EmployeeID, error) {
	var id domain.EmployeeID
	err := s.pool.QueryRow(ctx, `SELECT o.person_id::text FROM outsiders o JOIN employees e ON e.id = o.person_id AND e.active WHERE o.mail_key = $1`, mailKey).Scan(&id)
	return id, clean("looking an address up", err)
}

// PutOutsiderLink puts a link on record; one that is there stays as it is.
func (s *Store) PutOutsiderLink(ctx context.Context, l OutsiderLink) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO outsider_links (id, person_id, secret_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		l.ID, string(l.Person), l.SecretHash, l.Created, l.Expires)
	return clean("putting a link on record", err)
}

// OutsiderLinkBy finds a link by the hash of its secret, also a spent one; ErrNotFound for none.
func (s *Store) OutsiderLinkBy(ctx context.Context, hash []byte) (OutsiderLink, error) {
	var l OutsiderLink
	err := s.pool.QueryRow(ctx, `SELECT id::text, person_id::text, secret_hash, created_at, expires_at, coalesce(used_at, 'epoch'::timestamptz) FROM outsider_links WHERE secret_hash = $1`, hash).
		Scan(&l.ID, &l.Person, &l.SecretHash, &l.Created, &l.Expires, &l.Used)
	l.Created, l.Expires, l.Used = l.Created.UTC(), l.Expires.UTC(), orZero(l.Used)
	return l, clean("looking a link up", err)
}

// UseOutsiderLink spends a link on a session, in one transaction, and false when it is over or was spent: of two who try at
// once one gets in.
func (s *Store) UseOutsiderLink(ctx context.Context, id string, in Session) (bool, error) {
	tag, err := s.pool.Exec(ctx, `
WITH spent AS (
  UPDATE outsider_links l SET used_at = $6 FROM employees e
  WHERE l.id = $1 AND l.used_at IS NULL AND l.expires_at > $6 AND e.id = l.person_id AND e.active AND e.kind = 'outsider' RETURNING l.person_id
)
INSERT INTO sessions (id, secret_hash, employee_id, csrf, created_at, seen_at, expires_at, agent, method)
SELECT $2, $3, person_id, $4, $6, $6, $7, $5, $8 FROM spent`,
		id, in.ID, in.SecretHash, in.CSRF, in.Agent, in.CreatedAt, in.ExpiresAt, in.Method)
	return err == nil && tag.RowsAffected() == 1, clean("signing somebody from outside in", err)
}
