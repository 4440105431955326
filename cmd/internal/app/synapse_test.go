package app_test

import (
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
	"github.com/qunbei/qunbei/activities/chat/matrix/synapse"
	"github.com/qunbei/qunbei/cmd/internal/app"
	"github.com/qunbei/qunbei/models/domain"
)

// onSynapse is the whole program with a real homeserver beside it: make test-matrix.
func onSynapse(t *testing.T, people ...string) (*running, func(number string) *matrixtest.Session) {
	t.Helper()
	if os.Getenv(synapse.Env) == "" {
		t.Skip("make test-matrix runs this against a real Synapse")
	}
	root, err := synapse.Root()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := l.Addr().String()
	_ = l.Close()
	m := app.Matrix{Server: "company.test", AS: "as-token-of-the-test", HS: "hs-token-of-the-test", Listen: door}
	hs, err := synapse.Start(t.Context(), synapse.Config{
		Root: root, Data: t.TempDir(), Name: m.Server, Registration: matrix.Registration(matrix.Config{Server: m.Server, AS: m.AS, HS: m.HS}, "http://"+door),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hs.Stop() })
	for _, p := range people {
		if _, err := hs.Register(t.Context(), synapse.Account{Local: strings.ToLower(p), Password: "of-" + p, Name: p}); err != nil {
			t.Fatal(err)
		}
	}
	token, err := hs.Register(t.Context(), synapse.Account{Local: "root", Password: "of-the-root", Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Homeserver, m.Admin = hs.URL, matrix.Secret(token)
	r := own(t, func(c *app.Config) { c.Matrix = m })
	return r, func(number string) *matrixtest.Session {
		t.Helper()
		s, err := matrixtest.Login(t.Context(), hs.URL, strings.ToLower(number), "of-"+number)
		if err != nil {
			t.Fatalf("%s logs in: %v", number, err)
		}
		return s
	}
}

func inMatrix(f *domain.Filing) { f.Platform = matrix.Kind }

// A group filed with the service, seen through its people's own clients on a real homeserver.
func TestAGroupOnARealHomeserver(t *testing.T) {
	r, login := onSynapse(t, "E0037", "E0038", "E0040", "E0041", "E0006", "E0002")
	f := r.filing(t, "平台部-真实聊天平台", department, inMatrix)
	c := r.file(t, "E0040", f)

	// Who is asked to decide gets a card from the bot, asks it what waits, and decides; the card then shows the outcome.
	leader := login("E0006")
	told := func(word string) func() bool {
		return func() bool {
			rooms, err := leader.Rooms(t.Context())
			if err != nil || len(rooms) != 1 {
				return false
			}
			all, err := leader.Messages(t.Context(), rooms[0])
			return err == nil && slices.ContainsFunc(all, func(m matrixtest.Message) bool {
				return m.Sender == "@qunbei:company.test" && strings.Contains(m.Body, word)
			})
		}
	}
	until(t, "the card", told(c.Number))
	rooms, err := leader.Rooms(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := leader.Say(t.Context(), rooms[0], "待办"); err != nil {
		t.Fatal(err)
	}
	until(t, "the bot's answer", told("待办 1 项"))
	r.approve(t, "E0006", c)
	until(t, "the card's outcome", told("已同意"))
	var group, room string
	until(t, "the room", func() bool {
		r.sql(t, &room, "SELECT coalesce(max(platform_id), '') FROM groups WHERE case_id = $1 AND state = 'active'", c.ID)
		return room != ""
	})
	r.sql(t, &group, "SELECT id::text FROM groups WHERE case_id = $1", c.ID)

	admin, member := login("E0037"), login("E0041")
	at := func(numbers ...string) []string {
		out := []string{"@qunbei:company.test"}
		for _, n := range numbers {
			out = append(out, "@"+strings.ToLower(n)+":company.test")
		}
		slices.Sort(out)
		return out
	}
	people, err := member.Members(t.Context(), room)
	if err != nil || !slices.Equal(people, at("E0037", "E0038", "E0041")) {
		t.Errorf("in the room: %v %v", people, err)
	}
	var state struct {
		Name  string         `json:"name"`
		Users map[string]int `json:"users"`
	}
	for _, kind := range []string{"m.room.name", "m.room.power_levels"} {
		if err := member.State(t.Context(), room, kind, &state); err != nil {
			t.Fatal(err)
		}
	}
	if state.Name != f.Name || state.Users["@e0037:company.test"] != 50 || state.Users["@e0041:company.test"] != 0 {
		t.Errorf("the room: %+v", state)
	}
	if err := member.Say(t.Context(), room, "大家好"); err != nil {
		t.Errorf("a member's word: %v", err)
	}
	outsider := login("E0040")
	if err := outsider.Join(t.Context(), room); err == nil {
		t.Error("whoever filed it is no member, and walks in")
	}

	// A member leaves the company: out of the room, by the platform's own list.
	b := demoBook(t)
	b.set(t, "E0041", "状态", "离职")
	r.importBook(t, "E0260", "", b.csv()).is(t, http.StatusOK)
	until(t, "the removal", func() bool {
		people, err := admin.Members(t.Context(), room)
		return err == nil && slices.Equal(people, at("E0037", "E0038"))
	})
	if _, err := member.Messages(t.Context(), room); err == nil {
		t.Error("whoever left the company still reads the group")
	}

	// Archived: read-only for everybody.
	r.post(t, "E0037", "/groups/"+group+"/archivals", map[string]any{"decision_id": act()}).is(t, http.StatusOK)
	until(t, "the silence", func() bool { return admin.Say(t.Context(), room, "还能说话吗") != nil })
	if all, err := admin.Messages(t.Context(), room); err != nil || len(all) == 0 || !strings.Contains(all[0].Body, "大家好") {
		t.Errorf("what was said is read: %v %v", all, err)
	}

	// Restored: who is still in it talks again, and whoever left is not back.
	r.post(t, "E0037", "/groups/"+group+"/restorations", map[string]any{"decision_id": act()}).is(t, http.StatusOK)
	until(t, "a word after the restoration", func() bool { return admin.Say(t.Context(), room, "又能说了") == nil })
	if people, err := admin.Members(t.Context(), room); err != nil || !slices.Equal(people, at("E0037", "E0038")) {
		t.Errorf("restored, and in it: %v %v", people, err)
	}

	// Frozen by security: the admins, too, fall silent.
	r.post(t, "E0292", "/groups/"+group+"/freezes", map[string]any{"decision_id": act(), "comment": "疑似泄密"}).is(t, http.StatusOK)
	until(t, "the frost", func() bool { return admin.Say(t.Context(), room, "冻结了吗") != nil })
}
