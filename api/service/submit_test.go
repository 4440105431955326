package service_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func TestOfTwoWhoFileANameAtOnceOneWins(t *testing.T) {
	h := open(t)
	const n = 6
	var mu sync.Mutex
	var won []service.CaseSummary
	var lost []error
	var wg sync.WaitGroup
	for i := range n {
		a := h.as(t, h.People[i%2])
		f := h.filing("研发部-数据备份")
		f.Admins = h.People[2:4]
		f.Members = nil
		wg.Go(func() {
			c, err := h.s.FileGroup(t.Context(), a, uuid.NewString(), f)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				lost = append(lost, err)
			} else {
				won = append(won, c)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 || len(lost) != n-1 {
		t.Fatalf("%d won, %d lost: %v", len(won), len(lost), lost)
	}
	for _, err := range lost {
		wants(t, err, service.Invalid, "")
		f := fault(t, err, "name")
		if f.Code != "name_taken" || f.Params["suggestion"] == "" || f.Params["suggestion"] == "研发部-数据备份" {
			t.Errorf("%+v", f)
		}
		if strings.Contains(strings.Join([]string{f.Params["number"], f.Params["case"]}, ""), "-") {
			t.Errorf("the fault tells what holds the name: %+v", f)
		}
	}
	// The suggestion works.
	f := h.filing(fault(t, lost[0], "name").Params["suggestion"])
	if _, err := h.s.FileGroup(t.Context(), h.as(t, h.People[0]), uuid.NewString(), f); err != nil {
		t.Errorf("the suggestion is refused: %v %+v", err, service.AsError(err).Faults)
	}
	// A look-alike of a taken name is taken too; a withdrawn one is free again.
	if _, err := h.s.FileGroup(t.Context(), h.as(t, h.People[0]), uuid.NewString(), h.filing("研发部-數據备份")); err == nil {
		t.Log("traditional characters are another name by this policy")
	}
	if _, err := h.s.Withdraw(t.Context(), requesterOf(t, h, won[0]), won[0].ID, uuid.NewString(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.FileGroup(t.Context(), h.as(t, h.People[0]), uuid.NewString(), h.filing("研发部-数据备份")); err != nil {
		t.Errorf("a withdrawn name is not free: %v", err)
	}
}

func requesterOf(t *testing.T, h *house, c service.CaseSummary) service.Actor {
	t.Helper()
	return h.as(t, c.Requester.ID)
}

func TestTheSameKeyFilesOnce(t *testing.T) {
	h := open(t)
	a, key, f := h.as(t, h.People[0]), uuid.NewString(), h.filing("研发部-数据备份")
	ids := make([]string, 6)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			for {
				c, err := h.s.FileGroup(t.Context(), a, key, f)
				if e := service.AsError(err); err != nil && e.Code == "request_under_way" {
					continue // the twin is not through; a caller tries again
				}
				if err != nil {
					t.Errorf("%v %+v", err, service.AsError(err).Faults)
				}
				ids[i] = c.ID
				return
			}
		})
	}
	wg.Wait()
	if len(slices.Compact(slices.Clone(ids))) != 1 || ids[0] == "" {
		t.Fatalf("cases: %v", ids)
	}
	f.Purpose = "别的用途"
	_, err := h.s.FileGroup(t.Context(), a, key, f)
	wants(t, err, service.Conflict, "idempotency_key_reused")
	for _, bad := range []string{"", "有空格 的", strings.Repeat("k", 201)} {
		_, err := h.s.FileGroup(t.Context(), a, bad, f)
		wants(t, err, service.Malformed, "")
	}
}

func TestFaultsComeAllAtOnceAndNothingIsStored(t *testing.T) {
	h := open(t)
	f := h.filing("闲聊")
	f.Purpose, f.Platform, f.Admins, f.EndsOn = " ", "telegraph", h.People[1:2], "yesterday"
	f.Members = []domain.EmployeeID{h.People[3], h.People[3], domain.EmployeeID(uuid.NewString())}
	f.Permissions.AnonymousSpeech = true
	a := h.as(t, h.People[0])
	_, err := h.s.FileGroup(t.Context(), a, uuid.NewString(), f)
	wants(t, err, service.Invalid, "")
	p, perr := h.s.PreviewFiling(t.Context(), a, f)
	if perr != nil {
		t.Fatal(perr)
	}
	for _, field := range []string{"name", "purpose", "platform", "admins", "ends_on", "members[1]", "members[2]", "permissions.anonymous_speech"} {
		fault(t, err, field)
		if !slices.ContainsFunc(p.Faults, func(x domain.Fault) bool { return x.Field == field }) {
			t.Errorf("the preview does not name %s", field)
		}
	}
	if p.Name.OK || p.Name.Suggestion == "" || p.Route == nil {
		t.Errorf("preview: %+v", p)
	}
	for _, table := range []string{"cases", "objects", "case_keys", "group_names", "outbox", "idempotency_keys"} {
		var n int
		if err := h.Store.Pool().QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rows in %s: %v", n, table, err)
		}
	}
}

func TestARouteWithoutPeopleIsRefusedAtOnce(t *testing.T) {
	h := open(t)
	h.Exec(t, `UPDATE employees SET roles = '{}' WHERE 'security_officer' = ANY (roles)`)
	h.Exec(t, `INSERT INTO directory_revisions (at, source) VALUES (now(), 'test')`)
	_, err := h.s.FileGroup(t.Context(), h.as(t, h.People[0]), uuid.NewString(), h.confidential("研发部-涉密事项"))
	f := fault(t, err, "route")
	if f.Params["step"] != "security" {
		t.Errorf("%+v", f)
	}
}

func TestALeadersOwnFilingGoesToTheSuperior(t *testing.T) {
	h := open(t)
	f := h.filing("研发部-数据备份")
	a := h.as(t, h.LeadA)
	p, err := h.s.PreviewFiling(t.Context(), a, f)
	if err != nil || p.Route == nil || len(p.Route.Steps[0].Slots) != 1 {
		t.Fatalf("%v %+v", err, p)
	}
	slot := p.Route.Steps[0].Slots[0]
	if slot.Person.ID != h.Head || slot.Why.Code != domain.WhySuperior || slot.Why.InsteadOfRef == nil || slot.Why.InsteadOfRef.ID != h.LeadA {
		t.Errorf("%+v", slot)
	}
	c, err := h.s.FileGroup(t.Context(), a, uuid.NewString(), f)
	if err != nil || c.Waiting[0].ID != h.Head {
		t.Errorf("%v %+v", err, c)
	}
}
