package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// stand files a group, has it approved by the platform department's leader (and those who follow) and confirms that it
// stands. Its admins are E0037 and E0038.
func (r *running) stand(t *testing.T, f domain.Filing, more ...string) (group string, c service.CaseSummary) {
	t.Helper()
	c = r.file(t, "E0040", f)
	for _, who := range append([]string{"E0006"}, more...) {
		r.approve(t, who, c)
	}
	until(t, "the group is asked for", func() bool { return r.waits(t, "E0037", c.ID) })
	r.sql(t, &group, `SELECT id::text FROM groups WHERE case_id = $1`, c.ID)
	r.upload(t, "E0037", "/groups/"+group+"/confirmations", "screenshot", "s.png", "image/png", picture(t, ""),
		map[string]string{"decision_id": uuid.NewString(), "name": f.Name, "platform_id": "wx-" + group[:8]}).answer(t)
	return group, c
}

// change asks for a change of what a group reads now.
func (r *running) change(t *testing.T, who, group, key, why string, edit func(*domain.Filing)) reply {
	t.Helper()
	return r.post(t, who, "/groups/"+group+"/changes", map[string]any{"filing": r.present(t, group, edit), "reason": why}, "Idempotency-Key", key)
}

// present is how a group reads now, edited.
func (r *running) present(t *testing.T, group string, edit func(*domain.Filing)) domain.Filing {
	t.Helper()
	var start service.ChangeStart
	r.get(t, "E0037", "/groups/"+group+"/changes").is(t, http.StatusOK).into(t, &start)
	f := start.Filing.Filing
	if edit != nil {
		edit(&f)
	}
	return f
}

// changed asks for a change and expects a case.
func (r *running) changed(t *testing.T, group, why string, edit func(*domain.Filing)) (c service.CaseSummary) {
	t.Helper()
	r.change(t, "E0037", group, uuid.NewString(), why, edit).is(t, http.StatusCreated).into(t, &c)
	return c
}

// applied waits until a group has answered to a change.
func (r *running) applied(t *testing.T, c service.CaseSummary) (v service.CaseView) {
	t.Helper()
	until(t, "the group answers to its change", func() bool {
		v = r.read(t, "E0037", c.ID)
		return v.Applied != nil
	})
	return v
}

// says checks what an answer holds.
func (x reply) says(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(string(x.body), text) {
		t.Errorf("%s does not say %s: %s", x.what, text, x.body)
	}
}

func (r *running) group(t *testing.T, who, id string) (g service.GroupView) {
	t.Helper()
	r.get(t, who, "/groups/"+id+"?purpose=x").is(t, http.StatusOK).into(t, &g)
	return g
}

