// Package company is a small company at work for tests: a real database with a directory, a real engine, a worker with
// every workflow, and the keys. It files, decides and confirms as the service does, without the HTTP API around it.
package company

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/qunbei/qunbei/activities"
	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/byhand"
	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/activities/signing"
	"github.com/qunbei/qunbei/activities/signing/seal"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows"
	"github.com/qunbei/qunbei/workflows/codec"
	"github.com/qunbei/qunbei/workflows/testenv"
)

// Company is one company, with a database and a namespace of its own.
type Company struct {
	Env       testenv.Env
	Store     *store.Store
	Keys      *codec.Keyring
	Client    client.Client
	Namespace string // that payloads are bound to
	Platform  *chattest.Platform

	// Life is what groups born from now on, and those that continue, take over; nil: groups of the first version.
	Life *domain.LifeRules
	Most int // events of a run of theirs; 0: as many as the engine likes

	sealKey  *seal.Key
	boundary atomic.Pointer[func(string)]
	routes   sync.Map // of cases, by id: what a resubmission is planned as

	Root, DepA, DepB    domain.DepartmentID
	Head, LeadA, LeadB  domain.EmployeeID
	Security, Security2 domain.EmployeeID
	Auditor             domain.EmployeeID
	People              []domain.EmployeeID // six employees of department A
}

// Options tune a company. The zero value serves.
type Options struct {
	Keys *codec.Keyring // nil: fresh ones
	Bind string         // what payloads are bound to instead of the engine's namespace, for histories that are stored
}

// Open founds a company; it ends with the test.
func Open(t testing.TB, o Options) *Company {
	t.Helper()
	ctx := context.Background()
	env := testenv.Start(t)
	env.Namespace = env.NewNamespace(t)
	c := &Company{Env: env, Keys: o.Keys, Namespace: env.Namespace, Platform: &chattest.Platform{}}
	if o.Bind != "" {
		c.Namespace = o.Bind
	}
	var err error
	if c.Keys == nil {
		if c.Keys, err = codec.Generate(); err != nil {
			t.Fatal(err)
		}
	}
	if c.Store, err = store.Open(ctx, env.NewDatabase(t), store.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Store.Close() })
	if err := c.Store.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	c.hire(t)
	// Stored histories must not say on which machine they were made.
	c.Client = env.ClientWith(t, client.Options{
		Identity:      "test",
		DataConverter: codec.DataConverter(c.Keys, c.Namespace), FailureConverter: codec.FailureConverter(c.Keys, c.Namespace),
	})
	c.Worker(t, c.Client)
	return c
}

