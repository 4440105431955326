package service

import (
	"context"
	"errors"

	"github.com/qunbei/qunbei/models/store"
)

// templateUses counts the agreements made from a text.
func (s *Service) templateUses(ctx context.Context, sha string) (u TemplateUses, err error) {
	u.Open, u.Force, err = s.cfg.Store.TextUses(ctx, sha)
	return u, err
}

// onRecord tells whether a file is a document that was sealed here.
func (s *Service) onRecord(ctx context.Context, sha string) (bool, error) {
	return s.cfg.Store.KnowsDocument(ctx, sha)
}

// tellAgain asks the signers of earlier texts to sign again, when a material version begins and some times after it.
func (s *Service) tellAgain(ctx context.Context, p store.TemplateSweep) error {
	_, err := s.cfg.Store.TellAgain(ctx, p.Template, p.Round)
	return gone(err)
}

// tellWithdrawn makes void what a withdrawn version asked for.
func (s *Service) tellWithdrawn(ctx context.Context, p store.TemplateSweep) error {
	return gone(s.cfg.Store.TellWithdrawn(ctx, p.Template))
}

// gone is no fault: there is nothing left to tell of what is not there.
func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
