package app_test

import (
	"net/http"
	"testing"

	"github.com/qunbei/qunbei/models/domain"
)

// Approvers added (加签). E0084 decides alone, until more people are asked.
var addRules = []rule{
	{"A10", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddBefore, "E0085", "E0086").accepted(t)
		k.asks(t, c, "E0085", "E0086")
		k.decides(t, "E0084", c, domain.Approve).denied(t, http.StatusConflict, domain.ReasonWaitsForAdded)
		k.yes(t, c, "E0085")
		k.asks(t, c, "E0086")
		k.yes(t, c, "E0086")
		k.asks(t, c, "E0084")
		k.yes(t, c, "E0084")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A11", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddBefore, "E0085").accepted(t)
		k.no(t, c, "E0085")
		v := k.stands(t, c, domain.CaseRejected)
		placed(t, v, "E0084", domain.SlotClosed, domain.ReasonAddedNo)
		placed(t, v, "E0085", domain.SlotRejected, "")
		// One of two opinions: the other still counts.
		c = k.opened(t, "two_of_four")
		k.adds(t, "E0070", c, domain.AddBefore, "E0085").accepted(t)
		k.no(t, c, "E0085")
		k.asks(t, c, "E0071", "E0072", "E0073")
		k.decides(t, "E0070", c, domain.Approve).late(t, domain.ReasonAddedNo, "E0085")
		k.no(t, c, "E0071", "E0072")
		k.stands(t, c, domain.CaseRejected)
	}},
	{"A12", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddAfter, "E0085").accepted(t)
		placed(t, k.asks(t, c, "E0085"), "E0084", domain.SlotApproved, "")
		k.yes(t, c, "E0085")
		k.stands(t, c, domain.CaseApproved)
		c = k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddAfter, "E0085").accepted(t)
		k.no(t, c, "E0085")
		k.stands(t, c, domain.CaseRejected)
	}},
	{"A13", func(t *testing.T, k *court) {
		c := k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddParallel, "E0085").accepted(t)
		k.asks(t, c, "E0084", "E0085")
		k.yes(t, c, "E0084")
		k.asks(t, c, "E0085")
		k.yes(t, c, "E0085")
		k.stands(t, c, domain.CaseApproved)
		// One more who may be among the two that must approve; two they remain.
		c = k.opened(t, "two_of_four")
		k.adds(t, "E0070", c, domain.AddParallel, "E0085").accepted(t)
		k.yes(t, c, "E0085")
		k.asks(t, c, "E0070", "E0071", "E0072", "E0073")
		k.yes(t, c, "E0073")
		k.stands(t, c, domain.CaseApproved)
	}},
	{"A14", func(t *testing.T, k *court) {
		// The policy allows three in a step and two in a row.
		c := k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddBefore, "E0085", "E0086", "E0087", "E0097").denied(t, http.StatusConflict, domain.ReasonTooManyAdded)
		k.adds(t, "E0084", c, domain.AddParallel, "E0085", "E0086").accepted(t)
		k.adds(t, "E0084", c, domain.AddParallel, "E0087", "E0097").denied(t, http.StatusConflict, domain.ReasonTooManyAdded)
		k.adds(t, "E0084", c, domain.AddParallel, "E0087").accepted(t)
		c = k.opened(t, "one")
		k.adds(t, "E0084", c, domain.AddBefore, "E0085").accepted(t)
		k.adds(t, "E0085", c, domain.AddBefore, "E0086").accepted(t)
		k.adds(t, "E0086", c, domain.AddBefore, "E0087").denied(t, http.StatusConflict, domain.ReasonHops)
		k.yes(t, c, "E0086", "E0085", "E0084")
		k.stands(t, c, domain.CaseApproved)
	}},
}
