package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunbei/qunbei/api/service"
	"github.com/qunbei/qunbei/models/domain"
)

// gate holds the program up at one of its boundaries.
type gate struct {
	mu   sync.Mutex
	at   string
	open chan struct{}
	held atomic.Int64 // how many wait
}

func (g *gate) pass(name string) {
	g.mu.Lock()
	at, open := g.at, g.open
	g.mu.Unlock()
	if at != "" && name == at {
		g.held.Add(1)
		<-open
		g.held.Add(-1)
	}
}

func (g *gate) shut(at string) (lift func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at, g.open = at, make(chan struct{})
	open := g.open
	return sync.OnceFunc(func() {
		g.mu.Lock()
		g.at = ""
		g.mu.Unlock()
		close(open)
	})
}

// testers is the department whose leader's post is vacant; its people's requests go one level up.
func (k *court) testers(t *testing.T) func(*domain.Filing) {
	return func(f *domain.Filing) {
		f.Name = fmt.Sprintf("测试部-规则%d", filed.Add(1))
		f.Departments = []domain.DepartmentID{k.department(t, "RD-TST")}
	}
}

// Whom the directory names, and whom it may not.
var peopleRules = []rule{
	{"A32", func(t *testing.T, k *court) {
		c := k.opened(t, "own") // the policy names E0040, who files it, and E0095
		k.asks(t, c, "E0095")
		k.transfers(t, "E0095", c, "E0040").denied(t, http.StatusConflict, domain.ReasonTargetParty)
		for _, mode := range []domain.AddMode{domain.AddBefore, domain.AddAfter, domain.AddParallel} {
			k.adds(t, "E0095", c, mode, "E0040").denied(t, http.StatusConflict, domain.ReasonTargetParty)
		}
		slot := place(t, k.sees(t, c).Route.Steps, "E0095").ID
		k.does(t, "E0034", c, "assignments", "slot", slot, "to", "E0040", "comment", "请代为处理").denied(t, http.StatusConflict, domain.ReasonTargetParty)
		k.lends(t, "E0095", "E0040").is(t, http.StatusCreated)
		if it := k.batch(t, "E0040", c, domain.Approve, "for", "E0095"); it.Result != domain.Refused {
			t.Errorf("the requester decides as delegate: %+v", it)
		}
		k.asks(t, c, "E0095")
		k.yes(t, c, "E0095")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A33", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.decides(t, "E0040", c, domain.Approve).denied(t, http.StatusForbidden, domain.ReasonOwnMatter)
		// Past the door it is the decision that looks again.
		if it := k.batch(t, "E0040", c, domain.Approve); it.Status != http.StatusForbidden || it.Reason != domain.ReasonOwnMatter {
			t.Errorf("the requester decides: %+v", it)
		}
		k.asks(t, c, "E0084")
	}},
	{"A34", func(t *testing.T, k *court) {
		k.lends(t, "E0100", "E0101").is(t, http.StatusCreated) // both are asked
		c := k.opened(t, "lent_two")
		k.decides(t, "E0101", c, domain.Approve, "for", "E0100").denied(t, http.StatusConflict, domain.ReasonCountsOnce)
		k.yes(t, c, "E0101")
		k.decides(t, "E0101", c, domain.Approve, "for", "E0100").denied(t, http.StatusConflict, domain.ReasonCountsOnce)
		k.transfers(t, "E0100", c, "E0101").denied(t, http.StatusConflict, domain.ReasonTargetAsked)
		k.asks(t, c, "E0100")
		k.yes(t, c, "E0100")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A35", func(t *testing.T, k *court) {
		// E0006 leads the department. With E0077 beside, E0006's place goes; alone, the next one up is asked.
		c := k.openedBy(t, "E0006", "owner_and")
		k.asks(t, c, "E0077")
		c = k.openedBy(t, "E0006", "owner")
		v := k.asks(t, c, "E0002")
		if why := place(t, v.Route.Steps, "E0002").Why; why.Code != domain.WhySuperior || why.Cause != domain.CauseRequester {
			t.Errorf("why: %+v", why)
		}
		// Nobody is above the head of the company: the stand-in is asked.
		c = k.openedBy(t, "E0001", "spare")
		if why := place(t, k.asks(t, c, "E0078").Route.Steps, "E0078").Why; why.Code != domain.WhyBackup || why.Cause != domain.CauseRequester {
			t.Errorf("why: %+v", why)
		}
	}},
	{"A36", func(t *testing.T, k *court) {
		f := k.request(t, "owner", k.testers(t))
		var p service.Preview
		k.post(t, "E0116", "/groups/previews", f).is(t, http.StatusOK).into(t, &p)
		c := k.file(t, "E0116", f)
		v := k.asks(t, c, "E0002")
		for _, s := range []service.SlotView{p.Route.Steps[0].Slots[0], place(t, v.Route.Steps, "E0002")} {
			if s.Person.Number != "E0002" || s.Why.Code != domain.WhySuperior || s.Why.Cause != domain.CauseVacant {
				t.Errorf("%s because of %+v", s.Person.Number, s.Why)
			}
		}
	}},
	{"A37", func(t *testing.T, k *court) {
		c := k.opened(t, "leaver")
		k.yes(t, c, "E0093")
		// Who has decided and leaves is not asked for again.
		k.moves(t, [3]string{"E0093", "状态", "离职"})
		soon(t, "the case has heard of it", func() bool {
			return slices.ContainsFunc(k.timeline(t, c), func(e service.TimelineEntry) bool { return e.Kind == "directory_changed" })
		})
		placed(t, k.asks(t, c, "E0094"), "E0093", domain.SlotApproved, "")
		k.moves(t, [3]string{"E0094", "状态", "离职"})
		soon(t, "somebody else is asked", func() bool { return len(k.sees(t, c).Waiting) == 1 && k.sees(t, c).Waiting[0].Number != "E0094" })
		v := k.asks(t, c, "E0007") // the superior of E0094
		placed(t, v, "E0093", domain.SlotApproved, "")
		placed(t, v, "E0094", domain.SlotClosed, domain.ReasonLost)
		k.yes(t, c, "E0007")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A38", func(t *testing.T, k *court) {
		// The account is disabled while the decision is on its way: past the door, before it counts.
		c := k.opened(t, "disabled")
		lift := k.gate.shut("decide.before_commit")
		defer lift()
		answer := make(chan reply, 1)
		go func() { answer <- k.decides(t, "E0092", c, domain.Approve) }()
		soon(t, "the decision is on its way", func() bool { return k.gate.held.Load() > 0 })
		k.moves(t, [3]string{"E0092", "状态", "离职"})
		lift()
		(<-answer).denied(t, http.StatusForbidden, domain.ReasonInactive)
		k.decides(t, "E0092", c, domain.Approve).is(t, http.StatusUnauthorized)
		soon(t, "somebody else is asked", func() bool { return len(k.sees(t, c).Waiting) == 1 && k.sees(t, c).Waiting[0].Number == "E0007" })
	}},
	{"A39", func(t *testing.T, k *court) {
		// E0006 is named twice, as leader and in person; two must approve.
		c := k.opened(t, "twice")
		k.asks(t, c, "E0006", "E0079")
		k.yes(t, c, "E0006")
		k.asks(t, c, "E0079")
		k.yes(t, c, "E0079")
		k.stands(t, c, domain.CaseApproved)
		c = k.opened(t, "twice")
		k.no(t, c, "E0006") // of two, one no puts two out of reach
		k.stands(t, c, domain.CaseRejected)
	}},
	{"A40", func(t *testing.T, k *court) {
		// E0080 is in the first step and the last; the policy carries over what they approved.
		c := k.opened(t, "again")
		k.yes(t, c, "E0080", "E0081", "E0090")
		v := k.asks(t, c, "E0082")
		first := place(t, v.Route.Steps[:1], "E0080").ID
		if s := placed(t, v, "E0080", domain.SlotCarriedOver, ""); s.Carried != first {
			t.Errorf("carried over from %q, want %q", s.Carried, first)
		}
		// Another round: E0080's approval is of the one before.
		k.returns(t, "E0082", c, 2).accepted(t)
		k.yes(t, c, "E0090")
		placed(t, k.asks(t, c, "E0080", "E0082"), "E0080", domain.SlotOpen, "")
		k.yes(t, c, "E0082", "E0080")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A44", func(t *testing.T, k *court) {
		c := k.opened(t, "lawyers")
		k.asks(t, c, "E0285", "E0286")
		k.moves(t, [3]string{"E0285", "状态", "离职"}, [3]string{"E0286", "状态", "离职"})
		soon(t, "the case needs a hand", func() bool { return k.sees(t, c).NeedsHand != "" })
		k.asks(t, c)
		listed := func() bool {
			var p service.Page[service.HandItem]
			k.get(t, "E0034", "/hand").is(t, http.StatusOK).into(t, &p)
			for _, it := range p.Items {
				if it.ID == c.ID {
					return it.Reason == string(domain.ReasonNobody) && len(it.Rules) == 1 && it.Rules[0].Role == domain.RoleLegal
				}
			}
			return false
		}
		if !listed() {
			t.Error("the case is not in the administrators' queue")
		}
		assign := func(who, to string, members ...any) reply {
			return k.does(t, who, c, "assignments", append([]any{"to", to}, members...)...)
		}
		assign("E0040", "E0087", "comment", "法务离职").is(t, http.StatusForbidden)
		assign("E0034", "E0087").is(t, http.StatusUnprocessableEntity)
		assign("E0034", "E0034", "comment", "我来").denied(t, http.StatusConflict, domain.ReasonNotAllowed)
		assign("E0034", "E0087", "comment", "法务离职").accepted(t)
		v := k.asks(t, c, "E0087")
		if s := place(t, v.Route.Steps, "E0087"); s.Origin != domain.OriginAssigned || v.NeedsHand != "" || listed() {
			t.Errorf("needs a hand: %q; the place: %+v", v.NeedsHand, s)
		}
		if e := entryOf(t, k.timeline(t, c), "assign"); e.Actor == nil || e.Actor.Number != "E0034" || len(e.To) != 1 || e.To[0].Number != "E0087" || e.Comment != "法务离职" || !e.Proof {
			t.Errorf("on record: %+v", e)
		}
		k.yes(t, c, "E0087")
		k.stands(t, c, domain.CaseApproved)
	}},
}
