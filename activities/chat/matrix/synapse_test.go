package matrix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/activities/chat/conform"
	"github.com/qunbei/qunbei/activities/chat/matrix"
	"github.com/qunbei/qunbei/activities/chat/matrix/matrixtest"
	"github.com/qunbei/qunbei/activities/chat/matrix/synapse"
	"github.com/qunbei/qunbei/models/domain"
)

// Against a real Synapse: make test-matrix. Elsewhere these tests are skipped, and the same suite runs against the stand-in.

// real is one Synapse for all of them, and the connectors' way into it.
type real struct {
	server  *synapse.Server
	dir     string
	admin   string
	mu      sync.Mutex
	handler http.Handler // of the connector that watches at present
}

func (r *real) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	h := r.handler
	r.mu.Unlock()
	h.ServeHTTP(w, q)
}

// taken takes everything and tells nobody. A server that is refused waits ever longer, up to minutes, before it sends again.
var taken = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })

// watched lets the server's transactions reach the connector while it watches.
type watched struct {
	*matrix.Connector
	r *real
}

// Watch implements chat.Connector.
func (w watched) Watch(ctx context.Context, f func(context.Context, chat.Event) error) error {
	set := func(h http.Handler) {
		w.r.mu.Lock()
		defer w.r.mu.Unlock()
		w.r.handler = h
	}
	set(w.Handler())
	defer set(taken)
	return w.Connector.Watch(ctx, f)
}

var shared struct {
	once sync.Once
	real *real
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.real != nil {
		_ = shared.real.server.Stop()
		_ = os.RemoveAll(shared.real.dir)
	}
	os.Exit(code)
}

