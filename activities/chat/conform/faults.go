package conform

import (
	"time"

	"strings"
	"testing"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

func limits(t *testing.T, s *state) {
	s.need(t, chat.CanCreate)
	l := s.Connector.Limits()
	target, r := s.group(t)
	over := func(what string, err error) {
		t.Helper()
		if f := chat.AsFault(err); err == nil || f.Code != chat.CodeTooMany || f.Retry {
			t.Errorf("%s: %v", what, err)
		}
	}
	if l.NameRunes > 0 && s.can(chat.CanRename) {
		if _, err := s.Connector.Rename(s.ctx, s.key(), target, strings.Repeat("群", l.NameRunes)); err != nil {
			t.Errorf("a name at the limit: %v", err)
		}
		_, err := s.Connector.Rename(s.ctx, s.key(), target, strings.Repeat("群", l.NameRunes+1))
		over("a name over the limit", err)
		r.Key, r.Name = r.Key+"x", strings.Repeat("群", l.NameRunes+1)
		_, err = s.Connector.Create(s.ctx, r)
		over("made with a name over the limit", err)
	}
	if l.TextBytes > 0 && s.can(chat.CanPost) {
		for _, fill := range []string{"a", "<"} { // the second grows in HTML
			if _, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: strings.Repeat(fill, l.TextBytes)}); err != nil {
				t.Errorf("a text at the limit: %v", err)
			}
		}
		_, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: strings.Repeat("a", l.TextBytes+1)})
		over("a text over the limit", err)
	}
	if l.Batch > 0 {
		many := make([]domain.EmployeeID, l.Batch+1)
		for i := range many {
			many[i] = s.People[2]
		}
		if s.can(chat.CanInvite) {
			_, err := s.Connector.Invite(s.ctx, s.key(), target, many)
			over("more people than a call may name", err)
		}
		if s.can(chat.CanRemove) {
			_, err := s.Connector.Remove(s.ctx, s.key(), target, many)
			over("more people than a call may name", err)
		}
	}
	s.members(t, target.PlatformID, s.People[:4]...)
}

// The platform's faults in the port's words, and none of them names a person or says a text.
func faults(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanInvite)
	if s.Faults == nil {
		t.Skip("nothing can be made to fail")
	}
	target, _ := s.group(t)
	for _, c := range []struct {
		how   How
		code  string
		retry bool
	}{
		{Cut, chat.CodeUnavailable, true}, {Lose, chat.CodeUnavailable, true}, {Away, chat.CodeUnavailable, true}, {Limit, chat.CodeRateLimited, true}, {Revoked, chat.CodeTokenRevoked, false},
	} {
		t.Run(string(c.how), func(t *testing.T) {
			s.Faults.Break(1, c.how)
			defer s.Faults.Heal()
			_, err := s.Connector.Invite(s.ctx, s.key(), target, s.People[3:5])
			if !s.Faults.Hit() {
				t.Fatal("the fault was not met")
			}
			f := is(t, err, c.code)
			if f.Retry != c.retry {
				t.Errorf("trying again helps: %v", f.Retry)
			}
			if c.how == Limit && f.After <= 0 {
				t.Error("it does not say when to come again")
			}
			for _, secret := range []string{target.PlatformID, string(s.People[4]), "token-for-tests"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the fault says %q: %v", secret, err)
				}
			}
		})
	}
}