// Worker starts a worker with every workflow of the house on a client; it stops with the test, or before.
func (c *Company) Worker(t testing.TB, on client.Client) worker.Worker {
	t.Helper()
	w := worker.New(on, workflows.TaskQueue, worker.Options{})
	workflows.Register(w)
	workflows.RegisterActivities(w, &activities.Activities{
		Store: port{c.Store, c}, Directory: directory{c.Store}, Calendars: always{}, Proofs: c,
		Connectors: map[string]chat.Connector{byhand.Kind: byhand.Connector{}, "test": chattest.Connector{Platform: c.Platform}},
		Boundary: func(name string) {
			if at := c.boundary.Load(); at != nil {
				(*at)(name)
			}
		},
		Register: registerPort{c.Store}, Account: func(platform, account string) string { return platform + "~" + account },
		Sealer: signing.Platform{Key: c.seal(t)}, Papers: papers{c},
		Planner: c, Lives: c, NameKey: policy.NameKey, Clock: time.Now, Published: c.Store.Hub().Published,
	})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// seal is the platform's key, made when it is needed first.
func (c *Company) seal(t testing.TB) *seal.Key {
	t.Helper()
	if c.sealKey == nil {
		var err error
		if c.sealKey, err = seal.OpenKey(filepath.Join(t.TempDir(), "keys"), nil, "群备科技", time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return c.sealKey
}

// hire fills the directory: a head, two departments with leaders, two security officers, an auditor, six employees.
func (c *Company) hire(t testing.TB) {
	t.Helper()
	c.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	dep := func(code, name string) domain.DepartmentID {
		id := domain.DepartmentID(uuid.NewString())
		var parent any
		if c.Root != "" {
			parent = string(c.Root)
		}
		c.Exec(t, `INSERT INTO departments (id, code, name, parent_id, revision) VALUES ($1, $2, $3, $4, 1)`, string(id), code, name, parent)
		return id
	}
	c.Root = dep("D0", "公司")
	c.DepA, c.DepB = dep("D1", "研发部"), dep("D2", "市场部")
	n := 0
	person := func(d domain.DepartmentID, roles ...string) domain.EmployeeID {
		n++
		id := domain.EmployeeID(uuid.NewString())
		c.Exec(t, `INSERT INTO employees (id, number, name, department_id, roles, revision) VALUES ($1, $2, $3, $4, $5, 1)`,
			string(id), fmt.Sprintf("E%04d", n), fmt.Sprintf("员工%d", n), string(d), append([]string{}, roles...))
		return id
	}
	c.Head, c.LeadA, c.LeadB = person(c.Root), person(c.DepA), person(c.DepB)
	c.Security, c.Security2 = person(c.Root, "security_officer"), person(c.Root, "security_officer")
	c.Auditor = person(c.Root, "auditor")
	for range 5 {
		c.People = append(c.People, person(c.DepA))
	}
	c.People = append(c.People, person(c.DepA, "process_admin"))
	c.Exec(t, `UPDATE departments SET leader_id = CASE code WHEN 'D0' THEN $1::uuid WHEN 'D1' THEN $2::uuid ELSE $3::uuid END`,
		string(c.Head), string(c.LeadA), string(c.LeadB))
	c.Exec(t, `INSERT INTO policies (version, body, state, setup, effective_at, activated_at, created_at) VALUES ('p1', 'x', 'activated', true, now(), now(), now())`)
}

// Exec runs one statement on the company's database.
func (c *Company) Exec(t testing.TB, q string, args ...any) {
	t.Helper()
	if _, err := c.Store.Pool().Exec(context.Background(), q, args...); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
}

// Holds implements activities.Proofs with the company's own keys.
func (c *Company) Holds(subject string, a domain.Act) bool {
	if a.Proof == nil {
		return false
	}
	sig, err := base64.StdEncoding.DecodeString(a.Proof.Signature)
	return err == nil && c.Keys.Verifier().Verify(a.Proof.Key, a.Signed(subject), sig) == nil
}

// Sign makes the service's proof of an act.
func (c *Company) Sign(subject string, a domain.Act) *domain.Proof {
	key, sig := c.Keys.Signer().Sign(a.Signed(subject))
	return &domain.Proof{Signer: "service", Algorithm: "ed25519", Key: key, Signature: base64.StdEncoding.EncodeToString(sig)}
}

// At has a function called at each named boundary of an activity; it may panic, as if the worker died there.
func (c *Company) At(do func(name string)) { c.boundary.Store(&do) }

// LifeRules implements activities.Lives.
func (c *Company) LifeRules(context.Context) (domain.LifeRules, error) {
	if c.Life == nil {
		return Lives(), nil
	}
	return *c.Life, nil
}

// FixedLives gives always the same rules.
type FixedLives domain.LifeRules

// LifeRules implements activities.Lives.
func (f FixedLives) LifeRules(context.Context) (domain.LifeRules, error) {
	return domain.LifeRules(f), nil
}

// Lives are rules for the life of groups that serve tests: terms of a year, weeks of grace.
func Lives() domain.LifeRules {
	ceiling := domain.Permissions{SeeContacts: true, Posting: domain.PostMembers}
	tier := func(renew int, then domain.GroupState) domain.TierLife {
		silent := domain.ClearanceRules{Inactive: domain.InactiveRules{After: 60, Notice: -1}} // no policy says so: a notice that has run out when it is given
		return domain.TierLife{Renew: renew, Notices: []int{30, 15, 1}, Grace: 14, Then: then, Ceiling: ceiling, Clearance: silent}
	}
	return domain.LifeRules{
		Policy: "p1", Tiers: map[domain.Tier]domain.TierLife{
			domain.TierOrdinary: tier(365, domain.GroupArchived), domain.TierConfidential: tier(180, domain.GroupFrozen), domain.TierSecret: tier(90, domain.GroupFrozen),
		},
		Temporary: domain.EndLife{Notices: []int{7, 1}, Grace: 14}, Ownerless: domain.OwnerlessLife{Members: 7, Ask: 3, Head: 7}, Deletion: 30, Discovered: 30,
	}
}

// port is the activities' port on the store.
type port struct {
	*store.Store
	c *Company
}

func (p port) KnownOf(ctx context.Context, workflow, subject, actID string, actor domain.EmployeeID) (activities.Known, error) {
	k, err := p.Store.KnownOf(ctx, workflow, subject, actID, actor)
	out := activities.Known{Active: k.Active, Security: k.Security, Roles: k.Roles, Revision: k.Revision, Seq: k.Seq}
	if k.Recorded != nil {
		out.Recorded = &activities.Recorded{Facts: k.Recorded.Facts, Digest: k.Recorded.Digest, Seq: k.Recorded.Seq}
	}
	return out, err
}

func (p port) SaveCase(ctx context.Context, a activities.CaseAct) error {
	return fault(p.Store.SaveCase(ctx, store.CaseAct(a)))
}

func (p port) SaveGroup(ctx context.Context, g activities.GroupChange) error {
	return fault(p.Store.SaveGroup(ctx, store.GroupChange(g)))
}

func (p port) SaveNDA(ctx context.Context, n activities.NDAChange) error {
	return fault(p.Store.SaveNDA(ctx, store.NDAChange(n)))
}

func (p port) FilingOf(ctx context.Context, caseID string) (domain.Filing, error) {
	return p.c.Filing(ctx, caseID)
}

// RecordedAt implements activities.Store.
func (s port) RecordedAt(ctx context.Context, workflow string, seq int) ([]byte, *activities.Recorded, error) {
	act, r, err := s.Store.RecordedAt(ctx, workflow, seq)
	if err != nil || r == nil {
		return nil, nil, err
	}
	return act, &activities.Recorded{Facts: r.Facts, Digest: r.Digest, Seq: r.Seq}, nil
}

// SightingOf implements activities.Store.
func (s port) SightingOf(ctx context.Context, groupID string) (domain.Filing, error) {
	row, err := s.Store.Sighting(ctx, groupID)
	return domain.Filing{Name: row.Name, Tier: domain.TierOrdinary, Platform: row.Platform, Existing: true}, err
}

// LifeFacts implements activities.Store.
func (s port) LifeFacts(ctx context.Context, q activities.LifeQuery) (activities.LifeAnswer, error) {
	a, err := s.Store.LifeFacts(ctx, store.LifeQuery(q))
	return activities.LifeAnswer(a), err
}

// BeginCall implements activities.Store.
func (s port) BeginCall(ctx context.Context, c activities.Call) (*domain.Receipt, error) {
	return s.Store.Asked(ctx, store.CallRow{Key: c.Key, GroupID: c.Group, Platform: c.Platform, Act: c.Act})
}

// EndCall implements activities.Store.
func (s port) EndCall(ctx context.Context, key string, r domain.Receipt) error {
	return s.Store.EndCall(ctx, key, r)
}

func fault(err error) error {
	switch {
	case errors.Is(err, store.ErrAlreadySaved):
		return activities.ErrAlreadySaved
	case errors.Is(err, store.ErrIllegal):
		return activities.ErrIllegal
	case errors.Is(err, store.ErrBehind):
		return activities.ErrOutOfStep
	}
	return err
}

type directory struct{ store *store.Store }

func (d directory) At(ctx context.Context, revision int64) (*domain.Directory, error) {
	return d.store.DirectoryAt(ctx, revision)
}

// PlanFor implements activities.Planner: new material goes the way the case went.
func (c *Company) PlanFor(_ context.Context, caseID, _ string, _ domain.Material) (*domain.RoutePlan, domain.Reason, error) {
	route, ok := c.routes.Load(caseID)
	if !ok {
		return nil, "", fmt.Errorf("case %s was filed without a route", caseID)
	}
	plan, ok := route.(domain.RoutePlan)
	if !ok {
		return nil, "", fmt.Errorf("what was kept for case %s is no route", caseID)
	}
	return &plan, "", nil
}

// always is a calendar on which every minute is working time, so that a deadline is as long as it says.
type always struct{}

func (always) Active(context.Context) (*domain.Calendar, error) {
	return &domain.Calendar{Version: "always", Zone: time.UTC, Hours: []domain.Hours{{From: 0, To: 24 * 60}}}, nil
}

// Calendar is the calendar that the company's deadlines are computed by.
func Calendar() *domain.Calendar {
	cal, _ := always{}.Active(context.Background())
	return cal
}

// SavePost implements activities.Store.
func (p port) SavePost(ctx context.Context, n activities.PostChange) error {
	return fault(p.Store.SavePost(ctx, store.PostChange(n)))
}

// PostGroup implements activities.Store.
func (p port) PostGroup(ctx context.Context, group string) (activities.PostGroup, error) {
	g, err := p.Store.PostGroup(ctx, group)
	return activities.PostGroup(g), err
}
