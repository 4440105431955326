package domain

import "slices"

// changed applies an approved change. It was decided on what the group was when it was asked for (Base): if that moved on,
// a person must look. What it sets stands on the register at once; the platform follows by operations.
func (m *lifeAct) changed() Verdict {
	d := m.p.Delta
	switch {
	case d == nil || d.Case == "" || d.Digest == "":
		return m.hand(ReasonUnknownAct)
	case !slices.Contains(living, m.g.State) && m.g.State != GroupFrozen:
		return m.hand(ReasonState)
	case d.Base != m.g.Digest:
		return m.hand(ReasonStaleBase)
	}
	old := slices.Clone(m.g.Admins)
	m.reshape(*d)
	m.l.Changed++
	m.tell(EffectChanged, d.Case, slices.Concat(old, m.g.Admins)...)
	return m.done()
}

// reshape sets what a delta holds. People who left the company since are left out of it: the directory has sent them away.
func (m *lifeAct) reshape(d GroupDelta) {
	g, l := m.g, m.l
	works := func(p EmployeeID) bool { return slices.Contains(m.lf.Employed, p) }
	tier, perms, admins := g.Tier, l.Perms, g.Admins
	asks := m.gate()
	g.Type, g.Tier, g.Departments, g.Digest = d.Type, d.Tier, slices.Clone(d.Depts), d.Digest
	l.Material, l.Perms = d.Case, d.Perms
	m.tighten()
	if d.Renamed {
		m.op(OpRename)
	}
	if l.Perms != perms || tier != d.Tier {
		m.op(OpPermissions)
	}
	if m.lf.NoOutsiders && l.Perms.InviteOutsiders {
		m.gaps()
	}
	if tier != d.Tier {
		l.Floor = &Floor{Cause: "changed", At: m.f.At} // the new tier's dates may have passed already
		m.gaps()
		m.gateBegins(asks, m.gate().Raised, "nda.raised", "changed")
	}
	m.newEnd(d.EndsOn)
	next := slices.DeleteFunc(unique(d.Admins), func(p EmployeeID) bool { return !works(p) })
	admit := slices.DeleteFunc(unique(slices.Concat(d.Admit, next)), func(p EmployeeID) bool {
		return !works(p) || slices.Contains(m.lf.Members, p) || slices.Contains(admins, p) || m.was(p).Waits()
	})
	m.join(admit)
	if !slices.Equal(next, admins) {
		g.Admins = next
		m.adminsThere()
		m.orphan()
	}
	var gone, kept []EmployeeID
	for _, p := range unique(d.Remove) {
		switch {
		case !slices.Contains(m.lf.Members, p) && !slices.Contains(admins, p) && m.was(p) == "", slices.Contains(next, p):
		case l.custodian(p):
			kept = append(kept, p)
		default:
			gone = append(gone, p)
		}
	}
	m.out(gone)
	if len(gone) > 0 {
		m.tell(EffectRemoved, "", gone...)
	}
	if tier != d.Tier {
		m.recheck()
	}
	m.guestsFit()
	if len(kept) > 0 {
		m.effect(Effect{Kind: EffectHand, Slot: "custodians"})
	}
}

// newEnd sets the end date. A group that stood in grace because it had ended goes on if its end is another.
func (m *lifeAct) newEnd(day string) {
	if day == m.g.EndsOn {
		return
	}
	m.g.EndsOn = day
	if m.l.Due == nil || m.l.Due.Kind != DateEnd {
		return
	}
	m.l.Due = nil
	m.l.Floor = &Floor{Cause: "changed", At: m.f.At}
	switch m.g.State {
	case GroupGrace:
		m.g.move(GroupActive, m.f.At)
	case GroupFrozen:
		m.l.From = GroupActive
	default: // no state that a date's coming brought about
	}
}

// adopted: a group found on the platform was filed and approved (R6.1). From now on it lives like any other.
func (m *lifeAct) adopted() Verdict {
	d := m.p.Delta
	frozen := m.g.State == GroupFrozen && m.l.From == GroupDraft
	switch {
	case d == nil || d.Case == "" || d.Digest == "":
		return m.hand(ReasonUnknownAct)
	case m.g.State != GroupDraft && !frozen:
		return m.hand(ReasonState)
	}
	m.g.Case = d.Case
	m.l.From, m.l.Frozen, m.l.Floor = "", nil, nil
	m.l.Renewed, m.l.Since = Renewal{How: RenewedByFiling, At: m.f.At}, m.f.At
	m.g.move(GroupActive, m.f.At)
	if frozen {
		m.op(OpUnfreeze) // the filing's approval is what the rule had waited for
	}
	m.reshape(*d)
	if m.lf.Late && m.gate().Asks() {
		m.filedLate()
	}
	m.l.Floor = nil
	m.gaps()
	m.close(Finding{Kind: FindUnfiled}.id())
	m.effect(Effect{Kind: EffectAdopted, Slot: d.Case, People: m.g.Admins, Members: true})
	return m.done()
}
