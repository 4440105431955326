package conform

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

func createdOnce(t *testing.T, s *state) {
	s.need(t, chat.CanCreate)
	if _, found, err := s.Connector.Find(s.ctx, "group-"+s.Run+"-none:create"); err != nil || found {
		t.Fatalf("found what was never made: %v %v", found, err)
	}
	before, _ := s.Far.Groups(s.People[0])
	target, r := s.group(t)
	first, found, err := s.Connector.Find(s.ctx, r.Key)
	if err != nil || !found {
		t.Fatalf("not found again: %v %v", found, err)
	}
	proof(t, first.Receipt, s.Connector.Kind(), r.Key)
	if first.Receipt.Name != r.Name || first.Receipt.ID != target.PlatformID {
		t.Errorf("the receipt: %+v", first.Receipt)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			again, err := s.Connector.Create(s.ctx, r)
			if err != nil || again.Receipt.ID != first.Receipt.ID {
				t.Errorf("the same key again: %+v %v", again, err)
			}
		}()
	}
	wg.Wait()
	again, err := s.Connector.Create(s.ctx, r)
	same(t, first.Receipt, again.Receipt, err)
	after, err := s.Far.Groups(s.People[0])
	if err != nil || len(after) != len(before)+1 {
		t.Errorf("%d groups before, %d after: %v", len(before), len(after), err)
	}
	s.members(t, target.PlatformID, s.People[:4]...)

	// Four at once, none of them first.
	r.Key, r.Name, r.GroupID = r.Key+"b", r.Name+"乙", r.GroupID+"b"
	ids := make([]string, 4)
	for i := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			made, err := s.Connector.Create(s.ctx, r)
			if err == nil {
				ids[i] = made.Receipt.ID
			}
		}()
	}
	wg.Wait()
	made, err := s.Connector.Create(s.ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if id != "" && id != made.Receipt.ID {
			t.Errorf("two groups of one key: %v and %s", ids, made.Receipt.ID)
		}
	}
	if last, err := s.Far.Groups(s.People[0]); err != nil || len(last) != len(after)+1 {
		t.Errorf("%d groups, want %d: %v", len(last), len(after)+1, err)
	}
	s.members(t, made.Receipt.ID, s.People[:4]...)
}

// Permissions by tier, seen by trying: who posts and who brings others in.
func permissions(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanPermit)
	admin, member, other := s.People[0], s.People[2], s.People[5]
	for _, c := range []struct {
		tier                              domain.Tier
		p                                 domain.Permissions
		adminAdds, memberAdds, memberSays bool
	}{
		{domain.TierOrdinary, domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, true, false, true},
		{domain.TierOrdinary, domain.Permissions{Posting: domain.PostMembers, InviteOutsiders: true}, true, true, true},
		{domain.TierOrdinary, domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}, true, false, false},
		{domain.TierConfidential, domain.Permissions{Posting: domain.PostMembers, JoinByReview: true}, false, false, true},
		{domain.TierSecret, domain.Permissions{Posting: domain.PostAdmins, JoinByReview: true}, false, false, false},
	} {
		t.Run(fmt.Sprintf("%s %+v", c.tier, c.p), func(t *testing.T) {
			// Once set at birth, once changed to it from something looser or stricter.
			for _, born := range []bool{true, false} {
				target, r := s.group(t, func(r *chat.CreateRequest) {
					if born {
						r.Tier, r.Permissions = c.tier, c.p
					}
				})
				if !born {
					target.Tier = c.tier
					key := s.key()
					first, err := s.Connector.SetPermissions(s.ctx, key, target, chat.Settings{Permissions: c.p, Admins: r.Admins})
					if err != nil {
						t.Fatal(err)
					}
					proof(t, first, s.Connector.Kind(), key)
					again, err := s.Connector.SetPermissions(s.ctx, key, target, chat.Settings{Permissions: c.p, Admins: r.Admins})
					same(t, first, again, err)
				}
				s.says(t, admin, target.PlatformID, true)
				s.says(t, member, target.PlatformID, c.memberSays)
				s.adds(t, member, target.PlatformID, other, c.memberAdds)
				if !c.memberAdds {
					s.adds(t, admin, target.PlatformID, other, c.adminAdds)
				}
				s.says(t, s.People[4], target.PlatformID, false) // nobody from outside
				if !s.can(chat.CanList) {
					continue
				}
				look, err := s.Connector.Look(s.ctx, target)
				if err != nil || len(look.Permissions.Looser(c.p)) > 0 || look.Permissions.Posting != c.p.Posting {
					t.Errorf("it is looked at as %+v: %v", look.Permissions, err)
				}
			}
		})
	}
	if s.can(chat.CanAdmins) {
		target, r := s.group(t)
		r.Admins = []domain.EmployeeID{s.People[1], s.People[2]}
		r.Permissions.Posting = domain.PostAdmins
		if _, err := s.Connector.SetPermissions(s.ctx, s.key(), target, settings(r)); err != nil {
			t.Fatal(err)
		}
		s.says(t, s.People[2], target.PlatformID, true)
		s.says(t, s.People[0], target.PlatformID, false)
	}
}

