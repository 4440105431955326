package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
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
	raw    map[string][]byte // by workflow and number: the act
	seq    map[string]int    // by workflow
	log    []entry
	gone   map[domain.EmployeeID]bool
	rev    int64
	filing domain.Filing
	fail   func(call string) error // faults to inject
	hand   []string
	ds     []domain.Delegation

	places   map[domain.EmployeeID]domain.MemberState
	paper    map[domain.EmployeeID]domain.Clearance // agreements and trainings
	receipts map[string]domain.Receipt
	group    domain.Group // as it was written last
	roles    map[domain.EmployeeID][]domain.Role

	seen  domain.Span                  // in which activity is known
	heard map[domain.EmployeeID]string // the last day somebody did something
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
	k := activities.Known{Seq: m.seq[workflow], Active: !m.gone[actor], Revision: m.rev, Roles: m.roles[actor], Security: slices.Contains(m.roles[actor], domain.RoleSecurity)}
	if r, ok := m.acts[workflow+actID]; ok {
		k.Recorded = &r
	}
	return k, nil
}

func (m *memory) DelegationsAlong(_ context.Context, _ domain.EmployeeID, _ time.Time, _ int) ([]domain.Delegation, error) {
	return m.ds, nil
}

func (m *memory) put(workflow, act string, facts any, digest string, e entry, seq int, whole any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.acts == nil {
		m.acts = map[string]activities.Recorded{}
	}
	if _, ok := m.acts[workflow+act]; ok {
		return activities.ErrAlreadySaved
	}
	if seq != m.seq[workflow]+1 {
		return activities.ErrOutOfStep
	}
	if m.seq == nil {
		m.seq, m.raw = map[string]int{}, map[string][]byte{}
	}
	raw, _ := json.Marshal(facts)
	m.acts[workflow+act] = activities.Recorded{Facts: raw, Digest: digest, Seq: seq}
	m.seq[workflow] = seq
	m.raw[fmt.Sprint(workflow, seq)], _ = json.Marshal(whole)
	m.log = append(m.log, e)
	if m.fail != nil {
		return m.fail("saved") // the commit happened, the answer may be lost
	}
	return nil
}

func (m *memory) SaveCase(_ context.Context, a activities.CaseAct) error {
	return m.put(a.Workflow, a.Act.ID, a.Facts, a.Digest, entry{string(a.Act.Kind), a.Verdict.Result, a.Verdict.Reason, a.Verdict.Effects, a.Facts.At}, a.After.Seq, a.Act)
}

func (m *memory) SaveGroup(_ context.Context, g activities.GroupChange) error {
	m.mu.Lock()
	if m.places == nil {
		m.places = map[domain.EmployeeID]domain.MemberState{}
	}
	if g.Filing != nil && g.Before.Seq == 0 {
		for _, p := range slices.Concat(g.Filing.Admins, g.Filing.Members) {
			m.places[p] = domain.MemberActive
		}
	}
	for _, move := range domain.MemberMoves(g.Verdict) {
		if g.Act.Kind == domain.GroupBegun {
			m.places[move.Person] = move.Of("")
			continue
		}
		m.places[move.Person] = move.Of(m.places[move.Person])
	}
	m.group = g.After
	m.mu.Unlock()
	return m.put(g.Workflow, g.Act.ID, g.Facts, g.Digest, entry{string(g.Act.Kind), g.Verdict.Result, g.Verdict.Reason, g.Verdict.Effects, g.Facts.At}, g.After.Seq, g.Act)
}

func (m *memory) MarkNeedsHand(_ context.Context, id, reason string) error {
	m.hand = append(m.hand, id+":"+reason)
	return nil
}

func (m *memory) RecordedAt(_ context.Context, workflow string, seq int) ([]byte, *activities.Recorded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, ok := m.raw[fmt.Sprint(workflow, seq)]
	if !ok {
		return nil, nil, nil
	}
	var act struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(raw, &act); err != nil {
		return nil, nil, err
	}
	r := m.acts[workflow+act.ID]
	return raw, &r, nil
}

func (m *memory) SightingOf(context.Context, string) (domain.Filing, error) { return m.filing, nil }

// LifeFacts answers from the places that the acts so far made.
func (m *memory) LifeFacts(_ context.Context, q activities.LifeQuery) (activities.LifeAnswer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := activities.LifeAnswer{Revision: m.rev, Perms: &m.filing.Permissions}
	people := slices.Concat(q.People, slices.Collect(maps.Keys(m.places)))
	slices.Sort(people)
	for _, p := range slices.Compact(people) {
		c := m.paper[p]
		if c.Person, c.Was = p, m.places[p]; c.Was == domain.MemberLeaving || c.Was == domain.MemberRemoved {
			c.Was = ""
		}
		if slices.Contains(q.People, p) || (c.Was != "" && (q.Everybody || (m.gone[p] && (q.Touched || q.All)))) {
			a.Clear = append(a.Clear, c)
		}
		if m.gone[p] && (q.Touched || q.All) && c.Was != "" && c.Was != domain.MemberActive {
			a.Gone = append(a.Gone, p)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(m.places)) {
		if m.places[p] != domain.MemberActive {
			continue
		}
		a.Count++
		a.All = append(a.All, p)
		if slices.Contains(q.People, p) {
			a.Members = append(a.Members, p)
		}
		if m.gone[p] && (q.Touched || q.All) {
			a.Gone = append(a.Gone, p)
		}
		if !m.gone[p] && !slices.Contains(q.People, p) && len(a.Eldest) < q.Eldest {
			a.Eldest = append(a.Eldest, p)
		}
	}
	for _, p := range q.People {
		if !m.gone[p] {
			a.Employed = append(a.Employed, p)
		}
	}
	if q.Silence {
		s := domain.Silence{Seen: m.seen}
		for _, p := range a.Members {
			s.People = append(s.People, domain.Activity{Person: p, Joined: friday, Day: m.heard[p]})
		}
		a.Silence = &s
	}
	return a, nil
}

func (m *memory) BeginCall(_ context.Context, c activities.Call) (*domain.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r, ok := m.receipts[c.Key]; ok {
		return &r, nil
	}
	return nil, nil
}

func (m *memory) EndCall(_ context.Context, key string, r domain.Receipt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.receipts == nil {
		m.receipts = map[string]domain.Receipt{}
	}
	if _, ok := m.receipts[key]; !ok {
		m.receipts[key] = r
	}
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
