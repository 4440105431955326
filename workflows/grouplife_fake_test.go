package workflows_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// lifetime is one group's life in a time-skipping test: what happens when, on a platform that a test can spoil.
type lifetime struct {
	t        *testing.T
	env      *testsuite.TestWorkflowEnvironment
	store    *memory
	platform *chattest.Platform
	acts     *activities.Activities
	rules    domain.LifeRules
	cal      *domain.Calendar
	n        int
}

// living is a group of two admins and three members, with terms of 90 days, that was approved on friday.
func living(t *testing.T) *lifetime {
	t.Helper()
	l := &lifetime{t: t, platform: &chattest.Platform{}, cal: calendar(), rules: company.Lives()}
	for d := 1; d <= 7; d++ {
		l.cal.Holidays[fmt.Sprintf("2026-10-%02d", d)] = "国庆"
	}
	for tier, r := range l.rules.Tiers {
		r.Renew = 90
		l.rules.Tiers[tier] = r
	}
	l.store = &memory{rev: 1, filing: domain.Filing{
		Name: "研发部-周报", Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "周报", Departments: []domain.DepartmentID{"DA"},
		Admins: []domain.EmployeeID{"A", "B"}, Members: []domain.EmployeeID{"M1", "M2", "M3"}, Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, Platform: "test",
	}, roles: map[domain.EmployeeID][]domain.Role{"S": {domain.RoleSecurity}, "S2": {domain.RoleSecurity}, "L": {domain.RoleLegal}, "L2": {domain.RoleLegal}}}
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{}) // a thousand attempts at a platform that is away
	l.env = suite.NewTestWorkflowEnvironment()
	l.env.SetStartTime(friday)
	l.env.SetTestTimeout(2 * time.Minute)
	workflows.Register(l.env)
	l.acts = &activities.Activities{
		Store: l.store, Directory: fixed{dir: directory()}, Calendars: fixed{cal: l.cal}, Proofs: fixed{}, Planner: planner{}, Lives: company.FixedLives(l.rules),
		NameKey: func(s string) string { return s }, Clock: l.env.Now, Connectors: map[string]chat.Connector{"test": chattest.Connector{Platform: l.platform}},
	}
	workflows.RegisterActivities(l.env, l.acts)
	return l
}

func (l *lifetime) input() workflows.GroupInput {
	g := domain.NewGroup("g1", "G-2026-00001", "c1", l.store.filing, friday)
	g.Life = domain.NewLife("c1", l.store.filing, l.rules, friday)
	return workflows.GroupInput{State: g}
}

// on has something happen at nine in the company's morning, so many days after friday.
func (l *lifetime) on(day int, do func()) {
	l.env.RegisterDelayedCallback(do, time.Duration(day)*24*time.Hour-7*time.Hour)
}

// act has somebody do something.
func (l *lifetime) act(day int, k domain.GroupActKind, who domain.EmployeeID, life domain.LifeAct) {
	l.on(day, func() { l.send(k, who, life) })
}

func (l *lifetime) send(k domain.GroupActKind, who domain.EmployeeID, life domain.LifeAct) {
	l.n++
	l.env.SignalWorkflow(workflows.SignalGroupAct, domain.GroupAct{ID: fmt.Sprintf("act-%d", l.n), Kind: k, Actor: who, At: l.env.Now().UTC(), Life: &life})
}

// attest renews what the admin sees at that moment.
func (l *lifetime) attest(day int, who domain.EmployeeID) {
	l.on(day, func() {
		l.store.mu.Lock()
		var in []domain.EmployeeID
		for p, s := range l.store.places {
			if s == domain.MemberActive {
				in = append(in, p)
			}
		}
		seen := domain.AttestDigest(l.store.group, domain.MembersDigest(in))
		l.store.mu.Unlock()
		l.send(domain.GroupRenew, who, domain.LifeAct{Digest: seen})
	})
}

// change applies an approved change to what the group is at that moment.
func (l *lifetime) change(day int, set func(*domain.GroupDelta)) {
	l.on(day, func() {
		l.store.mu.Lock()
		g := l.store.group
		l.store.mu.Unlock()
		d := domain.GroupDelta{Case: fmt.Sprintf("change-%d", day), Digest: fmt.Sprintf("sha256:%d", day), Base: g.Digest, Type: g.Type, Tier: g.Tier,
			Depts: g.Departments, Admins: g.Admins, Perms: g.Life.Perms, EndsOn: g.EndsOn}
		set(&d)
		l.send(domain.GroupChanged, "", domain.LifeAct{Delta: &d})
	})
}

// leave has people leave the company, and the directory say so.
func (l *lifetime) leave(day int, people ...domain.EmployeeID) {
	l.on(day, func() {
		l.store.mu.Lock()
		if l.store.gone == nil {
			l.store.gone = map[domain.EmployeeID]bool{}
		}
		for _, p := range people {
			l.store.gone[p] = true
		}
		l.store.rev++
		rev := l.store.rev
		l.store.mu.Unlock()
		l.env.SignalWorkflow(workflows.SignalGroupAct, domain.GroupAct{ID: fmt.Sprintf("sys:directory:%d", rev), Kind: domain.GroupDirectory, At: l.env.Now().UTC(), Life: &domain.LifeAct{Revision: rev}})
	})
}

// kinds are the acts that were recorded, in order; refused ones with their reason.
func (l *lifetime) kinds() []string {
	var out []string
	for _, e := range l.store.log {
		k := e.Kind
		if e.Result != domain.Accepted {
			k += "!" + string(e.Reason)
		}
		out = append(out, k)
	}
	return out
}

// when tells at which moments acts of a kind were recorded, in the company's time.
func (l *lifetime) when(kind string) []string {
	var out []string
	for _, e := range l.store.log {
		if e.Kind == kind && e.Result == domain.Accepted {
			out = append(out, e.At.In(l.cal.Zone).Format("01-02 15:04"))
		}
	}
	return out
}

func (l *lifetime) run() {
	l.env.RegisterDelayedCallback(l.env.CancelWorkflow, 3*365*24*time.Hour) // whatever is wrong, it ends
	l.env.ExecuteWorkflow(workflows.GroupType, l.input())
	if !l.env.IsWorkflowCompleted() {
		l.t.Error("the workflow did not end")
	}
	if len(l.store.hand) > 0 {
		l.t.Errorf("needs a hand: %v", l.store.hand)
	}
}

func (l *lifetime) expect(want []string) {
	l.t.Helper()
	if got := l.kinds(); !slices.Equal(got, want) {
		l.t.Fatalf("it went\n%q, not\n%q", got, want)
	}
}

// silent drops the test engine's log.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