// Every call, broken at every one of its requests in turn, before or after it was done: the same key again ends it, and
// everything was done once.
func sweep(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanInvite, chat.CanRemove, chat.CanPermit)
	if s.Faults == nil {
		t.Skip("nothing can be made to fail")
	}
	// until calls with one key until it succeeds, the nth request of the first try being broken; false: there were fewer.
	until := func(t *testing.T, n int, how How, call func(key string) error) bool {
		t.Helper()
		key := s.key()
		s.Faults.Break(n, how)
		defer s.Faults.Heal()
		err := call(key)
		hit := s.Faults.Hit()
		for i := 0; err != nil; i++ {
			if f := chat.AsFault(err); !f.Retry || i > 6 {
				t.Fatalf("request %d, %s: %v", n, how, err)
			}
			s.Faults.Heal()
			// As the engine does: at once, then later and later. A platform may still be at what the broken call began.
			time.Sleep(time.Duration(i) * 200 * time.Millisecond)
			err = call(key)
		}
		return hit
	}
	each := func(name string, call func(t *testing.T, try func(func(key string) error) bool) bool) {
		t.Run(name, func(t *testing.T) {
			for _, how := range []How{Lose, Cut} {
				n := 1
				for n < 60 && call(t, func(f func(string) error) bool { return until(t, n, how, f) }) {
					n++
				}
				if n == 1 || n == 60 {
					t.Errorf("%s: broken %d times, so the test proves nothing", how, n-1)
				}
			}
		})
	}
	each("create", func(t *testing.T, try func(func(string) error) bool) bool {
		before, err := s.Far.Groups(s.People[0])
		if err != nil {
			t.Fatal(err)
		}
		r := chat.CreateRequest{GroupID: s.key(), Name: "平台部-断点" + s.Run, Tier: domain.TierOrdinary, Admins: s.People[:2], Members: s.People[2:3], Permissions: domain.Permissions{Posting: domain.PostMembers}}
		id := ""
		hit := try(func(key string) error {
			r.Key = key
			made, err := s.Connector.Create(s.ctx, r)
			id = made.Receipt.ID
			return err
		})
		after, err := s.Far.Groups(s.People[0])
		if err != nil || len(after) != len(before)+1 {
			t.Errorf("%d groups became %d: %v", len(before), len(after), err)
		}
		s.members(t, id, s.People[:3]...)
		return hit
	})
	target, r := s.group(t)
	id := target.PlatformID
	each("invite and remove", func(t *testing.T, try func(func(string) error) bool) bool {
		in := try(func(key string) error {
			_, err := s.Connector.Invite(s.ctx, key, target, s.People[4:6])
			return err
		})
		s.members(t, id, s.People[:6]...)
		out := try(func(key string) error {
			_, err := s.Connector.Remove(s.ctx, key, target, s.People[4:6])
			return err
		})
		s.members(t, id, s.People[:4]...)
		return in || out
	})
	if s.can(chat.CanFreeze) {
		each("freeze and unfreeze", func(t *testing.T, try func(func(string) error) bool) bool {
			stop := try(func(key string) error { _, err := s.Connector.Freeze(s.ctx, key, target); return err })
			s.says(t, s.People[2], id, false)
			start := try(func(key string) error {
				_, err := s.Connector.Unfreeze(s.ctx, key, target, settings(r))
				return err
			})
			s.says(t, s.People[2], id, true)
			return stop || start
		})
	}
	if s.can(chat.CanPost) && s.can(chat.CanRecall) {
		each("post and recall", func(t *testing.T, try func(func(string) error) bool) bool {
			text, message := "断点 "+s.key(), ""
			post := try(func(key string) error {
				r, err := s.Connector.Post(s.ctx, key, target, chat.Message{Text: text})
				message = r.ID
				return err
			})
			s.reads(t, s.People[2], id, text, 1)
			recall := try(func(key string) error { _, err := s.Connector.Recall(s.ctx, key, target, message); return err })
			s.reads(t, s.People[2], id, text, 0)
			return post || recall
		})
	}
	if s.can(chat.CanDirect) {
		each("direct", func(t *testing.T, try func(func(string) error) bool) bool {
			text := "私信断点 " + s.key()
			hit := try(func(key string) error {
				_, err := s.Connector.Direct(s.ctx, key, s.People[5], chat.Message{Text: text})
				return err
			})
			s.inbox(t, s.People[5], text, 1)
			return hit
		})
	}
	if s.can(chat.CanDelete) {
		each("delete", func(t *testing.T, try func(func(string) error) bool) bool {
			target, _ := s.group(t)
			hit := try(func(key string) error { _, err := s.Connector.Delete(s.ctx, key, target); return err })
			if groups, err := s.Far.Groups(s.People[2]); err != nil || contains(groups, target.PlatformID) {
				t.Errorf("still there: %v", err)
			}
			return hit
		})
	}
}

func contains(all []string, one string) bool {
	for _, a := range all {
		if a == one {
			return true
		}
	}
	return false
}
