package app_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

func TestTransfer(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-转交审批", department))
	due := slotOf(t, r.read(t, "E0006", c.ID), "E0006").Due
	to := func(who, target string) reply {
		return r.onCase(t, who, c.ID, "transfers", "to", target, "comment", "出差")
	}
	to("E0006", "nobody").refused(t, 422, "invalid", "to", "unknown_employee")
	r.onCase(t, "E0006", c.ID, "transfers", "to", "E0116").refused(t, 422, "invalid", "comment", "required")
	to("E0006", "E0040").refused(t, 409, "target_is_party", "", "")
	to("E0006", leftLong).refused(t, 409, "target_inactive", "", "")
	to("E0006", "E0006").refused(t, 409, "target_has_a_place", "", "")
	to("E0040", "E0116").refused(t, 403, "separation_of_duties", "", "")
	to(attacker, "E0116").refused(t, 404, "not_found", "", "")
	to("E0006", "E0116").taken(t)
	r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 403, "not_an_approver", "", "")
	v := r.can(t, "E0116", c.ID, "decide", "return", "transfer", "add_signers", "copy", "comment")
	s := slotOf(t, v, "E0116")
	if s.Origin != domain.OriginTransfer || s.FromPerson == nil || s.FromPerson.Number != "E0006" || s.Hops != 1 || s.Due == nil || !s.Due.Equal(*due) {
		t.Errorf("the place: %+v", s)
	}
	if e := r.entry(t, "E0006", c.ID, "transfer"); len(e.To) != 1 || e.To[0].Number != "E0116" || e.Comment != "出差" || !e.Proof {
		t.Errorf("the timeline: %+v", e)
	}
	r.can(t, "E0006", c.ID, "copy", "comment")
	if !r.waits(t, "E0116", c.ID) || r.waits(t, "E0006", c.ID) {
		t.Error("the inboxes did not follow")
	}
	// Three hops in a row, as the policy has it; the fourth is refused and no longer offered.
	to("E0116", "E0117").taken(t)
	to("E0117", "E0118").taken(t)
	to("E0118", "E0119").refused(t, 409, "too_many_hops", "", "")
	if v := r.read(t, "E0118", c.ID); slices.Contains(v.Can, "transfer") {
		t.Errorf("a fourth hop is offered: %v", v.Can)
	}
	r.approve(t, "E0118", c)
	r.sound(t, c.ID)
}

func TestAddedSigners(t *testing.T) {
	r := shared(t)
	add := func(who string, c service.CaseSummary, mode string, more ...any) reply {
		return r.onCase(t, who, c.ID, "added-signers", append([]any{"mode", mode, "people", []string{"E0116"}}, more...)...)
	}
	t.Run("before", func(t *testing.T) {
		c := r.file(t, "E0040", r.filing(t, "平台部-前加签", department))
		add("E0006", c, "before").taken(t)
		r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 409, "waits_for_added", "", "")
		r.can(t, "E0006", c.ID, "copy", "comment")
		if s := slotOf(t, r.read(t, "E0116", c.ID), "E0116"); s.Mode != domain.AddBefore || s.Origin != domain.OriginAdded || s.FromPerson.Number != "E0006" {
			t.Errorf("%+v", s)
		}
		r.approve(t, "E0116", c)
		r.approve(t, "E0006", c)
		r.sound(t, c.ID)
	})
	t.Run("after", func(t *testing.T) {
		c := r.file(t, "E0040", r.filing(t, "平台部-后加签", department))
		add("E0006", c, "after").refused(t, 422, "invalid", "material_digest", "required")
		add("E0006", c, "after", "material_digest", "sha256:0").refused(t, 409, "material_changed", "", "")
		add("E0006", c, "after", "material_digest", c.Digest, "comment", "我同意").taken(t)
		v := r.read(t, "E0040", c.ID)
		if s := slotOf(t, v, "E0006"); s.Outcome != domain.Approve || v.Status != domain.CaseInApproval || len(v.Waiting) != 1 || v.Waiting[0].Number != "E0116" {
			t.Errorf("%s with %v, %+v", v.Status, v.Waiting, s)
		}
		r.onCase(t, "E0116", c.ID, "decisions", "outcome", "reject", "material_digest", c.Digest).taken(t)
		if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseRejected {
			t.Errorf("%s", v.Status)
		}
		r.sound(t, c.ID)
	})
	t.Run("parallel", func(t *testing.T) {
		c := r.file(t, "E0040", r.filing(t, "平台部-并加签", department))
		add("E0006", c, "parallel").taken(t)
		r.approve(t, "E0006", c)
		if v := r.read(t, "E0040", c.ID); v.Status != domain.CaseInApproval {
			t.Errorf("the added approver was not waited for: %s", v.Status)
		}
		r.approve(t, "E0116", c)
		r.sound(t, c.ID)
	})
	t.Run("refused", func(t *testing.T) {
		c := r.file(t, "E0040", r.filing(t, "平台部-加签限制", department))
		at := func(members ...any) reply { return r.onCase(t, "E0006", c.ID, "added-signers", members...) }
		at("mode", "beside", "people", []string{"E0116"}).refused(t, 422, "invalid", "mode", "unknown_value")
		at("mode", "before", "people", []string{"E0116", "e0116"}).refused(t, 422, "invalid", "people[1]", "listed_twice")
		at("mode", "before", "people", []string{"E0116", "x"}).refused(t, 422, "invalid", "people[1]", "unknown_employee")
		at("mode", "before", "people", []string{"E0116", "E0117", "E0118", "E0119", "E0120", "E0121"}).refused(t, 409, "too_many_added", "", "")
		at("mode", "parallel", "people", []string{"E0040"}).refused(t, 409, "target_is_party", "", "")
		add("E0040", c, "before").refused(t, 403, "separation_of_duties", "", "")
	})
}

