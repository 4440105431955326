package conform

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

type (
	stopper = func(context.Context, string, chat.Target) (domain.Receipt, error)
	starter = func(context.Context, string, chat.Target, chat.Settings) (domain.Receipt, error)
)

func posted(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanPost)
	target, _ := s.group(t)
	key := s.key()
	m := chat.Message{Title: "通知", Text: "只发一次 <b>&\n第二行", Link: "https://qunbei.example/cases/1"}
	first, err := s.Connector.Post(s.ctx, key, target, m)
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), key)
	for range 3 {
		again, err := s.Connector.Post(s.ctx, key, target, m)
		same(t, first, again, err)
	}
	other, err := s.Connector.Post(s.ctx, s.key(), target, m)
	if err != nil || other.ID == first.ID {
		t.Fatalf("another key is another message: %+v %v", other, err)
	}
	s.reads(t, s.People[2], target.PlatformID, "只发一次 <b>&", 2)
	s.reads(t, s.People[2], target.PlatformID, m.Link, 2)
	if !s.can(chat.CanUpdate) {
		return
	}
	m.Text, m.Replace = "已经通过", first.ID
	change := s.key()
	one, err := s.Connector.Post(s.ctx, change, target, m)
	if err != nil || one.ID != first.ID {
		t.Fatalf("changed: %+v %v", one, err)
	}
	two, err := s.Connector.Post(s.ctx, change, target, m)
	same(t, one, two, err)
	s.reads(t, s.People[2], target.PlatformID, "只发一次", 1)
	s.reads(t, s.People[2], target.PlatformID, "已经通过", 1)
}

func recalled(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanPost, chat.CanRecall)
	target, _ := s.group(t)
	r, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: "撤回此条"})
	if err != nil {
		t.Fatal(err)
	}
	if s.can(chat.CanUpdate) {
		if _, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: "改过的撤回此条", Replace: r.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Far.Say(s.People[2], target.PlatformID, "别人的话"); err != nil {
		t.Fatal(err)
	}
	s.reads(t, s.People[3], target.PlatformID, "撤回此条", 1)
	key := s.key()
	first, err := s.Connector.Recall(s.ctx, key, target, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), key)
	if first.ID != r.ID {
		t.Errorf("of which message? %+v", first)
	}
	again, err := s.Connector.Recall(s.ctx, key, target, r.ID)
	same(t, first, again, err)
	s.reads(t, s.People[3], target.PlatformID, "撤回此条", 0) // nor the edit
	s.reads(t, s.People[3], target.PlatformID, "别人的话", 1)
}

func told(t *testing.T, s *state) {
	s.need(t, chat.CanDirect)
	who, key := s.People[4], s.key()
	text := "等您审批 " + s.Run
	first, err := s.Connector.Direct(s.ctx, key, who, chat.Message{Title: "群备", Text: text, Link: "https://qunbei.example/"})
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), key)
	again, err := s.Connector.Direct(s.ctx, key, who, chat.Message{Text: text})
	same(t, first, again, err)
	s.inbox(t, who, text, 1)
	if s.can(chat.CanUpdate) {
		if _, err := s.Connector.Direct(s.ctx, s.key(), who, chat.Message{Text: "已经办结 " + s.Run, Replace: first.ID}); err != nil {
			t.Fatal(err)
		}
		s.inbox(t, who, text, 0)
		s.inbox(t, who, "已经办结 "+s.Run, 1)
	}
	s.inbox(t, s.People[5], s.Run, 0)
}

func (s *state) inbox(t *testing.T, who domain.EmployeeID, text string, want int) {
	t.Helper()
	all, err := s.Far.Inbox(who)
	if err != nil {
		t.Fatal(err)
	}
	if have := count(all, text); have != want {
		t.Errorf("%s was told %q %d times, want %d: %q", who, text, have, want, all)
	}
}

// What people did past the service is seen.
func looked(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanList)
	target, r := s.group(t, func(r *chat.CreateRequest) {
		r.Permissions = domain.Permissions{Posting: domain.PostMembers, InviteOutsiders: true}
	})
	look := func() chat.Snapshot {
		t.Helper()
		l, err := s.Connector.Look(s.ctx, target)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := look()
	if !l.Exists || l.Name != r.Name || l.Frozen || l.ReadOnly || len(l.Permissions.Looser(r.Permissions)) > 0 {
		t.Errorf("%+v", l)
	}
	if s.can(chat.CanActivity) && !l.Last.IsZero() {
		t.Errorf("nobody posted, and yet at %s", l.Last)
	}
	for _, m := range l.Members {
		if m.System == (m.Employee != "") || m.Admin != slices.Contains(r.Admins, m.Employee) || m.Invited {
			t.Errorf("%+v", m)
		}
	}
	if err := s.Far.Add(s.People[2], target.PlatformID, s.People[5]); err != nil {
		t.Fatal(err)
	}
	if err := s.Far.Leave(s.People[3], target.PlatformID); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := s.Far.Say(s.People[2], target.PlatformID, "有人说话"); err != nil {
		t.Fatal(err)
	}
	l = look()
	var people []domain.EmployeeID
	for _, m := range l.Members {
		if !m.System {
			people = append(people, m.Employee)
		}
	}
	slices.Sort(people)
	want := slices.Sorted(slices.Values([]domain.EmployeeID{s.People[0], s.People[1], s.People[2], s.People[5]}))
	if !slices.Equal(people, want) {
		t.Errorf("members %v, want %v", people, want)
	}
	if s.can(chat.CanActivity) && l.Last.IsZero() {
		t.Errorf("somebody posted at %s", began)
	}
	if s.can(chat.CanPost) {
		last := l.Last
		if _, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: "机器人的话"}); err != nil {
			t.Fatal(err)
		}
		if l := look(); !l.Last.Equal(last) {
			t.Error("our own post counts as somebody's activity")
		}
	}
	none := target
	none.PlatformID = "!nowhere:" + "qunbei.test"
	if l, err := s.Connector.Look(s.ctx, none); err != nil || l.Exists {
		t.Errorf("a group that is not there: %+v %v", l, err)
	}
	none.PlatformID = ""
	_, err := s.Connector.Look(s.ctx, none)
	is(t, err, chat.CodeUnknown)
}

