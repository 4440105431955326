package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// Sending back (退回), and changes of the material. E0088 and E0089 sign first, then E0090, then E0091.
var returnRules = []rule{
	{"A22", func(t *testing.T, k *court) {
		f := k.request(t, "three")
		c := k.file(t, "E0040", f)
		k.yes(t, c, "E0088", "E0089")
		k.returns(t, "E0090", c, 0).accepted(t)
		v := k.stands(t, c, domain.CaseReturned)
		if len(v.Waiting) != 0 || len(v.Earlier) != 1 {
			t.Fatalf("sent back, and %v are asked; %d earlier rounds", numbers(v.Waiting), len(v.Earlier))
		}
		void := func(v service.CaseView) {
			t.Helper()
			first := v.Earlier[0]
			if s := place(t, first.Steps, "E0088"); !first.Void || s.Status != domain.SlotApproved || s.Outcome != domain.Approve {
				t.Errorf("void: %t; the earlier decision is shown as %s %s", first.Void, s.Status, s.Outcome)
			}
			if s := place(t, first.Steps, "E0090"); s.Status != domain.SlotClosed || s.Closed != domain.ReasonReturned {
				t.Errorf("who sent it back: %s %s", s.Status, s.Closed)
			}
		}
		void(v)
		k.resubmits(t, "E0040", c, f).accepted(t)
		v = k.asks(t, c, "E0088", "E0089") // nothing is approved on the way back, unchanged as it is
		void(v)
		if s := placed(t, v, "E0088", domain.SlotOpen, ""); v.Route.Round != 2 || !strings.HasPrefix(s.ID, "r2.") {
			t.Errorf("round %d, place %s", v.Route.Round, s.ID)
		}
		k.yes(t, c, "E0088", "E0089", "E0090", "E0091")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A23", func(t *testing.T, k *court) {
		c := k.opened(t, "three")
		k.yes(t, c, "E0088", "E0089", "E0090")
		k.returns(t, "E0091", c, 2).accepted(t)
		v := k.asks(t, c, "E0090")
		if s := placed(t, v, "E0088", domain.SlotApproved, ""); v.Route.Steps[0].Status != domain.StepPassed || !strings.HasPrefix(s.ID, "r1.") {
			t.Errorf("the first step is %s, its place %s", v.Route.Steps[0].Status, s.ID)
		}
		if len(v.Earlier) != 1 || v.Earlier[0].From != 2 || place(t, v.Earlier[0].Steps, "E0090").Status != domain.SlotApproved {
			t.Errorf("the earlier round: %+v", v.Earlier)
		}
		k.yes(t, c, "E0090")
		k.asks(t, c, "E0091")
		k.yes(t, c, "E0091")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A24", func(t *testing.T, k *court) {
		c := k.opened(t, "three")
		k.returns(t, "E0088", c, 1).denied(t, http.StatusConflict, domain.ReasonNoSuchStep)
		k.yes(t, c, "E0088", "E0089")
		for _, word := range [][]any{nil, {"comment", ""}, {"comment", " \n　"}} {
			x := k.does(t, "E0090", c, "returns", append([]any{"step", 0, "material_digest", c.Digest}, word...)...).is(t, http.StatusUnprocessableEntity)
			if p := x.problem(t); len(p.Faults) != 1 || p.Faults[0].Field != "comment" {
				t.Errorf("sent back without a word: %s", x.body)
			}
		}
		for _, step := range []int{2, 3, 4} {
			k.returns(t, "E0090", c, step).denied(t, http.StatusConflict, domain.ReasonNoSuchStep)
		}
		k.asks(t, c, "E0090")
		k.returns(t, "E0090", c, 1).accepted(t)
		k.asks(t, c, "E0088", "E0089")
	}},
	{"A41", func(t *testing.T, k *court) {
		f := k.request(t, "three")
		c := k.file(t, "E0040", f)
		k.yes(t, c, "E0088", "E0089")
		k.resubmits(t, "E0040", c, f).denied(t, http.StatusConflict, domain.ReasonUnchanged)
		k.asks(t, c, "E0090")
		f.Purpose += "，另邀两家供应商"
		k.resubmits(t, "E0040", c, f).accepted(t)
		v := k.asks(t, c, "E0088", "E0089")
		placed(t, v, "E0088", domain.SlotOpen, "")
		if v.Version != 2 || v.Digest == c.Digest || len(v.Earlier) != 1 {
			t.Fatalf("version %d, the same digest: %t, %d earlier rounds", v.Version, v.Digest == c.Digest, len(v.Earlier))
		}
		first := v.Earlier[0]
		if !first.Void || first.Ended != domain.ReasonAmended || first.Digest != c.Digest || place(t, first.Steps, "E0089").Status != domain.SlotApproved {
			t.Errorf("the round that is void: %+v", first)
		}
		k.yes(t, v.CaseSummary, "E0088", "E0089", "E0090", "E0091")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A42", func(t *testing.T, k *court) {
		f := k.request(t, "three")
		c := k.file(t, "E0040", f)
		f.Purpose += "，改动"
		k.resubmits(t, "E0040", c, f).accepted(t)
		now := k.asks(t, c, "E0088", "E0089").CaseSummary
		k.decides(t, "E0088", c, domain.Approve).denied(t, http.StatusConflict, domain.ReasonStale)
		k.decides(t, "E0088", now, domain.Approve, "version", 1).denied(t, http.StatusConflict, domain.ReasonStale)
		k.returns(t, "E0088", c, 0).denied(t, http.StatusConflict, domain.ReasonStale)
		k.decides(t, "E0088", now, domain.Approve, "version", 2).accepted(t)
		k.asks(t, c, "E0089")
	}},
}