func TestUrge(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-催办", department))
	due := slotOf(t, r.read(t, "E0006", c.ID), "E0006").Due
	r.can(t, "E0040", c.ID, "resubmit", "urge", "copy", "withdraw", "comment")
	r.onCase(t, "E0006", c.ID, "urges").refused(t, 403, "not_the_requester", "", "")
	r.onCase(t, "E0040", c.ID, "urges").taken(t)
	r.onCase(t, "E0040", c.ID, "urges").refused(t, 409, "urged_too_soon", "", "")
	v := r.can(t, "E0040", c.ID, "resubmit", "copy", "withdraw", "comment")
	s := slotOf(t, v, "E0006")
	if s.Urged == nil || v.With.UrgeFrom == nil || v.With.UrgeFrom.Sub(*s.Urged).Hours() != 4 || !s.Due.Equal(*due) {
		t.Errorf("urged %v, again from %v, due %v", s.Urged, v.With.UrgeFrom, s.Due)
	}
	var news service.Page[service.NotificationView]
	r.get(t, "E0006", "/notifications?limit=5").is(t, http.StatusOK).into(t, &news)
	if !slices.ContainsFunc(news.Items, func(n service.NotificationView) bool { return n.Kind == "urge" && n.SubjectID == c.ID }) {
		t.Errorf("the approver was not told: %+v", news.Items)
	}
	r.sound(t, c.ID)
}

func TestCopies(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-抄送", department))
	r.get(t, "E0116", "/cases/"+c.ID).is(t, http.StatusNotFound)
	r.onCase(t, "E0037", c.ID, "copies", "people", []string{"E0116"}).refused(t, 403, "relation_missing", "", "")
	r.onCase(t, "E0040", c.ID, "copies", "people", []string{leftLong}).refused(t, 409, "target_inactive", "", "")
	r.onCase(t, "E0040", c.ID, "copies", "people", []string{}).refused(t, 422, "invalid", "people", "required")
	r.onCase(t, "E0040", c.ID, "copies", "people", []string{"E0116", "E0117"}).taken(t)
	v := r.can(t, "E0116", c.ID) // reads, and has no say
	if !slices.Contains(v.Relations, service.RelCopied) || len(v.Copies) != 2 || v.Copies[0].By.Number != "E0040" {
		t.Errorf("%v %+v", v.Relations, v.Copies)
	}
	r.onCase(t, "E0116", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 403, "not_an_approver", "", "")
	r.onCase(t, "E0116", c.ID, "comments", "text", "x").refused(t, 403, "relation_missing", "", "")
	r.onCase(t, "E0116", c.ID, "copies", "people", []string{"E0118"}).refused(t, 403, "relation_missing", "", "")
	r.get(t, "E0116", "/cases/"+c.ID+"/timeline").is(t, http.StatusOK)
	var page service.Page[service.CaseSummary]
	r.get(t, "E0116", "/cases?scope=copied").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) == 0 || page.Items[0].ID != c.ID {
		t.Errorf("the copies: %+v", page.Items)
	}
	r.approve(t, "E0006", c)
	r.sound(t, c.ID)
}

// A process administrator gives a place to somebody else, says why, and takes none themself.
func TestAssignment(t *testing.T) {
	r := shared(t)
	c := r.file(t, "E0040", r.filing(t, "平台部-指定审批人", department))
	v := r.read(t, "E0034", c.ID)
	if !slices.Contains(v.Can, "assign") || len(v.With.Assign) != 1 || v.With.AssignMissing {
		t.Fatalf("%v %+v", v.Can, v.With)
	}
	give := func(who, target string, more ...any) reply {
		return r.onCase(t, who, c.ID, "assignments", append([]any{"slot", v.With.Assign[0], "to", target, "comment", "长期出差"}, more...)...)
	}
	give("E0006", "E0116").refused(t, 403, "role_missing", "", "")
	give("E0034", "E0116", "comment", "").refused(t, 422, "invalid", "comment", "required")
	give("E0034", "E0116", "slot", "p1").refused(t, 422, "invalid", "slot", "no_such_place")
	give("E0034", "E0040").refused(t, 409, "target_is_party", "", "")
	give("E0034", "E0034").refused(t, 409, "not_allowed_by_policy", "", "")
	give("E0034", "E0116").taken(t)
	if s := slotOf(t, r.read(t, "E0116", c.ID), "E0116"); s.Origin != domain.OriginAssigned || s.Status != domain.SlotOpen {
		t.Errorf("%+v", s)
	}
	if e := r.entry(t, "E0040", c.ID, "assign"); e.Actor.Number != "E0034" || e.Comment != "长期出差" || e.To[0].Number != "E0116" {
		t.Errorf("the record: %+v", e)
	}
	r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", c.Digest).refused(t, 409, "reassigned", "", "")
	r.approve(t, "E0116", c)
	r.sound(t, c.ID)
}
