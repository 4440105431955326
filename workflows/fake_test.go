package workflows_test

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/models/domain"
)

// memory is a Store in memory for time-skipping tests: those are about waiting, and a database does not skip time.
// What the real one does with the same calls is tested against PostgreSQL.
type memory struct {
	mu     sync.Mutex
	acts   map[string]activities.Recorded
	log    []entry
	gone   map[domain.EmployeeID]bool
	rev    int64
	filing domain.Filing
	fail   func(call string) error // faults to inject
	hand   []string
	ds     []domain.Delegation
}

type entry struct {
	Kind    string
	Result  domain.Result
	Reason  domain.Reason
	Effects []domain.Effect
	At      time.Time
}

func (m *memory) KnownOf(_ context.Context, workflow, _, actID string, actor domain.EmployeeID) (activities.Known, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		if err := m.fail("known"); err != nil {
			return activities.Known{}, err
		}
	}
	k := activities.Known{Active: !m.gone[actor], Revision: m.rev}
	if r, ok := m.acts[workflow+actID]; ok {
		k.Recorded = &r
	}
	return k, nil
}

func (m *memory) DelegationsAlong(_ context.Context, _ domain.EmployeeID, _ time.Time, _ int) ([]domain.Delegation, error) {
	return m.ds, nil
}

func (m *memory) put(workflow, act string, facts any, digest string, e entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.acts == nil {
		m.acts = map[string]activities.Recorded{}
	}
	if _, ok := m.acts[workflow+act]; ok {
		return activities.ErrAlreadySaved
	}
	raw, _ := json.Marshal(facts)
	m.acts[workflow+act] = activities.Recorded{Facts: raw, Digest: digest}
	m.log = append(m.log, e)
	if m.fail != nil {
		return m.fail("saved") // the commit happened, the answer may be lost
	}
	return nil
}

func (m *memory) SaveCase(_ context.Context, a activities.CaseAct) error {
	return m.put(a.Workflow, a.Act.ID, a.Facts, a.Digest, entry{string(a.Act.Kind), a.Verdict.Result, a.Verdict.Reason, a.Verdict.Effects, a.Facts.At})
}

func (m *memory) SaveGroup(_ context.Context, g activities.GroupChange) error {
	return m.put(g.Workflow, g.Act.ID, g.Facts, g.Digest, entry{string(g.Act.Kind), g.Verdict.Result, g.Verdict.Reason, g.Verdict.Effects, g.Facts.At})
}

func (m *memory) MarkNeedsHand(_ context.Context, id, reason string) error {
	m.hand = append(m.hand, id+":"+reason)
	return nil
}

func (m *memory) FilingOf(context.Context, string) (domain.Filing, error) { return m.filing, nil }

type fixed struct {
	dir *domain.Directory
	cal *domain.Calendar
}

func (f fixed) At(context.Context, int64) (*domain.Directory, error) { return f.dir, nil }
func (f fixed) Active(context.Context) (*domain.Calendar, error)     { return f.cal, nil }
func (fixed) Holds(string, domain.Act) bool                          { return true }
