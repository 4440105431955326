package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/qunbei/qunbei/models/domain"
)

// Why a passkey cannot be stored or used.
var (
	ErrChallengeUsed = errors.New("the challenge was answered before")
	ErrPasskeyKnown  = errors.New("the passkey is enrolled already")
	ErrCounterBack   = errors.New("the passkey's counter went back")
)

// Passkey is one passkey of a person.
type Passkey struct {
	ID         string
	Employee   domain.EmployeeID
	Credential []byte
	COSE       []byte // public key as the authenticator wrote it
	PublicKey  []byte // PKIX
	Algorithm  string
	Site       string
	AAGUID     []byte
	Transports []string
	Synced     bool
	Counter    uint32
	Name       string
	ProofKey   string
	Proof      []byte
	CreatedAt  time.Time
	UsedAt     *time.Time
	EndedAt    *time.Time
	EndedBy    string
}

// PasskeyChallenge is what a passkey was asked to sign, and what came of it.
type PasskeyChallenge struct {
	ID        string
	Purpose   string
	Employee  domain.EmployeeID // empty: signing in
	Session   string
	Subject   string
	Digest    string
	Nonce     []byte
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    *time.Time
	Answer    []byte // SHA-256 of the answer taken
	Outcome   []byte // JSON
}

func (r PasskeyRow) passkey() Passkey {
	return Passkey{ID: r.ID, Employee: domain.EmployeeID(r.EmployeeID), Credential: r.Credential, COSE: r.COSE, PublicKey: r.PublicKey,
		Algorithm: r.Algorithm, Site: r.Site, AAGUID: r.AAGUID, Transports: r.Transports, Synced: r.Synced, Counter: uint32(r.Counter), //nolint:gosec // written from one
		Name: r.Name, ProofKey: r.ProofKey, Proof: r.Proof, CreatedAt: r.CreatedAt.UTC(), UsedAt: r.UsedAt, EndedAt: r.EndedAt, EndedBy: r.EndedBy}
}

// PasskeysOf lists a person's passkeys that hold, the oldest first; at most 100.
func (s *Store) PasskeysOf(ctx context.Context, person domain.EmployeeID) ([]Passkey, error) {
	var rows []PasskeyRow
	err := s.db(ctx).Where("employee_id = ? AND ended_at IS NULL", string(person)).Order("created_at, id").Limit(100).Find(&rows).Error
	out := make([]Passkey, len(rows))
	for i, r := range rows {
		out[i] = r.passkey()
	}
	return out, clean("listing passkeys", err)
}

// PasskeyBy finds a passkey by the authenticator's id of it, also one that ended: the caller looks.
func (s *Store) PasskeyBy(ctx context.Context, credential []byte) (Passkey, error) {
	var row PasskeyRow
	err := s.db(ctx).Where("credential = ?", credential).Take(&row).Error
	return row.passkey(), clean("looking a passkey up", err)
}

// RenamePasskey gives one of a person's passkeys another name; ErrNotFound when they have none with this id.
func (s *Store) RenamePasskey(ctx context.Context, person domain.EmployeeID, id, name string) error {
	return s.onPasskey(ctx, "renaming a passkey", `UPDATE passkeys SET name = $3 WHERE id = $1 AND employee_id = $2 AND ended_at IS NULL`, id, string(person), name)
}

// EndPasskey ends one of a person's passkeys; by is person or counter. ErrNotFound when they have none with this id that
// holds.
func (s *Store) EndPasskey(ctx context.Context, person domain.EmployeeID, id, by string, at time.Time) error {
	const doing = "ending a passkey"
	if !isID(id) {
		return ErrNotFound
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE passkeys SET ended_at = $3, ended_by = $4 WHERE id = $1 AND employee_id = $2 AND ended_at IS NULL`, id, string(person), at, by)
		if err == nil && tag.RowsAffected() == 0 {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		return tellPasskey(ctx, tx, NewsPasskeyRemoved, person, id, at)
	})
	if err == nil {
		s.hub.WakeRelay()
	}
	return clean(doing, err)
}

// Kinds of news about a person's own keys, of the subject passkey: they go to the person at once, for whoever holds a key signs
// in and signs as them.
const (
	NewsPasskeyAdded   = "passkey_added"
	NewsPasskeyRemoved = "passkey_removed"
)

// tellPasskey leaves the news that a passkey was added or removed, and its mail, in the transaction that did it.
func tellPasskey(ctx context.Context, tx pgx.Tx, kind string, person domain.EmployeeID, key string, at time.Time) error {
	_, err := tx.Exec(ctx, `WITH told AS (
  INSERT INTO notifications (id, person_id, kind, subject, subject_id, key, created_at)
  VALUES ($1, $2, $3::text, 'passkey', $4::uuid, $3::text || ':' || $4::uuid, $5)
  ON CONFLICT (key) DO NOTHING RETURNING id, key)
INSERT INTO outbox (kind, key, payload, due_at, created_at)
SELECT 'mail', 'mail:' || told.key, jsonb_build_object('notification', told.id), now(), now() FROM told ON CONFLICT (key) DO NOTHING`,
		newID(), string(person), kind, key, at)
	return err
}

func (s *Store) onPasskey(ctx context.Context, doing, query string, args ...any) error {
	if id, _ := args[0].(string); !isID(id) {
		return ErrNotFound
	}
	tag, err := s.pool.Exec(ctx, query, args...)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return clean(doing, err)
}

// PutChallenge keeps what a passkey is asked to sign.
func (s *Store) PutChallenge(ctx context.Context, c PasskeyChallenge) error {
	_, err := s.pool.Exec(ctx, `
INSERT INTO passkey_challenges (id, purpose, employee_id, session_id, subject, digest, nonce, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, c.Purpose, orNull(string(c.Employee)), c.Session, c.Subject, c.Digest, c.Nonce, c.CreatedAt, c.ExpiresAt)
	return clean("keeping a challenge", err)
}

// Challenge is what a passkey was asked to sign, also when it was answered or is too old: the caller looks.
func (s *Store) Challenge(ctx context.Context, id string) (PasskeyChallenge, error) {
	if !isID(id) {
		return PasskeyChallenge{}, ErrNotFound
	}
	var r PasskeyChallengeRow
	err := s.db(ctx).Where("id = ?", id).Take(&r).Error
	c := PasskeyChallenge{ID: r.ID, Purpose: r.Purpose, Session: r.SessionID, Subject: r.Subject, Digest: r.Digest, Nonce: r.Nonce,
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), UsedAt: r.UsedAt, Answer: r.AnswerHash, Outcome: r.Outcome}
	if r.EmployeeID != nil {
		c.Employee = domain.EmployeeID(*r.EmployeeID)
	}
	return c, clean("looking a challenge up", err)
}

