package acceptance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
)

// homeserver is a stand-in with an account for everybody of the demo company.
func homeserver(t *testing.T) *matrixtest.Server {
	people := map[string]string{}
	for i := 1; i <= 300; i++ {
		people[fmt.Sprintf("e%04d", i)] = "of-the-test"
	}
	server := matrixtest.New(people)
	t.Cleanup(server.Close)
	return server
}

// living is a story on the platform.
type living struct {
	killed
	server *matrixtest.Server
	room   string
	acts   int
	filing map[string]any
	digest string
}

func beside(t *testing.T, server *matrixtest.Server, data string, n int) *living {
	return &living{server: server, killed: killed{t: t, data: data, n: n, env: []string{
		"QUNBEI_MATRIX_HOMESERVER=" + server.URL, "QUNBEI_MATRIX_SERVER=" + matrixtest.Name, "QUNBEI_MATRIX_AS_TOKEN=" + matrixtest.ASToken,
		"QUNBEI_MATRIX_HS_TOKEN=" + matrixtest.HSToken, "QUNBEI_MATRIX_ADMIN_TOKEN=" + matrixtest.AdminToken,
	}}}
}

// file files a group of E0037, E0038 and E0041 on the platform.
func (s *living) file() {
	ways := "mail" // no cards, so that the platform hears of the group alone
	if s.carded() {
		ways = "both"
	}
	s.call("E0006", "PUT", "/me/notifications", "", "application/json", fmt.Appendf(nil, `{"ways":%q}`, ways), nil)
	s.name = fmt.Sprintf("平台部-断电演练第%d场", s.n+1)
	var departments struct{ Items []struct{ ID, Code string } }
	s.get("E0040", "/departments", &departments)
	own := ""
	for _, d := range departments.Items {
		if d.Code == "RD-PLT" {
			own = d.ID
		}
	}
	s.filing = map[string]any{
		"name": s.name, "type": "department", "tier": "ordinary", "purpose": "演练断电后的恢复", "departments": []string{own},
		"admins": []string{s.person("E0037"), s.person("E0038")}, "members": []string{s.person("E0041")}, "platform": "matrix",
		"permissions": map[string]any{"invite_outsiders": false, "anonymous_speech": false, "see_contacts": true, "posting": "members", "join_by_review": true},
	}
	var filed caseView
	s.post("E0040", "/groups", s.key("file"), s.filing, &filed)
	s.caseID, s.digest = filed.ID, filed.Digest
	s.await("the leader is asked", func() bool { return s.waits("E0006") })
	if s.carded() {
		s.await("the leader's card", func() bool { s.again(); return len(s.cards(filed.Number)) > 0 })
	}
}

// carded tells whether the leader is asked in the chat, too.
func (s *living) carded() bool { return strings.HasPrefix(s.kill, "card.") }