func renamed(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanRename, chat.CanList)
	target, _ := s.group(t)
	key, name := s.key(), target.Name+"改"
	first, err := s.Connector.Rename(s.ctx, key, target, name)
	if err != nil || first.Name != name {
		t.Fatalf("%+v %v", first, err)
	}
	again, err := s.Connector.Rename(s.ctx, key, target, name)
	same(t, first, again, err)
	if l, err := s.Connector.Look(s.ctx, target); err != nil || l.Name != name {
		t.Errorf("its name is %q: %v", l.Name, err)
	}
}

func discovered(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanDiscover)
	target, r := s.group(t)
	stray, err := s.Far.Start(s.People[4], "自建群"+s.Run, s.People[5])
	if err != nil {
		t.Fatal(err)
	}
	if s.can(chat.CanDirect) {
		if _, err := s.Connector.Direct(s.ctx, s.key(), s.People[4], chat.Message{Text: "不是群"}); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]chat.Found{}
	cursor := ""
	for range 1000 {
		page, next, err := s.Connector.Discover(s.ctx, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			if _, twice := found[f.PlatformID]; twice {
				t.Errorf("listed twice: %+v", f)
			}
			found[f.PlatformID] = f
			if f.Key == "" && f.Owner == "" && f.Members < 3 {
				t.Errorf("the bot's talk with somebody is no group: %+v", f)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if f := found[target.PlatformID]; f.Key != r.Key || f.Name != r.Name || f.Members != 4 {
		t.Errorf("ours: %+v", f)
	}
	if f := found[stray]; f.Key != "" || f.Name != "自建群"+s.Run || f.Members != 2 || f.Owner != s.People[4] {
		t.Errorf("the one made without us: %+v", f)
	}
}

func watched(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanWatch)
	var mu sync.Mutex
	var seen []chat.Event
	refuse := 2 // the first two are not taken, and come again
	ctx, cancel := context.WithCancel(s.ctx)
	ended := make(chan error, 1)
	go func() {
		ended <- s.Connector.Watch(ctx, func(_ context.Context, e chat.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if e.Kind == chat.EventMessage && refuse > 0 {
				refuse--
				return errors.New("not now")
			}
			seen = append(seen, e)
			return nil
		})
	}()
	has := func(what string, fits func(chat.Event) bool) {
		t.Helper()
		for range 600 {
			mu.Lock()
			ok := slices.ContainsFunc(seen, fits)
			mu.Unlock()
			if ok {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		t.Fatalf("not told within half a minute: %s; %d events", what, len(seen))
	}
	has("reconnect", func(e chat.Event) bool { return e.Kind == chat.EventReconnect })
	target, _ := s.group(t, func(r *chat.CreateRequest) {
		r.Permissions = domain.Permissions{Posting: domain.PostMembers, InviteOutsiders: true}
	})
	id := target.PlatformID
	if err := s.Far.Say(s.People[2], id, "群里的秘密"); err != nil {
		t.Fatal(err)
	}
	if err := s.Far.Add(s.People[2], id, s.People[5]); err != nil {
		t.Fatal(err)
	}
	if err := s.Far.Leave(s.People[3], id); err != nil {
		t.Fatal(err)
	}
	of := func(k chat.EventKind, who domain.EmployeeID) func(chat.Event) bool {
		return func(e chat.Event) bool { return e.Kind == k && e.Actor == who && e.PlatformID == id && e.ID != "" }
	}
	has("a message", of(chat.EventMessage, s.People[2]))
	has("somebody added", of(chat.EventJoined, s.People[5]))
	has("somebody left", of(chat.EventLeft, s.People[3]))
	if _, err := s.Far.Start(s.People[4], "自建群二"+s.Run, s.People[5]); err != nil {
		t.Fatal(err)
	}
	has("a group made without us", func(e chat.Event) bool { return e.Kind == chat.EventNewGroup && e.Actor == s.People[4] })
	if s.can(chat.CanDirect) {
		if _, err := s.Connector.Direct(s.ctx, s.key(), s.People[4], chat.Message{Text: "有问题请说"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Far.Ask(s.People[4], "有什么等我处理"); err != nil {
			t.Fatal(err)
		}
		has("a question", func(e chat.Event) bool {
			return e.Kind == chat.EventToBot && e.Actor == s.People[4] && e.Text == "有什么等我处理"
		})
	}
	mu.Lock()
	for _, e := range seen {
		if e.Kind != chat.EventToBot && e.Text != "" || strings.Contains(e.Text, "秘密") {
			t.Errorf("an event says what was said: %s", e.Kind)
		}
	}
	mu.Unlock()
	cancel()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("watching does not end with its context")
	}
}
