package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// batch is the answer to many decisions at once.
type batch struct {
	Items []struct {
		Case       string             `json:"case"`
		ID         string             `json:"decision_id"`
		Status     int                `json:"status"`
		Result     string             `json:"result"`
		Reason     string             `json:"reason"`
		Code       string             `json:"code"`
		Title      string             `json:"title"`
		Detail     string             `json:"detail"`
		CaseStatus string             `json:"case_status"`
		DecidedBy  *service.PersonRef `json:"decided_by"`
		Faults     []struct{ Field, Code string }
	} `json:"items"`
}

// One decision of a batch that is at fault, late or not allowed stops no other, and each has its own answer.
func TestManyDecisionsAtOnce(t *testing.T) {
	r := shared(t)
	var items []map[string]any
	add := func(c service.CaseSummary, change ...any) {
		m := map[string]any{"case": c.ID, "decision_id": act(), "outcome": "approve", "material_digest": c.Digest}
		for i := 0; i+1 < len(change); i += 2 {
			m[change[i].(string)] = change[i+1]
		}
		items = append(items, m)
	}
	var cases []service.CaseSummary
	for _, name := range []string{"批量一", "批量二", "批量三", "批量四", "批量五", "批量六"} {
		cases = append(cases, r.file(t, "E0040", r.filing(t, "平台部-"+name, department)))
	}
	ended := cases[5]
	r.post(t, "E0040", "/cases/"+ended.ID+"/withdrawals", map[string]any{"decision_id": act()}).taken(t)
	add(cases[0])
	add(cases[1], "outcome", "maybe")
	add(cases[2], "outcome", "reject", "comment", "用途不清")
	add(cases[3], "material_digest", "sha256:0")
	add(cases[4], "comment", "a\x00b")
	add(ended)
	add(service.CaseSummary{ID: act(), Digest: "x"})
	add(service.CaseSummary{ID: "x", Digest: "x"})
	want := []struct {
		status int
		result string
		code   string
		field  string
	}{
		{200, "accepted", "", ""}, {422, "", "invalid", "outcome"}, {200, "accepted", "", ""}, {409, "refused", "material_changed", ""},
		{422, "", "invalid", "comment"}, {409, "too_late", "case_ended", ""}, {404, "", "not_found", ""}, {422, "", "invalid", "case"},
	}
	var b batch
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items}).is(t, http.StatusOK).into(t, &b)
	if len(b.Items) != len(items) {
		t.Fatalf("%d answers to %d decisions", len(b.Items), len(items))
	}
	for i, w := range want {
		x := b.Items[i]
		if x.Status != w.status || x.Result != w.result || x.Code != w.code || w.code != "" && (x.Title == "" || x.Detail == "") || w.field != "" && (len(x.Faults) == 0 || x.Faults[0].Field != w.field) {
			t.Errorf("item %d: want %+v, got %+v", i, w, x)
		}
	}
	if x := b.Items[5]; x.DecidedBy == nil || x.DecidedBy.Number != "E0040" || x.CaseStatus != "withdrawn" {
		t.Errorf("who withdrew is not told: %+v", x)
	}
	for i, status := range map[int]domain.CaseStatus{0: domain.CaseApproved, 1: domain.CaseInApproval, 2: domain.CaseRejected, 3: domain.CaseInApproval, 4: domain.CaseInApproval} {
		if v := r.read(t, "E0040", cases[i].ID); v.Status != status {
			t.Errorf("case %d: %s, want %s", i, v.Status, status)
		}
	}
	// Sent again it gives the first answers.
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items}).is(t, http.StatusOK).into(t, &b)
	if b.Items[0].Result != "duplicate" || b.Items[2].Result != "duplicate" || b.Items[3].Code != "material_changed" {
		t.Errorf("sent again: %+v", b.Items)
	}
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": []any{}}).refused(t, 422, "invalid", "items", "required")
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": make([]struct{}, 101)}).refused(t, 422, "invalid", "items", "too_many")
	for _, i := range []int{0, 2} {
		r.sound(t, cases[i].ID)
	}
}

