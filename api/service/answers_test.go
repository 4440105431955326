package service_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// answers gathers what became of acts done at once.
type answers struct {
	mu   sync.Mutex
	oks  []service.ActAnswer
	errs []*service.Error
}

func (x *answers) add(a service.ActAnswer, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err != nil {
		x.errs = append(x.errs, service.AsError(err))
		return
	}
	x.oks = append(x.oks, a)
}

func (x *answers) count(r domain.Result) int {
	n := 0
	for _, a := range x.oks {
		if a.Result == r {
			n++
		}
	}
	for _, e := range x.errs {
		if e.Answer != nil && e.Answer.Result == r {
			n++
		}
	}
	return n
}

func TestTheSameDecisionAtOnceCountsOnce(t *testing.T) {
	h := open(t)
	c := h.file(t, h.filing("研发部-数据备份"))
	v, err := h.s.Case(t.Context(), h.as(t, h.LeadA), c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	in := service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: v.Digest}
	var got answers
	var wg sync.WaitGroup
	lead := h.as(t, h.LeadA)
	for range 8 {
		wg.Go(func() { got.add(h.s.Decide(t.Context(), lead, c.ID, in)) })
	}
	wg.Wait()
	if got.count(domain.Accepted) != 1 || got.count(domain.Duplicate) != 7 {
		t.Fatalf("%+v %+v", got.oks, got.errs)
	}
	in.Outcome = domain.Reject
	_, err = h.s.Decide(t.Context(), lead, c.ID, in)
	wants(t, err, service.Conflict, "decision_id_reused")
	line, err := h.s.Timeline(t.Context(), lead, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range line {
		if e.Kind == "decide" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d decisions in the timeline", n)
	}
}

func TestOfTwoWhoMaySignTheFirstSettles(t *testing.T) {
	h := open(t)
	f := h.filing("研发部-合作伙伴")
	f.Permissions.InviteOutsiders = true // leader, then any security officer
	c := h.file(t, f)
	if _, err := h.approve(t, h.LeadA, c.ID); err != nil {
		t.Fatal(err)
	}
	v, err := h.s.Case(t.Context(), h.as(t, h.Security), c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	var got answers
	var wg sync.WaitGroup
	for who, outcome := range map[domain.EmployeeID]domain.Outcome{h.Security: domain.Approve, h.Security2: domain.Reject} {
		a := h.as(t, who)
		wg.Go(func() {
			got.add(h.s.Decide(t.Context(), a, c.ID, service.DecideInput{ID: uuid.NewString(), Outcome: outcome, Digest: v.Digest}))
		})
	}
	wg.Wait()
	if len(got.oks) != 1 || len(got.errs) != 1 {
		t.Fatalf("%+v %+v", got.oks, got.errs)
	}
	late := got.errs[0]
	if late.Kind != service.Conflict || late.Answer == nil || late.Answer.Result != domain.TooLate || late.Answer.DecidedBy == nil ||
		late.Answer.DecidedBy.ID != got.oks[0].DecidedBy.ID || late.Answer.DecidedAt == nil {
		t.Fatalf("%+v, settled by %+v", late.Answer, got.oks[0].DecidedBy)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	h := open(t)
	ctx := t.Context()
	c := h.file(t, h.filing("研发部-数据备份"))
	lead := h.as(t, h.LeadA)
	v, err := h.s.Case(ctx, lead, c.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	decide := func(who domain.EmployeeID, digest string) error {
		_, err := h.s.Decide(ctx, h.as(t, who), c.ID, service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: digest})
		return err
	}
	wants(t, decide(h.LeadA, "sha256:"+strings.Repeat("0", 64)), service.Conflict, "material_changed")
	wants(t, decide(h.People[0], v.Digest), service.Forbidden, "separation_of_duties")
	wants(t, decide(h.People[1], v.Digest), service.Forbidden, "not_an_approver")
	wants(t, decide(h.People[5], v.Digest), service.NotFound, "not_found")
	wants(t, decide(h.Auditor, v.Digest), service.Forbidden, "not_a_party")
	_, err = h.s.Withdraw(ctx, lead, c.ID, uuid.NewString(), "")
	wants(t, err, service.Forbidden, "not_the_requester")
	// Whoever lost the right a moment ago is refused by the workflow, on record.
	dir, err := h.Store.Directory(ctx)
	if err != nil {
		t.Fatal(err)
	}
	gone := lead
	h.Exec(t, `UPDATE employees SET active = false WHERE id = $1`, string(h.LeadA))
	_, err = h.s.Decide(ctx, gone, c.ID, service.DecideInput{ID: uuid.NewString(), Outcome: domain.Approve, Digest: v.Digest})
	wants(t, err, service.Forbidden, "account_disabled")
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	time.Sleep(400 * time.Millisecond) // what another process changed shows at the door after a moment; the workflow saw it at once
	if _, err := h.s.ByToken(ctx, "demo:"+dir.Employees[h.LeadA].Number); service.AsError(err).Kind != service.Unsigned {
		t.Errorf("somebody who left signs in: %v", err)
	}
	h.Exec(t, `UPDATE employees SET active = true WHERE id = $1`, string(h.LeadA))
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	time.Sleep(400 * time.Millisecond)

	ans, err := h.s.Withdraw(ctx, h.as(t, h.People[0]), c.ID, uuid.NewString(), "不需要了")
	if err != nil || ans.Status != domain.CaseWithdrawn {
		t.Fatalf("%v %+v", err, ans)
	}
	e := wants(t, decide(h.LeadA, v.Digest), service.Conflict, "case_ended")
	if e.Answer.DecidedBy == nil || e.Answer.DecidedBy.ID != h.People[0] || e.Answer.Status != domain.CaseWithdrawn {
		t.Errorf("%+v", e.Answer)
	}
	var refusals int
	if err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM audit_entries WHERE result = 'refused'`).Scan(&refusals); err != nil || refusals != 5 {
		t.Errorf("%d refusals on record: %v", refusals, err)
	}
	if err := h.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM api_events WHERE kind = 'act_refused'`).Scan(&refusals); err != nil || refusals != 2 {
		t.Errorf("%d refusals at the door on record: %v", refusals, err)
	}
}

func TestADecisionIDBelongsToOneCase(t *testing.T) {
	h := open(t)
	a, b := h.file(t, h.filing("研发部-甲事项")), h.file(t, h.filing("研发部-乙事项"))
	lead := h.as(t, h.LeadA)
	id := uuid.NewString()
	va, _ := h.s.Case(t.Context(), lead, a.ID, "")
	vb, _ := h.s.Case(t.Context(), lead, b.ID, "")
	if _, err := h.s.Decide(t.Context(), lead, a.ID, service.DecideInput{ID: id, Outcome: domain.Approve, Digest: va.Digest}); err != nil {
		t.Fatal(err)
	}
	_, err := h.s.Decide(t.Context(), lead, b.ID, service.DecideInput{ID: id, Outcome: domain.Approve, Digest: vb.Digest})
	wants(t, err, service.Conflict, "decision_id_reused")
	st, err := h.s.ActStatus(t.Context(), lead, a.ID, id)
	if err != nil || st.Result != domain.Accepted {
		t.Errorf("%v %+v", err, st)
	}
	if _, err := h.s.ActStatus(t.Context(), h.as(t, h.People[5]), a.ID, id); service.AsError(err).Kind != service.NotFound {
		t.Errorf("a stranger asks: %v", err)
	}
}
