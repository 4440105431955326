package domain

import "slices"

// assign is a process administrator's act: they name who decides, instead of somebody or where nobody could be found.
// The administrator overrules the role a place asks for, which the origin records, but not separation of duties.
func (m *move) assign() Verdict {
	c, a := m.c, m.a
	if r, ok := m.personMay(); !ok {
		return m.refuse(r)
	}
	if !slices.Contains(m.f.Roles, RoleProcessAdmin) {
		return m.refuse(ReasonNotProcess)
	}
	if c.Status.Final() {
		return m.tooLate(ReasonEnded, c.settledBy(-1))
	}
	if _, party := c.Parties.Excludes(a.Actor); party {
		return m.refuse(ReasonOwnMatter)
	}
	i := c.Current()
	switch {
	case len(a.To) != 1:
		return m.refuse(ReasonUnknownAct)
	case a.Comment == nil:
		return m.refuse(ReasonNoComment)
	case a.To[0] == a.Actor || !c.whole() || i < 0 || (a.Slot == "" && c.NeedsHand == ""):
		return m.refuse(ReasonNotAllowed)
	}
	k := -1
	if a.Slot != "" {
		if k = c.Steps[i].place(a.Slot); k < 0 {
			return m.refuse(ReasonNotApprover)
		}
		if !c.Steps[i].Slots[k].undecided() {
			no, _ := m.isOpen(i, k)
			return no
		}
	}
	people, ok := m.people()
	if !ok {
		return m.accept()
	}
	if r := c.target(&c.Steps[i], people[0], nil); r != "" {
		return m.refuse(r)
	}
	if k >= 0 {
		m.putInstead(i, k, a.To[0])
		return m.accept()
	}
	m.lendHand(i, a.To[0])
	return m.accept()
}

// putInstead gives somebody's undecided place to another. The deadline stays.
func (m *move) putInstead(i, k int, p EmployeeID) {
	step := &m.c.Steps[i]
	old := step.Slots[k]
	next := successor(old, OriginAssigned, p)
	next.Why = Why{Code: WhyAssigned, InsteadOf: old.Person}
	next.Status = old.Status
	if old.Status == SlotOpen || !old.Opened.IsZero() {
		next.Opened = m.f.At
	}
	step.Slots[k].close(ReasonReassigned)
	s := &step.Slots[m.behind(i, k, next)]
	if s.Status == SlotOpen {
		m.effect(EffectAsk, s.ID, p)
	}
	m.effect(EffectInform, old.ID, old.Person, m.c.Parties.Requester)
}

// lendHand fills the gap for which the case needs a hand: the rules without anybody, else a place added after an
// approval whose person left.
func (m *move) lendHand(i int, p EmployeeID) {
	o, ok := m.opening(Need{Step: i, Resolve: true})
	if !ok {
		return
	}
	step := &m.c.Steps[i]
	held, gap := m.held(step), step.gap()
	keys := step.unheld(o.Resolution.keys())
	next := Slot{Person: p, Why: Why{Code: WhyAssigned}, Status: SlotWaiting, Origin: OriginAssigned}
	if gap >= 0 && (held || len(keys) == 0) {
		lost := step.Slots[gap]
		next.From, next.Keys, next.Hops = lost.ID, slices.Clone(lost.Keys), lost.Hops
		next.Why.InsteadOf = lost.Person
		m.behind(i, gap, next)
	} else {
		next.Keys = keys
		next.Class, next.Also = step.missing(keys)
		m.behind(i, len(step.Slots)-1, next)
	}
	m.manned(i, o, held)
}

// manned looks whether a step has all its people now: then it goes on, else it needs a hand. held tells that its own
// threshold was reached before, so that its rules need nobody any more.
func (m *move) manned(i int, o Opening, held bool) {
	step := &m.c.Steps[i]
	short := !held && (len(step.unheld(o.Resolution.Unresolved)) > 0 || !staffed(step))
	if short || step.gap() >= 0 {
		m.hand(o.Due)
		m.goOn(i)
		return
	}
	m.calm()
	if judge(step, false) != StepOpen {
		m.settle(i)
		return
	}
	m.wake(i, o.Due)
}

// keys lists the rules of a step as they resolve now: those that name somebody and those that name nobody.
func (r Resolution) keys() []string {
	var out []string
	for _, s := range r.Slots {
		out = append(out, s.Keys...)
	}
	return append(out, r.Unresolved...)
}

// unheld lists which of the rules of a step no place, decided or not, stands for.
func (st *Step) unheld(keys []string) []string {
	var out []string
	for _, key := range keys {
		held := slices.ContainsFunc(st.Slots, func(s Slot) bool {
			return (s.undecided() || s.approves() || s.rejects()) && slices.Contains(s.Keys, key)
		})
		if key != keyThreshold && !held {
			out = append(out, key)
		}
	}
	return out
}

// missing are the classes somebody who fills a gap stands for: those of the rules, and those whose minima are out of reach.
func (st *Step) missing(keys []string) (class string, also []string) {
	for _, r := range st.Plan.Rules {
		if slices.Contains(keys, ruleKey(r)) {
			class, also = mergeClass(class, also, r.Class)
		}
	}
	var people [][]string
	for _, s := range st.seats() {
		if s.mode == "" && (s.approved || s.open) {
			people = append(people, s.classes)
		}
	}
	for _, c := range unmet(st.Plan.Minima, people) {
		class, also = mergeClass(class, also, c)
	}
	return class, also
}

// gap finds a place added after an approval that has lost its person without anybody taking over; -1 when there is none.
func (st *Step) gap() int {
	for k, s := range st.Slots {
		mode, _ := st.stand(k)
		if mode != AddAfter || s.Status != SlotClosed || s.Closed != ReasonLost {
			continue
		}
		root := st.seatOf(k)
		taken := false
		for j := range st.Slots {
			if n := &st.Slots[j]; st.seatOf(j) == root && (n.undecided() || n.approves() || n.rejects()) {
				taken = true
			}
		}
		if !taken {
			return k
		}
	}
	return -1
}
