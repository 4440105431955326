package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
)

// The relay's measures.
const (
	relayLease   = 45 * time.Second // longer than any entry takes; one whose holder died comes back after it
	relayPoll    = time.Second
	relayFirst   = time.Second // backoff, doubled each time
	relayMost    = 5 * time.Minute
	relayAttempt = 30 * time.Second // shorter than the lease
)

// lane carries out some kinds of entries, as many at once as it has hands, so that a mail server that does not answer
// holds up no start, and a long export no mail.
type lane struct {
	kinds []string
	hands int
	// gather is how long a lane that was woken waits for more, so that a busy hour does not ask the outbox for every act.
	gather time.Duration
}

var lanes = []lane{
	{[]string{store.OutboxStartCase, store.OutboxStartGroup, store.OutboxSignalDirectory, store.OutboxSweepDirectory,
		store.OutboxSignalCalendar, store.OutboxSweepCalendar, store.OutboxSignalGroup, store.OutboxRevokeCase, store.OutboxApplyChange,
		store.OutboxClearance, store.OutboxAskNDA, store.OutboxEndNDA,
		store.OutboxStartPost, store.OutboxStartNDA, store.OutboxSignalNDA, store.OutboxSweepNDA}, 16, 30 * time.Millisecond},
	{[]string{store.OutboxMail, store.OutboxGroupNews, store.OutboxDelegation, store.OutboxNDACode, store.OutboxNDANews, store.OutboxOutsiderLink}, 8, 250 * time.Millisecond},
	{[]string{store.OutboxChat, store.OutboxChatCards}, 4, 100 * time.Millisecond},
	{[]string{store.OutboxExportHistory}, 2, time.Second},
	{[]string{store.OutboxTemplateMaterial, store.OutboxTemplateWithdrawn}, 1, time.Second},
}

// fate says what becomes of an entry that could not be carried out now. Code is a stable word for the row, without
// content; the cause goes to the log.
type fate struct {
	code     string
	after    time.Duration // 0: by the usual backoff
	cause    error
	expected bool // nothing is wrong: it is only too early
}

func (f *fate) Error() string { return fmt.Sprintf("%s: %v", f.code, f.cause) }

func (f *fate) Unwrap() error { return f.cause }

// Relay carries out what transactions left in the outbox: starts, signals, exports, mails (temporal.md 12, 14). It
// returns when ctx ends, after the entries at work have ended. Any number of processes may run one.
func (s *Service) Relay(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { s.keepUp(ctx) })
	wg.Go(func() { s.watch(ctx) })
	wg.Go(func() { s.keepTold(ctx) })
	wg.Go(func() { s.keepHeard(ctx) })
	wakes := make([]chan struct{}, len(lanes))
	for i, l := range lanes {
		l.kinds = slices.DeleteFunc(slices.Clone(l.kinds), func(k string) bool { return slices.Contains(s.cfg.Hold, k) })
		wakes[i] = make(chan struct{}, 1)
		if len(l.kinds) > 0 { // no kinds would mean all
			wg.Go(func() { s.run(ctx, l, wakes[i]) })
		}
	}
	wg.Go(func() { s.maintain(ctx) })
	for {
		select {
		case <-ctx.Done():
			wg.Wait()
			return nil
		case <-s.cfg.Store.Hub().Relay():
			for _, w := range wakes {
				select {
				case w <- struct{}{}:
				default: // it is awake already
				}
			}
		}
	}
}

// run works one lane until ctx ends: when woken, and from time to time in any case.
func (s *Service) run(ctx context.Context, l lane, wake <-chan struct{}) {
	poll := time.NewTicker(relayPoll)
	defer poll.Stop()
	away := false
	for ctx.Err() == nil {
		n, err := s.sweep(ctx, l)
		if err != nil && !away && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the outbox cannot be read now", "code", store.Code(err))
		}
		if away = err != nil; away {
			s.astray.Store(true) // entries may have been claimed, and the answer lost
		}
		if n == l.hands {
			continue // more may wait
		}
		select {
		case <-ctx.Done():
		case <-wake:
			select {
			case <-ctx.Done():
			case <-time.After(l.gather):
			}
		case <-poll.C:
		}
	}
}

