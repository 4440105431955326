package conform

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Who did something in a group is told with the time, of people alone: the service's own posts are nobody's activity, and
// silence is silence only since From.
func heard(t *testing.T, s *state) {
	ear, ok := chat.Hears(s.Connector)
	if s.can(chat.CanActivity) != ok {
		t.Fatalf("declared %v, can %v", s.can(chat.CanActivity), ok)
	}
	s.need(t, chat.CanCreate, chat.CanActivity)
	target, _ := s.group(t)
	began := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // a platform has a clock of its own
	hear := func(since time.Time) map[domain.EmployeeID]time.Time {
		t.Helper()
		h, err := ear.ActivitySince(s.ctx, target, since)
		if err != nil {
			t.Fatal(err)
		}
		if h.From.After(since) {
			t.Errorf("asked since %s, known since %s", since, h.From)
		}
		out := map[domain.EmployeeID]time.Time{}
		for _, d := range h.Done {
			out[d.Employee] = d.At
		}
		return out
	}
	if got := hear(began); len(got) > 0 {
		t.Errorf("nobody said anything, and yet %v", got)
	}
	for _, text := range []string{"第一句", "第二句"} {
		if err := s.Far.Say(s.People[2], target.PlatformID, text); err != nil {
			t.Fatal(err)
		}
	}
	if s.can(chat.CanPost) {
		if _, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: "机器人的话"}); err != nil {
			t.Fatal(err)
		}
	}
	got := hear(began)
	at := got[s.People[2]]
	if len(got) != 1 || at.Before(began) || at.After(time.Now().Add(time.Minute)) {
		t.Errorf("one person spoke: %v", got)
	}
	if got := hear(at); !got[s.People[2]].Equal(at) {
		t.Errorf("from that very moment on: %v", got)
	}
	if got := hear(at.Add(time.Second)); len(got) > 0 {
		t.Errorf("nobody spoke later: %v", got)
	}
}
