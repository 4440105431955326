package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/codec"
)

const kindNote = "note"

// sealNote seals what somebody wrote beside a delegation, under a key of its own: destroying the key leaves the
// delegation as evidence.
func (s *Service) sealNote(delegation, text string, by domain.EmployeeID, at time.Time) (store.Sealed, error) {
	wrapped, err := s.cfg.Keyring.NewCaseKey(delegation)
	if err != nil {
		return store.Sealed{}, fmt.Errorf("make the key of a note: %w", err)
	}
	o, _, err := s.seal(wrapped, delegation, newID(), kindNote, Upload{MediaType: "text/plain; charset=utf-8", Data: []byte(text)}, by, at)
	return store.Sealed{Key: wrapped, Object: o}, err
}

// notesOf opens the notes of delegations, by the delegation. What was shredded or cannot be opened is left out.
func (s *Service) notesOf(ctx context.Context, ds []store.DelegationRec) (map[string]string, error) {
	var ids []string
	out := map[string]string{}
	for _, d := range ds {
		switch {
		case d.NoteID != "":
			ids = append(ids, d.ID)
		case d.PlainNote != "":
			out[d.ID] = d.PlainNote
		}
	}
	sealed, err := s.cfg.Store.Notes(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, n := range sealed {
		text, err := s.cfg.Keyring.Open(n.Key, id, n.Object.ID, n.Object.SHA256, n.Object.Body)
		if err != nil {
			if !errors.Is(err, codec.ErrShredded) {
				s.log.ErrorContext(ctx, "a note cannot be opened", "delegation", id, "error", err)
			}
			continue
		}
		out[id] = string(text)
	}
	return out, nil
}

// sealNotes seals the notes that lie open from before, and returns how many.
func (s *Service) sealNotes(ctx context.Context) (int, error) {
	n := 0
	for {
		list, err := s.cfg.Store.PlainNotes(ctx, 100)
		if err != nil || len(list) == 0 {
			return n, err
		}
		for _, p := range list {
			sealed, err := s.sealNote(p.Delegation, p.Text, domain.EmployeeID(p.By), p.At)
			if err != nil {
				return n, err
			}
			if err := s.cfg.Store.SealNote(ctx, sealed); err != nil {
				return n, fmt.Errorf("seal the note of delegation %s: %w", p.Delegation, err)
			}
			n++
		}
	}
}
