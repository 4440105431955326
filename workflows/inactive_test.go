package workflows_test

import (
	"slices"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// TestSilentMembers is the notice and what becomes of it, with time skipped and a real group workflow: after 60 days without
// activity two members are told; one presses the button, one says nothing and is out on the platform's own list when the
// notice is over; who speaks in time stays; and what nobody could see removes nobody.
func TestSilentMembers(t *testing.T) {
	l := living(t)
	rule := l.rules.Tiers[domain.TierOrdinary]
	rule.Renew, rule.Clearance.Inactive = 900, domain.InactiveRules{After: 60, Notice: 14}
	l.rules.Tiers[domain.TierOrdinary] = rule
	members := []domain.EmployeeID{"A", "B", "M1", "M2", "M3"}
	look := func(day int, seen bool, do domain.Idle) {
		l.on(day, func() {
			if seen {
				l.store.mu.Lock()
				l.store.seen = domain.Span{From: friday.AddDate(0, 0, -1), Until: l.env.Now().UTC()}
				l.store.mu.Unlock()
			}
			l.send(domain.GroupInactive, "", domain.LifeAct{People: members, Rule: string(do)})
		})
	}
	there := func(day int, want int) {
		l.on(day, func() {
			if got, err := l.platform.Members("room-1"); err != nil || len(got) != want {
				t.Errorf("on day %d the platform lists %v (%v), want %d people", day, got, err, want)
			}
		})
	}
	look(61, false, domain.IdleDue) // nobody knows who does something there
	look(62, true, domain.IdleDue)
	look(62, true, domain.IdleDue) // the same day again
	l.act(63, domain.GroupKeep, "M1", domain.LifeAct{})
	l.on(64, func() { // M2 says something on the platform
		l.store.mu.Lock()
		defer l.store.mu.Unlock()
		l.store.heard = map[domain.EmployeeID]string{"M2": l.env.Now().In(l.cal.Zone).Format(time.DateOnly), "M1": l.env.Now().In(l.cal.Zone).Format(time.DateOnly)}
	})
	look(65, true, domain.IdleKept)
	look(66, true, domain.IdleOver)  // too early
	look(90, false, domain.IdleOver) // the notice has run out, but activity is known until day 66 only
	there(90, 5)
	look(91, true, domain.IdleOver)
	there(92, 4)
	l.act(93, domain.GroupArchive, "A", domain.LifeAct{})
	look(200, true, domain.IdleDue) // an archived group has no campaign
	l.act(210, domain.GroupDissolve, "A", domain.LifeAct{})
	l.run()
	if err := l.env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	l.expect([]string{
		"begun", "provisioned", "inactive!not_due", "inactive", "inactive!not_due", "keep", "inactive", "inactive!not_due", "inactive!not_due", "inactive", "op_done",
		"archive", "op_done", "inactive!not_due", "dissolve", "date", "op_done",
	})
	if got := []domain.MemberState{l.store.places["M1"], l.store.places["M2"], l.store.places["M3"]}; !slices.Equal(got, []domain.MemberState{domain.MemberActive, domain.MemberActive, domain.MemberRemoved}) {
		t.Errorf("M1, M2, M3 are %v", got)
	}
}
