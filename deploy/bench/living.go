package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/models/store/seed"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
)

// livingSignals is how many signals are timed, one after the other, to groups picked at random.
const livingSignals = 500

// worked is one worker with everything a living group needs: this process is the worker that is weighed.
type worked struct {
	c       client.Client
	w       worker.Worker
	st      *store.Store
	ids     []string
	mu      sync.Mutex
	waits   map[string]chan time.Time
	cal     *domain.Calendar
	rules   domain.LifeRules
	filings domain.Filing
}

// living starts so many groups on one worker, weighs it, times signals to them, and then has all of them wake at the same
// nine o'clock for a notice.
func living(ctx context.Context, o options, st *stack) error {
	l, err := newWorked(ctx, o, st)
	if err != nil {
		return err
	}
	defer func() { l.w.Stop(); l.c.Close(); _ = l.st.Close() }()
	began := time.Now()
	if err := l.bear(ctx, o.clients); err != nil {
		return err
	}
	born := time.Since(began)
	log.Printf("%d groups live after %s", len(l.ids), born.Round(time.Second))
	time.Sleep(10 * time.Second)
	runtime.GC()
	me, engine, base := pss(os.Getpid()), weigh(st.ready.PID), pss(st.postmaster())
	var lag []time.Duration
	for i := range livingSignals {
		d, err := l.signal(ctx, l.ids[(i*7919)%len(l.ids)])
		if err != nil {
			return err
		}
		lag = append(lag, d)
	}
	due, err := l.due(ctx)
	if err != nil {
		return err
	}
	log.Printf("signals timed; the notices are due at %s", due.Format(time.TimeOnly))
	late, err := l.notices(ctx, due)
	if err != nil {
		return err
	}
	slices.Sort(lag)
	slices.Sort(late)
	var b strings.Builder
	fmt.Fprintf(&b, "# Living groups\n\n%s, %d cores, %s. Command: `make bench ARGS='-living %d'`\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(), cpuModel(), len(l.ids))
	fmt.Fprintf(&b, "%d groups on one worker, each a workflow with a timer for its next date; 300 of them kept at hand. Engine and PostgreSQL beside it.\n\n", len(l.ids))
	fmt.Fprintf(&b, "| | |\n|---|---|\n| started, made on the platform and active | %.0f s, %.0f groups/s |\n", born.Seconds(), float64(len(l.ids))/born.Seconds())
	fmt.Fprintf(&b, "| memory (PSS): the worker | %d MB |\n| … engine and database below it | %d MB |\n| … of it the database's first process | %d MB |\n", me/1024, engine/1024, base/1024)
	fmt.Fprintf(&b, "\n| lag | p50 ms | p95 ms | p99 ms | max ms |\n|---|---|---|---|---|\n")
	fmt.Fprintf(&b, "| a signal to a group at random, until it is on record (%d) | %.0f | %.0f | %.0f | %.0f |\n", len(lag), at(lag, 0.5), at(lag, 0.95), at(lag, 0.99), at(lag, 1))
	fmt.Fprintf(&b, "| all timers at the same moment, until each is on record (%d) | %.0f | %.0f | %.0f | %.0f |\n", len(late), at(late, 0.5), at(late, 0.95), at(late, 0.99), at(late, 1))
	fmt.Fprintf(&b, "\nA date's timer is set a second late on purpose (workflows/grouplife.go); the lag counts from the date.\n")
	fmt.Print(b.String())
	if o.report != "" && o.report != "-" {
		return os.WriteFile(o.report, []byte(b.String()), 0o644)
	}
	return nil
}

func newWorked(ctx context.Context, o options, st *stack) (*worked, error) {
	l := &worked{waits: map[string]chan time.Time{}}
	var err error
	if l.st, err = store.Open(ctx, st.database("bench"), store.Options{Log: slog.New(slog.DiscardHandler)}); err != nil {
		return nil, err
	}
	if err := l.st.Migrate(ctx); err != nil {
		return nil, err
	}
	if err := seed.Seed(ctx, l.st.Pool(), seed.Options{Cases: o.living}); err != nil {
		return nil, err
	}
	keys, err := codec.Generate()
	if err != nil {
		return nil, err
	}
	if l.c, err = client.Dial(client.Options{HostPort: st.ready.Temporal, Namespace: st.namespace, Logger: quiet{},
		DataConverter: codec.DataConverter(keys, st.namespace), FailureConverter: codec.FailureConverter(keys, st.namespace)}); err != nil {
		return nil, err
	}
	// All notices come at nine of this zone: soon after the last group was born, at 20 groups a second.
	wait := 90*time.Second + time.Duration(o.living)*time.Second/20
	now := time.Now().UTC()
	nine := time.Date(now.Year(), now.Month(), now.Day(), 9, 0, 0, 0, time.UTC)
	l.cal = &domain.Calendar{Version: "bench", Zone: time.FixedZone("bench", int(nine.Add(-wait).Sub(now).Seconds()))}
	notice := domain.TierLife{Renew: 2, Notices: []int{2}, Grace: 30, Then: domain.GroupArchived}
	l.rules = domain.LifeRules{Policy: "bench", Tiers: map[domain.Tier]domain.TierLife{domain.TierOrdinary: notice}, Deletion: 30}
	l.filings = domain.Filing{Name: "研发部-周报", Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "周报", Permissions: domain.Permissions{Posting: domain.PostMembers}, Platform: "test"}
	rows, err := l.st.Pool().Query(ctx, `SELECT id::text FROM employees WHERE active ORDER BY number LIMIT 5`)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id domain.EmployeeID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		if len(l.filings.Admins) < 2 {
			l.filings.Admins = append(l.filings.Admins, id)
		} else {
			l.filings.Members = append(l.filings.Members, id)
		}
	}
	worker.SetStickyWorkflowCacheSize(300) // as qunbei-solo
	l.w = worker.New(l.c, workflows.TaskQueue, worker.Options{MaxConcurrentWorkflowTaskPollers: pollers, MaxConcurrentActivityTaskPollers: 2})
	workflows.Register(l.w)
	workflows.RegisterActivities(l.w, &activities.Activities{
		Store:     port{l.st, l.filings},
		Calendars: l, Lives: l, NameKey: policy.NameKey, Clock: time.Now, Published: l.published,
		Connectors: map[string]chat.Connector{"test": chattest.Connector{Platform: &chattest.Platform{}}},
	})
	return l, l.w.Start()
}

