package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
	"github.com/qunbei/qunbei/models/domain"
)

// What people do to a group in their own clients on a real homeserver becomes findings, and nothing is taken back silently;
// a freeze and its lifting by two are felt in those clients.
func TestDriftAndFrostOnARealHomeserver(t *testing.T) {
	r, login := onSynapse(t, "E0037", "E0038", "E0040", "E0041", "E0044", "visitor")
	c := compared{r, &chattest.Platform{}}
	f := r.file(t, "E0040", r.filing(t, "平台部-真实的偏离", department, inMatrix))
	r.approve(t, "E0006", f)
	var group, room string
	until(t, "the room", func() bool {
		r.sql(t, &room, "SELECT coalesce(max(platform_id), '') FROM groups WHERE case_id = $1 AND state = 'active'", f.ID)
		return room != ""
	})
	r.sql(t, &group, "SELECT id::text FROM groups WHERE case_id = $1", f.ID)
	admin, member, colleague, visitor := login("E0037"), login("E0041"), login("E0044"), login("visitor")
	in := func(account string) bool {
		t.Helper()
		people, err := admin.Members(t.Context(), room)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(people, account)
	}

	// An admin brings in a colleague who is not on the register, and somebody who is nobody of the company.
	for _, s := range []*matrixtest.Session{colleague, visitor} {
		if err := admin.Invite(t.Context(), room, s.User); err != nil {
			t.Fatal(err)
		}
		if err := s.Join(t.Context(), room); err != nil {
			t.Fatal(err)
		}
	}
	known := "stranger:" + string(c.id(t, "E0044"))
	var unknown string
	until(t, "two findings", func() bool {
		ids := c.open(t, group)
		for _, id := range ids {
			if strings.HasPrefix(id, "stranger:") && id != known {
				unknown = id
			}
		}
		return len(ids) == 2 && slices.Contains(ids, known)
	})
	if strings.Contains(unknown, "visitor") {
		t.Errorf("the account's name is on record: %s", unknown)
	}
	c.look(t, group).is(t, http.StatusOK)
	time.Sleep(5 * time.Second)
	c.finds(t, group, known, unknown)
	if !in(colleague.User) || !in(visitor.User) {
		t.Error("somebody was removed without a word")
	}
	// What is proposed and accepted is done, by the server's own list: for the visitor by account, since there is no person.
	for _, finding := range []string{known, unknown} {
		c.act2(t, "E0292", group, "findings/"+finding+"/resolutions", map[string]any{"proposal": domain.ProposeRemove})
	}
	until(t, "both are out", func() bool { return !in(colleague.User) && !in(visitor.User) })
	c.finds(t, group)
	if _, err := visitor.Messages(t.Context(), room); err == nil {
		t.Error("whoever was removed still reads the group")
	}
	if !in(member.User) {
		t.Error("a member is lost")
	}

	// Frozen by one: nobody posts, nobody brings anybody in. One of two is not enough to lift it; the second may not be the first.
	says := func(text string) bool { return member.Say(t.Context(), room, text) == nil }
	if !says("冻结之前") {
		t.Fatal("a member cannot post")
	}
	c.act2(t, "E0292", group, "freezes", map[string]any{"comment": "疑似泄密"})
	until(t, "the frost", func() bool { return !says("冻结了吗") })
	if err := admin.Say(t.Context(), room, "管理员呢"); err == nil {
		t.Error("an admin posts in a frozen group")
	}
	if err := admin.Invite(t.Context(), room, colleague.User); err == nil {
		t.Error("an admin brings somebody into a frozen group")
	}
	c.act2(t, "E0292", group, "unfreezes", map[string]any{})
	time.Sleep(3 * time.Second)
	if says("一个人够吗") {
		t.Error("one person lifted the freeze")
	}
	c.act2(t, "E0006", group, "unfreezes", map[string]any{})
	until(t, "the thaw", func() bool { return says("解冻之后") })
	if all, err := admin.Messages(t.Context(), room); err != nil || len(all) < 2 || all[0].Body != "冻结之前" || all[len(all)-1].Body != "解冻之后" {
		t.Errorf("said before and after: %v %v", all, err)
	}
	if people, err := member.Members(t.Context(), room); err != nil || len(people) != 4 {
		t.Errorf("in it afterwards: %v %v", people, err)
	}
	if v := c.verdict(t, "group-"+group); !v.OK {
		t.Errorf("replay: %+v", v)
	}
}
