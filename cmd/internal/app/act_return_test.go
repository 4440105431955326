package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func TestSentBackToTheStartAndSubmittedAgain(t *testing.T) {
	r := shared(t)
	f := r.filing(t, "项目-退回重报")
	c := r.file(t, "E0040", f)
	r.approve(t, "E0006", c)

	r.onCase(t, "E0002", c.ID, "returns", "material_digest", c.Digest).refused(t, 422, "invalid", "comment", "required")
	r.onCase(t, "E0006", c.ID, "returns", "material_digest", c.Digest, "comment", "x").refused(t, 409, "already_decided", "", "")
	r.onCase(t, "E0040", c.ID, "returns", "material_digest", c.Digest, "comment", "x").refused(t, 403, "separation_of_duties", "", "")
	r.onCase(t, "E0002", c.ID, "returns", "material_digest", "sha256:0", "comment", "x").refused(t, 409, "material_changed", "", "")
	r.onCase(t, "E0002", c.ID, "returns", "material_digest", c.Digest, "comment", "x", "step", 2).refused(t, 409, "no_such_step", "", "")
	v := r.can(t, "E0002", c.ID, "decide", "return", "transfer", "add_signers", "copy", "comment")
	if len(v.With.ReturnTo) != 2 || v.With.ReturnTo[0].Number != 0 || v.With.ReturnTo[1].Number != 1 || v.With.ReturnTo[1].Label.ZH == "" {
		t.Errorf("it can be sent back to %+v", v.With.ReturnTo)
	}
	r.onCase(t, "E0002", c.ID, "returns", "material_digest", c.Digest, "comment", "请写明项目期限").taken(t)

	v = r.can(t, "E0040", c.ID, "resubmit", "withdraw", "copy", "comment")
	if v.Status != domain.CaseReturned || v.ReturnDue == nil || len(v.Earlier) != 1 || len(v.Waiting) != 0 {
		t.Fatalf("%s, due %v, earlier %d, waiting %v", v.Status, v.ReturnDue, len(v.Earlier), v.Waiting)
	}
	old := v.Earlier[0]
	if !old.Void || old.Ended != domain.ReasonReturned || old.EndedBy == nil || old.EndedBy.Number != "E0002" || old.Comment != "请写明项目期限" || old.Digest != c.Digest ||
		old.Steps[0].Slots[0].Outcome != domain.Approve {
		t.Errorf("the earlier round: %+v", old)
	}
	r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 409, "returned", "", "")
	r.can(t, "E0006", c.ID, "copy", "comment")
	if r.waits(t, "E0002", c.ID) {
		t.Error("it still waits for E0002")
	}

	f.Purpose = "支付网关重构的日常协作，至年底"
	body := fields(t, f)
	r.onCase(t, "E0006", c.ID, "resubmissions", flat(body)...).refused(t, 403, "not_the_requester", "", "")
	var p service.Preview
	r.post(t, "E0040", "/cases/"+c.ID+"/resubmissions/previews", body).is(t, http.StatusOK).into(t, &p)
	if !p.Name.OK || len(p.Faults) > 0 || p.Route == nil {
		t.Errorf("its own name is free for it: %+v", p)
	}
	r.onCase(t, "E0040", c.ID, "resubmissions", "name", f.Name).refused(t, 422, "invalid", "purpose", "required")
	d := append(flat(body), "comment", "已写明期限", "decision_id", act())
	a := r.onCase(t, "E0040", c.ID, "resubmissions", d...).taken(t)
	if again := r.onCase(t, "E0040", c.ID, "resubmissions", d...).answer(t); again.Result != domain.Duplicate {
		t.Errorf("sent again: %+v", again)
	}
	body["purpose"] = "另一个用途"
	r.onCase(t, "E0040", c.ID, "resubmissions", append(flat(body), "decision_id", a.ActID)...).refused(t, 409, "decision_id_reused", "", "")
	v = r.read(t, "E0040", c.ID)
	if v.Status != domain.CaseInApproval || v.Version != 2 || v.Route.Round != 2 || v.Digest == c.Digest || v.Filing.Purpose != f.Purpose || len(v.Waiting) != 1 || v.Waiting[0].Number != "E0006" {
		t.Errorf("submitted again: %s version %d round %d, with %v", v.Status, v.Version, v.Route.Round, v.Waiting)
	}
	if e := r.entry(t, "E0006", c.ID, "resubmit"); e.Comment != "已写明期限" || e.Digest != v.Digest || len(e.People) != 1 {
		t.Errorf("the timeline: %+v", e)
	}
	// Whoever decides again sees both versions; a stranger none.
	var m struct{ Items []service.MaterialView }
	r.get(t, "E0006", "/cases/"+c.ID+"/materials").is(t, http.StatusOK).into(t, &m)
	if len(m.Items) != 2 || m.Items[0].Version != 1 || m.Items[0].Digest != c.Digest || m.Items[0].Filing.Purpose == f.Purpose ||
		m.Items[1].Version != 2 || m.Items[1].Digest != v.Digest || m.Items[1].Filing.Purpose != f.Purpose || m.Items[1].Comment != "已写明期限" {
		t.Errorf("the versions: %+v", m.Items)
	}
	r.get(t, "E0199", "/cases/"+c.ID+"/materials").is(t, http.StatusNotFound)
	r.approve(t, "E0006", v.CaseSummary)
	r.approve(t, "E0002", v.CaseSummary)
	if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseApproved {
		t.Errorf("%s", v.Status)
	}
	r.sound(t, c.ID)
}

