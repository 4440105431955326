package service

import (
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
	"github.com/qunbei/qunbei/models/store"
)

// handoff passes what the permission table just read of a case to the act or page that it let through, so that one
// request reads the case once. It is given to the same person only, once, and within a moment; the workflow decides
// over live facts in any case.
type handoff struct {
	mu   sync.Mutex
	held map[handoffKey]looked
}

type handoffKey struct {
	actor domain.EmployeeID
	id    string
}

type looked struct {
	row *store.CaseRec
	rel []Relation
	at  time.Time
}

// How long a hand-over holds, and how many are held.
const (
	handoffHolds = 100 * time.Millisecond
	handoffMost  = 1000
)

func (h *handoff) put(actor domain.EmployeeID, row *store.CaseRec, rel []Relation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil || len(h.held) >= handoffMost {
		h.held = map[handoffKey]looked{} // whoever loses one reads again
	}
	h.held[handoffKey{actor, row.ID}] = looked{row: row, rel: rel, at: time.Now()}
}

func (h *handoff) take(actor domain.EmployeeID, id string) (*store.CaseRec, []Relation, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	k := handoffKey{actor, id}
	l, ok := h.held[k]
	delete(h.held, k)
	if !ok || time.Since(l.at) > handoffHolds {
		return nil, nil, false
	}
	return l.row, l.rel, true
}
