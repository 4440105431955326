package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/qunbei/qunbei/models/domain"
)

// Decisions in another's name (委托). E0100 is asked, and hands over to somebody else in each of these.
var delegationRules = []rule{
	{"A18", func(t *testing.T, k *court) {
		k.lends(t, "E0100", "E0102", "kinds", []string{"group_filing"}).is(t, http.StatusCreated)
		k.lends(t, "E0100", "E0108", "kinds", []string{"revocation"}).is(t, http.StatusCreated)
		tomorrow := time.Now().Add(24 * time.Hour)
		k.lends(t, "E0100", "E0109", "from", tomorrow.Format(time.RFC3339), "until", tomorrow.Add(time.Hour).Format(time.RFC3339)).is(t, http.StatusCreated)
		c := k.opened(t, "lent")
		for _, who := range []string{"E0108", "E0109", "E0110"} { // for another kind, not yet, never
			k.decides(t, who, c, domain.Approve, "for", "E0100").is(t, http.StatusNotFound)
		}
		k.yes(t, c, "E0102")
		s := placed(t, k.stands(t, c, domain.CaseApproved), "E0100", domain.SlotApproved, "")
		if s.DecidedBy == nil || s.DecidedBy.Number != "E0102" || s.DecidedFor == nil || s.DecidedFor.Number != "E0100" {
			t.Errorf("decided by %+v for %+v", s.DecidedBy, s.DecidedFor)
		}
		soon(t, "E0100 is told of what was done in their name", func() bool { return k.told(t, "E0100", c, "acted_for") })
	}},
	{"A19", func(t *testing.T, k *court) {
		k.lends(t, "E0100", "E0103").is(t, http.StatusCreated)
		c := k.opened(t, "lent_then")
		k.yes(t, c, "E0103")
		k.decides(t, "E0100", c, domain.Reject).late(t, domain.ReasonDecided, "E0103")
		k.asks(t, c, "E0091")
		c = k.opened(t, "lent_then")
		k.yes(t, c, "E0100")
		k.decides(t, "E0103", c, domain.Reject, "for", "E0100").late(t, domain.ReasonDecided, "E0100")
		k.asks(t, c, "E0091")
	}},
	{"A20", func(t *testing.T, k *court) {
		// Two in a row are allowed.
		for _, link := range [][2]string{{"E0100", "E0104"}, {"E0104", "E0105"}} {
			k.lends(t, link[0], link[1]).is(t, http.StatusCreated)
		}
		for to, code := range map[string]string{"E0100": "cycle", "E0106": "chain_too_long"} {
			p := k.lends(t, "E0105", to).is(t, http.StatusUnprocessableEntity).problem(t)
			if len(p.Faults) != 1 || p.Faults[0].Field != "to" || p.Faults[0].Code != code {
				t.Errorf("E0105 hands over to %s, want %s: %+v", to, code, p)
			}
		}
		// A third link that is there all the same, from when the policy allowed more, leads nowhere.
		var n int
		k.sql(t, &n, `INSERT INTO delegations (id, from_id, to_id, start_at, until_at, created_at)
VALUES ($1, $2, $3, now() - interval '1 hour', now() + interval '1 hour', now()) RETURNING 1`, uuid.NewString(), k.id(t, "E0105"), k.id(t, "E0106"))
		c := k.opened(t, "lent")
		k.decides(t, "E0106", c, domain.Approve, "for", "E0100").is(t, http.StatusNotFound)
		k.asks(t, c, "E0100")
		k.yes(t, c, "E0105")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A21", func(t *testing.T, k *court) {
		c := k.opened(t, "lent")
		until := time.Now().Add((2 + min(slack, 6)) * time.Second)
		k.lends(t, "E0100", "E0107", "until", until.Format(time.RFC3339Nano)).is(t, http.StatusCreated)
		if !k.waits(t, "E0107", c.ID) {
			t.Fatal("the case does not wait for the delegate")
		}
		time.Sleep(time.Until(until.Add(100 * time.Millisecond)))
		if k.waits(t, "E0107", c.ID) {
			t.Error("the case still waits for one whose delegation is over")
		}
		k.get(t, "E0107", "/cases/"+c.ID).is(t, http.StatusNotFound)
		k.decides(t, "E0107", c, domain.Approve, "for", "E0100").denied(t, http.StatusForbidden, domain.ReasonNoDelegation)
		k.yes(t, c, "E0100")
		k.stands(t, c, domain.CaseApproved)
	}},
}
