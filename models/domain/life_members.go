package domain

import "slices"

// admit makes people members. What a tier asks of them first is mayAdmit's answer.
func (m *lifeAct) admit() Verdict {
	if r := m.newcomers(m.p.People); r != "" {
		return m.refuse(r)
	}
	m.join(m.p.People)
	m.tell(EffectAdmitted, "", m.p.People...)
	return m.done()
}

// newcomers says why people cannot come in; empty: they can.
func (m *lifeAct) newcomers(people []EmployeeID) Reason {
	limit := MaxMembers
	if m.lf.Limit > 0 {
		limit = min(limit, m.lf.Limit)
	}
	seen := map[EmployeeID]bool{}
	for _, p := range people {
		switch {
		case p == "" || !slices.Contains(m.lf.Employed, p):
			return ReasonTargetAway
		case seen[p] || slices.Contains(m.lf.Members, p):
			return ReasonMember
		}
		seen[p] = true
	}
	switch {
	case len(people) == 0:
		return ReasonNobodyNamed
	case m.l.Members+len(people) > limit:
		return ReasonTooMany
	}
	return m.mayAdmit(people)
}

// mayAdmit is the gate of a tier: NDA sealed and training passed for confidential groups (semantics 2 and 4). There is
// nothing to ask yet; both come with their own processes and refuse here.
func (m *lifeAct) mayAdmit([]EmployeeID) Reason { return "" }

// join puts people into the group, on the register and on the platform.
func (m *lifeAct) join(people []EmployeeID) {
	if len(people) == 0 {
		return
	}
	m.l.Members += len(people)
	m.tell(EffectRowActive, "", people...)
	m.op(OpInvite, people...)
}

// remove takes people out, by an admin or security with a reason. A custodian of a hold stays, and so does the last admin.
func (m *lifeAct) remove() Verdict {
	people := unique(m.p.People)
	stays := slices.ContainsFunc(m.g.Admins, func(a EmployeeID) bool { return !slices.Contains(people, a) })
	switch {
	case len(people) == 0:
		return m.refuse(ReasonNobodyNamed)
	case m.p.Reason == nil:
		return m.refuse(ReasonNoReason)
	case slices.ContainsFunc(people, func(p EmployeeID) bool { return !m.member(p) }):
		return m.refuse(ReasonNotMember)
	case slices.ContainsFunc(people, m.l.custodian):
		return m.refuse(ReasonCustodian)
	case !stays && slices.ContainsFunc(people, m.isAdmin):
		return m.refuse(ReasonLastAdmin)
	}
	m.out(people)
	m.tell(EffectRemoved, "", slices.Concat(people, m.g.Admins)...)
	return m.done()
}

// leave is a member's own departure. may has kept custodians and the last admin (semantics 2).
func (m *lifeAct) leave() Verdict {
	m.out([]EmployeeID{m.a.Actor})
	m.tell(EffectLeft, string(m.a.Actor), m.g.Admins...)
	return m.done()
}

// directory follows the address book: who left the company, or went to a department that has no part in the group, leaves
// at once, everywhere (R2.3.4); any other change of post is a finding for the admins.
func (m *lifeAct) directory() Verdict {
	if r := max(m.p.Revision, m.lf.Revision); r > m.l.Revision {
		m.l.Revision = r
	}
	if m.g.State == GroupDeleted {
		return m.done()
	}
	moved := slices.DeleteFunc(slices.Clone(m.lf.Moved), m.l.custodian)
	m.departed(slices.Concat(m.lf.Gone, moved))
	for _, p := range slices.Concat(m.lf.Shifted, m.lf.Moved) {
		if !slices.Contains(moved, p) && !slices.Contains(m.lf.Gone, p) {
			m.open(Finding{Kind: FindMoved, Person: p})
		}
	}
	return m.done()
}

// departed takes out people whom the directory sent away, and tells the admins; legal when a custodian is among them: the
// access ends, the hold on what they have does not.
func (m *lifeAct) departed(people []EmployeeID) {
	people = unique(people)
	if len(people) == 0 {
		return
	}
	var custodians []EmployeeID
	for _, p := range people {
		if m.l.custodian(p) {
			custodians = append(custodians, p)
		}
	}
	m.out(people)
	if len(m.g.Admins) > 0 {
		m.tell(EffectLeft, string(people[0]), m.g.Admins...)
	}
	if len(custodians) > 0 {
		m.effect(Effect{Kind: EffectCustodian, Slot: string(custodians[0]), Roles: []Role{RoleLegal}})
	}
}

// out takes people out of the group: their rows are leaving until the platform confirms, and admins lose the office.
func (m *lifeAct) out(people []EmployeeID) {
	if len(people) == 0 {
		return
	}
	m.l.Members = max(0, m.l.Members-len(people))
	m.tell(EffectRowLeaving, "", people...)
	if m.g.PlatformID != "" || m.g.State == GroupProvisioning || m.g.State == GroupProvisioningFailed {
		m.op(OpRemove, people...)
	}
	m.l.Findings = slices.DeleteFunc(m.l.Findings, func(x Finding) bool {
		return slices.Contains(people, x.Person) && (x.Kind == FindMoved || x.Kind == FindMissing)
	})
	if o := m.l.Orphan; o != nil {
		o.Asked = slices.DeleteFunc(slices.Clone(o.Asked), func(p EmployeeID) bool { return slices.Contains(people, p) })
	}
	if !slices.ContainsFunc(people, m.isAdmin) {
		return
	}
	m.g.Admins = slices.DeleteFunc(slices.Clone(m.g.Admins), func(a EmployeeID) bool { return slices.Contains(people, a) })
	if len(m.g.Admins) > 0 {
		m.op(OpAdmins, m.g.Admins...)
	}
	m.orphan()
}

func (m *lifeAct) isAdmin(p EmployeeID) bool { return slices.Contains(m.g.Admins, p) }

// member tells whether somebody is in the group now.
func (m *lifeAct) member(p EmployeeID) bool { return m.isAdmin(p) || slices.Contains(m.lf.Members, p) }

// unique lists people once each, in their order.
func unique(people []EmployeeID) []EmployeeID {
	var out []EmployeeID
	seen := map[EmployeeID]bool{}
	for _, p := range people {
		if p != "" && !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}
