package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Everybody whom the rules could ask leaves: the case waits in the process administrators' queue, which says what is
// missing, and one of them names who decides.
func TestNobodyToAsk(t *testing.T) {
	r := own(t, nil)
	c := r.file(t, "E0040", r.filing(t, "平台部-无人审批", department))
	b := demoBook(t)
	for _, number := range append([]string{"E0006", "E0002", "E0001"}, r.officers(t)...) {
		b.set(t, number, "状态", "离职")
		b.set(t, number, "是否部门负责人", "否")
	}
	r.importBook(t, "E0260", "", b.csv()).is(t, http.StatusOK)
	until(t, "the case needs a hand", func() bool { return r.read(t, "E0034", c.ID).NeedsHand != "" })

	r.get(t, "E0040", "/hand").refused(t, 403, "role_missing", "", "")
	var page service.Page[service.HandItem]
	r.get(t, "E0034", "/hand").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 1 {
		t.Fatalf("%+v", page.Items)
	}
	x := page.Items[0]
	if x.ID != c.ID || x.Reason != "nobody_to_ask" || x.Since.Before(c.Submitted) || x.Step == nil || x.Step.Number != 1 || x.Step.Label.ZH == "" ||
		len(x.Rules) != 1 || x.Rules[0].Department == nil || x.Rules[0].Department.Code != "RD-PLT" {
		t.Errorf("%+v", x)
	}
	v := r.read(t, "E0034", c.ID)
	if !slices.Contains(v.Can, "assign") || !v.With.AssignMissing || v.HandDue == nil {
		t.Errorf("%v %+v, until %v", v.Can, v.With, v.HandDue)
	}
	r.onCase(t, "E0034", c.ID, "assignments", "to", "E0040", "comment", "x").refused(t, 409, "target_is_party", "", "")
	r.onCase(t, "E0034", c.ID, "assignments", "to", "E0006", "comment", "x").refused(t, 409, "target_inactive", "", "")
	r.onCase(t, "E0034", c.ID, "assignments", "to", "E0116", "comment", "部门负责人均已离职").taken(t)
	if v := r.read(t, "E0040", c.ID); v.NeedsHand != "" || len(v.Waiting) != 1 || v.Waiting[0].Number != "E0116" || v.Due == nil {
		t.Errorf("%q with %v, due %v", v.NeedsHand, v.Waiting, v.Due)
	}
	r.get(t, "E0034", "/hand").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 0 {
		t.Errorf("still in the queue: %+v", page.Items)
	}
	r.approve(t, "E0116", c)
	if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseApproved {
		t.Errorf("%s", v.Status)
	}
	r.sound(t, c.ID)
}
