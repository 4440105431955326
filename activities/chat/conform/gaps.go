package conform

import (
	"context"
	"slices"
	"testing"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

var all = []chat.Capability{
	chat.CanCreate, chat.CanInvite, chat.CanRemove, chat.CanPermit, chat.CanRename, chat.CanAdmins, chat.CanList, chat.CanPost, chat.CanRecall, chat.CanUpdate,
	chat.CanDirect, chat.CanFreeze, chat.CanReadOnly, chat.CanDelete, chat.CanErase, chat.CanActivity, chat.CanWatch, chat.CanDiscover, chat.CanOutside, chat.EncTransit, chat.EncEndToEnd,
}

func declares(t *testing.T, s *state) {
	c := s.Connector
	if c.Kind() == "" {
		t.Error("no kind")
	}
	seen := map[chat.Capability]bool{}
	for _, x := range c.Can() {
		if seen[x] || !slices.Contains(all, x) {
			t.Errorf("%q is declared twice, or is no capability of the port", x)
		}
		seen[x] = true
	}
	if l := c.Limits(); l.Members < 0 || l.NameRunes < 0 || l.TextBytes < 0 || l.Batch < 0 {
		t.Errorf("limits: %+v", l)
	}
	if h, ok := c.(chat.ByHander); ok && h.ByHand() && len(c.Can()) > 0 {
		t.Error("what people do by hand is declared as the connector's")
	}
}

// What is not declared is refused as not possible, and the fault names the capability: nothing is skipped silently.
func gaps(t *testing.T, s *state) {
	c, target := s.Connector, chat.Target{GroupID: "g", PlatformID: "nowhere", Name: "n", Tier: domain.TierOrdinary}
	if h, ok := c.(chat.ByHander); ok && h.ByHand() {
		made, err := c.Create(s.ctx, chat.CreateRequest{Key: s.key(), Name: "n"})
		if err != nil || !made.ByHand {
			t.Errorf("create by hand: %+v %v", made, err)
		}
	} else if !s.can(chat.CanCreate) {
		_, err := c.Create(s.ctx, chat.CreateRequest{Key: s.key(), Name: "n"})
		refusal(t, chat.CanCreate, err)
	}
	people := s.People[:1]
	call := func(name chat.Capability, f func() (domain.Receipt, error)) {
		if s.can(name) {
			return
		}
		t.Run(string(name), func(t *testing.T) {
			r, err := f()
			refusal(t, name, err)
			if r.ID != "" {
				t.Errorf("and yet a receipt: %+v", r)
			}
		})
	}
	k := s.key()
	call(chat.CanPermit, func() (domain.Receipt, error) { return c.SetPermissions(s.ctx, k, target, chat.Settings{}) })
	call(chat.CanRename, func() (domain.Receipt, error) { return c.Rename(s.ctx, k, target, "m") })
	call(chat.CanInvite, func() (domain.Receipt, error) { return c.Invite(s.ctx, k, target, people) })
	call(chat.CanRemove, func() (domain.Receipt, error) { return c.Remove(s.ctx, k, target, people) })
	call(chat.CanFreeze, func() (domain.Receipt, error) { return c.Freeze(s.ctx, k, target) })
	call(chat.CanFreeze, func() (domain.Receipt, error) { return c.Unfreeze(s.ctx, k, target, chat.Settings{}) })
	call(chat.CanReadOnly, func() (domain.Receipt, error) { return c.Archive(s.ctx, k, target) })
	call(chat.CanReadOnly, func() (domain.Receipt, error) { return c.Restore(s.ctx, k, target, chat.Settings{}) })
	call(chat.CanDelete, func() (domain.Receipt, error) { return c.Delete(s.ctx, k, target) })
	call(chat.CanPost, func() (domain.Receipt, error) { return c.Post(s.ctx, k, target, chat.Message{Text: "x"}) })
	call(chat.CanRecall, func() (domain.Receipt, error) { return c.Recall(s.ctx, k, target, "m1") })
	call(chat.CanDirect, func() (domain.Receipt, error) { return c.Direct(s.ctx, k, people[0], chat.Message{Text: "x"}) })
	call(chat.CanList, func() (domain.Receipt, error) { _, err := c.Look(s.ctx, target); return domain.Receipt{}, err })
	call(chat.CanDiscover, func() (domain.Receipt, error) {
		_, _, err := c.Discover(s.ctx, "")
		return domain.Receipt{}, err
	})
	call(chat.CanWatch, func() (domain.Receipt, error) {
		return domain.Receipt{}, c.Watch(s.ctx, func(context.Context, chat.Event) error { return nil })
	})
	// What can be posted but not changed refuses the change, and not the post.
	if s.can(chat.CanPost) {
		call(chat.CanUpdate, func() (domain.Receipt, error) {
			return c.Post(s.ctx, k, target, chat.Message{Text: "x", Replace: "m1"})
		})
	}
}

func refusal(t *testing.T, c chat.Capability, err error) {
	t.Helper()
	f := is(t, err, chat.CodeNotPossible)
	if f.Capability != c || f.Retry {
		t.Errorf("%+v, want the capability %s and no retry", f, c)
	}
}
