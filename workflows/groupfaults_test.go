package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/activities/chat/chattest"
	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/workflows"
)

// TestAPlatformThatMisbehaves has every fault of a platform meet a living group: nothing happens twice there, nothing is
// forgotten, and what trying again cannot mend waits for a person.
func TestAPlatformThatMisbehaves(t *testing.T) {
	why := &domain.Ref{Object: "o", SHA256: "sha256:why"}
	freeze := func(l *lifetime) { l.act(10, domain.GroupFreeze, "S", domain.LifeAct{Reason: why}) }
	retry := func(l *lifetime, day int) {
		l.on(day, func() { l.send(domain.GroupOpRetry, "A", domain.LifeAct{Op: l.store.group.Life.Ops[0].ID}) })
	}
	for _, tc := range []struct {
		name string
		play func(l *lifetime)
		log  []string
		code string // of the failure
		out  time.Duration
	}{
		{"down for a day", func(l *lifetime) {
			l.on(9, func() { l.platform.Down(true) })
			freeze(l)
			l.on(11, func() { l.platform.Down(false) })
		}, []string{"freeze", "op_done"}, "", 24 * time.Hour},
		{"answers lost after success", func(l *lifetime) {
			l.platform.ScriptOf(chattest.OpFreeze, chattest.LoseAnswer, chattest.LoseAnswer)
			freeze(l)
		}, []string{"freeze", "op_done"}, "", 0},
		{"limit hit", func(l *lifetime) {
			l.platform.ScriptOf(chattest.OpFreeze, chattest.Limit, chattest.Limit, chattest.Limit)
			freeze(l)
		}, []string{"freeze", "op_done"}, "", 0},
		{"token revoked, then renewed", func(l *lifetime) {
			l.on(9, func() { l.platform.RevokeToken(true) })
			freeze(l)
			l.on(12, func() { l.platform.RevokeToken(false) })
			retry(l, 13)
		}, []string{"freeze", "op_failed", "op_retry", "op_done"}, "token_revoked", 72 * time.Hour},
		{"down for longer than patience, then back", func(l *lifetime) {
			l.on(9, func() { l.platform.Down(true) })
			freeze(l)
			l.on(19, func() { l.platform.Down(false) })
			retry(l, 20)
		}, []string{"freeze", "op_failed", "op_retry", "op_done"}, "", 10 * 24 * time.Hour},
		{"frozen and unfrozen while it is away: the last word counts", func(l *lifetime) {
			l.on(9, func() { l.platform.Down(true) })
			freeze(l)
			l.act(11, domain.GroupUnfreeze, "S", domain.LifeAct{})
			l.act(12, domain.GroupUnfreeze, "S2", domain.LifeAct{})
			l.on(13, func() { l.platform.Down(false) })
		}, []string{"freeze", "unfreeze", "unfreeze", "op_done"}, "", 72 * time.Hour},
		{"who was removed is out once, whatever is lost", func(l *lifetime) {
			l.platform.ScriptOf(chattest.OpRemove, chattest.LoseAnswer, chattest.Unreached, chattest.LoseAnswer)
			l.act(10, domain.GroupRemove, "A", domain.LifeAct{People: []domain.EmployeeID{"M1", "M2"}, Reason: why})
		}, []string{"remove", "op_done"}, "", 0},
		{"refuses for ever", func(l *lifetime) {
			l.platform.ScriptOf(chattest.OpInvite, chattest.Refuse)
			l.act(10, domain.GroupAdmit, "A", domain.LifeAct{People: []domain.EmployeeID{"M9"}})
			l.act(11, domain.GroupRemove, "A", domain.LifeAct{People: []domain.EmployeeID{"M1"}, Reason: why}) // is not held up by it
		}, []string{"admit", "op_failed", "remove", "op_done"}, "refused", 0},
		{"deleted by hand", func(l *lifetime) {
			l.on(9, func() { l.platform.Vanish("room-1") })
			freeze(l)
			retry(l, 11) // does not make it anew
			l.act(12, domain.GroupUnfreeze, "S", domain.LifeAct{})
			l.act(13, domain.GroupUnfreeze, "S2", domain.LifeAct{})
			l.act(14, domain.GroupDissolve, "A", domain.LifeAct{})
		}, []string{"freeze", "op_failed", "op_retry", "op_failed", "unfreeze", "unfreeze", "op_failed", "dissolve", "op_failed", "date", "op_done"}, "gone", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := living(t)
			tc.play(l)
			until := 25 * 24 * time.Hour
			if tc.code == "gone" { // to the end
				until *= 3
			}
			l.env.RegisterDelayedCallback(l.env.CancelWorkflow, until)
			l.env.ExecuteWorkflow(workflows.GroupType, l.input())
			l.expect(slices.Concat([]string{"begun", "provisioned"}, tc.log))
			if _, made := l.platform.Count(); made != 1 {
				t.Errorf("%d groups on the platform", made)
			}
			at := map[string]time.Time{}
			for _, e := range l.store.log {
				at[e.Kind] = e.At
			}
			if took := at["op_done"].Sub(at[tc.log[0]]); tc.out > 0 && (took < tc.out || took > tc.out+25*time.Hour) {
				t.Errorf("the platform confirmed after %s", took)
			}
			open := l.store.group.Life.Ops
			if tc.code == "gone" {
				if s := l.store.group.State; s != domain.GroupDeleted {
					t.Errorf("dissolved, it ends as %s, waiting for %+v", s, open)
				}
				return
			}
			if tc.code == "refused" {
				if len(open) != 1 || open[0].State != domain.OpFailed || open[0].Code != tc.code {
					t.Errorf("open: %+v", open)
				}
			} else if len(open) != 0 {
				t.Errorf("open: %+v", open)
			}
			there, err := l.platform.Members("room-1")
			if err != nil {
				t.Fatal(err)
			}
			for p, s := range l.store.places {
				if in := slices.Contains(there, p); in != (s == domain.MemberActive) && tc.code != "refused" {
					t.Errorf("%s is %s, on the platform: %v", p, s, in)
				}
			}
		})
	}
}