func TestChange(t *testing.T) {
	r := shared(t)
	group, filed := r.stand(t, r.filing(t, "平台部-变更演练", department))
	if g := r.group(t, "E0037", group); !slices.Contains(g.Can, "change") {
		t.Errorf("an admin is offered %v", g.Can)
	}
	edit := func(f *domain.Filing) {
		f.Name, f.Purpose = "平台部-变更后的名字", "变更后的用途"
		f.Members = append(f.Members, r.id(t, "E0042"))
		f.Admins = []domain.EmployeeID{r.id(t, "E0037"), r.id(t, "E0039")}
	}
	// Only an admin asks; others hear no more than they may know.
	r.change(t, "E0041", group, uuid.NewString(), "x", edit).refused(t, 403, "not_an_admin", "", "")
	r.change(t, "E0292", group, uuid.NewString(), "x", edit).refused(t, 403, "not_an_admin", "", "")
	r.get(t, "E0041", "/groups/"+group+"/changes").refused(t, 403, "not_an_admin", "", "")
	r.change(t, "E0037", group, uuid.NewString(), "", edit).refused(t, 422, "invalid", "reason", "required")
	r.change(t, "E0037", group, uuid.NewString(), "x", nil).refused(t, 422, "invalid", "changes", "nothing_changed")
	r.change(t, "E0037", group, uuid.NewString(), "x", func(f *domain.Filing) { f.Platform = "matrix" }).refused(t, 422, "invalid", "platform", "")
	r.change(t, "E0037", group, uuid.NewString(), "x", func(f *domain.Filing) { f.Name = "随便聊聊" }).refused(t, 422, "invalid", "name", "")
	r.change(t, "E0037", group, uuid.NewString(), "x", func(f *domain.Filing) { f.Tier = domain.TierSecret }).refused(t, 422, "invalid", "permissions.see_contacts", "looser_than_tier")

	var p service.ChangePreview
	r.post(t, "E0037", "/groups/"+group+"/changes/previews", map[string]any{"filing": r.present(t, group, edit), "reason": "扩大范围"}).is(t, http.StatusOK).into(t, &p)
	var fields []string
	for _, d := range p.Changes {
		fields = append(fields, d.Field)
	}
	if len(p.Faults) > 0 || p.Route == nil || len(p.Route.Steps) == 0 || p.Route.Steps[0].Due == nil || p.Route.Steps[0].Why.ZH == "" || strings.Join(fields, " ") != "name purpose admins members" {
		t.Errorf("the preview: %v %+v %v", p.Faults, p.Route, fields)
	}
	if d := p.Changes[2]; d.Gone[0].Number != "E0038" || d.Come[0].Number != "E0039" || d.Label.ZH == "" {
		t.Errorf("%+v", d)
	}

	// The same call several times at once is one change; another one meanwhile is refused and names it.
	key := uuid.NewString()
	var c service.CaseSummary
	for _, x := range atOnce(5, func(int) reply { return r.change(t, "E0037", group, key, "扩大范围", edit) }) {
		if x.status == http.StatusConflict {
			x.refused(t, 409, "request_under_way", "", "")
			continue
		}
		var one service.CaseSummary
		x.is(t, http.StatusCreated).into(t, &one)
		if c.ID != "" && one.ID != c.ID {
			t.Fatalf("two changes: %s and %s", c.Number, one.Number)
		}
		c = one
	}
	if c.Kind != domain.KindChange || c.Number[:2] != "C-" || c.GroupID != group || c.Title != "平台部-变更后的名字" {
		t.Errorf("%+v", c)
	}
	busy := r.change(t, "E0038", group, uuid.NewString(), "也要变更", func(f *domain.Filing) { f.Purpose = "另一个" }).refused(t, 409, "change_under_way", "", "")
	if !strings.Contains(busy.Title+busy.Detail, c.Number) {
		t.Errorf("the change under way is not named: %+v", busy)
	}
	r.change(t, "E0037", group, key, "别的理由", edit).refused(t, 409, "idempotency_key_reused", "", "")
	r.post(t, "E0040", "/groups", r.filing(t, "平台部-变更后的名字", department)).refused(t, 422, "invalid", "name", "name_taken")
	if g := r.group(t, "E0037", group); g.Name != "平台部-变更演练" {
		t.Errorf("changed before the approval: %q", g.Name)
	}

	// Who approves sees what changes; the co-admin may read it too. Sent back and put up again it is the same change, otherwise.
	v := r.read(t, "E0006", c.ID)
	if v.Reason != "扩大范围" || v.Was == nil || v.Was.Name != "平台部-变更演练" || v.Filing.Name != c.Title || len(v.Changes) != 4 || !slices.Contains(v.Can, "decide") || v.Applied != nil {
		t.Errorf("what is decided on: %+v %v", v.Changes, v.Can)
	}
	r.read(t, "E0038", c.ID)
	r.get(t, "E0041", "/cases/"+c.ID).refused(t, 404, "not_found", "", "")
	r.onCase(t, "E0006", c.ID, "returns", "comment", "名字不合适", "material_digest", v.Digest).taken(t)
	again := r.present(t, group, func(f *domain.Filing) {
		edit(f)
		f.Name = "平台部-变更演练"
	})
	body := map[string]any{"decision_id": uuid.NewString(), "comment": "名字不变", "name": again.Name, "type": again.Type, "tier": again.Tier, "purpose": again.Purpose, "departments": again.Departments,
		"admins": again.Admins, "members": again.Members, "permissions": again.Permissions, "platform": again.Platform}
	r.post(t, "E0037", "/cases/"+c.ID+"/resubmissions", body).taken(t)
	r.post(t, "E0037", "/cases/"+c.ID+"/resubmissions", body).is(t, http.StatusOK) // the same answer again
	var held int
	r.sql(t, &held, `SELECT count(*) FROM group_names WHERE case_id = $1 AND released_at IS NULL`, c.ID)
	if v = r.read(t, "E0006", c.ID); held != 0 || len(v.Changes) != 3 || v.Version != 2 || v.Title != "平台部-变更演练" {
		t.Errorf("%d names held, %+v, version %d", held, v.Changes, v.Version)
	}
	body["name"], body["decision_id"] = "平台部-又一个名字", uuid.NewString()
	r.post(t, "E0037", "/cases/"+c.ID+"/resubmissions", body).taken(t) // under way: the approvals given are void
	v = r.read(t, "E0006", c.ID)
	r.onCase(t, "E0006", c.ID, "decisions", "outcome", "approve", "material_digest", v.Digest).taken(t)
	if v = r.applied(t, c); v.Applied.Result != domain.Accepted || v.NeedsHand != "" {
		t.Fatalf("the group's answer: %+v %s", v.Applied, v.NeedsHand)
	}
	g := r.group(t, "E0037", group)
	if g.Name != "平台部-又一个名字" || g.Purpose != "变更后的用途" || len(g.Admins) != 2 || g.Admins[1].Number != "E0039" || g.Members != 4 {
		t.Errorf("%+v", g)
	}
	if e := r.entry(t, "E0037", c.ID, "group.changed"); e.Result != domain.Accepted {
		t.Errorf("%+v", e)
	}
	r.post(t, "E0040", "/groups/name-checks", r.filing(t, "平台部-变更演练", department)).is(t, http.StatusOK).says(t, `"ok":true`)
	r.post(t, "E0040", "/groups/name-checks", r.filing(t, "平台部-又一个名字", department)).is(t, http.StatusOK).says(t, `name_taken`)
	r.revoke(t, "E0037", c.ID, uuid.NewString(), "误操作").refused(t, 409, "change_not_revocable", "", "")
	r.sound(t, c.ID)
	r.sound(t, filed.ID)
	if v := r.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay of the group: %+v", v)
	}

	// What only looks different is the group's own name.
	c = r.changed(t, group, "全角", func(f *domain.Filing) { f.Name = "平台部－又一个名字" })
	r.approve(t, "E0006", c)
	r.applied(t, c)
	r.post(t, "E0040", "/groups/name-checks", r.filing(t, "平台部-又一个名字", department)).is(t, http.StatusOK).says(t, `name_taken`)
}

