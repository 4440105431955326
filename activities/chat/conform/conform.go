// Package conform holds the tests that every chat connector must pass, whatever platform it speaks to. A test tells
// what the connector declares, has it act, and looks at the outcome through the platform's own eyes (Far): its member
// list, what a person can read and post there. What a connector does not declare it must refuse as not possible.
package conform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat"
	"github.com/qunbei/qunbei/models/domain"
)

// Subject is a connector and the platform it speaks to.
type Subject struct {
	Connector chat.Connector
	People    []domain.EmployeeID // six or more, each with an account; the first two administer
	Nobody    domain.EmployeeID   // of the company, without an account; empty: everybody has one
	Run       string              // in every key and name, so that runs against a platform that stays do not meet
	Far       Far                 // nil: nobody can look (by hand)
	Faults    Faults              // nil: nothing can be made to fail
}

// Far is the platform as its people see it, never through the connector. A refusal of the platform is ErrNo.
type Far interface {
	// Members is the platform's own list: who is in the group, without the bot.
	Members(group string) ([]domain.EmployeeID, error)
	Texts(as domain.EmployeeID, group string) ([]string, error) // what somebody reads there, oldest first
	Say(as domain.EmployeeID, group, text string) error
	Add(as domain.EmployeeID, group string, who domain.EmployeeID) error // past the service
	Leave(as domain.EmployeeID, group string) error
	Groups(as domain.EmployeeID) ([]string, error)                                   // ids of those somebody is in, without the one with the bot
	Inbox(as domain.EmployeeID) ([]string, error)                                    // what the bot told somebody directly
	Ask(as domain.EmployeeID, text string) error                                     // somebody to the bot
	Start(as domain.EmployeeID, name string, with domain.EmployeeID) (string, error) // a group made without us
}

// ErrNo is a platform's refusal to a person.
var ErrNo = fmt.Errorf("the platform refused")

// How a call to the platform goes wrong.
type How string

// The ways.
const (
	Lose    How = "lose"    // done, and the answer lost
	Cut     How = "cut"     // not done, the connection broke
	Away    How = "away"    // the platform says it cannot at present
	Limit   How = "limit"   // too many calls
	Revoked How = "revoked" // the token is no longer known
)

// Faults breaks calls to the platform.
type Faults interface {
	Break(nth int, how How) // the nth call from now on, counted from 1
	Hit() bool              // whether it came to that
	Heal()
}

// Run runs the suite, or only the parts named. subject builds one for each part; a platform that costs much may be shared.
func Run(t *testing.T, subject func(t *testing.T) Subject, only ...string) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s *state)
	}{
		{"declares", declares}, {"gaps", gaps}, {"created once", createdOnce}, {"permissions", permissions}, {"invited and removed", invitedAndRemoved},
		{"without an account", withoutAccount}, {"frozen and unfrozen", frozen}, {"archived and restored", archived}, {"deleted", deleted},
		{"posted", posted}, {"recalled", recalled}, {"told directly", told}, {"looked at", looked}, {"heard", heard}, {"renamed", renamed}, {"discovered", discovered}, {"watched", watched},
		{"limits", limits}, {"faults", faults}, {"a call broken anywhere is done once", sweep},
	} {
		if len(only) > 0 && !slices.Contains(only, c.name) {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			s := &state{Subject: subject(t), ctx: t.Context()}
			c.run(t, s)
		})
	}
}

type state struct {
	Subject
	ctx context.Context
	n   int
}

func (s *state) can(c chat.Capability) bool { return slices.Contains(s.Connector.Can(), c) }

// need skips a test of what the platform cannot do; gaps tests that it says so.
func (s *state) need(t *testing.T, all ...chat.Capability) {
	t.Helper()
	for _, c := range all {
		if !s.can(c) {
			t.Skipf("declared as a gap: %s", c)
		}
	}
	if s.Far == nil {
		t.Skip("nobody can look at this platform")
	}
}

func (s *state) key() string {
	s.n++
	return fmt.Sprintf("group-%s-%d:op", s.Run, s.n)
}

// group makes a group of two admins and two members that may all post, and returns it as a target.
func (s *state) group(t *testing.T, tune ...func(*chat.CreateRequest)) (chat.Target, chat.CreateRequest) {
	t.Helper()
	s.n++
	r := chat.CreateRequest{
		Key: fmt.Sprintf("group-%s-%d:create", s.Run, s.n), GroupID: fmt.Sprintf("%s-%d", s.Run, s.n), Number: "G-2026-00001", Name: fmt.Sprintf("平台部-验收%s-%d", s.Run, s.n),
		Tier: domain.TierOrdinary, Admins: s.People[:2], Members: s.People[2:4], Permissions: domain.Permissions{Posting: domain.PostMembers, JoinByReview: true},
	}
	for _, f := range tune {
		f(&r)
	}
	made, err := s.Connector.Create(s.ctx, r)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return chat.Target{GroupID: r.GroupID, PlatformID: made.Receipt.ID, Name: r.Name, Tier: r.Tier}, r
}

func settings(r chat.CreateRequest) chat.Settings {
	return chat.Settings{Permissions: r.Permissions, Admins: r.Admins}
}

// members compares the platform's own list.
func (s *state) members(t *testing.T, group string, want ...domain.EmployeeID) {
	t.Helper()
	have, err := s.Far.Members(group)
	if err != nil {
		t.Fatalf("the platform's member list: %v", err)
	}
	slices.Sort(have)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(have, want) {
		t.Errorf("the platform lists %v, want %v", have, want)
	}
}

// says tells whether somebody may post.
func (s *state) says(t *testing.T, who domain.EmployeeID, group string, want bool) {
	t.Helper()
	if err := s.Far.Say(who, group, "说一句"); (err == nil) != want {
		t.Errorf("%s posting: %v, want allowed %v", who, err, want)
	}
}

// reads counts how often somebody reads a text.
func (s *state) reads(t *testing.T, who domain.EmployeeID, group, text string, want int) {
	t.Helper()
	all, err := s.Far.Texts(who, group)
	if err != nil {
		t.Fatalf("what %s reads: %v", who, err)
	}
	if have := count(all, text); have != want {
		t.Errorf("%s reads %q %d times, want %d: %q", who, text, have, want, all)
	}
}

func count(all []string, text string) int {
	n := 0
	for _, a := range all {
		if strings.Contains(a, text) {
			n++
		}
	}
	return n
}

// proof checks a receipt.
func proof(t *testing.T, r domain.Receipt, kind, key string) {
	t.Helper()
	if r.Platform != kind || r.ID == "" || r.Key != key || r.At.IsZero() || !strings.HasPrefix(r.Digest, "sha256:") {
		t.Errorf("no whole receipt: %+v", r)
	}
}

// is checks an error's stable word.
func is(t *testing.T, err error, code string) *chat.Fault {
	t.Helper()
	if err == nil {
		t.Fatalf("no fault, want %s", code)
	}
	f := chat.AsFault(err)
	if f.Code != code {
		t.Errorf("fault %v, want %s", err, code)
	}
	return f
}

// same checks that the second answer to a key is the first one.
func same(t *testing.T, first, second domain.Receipt, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("the same key again: %v", err)
	}
	if first.ID != second.ID || first.Digest != second.Digest || first.Key != second.Key || first.At.Sub(second.At).Abs() > time.Second {
		t.Errorf("the same key again: %+v, first %+v", second, first)
	}
}
