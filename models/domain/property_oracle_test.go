package domain

import "slices"

// The oracle judges steps in another way than the engine does: it knows no seats and no augmenting paths, only who came
// from whom, and tries every way to fill a threshold.

// line is who stands where: the first place of a line of successors, and what that is to whom.
type line struct {
	root   *Slot
	slots  []*Slot
	mode   AddMode
	caller *Slot // of the root
}

func byPlace(st *Step, id string) *Slot {
	for k := range st.Slots {
		if st.Slots[k].ID == id {
			return &st.Slots[k]
		}
	}
	return nil
}

func rootPlace(st *Step, s *Slot) *Slot {
	for s.From != "" && s.Origin != OriginAdded {
		s = byPlace(st, s.From)
	}
	return s
}

func lines(st *Step) []*line {
	var out []*line
	for k := range st.Slots {
		root := rootPlace(st, &st.Slots[k])
		n := slices.IndexFunc(out, func(l *line) bool { return l.root == root })
		if n < 0 {
			l := &line{root: root}
			for r := root; ; r = rootPlace(st, l.caller) {
				if r.Origin != OriginAdded {
					break
				}
				l.caller = byPlace(st, r.From)
				if l.mode = r.Mode; r.Mode != AddParallel {
					break
				}
				l.mode = ""
			}
			if l.mode == "" {
				l.caller = nil
			}
			out, n = append(out, l), len(out)
		}
		out[n].slots = append(out[n].slots, &st.Slots[k])
	}
	return out
}

// state of a line: yes, no, maybe (still undecided) or gone. A place that this very step's end closed was undecided then.
func (l *line) state(ended bool) string {
	out := "gone"
	for _, s := range l.slots {
		switch {
		case s.Status == SlotApproved || s.Status == SlotCarriedOver:
			return "yes"
		case s.Status == SlotRejected || s.Closed == ReasonAddedNo:
			return "no"
		case s.Status == SlotOpen || s.Status == SlotWaiting:
			out = "maybe"
		case ended && s.Status == SlotClosed && (s.Closed == ReasonSettled || s.Closed == ReasonEnded):
			out = "maybe"
		}
	}
	return out
}

// classes are what the one who decided stands for, else what any of those stands for who could.
func (l *line) classes() []string {
	var any []string
	for _, s := range l.slots {
		own := append([]string{s.Class}, s.Also...)
		if s.Status == SlotApproved || s.Status == SlotCarriedOver {
			return own
		}
		if s.Status == SlotOpen || s.Status == SlotWaiting || s.Closed == ReasonSettled || s.Closed == ReasonEnded {
			any = append(any, own...)
		}
	}
	return any
}

// fills tries every way to give each demanded class a person of its own.
func fills(demand []string, people [][]string) bool {
	if len(demand) == 0 {
		return true
	}
	for i, p := range people {
		if slices.Contains(p, demand[0]) && fills(demand[1:], slices.Delete(slices.Clone(people), i, i+1)) {
			return true
		}
	}
	return false
}

// oracle says how a step stands: passed, failed or open. ended: judge it as it was when it ended.
func oracle(st *Step, ended, hand bool) StepStatus {
	var yes, maybe [][]string
	no, afterNo, afterOpen := 0, false, false
	for _, l := range lines(st) {
		s := l.state(ended)
		switch {
		case l.mode == AddBefore:
		case l.mode == AddAfter:
			afterNo = afterNo || s == "no"
			afterOpen = afterOpen || (s != "yes" && s != "no")
		case s == "yes":
			yes = append(yes, l.classes())
		case s == "maybe":
			maybe = append(maybe, l.classes())
		case s == "no":
			no++
		}
	}
	enough := func(p [][]string) bool {
		var demand []string
		for _, m := range st.Plan.Minima {
			for range m.Need {
				demand = append(demand, m.Class)
			}
		}
		return len(p) >= st.Plan.Need && fills(demand, p)
	}
	var passed, failed bool
	switch st.Plan.Kind {
	case OrSign:
		passed, failed = len(yes) > 0, len(yes) == 0 && no > 0
	case Quorum:
		passed = enough(yes)
		failed = !passed && !hand && !enough(append(slices.Clone(yes), maybe...))
	default:
		failed = no > 0
		passed = !failed && !hand && len(maybe) == 0 && len(yes) > 0
	}
	switch {
	case failed || afterNo:
		return StepFailed
	case passed && !afterOpen:
		return StepPassed
	}
	return StepOpen
}
