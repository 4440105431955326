package service

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/store"
)

// watchAgain is how long the watcher waits before it asks a lost platform again, doubled up to watchMost.
const (
	watchAgain = time.Second
	watchMost  = time.Minute
)

// watch listens to every platform that tells what happens, until ctx ends. What it hears is never believed alone: it says
// where to look soon (semantics 2: drift is found by looking).
func (s *Service) watch(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { s.keepAnnounced(ctx) })
	wg.Go(func() { s.keepScheduled(ctx) })
	for _, c := range s.cfg.Connectors {
		if slices.Contains(c.Can(), chat.CanWatch) {
			wg.Go(func() { s.watchOne(ctx, c) })
		}
	}
	wg.Wait()
}

func (s *Service) watchOne(ctx context.Context, c chat.Connector) {
	soon := newSoon(ctx, func(group string) error { return s.lookSoon(ctx, c.Kind(), group) })
	defer soon.wait()
	pause := watchAgain
	for ctx.Err() == nil {
		begun := time.Now()
		err := c.Watch(ctx, func(ctx context.Context, e chat.Event) error { return s.heard(ctx, c, soon, e) })
		if ctx.Err() != nil {
			return
		}
		if time.Since(begun) > watchMost {
			pause = watchAgain
		}
		s.log.WarnContext(ctx, "a chat platform is not heard", "platform", c.Kind(), "code", chat.AsFault(err).Code, "again", pause.String())
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, watchMost)
	}
}

// heard takes one event. An error has it come again.
func (s *Service) heard(ctx context.Context, c chat.Connector, soon *soon, e chat.Event) error {
	switch e.Kind {
	case chat.EventToBot:
		err := s.answerBot(ctx, c, e)
		if err != nil && s.now().Sub(e.At) < time.Minute {
			s.log.WarnContext(ctx, "a question to the bot is answered later", "platform", c.Kind(), "code", store.Code(err))
			return err
		}
		return nil // too late to be of use, and nothing that comes after shall wait for it
	case chat.EventMessage:
		soon.look(e.PlatformID, true)
		s.heardFrom(ctx, c, e)
	case chat.EventJoined, chat.EventLeft, chat.EventSettings, chat.EventDeleted, chat.EventNewGroup:
		soon.look(e.PlatformID, false)
	case chat.EventReconnect: // what was missed is found by the next look at all
	}
	return nil
}

// keepAnnounced keeps it on record on which platforms this process can send to one person, until ctx ends.
func (s *Service) keepAnnounced(ctx context.Context) {
	for {
		again := 6 * time.Hour
		if err := s.AnnounceChat(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "cards begin later", "code", store.Code(err))
			again = 10 * time.Second
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(again):
		}
	}
}
