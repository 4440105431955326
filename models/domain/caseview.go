package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// slotFor finds the place of a person that matters now: an open one first, then the latest one they had.
func (c *Case) slotFor(p EmployeeID) (int, *Slot) {
	step, slot := -1, (*Slot)(nil)
	for i := range c.Steps {
		for k := range c.Steps[i].Slots {
			s := &c.Steps[i].Slots[k]
			if s.Person != p {
				continue
			}
			if s.Status == SlotOpen {
				return i, s
			}
			step, slot = i, s
		}
	}
	return step, slot
}

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
		}
		for i := range c.Steps {
			scan(&c.Steps[i])
		}
	}
	if last == nil {
		return ""
	}
	return last.By
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

// Wake is the next moment at which the system must act on a case by itself.
type Wake struct {
	At  time.Time
	Act Act // without At
}

// NextWake returns the earliest reminder or deadline of the open places, or false when nothing is due ever.
// The act's id is derived from the slot and the state it is due in, so that a timer that fires twice acts once, and one
// that fired too early acts again.
func (c *Case) NextWake() (Wake, bool) {
	seq := ":" + strconv.Itoa(c.Seq)
	var best Wake
	found := false
	offer := func(at time.Time, act Act) {
		if !found || at.Before(best.At) {
			best, found = Wake{At: at, Act: act}, true
		}
	}
	for _, s := range c.OpenSlots() {
		if s.Reminded < len(s.Due.Remind) {
			id := "sys:remind:" + s.ID + ":" + s.Due.Remind[s.Reminded].UTC().Format(time.RFC3339) + seq
			offer(s.Due.Remind[s.Reminded], Act{ID: id, Kind: ActRemind, Slot: s.ID})
		}
		if !s.Due.At.IsZero() {
			id := "sys:expire:" + s.ID + ":" + s.Due.At.UTC().Format(time.RFC3339) + seq
			offer(s.Due.At, Act{ID: id, Kind: ActExpire, Slot: s.ID})
		}
	}
	return best, found
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

// clone copies a case deeply, so that an act never changes the state it was given.
func (c Case) clone() Case {
	c.Steps = cloneSteps(c.Steps)
	c.Past = slices.Clone(c.Past)
	c.Answers = slices.Clone(c.Answers)
	return c
}

func cloneSteps(in []Step) []Step {
	out := slices.Clone(in)
	for i := range out {
		out[i].Slots = slices.Clone(out[i].Slots)
		for k := range out[i].Slots {
			s := &out[i].Slots[k]
			s.Keys = slices.Clone(s.Keys)
			if s.Decision != nil {
				d := *s.Decision
				s.Decision = &d
			}
		}
	}
	return out
}

// EndedBy names whose decision ended a case, or "" when it is open or the system ended it.
func (c *Case) EndedBy() EmployeeID {
	if !c.Status.Final() {
		return ""
	}
	return c.settledBy(-1)
}