// cards are the messages to the leader that name a case.
func (s *living) cards(number string) (out []string) {
	s.t.Helper()
	me := s.client("E0006")
	rooms, err := me.Rooms(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range rooms {
		all, err := me.Messages(s.t.Context(), r)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range all {
			if strings.Contains(m.Body, number) {
				out = append(out, m.Body)
			}
		}
	}
	return out
}

// provisioned approves, and waits until the group stands.
func (s *living) provisioned() {
	s.agree(s.caseID, s.digest)
	s.await("the group is active", func() bool {
		var c caseView
		s.get("E0040", "/cases/"+s.caseID, &c)
		var known struct{ Items []struct{ ID string } }
		s.get("E0037", "/groups?q="+url.QueryEscape(s.name), &known)
		if s.groupID = c.GroupID; s.groupID == "" || len(known.Items) == 0 {
			return false
		}
		state, room := s.group()
		s.room = room
		return state == "active"
	})
}

func (s *living) group() (state, room string) {
	var g struct {
		State string
		Room  string `json:"platform_id"`
	}
	s.get("E0037", "/groups/"+s.groupID, &g)
	return g.State, g.Room
}

// act is one act on the group; the platform follows before it returns.
func (s *living) act(who, what string, in map[string]any) {
	s.t.Helper()
	s.acts++
	in["decision_id"] = s.decisionID(10 + s.acts)
	s.post(who, "/groups/"+s.groupID+"/"+what, s.key(fmt.Sprint("act", s.acts)), in, nil)
	s.follows()
}

// follows waits until nothing is left for the platform to do.
func (s *living) follows() {
	s.t.Helper()
	s.await("the platform follows", func() bool {
		var ops struct {
			Items []struct{ Kind, State string }
		}
		s.get("E0292", "/groups/"+s.groupID+"/operations", &ops)
		for _, o := range ops.Items {
			if o.State == "failed" {
				s.t.Fatalf("%s failed", o.Kind)
			}
		}
		return len(ops.Items) == 0
	})
}

// agree has the leader approve a case.
func (s *living) agree(id, digest string) {
	s.acts++
	s.post("E0006", "/cases/"+id+"/decisions", s.key(fmt.Sprint("agree", s.acts)), map[string]any{
		"decision_id": s.decisionID(10 + s.acts), "outcome": "approve", "material_digest": digest, "comment": "同意",
	}, nil)
}

// inRoom holds that there is one room of this name, with exactly these people in it, as one of them sees it.
func (s *living) inRoom(numbers ...string) *matrixtest.Session {
	s.t.Helper()
	if rooms := s.server.Named(s.name); len(rooms) != 1 || rooms[0] != s.room {
		s.t.Fatalf("rooms of this name: %v, registered: %s", rooms, s.room)
	}
	want := []string{matrixtest.Bot}
	for _, n := range numbers {
		want = append(want, "@"+strings.ToLower(n)+":"+matrixtest.Name)
	}
	slices.Sort(want)
	me := s.client("E0037")
	if got, err := me.Members(s.t.Context(), s.room); err != nil || !slices.Equal(got, want) {
		s.t.Errorf("in the room: %v, want %v (%v)", got, want, err)
	}
	return me
}

func (s *living) client(number string) *matrixtest.Session {
	s.t.Helper()
	me, err := matrixtest.Login(s.t.Context(), s.server.URL, strings.ToLower(number), "of-the-test")
	if err != nil {
		s.t.Fatal(err)
	}
	return me
}

// speak holds whether somebody may post.
func (s *living) speak(number string, may bool) {
	s.t.Helper()
	if err := s.client(number).Say(s.t.Context(), s.room, "在吗"); (err == nil) != may {
		s.t.Errorf("%s posts: %v, may: %v", number, err, may)
	}
}

// life takes a group from its filing to its end, through everything a platform is asked for, and asks the platform itself
// after each step.
func (s *living) life() {
	s.file()
	s.provisioned()
	s.inRoom("E0037", "E0038", "E0041")
	s.act("E0037", "members", map[string]any{"people": []string{s.person("E0042")}})
	s.inRoom("E0037", "E0038", "E0041", "E0042")
	s.act("E0037", "members/"+s.person("E0041")+"/removals", map[string]any{"comment": "已调岗"})
	s.inRoom("E0037", "E0038", "E0042")
	s.act("E0292", "freezes", map[string]any{"comment": "核查"})
	s.speak("E0042", false)
	s.act("E0292", "unfreezes", map[string]any{})
	s.speak("E0042", false) // one does not unfreeze
	s.act("E0006", "unfreezes", map[string]any{})
	s.speak("E0042", true)

	var change caseView
	s.filing["members"] = []string{s.person("E0042")}
	s.filing["permissions"].(map[string]any)["posting"] = "admins"
	s.post("E0037", "/groups/"+s.groupID+"/changes", s.key("change"), map[string]any{"filing": s.filing, "reason": "改为公告群"}, &change)
	s.await("the leader is asked for the change", func() bool { return s.decides(change.ID) })
	s.agree(change.ID, change.Digest)
	s.await("the change is applied", func() bool {
		var c struct{ Applied *struct{ Result string } }
		s.get("E0037", "/cases/"+change.ID, &c)
		return c.Applied != nil && c.Applied.Result == "accepted"
	})
	s.follows()
	s.speak("E0042", false)
	s.speak("E0038", true)

	s.act("E0037", "archivals", map[string]any{})
	s.speak("E0038", false)
	s.act("E0037", "restorations", map[string]any{})
	s.speak("E0038", true)
	s.inRoom("E0037", "E0038", "E0042")

	var revocation caseView
	s.post("E0040", "/cases/"+s.caseID+"/revocations", s.key("revoke"), map[string]any{"comment": "演练结束"}, &revocation)
	s.await("the leader is asked for the revocation", func() bool { return s.decides(revocation.ID) })
	s.agree(revocation.ID, revocation.Digest)
	s.await("the group is deleted", func() bool { state, _ := s.group(); return state == "deleted" })
	if rooms := s.server.Named(s.name); len(rooms) != 0 {
		s.t.Errorf("still on the platform: %v", rooms)
	}
	if rooms, err := s.client("E0042").Rooms(s.t.Context()); err != nil || slices.Contains(rooms, s.room) {
		s.t.Errorf("a member is still in it: %v %v", rooms, err)
	}
	s.over(change.ID, revocation.ID)
}

func (s *living) decides(id string) bool {
	var in inbox
	s.get("E0006", "/inbox", &in)
	for _, it := range in.Items {
		if it.Kind == "decide" && it.Case.ID == id {
			return true
		}
	}
	return false
}

// over holds that every case has ended, that nothing needs a hand or waits, that each thing happened once, and that the
// auditor's replay agrees.
func (s *living) over(change, revocation string) {
	for id, want := range map[string]string{s.caseID: "revoked", change: "approved", revocation: "approved"} {
		var c struct {
			Number, Status string
			Hand           string `json:"needs_hand"`
		}
		who := "E0040"
		if id == change {
			who = "E0037"
		}
		s.get(who, "/cases/"+id, &c)
		if c.Status != want || c.Hand != "" {
			s.t.Errorf("case %s is %s, %q", id, c.Status, c.Hand)
		}
		if s.carded() {
			s.await("the card shows the outcome", func() bool {
				cards := s.cards(c.Number)
				if len(cards) == 0 && id != s.caseID {
					return true // decided before it was sent
				}
				return len(cards) == 1 && strings.Contains(cards[0], "已同意")
			})
		}
		s.replays("case-" + id)
	}
	s.replays("group-" + s.groupID)
	var line struct {
		Items []struct{ Kind, Result string }
	}
	s.get("E0292", "/groups/"+s.groupID+"/timeline?limit=100", &line)
	count := map[string]int{}
	for _, e := range line.Items {
		count[strings.TrimPrefix(e.Kind, "group.")]++
		if e.Result != "accepted" && e.Result != "duplicate" {
			s.t.Errorf("%s: %s", e.Kind, e.Result)
		}
	}
	for kind, want := range map[string]int{"provisioned": 1, "admit": 1, "remove": 1, "freeze": 1, "unfreeze": 2, "changed": 1, "archive": 1, "restore": 1, "revoked": 1, "op_failed": 0} {
		if count[kind] != want {
			s.t.Errorf("%s happened %d times: %v", kind, count[kind], count)
		}
	}
	if creations := s.server.Calls(http.MethodPost, "/createRoom"); len(creations) == 0 {
		s.t.Error("the platform was never asked")
	}
	for _, who := range []string{"E0006", "E0037", "E0038"} {
		var in inbox
		s.get(who, "/inbox", &in)
		for _, it := range in.Items {
			if it.Case.ID == s.caseID || it.Case.ID == change || it.Case.ID == revocation || it.GroupID == s.groupID {
				s.t.Errorf("%s is still asked: %+v", who, it)
			}
		}
	}
}

func (s *living) replays(workflow string) {
	s.t.Helper()
	var verdict struct {
		OK          bool
		Failure     string
		Differences []map[string]any
	}
	s.post("E0021", "/audit/workflows/"+workflow+"/replays", s.key(workflow), map[string]any{"purpose": "test"}, &verdict)
	if !verdict.OK {
		s.t.Errorf("%s: %+v", workflow, verdict)
	}
}
