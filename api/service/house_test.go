package service_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/api/service/mail"
	"github.com/qunbei/qunbei/deploy/nda"
	defaultpolicy "github.com/qunbei/qunbei/deploy/policy"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/policy"
	"github.com/qunbei/qunbei/models/store"
	"github.com/qunbei/qunbei/workflows/testenv/company"
)

// house is the service over a real company: database, engine, worker, relay and mailbox.
type house struct {
	*company.Company
	s    *service.Service
	sink *mail.Sink
}

type fixedRules struct {
	p *policy.Policy
	c *domain.Calendar
}

func (r fixedRules) Policy(context.Context) (*policy.Policy, error)     { return r.p, nil }
func (r fixedRules) Calendar(context.Context) (*domain.Calendar, error) { return r.c, nil }

func (r fixedRules) Version(_ context.Context, version string) (*policy.Policy, error) {
	if version != r.p.Version {
		return nil, store.ErrNotFound
	}
	return r.p, nil
}

// defaultRules are the default policy and calendar, known to the database.
func defaultRules(t *testing.T, st *store.Store) service.Rules {
	t.Helper()
	p, err := policy.Parse(defaultpolicy.Policy)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.PutPolicy(t.Context(), p.Version, string(defaultpolicy.Policy), ""); err != nil {
		t.Fatal(err)
	}
	cal, err := policy.ParseCalendar(defaultpolicy.Calendar)
	if err != nil {
		t.Fatal(err)
	}
	return fixedRules{p, cal}
}

// open founds a company and a service over it. The relay runs until the test ends.
func open(t *testing.T, tune ...func(*service.Config)) *house {
	t.Helper()
	h := &house{Company: company.Open(t, company.Options{})}
	// The company's process administrator is the stranger of these tests, who holds no office.
	h.Exec(t, `UPDATE employees SET roles = '{}' WHERE id = $1`, string(h.People[5]))
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	rules := defaultRules(t, h.Store)
	for key, text := range map[string][]byte{domain.TemplateChinese: nda.Chinese, domain.TemplateBilingual: nda.Bilingual} {
		if err := service.SeedTemplate(t.Context(), h.Store, key, text); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if h.sink, err = mail.NewSink(time.Now); err != nil {
		t.Fatal(err)
	}
	sender, err := mail.NewSender(h.sink.SMTP())
	if err != nil {
		t.Fatal(err)
	}
	cfg := service.Config{
		Store: h.Store, Temporal: h.Client, Namespace: h.Namespace, Keyring: h.Keys, Rules: rules, Demo: true,
		BaseURL: "http://localhost:8080", Mail: sender,
	}
	for _, f := range tune {
		f(&cfg)
	}
	h.s = service.New(cfg)
	ctx, stop := context.WithCancel(context.Background())
	var relay sync.WaitGroup
	relay.Go(func() {
		if err := h.s.Relay(ctx); err != nil {
			t.Errorf("the relay ended: %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		relay.Wait()
		_ = h.sink.Close(context.Background())
	})
	return h
}

// as signs a person in.
func (h *house) as(t *testing.T, id domain.EmployeeID) service.Actor {
	t.Helper()
	dir, err := h.Store.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.s.ByToken(t.Context(), "demo:"+dir.Employees[id].Number)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// filing is a valid filing of department A.
func (h *house) filing(name string) domain.Filing {
	return domain.Filing{
		Name: name, Type: domain.TypeDepartment, Tier: domain.TierOrdinary, Purpose: "日常备份与值守安排", Departments: []domain.DepartmentID{h.DepA},
		Admins: h.People[1:3], Members: h.People[3:5], Platform: "byhand",
		Permissions: domain.Permissions{SeeContacts: true, Posting: domain.PostMembers, JoinByReview: true},
	}
}

// confidential is filing with the tier raised.
func (h *house) confidential(name string) domain.Filing {
	f := h.filing(name)
	f.Tier, f.Permissions.SeeContacts = domain.TierConfidential, false
	return f
}

// file files as the first employee and waits until the workflow is known to run.
func (h *house) file(t *testing.T, f domain.Filing) service.CaseSummary {
	t.Helper()
	c, err := h.s.FileGroup(t.Context(), h.as(t, h.People[0]), uuid.NewString(), f)
	if err != nil {
		t.Fatalf("%v %+v", err, service.AsError(err).Faults)
	}
	return c
}

// approve makes a decision of what the person sees.
func (h *house) approve(t *testing.T, who domain.EmployeeID, id string) (service.ActAnswer, error) {
	t.Helper()
	v, err := h.s.Case(t.Context(), h.as(t, who), id, "测试")
	if err != nil {
		t.Fatal(err)
	}
	return h.s.Decide(t.Context(), h.as(t, who), id, service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: v.Digest, Version: v.Version})
}

// until waits for something that another process must do first.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

// wants checks an error's kind and code.
func wants(t *testing.T, err error, kind service.Kind, code string) *service.Error {
	t.Helper()
	var e *service.Error
	if !errors.As(err, &e) || e.Kind != kind || (code != "" && e.Code != code) {
		t.Fatalf("want %s %s, got %v", kind, code, err)
	}
	return e
}

// fault finds the fault of a field.
func fault(t *testing.T, err error, field string) domain.Fault {
	t.Helper()
	for _, f := range service.AsError(err).Faults {
		if f.Field == field {
			return f
		}
	}
	t.Fatalf("no fault names %s: %v %+v", field, err, service.AsError(err).Faults)
	return domain.Fault{}
}
