package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/store"
)

// upkeepEvery is how often the service looks after what it stored. The first time is at the start.
const upkeepEvery = 6 * time.Hour

// What the upkeep sweeps: sealed objects of this age that nothing speaks of. What is younger may be on its way.
const (
	orphanAge = 24 * time.Hour
	orphanMem = 30 * 24 * time.Hour // older ones were looked at often enough
)

// Upkept says what one round of upkeep did.
type Upkept struct {
	Sealed int // notes that had lain open
	Swept  int // sealed objects that nothing spoke of
}

// Upkeep looks once after what the service stored. It is idempotent, and any number of processes may do it.
func (s *Service) Upkeep(ctx context.Context) (u Upkept, err error) {
	if u.Sealed, err = s.sealNotes(ctx); err != nil {
		return u, err
	}
	now := s.now()
	if _, err = s.cfg.Store.SweepChallenges(ctx, now.Add(-challengeKept)); err != nil {
		return u, err
	}
	if _, err = s.cfg.Store.SweepOutsiders(ctx, now.Add(-orphanAge)); err != nil {
		return u, err
	}
	u.Swept, err = s.cfg.Store.SweepObjects(ctx, now.Add(-orphanMem), now.Add(-orphanAge))
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
			s.log.InfoContext(ctx, "upkeep", "sealed", u.Sealed, "swept", u.Swept)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
