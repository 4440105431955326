package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// openSlot finds an open place by its id.
func (c *Case) openSlot(id string) *Slot {
	if c.Status.Final() {
		return nil
	}
	for i := range c.Steps {
		for k := range c.Steps[i].Slots {
			if s := &c.Steps[i].Slots[k]; s.ID == id && s.Status == SlotOpen {
				return s
			}
		}
	}
	return nil
}

// settledBy names whose decision stands: the last one given in the step or, when it has none, in the case.
func (c *Case) settledBy(step int) EmployeeID {
	if c.timedOut(step) || (step < 0 && c.Status == CaseApproved && c.timedOut(len(c.Steps)-1)) {
		return ""
	}
	var last *Decision
	scan := func(s *Step) {
		for k := range s.Slots {
			if d := s.Slots[k].Decision; d != nil && (last == nil || !d.At.Before(last.At)) {
				last = d
			}
		}
	}
	if step >= 0 && step < len(c.Steps) {
		scan(&c.Steps[step])
	}
	if last == nil || c.Status == CaseWithdrawn || c.Status == CaseExpired {
		switch c.Status {
		case CaseWithdrawn:
			return c.Parties.Requester
		case CaseExpired:
			return "" // a system outcome is never a person's
		default: // decided elsewhere in the case
		}
		for i := range c.Steps {
			scan(&c.Steps[i])
		}
	}
	if last == nil || (step < 0 && c.Status.Final() && !last.At.Equal(c.Decided)) {
		return "" // a deadline or the directory ended it, not that decision
	}
	return last.By
}

// timedOut tells whether a step passed by its deadline, by the system.
func (c *Case) timedOut(step int) bool {
	return step >= 0 && step < len(c.Steps) && slices.ContainsFunc(c.Steps[step].Slots, func(s Slot) bool { return s.Closed == ReasonTimedOut })
}

// asked lists who has an open place now.
func (c *Case) asked() []EmployeeID {
	var out []EmployeeID
	for _, s := range c.OpenSlots() {
		out = append(out, s.Person)
	}
	return out
}

// decidedBy lists who decided in this round, once each.
func (c *Case) decidedBy() []EmployeeID {
	var out []EmployeeID
	for _, st := range c.Steps {
		for _, s := range st.Slots {
			if s.Decision != nil && !slices.Contains(out, s.Decision.By) {
				out = append(out, s.Decision.By)
			}
		}
	}
	return out
}

// FirstDue is the first deadline a case has now: of an open place, of the requester after a return, or of the
// administrators' queue; zero when it has none.
func (c *Case) FirstDue() time.Time {
	var first time.Time
	offer := func(at time.Time) {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	for _, s := range c.OpenSlots() {
		offer(s.Due.At)
	}
	if c.Status == CaseReturned {
		offer(c.ReturnDue.At)
	}
	if c.queued() {
		offer(c.HandDue.At)
	}
	return first
}

// Round is the round a place was made in, as its id tells; or is the answer when the id tells nothing.
func (s *Slot) Round(or int) int {
	rest, ok := strings.CutPrefix(s.ID, "r")
	if n, _, dot := strings.Cut(rest, "."); ok && dot {
		if round, err := strconv.Atoi(n); err == nil {
			return round
		}
	}
	return or
}

// StateDigest is the hash of a state's canonical form: workflow, projection and audit compare it.
func StateDigest(state any) string {
	b, err := json.Marshal(state)
	if err != nil {
		// States hold only strings, numbers and times; a failure here is a programming error that must not pass as equal.
		return "unmarshalable: " + err.Error()
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Digest is the hash of what is decided on: every field of the filing in canonical form.
func (f Filing) Digest() string { return StateDigest(f) }

// EndedBy names whose decision ended a case, or "" when it is open or the system ended it.
func (c *Case) EndedBy() EmployeeID {
	if !c.Status.Final() {
		return ""
	}
	return c.settledBy(-1)
}
