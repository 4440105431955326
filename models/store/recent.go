package store

import (
	"sync"
	"time"

	"github.com/qunbei/qunbei/models/domain"
)

// recent remembers what this process just wrote, so that whoever waits for it need not ask the database. Entries of
// the audit stream never change, so an answer is right for ever; a case is taken from here only for a moment, and
// only where no other process writes (Options.NotifyOthers is off).
type recent struct {
	mu      sync.Mutex
	answers map[string]AuditRow
	order   []string // of answers, oldest first
	cases   map[string]seenCase
}

type seenCase struct {
	rec    CaseRec
	at     time.Time
	moving bool // a statement that may change it is under way: ask the database
}

// How much is remembered, and for how long a case is.
const (
	recentMost  = 2000
	recentCase  = time.Second
	recentBasis = 30 * time.Second // a case's unchanging fields, as the basis of what the next act makes of it
)

func (r *recent) answered(row AuditRow) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil {
		r.answers = map[string]AuditRow{}
	}
	key := row.WorkflowID + "\x00" + row.ActID
	if _, ok := r.answers[key]; ok {
		return
	}
	if len(r.order) >= recentMost {
		delete(r.answers, r.order[0])
		r.order = r.order[1:]
	}
	r.answers[key], r.order = row, append(r.order, key)
}

func (r *recent) answer(workflow, act string) (AuditRow, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	row, ok := r.answers[workflow+"\x00"+act]
	return row, ok
}

// seen remembers a case that this process just made. What was read is never remembered: a slow reader would bring back a
// state that an act has left behind.
func (r *recent) seen(rec CaseRec) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.cases == nil || len(r.cases) >= recentMost {
		kept := map[string]seenCase{}
		for id, c := range r.cases {
			if now.Sub(c.at) < recentBasis && len(kept) < recentMost/2 {
				kept[id] = c
			}
		}
		r.cases = kept
	}
	r.cases[rec.ID] = seenCase{rec: rec, at: now}
}

// moved applies what an act, or the start, made of a case that is remembered.
func (r *recent) moved(id string, change func(*CaseRec)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.cases[id]
	if !ok {
		return
	}
	if time.Since(c.at) > recentBasis {
		delete(r.cases, id)
		return
	}
	change(&c.rec)
	r.cases[id] = seenCase{rec: c.rec, at: time.Now()}
}

// moving is called before a statement that may change a case: what is remembered may be behind from its commit on, and
// somebody may hear of the commit before this process has noted it.
func (r *recent) moving(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.cases[id]; ok {
		c.moving = true
		r.cases[id] = c
	}
}

// forget drops a case that was changed in a way that is not followed here.
func (r *recent) forget(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.cases, id)
}

// fresh gives a case written or read a moment ago.
func (r *recent) fresh(id string) (CaseRec, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.cases[id]
	return c.rec, ok && !c.moving && time.Since(c.at) < recentCase
}

// started tells that a case was marked as started, by this process and not long ago: nobody goes back from there. False: it
// is not known.
func (r *recent) started(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.cases[id]
	return ok && c.rec.Status == domain.CaseInApproval
}

// remember keeps the answer to an act on a case, and what the act made of the case.
func (s *Store) remember(a CaseAct) {
	row := AuditRow{
		WorkflowID: a.Workflow, Seq: a.After.Seq, ActID: a.Act.ID, SubjectID: a.After.ID, Kind: string(a.Act.Kind), ActorID: string(a.Act.Actor),
		Outcome: string(a.Act.Outcome), Result: string(a.Verdict.Result), Reason: string(a.Verdict.Reason), DecidedBy: string(a.Verdict.DecidedBy),
		Slot: slotOf(a.After, a.Act), Digest: a.Act.Digest, StateDigest: a.Digest, At: a.Facts.At,
	}
	if a.Act.Comment != nil {
		row.CommentID = a.Act.Comment.Object
	}
	act, err1 := jsonOf("rendering an act", a.Act)
	facts, err2 := jsonOf("rendering facts", a.Facts)
	if err1 == nil && err2 == nil {
		row.Act, row.Facts = []byte(act), []byte(facts)
		s.recent.answered(row)
	}
	s.recent.moved(a.After.ID, func(c *CaseRec) {
		c.State, c.StateDigest, c.Status, c.NeedsHand = a.After, a.Digest, a.After.Status, a.After.NeedsHand
		c.Due, c.Changed = earliestDue(a.After), a.Facts.At
	})
}

// started follows MarkStarted.
func (s *Store) started(id string, at time.Time) {
	s.recent.moved(id, func(c *CaseRec) {
		if c.Status == domain.CaseSubmitted {
			c.Status, c.Changed = domain.CaseInApproval, at
		}
	})
}