// start starts the Synapse, once.
func start(t *testing.T) *real {
	t.Helper()
	if os.Getenv(synapse.Env) == "" {
		t.Skip("make test-matrix runs this against a real Synapse")
	}
	shared.once.Do(func() {
		root, err := synapse.Root()
		if err != nil {
			shared.err = err
			return
		}
		r := &real{handler: taken}
		far := httptest.NewServer(r)
		dir, err := os.MkdirTemp("", "qunbei-synapse-")
		if err != nil {
			shared.err = err
			return
		}
		r.dir = dir
		began := time.Now()
		registration := matrix.Registration(matrix.Config{Server: matrixtest.Name, AS: matrixtest.ASToken, HS: matrixtest.HSToken}, far.URL)
		if r.server, shared.err = synapse.Start(context.Background(), synapse.Config{Root: root, Data: dir, Name: matrixtest.Name, Registration: registration}); shared.err != nil {
			return
		}
		fmt.Printf("Synapse answers after %s.\n", time.Since(began).Round(100*time.Millisecond))
		for _, p := range matrixtest.People {
			if _, err := r.server.Register(context.Background(), synapse.Account{Local: matrixtest.Local(p), Password: matrixtest.Password(p), Name: "员工 " + string(p)}); err != nil {
				shared.err = err
			}
		}
		r.admin, err = r.server.Register(context.Background(), synapse.Account{Local: "root", Password: "root-of-the-test", Admin: true})
		shared.err = errors.Join(shared.err, err)
		shared.real = r
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.real
}

func realSubject(tune func(*matrix.Config)) func(*testing.T) conform.Subject {
	return func(t *testing.T) conform.Subject {
		r := start(t)
		breaker := &matrixtest.Breaker{}
		c := matrix.Config{
			Homeserver: r.server.URL, Server: matrixtest.Name, AS: matrixtest.ASToken, HS: matrixtest.HSToken, Admin: matrix.Secret(r.admin), PerSecond: 10_000,
			People: matrix.Template{Server: matrixtest.Name, Numbers: matrixtest.Cast{}}, HTTP: &http.Client{Transport: breaker},
		}
		if tune != nil {
			tune(&c)
		}
		conn, err := matrix.New(c)
		if err != nil {
			t.Fatal(err)
		}
		return conform.Subject{
			Connector: watched{conn, r}, People: matrixtest.People, Nobody: matrixtest.Nobody, Run: fmt.Sprint("s", runs.Add(1)), Faults: breaker,
			Far: &matrixtest.Far{Base: r.server.URL, Server: matrixtest.Name, Bot: matrixtest.Bot},
		}
	}
}

func TestSynapseConforms(t *testing.T) {
	start(t)
	conform.Run(t, realSubject(nil))
}

func TestSynapseConformsWithoutAnAdministratorsToken(t *testing.T) {
	start(t)
	conform.Run(t, realSubject(func(c *matrix.Config) { c.Admin = "" }), "declares", "gaps", "deleted", "limits")
}

// A group's life as its people see it in their own clients, on the stand-in and on a real Synapse.
func TestLifeSeenByItsPeople(t *testing.T) {
	t.Run("stand-in", func(t *testing.T) { life(t, subject(nil)(t)) })
	t.Run("synapse", func(t *testing.T) { life(t, realSubject(nil)(t)) })
}

func life(t *testing.T, s conform.Subject) {
	ctx, c, far := t.Context(), s.Connector, s.Far.(*matrixtest.Far)
	session := func(e domain.EmployeeID) *matrixtest.Session {
		x, err := far.Of(e)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	member, leaver := session(s.People[2]), session(s.People[3])
	key := "group-life-" + s.Run
	req := chat.CreateRequest{
		Key: key + ":create", GroupID: "life", Number: "G-2026-00042", Name: "平台部-全生命周期" + s.Run, Tier: domain.TierConfidential, Admins: s.People[:2], Members: s.People[2:4],
		Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true},
	}
	made, err := c.Create(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	room := made.Receipt.ID
	target := chat.Target{GroupID: "life", PlatformID: room, Name: req.Name, Tier: req.Tier}

	// It exists, with the right people, rules and levels.
	rooms, err := member.Rooms(ctx)
	if err != nil || !slices.Contains(rooms, room) {
		t.Fatalf("the member's rooms: %v %v", rooms, err)
	}
	people, err := member.Members(ctx, room)
	want := []string{"@e0001:" + far.Server, "@e0002:" + far.Server, "@e0003:" + far.Server, "@e0004:" + far.Server, far.Bot}
	slices.Sort(want)
	if err != nil || !slices.Equal(people, want) {
		t.Errorf("in the room: %v %v", people, err)
	}
	var v struct {
		Name     string         `json:"name"`
		Rule     string         `json:"join_rule"`
		History  string         `json:"history_visibility"`
		Guest    string         `json:"guest_access"`
		Federate *bool          `json:"m.federate"`
		Users    map[string]int `json:"users"`
		Invite   int            `json:"invite"`
	}
	for _, kind := range []string{"m.room.name", "m.room.join_rules", "m.room.history_visibility", "m.room.guest_access", "m.room.create", "m.room.power_levels"} {
		if err := member.State(ctx, room, kind, &v); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
	}
	if v.Name != req.Name || v.Rule != "invite" || v.History != "joined" || v.Guest != "forbidden" || v.Federate == nil || *v.Federate || v.Invite != 100 || v.Users[far.Bot] != 100 ||
		v.Users["@e0001:"+far.Server] != 50 || v.Users["@e0003:"+far.Server] != 0 {
		t.Errorf("the room: %+v", v)
	}
	// Its people cannot change its rules, not even the admins.
	for _, kind := range []string{"m.room.name", "m.room.join_rules", "m.room.history_visibility", matrix.EventRoom} {
		if err := session(s.People[0]).Do(ctx, http.MethodPut, "/rooms/"+room+"/state/"+kind, map[string]any{"name": "x", "join_rule": "public", "history_visibility": "world_readable"}, nil); err == nil {
			t.Errorf("an admin changed %s past the service", kind)
		}
	}

	// A post arrives once; recalled, nobody reads it any more, nor asks for it by its id.
	post := func() domain.Receipt {
		r, err := c.Post(ctx, key+":post", target, chat.Message{Title: "通知", Text: "本周例会改到周四"})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	posted := post()
	if again := post(); again.ID != posted.ID {
		t.Errorf("posted twice: %s and %s", posted.ID, again.ID)
	}
	reads := func(x *matrixtest.Session, text string) int {
		all, err := x.Messages(ctx, room)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range all {
			if strings.Contains(m.Body, text) {
				n++
			}
		}
		return n
	}
	if n := reads(member, "例会"); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
	if _, err := c.Recall(ctx, key+":recall", target, posted.ID); err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := member.Do(ctx, http.MethodGet, "/rooms/"+room+"/event/"+posted.ID, nil, &raw); err != nil || strings.Contains(fmt.Sprint(raw["content"]), "例会") || reads(member, "例会") != 0 {
		t.Errorf("recalled, and read: %v %v", raw, err)
	}

	// Somebody leaves the company: out of the room, and out of its history.
	if err := member.Say(ctx, room, "离职前的讨论"); err != nil || reads(leaver, "离职前的讨论") != 1 {
		t.Fatalf("before: %v", err)
	}
	if _, err := c.Remove(ctx, key+":remove", target, s.People[3:4]); err != nil {
		t.Fatal(err)
	}
	if people, err := member.Members(ctx, room); err != nil || slices.Contains(people, leaver.User) {
		t.Errorf("still in: %v %v", people, err)
	}
	rooms1, rooms3 := "/_matrix/client/v1/rooms/"+room, "/rooms/"+room
	for _, ask := range []string{rooms3 + "/messages?dir=b", rooms3 + "/state", rooms3 + "/members", rooms3 + "/joined_members", rooms1 + "/threads", rooms1 + "/timestamp_to_event?ts=1&dir=f"} {
		var got any
		if err := leaver.Do(ctx, http.MethodGet, ask, nil, &got); err == nil {
			t.Errorf("whoever left still reads %s: %v", ask, got)
		}
	}
	var found any
	_ = leaver.Do(ctx, http.MethodPost, "/search", map[string]any{"search_categories": map[string]any{"room_events": map[string]any{"search_term": "例会"}}}, &found)
	if strings.Contains(fmt.Sprint(found), room) {
		t.Errorf("whoever left finds it: %v", found)
	}
	_ = leaver.Do(ctx, http.MethodGet, "/sync?timeout=0&filter="+url.QueryEscape(`{"room":{"include_leave":true}}`), nil, &found)
	if strings.Contains(fmt.Sprint(found), room) {
		t.Errorf("whoever left is sent it")
	}
	if err := leaver.Join(ctx, room); err == nil {
		t.Error("whoever left walks in again")
	}
	if err := session(s.People[0]).Invite(ctx, room, leaver.User); err == nil {
		t.Error("an admin of a confidential group brings somebody in past the service")
	}

	// Archived: read-only for everybody.
	if _, err := c.Archive(ctx, key+":archive", target); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.People[:3] {
		if err := session(p).Say(ctx, room, "还能说话吗"); err == nil {
			t.Errorf("%s posts in an archived group", p)
		}
	}
	if reads(member, "离职前的讨论") != 1 {
		t.Error("an archived group is not read any more")
	}
	// And gone in the end.
	if _, err := c.Delete(ctx, key+":delete", target); err != nil {
		t.Fatal(err)
	}
	if rooms, err := member.Rooms(ctx); err != nil || slices.Contains(rooms, room) {
		t.Errorf("deleted, and there: %v %v", rooms, err)
	}
}
