package app_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// delegate hands approvals over from now on, for an hour.
func (r *running) delegate(t *testing.T, from, to string, kinds ...domain.RequestKind) string {
	t.Helper()
	var d service.DelegationView
	r.post(t, from, "/delegations", map[string]any{"to": r.id(t, to), "until": time.Now().Add(time.Hour).Format(time.RFC3339), "kinds": kinds}).is(t, http.StatusCreated).into(t, &d)
	t.Cleanup(func() { r.post(t, from, "/delegations/"+d.ID+"/ends", map[string]any{}) })
	return d.ID
}

func TestDecidedInAnothersName(t *testing.T) {
	r := shared(t)
	const deputy, next = "E0121", "E0122"
	c := r.file(t, "E0040", r.filing(t, "平台部-委托审批", department))
	r.get(t, deputy, "/cases/"+c.ID).is(t, http.StatusNotFound)
	first := r.delegate(t, "E0006", deputy)
	r.delegate(t, deputy, next)
	v := r.can(t, deputy, c.ID, "decide", "return", "comment")
	if !slices.Contains(v.Relations, service.RelDelegate) || len(v.With.For) != 1 || v.With.For[0].Number != "E0006" || v.MySlot != "" {
		t.Errorf("%v %+v", v.Relations, v.With.For)
	}
	r.onCase(t, deputy, c.ID, "transfers", "to", "E0123", "comment", "x").refused(t, 403, "not_an_approver", "", "")
	r.onCase(t, deputy, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest, "for", "nobody").refused(t, 422, "invalid", "for", "unknown_employee")
	r.onCase(t, deputy, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest, "for", "E0002").refused(t, 403, "no_delegation", "", "")

	// The chain's end may decide too; its middle hands nothing on once it ends.
	r.can(t, next, c.ID, "decide", "return", "comment")
	r.post(t, "E0006", "/delegations/"+first+"/ends", map[string]any{}).is(t, http.StatusOK)
	r.get(t, next, "/cases/"+c.ID).is(t, http.StatusNotFound)
	r.onCase(t, next, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest, "for", "E0006").refused(t, 403, "no_delegation", "", "") // who had it in the inbox hears why
	r.delegate(t, "E0006", deputy)

	d := []any{"outcome", "approve", "material_digest", c.Digest, "comment", "受托同意", "decision_id", act()}
	if a := r.onCase(t, deputy, c.ID, "decisions", d...).taken(t); a.DecidedBy.Number != deputy {
		t.Errorf("%+v", a.DecidedBy)
	}
	if a := r.onCase(t, deputy, c.ID, "decisions", d...).answer(t); a.Result != domain.Duplicate {
		t.Errorf("sent again: %+v", a)
	}
	s := slotOf(t, r.read(t, "E0040", c.ID), "E0006")
	if s.DecidedBy == nil || s.DecidedBy.Number != deputy || s.DecidedFor == nil || s.DecidedFor.Number != "E0006" || s.Status != domain.SlotApproved {
		t.Errorf("%+v", s)
	}
	if e := r.entry(t, "E0040", c.ID, "decide"); e.For == nil || e.For.Number != "E0006" || e.Actor.Number != deputy || !e.Proof {
		t.Errorf("the timeline: %+v", e)
	}
	var news service.Page[service.NotificationView]
	r.get(t, "E0006", "/notifications?limit=10").is(t, http.StatusOK).into(t, &news)
	if !slices.ContainsFunc(news.Items, func(n service.NotificationView) bool { return n.Kind == "acted_for" && n.SubjectID == c.ID }) {
		t.Errorf("who is accountable was not told: %+v", news.Items)
	}
	var page service.Page[service.CaseSummary]
	r.get(t, deputy, "/cases?scope=decided").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) == 0 || page.Items[0].ID != c.ID {
		t.Errorf("what the deputy decided: %+v", page.Items)
	}
	r.sound(t, c.ID)
}

// What a deputy sends back is told as done in whose name, in the round that ended and in the timeline.
func TestSentBackInAnothersName(t *testing.T) {
	r := shared(t)
	const deputy = "E0124"
	c := r.file(t, "E0040", r.filing(t, "平台部-委托退回", department))
	r.delegate(t, "E0006", deputy)
	r.onCase(t, deputy, c.ID, "returns", "material_digest", c.Digest, "comment", "请写明范围").taken(t)
	v := r.read(t, "E0040", c.ID)
	if len(v.Earlier) != 1 || v.Earlier[0].EndedBy == nil || v.Earlier[0].EndedBy.Number != deputy || v.Earlier[0].EndedFor == nil || v.Earlier[0].EndedFor.Number != "E0006" {
		t.Errorf("%+v", v.Earlier)
	}
	if e := r.entry(t, "E0040", c.ID, "return"); e.For == nil || e.For.Number != "E0006" {
		t.Errorf("%+v", e)
	}
	own := r.file(t, "E0040", r.filing(t, "平台部-本人退回", department))
	r.onCase(t, "E0006", own.ID, "returns", "material_digest", own.Digest, "comment", "请写明范围").taken(t)
	if v := r.read(t, "E0040", own.ID); v.Earlier[0].EndedBy.Number != "E0006" || v.Earlier[0].EndedFor != nil {
		t.Errorf("in their own name: %+v", v.Earlier[0])
	}
}

// Somebody to whom two of those asked delegated must say for whom.
func TestForWhom(t *testing.T) {
	r := shared(t)
	const deputy = "E0123"
	f := r.filing(t, "跨部门-为谁审批", func(f *domain.Filing) {
		f.Type = domain.TypeCrossDepartment
		f.Departments = append(f.Departments, r.department(t, "RD"))
	})
	c := r.file(t, "E0040", f)
	v := r.read(t, "E0040", c.ID)
	if len(v.Waiting) != 2 {
		t.Fatalf("asked: %v", v.Waiting)
	}
	one, two := v.Waiting[0].Number, v.Waiting[1].Number
	r.delegate(t, one, deputy)
	r.delegate(t, two, deputy)
	p := r.onCase(t, deputy, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 422, "invalid", "for", "choose_whom")
	if !slices.ContainsFunc([]string{one + ", " + two, two + ", " + one}, func(s string) bool { return p.Faults[0].Params["allowed"] == s }) {
		t.Errorf("%+v", p.Faults)
	}
	r.onCase(t, deputy, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest, "for", two).taken(t)
	// One natural person counts once in a step: the other place is for somebody else.
	r.onCase(t, deputy, c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest, "for", one).refused(t, 409, "counts_once", "", "")
	if v := r.read(t, deputy, c.ID); slices.Contains(v.Can, "decide") {
		t.Errorf("a second decision is offered: %v", v.Can)
	}
	r.approve(t, one, c)
	r.sound(t, c.ID)
}

// What somebody delegates for other kinds of request counts for nothing here.
func TestDelegatedForAnotherKind(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-委托种类", department))
	r.delegate(t, "E0006", "E0124", domain.KindRevocation)
	r.get(t, "E0124", "/cases/"+c.ID).is(t, http.StatusNotFound)
	r.approve(t, "E0006", c)
}
