package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/qunbei/qunbei/models/domain"
)

// MailLinkRec is a link in a mail as it is on record: what it is for, and the hash of its text.
type MailLinkRec struct {
	domain.MailLink
	Key          string // which key signed it
	Hash         []byte
	Notification string // whose mail carries it
	Created      time.Time
	Used         time.Time // zero: not used
}

const mailLinkColumns = `id::text, person_id::text, case_id::text, slot, digest, version, expires_at, act_id::text, key_id, hash, notification_id::text,
  created_at, coalesce(used_at, 'epoch'::timestamptz)`

func (s *Store) mailLink(ctx context.Context, where string, args ...any) (MailLinkRec, error) {
	var l MailLinkRec
	err := s.pool.QueryRow(ctx, `SELECT `+mailLinkColumns+` FROM mail_links WHERE `+where, args...).Scan(&l.ID, &l.Person, &l.Case, &l.Slot,
		&l.Digest, &l.Version, &l.Expires, &l.Act, &l.Key, &l.Hash, &l.Notification, &l.Created, &l.Used)
	if err != nil {
		return MailLinkRec{}, clean("looking a mail's link up", err)
	}
	l.Expires, l.Created = l.Expires.UTC(), l.Created.UTC()
	if l.Used = l.Used.UTC(); l.Used.Unix() == 0 {
		l.Used = time.Time{}
	}
	return l, nil
}

// MailLinkOf is the link that a notification's mail carries, as one key signed it; ErrNotFound when there is none yet.
func (s *Store) MailLinkOf(ctx context.Context, notification, key string) (MailLinkRec, error) {
	return s.mailLink(ctx, `notification_id = $1 AND key_id = $2`, notification, key)
}

// MailLinkBy finds a link by the hash of its text.
func (s *Store) MailLinkBy(ctx context.Context, hash []byte) (MailLinkRec, error) {
	return s.mailLink(ctx, `hash = $1`, hash)
}

// PutMailLink puts a link on record; false when the mail has one by this key already.
func (s *Store) PutMailLink(ctx context.Context, l MailLinkRec) (bool, error) {
	var id string
	err := s.pool.QueryRow(ctx, `
INSERT INTO mail_links (id, person_id, case_id, slot, digest, version, expires_at, act_id, key_id, hash, notification_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (notification_id, key_id) DO NOTHING RETURNING id::text`,
		l.ID, string(l.Person), l.Case, l.Slot, l.Digest, l.Version, l.Expires, l.Act, l.Key, l.Hash, l.Notification, l.Created).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, clean("putting a mail's link on record", err)
}

// UseMailLink notes that the decision made by a link was taken. Noting it again is nothing.
func (s *Store) UseMailLink(ctx context.Context, id string, at time.Time) error {
	_, err := s.pool.Exec(ctx, `UPDATE mail_links SET used_at = $2, ended_reason = 'used' WHERE id = $1 AND used_at IS NULL`, id, at)
	return clean("noting the use of a mail's link", err)
}

// EndMailLink notes why somebody who tried a link was refused; reason is a code.
func (s *Store) EndMailLink(ctx context.Context, id, reason string) error {
	_, err := s.pool.Exec(ctx, `UPDATE mail_links SET ended_reason = $2 WHERE id = $1 AND used_at IS NULL AND ended_reason <> $2`, id, reason)
	return clean("noting why a mail's link ended", err)
}