// Active implements activities.Calendars.
func (l *worked) Active(context.Context) (*domain.Calendar, error) { return l.cal, nil }

// LifeRules implements activities.Lives.
func (l *worked) LifeRules(context.Context) (domain.LifeRules, error) { return l.rules, nil }

func (l *worked) published(act string, _ bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w, ok := l.waits[act]; ok {
		w <- time.Now()
		delete(l.waits, act)
	}
}

// bear starts one group for each case, and waits until all are active.
func (l *worked) bear(ctx context.Context, clients int) error {
	rows, err := l.st.Pool().Query(ctx, `SELECT id::text, number FROM cases ORDER BY number`)
	if err != nil {
		return err
	}
	type seeded struct{ id, number string }
	var cases []seeded
	for rows.Next() {
		var s seeded
		if err := rows.Scan(&s.id, &s.number); err != nil {
			return err
		}
		cases = append(cases, s)
	}
	work := make(chan seeded)
	errs := make(chan error, clients)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for s := range work {
				if err := l.start(ctx, s.id, s.number); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for _, s := range cases {
		select {
		case work <- s:
		case err := <-errs:
			return err
		}
	}
	close(work)
	wg.Wait()
	for {
		var active int
		if err := l.st.Pool().QueryRow(ctx, `SELECT count(*) FROM groups WHERE state = 'active'`).Scan(&active); err != nil {
			return err
		}
		if active == len(cases) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (l *worked) start(ctx context.Context, caseID, number string) error {
	now := time.Now().UTC().Truncate(time.Microsecond)
	g := domain.NewGroup(uuid.NewString(), number, caseID, l.filings, now)
	g.Life = domain.NewLife(caseID, l.filings, l.rules, now)
	l.mu.Lock()
	l.ids = append(l.ids, g.ID)
	l.mu.Unlock()
	_, err := l.c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: workflows.GroupID(g.ID), TaskQueue: workflows.TaskQueue}, workflows.GroupType, workflows.GroupInput{State: g})
	return err
}

// signal sends one signal and tells how long it took until it was on record.
func (l *worked) signal(ctx context.Context, group string) (time.Duration, error) {
	act := domain.GroupAct{ID: uuid.NewString(), Kind: domain.GroupActivity, At: time.Now().UTC(), Life: &domain.LifeAct{Last: time.Now().UTC()}}
	wait := make(chan time.Time, 1)
	l.mu.Lock()
	l.waits[act.ID] = wait
	l.mu.Unlock()
	began := time.Now()
	if err := l.c.SignalWorkflow(ctx, workflows.GroupID(group), "", workflows.SignalGroupAct, act); err != nil {
		return 0, err
	}
	select {
	case done := <-wait:
		return done.Sub(began), nil
	case <-time.After(time.Minute):
		return 0, fmt.Errorf("a signal is not on record after a minute")
	}
}

// due is the moment of the notices.
func (l *worked) due(ctx context.Context) (time.Time, error) {
	var at time.Time
	var kinds int
	err := l.st.Pool().QueryRow(ctx, `SELECT min(next_date), count(DISTINCT (next_date, next_kind)) FROM groups`).Scan(&at, &kinds)
	if err == nil && (kinds != 1 || at.Before(time.Now())) {
		err = fmt.Errorf("the notices are due at %d moments, the first %s: the start took longer than was planned for", kinds, at)
	}
	return at, err
}

// notices waits until every group's notice is on record, and tells how late each was.
func (l *worked) notices(ctx context.Context, due time.Time) ([]time.Duration, error) {
	for end := due.Add(15 * time.Minute); ; time.Sleep(time.Second) {
		rows, err := l.st.Pool().Query(ctx, `SELECT at FROM audit_entries WHERE kind = 'group.date'`)
		if err != nil {
			return nil, err
		}
		var late []time.Duration
		for rows.Next() {
			var at time.Time
			if err := rows.Scan(&at); err != nil {
				return nil, err
			}
			late = append(late, at.Sub(due))
		}
		if len(late) == len(l.ids) {
			return late, nil
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("%d of %d notices came", len(late), len(l.ids))
		}
	}
}