func (s *state) adds(t *testing.T, who domain.EmployeeID, group string, other domain.EmployeeID, want bool) {
	t.Helper()
	if err := s.Far.Add(who, group, other); (err == nil) != want {
		t.Errorf("%s adding somebody: %v, want allowed %v", who, err, want)
	}
}

func invitedAndRemoved(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanInvite)
	target, _ := s.group(t)
	in, out := s.key(), s.key()
	first, err := s.Connector.Invite(s.ctx, in, target, s.People[3:6]) // one of them is in already
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), in)
	s.members(t, target.PlatformID, s.People[:6]...)
	again, err := s.Connector.Invite(s.ctx, in, target, s.People[3:6])
	same(t, first, again, err)
	s.says(t, s.People[5], target.PlatformID, true)
	if !s.can(chat.CanRemove) {
		return
	}
	gone := []domain.EmployeeID{s.People[0], s.People[4], s.People[5]} // an admin among them
	if _, err := s.Connector.Remove(s.ctx, out, target, gone); err != nil {
		t.Fatal(err)
	}
	s.members(t, target.PlatformID, s.People[1], s.People[2], s.People[3])
	for _, p := range gone {
		s.says(t, p, target.PlatformID, false)
		if texts, err := s.Far.Texts(p, target.PlatformID); err == nil && len(texts) > 0 {
			t.Errorf("%s was removed and still reads %d messages", p, len(texts))
		}
		if groups, err := s.Far.Groups(p); err != nil || slices.Contains(groups, target.PlatformID) {
			t.Errorf("%s still has it among their groups: %v", p, err)
		}
	}
	// The same key removes once: whoever came back since is not touched. Another key removes again, and who is out already
	// does no harm.
	if _, err := s.Connector.Invite(s.ctx, s.key(), target, gone[1:2]); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connector.Remove(s.ctx, out, target, gone); err != nil {
		t.Fatal(err)
	}
	s.members(t, target.PlatformID, s.People[1], s.People[2], s.People[3], s.People[4])
	if _, err := s.Connector.Remove(s.ctx, s.key(), target, gone); err != nil {
		t.Fatal(err)
	}
	s.members(t, target.PlatformID, s.People[1], s.People[2], s.People[3])
	// A former admin comes back as a member.
	if _, err := s.Connector.Invite(s.ctx, s.key(), target, gone[:1]); err != nil {
		t.Fatal(err)
	}
	s.members(t, target.PlatformID, s.People[:4]...)
	if s.can(chat.CanList) {
		look, err := s.Connector.Look(s.ctx, target)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range look.Members {
			if m.Employee == gone[0] && m.Admin {
				t.Error("removed as an admin, and an admin again on coming back")
			}
		}
	}
}

func withoutAccount(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanInvite)
	if s.Nobody == "" {
		t.Skip("everybody has an account there")
	}
	target, r := s.group(t)
	_, err := s.Connector.Invite(s.ctx, s.key(), target, []domain.EmployeeID{s.Nobody, s.People[4]})
	f := is(t, err, chat.CodeNoAccount)
	if !slices.Equal(f.People, []domain.EmployeeID{s.Nobody}) || f.Retry {
		t.Errorf("%+v", f)
	}
	s.members(t, target.PlatformID, s.People[:5]...) // the others are not kept waiting
	r.Key += "n"
	r.Members = append(slices.Clone(r.Members), s.Nobody)
	_, err = s.Connector.Create(s.ctx, r)
	is(t, err, chat.CodeNoAccount)
	if _, found, err := s.Connector.Find(s.ctx, r.Key); err != nil || found {
		t.Errorf("a group that misses somebody is found as made: %v %v", found, err)
	}
	if s.can(chat.CanRemove) {
		if _, err := s.Connector.Remove(s.ctx, s.key(), target, []domain.EmployeeID{s.Nobody}); err != nil {
			t.Errorf("removing somebody who cannot be there: %v", err)
		}
	}
	if s.can(chat.CanDirect) {
		_, err := s.Connector.Direct(s.ctx, s.key(), s.Nobody, chat.Message{Text: "x"})
		is(t, err, chat.CodeNoAccount)
	}
}

