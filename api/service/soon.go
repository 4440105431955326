package service

import (
	"context"
	"sync"
	"time"
)

// How soon a group is looked at after something happened there.
const (
	soonAfter   = 2 * time.Second  // so that what comes together is seen together
	soonApart   = 10 * time.Second // between two looks at one group
	soonActive  = time.Hour        // between two that only talk caused: activity counts by days
	soonAtMost  = 20_000           // groups remembered
	soonAtATime = 4
)

// soon gathers what happens in groups into few looks.
type soon struct {
	ctx  context.Context
	do   func(group string) error
	wg   sync.WaitGroup
	busy chan struct{}

	after, apart, active time.Duration

	mu      sync.Mutex
	waiting map[string]bool
	last    map[string]time.Time
}

func newSoon(ctx context.Context, do func(group string) error) *soon {
	return &soon{ctx: ctx, do: do, busy: make(chan struct{}, soonAtATime), after: soonAfter, apart: soonApart, active: soonActive, waiting: map[string]bool{}, last: map[string]time.Time{}}
}

// look has a group looked at soon; once, however often it is called until then. talk: only because somebody spoke.
func (s *soon) look(group string, talk bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, looked := s.last[group]
	wait := s.after
	switch {
	case s.waiting[group]:
		return
	case looked && talk && time.Since(last) < s.active:
		return
	case looked:
		wait = max(wait, s.apart-time.Since(last))
	}
	s.waiting[group] = true
	s.wg.Go(func() {
		select {
		case <-s.ctx.Done():
			return
		case <-time.After(wait):
		}
		select {
		case <-s.ctx.Done():
			return
		case s.busy <- struct{}{}:
		}
		defer func() { <-s.busy }()
		s.mu.Lock()
		delete(s.waiting, group) // what happens from now on is seen by another look
		if len(s.last) >= soonAtMost {
			clear(s.last)
		}
		s.last[group] = time.Now()
		s.mu.Unlock()
		if s.do(group) != nil {
			s.look(group, false) // one is under way that may have looked before, or the engine is away
		}
	})
}

// wait returns when nothing is under way, after ctx ended.
func (s *soon) wait() { s.wg.Wait() }
