package domain

import "slices"

// The places of a step form seats. A seat counts once, whoever sits on it in the end: the person the policy named, the
// one it was transferred to, a superior beside or instead of them, the one a process administrator named. A seat that
// somebody added stands to its caller's as the mode says.

// succeeds tells whether a place of this origin stands for the place it came from, on the same seat.
func (o SlotOrigin) succeeds() bool {
	switch o {
	case OriginTransfer, OriginEscalated, OriginAssigned, OriginReplaced:
		return true
	case OriginAdded: // stands beside it
	}
	return false
}

// undecided tells whether the place still waits for its person.
func (s *Slot) undecided() bool { return s.Status == SlotOpen || s.Status == SlotWaiting }

// approves tells whether the place counts as an approval.
func (s *Slot) approves() bool { return s.Status == SlotApproved || s.Status == SlotCarriedOver }

// rejects tells whether the place counts as a rejection: its person said no, or somebody whose approval it waited for.
func (s *Slot) rejects() bool {
	return s.Status == SlotRejected || (s.Status == SlotClosed && s.Closed == ReasonAddedNo)
}

// place finds a place by its id; -1 when the step has none such.
func (st *Step) place(id string) int {
	return slices.IndexFunc(st.Slots, func(s Slot) bool { return s.ID == id })
}

// seatOf follows a place back to the one that made its seat.
func (st *Step) seatOf(k int) int {
	for range st.Slots { // bounded, whatever the state says
		if !st.Slots[k].Origin.succeeds() {
			return k
		}
		from := st.place(st.Slots[k].From)
		if from < 0 {
			return k
		}
		k = from
	}
	return k
}

// stand says how a place's seat stands in the step: by itself (""), or before or after a caller's place. A seat that a
// caller added in parallel stands as the caller's does.
func (st *Step) stand(k int) (AddMode, int) {
	for range st.Slots {
		k = st.seatOf(k)
		s := &st.Slots[k]
		if s.Origin != OriginAdded {
			return "", -1
		}
		caller := st.place(s.From)
		if caller < 0 {
			return "", -1
		}
		if s.Mode != AddParallel {
			return s.Mode, caller
		}
		k = caller
	}
	return "", -1
}

// heir is the place that stands for a place now: itself, or whoever took it over while it waited.
func (st *Step) heir(k int) int {
	for range st.Slots {
		s := &st.Slots[k]
		if s.Status != SlotClosed || (s.Closed != ReasonReassigned && s.Closed != ReasonLost) {
			return k
		}
		next := slices.IndexFunc(st.Slots, func(n Slot) bool {
			return n.From == s.ID && (n.Origin == OriginAssigned || n.Origin == OriginReplaced)
		})
		if next < 0 {
			return k
		}
		k = next
	}
	return k
}

// before lists the undecided places that a place waits for.
func (st *Step) before(k int) []int {
	var out []int
	for j := range st.Slots {
		if j == k || !st.Slots[j].undecided() {
			continue
		}
		if mode, caller := st.stand(j); mode == AddBefore && st.heir(caller) == k {
			out = append(out, j)
		}
	}
	return out
}

// serves says what a place is there for in the end: the step's own threshold (""), or an approval after it.
func (st *Step) serves(k int) AddMode {
	for range st.Slots {
		mode, caller := st.stand(k)
		if mode != AddBefore {
			return mode
		}
		k = caller
	}
	return ""
}

// seat is what counts in a step.
type seat struct {
	mode     AddMode // how it stands: by itself (""), before or after a caller
	approved bool
	rejected bool
	open     bool     // undecided
	classes  []string // the person stands for one of these
}

// seats lists the seats of a step in the order of their first places.
func (st *Step) seats() []seat {
	out := make([]seat, 0, len(st.Slots))
	at := make(map[int]int, len(st.Slots))
	for k := range st.Slots {
		s := &st.Slots[k]
		root := st.seatOf(k)
		n, ok := at[root]
		if !ok {
			mode, _ := st.stand(k)
			n = len(out)
			at[root] = n
			out = append(out, seat{mode: mode})
		}
		c := &out[n]
		if c.approved || c.rejected {
			continue
		}
		switch {
		case s.approves():
			c.approved, c.open, c.classes = true, false, classesOf(s)
		case s.rejects():
			c.rejected, c.open = true, false
		case s.undecided():
			c.open = true
			// One of them decides: the seat can still come to stand for what any of them stands for.
			c.classes = append(slices.Clip(c.classes), classesOf(s)...)
		}
	}
	return out
}

func classesOf(s *Slot) []string {
	if s.Class == "" {
		return s.Also
	}
	return append([]string{s.Class}, s.Also...)
}

// hasPlace tells whether a person counts in a step already: asked, decided, carried over, or having decided for
// somebody else (semantics 1: one natural person counts once).
func hasPlace(st *Step, p EmployeeID) bool { return hasPlaceBeside(st, p, -1) }

// hasPlaceBeside is hasPlace with one place left out.
func hasPlaceBeside(st *Step, p EmployeeID, but int) bool {
	for k := range st.Slots {
		s := &st.Slots[k]
		if k == but {
			continue
		}
		if s.Person == p && (s.undecided() || s.approves() || s.rejects()) {
			return true
		}
		if s.Decision != nil && s.Decision.By == p {
			return true
		}
	}
	return false
}

// inStep lists everybody who counts in a step.
func inStep(st *Step) []EmployeeID {
	var out []EmployeeID
	for k := range st.Slots {
		s := &st.Slots[k]
		if s.undecided() || s.approves() || s.rejects() {
			out = append(out, s.Person)
		}
		if s.Decision != nil && s.Decision.By != s.Person {
			out = append(out, s.Decision.By)
		}
	}
	return out
}