func frozen(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanFreeze)
	s.silenced(t, s.Connector.Freeze, s.Connector.Unfreeze, func(l chat.Snapshot) (bool, bool) { return l.Frozen, l.ReadOnly })
}

func archived(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanReadOnly)
	s.silenced(t, s.Connector.Archive, s.Connector.Restore, func(l chat.Snapshot) (bool, bool) { return l.ReadOnly, l.Frozen })
}

// silenced: nobody posts or brings others in, everybody reads, the service still speaks; and afterwards all is as before.
func (s *state) silenced(t *testing.T, stop stopper, start starter, is func(chat.Snapshot) (on, other bool)) {
	target, r := s.group(t)
	id := target.PlatformID
	if err := s.Far.Say(s.People[2], id, "此前的话"); err != nil {
		t.Fatal(err)
	}
	key := s.key()
	first, err := stop(s.ctx, key, target)
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), key)
	again, err := stop(s.ctx, key, target)
	same(t, first, again, err)
	silent := func(want bool) {
		t.Helper()
		for _, p := range s.People[:4] {
			s.says(t, p, id, !want)
		}
		s.reads(t, s.People[3], id, "此前的话", 1)
		if !s.can(chat.CanList) {
			return
		}
		look, err := s.Connector.Look(s.ctx, target)
		if on, other := is(look); err != nil || on != want || other {
			t.Errorf("looked at: %v %v %v, want silent %v", on, other, err, want)
		}
	}
	silent(true)
	for _, p := range []domain.EmployeeID{s.People[0], s.People[2]} {
		s.adds(t, p, id, s.People[5], false)
	}
	s.members(t, id, s.People[:4]...)
	if s.can(chat.CanPost) {
		if _, err := s.Connector.Post(s.ctx, s.key(), target, chat.Message{Text: "系统通知"}); err != nil {
			t.Errorf("the service's own post: %v", err)
		}
	}
	if s.can(chat.CanPermit) { // other settings do not end it
		if _, err := s.Connector.SetPermissions(s.ctx, s.key(), target, settings(r)); err != nil {
			t.Fatal(err)
		}
		silent(true)
	}
	back := s.key()
	one, err := start(s.ctx, back, target, settings(r))
	if err != nil {
		t.Fatal(err)
	}
	two, err := start(s.ctx, back, target, settings(r))
	same(t, one, two, err)
	silent(false)
	// A late repetition of the first call changes nothing any more.
	if _, err := stop(s.ctx, key, target); err != nil {
		t.Fatal(err)
	}
	silent(false)
}

func deleted(t *testing.T, s *state) {
	s.need(t, chat.CanCreate, chat.CanDelete)
	target, r := s.group(t)
	key := s.key()
	first, err := s.Connector.Delete(s.ctx, key, target)
	if err != nil {
		t.Fatal(err)
	}
	proof(t, first, s.Connector.Kind(), key)
	if _, err := s.Connector.Delete(s.ctx, key, target); err != nil {
		t.Errorf("the same key again: %v", err)
	}
	other := s.key()
	gone, err := s.Connector.Delete(s.ctx, other, target)
	if err != nil {
		t.Fatalf("what is gone, once more: %v", err)
	}
	proof(t, gone, s.Connector.Kind(), other)
	for _, p := range s.People[:4] {
		groups, err := s.Far.Groups(p)
		if err != nil || slices.Contains(groups, target.PlatformID) {
			t.Errorf("%s still has it: %v", p, err)
		}
		s.says(t, p, target.PlatformID, false)
		if texts, err := s.Far.Texts(p, target.PlatformID); err == nil && len(texts) > 0 {
			t.Errorf("%s still reads %d messages", p, len(texts))
		}
	}
	if members, err := s.Far.Members(target.PlatformID); err == nil && len(members) > 0 || err != nil && !errors.Is(err, ErrNo) {
		t.Errorf("in it: %v %v", members, err)
	}
	if s.can(chat.CanList) {
		if look, err := s.Connector.Look(s.ctx, target); err != nil || look.Exists {
			t.Errorf("looked at: %+v %v", look, err)
		}
	}
	if s.can(chat.CanInvite) {
		_, err := s.Connector.Invite(s.ctx, s.key(), target, s.People[4:5])
		is(t, err, chat.CodeGone)
	}
	// Its name and people serve again.
	r.Key += "2"
	if made, err := s.Connector.Create(s.ctx, r); err != nil || made.Receipt.ID == target.PlatformID {
		t.Errorf("a new one: %+v %v", made, err)
	}
}
