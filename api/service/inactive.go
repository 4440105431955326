package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// The daily look at inactive members (R2.2.2, semantics 2). Each group is looked at once a day, one after the other: what its
// platform knows is asked first, then the rule says who is told, kept or removed, and the group does it by an act of its own.
const (
	heardEvery = 10 * time.Minute
	heardHour  = newsHour // of the company's day: what follows is in the morning's mail
	heardLease = 5 * time.Minute
	heardPage  = 50
	heardMost  = 200                  // people of one act
	heardBack  = 24 * time.Hour       // asked again, so that nothing falls between two looks
	heardFirst = 400 * 24 * time.Hour // how far the first look goes back
)

// InactiveLook is what one round came to.
type InactiveLook struct {
	Groups int // looked at
	Told   int // acts asked for
	Blind  int // groups of which nobody can say who does something
	Later  int // groups whose platform did not answer: they are looked at again
}

// LookForInactive looks at every group that was not looked at today. Any number of processes may do it, and one that is cut
// off is made up for by the next.
func (s *Service) LookForInactive(ctx context.Context) (InactiveLook, error) {
	var out InactiveLook
	zone, err := s.zone(ctx)
	if err != nil {
		return out, err
	}
	day := s.now().In(zone).Add(-heardHour * time.Hour).Format(time.DateOnly)
	after := ""
	for ctx.Err() == nil {
		groups, err := s.cfg.Store.ClaimSilent(ctx, day, heardPage, heardLease, after)
		if err != nil || len(groups) == 0 {
			return out, err
		}
		slices.Sort(groups)
		for _, g := range groups {
			if err := s.lookAtSilence(ctx, g, day, zone, &out); err != nil {
				return out, err
			}
		}
		after = groups[len(groups)-1]
	}
	return out, ctx.Err()
}

// lookAtSilence looks at one group that this process has claimed.
func (s *Service) lookAtSilence(ctx context.Context, groupID, day string, zone *time.Location, out *InactiveLook) error {
	row, err := s.groupRow(ctx, groupID)
	if err != nil {
		return fmt.Errorf("read group %s: %w", groupID, err)
	}
	heard, err := s.hear(ctx, row, zone)
	if err != nil {
		return err
	}
	if !heard {
		out.Later++
		return s.cfg.Store.SettleSilent(ctx, row.ID, "")
	}
	out.Groups++
	told, blind, err := s.tellSilent(ctx, row, day)
	if err != nil {
		return err
	}
	out.Told += told
	if blind {
		out.Blind++
	}
	return s.cfg.Store.SettleSilent(ctx, row.ID, day)
}

// hear asks a group's platform who did something there since the last look. False: it does not answer now. A platform that
// cannot tell is no reason to wait: what was reported counts.
func (s *Service) hear(ctx context.Context, row *store.GroupRec, zone *time.Location) (bool, error) {
	conn, ok := s.cfg.Connectors[row.Doc.Platform]
	if !ok || row.Doc.PlatformID == "" {
		return true, nil
	}
	ear, ok := chat.Hears(conn)
	if !ok {
		return true, nil
	}
	known, source, err := s.cfg.Store.Silence(ctx, row.ID, []domain.EmployeeID{})
	if err != nil {
		return false, fmt.Errorf("read the activity in group %s: %w", row.ID, err)
	}
	now := s.now()
	since := now.Add(-heardFirst)
	if born := row.Doc.Life.Since; born.After(since) {
		since = born
	}
	if last := known.Seen.Until.Add(-heardBack); source == store.ActivityPlatform && last.After(since) {
		since = last
	}
	h, err := ear.ActivitySince(ctx, chat.Target{GroupID: row.ID, PlatformID: row.Doc.PlatformID, Name: row.Name, Tier: row.Doc.Tier}, since)
	if err != nil {
		f := chat.AsFault(err)
		s.log.WarnContext(ctx, "a chat platform does not say who is active", "platform", row.Doc.Platform, "code", f.Code)
		return !f.Retry && f.Code != chat.CodeTokenRevoked, nil
	}
	note := store.ActivityNote{Group: row.ID, Source: store.ActivityPlatform, Seen: domain.Span{From: h.From.UTC().Truncate(time.Microsecond), Until: now}}
	for _, d := range h.Done {
		if d.Employee != "" && !d.At.After(now) {
			note.Done = append(note.Done, store.Done{Person: d.Employee, Day: d.At.In(zone).Format(time.DateOnly)})
		}
	}
	if _, err := s.cfg.Store.NoteActivity(ctx, note, now, "seen:"+newID()); err != nil {
		return false, fmt.Errorf("note activity in group %s: %w", row.ID, err)
	}
	return true, nil
}

// tellSilent tells a group what the rule says of its members now, each purpose once a day. blind: nobody can say who is
// active there.
func (s *Service) tellSilent(ctx context.Context, row *store.GroupRec, day string) (told int, blind bool, err error) {
	silence, _, err := s.cfg.Store.Silence(ctx, row.ID, nil)
	if err != nil {
		return 0, false, fmt.Errorf("read the activity in group %s: %w", row.ID, err)
	}
	cal, err := s.cfg.Rules.Calendar(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("read the calendar: %w", err)
	}
	now := s.now()
	moves := domain.IdleMoves(row.Doc, domain.PlanSilence(row.Doc, silence, cal, now), now)
	for _, do := range domain.IdlePurposes {
		for n, people := range slices.Collect(slices.Chunk(moves[do], heardMost)) {
			ref := string(do) + ":" + day + ":" + strconv.Itoa(n)
			ok, err := s.cfg.Store.TellInactive(ctx, row.ID, ref, do, people)
			if err != nil {
				return told, false, fmt.Errorf("tell group %s of inactive members: %w", row.ID, err)
			}
			if ok {
				told++
			}
		}
	}
	return told, silence.Seen.Zero(), nil
}

// heardFrom keeps that somebody did something in a group just now: whoever has notice of their removal there is kept by it.
// Nothing is lost when it cannot be written: the day's look asks the platform again.
func (s *Service) heardFrom(ctx context.Context, c chat.Connector, e chat.Event) {
	if _, ok := chat.Hears(c); !ok || e.Actor == "" || e.PlatformID == "" || e.At.After(s.now().Add(time.Minute)) {
		return
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return
	}
	day := e.At.In(zone).Format(time.DateOnly)
	if !s.ears.first(c.Kind()+e.PlatformID, e.Actor, day) {
		return
	}
	err = func() error {
		id, err := s.cfg.Store.StandingOn(ctx, c.Kind(), e.PlatformID)
		if err != nil || id == "" {
			return err
		}
		note := store.ActivityNote{Group: id, Source: store.ActivityPlatform, Done: []store.Done{{Person: e.Actor, Day: day}}}
		_, err = s.cfg.Store.NoteActivity(ctx, note, s.now(), "seen:"+newID())
		return err
	}()
	if err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "activity on a chat platform is noted later", "platform", c.Kind(), "code", store.Code(err))
	}
}

// keepHeard looks for inactive members until ctx ends.
func (s *Service) keepHeard(ctx context.Context) {
	every := time.NewTicker(cmp.Or(s.cfg.InactiveEvery, heardEvery))
	defer every.Stop()
	for {
		switch n, err := s.LookForInactive(ctx); {
		case err != nil && ctx.Err() == nil:
			s.log.WarnContext(ctx, "inactive members are looked for later", "code", store.Code(err))
		case n.Told > 0:
			s.log.InfoContext(ctx, "inactive members", "groups", n.Groups, "told", n.Told, "blind", n.Blind)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
