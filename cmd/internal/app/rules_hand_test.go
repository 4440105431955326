package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// Handing a place on for good (转交). The policy allows two hops.
var handRules = []rule{
	{"A15", func(t *testing.T, k *court) {
		c := k.opened(t, "one_then")
		due := place(t, k.sees(t, c).Route.Steps, "E0084").Due
		time.Sleep(1100 * time.Millisecond) // deadlines are whole seconds
		k.transfers(t, "E0084", c, "E0085").accepted(t)
		v := k.asks(t, c, "E0085")
		placed(t, v, "E0084", domain.SlotTransferred, "")
		if s := place(t, v.Route.Steps, "E0085"); s.Due == nil || !s.Due.Equal(*due) {
			t.Errorf("the deadline moved from %s to %s", due, s.Due)
		}
		k.decides(t, "E0084", c, domain.Approve).denied(t, http.StatusForbidden, domain.ReasonNotApprover)
		k.yes(t, c, "E0085")
		k.asks(t, c, "E0091")
	}},
	{"A16", func(t *testing.T, k *court) {
		c := k.opened(t, "all")
		for _, word := range [][]any{nil, {"comment", ""}, {"comment", " \n　"}} {
			x := k.does(t, "E0070", c, "transfers", append([]any{"to", "E0085"}, word...)...).is(t, http.StatusUnprocessableEntity)
			if p := x.problem(t); len(p.Faults) != 1 || p.Faults[0].Field != "comment" {
				t.Errorf("a transfer without a word: %s", x.body)
			}
		}
		for _, x := range []struct {
			to     string
			reason domain.Reason
		}{
			{"E0040", domain.ReasonTargetParty}, {"E0166", domain.ReasonTargetAway}, {"E0071", domain.ReasonTargetAsked}, {"E0070", domain.ReasonTargetAsked},
		} {
			k.transfers(t, "E0070", c, x.to).denied(t, http.StatusConflict, x.reason)
			k.adds(t, "E0070", c, domain.AddBefore, x.to).denied(t, http.StatusConflict, x.reason)
		}
		k.asks(t, c, "E0070", "E0071", "E0072")
		// An officer's place is an officer's.
		c = k.opened(t, "officers")
		k.transfers(t, "E0292", c, "E0085").denied(t, http.StatusConflict, domain.ReasonTargetRole)
		k.adds(t, "E0292", c, domain.AddParallel, "E0085").accepted(t) // a place of its own
		k.yes(t, c, "E0085")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A17", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.transfers(t, "E0084", c, "E0085").accepted(t)
		k.transfers(t, "E0085", c, "E0086").accepted(t)
		k.transfers(t, "E0086", c, "E0087").denied(t, http.StatusConflict, domain.ReasonHops)
		k.yes(t, c, "E0086")
		k.stands(t, c, domain.CaseApproved)
	}},
}
