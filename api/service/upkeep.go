package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/store"
)

// upkeepEvery is how often the service looks after what it stored. The first time is at the start.
const upkeepEvery = 6 * time.Hour

// Upkept says what one round of upkeep did.
type Upkept struct {
	Sealed int // notes that had lain open
}

// Upkeep looks once after what the service stored. It is idempotent, and any number of processes may do it.
func (s *Service) Upkeep(ctx context.Context) (u Upkept, err error) {
	u.Sealed, err = s.sealNotes(ctx)
	return u, err
}

// keepUp does the upkeep until ctx ends.
func (s *Service) keepUp(ctx context.Context) {
	every := time.NewTicker(upkeepEvery)
	defer every.Stop()
	for {
		switch u, err := s.Upkeep(ctx); {
		case err != nil && ctx.Err() == nil:
			s.log.WarnContext(ctx, "the upkeep is done later", "code", store.Code(err))
		case u != (Upkept{}):
			s.log.InfoContext(ctx, "upkeep", "sealed", u.Sealed)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
