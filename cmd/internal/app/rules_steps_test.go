package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// How the places of a step combine.
var stepRules = []rule{
	{"A01", func(t *testing.T, k *court) {
		c := k.opened(t, "all")
		k.asks(t, c, "E0070", "E0071", "E0072")
		k.yes(t, c, "E0072", "E0070")
		k.asks(t, c, "E0071")
		k.stands(t, c, domain.CaseInApproval)
		k.yes(t, c, "E0071")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A02", func(t *testing.T, k *court) {
		c := k.opened(t, "all")
		k.yes(t, c, "E0070")
		k.no(t, c, "E0071")
		v := k.stands(t, c, domain.CaseRejected)
		placed(t, v, "E0070", domain.SlotApproved, "")
		placed(t, v, "E0071", domain.SlotRejected, "")
		if s := placed(t, v, "E0072", domain.SlotClosed, domain.ReasonSettled); s.Outcome != "" {
			t.Errorf("the place closed has the outcome %s", s.Outcome)
		}
		k.decides(t, "E0072", c, domain.Approve).late(t, domain.ReasonEnded, "E0071")
	}},
	{"A03", func(t *testing.T, k *court) {
		c := k.opened(t, "any")
		k.asks(t, c, "E0070", "E0071")
		k.yes(t, c, "E0071")
		placed(t, k.stands(t, c, domain.CaseApproved), "E0070", domain.SlotClosed, domain.ReasonSettled)
	}},
	{"A04", func(t *testing.T, k *court) {
		c := k.opened(t, "any")
		k.no(t, c, "E0070")
		placed(t, k.stands(t, c, domain.CaseRejected), "E0071", domain.SlotClosed, domain.ReasonSettled)
		k.decides(t, "E0071", c, domain.Approve).late(t, domain.ReasonEnded, "E0070")
		// While the case goes on, it is the rules that answer.
		c = k.opened(t, "any_then")
		k.yes(t, c, "E0071")
		k.asks(t, c, "E0091")
		k.decides(t, "E0070", c, domain.Reject).late(t, domain.ReasonSettled, "E0071")
		k.asks(t, c, "E0091")
	}},
	{"A05", func(t *testing.T, k *court) {
		c := k.opened(t, "two_of_four")
		k.yes(t, c, "E0073")
		k.asks(t, c, "E0070", "E0071", "E0072")
		k.no(t, c, "E0070")
		k.asks(t, c, "E0071", "E0072")
		k.yes(t, c, "E0071")
		placed(t, k.stands(t, c, domain.CaseApproved), "E0072", domain.SlotClosed, domain.ReasonSettled)
	}},
	{"A06", func(t *testing.T, k *court) {
		// E0070 is of both classes, E0071 law, E0072 safety, E0073 neither; two must approve, one of each class.
		c := k.opened(t, "classes")
		k.yes(t, c, "E0070", "E0073")
		k.asks(t, c, "E0071", "E0072") // E0070 counts in one of the two classes only
		k.yes(t, c, "E0072")
		k.stands(t, c, domain.CaseApproved)
		c = k.opened(t, "classes")
		k.yes(t, c, "E0071", "E0073")
		k.asks(t, c, "E0070", "E0072")
		k.yes(t, c, "E0070") // in the class that is missing
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A07", func(t *testing.T, k *court) {
		c := k.opened(t, "two_of_four")
		k.no(t, c, "E0070", "E0071")
		k.asks(t, c, "E0072", "E0073") // both could still approve
		k.no(t, c, "E0073")
		placed(t, k.stands(t, c, domain.CaseRejected), "E0072", domain.SlotClosed, domain.ReasonSettled)
		c = k.opened(t, "classes")
		k.no(t, c, "E0070")
		k.asks(t, c, "E0071", "E0072", "E0073")
		k.no(t, c, "E0072") // nobody else can speak for safety
		k.stands(t, c, domain.CaseRejected)
	}},
	{"A08", func(t *testing.T, k *court) {
		c := k.opened(t, "turn")
		k.asks(t, c, "E0070")
		if k.waits(t, "E0071", c.ID) {
			t.Error("who comes second is told before the first has decided")
		}
		k.decides(t, "E0071", c, domain.Approve).denied(t, http.StatusConflict, domain.ReasonNotYourTurn)
		k.yes(t, c, "E0070")
		k.asks(t, c, "E0071")
		if !k.waits(t, "E0071", c.ID) {
			t.Error("who comes second is not told")
		}
		k.yes(t, c, "E0071")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A09", func(t *testing.T, k *court) {
		c := k.opened(t, "turn")
		first := place(t, k.sees(t, c).Route.Steps, "E0070")
		time.Sleep(2100 * time.Millisecond) // deadlines are whole seconds
		k.yes(t, c, "E0070")
		second := place(t, k.asks(t, c, "E0071").Route.Steps, "E0071")
		span := first.Due.Sub(first.Opened.Truncate(time.Second))
		if got := second.Due.Sub(second.Opened.Truncate(time.Second)); got != span || !second.Due.After(*first.Due) {
			t.Errorf("the second has %s from its opening, the first had %s", got, span)
		}
	}},
}