// A change that its group refuses stays on record as approved and without effect: the requester is told, the process
// administrators see to it, and it goes when the requester asks anew.
func TestChangeThatComesTooLate(t *testing.T) {
	r := shared(t)
	group, _ := r.stand(t, r.filing(t, "平台部-变更太迟", department))
	c := r.changed(t, group, "换用途", func(f *domain.Filing) { f.Name, f.Purpose = "平台部-变更太迟了", "换用途" })
	r.post(t, "E0037", "/groups/"+group+"/archivals", map[string]any{"decision_id": uuid.NewString(), "comment": "先归档"}).taken(t)
	r.change(t, "E0038", group, uuid.NewString(), "x", func(f *domain.Filing) { f.Purpose = "x" }).is(t, http.StatusConflict)
	r.approve(t, "E0006", c)
	v := r.applied(t, c)
	if v.Applied.Result != domain.Refused || v.Applied.Reason != domain.ReasonState || v.Status != domain.CaseApproved {
		t.Errorf("%+v %s", v.Applied, v.Status)
	}
	until(t, "it needs a hand", func() bool { return r.read(t, "E0037", c.ID).NeedsHand == store.HandChangeRefused })
	until(t, "the requester is told", func() bool {
		var n int
		r.sql(t, &n, `SELECT count(*) FROM notifications WHERE kind = 'change_refused' AND person_id = $1 AND subject_id = $2`, string(r.id(t, "E0037")), c.ID)
		return n == 1
	})
	r.post(t, "E0040", "/groups/name-checks", r.filing(t, "平台部-变更太迟了", department)).is(t, http.StatusOK).says(t, `"ok":true`)
	r.sound(t, c.ID)
	r.post(t, "E0037", "/groups/"+group+"/restorations", map[string]any{"decision_id": uuid.NewString()}).taken(t)
	next := r.changed(t, group, "换用途", func(f *domain.Filing) { f.Purpose = "换用途" })
	until(t, "it needs no hand any more", func() bool { return r.read(t, "E0037", c.ID).NeedsHand == "" })
	r.approve(t, "E0006", next)
	if v := r.applied(t, next); v.Applied.Result != domain.Accepted {
		t.Errorf("%+v", v.Applied)
	}
}

// Lowering a tier takes security, and the request is handled by the tier that stood before.
func TestChangeThatLowersTheTier(t *testing.T) {
	r := shared(t)
	group, _ := r.stand(t, r.filing(t, "平台部-降密演练", confidential), "E0292")
	c := r.changed(t, group, "已不涉密", func(f *domain.Filing) { f.Tier = domain.TierOrdinary })
	if c.Tier != domain.TierConfidential {
		t.Errorf("handled as %s", c.Tier)
	}
	r.approve(t, "E0006", c)
	if v := r.read(t, "E0037", c.ID); v.Status != domain.CaseInApproval {
		t.Fatalf("lowered without security: %s", v.Status)
	}
	r.approve(t, "E0292", c)
	r.applied(t, c)
	if g := r.group(t, "E0037", group); g.Tier != domain.TierOrdinary {
		t.Errorf("%s", g.Tier)
	}
	r.sound(t, c.ID)
}
