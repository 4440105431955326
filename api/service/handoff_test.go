package service

import (
	"testing"
	"time"

	"github.com/qunbei/qunbei/models/store"
)

func TestAHandOverIsForOnePersonOnceAndShort(t *testing.T) {
	var h handoff
	row := &store.CaseRec{ID: "c"}
	h.put("me", row, []Relation{RelAsked})
	if _, _, ok := h.take("you", "c"); ok {
		t.Error("another person gets it")
	}
	if _, _, ok := h.take("me", "d"); ok {
		t.Error("it is given for another case")
	}
	if got, rel, ok := h.take("me", "c"); !ok || got != row || len(rel) != 1 {
		t.Error("it is not handed over")
	}
	if _, _, ok := h.take("me", "c"); ok {
		t.Error("it is given twice")
	}
	h.put("me", row, nil)
	h.held[handoffKey{"me", "c"}] = looked{row: row, at: time.Now().Add(-handoffHolds - time.Millisecond)}
	if _, _, ok := h.take("me", "c"); ok {
		t.Error("it is given too late")
	}
	for range handoffMost + 10 {
		h.put("me", &store.CaseRec{ID: newID()}, nil)
	}
	if len(h.held) > handoffMost {
		t.Errorf("%d are held", len(h.held))
	}
}
