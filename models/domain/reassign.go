package domain

import "slices"

// directory resolves the undecided places of the step at work again by the same rules (semantics 1: approver leaves or
// changes post mid-flight). Past decisions stand.
func (m *move) directory() Verdict {
	c := m.c
	i := c.Current()
	if i < 0 || c.Status.Final() {
		return m.done()
	}
	need := Need{Step: i, Resolve: true}
	step := &c.Steps[i]
	held := m.held(step)
	for k := range step.Slots {
		if s := &step.Slots[k]; s.Origin != "" && s.undecided() {
			need.Holders = append(need.Holders, s.Person)
		}
	}
	if gap := step.gap(); gap >= 0 {
		need.Holders = append(need.Holders, step.Slots[gap].Person)
	}
	if len(need.Holders) > 0 {
		need.Not = m.excluded(step)
	}
	o, ok := m.opening(need)
	if !ok {
		return m.done()
	}
	if !c.whole() && !o.Resolution.OK() {
		m.lose(step, o.Resolution) // those still named keep their places
		m.hand(o.Due)
		return m.done()
	}
	m.replaceLeavers(i, o)
	if !held {
		m.rename(i, o.Resolution)
		m.lose(step, o.Resolution)
	}
	if c.whole() {
		m.manned(i, o, held)
		return m.done()
	}
	m.c.NeedsHand = ""
	if judge(step, false) != StepOpen {
		m.settle(i)
		return m.done()
	}
	m.wake(i, o.Due)
	return m.done()
}

// held tells whether the step's own threshold is reached and only those added after approvals are waited for: its rules
// ask nobody any more.
func (m *move) held(step *Step) bool {
	own, _ := verdicts(step, m.short())
	return own == StepPassed
}

// replaceLeavers gives the places that no rule made, and whose holders left, to those who replace them. Without anybody
// the place is lost: the caller of an approval before decides without it, for one after the case needs a hand, and a
// rule's own place is asked for by its rule again.
func (m *move) replaceLeavers(i int, o Opening) {
	step := &m.c.Steps[i]
	gap := ""
	if k := step.gap(); k >= 0 {
		gap = step.Slots[k].ID
	}
	ids := make([]string, len(step.Slots))
	for k, s := range step.Slots {
		ids[k] = s.ID
	}
	for _, id := range ids {
		k := step.place(id)
		s := step.Slots[k]
		if s.Origin == "" || (!s.undecided() && id != gap) {
			continue
		}
		r := slices.IndexFunc(o.Replaced, func(r Replacement) bool { return r.Person == s.Person })
		if r < 0 {
			continue
		}
		by := o.Replaced[r].By
		_, party := m.c.Parties.Excludes(by)
		found := by != "" && !party && !hasPlace(step, by) && !names(o.Resolution, by)
		switch {
		case !s.undecided(): // lost before
		case found:
			step.Slots[k].close(ReasonLost) // whoever was asked on its behalf stays for the successor
		default:
			m.closePlace(step, k, ReasonLost)
		}
		if !found {
			continue
		}
		next := successor(s, OriginReplaced, by)
		next.Why, next.Due, next.Reminded = o.Replaced[r].Why, Due{}, 0
		if !s.Opened.IsZero() {
			next.Opened = m.f.At
		}
		m.behind(i, k, next)
	}
}

func names(r Resolution, p EmployeeID) bool {
	return slices.ContainsFunc(r.Slots, func(a Assignment) bool { return a.Person == p })
}

// rename asks the people the directory names now. A place is known by the rules that made it: one whose rule has been
// decided on, or stands with somebody who took the place over, is not asked again.
func (m *move) rename(i int, res Resolution) {
	step := &m.c.Steps[i]
	decided, held := map[string]bool{}, map[string]bool{}
	for k := range step.Slots {
		s := &step.Slots[k]
		for _, key := range s.Keys {
			switch {
			case s.Decision != nil || (m.c.whole() && (s.approves() || s.rejects())):
				decided[key] = true
			case s.Origin != "" && s.undecided():
				held[key] = true
			}
		}
	}
	for _, as := range res.Slots {
		mine := undecidedOf(step, as.Person)
		as.Keys = slices.DeleteFunc(slices.Clone(as.Keys), func(k string) bool {
			return decided[k] || (held[k] && (mine < 0 || !slices.Contains(step.Slots[mine].Keys, k)))
		})
		if len(as.Keys) == 0 || (mine < 0 && hasPlace(step, as.Person)) || decidedIn(step, as.Person) {
			continue
		}
		if mine < 0 {
			step.Slots = slices.Insert(step.Slots, placeFor(step, as.Keys), m.named(i, as)) // in a sequence the successor keeps the turn
			continue
		}
		s := &step.Slots[mine]
		if s.Origin == "" {
			s.Keys, s.Why, s.Class, s.Also = as.Keys, as.Why, as.Class, as.Also
			continue
		}
		for _, key := range as.Keys { // asked already by another way: one person counts once
			if !slices.Contains(s.Keys, key) {
				s.Keys = append(s.Keys, key)
			}
		}
		for _, class := range classesOf(&Slot{Class: as.Class, Also: as.Also}) {
			s.Class, s.Also = mergeClass(s.Class, s.Also, class)
		}
	}
}

// lose closes the undecided places of people whom the directory no longer names.
func (m *move) lose(step *Step, r Resolution) {
	for k := range step.Slots {
		s := &step.Slots[k]
		if s.undecided() && s.Origin == "" && !names(r, s.Person) {
			m.closePlace(step, k, ReasonLost)
		}
	}
}

// placeFor is where a newly named person belongs: behind the undecided place that one of the same rules made, else last.
func placeFor(step *Step, keys []string) int {
	for k, s := range step.Slots {
		if s.Decision == nil && slices.ContainsFunc(keys, func(key string) bool { return slices.Contains(s.Keys, key) }) {
			return k + 1
		}
	}
	return len(step.Slots)
}

// decidedIn tells whether a person decided in a step, for themself or somebody else.
func decidedIn(step *Step, p EmployeeID) bool {
	return slices.ContainsFunc(step.Slots, func(s Slot) bool { return s.Decision != nil && (s.Person == p || s.Decision.By == p) })
}

func undecidedOf(step *Step, p EmployeeID) int {
	return slices.IndexFunc(step.Slots, func(s Slot) bool { return s.Person == p && s.undecided() })
}