// Several are rejected with the reason they have in common; without one none is, and its own comment goes before.
func TestManyAreRejectedWithOneReason(t *testing.T) {
	r := shared(t)
	var items []map[string]any
	var cases []service.CaseSummary
	for _, name := range []string{"批拒一", "批拒二", "批拒三"} {
		c := r.file(t, "E0040", r.filing(t, "平台部-"+name, department))
		cases = append(cases, c)
		items = append(items, map[string]any{"case": c.ID, "decision_id": act(), "outcome": "reject", "material_digest": c.Digest})
	}
	var b batch
	for _, comment := range []string{"", " \n "} {
		r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items, "comment": comment}).is(t, http.StatusOK).into(t, &b)
		for i, x := range b.Items {
			if x.Status != 422 || len(x.Faults) != 1 || x.Faults[0].Field != "comment" || r.read(t, "E0040", cases[i].ID).Status != domain.CaseInApproval {
				t.Errorf("without a reason: %+v", x)
			}
		}
	}
	items[1]["comment"] = "与现有群重复"
	items[2]["material_digest"] = "sha256:0"
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items, "comment": "请先与部门商量"}).is(t, http.StatusOK).into(t, &b)
	for i, want := range []struct {
		status int
		said   string
	}{{200, "请先与部门商量"}, {200, "与现有群重复"}, {409, ""}} {
		v := r.read(t, "E0040", cases[i].ID)
		if b.Items[i].Status != want.status || (v.Status == domain.CaseRejected) != (want.status == 200) || v.Route.Steps[0].Slots[0].Comment != want.said {
			t.Errorf("item %d: %+v, case %s, said %q", i, b.Items[i], v.Status, v.Route.Steps[0].Slots[0].Comment)
		}
	}
	if e := r.entry(t, "E0040", cases[0].ID, "decide"); e.Via != domain.ViaBatch || !e.Proof {
		t.Errorf("how it came is not told, or not signed: %+v", e)
	}
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items, "comment": strings.Repeat("长", 2001)}).refused(t, 422, "invalid", "comment", "too_long")
	r.sound(t, cases[0].ID)
}

// A hundred at once, as many as there may be, are answered within a request's time.
func TestAHundredDecisionsAtOnce(t *testing.T) {
	r := shared(t)
	var items []map[string]any
	for i := range 100 {
		c := r.file(t, "E0040", r.filing(t, "平台部-百件"+strings.Repeat("甲", i/10)+strings.Repeat("乙", i%10), department))
		items = append(items, map[string]any{"case": c.ID, "decision_id": act(), "outcome": "approve", "material_digest": c.Digest})
	}
	start := time.Now()
	var b batch
	r.post(t, "E0006", "/inbox/decisions", map[string]any{"items": items}).is(t, http.StatusOK).into(t, &b)
	for i, x := range b.Items {
		if x.Status != 200 || x.Result != "accepted" || x.Case != items[i]["case"] {
			t.Errorf("item %d: %+v", i, x)
		}
	}
	t.Logf("100 decisions in %s", time.Since(start).Round(time.Millisecond))
	var page service.Page[service.CaseSummary]
	r.get(t, "E0006", "/cases?scope=decided&limit=100").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 100 || page.Next == "" && len(page.Items) < 100 {
		t.Errorf("%d decided", len(page.Items))
	}
}

// Two hundred contradictory decisions at once on a step that any may sign have one outcome, and everybody hears within ten
// seconds whose it is.
func TestTwoHundredContradictoryDecisionsHaveOneOutcome(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-二百个意见", confidential))
	r.approve(t, "E0006", c)
	officers := r.officers(t)
	took := make([]time.Duration, 200)
	replies := atOnce(200, func(i int) reply {
		o := domain.Approve
		if i%2 == 1 {
			o = domain.Reject
		}
		start := time.Now()
		x := r.post(t, officers[i%len(officers)], decisions(c), decision(c, o))
		took[i] = time.Since(start)
		return x
	})
	var winner *service.PersonRef
	for i, x := range replies {
		if took[i] > 10*time.Second {
			t.Errorf("answer %d took %s", i, took[i])
		}
		if x.status != http.StatusOK {
			continue
		}
		if a := x.answer(t); a.Result != domain.Accepted || winner != nil {
			t.Fatalf("a second decision was accepted: %+v", a)
		} else {
			winner = a.DecidedBy
		}
	}
	if winner == nil {
		t.Fatal("nobody's decision was accepted")
	}
	told := 0
	for _, x := range replies {
		if x.status == http.StatusOK {
			continue
		}
		p := x.is(t, http.StatusConflict).problem(t) // a 202 too would be wrong: everybody knows
		if p.Result != domain.TooLate || p.DecidedBy == nil || p.DecidedBy.ID != winner.ID || p.DecidedAt == nil {
			t.Fatalf("an answer that does not say who decided: %s", x.body)
		}
		told++
	}
	v := r.read(t, "E0040", c.ID)
	decided := 0
	for _, s := range v.Route.Steps[1].Slots {
		if s.Outcome != "" {
			decided++
		}
	}
	if told != 199 || decided != 1 || !v.Status.Final() {
		t.Errorf("%d were told, %d decisions in the step, %s", told, decided, v.Status)
	}
	r.sound(t, c.ID)
}
