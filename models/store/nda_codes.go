package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// NDACode is a one-time code as it is on record; the code itself follows from it and the installation's hash key.
type NDACode struct {
	ID      string
	NDA     string
	Person  domain.EmployeeID
	Session string // the session or token that asked for it
	Digest  string // of the agreement that was open
	Created time.Time
	Expires time.Time
	Sent    time.Time // zero: the mail has not gone out
	Tries   int       // the right one too
	Used    time.Time // zero: not used
	UsedBy  string    // the act that it let through
}

// Bounds of one-time codes.
const (
	NDACodeTries  = 5                // then the code is dead
	NDACodePause  = time.Minute      // between two codes for one agreement
	NDACodeMost   = 10               // codes of one person in a day, over all agreements
	NDACodeMissed = 20               // tries of one person in a day
	NDACodeHolds  = 10 * time.Minute // how long a code can be used
)

// ErrCodeTooSoon and ErrCodeTooMany refuse another code; the first for a minute, the second for the day.
var (
	ErrCodeTooSoon = errors.New("a code was sent a moment ago")
	ErrCodeTooMany = errors.New("too many codes were asked for, or tried in vain")
)

const ndaCodeColumns = `id::text, nda_id::text, person_id::text, session, digest, created_at, expires_at, coalesce(sent_at, 'epoch'::timestamptz), tries,
  coalesce(used_at, 'epoch'::timestamptz), coalesce(used_by::text, '')`

func scanNDACode(row pgx.Row) (NDACode, error) {
	var c NDACode
	err := row.Scan(&c.ID, &c.NDA, &c.Person, &c.Session, &c.Digest, &c.Created, &c.Expires, &c.Sent, &c.Tries, &c.Used, &c.UsedBy)
	c.Created, c.Expires = c.Created.UTC(), c.Expires.UTC()
	c.Sent, c.Used = orZero(c.Sent), orZero(c.Used)
	return c, err
}

// orZero reads the epoch as no time at all.
func orZero(t time.Time) time.Time {
	if t.Unix() == 0 {
		return time.Time{}
	}
	return t.UTC()
}

// PutNDACode puts a code on record and its mail into the outbox, in one transaction and under the person's lock, so that
// two requests at once make one. The bounds are checked here, where they cannot be passed by.
func (s *Store) PutNDACode(ctx context.Context, c NDACode) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('nda_codes:' || $1, 0))`, string(c.Person)); err != nil {
			return err
		}
		var soon, many bool
		if err := tx.QueryRow(ctx, `SELECT
  coalesce(bool_or(nda_id = $2 AND created_at > $3::timestamptz - $4::interval), false),
  count(*) >= $5 OR coalesce(sum(tries), 0) >= $6
FROM nda_codes WHERE person_id = $1 AND created_at > $3::timestamptz - interval '24 hours'`,
			string(c.Person), c.NDA, c.Created, NDACodePause, NDACodeMost, NDACodeMissed).Scan(&soon, &many); err != nil {
			return err
		}
		switch {
		case soon:
			return ErrCodeTooSoon
		case many:
			return ErrCodeTooMany
		}
		if _, err := tx.Exec(ctx, `INSERT INTO nda_codes (id, nda_id, person_id, session, digest, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			c.ID, c.NDA, string(c.Person), c.Session, c.Digest, c.Created, c.Expires); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO outbox (kind, key, payload, due_at, created_at) VALUES ($1, $2, $3, now(), now()) ON CONFLICT (key) DO NOTHING`,
			OutboxNDACode, OutboxNDACode+":"+c.ID, JSON(`{"code":"`+c.ID+`"}`))
		return err
	})
	if errors.Is(err, ErrCodeTooSoon) || errors.Is(err, ErrCodeTooMany) {
		return err
	}
	return clean("putting a one-time code on record", err)
}

// NDACodeNow is the newest code of a person for an agreement; ErrNotFound when none was asked for.
func (s *Store) NDACodeNow(ctx context.Context, nda string, person domain.EmployeeID) (NDACode, error) {
	c, err := scanNDACode(s.pool.QueryRow(ctx, `SELECT `+ndaCodeColumns+` FROM nda_codes WHERE nda_id = $1 AND person_id = $2 ORDER BY created_at DESC, id DESC LIMIT 1`, nda, string(person)))
	return c, clean("looking a one-time code up", err)
}

// NDACode is a code by its id.
func (s *Store) NDACode(ctx context.Context, id string) (NDACode, error) {
	c, err := scanNDACode(s.pool.QueryRow(ctx, `SELECT `+ndaCodeColumns+` FROM nda_codes WHERE id = $1`, id))
	return c, clean("looking a one-time code up", err)
}

// NDACodeSent notes that a code's mail went out.
func (s *Store) NDACodeSent(ctx context.Context, id string, at time.Time) error {
	_, err := s.pool.Exec(ctx, `UPDATE nda_codes SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL AND used_at IS NULL`, id, at)
	return clean("noting that a one-time code went out", err)
}

// TryNDACode takes one of a code's tries before anything is compared, so that tries made at once are each counted. It
// tells how many are left; false: there was none, and nothing may be compared.
func (s *Store) TryNDACode(ctx context.Context, id string) (left int, ok bool, err error) {
	var tries int
	err = s.pool.QueryRow(ctx, `UPDATE nda_codes SET tries = tries + 1 WHERE id = $1 AND tries < $2 AND used_at IS NULL RETURNING tries`, id, NDACodeTries).Scan(&tries)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	return NDACodeTries - tries, err == nil, clean("counting a try of a one-time code", err)
}

// UseNDACode spends a code on one act. False: it was spent on another, or is over. The same act may ask again: it may have
// died between the code and its signal.
func (s *Store) UseNDACode(ctx context.Context, id, act string, at time.Time) (bool, error) {
	var one int
	err := s.pool.QueryRow(ctx, `
WITH used AS (
  UPDATE nda_codes SET used_at = $3, used_by = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $3 RETURNING 1
)
SELECT 1 FROM used UNION ALL SELECT 1 FROM nda_codes WHERE id = $1 AND used_by = $2 LIMIT 1`, id, act, at).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, clean("using a one-time code", err)
}

// MailTo is where a person's mail goes.
type MailTo struct {
	Address, Lang string
	Active        bool
}

// AddressOf is where a person's mail goes; ErrNotFound for nobody.
func (s *Store) AddressOf(ctx context.Context, person domain.EmployeeID) (MailTo, error) {
	var m MailTo
	err := s.pool.QueryRow(ctx, `SELECT email, language, active FROM employees WHERE id = $1`, string(person)).Scan(&m.Address, &m.Lang, &m.Active)
	return m, clean("reading where a person's mail goes", err)
}
