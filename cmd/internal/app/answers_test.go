package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/problem"
	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// decisions is where a case is decided.
func decisions(c service.CaseSummary) string { return "/cases/" + c.ID + "/decisions" }

// refused expects a refusal with a result and a reason.
func refused(t *testing.T, x reply, status int, result domain.Result, reason domain.Reason) problem.Problem {
	t.Helper()
	p := x.is(t, status).problem(t)
	if p.Result != result || p.Reason != reason || p.Title == "" || p.Detail == "" {
		t.Fatalf("%s: want %s because of %s, in words: %s", x.what, result, reason, x.body)
	}
	return p
}

func TestTheSameClickTwiceAtOnceIsOneDecision(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-双击确认", department))
	d := decision(c, domain.Approve)
	replies := atOnce(8, func(int) reply { return r.post(t, "E0006", decisions(c), d) })
	count := map[domain.Result]int{}
	for _, x := range replies {
		count[x.answer(t).Result]++
	}
	if count[domain.Accepted] != 1 || count[domain.Duplicate] != 7 {
		t.Errorf("one accepted and seven duplicates, not %v", count)
	}
	// The same id for something else is not the same act.
	d["outcome"] = domain.Reject
	x := r.post(t, "E0006", decisions(c), d)
	if x.status < 400 || x.status >= 500 {
		t.Errorf("another decision under the same id: %d %s", x.status, x.body)
	}
}

func TestTwoOfficersAtOnceGetOneYesAndOneWordWhoDecided(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-两人同时", confidential))
	r.approve(t, "E0006", c)
	officers := r.officers(t)
	for _, who := range officers {
		if !r.waits(t, who, c.ID) {
			t.Fatalf("the case does not wait for %s", who)
		}
	}
	outcomes := []domain.Outcome{domain.Approve, domain.Reject}
	replies := atOnce(2, func(i int) reply { return r.post(t, officers[i], decisions(c), decision(c, outcomes[i])) })
	first, second := replies[0], replies[1]
	winner := 0
	if first.status != http.StatusOK {
		first, second, winner = second, first, 1
	}
	if a := first.answer(t); a.Result != domain.Accepted {
		t.Fatalf("%+v", a)
	}
	p := second.is(t, http.StatusConflict).problem(t)
	if p.Result != domain.TooLate || p.DecidedBy == nil || p.DecidedBy.Number != officers[winner] || p.DecidedBy.Name == "" {
		t.Errorf("too late, and %s decided: %s", officers[winner], second.body)
	}
	want := domain.CaseApproved
	if outcomes[winner] == domain.Reject {
		want = domain.CaseRejected
	}
	if v := r.read(t, "E0040", c.ID); v.Status != want {
		t.Errorf("%s, want %s", v.Status, want)
	}
}

func TestADecisionOnOldMaterialIsRefused(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-旧材料", department))
	d := decision(c, domain.Approve)
	d["material_digest"] = "sha256:" + fmt.Sprintf("%064x", 7)
	refused(t, r.post(t, "E0006", decisions(c), d), http.StatusConflict, domain.Refused, domain.ReasonStale)
	if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseInApproval {
		t.Errorf("%s", v.Status)
	}
	r.approve(t, "E0006", c) // with what is true it works
}

func TestWhoMayNotDecide(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "项目-谁能审批"))
	for _, x := range []struct {
		who    string
		status int
		why    string
	}{
		{"E0200", http.StatusNotFound, "a stranger is not told that it exists"},
		{"E0021", http.StatusForbidden, "an auditor may read, not decide"},
		{"E0040", http.StatusForbidden, "nobody decides on their own request"},
		{"E0037", http.StatusForbidden, "nor a future admin, who is party to it"},
		{"", http.StatusUnauthorized, "nobody is signed in"},
		{"E0166", http.StatusUnauthorized, "who left has no account"},
		{"E9999", http.StatusUnauthorized, "who never was has none"},
	} {
		got := r.post(t, x.who, decisions(c), decision(c, domain.Approve))
		if got.status != x.status {
			t.Errorf("%s: %d %s", x.why, got.status, got.body)
		}
	}
	// The superior's step has not opened: until then the case is none of theirs.
	r.post(t, "E0002", decisions(c), decision(c, domain.Approve)).is(t, http.StatusNotFound)
	if v := r.read(t, "E0006", c.ID); v.Status != domain.CaseInApproval || v.Route.Steps[0].Slots[0].Outcome != "" {
		t.Errorf("somebody decided all the same: %+v", v.Route.Steps[0])
	}
}

func TestInASequenceEverybodyWaitsForTheirTurn(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-依次审批", func(f *domain.Filing) {
		f.Type, f.EndsOn = domain.TypeSpecial, time.Now().AddDate(0, 3, 0).Format(time.DateOnly)
	}))
	if r.waits(t, "E0002", c.ID) {
		t.Error("the second of a sequence is asked too early")
	}
	refused(t, r.post(t, "E0002", decisions(c), decision(c, domain.Approve)), http.StatusConflict, domain.Refused, domain.ReasonNotYourTurn)
	r.approve(t, "E0006", c)
	if a := r.approve(t, "E0002", c); a.Status != domain.CaseApproved {
		t.Errorf("%+v", a)
	}
}

