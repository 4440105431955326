package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// seal makes an object of a case from plain content: encrypted with the case's key, known by the digest of what is
// stored (temporal.md 18).
func (s *Service) seal(wrapped []byte, caseID, id, kind string, up Upload, by domain.EmployeeID, at time.Time) (store.Object, domain.Ref, error) {
	body, sum, err := s.cfg.Keyring.Seal(wrapped, caseID, id, up.Data)
	if err != nil {
		return store.Object{}, domain.Ref{}, fmt.Errorf("seal an object of case %s: %w", caseID, err)
	}
	size := int64(len(up.Data))
	o := store.Object{
		ID: id, CaseID: caseID, Kind: kind, MediaType: up.MediaType, FileName: up.Name, Size: size, SHA256: sum, Body: body,
		CreatedAt: at, CreatedBy: string(by),
	}
	return o, domain.Ref{Object: id, SHA256: sum, Size: size}, nil
}

// keep seals content under a case's key and stores it before anything refers to it.
func (s *Service) keep(ctx context.Context, caseID, kind string, up Upload, by domain.EmployeeID) (*domain.Ref, error) {
	wrapped, err := s.cfg.Store.CaseKey(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("read the key of case %s: %w", caseID, err)
	}
	o, ref, err := s.seal(wrapped, caseID, newID(), kind, up, by, s.now())
	if err != nil {
		return nil, err
	}
	if err := s.cfg.Store.PutObject(ctx, o); err != nil {
		return nil, fmt.Errorf("store an object of case %s: %w", caseID, err)
	}
	return &ref, nil
}

// open decrypts an object of a case. shredded: the case's key was destroyed, and nobody can read it any more.
func (s *Service) open(ctx context.Context, caseID, id string) (up Upload, shredded bool, err error) {
	wrapped, err := s.cfg.Store.CaseKey(ctx, caseID)
	if errors.Is(err, store.ErrShredded) {
		return Upload{}, true, nil
	}
	if err != nil {
		return Upload{}, false, fmt.Errorf("read the key of case %s: %w", caseID, err)
	}
	o, err := s.cfg.Store.GetObject(ctx, id)
	if err != nil {
		return Upload{}, false, fmt.Errorf("read an object of case %s: %w", caseID, err)
	}
	data, err := s.cfg.Keyring.Open(wrapped, caseID, id, o.SHA256, o.Body)
	if err != nil {
		return Upload{}, false, fmt.Errorf("open an object of case %s: %w", caseID, err)
	}
	return Upload{Name: o.FileName, MediaType: o.MediaType, Data: data}, false, nil
}

// filing opens what a case asks for; nil when it was shredded.
func (s *Service) filing(ctx context.Context, caseID, material string) (*domain.Filing, error) {
	up, shredded, err := s.open(ctx, caseID, material)
	if err != nil || shredded {
		return nil, err
	}
	var f domain.Filing
	if err := json.Unmarshal(up.Data, &f); err != nil {
		return nil, fmt.Errorf("read the filing of case %s: %w", caseID, err)
	}
	return &f, nil
}

// texts opens the comments of a case at once, by object. What cannot be opened is left out.
func (s *Service) texts(ctx context.Context, caseID string, ids []string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	wrapped, err := s.cfg.Store.CaseKey(ctx, caseID)
	if errors.Is(err, store.ErrShredded) {
		return out, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of case %s: %w", caseID, err)
	}
	objects, err := s.cfg.Store.ObjectsOf(ctx, caseID, ids)
	if err != nil {
		return nil, fmt.Errorf("read the comments of case %s: %w", caseID, err)
	}
	for id, o := range objects {
		text, err := s.cfg.Keyring.Open(wrapped, caseID, id, o.SHA256, o.Body)
		if err != nil {
			s.log.ErrorContext(ctx, "a comment cannot be opened", "case", caseID, "object", id, "error", err)
			continue
		}
		out[id] = string(text)
	}
	return out, nil
}

// FilingOf opens a case's filing for the activities.
func (s *Service) FilingOf(ctx context.Context, caseID string) (domain.Filing, error) {
	row, err := s.cfg.Store.Case(ctx, caseID)
	if err != nil {
		return domain.Filing{}, fmt.Errorf("read case %s: %w", caseID, err)
	}
	f, err := s.filing(ctx, caseID, row.MaterialID)
	if err != nil {
		return domain.Filing{}, err
	}
	if f == nil {
		return domain.Filing{}, fmt.Errorf("open the filing of case %s: %w", caseID, store.ErrShredded)
	}
	return *f, nil
}

// saidOf opens what was said of a group in its acts: under the key of its filing, or, before a group that was found had one,
// under its own.
func (s *Service) saidOf(ctx context.Context, row *store.GroupRec, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, key := range []string{row.CaseID, row.ID} {
		left := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, ok := out[id]; return ok })
		if key == "" || len(left) == 0 {
			continue
		}
		words, err := s.texts(ctx, key, left)
		if err != nil && !errors.Is(err, store.ErrNotFound) { // a group has a key of its own only if something was said before it was filed
			return nil, err
		}
		maps.Copy(out, words)
	}
	return out, nil
}