// TestNobodyIsReportedGoneBeforeThePlatformSaysSo: a person who left the company while the platform is away stays leaving
// (R2.3.4).
func TestNobodyIsReportedGoneBeforeThePlatformSaysSo(t *testing.T) {
	l := living(t)
	l.on(9, func() { l.platform.Down(true) })
	l.leave(10, "M1", "B")
	l.on(12, func() {
		if s := l.store.places["M1"]; s != domain.MemberLeaving {
			t.Errorf("the platform is away, and M1 is %s", s)
		}
		l.platform.Down(false)
	})
	l.on(14, func() {
		if s := l.store.places["M1"]; s != domain.MemberRemoved {
			t.Errorf("the platform is back, and M1 is %s", s)
		}
	})
	l.env.RegisterDelayedCallback(l.env.CancelWorkflow, 20*24*time.Hour)
	l.env.ExecuteWorkflow(workflows.GroupType, l.input())
	l.expect([]string{"begun", "provisioned", "directory", "op_done", "op_done"})
}

// TestAGroupWithoutAdmins goes the whole way: members are asked, then the department's head, then the rule.
func TestAGroupWithoutAdmins(t *testing.T) {
	t.Run("a member consents", func(t *testing.T) {
		l := living(t)
		l.leave(10, "A", "B")
		l.act(12, domain.GroupConsent, "M1", domain.LifeAct{})
		l.act(12, domain.GroupConsent, "M2", domain.LifeAct{})
		l.env.RegisterDelayedCallback(l.env.CancelWorkflow, 30*24*time.Hour)
		l.env.ExecuteWorkflow(workflows.GroupType, l.input())
		if g := l.store.group; len(g.Admins) == 0 || g.Admins[0] != "M1" || g.Life.Orphan != nil || g.State != domain.GroupActive {
			t.Errorf("%s, admins %v, %+v\n%q", g.State, g.Admins, g.Life.Orphan, l.kinds())
		}
	})
	t.Run("nobody in time", func(t *testing.T) {
		l := living(t)
		l.leave(10, "A", "B")
		l.env.RegisterDelayedCallback(l.env.CancelWorkflow, 60*24*time.Hour)
		l.env.ExecuteWorkflow(workflows.GroupType, l.input())
		if g := l.store.group; g.State != domain.GroupArchived || len(g.Admins) != 0 {
			t.Errorf("%s, admins %v\n%q", g.State, g.Admins, l.kinds())
		}
	})
}