// flat makes pairs of a body's members.
func flat(m map[string]any) []any {
	var out []any
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}

func TestSentBackToAStepAlreadyPassed(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "项目-退回上一环节"))
	r.approve(t, "E0006", c)
	r.onCase(t, "E0002", c.ID, "returns", "material_digest", c.Digest, "comment", "请部门再看", "step", 1).taken(t)
	v := r.read(t, "E0006", c.ID)
	if v.Status != domain.CaseInApproval || v.Route.Round != 2 || v.MySlot == "" || !strings.HasPrefix(v.MySlot, "r2.") || len(v.Earlier) != 1 || v.Earlier[0].Steps[0].Slots[0].Outcome != domain.Approve {
		t.Fatalf("%s round %d, my place %q", v.Status, v.Route.Round, v.MySlot)
	}
	if e := r.entry(t, "E0040", c.ID, "return"); e.Step != 1 || len(e.People) != 1 || e.People[0].Number != "E0006" {
		t.Errorf("the timeline: %+v", e)
	}
	r.approve(t, "E0006", c)
	r.approve(t, "E0002", c)
	r.sound(t, c.ID)
}

func TestChangedMaterialVoidsApprovals(t *testing.T) {
	r := shared(t)
	f := r.filing(t, "项目-途中修改")
	c := r.file(t, "E0040", f)
	r.approve(t, "E0006", c)
	if v := r.read(t, "E0040", c.ID); !v.With.RevisesRound {
		t.Error("the requester is not told that a change voids approvals")
	}
	r.onCase(t, "E0040", c.ID, "resubmissions", flat(fields(t, f))...).refused(t, 409, "material_unchanged", "", "")
	f.Members = append(f.Members, r.id(t, "E0042"))
	r.onCase(t, "E0040", c.ID, "resubmissions", flat(fields(t, f))...).taken(t)
	r.onCase(t, "E0002", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 403, "not_an_approver", "", "")
	r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 409, "material_changed", "", "")
	v := r.read(t, "E0006", c.ID)
	if len(v.Earlier) != 1 || v.Earlier[0].Ended != domain.ReasonAmended || v.Earlier[0].EndedBy.Number != "E0040" || !v.Earlier[0].Void {
		t.Errorf("the earlier round: %+v", v.Earlier)
	}
	r.approve(t, "E0006", v.CaseSummary)
	r.approve(t, "E0002", v.CaseSummary)
	r.sound(t, c.ID)
}