// Enrol stores a passkey as the answer to a challenge, both or neither: ErrChallengeUsed when it was answered before,
// ErrPasskeyKnown when somebody enrolled it.
func (s *Store) Enrol(ctx context.Context, challenge string, answer, outcome []byte, k Passkey) error {
	return s.answering(ctx, "enrolling a passkey", challenge, answer, outcome, k.CreatedAt, func(tx pgx.Tx) error {
		transports := k.Transports
		if transports == nil {
			transports = []string{}
		}
		_, err := tx.Exec(ctx, `
INSERT INTO passkeys (id, employee_id, credential, cose, public_key, algorithm, site, aaguid, transports, synced, counter, name, proof_key, proof, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			k.ID, string(k.Employee), k.Credential, k.COSE, k.PublicKey, k.Algorithm, k.Site, k.AAGUID, transports, k.Synced, int64(k.Counter), k.Name,
			k.ProofKey, k.Proof, k.CreatedAt)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.ConstraintName == "passkeys_credential_key" {
			return ErrPasskeyKnown
		}
		if err != nil {
			return err
		}
		return tellPasskey(ctx, tx, NewsPasskeyAdded, k.Employee, k.ID, k.CreatedAt)
	})
}

// UsePasskey takes a passkey's answer to a challenge: the challenge is used up and the counter kept, both or neither.
// ErrChallengeUsed when it was answered before, ErrCounterBack when the counter did not rise (an authenticator that does
// not count stays at 0), ErrNotFound when the passkey ended meanwhile.
func (s *Store) UsePasskey(ctx context.Context, challenge string, answer, outcome []byte, key string, counter uint32, at time.Time) error {
	return s.answering(ctx, "using a passkey", challenge, answer, outcome, at, func(tx pgx.Tx) error {
		var before int64
		if err := tx.QueryRow(ctx, `SELECT counter FROM passkeys WHERE id = $1 AND ended_at IS NULL FOR UPDATE`, key).Scan(&before); err != nil {
			return err
		}
		if now := int64(counter); now <= before && (now != 0 || before != 0) {
			return ErrCounterBack
		}
		_, err := tx.Exec(ctx, `UPDATE passkeys SET counter = $2, used_at = $3 WHERE id = $1`, key, int64(counter), at)
		return err
	})
}

// answering uses a challenge up in one transaction with what its answer does.
func (s *Store) answering(ctx context.Context, doing, challenge string, answer, outcome []byte, at time.Time, then func(pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE passkey_challenges SET used_at = $2, answer_hash = $3, outcome = $4::jsonb WHERE id = $1 AND used_at IS NULL AND expires_at > $2`,
			challenge, at, answer, orNull(string(outcome)))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrChallengeUsed
		}
		return then(tx)
	})
	for _, own := range []error{ErrChallengeUsed, ErrPasskeyKnown, ErrCounterBack} {
		if errors.Is(err, own) {
			return fmt.Errorf("%s: %w", doing, own)
		}
	}
	return clean(doing, err)
}

// SweepChallenges deletes the challenges made before a time, and returns how many.
func (s *Store) SweepChallenges(ctx context.Context, before time.Time) (int, error) {
	tag, err := s.pool.Exec(ctx, `DELETE FROM passkey_challenges WHERE created_at < $1`, before)
	return int(tag.RowsAffected()), clean("sweeping challenges", err)
}

// SessionOf is one of a person's sessions by its id; ErrNotFound when it is none of theirs or ended.
func (s *Store) SessionOf(ctx context.Context, person domain.EmployeeID, id string) (Session, error) {
	if !isID(id) {
		return Session{}, ErrNotFound
	}
	var row SessionRow
	err := s.db(ctx).Where("id = ? AND employee_id = ? AND ended_at IS NULL", id, string(person)).Take(&row).Error
	return row.session(), clean("looking a session up", err)
}

// ConfirmSession notes that the person at a session showed that it is still they.
func (s *Store) ConfirmSession(ctx context.Context, person domain.EmployeeID, id string, at time.Time) error {
	return clean("confirming a session", s.db(ctx).Exec(`UPDATE sessions SET confirmed_at = ? WHERE id = ? AND employee_id = ? AND ended_at IS NULL`, at, id, string(person)).Error)
}
