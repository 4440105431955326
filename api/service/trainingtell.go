package service

import (
	"context"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// subjectTraining is what news about trainings are about.
const subjectTraining = "training"

// trainingsEvery is how often the service looks for trainings that end: reminders count by days, and the end itself is
// found by the gate's own clock too.
const trainingsEvery = 10 * time.Minute

// trainingsAtOnce bounds what is read in one go.
const trainingsAtOnce = 200

// TellTrainings tells people of the coming end of their trainings, 30, 7 and 1 days before, and of the end itself; the gates
// of their groups hear of the end by the outbox. Any number of processes may do it: each notice goes out once. It returns
// how many were told.
func (s *Service) TellTrainings(ctx context.Context) (int, error) {
	n := 0
	var after store.TrainingRow
	for {
		list, err := s.cfg.Store.DueTrainings(ctx, trainingSoon, after, trainingsAtOnce)
		if err != nil || len(list) == 0 {
			return n, err
		}
		now := s.now()
		for _, t := range list {
			days := domain.RemindTraining(trainingOf(t), t.Reminded, now)
			if days == 0 && trainingOf(t).StateAt(now) != domain.TrainingLapsed {
				continue
			}
			told, err := s.cfg.Store.TellTraining(ctx, t, days)
			if err != nil {
				return n, err
			}
			if told {
				n++
			}
		}
		after = list[len(list)-1]
	}
}

// keepTold tells of trainings that end, until ctx ends.
func (s *Service) keepTold(ctx context.Context) {
	every := time.NewTicker(trainingsEvery)
	defer every.Stop()
	for {
		switch n, err := s.TellTrainings(ctx); {
		case err != nil && ctx.Err() == nil:
			s.log.WarnContext(ctx, "the end of trainings is told later", "code", store.Code(err))
		case n > 0:
			s.log.InfoContext(ctx, "trainings end", "told", n)
			s.poke()
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
