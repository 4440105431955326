package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Object is something kept outside the histories, sealed with its case's data key.
type Object struct {
	ID        string
	CaseID    string
	Kind      string // material, comment, attachment, evidence, note
	MediaType string
	FileName  string
	Size      int64  // of the plain content, bytes
	SHA256    string // of the plain content: sha256:…
	Body      []byte // sealed
	CreatedAt time.Time
	CreatedBy string // employee; empty: the system
}

const putObjectSQL = `
INSERT INTO objects (id, case_id, kind, media_type, file_name, size, sha256, body, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`

func (o Object) args() []any {
	return []any{o.ID, o.CaseID, o.Kind, o.MediaType, o.FileName, o.Size, o.SHA256, o.Body, o.CreatedAt, orNull(o.CreatedBy)}
}

// PutObject stores an object; one that exists under the id stays as it is.
func (s *Store) PutObject(ctx context.Context, o Object) error {
	_, err := s.pool.Exec(ctx, putObjectSQL, o.args()...)
	return clean("storing an object", err)
}

// PutObjects stores objects together, all or none; one that exists under its id stays as it is, and with it the others of the
// same call, which were stored with it.
func (s *Store) PutObjects(ctx context.Context, list []Object) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var b pgx.Batch
		for _, o := range list {
			b.Queue(putObjectSQL, o.args()...)
		}
		return tx.SendBatch(ctx, &b).Close()
	})
	return clean("storing objects", err)
}

// GetObject returns an object with its sealed body.
func (s *Store) GetObject(ctx context.Context, id string) (Object, error) {
	if !isID(id) {
		return Object{}, ErrNotFound
	}
	var o Object
	var by *string
	err := s.pool.QueryRow(ctx, `SELECT id::text, case_id::text, kind, media_type, file_name, size, sha256, body, created_at, created_by::text FROM objects WHERE id = $1`, id).
		Scan(&o.ID, &o.CaseID, &o.Kind, &o.MediaType, &o.FileName, &o.Size, &o.SHA256, &o.Body, &o.CreatedAt, &by)
	if by != nil {
		o.CreatedBy = *by
	}
	return o, clean("reading an object", err)
}

// ObjectsOf returns several objects of one case by id, sealed; ids of other cases are left out.
func (s *Store) ObjectsOf(ctx context.Context, caseID string, ids []string) (map[string]Object, error) {
	out := map[string]Object{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT id::text, kind, media_type, file_name, size, sha256, body, created_at FROM objects WHERE case_id = $1 AND id = ANY ($2::uuid[])`, caseID, ids)
	if err != nil {
		return nil, clean("reading objects", err)
	}
	o := Object{CaseID: caseID}
	_, err = pgx.ForEachRow(rows, []any{&o.ID, &o.Kind, &o.MediaType, &o.FileName, &o.Size, &o.SHA256, &o.Body, &o.CreatedAt}, func() error {
		out[o.ID] = o
		o.Body = nil
		return nil
	})
	return out, clean("reading objects", err)
}

// ObjectsAbout returns several objects of one case by id, without their bodies; ids of other cases are left out.
func (s *Store) ObjectsAbout(ctx context.Context, caseID string, ids []string) (map[string]Object, error) {
	out := map[string]Object{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := s.pool.Query(ctx, `SELECT id::text, kind, media_type, file_name, size, sha256, created_at FROM objects WHERE case_id = $1 AND id = ANY ($2::uuid[])`, caseID, ids)
	if err != nil {
		return nil, clean("reading about objects", err)
	}
	o := Object{CaseID: caseID}
	_, err = pgx.ForEachRow(rows, []any{&o.ID, &o.Kind, &o.MediaType, &o.FileName, &o.Size, &o.SHA256, &o.CreatedAt}, func() error {
		out[o.ID] = o
		return nil
	})
	return out, clean("reading about objects", err)
}

// FirstMaterial is the object of what a case was submitted with; later versions stand in the acts that brought them.
func (s *Store) FirstMaterial(ctx context.Context, caseID string) (string, error) {
	if !isID(caseID) {
		return "", ErrNotFound
	}
	var id string
	err := s.pool.QueryRow(ctx, `SELECT id::text FROM objects WHERE case_id = $1 AND kind = 'material' ORDER BY created_at, id LIMIT 1`, caseID).Scan(&id)
	return id, clean("finding the first material", err)
}

// PutCaseKey stores a case's wrapped data key. A key that exists stays: nothing sealed under it may become unreadable.
func (s *Store) PutCaseKey(ctx context.Context, caseID string, wrapped []byte) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO case_keys (case_id, wrapped, created_at) VALUES ($1, $2, $3) ON CONFLICT (case_id) DO NOTHING`, caseID, wrapped, now())
	return clean("storing a case's key", err)
}

// CaseKey returns a case's wrapped data key; ErrShredded when it was destroyed, ErrNotFound when there never was one.
func (s *Store) CaseKey(ctx context.Context, caseID string) ([]byte, error) {
	if !isID(caseID) {
		return nil, ErrNotFound
	}
	var wrapped []byte
	err := s.pool.QueryRow(ctx, `SELECT wrapped FROM case_keys WHERE case_id = $1`, caseID).Scan(&wrapped)
	if err == nil && wrapped == nil {
		return nil, ErrShredded
	}
	return wrapped, clean("reading a case's key", err)
}

// Shred destroys a case's data key: what was sealed under it can be read by nobody any more. It is idempotent.
func (s *Store) Shred(ctx context.Context, caseID string) error {
	tag, err := s.pool.Exec(ctx, `UPDATE case_keys SET wrapped = NULL, shredded_at = coalesce(shredded_at, $2) WHERE case_id = $1`, caseID, now())
	if err == nil && tag.RowsAffected() == 0 {
		return ErrNotFound
	}
	return clean("destroying a case's key", err)
}
