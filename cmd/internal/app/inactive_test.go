package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// Members who did nothing in a group for long are told once, each in one mail; the button, or a word in the group, keeps them.
// What nobody could see is nobody's silence.
func TestSilentMembersAreToldAndKept(t *testing.T) {
	c := withPlatform(t, time.Hour, func(c *app.Config) { c.InactiveEvery = 100 * time.Millisecond })
	button, word := c.id(t, "E0041"), c.id(t, "E0042")
	f := c.file(t, "E0040", c.filing(t, "平台部-沉默的人", department, func(f *domain.Filing) {
		f.Platform, f.Members = "test", []domain.EmployeeID{button, word}
	}))
	c.approve(t, "E0006", f)
	var group, room string
	until(t, "the group stands and was looked at", func() bool {
		c.sql(t, &group, "SELECT coalesce((SELECT g.id::text FROM groups g JOIN group_activity_spans s ON s.group_id = g.id WHERE g.case_id = $1 AND g.state = 'active' AND s.looked_on IS NOT NULL), '')", f.ID)
		return group != ""
	})
	c.sql(t, &room, "SELECT platform_id FROM groups WHERE id = $1", group)
	notices := func(who string) []service.PlaceView {
		t.Helper()
		var list struct{ Items []service.PlaceView }
		c.get(t, who, "/memberships/notices").is(t, http.StatusOK).into(t, &list)
		return list.Items
	}
	count := func(q string, args ...any) (n int) {
		t.Helper()
		c.sql(t, &n, q, args...)
		return n
	}
	again := func() { // tomorrow's look comes now
		t.Helper()
		count("WITH x AS (UPDATE group_activity_spans SET looked_on = NULL WHERE group_id = $1 RETURNING 1) SELECT count(*) FROM x", group)
		until(t, "a look", func() bool {
			return count("SELECT count(*) FROM group_activity_spans WHERE group_id = $1 AND looked_on IS NOT NULL", group) == 1
		})
	}

	// They came in long ago; but the platform knows only of today, and so nobody is silent yet.
	count("WITH x AS (UPDATE group_members SET since = now() - interval '250 days' WHERE group_id = $1 RETURNING 1) SELECT count(*) FROM x", group)
	again()
	if n := len(notices("E0041")); n > 0 {
		t.Fatalf("told of a silence that nobody could see: %d", n)
	}
	// An admin reports what the platform's own log says. Nobody else may, and nobody reports the future.
	now := time.Now()
	report := func(last time.Time) map[string]any {
		return map[string]any{"from": now.AddDate(0, 0, -260), "until": now, "people": []any{map[string]any{"person": "E0041", "last": last}}}
	}
	c.post(t, "E0042", "/groups/"+group+"/activity", report(now)).is(t, http.StatusForbidden)
	c.post(t, "E0037", "/groups/"+group+"/activity", report(now.Add(time.Hour))).is(t, http.StatusUnprocessableEntity)
	var got service.ActivityAnswer
	c.post(t, "E0037", "/groups/"+group+"/activity", report(now.AddDate(0, 0, -200))).is(t, http.StatusOK).into(t, &got)
	if got.Newer != 1 || got.From == nil || now.Sub(*got.From) < 249*24*time.Hour {
		t.Errorf("the report: %+v", got)
	}
	c.post(t, "E0037", "/groups/"+group+"/activity", report(now.AddDate(0, 0, -210))).is(t, http.StatusOK).into(t, &got)
	if got.Newer != 0 || got.Known != 1 {
		t.Errorf("an older day: %+v", got)
	}
	again()
	until(t, "both are told", func() bool { return len(notices("E0041")) == 1 && len(notices("E0042")) == 1 })
	n := notices("E0041")[0].Notice
	if n.Cause != domain.SilentActivity || n.Day != now.AddDate(0, 0, -200).In(time.FixedZone("CST", 8*3600)).Format(time.DateOnly) || n.After != 180 || n.Rule != "inactive.ordinary.after" || n.Due.Sub(n.At) < 12*24*time.Hour {
		t.Errorf("the notice: %+v", n)
	}
	if n := notices("E0042")[0].Notice; n.Cause != domain.SilentJoined {
		t.Errorf("who never said anything: %+v", n)
	}
	if n := len(notices("E0037")); n > 0 {
		t.Error("an admin is told of their removal")
	}
	again()
	if n := count("SELECT count(*) FROM audit_entries WHERE subject_id = $1 AND kind = 'group.inactive'", group); n != 1 {
		t.Errorf("two looks made %d acts, want 1", n)
	}
	var page service.Page[service.MemberView]
	c.get(t, "E0037", "/groups/"+group+"/members?state=inactive_notice").is(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 2 || page.Items[0].State != string(domain.MemberInactive) || page.Items[0].Notice == nil {
		t.Errorf("the admin's list: %+v", page.Items)
	}
	for _, who := range []string{"E0037", "E0041", "E0042"} {
		until(t, "one mail in the morning for "+who, func() bool {
			return count("SELECT count(*) FROM outbox WHERE kind = 'group_news' AND payload->>'person' = $1", string(c.id(t, who))) == 1
		})
	}

	// One presses the button, twice; the other says something in the group.
	var kept struct {
		Items []struct {
			Status int
			Result string
		}
	}
	press := map[string]any{"decision_id": uuid.NewString(), "groups": []string{group}}
	for _, want := range []string{"accepted", "duplicate"} {
		c.post(t, "E0041", "/memberships/keeps", press).is(t, http.StatusOK).into(t, &kept)
		if len(kept.Items) != 1 || kept.Items[0].Status != http.StatusOK || kept.Items[0].Result != want {
			t.Errorf("pressed: %+v, want %s", kept, want)
		}
	}
	if err := c.far.Say(word, room, "我还在"); err != nil {
		t.Fatal(err)
	}
	until(t, "neither is to be removed any more", func() bool { return len(notices("E0041"))+len(notices("E0042")) == 0 })
	if n := count("SELECT count(*) FROM group_activity WHERE group_id = $1 AND ((employee_id = $2 AND source = 'kept') OR (employee_id = $3 AND source = 'platform'))", group, string(button), string(word)); n != 2 {
		t.Errorf("%d of two replies are on record", n)
	}
	again()
	if n := len(notices("E0041")) + len(notices("E0042")); n > 0 {
		t.Error("told again on the day of the reply")
	}
}