func TestALeadersOwnRequestGoesToTheSuperior(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0006", r.filing(t, "平台部-负责人自报", department))
	if c.Waiting[0].Number != "E0002" {
		t.Fatalf("it waits for %+v", c.Waiting)
	}
	x := r.post(t, "E0006", decisions(c), decision(c, domain.Approve))
	if p := x.is(t, http.StatusForbidden).problem(t); p.Detail == "" {
		t.Errorf("%s", x.body)
	}
	r.approve(t, "E0002", c)
}

func TestACommentAndAWithdrawal(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "项目-说明后撤回"))
	d := map[string]string{"decision_id": uuid.NewString(), "text": "请在周五前处理"}
	if a := r.post(t, "E0040", "/cases/"+c.ID+"/comments", d).answer(t); a.Result != domain.Accepted {
		t.Fatalf("%+v", a)
	}
	if a := r.post(t, "E0040", "/cases/"+c.ID+"/comments", d).answer(t); a.Result != domain.Duplicate {
		t.Fatalf("%+v", a)
	}
	r.post(t, "E0200", "/cases/"+c.ID+"/comments", map[string]string{"text": "路过"}).is(t, http.StatusNotFound)
	x := r.post(t, "E0006", "/cases/"+c.ID+"/withdrawals", map[string]string{"decision_id": uuid.NewString()})
	x.is(t, http.StatusForbidden)
	w := map[string]string{"decision_id": uuid.NewString(), "comment": "改由应用部报备"}
	if a := r.post(t, "E0040", "/cases/"+c.ID+"/withdrawals", w).answer(t); a.Result != domain.Accepted || a.Status != domain.CaseWithdrawn {
		t.Fatalf("%+v", a)
	}
	if a := r.post(t, "E0040", "/cases/"+c.ID+"/withdrawals", w).answer(t); a.Result != domain.Duplicate {
		t.Fatalf("%+v", a)
	}
	p := r.post(t, "E0006", decisions(c), decision(c, domain.Approve)).is(t, http.StatusConflict).problem(t)
	if p.Result != domain.TooLate || p.Reason != domain.ReasonEnded || p.CaseStatus != domain.CaseWithdrawn || p.DecidedBy == nil || p.DecidedBy.Number != "E0040" {
		t.Errorf("on a case that was withdrawn: %+v", p)
	}
	if r.waits(t, "E0006", c.ID) {
		t.Error("a withdrawn case waits in an inbox")
	}
	var tl service.Page[service.TimelineEntry]
	r.get(t, "E0040", "/cases/"+c.ID+"/timeline").is(t, http.StatusOK).into(t, &tl)
	said := ""
	for _, e := range tl.Items {
		said += e.Comment + "\n"
	}
	if !strings.Contains(said, "请在周五前处理") || !strings.Contains(said, "改由应用部报备") {
		t.Errorf("the timeline says %q", said)
	}
	// The name is free again.
	r.file(t, "E0040", r.filing(t, "项目-说明后撤回"))
}

func TestAClosedCaseSaysHowItEnded(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "项目-已有结论"))
	no := decision(c, domain.Reject)
	no["comment"] = "范围过大"
	if a := r.post(t, "E0006", decisions(c), no).answer(t); a.Status != domain.CaseRejected {
		t.Fatalf("%+v", a)
	}
	p := refused(t, r.post(t, "E0006", decisions(c), decision(c, domain.Approve)), http.StatusConflict, domain.TooLate, domain.ReasonEnded)
	if p.CaseStatus != domain.CaseRejected || p.DecidedBy == nil || p.DecidedBy.Number != "E0006" || p.DecidedAt == nil {
		t.Errorf("%+v", p)
	}
	if a := r.post(t, "E0006", decisions(c), no).answer(t); a.Result != domain.Duplicate {
		t.Errorf("the first decision again: %+v", a)
	}
	refused(t, r.post(t, "E0040", "/cases/"+c.ID+"/withdrawals", map[string]string{"decision_id": uuid.NewString()}),
		http.StatusConflict, domain.TooLate, domain.ReasonEnded)
}

func TestTheSameFilingTwiceAtOnceIsOneCase(t *testing.T) {
	r := shared(t)
	f, key := r.filing(t, "项目-同时提交两次"), uuid.NewString()
	ids := map[string]bool{}
	for _, x := range atOnce(6, func(int) reply { return r.post(t, "E0040", "/groups", f, "Idempotency-Key", key) }) {
		var c service.CaseSummary
		x.is(t, http.StatusCreated).into(t, &c)
		ids[c.ID] = true
	}
	if len(ids) != 1 {
		t.Errorf("%d cases", len(ids))
	}
	p := r.post(t, "E0041", "/groups", f).is(t, http.StatusUnprocessableEntity).problem(t)
	if len(p.Faults) == 0 || p.Faults[0].Field != "name" || p.Faults[0].Params["suggestion"] == "" {
		t.Errorf("a taken name: %+v", p)
	}
}

// officers are the security officers' staff numbers.
func (r *running) officers(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, e := range r.dir.Employees {
		for _, role := range e.Roles {
			if role == domain.RoleSecurity && e.Active {
				out = append(out, e.Number)
			}
		}
	}
	if len(out) < 2 {
		t.Fatal("the demo company has fewer than two security officers")
	}
	return out
}

// atOnce asks n times at the same moment.
func atOnce(n int, ask func(i int) reply) []reply {
	out := make([]reply, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			out[i] = ask(i)
		})
	}
	close(start)
	wg.Wait()
	return out
}
