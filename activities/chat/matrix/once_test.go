package matrix_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
	"github.com/qunbei/qunbei/models/domain"
)

var far = func(s *matrixtest.Server) *matrixtest.Far {
	return &matrixtest.Far{Base: s.URL, Server: matrixtest.Name, Bot: matrixtest.Bot}
}

func request(n int) chat.CreateRequest {
	return chat.CreateRequest{
		Key: fmt.Sprintf("group-%d:create", n), GroupID: fmt.Sprint(n), Number: "G-2026-00001", Name: fmt.Sprintf("平台部-第%d群", n), Tier: domain.TierOrdinary, Admins: matrixtest.People[:2],
		Members: matrixtest.People[2:4], Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true},
	}
}

func born(t *testing.T, c *matrix.Connector, n int) (chat.Target, chat.CreateRequest) {
	t.Helper()
	r := request(n)
	made, err := c.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return chat.Target{GroupID: r.GroupID, PlatformID: made.Receipt.ID, Name: r.Name, Tier: r.Tier}, r
}

// What was done is known again by another process, after the server forgot its transactions, and behind much other talk.
func TestOnceForAnyProcessAndAfterARestart(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, r := born(t, c, 1)
	m := chat.Message{Text: "只此一次"}
	first, err := c.Post(t.Context(), "post-1", target, m)
	if err != nil {
		t.Fatal(err)
	}
	told, err := c.Direct(t.Context(), "direct-1", matrixtest.People[4], m)
	if err != nil {
		t.Fatal(err)
	}
	frozen, err := c.Freeze(t.Context(), "freeze-1", target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unfreeze(t.Context(), "unfreeze-1", target, chat.Settings{Permissions: r.Permissions, Admins: r.Admins}); err != nil {
		t.Fatal(err)
	}
	for i := range 120 { // more than a page of our own, and of others'
		if _, err := c.Post(t.Context(), fmt.Sprint("other-", i), target, chat.Message{Text: "别的"}); err != nil {
			t.Fatal(err)
		}
		if err := far(s).Say(matrixtest.People[2], target.PlatformID, "闲谈"); err != nil {
			t.Fatal(err)
		}
	}
	s.Restart()
	other, err := matrix.New(matrix.Config{
		Homeserver: s.URL, Server: matrixtest.Name, AS: matrixtest.ASToken, HS: matrixtest.HSToken, People: matrix.Template{Server: matrixtest.Name, Numbers: matrixtest.Cast{}}, PerSecond: 10_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	again, err := other.Post(t.Context(), "post-1", target, m)
	if err != nil || again != first {
		t.Errorf("posted again: %+v %v, first %+v", again, err, first)
	}
	if again, err := other.Direct(t.Context(), "direct-1", matrixtest.People[4], m); err != nil || again != told {
		t.Errorf("told again: %+v %v", again, err)
	}
	if again, err := other.Freeze(t.Context(), "freeze-1", target); err != nil || again != frozen {
		t.Errorf("frozen again: %+v %v, first %+v", again, err, frozen)
	}
	if err := far(s).Say(matrixtest.People[2], target.PlatformID, "还能说"); err != nil {
		t.Error("a late repetition of a freeze froze the group again")
	}
	if texts, err := far(s).Texts(matrixtest.People[2], target.PlatformID); err != nil || strings.Count(strings.Join(texts, "|"), "只此一次") != 1 {
		t.Errorf("%v: %d messages", err, len(texts))
	}
}

// A room that was left half made is completed; an alias that leads nowhere is freed.
func TestHalfMadeAndVanished(t *testing.T) {
	c, s, _ := connect(t, nil)
	s.Inject(matrixtest.Fault{Method: http.MethodPost, Part: "/invite", Times: 1, Status: 502})
	r := request(2)
	if _, err := c.Create(t.Context(), r); chat.AsFault(err).Code != chat.CodeUnavailable {
		t.Fatalf("%v", err)
	}
	if _, found, err := c.Find(t.Context(), r.Key); found || err != nil {
		t.Fatalf("half made, and found: %v", err)
	}
	target, _ := born(t, c, 2)
	if n := s.Rooms(); n != 1 {
		t.Errorf("%d rooms", n)
	}
	s.Vanish(target.PlatformID)
	if _, found, err := c.Find(t.Context(), r.Key); found || err != nil {
		t.Errorf("vanished, and found: %v", err)
	}
	for name, err := range map[string]error{
		"invite": second(c.Invite(t.Context(), "i", target, matrixtest.People[4:5])), "post": second(c.Post(t.Context(), "p", target, chat.Message{Text: "x"})),
		"recall": second(c.Recall(t.Context(), "r", target, "$x")), "freeze": second(c.Freeze(t.Context(), "f", target)),
	} {
		if f := chat.AsFault(err); err == nil || f.Code != chat.CodeGone || f.Retry {
			t.Errorf("%s in a group deleted by hand: %v", name, err)
		}
	}
	if l, err := c.Look(t.Context(), target); err != nil || l.Exists {
		t.Errorf("%+v %v", l, err)
	}
	again, _ := born(t, c, 2)
	if again.PlatformID == target.PlatformID {
		t.Error("the same room came back")
	}
}

func second(_ domain.Receipt, err error) error { return err }

// A group filed late is found by its name, taken over, and its people stay.
func TestAdoptsAGroupThatWasThere(t *testing.T) {
	c, s, _ := connect(t, nil)
	f := far(s)
	room, err := f.Start(matrixtest.People[4], "平台部-早就有了", matrixtest.People[5])
	if err != nil {
		t.Fatal(err)
	}
	r := request(3)
	r.Existing, r.Name = true, "平台部-早就有了"
	made, err := c.Create(t.Context(), r)
	if err != nil || made.Receipt.ID != room || made.Receipt.Name != r.Name {
		t.Fatalf("%+v %v", made, err)
	}
	again, err := c.Create(t.Context(), r)
	if err != nil || again != made {
		t.Errorf("%+v %v", again, err)
	}
	if members, err := f.Members(room); err != nil || len(members) != 6 {
		t.Errorf("in it: %v %v", members, err)
	}
	look, err := c.Look(t.Context(), chat.Target{PlatformID: room})
	if err != nil || len(look.Permissions.Looser(r.Permissions)) > 0 {
		t.Errorf("%+v %v", look.Permissions, err)
	}
	for _, m := range look.Members {
		if m.Employee == matrixtest.People[4] && m.Admin {
			t.Error("its maker administers it still")
		}
	}
	r.Key, r.Name = "group-4:create", "平台部-没有的"
	if _, err := c.Create(t.Context(), r); chat.AsFault(err).Code != chat.CodeUnknown {
		t.Errorf("a group that is not there: %v", err)
	}
	for range 2 {
		if _, err := f.Start(matrixtest.People[4], "平台部-同名", matrixtest.People[5]); err != nil {
			t.Fatal(err)
		}
	}
	r.Key, r.Name = "group-5:create", "平台部-同名"
	if _, err := c.Create(t.Context(), r); chat.AsFault(err).Code != chat.CodeRefused {
		t.Errorf("two of one name: %v", err)
	}
	poor, _, _ := connect(t, func(c *matrix.Config) { c.Admin = "" })
	if _, err := poor.Create(t.Context(), r); chat.AsFault(err).Code != chat.CodeNotPossible {
		t.Errorf("without an administrator: %v", err)
	}
}

// Whoever was kicked by somebody else already, or whose account was closed, is removed all the same.
func TestRemovesWhoIsGoneAlready(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, _ := born(t, c, 6)
	s.Deactivate("@e0003:" + matrixtest.Name)
	s.Inject(matrixtest.Fault{Method: http.MethodPost, Part: "/kick", Times: 1, Status: 403, Code: "M_FORBIDDEN"})
	_, err := c.Remove(t.Context(), "r", target, matrixtest.People[2:4])
	if f := chat.AsFault(err); err == nil || !f.Retry {
		t.Fatalf("a 403 is no removal while the list shows somebody: %v", err)
	}
	if _, err := c.Remove(t.Context(), "r", target, matrixtest.People[2:4]); err != nil {
		t.Fatal(err)
	}
	if m, err := far(s).Members(target.PlatformID); err != nil || len(m) != 2 {
		t.Errorf("%v %v", m, err)
	}
	if _, err := c.Invite(t.Context(), "i", target, matrixtest.People[2:3]); chat.AsFault(err).Code != chat.CodeNoAccount {
		t.Errorf("a closed account: %v", err)
	}
}

// A limit is kept: nothing is asked before the time the server said.
func TestKeepsToALimit(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, _ := born(t, c, 7)
	s.Inject(matrixtest.Fault{Part: "/state", Times: 1, Status: 429, Code: "M_LIMIT_EXCEEDED", After: time.Minute})
	_, err := c.Look(t.Context(), target)
	if f := chat.AsFault(err); f.Code != chat.CodeRateLimited || !f.Retry || f.After != time.Minute {
		t.Fatalf("%v after %s", err, f.After)
	}
	before := len(s.Calls("", ""))
	_, err = c.Look(t.Context(), target)
	if f := chat.AsFault(err); f.Code != chat.CodeRateLimited || f.After < 50*time.Second {
		t.Errorf("%v after %s", err, f.After)
	}
	if n := len(s.Calls("", "")); n != before {
		t.Errorf("%d calls within the minute", n-before)
	}
}

func TestARevokedTokenIsFinalUntilSomebodyActs(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, _ := born(t, c, 8)
	s.Revoke()
	_, err := c.Invite(t.Context(), "i", target, matrixtest.People[4:5])
	if f := chat.AsFault(err); f.Code != chat.CodeTokenRevoked || f.Retry || strings.Contains(err.Error(), matrixtest.ASToken) {
		t.Errorf("%v", err)
	}
	s.Heal()
	if _, err := c.Invite(t.Context(), "i", target, matrixtest.People[4:5]); err != nil {
		t.Error(err)
	}
}

// A server that means ill, or a room that somebody filled with nonsense, breaks nothing and puts no word into our faults.
func TestHostileAnswers(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, _ := born(t, c, 9)
	s.Inject(matrixtest.Fault{Part: "/state", Times: 1, Status: 400, Code: "<script>王小明"})
	_, err := c.Look(t.Context(), target)
	if err == nil || strings.Contains(err.Error(), "script") || chat.AsFault(err).Code != chat.CodeRefused {
		t.Errorf("%v", err)
	}
	for name, key := range map[string]string{"m.room.power_levels": "", "m.room.name": "", matrix.EventRoom: "", matrix.EventDone: "x", "m.room.member": "@x:y", "m.room.history_visibility": ""} {
		s.Force(target.PlatformID, name, key, map[string]any{"users": "all", "name": 7, "kind": []int{1}, "at": "yesterday", "membership": 1, "history_visibility": nil, "events_default": "no"})
	}
	if _, err := c.Look(t.Context(), target); err != nil {
		t.Errorf("%v", err)
	}
	if _, _, err := c.Discover(t.Context(), "-1; DROP TABLE"); chat.AsFault(err).Code != chat.CodeRefused {
		t.Errorf("%v", err)
	}
}

// An invitation that nobody took yet is no way into a frozen group.
func TestAFreezeWithdrawsInvitations(t *testing.T) {
	c, s, _ := connect(t, nil)
	target, _ := born(t, c, 10)
	admin, err := far(s).Of(matrixtest.People[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := admin.Invite(t.Context(), target.PlatformID, "@e0006:"+matrixtest.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Freeze(t.Context(), "f", target); err != nil {
		t.Fatal(err)
	}
	guest, err := far(s).Of(matrixtest.People[5])
	if err != nil {
		t.Fatal(err)
	}
	if err := guest.Join(t.Context(), target.PlatformID); err == nil {
		t.Error("somebody walked into a frozen group")
	}
}

// Without an administrator's token a deleted room is left and forgotten by everybody, ourselves last, so that the server
// may purge it.
func TestADeletedRoomIsForgottenByAll(t *testing.T) {
	c, s, _ := connect(t, func(c *matrix.Config) { c.Admin = "" })
	target, _ := born(t, c, 11)
	if _, err := c.Delete(t.Context(), "d", target); err != nil {
		t.Fatal(err)
	}
	calls := s.Calls(http.MethodPost, "/forget")
	if len(calls) != 5 || calls[4].As != matrixtest.Bot || s.Rooms() != 0 {
		t.Errorf("%d forgot it, %d rooms are lived in", len(calls), s.Rooms())
	}
}