// sweep carries out what is due now, once, and returns how many entries it took. What was begun is finished, or fails
// by its own time, when the process is told to stop.
func (s *Service) sweep(ctx context.Context, l lane) (int, error) {
	entries, err := s.cfg.Store.Claim(ctx, l.kinds, l.hands, relayLease)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	work := context.WithoutCancel(ctx)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var done []int64
	for _, e := range entries {
		wg.Go(func() {
			if s.carry(work, e) {
				mu.Lock()
				done = append(done, e.ID)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(done) == 0 {
		return len(entries), nil
	}
	settle, stop := context.WithTimeout(work, 5*time.Second)
	defer stop()
	if err := s.cfg.Store.Done(settle, done...); err != nil {
		// They come back when their lease ends, and are carried out again to no effect.
		s.log.WarnContext(ctx, "outbox entries are settled later", "entries", len(done), "code", store.Code(err))
	}
	return len(entries), nil
}

// carry carries out one entry; one that could not be is given back for later.
func (s *Service) carry(ctx context.Context, e store.Entry) bool {
	ctx, cancel := context.WithTimeout(ctx, relayAttempt)
	defer cancel()
	err := s.handle(ctx, e)
	if err == nil {
		return true
	}
	f := fateOf(err, e.Attempts)
	if !f.expected {
		s.log.WarnContext(ctx, "an outbox entry is tried again", "kind", e.Kind, "attempts", e.Attempts, "code", f.code, "after", f.after.String(), "error", f.cause)
	}
	settle, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if err := s.cfg.Store.Fail(settle, e.ID, f.code, f.after); err != nil {
		s.astray.Store(true)
		s.log.WarnContext(ctx, "an outbox entry comes back when its lease ends", "kind", e.Kind, "code", store.Code(err))
	}
	return false
}

// fateOf names a fault and says when to try again.
func fateOf(err error, attempts int) fate {
	var f *fate
	out := fate{code: "failed", cause: err}
	switch {
	case errors.As(err, &f):
		out = *f
	case errors.Is(err, errEngineAway):
		out.code = "engine_unavailable"
	case errors.Is(err, errEngineBusy):
		out.code = "engine_busy"
	case store.Unavailable(err):
		out.code = "database_unavailable"
	}
	if out.after == 0 {
		out.after = backoff(attempts)
	}
	return out
}

// backoff doubles from a second to five minutes.
func backoff(attempts int) time.Duration {
	d := relayFirst
	for i := 1; i < attempts && d < relayMost; i++ {
		d *= 2
	}
	return min(d, relayMost)
}

// handle carries out one entry. Every kind may be carried out twice: a start is once by its id, a signal by its act's,
// an export and a mail by their key.
func (s *Service) handle(ctx context.Context, e store.Entry) error {
	switch e.Kind {
	case store.OutboxStartCase:
		return with(e, func(p store.StartCase) error { return s.relayStartCase(ctx, p) })
	case store.OutboxStartGroup:
		return with(e, func(p store.StartGroup) error { return s.relayStartGroup(ctx, p) })
	case store.OutboxSignalDirectory:
		return with(e, func(p store.SignalDirectory) error {
			return s.relayChange(ctx, p.CaseID, domain.Act{ID: fmt.Sprintf("sys:directory:%d", p.Revision), Kind: domain.ActDirectory, At: s.now()})
		})
	case store.OutboxSweepDirectory:
		return with(e, func(p store.SweepDirectory) error {
			_, err := s.cfg.Store.SweepDirectory(ctx, p.Revision)
			return err
		})
	case store.OutboxSignalCalendar:
		return with(e, func(p store.SignalCalendar) error {
			return s.relayChange(ctx, p.CaseID, domain.Act{ID: "sys:calendar:" + p.Calendar, Kind: domain.ActCalendar, At: s.now()})
		})
	case store.OutboxSweepCalendar:
		return with(e, func(p store.SweepCalendar) error {
			_, err := s.cfg.Store.SweepCalendar(ctx, p.Calendar)
			return err
		})
	case store.OutboxRevokeCase:
		return with(e, func(p store.RevokeCase) error { return s.relayRevokeCase(ctx, p) })
	case store.OutboxApplyChange:
		return with(e, func(p store.ApplyChange) error { return s.relayApplyChange(ctx, p) })
	case store.OutboxSignalGroup:
		return with(e, func(p store.SignalGroup) error { return s.relayGroup(ctx, p) })
	case store.OutboxClearance:
		return with(e, func(p store.Clearance) error {
			_, err := s.cfg.Store.TellCleared(ctx, p, strconv.FormatInt(e.ID, 10))
			return err
		})
	case store.OutboxAskNDA:
		return with(e, func(p store.AskNDA) error { return s.AskNDA(ctx, p.Group, p.People) })
	case store.OutboxEndNDA:
		return with(e, func(p store.EndNDA) error {
			_, err := s.cfg.Store.EndNDAs(ctx, p, strconv.FormatInt(e.ID, 10))
			return err
		})
	case store.OutboxStartPost:
		return with(e, func(p store.StartPost) error { return s.startPost(ctx, p.Post) })
	case store.OutboxStartNDA:
		return with(e, func(p store.StartNDA) error { return s.startNDA(ctx, p.NDA) })
	case store.OutboxSignalNDA:
		return with(e, func(p store.SignalNDA) error { return s.relayNDA(ctx, p) })
	case store.OutboxSweepNDA:
		return with(e, func(p store.SweepNDA) error {
			_, err := s.cfg.Store.SweepNDAs(ctx, p)
			return err
		})
	case store.OutboxExportHistory:
		return with(e, func(p store.ExportHistory) error {
			if p.Earlier {
				return s.exportEarlier(ctx, p.Workflow)
			}
			return s.exportHistory(ctx, p.Workflow)
		})
	case store.OutboxDelegation:
		return with(e, func(p store.DelegationBegins) error {
			if p.Over {
				return s.delegationOver(ctx, p.Delegation)
			}
			return s.delegationBegins(ctx, p.Delegation)
		})
	case store.OutboxChat:
		return with(e, func(p store.Mail) error { return s.sendCard(ctx, p.Notification) })
	case store.OutboxChatCards:
		return with(e, func(p store.ChatCards) error { return s.showOutcomes(ctx, p.CaseID) })
	case store.OutboxTemplateMaterial:
		return with(e, func(p store.TemplateSweep) error { return s.tellAgain(ctx, p) })
	case store.OutboxTemplateWithdrawn:
		return with(e, func(p store.TemplateSweep) error { return s.tellWithdrawn(ctx, p) })
	case store.OutboxMail:
		return with(e, func(p store.Mail) error { return s.sendMail(ctx, p.Notification) })
	case store.OutboxNDACode:
		return with(e, func(p store.NDACodeMail) error { return s.sendNDACode(ctx, p) })
	case store.OutboxOutsiderLink:
		return with(e, func(p store.OutsiderLinkMail) error { return s.sendOutsiderLink(ctx, p) })
	case store.OutboxNDANews:
		return with(e, func(p store.NDANews) error { return s.sendNDANews(ctx, p) })
	case store.OutboxGroupNews:
		return with(e, func(p store.GroupNews) error { return s.sendGroupNews(ctx, p) })
	}
	return &fate{code: "unknown_kind", after: relayMost, cause: errors.New("no hand for this kind of entry")}
}

func with[T any](e store.Entry, do func(T) error) error {
	var p T
	if err := e.Into(&p); err != nil {
		return &fate{code: "unreadable", after: relayMost, cause: err}
	}
	return do(p)
}

// relayStartCase starts a case whose submission could not, and marks it as started.
func (s *Service) relayStartCase(ctx context.Context, p store.StartCase) error {
	row, err := s.caseRow(ctx, p.CaseID)
	if err != nil {
		return err
	}
	if row.Status == domain.CaseSubmitted {
		if err := s.startCase(ctx, row.State, row.GroupID); err != nil {
			return err
		}
	}
	if err := s.cfg.Store.MarkStarted(ctx, p.CaseID); err != nil {
		return fmt.Errorf("mark case %s as started: %w", p.CaseID, err)
	}
	return nil
}

// relayStartGroup gives birth to an approved filing's group. Its first state follows from the case alone.
func (s *Service) relayStartGroup(ctx context.Context, p store.StartGroup) error {
	if p.CaseID == "" {
		return s.relayStartFound(ctx, p.GroupID)
	}
	row, err := s.caseRow(ctx, p.CaseID)
	if err != nil {
		return err
	}
	f, err := s.filing(ctx, row.ID, row.MaterialID)
	if err != nil {
		return err
	}
	if f == nil {
		return &fate{code: "shredded", after: relayMost, cause: fmt.Errorf("case %s was shredded before its group began", row.ID)}
	}
	if adopted, err := s.adopt(ctx, row, p.GroupID, *f); err != nil || adopted {
		return err
	}
	pol, err := s.cfg.Rules.Policy(ctx)
	if err != nil {
		return fmt.Errorf("read the rules for the life of groups: %w", err)
	}
	g := domain.NewGroup(p.GroupID, row.Number, row.ID, *f, row.State.Decided)
	g.Life = domain.NewLife(row.ID, *f, pol.LifeRules(), row.State.Decided)
	s.at("start_group.before_call")
	if err := s.start(ctx, workflows.GroupID(p.GroupID), workflows.GroupType, workflows.GroupInput{State: g}); err != nil {
		return fmt.Errorf("start the workflow of group %s: %w", p.GroupID, err)
	}
	s.at("start_group.after_call")
	return nil
}

// relayChange tells an open case that the directory or the calendar moved on. A case that has ended has nothing to find
// out again.
func (s *Service) relayChange(ctx context.Context, caseID string, d domain.Act) error {
	err := s.signal(ctx, time.Now().Add(s.cfg.MaxWait), workflows.CaseID(caseID), workflows.SignalAct, d)
	if !errors.Is(err, errNotRunning) {
		return err
	}
	started, err := s.startLate(ctx, caseID)
	if err != nil || !started {
		return err
	}
	return s.signal(ctx, time.Now().Add(s.cfg.MaxWait), workflows.CaseID(caseID), workflows.SignalAct, d)
}
