package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// A group that the register has as deleted and that stands on its platform all the same is reported like one that nobody
// filed: once, to security, with a date by which something must be done.
func TestADeletedGroupThatStandsAgainIsReported(t *testing.T) {
	c := withPlatform(t, 2*time.Second)
	group, room := c.stands(t, "平台部-死而复生")
	c.ended(t, group)
	time.Sleep(5 * time.Second) // two comparisons
	var n int
	if c.sql(t, &n, "SELECT (SELECT count(*) FROM groups) + (SELECT count(*) FROM group_sightings)"); n != 1 {
		t.Fatalf("a group that is gone was found: %d rows", n)
	}
	c.far.Revive(room, c.id(t, "E0041"))
	var found string
	until(t, "it is in the register again", func() bool {
		c.sql(t, &found, "SELECT coalesce((SELECT id::text FROM groups WHERE platform_id = $1 AND state = 'draft'), '')", room)
		return found != ""
	})
	c.finds(t, found, "unfiled_group:group")
	until(t, "security is told", func() bool {
		c.sql(t, &n, "SELECT count(*) FROM notifications WHERE subject_id = $1 AND kind = 'finding' AND person_id = $2", found, string(c.id(t, "E0292")))
		return n > 0
	})
	time.Sleep(5 * time.Second)
	if c.sql(t, &n, "SELECT (SELECT count(*) FROM groups) + (SELECT count(*) FROM group_sightings)"); n != 3 {
		t.Errorf("found again it became another: %d rows", n)
	}
	if v := c.verdict(t, "group-"+found); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

// ended has a group's filing revoked, and waits until it is deleted on its platform.
func (c compared) ended(t *testing.T, group string) {
	t.Helper()
	var filed string
	c.sql(t, &filed, "SELECT case_id::text FROM groups WHERE id = $1", group)
	var r service.CaseSummary
	c.revoke(t, "E0040", filed, uuid.NewString(), "不再需要").is(t, http.StatusCreated).into(t, &r)
	c.approve(t, "E0006", r)
	until(t, "it is deleted", func() bool {
		var state string
		c.sql(t, &state, "SELECT state FROM groups WHERE id = $1", group)
		return state == "deleted"
	})
}

// A filing that comes too late for the group that was found is approved and without effect: the requester is told, it needs
// a hand, and its name is free.
func TestAFilingThatItsGroupRefuses(t *testing.T) {
	c := withPlatform(t, 2*time.Second)
	room, err := c.far.Start(c.id(t, "E0044"), "周末爬山", c.id(t, "E0041"))
	if err != nil {
		t.Fatal(err)
	}
	var group string
	until(t, "it is in the register", func() bool {
		c.sql(t, &group, "SELECT coalesce((SELECT id::text FROM groups WHERE platform_id = $1), '')", room)
		return group != ""
	})
	c.finds(t, group, "unfiled_group:group")
	raw, err := json.Marshal(c.filing(t, "平台部-来得太晚", department, func(f *domain.Filing) { f.Platform = "test" }))
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	body["discovered"] = group
	delete(body, "existing")
	var filed service.CaseSummary
	c.post(t, "E0292", "/groups", body).is(t, http.StatusCreated).into(t, &filed)
	// Meanwhile it is deleted by hand, and security closes its entry.
	c.far.Vanish(room)
	c.finds(t, group, "deleted_on_platform:group", "unfiled_group:group")
	a := c.post(t, "E0292", "/groups/"+group+"/findings/deleted_on_platform:group/resolutions", map[string]any{"decision_id": uuid.NewString(), "proposal": domain.ProposeDeleted}).answer(t)
	if a.Result != domain.Accepted {
		t.Fatalf("dissolved: %+v", a)
	}
	c.approve(t, "E0006", filed)
	until(t, "it needs a hand", func() bool { return c.read(t, "E0292", filed.ID).NeedsHand == store.HandAdoptionRefused })
	until(t, "the requester is told", func() bool {
		var news struct {
			Items []struct {
				Kind string
				ID   string `json:"subject_id"`
			}
		}
		c.get(t, "E0292", "/notifications?limit=100").is(t, http.StatusOK).into(t, &news)
		n := 0
		for _, x := range news.Items {
			if x.Kind == "adoption_refused" && x.ID == filed.ID {
				n++
			}
		}
		return n == 1
	})
	if status, page := c.page(t, "E0292", "/notifications"); status != http.StatusOK || !strings.Contains(page, "“平台部-来得太晚”的报备已通过") {
		t.Errorf("the page does not say it: %d", status)
	}
	c.post(t, "E0040", "/groups/name-checks", c.filing(t, "平台部-来得太晚", department)).is(t, http.StatusOK).says(t, `"ok":true`)
	c.sound(t, filed.ID)
	// Nobody files it again: a process administrator takes it out of the queue, and says why.
	at, why := "/cases/"+filed.ID+"/dismissals", with("comment", "该群已解散，无需再报备")
	c.post(t, "E0292", at, why).is(t, http.StatusForbidden)
	c.post(t, "E0034", at, newAct()).is(t, http.StatusUnprocessableEntity)
	for _, want := range []domain.Result{domain.Accepted, domain.Duplicate} {
		if a := c.post(t, "E0034", at, why).answer(t); a.Result != want {
			t.Errorf("dismissed: %+v, want %s", a, want)
		}
	}
	if p := c.post(t, "E0034", at, with("comment", "再来一次")).is(t, http.StatusConflict).problem(t); p.Code != "not_dismissible" {
		t.Errorf("dismissed twice: %+v", p)
	}
	if x := c.get(t, "E0034", "/hand").is(t, http.StatusOK); strings.Contains(string(x.body), filed.ID) {
		t.Errorf("still in the queue: %s", x.body)
	}
	c.get(t, "E0034", "/cases/"+filed.ID+"/timeline").is(t, http.StatusOK).says(t, "该群已解散，无需再报备")
	c.sound(t, filed.ID)
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

// A group with secrets that is found and filed late: its people wait for agreement and training, and stay on the platform
// meanwhile; they are no strangers there, but who is on nobody's list is one.
func TestAFoundGroupWithSecretsKeepsItsPeopleInGrace(t *testing.T) {
	c := withPlatform(t, 2*time.Second)
	room, err := c.far.Start(c.id(t, "E0044"), "星图内部", c.id(t, "E0041"))
	if err != nil {
		t.Fatal(err)
	}
	c.byHand(t, room, "", nil, []domain.EmployeeID{c.id(t, "E0037")}, nil)
	var group string
	until(t, "it is in the register", func() bool {
		c.sql(t, &group, "SELECT coalesce((SELECT id::text FROM groups WHERE platform_id = $1), '')", room)
		return group != ""
	})
	raw, err := json.Marshal(c.filing(t, "平台部-星图内部", department, confidential, func(f *domain.Filing) { f.Platform = "test" }))
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	body["discovered"] = group
	delete(body, "existing")
	var filed service.CaseSummary
	c.post(t, "E0292", "/groups", body).is(t, http.StatusCreated).into(t, &filed)
	until(t, "everybody has approved", func() bool {
		v := c.read(t, "E0292", filed.ID)
		for _, st := range v.Route.Steps {
			for _, sl := range st.Slots {
				if sl.Status == domain.SlotOpen {
					c.post(t, sl.Person.Number, "/cases/"+filed.ID+"/decisions", decision(v.CaseSummary, domain.Approve))
				}
			}
		}
		return v.Status == domain.CaseApproved
	})
	until(t, "it was adopted", func() bool {
		var n int
		c.sql(t, &n, "SELECT count(*) FROM group_members m JOIN groups g ON g.id = m.group_id WHERE g.id = $1 AND g.state = 'active' AND m.state = 'nda_pending'", group)
		return n > 1
	})
	c.finds(t, group, "stranger:"+string(c.id(t, "E0044")))
	time.Sleep(3 * time.Second) // one more comparison
	c.finds(t, group, "stranger:"+string(c.id(t, "E0044")))
	m, _ := c.far.Members(room)
	if !slices.Contains(m, c.id(t, "E0041")) || !slices.Contains(m, c.id(t, "E0037")) {
		t.Errorf("on the platform: %v", m)
	}
	c.asked(t, "E0041", group)
	found, err := c.far.Start(c.id(t, "E0044"), "周末爬山", c.id(t, "E0041"))
	if err != nil {
		t.Fatal(err)
	}
	c.dissolvedUnfiled(t, found)
	c.get(t, "E0292", "/groups/"+group+"?purpose=check").is(t, http.StatusOK).says(t, `"nda_incomplete"`)
	c.get(t, "E0037", "/groups/"+group+"/dates").is(t, http.StatusOK).says(t, `"cause":"filed_late"`)
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

// dissolvedUnfiled has security dissolve a group that nobody files, with a reason, and bring it back: nobody else can, and
// not without saying why.
func (c compared) dissolvedUnfiled(t *testing.T, room string) {
	t.Helper()
	var group, state string
	until(t, "the other one is in the register", func() bool {
		c.sql(t, &group, "SELECT coalesce((SELECT id::text FROM groups WHERE platform_id = $1), '')", room)
		return group != ""
	})
	at := "/groups/" + group + "/dissolutions"
	if x := c.post(t, "E0044", at, with("comment", "不需要")); x.status != http.StatusNotFound && x.status != http.StatusForbidden {
		t.Errorf("who keeps it: %d %s", x.status, x.body)
	}
	if p := c.post(t, "E0292", at, newAct()).is(t, http.StatusConflict).problem(t); p.Code != string(domain.ReasonNoReason) {
		t.Errorf("without a reason: %+v", p)
	}
	if a := c.post(t, "E0292", at, with("comment", "与工作无关的私人群")).answer(t); a.Result != domain.Accepted || a.Group != domain.GroupPendingDeletion {
		t.Fatalf("dissolved: %+v", a)
	}
	c.get(t, "E0292", "/groups/"+group+"/timeline").is(t, http.StatusOK).says(t, "与工作无关的私人群")
	c.get(t, "E0292", "/groups/"+group+"/dates").is(t, http.StatusOK).says(t, `"deletion_due"`)
	if a := c.post(t, "E0292", "/groups/"+group+"/restorations", newAct()).answer(t); a.Result != domain.Accepted {
		t.Fatalf("restored: %+v", a)
	}
	c.finds(t, group, "unfiled_group:group")
	if c.sql(t, &state, "SELECT state FROM groups WHERE id = $1", group); state != "draft" {
		t.Errorf("restored it is %s", state)
	}
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}

// Between a change's approval and its group's answer no other is taken: so none is ever decided on what no longer holds, and
// the group's own refusal (stale_base) is the last line of defence, held by the rules' tests.
func TestNoChangeOnAStaleBase(t *testing.T) {
	held, open := make(chan struct{}), make(chan struct{})
	var once sync.Once
	c := withPlatform(t, time.Hour, func(cfg *app.Config) {
		cfg.Boundary = func(name string) {
			if name == "apply_change.before_call" {
				once.Do(func() { close(held) })
				<-open
			}
		}
	})
	group, _ := c.stands(t, "平台部-两次变更")
	var start service.ChangeStart
	c.get(t, "E0038", "/groups/"+group+"/changes").is(t, http.StatusOK).into(t, &start)
	base := start.Base
	first := c.changed(t, group, "先改用途", func(f *domain.Filing) { f.Purpose = "第一次变更后的用途" })
	c.approve(t, "E0006", first)
	<-held
	again := func(f *domain.Filing) { f.Purpose = "第二次变更后的用途" }
	if p := c.change(t, "E0038", group, uuid.NewString(), "再改用途", again).refused(t, 409, "change_under_way", "", ""); !strings.Contains(p.Title+p.Detail, first.Number) {
		t.Errorf("the change that is not carried out yet is not named: %+v", p)
	}
	close(open)
	if v := c.applied(t, first); v.Applied.Result != domain.Accepted {
		t.Fatalf("the first: %+v", v.Applied)
	}
	// Who began from what was before, and says so, hears that it moved on; who begins anew gets on.
	stale := c.filing(t, "平台部-两次变更", department, func(f *domain.Filing) { f.Platform, f.Purpose = "test", "按旧内容填写" })
	body := map[string]any{"filing": stale, "reason": "按旧内容", "base": base}
	if p := c.post(t, "E0038", "/groups/"+group+"/changes", body, "Idempotency-Key", uuid.NewString()).is(t, http.StatusConflict).problem(t); p.Code != string(domain.ReasonStaleBase) {
		t.Errorf("a stale base: %+v", p)
	}
	second := c.changed(t, group, "再改用途", again)
	if v := c.read(t, "E0006", second.ID); v.Was == nil || v.Was.Purpose != "第一次变更后的用途" {
		t.Errorf("decided on %+v", v.Was)
	}
	c.approve(t, "E0006", second)
	if v := c.applied(t, second); v.Applied.Result != domain.Accepted {
		t.Errorf("the second: %+v", v.Applied)
	}
}
